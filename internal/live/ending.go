package live

import (
	"strconv"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
)

// Ending is a result in words: "Black wins by 3.5 points".
func Ending(r game.Result) string {
	said := ""
	if r.Winner == board.Empty || r.By == board.ByForfeit {
		said = r.Words
	}
	if said != "" {
		said = " (" + said + ")"
	}
	if r.Annulled {
		said += "; the game does not count"
	}
	who := "Black wins"
	switch {
	case r.By == board.Void:
		return "No result" + said
	case r.Winner == board.Empty:
		return "A draw" + said
	case r.Winner == board.White:
		who = "White wins"
	}
	switch r.By {
	case board.ByPoints:
		points := strconv.FormatFloat(r.Points, 'f', -1, 64)
		if r.Points == 1 {
			return who + " by 1 point" + said
		}
		return who + " by " + points + " points" + said
	case board.ByResignation:
		return who + " by resignation" + said
	case board.ByTime:
		return who + " on time" + said
	case board.ByForfeit:
		return who + " by forfeit" + said
	}
	return who + said
}
