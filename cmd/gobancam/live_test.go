package main

import (
	"bufio"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
)

// fetch reads a page of a program.
func fetch(t *testing.T, address string) (string, int) {
	t.Helper()
	a, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	text, err := io.ReadAll(a.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text), a.StatusCode
}

// A game that is recorded is watched by another program: the same moves, the same
// record, and its end.
func TestRecordLive(t *testing.T) {
	if testing.Short() {
		t.Skip("plays in real time")
	}
	home(t)
	file := filepath.Join(t.TempDir(), "game.sgf")
	p := twoPlay(t, "--sgf", file, "--black", "Anna", "--white", "Ben", "--live", "127.0.0.1:0")
	p.expect(`"event":"live"`)
	page := regexp.MustCompile(`"address":"(http://127\.0\.0\.1:\d+/)"`).FindStringSubmatch(p.text())
	if page == nil {
		t.Fatalf("it is not said where:\n%s", p.text())
	}
	a, err := http.Get(page[1] + "events")
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	p.expect(`"number":3`)
	if text, _ := fetch(t, page[1]+"about.json"); !strings.Contains(text, `"title":"Anna – Ben","camera":false`) {
		t.Error(text)
	}
	if _, status := fetch(t, page[1]+"camera.jpg"); status != http.StatusNotFound {
		t.Errorf("a picture that nobody allowed: %d", status)
	}
	p.enter("resign")
	p.ends(exitOK)
	kept, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var heard []string
	for in := bufio.NewScanner(a.Body); in.Scan(); {
		heard = append(heard, in.Text())
	}
	all := strings.Join(heard, "\n")
	contains(t, all, `"players":[{"name":"Anna"},{"name":"Ben"}]`, `"phase":"finished"`, "wins by resignation", "event: end")
	if n := strings.Count(all, `"color":`); n != movesIn(t, file) {
		t.Errorf("%d moves were told, kept are\n%s", n, kept)
	}
}

// The page shows the past, and after the game it stays until its end was shown.
func TestRecordLiveLate(t *testing.T) {
	if testing.Short() {
		t.Skip("plays in real time")
	}
	home(t)
	const late = 6 * time.Second
	room := newRoom(t)
	p := start(t, "record", "--camera", room.camera, "--headless", "--sgf", filepath.Join(t.TempDir(), "game.sgf"), "--live=127.0.0.1:0", "--delay", late.String())
	p.expect(`"event":"live"`)
	page := regexp.MustCompile(`"address":"(http://[^"]+)"`).FindStringSubmatch(p.text())[1]
	p.expect("found a 9×9 board")
	put := time.Now()
	room.put(t, board.Black, "E5")
	p.expect(`"number":1`)
	until(t, "the page shows the move", func() bool {
		text, _ := fetch(t, page+"game.json")
		return strings.Contains(text, `"point":"E5"`)
	})
	if shown := time.Since(put); shown < late {
		t.Errorf("%v after the stone was put down the page shows it", shown)
	}
	a, err := http.Get(page + "stream")
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	p.enter("resign")
	p.expect("stays until its end has been shown")
	text, err := io.ReadAll(a.Body)
	if err != nil {
		t.Fatal(err)
	}
	contains(t, string(text), "wins by resignation")
	p.ends(exitOK)
}

func TestLiveMisused(t *testing.T) {
	home(t)
	for _, args := range [][]string{
		{"record", "--delay", "1m"}, {"record", "--live-camera"}, {"record", "--live", "--delay", "-1m"}, {"record", "--live", "http://x/"},
		{"record", "--live", "127.0.0.1:0", "more"}, {"record", "--live", "127.0.0.1:99999"}, {"play", "--live=a b"}, {"play", "--delay", "10m"},
	} {
		p := start(t, append(args, "--headless")...)
		p.ends(exitUsage)
	}
}
