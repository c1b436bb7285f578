package terminal

import (
	"strings"
	"testing"
	"time"

	"github.com/gobancam/gobancam/internal/limits"
	"github.com/gobancam/gobancam/internal/match"
)

func TestRetelling(t *testing.T) {
	var out strings.Builder
	var notes []string
	r := NewRetelling(&out, false, 7, func(s string) { notes = append(notes, s) })
	for n := range 3 {
		r.Decision(match.Decision{Number: n, Why: "nobody asked"})
	}
	if err := r.Unexplained(); err == nil || !strings.Contains(err.Error(), "move 7") {
		t.Error(err)
	}
	r.Decision(match.Decision{Number: 7, Frame: 12, At: 1500 * time.Millisecond, Why: "It was plain.", Asked: true})
	if err := r.Unexplained(); err != nil {
		t.Error(err)
	}
	r.End(Ended{Moves: 7, Damaged: 2}, "7 moves.", "picture", "pictures")
	if got := out.String(); got != "move 7 was asked about at 1.50 s, picture 12. It was plain.\n7 moves. 2 damaged pictures were passed over.\n" {
		t.Error(got)
	}
	few := r.Few(2)
	for range 5 {
		few("damaged")
	}
	if got := strings.Join(notes, "|"); got != "damaged|damaged|… and more of this kind, which is not shown" {
		t.Error(got)
	}
}

func TestRetellingInJSON(t *testing.T) {
	var out strings.Builder
	cut := 0
	r := NewRetelling(&out, true, 0, func(string) { cut++ })
	r.voice = func(match.Event) {}
	for range limits.Events + 10 {
		r.Announce(match.Event{})
	}
	if cut != 1 {
		t.Errorf("said %d times that the rest is not shown", cut)
	}
	r.Decision(match.Decision{Number: 1})
	r.End(Ended{Moves: 3, Frames: 10}, "never shown", "", "")
	if got := out.String(); got != `{"event":"end","frames":10,"moves":3,"seconds":0}`+"\n" {
		t.Error(got)
	}
}
