package window

import (
	"image"
	"strings"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/match"
)

// What somebody says stands until it can have been read, and is found afterwards.
func TestWhatWasSaidStands(t *testing.T) {
	w := New(Options{})
	now := time.Now()
	notice := func() string { st, _ := w.load(); return st.notice }
	w.Announce(match.Event{Kind: match.EventNote, Text: "bob: hello and good game to you"})
	w.Announce(match.Event{Kind: match.EventMove, Text: "White Q16."})
	w.Announce(match.Event{Kind: match.EventNote, Text: "bob: where are you from?"})
	if got := notice(); !strings.Contains(got, "hello") {
		t.Errorf("a move took the place of what was said: %q", got)
	}
	w.age(now.Add(10 * time.Second))
	if got := notice(); !strings.Contains(got, "where are you") {
		t.Errorf("the next line does not come: %q", got)
	}
	w.Announce(match.Event{Kind: match.EventAlarm, Text: "The journal cannot be written."})
	if st, _ := w.load(); !st.alarm || !strings.Contains(st.notice, "journal") {
		t.Errorf("an alarm waits: %q", st.notice)
	}
	w.age(now.Add(time.Hour))
	if notice() == "" {
		t.Error("an alarm goes away by itself")
	}
	w.Notice("Press P again to pass.")
	w.age(time.Now().Add(time.Minute))
	if got := notice(); got != "" {
		t.Errorf("%q stands for ever", got)
	}
	u := ready(w, image.Pt(800, 600))
	u.press("H")
	var drawn []string
	u.write.Drawn = func(_ float32, s string) { drawn = append(drawn, s) }
	u.render()
	all := strings.Join(drawn, "|")
	for _, want := range []string{"hello and good game", "where are you from", "White Q16", "journal"} {
		if !strings.Contains(all, want) {
			t.Errorf("the log has no %q: %s", want, all)
		}
	}
	u.press("Escape")
	if _, ok := u.face().(*playFace); !ok {
		t.Error("the log does not close")
	}
}

// A long log shows its end first, and can be turned back to its beginning.
func TestLogTurns(t *testing.T) {
	w := New(Options{})
	for i := range 400 {
		w.Notice(strings.Repeat("words ", 20) + string(rune('a'+i%26)) + time.Duration(i).String())
	}
	u := ready(w, image.Pt(800, 600))
	u.press("H")
	shows := func(s string) bool {
		found := false
		u.write.Drawn = func(_ float32, l string) { found = found || strings.Contains(l, s) }
		u.render()
		return found
	}
	if !shows("399ns") || shows("b101ns") {
		t.Error("the log does not begin at its end")
	}
	for range 2000 {
		u.handle(event{kind: wheeled, key: "ArrowUp"})
		u.look()
	}
	if shows("399ns") || !shows("100ns") {
		t.Error("the log does not turn back")
	}
	u.press("End")
	if !shows("399ns") {
		t.Error("End is not the end")
	}
}

// A question stands while it is open, and leaves nothing behind.
func TestQuestionLeavesNothing(t *testing.T) {
	w := New(Options{})
	w.ShowSnapshot(midgameSnap())
	w.Announce(match.Event{Kind: match.EventQuestion, Text: "Do you really want to resign?"})
	if st, _ := w.load(); st.notice != "" || len(st.log) != 1 {
		t.Errorf("it stands without its buttons: %q", st.notice)
	}
}

// Who agreed on the dead stones is told when that is so no more.
func TestAgreementIsTakenBackAloud(t *testing.T) {
	for _, c := range []struct {
		before, now [2]bool
		want        string
	}{
		{[2]bool{true, false}, [2]bool{false, false}, "agree again"},
		{[2]bool{false, true}, [2]bool{false, false}, "White does not agree"},
		{[2]bool{true, true}, [2]bool{false, false}, "agree again"},
		{[2]bool{false, false}, [2]bool{true, false}, ""},
		{[2]bool{true, false}, [2]bool{true, true}, ""},
	} {
		w := removal(t)
		s := *w.Shown()
		s.Accepted = c.before
		w.ShowSnapshot(&s)
		w.change(func(s *state) { s.notice = "" })
		n := s
		n.Accepted = c.now
		w.ShowSnapshot(&n)
		if st, _ := w.load(); c.want == "" && st.notice != "" || !strings.Contains(st.notice, c.want) {
			t.Errorf("from %v to %v: %q", c.before, c.now, st.notice)
		}
	}
	// The game ends with both agreed: nothing to agree again.
	w := removal(t)
	s := *w.Shown()
	s.Phase, s.Accepted, s.Result = game.Over, [2]bool{}, &game.Result{Winner: board.White}
	w.ShowSnapshot(&s)
	if st, _ := w.load(); st.notice != "" {
		t.Errorf("at the end: %q", st.notice)
	}
}

// A stone that is to be put down and is dead shows both.
func TestOwedAndDead(t *testing.T) {
	s := midgameSnap()
	p := board.Point{X: 5, Y: 7}
	s.Owed, s.Dead = []match.Stone{{Color: board.White, Point: p}}, []board.Point{p}
	owed, dead := -1, -1
	for i, m := range boardOf(s).Marks {
		switch m.Kind {
		case markOwed:
			owed = i
		case markDead:
			dead = i
		}
	}
	if owed < 0 || dead < owed {
		t.Errorf("the cross is %d, below the stone %d", dead, owed)
	}
}

// Tab shows where it is, and Enter presses that and nothing else.
func TestTabOnThePlayView(t *testing.T) {
	w := shown(t, Options{}, midgameSnap(), midgame)
	u := ready(w, image.Pt(800, 600))
	focus := func() string {
		for _, b := range u.buttons() {
			if b.focus {
				return b.label
			}
		}
		return ""
	}
	if focus() != "" {
		t.Fatal("a button has the focus from the beginning")
	}
	var order []string
	for range 5 {
		u.press("Tab")
		order = append(order, focus())
	}
	if got := strings.Join(order, ", "); got != "Pass, Undo, Pause, Resign, Look again" {
		t.Errorf("Tab goes %s", got)
	}
	u.handle(event{kind: keyDown, key: "Tab", shift: true})
	u.look()
	u.press("Enter")
	if got := asked(w); got != "resign" {
		t.Errorf("Enter on Resign asked %q", got)
	}
	u.press("Tab")
	u.press("Escape")
	if focus() != "" {
		t.Error("Escape leaves the focus")
	}
	u.press("U")
	if got := asked(w); got != "undo" {
		t.Errorf("a key did %q", got)
	}
	q := midgameSnap()
	q.Questions = []match.Question{{ID: 4, Kind: match.AskResign, Text: "Do you really want to resign?"}}
	u.press("Tab") // on Pass
	w.ShowSnapshot(q)
	u.look()
	if focus() != "" {
		t.Errorf("the focus went to %q, which took the place of another", focus())
	}
}

// ? and F1 tell the keys of the page that is shown.
func TestHelp(t *testing.T) {
	for _, c := range []struct {
		name string
		w    *Window
		want string
	}{
		{"play", shown(t, Options{}, midgameSnap(), midgame), "resign; asks first"},
		{"games", func() *Window { w := New(Options{}); w.ShowMenu(gamesMenu()); return w }(), "New game"},
		{"calibrate", calibrating(t), "Find again"},
	} {
		for _, e := range []event{{kind: keyDown, key: "F1"}, {kind: typed, key: "?"}} {
			u := ready(c.w, image.Pt(800, 600))
			u.handle(e)
			found := false
			u.write.Drawn = func(px float32, s string) { found = found || s == c.want }
			u.render()
			if !found {
				t.Errorf("%s: the help has no %q", c.name, c.want)
			}
			u.press("Escape")
			if u.sheet != nil || answers(c.w) != "" {
				t.Errorf("%s: the help does not close, or something else was closed", c.name)
			}
		}
	}
	w, u := offered(&Menu{Name: "line", Field: "Line", Buttons: []Choice{{Key: "Enter"}}}, Options{})
	u.handle(event{kind: typed, key: "?"})
	u.press("Enter")
	if got := answers(w); got != "line Enter  ?" {
		t.Errorf("a ? that was typed is %q", got)
	}
}
