package scenario

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/sim"
)

func parse(t testing.TB, text string) *Scenario {
	t.Helper()
	s, err := Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func world(t testing.TB, s *Scenario) *sim.World {
	t.Helper()
	c, err := s.Config()
	if err != nil {
		t.Fatal(err)
	}
	c.Width, c.Height = 160, 120
	w, err := sim.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestRun(t *testing.T) {
	s := parse(t, `
		# What can happen
		board 9 seed 4 camera oblique
		set white C3 C4
		black E5 F5         # one after the other
		south slide E5 G5
		meanwhile north hover D4 2s white
		south take C4
		check ..........
		wait 500ms
		lamp 1 0.5 1s
		settle
		meanwhile cup A1 1s
		south place white J9 off 0.3 -0.2
		east rest H8 300ms
		west adjust J9
		bump 0.5 0 3
		tilt 0.2 0.2
		shake 1 1s
		south speed 3
		check end
	`)
	if s.Title != "What can happen" || s.Seed != 4 || s.Look != "oblique" {
		t.Errorf("%+v", s)
	}
	w := world(t, s)
	var checks []string
	hands := 0
	r := &Runner{World: w, Each: func() error {
		if tr := w.Look(); tr.Hand {
			hands++
		}
		return nil
	}}
	r.Other = func(step Step) error {
		checks = append(checks, fmt.Sprint(step.Verb, " ", step.Args, step.Line, w.Player(sim.North).Busy()))
		return r.Pass(time.Second)
	}
	if err := r.Run(s); err != nil {
		t.Fatal(err)
	}
	if want := []string{"check [..........] 9 true", "check [end] 21 false"}; !slices.Equal(checks, want) {
		t.Errorf("%q", checks)
	}
	stones := map[string]board.Color{"C3": board.White, "C4": board.Empty, "E5": board.Empty, "F5": board.Black, "G5": board.Black, "J9": board.White}
	for at, c := range stones {
		p, _ := board.ParseGTP(at, 9)
		if got := w.Stone(p); got != c {
			t.Errorf("%s is %v", at, got)
		}
	}
	if hands < 50 || !w.Idle() {
		t.Errorf("hands were seen %d times", hands)
	}
}

func TestRunnerStopsAtTheFirstError(t *testing.T) {
	s := parse(t, "board 9\nblack E5\nwhite D4")
	stop := errors.New("enough")
	n := 0
	r := &Runner{World: world(t, s), Each: func() error {
		if n++; n == 12 {
			return stop
		}
		return nil
	}}
	err := r.Run(s)
	var at *Error
	if !errors.Is(err, stop) || !errors.As(err, &at) || n != 12 {
		t.Error(err)
	}
	s = parse(t, "board 9\nexpect a miracle")
	if err := (&Runner{World: world(t, s)}).Run(s); err == nil || !strings.Contains(err.Error(), `nobody here knows "expect"`) {
		t.Error(err)
	}
}

func TestParseErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", "begins with a board"},
		{"black E5", "begins with a board"},
		{"board", "size is missing"},
		{"board 1", "2 to 25"},
		{"board 9.5", "2 to 25"},
		{"board 9\nboard 9", "already"},
		{"board 9 camera moon", "moon"},
		{"board 9 colour red", "colour"},
		{"board 9\nmeanwhile", "meanwhile what"},
		{"board 9\nblack", "a point is missing"},
		{"board 9\nblack Z5", "Z5"},
		{"board 9\nblack pass", "pass"},
		{"board 9\nset green E5", "green"},
		{"board 9\nsouth dance", "dance"},
		{"board 9\nsouth place black E5 at 1 1", "off"},
		{"board 9\nsouth speed 0", "above 0"},
		{"board 9\nwait long", "long"},
		{"board 9\nwait -1s", "-1s"},
		{"board 9\nwait 1s 2s", "too much"},
		{"board 9\nbump 1", "missing"},
		{"board 9\nbump NaN 1", "number"},
	} {
		_, err := Parse(strings.NewReader(c.text))
		var e *Error
		if !errors.As(err, &e) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v", c.text, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("board 9 seed 4\nblack E5\nmeanwhile north hover D4 2s white\nexpect x\n")
	f.Add("board 19 camera random\nbump 1 2 3\ncup A1 3s\nlamp 0 1 2s\nsettle")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := Parse(strings.NewReader(text))
		if err != nil {
			return
		}
		if s.Size < 2 || s.Size > 25 {
			t.Fatal(s.Size)
		}
		if _, err := s.Config(); err != nil {
			t.Error(err)
		}
	})
}
