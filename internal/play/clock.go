package play

import (
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/ogs"
)

// clock is one side's reading of a server's clock.
func clock(r ogs.SideReading, running bool) match.Clock {
	c := match.Clock{System: match.NoClock, Left: r.Total(), Running: running, Out: r.Out}
	switch r.System {
	case ogs.ByoYomi:
		c.System, c.Main, c.Period, c.Periods, c.Overtime = match.ByoYomi, r.Main, r.Period, r.Periods, r.Overtime
	case ogs.Canadian:
		c.System, c.Main, c.Period, c.Stones, c.Overtime = match.Canadian, r.Main, r.Period, r.Stones, r.Overtime
	case ogs.Fischer, ogs.Absolute, ogs.Simple:
		c.System, c.Main = match.MainTime, r.Main
	}
	return c
}
