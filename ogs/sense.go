package ogs

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
)

// patience is how often game data that cannot be played is asked for again
// before a game is joined with it, to be watched, or not at all.
const patience = 2

// The bounds of what is believed: far beyond anything that the server offers.
const (
	maxMoves = 10_000
	maxCount = 10_000                    // periods of a clock, moves of a block
	maxTime  = 10 * 365 * 24 * time.Hour // on a clock
)

// sane says why a clock of a game under t cannot be true.
func (c *Clock) sane(t TimeControl) error {
	if t.System == NoClock || t.System == "" {
		return nil // whatever stands there, nobody reads it
	}
	for _, color := range []board.Color{board.Black, board.White} {
		s := c.Sides[color]
		for _, d := range []time.Duration{s.Thinking, s.PeriodTime, s.BlockTime} {
			if d.Abs() > maxTime {
				return fmt.Errorf("%v has %s on the clock", color, game.FormatDuration(d))
			}
		}
		for _, n := range []int{s.Periods, s.MovesLeft} {
			if n < 0 || n > maxCount {
				return fmt.Errorf("%v has %d periods or moves left on the clock", color, n)
			}
		}
	}
	return nil
}

// sane says why game data that could be read cannot be true, or cannot be
// played.
func (s *State) sane() error {
	if s.odd != nil {
		return s.odd
	}
	if _, err := board.ParseOGSPoints(s.Removed, s.Width); err != nil {
		return fmt.Errorf("the marked stones cannot be read: %w", err)
	}
	return nil
}

// follows says why s cannot be the same game as last.
func (s *State) follows(last *State) error {
	switch {
	case s.Width != last.Width || s.Height != last.Height:
		return fmt.Errorf("the board is %d×%d, and was %d×%d", s.Width, s.Height, last.Width, last.Height)
	case s.Me != last.Me:
		return fmt.Errorf("you are %v, and were %v", role(s.Me), role(last.Me))
	}
	return nil
}

func role(c board.Color) string {
	if c == board.Empty {
		return "watching"
	}
	return c.String()
}

// believed says why game data is not taken over. A game whose data cannot be
// played from the beginning is taken for what it is after a while: it can still
// be watched.
func (g *Game) believed(n *State) error {
	if n.ID != g.id {
		return fmt.Errorf("it is of game %d", n.ID)
	}
	if g.st != nil && g.st.game != nil {
		return cmp.Or(n.follows(g.st), g.keepsTime(n.Clock, n.Time), n.sane())
	}
	if g.st == nil && g.bad < patience {
		return cmp.Or(g.keepsTime(n.Clock, n.Time), n.sane())
	}
	return nil
}

// keepsTime says why a clock is not believed. A server that showed an absurd one
// from the beginning means something by it.
func (g *Game) keepsTime(c Clock, t TimeControl) error {
	if g.st != nil && g.st.Clock.sane(g.st.Time) != nil {
		return nil
	}
	return c.sane(t)
}

// unusable keeps the last good state, in which nothing is sent, and asks for
// the game data again, each time after a longer wait.
func (g *Game) unusable(err error, data json.RawMessage) {
	if g.ended {
		return
	}
	g.s.log.Info("ogs: game data cannot be used", "game", g.id, "error", err, "begins", excerpt(data[:min(len(data), 120)]))
	if g.st != nil && g.st.Live {
		g.change(func(n *State) { n.Live = false })
	}
	if !g.at.ask.IsZero() || !g.at.again.IsZero() {
		return // it will be asked for anyway
	}
	t := g.s.c.timing
	wait := min(t.Rejoin<<min(g.bad, 16), t.BackoffMax)
	g.asked, g.at.data = 0, time.Time{}
	g.at.again = time.Now().Add(wait)
	g.bad++
	if g.st == nil {
		if g.bad > patience {
			g.answer(fmt.Errorf("game %d: %w", g.id, err))
		}
		return
	}
	if why := err.Error(); why != g.nonsense {
		g.nonsense = why
		g.tell(Unusable{Err: err, Again: wait})
	}
	if g.hintEnd {
		g.lookUp()
	}
}

var errTooLong = errors.New("the game has more moves than a game can have")
