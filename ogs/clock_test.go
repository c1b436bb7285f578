package ogs

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
)

const s = time.Second

func TestClock(t *testing.T) {
	t0 := time.UnixMilli(1_700_000_000_000)
	ms := func(n int) time.Duration { return time.Duration(n) * time.Millisecond }
	fischer := TimeControl{System: Fischer, Main: 300 * s, Increment: 10 * s, Max: 600 * s}
	byoyomi := TimeControl{System: ByoYomi, Main: 600 * s, Period: 30 * s, Periods: 5}
	canadian := TimeControl{System: Canadian, Main: 600 * s, Period: 300 * s, Stones: 25}
	simple := TimeControl{System: Simple, Main: 30 * s}
	absolute := TimeControl{System: Absolute, Main: 900 * s}
	for _, tt := range []struct {
		name    string
		time    TimeControl
		side    SideTime
		elapsed time.Duration
		want    string
		total   time.Duration
	}{
		{"fischer fresh", fischer, SideTime{Thinking: 300 * s}, 0, "5:00.0", 300 * s},
		{"fischer tenths are cut off", fischer, SideTime{Thinking: 300 * s}, ms(60), "4:59.9", ms(299940)},
		{"fischer below a minute", fischer, SideTime{Thinking: 300 * s}, ms(290_250), "9.7", ms(9750)},
		{"fischer at the last", fischer, SideTime{Thinking: 300 * s}, ms(299_999), "0.0", ms(1)},
		{"fischer out", fischer, SideTime{Thinking: 300 * s}, 300 * s, "0.0 (time is up)", 0},
		{"absolute", absolute, SideTime{Thinking: 900 * s}, ms(1500), "14:58.5", ms(898_500)},
		{"absolute hours", absolute, SideTime{Thinking: 7384 * s}, 0, "2:03:04.0", 7384 * s},
		{"absolute days", absolute, SideTime{Thinking: 2*24*3600*s + 5*s}, 0, "2d 0:00:05.0", 2*24*3600*s + 5*s},
		{"simple ignores what stands for the side", simple, SideTime{}, ms(4321), "25.6", ms(25_679)},
		{"byoyomi main", byoyomi, SideTime{Thinking: 600 * s, Periods: 5, PeriodTime: 30 * s}, 10 * s, "9:50.0 + 5×30.0", 740 * s},
		{"byoyomi main to the end", byoyomi, SideTime{Thinking: 600 * s, Periods: 5, PeriodTime: 30 * s}, 600 * s, "5×30.0", 150 * s},
		{"byoyomi first period", byoyomi, SideTime{Thinking: 600 * s, Periods: 5, PeriodTime: 30 * s}, ms(612_300), "5×17.7", ms(137_700)},
		{"byoyomi a period ends", byoyomi, SideTime{Thinking: 0, Periods: 5, PeriodTime: 30 * s}, 30 * s, "4×30.0", 120 * s},
		{"byoyomi just before", byoyomi, SideTime{Thinking: 0, Periods: 5, PeriodTime: 30 * s}, ms(29_999), "5×0.0", ms(120_001)},
		{"byoyomi from main through two periods", byoyomi, SideTime{Thinking: 5 * s, Periods: 3, PeriodTime: 30 * s}, 70 * s, "1×25.0", 25 * s},
		{"byoyomi last", byoyomi, SideTime{Periods: 1, PeriodTime: 30 * s}, ms(29_500), "1×0.5", ms(500)},
		{"byoyomi out", byoyomi, SideTime{Periods: 1, PeriodTime: 30 * s}, 30 * s, "0.0 (time is up)", 0},
		{"byoyomi without a period time of its own", byoyomi, SideTime{Periods: 2}, 10 * s, "2×20.0", 50 * s},
		{"canadian main", canadian, SideTime{Thinking: 600 * s, MovesLeft: 25, BlockTime: 300 * s}, 60 * s, "9:00.0 + 5:00.0/25", 840 * s},
		{"canadian main without a block", canadian, SideTime{Thinking: 600 * s}, 60 * s, "9:00.0 + 5:00.0/25", 840 * s},
		{"canadian block", canadian, SideTime{MovesLeft: 12, BlockTime: 100 * s}, ms(33_333), "1:06.6/12", ms(66_667)},
		{"canadian from main into the block", canadian, SideTime{Thinking: 10 * s, MovesLeft: 25, BlockTime: 300 * s}, 40 * s, "4:30.0/25", 270 * s},
		{"canadian out", canadian, SideTime{MovesLeft: 3, BlockTime: 20 * s}, 20 * s, "0.0 (time is up)", 0},
		{"none", TimeControl{System: NoClock}, SideTime{}, time.Hour, "no clock", -1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := Clock{Current: 7, Players: [3]ID{board.Black: 7, board.White: 8}, LastMove: t0}
			c.Sides[board.Black] = tt.side
			c.Sides[board.White] = tt.side
			r := c.At(t0.Add(tt.elapsed), tt.time)
			if got := r.Sides[board.Black].String(); got != tt.want {
				t.Errorf("shows %q, want %q", got, tt.want)
			}
			if got := r.Sides[board.Black].Left; got != tt.total {
				t.Errorf("total %v, want %v", got, tt.total)
			}
			if r.Running != board.Black {
				t.Errorf("%v runs", r.Running)
			}
			// The side that is not to move does not run.
			if still, want := r.Sides[board.White], c.At(t0, tt.time).Sides[board.White]; still != want {
				t.Errorf("the other side shows %v, want %v", still, want)
			}
			// Nothing runs in a pause, in start mode or in stone removal.
			for name, stop := range map[string]func(*Clock){
				"pause":         func(c *Clock) { c.Paused, c.PausedSince = true, t0 },
				"early pause":   func(c *Clock) { c.Paused, c.PausedSince = true, t0.Add(-time.Hour) },
				"start mode":    func(c *Clock) { c.StartMode, c.Expiration = true, t0.Add(2*tt.elapsed) },
				"stone removal": func(c *Clock) { c.StoneRemoval, c.PausedSince, c.RemovalExpiration = true, t0, t0.Add(2*tt.elapsed) },
			} {
				c := c
				stop(&c)
				r := c.At(t0.Add(tt.elapsed), tt.time)
				want := (&Clock{Sides: c.Sides}).At(t0, tt.time).Sides[board.Black]
				if c.StartMode { // then the game is cancelled
					want.Start = tt.elapsed
				}
				if got := r.Sides[board.Black]; got != want || r.Running != board.Empty {
					t.Errorf("%s: shows %v, want %v; %v runs", name, got, want, r.Running)
				}
				if want := tt.elapsed; (c.StartMode || c.StoneRemoval) && r.Deadline != want {
					t.Errorf("%s: deadline in %v, want %v", name, r.Deadline, want)
				}
			}
			// In a pause that began later, what was used before it is gone.
			c.Paused, c.PausedSince = true, t0.Add(tt.elapsed)
			if got := c.At(t0.Add(tt.elapsed+time.Hour), tt.time).Sides[board.Black].String(); got != tt.want {
				t.Errorf("paused: shows %q, want %q", got, tt.want)
			}
		})
	}
}

func TestClockEvents(t *testing.T) {
	var w wireClock
	decode := func(text string) Clock {
		t.Helper()
		w = wireClock{}
		if err := json.Unmarshal([]byte(text), &w); err != nil {
			t.Fatal(err)
		}
		return w.over(Clock{})
	}
	c := decode(`{"game_id":5,"current_player":"8","black_player_id":7,"white_player_id":8,"last_move":1700000000000,"expiration":1700000100000,
		"black_time":{"thinking_time":12.5,"periods":3,"period_time":30},"white_time":1700000030000,
		"pause":{"paused":1,"paused_since":1700000001,"pause_control":{"paused":{"pausing_player_id":7,"pauses_left":4},"weekend":true,"system":null}}}`)
	if c.Color() != board.White || !c.Paused || c.PausedSince.Unix() != 1700000001 || len(c.Pauses) != 2 || c.Pauses["paused"] != (Pause{7, 4}) {
		t.Errorf("%+v", c)
	}
	if c.Sides[board.Black] != (SideTime{Thinking: 12500 * time.Millisecond, Periods: 3, PeriodTime: 30 * s}) {
		t.Errorf("black %+v", c.Sides[board.Black])
	}
	// The pause is repeated only when it changes.
	w = wireClock{Current: 7, BlackID: 7, WhiteID: 8}
	if next := w.over(c); !next.Paused || next.PausedSince != c.PausedSince {
		t.Errorf("the pause was forgotten: %+v", next)
	}
	no := flag(false)
	w.Pause = &wirePause{Paused: &no, PausedSince: instant{time.Unix(1700000001, 0)}}
	if next := w.over(c); next.Paused || !next.PausedSince.IsZero() {
		t.Errorf("a pause is left over: %+v", next)
	}
	for name, stops := range map[string]bool{"weekend": false, "vacation-7": false, "paused": true, "system": true, "moderator_paused": true} {
		c := Clock{Paused: true, Pauses: map[string]Pause{name: {}}}
		if c.stops() != stops {
			t.Errorf("%s stops moves: %v", name, c.stops())
		}
	}
}

func TestTimeControl(t *testing.T) {
	for text, want := range map[string]struct {
		is        TimeControl
		size      int
		speed     string
		canonical string
	}{
		"20m+5x30s":                {TimeControl{System: ByoYomi, Main: 20 * time.Minute, Period: 30 * s, Periods: 5}, 19, Live, "byoyomi 20m+5x30s"},
		"byoyomi 0+3×10s":          {TimeControl{System: ByoYomi, Period: 10 * s, Periods: 3}, 19, Live, "byoyomi 0s+3x10s"},
		"5m+10s":                   {TimeControl{System: Fischer, Main: 300 * s, Increment: 10 * s, Max: 600 * s}, 19, Live, "fischer 5m+10s max 10m"},
		"fischer 30s + 2s max 1m":  {TimeControl{System: Fischer, Main: 30 * s, Increment: 2 * s, Max: 60 * s}, 19, Blitz, "fischer 30s+2s max 1m"},
		"fischer 3d+1d max 7d":     {TimeControl{System: Fischer, Main: 72 * time.Hour, Increment: 24 * time.Hour, Max: 168 * time.Hour}, 19, Correspondence, "fischer 3d+1d max 7d"},
		"10m+5m/25":                {TimeControl{System: Canadian, Main: 600 * s, Period: 300 * s, Stones: 25}, 19, Live, "canadian 10m+5m/25"},
		"simple 3s":                {TimeControl{System: Simple, Main: 3 * s}, 9, Blitz, "simple 3s"},
		"absolute 1h30m":           {TimeControl{System: Absolute, Main: 90 * time.Minute}, 19, Live, "absolute 1h30m"},
		"none":                     {TimeControl{System: NoClock}, 19, Correspondence, "none"},
		"byoyomi 1m30.5s + 1x2.5s": {TimeControl{System: ByoYomi, Main: 90*s + 500*time.Millisecond, Period: 2500 * time.Millisecond, Periods: 1}, 19, Blitz, "byoyomi 1m30.5s+1x2.5s"},
	} {
		got, err := ParseTimeControl(text)
		if err != nil || got != want.is {
			t.Errorf("%q is %+v, %v; want %+v", text, got, err, want.is)
			continue
		}
		if got.String() != want.canonical {
			t.Errorf("%q prints as %q, want %q", text, got, want.canonical)
		}
		if speed := got.Classify(want.size, want.size); speed != want.speed {
			t.Errorf("%q is %s, want %s", text, speed, want.speed)
		}
		again, err := ParseTimeControl(got.String())
		if err != nil || again != got {
			t.Errorf("%q does not come back: %+v, %v", got, again, err)
		}
		b, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		var back TimeControl
		if err := json.Unmarshal(b, &back); err != nil || back != got {
			t.Errorf("%s decodes to %+v, %v", b, back, err)
		}
		quoted, _ := json.Marshal(string(b))
		if err := json.Unmarshal(quoted, &back); err != nil || back != got {
			t.Errorf("%s decodes to %+v, %v", quoted, back, err)
		}
	}
	for _, bad := range []string{"", "20m", "20", "20m+", "byoyomi 20m", "20m+5x", "20m+x30s", "5m+10s max 1m", "canadian 5m+5m", "10m+5m/0",
		"simple", "simple 1m+2m", "none 5m", "wild 5m", "-5m+10s", "5m+-10s", "1e9d+1s", "20m+5x0s", "20m + 5x30s max 1h", "NaNs+1s"} {
		if got, err := ParseTimeControl(bad); err == nil {
			t.Errorf("%q was read as %+v", bad, got)
		}
	}
}

// TestClassify follows the formula of the server's web client.
func TestClassify(t *testing.T) {
	// 19×19: n = round(0.7·361)/2 = 126.5; 9×9: round(56.7)/2 = 28.5.
	for _, tt := range []struct {
		t    TimeControl
		size int
		per  time.Duration
	}{
		{TimeControl{System: Fischer, Main: 1265 * s, Increment: 5 * s}, 19, 15 * s},
		{TimeControl{System: ByoYomi, Main: 285 * s, Period: 20 * s, Periods: 5}, 9, 30 * s},
		{TimeControl{System: Canadian, Main: 0, Period: 300 * s, Stones: 25}, 19, 12 * s},
		{TimeControl{System: Absolute, Main: 1265 * s}, 19, 10 * s},
	} {
		if got := tt.t.PerMove(tt.size, tt.size); got.Round(time.Millisecond) != tt.per {
			t.Errorf("%v on %d: %v a move, want %v", tt.t, tt.size, got, tt.per)
		}
	}
}
