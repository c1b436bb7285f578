package match

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
)

// begunWorld is a relay that goes on with a game of these moves, over a board
// that shows stones.
func begunWorld(t *testing.T, moves, shows string) *world {
	t.Helper()
	w := newWorld(t, 9, black)
	g := w.srv.game.Clone()
	for _, at := range strings.Fields(moves) {
		if err := g.Play(board.Move{Color: g.ToMove(), Point: w.pt(at)}); err != nil {
			t.Fatal(err)
		}
	}
	for i, at := range strings.Fields(shows) {
		w.board.Set(w.pt(at), board.Black+board.Color(i%2))
	}
	var err error
	if w.relay, err = NewRelay(RelayOptions{Setup: w.srv.data.Setup, Begun: g, AskBegun: true, BegunName: "game.sgf"}); err != nil {
		t.Fatal(err)
	}
	w.start()
	return w
}

func (w *world) asked() (open bool) {
	return slices.ContainsFunc(w.ref.Snapshot().Questions, func(q Question) bool { return q.Kind == AskBegun })
}

func (w *world) wantRecord(moves string) {
	w.t.Helper()
	var got []string
	for _, m := range w.relay.Game().Moves() {
		got = append(got, m.Point.GTP(9))
	}
	if strings.Join(got, " ") != moves {
		w.t.Errorf("the record is %v, not %s\n%s", got, moves, w.story())
	}
}

// Where the board shows the end of the record, or what was played while nobody
// looked, the game goes on without a question.
func TestBegunGameGoesOnByItself(t *testing.T) {
	for name, c := range map[string]struct{ shows, then string }{
		"as it ended":    {"E5 C4 C6 G3", "E5 C4 C6 G3"},
		"a move later":   {"E5 C4 C6 G3 D7", "E5 C4 C6 G3 D7"},
		"two moves more": {"E5 C4 C6 G3 D7 F7", "E5 C4 C6 G3 D7 F7"},
	} {
		t.Run(name, func(t *testing.T) {
			w := begunWorld(t, "E5 C4 C6 G3", c.shows)
			w.run(10 * time.Second)
			if w.asked() || count(w.events, EventQuestion) != 0 || w.relay.Unsettled() {
				t.Errorf("it was asked:\n%s", w.story())
			}
			w.wantRecord(c.then)
		})
	}
}

// A board that shows something else takes no move back: the room is asked.
func TestBegunGameIsAskedAbout(t *testing.T) {
	for name, shows := range map[string]string{
		"an empty board":     "",
		"its first stone":    "E5",
		"another game":       "C3 G7 G3",
		"another first move": "D5 C4 C6 G3",
		"three moves more":   "E5 C4 C6 G3 D7 F7 B2",
		"colours changed":    "C4 E5 G3 C6",
	} {
		t.Run(name, func(t *testing.T) {
			w := begunWorld(t, "E5 C4 C6 G3", shows)
			w.run(20 * time.Second)
			w.do(CmdUndo)
			w.do(CmdPass)
			w.run(20 * time.Second)
			if !w.asked() || !w.relay.Unsettled() {
				t.Fatalf("nothing was asked:\n%s", w.story())
			}
			if n := count(w.events, EventUndo) + count(w.events, EventMove); n != 0 {
				t.Errorf("%d moves were played or taken back:\n%s", n, w.story())
			}
			w.wantRecord("E5 C4 C6 G3")

			// Yes: it is set up, and goes on.
			w.do(CmdAccept)
			w.run(10 * time.Second)
			w.wantRecord("E5 C4 C6 G3")
			if s := w.ref.Snapshot(); s.State != StateSetup || w.asked() {
				t.Errorf("%s: %s", s.State, s.Text)
			}
			w.board = w.relay.Game().Position()
			w.run(3 * time.Second)
			w.board.Set(w.pt("D7"), black)
			w.run(3 * time.Second)
			w.wantRecord("E5 C4 C6 G3 D7")
			if w.relay.Anew() {
				t.Error("a new game")
			}
		})
	}
}

// No: a new game begins with what lies there.
func TestBegunGameDoesNotGoOn(t *testing.T) {
	for shows, want := range map[string]string{"": "G7", "C3": "C3 G7"} {
		w := begunWorld(t, "E5 C4 C6 G3", shows)
		w.run(10 * time.Second)
		w.do(CmdDeny)
		w.run(3 * time.Second)
		if !w.relay.Anew() || w.relay.Unsettled() {
			t.Fatalf("no new game:\n%s", w.story())
		}
		w.board.Set(w.pt("G7"), w.relay.Game().ToMove())
		w.run(3 * time.Second)
		w.wantRecord(want)
		if n := count(w.events, EventUndo); n != 0 {
			t.Errorf("%d moves were taken back:\n%s", n, w.story())
		}
		// What it remembers brings it back.
		known, err := w.relay.Checkpoint()
		if err != nil {
			t.Fatal(err)
		}
		again, err := NewRelay(RelayOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if err := again.Restore(known); err != nil || !again.Anew() {
			t.Error(again.Anew(), err)
		}
	}
}

// A board that is set up while it is asked answers the question.
func TestBegunBoardAnswers(t *testing.T) {
	w := begunWorld(t, "E5 C4 C6 G3", "E5 C4")
	w.run(10 * time.Second)
	if !w.asked() {
		t.Fatal(w.story())
	}
	w.board = w.relay.Game().Position()
	w.run(3 * time.Second)
	if w.asked() || w.relay.Unsettled() {
		t.Errorf("it is still asked:\n%s", w.story())
	}
	w.wantRecord("E5 C4 C6 G3")
}
