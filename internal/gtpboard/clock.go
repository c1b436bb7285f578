package gtpboard

import (
	"math"
	"strconv"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/gtp"
)

// clock is a player's time as the controller told it. The controller keeps the
// time; this one is to be shown, and to be spoken.
type clock struct {
	system   game.ClockSystem
	main     time.Duration
	period   time.Duration
	each     int // stones or periods of the overtime
	left     time.Duration
	n        int // stones or periods left
	overtime bool
	since    time.Time // when it began to run; zero while it stands
}

// set begins anew.
func (c *clock) set(system game.ClockSystem, main, period time.Duration, each int) {
	*c = clock{system: system, main: main, period: period, each: each, left: main, n: each}
	if main == 0 && period > 0 {
		c.left, c.overtime = period, true
	}
}

// now is the clock as it stands, with what has passed since it was told.
func (c clock) now(now time.Time) (at clock, out bool) {
	if c.since.IsZero() || c.system == "" || c.system == game.NoClock {
		return c, false
	}
	c.left -= max(now.Sub(c.since), 0)
	c.since = now
	if c.left <= 0 && !c.overtime && c.period > 0 {
		c.left, c.overtime = c.left+c.period, true
	}
	for c.left <= 0 && c.overtime && c.system == game.ByoYomi && c.n > 1 {
		c.left, c.n = c.left+c.period, c.n-1
	}
	if c.left <= 0 {
		c.left = 0
		return c, true
	}
	return c, false
}

func (c *clock) start(now time.Time) { c.since = now }

func (c *clock) stop(now time.Time) {
	*c, _ = c.now(now)
	c.since = time.Time{}
}

// moved counts a move in the overtime.
func (c *clock) moved() {
	switch {
	case !c.overtime:
	case c.system == game.ByoYomi:
		c.left = c.period
	case c.system == game.Canadian:
		if c.n--; c.n <= 0 {
			c.left, c.n = c.period, c.each
		}
	}
}

// read is the clock as the referee shows it.
func (c clock) read(now time.Time) game.Clock {
	running := !c.since.IsZero()
	at, out := c.now(now)
	k := game.Clock{Left: -1, Running: running, System: c.system}
	switch c.system {
	case "", game.NoClock:
		k.System = game.NoClock
		return k
	case game.ByoYomi:
		k.Periods, k.Period = at.n, at.period
	case game.Canadian:
		k.Stones, k.Period = at.n, at.period
	}
	k.Out, k.Overtime = out, at.overtime
	if at.overtime {
		k.Period, k.Left = at.left, at.left
		if c.system == game.ByoYomi {
			k.Left += time.Duration(max(at.n-1, 0)) * at.period
		}
		return k
	}
	k.Main, k.Left = at.left, at.left+at.period*time.Duration(overtimes(at))
	return k
}

// overtimes is how many periods follow the main time.
func overtimes(c clock) int {
	switch c.system {
	case game.ByoYomi:
		return c.n
	case game.Canadian:
		return 1
	}
	return 0
}

// maxSeconds bounds the times of a controller; ten years are meant for none.
const maxSeconds = 10 * 365 * 24 * 3600

// seconds reads a number of seconds, which programs also write with a fraction.
func seconds(s string) (time.Duration, error) {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(v) || v < 0 || v > maxSeconds {
		return 0, gtp.ErrBadArguments
	}
	return time.Duration(v * float64(time.Second)), nil
}

// count reads a number of stones or periods.
func count(s string) (int, error) {
	v, err := strconv.Atoi(s)
	if err != nil || v < 0 || v > 10_000 {
		return 0, gtp.ErrBadArguments
	}
	return v, nil
}

func (e *Engine) setClocks(system game.ClockSystem, main, period time.Duration, each int) {
	for i := range e.clocks {
		e.clocks[i].set(system, main, period, each)
	}
	e.tellClocks(true)
}

// timeSettings is Canadian overtime; one of no stones means no limit, one of no
// time absolute time.
func (e *Engine) timeSettings(args []string) (string, error) {
	main, err := seconds(args[0])
	if err != nil {
		return "", err
	}
	return "", e.canadian(main, args[1:])
}

func (e *Engine) canadian(main time.Duration, args []string) error {
	if len(args) < 2 {
		return gtp.ErrBadArguments
	}
	period, err := seconds(args[0])
	if err != nil {
		return err
	}
	stones, err := count(args[1])
	switch {
	case err != nil:
		return err
	case period > 0 && stones == 0:
		e.setClocks(game.NoClock, 0, 0, 0)
	case period == 0:
		e.setClocks(game.MainTime, main, 0, 0)
	default:
		e.setClocks(game.Canadian, main, period, stones)
	}
	return nil
}

func (e *Engine) kgsTimeSettings(args []string) (string, error) {
	system, args := args[0], args[1:]
	if system == "none" {
		e.setClocks(game.NoClock, 0, 0, 0)
		return "", nil
	}
	if len(args) == 0 {
		return "", gtp.ErrBadArguments
	}
	main, err := seconds(args[0])
	if err != nil {
		return "", err
	}
	switch system {
	case "absolute":
		e.setClocks(game.MainTime, main, 0, 0)
	case "canadian":
		return "", e.canadian(main, args[1:])
	case "byoyomi":
		if len(args) < 3 {
			return "", gtp.ErrBadArguments
		}
		period, err := seconds(args[1])
		if err != nil {
			return "", err
		}
		periods, err := count(args[2])
		if err != nil {
			return "", err
		}
		if period == 0 || periods == 0 {
			e.setClocks(game.MainTime, main, 0, 0)
			return "", nil
		}
		e.setClocks(game.ByoYomi, main, period, periods)
	default:
		return "", gtp.ErrBadArguments
	}
	return "", nil
}

// timeLeft takes over what the controller says; a count of 0 is main time.
func (e *Engine) timeLeft(args []string) (string, error) {
	color, err := gtp.ParseColor(args[0])
	if err != nil {
		return "", gtp.ErrBadArguments
	}
	left, err := seconds(args[1])
	if err != nil {
		return "", err
	}
	n, err := count(args[2])
	if err != nil {
		return "", err
	}
	c := &e.clocks[color-board.Black]
	switch c.system {
	case "", game.NoClock: // no settings came, but there is a time
		c.set(game.MainTime, left, 0, 0)
		if n > 0 {
			c.set(game.Canadian, 0, left, n)
		}
	case game.MainTime:
		c.left = left
	default:
		c.left, c.overtime = left, n > 0
		if c.n = n; n == 0 {
			c.n = c.each
		}
	}
	e.tellClocks(true)
	return "", nil
}
