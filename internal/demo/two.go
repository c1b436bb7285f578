package demo

import (
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/sim"
)

// Two seats two people at a board that is left to itself. They play against
// each other at random until the board is half full, and pass; what is dead and
// who won is left to whoever looks on. say is given what they tell gobancam.
func (b *Board) Two(say func(match.Command)) {
	b.live.Do(func(w *sim.World) {
		for _, seat := range []sim.Seat{sim.South, sim.North} {
			w.Player(seat).Speed = 1.7
		}
	})
	mind, passed := wander(b.chance), -1
	b.done.Go(func() {
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-b.ended.Done():
				return
			case <-tick.C:
			}
			s := b.shown.Load()
			if s == nil || s.Size == 0 || !s.Locked || s.Phase != game.Playing {
				continue
			}
			mine := *s // it is always somebody's turn
			mine.Me = s.ToMove
			point := board.Pass
			if s.Number < s.Size*s.Size/2 {
				point = mind(&mine)
			}
			pass := false
			b.live.Do(func(w *sim.World) { pass = b.turn(w, s, point) })
			if pass && passed != s.Number && !bothPassed(s) {
				passed = s.Number
				say(match.Command{Kind: match.CmdPass})
			}
		}
	})
}

func bothPassed(s *match.Snapshot) bool {
	n := len(s.Moves)
	return n > 1 && s.Moves[n-1].Point.IsPass() && s.Moves[n-2].Point.IsPass()
}

// turn is the next thing that hands do: prisoners are lifted by who took them,
// then whose turn it is puts a stone down. It reports whether there is nothing
// to do but to pass.
func (b *Board) turn(w *sim.World, s *match.Snapshot, point board.Point) (pass bool) {
	hands := [3]*sim.Player{board.Black: w.Player(sim.South), board.White: w.Player(sim.North)}
	if hands[board.Black].Busy() || hands[board.White].Busy() {
		return false
	}
	if s.State == match.StateSetup {
		if len(s.Questions) == 0 && len(s.Missing) > 0 { // a game that goes on
			st := s.Missing[0]
			hands[st.Color].Place(st.Point, st.Color)
		}
		return false
	}
	var lift []board.Point
	for p := range s.Position.Points() {
		here, there := w.Stone(p), s.Position.At(p)
		switch {
		case here == there:
		case here == board.Empty || there != board.Empty || p == point || !s.HasLast:
			return false // it is about to be seen
		default:
			lift = append(lift, p)
		}
	}
	switch {
	case lift != nil:
		hands[s.Last.Color].Take(lift...)
	case point.IsPass():
		return true
	default:
		hands[s.ToMove].Place(point, s.ToMove)
	}
	return false
}
