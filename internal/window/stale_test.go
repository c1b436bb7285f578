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

// has reports whether a scene has a panel whose key contains the words.
func (sc *scene) has(words string) bool {
	for _, p := range sc.panels {
		if strings.Contains(p.key, words) {
			return true
		}
	}
	return false
}

// A picture that is not renewed does not look like what is there now.
func TestOldPictureIsVeiled(t *testing.T) {
	w := shown(t, Options{}, midgameSnap(), midgame)
	u := ready(w, image.Pt(800, 600))
	sc := u.look()
	if sc.has("stale") {
		t.Error("a new picture is told to be old")
	}
	for age, want := range map[time.Duration]string{4 * time.Second: "No new picture for 4 s", 3*time.Minute + time.Second: "No new picture for 3 min"} {
		w.change(func(s *state) { old := *s.picture; old.at = time.Now().Add(-age); s.picture = &old })
		if sc = u.look(); !sc.has(want) {
			t.Errorf("after %v it does not say %q", age, want)
		}
	}
	s := midgameSnap()
	s.Phase, s.Result = game.Over, &game.Result{Winner: board.Black, By: board.ByResignation}
	w.ShowSnapshot(s)
	if sc = u.look(); !sc.has("The last picture") {
		t.Error("after the game an old picture is not called the last")
	}
}

// While the camera sends nothing nothing can be accepted, and the camera is
// tried when the user says so.
func TestCalibratingWithoutPictures(t *testing.T) {
	w := calibrating(t)
	cal := w.st.cal
	tried := 0
	cal.session.Retry = func() { tried++ }
	cal.session.Stopped()
	u := ready(w, image.Pt(800, 600))
	sc := u.look()
	if !sc.has("stale") || sc.has("loupe") {
		t.Error("the last picture looks like a new one")
	}
	u.press("Enter")
	if st, _ := w.load(); st.cal == nil {
		t.Error("an old picture was accepted")
	}
	for _, b := range u.buttons() {
		if b.label == "Accept" && (b.lead || !b.off) {
			t.Error("Accept is recommended")
		}
	}
	u.clickOn(t, "Try now")
	u.press("N")
	if tried != 2 {
		t.Errorf("tried %d times", tried)
	}
	b := cal.session.View()
	cal.session.Picture(b.Width, b.Height)
	sc = u.look()
	if sc.has("stale") {
		t.Error("a new picture looks like an old one")
	}
	u.press("Enter")
	if st, _ := w.load(); st.cal != nil {
		t.Error("it cannot be accepted any more")
	}
}

// What is to be done on the board is still to be done when the camera is gone.
func TestOwedStaysWhileBlind(t *testing.T) {
	w := New(Options{})
	s := midgameSnap()
	s.Owed = []match.Stone{{Color: board.White, Point: s.Last.Point}}
	s.Prisoners = []match.Stone{{Color: board.Black, Point: board.Point{X: 2, Y: 6}}}
	w.ShowSnapshot(s)
	gone := midgameSnap()
	gone.Camera, gone.State = false, match.StateCameraLost
	for range 2 {
		w.ShowSnapshot(gone)
		if got := w.Shown(); len(got.Owed) != 1 || len(got.Prisoners) != 1 {
			t.Errorf("without a camera there are owed %v, prisoners %v", got.Owed, got.Prisoners)
		}
	}
	// The opponent plays on, and takes the first one back.
	more := *gone
	more.Number += 2
	more.Position.Set(s.Last.Point, board.Empty)
	more.Last = board.Move{Color: board.White, Point: board.Point{X: 8, Y: 8}}
	more.Position.Set(more.Last.Point, board.White)
	w.ShowSnapshot(&more)
	if got := w.Shown().Owed; len(got) != 1 || got[0].Point != more.Last.Point {
		t.Errorf("after another move there is owed %v", got)
	}
	seen := more
	seen.Camera = true
	w.ShowSnapshot(&seen)
	if got := w.Shown(); len(got.Owed)+len(got.Prisoners) != 0 {
		t.Errorf("what was done is still shown: %v, %v", got.Owed, got.Prisoners)
	}
}
