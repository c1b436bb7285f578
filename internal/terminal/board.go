// Package terminal is gobancam's face without a window: a board in text, a line
// for each event, and commands typed as lines.
package terminal

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/match"
)

// mark is what is drawn left and right of a point.
type mark struct{ left, right byte }

var (
	markLast      = mark{'(', ')'}
	markOwed      = mark{'[', ']'}
	markLift      = mark{'-', '-'}
	markWrong     = mark{'!', '!'}
	markDead      = mark{'~', '~'}
	markPending   = mark{'<', '>'}
	legendOfMarks = []struct {
		mark mark
		says string
	}{
		{markPending, "on its way"},
		{markOwed, "to be put down"},
		{markLift, "to be taken off"},
		{markWrong, "not as it should be"},
		{markDead, "marked as dead"},
	}
)

// rows draws a position as text with coordinates: X black, O white, + hoshi.
// marks may be nil; it tells what stands around a point.
func rows(pos board.Position, marks map[board.Point]mark) []string {
	size := pos.Size()
	var header strings.Builder
	header.WriteString("   ")
	for x := range size {
		header.WriteByte(' ')
		header.WriteByte(board.Point{X: int8(x)}.GTP(size)[0])
	}
	hoshi := map[board.Point]bool{}
	stars := 9
	if size < 15 {
		stars = 5 // small boards are drawn without those on the sides
	}
	for _, p := range board.HandicapPoints(size, stars) {
		hoshi[p] = true
	}
	out := []string{header.String()}
	for y := range size {
		line := []byte(fmt.Sprintf("%2d ", size-y))
		gap := byte(' ')
		for x := range size {
			p := board.Point{X: int8(x), Y: int8(y)}
			c := ".XO"[pos.At(p)]
			if c == '.' && hoshi[p] {
				c = '+'
			}
			m, marked := marks[p]
			if marked && gap == ' ' {
				gap = m.left // between two marks, the left one is closed
			}
			line = append(line, gap, c)
			gap = ' '
			if marked {
				gap = m.right
			}
		}
		line = append(line, gap, ' ')
		line = strconv.AppendInt(line, int64(size-y), 10)
		out = append(out, string(line))
	}
	return append(out, header.String())
}

// Position draws a position as text, with coordinates.
func Position(pos board.Position) string {
	return strings.Join(rows(pos, nil), "\n") + "\n"
}

// Board draws what a snapshot shows: the server's position, what is to be done
// about it on the wood, players, clocks, and the state in words.
func Board(s *match.Snapshot) string {
	if s.Size == 0 {
		return s.Text + "\n"
	}
	pos := s.Position
	marks := map[board.Point]mark{}
	used := map[mark]bool{}
	put := func(m mark, color board.Color, p board.Point) {
		if p.IsPass() {
			return
		}
		marks[p] = m
		used[m] = true
		if color != board.Empty {
			pos.Set(p, color)
		}
	}
	if s.HasLast {
		put(markLast, board.Empty, s.Last.Point)
	}
	for _, p := range s.Dead {
		put(markDead, board.Empty, p)
	}
	for _, st := range s.Missing {
		put(markWrong, st.Color, st.Point)
	}
	for _, st := range s.Unexpected {
		put(markWrong, st.Color, st.Point)
	}
	for _, st := range append(s.Prisoners[:len(s.Prisoners):len(s.Prisoners)], s.TakeBack...) {
		put(markLift, st.Color, st.Point)
	}
	for _, st := range s.Owed {
		put(markOwed, st.Color, st.Point)
	}
	if s.Misplaced != nil {
		put(markWrong, s.Misplaced.Stone.Color, s.Misplaced.Actual)
	}
	if s.Pending != nil {
		put(markPending, s.Pending.Move.Color, s.Pending.Move.Point)
	}

	lines := rows(pos, marks)
	side := sideLines(s)
	for _, l := range legendOfMarks {
		if used[l.mark] {
			side = append(side, fmt.Sprintf("%c %c  %s", l.mark.left, l.mark.right, l.says))
		}
	}
	width := len(lines[0]) + 6
	var b strings.Builder
	for i := range max(len(lines), len(side)) {
		l := ""
		if i < len(lines) {
			l = lines[i]
		}
		if i < len(side) && side[i] != "" {
			l = fmt.Sprintf("%-*s%s", width, l, side[i])
		}
		b.WriteString(strings.TrimRight(l, " "))
		b.WriteByte('\n')
	}
	b.WriteString(s.Text)
	b.WriteByte('\n')
	return b.String()
}

func sideLines(s *match.Snapshot) []string {
	side := []string{s.Name}
	for i, name := range [2]string{"X", "O"} {
		p := s.Players[i]
		who := strings.TrimSpace(p.Name + " " + p.Rank)
		turn := " "
		if s.Phase == game.Playing && int(s.ToMove) == i+1 {
			turn = ">"
		}
		line := fmt.Sprintf("%s%s %s", turn, name, who)
		if t := s.Clocks[i].String(); t != "" {
			line += "  " + t
		}
		side = append(side, line, fmt.Sprintf("    %d captured", s.Captures[i]))
	}
	side = append(side, fmt.Sprintf("move %d", s.Number), lights(s))
	for i, q := range slices.Backward(s.Questions) {
		if i < len(s.Questions)-1 {
			side = append(side, "  then: "+q.Text)
			continue
		}
		side = append(side, "? "+q.Text)
	}
	return side
}

func lights(s *match.Snapshot) string {
	on := func(ok bool, yes, no string) string {
		if ok {
			return yes
		}
		return no
	}
	eyes := on(s.Camera, on(s.Locked, "sees the board", "looking for the board"), "no camera")
	if s.Camera && s.Locked && s.Covered > 0.02 {
		eyes = fmt.Sprintf("%.0f %% covered", 100*s.Covered)
	}
	return on(s.Online, "online", "offline") + ", " + eyes
}
