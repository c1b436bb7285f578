package live

import (
	"context"
	"time"
)

// Delayed returns a feed that tells what f tells, by this much later: so that
// those at the board cannot be helped by those who watch. Clocks are shifted
// too, and read as they did then. The feed is closed when f has been, and all of
// it told; when ctx ends, at once.
func Delayed(ctx context.Context, f *Feed, by time.Duration) *Feed {
	late := NewFeed()
	w := f.Watch()
	type moment struct {
		game *Game
		at   time.Time
	}
	told := make(chan moment)
	go func() { // reads: so that f's watcher never falls behind
		defer close(told)
		defer w.Close()
		game := &Game{}
		for {
			e, err := w.Next(ctx)
			if err != nil {
				return
			}
			if game, err = game.After(e); err != nil {
				return // cannot be: a watcher's events have no gaps
			}
			select {
			case told <- moment{shifted(game, by), time.Now().Add(by)}:
			case <-ctx.Done():
				return
			}
		}
	}()
	go func() { // waits
		defer late.Close()
		timer := time.NewTimer(0)
		defer timer.Stop()
		var queue []moment
		for in := (<-chan moment)(told); in != nil || len(queue) > 0; {
			var due <-chan time.Time
			if len(queue) > 0 {
				timer.Reset(time.Until(queue[0].at))
				due = timer.C
			}
			select {
			case m, ok := <-in:
				if !ok {
					in = nil
					continue
				}
				queue = append(queue, m)
			case <-due:
				late.Tell(queue[0].game)
				queue[0] = moment{}
				queue = queue[1:]
			case <-ctx.Done():
				return
			}
		}
	}()
	return late
}

// shifted is g as it is to be told later.
func shifted(g *Game, by time.Duration) *Game {
	if g.ClocksAt.IsZero() {
		return g
	}
	late := *g
	late.ClocksAt = g.ClocksAt.Add(by)
	return &late
}
