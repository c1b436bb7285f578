package grid

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// camera is an independent pinhole camera that looks at the middle of a board.
type camera struct {
	f, elev, azim, dist float64
	w, h                int
	aspect              float64
	size                int
}

// project maps board coordinates and height to undistorted pixels.
func (c camera) project(u, v, height float64) Pt {
	n := float64(c.size-1) / 2
	X, Y, Z := u-n, (v-n)*c.aspect, height
	se, ce := math.Sincos(c.elev)
	sa, ca := math.Sincos(c.azim)
	// Turn about the vertical, then tip.
	x, y := ca*X-sa*Y, sa*X+ca*Y
	// Camera at distance dist, elevation elev, on the side of growing y.
	yc := y*se - Z*ce
	zc := c.dist - y*ce - Z*se
	return Pt{float64(c.w-1)/2 + c.f*x/zc, float64(c.h-1)/2 + c.f*yc/zc}
}

func drawCamera(t *rapid.T) camera {
	c := camera{
		w: 1280, h: 720, aspect: Standard,
		size: rapid.SampledFrom([]int{9, 13, 19}).Draw(t, "size"),
		f:    rapid.Float64Range(800, 2000).Draw(t, "f"),
		elev: rapid.Float64Range(25, 75).Draw(t, "elev") * math.Pi / 180,
		azim: rapid.Float64Range(0, 2*math.Pi).Draw(t, "azim"),
	}
	c.dist = float64(c.size) * c.f / 360
	return c
}

func (c camera) grid(t interface{ Fatal(...any) }, focal float64) *Grid {
	n := float64(c.size - 1)
	g, err := New(Spec{Size: c.size, Width: c.w, Height: c.h, Aspect: c.aspect, Focal: focal,
		Corners: [4]Pt{c.project(0, 0, 0), c.project(n, 0, 0), c.project(n, n, 0), c.project(0, n, 0)}})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestCrossingsAndHeightsMatchAPinhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCamera(t)
		g := c.grid(t, c.f)
		u := rapid.Float64Range(0, float64(c.size-1)).Draw(t, "u")
		v := rapid.Float64Range(0, float64(c.size-1)).Draw(t, "v")
		h := rapid.Float64Range(0, 0.5).Draw(t, "height")
		if got, want := g.At(u, v, h), c.project(u, v, h); got.Dist(want) > 1e-3 {
			t.Fatalf("At(%v, %v, %v) = %v, want %v", u, v, h, got, want)
		}
		if got, want := g.Elevation(), c.elev*180/math.Pi; math.Abs(got-want) > 0.01 {
			t.Fatalf("elevation %v, want %v", got, want)
		}
	})
}

func TestFocalLengthIsRecovered(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCamera(t)
		c.elev = rapid.Float64Range(30, 60).Draw(t, "oblique") * math.Pi / 180
		g := c.grid(t, 0)
		// What matters is where a stone's top appears, in cells.
		n := float64(c.size-1) / 2
		got, want := g.At(n, n, 0.4), c.project(n, n, 0.4)
		if d := got.Dist(want) / g.Cell(n, n); d > 0.06 {
			t.Fatalf("top of a stone is off by %.3f cells (f %v, worked out %v)", d, c.f, g.Spec().Focal)
		}
	})
}

func TestLensRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.Float64Range(-0.2, 0.3).Draw(t, "k1")
		g, err := New(Spec{Size: 19, Width: 1920, Height: 1080, K1: k,
			Corners: [4]Pt{{500, 100}, {1400, 120}, {1700, 1000}, {300, 950}}})
		if err != nil {
			t.Fatal(err)
		}
		u := rapid.Float64Range(-1, 19).Draw(t, "u")
		v := rapid.Float64Range(-1, 19).Draw(t, "v")
		gu, gv := g.Board(g.At(u, v, 0))
		if math.Abs(gu-u) > 1e-6 || math.Abs(gv-v) > 1e-6 {
			t.Fatalf("(%v, %v) came back as (%v, %v)", u, v, gu, gv)
		}
	})
}

func TestCornersStayWhereTheyWereSeen(t *testing.T) {
	spec := Spec{Size: 9, Width: 640, Height: 480, K1: -0.12,
		Corners: [4]Pt{{120, 60}, {500, 70}, {610, 420}, {40, 400}}}
	g, err := New(spec)
	if err != nil {
		t.Fatal(err)
	}
	for q := range 4 {
		r, err := g.Rotate(q)
		if err != nil {
			t.Fatal(err)
		}
		for i, uv := range [4][2]float64{{0, 0}, {8, 0}, {8, 8}, {0, 8}} {
			if d := r.At(uv[0], uv[1], 0).Dist(spec.Corners[(i+q)%4]); d > 1e-6 {
				t.Errorf("turned %d: corner %d is off by %v px", q, i, d)
			}
		}
		if math.Abs(r.Elevation()-g.Elevation()) > 0.5 {
			t.Errorf("turned %d: elevation %v, was %v", q, r.Elevation(), g.Elevation())
		}
	}
}

func TestImpossibleSpecs(t *testing.T) {
	good := Spec{Size: 19, Width: 640, Height: 480, Corners: [4]Pt{{100, 100}, {500, 100}, {500, 400}, {100, 400}}}
	nan := math.NaN()
	for name, change := range map[string]func(*Spec){
		"one line":       func(s *Spec) { s.Size = 1 },
		"26 lines":       func(s *Spec) { s.Size = 26 },
		"no picture":     func(s *Spec) { s.Width = 0 },
		"lens":           func(s *Spec) { s.K1 = 3 },
		"lens NaN":       func(s *Spec) { s.K1 = nan },
		"aspect":         func(s *Spec) { s.Aspect = -1 },
		"focal":          func(s *Spec) { s.Focal = nan },
		"focal infinite": func(s *Spec) { s.Focal = math.Inf(1) },
		"NaN corner":     func(s *Spec) { s.Corners[2].X = nan },
		"far corner":     func(s *Spec) { s.Corners[2].X = 1e9 },
		"anticlockwise":  func(s *Spec) { s.Corners[1], s.Corners[3] = s.Corners[3], s.Corners[1] },
		"crossed":        func(s *Spec) { s.Corners[1], s.Corners[2] = s.Corners[2], s.Corners[1] },
		"on one line":    func(s *Spec) { s.Corners = [4]Pt{{0, 0}, {1, 1}, {2, 2}, {3, 3}} },
		"one place":      func(s *Spec) { s.Corners = [4]Pt{} },
	} {
		s := good
		change(&s)
		if g, err := New(s); err == nil {
			t.Errorf("%s: made %v", name, g)
		}
	}
	s := good
	s.Corners = [4]Pt{}
	if _, err := New(s); !errors.Is(err, ErrCorners) {
		t.Errorf("got %v, want ErrCorners", err)
	}
}

// TestShows: what a pixel shows, and that the sky shows no board.
func TestShows(t *testing.T) {
	g, err := New(Spec{Size: 9, Width: 640, Height: 480, Corners: [4]Pt{{290, 250}, {350, 250}, {900, 470}, {-260, 470}}})
	if err != nil {
		t.Fatal(err)
	}
	if u, v, ok := g.Shows(g.At(4, 5, 0)); !ok || math.Abs(u-4) > 1e-6 || math.Abs(v-5) > 1e-6 {
		t.Errorf("(%v, %v), %v", u, v, ok)
	}
	if u, v, ok := g.Shows(Pt{320, 10}); ok {
		t.Errorf("the sky shows (%v, %v)", u, v)
	}
	bent, err := New(Spec{Size: 9, Width: 640, Height: 480, K1: -0.5, Corners: [4]Pt{{270, 190}, {370, 190}, {370, 290}, {270, 290}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, ok := bent.Shows(Pt{0, 0}); ok {
		t.Error("the corner lies beyond the fold of the lens")
	}
	if _, _, ok := bent.Shows(Pt{320, 10}); !ok {
		t.Error("the middle of the upper edge does not")
	}
}
