package match

import (
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
)

const (
	black = board.Black
	white = board.White
)

func TestAMoveIsSentOnceAndTheAnswerIsOwed(t *testing.T) {
	w := newWorld(t, 9, black)
	w.run(time.Second)
	w.wantState(StateYourTurn)
	w.put(w.pt("E5"), black)
	w.wantMoves()
	w.run(time.Second)
	w.wantMoves("E5")
	w.wantState(StateOpponentsTurn)
	w.srv.play(board.Move{Color: white, Point: w.pt("C3")})
	w.run(time.Second)
	w.wantState(StateOwed)
	w.put(w.pt("C3"), white)
	w.run(time.Second)
	w.wantState(StateYourTurn)
	w.put(w.pt("G3"), black)
	w.run(time.Second)
	w.wantMoves("E5", "C3", "G3")
	if w.srv.moves != 2 {
		t.Fatalf("%d moves were sent", w.srv.moves)
	}
}

func TestSlowAndFastCameras(t *testing.T) {
	for _, dt := range []time.Duration{16, 33, 100, 200, 330, 500, 1000} {
		w := newWorld(t, 19, black)
		w.dt = dt * time.Millisecond
		w.noise = 1e-4
		w.run(5 * time.Second)
		w.put(w.pt("Q16"), black)
		from := w.now
		for w.srv.moves == 0 && w.now < from+20*time.Second {
			w.step()
		}
		t.Logf("a picture every %v: sent %v after the hand was gone", w.dt, w.now-from)
		w.run(2 * time.Second)
		w.wantMoves("Q16")
		if count(w.events, EventQuestion) > 0 {
			t.Errorf("a picture every %v: it asked\n%s", w.dt, w.story())
		}
	}
}
