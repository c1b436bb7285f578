package games

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gobancam/gobancam/ogs"
)

// Ranked says whether a game counts for the ranks.
func Ranked(yes bool) string {
	if yes {
		return "ranked"
	}
	return "unranked"
}

// ConnectPast connects as long as ctx lasts, for a session that outlives it:
// what was offered has to be withdrawn when ctx ends.
func ConnectPast(ctx context.Context, client *ogs.Client) (*ogs.Session, error) {
	connecting, stop := context.WithCancel(context.WithoutCancel(ctx))
	goesOn := context.AfterFunc(ctx, stop)
	s, err := ogs.Connect(connecting, client)
	if !goesOn() && err == nil {
		s.Close()
		err = ctx.Err()
	}
	if err != nil {
		stop()
		return nil, err
	}
	return s, nil
}

// StandsError says that a challenge could not be withdrawn.
type StandsError struct {
	Challenge ogs.ID
	Err       error
}

func (e *StandsError) Error() string {
	return fmt.Sprintf("challenge %d could not be withdrawn, or has just become a game: %v", e.Challenge, e.Err)
}

func (e *StandsError) Unwrap() error { return e.Err }

// Offer makes a challenge to a player (0: to anybody) in a session that outlives
// ctx, waits for its game, and withdraws it if ctx ends before.
func Offer(ctx context.Context, s *ogs.Session, ch ogs.Challenge, opponent ogs.ID) (ogs.ID, error) {
	var made ogs.Offer
	id, err := s.Offer(ctx, ch, opponent, func(o ogs.Offer) { made = o })
	if err == nil || made.Challenge == 0 || ctx.Err() == nil {
		return id, err
	}
	late, cancel := context.WithTimeout(context.WithoutCancel(ctx), 15*time.Second)
	defer cancel()
	if err := s.Client().Withdraw(late, made.Challenge); err != nil {
		return 0, &StandsError{made.Challenge, err}
	}
	return 0, errors.New("the challenge was withdrawn")
}

// Seeks tells show the open challenges, and then what is new and what is gone,
// until show wants no more, it fails, or ctx ends.
func Seeks(ctx context.Context, s *ogs.Session, show func(ogs.SeekGraph) (more bool, err error)) error {
	sub := s.Subscribe()
	defer sub.Close()
	if err := s.WatchSeeks(); err != nil {
		return err
	}
	late := time.After(10 * time.Second)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-late:
			return errors.New("the server does not list the open challenges")
		case e, ok := <-sub.Events():
			if !ok {
				return errors.New("the connection has ended")
			}
			g, ok := e.(ogs.SeekGraph)
			if !ok {
				continue
			}
			if more, err := show(g); err != nil || !more {
				return err
			}
			late = nil
		}
	}
}

// Searches are the automatic searches of this account that the server tells of
// within two seconds.
func Searches(ctx context.Context, s *ogs.Session, show func(ogs.AutomatchEvent)) error {
	sub := s.Subscribe()
	defer sub.Close()
	if err := s.ListMatches(); err != nil {
		return err
	}
	enough := time.After(2 * time.Second)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-enough:
			return nil
		case e := <-sub.Events():
			if a, ok := e.(ogs.AutomatchEvent); ok && a.Kind == "entry" {
				show(a)
			}
		}
	}
}
