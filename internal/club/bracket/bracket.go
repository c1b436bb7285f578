// Package bracket draws a tournament for a terminal.
package bracket

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"golang.org/x/text/width"

	"github.com/gobancam/gobancam/challonge"
)

// Columns is how many columns of a terminal a text takes: letters of CJK are
// two wide.
func Columns(s string) int {
	n := 0
	for _, r := range s {
		switch width.LookupRune(r).Kind() {
		case width.EastAsianWide, width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}

// Pad fills s with spaces up to a number of columns.
func Pad(s string, columns int) string {
	return s + strings.Repeat(" ", max(0, columns-Columns(s)))
}

// Write draws the matches of a single elimination as a tree, from the
// first round at the left to the winner at the right, and those of other
// tournaments as a list of rounds. Groups come first, each for itself.
func Write(w io.Writer, t challonge.Tournament, people []challonge.Participant, matches []challonge.Match) error {
	b := bracket{matches: slices.Clone(matches), name: map[challonge.ID]string{}}
	for _, p := range people {
		b.name[p.ID] = p.Name
		for _, id := range p.GroupIDs {
			b.name[id] = p.Name
		}
	}
	slices.SortStableFunc(b.matches, func(x, y challonge.Match) int {
		return cmp.Or(cmp.Compare(x.Round, y.Round), cmp.Compare(x.PlayOrder, y.PlayOrder))
	})
	var out strings.Builder
	var groups []challonge.ID
	for _, m := range b.matches {
		if !slices.Contains(groups, m.Group) {
			groups = append(groups, m.Group)
		}
	}
	slices.SortStableFunc(groups, func(x, y challonge.ID) int { // the last stage has none, and comes last
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
		if t.TypeOf(part.matches[0]) == challonge.SingleElimination {
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
	matches []challonge.Match
	name    map[challonge.ID]string
}

// who names a player; an unknown one is a question mark.
func (b *bracket) who(id challonge.ID) string {
	if id == "" {
		return "?"
	}
	return cmp.Or(b.name[id], string(id))
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
	from := map[challonge.ID][2]int{} // match → the two matches before it, -1 for none
	leads := map[int]bool{}
	for _, m := range b.matches {
		src := [2]int{-1, -1}
		for side, p := range []challonge.ID{m.Player1, m.Player2} {
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
		for side, p := range []challonge.ID{m.Player1, m.Player2} {
			if src := from[m.ID][side]; src >= 0 {
				part[side] = draw(src)
			} else {
				part[side] = block{rows: []string{b.who(p)}}
			}
		}
		wide := 0
		for _, p := range part {
			for _, row := range p.rows {
				wide = max(wide, Columns(row))
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
				rows = append(rows, row+strings.Repeat(fill, wide+2-Columns(row))+end)
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

func (b *bracket) result(m challonge.Match) string {
	switch {
	case m.State != challonge.MatchComplete && !m.Underway.IsZero():
		return m.Identifier + " (being played)"
	case m.State != challonge.MatchComplete:
		return m.Identifier
	case m.Winner == "":
		return "tie " + m.Score()
	}
	return b.who(m.Winner)
}

// rounds lists the matches by round.
func (b *bracket) rounds(out *strings.Builder) {
	// The losers' bracket, whose rounds count down, comes after the winners'.
	slices.SortStableFunc(b.matches, func(x, y challonge.Match) int {
		if x.Round < 0 && y.Round < 0 {
			return cmp.Compare(y.Round, x.Round)
		}
		return cmp.Compare(btoi(x.Round < 0), btoi(y.Round < 0))
	})
	wide := 1
	for _, m := range b.matches {
		wide = max(wide, Columns(b.who(m.Player1)))
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
		mark := func(id challonge.ID) string {
			if m.Winner != "" && m.Winner == id {
				return "*"
			}
			return " "
		}
		fmt.Fprintf(out, "  %3s  %s%s %5s  %s%s\n", m.Identifier, mark(m.Player1), Pad(b.who(m.Player1), wide), score, mark(m.Player2), b.who(m.Player2))
	}
}
