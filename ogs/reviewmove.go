package ogs

import (
	"fmt"
	"strings"

	"github.com/gobancam/gobancam/board"
)

// A ReviewMove is what one node of a review does: a move, a pass, or a stone
// that is put on the board or taken off it by hand.
type ReviewMove struct {
	Point board.Point // board.Pass for a pass
	// Edited is by hand: nothing is captured by it, and whose turn it is stays.
	Edited bool
	// Color is what lies at Point after an edit, Empty for nothing. Of a move in a
	// ReviewTree it says who played; in what is sent it is of no use, since it
	// follows from the moves before.
	Color board.Color
}

// Same reports whether two nodes do the same to a board that they share: who
// played is not looked at.
func (m ReviewMove) Same(o ReviewMove) bool {
	return m.Point == o.Point && m.Edited == o.Edited && (!m.Edited || m.Color == o.Color)
}

// String is the move as the server writes it.
func (m ReviewMove) String() string {
	if m.Edited {
		return fmt.Sprintf("!%d%s", m.Color, m.Point.OGS())
	}
	return m.Point.OGS()
}

// FormatReviewMoves writes a line as the server does: "pddp", ".." for a pass,
// "!1pd" and "!2pd" for a stone that is put down, "!0pd" for one taken away.
func FormatReviewMoves(moves []ReviewMove) string {
	var b strings.Builder
	for _, m := range moves {
		b.WriteString(m.String())
	}
	return b.String()
}

// ParseReviewMoves reads what FormatReviewMoves writes, for a board of this
// size. As in the server's own page a point that is not on the board is a pass;
// what is no pair of letters is an error.
func ParseReviewMoves(s string, size int) ([]ReviewMove, error) {
	var moves []ReviewMove
	bad := func(rest string) error {
		return fmt.Errorf("%.20q is no move of a review: two letters, \"..\" or, for a stone put down by hand, \"!1\" and two letters are expected", rest)
	}
	for s != "" {
		var m ReviewMove
		rest := s
		if s[0] == '!' {
			if len(s) < 4 || s[1] < '0' || s[1] > '2' {
				return nil, bad(rest)
			}
			m.Edited, m.Color, s = true, board.Color(s[1]-'0'), s[2:]
		}
		if len(s) < 2 || s[:2] != ".." && (!letter(s[0]) || !letter(s[1])) {
			return nil, bad(rest)
		}
		m.Point, _ = board.ParseOGS(strings.ToLower(s[:2]), size)
		moves, s = append(moves, m), s[2:]
		if len(moves) > maxMoves {
			return nil, errTooLong
		}
	}
	return moves, nil
}

func letter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }
