package window

import (
	"image"
	"strings"
	"testing"
	"time"

	"github.com/gobancam/gobancam/game"
)

// While the clocks stand before the first moves, the play view says what ends
// the game, and counts it down.
func TestCancelledWithoutAMove(t *testing.T) {
	s := midgameSnap()
	s.Clocks[0] = game.Clock{System: game.MainTime, Main: 10 * time.Minute, Left: 10 * time.Minute, Start: 4*time.Minute + 20*time.Second}
	w := New(Options{})
	w.ShowSnapshot(s)
	u := ready(w, image.Pt(800, 600))
	for age, want := range map[time.Duration]string{0: "cancelled in 4:", 90 * time.Second: "cancelled in 2:", 250 * time.Second: "cancelled in 9 s", time.Hour: "cancelled in 0 s"} {
		w.change(func(st *state) { st.snapAt = time.Now().Add(-age) })
		sc := u.look()
		if !sc.has(want) {
			t.Errorf("after %v it does not say %q", age, want)
		}
	}
	if words := statusWords(s, time.Time{}); !strings.Contains(words, "The game is cancelled in 4:20 without a move.") {
		t.Errorf("said: %q", words)
	}
	s.Clocks[0].Start = 0
	w.ShowSnapshot(s)
	if sc := u.look(); sc.has("cancelled") {
		t.Error("a game that has begun is told to be cancelled")
	}
}
