package gamefile

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/disk"
	"github.com/gobancam/gobancam/internal/disk/faulty"
	"github.com/gobancam/gobancam/internal/match"
)

// heard collects what is said.
type heard struct {
	mu     sync.Mutex
	events []match.Event
}

func (h *heard) voice(e match.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.events = append(h.events, e)
}

// alarmed reports whether it was said last that the record is not in its file.
func (h *heard) alarmed() (on bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, e := range h.events {
		switch e.State {
		case match.StateUnkept:
			on = true
		case match.StateKept:
			on = false
		}
	}
	return on
}

func (h *heard) text() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var b strings.Builder
	for _, e := range h.events {
		fmt.Fprintf(&b, "%s: %s\n", e.Kind, e.Text)
	}
	return b.String()
}

func newGame(t testing.TB, moves string) *board.Game {
	t.Helper()
	rules, err := board.ParseRules("japanese")
	if err != nil {
		t.Fatal(err)
	}
	g, err := board.NewGame(board.Setup{Size: 9, Rules: rules, Komi: 6.5})
	if err != nil {
		t.Fatal(err)
	}
	play(t, g, moves)
	return g
}

func play(t testing.TB, g *board.Game, moves string) {
	t.Helper()
	for _, at := range strings.Fields(moves) {
		p, err := board.ParseGTP(at, g.Size())
		if err != nil {
			t.Fatal(err)
		}
		if err := g.Play(board.Move{Color: g.ToMove(), Point: p}); err != nil {
			t.Fatal(err)
		}
	}
}

const line = "E5 C4 C6 G3 D7 F7 B2 H8"

// first plays the first n moves of line.
func first(t testing.TB, n int) *board.Game {
	return newGame(t, strings.Join(strings.Fields(line)[:n], " "))
}

func open(t testing.TB, o Options) *Keeper {
	t.Helper()
	k, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func keep(t testing.TB, k *Keeper, g *board.Game) {
	t.Helper()
	if err := k.Keep(g, Labels{}); err != nil {
		t.Fatal(err)
	}
}

// inFile is how many moves the main line of a file has; −1 for none.
func inFile(fsys disk.FS, path string) int {
	data, err := fsys.ReadFile(path)
	if err != nil {
		return -1
	}
	f, err := parse(data)
	if err != nil {
		return -1
	}
	return f.Game.MoveCount()
}

// A disk that is full for a while: what is not kept is said, kept elsewhere and
// brought home.
func TestFullDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := faulty.New(1, "/games", "/state")
		var h heard
		k := open(t, Options{Path: "/games/a.sgf", Spares: []string{"/state/rescued"}, FS: d, Voice: h.voice})
		keep(t, k, first(t, 2))
		synctest.Wait()
		if n := inFile(d, "/games/a.sgf"); n != 2 || h.text() != "" {
			t.Fatalf("%d moves; %s", n, h.text())
		}
		full := func(op faulty.Op, name string) error {
			if op == faulty.OpWrite && strings.HasPrefix(name, "/games") {
				return syscall.ENOSPC
			}
			return nil
		}
		d.Hook(full)
		keep(t, k, first(t, 3))
		synctest.Wait()
		if !h.alarmed() || !strings.Contains(h.text(), "the disk is full") || !strings.Contains(h.text(), "/state/rescued/a.sgf") {
			t.Errorf("said: %s", h.text())
		}
		if n := inFile(d, "/state/rescued/a.sgf"); n != 3 {
			t.Errorf("%d moves elsewhere", n)
		}
		keep(t, k, first(t, 5))
		got := k.Settle()
		if got.Err == nil || got.Path != "/state/rescued/a.sgf" || got.Moves != 5 || got.Older != "/games/a.sgf" || got.OlderMoves != 2 {
			t.Errorf("%+v", got)
		}
		d.Hook(nil)
		time.Sleep(2 * againLast) // it is tried again without a move
		if n := inFile(d, "/games/a.sgf"); n != 5 || h.alarmed() {
			t.Errorf("%d moves; %s", n, h.text())
		}
		if _, err := d.Stat("/state/rescued/a.sgf"); err == nil {
			t.Error("the other file is still there")
		}
		keep(t, k, first(t, 7))
		if got := k.Close(); got.Err != nil || got.Moves != 7 || got.Path != "/games/a.sgf" || inFile(d, got.Path) != 7 {
			t.Errorf("%+v", got)
		}
	})
}

// No disk at all: it is in memory, and said to be there.
func TestNowhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := faulty.New(1, "/games", "/state")
		d.SetReadOnly(true)
		var h heard
		k := open(t, Options{Path: "/games/a.sgf", Spares: []string{"/state/rescued"}, FS: d, Voice: h.voice})
		if !h.alarmed() {
			t.Error("it was not said before the first move")
		}
		keep(t, k, first(t, 4))
		got := k.Close()
		if got.Err == nil || got.Path != "" || got.Moves != 4 || got.Problem() == nil || !strings.Contains(string(got.Data), ";W[gg]") {
			t.Errorf("%+v %v", got, got.Problem())
		}
		if !strings.Contains(h.text(), "in memory alone") {
			t.Error(h.text())
		}
	})
}

// A disk that does not answer holds up nobody, and is told of.
func TestSlowDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := faulty.New(1, "/games")
		var h heard
		k := open(t, Options{Path: "/games/a.sgf", FS: d, Voice: h.voice})
		d.Hook(func(op faulty.Op, name string) error {
			if op == faulty.OpSync {
				time.Sleep(20 * time.Second)
			}
			return nil
		})
		at := time.Now()
		keep(t, k, first(t, 3))
		if time.Since(at) != 0 {
			t.Error("the game was held up")
		}
		time.Sleep(slowDisk + time.Second)
		if !h.alarmed() || !strings.Contains(h.text(), "does not answer") {
			t.Error(h.text())
		}
		if got := k.Settle(); got.Err == nil {
			t.Errorf("%+v", got)
		}
		time.Sleep(20 * time.Second)
		if h.alarmed() {
			t.Error(h.text())
		}
		d.Hook(nil)
		if got := k.Close(); got.Err != nil || inFile(d, "/games/a.sgf") != 3 {
			t.Errorf("%+v", got)
		}
	})
}

// A file that somebody else writes to in the middle of a game is left to them.
func TestChangedByAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := faulty.New(1, "/games")
		var h heard
		k := open(t, Options{Path: "/games/a.sgf", FS: d, Voice: h.voice})
		keep(t, k, first(t, 3))
		synctest.Wait()
		theirs := []byte("(;GM[1]SZ[9]C[mine])")
		if err := disk.WriteFile(d, "/games/a.sgf", theirs, 0o644); err != nil {
			t.Fatal(err)
		}
		keep(t, k, first(t, 4))
		got := k.Close()
		if got.Problem() == nil || !strings.Contains(got.Problem().Error(), "not in /games/a.sgf: it was changed by another program; its 4 moves are in /games/a-2.sgf") || got.Path != "/games/a-2.sgf" || inFile(d, got.Path) != 4 || !strings.Contains(h.text(), "/games/a-2.sgf") {
			t.Errorf("%+v %s", got, h.text())
		}
		if data, _ := d.ReadFile("/games/a.sgf"); string(data) != string(theirs) {
			t.Errorf("their file is %s", data)
		}
	})
}

// An undo and another move at once are another game, though it is as long.
func TestEveryChangeIsKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.sgf")
	k := open(t, Options{Path: path})
	keep(t, k, newGame(t, "E5 C4"))
	k.Settle()
	keep(t, k, newGame(t, "E5 C6"))
	if got := k.Close(); got.Err != nil {
		t.Fatal(got)
	}
	if data, _ := os.ReadFile(path); !strings.Contains(string(data), ";W[cd]") {
		t.Errorf("%s", data)
	}
}

// Two that want the same name get two; one file has one writer.
func TestOneFileOneGame(t *testing.T) {
	path := filepath.Join(t.TempDir(), "board.sgf")
	a, b := open(t, Options{Path: path, New: true}), open(t, Options{Path: path, New: true})
	if a.Path() == b.Path() {
		t.Fatalf("both write %s", a.Path())
	}
	_, err := Open(Options{Path: path})
	if err == nil || !strings.Contains(err.Error(), fmt.Sprint(os.Getpid())) {
		t.Errorf("a third one: %v", err)
	}
	c := open(t, Options{Path: path, Always: true})
	keep(t, a, first(t, 1))
	keep(t, b, first(t, 2))
	keep(t, c, first(t, 3))
	for i, k := range []*Keeper{a, b, c} {
		if got := k.Close(); got.Err != nil || inFile(disk.OS, got.Path) != i+1 {
			t.Errorf("%+v", got)
		}
	}
	// A file that got no game is gone, and no lock stays.
	d := open(t, Options{Path: path, New: true})
	d.Close()
	names, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*"))
	hidden, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".*"))
	if len(names) != 3 || len(hidden) != 0 {
		t.Errorf("%v %v", names, hidden)
	}
}

// A file that could not be locked where it is, because its directory was not
// there yet, is locked all the same.
func TestLockedInAnotherPlace(t *testing.T) {
	dir := t.TempDir()
	o := Options{Path: filepath.Join(dir, "new", "a.sgf"), Locks: filepath.Join(dir, "locks")}
	a := open(t, o)
	if b, err := Open(o); err == nil {
		t.Errorf("%s has two writers", b.Path())
	}
	a.Close()
	open(t, o).Close()
}

// A new game in place of the one that was begun leaves that one alone.
func TestAnew(t *testing.T) {
	for _, replace := range []bool{false, true} {
		dir := t.TempDir()
		path := filepath.Join(dir, "a.sgf")
		old := open(t, Options{Path: path})
		keep(t, old, first(t, 6))
		old.Close()
		before, _ := os.ReadFile(path)

		k := open(t, Options{Path: path, Replace: replace})
		if f := k.Found(); f == nil || f.Game.MoveCount() != 6 {
			t.Fatalf("%+v", f)
		}
		k.Anew()
		keep(t, k, newGame(t, "G7"))
		got := k.Close()
		if got.Err != nil || inFile(disk.OS, got.Path) != 1 || (got.Path == path) != replace {
			t.Errorf("%+v", got)
		}
		kept := false
		names, _ := filepath.Glob(filepath.Join(dir, "*"))
		for _, name := range names {
			data, _ := os.ReadFile(name)
			kept = kept || slices.Equal(data, before)
		}
		if !kept {
			t.Errorf("the old game is gone: %v", names)
		}
	}
}

// TestWhatWasRescuedIsNamed has the program killed while the game was kept
// elsewhere: who goes on with the file is told of the longer record.
func TestWhatWasRescuedIsNamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := faulty.New(1, "/games", "/state/rescued")
		for name, moves := range map[string]int{"/games/a.sgf": 2, "/state/rescued/a-2.sgf": 5, "/state/rescued/a.sgf": 1, "/state/rescued/ab.sgf": 7} {
			k := open(t, Options{Path: name, FS: d})
			keep(t, k, first(t, moves))
			k.Close()
		}
		var h heard
		k := open(t, Options{Path: "/games/a.sgf", Spares: []string{"/state/rescued", "/nowhere"}, FS: d, Voice: h.voice})
		defer k.Close()
		if said := h.text(); !strings.Contains(said, "/state/rescued/a-2.sgf has 5 moves") || strings.Contains(said, "a.sgf has 1") || strings.Contains(said, "ab.sgf") {
			t.Errorf("said: %s", said)
		}
	})
}
