package match

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
)

// checkpoints are of many situations, and of released versions.
func checkpoints(t testing.TB) (saved [][]byte) {
	t.Helper()
	keep := func(m arbiter) {
		text, err := m.(machine).Checkpoint()
		if err != nil {
			t.Fatal(err)
		}
		saved = append(saved, text)
	}
	// A game with an undo asked for, a bump, a stone to be lifted.
	w := newWorldWithTwoMoves(t)
	w.run(time.Second)
	keep(w.ref)
	w.srv.undo = &game.Undo{By: white, Number: 2, Count: 1}
	w.srv.push(game.UndoRequested{Undo: *w.srv.undo})
	w.run(time.Second)
	w.bump++
	w.step()
	keep(w.ref)
	w.srv.takeBack()
	w.run(time.Second)
	keep(w.ref)
	// A move on its way, and one that is asked about.
	w = newWorldWithTwoMoves(t)
	w.run(time.Second)
	w.srv.slow = time.Minute
	w.put(w.pt("E5"), black)
	w.run(2 * time.Second)
	keep(w.ref)
	w = newWorldWithTwoMoves(t)
	w.opt = Options{Mode: Ask}
	w.start()
	w.run(time.Second)
	w.put(w.pt("E5"), black)
	w.run(2 * time.Second)
	keep(w.ref)
	// A relay that has a story in mind, and one that asks.
	w = newWorld(t, 9, black)
	relay, err := NewRelay(RelayOptions{Setup: w.srv.data.Setup, Tuning: Live()})
	if err != nil {
		t.Fatal(err)
	}
	w.relay = relay
	w.start()
	w.run(time.Second)
	for _, m := range []string{"E5 black", "C3 white"} {
		at, c, _ := strings.Cut(m, " ")
		w.put(w.pt(at), color(c))
		w.run(time.Second)
	}
	w.board.Set(w.pt("E5"), board.Empty)
	w.put(w.pt("G4"), black)
	w.run(2 * time.Second)
	keep(relay)
	w.run(5 * time.Second)
	if len(relay.questions) == 0 {
		t.Fatal("the relay asks nothing")
	}
	keep(relay)
	return append(saved, released(t)...)
}

// released are checkpoints that released versions wrote: those in the
// recordings that package play keeps.
func released(t testing.TB) (saved [][]byte) {
	t.Helper()
	files, err := filepath.Glob("../play/testdata/released/*.zip")
	if err != nil || len(files) == 0 {
		t.Fatal("no recordings of released versions", err)
	}
	for _, name := range files {
		z, err := zip.OpenReader(name)
		if err != nil {
			t.Fatal(err)
		}
		defer z.Close()
		log, err := fs.Glob(z, "log-*.jsonl")
		if err != nil || len(log) == 0 {
			t.Fatal(name, err)
		}
		text, err := fs.ReadFile(z, log[0])
		if err != nil {
			t.Fatal(err)
		}
		var line struct {
			Kind string
			Data json.RawMessage
		}
		first, _, _ := bytes.Cut(text, []byte("\n"))
		if err := json.Unmarshal(first, &line); err != nil || line.Kind != "checkpoint" {
			t.Fatalf("%s begins with %.40s (%v)", name, first, err)
		}
		saved = append(saved, line.Data)
	}
	return saved
}

// goOn restores saved, if it can be, and lets all kinds of things happen then.
func goOn(w *world, saved []byte) (restored bool) {
	r, y := new(Referee), new(Relay)
	var of machine = r
	if r.Restore(saved) != nil {
		if y.Restore(saved) != nil {
			return false
		}
		of = y
	}
	of.Snapshot()
	now := max(r.now, y.now)
	step := func(in Input) {
		now += 500 * time.Millisecond
		in.At = now
		for _, e := range of.Step(in).Events {
			if _, err := json.Marshal(e); err != nil {
				w.t.Errorf("%+v cannot be told: %v", e, err)
			}
		}
		of.Snapshot()
	}
	step(Input{})
	for range 6 {
		step(Input{Look: &Look{Reading: w.look()}})
	}
	for _, k := range []CommandKind{CmdAccept, CmdDeny, CmdUndo, CmdPass, CmdTrust, CmdCancel, CmdUndo, CmdLook} {
		step(Input{Command: &Command{Kind: k}})
		step(Input{Look: &Look{Reading: w.look()}})
	}
	w.board.Set(board.Point{X: 2, Y: 2}, black)
	for range 4 {
		step(Input{Look: &Look{Reading: w.look()}})
	}
	for _, e := range []game.Event{
		game.Played{Number: 1, Move: board.Move{Color: black, Point: board.Point{X: 4, Y: 4}}},
		game.UndoAccepted{}, game.RemovalAccepted{By: white}, game.PauseChanged{}, game.Refused{Ref: 1}, w.srv.dataBut(func(*game.Data) {}),
		game.Finished{}} {
		step(Input{Server: e})
	}
	step(Input{Look: &Look{Err: io.EOF}})
	return true
}

var thorough = flag.Bool("thorough", false, "damage checkpoints in all ways, not in one of 29")

// TestDamagedCheckpointsAreErrorsOrRight changes each member of checkpoints to
// what it never is: that is an error with a sentence, or does no harm.
func TestDamagedCheckpointsAreErrorsOrRight(t *testing.T) {
	bad := []any{nil, -1, 3, 200, 1_000_000, 9_000_000_000_000_000_000, "+Inf", true, []any{}, map[string]any{}}
	tried, restored := 0, 0
	for i, saved := range checkpoints(t) {
		if !goOn(newWorldWithTwoMoves(t), saved) {
			err := new(Referee).Restore(saved)
			t.Fatalf("checkpoint %d is not read: %v, %v", i, err, new(Relay).Restore(saved))
		}
		var tree any
		d := json.NewDecoder(bytes.NewReader(saved))
		d.UseNumber()
		if err := d.Decode(&tree); err != nil {
			t.Fatal(err)
		}
		damage(tree, func(path string, set func(any), was any) {
			for _, x := range bad {
				if tried++; !*thorough && tried%29 > 0 {
					continue
				}
				set(x)
				text, err := json.Marshal(tree)
				if err != nil {
					t.Fatal(err)
				}
				func() {
					defer func() {
						if p := recover(); p != nil {
							t.Errorf("checkpoint %d with %s = %v: %v", i, path, x, p)
						}
					}()
					if goOn(newWorldWithTwoMoves(t), text) {
						restored++
					}
				}()
			}
			set(was)
		})
	}
	t.Logf("%d damages, of all or one in 29, are not noticed", restored)
}

// damage goes through the values of a tree, of a list only the
// first, and lets f set each to something else.
func damage(v any, f func(path string, set func(any), was any)) {
	var walk func(path string, v any, set func(any))
	walk = func(path string, v any, set func(any)) {
		if set != nil {
			f(path, set, v)
		}
		switch v := v.(type) {
		case map[string]any:
			for _, k := range slices.Sorted(maps.Keys(v)) {
				walk(path+"."+k, v[k], func(y any) { v[k] = y })
			}
		case []any:
			for i, x := range v {
				if i == 0 {
					walk(fmt.Sprintf("%s[%d]", path, i), x, func(y any) { v[i] = y })
				}
			}
		}
	}
	walk("", v, nil)
}

// TestCheckpointsOfReleasedVersions reads them, and finds that they say what
// they said.
func TestCheckpointsOfReleasedVersions(t *testing.T) {
	for i, saved := range released(t) {
		var of machine = new(Referee)
		if of.Restore(saved) != nil {
			of = new(Relay)
		}
		if err := of.Restore(saved); err != nil {
			t.Fatalf("%d: %v", i, err)
		}
		now, err := of.Checkpoint()
		if err != nil {
			t.Fatal(err)
		}
		if same, err := of.SameMemory(saved, now); err != nil || !same {
			t.Errorf("%d: it comes back otherwise (%v)\n%s\n%s", i, err, saved, now)
		}
		of.Step(Input{At: time.Hour, Command: &Command{Kind: CmdTrust}})
		now, err = of.Checkpoint()
		if err != nil {
			t.Fatal(err)
		}
		if same, err := of.SameMemory(saved, now); err != nil || same {
			t.Errorf("%d: an hour later it says the same (%v)", i, err)
		}
	}
}

// TestACheckpointOfALaterVersionSaysSo, whatever else is in it.
func TestACheckpointOfALaterVersionSaysSo(t *testing.T) {
	err := new(Referee).Restore([]byte(`{"version":3,"something":"else"}`))
	if err == nil || !strings.Contains(err.Error(), "version 3") {
		t.Errorf("%v", err)
	}
	if err := new(Relay).Restore([]byte(`{"version":2,"ghosts":[9]}`)); !errors.Is(err, errMixed) {
		t.Errorf("%v", err)
	}
}

// FuzzCheckpoint goes on from checkpoints as strangers may send them: in one of
// those above, a value is replaced by any text. The text is short, unlike a
// checkpoint: one of 24 to 50 kB the fuzzer minimizes for a minute each time
// that it has found something, and tries nothing else meanwhile.
func FuzzCheckpoint(f *testing.F) {
	type place struct{ before, after []byte }
	var places []place
	for _, saved := range checkpoints(f) {
		for _, at := range values(f, saved) {
			places = append(places, place{saved[:at[0]], saved[at[1]:]})
		}
	}
	for n := 0; n < len(places); n += len(places) / 40 {
		for _, text := range []string{"null", "-1", "200", "9000000000000000000", `"+Inf"`, "[]", "{}"} {
			f.Add(uint16(n), []byte(text))
		}
	}
	f.Add(uint16(0), []byte(`{"refused":[],"watch":{"size":25}}`))
	f.Fuzz(func(t *testing.T, n uint16, text []byte) {
		p := places[int(n)%len(places)]
		goOn(newWorldWithTwoMoves(t), slices.Concat(p.before, text, p.after))
	})
}

// values returns where each value of a JSON text begins and ends, the whole one
// first.
func values(t testing.TB, text []byte) (at [][2]int64) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	token := func() json.Token {
		tok, err := d.Token()
		if err != nil {
			t.Fatal(err)
		}
		return tok
	}
	var walk func()
	walk = func() {
		begin := d.InputOffset()
		for bytes.IndexByte([]byte(",: \n"), text[begin]) >= 0 {
			begin++
		}
		i := len(at)
		at = append(at, [2]int64{begin})
		switch token() {
		case json.Delim('{'):
			for d.More() {
				token()
				walk()
			}
			token()
		case json.Delim('['):
			for d.More() {
				walk()
			}
			token()
		}
		at[i][1] = d.InputOffset()
	}
	walk()
	return at
}
