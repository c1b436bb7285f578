package outbox

import (
	"context"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/gobancam/gobancam/internal/club"
	"github.com/gobancam/gobancam/internal/disk/faulty"
)

// Whatever happens to the disk and whenever the program or the power dies, a
// result that was said to be kept is there, as it was decided last, and so is
// what the trail was said to have; and no file is ever half of one.
func TestOutboxUnderFaults(t *testing.T) {
	faulty.Check(t, func(t *rapid.T) {
		d := faulty.New(rapid.Uint64().Draw(t, "seed"))
		w := &outboxWorld{d: d, kept: map[string]State{}, maybe: map[string]State{}}
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			w.step(t)
			if d.Dead() {
				d.Revive(t)
				w.box = nil
			}
		}
		d.Mend()
		d.Revive(t)
		w.end(t)
	})
}

// outboxWorld is an outbox on a bad disk, and what was said about its reports.
type outboxWorld struct {
	d     *faulty.Disk
	box   *Outbox
	n     int
	ids   []string
	kept  map[string]State // by id: as was said last
	maybe map[string]State // or so: what was being decided when something failed
	trail int              // lines that were said to be written
}

func (w *outboxWorld) step(t *rapid.T) {
	if w.box == nil {
		box, err := openOn(w.d, "box")
		if err != nil {
			return
		}
		w.box = box
	}
	switch rapid.SampledFrom([]string{"add", "add", "withdraw", "trouble", "trouble", "audit"}).Draw(t, "step") {
	case "add":
		w.n++
		r, err := w.box.Add(Report{
			API: "https://c", Tournament: "t", Match: fmt.Sprint(w.n), Text: "A beat B", Confirmed: Confirmation{By: "the players"},
			Result: club.Result{Player1: "1", Player2: "2", Winner: "1", Sets: [][2]int{{1, 0}}},
		})
		if err == nil {
			w.kept[r.ID], w.trail = Waiting, w.trail+1
			w.ids = append(w.ids, r.ID)
		}
	case "withdraw":
		if len(w.ids) == 0 {
			return
		}
		id := rapid.SampledFrom(w.ids).Draw(t, "id")
		if w.kept[id] != Waiting {
			return
		}
		if err := w.box.Withdraw(context.Background(), id, "somebody"); err != nil {
			w.maybe[id] = Withdrawn
			return
		}
		w.kept[id], w.trail = Withdrawn, w.trail+1
	case "audit":
		if w.box.audit(Report{ID: "x"}, "sending", "", "") == nil {
			w.trail++
		}
	case "trouble":
		w.d.Trouble(t)
	}
}

func (w *outboxWorld) end(t *rapid.T) {
	box, err := openOn(w.d, "box")
	if err != nil {
		t.Fatal(err)
	}
	all, err := box.Reports()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]State{}
	for _, r := range all {
		found[r.ID] = r.State
	}
	for id, state := range w.kept {
		if found[id] != state && (w.maybe[id] == "" || found[id] != w.maybe[id]) {
			t.Fatalf("report %s was said to be %s and is %q", id, state, found[id])
		}
	}
	if trail, _ := box.Audit(); len(trail) < w.trail {
		t.Fatalf("%d lines were said to be in the trail; %d are", w.trail, len(trail))
	}
}
