package record

import (
	"image"
	"image/color"

	"github.com/gobancam/gobancam/grid"
)

// Surroundings returns img with everything grey that lies further than margin
// (a share of the board's extent, 0.3 is plenty for hands) outside of the
// board whose corner crossings are given: a bug report needs the board, not
// the faces around it. Size and geometry stay as they are.
func Surroundings(img image.Image, corners [4]grid.Pt, margin float64) *image.RGBA {
	b := img.Bounds()
	out := image.NewRGBA(b)
	var mid grid.Pt
	for _, c := range corners {
		mid = mid.Add(c.Scale(0.25))
	}
	var quad [4]grid.Pt
	for i, c := range corners {
		quad[i] = mid.Add(c.Sub(mid).Scale(1 + 2*margin))
	}
	grey := color.RGBA{128, 128, 128, 255}
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			p := grid.Pt{X: float64(x - b.Min.X), Y: float64(y - b.Min.Y)}
			if inside(p, quad) {
				out.Set(x, y, img.At(x, y))
			} else {
				out.SetRGBA(x, y, grey)
			}
		}
	}
	return out
}

// inside reports whether p lies in the quadrilateral, whichever way it turns.
func inside(p grid.Pt, q [4]grid.Pt) bool {
	neg, pos := false, false
	for i := range q {
		a, b := q[i], q[(i+1)%4]
		k := (b.X-a.X)*(p.Y-a.Y) - (b.Y-a.Y)*(p.X-a.X)
		neg, pos = neg || k < 0, pos || k > 0
	}
	return !(neg && pos)
}
