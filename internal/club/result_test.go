package club

import (
	"fmt"
	"testing"
)

func TestResultIs(t *testing.T) {
	r := Result{Player1: "1", Player2: "2", Sets: [][2]int{{2, 1}}, Winner: "1"}
	for _, c := range []struct {
		m    Match
		want bool
	}{
		{Match{State: Complete, Player1: "1", Player2: "2", Winner: "1", Sets: [][2]int{{2, 1}}}, true},
		{Match{State: Complete, Player1: "2", Player2: "1", Winner: "1", Sets: [][2]int{{1, 2}}}, true}, // the other way round
		{Match{State: Open, Player1: "1", Player2: "2", Winner: "1", Sets: [][2]int{{2, 1}}}, false},
		{Match{State: Complete, Player1: "1", Player2: "2", Winner: "2", Sets: [][2]int{{2, 1}}}, false},
		{Match{State: Complete, Player1: "1", Player2: "2", Winner: "1", Sets: [][2]int{{2, 0}}}, false},
		{Match{State: Complete, Player1: "1", Player2: "3", Winner: "1", Sets: [][2]int{{2, 1}}}, false},
	} {
		if got := r.Is(c.m); got != c.want {
			t.Errorf("%+v: %v", c.m, got)
		}
	}
	if turned := (Result{Player1: "2", Player2: "1", Sets: [][2]int{{1, 2}}, Winner: "1"}); !r.Equal(turned) || !turned.Equal(r) {
		t.Error("the same result from the other side is another one")
	}
}

func TestResultCheck(t *testing.T) {
	for text, r := range map[string]Result{
		"a player twice": {Player1: "1", Player2: "1", Sets: [][2]int{{1, 0}}},
		"no player":      {Player1: "1", Sets: [][2]int{{1, 0}}},
		"a stranger won": {Player1: "1", Player2: "2", Winner: "3", Sets: [][2]int{{1, 0}}},
		"no score":       {Player1: "1", Player2: "2", Winner: "1"},
		"below 0":        {Player1: "1", Player2: "2", Winner: "1", Sets: [][2]int{{1, -1}}},
	} {
		if r.Check() == nil {
			t.Error(text)
		}
	}
}

func TestParseScore(t *testing.T) {
	for text, want := range map[string]string{"1-0": "[[1 0]]", "4-2, 2-4,4-0": "[[4 2] [2 4] [4 0]]", " 0 - 1 ": "[[0 1]]"} {
		if got, err := ParseScore(text); err != nil || fmt.Sprint(got) != want {
			t.Errorf("%q: %v %v", text, got, err)
		}
	}
	for _, text := range []string{"", "1", "1-", "-1-2", "a-b", "1-0,", "1-99999"} {
		if got, err := ParseScore(text); err == nil {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func FuzzScore(f *testing.F) {
	f.Add("1-0")
	f.Add("4-2,2-4,4-0")
	f.Fuzz(func(t *testing.T, text string) {
		sets, err := ParseScore(text)
		if err != nil {
			return
		}
		again, err := ParseScore(ScoreText(sets))
		if err != nil || fmt.Sprint(again) != fmt.Sprint(sets) {
			t.Errorf("%q: %v, then %v %v", text, sets, again, err)
		}
	})
}
