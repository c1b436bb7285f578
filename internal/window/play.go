package window

import (
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/window/paint"
)

// playFace is the view of a game.
type playFace struct {
	armed  string // the key to be pressed again
	until  time.Time
	cursor board.Point // of the arrow keys, in stone removal
	aims   bool        // it is shown
	watch  int         // which page of those who watch is shown in place of the camera, from 1; 0 for none
	laid   playLayout
	keys   []button
	focus  string // the label of the button that Tab went to
}

// textNoClick answers a click on the drawn board during a game.
const textNoClick = "Stones are played on the board in front of you; this one shows the game."

// sure is the time within which a key must be pressed again to confirm.
const sure = 4 * time.Second

// question returns the one that is before the user.
func question(s *match.Snapshot) (match.Question, bool) {
	if s == nil {
		return match.Question{}, false
	}
	return s.Asked()
}

func (f *playFace) scene(u *ui) scene {
	f.laid = layPlay(u.size, u.scale, u.w.opt.allButtons(len(u.state.watch) > 0))
	if !f.until.IsZero() && time.Now().After(f.until) {
		f.armed, f.until = "", time.Time{}
	}
	s := u.state.snap
	sc := scene{}
	if f.watch > len(u.state.watch) {
		f.watch = 0
	}
	if f.watch > 0 {
		sc.panels = append(sc.panels, u.watchPanel(f.laid.camera, u.state.watch[f.watch-1]))
	} else {
		sc.camera(u, f.laid.camera, true)
	}
	if s == nil {
		s = &match.Snapshot{State: match.StateStarting, Text: "Starting.", Frame: -1}
	}
	sc.panels = append(sc.panels, u.lightsPanel(f.laid.lights, s), u.linePanel(f.laid.line, s))
	f.keys = f.buttonsOf(u)
	for _, b := range f.keys {
		if b.label != "" {
			sc.panels = append(sc.panels, u.buttonPanel(b))
		}
	}
	for i, r := range f.cells(u) { // what was there before goes away
		if i >= len(f.keys) || f.keys[i].label == "" {
			sc.panels = append(sc.panels, panel{rect: r, key: "blank", paint: func(c *paint.Canvas) { c.Clear(u.theme.back) }})
		}
	}

	below, above := 0, 1 // black at the bottom, unless white is mine
	if s.Me == board.White {
		below, above = 1, 0
	}
	sc.panels = append(sc.panels, u.playerPanel(f.laid.top, s, above), u.playerPanel(f.laid.bottom, s, below))
	p := position{Size: 19, Board: board.NewPosition(19)}
	if s.Size > 0 {
		p = boardOf(s)
	}
	if f.aims && s.Phase == game.StoneRemoval {
		p.Marks = append(p.Marks, mark{Kind: markCursor, Point: f.cursor})
	}
	sc.panels = append(sc.panels, panel{rect: f.laid.board, key: keyOf(p.Size, p.Board.Rows(), p.Marks), paint: func(c *paint.Canvas) {
		c.Clear(u.theme.back)
		u.goban.draw(c, f.laid.board, u, p)
	}})
	return sc
}

func (f *playFace) handle(u *ui, e event) {
	switch e.kind {
	case pressed:
		f.focus = ""
		if b, ok := hit(f.keys, e.at); ok {
			f.key(u, b.key)
			return
		}
		s := u.state.snap
		if s == nil || s.Size == 0 || !e.at.In(f.laid.board) {
			return
		}
		p, ok := layBoard(f.laid.board, s.Size).point(e.at)
		switch {
		case !ok:
		case s.Phase == game.StoneRemoval:
			f.aims = false
			u.w.do(match.Command{Kind: match.CmdMark, Points: []board.Point{p}})
		case s.Phase == game.Playing && s.Me == board.Empty && s.Result == nil && s.Position.At(p) != board.Empty:
			f.back(u, s, p)
		case s.Phase == game.Playing && u.w.opt.Point != nil:
			u.w.opt.Point(p)
		case s.Phase == game.Playing && s.Result == nil:
			u.w.Notice(textNoClick)
		}
	case keyDown:
		if e.key == "Tab" && e.shift {
			e.key = "Shift+Tab"
		}
		f.key(u, e.key)
	}
}
