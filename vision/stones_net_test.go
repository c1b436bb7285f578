package vision

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"
)

// TestStoneNetIsTheTrainedOne compares the network with what torch computed
// from the same weights on a canvas of noise.
func TestStoneNetIsTheTrainedOne(t *testing.T) {
	var want struct {
		Size        int
		Wood        [3]float64
		First, Last []float64
	}
	b, err := os.ReadFile(filepath.Join("testdata", "stones_net.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &want); err != nil {
		t.Fatal(err)
	}
	net, err := loadStoneNet()
	if err != nil {
		t.Fatal(err)
	}
	n := want.Size
	side := (n + 2*canvasRing) * cellPixels
	fine := make([]uint8, side*side*3)
	v := uint32(12345)
	for i := range fine {
		v = v*1664525 + 1013904223
		fine[i] = uint8(v >> 24)
	}
	at := func(x, y, c int) int {
		return (int(fine[(y*side+x)*3+c]) + 3*int(fine[(y/12*12*side+x/12*12)*3+c])) / 4
	}
	width := (n+1)*cellPixels + netSight
	o := newOpinion(n, way{gamma: 1})
	var s nearScratch
	for row := range n + 2 {
		top, left := (row+canvasRing-1)*cellPixels+cellPixels/2-netSight/2, (canvasRing-1)*cellPixels+cellPixels/2-netSight/2
		in := make([]float32, 0, netSight*width*3)
		for y := range netSight {
			for x := range width {
				for c := range 3 {
					in = append(in, float32(math.Log((float64(at(left+x, top+y, c))+10)/(want.Wood[c]+10))))
				}
			}
		}
		net.nearRow(&s, in, n+2, o.near[row*(n+2)*netNear:])
	}
	for y := range n {
		var lean []float32
		for x := range n {
			lean = append(lean, 0.25, float32(-1.5+1.5*float64(y*n+x)/float64(n*n-1)))
		}
		net.vectorsRow(o.near[y*(n+2)*netNear:], (n+2)*netNear, lean, o.vector[y*n*netVector:], n)
	}
	o.learn(net, n)
	for y := range n {
		o.think(net, n, 0, n, y)
	}
	worst := 0.0
	for i := range n * n {
		v := o.vector[i*netVector : (i+1)*netVector]
		last := net.lastOpinion(o.thought[(i/n*(n+2)+i%n)*netHidden:], (n+2)*netHidden)
		p := net.firstOpinion(v)
		base := math.Log(float64(p[0])) - want.First[i*netClass]
		for c := range netClass {
			worst = max(worst, math.Abs(float64(last[c])-want.Last[i*netClass+c]))
			worst = max(worst, math.Abs(math.Log(float64(p[c]))-base-want.First[i*netClass+c]))
		}
	}
	if worst > 2e-3 {
		t.Errorf("the network differs from the trained one by up to %g", worst)
	}
	t.Logf("largest difference: %g", worst)
}

func TestDamagedStoneNet(t *testing.T) {
	for _, b := range [][]byte{nil, netStones[:len(netStones)-1], append([]byte{0}, netStones...)} {
		if _, err := parseStoneNet(b); err == nil {
			t.Errorf("a network of %d bytes was accepted", len(b))
		}
	}
}
