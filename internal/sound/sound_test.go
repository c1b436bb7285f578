package sound

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/match"
)

func TestSoundsAreSafeToPlay(t *testing.T) {
	seen := map[string]Name{}
	for n := range Names {
		w := Wave(n)
		if len(w) < Rate/20 || len(w) > Rate {
			t.Errorf("sound %d has %d samples", n, len(w))
		}
		peak, sum := 0.0, 0.0
		for _, v := range w {
			if v != v {
				t.Fatalf("sound %d is not a number somewhere", n)
			}
			peak = max(peak, math.Abs(float64(v)))
			sum += float64(v)
		}
		if peak < 0.1 || peak > 1.5 {
			t.Errorf("sound %d peaks at %.2f", n, peak)
		}
		if off := math.Abs(sum / float64(len(w))); off > 0.02 {
			t.Errorf("sound %d is off the middle by %.3f", n, off)
		}
		if first, last := math.Abs(float64(w[0])), math.Abs(float64(w[len(w)-1])); first > 0.02 || last > 0.02 {
			t.Errorf("sound %d begins at %.2f and ends at %.2f: it would crack", n, first, last)
		}
		if other, ok := seen[string(pcm(w))]; ok {
			t.Errorf("sounds %d and %d are the same", n, other)
		}
		seen[string(pcm(w))] = n
	}
}

func TestWhichEventsSound(t *testing.T) {
	p := board.Point{X: 3, Y: 3}
	for _, c := range []struct {
		e    match.Event
		want Name
		ok   bool
	}{
		{match.Event{Kind: match.EventMove, Point: p}, Stone, true},
		{match.Event{Kind: match.EventMove, Point: p, Points: []board.Point{p}}, Capture, true},
		{match.Event{Kind: match.EventMove, Point: board.Pass}, Turn, true},
		{match.Event{Kind: match.EventMove, Point: board.Pass, Mine: true}, 0, false},
		{match.Event{Kind: match.EventState, State: match.StateMisplaced, Say: "Q16 should be R16."}, Warning, true},
		{match.Event{Kind: match.EventState, State: match.StateOpponentsTurn}, 0, false},
		{match.Event{Kind: match.EventNote}, 0, false},
		{match.Event{Kind: match.EventAlarm}, Warning, true},
	} {
		got, ok := For(c.e)
		if ok != c.ok || ok && got != c.want {
			t.Errorf("%v %v: sound %d, %v; want %d, %v", c.e.Kind, c.e.State, got, ok, c.want, c.ok)
		}
	}
}

// A machine without a sound card says so once; one that has it says nothing.
func TestASilentMachineSaysSoOnce(t *testing.T) {
	said := make(chan string, 16)
	p := NewPlayer(false, func(s string) { said <- s })
	for range 5 {
		p.Play(Stone)
		time.Sleep(20 * time.Millisecond)
	}
	select {
	case s := <-said:
		if !strings.Contains(s, "no sound") {
			t.Errorf("said %q", s)
		}
	case <-time.After(6 * time.Second):
	}
	p.Play(Turn)
	time.Sleep(50 * time.Millisecond)
	select {
	case s := <-said:
		t.Errorf("said again: %q", s)
	default:
	}
}

func TestMutedOpensNothing(t *testing.T) {
	p := NewPlayer(true, func(s string) { t.Error(s) })
	p.Play(Stone)
	if p.opened {
		t.Error("the sound card was opened though sound is off")
	}
}
