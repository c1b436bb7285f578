package match

import (
	"slices"

	"github.com/gobancam/gobancam/board"
)

func (r *Relay) obey(c Command) {
	if c.Kind == CmdQuit {
		r.quit = true
		return
	}
	if r.game == nil {
		return
	}
	if r.Unsettled() {
		switch c.Kind {
		case CmdPass, CmdPlay, CmdUndo, CmdBack, CmdResign, CmdMark, CmdAcceptScore:
			r.event(Event{Kind: EventNote, Text: textBegunFirst, Say: textBegunFirst})
			return
		}
	}
	switch c.Kind {
	case CmdPass:
		r.pass()
	case CmdPlay:
		for _, p := range c.Points {
			m := board.Move{Color: r.game.ToMove(), Point: p}
			if err := r.game.Play(m); err != nil {
				r.event(Event{Kind: EventNote, Text: textIllegal(err)})
				return
			}
			r.wrote(m)
		}
	case CmdBoard:
		r.takeBoard()
	case CmdBack:
		r.goBack(c.Number)
	case CmdUndo:
		if e, ok := r.game.Edited(); ok {
			r.takeBack()
			r.overlook(e.Points())
		} else if m, ok := r.game.LastMove(); ok {
			if r.watch != nil && !m.Point.IsPass() {
				// The stone is on its way off.
				r.ghosts[r.watch.index(m.Point)] = m.Color
			}
			r.takeBack()
			r.dropQuestions()
		}
	case CmdAccept, CmdDeny, CmdCancel:
		r.answer(c)
	case CmdTrust:
		if r.watch == nil {
			return
		}
		_, diff := r.view()
		for _, p := range diff {
			if len(c.Points) == 0 || slices.Contains(c.Points, p) {
				r.trusted[r.watch.index(p)] = trusted{on: true, color: r.watch.spot(p).best()}
			}
		}
		r.bump = nil
	case CmdLook:
		if r.watch != nil {
			r.watch.forget()
			clear(r.trusted)
			r.bump = nil
		}
	}
	r.tried = board.Position{}
}

func (r *Relay) pass() {
	m := board.Move{Color: r.game.ToMove(), Point: board.Pass}
	if err := r.game.Play(m); err != nil {
		r.event(Event{Kind: EventNote, Text: textIllegal(err)})
		return
	}
	r.wrote(m)
	if r.game.Ended() {
		r.event(Event{Kind: EventNote, Text: textBothPassed, Say: textBothPassed})
	}
}

// wrote tells of a move that a user entered.
func (r *Relay) wrote(m board.Move) {
	captured := r.game.LastCaptured()
	r.played = append(r.played, Played{Move: m, Frame: r.frame(), Time: r.now, Confidence: 1})
	r.event(Event{Kind: EventMove, Number: r.game.MoveCount(), Color: m.Color, Point: m.Point, Points: captured.Points(),
		Confidence: 1, Text: textRelayMove(m, captured.Len(), r.game.Size())})
}
