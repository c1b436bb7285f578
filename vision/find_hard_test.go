package vision

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"testing"

	"gocv.io/x/gocv"

	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/sim"
)

// over draws something opaque that lies over the board from (u0, v0) to
// (u1, v1), in cells, round when round is true.
func (v snapshot) over(t testing.TB, u0, v0, u1, v1 float64, c color.RGBA, round bool) {
	t.Helper()
	g, err := grid.New(v.spec)
	if err != nil {
		t.Fatal(err)
	}
	var shape []image.Point
	for k := range 40 {
		a := 2 * math.Pi * float64(k) / 40
		x, y := math.Cos(a), math.Sin(a)
		if !round {
			far := max(math.Abs(x), math.Abs(y))
			x, y = x/far, y/far
		}
		p := g.At((u0+u1)/2+x*(u1-u0)/2, (v0+v1)/2+y*(v1-v0)/2, 0)
		shape = append(shape, image.Pt(int(math.Round(p.X)), int(math.Round(p.Y))))
	}
	pts := gocv.NewPointsVectorFromPoints([][]image.Point{shape})
	defer pts.Close()
	if err := gocv.FillPoly(&v.img, pts, c); err != nil {
		t.Fatal(err)
	}
}

var (
	skin  = color.RGBA{R: 196, G: 148, B: 118}
	glare = color.RGBA{R: 255, G: 253, B: 246}
	cloth = color.RGBA{R: 52, G: 66, B: 110}
)

func TestFindHardBoards(t *testing.T) {
	for _, c := range []struct {
		name          string
		size          int
		camera        sim.Camera
		width, height int
		full          float64
		hide          func(v snapshot)
	}{
		{"empty, cornerwise", 19, sim.Camera{Elevation: 50, Turn: 45, FOV: 60, Fill: 0.85, Blur: 0.5}, 640, 480, 0, nil},
		{"cornerwise and low", 19, sim.Camera{Elevation: 30, Turn: 135, FOV: 60, Fill: 0.9, Blur: 0.5}, 1280, 720, 0.4, nil},
		{"cornerwise", 13, sim.Camera{Elevation: 45, Turn: 225, FOV: 60, Fill: 0.85, Blur: 0.5}, 640, 480, 0.3, nil},
		{"cornerwise", 9, sim.Camera{Elevation: 40, Turn: 315, FOV: 60, Fill: 0.85, Blur: 0.5}, 640, 480, 0.3, nil},
		{"a wide lens", 19, sim.Camera{Elevation: 60, Turn: 30, FOV: 90, Fill: 0.95, K1: 0.2, Blur: 0.5}, 1280, 720, 0.3, nil},
		{"a hand over it", 19, sim.Camera{Elevation: 60, Turn: 5, FOV: 60, Fill: 0.85, Blur: 0.5}, 960, 540, 0.3, func(v snapshot) {
			v.over(t, 8, 3, 14, 9, skin, true)
			v.over(t, 11, 4, 40, 7, cloth, false)
		}},
		{"a hand over a corner", 19, sim.Camera{Elevation: 60, Turn: 185, FOV: 60, Fill: 0.85, Blur: 0.5}, 960, 540, 0.4, func(v snapshot) {
			v.over(t, -3, -4, 4, 4, skin, true)
		}},
		{"a spot of glare", 13, sim.Camera{Elevation: 60, Turn: 95, FOV: 60, Fill: 0.85, Blur: 0.5}, 960, 540, 0.2, func(v snapshot) {
			v.over(t, 3, 3, 8, 9, glare, true)
		}},
	} {
		t.Run(fmt.Sprintf("%d, %s", c.size, c.name), func(t *testing.T) {
			config := sim.Default(c.size)
			config.Camera, config.Width, config.Height = c.camera, c.width, c.height
			v := shoot(t, config, c.full)
			if c.hide != nil {
				c.hide(v)
			}
			v.find(t)
		})
	}
}

// TestLooksFurtherWhereCrossingsGoOn starts from a part of the board.
func TestLooksFurtherWhereCrossingsGoOn(t *testing.T) {
	config := sim.Default(19)
	config.Width, config.Height, config.Camera.Turn = 960, 540, 20
	v := shoot(t, config, 0.3)
	truth, err := grid.New(v.spec)
	if err != nil {
		t.Fatal(err)
	}
	s, err := takeSurvey(v.img)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range [][3]float64{{0, 0, 10}, {0, 9, 9}, {4, 4, 10}} {
		u, w, n := part[0], part[1], part[2]
		rough, err := grid.New(grid.Spec{
			Size: 2, Width: v.spec.Width, Height: v.spec.Height,
			Corners: [4]grid.Pt{truth.At(u, w, 0), truth.At(u+n, w, 0), truth.At(u+n, w+n, 0), truth.At(u, w+n, 0)},
		})
		if err != nil {
			t.Fatal(err)
		}
		f, err := settle(v.img, rough, []int{9, 13, 19}, s)
		if err != nil {
			t.Fatal(err)
		}
		if f.Grid == nil {
			t.Errorf("from %v: nothing found", part)
		} else if off := v.offset(t, f.Grid); off > 0.1 || f.Confidence < 0.9 {
			t.Errorf("from %v: a board of %d lines, %.2f cells off, confidence %.3f", part, f.Grid.Size(), off, f.Confidence)
		}
	}
}

// TestCutOffBoards shows boards of which a side lies at the picture's edge or
// outside: some can be told from the other side, but none may be wrong and
// sure.
func TestCutOffBoards(t *testing.T) {
	for _, size := range []int{9, 19} {
		config := sim.Default(size)
		config.Width, config.Height = 960, 540
		config.Camera.Elevation, config.Camera.Turn = 70, 3
		v := shoot(t, config, 0.3)
		lo, hi := v.spec.Corners[0], v.spec.Corners[0]
		for _, c := range v.spec.Corners {
			lo = grid.Pt{X: min(lo.X, c.X), Y: min(lo.Y, c.Y)}
			hi = grid.Pt{X: max(hi.X, c.X), Y: max(hi.Y, c.Y)}
		}
		cell := (hi.X - lo.X) / float64(size-1)
		for _, by := range []float64{0.4, 1.4} {
			for name, box := range map[string]image.Rectangle{
				"left":  image.Rect(int(lo.X+by*cell), 0, 960, 540),
				"below": image.Rect(0, 0, 960, int(hi.Y-by*cell)),
			} {
				part := v.img.Region(box)
				f, err := Find(part, FindOptions{})
				part.Close()
				seen := snapshot{spec: v.spec}
				seen.spec.Width, seen.spec.Height, seen.spec.Focal = box.Dx(), box.Dy(), 0
				for i, c := range seen.spec.Corners {
					seen.spec.Corners[i] = c.Sub(grid.Pt{X: float64(box.Min.X), Y: float64(box.Min.Y)})
				}
				if err == nil && f.Confidence >= 0.9 && seen.offset(t, f.Grid) > 0.25 {
					t.Errorf("%d lines, %.1f cells missing %s: confidence %.3f in a board of %d lines at %.0f: %+v", size, by, name, f.Confidence, f.Grid.Size(), f.Grid.Corners(), f.evidence)
				}
			}
		}
	}
}

// TestLatticesThatAreNoBoard draws what has lines or fields like a board.
func TestLatticesThatAreNoBoard(t *testing.T) {
	const w, h = 960, 600
	tilt := func(t *testing.T, img gocv.Mat, low float64) gocv.Mat {
		from := gocv.NewPointVectorFromPoints([]image.Point{{X: 0, Y: 0}, {X: w, Y: 0}, {X: w, Y: h}, {X: 0, Y: h}})
		defer from.Close()
		in := int(low * w)
		to := gocv.NewPointVectorFromPoints([]image.Point{{X: in, Y: in / 2}, {X: w - in, Y: in / 3}, {X: w - in/6, Y: h - in/4}, {X: in / 5, Y: h - in/6}})
		defer to.Close()
		m := gocv.GetPerspectiveTransform(from, to)
		defer m.Close()
		out := gocv.NewMat()
		if err := gocv.WarpPerspectiveWithParams(img, &out, m, image.Pt(w, h), gocv.InterpolationLinear, gocv.BorderConstant, color.RGBA{R: 90, G: 70, B: 60}); err != nil {
			t.Fatal(err)
		}
		return out
	}
	box := func(img *gocv.Mat, x0, y0, x1, y1 int, c color.RGBA) {
		_ = gocv.Rectangle(img, image.Rect(x0, y0, x1, y1), c, -1)
	}
	grey := func(v uint8) color.RGBA { return color.RGBA{R: v, G: v, B: v} }
	for name, draw := range map[string]func(img *gocv.Mat){
		"chess board": func(img *gocv.Mat) {
			box(img, 200, 20, 760, 580, color.RGBA{R: 120, G: 80, B: 50})
			for k := range 64 {
				x, y := 220+k%8*65, 40+k/8*65
				c := color.RGBA{R: 235, G: 215, B: 175}
				if (k%8+k/8)%2 > 0 {
					c = color.RGBA{R: 110, G: 70, B: 45}
				}
				box(img, x, y, x+65, y+65, c)
				if k/8 < 2 || k/8 > 5 {
					_ = gocv.Circle(img, image.Pt(x+32, y+32), 20, grey(uint8(20+200*(k/40))), -1)
				}
			}
		},
		"draughts, ten by ten": func(img *gocv.Mat) {
			for k := range 100 {
				x, y := 210+k%10*54, 30+k/10*54
				c := grey(230)
				if (k%10+k/10)%2 > 0 {
					c = grey(40)
					if k/10 < 4 || k/10 > 5 {
						defer func() { _ = gocv.Circle(img, image.Pt(x+27, y+27), 20, grey(uint8(90+120*(k/50))), -1) }()
					}
				}
				box(img, x, y, x+54, y+54, c)
			}
		},
		"keyboard": func(img *gocv.Mat) {
			box(img, 60, 150, 900, 450, grey(35))
			for row := range 5 {
				for x := 75 + 14*row; x < 850; x += 56 {
					box(img, x, 165+56*row, x+48, 165+56*row+48, grey(65))
					_ = gocv.PutText(img, string(rune('A'+(x/7+row)%26)), image.Pt(x+14, 195+56*row), gocv.FontHersheySimplex, 0.6, grey(220), 1)
				}
			}
		},
		"chequered cloth": func(img *gocv.Mat) {
			for y := 0; y < h; y += 25 {
				for x := 0; x < w; x += 25 {
					box(img, x, y, x+25, y+25, color.RGBA{R: 250 - uint8(60*(x/25%2)), G: 240 - uint8(90*(x/25%2+y/25%2)), B: 240 - uint8(90*(x/25%2+y/25%2))})
				}
			}
		},
		"blinds": func(img *gocv.Mat) {
			for y := 20; y < 580; y += 30 {
				box(img, 150, y, 810, y+24, grey(225))
			}
			for _, x := range []int{250, 480, 710} {
				box(img, x, 20, x+3, 590, grey(150))
			}
		},
		"a table of figures": func(img *gocv.Mat) {
			box(img, 180, 20, 780, 585, grey(245))
			for k := range 22 {
				box(img, 200, 40+25*k, 760, 42+25*k, grey(90))
			}
			for k := range 8 {
				box(img, 200+80*k, 40, 202+80*k, 565, grey(90))
			}
		},
		"tiles": func(img *gocv.Mat) {
			for x := 0; x < w; x += 60 {
				box(img, x, 0, x+4, h, grey(190))
			}
			for y := 0; y < h; y += 60 {
				box(img, 0, y, w, y+4, grey(190))
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			flat := gocv.NewMatWithSizeFromScalar(gocv.NewScalar(130, 140, 150, 0), h, w, gocv.MatTypeCV8UC3)
			defer flat.Close()
			draw(&flat)
			for _, low := range []float64{0.02, 0.2} {
				img := tilt(t, flat, low)
				f, err := Find(img, FindOptions{})
				img.Close()
				if err == nil && f.Confidence >= 0.9 {
					t.Errorf("tilted by %.2f: a board of %d lines with confidence %.3f: %+v", low, f.Grid.Size(), f.Confidence, f.evidence)
				}
			}
		})
	}
}
