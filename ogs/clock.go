package ogs

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
)

// Clock is the server's account of the time in a game. All instants are the
// server's; Session.ServerNow gives its time now.
type Clock struct {
	Current    ID // the player whose clock runs
	Players    [3]ID
	LastMove   time.Time // since when it runs
	Expiration time.Time // when that player loses, if nothing happens
	Sides      [3]SideTime

	// StartMode is set until the first move of a live game: thinking time
	// does not run, and the game is cancelled at Expiration.
	StartMode bool

	Paused      bool
	PausedSince time.Time
	// Pauses says why the clock stands: the server's name of each reason
	// ("paused", "stone-removal", "weekend", "vacation-123", …).
	Pauses map[string]Pause

	// StoneRemoval is set while the players agree on dead stones, which is
	// decided for them at RemovalExpiration.
	StoneRemoval      bool
	RemovalExpiration time.Time
}

// Pause is one reason why a clock stands.
type Pause struct {
	Player     ID  // who asked for it; 0 if nobody
	PausesLeft int // how many that player has left; -1 if not said
}

// SideTime is what one player had left when the clock was last written, by
// system: Thinking for all but simple; Periods and PeriodTime for byo-yomi;
// MovesLeft and BlockTime for Canadian.
type SideTime struct {
	Thinking   time.Duration
	Periods    int
	PeriodTime time.Duration
	MovesLeft  int
	BlockTime  time.Duration
}

// UnmarshalJSON decodes the object of a side. The bare number that simple time
// has there is not relied on, since it is told to mean different things.
func (s *SideTime) UnmarshalJSON(b []byte) error {
	*s = SideTime{}
	var w struct {
		Thinking   seconds `json:"thinking_time"`
		Periods    integer
		PeriodTime seconds `json:"period_time"`
		MovesLeft  integer `json:"moves_left"`
		BlockTime  seconds `json:"block_time"`
	}
	if len(b) == 0 || b[0] != '{' {
		return nil
	}
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	*s = SideTime{time.Duration(w.Thinking), int(w.Periods), time.Duration(w.PeriodTime), int(w.MovesLeft), time.Duration(w.BlockTime)}
	return nil
}

// wirePause is the pause of a clock event or of game data.
type wirePause struct {
	Paused      *flag                      `json:"paused"`
	PausedSince instant                    `json:"paused_since"`
	Control     map[string]json.RawMessage `json:"pause_control"`
}

// wireClock is the JSON form of a clock.
type wireClock struct {
	GameID            ID         `json:"game_id"`
	Current           ID         `json:"current_player"`
	BlackID           ID         `json:"black_player_id"`
	WhiteID           ID         `json:"white_player_id"`
	LastMove          instant    `json:"last_move"`
	Expiration        instant    `json:"expiration"`
	Black             SideTime   `json:"black_time"`
	White             SideTime   `json:"white_time"`
	StartMode         flag       `json:"start_mode"`
	PausedSince       instant    `json:"paused_since"`
	Pause             *wirePause `json:"pause"`
	StoneRemoval      flag       `json:"stone_removal_mode"`
	RemovalExpiration instant    `json:"stone_removal_expiration"`
}

// over returns the clock after w, where before tells what w leaves out: the
// server repeats the pause only when it changes.
func (w *wireClock) over(before Clock) Clock {
	c := Clock{
		Current: w.Current, Players: [3]ID{board.Black: w.BlackID, board.White: w.WhiteID},
		LastMove: w.LastMove.Time, Expiration: w.Expiration.Time,
		Sides:     [3]SideTime{board.Black: w.Black, board.White: w.White},
		StartMode: bool(w.StartMode), StoneRemoval: bool(w.StoneRemoval), RemovalExpiration: w.RemovalExpiration.Time,
		Paused: before.Paused, PausedSince: before.PausedSince, Pauses: before.Pauses,
	}
	if c.Players[board.Black] == 0 && c.Players[board.White] == 0 {
		c.Players = before.Players
	}
	if c.StoneRemoval && c.RemovalExpiration.IsZero() {
		c.RemovalExpiration = c.Expiration
	}
	if w.Pause != nil {
		c.setPause(w.Pause, w.PausedSince.Time)
	}
	return c
}

// setPause takes over a pause as the server tells it. Its paused field is
// right where it is there; paused_since may be left over from an old pause.
func (c *Clock) setPause(p *wirePause, since time.Time) {
	c.Pauses = map[string]Pause{}
	for name, raw := range p.Control {
		var w struct {
			Player     ID       `json:"pausing_player_id"`
			Moderator  ID       `json:"moderator_id"`
			PausesLeft *integer `json:"pauses_left"`
		}
		var off flag
		if isNull(raw) || json.Unmarshal(raw, &off) == nil && !bool(off) {
			continue
		}
		_ = json.Unmarshal(raw, &w) // a bare true has no details
		one := Pause{Player: max(w.Player, w.Moderator), PausesLeft: -1}
		if w.PausesLeft != nil {
			one.PausesLeft = int(*w.PausesLeft)
		}
		c.Pauses[clip(name)] = one
	}
	c.Paused = len(c.Pauses) > 0
	if p.Paused != nil {
		c.Paused = bool(*p.Paused)
	}
	c.PausedSince = p.PausedSince.Time
	if c.PausedSince.IsZero() {
		c.PausedSince = since
	}
	if !c.Paused {
		c.PausedSince, c.Pauses = time.Time{}, nil
	}
}

// stops reports whether the pause keeps the players from moving. On weekends
// and in a vacation the clock stands, but moves may be played.
func (c *Clock) stops() bool {
	if !c.Paused {
		return false
	}
	for name := range c.Pauses {
		if name != "weekend" && !strings.HasPrefix(name, "vacation") {
			return true
		}
	}
	return len(c.Pauses) == 0
}

// Color returns which player's clock the server runs; Empty if nobody's.
func (c *Clock) Color() board.Color {
	switch c.Current {
	case 0:
	case c.Players[board.Black]:
		return board.Black
	case c.Players[board.White]:
		return board.White
	}
	return board.Empty
}

// elapsed is how long the current player has been thinking at now.
func (c *Clock) elapsed(now time.Time) time.Duration {
	if c.StartMode || c.LastMove.IsZero() {
		return 0
	}
	if c.Paused || c.StoneRemoval {
		now = c.PausedSince
		if now.IsZero() {
			now = c.LastMove
		}
	}
	return max(now.Sub(c.LastMove), 0)
}

// Reading is what a clock shows at one moment.
type Reading struct {
	Sides   [3]game.Clock // by board.Color
	Running board.Color   // whose time runs now; Empty while all stands
	Paused  bool
	// Deadline is how long until the server acts by itself: until the first
	// move has to be made in StartMode, until stones are accepted in
	// StoneRemoval. Zero otherwise.
	Deadline     time.Duration
	StartMode    bool
	StoneRemoval bool
}

// At returns what the clock shows at the server's time now under t. It is what
// is left in truth: nothing is subtracted for the network's latency, for which
// the server has a grace of its own.
func (c *Clock) At(now time.Time, t TimeControl) Reading {
	r := Reading{Paused: c.Paused, StartMode: c.StartMode, StoneRemoval: c.StoneRemoval}
	current := c.Color()
	for _, side := range []board.Color{board.Black, board.White} {
		var used time.Duration
		if side == current {
			used = c.elapsed(now)
		}
		r.Sides[side] = c.Sides[side].after(used, t)
	}
	switch {
	case c.StoneRemoval:
		r.Deadline = until(c.RemovalExpiration, now)
	case c.StartMode:
		r.Deadline = until(c.Expiration, now)
		if current != board.Empty {
			r.Sides[current].Start = r.Deadline
		}
	case !c.Paused && current != board.Empty:
		r.Running = current
		r.Sides[current].Running = true
	}
	return r
}

func until(t, now time.Time) time.Duration {
	if t.IsZero() {
		return 0
	}
	return max(t.Sub(now), 0)
}

// after is what s shows when its player has been thinking for used.
func (s SideTime) after(used time.Duration, t TimeControl) game.Clock {
	left := s.Thinking - used
	switch t.System {
	case Simple:
		left = t.Main - used
		fallthrough
	case Fischer, Absolute:
		return game.Clock{System: game.MainTime, Main: max(left, 0), Left: max(left, 0), Out: left <= 0}
	case ByoYomi:
		return s.afterByoYomi(left, t)
	case Canadian:
		return s.afterCanadian(left, t)
	}
	return game.Clock{System: game.NoClock, Left: -1}
}

// afterByoYomi is after with left of the main time, which is less than nothing
// in a period.
func (s SideTime) afterByoYomi(left time.Duration, t TimeControl) game.Clock {
	period := s.PeriodTime
	if period <= 0 {
		period = t.Period
	}
	r := game.Clock{System: game.ByoYomi, Main: max(left, 0), Period: period, Periods: s.Periods}
	if left <= 0 {
		r.Overtime = true
		if period > 0 {
			r.Periods = s.Periods - int(-left/period)
			r.Period = period - -left%period
		}
		if r.Periods <= 0 {
			r.Periods, r.Period, r.Out = 0, 0, true
		}
	}
	r.Left = r.Main
	if r.Periods != 0 {
		r.Left += r.Period + times(r.Periods-1, period)
	}
	return r
}

// afterCanadian is after with left of the main time, which is less than nothing
// in a block.
func (s SideTime) afterCanadian(left time.Duration, t TimeControl) game.Clock {
	r := game.Clock{System: game.Canadian, Main: max(left, 0), Period: s.BlockTime, Stones: s.MovesLeft}
	if left > 0 {
		if r.Period <= 0 {
			r.Period = t.Period
		}
		if r.Stones <= 0 {
			r.Stones = t.Stones
		}
	} else {
		r.Overtime = true
		r.Period = max(s.BlockTime+left, 0)
		r.Out = r.Period <= 0
	}
	r.Left = r.Main + r.Period
	return r
}

// times is n·d, but no more than a clock can have.
func times(n int, d time.Duration) time.Duration {
	switch {
	case n <= 0 || d <= 0:
		return 0
	case d > maxTime/time.Duration(n):
		return maxTime
	}
	return time.Duration(n) * d
}
