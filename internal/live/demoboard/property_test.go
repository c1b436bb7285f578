package demoboard

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gobancam/gobancam/internal/live"
)

var (
	games = flag.Int("games", 300, "random games to follow")
	seed  = flag.Uint64("seed", 1, "of the first")
)

// TestRandomGamesAreShown plays random games with corrections while everything
// goes wrong that can: in the end a viewer sees the record, and nothing else of
// ours.
func TestRandomGamesAreShown(t *testing.T) {
	for i := range *games {
		t.Run(fmt.Sprint(*seed+uint64(i)), func(t *testing.T) { followRandomly(t, *seed+uint64(i)) })
	}
}

func followRandomly(t *testing.T, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 5))
	p := newPlayer(r)
	w := newWorld(t, r, p.head.Size)
	w.echoes, w.faults = r.IntN(3) > 0, r.IntN(4) > 0
	if r.IntN(2) == 0 {
		w.step(Input{Game: p.now()})
	}
	w.connect()
	for range 20 + r.IntN(60) {
		p.change()
		w.step(Input{Game: p.now()})
		w.run(time.Duration(r.IntN(8000)) * time.Millisecond)
		if !w.faults {
			continue
		}
		switch r.IntN(30) {
		case 0:
			w.cut(r.IntN(4) == 0)
		case 1:
			w.kill(p.now())
		case 2:
			w.give()
		}
	}
	w.faults = false
	w.run(2 * time.Hour) // what was delayed, away or given away is back
	if w.holder != me || !w.up {
		t.Fatal("the test does not end what it began")
	}
	for range 30 { // it may just be comparing
		if !w.f.Done() {
			w.run(time.Second)
		}
	}
	if !w.f.Done() {
		t.Errorf("it is not done; gone: %q; asked %s, doubt %v, unheard %v, labeled %+v, wake %s, now %s", w.f.Gone(), w.f.asked, w.f.doubt, w.f.unheard, w.f.memory.Labeled, w.f.Wake(), w.now)
	}
	w.check(p)
	quiet := len(w.sent)
	w.run(time.Hour)
	if n := len(w.sent) - quiet; n > 6 {
		t.Errorf("%d messages in an hour in which nothing happened", n)
	}
	w.check(p)
	if t.Failed() {
		t.Logf("notes: %q", w.notes)
	}
}

// check compares what a viewer sees with the game.
func (w *world) check(p *player) {
	w.t.Helper()
	end := w.view.main()
	if got := end.position(w.view.size); got != p.game.Position() {
		w.t.Errorf("viewers see\n%v\nand the board has\n%v", got, p.game.Position())
	}
	if w.view.at != end {
		w.t.Errorf("viewers stand at %q, and the main line ends with %q", w.view.at.path(), end.path())
	}
	var want []string
	for _, s := range p.steps {
		if s.Setup == nil && !s.Point.IsPass() {
			want = append(want, fmt.Sprint(s.Color, s.Point.SGF()))
		}
	}
	if got := end.moves(); !slices.Equal(got, want) {
		w.t.Errorf("viewers see the moves %v, and played were %v", got, want)
	}
	w.checkTexts(end, p.now())
	// Whatever else is there was drawn by somebody else.
	for _, path := range w.view.root.all() {
		if w.ours[path] && !w.theirs[path] && !strings.HasPrefix(end.path(), path) {
			w.t.Errorf("a wrong branch is left: %s", path)
		}
	}
	if w.labels != LabelsOf(p.now()) {
		w.t.Errorf("labels %+v, not %+v", w.labels, LabelsOf(p.now()))
	}
}

func (w *world) checkTexts(end *seen, g *live.Game) {
	w.t.Helper()
	for n, i := end, len(g.Steps)-1; n.parent != nil && i >= 0; n = n.parent {
		if n.edited || n.x < 0 {
			break // where set-ups are, nodes and steps do not match one to one
		}
		if want := g.Steps[i].Note; want != "" && !strings.Contains(n.text, want) {
			w.t.Errorf("step %d says %q, and not %q", i+1, n.text, want)
		}
		i--
	}
	if g.Result != "" && end.parent != nil && !strings.Contains(end.text, g.Result) {
		w.t.Errorf("the end says %q", end.text)
	}
}
