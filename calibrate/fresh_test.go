package calibrate

import (
	"errors"
	"strings"
	"testing"

	"github.com/gobancam/gobancam/internal/grid"
)

// Only the corner that was let go of snaps; what else the user has set stays.
func TestOnlyTheDroppedCornerSnaps(t *testing.T) {
	s := found(t)
	s.Choose(2)
	s.Nudge(1.5, -1)
	mine := s.corner(2)
	s.Grab(corners[0], 10)
	s.Drag(corners[0].Add(grid.Pt{X: 3, Y: 2}))
	s.Drop()
	s.Choose(1) // meanwhile
	off := grid.Pt{X: 0.7, Y: 0.7}
	s.Done(s.Job(), boardAt(t, 19, off, off, off, off), Fit{Confidence: 0.99, Distance: 0.01}, nil)
	if got := s.corner(0); got != corners[0].Add(off) {
		t.Errorf("the corner is at %v", got)
	}
	if s.corner(1) != corners[1] || s.corner(2) != mine || s.corner(3) != corners[3] {
		t.Errorf("other corners moved: %v", s.Grid().Corners())
	}
	if v := s.View(); v.Fit == nil || v.Fit.Distance <= 0.01 {
		t.Errorf("the fit is told of corners that are not these: %+v", v.Fit)
	}
	// Another number of lines moves none either when that is not wanted.
	s.ToggleSnap()
	s.SetSize(13)
	if j := s.Job(); j.Task != Measure {
		t.Errorf("without snapping, another size is %v", j.Task)
	}
}

// What cannot work is not recommended.
func TestABadCheckIsNotReady(t *testing.T) {
	s := found(t)
	good := Quality{Light: 120, Contrast: 60, Sharpness: 0.4, Cell: 20, Elevation: 60, Rate: 10}
	s.Seen(s.Grid(), nil, &good)
	if v := s.View(); !v.Ready || !strings.Contains(v.Text, "press Enter") {
		t.Fatalf("a good board is not ready: %q", v.Text)
	}
	for what, bad := range map[string]Quality{
		"dark": {Light: 5, Contrast: 1, Cell: 20, Elevation: 60}, "It is too dark": {Light: 5, Contrast: 1, Cell: 20},
		"burnt out": {Light: 120, Glare: 0.5, Contrast: 60, Sharpness: 0.4, Cell: 20},
		"blur":      {Light: 120, Contrast: 2, Sharpness: 0.4, Cell: 20},
		"pixels":    {Light: 120, Contrast: 60, Sharpness: 0.4, Cell: 5},
		"few":       {Light: 120, Contrast: 60, Sharpness: 0.4, Cell: 20, Rate: 1},
	} {
		s.Seen(s.Grid(), nil, &bad)
		v := s.View()
		if v.Ready || strings.Contains(v.Text, "press Enter") || !strings.Contains(v.Text, what) {
			t.Errorf("%s: ready %v, %q", what, v.Ready, v.Text)
		}
		if bad.Light < darkBad {
			for _, c := range v.Checks {
				if c.Name == "Focus" && c.Verdict == Bad {
					t.Error("in the dark the focus is blamed")
				}
			}
		}
	}
	s.Seen(s.Grid(), nil, &good)
	if !s.View().Ready {
		t.Error("what was bad is not forgotten")
	}
}

// Neither checks nor readings outlive the board and the pictures they are of.
func TestOldChecksAreNotShown(t *testing.T) {
	good := Quality{Light: 120, Contrast: 60, Sharpness: 0.4, Cell: 20, Elevation: 60, Rate: 10}
	s := found(t)
	s.Seen(s.Grid(), nil, &good)
	old := s.Grid()
	s.Again()
	s.Seen(old, nil, &good) // late
	if v := s.View(); len(v.Checks) != 0 {
		t.Errorf("without a board there are checks: %+v", v.Checks)
	}

	s = found(t)
	s.Seen(s.Grid(), nil, &good)
	s.Stopped()
	s.Seen(s.Grid(), nil, &good) // of the last picture
	v := s.View()
	if v.Ready || !v.Stopped || len(v.Checks) != 1 || v.Checks[0].Verdict != Bad || !strings.Contains(v.Text, "sends no pictures") {
		t.Errorf("without pictures: %+v", v)
	}
	s.Picture(640, 480)
	if v := s.View(); v.Stopped || !v.Ready {
		t.Errorf("with pictures again: %+v", v)
	}

	// A board that fitted is looked at again: it may be gone.
	s.Recheck()
	j := s.Job()
	if j.Task != Measure || !s.View().Ready {
		t.Errorf("again: job %v, ready %v", j.Task, s.View().Ready)
	}
	s.Done(j, nil, Fit{}, grid.ErrCorners)
	if v := s.View(); v.Ready || v.Grid == nil || strings.Contains(v.Text, "0 %") {
		t.Errorf("with the board gone: ready %v, %q", v.Ready, v.Text)
	}
	s.Recheck()
	s.Done(s.Job(), s.Grid(), Fit{Confidence: 0.99}, nil)
	if !s.View().Ready || s.View().CanUndo {
		t.Error("it does not come back by itself")
	}
}

// A board that is not where it was found is looked for again: whoever holds the
// camera has moved it. The player's side stays, also where something else was
// taken for the board in between.
func TestAMovedBoardIsFoundAgain(t *testing.T) {
	s := found(t)
	s.Turn(1)
	s.Done(s.Job(), s.Grid(), Fit{Confidence: 0.99, Distance: 0.01}, nil)
	side := s.corner(0)
	s.Recheck()
	s.Done(s.Job(), nil, Fit{}, errors.New("no lines there"))
	if j := s.Job(); j.Task != Find {
		t.Fatalf("then the job is %v", j.Task)
	}
	if v := s.View(); v.Grid == nil || v.Ready || !strings.Contains(v.Text, "cannot be seen") {
		t.Errorf("meanwhile: %q", v.Text)
	}
	s.Done(s.Job(), boardAt(t, 13), Fit{Confidence: 0.1}, nil)
	s.Done(s.Job(), boardAt(t, 19, grid.Pt{X: 9}, grid.Pt{X: 9}, grid.Pt{X: 9}, grid.Pt{X: 9}), Fit{Confidence: 0.99, Distance: 0.01}, nil)
	v := s.View()
	if !v.Ready || v.Origin != Found || s.Job().Task != Idle {
		t.Fatalf("found again: %+v", v)
	}
	if d := s.corner(0).Dist(side); d > 10 {
		t.Errorf("the board was turned: its first corner is %.0f pixels from where it was", d)
	}
	// Who has it found again by hand takes it as it is found.
	s.Again()
	s.Done(s.Job(), boardAt(t, 19), Fit{Confidence: 0.99, Distance: 0.01}, nil)
	if d := s.corner(0).Dist(corners[0]); d > 1 {
		t.Errorf("found by hand, its first corner is %.0f pixels off", d)
	}
	// What the user has placed by hand is not taken from him.
	s.Grab(s.corner(2), 5)
	s.Drag(s.corner(2).Add(grid.Pt{X: 30, Y: 30}))
	s.Drop()
	s.Done(s.Job(), nil, Fit{}, errors.New("no crossing there"))
	s.Recheck()
	s.Done(s.Job(), nil, Fit{}, errors.New("no lines there"))
	if j := s.Job(); j.Task == Find {
		t.Error("a board that was placed by hand is looked for")
	}
}
