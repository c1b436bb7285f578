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
		pad := 16 * sc
		x, width := float32(r.Min.X)+pad, float32(r.Dx())-2*pad
		y := float32(r.Min.Y) + pad
		// The sentence is drawn as large as the space above the notice allows.
		size, lines := 26*sc, []string(nil)
		room := float32(r.Dy()) - 2*pad
		if notice != "" {
			room -= 40 * sc
		}
		for ; size > 15*sc; size -= sc {
			lines = u.write.Wrap(paint.Medium, size, width, 6, text)
			if float32(len(lines))*size*1.25 <= room {
				break
			}
		}
		for _, l := range lines {
			u.write.Draw(c, paint.Medium, size, x, y+size*0.85, t.text, l)
			y += size * 1.25
		}
		if notice != "" {
			col := t.dim
			if alarm {
				col = t.alarm
			}
			small := 14 * sc
			ls := u.write.Wrap(paint.Regular, small, width, 2, notice)
			y = float32(r.Max.Y) - pad - float32(len(ls)-1)*small*1.3
			for _, l := range ls {
				u.write.Draw(c, paint.Regular, small, x, y, col, l)
				y += small * 1.3
			}
		}
	}}
}
