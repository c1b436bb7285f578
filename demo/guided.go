package demo

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/match"
	"github.com/gobancam/gobancam/ogs/ogstest"
	"github.com/gobancam/gobancam/sim"
)

// guided is the simulated person, whose hand goes where somebody says.
type guided struct {
	*person

	mu     sync.Mutex
	played []board.Move // what the hand was told to play
}

// follow does what comes from hand until ctx ends.
func (g *guided) follow(ctx context.Context, hand <-chan board.Point, shown *atomic.Pointer[match.Snapshot]) {
	for {
		select {
		case <-ctx.Done():
			return
		case p := <-hand:
			if s := shown.Load(); s != nil && s.Size != 0 && p.On(s.Size) {
				g.live.Do(func(w *sim.World) { g.goTo(w, s, p) })
			}
		}
	}
}

// goTo sends the hand to a point, to do what is to be done there.
func (g *guided) goTo(w *sim.World, s *match.Snapshot, p board.Point) {
	me := w.Player(sim.South)
	lies := w.Stone(p)
	for _, st := range s.Owed {
		if st.Point == p && lies == board.Empty {
			me.Place(p, st.Color)
			return
		}
	}
	for _, st := range slices.Concat(s.Prisoners, s.TakeBack, s.Unexpected) {
		if st.Point == p && lies != board.Empty {
			me.Take(p)
			return
		}
	}
	if s.State == match.StateYourTurn && lies == board.Empty && !me.Busy() {
		g.mu.Lock()
		g.played = append(g.played, board.Move{Color: s.Me, Point: p})
		g.mu.Unlock()
		me.Place(p, s.Me)
	}
}

// verdict compares the server's record with what the hand played: its moves
// must all be there, in their order, and no others.
func (g *guided) verdict(out io.Writer, server []board.Move, t *tally) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	var mine []board.Move
	for _, m := range server {
		if m.Color == board.Black && !m.Point.IsPass() {
			mine = append(mine, m)
		}
	}
	if len(t.alarms) > 0 {
		return fmt.Errorf("something that must not happen did: %s", strings.Join(t.alarms, "; "))
	}
	// The last stone may have been set down when the game was left.
	if len(g.played) > len(mine) {
		g.played = g.played[:len(mine)]
	}
	if !slices.Equal(mine, g.played) {
		return fmt.Errorf("%w:\n  played  %s\n  server  %s", ErrDiffers, gtp(g.played), gtp(mine))
	}
	_, err := fmt.Fprintf(out, "\n%d moves of yours, each as it was played.\n", len(mine))
	return err
}

// guest is an opponent who makes legal moves somewhere, passes when the other
// did, and gives up no group as dead.
func guest(seed uint64) ogstest.Opponent {
	chance := rand.New(rand.NewPCG(seed, 11))
	return ogstest.Opponent{Delay: 700 * time.Millisecond, AcceptUndo: true, Move: func(v *ogstest.View) ogstest.Reply {
		if moves := v.Game.Moves(); len(moves) > 0 && moves[len(moves)-1].Point.IsPass() {
			return ogstest.Reply{Point: board.Pass}
		}
		pos := v.Game.Position()
		n := pos.Size()
		for _, i := range chance.Perm(n * n) {
			p := board.Point{X: int8(i % n), Y: int8(i / n)}
			if pos.At(p) == board.Empty && !eye(&pos, p, v.Color) && breathes(pos, p, v.Color) {
				return ogstest.Reply{Point: p}
			}
		}
		return ogstest.Reply{Point: board.Pass}
	}}
}
