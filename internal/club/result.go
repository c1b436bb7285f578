package club

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Result is what is reported of a match. Its JSON lies on disks.
type Result struct {
	Player1 string   `json:"player1"` // in any order
	Player2 string   `json:"player2"`
	Sets    [][2]int `json:"sets"`             // player 1's score first; at least one
	Winner  string   `json:"winner,omitempty"` // empty for a tie
}

// Check says what is wrong with r, if anything.
func (r Result) Check() error {
	switch {
	case r.Player1 == "" || r.Player2 == "" || r.Player1 == r.Player2:
		return errors.New("a result needs two different players")
	case r.Winner != "" && r.Winner != r.Player1 && r.Winner != r.Player2:
		return fmt.Errorf("the winner %s is neither of the players", r.Winner)
	case len(r.Sets) == 0:
		return errors.New("a result needs a score, such as 1-0")
	}
	for _, s := range r.Sets {
		if s[0] < 0 || s[1] < 0 {
			return errors.New("a score cannot be below 0")
		}
	}
	return nil
}

// Is reports whether m already has the result r.
func (r Result) Is(m Match) bool {
	return m.State == Complete && m.Has(r.Player1) && m.Has(r.Player2) && m.Winner == r.Winner &&
		slices.Equal(m.Sets, r.setsFor(m.Player1))
}

// Equal reports whether a and b say the same, perhaps with the players the other
// way round.
func (r Result) Equal(o Result) bool {
	return r.Is(Match{State: Complete, Player1: o.Player1, Player2: o.Player2, Winner: o.Winner, Sets: o.Sets})
}

// setsFor returns the sets with the score of a player first.
func (r Result) setsFor(player string) [][2]int {
	sets := slices.Clone(r.Sets)
	if player == r.Player2 {
		for i, s := range sets {
			sets[i] = [2]int{s[1], s[0]}
		}
	}
	return sets
}

// ScoreText writes sets as 2-1 or 4-2,2-4,4-0.
func ScoreText(sets [][2]int) string {
	var parts []string
	for _, s := range sets {
		parts = append(parts, fmt.Sprintf("%d-%d", s[0], s[1]))
	}
	return strings.Join(parts, ",")
}

// ParseScore reads what ScoreText writes.
func ParseScore(text string) ([][2]int, error) {
	var sets [][2]int
	for part := range strings.SplitSeq(text, ",") {
		a, b, ok := strings.Cut(strings.TrimSpace(part), "-")
		x, err1 := strconv.Atoi(strings.TrimSpace(a))
		y, err2 := strconv.Atoi(strings.TrimSpace(b))
		if !ok || err1 != nil || err2 != nil || x < 0 || y < 0 || x > 9999 || y > 9999 {
			return nil, fmt.Errorf("%q is not a score; one looks like 1-0, or 4-2,2-4,4-0 for sets", text)
		}
		sets = append(sets, [2]int{x, y})
	}
	return sets, nil
}
