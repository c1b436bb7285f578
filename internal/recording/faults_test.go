package recording

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gobancam/gobancam/internal/disk/faulty"
)

// A recorder leaves the reserve to others: a ring gives up what is oldest, then
// it stops, says so, and goes on, with a gap and a checkpoint, when there is
// half as much again as the reserve.
func TestYieldsBeforeTheDiskIsFull(t *testing.T) {
	const reserve = 50 << 10
	d := faulty.New(1)
	d.SetFree(150 << 10)
	w, err := Create("r", Header{}, Options{FS: d, Reserve: reserve, KeepBytes: 300 << 10, Checkpoint: func() any { return "all" }})
	must(t, err)
	defer w.Close()
	line := strings.Repeat("x", 1000)
	at := time.Duration(0)
	least := int64(reserve - 30<<10) // a second's worth below the reserve
	write := func(n int) (lost int) {
		for range n {
			at += 100 * time.Millisecond
			switch err := errors.Join(w.Event(at, "tick", line), w.Frame(at, int(at), []byte(line))); {
			case errors.Is(err, ErrNoRoom):
				lost++
			case err != nil:
				t.Fatal(err)
			}
			if free, _ := d.Free("."); free < least {
				t.Fatalf("at %v %d bytes are free", at, free)
			}
		}
		return lost
	}
	if lost := write(600); lost > 0 {
		t.Errorf("%d lines were lost where old ones could have been dropped", lost)
	}
	// Another fills the disk.
	d.SetFree(0)
	least = 0
	if lost := write(300); lost < 200 {
		t.Errorf("only %d lines were lost", lost)
	}
	if len(w.segments) != 1 {
		t.Errorf("%d segments were kept", len(w.segments))
	}
	d.SetFree(reserve + 1000)
	if lost := write(50); lost != 50 {
		t.Errorf("it went on too soon: %d of 50 lost", lost)
	}
	d.SetFree(10 * reserve)
	if lost := write(50); lost > 10 {
		t.Errorf("it did not go on: %d of 50 lost", lost)
	}
	must(t, w.Close())
	_, entries, bad := readAll(t, d)
	if len(bad) > 0 {
		t.Fatal(bad)
	}
	for i, e := range entries {
		if e.Kind == KindGap {
			if string(entries[i+1].Data) != `"all"` || entries[i+1].Kind != KindCheckpoint {
				t.Errorf("after the gap comes %+v", entries[i+1])
			}
			return
		}
	}
	t.Error("there is no gap")
}

func readAll(t interface{ Fatal(...any) }, d *faulty.Disk) (*Session, []Entry, []error) {
	s, err := Read(d.Dir("r"))
	if err != nil {
		t.Fatal(err)
	}
	var entries []Entry
	var bad []error
	for e, err := range s.Entries() {
		if err != nil {
			bad = append(bad, err)
		} else {
			entries = append(entries, e)
		}
	}
	return s, entries, bad
}

// Whatever happens to the disk and whenever the program dies, an entry that was
// said to be recorded is read back, in its place; one that was not is not, or is
// whole; and after the first that is missing there is a gap. Where the power
// fails as well, that is so of the log of a recording that was closed; of another
// what can be read was written, in this order.
func TestRecordingUnderFaults(t *testing.T) {
	faulty.Check(t, func(t *rapid.T) {
		d := faulty.New(rapid.Uint64().Draw(t, "seed"))
		w, err := Create("r", Header{Source: "s"}, Options{FS: d, Reserve: 100, Checkpoint: func() any { return "all" }})
		if err != nil {
			t.Fatal(err)
		}
		said := map[int]bool{}
		n := rapid.IntRange(1, 40).Draw(t, "entries")
		for i := range n {
			if rapid.IntRange(0, 3).Draw(t, "calm") == 0 {
				d.Trouble(t)
			}
			at := time.Duration(i) * time.Second
			if rapid.Bool().Draw(t, "picture") {
				_ = w.Frame(at, i, []byte("a picture"))
			}
			err := w.Event(at, "tick", i)
			if d.Dead() {
				break
			}
			said[i] = err == nil
		}
		closed := w.Close() == nil && !d.Dead()
		d.Mend()
		power := rapid.Bool().Draw(t, "the power fails")
		if power {
			d.PowerLoss()
		} else {
			d.Restart()
		}
		check(t, d, said, closed || !power, !power)
	})
}

func check(t *rapid.T, d *faulty.Disk, said map[int]bool, all, pictures bool) {
	_, entries, _ := readAll(t, d)
	last, found, gap := -1, map[int]bool{}, true
	for _, e := range entries {
		switch e.Kind {
		case KindGap:
			gap = true
		case "tick":
			var i int
			if err := json.Unmarshal(e.Data, &i); err != nil || i <= last || e.At != time.Duration(i)*time.Second {
				t.Fatalf("after %d comes %s, %v", last, e.Data, err)
			}
			if all && i > last+1 && !gap {
				t.Fatalf("between %d and %d something is missing, and no gap is told", last, i)
			}
			last, found[i], gap = i, true, false
		case KindFrame:
			f, err := e.Frame()
			if err != nil {
				t.Fatal(err)
			}
			if b, err := d.Dir("r").Open(f.File); pictures && err != nil {
				t.Fatal(b, err)
			}
		}
	}
	for i, ok := range said {
		if all && ok && !found[i] {
			t.Fatalf("entry %d was said to be recorded, and is not; found: %v", i, found)
		}
	}
}

// The header is whole or there is no recording.
func TestCreateUnderFaults(t *testing.T) {
	faulty.Check(t, func(t *rapid.T) {
		d := faulty.New(rapid.Uint64().Draw(t, "seed"))
		for range 3 {
			d.Trouble(t)
		}
		w, err := Create("r", Header{Source: "s"}, Options{FS: d, Reserve: -1})
		if err == nil && w.Event(1, "tick", 1) == nil && w.Close() == nil && !d.Dead() {
			d.PowerLoss()
			s, entries, bad := readAll(t, d)
			if s.Header.Source != "s" || len(entries) != 1 || len(bad) > 0 {
				t.Fatal(s.Header, entries, bad)
			}
			return
		}
		d.PowerLoss()
		d.Mend()
		if _, err := d.Stat("r/session.json"); err == nil {
			if s, _, _ := readAll(t, d); s.Header.Source != "s" {
				t.Fatal(s.Header)
			}
		}
	})
}
