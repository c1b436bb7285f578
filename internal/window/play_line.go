package window

import (
	"image"

	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/window/paint"
)

// wrong reports whether something is wrong in this state.
func wrong(s match.State) bool {
	switch s {
	case match.StateConnectionLost, match.StateCameraLost, match.StateBoardMoved, match.StateMisplaced, match.StateMissing, match.StateUnexpected:
		return true
	}
	return false
}

// wanting reports whether the player should do something in this state.
func wanting(s match.State) bool {
	switch s {
	case match.StateYourTurn, match.StateOwed, match.StateSetup, match.StateTakeBack, match.StateUndoAsked, match.StatePrisoners, match.StateRemoval:
		return true
	}
	return wrong(s)
}

func (u *ui) linePanel(r image.Rectangle, s *match.Snapshot) panel {
	q, asks := question(s)
	text := s.Text
	if asks {
		text = q.Text
	}
	notice, alarm := u.state.notice, u.state.alarm
	if u.state.leaving && u.state.closing.IsZero() {
		notice = "Leaving as soon as pending moves are settled."
	}
	if notice == "" && s.State == match.StateOwed && !asks {
		notice = "Put it on your board."
	}
	if notice == text {
		notice = ""
	}
	return panel{rect: r, key: keyOf(text, asks, notice, alarm, s.State), paint: func(c *paint.Canvas) {
		t, sc := u.theme, u.scale
		c.Clear(t.back)
		c.Round(r, 10*sc, t.surface)
		edge := t.border
		switch {
		case asks || wanting(s.State) && !wrong(s.State):
			edge = t.accent
		case wrong(s.State):
			edge = t.alarm
		}
		c.Frame(r, 10*sc, 2*sc, edge)
		l := u.layLine(r, text, notice)
		pad := 12 * sc
		x, y := float32(r.Min.X)+16*sc, float32(r.Min.Y)+pad
		for _, line := range l.text {
			u.write.Draw(c, paint.Medium, l.size, x, y+l.size*0.85, t.text, line)
			y += l.size * 1.25
		}
		small := far * sc
		y = float32(r.Max.Y) - pad - float32(len(l.notice))*small*1.25
		for _, line := range l.notice {
			u.write.Draw(c, paint.Regular, small, x, y+small*0.9, pick(alarm, t.alarm, t.dim), line)
			y += small * 1.25
		}
	}}
}

// lines are a state and the notice below it, as they fit.
type lines struct {
	text, notice []string
	size         float32 // of the text
}

// layLine divides a panel between the state and the notice. The state comes
// first: it is as large as it can be with all of the notice below it, and where
// there is no room for both, the notice is cut off.
func (u *ui) layLine(r image.Rectangle, text, notice string) lines {
	s := u.scale
	width, height := float32(r.Dx())-32*s, float32(r.Dy())-24*s
	const line = 1.25
	var l lines
	for n := 3; n >= 0; n-- {
		l.notice = nil
		if notice != "" && n > 0 {
			l.notice = u.write.Wrap(paint.Regular, far*s, width, n, notice)
		}
		room := height - float32(len(l.notice))*far*s*line
		if len(l.notice) > 0 {
			room -= 6 * s
		}
		for l.size = 26 * s; l.size >= 16*s; l.size -= s {
			l.text = u.write.Wrap(paint.Medium, l.size, width, 9, text)
			if float32(len(l.text))*l.size*line <= room {
				return l
			}
		}
	}
	l.size = 16 * s
	l.text = u.write.Wrap(paint.Medium, l.size, width, max(1, int(height/(l.size*line))), text)
	return l
}
