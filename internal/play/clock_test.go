package play

import (
	"testing"
	"time"

	"github.com/gobancam/gobancam/ogs"
)

// TestClocksReadAsTheServersDo: what is shown of a clock is what the client of
// the server would write, whatever the system.
func TestClocksReadAsTheServersDo(t *testing.T) {
	for _, r := range []ogs.SideReading{
		{},
		{System: ogs.NoClock},
		{System: ogs.Absolute, Main: 3723*time.Second + 990*time.Millisecond},
		{System: ogs.Fischer, Main: 76 * time.Hour},
		{System: ogs.Simple, Main: 9850 * time.Millisecond},
		{System: ogs.ByoYomi, Main: 10 * time.Minute, Period: 30 * time.Second, Periods: 5, Length: 30 * time.Second},
		{System: ogs.ByoYomi, Overtime: true, Period: 12400 * time.Millisecond, Periods: 3, Length: 30 * time.Second},
		{System: ogs.ByoYomi, Overtime: true, Out: true},
		{System: ogs.Canadian, Main: time.Minute, Period: 5 * time.Minute, Stones: 20},
		{System: ogs.Canadian, Overtime: true, Period: 299 * time.Second, Stones: 7},
	} {
		c := clock(r, true)
		if c.String() != r.String() || c.Left != r.Total() || !c.Running {
			t.Errorf("%+v reads %q, the server's %q", c, c, r)
		}
	}
}
