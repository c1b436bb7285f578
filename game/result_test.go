package game

import (
	"encoding/json"
	"testing"
	"unicode/utf8"

	"github.com/gobancam/gobancam/board"
)

func TestResult(t *testing.T) {
	for _, tt := range []struct {
		r         Result
		says, sgf string
	}{
		{Result{Winner: board.Black, Points: 12.5, Words: "12.5 points"}, "B+12.5", "B+12.5"},
		{Result{Winner: board.White, Points: 0.5}, "W+0.5", "W+0.5"},
		{Result{Winner: board.White, By: board.ByUnknown, Words: "0 points"}, "W+0", "W+"},
		{Result{Winner: board.White, By: board.ByResignation, Words: "Resignation"}, "W+R", "W+R"},
		{Result{Winner: board.Black, By: board.ByTime, Words: "Timeout"}, "B+T", "B+T"},
		{Result{Winner: board.Black, By: board.ByForfeit, Words: "Disqualification"}, "B+F (Disqualification)", "B+F"},
		{Result{Winner: board.Black, By: board.ByForfeit}, "B+F", "B+F"},
		{Result{Winner: board.Black, By: board.ByUnknown}, "B+?", "B+"},
		{Result{Winner: board.Black, By: board.ByForfeit, Words: "Cancellation", Annulled: true}, "B+F (Cancellation), annulled", "Void"},
		{Result{}, "Draw", "0"},
		{Result{Words: "0 points"}, "Draw", "0"},
		{Result{By: board.Void}, "no result", "Void"},
		{Result{By: board.Void, Words: "Moderator Decision"}, "no result (Moderator Decision)", "Void"},
	} {
		if got := tt.r.String(); got != tt.says {
			t.Errorf("%#v says %q, want %q", tt.r, got, tt.says)
		}
		if got := tt.r.SGF().String(); got != tt.sgf {
			t.Errorf("%v is %s in a record, want %s", tt.r, got, tt.sgf)
		}
		text, err := json.Marshal(tt.r)
		if err != nil {
			t.Fatal(err)
		}
		var back Result
		if err := json.Unmarshal(text, &back); err != nil || back.String() != tt.says || back.Words != tt.r.Words {
			t.Errorf("%s is read as %#v, %v", text, back, err)
		}
	}
	for _, r := range []board.Result{{}, {By: board.Void}, {Winner: board.White, By: board.ByResignation}, {Winner: board.Black, Points: 3.5}} {
		if got := Counted(r).SGF(); got != r {
			t.Errorf("%v came back as %v", r, got)
		}
	}
}

// FuzzResult: whatever a recording says of a result is written again as it was.
func FuzzResult(f *testing.F) {
	f.Add(uint8(1), "B+3.5", "3.5 points")
	f.Add(uint8(2), "B+R", "")
	f.Add(uint8(0), "no result (x), annulled", "x")
	f.Add(uint8(9), "", " points")
	f.Fuzz(func(t *testing.T, winner uint8, text, reason string) {
		if !utf8.ValidString(text) || !utf8.ValidString(reason) {
			t.Skip("no JSON holds that")
		}
		was, err := json.Marshal(recorded{board.Color(winner), text, reason})
		if err != nil {
			t.Fatal(err)
		}
		var r Result
		if err := json.Unmarshal(was, &r); err != nil {
			t.Fatal(err)
		}
		if is, err := json.Marshal(r); err != nil || string(is) != string(was) {
			t.Errorf("%s is written again as %s, %v", was, is, err)
		}
		if again, err := board.ParseResult(r.SGF().String()); err != nil || again.Winner != r.SGF().Winner && winner <= 2 {
			t.Errorf("%#v is %s in a record: %v", r, r.SGF(), err)
		}
	})
}

func TestPlayer(t *testing.T) {
	for want, p := range map[string]Player{"Ada (5k)": {Name: "Ada", Rank: "5k"}, "Ada": {ID: 7, Name: "Ada"}} {
		if got := p.String(); got != want {
			t.Errorf("%+v is %q, want %q", p, got, want)
		}
	}
	for p, known := range map[Phase]bool{Playing: true, StoneRemoval: true, Over: true, "": false, "Play": false} {
		if p.Known() != known {
			t.Errorf("the phase %q is known: %v", p, !known)
		}
	}
}
