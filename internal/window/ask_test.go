package window

import (
	"image"
	"testing"
	"time"

	"github.com/gobancam/gobancam/internal/patient"
)

// A question lies over a game as over a page, takes all keys, is answered once,
// and leaves what was there as it was.
func TestAQuestionLiesOverEverything(t *testing.T) {
	for name, open := range map[string]func() *Window{
		"a game":        func() *Window { return shown(t, Options{}, midgameSnap(), midgame) },
		"a page":        func() *Window { w := New(Options{}); w.ShowMenu(gamesMenu()); return w },
		"a calibration": func() *Window { return calibrating(t) },
	} {
		w := open()
		u := ready(w, image.Pt(800, 600))
		before := u.face()
		got := make(chan Answer, 2)
		m := &Menu{Name: "takeover", Title: "Another phone asks", Text: "Shall it be the camera?", Buttons: []Choice{{Key: "A", Label: "Let it be the camera"}, {Key: "Escape", Label: "No"}}}
		w.Ask(m, func(a Answer) { got <- a })
		u.look()
		for _, key := range []string{"Enter", "Space", "P", "P", "R", "V", "C"} {
			u.press(key)
		}
		if c := asked(w); c != "" {
			t.Errorf("%s: below the question %q was done", name, c)
		}
		u.clickOn(t, "Let it be the camera")
		select {
		case a := <-got:
			if a.Menu != "takeover" || a.Key != "A" {
				t.Errorf("%s: answered %+v", name, a)
			}
		case <-patient.After(time.Minute):
			t.Fatalf("%s: no answer", name)
		}
		u.press("A") // of whatever is below
		select {
		case a := <-got:
			t.Errorf("%s: answered twice, %+v", name, a)
		default:
		}
		if u.face() != before {
			t.Errorf("%s: afterwards %T is shown, not %T", name, u.face(), before)
		}
		w.Ask(m, func(a Answer) { got <- a })
		w.Withdraw("another")
		u.look()
		if f, ok := u.face().(*menuFace); !ok || !f.asks {
			t.Errorf("%s: the question went with another", name)
		}
		w.Withdraw("takeover")
		if u.look(); u.face() != before {
			t.Errorf("%s: the question that was withdrawn stays", name)
		}
	}
}
