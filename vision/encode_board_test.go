package vision

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"testing"

	"gocv.io/x/gocv"

	"github.com/gobancam/gobancam/internal/grid"
)

// TestPicturesForOthersShowTheBoardOnly paints what is on the board green, with
// a blue stone near its top left, and all beyond red: nothing red is given to
// others, and the stone is where the board has it.
func TestPicturesForOthersShowTheBoardOnly(t *testing.T) {
	const w, h, side = 640, 480, 400
	oblique := [4]grid.Pt{{X: 250, Y: 200}, {X: 400, Y: 210}, {X: 450, Y: 350}, {X: 200, Y: 330}}
	for name, spec := range map[string]grid.Spec{
		"straight":        {Size: 9, Corners: square(320, 240, 160, 0)},
		"turned":          {Size: 19, Corners: square(300, 250, 220, 200)},
		"oblique, barrel": {Size: 9, Corners: oblique, K1: 0.3},
		"pincushion":      {Size: 13, Corners: square(320, 240, 130, 30), K1: -0.3},
		"half outside":    {Size: 13, Corners: square(600, 100, 200, 70)},
	} {
		t.Run(name, func(t *testing.T) {
			spec.Width, spec.Height = w, h
			g, err := grid.New(spec)
			if err != nil {
				t.Fatal(err)
			}
			n := float64(spec.Size - 1)
			room := image.NewRGBA(image.Rect(0, 0, w, h))
			for y := range h {
				for x := range w {
					u, v, ok := g.Shows(grid.Pt{X: float64(x), Y: float64(y)})
					c := color.RGBA{220, 0, 0, 255}
					const near = 1.2 // JPEG and the interpolation blend over the line
					switch {
					case ok && math.Hypot(u-2, v-1) < 0.7:
						c = color.RGBA{0, 0, 220, 255}
					case ok && u > -near && v > -near && u < n+near && v < n+near:
						c = color.RGBA{0, 220, 0, 255}
					}
					room.SetRGBA(x, y, c)
				}
			}
			img, err := gocv.ImageToMatRGB(room)
			if err != nil {
				t.Fatal(err)
			}
			defer img.Close()
			data, err := EncodeBoard(img, g, side)
			if err != nil {
				t.Fatal(err)
			}
			pic, err := jpeg.Decode(bytes.NewReader(data))
			if err != nil || pic.Bounds().Dx() != side || pic.Bounds().Dy() != side {
				t.Fatalf("%v, %v", pic.Bounds(), err)
			}
			at := func(u, v float64) (red, green, blue uint32) {
				k := side / (n + 2*boardEdge)
				r, gr, b, _ := pic.At(int((u+boardEdge)*k), int((v+boardEdge)*k)).RGBA()
				return r >> 8, gr >> 8, b >> 8
			}
			for y := range side {
				for x := range side {
					if r, _, _, _ := pic.At(x, y).RGBA(); r>>8 > 90 {
						t.Fatalf("(%d, %d) shows the room: %d", x, y, r>>8)
					}
				}
			}
			if name == "half outside" {
				return
			}
			if r, gr, b := at(2, 1); b < 150 || gr > 100 {
				t.Errorf("the stone is not there: %d, %d, %d", r, gr, b)
			}
			if r, gr, b := at(1, 2); gr < 150 || b > 100 {
				t.Errorf("a stone is where none is: %d, %d, %d", r, gr, b)
			}
		})
	}
	empty := gocv.NewMat()
	defer empty.Close()
	if _, err := EncodeBoard(empty, nil, side); err == nil {
		t.Error("no picture was encoded")
	}
}
