package gamefile

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/live"
	"github.com/gobancam/gobancam/internal/match"
)

// anyGame is a game of chance with everything that a relay writes down: fixed
// and free handicap, passes, moves that are taken back, stones that are put and
// taken by hand, moves out of turn, doubts, a result.
func anyGame(t *testing.T, r *rand.Rand) (*board.Game, Labels) {
	t.Helper()
	rules, err := board.ParseRules([]string{"japanese", "chinese", "aga", "nz"}[r.IntN(4)])
	if err != nil {
		t.Fatal(err)
	}
	s := board.Setup{Size: []int{5, 9, 13, 19}[r.IntN(4)], Rules: rules, Komi: float64(r.IntN(16)) / 2}
	switch r.IntN(4) {
	case 0:
		s.Handicap = r.IntN(5)
	case 1:
		s.Black, s.White, s.First = []board.Point{{X: 3, Y: 3}, {X: 1, Y: 0}}, []board.Point{{X: 4, Y: 4}}, board.Color(r.IntN(3))
	}
	g, err := board.NewGame(s)
	if err != nil {
		t.Fatal(err)
	}
	l := Labels{Black: game.Player{Name: "Anna", Rank: "3k"}, White: game.Player{Name: "B]en \\"}, Name: []string{"", "Final"}[r.IntN(2)], Place: []string{"", "Graz"}[r.IntN(2)], Date: time.Date(2026, 11, 28, 12, 0, 0, 0, time.Local)}
	for range r.IntN(120) {
		switch n := r.IntN(20); {
		case n == 0:
			g.Undo()
		case n == 1:
			pos := g.Position()
			pos.Set(board.Point{X: int8(r.IntN(s.Size)), Y: int8(r.IntN(s.Size))}, board.Color(r.IntN(3)))
			_ = g.Edit(pos, board.Color(1+r.IntN(2)), []string{"", "Set up [by hand]."}[r.IntN(2)]) // what cannot stand is not set up
		case n == 2:
			_ = g.Force(board.Move{Color: g.ToMove(), Point: board.Pass}) // a handicap stone cannot be passed
		default:
			m := board.Move{Color: g.ToMove(), Point: board.Point{X: int8(r.IntN(s.Size)), Y: int8(r.IntN(s.Size))}}
			if n == 3 {
				m.Color = m.Color.Opponent()
				_ = g.Force(m) // as above
				continue
			}
			_ = g.Play(m)
		}
	}
	if r.IntN(3) > 0 {
		l.Played = make([]match.Played, g.MoveCount())
		for i := range l.Played {
			l.Played[i] = match.Played{Time: time.Duration(i+1) * 1234567 * time.Microsecond, Doubt: []string{"", "", "the order was not seen"}[r.IntN(3)]}
		}
	}
	if r.IntN(2) == 0 {
		l.Result = &board.Result{Winner: board.White, By: board.EndedBy(r.IntN(4)), Points: 3.5}
	}
	if r.IntN(2) == 0 {
		l.Sign = func(root *board.Node) { root.SetText("EV", "Club evening"); root.SetText("RO", "2") }
	}
	return g, l
}

// lines is the main line of a record, a node each, without what differs between
// two records of the same game: the order of set-up stones.
func lines(t *testing.T, sgf []byte) (nodes []string) {
	t.Helper()
	games, err := board.ParseSGF(sgf)
	if err != nil || len(games) != 1 {
		t.Fatalf("%d games, %v\n%s", len(games), err, sgf)
	}
	for _, n := range games[0].MainLine() {
		var props []string
		for _, p := range n.Props {
			slices.Sort(p.Values)
			props = append(props, fmt.Sprint(p.ID, p.Values))
		}
		slices.Sort(props)
		nodes = append(nodes, fmt.Sprint(props))
	}
	return nodes
}

// TestTheRecordOfAWatchedGame compares the file that is kept with the one that
// those who watch can ask for, who have the game from the wire.
func TestTheRecordOfAWatchedGame(t *testing.T) {
	for seed := range uint64(600) {
		g, l := anyGame(t, rand.New(rand.NewPCG(seed, 7)))
		kept, err := Compose(nil, g, l)
		if err != nil {
			t.Fatal(err)
		}
		told := Live(nil, g, l)
		told.Began = l.Date
		if told.Position(len(told.Steps)) != g.Position() || told.Captures != [2]int{g.Captures(board.Black), g.Captures(board.White)} {
			t.Fatalf("seed %d: another position is told", seed)
		}
		text, err := json.Marshal(live.Event{Game: told})
		if err != nil {
			t.Fatal(err)
		}
		var heard live.Event
		if err := json.Unmarshal(text, &heard); err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, text)
		}
		if e, ok := live.Between(told, heard.Game); ok {
			t.Fatalf("seed %d: what is heard differs by %+v", seed, e)
		}
		watched, err := ComposeLive(heard.Game)
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, text)
		}
		if a, b := lines(t, kept), lines(t, watched); !reflect.DeepEqual(a, b) {
			t.Fatalf("seed %d: kept is\n%s\nwatched is\n%s", seed, kept, watched)
		}
	}
}

// TestTheRecordOfAGameThatGoesOn has names, event and variations from the file
// that was there.
func TestTheRecordOfAGameThatGoesOn(t *testing.T) {
	f, err := parse([]byte("(;GM[1]FF[4]CA[UTF-8]AP[gobancam:1]SZ[9]KM[5.5]RU[Japanese]PB[Anna]BR[2k]PW[Ben]EV[Open]RO[3]PC[Graz]DT[2026-11-01];B[ee](;W[cg];B[gc])(;W[gg]))"))
	if err != nil {
		t.Fatal(err)
	}
	g := f.Game.Clone()
	if err := g.Play(board.Move{Color: board.White, Point: board.Point{X: 1, Y: 1}}); err != nil {
		t.Fatal(err)
	}
	told := Live(f.Root, g, Labels{White: game.Player{Name: "Berta"}})
	if told.Players != [2]game.Player{{Name: "Anna", Rank: "2k"}, {Name: "Berta"}} || told.Event != "Open" || told.Round != "3" || told.Place != "Graz" || told.Komi != 5.5 || len(told.Steps) != 4 {
		t.Errorf("%+v", told)
	}
	if f.Root.Text("PW") != "Ben" {
		t.Error("the file's own root was changed")
	}
}

// TestAGameThatCannotBe is refused in words.
func TestAGameThatCannotBe(t *testing.T) {
	at := board.Point{X: 3, Y: 3}
	for _, g := range []*live.Game{
		{},
		{Head: live.Head{Size: 9, Black: []board.Point{at}, White: []board.Point{at}}},
		{Head: live.Head{Size: 9}, Steps: []live.Step{{Color: board.Black, Point: at}, {Color: board.White, Point: at}}},
		{Head: live.Head{Size: 9}, Steps: []live.Step{{Color: board.Black, Point: at, Taken: []board.Point{at}}}},
		{Head: live.Head{Size: 9}, Steps: []live.Step{{Setup: &live.Setup{Black: []board.Point{at}}}}},
	} {
		if sgf, err := ComposeLive(g); err == nil {
			t.Errorf("%+v became %s", g, sgf)
		}
	}
}
