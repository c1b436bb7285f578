package engine

import (
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/match"
)

// TestClocks: the clocks run from the first move on, are told to the program,
// and whoever's flag falls has lost.
func TestClocks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		th := &theatre{t: t, moves: []string{"C3", "G7", "G3"}, think: 40 * time.Second}
		o := options(t, th, 9)
		o.Time = Time{System: game.ByoYomi, Main: time.Minute, Period: 30 * time.Second, Periods: 2}
		tb := sit(t, o)
		tb.until("the game", tb.myTurn)
		time.Sleep(time.Hour) // before the first move nothing runs
		tb.playAt("E5")
		tb.until("C3", tb.myTurn)
		c := tb.clocks[1]
		tb.until("the clock of the first move", func() bool { c = tb.clocks[1]; return !c.Running })
		if c.Main != 20*time.Second || tb.clocks[0].Main != time.Minute {
			t.Errorf("%v, %v", tb.clocks[0], c)
		}
		if calls := th.shows[0].calls; !slices.Contains(calls, "kgs-time_settings byoyomi 60 30 2") || !slices.Contains(calls, "time_left white 60 0") {
			t.Errorf("%q", calls)
		}
		time.Sleep(70 * time.Second)
		tb.playAt("D4")
		tb.until("G7", tb.myTurn)
		if calls := th.shows[0].calls; !slices.Contains(calls, "time_left black 30 2") || !slices.Contains(calls, "time_left white 20 0") {
			t.Errorf("%q", calls)
		}
		th.mu.Lock()
		th.think = time.Hour
		th.mu.Unlock()
		tb.playAt("D3")
		tb.until("the flag", func() bool { return tb.result != nil })
		if tb.result.Winner != board.Black || tb.result.By != board.ByTime || !tb.saying("The flag of Puppet 1 has fallen") {
			t.Errorf("%v, %q", tb.result, tb.said)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		th := &theatre{t: t, moves: []string{"C3"}}
		o := options(t, th, 9)
		o.Time = Time{System: game.Canadian, Main: time.Minute, Period: time.Minute, Stones: 5}
		tb := sit(t, o)
		tb.until("the game", tb.myTurn)
		tb.playAt("E5")
		tb.until("C3", tb.myTurn)
		time.Sleep(30 * time.Second)
		tb.ask(match.ReqPause, nil)
		tb.until("a pause", func() bool { return tb.clocks[0].Main == 30*time.Second && !tb.clocks[0].Running })
		time.Sleep(time.Hour)
		tb.ask(match.ReqResume, nil)
		tb.until("the flag", func() bool { return tb.result != nil })
		if tb.result.Winner != board.White || tb.result.By != board.ByTime || !tb.saying("Your flag has fallen") {
			t.Errorf("%v, %q", tb.result, tb.said)
		}
	})
}

func TestTimes(t *testing.T) {
	for s, want := range map[string]string{
		"": "none", "none": "none", "30m": "30m", "1h": "1h", "10m+5x30s": "10m+5x30s", "10m + 5×30s": "10m+5x30s", "0+3x10s": "0s+3x10s", "90s+5m/20": "1m30s+5m/20",
	} {
		if got, err := ParseTime(s); err != nil || got.String() != want {
			t.Errorf("%q is %v, %v", s, got, err)
		}
	}
	for _, s := range []string{"x", "30", "0", "-5m", "10m+", "10m+0x30s", "10m+5x0s", "10m+5x30s+1", "10m+5m/0", "10m+5m", "1000h", "10m+101x1s"} {
		if got, err := ParseTime(s); err == nil {
			t.Errorf("%q is %v", s, got)
		}
	}
}

// TestClockAgainstSimpleOne: a clock that is counted in any steps comes to the
// same as one that is counted second by second.
func TestClockAgainstSimpleOne(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		of := Time{System: game.ByoYomi, Main: time.Duration(r.IntN(20)) * time.Second, Period: time.Duration(1+r.IntN(9)) * time.Second, Periods: 1 + r.IntN(4)}
		if r.IntN(2) == 0 {
			of = Time{System: game.Canadian, Main: of.Main, Period: of.Period, Stones: 1 + r.IntN(4)}
		}
		fast, slow := newClock(of), newClock(of)
		for range 20 {
			d := r.IntN(12)
			left := fast.left()
			a, b := fast.spend(time.Duration(d)*time.Second), false
			for range d {
				b = slow.spend(time.Second) || b
			}
			if a != b || fast != slow || a != (time.Duration(d)*time.Second >= left && left > 0) {
				t.Fatalf("%v, %d s: %+v, %v and %+v, %v", of, d, fast, a, slow, b)
			}
			if a {
				break
			}
			fast.moved()
			slow.moved()
		}
	}
}
