package demoboard

import (
	"slices"
	"strings"
	"testing"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/live"
)

func at(t *testing.T, gtp string) board.Point {
	t.Helper()
	p, err := board.ParseGTP(gtp, 9)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func played9(t *testing.T, text string) (steps []live.Step) {
	t.Helper()
	for _, s := range strings.Fields(text) {
		c := map[byte]board.Color{'B': board.Black, 'W': board.White}[s[0]]
		steps = append(steps, live.Step{Color: c, Point: at(t, s[2:])})
	}
	return steps
}

func TestLineOf(t *testing.T) {
	setup := live.Step{Note: "by hand", Setup: &live.Setup{Black: []board.Point{at(t, "A9")}, White: []board.Point{at(t, "B9")}, Empty: []board.Point{at(t, "E5")}}}
	for name, c := range map[string]struct {
		game live.Game
		want string
	}{
		"nothing":            {live.Game{}, ""},
		"moves":              {live.Game{Steps: played9(t, "B:E5 W:pass B:C3")}, "ee .. cg"},
		"White first":        {live.Game{Steps: played9(t, "W:E5 B:C3")}, ".." + turnText + " ee cg"},
		"twice the same":     {live.Game{Steps: played9(t, "B:E5 B:C3 W:A9")}, "ee .." + turnText + " cg aa"},
		"a pass out of turn": {live.Game{Steps: played9(t, "B:E5 B:pass W:A9")}, "ee .." + turnText + " .. aa"},
		"handicap": {live.Game{Head: live.Head{Black: []board.Point{at(t, "G7"), at(t, "C3")}, Handicap: 2, First: board.White}, Steps: played9(t, "W:E5 B:D4")},
			"!1gc !1cg .." + turnText + " ee df"},
		"handicap that is played": {live.Game{Head: live.Head{Handicap: 3, First: board.Black}, Steps: played9(t, "B:E5 B:C3 B:G7 W:A9")}, "!1ee !1cg !1gc .." + turnText + " aa"},
		"... and is not over":     {live.Game{Head: live.Head{Handicap: 3, First: board.Black}, Steps: played9(t, "B:E5 B:C3")}, "!1ee !1cg"},
		"a set-up":                {live.Game{Steps: append(played9(t, "B:E5"), setup)}, "ee !0ee !1aa !2baby hand"},
		"the turn after one":      {live.Game{Steps: append(append(played9(t, "B:E5"), setup), played9(t, "B:J1")...)}, "ee !0ee !1aa !2baby hand .." + turnText + " ii"},
		"the end":                 {live.Game{Steps: played9(t, "B:E5"), Status: live.Status{Result: "B+R", Ending: "Black wins by resignation"}}, "eeBlack wins by resignation (B+R)"},
	} {
		g := c.game
		g.Size = 9
		var got []string
		for _, p := range LineOf(&g) {
			got = append(got, p.Move+p.Text)
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s: %q, not %q", name, s, c.want)
		}
	}
}

// FuzzMoves reads what a server sends: whatever is taken comes out as it was.
func FuzzMoves(f *testing.F) {
	for _, s := range []string{"", "aabb", "..", "!1aa!0bb!2..", "!", "a", "!3aa", "AA", "a.", "!1a", "日本"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		ms, err := Moves(s)
		if err == nil && strings.Join(ms, "") != s {
			t.Errorf("%q became %q", s, ms)
		}
		if err != nil && ms != nil {
			t.Errorf("%q: moves %q with an error", s, ms)
		}
		for _, m := range ms {
			if len(m) != 2 && (len(m) != 4 || !slices.Contains([]string{"!0", "!1", "!2"}, m[:2])) {
				t.Errorf("%q holds %q", s, m)
			}
		}
	})
}
