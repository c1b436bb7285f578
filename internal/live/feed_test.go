package live

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/limits"
)

// longer is g with another move.
func longer(g *Game) *Game {
	next := *g
	n := len(g.Steps)
	next.Steps = append(g.Steps[:n:n], Step{Color: board.Black, Point: board.Point{X: int8(n % 19), Y: int8(n / 19)}})
	return &next
}

var empty = &Game{Head: Head{ID: "1", Size: 19}}

// follow goes on with what w has to say until the game has n steps, and reports
// how often it was told everything.
func follow(t *testing.T, w *Watcher, g *Game, n int) (now *Game, wholes int) {
	t.Helper()
	number := int64(-1)
	for g == nil || len(g.Steps) < n {
		e, err := w.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if e.Game != nil {
			wholes++
		} else if number >= 0 && e.Number != number+1 {
			t.Fatalf("event %d follows %d", e.Number, number)
		}
		number = e.Number
		if g == nil {
			g = &Game{}
		}
		if g, err = g.After(e); err != nil {
			t.Fatal(err)
		}
	}
	return g, wholes
}

// TestFeedTellsEverybody has watchers come, read at their own pace and go, while
// a game is told that also turns back: each comes to the game as it is.
func TestFeedTellsEverybody(t *testing.T) {
	f := NewFeed()
	r := rand.New(rand.NewPCG(1, 2))
	var watching sync.WaitGroup
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ends := make(chan *Game, 30)
	for i := range cap(ends) {
		w := f.Watch()
		rest := rand.New(rand.NewPCG(9, uint64(i)))
		watching.Go(func() {
			defer w.Close()
			g, number := &Game{}, int64(0)
			for {
				e, err := w.Next(ctx)
				if errors.Is(err, io.EOF) {
					ends <- g
					return
				}
				if err != nil || e.Game == nil && e.Number != number+1 {
					t.Errorf("event %d after %d: %v", e.Number, number, err)
					return
				}
				number = e.Number
				if g, err = g.After(e); err != nil {
					t.Error(err)
					return
				}
				if rest.IntN(100) == 0 {
					time.Sleep(time.Millisecond)
				}
			}
		})
	}
	g := empty
	for range 1200 {
		if len(g.Steps) > 0 && r.IntN(4) == 0 || len(g.Steps) == 300 {
			back := *g
			back.Steps = g.Steps[:r.IntN(len(g.Steps))]
			g = &back
		} else {
			g = longer(g)
		}
		f.Tell(g)
	}
	f.Close()
	watching.Wait()
	for range cap(ends) {
		if e, ok := Between(<-ends, g); ok {
			t.Fatalf("one came to another game: %+v", e)
		}
	}
	if f.Watching() != 0 {
		t.Errorf("%d still watch", f.Watching())
	}
}

// TestSlowWatcher reads nothing while more is told than is kept for it.
func TestSlowWatcher(t *testing.T) {
	f := NewFeed()
	slow, new := f.Watch(), f.Watch()
	defer slow.Close()
	defer new.Close()
	g, _ := follow(t, slow, nil, 0)
	for range limits.LiveBacklog {
		f.Tell(longer(f.game))
	}
	g, wholes := follow(t, slow, g, limits.LiveBacklog)
	if wholes != 0 {
		t.Errorf("a watcher that was just fast enough was told everything %d times", wholes)
	}
	for range limits.LiveBacklog + 1 {
		f.Tell(longer(f.game))
	}
	e, err := slow.Next(t.Context())
	if err != nil || e.Game != f.game || e.Number != f.last.Number {
		t.Errorf("a slow watcher is told %+v, %v", e, err)
	}
	if len(g.Steps) == 0 {
		t.Error("no steps")
	}
	if e, err := new.Next(t.Context()); err != nil || e.Game != f.game {
		t.Errorf("a new watcher is told %+v, %v", e, err)
	}
	f.Tell(f.game)
	done, stop := context.WithCancel(t.Context())
	stop()
	if e, err := slow.Next(done); !errors.Is(err, context.Canceled) {
		t.Errorf("nothing happened, and it is told %+v, %v", e, err)
	}
}

// TestWatchAfter comes back with the number of the last event that was seen.
func TestWatchAfter(t *testing.T) {
	f := NewFeed()
	f.Tell(empty)
	for range 3 * limits.LiveBacklog {
		f.Tell(longer(f.game))
	}
	n := f.last.Number
	for _, c := range []struct {
		number int64
		first  int64
		whole  bool
	}{{n - 1, n, false}, {n - 5, n - 4, false}, {n - limits.LiveBacklog, n - limits.LiveBacklog + 1, false}, {n - limits.LiveBacklog - 1, n, true}, {-7, n, true}, {n + 1, n, true}, {1 << 62, n, true}, {-1 << 63, n, true}} {
		w := f.WatchAfter(c.number)
		if e, err := w.Next(t.Context()); err != nil || e.Number != c.first || (e.Game != nil) != c.whole {
			t.Errorf("after %d of %d: %d, whole %v, %v", c.number, n, e.Number, e.Game != nil, err)
		}
		w.Close()
	}
	w := f.WatchAfter(n)
	f.Close()
	if e, err := w.Next(t.Context()); err != io.EOF {
		t.Errorf("who had everything is told %+v, %v", e, err)
	}
	w.Close()
}

// TestDelay looks at what is told early and late.
func TestDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const by = 10 * time.Minute
		ctx, stop := context.WithCancel(t.Context())
		f := NewFeed()
		late := Delayed(ctx, f, by)
		begun := time.Now()
		for i := range 200 {
			time.Sleep(13 * time.Second)
			g := *longer(f.game)
			if i == 0 {
				g = *empty
			}
			g.Clocks[0] = game.Clock{System: game.MainTime, Left: time.Hour, Main: time.Hour}
			g.ClocksAt = time.Now()
			f.Tell(&g)
			synctest.Wait()
			told, _ := late.Game()
			want := max(0, i-47) // 46.2 moves in ten minutes
			if len(told.Steps) != want {
				t.Fatalf("after %v the past has %d moves, not %d", time.Since(begun), len(told.Steps), want)
			}
			if want > 0 && !told.ClocksAt.Equal(begun.Add(time.Duration(want+1)*13*time.Second+by)) {
				t.Fatalf("the clocks are of %v", told.ClocksAt.Sub(begun))
			}
		}
		f.Close()
		time.Sleep(by - time.Second)
		if told, _ := late.Game(); len(told.Steps) == 199 {
			t.Error("the last move came early")
		}
		w := late.Watch()
		time.Sleep(2 * time.Second)
		if told, _ := late.Game(); len(told.Steps) != 199 {
			t.Errorf("in the end there are %d moves", len(told.Steps))
		}
		if _, err := w.Next(t.Context()); err != nil { // the whole game
			t.Error(err)
		}
		if _, err := w.Next(t.Context()); err != io.EOF {
			t.Errorf("a feed that has told all is told of as %v", err)
		}
		w.Close()
		stop()
	})
}

// TestDelayIsLeft ends a delay before its time: no goroutine stays, which
// synctest would find.
func TestDelayIsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		f := NewFeed()
		late := Delayed(ctx, f, time.Hour)
		f.Tell(empty)
		synctest.Wait()
		stop()
		synctest.Wait()
		if g, _ := late.Game(); g.Size != 0 || f.Watching() != 0 {
			t.Errorf("%d lines, %d watching", g.Size, f.Watching())
		}
	})
}
