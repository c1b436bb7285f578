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
