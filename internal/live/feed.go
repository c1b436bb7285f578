package live

import (
	"context"
	"io"
	"sync"
	"time"

	"github.com/gobancam/gobancam/internal/limits"
)

// Feed tells one game after another to all who watch. It has no goroutine; its
// methods may be called from any.
type Feed struct {
	mu       sync.Mutex
	game     *Game
	last     Event   // the newest
	whole    Event   // as much as all events so far
	recent   []Event // the last few, without gaps, for who comes back
	watchers map[*Watcher]struct{}
	closed   bool
}

// shared is what an event becomes once for all who are told it.
type shared struct {
	json func() ([]byte, error)
}

// NewFeed returns a feed of a game that has not begun: one of no lines.
func NewFeed() *Feed {
	f := &Feed{game: &Game{}, watchers: map[*Watcher]struct{}{}}
	e, _ := Between(nil, f.game)
	f.tell(e)
	return f
}

// Tell says how the game is now, which may be as it was: then nothing is told.
// g must not be changed afterwards. It returns at once, whoever watches.
func (f *Feed) Tell(g *Game) {
	f.mu.Lock()
	defer f.mu.Unlock()
	e, ok := Between(f.game, g)
	if !ok || f.closed {
		return
	}
	f.game = g
	f.tell(e)
}

// tell numbers an event and hands it to the watchers.
func (f *Feed) tell(e Event) {
	e.Number, e.Time = f.last.Number+1, time.Now().UTC().Truncate(time.Millisecond)
	f.last = share(e)
	f.whole = f.last
	if e.Game == nil {
		f.whole = share(Event{Number: e.Number, Time: e.Time, Size: f.game.Size, Game: f.game})
	}
	if len(f.recent) == limits.LiveBacklog {
		f.recent = append(f.recent[:0:0], f.recent[1:]...)
	}
	f.recent = append(f.recent, f.last)
	for w := range f.watchers {
		w.take(f.last)
	}
}

func share(e Event) Event {
	e.shared = &shared{sync.OnceValues(e.encode)}
	return e
}

// Game returns the game as it was told last, and the number of that event.
func (f *Feed) Game() (*Game, int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.game, f.last.Number
}

// Whole is one event with the whole game as it is now.
func (f *Feed) Whole() Event {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.whole
}

// Watching is how many watch now.
func (f *Feed) Watching() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.watchers)
}

// Close ends the telling: who watches is told what there is, and then io.EOF.
func (f *Feed) Close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return
	}
	f.closed = true
	for w := range f.watchers {
		w.wake()
	}
}

// Watch begins to watch. The first event that the watcher gets is one with the
// whole game. It has to be closed.
func (f *Feed) Watch() *Watcher {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.watch(nil, true)
}

// WatchAfter goes on watching after the event of this number: the first event is
// the next one. Where it is not known any more what came after it, or never was,
// the first event is one with the whole game.
func (f *Feed) WatchAfter(number int64) *Watcher {
	f.mu.Lock()
	defer f.mu.Unlock()
	from := number + 1 - f.recent[0].Number
	if from < 0 || from > int64(len(f.recent)) {
		return f.watch(nil, true)
	}
	return f.watch(append([]Event(nil), f.recent[from:]...), false)
}

func (f *Feed) watch(missed []Event, behind bool) *Watcher {
	w := &Watcher{f: f, queue: missed, behind: behind, woken: make(chan struct{}, 1)}
	f.watchers[w] = struct{}{}
	return w
}

// Watcher is one who watches a feed. Next is called by one goroutine at a time,
// Close by any.
type Watcher struct {
	f     *Feed
	woken chan struct{}

	// Under the feed's lock.
	queue  []Event
	behind bool // it missed what the queue does not hold: the next event is the whole game
	closed bool
}

// take puts an event where Next finds it; the feed is locked.
func (w *Watcher) take(e Event) {
	switch {
	case w.behind: // the whole game has it
	case len(w.queue) == limits.LiveBacklog:
		w.queue, w.behind = nil, true
	default:
		w.queue = append(w.queue, e)
	}
	w.wake()
}

func (w *Watcher) wake() {
	select {
	case w.woken <- struct{}{}:
	default:
	}
}

// Next waits for the next event: in order, without gaps, but for an event with
// a Game, which stands for all before it. It returns ctx's error when that
// ends, and io.EOF when the watcher or the feed has been closed.
func (w *Watcher) Next(ctx context.Context) (Event, error) {
	for {
		if err := ctx.Err(); err != nil {
			return Event{}, err
		}
		if e, ok, err := w.next(); ok || err != nil {
			return e, err
		}
		select {
		case <-w.woken:
		case <-ctx.Done():
		}
	}
}

func (w *Watcher) next() (e Event, ok bool, err error) {
	w.f.mu.Lock()
	defer w.f.mu.Unlock()
	switch {
	case w.closed:
		return e, false, io.EOF
	case w.behind:
		w.queue, w.behind = nil, false
		return w.f.whole, true, nil
	case len(w.queue) > 0:
		e = w.queue[0]
		w.queue[0] = Event{}
		if w.queue = w.queue[1:]; len(w.queue) == 0 {
			w.queue = nil
		}
		return e, true, nil
	case w.f.closed:
		return e, false, io.EOF
	}
	return e, false, nil
}

// Close ends the watching.
func (w *Watcher) Close() {
	w.f.mu.Lock()
	defer w.f.mu.Unlock()
	w.closed, w.queue = true, nil
	delete(w.f.watchers, w)
	w.wake()
}
