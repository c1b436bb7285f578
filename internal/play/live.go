package play

import (
	"strconv"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/live"
	"github.com/gobancam/gobancam/internal/match"
)

// relayed completes a game at one board, of which the record's part is told: it
// began at this time, and stands as s says.
func relayed(g *live.Game, s *match.Snapshot, began time.Time) *live.Game {
	g.Began = began.UTC().Truncate(time.Millisecond)
	g.ID = "board-" + strconv.FormatInt(g.Began.UnixMilli(), 36)
	stands(g, s)
	if s.Result == nil && bothPassed(g.Steps) {
		g.Phase, g.ToMove = game.StoneRemoval, board.Empty
	}
	return g
}

func bothPassed(steps []live.Step) bool {
	n := len(steps)
	return n >= 2 && steps[n-1].Setup == nil && steps[n-2].Setup == nil && steps[n-1].Point.IsPass() && steps[n-2].Point.IsPass()
}

// stands says how a game stands, besides its record.
func stands(g *live.Game, s *match.Snapshot) {
	g.Phase, g.Dead, g.Camera = s.Phase, nil, unseen(s.State)
	if len(s.Dead) > 0 {
		g.Dead = board.SetOf(s.Dead...).Points()
	}
	if g.Phase != game.Playing {
		g.ToMove = board.Empty
	}
}

// unseen says to watchers what cannot be seen of the board now; "" while all is
// in view.
func unseen(s match.State) string {
	switch s {
	case match.StateCameraLost:
		return "The camera gives no picture."
	case match.StateBoardMoved:
		return "The board was moved and is being looked at again."
	case match.StateCovered:
		return "The board is covered."
	case match.StateSetup:
		return "The board is being set up."
	case match.StateConnectionLost:
		return "The server of the game cannot be reached."
	}
	return ""
}

// teller tells an online game to those who watch.
type teller struct {
	feed     *live.Feed // nil for none
	game     *live.Game // as it was told last; nil before
	heard    [2]game.Clock // as the referee has them
	clocks   [2]game.Clock // as they were told
	clocksAt time.Time
}

// tell tells a game whose record is new, and stands as s says.
func (t *teller) tell(g *live.Game, s *match.Snapshot) {
	if t.feed == nil {
		return
	}
	g.ID = "game-" + strconv.FormatInt(s.ID, 10)
	if s.Result != nil {
		g.Ending = live.Ending(*s.Result)
	}
	t.game = g
	t.goOn(s)
}

// goOn tells what changed besides the record.
func (t *teller) goOn(s *match.Snapshot) {
	if t.feed == nil || t.game == nil {
		return
	}
	g := *t.game
	if s.ToMove != board.Empty && s.Result == nil {
		g.ToMove = s.ToMove
	}
	stands(&g, s)
	if s.Clocks != t.heard { // else they are as old as before
		t.heard = s.Clocks
		if now := time.Now(); !runOn(t.clocks, s.Clocks, now.Sub(t.clocksAt)) {
			t.clocks, t.clocksAt = s.Clocks, now.UTC().Truncate(time.Millisecond)
		}
	}
	for i, c := range t.clocks {
		g.Clocks[i] = game.Clock{}
		if c.System != "" && c.System != game.NoClock {
			g.Clocks[i], g.ClocksAt = c, t.clocksAt
		}
	}
	t.game = &g
	t.feed.Tell(&g)
}

// clockDrift is how far a clock may be from where those who watch have counted
// it on to, before it is told again.
const clockDrift = 400 * time.Millisecond

// runOn reports whether clocks are what others have become by themselves in the
// time since those were told: whoever watches counts on alone.
func runOn(told, now [2]game.Clock, since time.Duration) bool {
	for i := range told {
		a, b := told[i], now[i]
		want := a.Left
		if a.Running {
			want -= since
		}
		if off := b.Left - want; off < -clockDrift || off > clockDrift {
			return false
		}
		if a.Running != b.Running || a.System != b.System || a.Overtime != b.Overtime || a.Out != b.Out || a.Periods != b.Periods || a.Stones != b.Stones {
			return false
		}
	}
	return true
}
