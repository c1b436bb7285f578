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
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/sim"
	"github.com/gobancam/gobancam/ogs/ogstest"
)

// guided is the simulated person, whose hand goes where somebody says.
type guided struct {
	*person
	tell func(string) // tells who clicks what is to be clicked

	mu     sync.Mutex
	played []board.Move // what the hand was told to play
}

// newGuided lets somebody guide a person's hand; voice, which may be nil, tells
// them what is to be clicked.
func newGuided(p *person, voice func(match.Event)) *guided {
	return &guided{person: p, tell: func(text string) {
		if voice != nil {
			voice(match.Event{Kind: match.EventNote, Text: text})
		}
	}}
}

// patience is how long a click waits for its turn.
const patience = 15 * time.Second

// follow does what comes from hand until ctx ends. What cannot be done yet, as
// before the board is seen, is done when it can; only the newest click counts.
func (g *guided) follow(ctx context.Context, hand <-chan board.Point, shown *atomic.Pointer[match.Snapshot]) {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	want, since := board.Pass, time.Time{}
	told := false
	for {
		select {
		case <-ctx.Done():
			return
		case want = <-hand:
			since = time.Now()
		case <-tick.C:
		}
		s := shown.Load()
		if !told && s != nil && s.State == match.StateYourTurn {
			told = true
			g.tell(textClick)
		}
		if want.IsPass() {
			continue
		}
		done := time.Since(since) > patience
		if done {
			g.tell("The hand did not get to " + want.GTP(size) + ". Click there again.")
		} else if s != nil && s.Size != 0 && want.On(s.Size) {
			g.live.Do(func(w *sim.World) { done = g.goTo(w, s, want) })
			if why := g.wrong(s, want); !done && why != "" {
				g.tell(why)
				done = true
			}
		}
		if done {
			want = board.Pass
		}
	}
}

const textClick = "Click a point of the drawn board: a simulated hand puts your stone there."

// wrong says why nothing is to be done at a point, now or soon; empty while that
// may change by itself.
func (g *guided) wrong(s *match.Snapshot, p board.Point) string {
	var busy bool
	lies := board.Empty
	g.live.Do(func(w *sim.World) { busy, lies = w.Player(sim.South).Busy(), w.Stone(p) })
	has := func(stones []match.Stone) bool {
		return slices.ContainsFunc(stones, func(st match.Stone) bool { return st.Point == p })
	}
	name := p.GTP(s.Size)
	switch {
	case busy || has(s.Owed) || has(s.Prisoners) || has(s.TakeBack) || has(s.Unexpected):
		return ""
	case len(s.Owed) > 0:
		return "First click the ringed point " + s.Owed[0].Point.GTP(s.Size) + ": your opponent's stone goes there."
	case len(s.TakeBack) > 0:
		return "First click the crossed stone " + s.TakeBack[0].Point.GTP(s.Size) + ": it is to be taken off."
	case lies != board.Empty && s.State == match.StateYourTurn:
		return "There is a stone on " + name + " already. Click an empty point."
	case lies != board.Empty:
		return "The stone on " + name + " stays where it is."
	}
	return ""
}

// goTo sends the hand to a point, to do what is to be done there, and reports
// whether it went.
func (g *guided) goTo(w *sim.World, s *match.Snapshot, p board.Point) bool {
	me := w.Player(sim.South)
	if me.Busy() {
		return false
	}
	at := func(stones []match.Stone) *match.Stone {
		for i := range stones {
			if stones[i].Point == p {
				return &stones[i]
			}
		}
		return nil
	}
	lies := w.Stone(p)
	switch owed := at(s.Owed); {
	case owed != nil && lies == board.Empty:
		me.Place(p, owed.Color)
	case lies != board.Empty && (at(s.Prisoners) != nil || at(s.TakeBack) != nil || at(s.Unexpected) != nil):
		me.Take(p)
	case lies == board.Empty && s.State == match.StateYourTurn:
		g.mu.Lock()
		g.played = append(g.played, board.Move{Color: s.Me, Point: p})
		g.mu.Unlock()
		me.Place(p, s.Me)
	default:
		return false
	}
	return true
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
