package window

import (
	"fmt"
	"image"
	"strings"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/window/paint"
)

// lamp shows whether something works, by shape as well as colour: filled or
// crossed.
type lamp struct {
	Text string
	OK   bool
	Off  bool // neither
}

func lampsOf(s *match.Snapshot, muted bool) []lamp {
	there, gone := "Online", "Offline"
	if s.Other != "" {
		there, gone = strings.ToUpper(s.Other[:1])+s.Other[1:]+" ready", "No "+s.Other
	}
	server := lamp{there, true, false}
	if !s.Online {
		server = lamp{gone, false, s.State == match.StateStarting}
	}
	eyes := lamp{"Sees the board", true, false}
	switch {
	case s.Frame < 0:
		eyes = lamp{"Camera", false, true}
	case !s.Camera:
		eyes = lamp{"No camera", false, false}
	case !s.Locked:
		eyes = lamp{"Looking for the board", false, false}
	case s.Covered > 0.02:
		eyes = lamp{"Board covered", false, true}
	}
	lamps := []lamp{server, eyes}
	if s.Me == board.Empty && s.Size > 0 { // no server
		lamps = lamps[1:]
	}
	if muted {
		lamps = append(lamps, lamp{"Muted", false, true})
	}
	return lamps
}

func (u *ui) lightsPanel(r image.Rectangle, s *match.Snapshot) panel {
	lamps := lampsOf(s, u.state.muted)
	where := ""
	if s.Size > 0 {
		where = fmt.Sprintf("Move %d", s.Number)
		if s.Phase == game.StoneRemoval {
			where = "Scoring"
		}
	}
	return panel{rect: r, key: keyOf(lamps, where), paint: func(c *paint.Canvas) {
		c.Clear(u.theme.back)
		u.lamps(c, r, lamps, where)
	}}
}

func (u *ui) lamps(c *paint.Canvas, r image.Rectangle, lamps []lamp, right string) {
	t, s := u.theme, u.scale
	x, y := float32(r.Min.X), float32(r.Min.Y+r.Dy()/2)
	size := far * s
	end := float32(r.Max.X) - u.write.Width(paint.Regular, size, right)
	u.write.Draw(c, paint.Regular, size, end, y+size*0.36, t.dim, right)
	for _, l := range lamps {
		u.lamp(c, x+6*s, y, l)
		x += 18 * s
		x += u.write.Draw(c, paint.Regular, size, x, y+size*0.36, t.text, u.write.Fit(paint.Regular, size, max(20*s, end-x-8*s), l.Text)) + 16*s
	}
}

func (u *ui) lamp(c *paint.Canvas, x, y float32, l lamp) {
	t, s := u.theme, u.scale
	switch {
	case l.OK:
		c.Circle(x, y, 5.5*s, t.good)
	case l.Off:
		c.Ring(x, y, 4.5*s, 2*s, t.dim)
	default:
		c.Cross(x, y, 4.5*s, 2.5*s, t.alarm)
	}
}
