package lounge

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gobancam/gobancam/calibrate"
	"github.com/gobancam/gobancam/internal/app/apptest"
	"github.com/gobancam/gobancam/internal/app/camera"
	"github.com/gobancam/gobancam/internal/app/seat"
	"github.com/gobancam/gobancam/internal/grid"
)

// A game on another board than the one that is there does not begin with a
// search for what is not there; and what can be played on it comes first.
func TestOtherBoard(t *testing.T) {
	w := apptest.NewWorld(t)
	g := w.Game(t, "Tuesday")
	u := enter(t, w, Options{Chosen: true, Seat: &seat.Seat{Options: seat.Options{Camera: camera.Choice{Name: "none.mp4"}}}})
	u.answer("start", "Enter", itemOnline, "")
	u.page(t, "games", nil)
	const name = "http://127.0.0.1:1/video"
	lines := 13
	profile := &calibrate.Profile{Camera: name, Saved: time.Unix(1, 0), Grid: grid.Spec{Size: lines, Width: 640, Height: 480,
		Corners: [4]grid.Pt{{X: 200, Y: 100}, {X: 440, Y: 105}, {X: 500, Y: 400}, {X: 140, Y: 395}}}}
	if err := camera.Profiles().Save(profile); err != nil {
		t.Fatal(err)
	}
	u.l.seat.Camera.Name = name
	u.answer("games", "Enter", fmt.Sprint("game ", g.ID), "")
	m := u.answer("other board", "Escape", "", "")
	if !strings.Contains(m.Text, "13×13") || strings.Contains(m.Title, "13×13") {
		t.Errorf("board and game differ: %q, %q", m.Title, m.Text)
	}
	u.page(t, "games", nil)
	u.answer("games", "N", "", "")
	m = u.page(t, "new game", nil)
	if len(m.Items) < 2 || !strings.HasPrefix(m.Items[0].Detail, "13×13") || !strings.Contains(m.Sub, "13×13") {
		t.Errorf("a new game on a 13×13 board begins with %+v", m.Items)
	}
	u.answer("new game", "Escape", "", "")
	u.answer("games", "Enter", fmt.Sprint("game ", g.ID), "")
	u.answer("other board", "Enter", "", "")
	u.page(t, "trouble: No picture", nil) // of the camera that is to be calibrated
	if u.l.wanted == 0 || u.l.wanted == lines || u.l.afterwards == nil {
		t.Errorf("it is calibrated for %d lines", u.l.wanted)
	}
}
