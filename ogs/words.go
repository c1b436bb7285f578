package ogs

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
)

// What the server says, in the words of package game: its ids of players are
// colours there, its clock is what it shows at a moment, its list of pauses is
// one pause. What is known of the server stands in docs/ogs.md.

// side is the colour of a player's id; Empty for nobody's, and for one who does
// not play.
func (s *State) side(id ID) board.Color {
	switch id {
	case 0:
	case s.Players[board.White].ID:
		return board.White
	case s.Players[board.Black].ID:
		return board.Black
	}
	return board.Empty
}

// Pause is why the game stands; nil while it does not. In stone removal the
// clock is stopped too, which is no pause.
func (s *State) Pause() *game.Pause {
	if !s.Clock.Paused || s.Phase != game.Playing {
		return nil
	}
	p := &game.Pause{Why: "the server stopped the clock"}
	for _, why := range slices.Sorted(maps.Keys(s.Clock.Pauses)) {
		p.Why = why
		if by := s.side(s.Clock.Pauses[why].Player); by != board.Empty {
			p.By = by
		}
	}
	return p
}

// Clocks is what the clocks show at the server's time now.
func (s *State) Clocks(now time.Time) game.ClockChanged {
	r := s.Clock.At(now, s.Time)
	return game.ClockChanged{Clocks: [2]game.Clock{r.Sides[board.Black], r.Sides[board.White]}, ToMove: s.Clock.Color()}
}

// Data is all that is known of the game, as somebody who plays it on a board is
// told. It fails for a game that cannot be played on one.
func (s *State) Data() (game.Data, error) {
	g, err := s.Game()
	if err != nil {
		return game.Data{}, fmt.Errorf("game %d cannot be played on a board: %w", s.ID, err)
	}
	d := game.Data{
		Epoch: s.Epoch, ID: int64(s.ID), Name: s.Name,
		Setup: g.Setup(), Moves: g.Moves(), Phase: s.Phase,
		Me: s.Me, ToMove: s.Clock.Color(),
		Players: [2]game.Player{s.Players[board.Black].Game(), s.Players[board.White].Game()},
		Paused:  s.Pause(), Undo: s.Undo,
	}
	if d.Dead, err = board.ParseOGSPoints(s.Removed, s.Width); err != nil {
		return d, fmt.Errorf("game %d: the server's list of dead stones: %w", s.ID, err)
	}
	if s.Phase == game.Over {
		r := s.Result
		d.Result = &r
	}
	return d, nil
}

// resultOf is a result by its winner and the server's words for how a game
// ended: "12.5 points", "Resignation", "Timeout", "Cancellation", "Moderator
// Decision", …. counted says that the server counted the game: without a winner
// it is a draw then, and has no result else.
func resultOf(winner board.Color, words string, counted, annulled bool) game.Result {
	r := game.Result{Winner: winner, Words: words, Annulled: annulled}
	points, margin := strings.CutSuffix(words, " points")
	n, err := strconv.ParseFloat(points, 64)
	switch {
	case winner == board.Empty && counted:
	case winner == board.Empty:
		r.By = board.Void
	case words == "Resignation":
		r.By = board.ByResignation
	case words == "Timeout":
		r.By = board.ByTime
	case margin && err == nil && n > 0 && !math.IsInf(n, 0):
		r.Points = n
	case margin, words == "":
		r.By = board.ByUnknown
	default: // disqualification, cancellation, a moderator's word
		r.By = board.ByForfeit
	}
	return r
}
