package window

import (
	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/match"
)

// boardOf returns what to draw of a snapshot: the server's position, and marks
// for what to do on the real board.
func boardOf(s *match.Snapshot) position {
	p := position{Size: s.Size, Board: s.Position}
	put := func(kind markKind, color board.Color, pt board.Point, part float64) {
		if pt.On(s.Size) {
			p.Marks = append(p.Marks, mark{kind, color, pt, part})
		}
	}
	if s.HasLast && s.Phase != game.StoneRemoval {
		put(markLast, s.Last.Color, s.Last.Point, 0)
	}
	for _, st := range s.Missing {
		put(markMissing, st.Color, st.Point, 0)
	}
	for _, st := range s.Unexpected {
		put(markWrong, st.Color, st.Point, 0)
	}
	for _, st := range s.Prisoners {
		put(markLift, st.Color, st.Point, 0)
	}
	for _, st := range s.TakeBack {
		put(markLift, st.Color, st.Point, 0)
	}
	for _, st := range s.Owed {
		put(markOwed, st.Color, st.Point, 0)
	}
	for _, d := range s.Dead { // above what is to be put there
		put(markDead, board.Empty, d, 0)
	}
	if m := s.Misplaced; m != nil {
		put(markWrong, m.Stone.Color, m.Actual, 0)
	}
	switch {
	case s.Pending != nil:
		put(markPending, s.Pending.Move.Color, s.Pending.Move.Point, 0)
	case s.Candidate != nil && s.Phase == game.Playing:
		put(markTrial, s.Candidate.Move.Color, s.Candidate.Move.Point, float64(int(s.Candidate.Held*8))/8)
	}
	return p
}
