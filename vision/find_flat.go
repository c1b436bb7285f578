package vision

import (
	"fmt"
	"math"

	"gocv.io/x/gocv"

	"github.com/gobancam/gobancam/internal/grid"
)

// The flat view: the board laid square by a rough grid, for the fine network.
const (
	flatSide   = 320
	flatEdge   = 40 // around the rough board
	flatBoard  = flatSide - 2*flatEdge
	flatStride = 2 // of the crossing planes
)

// flat is the fine network's look at the flat view of a board.
type flat struct {
	rough *grid.Grid // what it was laid out by; its whole side is flatBoard

	crossing, border, corner heat // stride 2
	inside                   heat // stride 4
}

// lay takes the board flat by a rough grid and looks at it.
func lay(img gocv.Mat, rough *grid.Grid) (*flat, error) {
	n := float64(rough.Size() - 1)
	// Averaged to the view's scale first, so that nothing is skipped.
	c := rough.Corners()
	area := 0.0
	for i := range c {
		d := c[(i+1)%4]
		area += (c[i].X*d.Y - c[i].Y*d.X) / 2
	}
	src, sx, sy := img, 1.0, 1.0
	if shrink := math.Sqrt(math.Abs(area)) / flatBoard; shrink > 1.3 {
		w := max(1, int(math.Round(float64(img.Cols())*1.15/shrink)))
		h := max(1, int(math.Round(float64(img.Rows())*1.15/shrink)))
		small, err := resized(img, w, h)
		if err != nil {
			return nil, err
		}
		defer small.Close()
		src = small
		sx, sy = float64(w)/float64(img.Cols()), float64(h)/float64(img.Rows())
	}
	mx := gocv.NewMatWithSize(flatSide, flatSide, gocv.MatTypeCV32F)
	defer mx.Close()
	my := gocv.NewMatWithSize(flatSide, flatSide, gocv.MatTypeCV32F)
	defer my.Close()
	xs, err := mx.DataPtrFloat32()
	if err != nil {
		return nil, fmt.Errorf("flat view: %w", err)
	}
	ys, err := my.DataPtrFloat32()
	if err != nil {
		return nil, fmt.Errorf("flat view: %w", err)
	}
	// Straight between every eighth pixel: the map bends far less than that.
	const every = 8
	var knots [flatSide/every + 1][flatSide/every + 1]grid.Pt
	for j := range knots {
		for i := range knots[j] {
			p := rough.At(float64(i*every-flatEdge)/flatBoard*n, float64(j*every-flatEdge)/flatBoard*n, 0)
			knots[j][i] = grid.Pt{X: clampTo((p.X+0.5)*sx-0.5, 1e5), Y: clampTo((p.Y+0.5)*sy-0.5, 1e5)}
		}
	}
	for y := range flatSide {
		j, fy := y/every, float64(y%every)/every
		for x := range flatSide {
			i, fx := x/every, float64(x%every)/every
			top := knots[j][i].Scale(1 - fx).Add(knots[j][i+1].Scale(fx))
			low := knots[j+1][i].Scale(1 - fx).Add(knots[j+1][i+1].Scale(fx))
			p := top.Scale(1 - fy).Add(low.Scale(fy))
			xs[y*flatSide+x], ys[y*flatSide+x] = float32(p.X), float32(p.Y)
		}
	}
	view := gocv.NewMat()
	defer view.Close()
	if err := gocv.Remap(src, &view, &mx, &my, gocv.InterpolationLinear, gocv.BorderConstant, black); err != nil {
		return nil, fmt.Errorf("flat view: %w", err)
	}
	in, err := planes(view)
	if err != nil {
		return nil, err
	}
	const coarse, fine = flatSide / surveyStride, flatSide / flatStride
	out, err := fineNet.run(in, 3, flatSide, flatSide, 13*coarse*coarse)
	if err != nil {
		return nil, err
	}
	f := &flat{rough: rough}
	for k, m := range []*heat{&f.crossing, &f.border, &f.corner} {
		*m = heat{fine, fine, make([]float32, fine*fine)}
		for q := range 4 {
			part := out[(4*k+q)*coarse*coarse:]
			for y := range coarse {
				for x := range coarse {
					m.p[(2*y+q/2)*fine+2*x+q%2] = sigmoid(part[y*coarse+x])
				}
			}
		}
	}
	f.inside = heat{coarse, coarse, out[12*coarse*coarse:]}
	for i, v := range f.inside.p {
		f.inside.p[i] = sigmoid(v)
	}
	return f, nil
}

func clampTo(x, limit float64) float64 {
	if !(x > -limit) {
		return -limit
	}
	return min(x, limit)
}

// pixel returns the picture's pixel that a pixel of the crossing planes shows.
func (f *flat) pixel(x, y float64) grid.Pt {
	n := float64(f.rough.Size() - 1)
	to := func(a float64) float64 { return ((a+0.5)*flatStride - 0.5 - flatEdge) / flatBoard * n }
	return f.rough.At(to(x), to(y), 0)
}

// place is the inverse of pixel.
func (f *flat) place(p grid.Pt) (x, y float64) {
	n := float64(f.rough.Size() - 1)
	u, v := f.rough.Board(p)
	to := func(a float64) float64 { return (a/n*flatBoard+flatEdge+0.5)/flatStride - 0.5 }
	return to(u), to(v)
}

// peak is a likely crossing in the flat view.
type peak struct{ x, y, p float64 }

// peaks are the local maxima of the crossing plane, to a part of a pixel.
func (f *flat) peaks() []peak {
	m := &f.crossing
	var out []peak
	for y := 1; y < m.h-1; y++ {
		for x := 1; x < m.w-1; x++ {
			c := m.get(x, y)
			if c < 0.2 {
				continue
			}
			l, r, u, d := m.get(x-1, y), m.get(x+1, y), m.get(x, y-1), m.get(x, y+1)
			if c < l || c <= r || c < u || c <= d ||
				c < m.get(x-1, y-1) || c <= m.get(x+1, y+1) || c < m.get(x+1, y-1) || c <= m.get(x-1, y+1) {
				continue
			}
			out = append(out, peak{float64(x) + summit(l, c, r), float64(y) + summit(u, c, d), c})
		}
	}
	return out
}

// summit is where a parabola through the logarithms of three values at -1, 0
// and 1 is highest.
func summit(a, b, c float64) float64 {
	la, lb, lc := math.Log(a+1e-4), math.Log(b+1e-4), math.Log(c+1e-4)
	if d := la - 2*lb + lc; d < 0 {
		return max(-0.5, min(0.5, (la-lc)/(2*d)))
	}
	return 0
}
