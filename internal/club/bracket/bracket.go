// Package bracket draws a tournament for a terminal.
package bracket

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/gobancam/gobancam/internal/club"
	"github.com/gobancam/gobancam/internal/plain"
)

// Write draws the matches of a single elimination as a tree, from the
// first round at the left to the winner at the right, and those of other
// tournaments as a list of rounds. Groups come first, each for itself.
func Write(w io.Writer, s club.Scene) error {
	b := bracket{matches: slices.Clone(s.Matches), name: map[string]string{}}
	for _, p := range s.Players {
		b.name[p.ID] = p.Name
		for _, id := range p.Aliases {
			b.name[id] = p.Name
		}
	}
	slices.SortStableFunc(b.matches, func(x, y club.Match) int {
		return cmp.Or(cmp.Compare(x.Round, y.Round), cmp.Compare(x.PlayOrder, y.PlayOrder))
	})
	var out strings.Builder
	var groups []string
	for _, m := range b.matches {
		if !slices.Contains(groups, m.Group) {
			groups = append(groups, m.Group)
		}
	}
	slices.SortStableFunc(groups, func(x, y string) int { // the last stage has none, and comes last
		return cmp.Or(cmp.Compare(btoi(x == ""), btoi(y == "")), cmp.Compare(len(x), len(y)), cmp.Compare(x, y))
	})
	for i, g := range groups {
		part := bracket{name: b.name}
		for _, m := range b.matches {
			if m.Group == g {
				part.matches = append(part.matches, m)
			}
		}
		if i > 0 {
			out.WriteByte('\n')
		}
		if g != "" {
			fmt.Fprintf(&out, "Group %d\n", i+1)
		}
		if s.Tournament.FormOf(part.matches[0]) == club.SingleElimination {
			part.trees(&out)
		} else {
			part.rounds(&out)
		}
	}
	_, err := io.WriteString(w, out.String())
	return err
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

type bracket struct {
	matches []club.Match
	name    map[string]string
}

// who names a player; an unknown one is a question mark.
func (b *bracket) who(id string) string {
	if id == "" {
		return "?"
	}
	return cmp.Or(b.name[id], id)
}

// block is a drawing whose line goes on at the right of row mid.
type block struct {
	rows []string
	mid  int
}

// trees draws every match that leads nowhere yet, with what led to it.
func (b *bracket) trees(out *strings.Builder) {
	// The API does not say where a player came from; the winner of an earlier
	// match who plays in a later one shows it.
	from := map[string][2]int{} // match → the two matches before it, -1 for none
	leads := map[int]bool{}
	for _, m := range b.matches {
		src := [2]int{-1, -1}
		for side, p := range []string{m.Player1, m.Player2} {
			for i, e := range b.matches {
				if p != "" && e.Round < m.Round && e.Winner == p && !leads[i] {
					src[side] = i
				}
			}
			if src[side] >= 0 {
				leads[src[side]] = true
			}
		}
		from[m.ID] = src
	}
	var draw func(i int) block
	draw = func(i int) block {
		m := b.matches[i]
		var part [2]block
		for side, p := range []string{m.Player1, m.Player2} {
			if src := from[m.ID][side]; src >= 0 {
				part[side] = draw(src)
			} else {
				part[side] = block{rows: []string{b.who(p)}}
			}
		}
		wide := 0
		for _, p := range part {
			for _, row := range p.rows {
				wide = max(wide, plain.Columns(row))
			}
		}
		var rows []string
		for side, p := range part {
			for y, row := range p.rows {
				fill, end := " ", " "
				switch {
				case y == p.mid:
					fill = "─"
					end = []string{"┐", "┘"}[side]
					row += " "
				case (y > p.mid) == (side == 0):
					end = "│"
				}
				rows = append(rows, row+strings.Repeat(fill, wide+2-plain.Columns(row))+end)
			}
			if side == 0 {
				rows = append(rows, strings.Repeat(" ", wide+2)+"├ "+b.result(m))
			}
		}
		return block{rows, len(part[0].rows)}
	}
	first := true
	for i, m := range b.matches {
		if leads[i] {
			continue
		}
		if !first {
			out.WriteByte('\n')
		}
		first = false
		if m.Identifier == "3P" {
			out.WriteString("Third place\n")
		}
		for _, row := range draw(i).rows {
			out.WriteString(strings.TrimRight(row, " ") + "\n")
		}
	}
}

func (b *bracket) result(m club.Match) string {
	switch {
	case m.State != club.Complete && !m.Underway.IsZero():
		return m.Identifier + " (being played)"
	case m.State != club.Complete:
		return m.Identifier
	case m.Winner == "":
		return "tie " + m.Score()
	}
	return b.who(m.Winner)
}

// rounds lists the matches by round.
func (b *bracket) rounds(out *strings.Builder) {
	// The losers' bracket, whose rounds count down, comes after the winners'.
	slices.SortStableFunc(b.matches, func(x, y club.Match) int {
		if x.Round < 0 && y.Round < 0 {
			return cmp.Compare(y.Round, x.Round)
		}
		return cmp.Compare(btoi(x.Round < 0), btoi(y.Round < 0))
	})
	wide := 1
	for _, m := range b.matches {
		wide = max(wide, plain.Columns(b.who(m.Player1)))
	}
	last := 0
	for i, m := range b.matches {
		if i == 0 || m.Round != last {
			if m.Round < 0 {
				fmt.Fprintf(out, "Losers' round %d\n", -m.Round)
			} else {
				fmt.Fprintf(out, "Round %d\n", m.Round)
			}
		}
		last = m.Round
		score := cmp.Or(m.Score(), "–")
		mark := func(id string) string {
			if m.Winner != "" && m.Winner == id {
				return "*"
			}
			return " "
		}
		fmt.Fprintf(out, "  %3s  %s%s %5s  %s%s\n", m.Identifier, mark(m.Player1), plain.Pad(b.who(m.Player1), wide), score, mark(m.Player2), b.who(m.Player2))
	}
}
