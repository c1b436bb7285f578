package desk

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/club"
)

// Table is a match with its players seated.
type Table struct {
	Tournament   club.Tournament
	Match        club.Match
	Black, White club.Player
	// Size is the board's, where the tournament's name, game or description
	// says "9x9" or "13×13"; 0 where none does.
	Size int

	ids [2]string // black's and white's in this match
}

// String names the table: "Club evening, round 1, match A: Anna (B) – Ben (W)".
func (t *Table) String() string {
	return fmt.Sprintf("%s, %s: %s (B) – %s (W)", t.Tournament.Name, t.where(), t.Black.Name, t.White.Name)
}

func (t *Table) where() string {
	s := "round " + strconv.Itoa(t.Match.Round)
	if t.Match.Round < 0 {
		s = "losers' round " + strconv.Itoa(-t.Match.Round)
	}
	if t.Match.Identifier != "" {
		s += ", match " + t.Match.Identifier
	}
	if t.Match.Group != "" {
		s = "groups, " + s
	}
	return s
}

// Sign writes names, event, round and date into the root of the game's SGF.
func (t *Table) Sign(root *board.Node, played time.Time) {
	root.SetText("PB", t.Black.Name)
	root.SetText("PW", t.White.Name)
	root.SetText("EV", t.Tournament.Name)
	root.SetText("RO", strings.TrimPrefix(t.where(), "round "))
	root.SetText("DT", played.Format("2006-01-02"))
	if t.Tournament.Page != "" {
		root.SetText("SO", t.Tournament.Page)
	}
}

var sizes = regexp.MustCompile(`\b(\d{1,2})\s?[x×X]\s?(\d{1,2})\b`)

// sizeOf reads the board's size off a tournament.
func sizeOf(t club.Tournament) int {
	for _, text := range []string{t.Name, t.Game, t.Description} {
		for _, m := range sizes.FindAllStringSubmatch(text, -1) {
			if n, err := strconv.Atoi(m[1]); err == nil && m[1] == m[2] && n >= 5 && n <= board.MaxSize {
				return n
			}
		}
	}
	return 0
}

// result is the result as it is reported: the winner has 1, the loser 0.
func (t *Table) result(r board.Result) (club.Result, error) {
	res := club.Result{Player1: t.ids[0], Player2: t.ids[1]}
	switch {
	case r.By == board.Void:
		return res, errors.New("a game without a result cannot be reported")
	case r.Winner == board.Black:
		res.Winner, res.Sets = t.ids[0], [][2]int{{1, 0}}
	case r.Winner == board.White:
		res.Winner, res.Sets = t.ids[1], [][2]int{{0, 1}}
	case t.Tournament.FormOf(t.Match).KnockOut():
		return res, errors.New("a knock-out has no draws")
	default:
		res.Sets = [][2]int{{0, 0}}
	}
	return res, nil
}

// sentence says a result to people, and in the attachment.
func (t *Table) sentence(r board.Result) string {
	who := fmt.Sprintf("%s: %s (B) – %s (W)", t.where(), t.Black.Name, t.White.Name)
	switch r.Winner {
	case board.Black:
		return fmt.Sprintf("%s, %s: %s wins", who, r, t.Black.Name)
	case board.White:
		return fmt.Sprintf("%s, %s: %s wins", who, r, t.White.Name)
	}
	return who + ", a draw"
}
