package challonge

import (
	"strings"
	"testing"
)

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
