package board

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"testing"
)

// TestGamesSurviveJSON saves and reads random games with everything that can
// happen in one: captures, passes, resumptions, forced moves out of turn,
// moves taken back.
func TestGamesSurviveJSON(t *testing.T) {
	for seed := range uint64(40) {
		rng := rand.New(rand.NewPCG(seed, 1))
		rules, _ := ParseRules([]string{"japanese", "chinese", "aga", "ing"}[seed%4])
		rules.FreeHandicap = seed%8 > 3
		g, err := NewGame(Setup{Size: 5 + int(seed%5), Rules: rules, Handicap: int(seed % 3)})
		if err != nil {
			t.Fatal(err)
		}
		for range 150 {
			m := Move{g.ToMove(), Point{int8(rng.IntN(g.Size())), int8(rng.IntN(g.Size()))}}
			switch rng.IntN(12) {
			case 0:
				m.Point = Pass
			case 1:
				g.Resume(Color(1 + rng.IntN(2)))
			case 2:
				g.Undo()
			case 3:
				m.Color = m.Color.Opponent()
				_ = g.Force(m)
			}
			_ = g.Play(m)
		}
		text, err := json.Marshal(g)
		if err != nil {
			t.Fatal(err)
		}
		var back Game
		if err := json.Unmarshal(text, &back); err != nil {
			t.Fatal(err)
		}
		var pos Position
		text, err = json.Marshal(g.Position())
		if err != nil || json.Unmarshal(text, &pos) != nil || pos != g.pos {
			t.Fatalf("%v came back as %v", g.pos, pos)
		}
		for {
			if !reflect.DeepEqual(g.now, back.now) || g.pos != back.pos || len(g.turns) != len(back.turns) || g.HandicapLeft() != back.HandicapLeft() {
				t.Fatalf("seed %d, move %d: %+v came back as %+v", seed, g.MoveCount(), g.now, back.now)
			}
			more := back.Undo()
			if g.Undo() != more {
				t.Fatal("one of the two has more moves")
			}
			if !more {
				break
			}
		}
	}
}

func FuzzGameJSON(f *testing.F) {
	f.Add([]byte(`{"setup":{"Size":9},"turns":[[1,4,4,1,0],[2,-1,-1,2,0]],"now":[0,0,0,1,1]}`))
	f.Add([]byte(`{"setup":{"Size":-3},"turns":[[1,400,4,9,0]]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var g Game
		if json.Unmarshal(text, &g) == nil && g.Size() == 0 {
			t.Fatal("a game without a board")
		}
	})
}
