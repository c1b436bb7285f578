package play

import (
	"slices"
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
	clocks   [2]game.Clock
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
	if s.Clocks != t.clocks {
		t.clocks, t.clocksAt = s.Clocks, time.Now().UTC().Truncate(time.Millisecond)
	}
	g.Clocks = [2]game.Clock{}
	if slices.ContainsFunc(t.clocks[:], func(c game.Clock) bool { return c.System != "" }) {
		g.ClocksAt = t.clocksAt
		for i, c := range t.clocks {
			if c.System != "" {
				c.Text = ""
				g.Clocks[i] = c
			}
		}
	}
	t.game = &g
	t.feed.Tell(&g)
}
