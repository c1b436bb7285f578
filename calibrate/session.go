package calibrate

import (
	"cmp"
	"fmt"
	"math"
	"strings"
	"sync"

	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/reading"
)

// sureEnough is the confidence from which a board that was found is accepted.
const sureEnough = 0.9

// lost is the confidence below which a board that was found is not there any
// more: whoever holds the camera has moved it, or a hand is over the board.
const lost = 0.05

// near is how far, in cells, a corner may be from its crossing: less than half a
// cell, so that a line is never taken for its neighbour.
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
	corner int // of Snap: the only one to be moved; −1 for all
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
	Title         string // that it is shown by
	Width, Height int    // of the picture; 0 before the first
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
	Stopped       bool   // the camera sends nothing: what is seen is old
	Ready         bool   // it can be accepted without a doubt
}

// Session is one calibration: a state machine that is told what the eyes see and
// what the user does. It is safe for concurrent use.
type Session struct {
	// Changed, if set, is called after each change, by whoever caused it. It
	// must be set before the Session is used.
	Changed func()
	// Retry, if set, has a camera that sends nothing tried again at once. It
	// must be set before the Session is used.
	Retry func()
	// Title is what the camera is called, if not by its name, and Why, if set,
	// says in a sentence why no pictures come, as far as that is known. They must
	// be set before the Session is used.
	Title string
	Why   func() string

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
	dropped int  // the corner that snaps; −1 for all
	trouble string
	sides   *grid.Grid // which side is the player's, for a board that is found again; nil for whichever
	stopped bool       // the camera sends nothing
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

// do changes the state under the lock and then calls Changed.
func (s *Session) do(f func()) {
	s.mu.Lock()
	f()
	if s.now.grid == nil {
		s.quality = nil // it was that of a board that is not there
	}
	s.mu.Unlock()
	if s.Changed != nil {
		s.Changed()
	}
}

// remember saves the present state for Undo and voids running jobs.
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

// set takes a grid that the user made, if it is a possible one.
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

// Picture sets the size of the pictures. Corners scale along when the same view
// comes in another resolution; another aspect ratio is another view.
func (s *Session) Picture(width, height int) {
	s.setStopped(false)
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
		s.history, s.sides = nil, nil
		fx, fy := float64(width)/float64(spec.Width), float64(height)/float64(spec.Height)
		if math.Abs(fx/fy-1) > 0.01 {
			s.now, s.todo = step{size: s.now.size}, Find
			s.trouble = "The shape of the camera's picture has changed."
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
		s.now.grid, s.now.fit, s.todo, s.sides = scaled, nil, Measure, scaled
	})
}

// Job returns what the eyes should do next, Idle when nothing.
func (s *Session) Job() Job {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.blind || s.width == 0 || s.held || s.todo == Idle || s.todo != Find && s.now.grid == nil {
		return Job{}
	}
	return Job{Task: s.todo, Grid: s.now.grid, Size: s.now.size, corner: s.dropped, serial: s.serial}
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
			s.snapped(j, g, fit, err)
		case Measure:
			s.measured(j.Grid, g, fit, err)
		}
	})
}

// snapped moves the corner that was let go of to the crossing nearby. The others
// stay where the user put them.
func (s *Session) snapped(j Job, g *grid.Grid, fit Fit, err error) {
	s.todo = Idle
	s.now.fit = &Fit{Distance: 1}
	if err != nil || g == nil || g.Size() != j.Grid.Size() {
		return
	}
	if j.corner >= 0 {
		spec := j.Grid.Spec()
		spec.Corners[j.corner], spec.Focal = g.Corners()[j.corner], 0
		one, err := grid.New(spec)
		if err != nil || shift(j.Grid, one) > 0.5 {
			return
		}
		s.now.grid = one
		s.measured(one, g, fit, nil)
		return
	}
	if shift(j.Grid, g) <= 0.5 {
		s.now.grid, s.now.fit = g, &fit
	}
}

func (s *Session) found(g *grid.Grid, fit Fit, err error) {
	switch {
	case err != nil || g == nil:
		s.trouble = "No board found yet. Show all of it, or set the corners yourself."
	case s.now.grid == nil || s.now.fit == nil || fit.Confidence >= s.now.fit.Confidence:
		s.trouble = ""
		g = facing(g, s.sides)
		s.now.grid, s.now.origin, s.now.fit = g, Found, &fit
		if fit.Confidence >= sureEnough {
			s.todo, s.sides = Idle, g
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
	if s.now.origin == Saved && s.now.fit == nil {
		if fit.Confidence >= sureEnough {
			s.now.grid, s.now.fit = g, &fit // board and camera give a little with time
			return
		}
		s.now, s.todo = step{size: mine.Size()}, Find
		s.trouble = "The board is not where it was last calibrated; looking for it."
		return
	}
	s.now.fit = &fit
	if s.now.origin == Found && fit.Confidence < lost {
		s.todo = Find
	}
}

// facing turns a grid so that its sides are those of another one, as near as they
// lie: a board that is found again keeps the player's side.
func facing(g, as *grid.Grid) *grid.Grid {
	if as == nil || as.Size() != g.Size() {
		return g
	}
	best, least := g, math.Inf(1)
	for q := range 4 {
		r, err := g.Rotate(q)
		if err != nil {
			continue
		}
		far := 0.0
		for i, c := range r.Corners() {
			far += c.Dist(as.Corners()[i])
		}
		if far < least {
			best, least = r, far
		}
	}
	return best
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
		if r != nil && g == s.now.grid && !s.stopped {
			s.reading = r
		}
		if q != nil && !s.stopped {
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
	v := View{Camera: s.camera, Title: cmp.Or(s.Title, "camera "+strings.TrimPrefix(s.camera, "http://")), Width: s.width, Height: s.height, Grid: s.now.grid, Size: s.now.size, Origin: s.now.origin,
		Fit: s.now.fit, Snap: s.snap, Active: s.active, Held: s.held, CanUndo: len(s.history) > 0, Reading: s.reading,
		Exposure: s.exposure, Focus: s.focus}
	if s.quality != nil {
		v.Checks = s.quality.Checks()
	}
	if v.Grid != nil && v.Fit != nil {
		v.Checks = append(v.Checks, v.Fit.check(v.Grid))
	}
	if s.stopped {
		v.Stopped, v.Checks = true, []Check{{"Picture", Bad, "The camera sends none; what is shown is the last."}}
	}
	v.Ready = v.Grid != nil && v.Fit != nil && v.Fit.Confidence >= sureEnough && !v.Held && v.bad() == nil
	v.Text = s.text(&v)
	return v
}

// bad returns the first check that says that it will not work, nil for none.
func (v *View) bad() *Check {
	for i := range v.Checks {
		if v.Checks[i].Verdict == Bad {
			return &v.Checks[i]
		}
	}
	return nil
}

// Stopped says that the camera has sent no picture for a while, until Picture
// is told of the next.
func (s *Session) Stopped() { s.setStopped(true) }

func (s *Session) setStopped(yes bool) {
	s.mu.Lock()
	same := s.stopped == yes
	s.mu.Unlock()
	if !same {
		s.do(func() {
			s.stopped = yes
			s.reading, s.quality = nil, nil // of a board that may look otherwise by now
		})
	}
}

// Recheck has a grid that fitted compared with the picture again: the board or
// the camera may have been moved since, or the light have gone out.
func (s *Session) Recheck() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.todo == Idle && s.now.grid != nil && s.now.fit != nil && !s.held && !s.blind {
		s.todo = Measure
	}
}

func (s *Session) text(v *View) string {
	if bad := v.bad(); bad != nil && v.Grid != nil && v.Fit != nil && v.Fit.Confidence >= sureEnough && !v.Held && !v.Stopped {
		return "This looks like the board, but it cannot be played on like this. " + bad.Text
	}
	switch {
	case v.Stopped && s.Why != nil && s.Why() != "":
		return s.Why()
	case v.Stopped:
		return "The camera sends no pictures. Look whether it is connected and its app is running; it is tried again and again."
	case v.Width == 0:
		return "Waiting for the camera's first picture."
	case v.Grid == nil && s.trouble != "":
		return s.trouble
	case v.Grid == nil:
		return "Looking for the board."
	case v.Held:
		return "Put the corner where the two outermost lines cross."
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
	case v.Origin == Found && v.Fit.Confidence < lost:
		return "The lines of the board cannot be seen any more. Move hands and things away, give it light; it is looked for."
	case v.Origin == Found && cutAt(v.Grid, v.Width, v.Height) != "":
		return "The board is cut off " + cutAt(v.Grid, v.Width, v.Height) + " of the picture: show all of it, or move the camera away."
	case v.Origin == Found:
		return fmt.Sprintf("This may be the board, %.0f %% sure. Move hands and things away, or drag the corners.", 100*v.Fit.Confidence)
	}
	return "The grid does not match any visible lines. Drag the corners, or press Enter to trust it."
}
