package gamefile

import (
	"testing"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/match"
)

// A record with set-ups in the middle is read back and gone on with: nothing is
// written twice, and what is taken back becomes a variation.
func TestSetUpsComeBack(t *testing.T) {
	g, err := board.NewGame(board.Setup{Size: 9})
	if err != nil {
		t.Fatal(err)
	}
	edit := func(g *board.Game, note string, change map[board.Point]board.Color) {
		t.Helper()
		pos := g.Position()
		for p, c := range change {
			pos.Set(p, c)
		}
		if err := g.Edit(pos, g.ToMove(), note); err != nil {
			t.Fatal(err)
		}
	}
	play := func(g *board.Game, x, y int8) {
		t.Helper()
		if err := g.Play(board.Move{Color: g.ToMove(), Point: board.Point{X: x, Y: y}}); err != nil {
			t.Fatal(err)
		}
	}
	edit(g, "Black C7 was put down.", map[board.Point]board.Color{{X: 2, Y: 2}: board.Black})
	play(g, 4, 4)
	play(g, 6, 6)
	edit(g, "White G3 went.", map[board.Point]board.Color{{X: 6, Y: 6}: board.Empty, {X: 0, Y: 0}: board.White})
	play(g, 2, 6)
	data, err := Compose(nil, g, Labels{Played: make([]match.Played, 3)})
	if err != nil {
		t.Fatal(err)
	}
	f, err := parse(data)
	if err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	if f.Game.Position() != g.Position() || f.Game.MoveCount() != 3 || len(f.Game.Edits()) != 1 || len(f.Played) != 3 {
		t.Errorf("%d moves, %+v\n%s", f.Game.MoveCount(), f.Game.Edits(), data)
	}
	if e := f.Game.Edits()[0]; e.Note != "White G3 went." || e.At != 2 {
		t.Errorf("%+v", e)
	}
	path := lay(t, string(data))
	var h heard
	k := open(t, Options{Path: path, Voice: h.voice})
	again := k.Found().Game.Clone()
	if err := k.Keep(again, Labels{}); err != nil {
		t.Fatal(err)
	}
	edit(again, "Set up by hand.", map[board.Point]board.Color{{X: 8, Y: 8}: board.White})
	if err := k.Keep(again, Labels{}); err != nil {
		t.Fatal(err)
	}
	play(again, 1, 1)
	if err := k.Keep(again, Labels{}); err != nil {
		t.Fatal(err)
	}
	kept := k.Close()
	back, err := parse(kept.Data)
	if err != nil || kept.Err != nil {
		t.Fatal(err, kept.Err)
	}
	if back.Game.Position() != again.Position() || len(back.Game.Edits()) != 2 || back.Game.MoveCount() != 4 {
		t.Errorf("%s", kept.Data)
	}
	if n := len(back.Root.MainLine()); n != 1+1+4+2 {
		t.Errorf("the main line has %d nodes\n%s", n, kept.Data)
	}
	for node := range back.Root.All() {
		if len(node.Children) > 1 {
			t.Errorf("a variation\n%s", kept.Data)
		}
	}
	// What was set up last is taken out again, with the move on it.
	again.Undo()
	again.Undo()
	data, err = Compose(back.Root, again, Labels{})
	if err != nil {
		t.Fatal(err)
	}
	if f, err = parse(data); err != nil || f.Game.Position() != again.Position() || len(f.Game.Edits()) != 1 {
		t.Errorf("%v\n%s", err, data)
	}
}
