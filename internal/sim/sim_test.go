package sim

import (
	"bytes"
	"image"
	"image/jpeg"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/grid"
)

func small(size int) Config {
	c := Default(size)
	c.Width, c.Height = 240, 180
	return c
}

func newWorld(t testing.TB, c Config) *World {
	t.Helper()
	w, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// The camera of this package and that of package grid are written separately;
// given the corners, grid must put every crossing and every height where this
// camera does.
func TestGeometryAgreesWithGrid(t *testing.T) {
	for _, c := range []Camera{
		{Elevation: 90, FOV: 60, Fill: 0.9},
		{Elevation: 62, Turn: 33, FOV: 70, Fill: 0.8},
		{Elevation: 40, Turn: 190, Roll: 5, FOV: 55, Fill: 0.9, K1: 0.06, OffX: 0.05},
		{Elevation: 27, Turn: -20, FOV: 75, Fill: 0.9, K1: -0.04},
	} {
		cfg := small(19)
		cfg.Camera = c
		w := newWorld(t, cfg)
		w.r.push = push{14, -9, rad(3)}
		w.r.place()
		spec := w.Spec()
		g, err := grid.New(spec)
		if err != nil {
			t.Fatalf("%+v: %v", c, err)
		}
		for y := range 19 {
			for x := range 19 {
				for _, h := range []float64{0, 0.4} {
					p := w.r.at(float64(x), float64(y))
					p.z = h * cfg.Board.PitchX
					a, b := w.r.v.project(p), g.At(float64(x), float64(y), h)
					if a.Dist(b) > 0.05 {
						t.Fatalf("%+v: point %d,%d at height %v: camera %v, grid %v", c, x, y, h, a, b)
					}
				}
			}
		}
		if math.Abs(g.Elevation()-c.Elevation) > 3 {
			t.Errorf("%+v: grid sees the camera %.1f° up", c, g.Elevation())
		}
	}
}

func TestRayInvertsProject(t *testing.T) {
	cfg := small(13)
	cfg.Camera.K1 = -0.08
	w := newWorld(t, cfg)
	w.r.place()
	for _, p := range []vec{{0, 0, 0}, {100, -50, 9}, {-130, 140, 3}} {
		q := w.r.v.project(p)
		d := w.r.v.ray(q.X, q.Y).norm()
		e := p.sub(w.r.v.at)
		if miss := e.sub(d.mul(e.dot(d))).len(); miss > 0.05 {
			t.Errorf("the ray through the picture of %v misses it by %.3f mm", p, miss)
		}
	}
}

// A stone shows where the truth says: the picture changes there and hardly
// anywhere far from it.
func TestStoneIsSeenWhereItStands(t *testing.T) {
	cfg := small(9)
	cfg.Sensor.Noise = 0
	for _, colour := range []board.Color{board.Black, board.White} {
		for _, p := range []board.Point{{X: 0, Y: 0}, {X: 4, Y: 4}, {X: 7, Y: 2}} {
			w := newWorld(t, cfg)
			before := w.Render()
			w.SetAt(p, colour, 0, 0)
			after := w.Render()
			truth := w.Truth()
			g, err := grid.New(truth.Spec)
			if err != nil {
				t.Fatal(err)
			}
			h := cfg.Stones.Thickness / 2 / cfg.Board.PitchX
			at := g.At(float64(p.X), float64(p.Y), h)
			cell := g.Cell(float64(p.X), float64(p.Y))
			var sx, sy, sum float64
			for y := range 180 {
				for x := range 240 {
					a, b := before.RGBAAt(x, y), after.RGBAAt(x, y)
					d := math.Abs(float64(a.R)-float64(b.R)) + math.Abs(float64(a.B)-float64(b.B))
					far := math.Hypot(float64(x)-at.X, float64(y)-at.Y) > 2.2*cell
					if far && d > 8 {
						t.Fatalf("%v at %v: pixel %d,%d changed", colour, p, x, y)
					}
					// Near the crossing, before the shadow outweighs it.
					if math.Hypot(float64(x)-at.X, float64(y)-at.Y) < 0.6*cell && d > 30 {
						sx, sy, sum = sx+float64(x), sy+float64(y), sum+1
					}
				}
			}
			if sum < 0.4*cell*cell {
				t.Fatalf("%v at %v: only %v pixels changed", colour, p, sum)
			}
			if e := math.Hypot(sx/sum-at.X, sy/sum-at.Y); e > 0.2*cell {
				t.Errorf("%v at %v: seen %.2f of a cell from where it stands", colour, p, e/cell)
			}
		}
	}
}

// Redrawing only around a stone must give the very picture that drawing
// everything gives.
func TestPartialRedrawIsComplete(t *testing.T) {
	cfg := small(9)
	cfg.Camera.Elevation = 35
	w := newWorld(t, cfg)
	w.Render()
	for i := range 30 {
		w.Set(board.Point{X: int8(i * 7 % 9), Y: int8(i * 5 % 8)}, board.Color(i%3))
		if i%4 == 0 {
			w.Render()
		}
	}
	w.r.update()
	got := slices.Clone(w.r.clean)
	w.r.rebase, w.r.relight = true, true
	w.r.update()
	worst := 0
	for i := range got {
		worst = max(worst, int(got[i])-int(w.r.clean[i]), int(w.r.clean[i])-int(got[i]))
	}
	if worst > one/50 {
		t.Errorf("a pixel differs by %.3f of white", float64(worst)/one)
	}
}

// play lets both players act with everything that can happen and returns the
// pictures.
func play(t testing.TB, seed uint64) (frames [][]byte, truths []Truth) {
	c := small(9)
	c.Width, c.Height = 128, 96
	c.Seed = seed
	w := newWorld(t, c)
	a, b := w.Player(South), w.Player(North)
	a.Place(board.Point{X: 2, Y: 2}, board.Black)
	b.Place(board.Point{X: 6, Y: 6}, board.White)
	a.Slide(board.Point{X: 2, Y: 2}, board.Point{X: 3, Y: 3})
	b.Hover(board.Point{X: 4, Y: 4}, board.White, 300*time.Millisecond)
	a.Rest(board.Point{X: 1, Y: 7}, 300*time.Millisecond)
	a.Adjust(board.Point{X: 3, Y: 3})
	b.Take(board.Point{X: 6, Y: 6})
	w.Lamp(0, 0.4, time.Second)
	w.Shake(1.5, 500*time.Millisecond)
	for i := 0; a.Busy() || b.Busy(); i++ {
		if i > 200 {
			t.Fatal("the players never finish")
		}
		if i == 12 {
			w.Bump(1, 0.5, 4)
		}
		w.Step(150 * time.Millisecond)
		frames = append(frames, w.JPEG())
		truths = append(truths, w.Truth())
	}
	return frames, truths
}

func TestSameSeedSamePictures(t *testing.T) {
	a, ta := play(t, 5)
	b, _ := play(t, 5)
	c, _ := play(t, 6)
	if len(a) != len(b) {
		t.Fatalf("%d and %d pictures", len(a), len(b))
	}
	for i := range a {
		if !bytes.Equal(a[i], b[i]) {
			t.Fatalf("picture %d differs", i)
		}
	}
	if bytes.Equal(a[0], c[0]) {
		t.Error("another seed gives the same picture")
	}
	last := ta[len(ta)-1]
	if last.Rows()[3] != "...X....." || last.Rows()[6] != "........." {
		t.Errorf("the players left %q", last.Rows())
	}
	hand, covered := 0, 0
	for _, s := range ta {
		if s.Hand {
			hand++
		}
		if slices.Contains(s.Covered, true) {
			covered++
			if !s.Hand {
				t.Errorf("frame %d: covered by nothing", s.Frame)
			}
		}
	}
	if last.Hand || slices.Contains(last.Covered, true) {
		t.Error("the hands have not left")
	}
	if covered < 10 {
		t.Errorf("hands cover points in %d of %d frames only", covered, len(ta))
	}
}

// A point that truth calls clear looks as it does without any hand.
func TestCoveredIsWhatHandsHide(t *testing.T) {
	cfg := small(9)
	cfg.Sensor.Noise = 0
	w := newWorld(t, cfg)
	bare := w.Render()
	p := w.Player(South)
	p.Rest(board.Point{X: 3, Y: 5}, 2*time.Second)
	for range 15 {
		w.Step(100 * time.Millisecond)
	}
	img := w.Render()
	truth := w.Truth()
	g, _ := grid.New(truth.Spec)
	n := 0
	for i, c := range truth.Covered {
		if c {
			n++
		}
		q := g.At(float64(i%9), float64(i/9), 0)
		x, y := int(q.X+0.5), int(q.Y+0.5)
		a, b := bare.RGBAAt(x, y), img.RGBAAt(x, y)
		// The crossing's hue: shadow scales the channels alike.
		d := math.Abs(float64(a.R)*float64(b.B)-float64(b.R)*float64(a.B)) / (1 + float64(a.R)*float64(a.B))
		if !c && d > 0.6 {
			t.Errorf("point %d looks covered and is not said to be (%v, %v)", i, a, b)
		}
	}
	if n < 8 || n > 60 {
		t.Errorf("a resting hand covers %d points", n)
	}
}

func TestBumpMovesTheTruth(t *testing.T) {
	w := newWorld(t, small(9))
	w.Render()
	before, _ := grid.New(w.Truth().Spec)
	w.Bump(2, -1, 8)
	moving := false
	for range 6 {
		w.Step(80 * time.Millisecond)
		w.Render()
		moving = moving || w.Truth().Moving
	}
	after, err := grid.New(w.Truth().Spec)
	if err != nil {
		t.Fatal(err)
	}
	u, v := before.Board(after.At(4, 4, 0))
	if math.Abs(u-6) > 0.02 || math.Abs(v-3) > 0.02 {
		t.Errorf("the middle went to %.2f, %.2f", u, v)
	}
	if !moving || w.Truth().Moving {
		t.Error("moving is not told")
	}
	w.Tilt(1, 1, 3)
	w.Step(400 * time.Millisecond)
	if w.Spec().Corners == after.Corners() {
		t.Error("the camera did not move")
	}
}

func TestConfigIsChecked(t *testing.T) {
	for _, f := range []func(*Config){
		func(c *Config) { c.Size = 1 },
		func(c *Config) { c.Width = 1 },
		func(c *Config) { c.Camera.Elevation = math.NaN() },
		func(c *Config) { c.Camera.FOV = 0 },
		func(c *Config) { c.Camera.Fill = 0 },
		func(c *Config) { c.Camera.K1 = 1 },
		func(c *Config) { c.Lights = make([]Light, 4) },
		func(c *Config) { c.Stones.Diameter = 0 },
	} {
		c := Default(9)
		f(&c)
		if _, err := New(c); err == nil {
			t.Errorf("%+v is accepted", c)
		}
	}
	if _, err := Preset("moonlight", 9); err == nil {
		t.Error("an unknown preset is accepted")
	}
}

func TestJPEGIsAPicture(t *testing.T) {
	w := newWorld(t, small(19))
	img, err := jpeg.Decode(bytes.NewReader(w.JPEG()))
	if err != nil || img.Bounds() != image.Rect(0, 0, 240, 180) {
		t.Fatalf("%v, %v", img, err)
	}
}

// BenchmarkFrame is what a camera's picture costs: drawn and encoded.
func BenchmarkFrame(b *testing.B) {
	for _, s := range []struct {
		name string
		w, h int
		hand bool
	}{{"640x480", 640, 480, false}, {"640x480 hand", 640, 480, true}, {"960x720 hand", 960, 720, true}, {"1920x1080 hand", 1920, 1080, true}} {
		b.Run(s.name, func(b *testing.B) {
			c := Default(19)
			c.Width, c.Height = s.w, s.h
			w := newWorld(b, c)
			for i := range 120 {
				w.Set(board.Point{X: int8(i * 7 % 19), Y: int8(i * 11 % 18)}, board.Color(1+i%2))
			}
			w.JPEG()
			if s.hand {
				w.Player(South).Hover(board.Point{X: 9, Y: 9}, board.Black, time.Hour)
				w.Step(time.Second)
			}
			for b.Loop() {
				w.Step(time.Millisecond)
				w.JPEG()
			}
		})
	}
}

// BenchmarkNew is what setting up, or every frame of a bump, costs.
func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		newWorld(b, Default(19)).Render()
	}
}

// BenchmarkStone is what a stone that appears costs.
func BenchmarkStone(b *testing.B) {
	w := newWorld(b, Default(19))
	w.Render()
	for i := 0; b.Loop(); i++ {
		w.Set(board.Point{X: 9, Y: 9}, board.Color(i%3))
		w.r.update()
	}
}
