package match

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"pgregory.net/rapid"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/disk"
	"github.com/gobancam/gobancam/internal/disk/faulty"
)

var (
	entry7    = Entry{Kind: EntryPending, Game: 7, Ref: 1, Number: 4, Color: black, Point: board.Point{X: 3, Y: 3}}
	entry8    = Entry{Kind: EntryPending, Game: 8, Ref: 1, Number: 0, Color: white, Point: board.Pass}
	settled7  = Entry{Kind: EntrySettled, Game: 7, Ref: 1}
	line8     = `{"kind":"pending","game":8,"ref":1,"number":0,"color":2,"point":{"X":-1,"Y":-1}}` + "\n"
	settled8  = `{"kind":"settled","game":8,"ref":1}` + "\n"
	summed    = func() string { line, _ := encodeEntry(Entry{Kind: EntrySettled, Game: 8, Ref: 2}); return string(line) }()
	onJournal = filepath.Join("state", "journal", "game.jsonl")
)

func openJournal(t *testing.T, fsys disk.FS, path string) *FileJournal {
	t.Helper()
	j, err := OpenJournal(fsys, path)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func TestJournal(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "journal")
	j := openJournal(t, disk.OS, path)
	for _, e := range []Entry{entry7, entry8, settled7} {
		if err := j.Append(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	// A crash cut the last line short.
	f, _ := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	f.WriteString(`{"kind":"pending","game":9,"re`)
	f.Close()
	for i := range 2 { // what was dropped stays dropped, and is told once
		j := openJournal(t, disk.OS, path)
		j.Close()
		if open := j.Open(); len(open) != 1 || open[0].Game != 8 || open[0].Point != board.Pass {
			t.Fatalf("open are %+v", open)
		}
		if d := j.Damage(); len(d) != 1-i || i == 0 && !strings.Contains(d[0], "cut off") {
			t.Errorf("opened for the %d. time it says %q", i+1, d)
		}
	}
	if kept, err := os.ReadFile(path + ".damaged"); err != nil || !strings.HasSuffix(string(kept), `"game":9,"re`) {
		t.Errorf("kept beside it: %q, %v", kept, err)
	}
	if _, err := OpenJournal(disk.OS, filepath.Join(path, "under-a-file")); err == nil {
		t.Fatal("opened a journal under a file")
	}
}

// Whatever stands in a journal, the lines that can be read count, the others
// are told and nothing of them is lost.
func TestJournalDamage(t *testing.T) {
	long := `{"kind":"pending","game":8,"ref":1,"note":"` + strings.Repeat("x", 100<<10) + `"}` + "\n"
	for name, c := range map[string]struct {
		text string
		open int
		says string
	}{
		"empty":             {"", 0, ""},
		"blank lines":       {"\n\n" + line8 + "\n", 1, ""},
		"no last newline":   {strings.TrimSpace(line8), 1, ""},
		"long line":         {long + line8, 2, ""},
		"long and settled":  {long + settled8, 0, ""},
		"long rubbish":      {strings.Repeat("x", 100<<10) + "\n" + line8, 1, "Line 1 of the journal of moves cannot be read"},
		"cut in the middle": {`{"kind":"pending","ga` + line8 + line8, 1, `Line 1 of the journal of moves cannot be read: "{\"kind\":\"pending\",\"ga`},
		"zeros":             {line8 + "\x00\x00\x00", 1, "cut off"},
		"two bad lines":     {"{}\n" + line8 + "[1]\n", 1, "2 lines"},
		"two lines in one":  {strings.Replace(summed, "settled", "pending", 1) + line8, 1, "Line 1"},
		"of another kind":   {`{"kind":"later","game":8}` + "\n" + line8, 1, "Line 1"},
	} {
		t.Run(name, func(t *testing.T) {
			d := faulty.New(1, filepath.Dir(onJournal))
			if err := disk.WriteFile(d, onJournal, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			j := openJournal(t, d, onJournal)
			said := strings.Join(j.Damage(), "\n")
			if n := len(j.Open()); n != c.open || (said == "") != (c.says == "") || !strings.Contains(said, c.says) {
				t.Errorf("%d open; it says %q", n, said)
			}
			if c.says != "" {
				if kept, err := d.ReadFile(onJournal + ".damaged"); string(kept) != c.text || !strings.Contains(said, onJournal+".damaged") {
					t.Errorf("kept is %q, %v", kept, err)
				}
			}
			if err := errors.Join(j.Append(entry7), j.Close()); err != nil {
				t.Fatal(err)
			}
			j = openJournal(t, d, onJournal)
			if n := len(j.Open()); n != c.open+1 || len(j.Damage()) != 0 {
				t.Errorf("then %d open, and it says %q", n, j.Damage())
			}
		})
	}
}

// A disk with no room for a tidy journal does not keep anybody from playing
// once there is some; nothing is emptied meanwhile.
func TestJournalOnAFullDisk(t *testing.T) {
	d := faulty.New(1, filepath.Dir(onJournal))
	text := settled8 + line8 + `{"kind":"pend`
	if err := disk.WriteFile(d, onJournal, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	d.SetFree(0)
	j := openJournal(t, d, onJournal)
	if got, _ := d.ReadFile(onJournal); string(got) != text {
		t.Errorf("the file is %q", got)
	}
	if len(j.Open()) != 1 || len(j.Damage()) != 1 {
		t.Errorf("open %v, damage %q", j.Open(), j.Damage())
	}
	if err := j.Append(entry7); !disk.IsFull(err) {
		t.Errorf("appended to a full disk: %v", err)
	}
	d.SetFree(1000)
	if err := errors.Join(j.Append(entry7), j.Close()); err != nil {
		t.Fatal(err)
	}
	if j = openJournal(t, d, onJournal); len(j.Open()) != 2 {
		t.Errorf("open %v", j.Open())
	}
}

// A second process is refused and told of the first, whose entries stay.
func TestJournalOfOneProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "game.jsonl")
	first := openJournal(t, disk.OS, path)
	_, err := OpenJournal(disk.OS, path)
	var used *JournalInUse
	if !errors.As(err, &used) || !strings.Contains(err.Error(), fmt.Sprintf("process %d,", os.Getpid())) {
		t.Fatalf("the second is told %v", err)
	}
	if err := errors.Join(first.Append(entry7), first.Close()); err != nil {
		t.Fatal(err)
	}
	second := openJournal(t, disk.OS, path)
	defer second.Close()
	if len(second.Open()) != 1 {
		t.Errorf("open %v", second.Open())
	}
}

// Where the file system cannot lock, that is said and the game can be played.
func TestJournalWithoutLocks(t *testing.T) {
	d := faulty.New(1, filepath.Dir(onJournal))
	d.Hook(func(op faulty.Op, _ string) error {
		if op == faulty.OpLock {
			return syscall.ENOLCK
		}
		return nil
	})
	j := openJournal(t, d, onJournal)
	if d := j.Damage(); len(d) != 1 || !strings.Contains(d[0], "See that none does") {
		t.Errorf("it says %q", d)
	}
	if err := errors.Join(j.Append(entry7), j.Close()); err != nil {
		t.Fatal(err)
	}
}

// Whatever happens to the disk and whenever the program or the power dies, a
// pending entry that was said to be kept is open when the journal is opened
// again, unless it was settled; and one that was not said to be is either gone
// or whole.
func TestJournalUnderFaults(t *testing.T) {
	faulty.Check(t, func(t *rapid.T) {
		d := faulty.New(rapid.Uint64().Draw(t, "seed"), filepath.Dir(onJournal))
		w := &journalWorld{d: d, kept: map[int64]bool{}, maybe: map[int64]bool{}}
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			w.step(t)
		}
		w.end(t)
	})
}

// journalWorld is a journal on a bad disk, and what was said about its entries.
type journalWorld struct {
	d     *faulty.Disk
	j     *FileJournal
	ref   int64
	kept  map[int64]bool // said to be kept, and not settled
	maybe map[int64]bool // one of both is right: not said to be kept, or perhaps settled
}

func (w *journalWorld) step(t *rapid.T) {
	switch rapid.SampledFrom([]string{"pending", "pending", "pending", "settle", "settle", "trouble", "reopen"}).Draw(t, "step") {
	case "pending":
		w.ref++
		w.append(Entry{Kind: EntryPending, Game: 7, Ref: w.ref, Point: board.Point{X: int8(w.ref % 19)}})
	case "settle":
		if open := w.known(); len(open) > 0 {
			w.append(Entry{Kind: EntrySettled, Game: 7, Ref: rapid.SampledFrom(open).Draw(t, "ref")})
		}
	case "trouble":
		w.d.Trouble(t)
	case "reopen":
		if w.j != nil {
			w.j.Close()
		}
		w.d.Revive(t)
		w.j = nil
	}
	if w.d.Dead() {
		w.d.Revive(t)
		w.j = nil
	}
}

func (w *journalWorld) known() []int64 {
	var open []int64
	for ref := range w.kept {
		open = append(open, ref)
	}
	slices.SortFunc(open, cmp.Compare[int64])
	return open
}

// append appends as a running program does, and notes what it was told.
func (w *journalWorld) append(e Entry) {
	if w.j == nil {
		j, err := OpenJournal(w.d, onJournal)
		if err != nil {
			return
		}
		w.j = j
	}
	err := w.j.Append(e)
	switch {
	case e.Kind == EntrySettled && err == nil:
		delete(w.kept, e.Ref)
		delete(w.maybe, e.Ref)
	case e.Kind == EntrySettled:
		delete(w.kept, e.Ref)
		w.maybe[e.Ref] = true
	case err == nil:
		w.kept[e.Ref] = true
	default:
		w.maybe[e.Ref] = true
	}
}

// end goes on with a good disk and compares what is there with what was said.
func (w *journalWorld) end(t *rapid.T) {
	w.d.Mend()
	w.d.Revive(t)
	for range 2 {
		j, err := OpenJournal(w.d, onJournal)
		if err != nil {
			t.Fatalf("it cannot be opened again: %v", err)
		}
		found := map[int64]bool{}
		for _, e := range j.Open() {
			if !w.kept[e.Ref] && !w.maybe[e.Ref] || e.Point.X != int8(e.Ref%19) {
				t.Fatalf("%+v is open", e)
			}
			found[e.Ref] = true
		}
		for ref := range w.kept {
			if !found[ref] {
				t.Fatalf("entry %d was said to be kept, and is not", ref)
			}
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func FuzzJournal(f *testing.F) {
	f.Add([]byte("{\"kind\":\"pending\",\"game\":1,\"ref\":1}\n{\"kind\":\"settled\",\"game\":1,\"ref\":1}\n"))
	f.Add([]byte("\x00\n[]\nnull\n{"))
	f.Fuzz(func(t *testing.T, data []byte) {
		open, _ := openEntries(data)
		for _, e := range open {
			if e.Kind != EntryPending {
				t.Fatalf("%+v is open", e)
			}
		}
	})
}
