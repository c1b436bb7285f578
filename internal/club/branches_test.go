package club

import (
	"strings"
	"testing"
)

func TestBranches(t *testing.T) {
	done := func(id string, round, order int, a, b string) Match {
		return Match{ID: id, Round: round, PlayOrder: order, State: Complete, Player1: a, Player2: b, Winner: a}
	}
	ms := []Match{done("11", 1, 1, "1", "4"), done("12", 1, 2, "2", "3"), done("13", 2, 3, "1", "2"), done("14", 2, 4, "4", "3")}
	for kind, want := range map[Form]string{SingleElimination: "13 14", Swiss: "13 14", RoundRobin: ""} {
		var got []string
		for _, m := range Branches(Tournament{Form: kind}, ms, ms[0]) {
			got = append(got, m.ID)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %s", kind, got, want)
		}
	}
	ms[2].State = Open
	if got := Branches(Tournament{Form: SingleElimination}, ms[:3], ms[0]); got != nil {
		t.Errorf("an open final has nothing to lose: %v", got)
	}
	if got := Branches(Tournament{Form: SingleElimination}, ms, ms[3]); got != nil {
		t.Errorf("nothing follows the last match: %v", got)
	}
}
