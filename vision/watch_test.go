package vision

import (
	"fmt"
	"image"
	"math"
	"os"
	"reflect"
	"testing"
	"time"

	"gocv.io/x/gocv"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/reading"
	"github.com/gobancam/gobancam/internal/sim"
)

// oracle is a reader that knows the truth of a simulated board, but only about
// what can be seen, and only where the grid fits. Under hands it babbles as a
// network does.
type oracle struct {
	truth sim.Truth
}

func (o *oracle) Read(img gocv.Mat, g *grid.Grid) ([]reading.Evidence, error) {
	var pts []board.Point
	for i := range g.Size() * g.Size() {
		pts = append(pts, board.Point{X: int8(i % g.Size()), Y: int8(i / g.Size())})
	}
	return o.ReadPoints(img, g, pts)
}

func (o *oracle) ReadPoints(_ gocv.Mat, g *grid.Grid, pts []board.Point) ([]reading.Evidence, error) {
	real, err := grid.New(o.truth.Spec)
	if err != nil {
		return nil, err
	}
	n := g.Size()
	out := make([]reading.Evidence, len(pts))
	for k, p := range pts {
		u, v := real.Board(g.At(float64(p.X), float64(p.Y), 0))
		x, y := int(math.Round(u)), int(math.Round(v))
		off := math.Hypot(u-float64(x), v-float64(y))
		seen := x >= 0 && y >= 0 && x < n && y < n && off < 0.35 && !o.truth.Covered[y*n+x]
		if seen {
			out[k] = decided(reading.State(o.truth.Stones[y*n+x]))
			continue
		}
		switch (int(p.X)*3 + int(p.Y)) % 4 {
		case 0:
			out[k] = decided(reading.White)
		case 1:
			out[k] = reading.NewEvidence([reading.States]float64{-1, -9, -2, 0})
		default:
			out[k] = reading.Hidden
		}
	}
	return out, nil
}

func decided(s reading.State) reading.Evidence {
	ll := [reading.States]float64{-12, -12, -12, -6}
	ll[s] = 0
	return reading.NewEvidence(ll)
}

// scene plays a simulated board to a watcher.
type scene struct {
	t      *testing.T
	world  *sim.World
	w      *Watcher
	oracle *oracle // nil: the real reader
	frame  int
	every  time.Duration
	lens   func(*gocv.Mat) // does something to each picture; may be nil
	shots  []shot          // the pictures taken, if they are kept
	keep   bool

	wrong, hidden, seen int // points that can be seen: read wrongly, said to be covered, all
	falseStones         int // points that cannot be seen: read as other than what stands there
	last                *reading.Reading
}

// shot is a picture and what it shows.
type shot struct {
	jpeg  []byte
	truth sim.Truth
}

func newScene(t *testing.T, c sim.Config, useOracle bool) *scene {
	t.Helper()
	c.Width, c.Height = 640, 480
	world, err := sim.New(c)
	if err != nil {
		t.Fatal(err)
	}
	g, err := grid.New(world.Spec())
	if err != nil {
		t.Fatal(err)
	}
	s := &scene{t: t, world: world, w: NewWatcher(g, WatchOptions{}), every: time.Second / 10}
	if useOracle {
		s.oracle = &oracle{}
		s.w.reader, s.w.trial = s.oracle, s.oracle
	}
	t.Cleanup(func() { s.w.Close() })
	return s
}

// step shows the watcher one picture.
func (s *scene) step() *reading.Reading {
	s.t.Helper()
	s.world.Step(s.every)
	p := shot{s.world.JPEG(), s.world.Truth()}
	if s.keep {
		s.shots = append(s.shots, p)
	}
	return s.show(p)
}

// dwell has what goes on now go on for d: a few pictures of it are taken and
// shown again and again, which is quick.
func (s *scene) dwell(d time.Duration) {
	s.t.Helper()
	s.shots, s.keep = nil, true
	s.steps(6)
	s.keep = false
	for k := range int(d/s.every) - 6 {
		s.show(s.shots[k%len(s.shots)])
	}
}

// show shows the watcher a picture.
func (s *scene) show(p shot) *reading.Reading {
	s.t.Helper()
	img, err := Decode(p.jpeg)
	if err != nil {
		s.t.Fatal(err)
	}
	if s.lens != nil {
		s.lens(&img)
	}
	truth := p.truth
	if s.oracle != nil {
		s.oracle.truth = truth
	}
	f := &Frame{Number: s.frame, Time: time.Duration(s.frame) * s.every, Img: img}
	defer f.Close()
	s.frame++
	r, err := s.w.Look(f)
	if err != nil {
		s.t.Fatal(err)
	}
	s.last = r
	n := r.Size
	wrong, hidden, lies, covered := 0, 0, 0, 0
	for i, e := range r.Points {
		want, got := reading.State(truth.Stones[i]), e.Best()
		switch {
		case truth.Covered[i]:
			covered++
			// A stone set down under the hand is not known of yet.
			if got != reading.Covered && got != want && got != reading.Empty {
				lies++
			}
		case got == reading.Covered:
			hidden++
		case got != want:
			wrong++
			if s.wrong < 20 {
				s.t.Logf("frame %d: %d,%d reads %v, is %v", s.frame-1, i%n, i/n, got, want)
			}
		}
	}
	s.seen += len(r.Points) - covered
	s.wrong += wrong
	s.hidden += hidden
	s.falseStones += lies
	if os.Getenv("WATCH_VERBOSE") != "" {
		s.t.Logf("%3d hand %-5v moving %-5v covered %2d: %v wrong %d hidden %d lies %d motion %.2f bump %d off %.3f blobs %d",
			s.frame-1, truth.Hand, truth.Moving, covered, r.Lock, wrong, hidden, lies, r.Motion, r.Bump, s.off(), len(s.w.blobs))
	}
	return r
}

// off returns how far the worst corner of the watcher's grid is from the
// truth, in line spacings.
func (s *scene) off() float64 {
	spec := s.world.Truth().Spec
	g := s.w.Grid()
	mid := float64(g.Size()-1) / 2
	far := 0.0
	for i, c := range g.Corners() {
		far = max(far, c.Dist(spec.Corners[i])/g.Cell(mid, mid))
	}
	return far
}

func (s *scene) steps(n int) {
	s.t.Helper()
	for range n {
		s.step()
	}
}

// until steps while busy returns true.
func (s *scene) until(busy func() bool) {
	s.t.Helper()
	for i := 0; busy(); i++ {
		if i > 600 {
			s.t.Fatal("the scene does not end")
		}
		s.step()
	}
}

// rows draws what the watcher sees.
func (s *scene) rows() string { return fmt.Sprint(s.last.Rows()) }

func (s *scene) expectTruth() {
	s.t.Helper()
	truth := s.world.Truth()
	if got, want := s.rows(), fmt.Sprint(truth.Rows()); got != want {
		s.t.Errorf("the board reads\n%s, is\n%s", got, want)
	}
}

func position(w *sim.World, n, stones int) {
	for k := range stones {
		c := board.Black
		if k%2 == 1 {
			c = board.White
		}
		w.Set(board.Point{X: int8((k*7 + k/n) % n), Y: int8((k*5 + 3*(k/n)) % n)}, c)
	}
}

func TestWatcherSeesMovesThroughHands(t *testing.T) {
	s := newScene(t, sim.Default(9), true)
	s.steps(5)
	south, north := s.world.Player(sim.South), s.world.Player(sim.North)
	for k := range 4 {
		p, c := south, board.Black
		if k%2 == 1 {
			p, c = north, board.White
		}
		p.Place(board.Point{X: int8(2 + k), Y: int8(6 - k)}, c)
		s.until(p.Busy)
		s.steps(3)
		s.expectTruth()
	}
	t.Logf("%d points seen: %d wrong, %d hidden; %d false under hands", s.seen, s.wrong, s.hidden, s.falseStones)
	if s.wrong > 0 || s.falseStones > 0 {
		t.Errorf("%d points wrong, %d false stones under hands", s.wrong, s.falseStones)
	}
}

func TestWatcherHoldsUnderARestingHand(t *testing.T) {
	s := newScene(t, sim.Default(9), false)
	position(s.world, 9, 20)
	s.steps(5)
	p := s.world.Player(sim.South)
	p.Rest(board.Point{X: 4, Y: 6}, 8*time.Second)
	s.until(p.Busy)
	s.steps(4)
	s.expectTruth()
	if s.wrong > 0 || s.falseStones > 0 {
		t.Errorf("%d points wrong, %d false stones under the hand", s.wrong, s.falseStones)
	}
}

func TestWatcherFindsABumpedBoard(t *testing.T) {
	for _, test := range []struct {
		size        int
		stones      int
		dx, dy, deg float64
	}{
		{9, 20, 1, 0, 0},
		{9, 20, -1.5, 1, 6},
		{13, 40, 0, -3, -4},
		{19, 0, 1, 0, 0},
		{19, 180, -3, 0.5, -10},
	} {
		t.Run(fmt.Sprintf("%d lines, %d stones, by %v,%v and %v°", test.size, test.stones, test.dx, test.dy, test.deg), func(t *testing.T) {
			c := sim.Default(test.size)
			c.Camera.Fill *= 0.75
			s := newScene(t, c, test.size > 9)
			position(s.world, test.size, test.stones)
			s.steps(6)
			s.world.Bump(test.dx, test.dy, test.deg)
			s.steps(14)
			if s.last.Lock != reading.Locked || s.last.Bump == 0 {
				t.Errorf("%v with %d bumps a second after the bump", s.last.Lock, s.last.Bump)
			}
			if off := s.off(); off > 0.1 {
				t.Errorf("the grid is off by %.2f of a line spacing", off)
			}
			s.expectTruth()
			if s.wrong > 0 {
				t.Errorf("%d points read wrongly", s.wrong)
			}
		})
	}
}

func TestWatcherFindsAMovedCamera(t *testing.T) {
	for _, test := range []struct {
		name    string
		stones  int
		dx, dy  float64
		deg     float64
		seconds int
	}{
		{"knocked", 25, 1.5, -1, 4, 2},
		{"turned", 25, 1, 1, 40, 8},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := sim.Default(9)
			c.Camera.Fill *= 0.7
			s := newScene(t, c, true)
			position(s.world, 9, test.stones)
			s.steps(6)
			s.world.Tilt(test.dx, test.dy, test.deg)
			s.steps(10 * test.seconds)
			if s.last.Lock != reading.Locked || s.last.Bump == 0 {
				t.Errorf("%v with %d bumps", s.last.Lock, s.last.Bump)
			}
			if off := s.off(); off > 0.1 {
				t.Errorf("the grid is off by %.2f of a line spacing", off)
			}
			s.expectTruth()
			if s.wrong > 0 {
				t.Errorf("%d points read wrongly", s.wrong)
			}
		})
	}
}

func TestWatcherBeginsAnewWhenTheFirstPictureWasAHand(t *testing.T) {
	s := newScene(t, sim.Default(9), true)
	position(s.world, 9, 10)
	p := s.world.Player(sim.South)
	p.Rest(board.Point{X: 4, Y: 5}, time.Second)
	for !p.Reaching() {
		s.world.Step(s.every)
	}
	s.world.Step(600 * time.Millisecond)
	s.until(p.Busy)
	s.steps(30)
	s.expectTruth()
}

// A cup, with the real reader: it is put down and stands there by itself.
func TestWatcherTakesNoCupForAStone(t *testing.T) {
	for name, colour := range map[string]sim.RGB{"white": sim.Gray(0.9), "black": sim.Gray(0.1), "red": {0.7, 0.2, 0.15}} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t, sim.Default(9), false)
			position(s.world, 9, 20)
			s.steps(5)
			remove := s.world.Cup(board.Point{X: 5, Y: 4}, colour)
			s.steps(25)
			remove()
			s.steps(6)
			s.expectTruth()
			t.Logf("%d points seen: %d wrong, %d hidden; %d false under the cup", s.seen, s.wrong, s.hidden, s.falseStones)
			if s.wrong > 0 || s.falseStones > 0 {
				t.Errorf("%d points wrong, %d false stones", s.wrong, s.falseStones)
			}
		})
	}
}

// The same pictures give the same readings, bit for bit, hands and bumps
// included: recordings are replayed on it.
func TestWatcherIsDeterministic(t *testing.T) {
	run := func() (out []reading.Reading) {
		c := sim.Default(9)
		c.Camera.Fill *= 0.75
		s := newScene(t, c, false)
		position(s.world, 9, 20)
		s.world.Player(sim.South).Place(board.Point{X: 4, Y: 4}, board.Black)
		for k := range 28 {
			if k == 18 {
				s.world.Bump(1, 0.5, 3)
			}
			out = append(out, *s.step())
		}
		return out
	}
	if a, b := run(), run(); !reflect.DeepEqual(a, b) {
		for i := range a {
			if !reflect.DeepEqual(a[i], b[i]) {
				t.Fatalf("picture %d reads differently the second time:\n%+v\n%+v", i, a[i], b[i])
			}
		}
	}
}

func TestWatcherScalesWithTheResolution(t *testing.T) {
	s := newScene(t, sim.Default(9), true)
	position(s.world, 9, 20)
	s.steps(4)
	img, err := Decode(s.world.JPEG())
	if err != nil {
		t.Fatal(err)
	}
	defer img.Close()
	look := func(w, h int) *reading.Reading {
		t.Helper()
		m := gocv.NewMat()
		defer m.Close()
		if err := gocv.Resize(img, &m, image.Pt(w, h), 0, 0, gocv.InterpolationLinear); err != nil {
			t.Fatal(err)
		}
		s.frame++
		r, err := s.w.Look(&Frame{Number: s.frame, Time: time.Duration(s.frame) * s.every, Img: m})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	truth := s.world.Truth()
	want := fmt.Sprint(truth.Rows())
	s.w.reader = NewReader() // the oracle knows one resolution only
	if r := look(1280, 960); r.Lock != reading.Locked || fmt.Sprint(r.Rows()) != want {
		t.Errorf("twice the size: %v, %v", r.Lock, r.Rows())
	}
	if r := look(1280, 720); r.Lock != reading.Lost || r.Points != nil {
		t.Errorf("another shape: %v", r.Lock)
	}
	if r := look(640, 480); r.Lock != reading.Locked || fmt.Sprint(r.Rows()) != want {
		t.Errorf("back again: %v, %v", r.Lock, r.Rows())
	}
}

func TestWatcherSurvivesLight(t *testing.T) {
	s := newScene(t, sim.Default(9), true)
	position(s.world, 9, 25)
	s.steps(5)
	s.world.Lamp(0, 0.15, 300*time.Millisecond)
	s.steps(15)
	s.expectTruth()
	s.world.Lamp(0, 1.3, 2*time.Second)
	s.steps(30)
	s.expectTruth()
	if s.wrong > 0 || s.last.Bump > 0 {
		t.Errorf("%d points read wrongly, %d bumps", s.wrong, s.last.Bump)
	}
}
