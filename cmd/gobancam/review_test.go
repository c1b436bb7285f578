package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/adrg/xdg"

	"github.com/gobancam/gobancam/internal/app/account"
)

// fakeKataGo is the variable that makes the test program an engine that analyses.
const fakeKataGo = "GOBANCAM_TEST_KATAGO"

// analyse is that engine: Black leads by two points after each move of Black's,
// and what it would play is A1.
func analyse() {
	in, moves := bufio.NewScanner(os.Stdin), 0
	for in.Scan() {
		id, line, _ := strings.Cut(in.Text(), " ")
		f := strings.Fields(line)
		switch {
		case len(f) == 0:
			continue
		case f[0] == "known_command":
			fmt.Println("="+id, "true")
		case f[0] == "kata-analyze":
			win, lead := 0.5+0.1*float64(moves%2), float64(2*(moves%2))
			if f[1] == "white" {
				win, lead = 1-win, -lead
			}
			fmt.Printf("=%s\ninfo move A1 visits 900 winrate %g scoreLead %g order 0 pv A1 B2\n", id, win, lead)
			in.Scan()
		case f[0] == "clear_board":
			moves = 0
			fmt.Println("=" + id)
		case f[0] == "play":
			moves++
			fmt.Println("=" + id)
		case f[0] == "quit":
			fmt.Print("=" + id + "\n\n")
			return
		default:
			fmt.Println("=" + id)
		}
		fmt.Println()
	}
}

func TestReviewCommand(t *testing.T) {
	srv, alice, _ := ogsWorld(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "game.sgf")
	text := "(;GM[1]FF[4]SZ[9]KM[6.5];B[ee]C[hello];W[cc];B[gg])\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	engine := "'" + os.Args[0] + "'"
	t.Setenv(fakeKataGo, "yes")
	judged := filepath.Join(dir, "judged.sgf")
	out, words := gobancam(t, exitOK, "review", file, "--engine", engine, "--write", judged)
	contains(t, out, "  1 b E5     60.0 %  B+2.0   A1", "  2 w C7     50.0 %  even", "The largest swings:", "move 2, white C7, gains 10.0 %; the engine prefers A1.")
	contains(t, words, "The judged game is in "+judged)
	copied, err := os.ReadFile(judged)
	if err != nil {
		t.Fatal(err)
	}
	contains(t, string(copied), "hello\n\nBlack wins with 60.0 %, B+2.0.")
	if was, _ := os.ReadFile(file); string(was) != text {
		t.Errorf("the record itself was changed: %s", was)
	}
	_, words = gobancam(t, exitUsage, "review", file, "--engine", engine, "--write", file)
	contains(t, words, file)

	out, _ = gobancam(t, exitOK, "review", file, "--engine", engine, "--format", "json")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	var row struct {
		Number int
		Win    float64 `json:"black_win"`
		Engine string
		PV     []string
	}
	if err := json.Unmarshal([]byte(lines[1]), &row); len(lines) != 5 || err != nil || row.Number != 1 || row.Win != 0.6 || row.Engine != "A1" || len(row.PV) != 2 {
		t.Errorf("%s: %+v %v", out, row, err)
	}
	contains(t, lines[4], `{"swings":[1,2,3]}`)

	// Of several games the one that is named.
	several := filepath.Join(dir, "several.sgf")
	if err := os.WriteFile(several, []byte("(;SZ[9];B[aa])(;SZ[9];B[ee];W[gg])"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, _ = gobancam(t, exitOK, "review", several, "--engine", engine, "--number", "2", "--text")
	contains(t, out, "1 b E5", "2 w G3")
	_, words = gobancam(t, exitUsage, "review", several, "--engine", engine, "--number", "3", "--text")
	contains(t, words, "holds 2 games")

	// The engine of the configuration; the record that was kept last.
	_, words = gobancam(t, exitUsage, "review", file, "--format", "json")
	contains(t, words, "[review]")
	games, conf := filepath.Join(xdg.DataHome, "gobancam", "games"), filepath.Join(xdg.ConfigHome, "gobancam")
	_, words = gobancam(t, exitUsage, "review", "last")
	contains(t, words, "no game is kept")
	for _, d := range []string{games, conf} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	shown := filepath.Join(dir, "shown")
	script := filepath.Join(dir, "editor")
	for name, text := range map[string]string{
		filepath.Join(conf, "config.toml"):     "[review]\nwith = \"'" + script + "' --now\"\nengine = \"" + engine + "\"\n",
		filepath.Join(games, "one.sgf"):        text,
		filepath.Join(games, "two.server.sgf"): "(;SZ[9])",
		script:                                 "#!/bin/sh\necho \"$@\" > '" + shown + "'\n",
	} {
		if err := os.WriteFile(name, []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	out, _ = gobancam(t, exitOK, "review", "last", "--format", "json")
	contains(t, out, `"point":"E5"`)
	_, words = gobancam(t, exitOK, "review", "last")
	contains(t, words, "shows ")
	if got, err := os.ReadFile(shown); err != nil || strings.TrimSpace(string(got)) != "--now "+filepath.Join(games, "one.sgf") {
		t.Errorf("%q %v", got, err)
	}
	_, words = gobancam(t, exitFailed, "review", "last", "--with", "false")
	contains(t, words, "instead of showing")
	_, words = gobancam(t, exitUsage, "review", "last", "--with", "no-such-program")
	contains(t, words, "is not opened")
	gobancam(t, exitUsage, "review", filepath.Join(dir, "none.sgf"))
	gobancam(t, exitUsage, "review", script)
	gobancam(t, exitUsage, "review", file, "--visits", "0")

	t.Setenv(account.TokenVariable, srv.Token(alice))
	_, words = gobancam(t, exitOK, "review", file, "--upload", "--collection", "12")
	contains(t, words, "game.sgf is in your library")
	if lib := srv.Library(alice); len(lib) != 1 || lib[0].Collection != 12 || string(lib[0].SGF) != text {
		t.Errorf("%v", lib)
	}
}
