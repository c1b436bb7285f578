package games_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/gobancam/gobancam/internal/app/apptest"
	"github.com/gobancam/gobancam/internal/app/games"
	"github.com/gobancam/gobancam/internal/app/state"
	"github.com/gobancam/gobancam/ogs"
)

func TestChoose(t *testing.T) {
	w := apptest.NewWorld(t)
	c := w.Client(t)
	choose := func(which games.Which, want ogs.ID, wrong error) {
		t.Helper()
		id, err := games.Choose(t.Context(), c, which)
		if id != want || (err == nil) != (wrong == nil) || wrong != nil && err.Error() != wrong.Error() {
			t.Errorf("%+v is %d (%v), want %d (%v)", which, id, err, want, wrong)
		}
	}
	any, last := games.Which{}, games.Which{Last: true}
	choose(any, 0, games.ErrNone)
	choose(last, 0, games.ErrOver)
	choose(games.Which{ID: 5}, 5, nil) // whether it is there is found out by joining it
	first := ogs.ID(w.Game(t, "first").ID)
	choose(any, first, nil)
	choose(last, 0, games.ErrOver)
	second := ogs.ID(w.Game(t, "second").ID)
	choose(any, 0, games.ManyError(2))
	choose(games.Which{Number: 3}, 0, &games.NumberError{Number: 3, Running: 2})
	list, err := games.Active(t.Context(), c, ogs.ID(w.Alice.ID))
	if err != nil || len(list) != 2 {
		t.Fatal(list, err)
	}
	choose(games.Which{Number: 2}, list[1].ID, nil)
	if err := state.RememberGame(c.Server(), second); err != nil {
		t.Fatal(err)
	}
	choose(any, second, nil)
	choose(last, second, nil)
	if err := state.RememberGame(c.Server(), 999); err != nil {
		t.Fatal(err)
	}
	choose(last, 0, games.ErrOver)
}

// An offer that nobody waits for any more is withdrawn.
func TestOfferIsWithdrawn(t *testing.T) {
	w := apptest.NewWorld(t)
	s, err := games.ConnectPast(t.Context(), w.Client(t))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		for len(w.Open()) == 0 {
			time.Sleep(time.Millisecond)
		}
		stop()
	}()
	_, err = games.Offer(ctx, s, ogs.NewChallenge(9), 0)
	var stands *games.StandsError
	if err == nil || errors.As(err, &stands) || !strings.Contains(err.Error(), "withdrawn") || len(w.Open()) != 0 {
		t.Errorf("%v; %v stand", err, w.Open())
	}
}
