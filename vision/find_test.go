package vision

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gocv.io/x/gocv"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/sim"
)

// snapshot is a simulated picture with its truth.
type snapshot struct {
	img  gocv.Mat
	spec grid.Spec
}

// shoot sets up a simulated board with a share of its points taken, and takes
// a picture of it.
func shoot(t testing.TB, c sim.Config, full float64) snapshot {
	t.Helper()
	w, err := sim.New(c)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(c.Seed, 7))
	for y := range c.Size {
		for x := range c.Size {
			if r.Float64() < full {
				w.Set(board.Point{X: int8(x), Y: int8(y)}, board.Black+board.Color(r.IntN(2)))
			}
		}
	}
	img, err := gocv.ImageToMatRGB(w.Render())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { img.Close() })
	return snapshot{img, w.Spec()}
}

// inspect judges a grid as it is given, lines within reach apart.
func inspect(img gocv.Mat, g *grid.Grid, reach float64, s *survey) (Found, error) {
	f, err := lay(img, g)
	if err != nil {
		return Found{}, err
	}
	found := Found{Grid: g}
	err = found.judge(img, f, reach, s)
	return found, err
}

// offset is how far the worst corner of g is from the truth, in cells, under
// the best of four turns; infinite for another size.
func (v snapshot) offset(t testing.TB, g *grid.Grid) float64 {
	t.Helper()
	truth, err := grid.New(v.spec)
	if err != nil {
		t.Fatal(err)
	}
	if g.Size() != truth.Size() {
		return math.Inf(1)
	}
	n := float64(truth.Size() - 1)
	best := math.Inf(1)
	for q := range 4 {
		worst := 0.0
		for i, uv := range [4][2]float64{{0, 0}, {n, 0}, {n, n}, {0, n}} {
			worst = max(worst, g.Corners()[(i+q)%4].Dist(truth.Corners()[i])/truth.Cell(uv[0], uv[1]))
		}
		best = min(best, worst)
	}
	return best
}

func TestFindSimulatedBoards(t *testing.T) {
	for _, c := range []struct {
		name          string
		size          int
		camera        sim.Camera
		width, height int
		full          float64
	}{
		{"empty, from above", 9, sim.Camera{Elevation: 88, FOV: 55, Fill: 0.8, Blur: 0.5}, 640, 480, 0},
		{"empty, from above", 13, sim.Camera{Elevation: 88, FOV: 55, Fill: 0.8, Blur: 0.5}, 640, 480, 0},
		{"empty, from above", 19, sim.Camera{Elevation: 88, FOV: 55, Fill: 0.8, Blur: 0.5}, 640, 480, 0},
		{"half full", 9, sim.Camera{Elevation: 60, Turn: 12, FOV: 60, Fill: 0.85, Blur: 0.5}, 960, 540, 0.4},
		{"half full", 13, sim.Camera{Elevation: 60, Turn: 102, FOV: 60, Fill: 0.85, Blur: 0.5}, 960, 540, 0.4},
		{"half full", 19, sim.Camera{Elevation: 60, Turn: 192, FOV: 60, Fill: 0.85, Blur: 0.5}, 960, 540, 0.4},
		{"a corner towards us", 19, sim.Camera{Elevation: 55, Turn: 40, FOV: 60, Fill: 0.85, Blur: 0.5}, 960, 540, 0.3},
		{"low", 13, sim.Camera{Elevation: 32, Turn: -8, FOV: 65, Fill: 0.9, Blur: 0.5}, 960, 540, 0.2},
		{"crowded", 19, sim.Camera{Elevation: 65, Turn: 5, FOV: 60, Fill: 0.85, Blur: 0.5}, 960, 540, 0.75},
		{"a lens that bends", 19, sim.Camera{Elevation: 58, Turn: 20, FOV: 75, Fill: 0.95, K1: -0.12, Blur: 0.5}, 960, 540, 0.3},
		{"upright 4K", 19, sim.Camera{Elevation: 70, Turn: 95, FOV: 40, Fill: 0.8, Blur: 1}, 2160, 3840, 0.3},
	} {
		t.Run(fmt.Sprintf("%d, %s", c.size, c.name), func(t *testing.T) {
			if c.height > 3000 && testing.Short() {
				t.Skip("a large picture to draw")
			}
			config := sim.Default(c.size)
			config.Camera, config.Width, config.Height = c.camera, c.width, c.height
			v := shoot(t, config, c.full)
			f := v.find(t)
			c := f.Grid.Corners()
			for _, p := range c[1:] {
				if p.X+p.Y < c[0].X+c[0].Y {
					t.Errorf("corners %v do not start at the top left", c)
				}
			}
		})
	}
}

// find finds the board, which must be where it is and fit the printed lines.
func (v snapshot) find(t *testing.T) Found {
	t.Helper()
	f, err := Find(v.img, FindOptions{})
	if err != nil {
		t.Fatal(err)
	}
	off := v.offset(t, f.Grid)
	t.Logf("off %.3f, confidence %.3f, fit %.3f on %d pieces of line, K1 %.3f of %.3f", off, f.Confidence, f.Fit, f.Lines, f.Grid.Spec().K1, v.spec.K1)
	if off > 0.25 {
		t.Errorf("a corner is %.2f cells off, confidence %.3f: %+v", off, f.Confidence, f.evidence)
	}
	if f.Fit > 0.05 {
		t.Errorf("lines are %.3f cells off", f.Fit)
	}
	return f
}

// TestWrongGridsDoNotLookSure judges grids that are one line off, or of the
// wrong size, on a picture where the right one is found.
func TestWrongGridsDoNotLookSure(t *testing.T) {
	for _, size := range []int{9, 13, 19} {
		config := sim.Default(size)
		config.Width, config.Height, config.Camera.Turn = 960, 540, 15
		v := shoot(t, config, 0.25)
		right, err := grid.New(v.spec)
		if err != nil {
			t.Fatal(err)
		}
		s, err := takeSurvey(v.img)
		if err != nil {
			t.Fatal(err)
		}
		judge := func(g *grid.Grid) Found {
			f, err := inspect(v.img, g, 0.2, s)
			if err != nil {
				t.Fatal(err)
			}
			return f
		}
		if f := judge(right); f.Confidence < 0.9 {
			t.Errorf("%d lines: the right grid has confidence %.3f: %+v", size, f.Confidence, f.evidence)
		}
		n := float64(size - 1)
		for name, move := range map[string][3]float64{ // columns, rows, lines more
			"a column right": {1, 0, 0}, "a column left": {-1, 0, 0}, "a row down": {0, 1, 0}, "a row up": {0, -1, 0},
			"both": {1, 1, 0}, "half a cell": {0.5, 0.5, 0}, "a line more": {0, 0, 1}, "a line less": {0, 0, -1},
			"two lines less": {1, 1, -2}, "four lines less": {2, 2, -4}, "ten lines less": {5, 5, -10},
		} {
			spec := v.spec
			spec.Size += int(move[2])
			if spec.Size < 5 {
				continue
			}
			u, w, m := move[0], move[1], n+move[2]
			spec.Corners = [4]grid.Pt{right.At(u, w, 0), right.At(u+m, w, 0), right.At(u+m, w+m, 0), right.At(u, w+m, 0)}
			g, err := grid.New(spec)
			if err != nil {
				t.Fatal(err)
			}
			if f := judge(g); f.Confidence >= 0.5 {
				t.Errorf("%d lines, %s: confidence %.3f: %+v", size, name, f.Confidence, f.evidence)
			}
		}
		// The right corners with the lines of another board between them.
		for _, other := range []int{9, 13, 19} {
			if other == size {
				continue
			}
			spec := v.spec
			spec.Size = other
			g, err := grid.New(spec)
			if err != nil {
				t.Fatal(err)
			}
			if f := judge(g); f.Confidence >= 0.5 {
				t.Errorf("%d lines taken for %d: confidence %.3f: %+v", size, other, f.Confidence, f.evidence)
			}
		}
	}
}

func TestSnapPullsCornersOntoTheirCrossings(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for _, size := range []int{9, 13, 19} {
		config := sim.Default(size)
		config.Width, config.Height, config.Camera.Turn = 960, 540, 190
		v := shoot(t, config, 0.35)
		truth, err := grid.New(v.spec)
		if err != nil {
			t.Fatal(err)
		}
		n := float64(size - 1)
		for round := range 3 {
			spec := grid.Spec{Size: size, Width: v.spec.Width, Height: v.spec.Height}
			for i, uv := range [4][2]float64{{0, 0}, {n, 0}, {n, n}, {0, n}} {
				a := r.Float64() * 2 * math.Pi
				spec.Corners[i] = truth.At(uv[0]+math.Cos(a)/3, uv[1]+math.Sin(a)/3, 0)
			}
			rough, err := grid.New(spec)
			if err != nil {
				t.Fatal(err)
			}
			f, err := Snap(v.img, rough)
			if err != nil {
				t.Fatal(err)
			}
			for i, c := range f.Grid.Corners() { // the same turn, too
				if d := c.Dist(truth.Corners()[i]) / truth.Cell(n/2, n/2); d > 0.1 {
					t.Errorf("%d lines, round %d: corner %d is %.2f cells off, confidence %.2f", size, round, i, d, f.Confidence)
				}
			}
			if f.Confidence < 0.9 {
				t.Errorf("%d lines, round %d: right, but confidence %.2f: %+v", size, round, f.Confidence, f.evidence)
			}
		}
	}
}

func TestFindWithoutABoard(t *testing.T) {
	for name, img := range map[string]gocv.Mat{
		"nothing":  gocv.NewMat(),
		"a pixel":  gocv.NewMatWithSize(1, 1, gocv.MatTypeCV8UC3),
		"a ribbon": gocv.NewMatWithSize(60, 6000, gocv.MatTypeCV8UC3),
		"black":    gocv.NewMatWithSize(480, 640, gocv.MatTypeCV8UC3),
		"white":    gocv.NewMatWithSizeFromScalar(gocv.NewScalar(255, 255, 255, 0), 480, 640, gocv.MatTypeCV8UC3),
	} {
		t.Run(name, func(t *testing.T) {
			defer img.Close()
			f, err := Find(img, FindOptions{})
			if err == nil && f.Confidence > 0.1 {
				t.Errorf("found %+v", f)
			}
			if err != nil && !errors.Is(err, ErrNoBoard) {
				t.Errorf("error %v does not say that there is no board", err)
			}
		})
	}
	gray := gocv.NewMatWithSize(480, 640, gocv.MatTypeCV8UC1)
	defer gray.Close()
	if _, err := Find(gray, FindOptions{}); err == nil {
		t.Error("a grey picture is not refused")
	}
	// Noise, and a lattice that is no goban.
	noise := gocv.NewMatWithSize(480, 640, gocv.MatTypeCV8UC3)
	defer noise.Close()
	px, err := noise.DataPtrUint8()
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for i := range px {
		px[i] = uint8(r.Uint32())
	}
	if f, err := Find(noise, FindOptions{}); err == nil && f.Confidence > 0.1 {
		t.Errorf("noise is a board with confidence %.2f", f.Confidence)
	}
	for i := range px {
		x, y := i/3%640, i/3/640
		px[i] = 220
		if x%24 < 2 || y%24 < 2 {
			px[i] = 60
		}
	}
	if f, err := Find(noise, FindOptions{}); err == nil && f.Confidence > 0.5 {
		t.Errorf("squared paper is a board with confidence %.2f", f.Confidence)
	}
}

func BenchmarkFind(b *testing.B) {
	for _, s := range []struct {
		name string
		w, h int
	}{{"720p", 1280, 720}, {"1080p", 1920, 1080}, {"4K", 3840, 2160}} {
		b.Run(s.name, func(b *testing.B) {
			c := sim.Default(19)
			c.Width, c.Height = s.w, s.h
			v := shoot(b, c, 0.4)
			for b.Loop() {
				if _, err := Find(v.img, FindOptions{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
