package match

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/gobancam/gobancam/board"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// wire connects a world with Run through channels.
type wire struct {
	looks  chan Look
	events chan ServerEvent
	did    []Request
	said   []Event
	kept   []Entry
	full   bool // the disk
}

func (w *wire) Looks() <-chan Look         { return w.looks }
func (w *wire) Events() <-chan ServerEvent { return w.events }
func (w *wire) Do(q Request)               { w.did = append(w.did, q) }
func (w *wire) Announce(e Event)           { w.said = append(w.said, e) }
func (w *wire) Append(e Entry) error {
	if w.full {
		return errors.New("no space left")
	}
	w.kept = append(w.kept, e)
	return nil
}

func newWire() *wire {
	return &wire{looks: make(chan Look), events: make(chan ServerEvent, 8)}
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
		w.events <- Connected{}
		w.events <- GameData{Epoch: 1, ID: 7, Setup: board.Setup{Size: 9}, Me: black, Phase: Play}
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
		"game": func(w *wire) { w.events <- GameFinished{Result{Text: "B+R"}} },
		"eyes": func(w *wire) { close(w.looks) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWire()
				done := make(chan error)
				go func() { done <- Run(t.Context(), New(Options{}), Ports{Eyes: w, Server: w}) }()
				w.events <- GameData{Epoch: 1, ID: 7, Setup: board.Setup{Size: 9}, Me: black, Phase: Play}
				end(w)
				if err := <-done; err != nil {
					t.Fatal(err)
				}
			})
		})
	}
}
