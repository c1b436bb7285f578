package gamefile

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/disk"
	"github.com/gobancam/gobancam/internal/disk/faulty"
	"github.com/gobancam/gobancam/internal/match"
)

// lay writes a file to begin with.
func lay(t testing.TB, text string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "old.sgf")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func read(t testing.TB, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

const foreign = `(;GM[1]FF[4]CA[UTF-8]AP[Sabaki:0.52]SZ[9]KM[6.5]PB[Anna]PW[Ben]XX[mine]
;B[ee]C[a fine move];W[cg](;B[cd];W[gg])(;B[gc]C[better?];W[gg]))
`

// A file that gobancam did not write is gone on with beside it, with all that
// is in it.
func TestForeignFileIsNeverWrittenTo(t *testing.T) {
	for name, text := range map[string]string{
		"a game":         foreign,
		"set-up stones":  "(;GM[1]SZ[9]AB[ee][cc]AW[gg])",
		"names alone":    "(;GM[1]SZ[9]PB[Anna]PW[Ben])",
		"another editor": strings.Replace(string(composed(t, 4)), "AP[gobancam", "AP[CGoban:3", 1),
	} {
		t.Run(name, func(t *testing.T) {
			path := lay(t, text)
			var h heard
			k := open(t, Options{Path: path, Voice: h.voice})
			g := first(t, 5)
			if f := k.Found(); f != nil {
				if name == "names alone" {
					t.Error("names are no game that has begun")
				}
				g = f.Game.Clone()
				play(t, g, "A1 pass pass")
			} else if name != "names alone" {
				t.Error("no game was found")
			}
			keep(t, k, g)
			got := k.Close()
			if got.Err != nil || got.Path == path || inFile(disk.OS, got.Path) != g.MoveCount() || !strings.Contains(k.Opening(), got.Path) {
				t.Errorf("%+v\n%s", got, h.text())
			}
			if read(t, path) != text {
				t.Errorf("the file is now %s", read(t, path))
			}
			if name == "a game" {
				for _, want := range []string{"XX[mine]", "C[a fine move]", "C[better?]", ";B[gc]", "PB[Anna]", ";B[ai]", "AP[gobancam"} {
					if !strings.Contains(read(t, got.Path), want) {
						t.Errorf("%s is missing in %s", want, read(t, got.Path))
					}
				}
			}
		})
	}
}

func composed(t testing.TB, moves int) []byte {
	t.Helper()
	data, err := Compose(nil, first(t, moves), Labels{Result: nil})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// A file that is opened and left again is as it was, whoever wrote it.
func TestLookingChangesNothing(t *testing.T) {
	for _, text := range []string{foreign, string(composed(t, 4))} {
		path := lay(t, text)
		k := open(t, Options{Path: path})
		keep(t, k, k.Found().Game)
		if got := k.Close(); got.Err != nil || got.Moves != 4 {
			t.Errorf("%+v", got)
		}
		if read(t, path) != text {
			t.Errorf("the file is now %s", read(t, path))
		}
	}
}

// What people added to a file of ours stays in it, and the version before is
// kept.
func TestOwnFileLosesNothing(t *testing.T) {
	games, err := board.ParseSGF(composed(t, 4))
	if err != nil {
		t.Fatal(err)
	}
	root := games[0]
	root.SetText("GC", "a club game")
	root.SetText("DT", "2020-02-02")
	at := root.MainLine()[2]
	at.SetText("C", "hm")
	at.Set("TR", "ee")
	at.Add(board.Property{ID: "B", Values: []board.Value{"ab"}}).SetText("N", "instead")
	var b bytes.Buffer
	if err := board.WriteSGF(&b, root); err != nil {
		t.Fatal(err)
	}
	path := lay(t, b.String())
	added := []string{"GC[a club game]", "DT[2020-02-02]", "C[hm]", "TR[ee]", ";B[ab]N[instead]", ";W[gg]"}

	k := open(t, Options{Path: path})
	g := k.Found().Game.Clone()
	play(t, g, "D7")
	keep(t, k, g)
	k.Settle()
	for range 3 { // back over moves that were in the file
		g.Undo()
	}
	keep(t, k, g)
	k.Settle()
	if n := inFile(disk.OS, path); n != 2 {
		t.Errorf("%d moves after three were taken back", n)
	}
	play(t, g, "A1 B1 C1")
	keep(t, k, g)
	if got := k.Close(); got.Err != nil || got.Path != path || inFile(disk.OS, path) != 5 {
		t.Errorf("%+v: %d moves", got, inFile(disk.OS, path))
	}
	after := read(t, path)
	for _, want := range append(added, ";B[ai]") {
		if !strings.Contains(after, want) {
			t.Errorf("%s is missing in %s", want, after)
		}
	}
	old := false
	for _, name := range []string{"~", "~2", "~3"} {
		if data, err := os.ReadFile(path + name); err == nil && string(data) == b.String() {
			old = true
		}
	}
	if !old {
		t.Error("the version before is gone")
	}
	// Once more: it still goes on, and still holds all.
	k = open(t, Options{Path: path})
	g = k.Found().Game.Clone()
	play(t, g, "F1")
	keep(t, k, g)
	k.Close()
	for _, want := range append(added, ";B[ai]", ";W[fi]") {
		if !strings.Contains(read(t, path), want) {
			t.Errorf("%s is missing in %s", want, read(t, path))
		}
	}
}

// All moves of a game that was found are taken back: the file has none any more,
// and what it held is kept beside it.
func TestAllTakenBack(t *testing.T) {
	for _, n := range []int{1, 3} {
		path := lay(t, string(composed(t, n)))
		k := open(t, Options{Path: path})
		g := k.Found().Game.Clone()
		keep(t, k, g)
		if k.Settle(); inFile(disk.OS, path) != n {
			t.Fatal("the file changed by itself")
		}
		for range n {
			g.Undo()
		}
		keep(t, k, g)
		if k.Settle(); inFile(disk.OS, path) != 0 {
			t.Errorf("%d moves after all %d were taken back", inFile(disk.OS, path), n)
		}
		play(t, g, "A1")
		keep(t, k, g)
		if got := k.Close(); got.Err != nil || got.Path != path || inFile(disk.OS, path) != 1 {
			t.Errorf("%+v: %d moves", got, inFile(disk.OS, path))
		}
	}
}

// However far a file was cut, it is not taken for a shorter or a new game.
func TestTruncatedFiles(t *testing.T) {
	cut := 0
	for _, text := range []string{foreign, string(composed(t, 8)), "(;GM[1]SZ[9]AB[ee][cc];AW[gg];W[aa])", "(;GM[1](;B[aa];W[bb])(;B[cc]))"} {
		text = strings.TrimSpace(text)
		for n := range len(text) {
			part := text[:n]
			d := faulty.New(1, "/games")
			const path = "/games/old.sgf"
			if err := disk.WriteFile(d, path, []byte(part), 0o644); err != nil {
				t.Fatal(err)
			}
			k, err := Open(Options{Path: path, FS: d})
			if err == nil {
				t.Errorf("%q is taken for a game", part)
				k.Close()
			}
			// Nor is it written to by those who must go on.
			k = open(t, Options{Path: path, Always: true, FS: d})
			keep(t, k, first(t, 1))
			if got := k.Close(); got.Err != nil || got.Path == path {
				t.Errorf("%+v", got)
			}
			if after, _ := d.ReadFile(path); string(after) != part {
				t.Fatalf("%q was written over with %q", part, after)
			}
			cut++
		}
	}
	t.Logf("%d cut files", cut)
}

// What is no game is left alone.
func TestOtherFiles(t *testing.T) {
	for text, why := range map[string]string{
		"my diary": "no record", "<html>": "no record", "": "no record",
		"(;GM[1]SZ[9];B[aa])(;GM[1]SZ[9])":               "2 games",
		"(;GM[1]SZ[9];B[aa];W[aa])":                      "no record",
		"(;GM[1]SZ[9]RE[who knows];B[aa])":               "who knows",
		string(composed(t, 3)) + "(;GM[1]SZ[9];B[aa])":   "2 games",
		string(composed(t, 3)) + "my notes on this game": "something changed it",
	} {
		path := lay(t, text)
		if _, err := Open(Options{Path: path}); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%q: %v", text, err)
		}
		if read(t, path) != text {
			t.Errorf("%q is now %s", text, read(t, path))
		}
	}
	for _, path := range []string{t.TempDir(), os.DevNull} {
		if _, err := Open(Options{Path: path}); err == nil {
			t.Errorf("%s is taken for a file", path)
		}
	}
}

// A symbolic link stays one: the file behind it is written.
func TestSymbolicLink(t *testing.T) {
	dir := t.TempDir()
	real, link := filepath.Join(dir, "real.sgf"), filepath.Join(dir, "link.sgf")
	if err := os.WriteFile(real, composed(t, 2), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(real, link); err != nil {
		t.Skip(err)
	}
	k := open(t, Options{Path: link})
	keep(t, k, first(t, 3))
	k.Close()
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 || inFile(disk.OS, real) != 3 {
		t.Errorf("%v %v: %d moves", info, err, inFile(disk.OS, real))
	}
}

// What was written down can be gone on with: the game with its handicap, and
// when and how surely each move was seen.
func TestReadWhatWasWritten(t *testing.T) {
	for _, handicap := range []int{0, 2} {
		rules, err := board.ParseRules("japanese")
		if err != nil {
			t.Fatal(err)
		}
		g, err := board.NewGame(board.Setup{Size: 9, Rules: rules, Komi: 6.5, Handicap: handicap})
		if err != nil {
			t.Fatal(err)
		}
		var seen []match.Played
		for i, at := range []string{"E5", "C4", "pass", "D6"} {
			play(t, g, at)
			seen = append(seen, match.Played{Move: g.Move(i), Frame: -1, Confidence: 1, Time: time.Duration(i) * 1500 * time.Millisecond})
		}
		seen[1].Doubt = "the order was not seen"
		path := filepath.Join(t.TempDir(), "deep", "game.sgf")
		k := open(t, Options{Path: path})
		if err := k.Keep(g, Labels{Black: game.Player{Name: "An]na", Rank: "1k"}, Played: seen}); err != nil {
			t.Fatal(err)
		}
		k.Close()
		k = open(t, Options{Path: path})
		f := k.Found()
		if f == nil || !f.Own || f.Result != nil || f.Root.Text("PB") != "An]na" || f.Game.Position() != g.Position() || f.Game.ToMove() != g.ToMove() {
			t.Fatalf("handicap %d: read %+v", handicap, f)
		}
		if d := cmp.Diff(seen, f.Played); d != "" {
			t.Errorf("handicap %d: %s", handicap, d)
		}
		// The relay goes on from there.
		r, err := match.NewRelay(match.RelayOptions{Begun: f.Game, Played: f.Played})
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Game(); got.MoveCount() != g.MoveCount() || got.Position() != g.Position() || len(r.Played()) != g.MoveCount() {
			t.Errorf("handicap %d: the relay has %d moves", handicap, got.MoveCount())
		}
		won := board.Result{Winner: board.White, By: board.ByResignation}
		if err := k.Keep(g, Labels{Result: &won, Played: seen}); err != nil {
			t.Fatal(err)
		}
		k.Close()
		if f, err := Read(disk.OS, path); err != nil || f.Result == nil || *f.Result != won {
			t.Errorf("%+v %v", f, err)
		}
	}
}

// Names that come from elsewhere are written as they are shown.
func TestNamesAreWrittenPlain(t *testing.T) {
	const hostile = "Eve\x1b[2J\u202emoc]\u200b\nx"
	who := game.Player{Name: hostile, Rank: hostile}
	data, err := Compose(nil, first(t, 2), Labels{Black: who, White: who, Name: hostile, Place: hostile, Remark: hostile})
	if err != nil {
		t.Fatal(err)
	}
	games, err := board.ParseSGF(data)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"PB", "BR", "PW", "WR", "GN", "PC", "GC"} {
		if got := games[0].Text(id); got != "Eve[2Jmoc] x" {
			t.Errorf("%s is %q", id, got)
		}
	}
}

// What is fetched or replayed into a file replaces nothing of anybody else's.
func TestSave(t *testing.T) {
	d := faulty.New(1, "/games")
	const path = "/games/a.sgf"
	save := func(data string, replace bool) error { return Save(d, path, []byte(data), replace) }
	is := func(name, want string) {
		t.Helper()
		if got, _ := d.ReadFile(name); string(got) != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	one, two := string(composed(t, 3)), string(composed(t, 4))
	for _, data := range []string{one, one, two} {
		if err := save(data, false); err != nil {
			t.Fatal(err)
		}
		is(path, data)
	}
	is(path+"~", one)
	if err := disk.WriteFile(d, path, []byte(foreign), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := save(one, false); !errors.Is(err, ErrTaken) || !errors.Is(Free(d, path), ErrTaken) {
		t.Errorf("%v %v", err, Free(d, path))
	}
	is(path, foreign)
	name, err := SaveBeside(d, path, []byte(one))
	if err != nil || name != "/games/a-2.sgf" {
		t.Error(name, err)
	}
	if again, err := SaveBeside(d, path, []byte(one)); err != nil || again != name {
		t.Error(again, err)
	}
	is(name, one)
	if err := save(two, true); err != nil {
		t.Fatal(err)
	}
	is(path, two)
	is(path+"~", foreign)
	is(path+"~2", one)
}
