package challonge

import (
	"strings"
	"testing"
	"time"
)

func TestBracketsInTheMiddle(t *testing.T) {
	people := []Participant{{ID: "1", Name: "A"}, {ID: "2", Name: "B"}, {ID: "3", Name: "C"}, {ID: "4", Name: "D"}, {ID: "5", Name: "E"}}
	ms := []Match{
		{ID: "11", Round: 1, PlayOrder: 1, Identifier: "A", State: MatchComplete, Player1: "4", Player2: "5", Winner: "4", Sets: [][2]int{{1, 0}}},
		{ID: "12", Round: 2, PlayOrder: 2, Identifier: "B", State: MatchOpen, Player1: "1", Player2: "4", Underway: time.Now()},
		{ID: "13", Round: 2, PlayOrder: 3, Identifier: "C", State: MatchOpen, Player1: "2", Player2: "3"},
		{ID: "14", Round: 3, PlayOrder: 4, Identifier: "D", State: MatchPending},
	}
	for kind, want := range map[string]string{
		SingleElimination: `
A ──────┐
        ├ B (being played)
D ─┐    │
   ├ D ─┘
E ─┘

B ─┐
   ├ C
C ─┘

? ─┐
   ├ D
? ─┘
`,
		Swiss: `
Round 1
    A  *D   1-0   E
Round 2
    B   A     –   D
    C   B     –   C
Round 3
    D   ?     –   ?
`,
	} {
		var out strings.Builder
		if err := WriteBracket(&out, Tournament{Type: kind}, people, ms); err != nil {
			t.Fatal(err)
		}
		if got := "\n" + out.String(); got != want {
			t.Errorf("%s:%s", kind, got)
		}
	}
	var out strings.Builder
	if err := WriteBracket(&out, Tournament{}, nil, nil); err != nil || out.Len() != 0 {
		t.Errorf("%q %v", out.String(), err)
	}
}

func TestBranches(t *testing.T) {
	done := func(id ID, round, order int, a, b ID) Match {
		return Match{ID: id, Round: round, PlayOrder: order, State: MatchComplete, Player1: a, Player2: b, Winner: a}
	}
	ms := []Match{done("11", 1, 1, "1", "4"), done("12", 1, 2, "2", "3"), done("13", 2, 3, "1", "2"), done("14", 2, 4, "4", "3")}
	for kind, want := range map[string]string{SingleElimination: "13 14", Swiss: "13 14", RoundRobin: ""} {
		var got []string
		for _, m := range Branches(Tournament{Type: kind}, ms, ms[0]) {
			got = append(got, string(m.ID))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %s", kind, got, want)
		}
	}
	ms[2].State = MatchOpen
	if got := Branches(Tournament{Type: SingleElimination}, ms[:3], ms[0]); got != nil {
		t.Errorf("an open final has nothing to lose: %v", got)
	}
	if got := Branches(Tournament{Type: SingleElimination}, ms, ms[3]); got != nil {
		t.Errorf("nothing follows the last match: %v", got)
	}
}
