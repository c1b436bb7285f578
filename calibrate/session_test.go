package calibrate

import (
	"errors"
	"image"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/reading"
	"github.com/gobancam/gobancam/internal/sim"
)

var corners = [4]grid.Pt{{X: 200, Y: 100}, {X: 440, Y: 105}, {X: 500, Y: 400}, {X: 140, Y: 395}}

func boardAt(t *testing.T, size int, move ...grid.Pt) *grid.Grid {
	t.Helper()
	s := grid.Spec{Size: size, Width: 640, Height: 480, Corners: corners}
	for i, d := range move {
		s.Corners[i] = s.Corners[i].Add(d)
	}
	g, err := grid.New(s)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// found returns a session that has found a board.
func found(t *testing.T) *Session {
	t.Helper()
	s := NewSession("0", nil)
	s.Picture(640, 480)
	j := s.Job()
	if j.Task != Find {
		t.Fatalf("the first job is %v", j.Task)
	}
	s.Done(j, boardAt(t, 19), Fit{Confidence: 0.99, Distance: 0.01}, nil)
	if v := s.View(); !v.Ready || s.Job().Task != Idle {
		t.Fatalf("a board that was found is not ready: %+v", v)
	}
	return s
}

func (s *Session) corner(i int) grid.Pt { return s.Grid().Corners()[i] }

func TestFoundAndAccepted(t *testing.T) {
	s := NewSession("0", nil)
	if _, err := s.Accept(time.Now()); !errors.Is(err, ErrNothing) {
		t.Errorf("nothing was accepted: %v", err)
	}
	if s.Job().Task != Idle {
		t.Error("there is a job before the first picture")
	}
	s.Picture(640, 480)
	s.Done(s.Job(), nil, Fit{}, errors.New("no board"))
	if v := s.View(); v.Ready || !strings.Contains(v.Text, "No board found") {
		t.Errorf("without a board: %q", v.Text)
	}
	s.Done(s.Job(), boardAt(t, 19), Fit{Confidence: 0.6}, nil)
	if v := s.View(); v.Ready || v.Grid == nil || s.Job().Task != Find {
		t.Error("an unsure board is ready, or not looked for any more")
	}
	s.Done(s.Job(), boardAt(t, 19, grid.Pt{X: 50}), Fit{Confidence: 0.3}, nil)
	if s.corner(0) != corners[0] {
		t.Error("a less sure board took the place of a surer one")
	}
	s.Done(s.Job(), boardAt(t, 19), Fit{Confidence: 0.97, Distance: 0.02}, nil)
	p, err := s.Accept(time.Unix(0, 0))
	if err != nil || p.Grid.Corners != corners || p.Fit != 0.02 || p.Camera != "0" {
		t.Errorf("accepted %+v, %v", p, err)
	}
}

func TestDragSnapsUnlessSwitchedOff(t *testing.T) {
	s := found(t)
	if s.Grab(grid.Pt{X: 320, Y: 240}, 30) {
		t.Error("a corner was grabbed in the middle of the board")
	}
	if !s.Grab(grid.Pt{X: 203, Y: 98}, 10) || s.View().Active != 0 {
		t.Fatal("the corner was not grabbed")
	}
	s.Drag(grid.Pt{X: 150, Y: 60})
	if s.Job().Task != Idle {
		t.Error("there is a job while a corner is held")
	}
	s.Drag(grid.Pt{X: 196, Y: 104})
	s.Drop()
	j := s.Job()
	if j.Task != Snap || j.Grid.Corners()[0] != (grid.Pt{X: 196, Y: 104}) {
		t.Fatalf("after the drop: %v of %v", j.Task, j.Grid.Corners())
	}
	s.Done(j, boardAt(t, 19), Fit{Confidence: 0.99}, nil)
	if s.corner(0) != corners[0] || !s.View().Ready {
		t.Error("the corner did not snap")
	}
	s.ToggleSnap()
	s.Grab(corners[0], 10)
	s.Drag(grid.Pt{X: 196, Y: 104})
	s.Drop()
	if j = s.Job(); j.Task != Measure {
		t.Fatalf("without snapping the job is %v", j.Task)
	}
	s.Done(j, boardAt(t, 19), Fit{Confidence: 0.99}, nil)
	if s.corner(0) != (grid.Pt{X: 196, Y: 104}) {
		t.Error("the corner snapped though that is off")
	}
	if v := s.View(); v.Ready {
		t.Errorf("half a cell off is ready: %+v", *v.Fit)
	}
}

// An answer to what was asked before the user moved something is void.
func TestLateAnswersAreVoid(t *testing.T) {
	s := found(t)
	s.Choose(2)
	s.Nudge(1, 0)
	j := s.Job()
	s.Nudge(0, 0.1)
	s.Done(j, boardAt(t, 19, grid.Pt{X: 3}), Fit{Confidence: 1}, nil)
	if s.View().Fit != nil {
		t.Error("an answer to an old question counted")
	}
	if got, want := s.corner(2), corners[2].Add(grid.Pt{X: 1, Y: 0.1}); got.Dist(want) > 1e-9 {
		t.Errorf("nudged to %v, want %v", got, want)
	}
}

func TestSnapNeverJumpsToTheNextLine(t *testing.T) {
	s := found(t)
	s.Grab(corners[0], 10)
	s.Drag(corners[0].Add(grid.Pt{X: 2}))
	s.Drop()
	cell := s.Grid().Cell(0, 0)
	s.Done(s.Job(), boardAt(t, 19, grid.Pt{X: cell}), Fit{Confidence: 1}, nil)
	if s.corner(0) != corners[0].Add(grid.Pt{X: 2}) || s.View().Ready {
		t.Error("the corner jumped to the next crossing")
	}
}

func TestUndoGoesBackStepByStep(t *testing.T) {
	s := found(t)
	s.Choose(1)
	before := []grid.Spec{s.Grid().Spec()}
	s.Nudge(0.1, 0)
	before = append(before, s.Grid().Spec())
	s.Turn(1)
	before = append(before, s.Grid().Spec())
	s.Lens(0.01)
	before = append(before, s.Grid().Spec())
	s.Grab(s.corner(0), 5)
	for i := range 20 { // one drag is one step
		s.Drag(s.corner(0).Add(grid.Pt{X: float64(i) / 10}))
	}
	s.Drop()
	for i := len(before) - 1; i >= 0; i-- {
		if !s.View().CanUndo {
			t.Fatalf("step %d cannot be undone", i)
		}
		s.Undo()
		if s.Grid().Spec().Corners != before[i].Corners || s.Grid().Spec().K1 != before[i].K1 {
			t.Errorf("undone to step %d: %v, want %v", i, s.Grid().Spec(), before[i])
		}
	}
	if s.View().CanUndo {
		t.Error("there is more to undo than was done")
	}
	s.Undo()
}

func TestTurnKeepsTheBoardWhereItIs(t *testing.T) {
	s := found(t)
	s.Choose(0)
	for q := 1; q <= 4; q++ {
		s.Turn(1)
		if got := s.corner(0); got != corners[q%4] {
			t.Errorf("after %d turns the first corner is %v, want %v", q, got, corners[q%4])
		}
		if a := s.View().Active; s.corner(a) != corners[0] {
			t.Errorf("after %d turns another corner is chosen", q)
		}
	}
}

func TestSizes(t *testing.T) {
	s := found(t)
	s.SetSize(13) // found by itself: looked for anew
	if j := s.Job(); j.Task != Find || j.Size != 13 {
		t.Errorf("job %+v", j)
	}
	s.Done(s.Job(), boardAt(t, 13), Fit{Confidence: 1}, nil)
	s.Choose(0)
	s.Nudge(1, 1) // set by hand: the corners stay
	s.SetSize(9)
	if s.Grid().Size() != 9 || s.corner(0) != corners[0].Add(grid.Pt{X: 1, Y: 1}) || s.Job().Task != Snap {
		t.Errorf("size %d, corner %v, job %v", s.Grid().Size(), s.corner(0), s.Job().Task)
	}
	s.SetSize(99)
	if s.Grid().Size() != 9 {
		t.Error("a board of 99 lines")
	}
}

func TestImpossibleCornersAreNotTaken(t *testing.T) {
	s := found(t)
	s.Grab(corners[0], 10)
	s.Drag(grid.Pt{X: 450, Y: 300}) // beyond the diagonal
	if s.corner(0) != corners[0] {
		t.Errorf("a folded board was taken: %v", s.Grid().Corners())
	}
	s.Drag(grid.Pt{X: math.NaN(), Y: 0})
	s.Drag(grid.Pt{X: -1e9, Y: -1e9})
	s.Drop()
	if p, err := s.Accept(time.Now()); err != nil {
		t.Errorf("what is shown cannot be saved: %v, %v", p, err)
	}
}

func TestSavedProfileIsComparedFirst(t *testing.T) {
	profile := &Profile{Camera: "0", Grid: boardAt(t, 19).Spec()}
	for name, c := range map[string]struct {
		seen  *grid.Grid
		fit   Fit
		err   error
		still bool
	}{
		"as it was":    {boardAt(t, 19), Fit{Confidence: 0.99}, nil, true},
		"a little off": {boardAt(t, 19, grid.Pt{X: 2}), Fit{Confidence: 0.99}, nil, true},
		"a line off":   {boardAt(t, 19, grid.Pt{X: 13}), Fit{Confidence: 0.99}, nil, false},
		"unsure":       {boardAt(t, 19), Fit{Confidence: 0.5}, nil, false},
		"no board":     {nil, Fit{}, errors.New("none"), false},
	} {
		t.Run(name, func(t *testing.T) {
			s := NewSession("0", profile)
			if s.View().Ready || s.Resumed() {
				t.Error("it is ready before anything was seen")
			}
			s.Picture(640, 480)
			j := s.Job()
			if j.Task != Measure {
				t.Fatalf("job %v", j.Task)
			}
			s.Done(j, c.seen, c.fit, c.err)
			if s.Resumed() != c.still || s.View().Ready != c.still {
				t.Errorf("still fits: %v, want %v", s.Resumed(), c.still)
			}
			if !c.still && s.Job().Task != Find {
				t.Error("the board is not looked for")
			}
		})
	}
}

func TestCornersFollowTheResolution(t *testing.T) {
	s := found(t)
	s.Picture(1280, 960)
	for i, c := range s.Grid().Corners() {
		if want := (grid.Pt{X: 2*corners[i].X + 0.5, Y: 2*corners[i].Y + 0.5}); c.Dist(want) > 1e-9 {
			t.Errorf("corner %d at %v, want %v", i, c, want)
		}
	}
	if s.Job().Task != Measure {
		t.Error("it is not compared again")
	}
	s.Picture(1280, 720)
	if s.Grid() != nil || s.Job().Task != Find {
		t.Error("a picture of another shape keeps the grid")
	}
}

func TestReadingsOfOldGridsAreDropped(t *testing.T) {
	s := found(t)
	old := s.Grid()
	s.Choose(0)
	s.Nudge(0.1, 0)
	s.Seen(old, &reading.Reading{Size: 19}, nil)
	if s.View().Reading != nil {
		t.Error("a reading of another grid is shown")
	}
	s.Seen(s.Grid(), &reading.Reading{Size: 19}, nil)
	if s.View().Reading == nil {
		t.Error("the reading is not shown")
	}
}

// picture renders a simulated board and its geometry.
func picture(t *testing.T, change func(*sim.Config)) (*image.RGBA, *grid.Grid) {
	t.Helper()
	cfg := sim.Default(9)
	if change != nil {
		change(&cfg)
	}
	w, err := sim.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	g, err := grid.New(w.Spec())
	if err != nil {
		t.Fatal(err)
	}
	return w.Render(), g
}

func verdicts(q *Quality) map[string]Verdict {
	m := map[string]Verdict{}
	for _, c := range q.Checks() {
		m[c.Name] = c.Verdict
	}
	return m
}

func TestPicturesAreJudged(t *testing.T) {
	img, g := picture(t, nil)
	good := verdicts(MeasurePicture(img, g))
	for name, v := range good {
		if v != Good {
			t.Errorf("a good picture: %s is %d", name, v)
		}
	}
	each := func(f func(x, y int, c [3]uint8) [3]uint8) *image.RGBA {
		out := image.NewRGBA(img.Bounds())
		for y := range img.Bounds().Dy() {
			for x := range img.Bounds().Dx() {
				i := img.PixOffset(x, y)
				c := f(x, y, [3]uint8(img.Pix[i:i+3]))
				copy(out.Pix[i:], c[:])
				out.Pix[i+3] = 255
			}
		}
		return out
	}
	dark := each(func(_, _ int, c [3]uint8) [3]uint8 { return [3]uint8{c[0] / 8, c[1] / 8, c[2] / 8} })
	if v := verdicts(MeasurePicture(dark, g))["Light"]; v != Bad {
		t.Errorf("a dark picture's light is %d", v)
	}
	lamp := g.At(4, 4, 0)
	glare := each(func(x, y int, c [3]uint8) [3]uint8 {
		if math.Hypot(float64(x)-lamp.X, float64(y)-lamp.Y) < 80 {
			return [3]uint8{255, 255, 255}
		}
		return c
	})
	if v := verdicts(MeasurePicture(glare, g))["Glare"]; v == Good {
		t.Error("a lamp's reflection was not seen")
	}
	const r = 7 // a box blur, as of a lens that is out of focus
	blurred := each(func(x, y int, _ [3]uint8) [3]uint8 {
		var sum [3]int
		n := 0
		for dy := -r; dy <= r; dy += 2 {
			for dx := -r; dx <= r; dx += 2 {
				px, py := max(0, min(x+dx, img.Bounds().Dx()-1)), max(0, min(y+dy, img.Bounds().Dy()-1))
				i := img.PixOffset(px, py)
				for k := range sum {
					sum[k] += int(img.Pix[i+k])
				}
				n++
			}
		}
		return [3]uint8{uint8(sum[0] / n), uint8(sum[1] / n), uint8(sum[2] / n)}
	})
	if v := verdicts(MeasurePicture(blurred, g))["Focus"]; v == Good {
		q := MeasurePicture(blurred, g)
		t.Errorf("a blurred picture is sharp: contrast %.1f, sharpness %.2f", q.Contrast, q.Sharpness)
	}
	spec := g.Spec()
	spec.Size, spec.Focal = 25, 0
	dense, err := grid.New(spec)
	if err != nil {
		t.Fatal(err)
	}
	q := MeasurePicture(img, dense)
	q.Rate = 1
	if v := verdicts(q); v["Resolution"] == Good && q.Cell < cellPoor || v["Speed"] != Bad {
		t.Errorf("resolution %.1f px is %d, 1 picture a second is %d", q.Cell, v["Resolution"], v["Speed"])
	}
}

func TestLocksGoIntoTheProfile(t *testing.T) {
	saved := sample()
	s := NewSession(saved.Camera, saved)
	s.Picture(saved.Grid.Width, saved.Grid.Height)
	if _, _, changed := s.Wishes(); changed {
		t.Error("wishes before the user had any")
	}
	profile := func() *Profile {
		t.Helper()
		p, err := s.Accept(time.Now())
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	s.Controls(Control{Offered: true, Locked: true, Value: 157}, Control{Offered: true})
	if p := profile(); p.Exposure == nil || *p.Exposure != 157 || p.Focus != nil {
		t.Errorf("locked at 157: saved %v and %v", p.Exposure, p.Focus)
	}
	s.LockExposure() // frees it
	s.LockFocus()
	exposure, focus, changed := s.Wishes()
	if exposure || !focus || !changed {
		t.Errorf("wishes are %v, %v, %v", exposure, focus, changed)
	}
	if _, _, changed := s.Wishes(); changed {
		t.Error("the same wish twice")
	}
	s.Controls(Control{Offered: true}, Control{Offered: true, Locked: true, Value: 30})
	if p := profile(); p.Exposure != nil || p.Focus == nil || *p.Focus != 30 {
		t.Errorf("the focus is locked at 30: saved %v and %v", p.Exposure, p.Focus)
	}
	s.Controls(Control{}, Control{}) // another camera, which offers nothing
	s.LockExposure()
	if exposure, _, _ := s.Wishes(); exposure {
		t.Error("a lock is wished that is not offered")
	}
}
