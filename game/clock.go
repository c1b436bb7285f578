package game

import (
	"fmt"
	"strings"
	"time"
)

// What a clock says in words.
const (
	textNoClock = "no clock"
	textTimeUp  = "time is up"
)

// ClockSystem is how a clock counts.
type ClockSystem string

// The systems. In byo-yomi, periods follow the main time, each of which begins
// anew with a move made in it; in Canadian overtime, a number of stones is to be
// played in a period.
const (
	NoClock  ClockSystem = "none"
	MainTime ClockSystem = "main" // and nothing after it: absolute, Fischer, simple
	ByoYomi  ClockSystem = "byoyomi"
	Canadian ClockSystem = "canadian"
)

// Clock is one player's time at the moment that it was told. It is what is left
// in truth, with nothing taken off for the network. How it follows from what a
// server tells stands in docs/ogs.md.
type Clock struct {
	Left    time.Duration // until the game is lost, if nothing is played; negative without a clock
	Running bool

	// Start is until the game is cancelled if this player has not moved: before
	// the first moves of a live game, while the clocks stand. Zero otherwise.
	Start time.Duration `json:",omitzero"`

	System   ClockSystem   `json:",omitzero"` // empty: nothing is known, or only Text
	Main     time.Duration `json:",omitzero"` // main time left
	Period   time.Duration `json:",omitzero"` // time left in the period that runs, or that comes first
	Periods  int           `json:",omitzero"` // byo-yomi: how many there are, with the running one
	Stones   int           `json:",omitzero"` // Canadian: to be played in Period
	Overtime bool          `json:",omitzero"` // the main time is over
	Out      bool          `json:",omitzero"` // the time is up

	// Text is all that recordings of version 0.1 tell: what String returns.
	Text string `json:",omitzero"`
}

// ClockReading is a clock at a later moment, for a screen or a voice.
type ClockReading struct {
	Left     time.Duration // until the main time or the period ends, to the tenth of a second, cut off
	Reserve  string        // what comes after it: "+ 5×30", "×3", "last"
	Overtime bool          // it is a period that is running down
}

// Read counts on from the clock: age is how long ago it was told. It returns
// false where there is no time to show.
func (c Clock) Read(age time.Duration) (r ClockReading, ok bool) {
	switch {
	case c.System == "":
		r, ok = readClockText(c.Text)
	case c.System != NoClock:
		r, ok = c.reading(), true
	}
	if !ok {
		return ClockReading{}, false
	}
	if c.Running {
		r.Left = max(0, r.Left-max(0, age))
	}
	r.Left = r.Left.Truncate(time.Second / 10)
	return r, true
}

// reading is the clock as it was told.
func (c Clock) reading() ClockReading {
	switch {
	case c.Out:
		return ClockReading{Reserve: "(" + textTimeUp + ")"}
	case !c.Overtime:
		r := ClockReading{Left: c.Main}
		if after := c.overtime(); after != "" {
			r.Reserve = "+ " + whole(after)
		}
		return r
	case c.System == Canadian:
		return ClockReading{Left: c.Period, Reserve: fmt.Sprintf("/%d", c.Stones), Overtime: true}
	case c.Periods == 1:
		return ClockReading{Left: c.Period, Reserve: "last", Overtime: true}
	}
	return ClockReading{Left: c.Period, Reserve: fmt.Sprintf("×%d", c.Periods), Overtime: true}
}

// String writes the clock as players read it, to the tenth of a second, cut off
// and not rounded, so that 0.0 comes only at the very end: "10:00.0 + 5×30.0",
// "3×12.4", "9:58.0/10", "0.0 (time is up)", "no clock".
func (c Clock) String() string {
	switch {
	case c.System == "":
		return c.Text
	case c.System == NoClock:
		return textNoClock
	case c.Out:
		return FormatDuration(0) + " (" + textTimeUp + ")"
	case c.Overtime:
		return c.overtime()
	case c.overtime() == "":
		return FormatDuration(c.Main)
	}
	return FormatDuration(c.Main) + " + " + c.overtime()
}

// overtime writes what follows the main time; empty for nothing.
func (c Clock) overtime() string {
	switch c.System {
	case ByoYomi:
		return fmt.Sprintf("%d×%s", c.Periods, FormatDuration(c.Period))
	case Canadian:
		return fmt.Sprintf("%s/%d", FormatDuration(c.Period), c.Stones)
	}
	return ""
}

// FormatDuration writes d to the tenth of a second: "9.8", "1:04.2", "2:00:00.0",
// "3d 4:00:00.0". What is less than nothing is nothing.
func FormatDuration(d time.Duration) string {
	tenths := int64(max(d, 0) / (100 * time.Millisecond))
	s, tenth := tenths/10, tenths%10
	m, h, days := s/60%60, s/3600%24, s/86400
	switch {
	case days > 0:
		return fmt.Sprintf("%dd %d:%02d:%02d.%d", days, h, m, s%60, tenth)
	case h > 0:
		return fmt.Sprintf("%d:%02d:%02d.%d", h, m, s%60, tenth)
	case m > 0:
		return fmt.Sprintf("%d:%02d.%d", m, s%60, tenth)
	}
	return fmt.Sprintf("%d.%d", s, tenth)
}

// whole takes the tenths of seconds off, which nobody reads in reserve.
func whole(s string) string { return strings.ReplaceAll(s, ".0", "") }
