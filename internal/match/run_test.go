package match

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// wire connects a world with Run through channels.
type wire struct {
	looks  chan Look
	events chan game.Event
	did    []Request
	said   []Event
	kept   []Entry
	full   bool // the disk
}

func (w *wire) Looks() <-chan Look        { return w.looks }
func (w *wire) Events() <-chan game.Event { return w.events }
func (w *wire) Do(q Request)              { w.did = append(w.did, q) }
func (w *wire) Announce(e Event)          { w.said = append(w.said, e) }
func (w *wire) Append(e Entry) error {
	if w.full {
		return errors.New("no space left")
	}
	w.kept = append(w.kept, e)
	return nil
}

func newWire() *wire {
	return &wire{looks: make(chan Look), events: make(chan game.Event, 8)}
}

// feed sends pictures of the world's board until the context ends; a hand sets
// a stone down on E5 meanwhile.
func (w *wire) feed(ctx context.Context, world *world) {
	for {
		world.now += world.dt
		switch world.now {
		case time.Second:
			world.reach(world.pt("E5"))
			world.board.Set(world.pt("E5"), black)
		case 2 * time.Second:
			world.away()
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(world.dt):
		}
		select {
		case <-ctx.Done():
			return
		case w.looks <- Look{Reading: world.look()}:
		}
	}
}

func runGame(t *testing.T, full bool) (w *wire) {
	world := newWorld(t, 9, black)
	synctest.Test(t, func(t *testing.T) {
		// Channels belong to the bubble that they are made in.
		w = newWire()
		w.full = full
		ctx, cancel := context.WithCancelCause(t.Context())
		seen, stop := context.WithCancel(ctx)
		done := make(chan error)
		go w.feed(seen, world)
		go func() {
			done <- Run(ctx, New(Options{}), Ports{Eyes: w, Server: w, Voice: w, Journal: w, Publish: func(*Snapshot) {}})
		}()
		w.events <- game.Connected{}
		w.events <- game.Data{Epoch: 1, ID: 7, Setup: board.Setup{Size: 9}, Me: black, Phase: game.Playing}
		time.Sleep(5 * time.Second)
		stop()
		why := errors.New("enough")
		cancel(why)
		if err := <-done; !errors.Is(err, why) {
			t.Errorf("Run returned %v", err)
		}
	})
	return w
}

func TestRunKeepsTheMoveBeforeItLeaves(t *testing.T) {
	w := runGame(t, false)
	if len(w.kept) == 0 || w.kept[0].Kind != EntryPending {
		t.Fatalf("kept %v", w.kept)
	}
	if len(w.did) == 0 {
		t.Fatal("nothing was sent")
	}
	if q := w.did[0]; q.Kind != ReqMove || q.Ref != w.kept[0].Ref || q.Epoch != 1 || q.Number != 0 {
		t.Fatalf("sent %+v, kept %+v", q, w.kept[0])
	}
}

func TestNothingLeavesWhenTheDiskIsFull(t *testing.T) {
	w := runGame(t, true)
	for _, q := range w.did {
		if q.Kind == ReqMove {
			t.Fatalf("sent %+v", q)
		}
	}
	alarm := false
	for _, e := range w.said {
		alarm = alarm || e.Kind == EventAlarm
	}
	if !alarm {
		t.Fatal("nobody was told")
	}
}

func TestRunEndsWithTheGameAndWithTheEyes(t *testing.T) {
	for name, end := range map[string]func(*wire){
		"game": func(w *wire) { w.events <- game.Finished{Result: game.Result{By: board.ByResignation}} },
		"eyes": func(w *wire) { close(w.looks) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWire()
				done := make(chan error)
				go func() { done <- Run(t.Context(), New(Options{}), Ports{Eyes: w, Server: w}) }()
				w.events <- game.Data{Epoch: 1, ID: 7, Setup: board.Setup{Size: 9}, Me: black, Phase: game.Playing}
				end(w)
				if err := <-done; err != nil {
					t.Fatal(err)
				}
			})
		})
	}
}

// kept is a Recorder that keeps what Run made of the looks' times.
type keptTimes struct{ looks, others []time.Duration }

func (k *keptTimes) Record(in Input) {
	if in.Look != nil {
		k.looks = append(k.looks, in.At)
	} else {
		k.others = append(k.others, in.At)
	}
}

// TestLooksAreStampedWithTheirPicturesTime sends looks that took their time, and
// some whose time cannot be right.
func TestLooksAreStampedWithTheirPicturesTime(t *testing.T) {
	world := newWorld(t, 9, black)
	synctest.Test(t, func(t *testing.T) {
		w, kept := newWire(), &keptTimes{}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		start := time.Now()
		go func() { done <- Run(ctx, New(Options{}), Ports{Eyes: w, Server: w, Recorder: kept}) }()
		ms := time.Millisecond
		for _, l := range []struct{ arrives, taken, want time.Duration }{
			{150, 120, 120},
			{250, 0, 250},    // a file's: when it arrives
			{350, -900, 250}, // not before the one before
			{1950, 330, 330}, // it lay for long
			{2050, 1940, 1940},
			{2150, 9000, 2150}, // not in the future
		} {
			time.Sleep(time.Until(start.Add(l.arrives * ms)))
			look := Look{Reading: world.look()}
			if l.taken != 0 {
				look.Taken = start.Add(l.taken * ms)
			}
			w.looks <- look
			synctest.Wait()
			if got := kept.looks[len(kept.looks)-1]; got != l.want*ms {
				t.Errorf("taken at %v ms, arrived at %v ms: stamped %v, want %v ms", l.taken, l.arrives, got, l.want)
			}
		}
		if len(kept.others) < 15 || !slices.IsSorted(kept.others) || !slices.IsSorted(kept.looks) {
			t.Errorf("stamps are out of order: %v, %v", kept.others, kept.looks)
		}
		cancel()
		<-done
	})
}

// busy plays on a machine that at one moment has no time for pictures: a look
// that was taken before the hole arrives after it, and the next one follows at
// once. Nobody sees the hand that puts a stone on E5 meanwhile. It returns what
// Run did until 10 s later.
func busy(t *testing.T, world *world, stamped bool) (w *wire, r *Referee) {
	synctest.Test(t, func(t *testing.T) {
		w, r = newWire(), New(Options{})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- Run(ctx, r, Ports{Eyes: w, Server: w, Voice: w}) }()
		w.events <- game.Connected{}
		w.events <- game.Data{Epoch: 1, ID: 7, Setup: board.Setup{Size: 9}, Me: black, Phase: game.Playing}
		look := func() Look {
			world.now += world.dt
			l := Look{Reading: world.look()}
			if stamped {
				l.Taken = time.Now()
			}
			return l
		}
		for range 20 {
			time.Sleep(world.dt)
			w.looks <- look()
		}
		time.Sleep(world.dt)
		late := look()
		time.Sleep(1600 * time.Millisecond)
		w.looks <- late
		world.board.Set(world.pt("E5"), black)
		for range 100 {
			time.Sleep(world.dt)
			w.looks <- look()
		}
		cancel()
		<-done
	})
	return w, r
}

// TestAHoleBetweenPicturesIsNoticed: as the board was not looked at for 1.6 s, a
// hand may have come and gone. By the times of arrival none could have, and the
// stone would have come by itself.
func TestAHoleBetweenPicturesIsNoticed(t *testing.T) {
	for _, stamped := range []bool{true, false} {
		w, r := busy(t, newWorld(t, 9, black), stamped)
		moves := 0
		for _, q := range w.did {
			if q.Kind == ReqMove {
				moves++
			}
		}
		hand := r.watch.spot(board.Point{X: 4, Y: 4}).hand
		if hand != stamped || (moves == 1) != stamped || (count(w.said, EventQuestion) == 0) != stamped {
			t.Errorf("stamped %v: a hand may have been there: %v; %d moves, %d questions", stamped, hand, moves, count(w.said, EventQuestion))
		}
	}
}
