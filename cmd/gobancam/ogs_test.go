package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/adrg/xdg"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/app/account"
	"github.com/gobancam/gobancam/ogs/ogstest"
)

// ogsWorld is a server for tests, and a home in which nothing is stored yet.
func ogsWorld(t *testing.T) (srv *ogstest.Server, alice, bob *ogstest.User) {
	t.Helper()
	home := t.TempDir()
	for _, name := range []string{"XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"} {
		t.Setenv(name, filepath.Join(home, name))
	}
	for _, name := range []string{account.TokenVariable, account.JWTVariable, account.SecretVariable, "GOBANCAM_OGS_CLIENT_ID", "GOBANCAM_OGS_REDIRECT"} {
		t.Setenv(name, "")
	}
	t.Setenv("GOBANCAM_KEYRING", "off")
	xdg.Reload()
	t.Cleanup(xdg.Reload)
	srv, err := ogstest.New(ogstest.Options{Keepalive: 30 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, v := range srv.Violations() {
			t.Errorf("the server noted: %s", v)
		}
		srv.Close()
	})
	t.Setenv("GOBANCAM_OGS_SERVER", srv.URL())
	return srv, srv.AddUser("alice"), srv.AddUser("bob")
}

// gobancam runs the program and returns what it printed.
func gobancam(t *testing.T, want int, args ...string) (out, errors string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	var stdout, stderr strings.Builder
	if code := run(ctx, args, strings.NewReader(""), &stdout, &stderr); code != want {
		t.Fatalf("%v ended with %d, want %d:\n%s%s", args, code, want, stdout.String(), stderr.String())
	}
	return stdout.String(), stderr.String()
}

func TestLoginCommands(t *testing.T) {
	ogsWorld(t)
	_, words := gobancam(t, exitFailed, "whoami")
	contains(t, words, "gobancam login", account.TokenVariable)
	_, words = gobancam(t, exitUsage, "login", "--no-browser")
	contains(t, words, "--client-id")

	r, w := io.Pipe()
	done := make(chan int, 1)
	go func() {
		done <- run(context.Background(), []string{"login", "--no-browser", "--client-id", "app", "--redirect", "http://127.0.0.1:39361/back", "--timeout", "20s"}, nil, w, w)
		w.Close()
	}()
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "http") {
			resp, err := http.Get(lines.Text())
			if err != nil {
				t.Fatal(err)
			}
			page, _ := io.ReadAll(resp.Body)
			resp.Body.Close()
			contains(t, string(page), "You can close this page")
			break
		}
	}
	lines.Scan()
	contains(t, lines.Text(), "Signed in as alice", "Kept in ", "credentials") // and not "Kept in ."
	if code := <-done; code != exitOK {
		t.Fatalf("login ended with %d", code)
	}
	out, _ := gobancam(t, exitOK, "whoami")
	contains(t, out, "alice")
	gobancam(t, exitOK, "logout")
	out, _ = gobancam(t, exitOK, "logout")
	contains(t, out, "Nobody is signed in")
	gobancam(t, exitFailed, "whoami")
}

func TestGamesCommands(t *testing.T) {
	srv, alice, bob := ogsWorld(t)
	t.Setenv(account.TokenVariable, srv.Token(alice))
	out, _ := gobancam(t, exitOK, "games")
	contains(t, out, "No game is running")
	g, err := srv.StartGame(ogstest.Setup{Black: alice, White: bob, Size: 9, Name: "Tuesday"})
	if err != nil {
		t.Fatal(err)
	}
	g.Play(alice, board.Point{X: 2, Y: 6})
	g.Play(bob, board.Point{X: 6, Y: 2})
	out, _ = gobancam(t, exitOK, "games")
	contains(t, out, "1  ", "Tuesday", "9×9", "black against bob", "YOUR TURN", "left")
	out, _ = gobancam(t, exitOK, "games", "--format", "json")
	var row struct {
		Game   int64
		MyTurn bool `json:"my_turn"`
		Moves  int
	}
	if err := json.Unmarshal([]byte(out), &row); err != nil || row.Game != g.ID || !row.MyTurn || row.Moves != 2 {
		t.Errorf("%s: %v", out, err)
	}
	gobancam(t, exitUsage, "games", "--format", "xml")

	theirs := filepath.Join(t.TempDir(), "theirs.sgf")
	gobancam(t, exitOK, "games", "sgf", "-o", theirs, "1")
	_, words := gobancam(t, exitOK, "games", "sgf", "--compare", theirs, strconv.FormatInt(g.ID, 10))
	contains(t, words, "same moves")
	ours := filepath.Join(t.TempDir(), "ours.sgf")
	if err := os.WriteFile(ours, []byte("(;FF[4]GM[1]SZ[9];B[cg];W[gd])"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, words = gobancam(t, exitUnsure, "games", "sgf", "--compare", ours, "1")
	contains(t, words, "move 2", "white G6", "white G7")
	gobancam(t, exitUsage, "games", "sgf", "first")
	gobancam(t, exitFailed, "games", "sgf", "7")

	go func() {
		for srv.Count("game/connect") == 0 {
			time.Sleep(5 * time.Millisecond)
		}
		g.Play(alice, board.Pass)
		g.Resign(bob)
	}()
	out, _ = gobancam(t, exitOK, "games", "watch", "1")
	contains(t, out, "Tuesday: alice (black) against bob (white)", "2\twhite G7", "B+R")
}

func TestGameCommands(t *testing.T) {
	srv, alice, bob := ogsWorld(t)
	t.Setenv(account.TokenVariable, srv.Token(alice))
	g, err := srv.StartGame(ogstest.Setup{Black: alice, White: bob, Size: 9})
	if err != nil {
		t.Fatal(err)
	}
	gobancam(t, exitOK, "games", "say", "1", "good", "game")
	gobancam(t, exitUsage, "games", "cancel", "1")
	if g.Phase() != "play" {
		t.Fatal("the game ended without a yes")
	}
	gobancam(t, exitOK, "games", "cancel", "--yes", "1")
	if outcome, _ := g.Outcome(); outcome != "Cancellation" {
		t.Errorf("the game ended by %q", outcome)
	}
	if g, err = srv.StartGame(ogstest.Setup{Black: alice, White: bob, Size: 9}); err != nil {
		t.Fatal(err)
	}
	for i := range int8(4) {
		g.Play(alice, board.Point{X: i, Y: 0})
		g.Play(bob, board.Point{X: i, Y: 8})
	}
	_, words := gobancam(t, exitFailed, "games", "cancel", "--yes", "1")
	contains(t, words, "too far on")
	out, _ := gobancam(t, exitOK, "games", "resign", "--yes", "1")
	contains(t, out, "W+R")
}

func TestChallengeCommands(t *testing.T) {
	srv, alice, bob := ogsWorld(t)
	t.Setenv(account.TokenVariable, srv.Token(alice))
	out, _ := gobancam(t, exitOK, "challenge", "presets")
	contains(t, out, "club evening", "byoyomi 20m+5x30s")
	config := filepath.Join(xdg.ConfigHome, "gobancam", "config.toml")
	if err := os.MkdirAll(filepath.Dir(config), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(config, []byte("[challenge.Tuesday]\nsize = 13\ntime = \"simple 30s\"\ncolor = \"white\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	accept := func() {
		for len(srv.Open()) == 0 {
			time.Sleep(5 * time.Millisecond)
		}
		srv.AcceptFor(bob, srv.Open()[0])
	}
	go accept()
	out, _ = gobancam(t, exitOK, "challenge", "--preset", "tuesday", "--rules", "chinese", "bob")
	if _, err := strconv.ParseInt(strings.TrimSpace(out), 10, 64); err != nil {
		t.Errorf("no number of a game: %q", out)
	}
	out, _ = gobancam(t, exitOK, "games")
	contains(t, out, "13×13", "white against bob")

	for _, bad := range [][]string{{"--time", "soon"}, {"--size", "99"}, {"--preset", "nothing"}, {"--ranked", "--komi", "0.5"}, {"--min-rank", "strong"}, {"--format", "xml"}} {
		gobancam(t, exitUsage, append([]string{"challenge"}, bad...)...)
	}
	_, words := gobancam(t, exitFailed, "challenge", "carol")
	contains(t, words, "no player")

	id := strconv.FormatInt(srv.ChallengeFor(bob, alice, ogstest.Setup{Name: "Come on", Size: 9}), 10)
	out, _ = gobancam(t, exitOK, "challenge", "list")
	contains(t, out, id, "from bob", "9×9", "Come on")
	out, _ = gobancam(t, exitOK, "challenge", "accept", "--format", "json", id)
	contains(t, out, `{"game":`)
	id = strconv.FormatInt(srv.ChallengeFor(bob, alice, ogstest.Setup{Size: 9}), 10)
	gobancam(t, exitOK, "challenge", "decline", id)
	out, _ = gobancam(t, exitOK, "challenge", "list")
	contains(t, out, "No challenge stands")
	srv.ChallengeFor(bob, nil, ogstest.Setup{Name: "Anybody", Size: 9})
	out, _ = gobancam(t, exitOK, "challenge", "seeks")
	contains(t, out, "bob", "Anybody", "byoyomi 10m+5x30s")
	gobancam(t, exitUsage, "challenge", "accept", "x")
	gobancam(t, exitUsage, "challenge", "accept", "--format", "xml", id)
	gobancam(t, exitUsage, "challenge", "match", "--format", "xml")
	for _, bad := range []string{"foo", "", "Yes", "true", "2"} {
		_, words = gobancam(t, exitUsage, "challenge", "match", "--handicap", bad)
		contains(t, words, "yes, no or any")
	}

	go func() {
		for srv.Searching() == 0 {
			time.Sleep(5 * time.Millisecond)
		}
		srv.Match(alice, bob)
	}()
	out, _ = gobancam(t, exitOK, "challenge", "match", "--size", "19")
	if _, err := strconv.ParseInt(strings.TrimSpace(out), 10, 64); err != nil {
		t.Errorf("no number of a game: %q", out)
	}

	// A challenge that is interrupted is withdrawn.
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	before := len(srv.Open())
	go func() {
		for len(srv.Open()) == before && ctx.Err() == nil {
			time.Sleep(5 * time.Millisecond)
		}
		cancel()
	}()
	var stderr strings.Builder
	if code := run(ctx, []string{"challenge", "--size", "9"}, nil, io.Discard, &stderr); code != exitFailed || !strings.Contains(stderr.String(), "withdrawn") {
		t.Errorf("ended with %d: %s", code, stderr.String())
	}
	if n := len(srv.Open()); n != before {
		t.Errorf("%d challenges stand, want %d", n, before)
	}
}

func TestOGSTestCommand(t *testing.T) {
	r, w := io.Pipe()
	in, commands := io.Pipe()
	done := make(chan int, 1)
	go func() {
		done <- run(context.Background(), []string{"ogstest", "--game"}, in, w, io.Discard)
		w.Close()
	}()
	lines := json.NewDecoder(r)
	var m map[string]any
	next := func() map[string]any {
		m = nil
		if err := lines.Decode(&m); err != nil {
			t.Fatal(err)
		}
		return m
	}
	server, _ := next()["server"].(string)
	if server == "" || next()["user"] != "alice" || next()["user"] != "bob" || next()["game"] == nil {
		t.Fatalf("the first lines are not as documented: %v", m)
	}
	resp, err := http.Get(server + "/api/v1/ui/config") // a User-Agent that names nobody
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	io.WriteString(commands, "fault lose-move 2 1s\nnonsense\nviolations\n")
	if v, _ := next()["violation"].(string); !strings.Contains(v, "User-Agent") {
		t.Errorf("%v", m)
	}
	io.WriteString(commands, "quit\n")
	next()
	if code := <-done; code != exitFailed {
		t.Errorf("ended with %d in spite of a violation", code)
	}
	commands.Close()
}
