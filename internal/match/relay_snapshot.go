package match

import (
	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
)

// Snapshot shows the record and what is seen.
func (r *Relay) Snapshot() *Snapshot {
	s := &Snapshot{At: r.now, Frame: r.frame(), Phase: game.Playing, Questions: r.questions, Online: true,
		Camera: r.eyesErr == nil && r.now-r.lastLook <= r.tune.Blind, State: StateStarting, Text: r.text}
	if r.game == nil {
		return s
	}
	g := r.game
	s.Size, s.Position, s.Number, s.Moves = g.Size(), g.Position(), g.MoveCount(), g.Moves()
	s.Rules, s.Komi, s.Handicap = g.Rules().Name, g.Setup().Komi, g.Setup().Handicap
	s.Last, s.HasLast = g.LastMove()
	if _, ok := g.Edited(); ok && s.HasLast && !s.Last.Point.IsPass() {
		s.HasLast = g.At(s.Last.Point) == s.Last.Color // it may have been taken off
	}
	s.Captures = [2]int{g.Captures(board.Black), g.Captures(board.White)}
	s.ToMove, s.MyTurn, s.State = g.ToMove(), true, StateYourTurn
	s.Text = textToPlay(s.ToMove)
	w := r.watch
	if w == nil || !w.any {
		return s
	}
	s.Locked, s.Spots = w.locked, w.shown()
	s.Covered = float64(w.hidden) / float64(len(w.spots))
	for i, c := range r.ghosts {
		if c != board.Empty {
			s.Prisoners = append(s.Prisoners, Stone{Color: c, Point: w.point(i)})
		}
		if r.trusted[i].on {
			s.Overlooked = append(s.Overlooked, w.point(i))
		}
	}
	switch {
	case !s.Camera:
		s.State, s.Text = StateCameraLost, textCameraGone
	case r.bump != nil || r.unlocked >= 0 && r.now-r.unlocked >= r.tune.Blind/2:
		s.State, s.Text = StateBoardMoved, textLookingAgain
	case r.covered:
		s.State, s.Text = StateCovered, textCovered
	case r.stuckTold, r.goingOn == begunAsked, r.goingOn == begunSetUp:
		view, diff := r.view()
		s.State, s.Text = StateUnexpected, textPuzzled(diff, g.Size())
		if r.swept {
			s.Text = textCleared
		}
		for _, p := range diff {
			if c := view.At(p); c != board.Empty {
				s.Unexpected = append(s.Unexpected, Stone{Color: c, Point: p})
			} else {
				s.Missing = append(s.Missing, Stone{Color: g.At(p), Point: p})
			}
		}
		switch r.goingOn {
		case begunAsked:
			s.State, s.MyTurn, s.Text = StateSetup, false, textBegunFirst
		case begunSetUp:
			s.State, s.MyTurn, s.Text = StateSetup, false, textSetUpBegun(s.Missing, s.Unexpected, g.Size())
		}
	}
	return s
}
