package lounge

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/app/apptest"
	"github.com/gobancam/gobancam/internal/app/face"
	"github.com/gobancam/gobancam/internal/app/seat"
	"github.com/gobancam/gobancam/internal/patient"
	"github.com/gobancam/gobancam/internal/review"
	"github.com/gobancam/gobancam/internal/window"
)

// analyst is a program that finds every move of its own worse than the one
// before.
const analyst = `#!/bin/sh
n=0
while read -r id line; do
  case $line in
  "") ;; # ends an analysis
  "known_command kata-analyze") printf '=%s true\n\n' $id ;;
  "kata-analyze"*) n=$((n+1)); printf '=%s\ninfo move D4 visits 900 winrate 0.%d scoreLead 1.5 order 0 pv D4 E5\n\n' $id $((90-n*7)) ;;
  quit) printf '=%s\n\n' $id; exit ;;
  *) printf '=%s\n\n' $id ;;
  esac
done
`

func keep(t *testing.T, dir, name, sgf string, age time.Duration) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(sgf), 0o600); err != nil {
		t.Fatal(err)
	}
	at := time.Now().Add(-age)
	if err := os.Chtimes(path, at, at); err != nil {
		t.Fatal(err)
	}
	return path
}

func (s *sheet) shows(t *testing.T, what string, fits func(*window.Walk) bool) *window.Walk {
	t.Helper()
	for asked := time.Now(); !patient.Over(asked, time.Minute); time.Sleep(10 * time.Millisecond) {
		if k := s.walk.Load(); fits(k) {
			return k
		}
	}
	t.Fatalf("%s: %+v is shown", what, s.walk.Load())
	return nil
}

// TestReview chooses a kept game, has an engine look at it, and goes back.
func TestReview(t *testing.T) {
	apptest.Home(t)
	dir := t.TempDir()
	keep(t, dir, "old.sgf", "(;SZ[9]PB[Anna]PW[Ben]RE[B+R];B[ee])", time.Hour)
	newest := keep(t, dir, "new game.sgf", "(;SZ[9]PB[Chie]BR[3k]PW[Doyun]C[begins];B[ee]C[takes \x1b[31mthe middle];W[ed];B[dd];W[cd];AB[aa]C[a stone comes];B[bb])", time.Minute)
	keep(t, dir, "broken.sgf", "nonsense", 2*time.Hour)
	keep(t, dir, "x.server.sgf", "(;SZ[9])", 0)
	engine := keep(t, dir, "an analyst", analyst, 0)
	w := newSheet()
	l := &Lounge{window: w, seat: &seat.Seat{Face: face.New(&apptest.Page{}, true)},
		opt: Options{Review: Reviewing{Dir: dir, Engine: "sh '" + engine + "'", Effort: review.Effort{Visits: 10, Time: 5 * time.Second}}}}
	done := make(chan error, 1)
	begin := func(p page) { go func() { _, err := p(t.Context()); done <- err }() }

	begin(l.reviews)
	m := w.page(t, "reviews", nil)
	var names []string
	for _, i := range m.Items {
		names = append(names, i.Title)
	}
	if got := strings.Join(names, ", "); got != "Chie 3k – Doyun, Anna – Ben, broken.sgf" {
		t.Errorf("listed are %s", got)
	}
	w.answers <- window.Answer{Menu: "reviews", Key: "Enter", Item: newest}
	if err := <-done; err != nil {
		t.Fatal(err)
	}

	// Stones that were set up on the way are shown, but no engine can be told.
	begin(l.review(newest, l.reviews))
	k := w.shows(t, "the game", func(k *window.Walk) bool { return k != nil && k.Alarm })
	if len(k.Steps) != 7 || k.Steps[5].Move.Color != board.Empty || k.Steps[5].Comment != "a stone comes" || k.Steps[4].Comment != "" || k.Steps[6].Number != 5 || k.Steps[0].Comment != "begins" ||
		!strings.Contains(k.Steps[1].Comment, "takes") || !strings.Contains(k.Engine, "set up") {
		t.Errorf("shown is %+v", k)
	}
	w.answers <- window.Answer{Menu: "walk", Key: "Escape"}
	if err := <-done; err != nil {
		t.Fatal(err)
	}

	path := keep(t, dir, "plain.sgf", "(;SZ[9];B[ee];W[ed];B[dd];W[];B[cc])", 0)
	begin(l.review(path, l.reviews))
	k = w.shows(t, "the judged game", func(k *window.Walk) bool { return k != nil && strings.Contains(k.Engine, "all 5 moves") })
	for n, s := range k.Steps {
		want := 0.90 - 0.07*float64(n+1)
		if n%2 == 1 { // White is to move
			want = 1 - want
		}
		if !s.Judged || fmt.Sprintf("%.2f", s.Win) != fmt.Sprintf("%.2f", want) || s.Next.GTP(9) != "D4" {
			t.Errorf("step %d: %+v, not %.2f", n, s, want)
		}
	}
	if len(k.Swings) != 3 || !k.Scored {
		t.Errorf("%+v", k.Swings)
	}
	w.answers <- window.Answer{Menu: "walk", Key: "Escape"}
	if err := <-done; err != nil || w.walk.Load() != nil {
		t.Error(err, "it is still shown")
	}

	// A variation is made, looked at, and dropped; the engine's words stay at the
	// game's own moves, and the file as it is.
	was, _ := os.ReadFile(path)
	begin(l.review(path, l.reviews))
	w.shows(t, "the judged game", func(k *window.Walk) bool { return k != nil && strings.Contains(k.Engine, "all 5 moves") })
	w.answers <- window.Answer{Menu: "walk", Key: "play", Item: path, Step: 2, Point: board.Point{X: 8, Y: 8}}
	k = w.shows(t, "the variation", func(k *window.Walk) bool { return k != nil && k.Line == 1 })
	if len(k.Steps) != 4 || k.At != 3 || !k.Steps[3].Own || k.Steps[3].Line != "variation after move 2" || k.Steps[3].Judged || !k.Steps[2].Judged || len(k.Steps[2].Ways) != 2 || !k.Steps[2].Ways[1].On {
		t.Errorf("%+v", k)
	}
	w.answers <- window.Answer{Menu: "walk", Key: "play", Item: path, Step: 3, Point: board.Point{X: 8, Y: 8}}
	k = w.shows(t, "the refusal", func(k *window.Walk) bool { return k != nil && k.Alarm })
	if k.Line != 1 || !strings.Contains(k.Engine, "stone") {
		t.Errorf("%+v", k)
	}
	w.answers <- window.Answer{Menu: "walk", Key: "drop", Item: path, Step: 3}
	k = w.shows(t, "the game", func(k *window.Walk) bool { return k != nil && k.Line == 2 })
	if len(k.Steps) != 6 || k.At != 2 || k.Alarm || len(k.Steps[2].Ways) != 1 || len(k.Swings) != 3 {
		t.Errorf("%+v", k)
	}
	w.answers <- window.Answer{Menu: "walk", Key: "Escape"}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if is, err := os.ReadFile(path); err != nil || string(is) != string(was) {
		t.Errorf("the file is now %s", is)
	}

	// Of several games one is chosen.
	several := keep(t, dir, "several.sgf", "(;SZ[9]PB[Anna];B[ee])(;SZ[13]PB[Ben];B[aa];W[bb])", 0)
	begin(l.review(several, l.reviews))
	if m := w.page(t, "collection", nil); len(m.Items) != 2 || !strings.HasPrefix(m.Items[1].Title, "2. Ben") || !strings.Contains(m.Items[1].Detail, "13×13 · 2 moves") {
		t.Errorf("%+v", m.Items)
	}
	w.answers <- window.Answer{Menu: "collection", Key: "Enter", Item: "1"}
	w.shows(t, "the second game", func(k *window.Walk) bool { return k != nil && k.Size == 13 && len(k.Steps) == 3 })
	w.answers <- window.Answer{Menu: "walk", Key: "Escape"}
	if err := <-done; err != nil {
		t.Fatal(err)
	}

	// An engine that is none leaves the game to be stepped through.
	l.opt.Review.Engine = "/nowhere/at/all"
	begin(l.review(path, l.reviews))
	w.shows(t, "the trouble", func(k *window.Walk) bool {
		return k != nil && k.Alarm && strings.Contains(k.Engine, "does not start") && len(k.Steps) == 6
	})
	w.answers <- window.Answer{Menu: "walk", Key: "Escape"}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}
