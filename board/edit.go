package board

import (
	"fmt"
	"slices"
)

// Edit is a set-up in the middle of a game: stones that came to lie on the
// board, or went, otherwise than by play. It is no move and has no number.
type Edit struct {
	At    int // moves played before it
	Black []Point
	White []Point
	Empty []Point // stones that were taken off
	// ToMove is whose turn it is afterwards: of who moved, if somebody did.
	ToMove Color
	Note   string // what there is to say about it; not interpreted
}

// edit is an Edit with what it takes to undo it.
type edit struct {
	at     int
	before state
	cells  []changed
	note   string
}

// changed is a cell before and after an edit.
type changed struct {
	cell    uint16
	was, is Color
}

func (e *edit) revert(pos *Position) {
	for _, c := range e.cells {
		pos.stones[c.cell] = c.was
	}
}

// Edit makes pos the position, with next to move, and note to be said about it.
// It can be taken back with Undo. Nothing counts as captured, ko and superko
// look back no further than here, and what was left of a free handicap is
// forgone. It fails, with an error that wraps ErrSetup, for a position in which
// a chain has no liberty, and for one of another size.
func (g *Game) Edit(pos Position, next Color, note string) error {
	switch {
	case pos.size != g.pos.size:
		return fmt.Errorf("%w: a position of size %d on a board of size %d", ErrSetup, pos.size, g.pos.size)
	case next != Black && next != White:
		return fmt.Errorf("%w: no such player to move", ErrSetup)
	case !pos.Lawful():
		return fmt.Errorf("%w: a chain of the set-up stones has no liberty", ErrSetup)
	}
	e := edit{at: len(g.turns), before: g.now, note: note}
	for p := range pos.Points() {
		was, is := g.pos.At(p), pos.At(p)
		if was == is {
			continue
		}
		e.cells = append(e.cells, changed{uint16(p.cell()), was, is})
		for _, c := range [...]Color{was, is} {
			if c != Empty {
				g.now.hash ^= zobrist(p.cell(), c)
			}
		}
	}
	g.pos = pos
	g.now.toMove, g.now.passes = next, 0
	g.edits = append(g.edits, e)
	return nil
}

// Edits returns the set-ups in the middle of the game, in order.
func (g *Game) Edits() []Edit {
	var list []Edit
	for i := range g.edits {
		list = append(list, g.told(i))
	}
	return list
}

// Edited returns the set-up that came after the last move; ok is false if that
// is what came last, or if nothing came.
func (g *Game) Edited() (e Edit, ok bool) {
	n := len(g.edits)
	if n == 0 || g.edits[n-1].at != len(g.turns) {
		return Edit{}, false
	}
	return g.told(n - 1), true
}

// told tells of edit i.
func (g *Game) told(i int) Edit {
	from := &g.edits[i]
	e := Edit{At: from.at, Note: from.note}
	for _, c := range from.cells {
		p := pointOf(int(c.cell))
		switch c.is {
		case Black:
			e.Black = append(e.Black, p)
		case White:
			e.White = append(e.White, p)
		default:
			e.Empty = append(e.Empty, p)
		}
	}
	switch {
	case i+1 < len(g.edits) && g.edits[i+1].at == e.At:
		e.ToMove = g.edits[i+1].before.toMove
	case e.At < len(g.turns):
		e.ToMove = g.turns[e.At].move.Color
	default:
		e.ToMove = g.now.toMove
	}
	return e
}

// lastEdit returns how many moves had been played at the last edit; 0 without.
func (g *Game) lastEdit() int {
	if n := len(g.edits); n > 0 {
		return g.edits[n-1].at
	}
	return 0
}

// On returns pos with what e set up.
func (e Edit) On(pos Position) Position {
	for c, ps := range [...][]Point{Empty: e.Empty, Black: e.Black, White: e.White} {
		for _, p := range ps {
			pos.Set(p, Color(c))
		}
	}
	return pos
}

// Equal reports whether e and o set up the same at the same place, with the same
// to say.
func (e Edit) Equal(o Edit) bool {
	return e.At == o.At && e.ToMove == o.ToMove && e.Note == o.Note &&
		slices.Equal(e.Black, o.Black) && slices.Equal(e.White, o.White) && slices.Equal(e.Empty, o.Empty)
}

// Points returns all points that e changed.
func (e Edit) Points() []Point {
	var all []Point
	all = append(all, e.Black...)
	all = append(all, e.White...)
	return append(all, e.Empty...)
}
