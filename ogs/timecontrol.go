package ogs

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// The clock systems.
const (
	Fischer  = "fischer"
	ByoYomi  = "byoyomi"
	Canadian = "canadian"
	Simple   = "simple"
	Absolute = "absolute"
	NoClock  = "none"
)

// The speeds by which the server sorts games.
const (
	Blitz          = "blitz"
	Rapid          = "rapid"
	Live           = "live"
	Correspondence = "correspondence"
)

// TimeControl is how time is counted in a game. Which fields count depends on
// System.
type TimeControl struct {
	System string
	// Speed is worked out by Classify if it is empty.
	Speed string

	Main      time.Duration // fischer: initial; byoyomi and canadian: main; absolute: total; simple: per move
	Increment time.Duration // fischer
	Max       time.Duration // fischer: the clock never shows more
	Period    time.Duration // byoyomi: of each period; canadian: of each block
	Periods   int           // byoyomi
	Stones    int           // canadian: moves in a block

	PauseOnWeekends bool
}

// wireTime is the JSON form, in seconds. The back-end reads the system's name
// from time_control, newer parts from system.
type wireTime struct {
	System      string   `json:"system"`
	TimeControl string   `json:"time_control"`
	Speed       string   `json:"speed,omitempty"`
	Weekends    bool     `json:"pause_on_weekends"`
	Initial     *float64 `json:"initial_time,omitempty"`
	Increment   *float64 `json:"time_increment,omitempty"`
	Max         *float64 `json:"max_time,omitempty"`
	Main        *float64 `json:"main_time,omitempty"`
	Period      *float64 `json:"period_time,omitempty"`
	Periods     *int     `json:"periods,omitempty"`
	Stones      *int     `json:"stones_per_period,omitempty"`
	PerMove     *float64 `json:"per_move,omitempty"`
	Total       *float64 `json:"total_time,omitempty"`
}

// MarshalJSON gives the form that the server wants in a challenge.
func (t TimeControl) MarshalJSON() ([]byte, error) {
	sec := func(d time.Duration) *float64 { s := d.Seconds(); return &s }
	w := wireTime{System: t.System, TimeControl: t.System, Speed: t.Speed, Weekends: t.PauseOnWeekends}
	switch t.System {
	case Fischer:
		w.Initial, w.Increment, w.Max = sec(t.Main), sec(t.Increment), sec(t.Max)
	case ByoYomi:
		w.Main, w.Period, w.Periods = sec(t.Main), sec(t.Period), &t.Periods
	case Canadian:
		w.Main, w.Period, w.Stones = sec(t.Main), sec(t.Period), &t.Stones
	case Simple:
		w.PerMove = sec(t.Main)
	case Absolute:
		w.Total = sec(t.Main)
	}
	return json.Marshal(w)
}

// UnmarshalJSON decodes the server's object, a JSON string that holds one, or
// the bare name of a system.
func (t *TimeControl) UnmarshalJSON(b []byte) error {
	*t = TimeControl{}
	var s string
	if json.Unmarshal(b, &s) == nil {
		if !strings.HasPrefix(strings.TrimSpace(s), "{") {
			t.System = s
			return nil
		}
		b = []byte(s)
	}
	var w struct {
		System, Speed text
		TimeControl   text    `json:"time_control"`
		Weekends      flag    `json:"pause_on_weekends"`
		Initial       seconds `json:"initial_time"`
		Increment     seconds `json:"time_increment"`
		Max           seconds `json:"max_time"`
		Main          seconds `json:"main_time"`
		Period        seconds `json:"period_time"`
		Periods       integer
		Stones        integer `json:"stones_per_period"`
		PerMove       seconds `json:"per_move"`
		Total         seconds `json:"total_time"`
	}
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	*t = TimeControl{System: clip(string(w.System)), Speed: clip(string(w.Speed)), PauseOnWeekends: bool(w.Weekends)}
	if t.System == "" {
		t.System = clip(string(w.TimeControl))
	}
	switch t.System {
	case Fischer:
		t.Main, t.Increment, t.Max = time.Duration(w.Initial), time.Duration(w.Increment), time.Duration(w.Max)
	case ByoYomi:
		t.Main, t.Period, t.Periods = time.Duration(w.Main), time.Duration(w.Period), int(w.Periods)
	case Canadian:
		t.Main, t.Period, t.Stones = time.Duration(w.Main), time.Duration(w.Period), int(w.Stones)
	case Simple:
		t.Main = time.Duration(w.PerMove)
	case Absolute:
		t.Main = time.Duration(w.Total)
	}
	return nil
}

// PerMove is the average time for a move, as the server's web client works it
// out: over 70 % of the board's points, half of them for each player.
func (t TimeControl) PerMove(width, height int) time.Duration {
	n := math.Round(0.7*float64(width)*float64(height)) / 2
	share := func(d time.Duration) time.Duration { return time.Duration(float64(d) / max(n, 1)) }
	switch t.System {
	case Fischer:
		return share(t.Main) + t.Increment
	case ByoYomi:
		return share(t.Main) + t.Period
	case Canadian:
		return share(t.Main) + t.Period/time.Duration(max(t.Stones, 1))
	case Simple:
		return t.Main
	case Absolute:
		return share(t.Main)
	}
	return 0
}

// Classify returns the speed of t on a board of this size: blitz below 10 s a
// move, correspondence above an hour or without a clock, live between. (The
// server also knows rapid, as a bracket of its picker; it is kept where it is
// given.)
func (t TimeControl) Classify(width, height int) string {
	if t.Speed == Rapid {
		return Rapid
	}
	switch per := t.PerMove(width, height); {
	case per == 0 || per > time.Hour:
		return Correspondence
	case per < 10*time.Second:
		return Blitz
	}
	return Live
}

// Check says what is wrong with t, or nil.
func (t TimeControl) Check() error {
	positive := func(name string, d time.Duration) error {
		if d <= 0 || d > 400*24*time.Hour {
			return fmt.Errorf("%s: the %s must be longer than nothing and at most 400 days", t.System, name)
		}
		return nil
	}
	switch t.System {
	case Fischer:
		if t.Max < t.Main || t.Max < t.Increment {
			return errors.New("fischer: the most that the clock shows is less than the initial time or the increment")
		}
		return errors.Join(positive("initial time", t.Main), positive("increment", t.Increment))
	case ByoYomi:
		if t.Main < 0 || t.Periods < 1 || t.Periods > 300 {
			return errors.New("byoyomi: 1 to 300 periods are possible")
		}
		return positive("period", t.Period)
	case Canadian:
		if t.Main < 0 || t.Stones < 1 || t.Stones > 50 {
			return errors.New("canadian: 1 to 50 stones in a period are possible")
		}
		return positive("period", t.Period)
	case Simple:
		return positive("time for a move", t.Main)
	case Absolute:
		return positive("total time", t.Main)
	case NoClock:
		return nil
	}
	return fmt.Errorf("there is no clock system %q: there are %s", t.System,
		strings.Join([]string{Fischer, ByoYomi, Canadian, Simple, Absolute, NoClock}, ", "))
}

// String is the form that ParseTimeControl reads.
func (t TimeControl) String() string {
	d := shortDuration
	switch t.System {
	case Fischer:
		s := fmt.Sprintf("fischer %s+%s", d(t.Main), d(t.Increment))
		if t.Max > 0 {
			s += " max " + d(t.Max)
		}
		return s
	case ByoYomi:
		return fmt.Sprintf("byoyomi %s+%dx%s", d(t.Main), t.Periods, d(t.Period))
	case Canadian:
		return fmt.Sprintf("canadian %s+%s/%d", d(t.Main), d(t.Period), t.Stones)
	case Simple, Absolute:
		return t.System + " " + d(t.Main)
	}
	return t.System
}

func shortDuration(d time.Duration) string {
	var b strings.Builder
	for _, u := range []struct {
		name string
		is   time.Duration
	}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"m", time.Minute}} {
		if n := d / u.is; n > 0 {
			fmt.Fprintf(&b, "%d%s", n, u.name)
			d -= n * u.is
		}
	}
	if d > 0 || b.Len() == 0 {
		b.WriteString(strconv.FormatFloat(d.Seconds(), 'f', -1, 64) + "s")
	}
	return b.String()
}

// ParseTimeControl reads what a person writes: "20m+5x30s" (byo-yomi),
// "5m+10s" or "5m+10s max 10m" (Fischer), "10m+5m/25" (Canadian), "simple 30s",
// "absolute 15m", "none"; the system's name may stand before each. Units are
// d, h, m and s. Without a maximum, Fischer's is twice the initial time, or the
// increment if that is more.
func ParseTimeControl(s string) (TimeControl, error) {
	fail := func(why string) (TimeControl, error) {
		return TimeControl{}, fmt.Errorf("the time %q cannot be read: %s; examples: \"20m+5x30s\", \"fischer 5m+10s max 10m\", \"canadian 10m+5m/25\", \"simple 30s\", \"absolute 15m\", \"none\"", s, why)
	}
	in := strings.ToLower(strings.TrimSpace(s))
	var t TimeControl
	if i := strings.IndexFunc(in, func(r rune) bool { return r < 'a' || r > 'z' }); i > 0 {
		t.System, in = in[:i], in[i:]
	} else if i < 0 {
		t.System, in = in, ""
	}
	head, tail, hasMax := strings.Cut(in, "max")
	head = strings.Join(strings.Fields(head), "")
	first, second, hasSecond := strings.Cut(head, "+")
	if t.System == "" {
		switch {
		case !hasSecond:
			return fail("one duration alone may be simple or absolute time")
		case strings.ContainsAny(second, "x×"):
			t.System = ByoYomi
		case strings.Contains(second, "/"):
			t.System = Canadian
		default:
			t.System = Fischer
		}
	}
	if t.System == NoClock {
		if head != "" || hasMax {
			return fail("without a clock there are no times")
		}
		return t, nil
	}
	var err error
	if t.Main, err = parseDuration(first); err != nil {
		return fail(err.Error())
	}
	wantSecond := t.System == Fischer || t.System == ByoYomi || t.System == Canadian
	if hasSecond != wantSecond || hasMax && t.System != Fischer {
		return fail("that are not the parts of " + t.System + " time")
	}
	switch t.System {
	case Fischer:
		if t.Increment, err = parseDuration(second); err != nil {
			return fail(err.Error())
		}
		t.Max = max(2*t.Main, t.Increment)
		if hasMax {
			if t.Max, err = parseDuration(strings.TrimSpace(tail)); err != nil {
				return fail(err.Error())
			}
		}
	case ByoYomi:
		n, period, ok := strings.Cut(strings.ReplaceAll(second, "×", "x"), "x")
		if t.Periods, err = strconv.Atoi(n); err != nil || !ok {
			return fail("after the + the number of periods and their length are expected, as in 5x30s")
		}
		if t.Period, err = parseDuration(period); err != nil {
			return fail(err.Error())
		}
	case Canadian:
		block, n, ok := strings.Cut(second, "/")
		if t.Stones, err = strconv.Atoi(n); err != nil || !ok {
			return fail("after the + the length of a block and its stones are expected, as in 5m/25")
		}
		if t.Period, err = parseDuration(block); err != nil {
			return fail(err.Error())
		}
	}
	if err := t.Check(); err != nil {
		return fail(err.Error())
	}
	return t, nil
}

// parseDuration reads what shortDuration writes; a bare 0 is nothing.
func parseDuration(s string) (time.Duration, error) {
	if s == "0" {
		return 0, nil
	}
	bad := fmt.Errorf("%q is no duration with units, such as 90s, 20m or 1d12h", s)
	var total time.Duration
	for rest := s; rest != "" || s == ""; {
		i := strings.IndexAny(rest, "dhms")
		if i < 1 {
			return 0, bad
		}
		n, err := strconv.ParseFloat(rest[:i], 64)
		if err != nil || !(n >= 0) || n > 1e8 {
			return 0, bad
		}
		unit := map[byte]time.Duration{'d': 24 * time.Hour, 'h': time.Hour, 'm': time.Minute, 's': time.Second}[rest[i]]
		total += durationOf(n * unit.Seconds())
		rest = rest[i+1:]
	}
	return total, nil
}
