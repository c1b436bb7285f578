package calibrate

import (
	"errors"
	"math"
	"time"

	"github.com/gobancam/gobancam/internal/grid"
)

// What the user does to a calibration.

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
				s.todo, s.dropped = Snap, s.active
			}
		}
		s.held = false
	})
}

// inside keeps a corner at most a quarter of the picture's size outside it.
func (s *Session) inside(p grid.Pt) grid.Pt {
	w, h := float64(s.width), float64(s.height)
	return grid.Pt{X: max(-w/5, min(p.X, w*1.2)), Y: max(-h/5, min(p.Y, h*1.2))}
}

// Choose selects corner i (0 to 3, clockwise from the top left of the position)
// for Nudge; −1 selects none.
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

// SetSize sets the number of lines of the board; 0 lets the eyes find out.
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
		task := Measure
		if s.snap {
			task, s.dropped = Snap, -1
		}
		s.edit(spec, task)
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
		s.now.grid, s.sides = g, g
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

// Controls tells which controls the camera's driver has, and their values.
func (s *Session) Controls(exposure, focus Control) {
	s.mu.Lock()
	same := s.exposure == exposure && s.focus == focus
	s.mu.Unlock()
	if same {
		return
	}
	s.do(func() { s.exposure, s.focus = exposure, focus })
}

// LockExposure locks the exposure at its present value, or makes it automatic.
func (s *Session) LockExposure() {
	s.do(func() { s.wantExposure, s.wished = !s.exposure.Locked && s.exposure.Offered, true })
}

// LockFocus locks the focus at its present value, or makes it automatic.
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

// Again looks for the board again from scratch.
func (s *Session) Again() {
	s.do(func() {
		s.remember()
		s.now, s.sides = step{size: s.now.size}, nil
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
