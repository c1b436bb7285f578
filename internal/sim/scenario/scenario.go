// Package scenario reads short texts that say what happens at a simulated
// board, and makes it happen. It knows the board, the hands, the lamps and the
// camera; what the server does, what is asked of the program and what is
// expected of it are words of those who run it.
//
//	# The stone slides over F5 before it comes to rest.
//	board 9 seed 4
//	black E5
//	white C3 F3            one after the other
//	south slide E5 G5
//	meanwhile north hover D4 2s
//	wait 1.5s
//	expect …               any other word is given to Runner.Other
//
// One line is one thing; "#" begins a comment. A line of a player is done when
// the hand is back, unless "meanwhile" precedes it: then the next line begins
// at once. Points are written as players say them (A1 is the lower left), times
// as 300ms, 2s, 1m.
//
//	board SIZE [seed N] [camera easy|oblique|dim|random]
//	                           must come first
//	set COLOUR POINT...        stones are there at once; clear POINT... takes them off
//	black POINT...             South sets black stones down; white POINT...: North, white ones
//	SEAT place COLOUR POINT [off U V]   U, V of a line spacing off its crossing
//	SEAT take POINT...         lifts stones
//	SEAT slide POINT POINT     pushes a stone
//	SEAT adjust POINT          straightens a stone
//	SEAT hover POINT TIME [COLOUR]      holds a hand (and a stone) over the board
//	SEAT rest POINT TIME       lays a hand on the board
//	SEAT speed X               2 is twice as quick
//	SEAT pause TIME            keeps the hand away (for use after meanwhile)
//	cup POINT TIME             a cup stands on the board
//	bump DX DY [DEGREES]       the board is pushed, in line spacings
//	tilt DX DY [DEGREES]       the camera is knocked
//	shake PIXELS TIME
//	lamp N POWER [TIME]        N 0 is the ambient light; POWER 1 is as it was
//	wait TIME
//	settle                     until all hands are gone
//
// SEAT is south, north, east or west; COLOUR is black or white.
package scenario

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/sim"
)

// Step is a line of a scenario.
type Step struct {
	Line      int    // in its text, from 1
	Text      string // as written, without its comment
	Meanwhile bool
	Verb      string   // the first word, in lower case
	Args      []string // the others
	act       action
}

// Scenario is a parsed text.
type Scenario struct {
	Title string // its first comment
	Size  int
	Seed  uint64
	Look  string // of the board and camera: easy, oblique, dim or random; "" is sim.Default
	Steps []Step
}

// Config returns the set-up for the scenario's board.
func (s *Scenario) Config() (sim.Config, error) {
	var c sim.Config
	var err error
	switch s.Look {
	case "":
		c = sim.Default(s.Size)
	case "random":
		c = sim.Random(s.Seed, s.Size)
	default:
		c, err = sim.Preset(s.Look, s.Size)
	}
	c.Seed = s.Seed
	return c, err
}

// action does what a line of this package says; done tells when it is over.
type action func(w *sim.World, r *Runner) (done func() bool)

// Error says what is wrong with a line.
type Error struct {
	Line int
	Text string
	Err  error
}

func (e *Error) Error() string { return fmt.Sprintf("line %d, %q: %v", e.Line, e.Text, e.Err) }

// Unwrap returns why.
func (e *Error) Unwrap() error { return e.Err }

// Parse reads a scenario. Every error but a reader's own is an *Error.
func Parse(in io.Reader) (*Scenario, error) {
	s := &Scenario{Seed: 1}
	lines := bufio.NewScanner(in)
	n := 0
	for lines.Scan() {
		n++
		text := lines.Text()
		if i := strings.IndexByte(text, '#'); i >= 0 {
			if s.Title == "" {
				s.Title = strings.TrimSpace(text[i+1:])
			}
			text = text[:i]
		}
		text = strings.TrimSpace(text)
		if text == "" {
			continue
		}
		step := Step{Line: n, Text: text, Args: strings.Fields(text)}
		if strings.EqualFold(step.Args[0], "meanwhile") {
			step.Meanwhile, step.Args = true, step.Args[1:]
		}
		if len(step.Args) == 0 {
			return nil, &Error{n, text, fmt.Errorf("meanwhile what?")}
		}
		step.Verb, step.Args = strings.ToLower(step.Args[0]), step.Args[1:]
		if err := s.understand(&step); err != nil {
			return nil, &Error{n, text, err}
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("the scenario cannot be read: %w", err)
	}
	if s.Size == 0 {
		return nil, &Error{n, "", fmt.Errorf("a scenario begins with a board")}
	}
	return s, nil
}

func (s *Scenario) understand(step *Step) error {
	if step.Verb == "board" {
		if s.Size != 0 {
			return fmt.Errorf("there is a board already")
		}
		return s.board(step.Args)
	}
	if s.Size == 0 {
		return fmt.Errorf("a scenario begins with a board")
	}
	a := &args{step: step, size: s.Size, left: step.Args}
	step.act = a.action()
	if a.err == nil && step.act != nil && len(a.left) > 0 {
		a.err = fmt.Errorf("%q is too much", a.left[0])
	}
	s.Steps = append(s.Steps, *step)
	return a.err
}

func (s *Scenario) board(words []string) error {
	a := &args{left: words}
	size := a.number("the board's size")
	if a.err == nil && (size != float64(int(size)) || size < 2 || size > 25) {
		return fmt.Errorf("a board has 2 to 25 lines, not %v", size)
	}
	s.Size = int(size)
	for a.err == nil && len(a.left) > 0 {
		switch word := a.word("a setting"); word {
		case "seed":
			s.Seed = uint64(max(0, a.number("a seed")))
		case "camera":
			s.Look = a.word("a camera")
			if _, err := s.Config(); err != nil {
				return err
			}
		default:
			return fmt.Errorf("a board has no %q", word)
		}
	}
	return a.err
}

// args are the words of a line that are still to be read. The first error
// stays.
type args struct {
	step *Step
	size int
	left []string
	err  error
}

func (a *args) fail(format string, v ...any) {
	if a.err == nil {
		a.err = fmt.Errorf(format, v...)
	}
}

func (a *args) word(what string) string {
	if len(a.left) == 0 {
		a.fail("%s is missing", what)
		return ""
	}
	w := a.left[0]
	a.left = a.left[1:]
	return strings.ToLower(w)
}

func (a *args) number(what string) float64 {
	w := a.word(what)
	f, err := strconv.ParseFloat(w, 64)
	if a.err == nil && (err != nil || !(f > -1e6 && f < 1e6)) {
		a.fail("%s is a number, not %q", what, w)
	}
	return f
}

func (a *args) optional(otherwise float64) float64 {
	if len(a.left) == 0 {
		return otherwise
	}
	return a.number("the last word")
}

func (a *args) time() time.Duration {
	w := a.word("a time")
	d, err := time.ParseDuration(w)
	if a.err == nil && (err != nil || d < 0 || d > 24*time.Hour) {
		a.fail("a time is written like 300ms, 2s or 1m, not %q", w)
	}
	return d
}

func (a *args) colour() board.Color {
	switch w := a.word("a colour"); w {
	case "black":
		return board.Black
	case "white":
		return board.White
	default:
		a.fail("a stone is black or white, not %q", w)
		return board.Empty
	}
}

func (a *args) point() board.Point {
	w := a.word("a point")
	if a.err != nil {
		return board.Point{}
	}
	p, err := board.ParseGTP(w, a.size)
	if err == nil && p.IsPass() {
		err = fmt.Errorf("a pass is no point")
	}
	if err != nil {
		a.err = err
	}
	return p
}

func (a *args) points() []board.Point {
	ps := []board.Point{a.point()}
	for a.err == nil && len(a.left) > 0 {
		ps = append(ps, a.point())
	}
	return ps
}

// over is the done of an action that takes no time.
func over() bool { return true }

// action reads the rest of the line; nil means a verb of another package.
//
//nolint:funlen // one short case a verb, in the order of the language
func (a *args) action() action {
	switch a.step.Verb {
	case "set":
		c, ps := a.colour(), a.points()
		return func(w *sim.World, _ *Runner) func() bool {
			for _, p := range ps {
				w.Set(p, c)
			}
			return over
		}
	case "clear":
		ps := a.points()
		return func(w *sim.World, _ *Runner) func() bool {
			for _, p := range ps {
				w.Set(p, board.Empty)
			}
			return over
		}
	case "black", "white":
		seat, c := sim.South, board.Black
		if a.step.Verb == "white" {
			seat, c = sim.North, board.White
		}
		ps := a.points()
		return func(w *sim.World, _ *Runner) func() bool {
			pl := w.Player(seat)
			for _, p := range ps {
				pl.Place(p, c)
			}
			return func() bool { return !pl.Busy() }
		}
	case "south", "north", "east", "west":
		seat := map[string]sim.Seat{"south": sim.South, "north": sim.North, "east": sim.East, "west": sim.West}[a.step.Verb]
		do := a.order()
		return func(w *sim.World, _ *Runner) func() bool {
			pl := w.Player(seat)
			do(pl)
			return func() bool { return !pl.Busy() }
		}
	case "cup":
		p, d := a.point(), a.time()
		return func(w *sim.World, _ *Runner) func() bool {
			take, until := w.Cup(p, sim.RGB{0.92, 0.92, 0.9}), w.Now()+d
			return func() bool {
				if w.Now() < until {
					return false
				}
				take()
				return true
			}
		}
	case "bump", "tilt":
		dx, dy, deg := a.number("a shift"), a.number("a shift"), a.optional(0)
		tilt := a.step.Verb == "tilt"
		return func(w *sim.World, _ *Runner) func() bool {
			if tilt {
				w.Tilt(dx, dy, deg)
			} else {
				w.Bump(dx, dy, deg)
			}
			return w.Still
		}
	case "shake":
		px, d := a.number("a number of pixels"), a.time()
		return func(w *sim.World, _ *Runner) func() bool {
			w.Shake(px, d)
			return over
		}
	case "lamp":
		n, power := a.number("a lamp"), a.number("a power")
		var d time.Duration
		if len(a.left) > 0 {
			d = a.time()
		}
		return func(w *sim.World, _ *Runner) func() bool {
			w.Lamp(int(n)-1, power, d)
			return over
		}
	case "wait":
		d := a.time()
		return func(w *sim.World, _ *Runner) func() bool {
			until := w.Now() + d
			return func() bool { return w.Now() >= until }
		}
	case "settle":
		return func(w *sim.World, r *Runner) func() bool {
			return func() bool { return w.Idle() && len(r.open) == 0 }
		}
	}
	return nil
}

// order reads what a player is to do.
func (a *args) order() func(*sim.Player) {
	switch verb := a.word("what to do"); verb {
	case "place":
		c, p := a.colour(), a.point()
		if len(a.left) > 0 {
			if a.word("off") != "off" {
				a.fail("after the point comes off, or nothing")
			}
			u, v := a.number("an offset"), a.number("an offset")
			return func(pl *sim.Player) { pl.PlaceOff(p, c, u, v) }
		}
		return func(pl *sim.Player) { pl.Place(p, c) }
	case "take":
		ps := a.points()
		return func(pl *sim.Player) { pl.Take(ps...) }
	case "slide":
		from, to := a.point(), a.point()
		return func(pl *sim.Player) { pl.Slide(from, to) }
	case "adjust":
		p := a.point()
		return func(pl *sim.Player) { pl.Adjust(p) }
	case "hover":
		p, d, c := a.point(), a.time(), board.Empty
		if len(a.left) > 0 {
			c = a.colour()
		}
		return func(pl *sim.Player) { pl.Hover(p, c, d) }
	case "rest":
		p, d := a.point(), a.time()
		return func(pl *sim.Player) { pl.Rest(p, d) }
	case "pause":
		d := a.time()
		return func(pl *sim.Player) { pl.Pause(d) }
	case "speed":
		x := a.number("a speed")
		if a.err == nil && !(x > 0) {
			a.fail("a speed is above 0")
		}
		return func(pl *sim.Player) { pl.Speed = x }
	default:
		a.fail("players cannot %q", verb)
		return nil
	}
}

// Runner makes a scenario happen on a clock of its own.
type Runner struct {
	World *sim.World
	// Tick is the time between two pictures; 0 means 100 ms.
	Tick time.Duration
	// Each is called after every tick: take a picture or a Look, feed it to
	// what is tested.
	Each func() error
	// Other is called for a line whose verb is none of this package. It may
	// call Pass, to wait for what it expects.
	Other func(Step) error

	open []func() bool // what goes on meanwhile
}

// Run does the scenario's lines in order and then lets all that was begun end.
// It returns the first error of Each or Other, as an *Error with its line.
func (r *Runner) Run(s *Scenario) error {
	for _, step := range s.Steps {
		if err := r.step(step); err != nil {
			return &Error{step.Line, step.Text, err}
		}
	}
	return r.until(func() bool { return r.World.Idle() && len(r.open) == 0 })
}

func (r *Runner) step(step Step) error {
	if step.act == nil {
		if r.Other == nil {
			return fmt.Errorf("nobody here knows %q", step.Verb)
		}
		return r.Other(step)
	}
	done := step.act(r.World, r)
	if step.Meanwhile {
		r.open = append(r.open, done)
		return nil
	}
	return r.until(done)
}

// patience is how long a line may take: longer means that it never ends.
const patience = 25 * time.Hour

func (r *Runner) until(done func() bool) error {
	limit := r.World.Now() + patience
	for !done() {
		if err := r.tick(); err != nil {
			return err
		}
		if r.World.Now() > limit {
			return fmt.Errorf("this never ends")
		}
	}
	return nil
}

// Pass lets time pass.
func (r *Runner) Pass(d time.Duration) error {
	until := r.World.Now() + d
	return r.until(func() bool { return r.World.Now() >= until })
}

func (r *Runner) tick() error {
	d := r.Tick
	if d <= 0 {
		d = 100 * time.Millisecond
	}
	// Hands move in smaller steps than pictures are taken.
	for left := d; left > 0; {
		s := min(left, 50*time.Millisecond)
		r.World.Step(s)
		left -= s
	}
	still := r.open[:0]
	for _, done := range r.open {
		if !done() {
			still = append(still, done)
		}
	}
	r.open = still
	if r.Each != nil {
		return r.Each()
	}
	return nil
}
