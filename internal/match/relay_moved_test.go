package match

import (
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
)

// movedRelay plays black E5 and white C3, takes E5 off and puts black G4, until
// it is asked about.
func movedRelay(t *testing.T) (*world, *Relay) {
	t.Helper()
	w := newWorld(t, 9, black)
	relay, err := NewRelay(RelayOptions{Setup: w.srv.data.Setup, Tuning: Live()})
	if err != nil {
		t.Fatal(err)
	}
	w.relay = relay
	w.start()
	w.run(time.Second)
	w.put(w.pt("E5"), black)
	w.run(time.Second)
	w.put(w.pt("C3"), white)
	w.run(time.Second)
	w.take(w.pt("E5"))
	w.run(3 * time.Second)
	w.put(w.pt("G4"), black)
	w.run(6 * time.Second)
	if q := relay.Snapshot().Questions; len(q) != 1 || q[0].Kind != AskMoved {
		t.Fatalf("it asks %+v\n%s", q, w.story())
	}
	return w, relay
}

func doubts(r *Relay) (n int) {
	for _, p := range r.Played() {
		if p.Doubt != "" {
			n++
		}
	}
	return n
}

// TestAMovedStoneIsInDoubtUntilAnswered, whatever the answer.
func TestAMovedStoneIsInDoubtUntilAnswered(t *testing.T) {
	for name, answer := range map[string]func(*world){
		"yes":         func(w *world) { w.do(CmdAccept) },
		"no":          func(w *world) { w.do(CmdDeny) },
		"it lies":     func(w *world) { w.put(w.pt("E5"), black); w.run(time.Second) },
		"taken back":  func(w *world) { w.do(CmdUndo) },
		"G4 is taken": func(w *world) { w.take(w.pt("G4")); w.run(5 * time.Second) },
	} {
		t.Run(name, func(t *testing.T) {
			w, relay := movedRelay(t)
			if doubts(relay) != 1 {
				t.Errorf("%d moves are in doubt", doubts(relay))
			}
			answer(w)
			if n := doubts(relay); n != 0 || len(relay.Snapshot().Questions) != 0 {
				t.Errorf("%d moves are in doubt, and %v is asked\n%s", n, relay.Snapshot().Questions, w.story())
			}
		})
	}
}

// TestAMovedStoneIsCorrectedAfterMoreWasPlayed, with all that was played since.
func TestAMovedStoneIsCorrectedAfterMoreWasPlayed(t *testing.T) {
	w, relay := movedRelay(t)
	w.put(w.pt("C7"), white)
	w.run(time.Second)
	w.put(w.pt("B2"), black)
	w.run(time.Second)
	w.do(CmdAccept)
	want := []string{"G4", "C3", "C7", "B2"}
	for i, m := range relay.Game().Moves() {
		if i >= len(want) || m.Point != w.pt(want[i]) || relay.Played()[i].Move != m {
			t.Fatalf("move %d is %v\n%s", i+1, m, w.story())
		}
	}
	if g := relay.Game(); g.MoveCount() != 4 || g.ToMove() != white || g.At(w.pt("E5")) != board.Empty {
		t.Errorf("%d moves, %v to play", g.MoveCount(), g.ToMove())
	}
}
