package club

import (
	"errors"
	"strings"
	"testing"
)

// evening is a knock-out of four in which Anna has come to the final.
func evening() Scene {
	return Scene{
		Tournament: Tournament{Name: "Club evening", Form: SingleElimination},
		Players:    []Player{{ID: "1", Name: "Anna", Account: "stonefan"}, {ID: "2", Name: "Ben"}, {ID: "3", Name: "Chie"}, {ID: "4", Name: "Doyun", Aliases: []string{"44"}}},
		Matches: []Match{
			{ID: "11", Identifier: "A", Round: 1, PlayOrder: 1, State: Complete, Player1: "1", Player2: "44", Winner: "1", Sets: [][2]int{{1, 0}}},
			{ID: "12", Identifier: "B", Round: 1, PlayOrder: 2, State: Complete, Player1: "2", Player2: "3", Winner: "3", Sets: [][2]int{{0, 1}}},
			{ID: "13", Identifier: "C", Round: 2, PlayOrder: 3, State: Complete, Player1: "1", Player2: "3", Winner: "1", Sets: [][2]int{{2, 1}}},
		},
	}
}

func TestSceneFinds(t *testing.T) {
	s := evening()
	for text, want := range map[string]string{"anna": "Anna", "StoneFan": "Anna", "44": "Doyun", "2": "Ben"} {
		if p, err := s.Player(text); err != nil || p.Name != want {
			t.Errorf("%s: %+v %v", text, p, err)
		}
	}
	for text, want := range map[string]string{"a": "11", "13": "13"} {
		if m, err := s.Match(text); err != nil || m.ID != want {
			t.Errorf("%s: %+v %v", text, m, err)
		}
	}
	var wrong *WrongNameError
	if _, err := s.Player("Zoe"); !errors.As(err, &wrong) || !strings.Contains(err.Error(), "Anna, Ben, Chie, Doyun") {
		t.Error(err)
	}
	if _, err := s.Match("Q"); !errors.As(err, &wrong) {
		t.Error(err)
	}
	// Two groups have a match A: the one that is open is meant, if there is one.
	s.Matches = append(s.Matches, Match{ID: "21", Identifier: "A", Group: "9", State: Pending})
	if _, err := s.Match("A"); !errors.As(err, &wrong) || !strings.Contains(err.Error(), "11 (Anna – Doyun), 21 (? – ?)") {
		t.Error(err)
	}
	s.Matches[3].State = Open
	if m, err := s.Match("A"); err != nil || m.ID != "21" {
		t.Errorf("%+v %v", m, err)
	}
}

func TestSceneResult(t *testing.T) {
	s := evening()
	for _, c := range []struct{ winner, score, want string }{
		{"Anna", "", "1 1-0"}, {"doyun", "", "44 0-1"}, {"Doyun", "1-2", "44 1-2"}, {"", "", " 0-0"},
	} {
		r, err := s.Result(s.Matches[0], c.winner, c.score)
		if got := r.Winner + " " + ScoreText(r.Sets); err != nil || got != c.want {
			t.Errorf("%s %s: %q %v", c.winner, c.score, got, err)
		}
	}
	var wrong *WrongNameError
	for _, c := range [][2]string{{"Ben", ""}, {"Zoe", ""}, {"Anna", "x"}} {
		if _, err := s.Result(s.Matches[0], c[0], c[1]); !errors.As(err, &wrong) {
			t.Errorf("%v: %v", c, err)
		}
	}
	if _, err := s.Result(Match{Identifier: "D", Player1: "1"}, "Anna", ""); err == nil || errors.As(err, &wrong) {
		t.Errorf("a match without players: %v", err)
	}
}

func TestSceneLosses(t *testing.T) {
	s := evening()
	if got := s.Losses("Reopening", s.Matches[0]); got != "Reopening match A (Anna 1-0 Doyun) drops its result and those that rest on it: C (Anna 2-1 Chie)." {
		t.Error(got)
	}
	if got := s.Losses("Reopening", s.Matches[2]); !strings.Contains(got, "no other match rests on it") {
		t.Error(got)
	}
}
