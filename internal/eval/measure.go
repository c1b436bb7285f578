package eval

import (
	"context"
	"errors"
	"io"
)

// Options say what Measure measures, and with what.
type Options struct {
	Given, Alone bool // with the labels' corners, and from the picture alone
	Stills       bool // the pictures of a sequence one by one, not its game
	Eyes         Eyes
	Players      Players
	Told         func(Told) error // is given each report
}

// Told is a report on pictures or games.
type Told interface {
	WriteText(io.Writer) error
	WriteJSON(io.Writer) error
}

// LoadError says that a manifest cannot be read.
type LoadError struct{ Err error }

func (e *LoadError) Error() string { return e.Err.Error() }
func (e *LoadError) Unwrap() error { return e.Err }

// Measure measures the pictures of each manifest as it comes, and the games of
// all of them together at the end.
func Measure(ctx context.Context, manifests []string, o Options) error {
	var ways []bool
	if o.Given {
		ways = append(ways, true)
	}
	if o.Alone {
		ways = append(ways, false)
	}
	var games []*Game
	for _, name := range manifests {
		if !o.Stills {
			g, err := LoadGame(name)
			if err == nil {
				games = append(games, g)
				continue
			}
			if !errors.Is(err, ErrManifest) {
				return &LoadError{err}
			}
		}
		pics, err := Load(name)
		if err != nil {
			return &LoadError{err}
		}
		for _, given := range ways {
			results, err := Run(ctx, o.Eyes, pics, given, nil)
			if err != nil {
				return err
			}
			if err := o.Told(NewReport(name, given, results)); err != nil {
				return err
			}
		}
	}
	if len(games) == 0 {
		return nil
	}
	for _, given := range ways {
		results, err := RunGames(ctx, o.Players, games, given)
		if err != nil {
			return err
		}
		if err := o.Told(NewGameReport(given, results)); err != nil {
			return err
		}
	}
	return nil
}
