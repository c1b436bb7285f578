package vision

import (
	"image"
	"image/color"
	"math"
	"strings"
	"testing"

	"gocv.io/x/gocv"

	"github.com/gobancam/gobancam/grid"
)

// texture is a grey picture of soft blobs, moved by (dx, dy) pixels.
func texture(t *testing.T, dx, dy float64) gocv.Mat {
	t.Helper()
	m := gocv.NewMatWithSize(120, 160, gocv.MatTypeCV8UC1)
	pix, err := m.DataPtrUint8()
	if err != nil {
		t.Fatal(err)
	}
	for i := range pix {
		x, y := float64(i%160)-dx, float64(i/160)-dy
		pix[i] = uint8(128 + 50*math.Sin(x/6)*math.Cos(y/7) + 40*math.Sin((x+2*y)/11))
	}
	return m
}

func TestFlow(t *testing.T) {
	a, b := texture(t, 0, 0), texture(t, 3.25, -1.5)
	defer a.Close()
	defer b.Close()
	got, err := flow(a, b, []grid.Pt{{X: 60, Y: 50}, {X: 90, Y: 70}}, 21, 3)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []grid.Pt{{X: 63.25, Y: 48.5}, {X: 93.25, Y: 68.5}} {
		if !got[i].Found || got[i].Dist(want) > 0.1 {
			t.Errorf("point %d went to %+v, want %v", i, got[i], want)
		}
	}
}

func TestECC(t *testing.T) {
	a, b := texture(t, 0, 0), texture(t, 2, 1.5)
	defer a.Close()
	defer b.Close()
	none := gocv.NewMat()
	defer none.Close()
	w, rho, err := ecc(a, b, [9]float64{1, 0, 0, 0, 1, 0, 0, 0, 1}, euclidean, 100, none)
	if err != nil {
		t.Fatal(err)
	}
	if rho < 0.99 || math.Abs(w[2]-2) > 0.1 || math.Abs(w[5]-1.5) > 0.1 {
		t.Errorf("correlation %.3f, warp %.2f", rho, w)
	}
}

func TestSegments(t *testing.T) {
	m := gocv.NewMatWithSize(100, 200, gocv.MatTypeCV8UC1)
	defer m.Close()
	m.SetTo(gocv.NewScalar(200, 0, 0, 0))
	if err := gocv.Rectangle(&m, image.Rect(40, 30, 160, 70), color.RGBA{B: 30, A: 255}, -1); err != nil {
		t.Fatal(err)
	}
	got, err := segments(m, 0.8)
	if err != nil {
		t.Fatal(err)
	}
	long := 0
	for _, s := range got {
		if s.A.Dist(s.B) > 30 {
			long++
		}
	}
	if long != 4 {
		t.Errorf("a rectangle has %d long edges: %v", long, got)
	}
	blank := gocv.NewMatWithSize(50, 50, gocv.MatTypeCV8UC1)
	defer blank.Close()
	if got, err := segments(blank, 0.8); err != nil || len(got) != 0 {
		t.Errorf("a blank picture has edges %v, %v", got, err)
	}
}

// OpenCV throws on what it does not like; nothing of that may leave the shim.
func TestExceptionsBecomeErrors(t *testing.T) {
	gray := texture(t, 0, 0)
	defer gray.Close()
	other := gocv.NewMatWithSize(60, 60, gocv.MatTypeCV8UC1)
	defer other.Close()
	floats := gocv.NewMatWithSize(120, 160, gocv.MatTypeCV32FC4)
	defer floats.Close()
	empty := gocv.NewMat()
	defer empty.Close()
	at := []grid.Pt{{X: 10, Y: 10}}
	unit := [9]float64{1, 0, 0, 0, 1, 0, 0, 0, 1}
	for _, test := range []struct {
		name string
		call func() error
		says string
	}{
		{"flow of nothing", func() error { _, err := flow(gray, empty, at, 21, 3); return err }, "empty"},
		{"flow between sizes", func() error { _, err := flow(gray, other, at, 21, 3); return err }, "different"},
		{"flow of floats", func() error { _, err := flow(floats, floats, at, 21, 3); return err }, "OpenCV"},
		{"flow in no window", func() error { _, err := flow(gray, gray, at, 1, 3); return err }, "OpenCV"},
		{"ecc of nothing", func() error { _, _, err := ecc(empty, gray, unit, affine, 5, empty); return err }, "empty"},
		{"ecc of floats", func() error { _, _, err := ecc(floats, gray, unit, affine, 5, empty); return err }, "OpenCV"},
		{"ecc of unlike pictures", func() error { _, _, err := ecc(gray, other, unit, 7, 5, empty); return err }, "OpenCV"},
		{"segments of nothing", func() error { _, err := segments(empty, 0.8); return err }, "empty"},
		{"segments of floats", func() error { _, err := segments(floats, 0.8); return err }, "OpenCV"},
		{"segments at no scale", func() error { _, err := segments(gray, -1); return err }, "OpenCV"},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := test.call()
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %v", err)
			}
		})
	}
}
