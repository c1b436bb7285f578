package play

import (
	"context"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/reading"
	"github.com/gobancam/gobancam/internal/sim"
	"github.com/gobancam/gobancam/vision"
)

func readGame(t *testing.T, path string) *board.Game {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	trees, err := board.ParseSGF(b)
	if err != nil {
		t.Fatal(err)
	}
	g, err := trees[0].Game()
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// film is a source of n pictures of a simulated board, on which script acts
// before each.
func film(t *testing.T, cfg sim.Config, n int, script func(w *sim.World, frame int)) (vision.Source, *sim.World) {
	t.Helper()
	w, err := sim.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	frame := 0
	return vision.FromEncoded(func(context.Context) (vision.Encoded, error) {
		if frame == n {
			return vision.Encoded{}, io.EOF
		}
		if script != nil {
			script(w, frame)
		}
		w.Step(100 * time.Millisecond)
		frame++
		return vision.Encoded{Data: w.JPEG(), Time: w.Now()}, nil
	}), w
}

func small(size int) sim.Config {
	cfg := sim.Default(size)
	cfg.Width, cfg.Height = 480, 360
	return cfg
}

func TestEyesEndWithTheirSource(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	src, w := film(t, small(9), 5, nil)
	corners := w.Spec().Corners
	e := NewEyes(src, EyesOptions{Corners: &corners, Size: 9})
	done := make(chan error, 1)
	go func() { done <- e.Run(context.Background()) }()
	n := 0
	for look := range e.Looks() {
		if look.Reading == nil || look.Reading.Size != 9 || look.Reading.Frame != n {
			t.Fatalf("look %d is %+v", n, look)
		}
		n++
	}
	if err := <-done; err != nil || n != 5 {
		t.Errorf("%d looks, %v", n, err)
	}
}

func TestEyesStopWithTheirContext(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	src, _ := film(t, small(9), 1000, nil)
	ctx, cancel := context.WithCancel(context.Background())
	e := NewEyes(src, EyesOptions{Grid: blind(t)})
	done := make(chan error, 1)
	go func() { done <- e.Run(ctx) }()
	<-e.Looks()
	cancel() // while nobody takes the next look
	if err := <-done; err != context.Canceled {
		t.Errorf("got %v", err)
	}
}

// TestEyesSeeABoardOfAnotherSize looks for 13 lines on a board of nine: that is
// told, and once nine are expected, they are found.
func TestEyesSeeABoardOfAnotherSize(t *testing.T) {
	src, _ := film(t, small(9), 200, nil)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	e := NewEyes(src, EyesOptions{Size: 13, Doubt: true})
	done := make(chan error, 1)
	go func() { done <- e.Run(ctx) }()
	told, found := time.Duration(0), false
	for l := range e.Looks() {
		switch r := l.Reading; {
		case r.Lock == reading.Locked:
			found = r.Size == 9
			cancel()
		case r.Size == 9 && told == 0:
			told = r.Time
			e.Expect(9)
		case r.Size != 0 && told == 0:
			t.Fatalf("a board of %d lines is seen", r.Size)
		}
	}
	<-done
	if told < otherAfter || !found {
		t.Errorf("told at %v, found %v", told, found)
	}
}

// TestEyesKeepTheCornersForAnotherSize has nine lines expected of a board that was
// given by its corners, as one of 13.
func TestEyesKeepTheCornersForAnotherSize(t *testing.T) {
	src, w := film(t, small(9), 20, nil)
	corners := w.Spec().Corners
	var notes []string
	e := NewEyes(src, EyesOptions{Corners: &corners, Size: 13, Doubt: true, Note: func(s string) { notes = append(notes, s) }})
	done := make(chan error, 1)
	go func() { done <- e.Run(context.Background()) }()
	sizes := []int{}
	for l := range e.Looks() {
		if len(sizes) == 0 || sizes[len(sizes)-1] != l.Reading.Size {
			sizes = append(sizes, l.Reading.Size)
		}
		if len(sizes) == 1 {
			e.Expect(9)
		}
	}
	if err := <-done; err != nil || !slices.Equal(sizes, []int{13, 9}) || len(notes) != 2 || !strings.HasPrefix(notes[1], "the corners are taken") {
		t.Errorf("boards of %d lines were seen, noted %q, error %v", sizes, notes, err)
	}
}

// blind is a grid that fits no picture in particular.
func blind(t *testing.T) *grid.Grid {
	t.Helper()
	g, err := grid.New(grid.Spec{Size: 9, Width: 480, Height: 360, Corners: [4]grid.Pt{{X: 100, Y: 100}, {X: 300, Y: 100}, {X: 300, Y: 300}, {X: 100, Y: 300}}})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestCalibrationThatNoLongerFitsIsSaid(t *testing.T) {
	src, _ := film(t, small(9), 2, nil)
	away := [4]grid.Pt{{X: 300, Y: 20}, {X: 470, Y: 40}, {X: 450, Y: 200}, {X: 280, Y: 180}}
	var notes []string
	e := NewEyes(src, EyesOptions{Corners: &away, Verify: true, Size: 9, Note: func(s string) { notes = append(notes, s) }})
	done := make(chan error, 1)
	go func() { done <- e.Run(context.Background()) }()
	for range e.Looks() {
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if len(notes) == 0 || !strings.Contains(notes[0], "not where it was") {
		t.Errorf("notes: %q", notes)
	}
}

// TestReplayFollowsAGame is the whole pipeline on a simulated board: moves by
// hands, a capture, and the same events the second time.
func TestReplayFollowsAGame(t *testing.T) {
	moves := "D5 E5 D6 E6 F5 G3 F6 G7 E7 C3 E4"
	run := func() (string, []string) {
		var names []string
		next := 0
		var game *board.Game
		game, err := board.NewGame(board.Setup{Size: 9})
		if err != nil {
			t.Fatal(err)
		}
		words := strings.Fields(moves)
		src, w := film(t, small(9), len(words)*30+40, func(w *sim.World, frame int) {
			me := w.Player(sim.South)
			if frame < 10 || me.Busy() || next == len(words) || frame%30 != 0 {
				return
			}
			p, err := board.ParseGTP(words[next], 9)
			if err != nil {
				t.Fatal(err)
			}
			m := board.Move{Color: board.Color(1 + next%2), Point: p}
			if err := game.Play(m); err != nil {
				t.Fatal(err)
			}
			next++
			me.Place(p, m.Color)
			captured := game.LastCaptured()
			if !captured.IsEmpty() {
				me.Take(captured.Points()...)
			}
		})
		corners := w.Spec().Corners
		var told []string
		end, err := (&Replay{Source: src, Eyes: EyesOptions{Corners: &corners, Size: 9},
			Voice: func(e match.Event) {
				text, err := e.MarshalJSON()
				if err != nil {
					t.Error(err)
				}
				told = append(told, string(text))
			}}).Run(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range end.Game.Moves() {
			names = append(names, m.Point.GTP(9))
		}
		return strings.Join(names, " "), told
	}
	got, first := run()
	if got != moves {
		t.Errorf("the game was %s, replayed as %s", moves, got)
	}
	if testing.Short() {
		return
	}
	_, second := run()
	if strings.Join(first, "\n") != strings.Join(second, "\n") {
		t.Error("the second replay told other events")
	}
}

// stamped is a source whose pictures say when they were taken.
type stamped struct {
	vision.Source
	taken []time.Time
}

func (s *stamped) Next(ctx context.Context) (*vision.Frame, error) {
	f, err := s.Source.Next(ctx)
	if err == nil {
		f.Taken = time.Now()
		s.taken = append(s.taken, f.Taken)
	}
	return f, err
}

// TestLooksSayWhenTheirPictureWasTaken also while the board is looked for.
func TestLooksSayWhenTheirPictureWasTaken(t *testing.T) {
	for _, g := range []*grid.Grid{nil, blind(t)} {
		film, _ := film(t, small(9), 3, nil)
		src := &stamped{Source: film}
		e := NewEyes(src, EyesOptions{Grid: g})
		done := make(chan error, 1)
		go func() { done <- e.Run(context.Background()) }()
		var got []time.Time
		for look := range e.Looks() {
			got = append(got, look.Taken)
		}
		if err := <-done; err != nil || !slices.Equal(got, src.taken) || len(got) != 3 {
			t.Errorf("%v: looks of %v, pictures of %v", err, got, src.taken)
		}
	}
}

// TestCornersSaidBeforeTheEyesOpen has somebody say where the board is while the
// eyes are being opened: that counts, and not what they were to begin with.
func TestCornersSaidBeforeTheEyesOpen(t *testing.T) {
	old, said := [4]grid.Pt{{X: 1}}, [4]grid.Pt{{X: 2}}
	e := NewEyes(nil, EyesOptions{Corners: &old, Size: 9, Verify: true})
	done := make(chan struct{})
	go func() {
		defer close(done)
		e.Use(said, 13)
	}()
	e.begin()
	<-done
	if c := e.corners; c == nil || c.at != said || c.size != 13 || c.verify {
		t.Errorf("the corners are %+v", c)
	}
	e = NewEyes(nil, EyesOptions{Corners: &old, Size: 9, Verify: true})
	e.Use(said, 13)
	if e.begin(); e.corners.at != said {
		t.Errorf("what was said first was lost: %+v", e.corners)
	}
	e = NewEyes(nil, EyesOptions{Corners: &old, Size: 9, Verify: true})
	if e.begin(); e.corners.at != old || !e.corners.verify {
		t.Errorf("the corners are %+v", e.corners)
	}
}

// TestABoardThatIsNotFoundIsSaidNowAndThen says what can be done after a while,
// and nothing ten times a second.
func TestABoardThatIsNotFoundIsSaidNowAndThen(t *testing.T) {
	g, err := grid.New(grid.Spec{Size: 4, Width: 500, Height: 500, Corners: [4]grid.Pt{{X: 100, Y: 100}, {X: 400, Y: 100}, {X: 400, Y: 400}, {X: 100, Y: 400}}})
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	e := NewEyes(nil, EyesOptions{Size: 4, Note: func(text string) { said = append(said, text) }})
	for at := time.Duration(0); at < time.Minute; at += 700 * time.Millisecond {
		e.doubt(at, vision.Found{Grid: g, Confidence: 0.01})
	}
	if len(said) < 4 || len(said) > 7 || !strings.Contains(said[0], "may be there") || !strings.Contains(said[len(said)-1], "leave the size out") {
		t.Errorf("%q", said)
	}
}
