package demo

import (
	"strings"
	"testing"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/sim"
)

// A click that leads to nothing is answered.
func TestWrongClicksAreAnswered(t *testing.T) {
	goban, err := sim.New(sim.Default(size))
	if err != nil {
		t.Fatal(err)
	}
	live := sim.NewLive(goban, fps, 1)
	there, empty, owed := board.Point{X: 2, Y: 2}, board.Point{X: 4, Y: 4}, board.Point{X: 6, Y: 6}
	live.Do(func(w *sim.World) { w.Set(there, board.Black) })
	g := &guided{person: newPerson(live, nil, 1, nil)}
	stone := []match.Stone{{Color: board.White, Point: owed}}
	for _, c := range []struct {
		name string
		s    match.Snapshot
		at   board.Point
		want string
	}{
		{"an empty point in turn", match.Snapshot{State: match.StateYourTurn}, empty, ""},
		{"an empty point out of turn", match.Snapshot{State: match.StateOpponentsTurn}, empty, ""},
		{"a stone", match.Snapshot{State: match.StateYourTurn}, there, "already"},
		{"a stone out of turn", match.Snapshot{State: match.StateOpponentsTurn}, there, "stays"},
		{"another point than that of the stone to be put", match.Snapshot{State: match.StateOwed, Owed: stone}, empty, "First click the ringed point " + owed.GTP(size)},
		{"the stone to be put", match.Snapshot{State: match.StateOwed, Owed: stone}, owed, ""},
		{"a prisoner", match.Snapshot{State: match.StatePrisoners, Prisoners: []match.Stone{{Color: board.Black, Point: there}}}, there, ""},
		{"another point than that of what was taken back", match.Snapshot{State: match.StateTakeBack, TakeBack: []match.Stone{{Color: board.Black, Point: there}}}, empty, "First click the crossed stone"},
	} {
		c.s.Size = size
		if got := g.wrong(&c.s, c.at); c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q", c.name, got)
		}
	}
}
