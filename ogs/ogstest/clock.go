package ogstest

import (
	"maps"
	"math"
	"time"

	"github.com/gobancam/gobancam/board"
)

// TimeControl is how time is counted. The zero value stands for Fischer time
// of ten minutes with ten seconds.
type TimeControl struct {
	System    string // fischer, byoyomi, canadian, simple, absolute, none
	Speed     string // "live" if empty
	Main      time.Duration
	Increment time.Duration
	Max       time.Duration
	Period    time.Duration
	Periods   int
	Stones    int
}

func (t TimeControl) params() map[string]any {
	p := map[string]any{"system": t.System, "time_control": t.System, "speed": t.Speed, "pause_on_weekends": false}
	switch t.System {
	case "fischer":
		p["initial_time"], p["time_increment"], p["max_time"] = t.Main.Seconds(), t.Increment.Seconds(), t.Max.Seconds()
	case "byoyomi":
		p["main_time"], p["period_time"], p["periods"] = t.Main.Seconds(), t.Period.Seconds(), t.Periods
	case "canadian":
		p["main_time"], p["period_time"], p["stones_per_period"] = t.Main.Seconds(), t.Period.Seconds(), t.Stones
	case "simple":
		p["per_move"] = t.Main.Seconds()
	case "absolute":
		p["total_time"] = t.Main.Seconds()
	}
	return p
}

// clock keeps the time of a game.
type clock struct {
	tc      TimeControl
	last    time.Time // since when the current player thinks
	start   bool      // nobody has moved yet
	sides   [3]sideTime
	pauses  map[string]any
	since   time.Time // of the pause
	changed bool      // the pause changed and has not been told
}

type sideTime struct {
	thinking time.Duration
	periods  int
	block    time.Duration
	moves    int
}

func newClock(tc TimeControl, now time.Time) *clock {
	side := sideTime{thinking: tc.Main, periods: tc.Periods, block: tc.Period, moves: tc.Stones}
	return &clock{tc: tc, last: now, start: tc.Speed != "correspondence" && tc.System != "none",
		sides: [3]sideTime{board.Black: side, board.White: side}, pauses: map[string]any{}}
}

func (c *clock) elapsed(now time.Time) time.Duration {
	if c.start {
		return 0
	}
	if len(c.pauses) > 0 {
		now = c.since
	}
	return max(now.Sub(c.last), 0)
}

// left is how long the player may still think before the game is lost; false
// without a clock.
func (c *clock) left(side board.Color, now time.Time) (time.Duration, bool) {
	s := c.sides[side]
	var all time.Duration
	switch c.tc.System {
	case "fischer", "absolute":
		all = s.thinking
	case "simple":
		all = c.tc.Main
	case "byoyomi":
		all = s.thinking + time.Duration(s.periods)*c.tc.Period
	case "canadian":
		all = s.thinking + s.block
	default:
		return 0, false
	}
	return all - c.elapsed(now), true
}

// moved takes the time that a move took from its player's clock.
func (c *clock) moved(side board.Color, now time.Time) {
	used := c.elapsed(now)
	s := &c.sides[side]
	left := s.thinking - used
	switch c.tc.System {
	case "fischer":
		s.thinking = min(left+c.tc.Increment, c.tc.Max)
	case "absolute":
		s.thinking = left
	case "byoyomi":
		s.thinking = max(left, 0)
		if left < 0 {
			s.periods -= int(-left / c.tc.Period)
		}
	case "canadian":
		s.thinking = max(left, 0)
		if left <= 0 {
			s.block += left
			if s.moves--; s.moves <= 0 {
				s.moves, s.block = c.tc.Stones, c.tc.Period
			}
		}
	}
	c.start = false
	c.last = now
}

func (c *clock) pause(reason string, detail any, now time.Time) {
	if len(c.pauses) == 0 {
		c.since = now
	}
	c.pauses[reason] = detail
	c.changed = true
}

func (c *clock) resume(reason string, now time.Time) {
	if _, ok := c.pauses[reason]; !ok {
		return
	}
	used := c.elapsed(now)
	delete(c.pauses, reason)
	c.changed = true
	if len(c.pauses) == 0 {
		c.last = now.Add(-used)
	}
}

func ms(t time.Time) int64 { return t.UnixMilli() }

// sideJSON is black_time or white_time.
func (c *clock) sideJSON(s sideTime) any {
	seconds := func(d time.Duration) float64 { return math.Round(d.Seconds()*1000) / 1000 }
	switch c.tc.System {
	case "fischer":
		return map[string]any{"thinking_time": seconds(s.thinking), "skip_bonus": false}
	case "absolute":
		return map[string]any{"thinking_time": seconds(s.thinking)}
	case "byoyomi":
		return map[string]any{"thinking_time": seconds(s.thinking), "periods": s.periods, "period_time": seconds(c.tc.Period)}
	case "canadian":
		return map[string]any{"thinking_time": seconds(s.thinking), "moves_left": s.moves, "block_time": seconds(s.block)}
	case "simple":
		return ms(c.last.Add(c.tc.Main)) // a timestamp, as was seen
	}
	return nil
}

// clockJSON is the clock as events carry it; full as game data carries it.
func (g *Game) clockJSON(full bool) map[string]any {
	c, now := g.clock, time.Now()
	toMove := g.board.ToMove()
	j := map[string]any{
		"game_id": g.ID, "title": g.spec.Name, "current_player": g.players[toMove].ID,
		"black_player_id": g.players[board.Black].ID, "white_player_id": g.players[board.White].ID,
		"last_move": ms(c.last), "black_time": c.sideJSON(c.sides[board.Black]), "white_time": c.sideJSON(c.sides[board.White]),
		"now": ms(now),
	}
	if left, ok := c.left(toMove, now); ok {
		j["expiration"] = ms(now.Add(left))
	}
	if c.start && g.phase == "play" {
		j["start_mode"], j["expiration"] = true, ms(c.last.Add(g.s.opt.StartClock))
	}
	if g.phase == "stone removal" {
		j["stone_removal_mode"], j["stone_removal_expiration"] = true, ms(g.removalEnds)
	}
	if c.changed || full && len(c.pauses) > 0 {
		paused := len(c.pauses) > 0
		p := map[string]any{"paused": paused, "pause_control": maps.Clone(c.pauses)}
		if g.s.opt.OldForms {
			p["paused"] = 0
			if paused {
				p["paused"] = 1
			}
		}
		if !c.since.IsZero() {
			p["paused_since"], j["paused_since"] = ms(c.since), ms(c.since)
		}
		j["pause"] = p
	}
	return j
}
