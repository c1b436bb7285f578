package match

import (
	"testing"
	"time"
)

// TestNothingIsDecidedByAnOldPicture shows a stone, and then no picture for a
// while: ticks alone let nothing out, nor do pictures that were taken long ago.
func TestNothingIsDecidedByAnOldPicture(t *testing.T) {
	for _, dt := range []time.Duration{33, 100} {
		w := newWorld(t, 9, black)
		w.dt = dt * time.Millisecond
		w.opt.Tuning = Live()
		w.opt.Tuning.Dwell = 1500 * time.Millisecond
		w.start()
		w.run(5 * time.Second)
		w.put(w.pt("E5"), black)
		for i := 0; w.ref.Snapshot().Candidate == nil || w.ref.Snapshot().Candidate.Held < 0.4; i++ {
			if w.step(); i > 100 {
				t.Fatalf("a picture every %v: no candidate", w.dt)
			}
		}
		if w.srv.log != nil {
			t.Fatalf("a picture every %v: it was sent already", w.dt)
		}
		taken := w.now
		tick := func() {
			w.now += 100 * time.Millisecond
			w.feed(Input{At: w.now})
		}
		for range 10 {
			tick()
		}
		for range 10 {
			tick()
			w.feed(Input{At: taken + time.Millisecond, Look: &Look{Reading: w.look()}}) // it was on its way for long
		}
		if len(w.srv.log) > 0 {
			t.Errorf("a picture every %v: sent %v after the last picture", w.dt, w.now-taken)
		}
		w.run(3 * w.dt)
		w.run(2 * time.Second)
		w.wantMoves("E5")
	}
}

// TestReadingsThatTakeLong plays a game move by move on a machine that needs up
// to a second for each picture: what is seen is old, and play goes on all the
// same.
func TestReadingsThatTakeLong(t *testing.T) {
	for _, late := range []time.Duration{50, 200, 500, 1000} {
		late *= time.Millisecond
		w := newWorld(t, 9, black)
		w.dt = late // one is taken when the one before has been read
		w.late = late
		w.run(6 * time.Second)
		w.wantState(StateYourTurn)
		w.put(w.pt("E5"), black)
		from := w.now
		for w.srv.game.MoveCount() == 0 && w.now < from+20*time.Second {
			w.step()
		}
		t.Logf("pictures %v late: in the record %v after the hand was gone", late, w.now-from)
		w.wantMoves("E5")
		if count(w.events, EventQuestion) > 0 {
			t.Errorf("pictures %v late: it asked\n%s", late, w.story())
		}
	}
}
