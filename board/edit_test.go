package board

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"testing"
)

// editedGame is a game with a capture, a set-up in the middle and one at the
// end.
func editedGame(t *testing.T) *Game {
	t.Helper()
	rules, _ := ParseRules("chinese")
	g, err := NewGame(Setup{Size: 5, Rules: rules})
	if err != nil {
		t.Fatal(err)
	}
	play := func(names ...string) {
		for _, name := range names {
			p, err := ParseGTP(name, 5)
			if err == nil {
				err = g.Play(Move{g.ToMove(), p})
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	edit := func(next Color, note string, rows ...string) {
		if err := g.Edit(MustPosition(rows...), next, note); err != nil {
			t.Fatal(err)
		}
	}
	play("B1", "A1", "A2") // takes A1
	edit(Black, "C3 was moved; a ] in it", ".....", ".....", "X.O..", ".....", ".X...")
	play("D4", "A1")
	edit(White, "", ".....", "...X.", "X.O..", ".....", "OX..X")
	return g
}

func TestEditIsTakenBack(t *testing.T) {
	g := editedGame(t)
	if g.MoveCount() != 5 || g.ToMove() != White || g.Captures(Black) != 1 {
		t.Errorf("%d moves, %s to move, %d captured", g.MoveCount(), g.ToMove(), g.Captures(Black))
	}
	e, ok := g.Edited()
	if !ok || e.At != 5 || e.ToMove != White || !slices.Equal(e.Black, []Point{{4, 4}}) || len(e.White)+len(e.Empty) != 0 {
		t.Errorf("%+v %v", e, ok)
	}
	first := g.Edits()[0]
	if first.At != 3 || first.ToMove != Black || len(first.Points()) != 3 {
		t.Errorf("%+v", first)
	}
	// PositionAt, on the way back, and each Undo agree.
	all := g.Clone()
	for g.Undo() {
		if _, edited := g.Edited(); edited || g.MoveCount() == 5 {
			continue // there is more to come back to, at this number
		}
		if g.MoveCount() == 3 {
			continue
		}
		if got, want := all.PositionAt(g.MoveCount()), g.Position(); got != want {
			t.Errorf("after %d moves:\n%v\nwant\n%v", g.MoveCount(), got, want)
		}
	}
	if fresh, _ := NewGame(g.Setup()); g.now != fresh.now || g.Position() != fresh.Position() {
		t.Error("something is left of the game")
	}
	if at := all.PositionAt(3); at != MustPosition(".....", ".....", "X.O..", ".....", ".X...") {
		t.Errorf("\n%v", at)
	}
}

func TestEditComesBack(t *testing.T) {
	g := editedGame(t)
	text, err := json.Marshal(g)
	if err != nil {
		t.Fatal(err)
	}
	var again Game
	if err := json.Unmarshal(text, &again); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if back, _ := json.Marshal(&again); !bytes.Equal(back, text) || again.now != g.now || !reflect.DeepEqual(again.Edits(), g.Edits()) {
		t.Errorf("%s\ncame back as\n%s", text, back)
	}
	root, moves := g.SGF()
	if len(moves) != 5 {
		t.Errorf("%d nodes of moves", len(moves))
	}
	var b bytes.Buffer
	if err := WriteSGF(&b, root); err != nil {
		t.Fatal(err)
	}
	games, err := ParseSGF(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	read, err := games[0].Game()
	if err != nil {
		t.Fatalf("%v\n%s", err, b.Bytes())
	}
	if !slices.Equal(read.Moves(), g.Moves()) || !reflect.DeepEqual(read.Edits(), g.Edits()) || read.ToMove() != g.ToMove() {
		t.Errorf("%s\n%+v\n%+v", b.Bytes(), read.Edits(), g.Edits())
	}
	for _, bad := range []string{`{"setup":{"Size":5},"now":[0,0,0,1,0],"edits":[{"at":1,"before":[1,0]}]}`,
		`{"setup":{"Size":5},"now":[0,0,0,1,0],"edits":[{"at":0,"before":[1,0],"set":[[5,0,1]]}]}`,
		`{"setup":{"Size":5},"now":[0,0,0,1,0],"edits":[{"at":0,"before":[3,0]}]}`} {
		if err := json.Unmarshal([]byte(bad), &again); err == nil {
			t.Errorf("%s is a game", bad)
		}
	}
}

func TestEditRefuses(t *testing.T) {
	g := editedGame(t)
	before := g.Position()
	for _, bad := range []Position{MustPosition("XO...", "O....", ".....", ".....", "....."), NewPosition(9)} {
		if err := g.Edit(bad, Black, ""); !errors.Is(err, ErrSetup) {
			t.Errorf("%v: %v", bad, err)
		}
	}
	if err := g.Edit(before, Empty, ""); err == nil || g.Position() != before || len(g.Edits()) != 2 {
		t.Error("nobody moves")
	}
}

// A ko that was set up anew may be taken back at once: play looks back no
// further than a set-up.
func TestNoKoBeyondAnEdit(t *testing.T) {
	rules, _ := ParseRules("chinese")
	g, _ := NewGame(Setup{Size: 5, Rules: rules, Black: []Point{{0, 1}, {1, 0}, {1, 2}}, White: []Point{{2, 0}, {3, 1}, {2, 2}, {1, 1}}})
	take := Move{Black, Point{2, 1}}
	if err := g.Play(take); err != nil {
		t.Fatal(err)
	}
	back := Move{White, Point{1, 1}}
	if g.Legal(back) {
		t.Fatal("no ko")
	}
	if err := g.Edit(g.Position(), White, ""); err != nil {
		t.Fatal(err)
	}
	if !g.Legal(back) {
		t.Error("a ko of before the set-up")
	}
}
