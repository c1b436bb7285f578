package vision

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"gocv.io/x/gocv"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/reading"
	"github.com/gobancam/gobancam/internal/sim"
)

// pose sets up a simulated board with a share of its points taken, lets act
// change it, and takes a picture, a small one to be quick.
func pose(t testing.TB, c sim.Config, full float64, act func(*sim.World)) (gocv.Mat, *grid.Grid, sim.Truth) {
	t.Helper()
	c.Width, c.Height = 640, 480
	if c.Size == 19 {
		c.Width, c.Height = 960, 600
	}
	w, err := sim.New(c)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(c.Seed, 5))
	for i := range c.Size * c.Size {
		if r.Float64() < full {
			w.Set(board.Point{X: int8(i % c.Size), Y: int8(i / c.Size)}, board.Black+board.Color(r.IntN(2)))
		}
	}
	if act != nil {
		act(w)
	}
	img, err := gocv.ImageToMatRGB(w.Render())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { img.Close() })
	g, err := grid.New(w.Spec())
	if err != nil {
		t.Fatal(err)
	}
	return img, g, w.Truth()
}

func read(t testing.TB, r *Reader, img gocv.Mat, g *grid.Grid) []reading.Evidence {
	t.Helper()
	ev, err := r.Read(img, g)
	if err != nil {
		t.Fatal(err)
	}
	if len(ev) != g.Size()*g.Size() {
		t.Fatalf("%d pieces of evidence for %d lines", len(ev), g.Size())
	}
	return ev
}

func rows(size int, ev []reading.Evidence) []string {
	r := reading.Reading{Size: size, Points: ev}
	return r.Rows()
}

func TestReadSimulatedBoards(t *testing.T) {
	for _, c := range []struct {
		name string
		size int
		full float64
	}{
		{"easy", 19, 0.4}, {"oblique", 19, 0.5}, {"dim", 19, 0.3},
		{"easy", 13, 0}, {"oblique", 9, 0.6}, {"dim", 9, 0.1},
	} {
		conf, err := sim.Preset(c.name, c.size)
		if err != nil {
			t.Fatal(err)
		}
		img, g, truth := pose(t, conf, c.full, nil)
		ev := read(t, NewReader(), img, g)
		for i, e := range ev {
			if want := reading.State(truth.Stones[i]); e.Best() != want {
				t.Errorf("%s %d×%d: column %d, row %d is %c, read as %c", c.name, c.size, c.size,
					i%c.size, i/c.size, ".XO?"[want], ".XO?"[e.Best()])
			}
		}
	}
}

// TestReadFromAllSides reads one board under the four turns of its grid: the
// position has to turn with it.
func TestReadFromAllSides(t *testing.T) {
	conf, err := sim.Preset("oblique", 9)
	if err != nil {
		t.Fatal(err)
	}
	img, g, truth := pose(t, conf, 0.4, nil)
	for q := range 4 {
		turned, err := g.Rotate(q)
		if err != nil {
			t.Fatal(err)
		}
		got := rows(9, read(t, NewReader(), img, turned))
		want := truth.Rows()
		for range q {
			next := make([]string, 9)
			for y := range 9 {
				for x := range 9 { // what was on the right goes to the top
					next[y] += string(want[x][8-y])
				}
			}
			want = next
		}
		if !slices.Equal(got, want) {
			t.Errorf("turned by %d quarters:\n%q\nwant\n%q", q, got, want)
		}
	}
}

func TestReadPointsIsPartOfRead(t *testing.T) {
	conf := sim.Random(11, 13)
	img, g, _ := pose(t, conf, 0.5, nil)
	r := NewReader()
	all := read(t, r, img, g)
	rng := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		var pts []board.Point
		for range rng.IntN(30) {
			pts = append(pts, board.Point{X: int8(rng.IntN(13)), Y: int8(rng.IntN(13))})
		}
		some, err := r.ReadPoints(img, g, pts)
		if err != nil {
			t.Fatal(err)
		}
		if len(some) != len(pts) {
			t.Fatalf("%d pieces of evidence for %d points", len(some), len(pts))
		}
		for i, p := range pts {
			if want := all[int(p.Y)*13+int(p.X)]; some[i] != want {
				t.Errorf("%v alone is %v, in the whole board %v", p, some[i], want)
			}
		}
	}
	fresh, err := NewReader().ReadPoints(img, g, []board.Point{{X: 3, Y: 4}})
	if err != nil || fresh[0] != all[4*13+3] {
		t.Errorf("a point read by a new reader is %v, want %v (%v)", fresh, all[4*13+3], err)
	}
}

func TestReadIsDeterministic(t *testing.T) {
	a, g, _ := pose(t, sim.Random(3, 9), 0.3, nil)
	b, h, _ := pose(t, sim.Random(4, 9), 0.6, nil)
	r, s := NewReader(), NewReader()
	for range 3 {
		if !slices.Equal(read(t, r, a, g), read(t, s, a, g)) || !slices.Equal(read(t, r, b, h), read(t, s, b, h)) {
			t.Fatal("the same pictures in the same order give different readings")
		}
	}
	r.Reset()
	if !slices.Equal(read(t, r, a, g), read(t, NewReader(), a, g)) {
		t.Error("a reset reader differs from a new one")
	}
}

// TestHandsAreNoStones reads boards with arms of many looks on them: under
// them there may be nothing that is surely another stone than stands there.
func TestHandsAreNoStones(t *testing.T) {
	conf := sim.Default(13)
	covered, seen := 0, 0
	for i, arm := range []sim.Arm{
		{Skin: sim.RGB{0.86, 0.67, 0.55}, Sleeve: sim.RGB{0.9, 0.9, 0.88}},
		{Skin: sim.RGB{0.45, 0.3, 0.22}, Sleeve: sim.RGB{0.07, 0.07, 0.08}},
		{Skin: sim.RGB{0.78, 0.58, 0.45}, Sleeve: sim.RGB{0.8, 0.62, 0.4}},
	} {
		arm.Scale, arm.Bare = 1, 30
		img, g, truth := pose(t, conf, 0.3, func(w *sim.World) {
			p := w.Player(sim.South)
			p.Arm = arm
			p.Rest(board.Point{X: 6, Y: int8(4 + i)}, 10*time.Second)
			w.Step(2500 * time.Millisecond)
		})
		ev := read(t, NewReader(), img, g)
		for k, e := range ev {
			is := reading.State(truth.Stones[k])
			if !truth.Covered[k] {
				continue
			}
			covered++
			if e.Best() == reading.Covered {
				seen++
			}
			for _, s := range []reading.State{reading.Black, reading.White} {
				if s != is && e[s] == 0 && e[reading.Covered] > 8/reading.Step && e[is] > 8/reading.Step {
					t.Errorf("arm %d: column %d, row %d under it is read as %c, surely", i, k%13, k/13, ".XO?"[s])
				}
			}
		}
	}
	if covered < 30 || seen*2 < covered {
		t.Errorf("%d of %d covered points are seen to be covered", seen, covered)
	}
}

// TestLightComesAndGoes switches lamps under one reader.
func TestLightComesAndGoes(t *testing.T) {
	c := sim.Default(9)
	c.Width, c.Height = 640, 480
	w, err := sim.New(c)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 30 {
		w.Set(board.Point{X: int8(i * 7 % 9), Y: int8(i * 7 / 9 % 9)}, board.Black+board.Color(i%2))
	}
	r := NewReader()
	for _, power := range []float64{1, 0.3, 2.5, 1} {
		w.Lamp(0, power, time.Millisecond)
		w.Step(3 * time.Second)
		img, err := gocv.ImageToMatRGB(w.Render())
		if err != nil {
			t.Fatal(err)
		}
		g, err := grid.New(w.Spec())
		if err != nil {
			t.Fatal(err)
		}
		got := rows(9, read(t, r, img, g))
		img.Close()
		truth := w.Truth()
		if want := truth.Rows(); !slices.Equal(got, want) {
			t.Errorf("with the lamp at %v:\n%q\nwant\n%q", power, got, want)
		}
	}
}

func TestReadBadInput(t *testing.T) {
	img, g, _ := pose(t, sim.Default(9), 0, nil)
	r := NewReader()
	small := gocv.NewMatWithSize(100, 100, gocv.MatTypeCV8UC3)
	defer small.Close()
	gray := gocv.NewMatWithSize(img.Rows(), img.Cols(), gocv.MatTypeCV8UC1)
	defer gray.Close()
	empty := gocv.NewMat()
	defer empty.Close()
	for name, m := range map[string]gocv.Mat{"another size": small, "grey": gray, "empty": empty} {
		if _, err := r.Read(m, g); err == nil {
			t.Errorf("a picture that is %s was read", name)
		}
	}
	if _, err := r.Read(img, nil); err == nil {
		t.Error("a picture was read without a grid")
	}
	if _, err := r.ReadPoints(img, g, []board.Point{board.Pass}); err == nil {
		t.Error("a pass was read off the board")
	}
	if ev := read(t, r, img, g); slices.Contains(ev, reading.Hidden) {
		t.Error("a bare board is hidden after bad input")
	}
}

func TestReadAnySize(t *testing.T) {
	img := gocv.NewMatWithSizeFromScalar(gocv.NewScalar(90, 150, 190, 0), 300, 400, gocv.MatTypeCV8UC3)
	defer img.Close()
	r := NewReader()
	for _, n := range []int{2, 25, 3, 19} {
		g, err := grid.New(grid.Spec{Size: n, Width: 400, Height: 300, Corners: [4]grid.Pt{{X: 120, Y: 60}, {X: 280, Y: 60}, {X: 320, Y: 250}, {X: 80, Y: 250}}})
		if err != nil {
			t.Fatal(err)
		}
		read(t, r, img, g)
	}
}

// TestBoardBeyondThePicture reads a board that is partly out of the picture.
func TestBoardBeyondThePicture(t *testing.T) {
	img, g, _ := pose(t, sim.Default(9), 0.3, nil)
	s := g.Spec()
	for i := range s.Corners {
		s.Corners[i].X += float64(s.Width) * 0.4
	}
	far, err := grid.New(s)
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range read(t, NewReader(), img, far) {
		at := far.At(float64(i%9), float64(i/9), 0)
		if at.X > float64(s.Width)+far.Cell(float64(i%9), float64(i/9)) && e != reading.Hidden {
			t.Errorf("column %d, row %d lies outside the picture and is read as %v", i%9, i/9, e)
		}
	}
}
