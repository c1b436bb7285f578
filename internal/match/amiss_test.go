package match

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/reading"
)

// lifting is a way in which a stone of mine that was sent comes to lie
// elsewhere.
type lifting struct {
	gap    time.Duration // between lifting it and the next stone
	older  bool          // it is not my last move
	both   bool          // another one is missing as well
	answer string        // when the opponent's stone is put down: "before", "between", "after", "pair"
}

func (l lifting) String() string {
	return fmt.Sprintf("%v/older %v/both %v/answer %s", l.gap, l.older, l.both, l.answer)
}

// play plays it and returns the world: the record is E5 C3 G7 C7 and whatever
// was sent beyond. It ends a quarter of a minute after the last stone.
func (l lifting) play(t *testing.T, edition int) *world {
	w := newWorld(t, 9, black)
	w.opt.Edition = edition
	w.start()
	owed := func() { w.put(w.pt("C7"), white) }
	w.run(time.Second)
	w.put(w.pt("E5"), black)
	w.run(2 * time.Second)
	w.srv.play(board.Move{Color: white, Point: w.pt("C3")})
	w.run(500 * time.Millisecond)
	w.put(w.pt("C3"), white)
	w.run(2 * time.Second)
	w.put(w.pt("G7"), black)
	w.run(2 * time.Second)
	w.srv.play(board.Move{Color: white, Point: w.pt("C7")})
	w.run(500 * time.Millisecond)
	if l.answer == "before" {
		owed()
		w.run(time.Second)
	}
	gone := "G7"
	if l.older {
		gone = "E5"
	}
	w.take(w.pt(gone))
	if l.both {
		w.take(w.pt(map[string]string{"E5": "G7", "G7": "E5"}[gone]))
	}
	if l.answer == "between" {
		owed()
	}
	w.run(l.gap)
	if l.answer == "pair" {
		w.reach(w.pt("C7"))
		w.run(300 * time.Millisecond)
		w.board.Set(w.pt("C7"), white)
		w.run(200 * time.Millisecond)
	}
	w.put(w.pt("G4"), black)
	if l.answer == "after" {
		w.run(4 * time.Second)
		owed()
	}
	w.run(15 * time.Second)
	return w
}

func liftings() (all []lifting) {
	for _, gap := range []time.Duration{time.Second, 2 * time.Second, 3 * time.Second, 5 * time.Second, time.Minute} {
		for _, older := range []bool{false, true} {
			for _, both := range []bool{false, true} {
				for _, answer := range []string{"before", "between", "after", "pair"} {
					all = append(all, lifting{gap, older, both, answer})
				}
			}
		}
	}
	return all
}

// TestAMovedStoneIsNoMove lifts stones that were sent and puts one elsewhere,
// at all distances in time: it is said that one is missing, and nothing is sent
// before that is cleared up.
func TestAMovedStoneIsNoMove(t *testing.T) {
	wrong := 0
	for _, l := range liftings() {
		w := l.play(t, 0)
		w.wantMoves("E5", "C3", "G7", "C7")
		s := w.ref.Snapshot()
		if s.State == StateSetup && l.both && l.answer == "after" {
			continue // four things are to be set right; it names them all
		}
		if s.State != StateMissing {
			t.Errorf("%v: the state is %s: %s", l, s.State, s.Text)
		}
		want := AskTakeBack
		if l.older || l.both {
			want = AskThere
		}
		if len(s.Questions) != 1 || s.Questions[0].Kind != want {
			t.Errorf("%v: it asks %+v", l, s.Questions)
		}
		if first := l.play(t, FirstEdition); first.srv.game.MoveCount() > 4 {
			wrong++
		}
	}
	if wrong < 20 { // 3 s and more were sent
		t.Errorf("the first edition sent only %d of them", wrong)
	}
}

// TestWaysOutOfAMissingStone takes each of them after each lifting.
func TestWaysOutOfAMissingStone(t *testing.T) {
	for _, l := range liftings() {
		t.Run(l.String(), func(t *testing.T) {
			moves := []string{"E5", "C3", "G7", "C7"}

			// Putting back what is missing, and the other one stays: a move.
			w := l.play(t, 0)
			for _, p := range []string{"E5", "G7"} {
				if w.board.At(w.pt(p)) == board.Empty {
					w.put(w.pt(p), black)
				}
			}
			w.run(4 * time.Second)
			if s := w.ref.Snapshot(); len(s.Questions) > 0 {
				w.do(CmdAccept)
				w.run(time.Second)
			}
			w.wantMoves(append(moves[:4:4], "G4")...)

			// It is there: at a word, or as the answer to what is asked.
			for _, kind := range []CommandKind{CmdThere, CmdAccept} {
				w = l.play(t, 0)
				switch s := w.ref.Snapshot(); {
				case kind == CmdThere:
				case len(s.Questions) == 0:
					continue // many things are to be set right
				case s.Questions[0].Kind == AskTakeBack:
					w.do(CmdDeny)
					w.step()
				}
				w.do(kind)
				w.run(3 * time.Second)
				if s := w.ref.Snapshot(); len(s.Questions) > 0 {
					w.do(CmdAccept)
					w.run(time.Second)
				}
				w.wantMoves(append(moves[:4:4], "G4")...)
			}

			// The undo.
			w = l.play(t, 0)
			if l.older || l.both {
				return
			}
			w.do(CmdAccept)
			w.run(time.Second)
			if w.srv.undo == nil {
				t.Fatal("it was not asked for")
			}
			w.srv.undo.Count = 2
			w.srv.takeBack()
			w.run(time.Second)
			w.take(w.pt("C7"))
			w.run(4 * time.Second)
			w.do(CmdAccept) // it lay there before my turn
			w.run(time.Second)
			w.wantMoves("E5", "C3", "G4")
		})
	}
}

// TestAMovedStoneThatWasHardToRead moves a stone whose point was read now so,
// now so, just before; and before weak eyes, that take long to be sure.
func TestAMovedStoneThatWasHardToRead(t *testing.T) {
	for seed := range uint64(200) {
		w := newWorld(t, 9, black)
		w.rng = rand.New(rand.NewPCG(seed, 5))
		w.dt = []time.Duration{50, 100, 200}[seed%3] * time.Millisecond
		w.run(time.Second)
		w.put(w.pt("E5"), black)
		w.run(3 * time.Second)
		w.srv.play(board.Move{Color: white, Point: w.pt("C3")})
		w.run(500 * time.Millisecond)
		w.put(w.pt("C3"), white)
		w.run(2 * time.Second)
		w.flicker[w.pt("E5")] = reading.Empty
		w.run(2 * time.Second)
		if seed%2 == 0 {
			delete(w.flicker, w.pt("E5"))
		} else {
			w.weak[w.pt("E5")] = true
		}
		w.board.Set(w.pt("E5"), board.Empty)
		w.put(w.pt("G4"), black)
		w.run(8 * time.Second)
		w.wantMoves("E5", "C3")
	}
}
