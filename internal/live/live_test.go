package live

import (
	"errors"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
)

// TestEventsLeadToTheGame changes a game at random (moves, shorter and other
// lines, names, clocks) and follows it by the events in between alone.
func TestEventsLeadToTheGame(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	told := &Game{Head: Head{ID: "1", Size: 9}}
	followed := told
	for i := range 2000 {
		next := *told
		switch r.IntN(6) {
		case 0, 1, 2:
			next.Steps = append(told.Steps[:len(told.Steps):len(told.Steps)], Step{Color: board.Black, Point: board.Point{X: int8(r.IntN(9)), Y: int8(r.IntN(9))}})
		case 3:
			next.Steps = told.Steps[:r.IntN(len(told.Steps)+1)]
		case 4:
			next.Steps = append(told.Steps[:len(told.Steps)/2:len(told.Steps)/2], Step{Setup: &Setup{White: []board.Point{{X: 1}}, ToMove: board.White}, Note: "by hand"})
		case 5:
			next.Clocks[0] = game.Clock{System: game.MainTime, Main: time.Duration(i) * time.Second}
			next.Name = string(rune('a' + r.IntN(3)))
		}
		if e, ok := Between(told, &next); ok {
			var err error
			if followed, err = followed.After(e); err != nil {
				t.Fatal(err)
			}
		} else if !reflect.DeepEqual(told, &next) && len(told.Steps)+len(next.Steps) > 0 {
			t.Fatalf("a change was not told: %+v, %+v", told, &next)
		}
		told = &next
		if e, ok := Between(told, followed); ok {
			t.Fatalf("after %d changes the game that was followed differs by %+v", i, e)
		}
	}
}

func TestAnEventThatDoesNotFit(t *testing.T) {
	g := &Game{}
	if _, err := g.After(Event{Course: &Course{From: 1}}); !errors.Is(err, errMissed) {
		t.Errorf("%v", err)
	}
}
