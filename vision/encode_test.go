package vision

import (
	"bytes"
	"image/jpeg"
	"math"
	"testing"

	"gocv.io/x/gocv"

	"github.com/gobancam/gobancam/internal/grid"
)

// square returns the corners of a square board, turned by degrees.
func square(x, y, side, degrees float64) [4]grid.Pt {
	var c [4]grid.Pt
	for i := range c {
		a := (degrees + 225 + 90*float64(i)) * math.Pi / 180
		c[i] = grid.Pt{X: x + side/math.Sqrt2*math.Cos(a), Y: y + side/math.Sqrt2*math.Sin(a)}
	}
	return c
}

// TestRecordedPicturesShowTheBoardOnly: the board and three and a half cells
// around it stay as they are, all else is black, however the board lies.
func TestRecordedPicturesShowTheBoardOnly(t *testing.T) {
	const w, h = 640, 480
	white := gocv.NewMatWithSize(h, w, gocv.MatTypeCV8UC3)
	defer white.Close()
	white.SetTo(gocv.NewScalar(250, 250, 250, 0))
	oblique := [4]grid.Pt{{X: 250, Y: 200}, {X: 400, Y: 210}, {X: 450, Y: 350}, {X: 200, Y: 330}}
	for _, test := range []struct {
		name string
		spec grid.Spec
	}{
		{"straight", grid.Spec{Size: 9, Corners: square(320, 240, 160, 0)}},
		{"turned by 45°", grid.Spec{Size: 9, Corners: square(320, 240, 160, 45)}},
		{"turned by 20°, 19 lines", grid.Spec{Size: 19, Corners: square(300, 250, 220, 20)}},
		{"oblique", grid.Spec{Size: 9, Corners: oblique}},
		{"oblique, barrel", grid.Spec{Size: 9, Corners: oblique, K1: 0.3}},
		{"turned, pincushion", grid.Spec{Size: 9, Corners: square(320, 240, 130, 30), K1: -0.3}},
		{"half outside", grid.Spec{Size: 13, Corners: square(600, 100, 200, 70)}},
		{"in a corner of a bent lens", grid.Spec{Size: 9, Corners: square(470, 350, 120, 10), K1: -0.15}},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.spec.Width, test.spec.Height = w, h
			g, err := grid.New(test.spec)
			if err != nil {
				t.Fatal(err)
			}
			data, err := EncodeSurroundings(white, g)
			if err != nil {
				t.Fatal(err)
			}
			pic, err := jpeg.Decode(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			// The outline, from the board to the picture.
			var points []grid.Pt
			far := float64(test.spec.Size-1) + surroundings
			const steps = 60
			for side := range 4 {
				for i := range steps {
					a := -surroundings + (far+surroundings)*float64(i)/steps
					back := far - surroundings - a
					uv := [4][2]float64{{a, -surroundings}, {far, a}, {back, far}, {-surroundings, back}}[side]
					points = append(points, g.At(uv[0], uv[1], 0))
				}
			}
			kept, black := 0, 0
			for y := 0; y < h; y += 2 {
				for x := 0; x < w; x += 2 {
					in := distanceTo(points, float64(x), float64(y))
					r, green, b, _ := pic.At(x, y).RGBA()
					light := (r + green + b) / 3 >> 8
					switch {
					case in > 3: // pixels within
						if kept++; light < 225 {
							t.Fatalf("(%d, %d), %.1f pixels inside, has %d of 250", x, y, in, light)
						}
					case in < -17: // beyond the blocks of JPEG that hold some of both
						if black++; light > 2 {
							t.Fatalf("(%d, %d), %.1f pixels outside, has %d", x, y, -in, light)
						}
					}
				}
			}
			if kept < 2500 || black < 2500 {
				t.Errorf("%d pixels inside, %d outside", kept, black)
			}
		})
	}
}

// distanceTo is how far (x, y) lies inside a closed outline, negative outside.
func distanceTo(outline []grid.Pt, x, y float64) float64 {
	nearest, inside := math.Inf(1), false
	for i, a := range outline {
		b := outline[(i+1)%len(outline)]
		if (a.Y > y) != (b.Y > y) && x < a.X+(y-a.Y)/(b.Y-a.Y)*(b.X-a.X) {
			inside = !inside
		}
		nearest = min(nearest, math.Hypot(a.X-x, a.Y-y))
	}
	if !inside {
		return -nearest
	}
	return nearest
}

// TestNothingAboveTheHorizonIsRecorded: of a camera that lies almost on the
// table, close to the board, the surroundings reach behind it.
func TestNothingAboveTheHorizonIsRecorded(t *testing.T) {
	const w, h = 640, 480
	g, err := grid.New(grid.Spec{Size: 9, Width: w, Height: h, Corners: [4]grid.Pt{{X: 290, Y: 250}, {X: 350, Y: 250}, {X: 900, Y: 470}, {X: -260, Y: 470}}})
	if err != nil {
		t.Fatal(err)
	}
	mask := surroundingsMask(w, h, g)
	for x := range w {
		for y := range 200 {
			if mask[y*w+x] != 0 {
				t.Fatalf("(%d, %d) is kept, far above the board", x, y)
			}
		}
	}
	if mask[300*w+320] == 0 {
		t.Error("the board itself is not kept")
	}
}

func BenchmarkSurroundings(b *testing.B) {
	g, err := grid.New(grid.Spec{Size: 19, Width: 1280, Height: 720, Corners: square(640, 360, 400, 20), K1: 0.05})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		surroundingsMask(1280, 720, g)
	}
}
