package demoboard

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/live"
)

// Ply is one node of a line on a demo board. Move is as a demo board has it:
// two letters, column and row from the top left; ".." for a pass; "!1" before
// the letters for a black stone that is put there by editing, "!2" for a white
// one, "!0" for none.
type Ply struct {
	Move string
	Text string // what is to be read at it; "" for nothing
}

// turnText is read at a pass that nobody made.
const turnText = "No move: only the turn changes here."

// LineOf returns the main line that shows g, from an empty board.
//
// Who watches gives the stones that are played their colours in turn, from Black
// at the start, whatever the game's handicap; a stone that is put down by
// editing has its colour with it, captures nothing, counts as no move and leaves
// the turn as it was. (So does the viewers' own engine, npm goban 8.3: place and
// editPlace in GobanEngine.ts.) So handicap stones, start positions and set-ups
// are edited stones, and so are handicap stones that Black put down as moves. Where a player moves whose turn it is not for the viewers,
// as White after handicap stones, a pass of the other one stands before the
// move. The move could be an edited stone instead, but that one would have no
// number and take no prisoners there. The pass is sent with the move and not
// before, since until then it may not be known who moves.
func LineOf(g *live.Game) []Ply {
	l := line{turn: board.Black}
	l.edit(board.Black, g.Black)
	l.edit(board.White, g.White)
	for i := range g.Steps {
		s := &g.Steps[i]
		if i < handicapMoves(g) {
			l.edit(board.Black, []board.Point{s.Point})
			l.plies[len(l.plies)-1].Text = s.Note
			continue
		}
		if s.Setup == nil {
			l.move(s.Color, s.Point, s.Note)
			continue
		}
		was := len(l.plies)
		l.edit(board.Empty, s.Setup.Empty)
		l.edit(board.Black, s.Setup.Black)
		l.edit(board.White, s.Setup.White)
		if n := len(l.plies); n > was {
			l.plies[n-1].Text = s.Note
		}
	}
	if g.Ending != "" || g.Result != "" {
		l.end(g.Ending, g.Result)
	}
	return l.plies
}

// handicapMoves is how many of the first moves are handicap stones, which Black
// put down where it liked, one after the other.
func handicapMoves(g *live.Game) int {
	n := 0
	if g.Handicap < 2 || len(g.Black)+len(g.White) > 0 || g.First == board.White {
		return 0
	}
	for n < min(len(g.Steps), g.Handicap) && g.Steps[n].Color == board.Black && !g.Steps[n].Point.IsPass() {
		n++
	}
	return n
}

type line struct {
	plies []Ply
	turn  board.Color // as viewers have it
}

func (l *line) edit(c board.Color, ps []board.Point) {
	digit := map[board.Color]string{board.Empty: "!0", board.Black: "!1", board.White: "!2"}[c]
	for _, p := range ps {
		l.plies = append(l.plies, Ply{Move: digit + p.OGS()})
	}
}

func (l *line) move(c board.Color, p board.Point, note string) {
	if c != l.turn {
		l.plies = append(l.plies, Ply{Move: "..", Text: turnText})
	}
	l.plies = append(l.plies, Ply{p.OGS(), note})
	l.turn = c.Opponent()
}

// end writes the result at the last node. On an empty board there is none, and
// the outcome says it alone.
func (l *line) end(words, result string) {
	n := len(l.plies)
	if n == 0 {
		return
	}
	text := words
	switch {
	case text == "":
		text = result
	case result != "" && !strings.Contains(text, result):
		text += " (" + result + ")"
	}
	if old := l.plies[n-1].Text; old != "" {
		text = old + "\n" + text
	}
	l.plies[n-1].Text = text
}

// moves are those of a line.
func moves(plies []Ply) []string {
	ms := make([]string, len(plies))
	for i, p := range plies {
		ms[i] = p.Move
	}
	return ms
}

// played counts what people at the board would call a move: neither stones put
// down by editing nor a pass that nobody made.
func played(plies []Ply) (n int) {
	for _, p := range plies {
		if p.Move[0] != '!' && !(p.Move == ".." && p.Text == turnText) {
			n++
		}
	}
	return n
}

// common is how many moves two lines share at their beginning.
func common(a, b []string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

var errMoves = errors.New("demoboard: no moves of a demo board")

// Moves takes apart what a message says of its moves.
func Moves(text string) ([]string, error) {
	var ms []string
	for i := 0; i < len(text); {
		n := 2
		if text[i] == '!' {
			n = 4
		}
		if i+n > len(text) {
			return nil, fmt.Errorf("%w: %.40q ends in the middle of one", errMoves, text[i:])
		}
		ms = append(ms, text[i:i+n])
		i += n
	}
	if i := slices.IndexFunc(ms, func(m string) bool { return !sound(m) }); i >= 0 {
		return nil, fmt.Errorf("%w: %.40q", errMoves, ms[i])
	}
	return ms, nil
}

// sound reports whether m has the form of a move.
func sound(m string) bool {
	at := m
	if m[0] == '!' {
		if m[1] < '0' || m[1] > '2' {
			return false
		}
		at = m[2:]
	}
	letter := func(b byte) bool { return b >= 'a' && b <= 'z' }
	return at == ".." || letter(at[0]) && letter(at[1])
}
