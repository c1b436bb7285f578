package demoboard

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/live"
)

func quiet(t *testing.T) *world {
	w := newWorld(t, rand.New(rand.NewPCG(1, 1)), 9)
	w.connect()
	return w
}

func (w *world) show(text string) {
	w.step(Input{Game: &live.Game{Head: live.Head{Size: 9, First: board.Black}, Steps: played9(w.t, text)}})
	w.run(5 * time.Second)
}

func (w *world) has(want ...string) {
	w.t.Helper()
	if got := w.view.root.all(); strings.Join(got, " ") != strings.Join(want, " ") {
		w.t.Errorf("the demo board has %q, not %q", got, want)
	}
}

// draw has somebody draw a line, with us in control before and after.
func (w *world) draw(path string) {
	w.view.told(&path, nil, "", false)
	ms, _ := Moves(path)
	w.step(Input{Said: &Message{Points: true, Moves: ms}})
	w.run(5 * time.Second)
}

// What others draw beside the main line stays, and what stands in its place does
// not.
func TestForeignNodes(t *testing.T) {
	w := quiet(t)
	w.show("B:E5 W:C3")
	w.has("ee", "eecg")
	w.draw("eeaa")
	w.has("ee", "eecg", "eeaa")
	if w.view.at.path() != "eecg" {
		t.Errorf("viewers stand at %s", w.view.at.path())
	}
	w.show("B:E5 W:C3 B:J1")
	w.has("ee", "eecg", "eecgii", "eeaa")
	w.draw("eecgiibb") // goes on with the main line
	w.has("ee", "eecg", "eecgii", "eeaa")
	w.show("B:E5 W:J9") // now theirs is in its place
	w.has("ee", "eeia")
}

// A text of somebody else is not written over, one of ours is.
func TestForeignTexts(t *testing.T) {
	w := quiet(t)
	tell := func(notes ...string) {
		g := &live.Game{Head: live.Head{Size: 9, First: board.Black}, Steps: played9(t, "B:E5 W:C3")}
		for i, n := range notes {
			g.Steps[i].Note = n
		}
		w.step(Input{Game: g})
		w.run(5 * time.Second)
	}
	tell("one", "two")
	if a, b := w.view.root.branches[0].text, w.view.at.text; a != "one" || b != "two" {
		t.Errorf("%q and %q", a, b)
	}
	w.view.at.text = "a fine move"
	text := "a fine move"
	w.step(Input{Said: &Message{Text: &text}})
	w.run(5 * time.Second)
	tell("", "three")
	if a, b := w.view.root.branches[0].text, w.view.at.text; a != "" || b != "a fine move" {
		t.Errorf("%q and %q", a, b)
	}
}

// What cannot heal ends it, in one sentence.
func TestGone(t *testing.T) {
	for name, in := range map[string]Input{
		"refused":      {Refused: &Refusal{Text: "This is a protected review", Final: true}},
		"another size": {State: &State{Size: 13}, Epoch: 100},
		"no beginning": {State: &State{Size: 9, Begun: true}, Epoch: 100},
	} {
		w := quiet(t)
		w.show("B:E5")
		w.has("ee")
		out := w.f.Step(w.now, in)
		if in.Refused == nil {
			w.epoch = in.Epoch
		} else {
			out = w.f.Step(w.now, Input{Refused: in.Refused})
		}
		if w.f.Gone() == "" || !w.f.Done() || len(out.Requests) > 0 {
			t.Errorf("%s: %q, %+v", name, w.f.Gone(), out)
		}
		w.show("B:E5 W:C3")
		w.has("ee")
		if !w.f.Wake().IsZero() {
			t.Errorf("%s: it wants to be woken", name)
		}
	}
}

// A server that takes nothing is asked less and less often, and it is said once.
func TestVain(t *testing.T) {
	w := quiet(t)
	w.show("B:E5")
	w.holder = somebody // without a word
	w.show("B:E5 W:C3")
	before := len(w.sent)
	w.run(time.Hour)
	if n := len(w.sent) - before; n > 200 {
		t.Errorf("%d messages in an hour in which nothing is taken", n)
	}
}

// What is said of an hour without the server: that the demo board is behind, and
// that it is not any more. What was missed goes in one message.
func TestHourAway(t *testing.T) {
	w := quiet(t)
	w.show("B:E5")
	w.up = false
	w.step(Input{Offline: true})
	line := "B:E5"
	for _, m := range []string{"W:C3", "B:C4", "W:D3", "B:D4", "W:A1"} {
		line += " " + m
		w.show(line)
		w.run(12 * time.Minute)
	}
	before := len(w.sent)
	w.connect()
	w.run(time.Minute)
	w.has("ee", "eecg", "eecgcf", "eecgcfdg", "eecgcfdgdf", "eecgcfdgdfai")
	if n := len(w.sent) - before; n != 1 {
		t.Errorf("%d messages to catch up", n)
	}
	if len(w.notes) != 2 || !strings.HasPrefix(w.notes[0], "The demo board is 1 move behind, since its server") || w.notes[1] != textCaughtUp {
		t.Errorf("said is %q", w.notes)
	}
}
