package engine

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/gobancam/gobancam/game"
)

// Time is how much of it each player has. The zero value is no clock.
type Time struct {
	System  game.ClockSystem // "", game.MainTime, game.ByoYomi or game.Canadian
	Main    time.Duration
	Period  time.Duration
	Periods int // byo-yomi
	Stones  int // Canadian: to be played in a Period
}

// ParseTime reads a time: "none" or "" for no clock, "30m" for main time only,
// "10m+5x30s" for byo-yomi, "10m+5m/20" for 20 stones in each five minutes.
func ParseTime(s string) (Time, error) {
	fail := func() (Time, error) {
		return Time{}, fmt.Errorf("%.40q is no time: 30m is main time, 10m+5x30s adds byo-yomi, 10m+5m/20 adds 20 stones in each 5 minutes, none is no clock", s)
	}
	t := strings.ToLower(strings.ReplaceAll(s, " ", ""))
	if t == "" || t == "none" {
		return Time{}, nil
	}
	main, after, over := strings.Cut(t, "+")
	duration := func(s string, least time.Duration) (time.Duration, bool) {
		if s == "0" {
			s = "0s"
		}
		d, err := time.ParseDuration(s)
		return d, err == nil && d >= least && d <= 100*time.Hour
	}
	out := Time{System: game.MainTime}
	var ok bool
	if out.Main, ok = duration(main, 0); !ok {
		return fail()
	}
	if !over {
		if out.Main == 0 {
			return fail()
		}
		return out, nil
	}
	count := func(s string) (int, bool) {
		n, err := strconv.Atoi(s)
		return n, err == nil && n >= 1 && n <= 100
	}
	if n, period, x := strings.Cut(strings.ReplaceAll(after, "×", "x"), "x"); x {
		out.System = game.ByoYomi
		if out.Periods, ok = count(n); !ok {
			return fail()
		}
		if out.Period, ok = duration(period, time.Second); !ok {
			return fail()
		}
		return out, nil
	}
	period, stones, slash := strings.Cut(after, "/")
	out.System = game.Canadian
	if out.Stones, ok = count(stones); !ok || !slash {
		return fail()
	}
	if out.Period, ok = duration(period, time.Second); !ok {
		return fail()
	}
	return out, nil
}

// String writes the time as ParseTime reads it.
func (t Time) String() string {
	short := func(d time.Duration) string {
		s := d.String()
		if strings.HasSuffix(s, "m0s") {
			s = s[:len(s)-2]
		}
		if strings.HasSuffix(s, "h0m") {
			s = s[:len(s)-2]
		}
		return s
	}
	switch t.System {
	case game.MainTime:
		return short(t.Main)
	case game.ByoYomi:
		return fmt.Sprintf("%s+%dx%s", short(t.Main), t.Periods, short(t.Period))
	case game.Canadian:
		return fmt.Sprintf("%s+%s/%d", short(t.Main), short(t.Period), t.Stones)
	}
	return "none"
}

// clock is what one player has left.
type clock struct {
	of      Time
	main    time.Duration
	over    bool          // in overtime
	period  time.Duration // left of it
	periods int           // with the running one
	stones  int           // still to be played in the period
	out     bool
}

func newClock(t Time) clock {
	c := clock{of: t, main: t.Main, period: t.Period, periods: t.Periods, stones: t.Stones}
	c.spend(0)
	return c
}

// spend takes time off, and reports whether the flag falls with it.
func (c *clock) spend(d time.Duration) (fallen bool) {
	if c.of.System == "" || c.out {
		return false
	}
	if !c.over {
		if c.main > d {
			c.main -= d
			return false
		}
		d -= c.main
		c.main, c.over = 0, true
		if c.of.System == game.MainTime {
			c.out = true
			return true
		}
	}
	for d >= c.period {
		d -= c.period
		if c.of.System == game.Canadian || c.periods <= 1 {
			c.period, c.periods, c.out = 0, 0, true
			return true
		}
		c.periods--
		c.period = c.of.Period
	}
	c.period -= d
	return false
}

// moved is told that a move was made in time.
func (c *clock) moved() {
	if !c.over || c.out {
		return
	}
	switch c.of.System {
	case game.ByoYomi:
		c.period = c.of.Period
	case game.Canadian:
		if c.stones--; c.stones <= 0 {
			c.stones, c.period = c.of.Stones, c.of.Period
		}
	}
}

// left is how long it takes until the flag falls.
func (c clock) left() time.Duration {
	switch {
	case c.of.System == "":
		return -1
	case c.out:
		return 0
	case c.of.System == game.MainTime:
		return c.main
	case c.of.System == game.Canadian:
		return c.main + c.period
	}
	return c.main + c.period + time.Duration(c.periods-1)*c.of.Period
}

// after is the clock when d more has passed.
func (c clock) after(d time.Duration) clock {
	c.spend(d)
	return c
}

// shown is the clock as the referee takes it.
func (c clock) shown(running bool) game.Clock {
	if c.of.System == "" {
		return game.Clock{Left: -1, System: game.NoClock}
	}
	g := game.Clock{Left: c.left(), Running: running, System: c.of.System, Main: c.main, Overtime: c.over, Out: c.out}
	if c.of.System != game.MainTime {
		g.Period = c.period
	}
	switch c.of.System {
	case game.ByoYomi:
		g.Periods = c.periods
	case game.Canadian:
		g.Stones = c.stones
	}
	if c.of.System == game.MainTime {
		g.Overtime = false
	}
	return g
}

// Left is a clock as time_left tells it: seconds of the main time with no
// stones, or of the period, with how many stones are to be played in it, or how
// many periods there are.
type Left struct{ Seconds, Stones int }

func (c clock) gtp() Left {
	switch {
	case !c.over:
		return Left{Seconds: int(c.main / time.Second)}
	case c.of.System == game.Canadian:
		return Left{int(c.period / time.Second), c.stones}
	case c.of.System == game.ByoYomi:
		return Left{int(c.period / time.Second), c.periods}
	}
	return Left{}
}

// setTime tells the program how much time there is: in the words that were
// added to the protocol for byo-yomi, where it lists them, else as one stone in
// each period, which is the same but for the periods that may be lost.
func (d *driver) setTime(ctx context.Context) error {
	t := d.time
	s := func(d time.Duration) string { return strconv.Itoa(int(d / time.Second)) }
	switch {
	case t.System == "":
		return nil
	case d.can["kgs-time_settings"] && t.System == game.ByoYomi:
		return d.tell(ctx, "kgs-time_settings", "byoyomi", s(t.Main), s(t.Period), strconv.Itoa(t.Periods))
	case t.System == game.ByoYomi:
		return d.tell(ctx, "time_settings", s(t.Main), s(t.Period), "1")
	case t.System == game.Canadian:
		return d.tell(ctx, "time_settings", s(t.Main), s(t.Period), strconv.Itoa(t.Stones))
	}
	return d.tell(ctx, "time_settings", s(t.Main), "0", "0")
}
