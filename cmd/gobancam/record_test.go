package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/gobancam/gobancam/internal/disk"
	"github.com/gobancam/gobancam/internal/gamefile"
)

// twoPlay starts to record what two simulated people play.
func twoPlay(t *testing.T, args ...string) *program {
	return start(t, append([]string{"record", "--camera", "sim:9", "--headless"}, args...)...)
}

// movesIn is how many moves a record has.
func movesIn(t *testing.T, file string) int {
	t.Helper()
	f, err := gamefile.Read(disk.OS, file)
	if err != nil || f == nil {
		t.Fatalf("%s: %v %v", file, f, err)
	}
	return f.Game.MoveCount()
}

// Two that begin in the same second keep two games; one file has one writer,
// and the other is told which.
func TestTwoRecordsAtOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("plays in real time")
	}
	home(t)
	a, b := twoPlay(t), twoPlay(t)
	at := regexp.MustCompile(`the game is kept in ([^"]+)"`)
	var files []string
	for _, p := range []*program{a, b} {
		p.expect("the game is kept in ")
		p.expect(`"number":2`)
		files = append(files, at.FindStringSubmatch(p.text())[1])
	}
	if files[0] == files[1] {
		t.Fatalf("both keep their game in %s", files[0])
	}
	third := twoPlay(t, "--sgf", files[0])
	contains(t, third.ends(exitUsage), "process "+strconv.Itoa(a.cmd.Process.Pid), files[0])
	for i, p := range []*program{a, b} {
		p.enter("quit")
		contains(t, p.ends(exitOK), "it is kept in "+files[i])
		if movesIn(t, files[i]) < 2 {
			t.Errorf("%s has %d moves", files[i], movesIn(t, files[i]))
		}
	}
	// A killed one leaves no lock behind.
	c := twoPlay(t, "--sgf", filepath.Join(t.TempDir(), "c.sgf"))
	c.expect("found a 9×9 board")
	c.kill()
	d := twoPlay(t, c.cmd.Args[len(c.cmd.Args)-2:]...)
	d.expect(`"number":1`)
	d.enter("quit")
	d.ends(exitOK)
}

// The place of the record goes away and comes back; then it goes for good.
func TestRecordWithoutItsPlace(t *testing.T) {
	if testing.Short() {
		t.Skip("plays in real time")
	}
	home(t)
	dir := filepath.Join(t.TempDir(), "stick")
	away := dir + "-away"
	file := filepath.Join(dir, "game.sgf")
	p := twoPlay(t, "--sgf", file)
	p.expect(`"number":2`)
	rename := func(from, to string) {
		t.Helper()
		if err := os.Rename(from, to); err != nil {
			t.Fatal(err)
		}
	}
	rename(dir, away)
	p.expect("The game record cannot be written to " + file)
	rescued := regexp.MustCompile(`in (\S+/rescued/game\.sgf)`).FindStringSubmatch(p.text())
	if rescued == nil {
		t.Fatalf("it is not said where the game is:\n%s", p.text())
	}
	if n := movesIn(t, rescued[1]); n < 2 {
		t.Errorf("%d moves in %s", n, rescued[1])
	}
	rename(away, dir)
	p.expect("The game record is kept in " + file)
	rename(dir, away)
	p.expect("The game record cannot be written to " + file)
	p.enter("quit")
	said := p.ends(exitFailed)
	contains(t, said, "the game record is not in "+file, "moves are in "+rescued[1])
	if movesIn(t, rescued[1]) <= movesIn(t, filepath.Join(away, "game.sgf")) {
		t.Error("the last moves are not there")
	}
}

// A game that was begun is not taken back because the board is empty: it is
// asked, and a new game goes into a file of its own.
func TestRecordAsksWhetherTheGameGoesOn(t *testing.T) {
	if testing.Short() {
		t.Skip("plays in real time")
	}
	home(t)
	dir := t.TempDir()
	texts := map[string]string{
		"foreign":   "(;GM[1]SZ[9]AP[CGoban:3]C[a lesson](;B[ee];W[cg];B[cd];W[gg])(;B[gc]))",
		"set up":    "(;GM[1]SZ[9]AB[ee][cc]AW[gg][cg])",
		"gobancams": "(;GM[1]FF[4]CA[UTF-8]AP[gobancam:1]SZ[9];B[ee];W[cg];B[cd];W[gg])",
	}
	fileOf := func(name string) string { return filepath.Join(dir, strings.ReplaceAll(name, " ", "-")+".sgf") }
	programs := map[string]*program{} // beside each other: they wait for hands
	for name, text := range texts {
		if err := os.WriteFile(fileOf(name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		programs[name] = twoPlay(t, "--sgf", fileOf(name))
	}
	for name, p := range programs {
		file, text := fileOf(name), texts[name]
		p.expect(`"question":"begun"`)
		p.enter("resign", "no")
		p.expect("A new game begins")
		p.expect(`"number":2`)
		p.enter("quit")
		said := p.ends(exitOK)
		beside := strings.TrimSuffix(file, ".sgf") + "-2.sgf"
		contains(t, said, "it is kept in "+beside, "Say first whether the game goes on")
		if after, err := os.ReadFile(file); err != nil || string(after) != text {
			t.Errorf("%s is now %s (%v)", name, after, err)
		}
		if movesIn(t, beside) < 2 {
			t.Errorf("%s: %d moves", name, movesIn(t, beside))
		}
	}

	// Yes: the simulated people set it up again, and play on in the same file.
	file := fileOf("gobancams")
	p := twoPlay(t, "--sgf", file)
	p.expect(`"question":"begun"`)
	p.enter("yes")
	p.expect(`"number":5`)
	p.enter("quit")
	contains(t, p.ends(exitOK), "it is kept in "+file)
	if movesIn(t, file) < 5 {
		t.Errorf("%d moves", movesIn(t, file))
	}
	if old, err := os.ReadFile(file + "~"); err != nil || !bytes.Contains(old, []byte("AP[gobancam:1]")) {
		t.Errorf("the version before is %s (%v)", old, err)
	}
}

// Nobody has to answer who has Black.
func TestRecordQuitBeforeTheGame(t *testing.T) {
	srv, u := home(t)
	t.Setenv(keyVariable, u.Key)
	do(t, exitOK, "", "create", "Open", "--url", "open", "--participants", "Anna,Ben")
	do(t, exitOK, "", "start", "open")
	var out, errs bytes.Buffer
	if code := run(t.Context(), []string{"record", "--match", "open/A", "--camera", "sim:9", "--headless"}, strings.NewReader("quit\n"), &out, &errs); code != exitOK {
		t.Errorf("exit code %d: %s%s", code, &out, &errs)
	}
	contains(t, out.String()+errs.String(), "Who has Black?")
	if n := len(puts(srv)); n != 0 {
		t.Errorf("%d reports", n)
	}
}
