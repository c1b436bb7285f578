package lounge

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/gobancam/gobancam/internal/app/face"
	"github.com/gobancam/gobancam/internal/demo"
	"github.com/gobancam/gobancam/internal/match"
)

// demo plays the simulated game, by itself or by the user's clicks.
func (l *Lounge) demo(yours bool) page {
	return func(ctx context.Context) (page, error) {
		dir, err := os.MkdirTemp("", "gobancam-demo-")
		if err != nil {
			return l.trouble("The demo did not start", err, l.cameras, nil, ""), nil
		}
		l.window.Clear()
		l.window.ShowMenu(nil)
		commands, end := l.seat.Orders.Begin()
		opt := demo.Options{Out: l.opt.Out, Dir: dir,
			Publish: func(s *match.Snapshot) { l.voices.Show(s); l.window.ShowSnapshot(s) },
			Voice:   func(e match.Event) { l.voices.Announce(e); l.window.Announce(e) },
			Seen:    face.Film(l.window, l.seat.Face.Note), Commands: commands, Eyed: l.seat.Eyes.Store}
		if yours {
			for len(l.hand) > 0 {
				<-l.hand
			}
			opt.Hand = l.hand
			l.handed.Store(true)
			defer l.handed.Store(false)
		}
		err = demo.Run(ctx, opt)
		end()
		l.seat.Eyes.Store(nil)
		if l.window.Left() || ctx.Err() != nil {
			return nil, nil
		}
		if err != nil && !errors.Is(err, demo.ErrDiffers) {
			return l.trouble("The demo broke", err, l.cameras, nil, ""), nil
		}
		return l.read(ctx, l.cameras)
	}
}

// read leaves the result of a game on the screen until it has been read.
func (l *Lounge) read(ctx context.Context, next page) (page, error) {
	if s := l.window.Shown(); s == nil || s.Result == nil {
		l.window.Clear()
		return next, nil // the game was left
	}
	var late <-chan time.Time
	if next == nil { // the window closes by itself
		timer := time.NewTimer(time.Minute)
		defer timer.Stop()
		late = timer.C
	}
	for {
		select {
		case a := <-l.window.Answers():
			if a.Menu == "play" {
				l.window.Clear()
				if kept := l.seat.Face.Kept.Load(); a.Key == "R" && kept != nil {
					return l.review(*kept, next), nil
				}
				return next, nil
			}
		case <-late:
			return nil, nil
		case <-ctx.Done():
			return nil, nil
		}
	}
}
