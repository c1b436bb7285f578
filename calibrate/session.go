package calibrate

import (
	"errors"
	"fmt"
	"math"
	"sync"
	"time"

	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/reading"
)

// sureEnough is the confidence from which a board that was found is the board.
const sureEnough = 0.9

// near is how far, in cells, a corner may be from the crossing that it is: less
// than half of it, so that a line is never taken for its neighbour.
const near = 0.25

// undoDepth bounds what Undo remembers.
const undoDepth = 100

// Origin is where a grid comes from.
type Origin uint8

// The origins.
const (
	None  Origin = iota
	Found        // by the eyes, in this picture
	Hand         // by the user
	Saved        // by a profile; not compared with the picture yet
)

// Fit is how well a grid explains a picture.
type Fit struct {
	Confidence float64 // probability that all four corners are right
	Distance   float64 // of the visible lines from the grid, in cells
}

// Task is something to be looked up in the newest picture.
type Task uint8

// The tasks.
const (
	Idle    Task = iota
	Find         // the board, of Job.Size lines, or of any if that is 0
	Snap         // the crossings near the corners of Job.Grid
	Measure      // how well Job.Grid fits: likewise, but it stays where it is
)

// Job is a task for the eyes. Its answer counts if the user has done nothing
// meanwhile.
type Job struct {
	Task   Task
	Grid   *grid.Grid
	Size   int
	serial int
}

// Control is something that the camera does by itself unless it is locked.
type Control struct {
	Offered bool    // by the driver
	Locked  bool    // at Value
	Value   float64 // in the driver's units
}

// View is all that there is to show. It is immutable.
type View struct {
	Camera        string
	Width, Height int // of the picture; 0 before the first
	Grid          *grid.Grid
	Size          int // that the user chose; 0 for whatever is there
	Origin        Origin
	Fit           *Fit // nil while it is not known
	Snap          bool
	Active        int  // corner that the arrow keys move; −1 for none
	Held          bool // it is being dragged
	CanUndo       bool
	Exposure      Control
	Focus         Control
	Reading       *reading.Reading
	Checks        []Check
	Text          string // what to do next
	Ready         bool   // it can be accepted without a doubt
}

// Session is one calibration: a state machine that is told what the eyes see and
// what the user does. It is safe for concurrent use.
type Session struct {
	// Changed, if set, is called after each change, by whoever caused it. It
	// must be set before the Session is used.
	Changed func()

	mu      sync.Mutex
	camera  string
	width   int
	height  int
	now     step
	history []step
	serial  int // grows with each thing that makes running jobs void
	todo    Task
	snap    bool
	active  int
	held    bool
	moved   bool // since it was grabbed
	trouble string
	blind   bool
	reading *reading.Reading
	quality *Quality

	exposure, focus         Control // as the camera has them
	wantExposure, wantFocus bool    // that the user wants locked
	wished                  bool    // since Wishes was asked
}

// step is what Undo brings back.
type step struct {
	grid   *grid.Grid
	origin Origin
	fit    *Fit
	size   int
}

// NewSession begins to calibrate a camera; saved is its profile, or nil.
func NewSession(camera string, saved *Profile) *Session {
	s := &Session{camera: camera, snap: true, active: -1, todo: Find}
	if saved != nil {
		if g, err := grid.New(saved.Grid); err == nil {
			s.now = step{grid: g, origin: Saved}
			s.todo = Measure
		}
		s.wantExposure, s.wantFocus = saved.Exposure != nil, saved.Focus != nil
	}
	return s
}

// NewBlind begins to set the corners of a board without eyes that could compare
// them with the picture, as during a game, whose eyes do that afterwards. g is
// where the board was last, or nil.
func NewBlind(camera string, g *grid.Grid, size, width, height int) *Session {
	s := &Session{camera: camera, active: -1, blind: true, width: width, height: height}
	s.now = step{grid: g, origin: Hand, size: size}
	if g == nil {
		s.ByHand()
		s.history = nil
	}
	return s
}

// do changes the state under the lock and tells that it did.
func (s *Session) do(f func()) {
	s.mu.Lock()
	f()
	s.mu.Unlock()
	if s.Changed != nil {
		s.Changed()
	}
}

// remember keeps the present state for Undo, and makes running jobs void.
func (s *Session) remember() {
	if len(s.history) == undoDepth {
		s.history = s.history[1:]
	}
	s.history = append(s.history, s.now)
	s.void()
}

func (s *Session) void() {
	s.serial++
	s.reading = nil
	s.trouble = ""
}

// set takes a grid that the user made, unless there can be none such.
func (s *Session) set(spec grid.Spec, task Task) bool {
	spec.Focal = 0 // it is worked out anew
	g, err := grid.New(spec)
	if err != nil {
		return false
	}
	s.now.grid, s.now.origin, s.now.fit = g, Hand, nil
	s.todo = task
	return true
}

// Picture tells the size of the pictures. Corners move along when the same view
// comes in another resolution; another shape is another view.
func (s *Session) Picture(width, height int) {
	s.mu.Lock()
	same := s.width == width && s.height == height
	s.mu.Unlock()
	if same {
		return
	}
	s.do(func() {
		s.width, s.height = width, height
		g := s.now.grid
		if g == nil {
			return
		}
		spec := g.Spec()
		if spec.Width == width && spec.Height == height {
			return
		}
		s.void()
		s.history = nil
		fx, fy := float64(width)/float64(spec.Width), float64(height)/float64(spec.Height)
		if math.Abs(fx/fy-1) > 0.01 {
			s.now, s.todo = step{size: s.now.size}, Find
			s.trouble = "The camera's picture has another shape than before."
			return
		}
		for i, c := range spec.Corners {
			spec.Corners[i] = grid.Pt{X: (c.X+0.5)*fx - 0.5, Y: (c.Y+0.5)*fy - 0.5}
		}
		spec.Width, spec.Height, spec.Focal = width, height, spec.Focal*fx
		scaled, err := grid.New(spec)
		if err != nil {
			s.now, s.todo = step{size: s.now.size}, Find
			return
		}
		s.now.grid, s.now.fit, s.todo = scaled, nil, Measure
	})
}

// Job returns what the eyes should do next, Idle when nothing.
func (s *Session) Job() Job {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.blind || s.width == 0 || s.held || s.todo == Idle || s.todo != Find && s.now.grid == nil {
		return Job{}
	}
	return Job{Task: s.todo, Grid: s.now.grid, Size: s.now.size, serial: s.serial}
}

// Done brings the answer to a job: the grid that was found, or why none was.
func (s *Session) Done(j Job, g *grid.Grid, fit Fit, err error) {
	s.do(func() {
		if j.serial != s.serial || s.held {
			return
		}
		switch j.Task {
		case Find:
			s.found(g, fit, err)
		case Snap:
			s.todo = Idle
			if err == nil && shift(j.Grid, g) <= 0.5 {
				s.now.grid, s.now.fit = g, &fit
				return
			}
			s.now.fit = &Fit{Distance: 1}
		case Measure:
			s.measured(j.Grid, g, fit, err)
		}
	})
}

func (s *Session) found(g *grid.Grid, fit Fit, err error) {
	switch {
	case err != nil || g == nil:
		s.trouble = "The board is not found yet. Show all of it, or set the corners yourself."
	case s.now.grid == nil || s.now.fit == nil || fit.Confidence >= s.now.fit.Confidence:
		s.trouble = ""
		s.now.grid, s.now.origin, s.now.fit = g, Found, &fit
		if fit.Confidence >= sureEnough {
			s.todo = Idle
		}
	}
}

func (s *Session) measured(mine, g *grid.Grid, fit Fit, err error) {
	s.todo = Idle
	switch {
	case err != nil || g == nil:
		fit = Fit{Distance: 1}
	case shift(mine, g) > near:
		fit.Confidence = 0
		fit.Distance = max(fit.Distance, shift(mine, g))
	default:
		fit.Distance = max(fit.Distance, shift(mine, g))
	}
	if s.now.origin == Saved {
		if fit.Confidence >= sureEnough {
			s.now.grid, s.now.fit = g, &fit // board and camera give a little with time
			return
		}
		s.now, s.todo = step{size: mine.Size()}, Find
		s.trouble = "The board is not where it was at the last calibration; looking for it."
		return
	}
	s.now.fit = &fit
}

// shift is how far the farthest corners of two grids are apart, in cells.
func shift(a, b *grid.Grid) float64 {
	if a.Size() != b.Size() {
		return math.Inf(1)
	}
	far := 0.0
	n := float64(a.Size() - 1)
	for i, uv := range [4][2]float64{{0, 0}, {n, 0}, {n, n}, {0, n}} {
		far = max(far, a.Corners()[i].Dist(b.Corners()[i])/a.Cell(uv[0], uv[1]))
	}
	return far
}

// Seen brings a reading of the present grid, and what the picture is worth;
// either may be nil.
func (s *Session) Seen(g *grid.Grid, r *reading.Reading, q *Quality) {
	s.do(func() {
		if r != nil && g == s.now.grid {
			s.reading = r
		}
		if q != nil {
			s.quality = q
		}
	})
}

// Grid returns the present grid, or nil.
func (s *Session) Grid() *grid.Grid {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now.grid
}

// ---- What the user does ----

// Grab takes hold of the corner that is nearest to p, if it is within reach
// pixels, and reports whether there was one. Without a grid, corners begin in a
// square in the middle of the picture.
func (s *Session) Grab(p grid.Pt, reach float64) (ok bool) {
	s.do(func() {
		if s.now.grid == nil {
			return
		}
		best := reach
		for i, c := range s.now.grid.Corners() {
			if d := c.Dist(p); d <= best {
				best, ok = d, true
				s.active = i
			}
		}
		s.held, s.moved = ok, false
	})
	return ok
}

// Drag moves the held corner to p. Where no board could have such corners, it
// stays.
func (s *Session) Drag(p grid.Pt) {
	s.do(func() {
		if !s.held || s.now.grid == nil {
			return
		}
		spec := s.now.grid.Spec()
		spec.Corners[s.active] = s.inside(p)
		before := s.now
		if s.set(spec, Idle) && !s.moved {
			s.moved = true
			after := s.now
			s.now = before
			s.remember()
			s.now = after
		}
	})
}

// Drop lets go of the corner, which then snaps to the crossing nearby, unless
// that is switched off.
func (s *Session) Drop() {
	s.do(func() {
		if s.held && s.moved {
			s.void()
			s.todo = Measure
			if s.snap {
				s.todo = Snap
			}
		}
		s.held = false
	})
}

// inside keeps a corner within a quarter of the picture's size around it.
func (s *Session) inside(p grid.Pt) grid.Pt {
	w, h := float64(s.width), float64(s.height)
	return grid.Pt{X: max(-w/5, min(p.X, w*1.2)), Y: max(-h/5, min(p.Y, h*1.2))}
}

// Choose makes corner i (0 to 3, clockwise from the top left of the position)
// the one that Nudge moves; −1 none.
func (s *Session) Choose(i int) {
	s.do(func() {
		if s.now.grid != nil && i < 4 {
			s.active = i
		}
	})
}

// Nudge moves the chosen corner by some pixels. It does not snap: whoever moves
// by tenths of a pixel sees better.
func (s *Session) Nudge(dx, dy float64) {
	s.do(func() {
		if s.now.grid == nil || s.active < 0 || s.held {
			return
		}
		spec := s.now.grid.Spec()
		spec.Corners[s.active] = s.inside(spec.Corners[s.active].Add(grid.Pt{X: dx, Y: dy}))
		s.edit(spec, Measure)
	})
}

// edit takes a new grid that can be undone.
func (s *Session) edit(spec grid.Spec, task Task) {
	before := s.now
	if s.set(spec, task) {
		after := s.now
		s.now = before
		s.remember()
		s.now = after
	}
}

// SetSize says how many lines the board has; 0 lets the eyes find out.
func (s *Session) SetSize(n int) {
	s.do(func() {
		if n != 0 && (n < 2 || n > 25) {
			return
		}
		if s.now.grid == nil || s.now.origin == Found || n == 0 {
			s.remember()
			s.now.size = n
			if s.now.grid == nil || n != s.now.grid.Size() {
				s.now = step{size: n}
				s.todo = Find
			}
			return
		}
		spec := s.now.grid.Spec()
		spec.Size = n
		s.edit(spec, Snap)
		s.now.size = n
	})
}

// Turn turns the board: the player's side moves a quarter clockwise for each
// quarter. Nothing else changes.
func (s *Session) Turn(quarters int) {
	s.do(func() {
		if s.now.grid == nil {
			return
		}
		g, err := s.now.grid.Rotate(quarters)
		if err != nil {
			return
		}
		todo := s.todo
		s.remember()
		s.now.grid = g
		if s.active >= 0 {
			s.active = ((s.active-quarters)%4 + 4) % 4
		}
		if todo != Find {
			s.todo = todo
		} else {
			s.todo = Measure
		}
	})
}

// Lens changes the lens term.
func (s *Session) Lens(d float64) {
	s.do(func() {
		if s.now.grid == nil {
			return
		}
		spec := s.now.grid.Spec()
		spec.K1 = math.Round((spec.K1+d)*1000) / 1000
		s.edit(spec, Measure)
	})
}

// Controls tells what the camera's driver offers and has.
func (s *Session) Controls(exposure, focus Control) {
	s.mu.Lock()
	same := s.exposure == exposure && s.focus == focus
	s.mu.Unlock()
	if same {
		return
	}
	s.do(func() { s.exposure, s.focus = exposure, focus })
}

// LockExposure locks the exposure at what it is, or frees it.
func (s *Session) LockExposure() {
	s.do(func() { s.wantExposure, s.wished = !s.exposure.Locked && s.exposure.Offered, true })
}

// LockFocus locks the focus where it is, or frees it.
func (s *Session) LockFocus() {
	s.do(func() { s.wantFocus, s.wished = !s.focus.Locked && s.focus.Offered, true })
}

// Wishes returns what the camera is to lock, and whether the user has changed
// that since it was asked last.
func (s *Session) Wishes() (exposure, focus, changed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	changed, s.wished = s.wished, false
	return s.wantExposure, s.wantFocus, changed
}

// ToggleSnap switches the snapping of dragged corners off and on.
func (s *Session) ToggleSnap() { s.do(func() { s.snap = !s.snap }) }

// Again looks for the board afresh.
func (s *Session) Again() {
	s.do(func() {
		s.remember()
		s.now = step{size: s.now.size}
		s.todo, s.active = Find, -1
	})
}

// ByHand puts four corners into the picture for the user to drag, where none
// were found.
func (s *Session) ByHand() {
	s.do(func() {
		if s.width == 0 {
			return
		}
		w, h := float64(s.width), float64(s.height)
		side := min(w, h) * 0.6
		x0, y0 := (w-side)/2, (h-side)/2
		n := s.now.size
		if n == 0 {
			n = 19
		}
		s.edit(grid.Spec{Size: n, Width: s.width, Height: s.height,
			Corners: [4]grid.Pt{{X: x0, Y: y0}, {X: x0 + side, Y: y0}, {X: x0 + side, Y: y0 + side}, {X: x0, Y: y0 + side}}}, Idle)
		s.active = 0
	})
}

// Undo takes the last change back.
func (s *Session) Undo() {
	s.do(func() {
		n := len(s.history)
		if n == 0 {
			return
		}
		last := s.history[n-1]
		s.history = s.history[:n-1]
		s.void()
		s.now = last
		s.held = false
		switch {
		case s.now.grid == nil:
			s.todo, s.active = Find, -1
		case s.now.fit == nil:
			s.todo = Measure
		default:
			s.todo = Idle
		}
	})
}

// ErrNothing says that there is no grid to accept yet.
var ErrNothing = errors.New("there is no grid yet: let the board be found, or set the four corners")

// Accept returns the profile to be saved.
func (s *Session) Accept(now time.Time) (*Profile, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now.grid == nil {
		return nil, ErrNothing
	}
	p := &Profile{Camera: s.camera, Grid: s.now.grid.Spec(), Saved: now}
	if s.now.fit != nil {
		p.Fit = s.now.fit.Distance
	}
	if s.quality != nil {
		p.Colours = s.quality.Colours
	}
	if v := s.exposure; v.Locked {
		p.Exposure = &v.Value
	}
	if v := s.focus; v.Locked {
		p.Focus = &v.Value
	}
	if err := p.validate(); err != nil {
		return nil, err
	}
	return p, nil
}

// Resumed reports whether a saved profile was compared with the picture and
// still fits.
func (s *Session) Resumed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now.origin == Saved && s.now.fit != nil && s.now.fit.Confidence >= sureEnough
}

// View returns what there is to show.
func (s *Session) View() View {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := View{Camera: s.camera, Width: s.width, Height: s.height, Grid: s.now.grid, Size: s.now.size, Origin: s.now.origin,
		Fit: s.now.fit, Snap: s.snap, Active: s.active, Held: s.held, CanUndo: len(s.history) > 0, Reading: s.reading,
		Exposure: s.exposure, Focus: s.focus}
	v.Ready = v.Grid != nil && v.Fit != nil && v.Fit.Confidence >= sureEnough && !v.Held
	if s.quality != nil {
		v.Checks = s.quality.Checks()
	}
	if v.Grid != nil && v.Fit != nil {
		v.Checks = append(v.Checks, v.Fit.check(v.Grid))
	}
	v.Text = s.text(&v)
	return v
}

func (s *Session) text(v *View) string {
	switch {
	case v.Width == 0:
		return "Waiting for the camera's first picture."
	case v.Grid == nil && s.trouble != "":
		return s.trouble
	case v.Grid == nil:
		return "Looking for the board."
	case v.Held:
		return "Put the corner on the crossing of the two outermost lines."
	case s.blind:
		return "Drag the four corners to the board's corner crossings, then press Enter."
	case v.Fit == nil && v.Origin == Hand && s.todo == Idle:
		return "Drag the four corners to the board's corner crossings."
	case v.Fit == nil:
		return "Comparing the grid with the picture."
	case v.Ready && v.Origin == Saved:
		return "The saved calibration still fits. Press Enter to go on."
	case v.Ready:
		return fmt.Sprintf("This is a %d×%d board. If the lines lie on its lines and you sit at the marked side, press Enter.", v.Grid.Size(), v.Grid.Size())
	case v.Origin == Found:
		return fmt.Sprintf("This may be the board, %.0f %% sure. Move hands and things away, or drag the corners.", 100*v.Fit.Confidence)
	}
	return "The grid does not lie on lines that can be seen. Drag the corners, or press Enter to trust it."
}
