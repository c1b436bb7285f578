// Package games chooses an online game, or makes one: the running games, offers
// with a name, challenges made and withdrawn; and does something in a game that
// is not being played here.
package games

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/gobancam/gobancam/internal/app/state"
	"github.com/gobancam/gobancam/ogs"
)

// Active lists the running games, those in which it is me's turn first, then by
// the time that is left.
func Active(ctx context.Context, c *ogs.Client, me ogs.ID) ([]ogs.ActiveGame, error) {
	view, err := c.Overview(ctx)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(view.Games, func(a, b ogs.ActiveGame) int {
		if mine := a.ToMove == me; mine != (b.ToMove == me) {
			if mine {
				return -1
			}
			return 1
		}
		return a.Expiration.Compare(b.Expiration)
	})
	return view.Games, nil
}

// Which says which game is meant: by its ID, by its number in the list of Active
// (1, 2, …), the one played last, or, where all are zero, the one played last if
// it still runs, else the only one that runs.
type Which struct {
	ID     ogs.ID
	Number int
	Last   bool
}

// Errors of Choose.
var (
	ErrOver = errors.New("the game played last is over, or none was played")
	ErrNone = errors.New("no game is running")
)

// ManyError says that several games are running, and none of them is meant more
// than another.
type ManyError int

func (n ManyError) Error() string { return fmt.Sprintf("%d games are running", int(n)) }

// NumberError says that the list of the running games is shorter.
type NumberError struct{ Number, Running int }

func (e *NumberError) Error() string {
	return fmt.Sprintf("%d is none of the running games, of which there are %d", e.Number, e.Running)
}

// Choose finds the game that is meant.
func Choose(ctx context.Context, c *ogs.Client, which Which) (ogs.ID, error) {
	if which.ID != 0 {
		return which.ID, nil
	}
	me, err := c.Me(ctx)
	if err != nil {
		return 0, err
	}
	games, err := Active(ctx, c, me.ID)
	if err != nil {
		return 0, err
	}
	if n := which.Number; n != 0 {
		if n > len(games) {
			return 0, &NumberError{n, len(games)}
		}
		return games[n-1].ID, nil
	}
	last := state.LastGame(c.Server())
	if slices.ContainsFunc(games, func(g ogs.ActiveGame) bool { return g.ID == last }) {
		return last, nil
	}
	switch {
	case which.Last:
		return 0, ErrOver
	case len(games) == 0:
		return 0, ErrNone
	case len(games) > 1:
		return 0, ManyError(len(games))
	}
	return games[0].ID, nil
}

// Join connects to the server and joins the game that is meant. The caller
// closes the session.
func Join(ctx context.Context, c *ogs.Client, which Which) (*ogs.Session, *ogs.Game, error) {
	id, err := Choose(ctx, c, which)
	if err != nil {
		return nil, nil, err
	}
	s, err := ogs.Connect(ctx, c)
	if err != nil {
		return nil, nil, err
	}
	g, err := s.Join(ctx, id)
	if err != nil {
		s.Close()
		return nil, nil, err
	}
	return s, g, nil
}
