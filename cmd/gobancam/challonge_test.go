package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/adrg/xdg"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/challonge"
	"github.com/gobancam/gobancam/challonge/challongetest"
	"github.com/gobancam/gobancam/internal/app/lounge"
	"github.com/gobancam/gobancam/internal/qr/qrtest"
	"github.com/gobancam/gobancam/ogs/ogstest"
)

// home gives the program a home of its own, and a Challonge with an account.
func home(t *testing.T) (*challongetest.Server, *challongetest.User) {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"} {
		t.Setenv(name, filepath.Join(dir, name))
	}
	t.Setenv("GOBANCAM_KEYRING", "off")
	xdg.Reload()
	srv := challongetest.New()
	t.Cleanup(func() {
		srv.Close()
		if v := srv.Violations(); len(v) > 0 {
			t.Errorf("the server complains: %q", v)
		}
		xdg.Reload()
	})
	t.Setenv("GOBANCAM_CHALLONGE_SERVER", srv.URL)
	return srv, srv.AddUser("organiser")
}

// do runs a command and checks its exit code.
func do(t *testing.T, code int, stdin string, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	if got := run(t.Context(), append([]string{"challonge"}, args...), strings.NewReader(stdin), &out, &errs); got != code {
		t.Fatalf("challonge %q: exit code %d, want %d\n%s%s", args, got, code, &out, &errs)
	}
	return out.String() + errs.String()
}

func contains(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			t.Errorf("%q is not in:\n%s", p, text)
		}
	}
}

// A club's evening by the command line alone.
func TestChallongeEvening(t *testing.T) {
	srv, u := home(t)
	contains(t, do(t, exitFailed, "", "whoami"), "gobancam challonge login")
	contains(t, do(t, exitOK, u.Key+"\n", "login"), "Signed in to Challonge as organiser", "credentials")
	contains(t, do(t, exitOK, "", "whoami"), "organiser at http://127.0.0.1", "this month")
	contains(t, do(t, exitOK, "", "create", "Club evening", "--url", "club", "--participants", "Anna,Ben,智恵"), "club", "Club evening", "single elimination", "pending")
	contains(t, do(t, exitOK, "", "participants", "add", "club", "Doyun", "Mistake"), "Doyun")
	contains(t, do(t, exitUsage, "", "participants", "remove", "club", "Mistake"), "nothing was changed", "--yes")
	do(t, exitFailed, "n\n", "participants", "remove", "club", "Mistake")
	do(t, exitOK, "y\n", "participants", "remove", "club", "Mistake")
	contains(t, do(t, exitFailed, "n\n", "participants", "clear", "club"), "takes out 4 participants with their seeds and remarks", "nothing was changed")
	contains(t, do(t, exitOK, "", "participants", "update", "club", "doyun", "--remark", "ogs:dd"), "ogs:dd")
	before := len(srv.Requests())
	contains(t, do(t, exitOK, "", "start", "club"), "underway", "Anna ──┐")
	if n := len(srv.Requests()) - before; n != 4 {
		t.Errorf("starting cost %d requests; docs/challonge.md says 4", n)
	}
	list := do(t, exitOK, "", "matches", "club", "--state", "open")
	contains(t, list, "MATCH", "Anna – Doyun", "Ben – 智恵")
	do(t, exitOK, "", "matches", "underway", "club", "A")
	contains(t, do(t, exitOK, "", "matches", "club", "--player", "anna"), "being played")
	contains(t, do(t, exitFailed, "n\n", "report", "club", "A", "--winner", "Anna"), "not reported")
	contains(t, do(t, exitOK, "p\n", "report", "club", "A", "--winner", "anna"), "Challonge has it", "Anna wins")
	contains(t, do(t, exitOK, "", "report", "club", "B", "--winner", "智恵", "--score", "1-2", "--by", "the organiser"), "1-2")
	contains(t, do(t, exitOK, "", "report", "club", "C", "--winner", "Anna", "--by", "x"), "Anna wins")
	// A second thought about a semi-final: what rests on it is named.
	text := do(t, exitFailed, "n\n", "report", "club", "A", "--winner", "Doyun")
	contains(t, text, "C (Anna 1-0 智恵)", "nothing was changed")
	text = do(t, exitFailed, "\n", "matches", "reopen", "club", "A")
	contains(t, text, "Reopening match A", "C (Anna 1-0 智恵)")
	contains(t, do(t, exitOK, "y\n", "report", "club", "A", "--winner", "Doyun", "--by", "the organiser"), "Doyun wins")
	contains(t, do(t, exitOK, "", "report", "club", "C", "--winner", "Doyun", "--by", "the players"), "Doyun wins")
	contains(t, do(t, exitFailed, "n\n", "reset", "club"), "deletes all its matches and results (3 of them so far)")
	contains(t, do(t, exitOK, "", "finalize", "club"), "  1  Doyun", "  2  智恵")
	contains(t, do(t, exitOK, "", "tournaments", "show", "club"), "├ Doyun", "  1  Doyun")
	contains(t, do(t, exitOK, "", "tournaments", "--state", "ended"), "Club evening")
	contains(t, do(t, exitOK, "", "report", "--trail"), "confirmed", "the players", "taken", "Doyun wins")
	contains(t, do(t, exitOK, "", "report", "--waiting"), "No result waits")
	contains(t, do(t, exitFailed, "", "tournaments", "delete", "club", "--yes", "--community", "none"), "404")
	contains(t, do(t, exitOK, "yes\n", "tournaments", "delete", "club"), "results too", "is deleted")
	contains(t, do(t, exitOK, "", "logout"), "Signed out")
	do(t, exitFailed, "", "tournaments")
}

func TestChallongeJSON(t *testing.T) {
	_, u := home(t)
	t.Setenv(keyVariable, u.Key)
	var tour challonge.Tournament
	decode := func(text string, v any) {
		t.Helper()
		if err := json.Unmarshal([]byte(text), v); err != nil {
			t.Fatalf("%v in %s", err, text)
		}
	}
	decode(do(t, exitOK, "", "create", "Open", "--type", "round-robin", "--participants", "A,B,C", "--format", "json"), &tour)
	id := string(tour.ID)
	decode(do(t, exitOK, "", "start", id, "--format", "json"), &tour)
	if tour.State != challonge.TournamentUnderway {
		t.Errorf("%+v", tour)
	}
	var ms []matchLine
	decode(do(t, exitOK, "", "matches", id, "--format", "json"), &ms)
	if len(ms) != 3 || ms[0].Name1 == "" || ms[0].State != challonge.MatchOpen {
		t.Errorf("%+v", ms)
	}
	var me struct{ Username string }
	decode(do(t, exitOK, "", "whoami", "--format", "json"), &me)
	if me.Username != "organiser" {
		t.Errorf("%+v", me)
	}
	var people []challonge.Participant
	decode(do(t, exitOK, "", "participants", id, "--format", "json"), &people)
	var list []challonge.Tournament
	decode(do(t, exitOK, "", "tournaments", "--format", "json"), &list)
	if len(people) != 3 || len(list) != 1 {
		t.Errorf("%d people, %d tournaments", len(people), len(list))
	}
	var reports []struct{ State string }
	decode(do(t, exitOK, "", "report", id, "A", "--tie", "--by", "us", "--format", "json"), &reports)
	if len(reports) != 1 || reports[0].State != "done" {
		t.Errorf("%+v", reports)
	}
	for _, args := range [][]string{{"tournaments", "--format", "xml"}, {"tournaments", "--state", "x"}, {"create"}, {"create", "x", "--type", "y"}, {"report"}, {"report", id},
		{"report", id, "A"}, {"report", id, "A", "--winner", "Z"}, {"report", id, "A", "--winner", "A", "--score", "x"}, {"matches", "reopen", id, "Q"}, {"nonsense"}, {"start"},
		{"login", "--way", "device"}, {"login", "--way", "x", "--client-id", "y"}, {"participants", "add", id}} {
		do(t, exitUsage, "", args...)
	}
}

// Groups, then a knock-out of those who came through.
func TestChallongeGroups(t *testing.T) {
	_, u := home(t)
	t.Setenv(keyVariable, u.Key)
	do(t, exitOK, "", "create", "Open", "--url", "open", "--groups", "3", "--through", "1", "--participants", "A,B,C,D,E,F")
	text := do(t, exitOK, "", "start", "open")
	contains(t, text, "group stages underway", "Group 1\nRound 1\n", "Group 2\n")
	var ms []matchLine
	if err := json.Unmarshal([]byte(do(t, exitOK, "", "matches", "open", "--format", "json")), &ms); err != nil || len(ms) != 6 {
		t.Fatalf("%d matches, %v", len(ms), err)
	}
	contains(t, do(t, exitUsage, "", "report", "open", "A", "--winner", "A", "--by", "us"), "more than one match", string(ms[0].ID))
	contains(t, do(t, exitFailed, "", "start", "open", "--yes"), "without a result")
	for _, m := range ms {
		do(t, exitOK, "", "report", "open", string(m.ID), "--winner", m.Name1, "--by", "us")
	}
	contains(t, do(t, exitFailed, "n\n", "start", "open"), "fixes who advances", "nothing was changed")
	text = do(t, exitOK, "y\n", "start", "open")
	contains(t, text, "Open is underway", "┐")
	contains(t, do(t, exitOK, "", "matches", "open", "--state", "open"), "–")
	contains(t, do(t, exitOK, "", "report", "open", "A", "--winner", "A", "--by", "us"), "A wins")
	contains(t, do(t, exitOK, "", "finalize", "open"), "  1  A")
}

// A result that cannot go out waits, over restarts, and goes out once.
func TestChallongeReportWaits(t *testing.T) {
	srv, u := home(t)
	t.Setenv(keyVariable, u.Key)
	do(t, exitOK, "", "create", "Open", "--url", "open", "--participants", "A,B")
	do(t, exitOK, "", "start", "open")
	srv.Break(challongetest.Fault{Method: "PUT", Drop: challongetest.After})
	contains(t, do(t, exitUnsure, "", "report", "open", "A", "--winner", "A", "--by", "us"), "Waits", "confirmed by us")
	contains(t, do(t, exitUnsure, "", "report", "--waiting"), "A wins")
	contains(t, do(t, exitFailed, "", "finalize", "open"), "still waits here")
	contains(t, do(t, exitOK, "", "matches", "open"), "1 result waits")
	contains(t, do(t, exitOK, "", "report", "--send"), "No result waits")
	contains(t, do(t, exitOK, "", "report", "--trail"), "already there")
	ms := regexp.MustCompile(`complete.* (\d+)\n`).FindStringSubmatch(do(t, exitOK, "", "matches", "open"))
	if ms == nil || srv.Reports(ms[1]) != 1 {
		t.Errorf("%v", ms)
	}
	srv.SetQuota(0)
	contains(t, do(t, exitFailed, "", "whoami"), "used up")
	n := len(srv.Requests())
	contains(t, do(t, exitFailed, "", "whoami"), "nothing is sent before", "--retry-quota")
	if len(srv.Requests()) != n {
		t.Error("it was asked again")
	}
	srv.SetQuota(-1)
	contains(t, do(t, exitOK, "", "whoami", "--retry-quota"), "organiser")
}

// The device grant as a person sees it: the QR code on the screen is
// photographed and leads to the page with the code.
func TestChallongeLoginWithAPhone(t *testing.T) {
	srv, u := home(t)
	srv.AddApp("board", "")
	srv.SetInterval(time.Second)
	contains(t, signInByPhone(t, srv, u), "Signed in to Challonge as organiser")
	contains(t, do(t, exitOK, "", "whoami"), "organiser")
}

// signInByPhone runs login with the application "board", has u scan and confirm
// the code, and returns what is said then.
func signInByPhone(t *testing.T, srv *challongetest.Server, u *challongetest.User) string {
	t.Helper()
	out, in := io.Pipe()
	code := make(chan int, 1)
	go func() {
		code <- run(t.Context(), []string{"challonge", "login", "--client-id", "board"}, strings.NewReader(""), in, os.Stderr)
		in.Close()
	}()
	var seen strings.Builder
	buf := make([]byte, 4096)
	for !strings.Contains(seen.String(), "Waiting") {
		n, err := out.Read(buf)
		seen.Write(buf[:n])
		if err != nil {
			t.Fatalf("%v after %s", err, &seen)
		}
	}
	page := readQR(t, seen.String())
	user := regexp.MustCompile(`(?m)^    (\S+)$`).FindStringSubmatch(seen.String())
	if user == nil || page != srv.URL+"/oauth/device?user_code="+user[1] {
		t.Fatalf("the QR code says %q, the text %q", page, user)
	}
	if !srv.Confirm(user[1], u) {
		t.Error("the server does not know the code")
	}
	rest, _ := io.ReadAll(out)
	if c := <-code; c != exitOK {
		t.Fatalf("exit code %d: %s", c, rest)
	}
	return string(rest)
}

// The window shows the same code and address as the terminal, and what it signs
// in with is found by the commands.
func TestChallongeLoginInTheWindow(t *testing.T) {
	srv, u := home(t)
	srv.AddApp("board", "")
	srv.SetInterval(time.Second)
	where, err := challongeEndpoints()
	if err != nil {
		t.Fatal(err)
	}
	app := &challonge.App{ID: "board", Endpoints: where}
	grant, err := app.Device(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	page, err := lounge.DeviceMenu(grant)
	if err != nil {
		t.Fatal(err)
	}
	if got := qrtest.Scan(t, page.QR); got != srv.URL+"/oauth/device?user_code="+page.Code || page.Address != srv.URL+"/oauth/device" {
		t.Errorf("the QR code says %q, the page %s and %s", got, page.Address, page.Code)
	}
	srv.Confirm(page.Code, u)
	token, err := grant.Wait(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := challonge.Remember(credentialStore(newRootCommand()), where, challonge.WayDevice, app, token, ""); err != nil {
		t.Fatal(err)
	}
	contains(t, do(t, exitOK, "", "whoami"), "organiser")
}

// readQR photographs the rows of a terminal that hold a QR code.
func readQR(t *testing.T, screen string) string {
	t.Helper()
	var rows [][]rune
	for line := range strings.Lines(screen) {
		if strings.HasPrefix(line, "\x1b[") {
			line = regexp.MustCompile(`\x1b\[[0-9;]*m`).ReplaceAllString(strings.TrimRight(line, "\n"), "")
			rows = append(rows, []rune(line))
		}
	}
	if len(rows) == 0 {
		t.Fatalf("no QR code in %q", screen)
	}
	img := image.NewGray(image.Rect(0, 0, 8*len(rows[0]), 16*len(rows)))
	for i := range img.Pix {
		x, y := i%img.Stride, i/img.Stride
		r := rows[y/16][x/8]
		if half := y % 16 / 8; !(r == '█' || half == 0 && r == '▀' || half == 1 && r == '▄') {
			img.SetGray(x, y, color.Gray{255})
		}
	}
	return qrtest.Scan(t, img)
}

func TestChallongeLoginAsAnApplication(t *testing.T) {
	srv, _ := home(t)
	srv.AddApp("club", "very secret")
	t.Setenv("GOBANCAM_CHALLONGE_CLIENT_ID", "club")
	contains(t, do(t, exitFailed, "", "login", "--way", "application"), "GOBANCAM_CHALLONGE_CLIENT_SECRET")
	secret := filepath.Join(t.TempDir(), "secret")
	os.WriteFile(secret, []byte("very secret\n"), 0o600)
	t.Setenv("GOBANCAM_CHALLONGE_CLIENT_SECRET_FILE", secret)
	contains(t, do(t, exitOK, "", "login", "--way", "application"), "as the application club")
	contains(t, do(t, exitOK, "", "tournaments"), "TOURNAMENT")
	contains(t, do(t, exitOK, "", "whoami"), "an application")
	srv.ExpireTokens()
	contains(t, do(t, exitOK, "", "tournaments"), "TOURNAMENT")
}

// A finished game of online-go.com is reported with its address and its SGF.
func TestChallongeReportOnline(t *testing.T) {
	_, u := home(t)
	t.Setenv(keyVariable, u.Key)
	server, err := ogstest.New(ogstest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	black, white := server.AddUser("stonefan"), server.AddUser("ben")
	game, err := server.StartGame(ogstest.Setup{Black: black, White: white, Size: 9})
	if err != nil {
		t.Fatal(err)
	}
	id := fmt.Sprint(game.ID)
	do(t, exitOK, "", "create", "Open", "--url", "open", "--participants", "Anna,Ben")
	do(t, exitOK, "", "start", "open")
	contains(t, do(t, exitFailed, "", "report", "open", "A", "--ogs", id, "--server", server.URL()), "not over yet")
	game.Play(black, board.Point{X: 4, Y: 4})
	if !game.Resign(white) {
		t.Fatal("White could not resign")
	}
	contains(t, do(t, exitFailed, "n\n", "report", "open", "A", "--ogs", id, "--server", server.URL()), "B+R: Anna wins", "not confirmed")
	contains(t, do(t, exitOK, "", "report", "open", "A", "--ogs", server.URL()+"/game/"+id, "--server", server.URL(), "--by", "the organiser"), "Anna wins")
	contains(t, do(t, exitOK, "", "matches", "attachments", "open", "A"), server.URL()+"/game/"+id, "(;")
	contains(t, do(t, exitOK, "", "report", "--trail"), "the organiser")
	do(t, exitOK, "", "matches", "reopen", "open", "A", "--yes")
	var out, errs bytes.Buffer
	if code := run(t.Context(), []string{"record", "--match", "open/", "--ogs", id, "--server", server.URL()}, strings.NewReader("p\n"), &out, &errs); code != exitOK {
		t.Fatalf("record --match --ogs: exit code %d\n%s%s", code, &out, &errs)
	}
	contains(t, out.String()+errs.String(), "B+R: Anna wins", "Challonge has it")
	if code := run(t.Context(), []string{"record", "--ogs", id}, strings.NewReader(""), &out, &errs); code != exitUsage {
		t.Errorf("record --ogs without a match: exit code %d", code)
	}
	do(t, exitUsage, "", "report", "open", "A", "--ogs", "x")
	do(t, exitUsage, "", "report", "open", "A", "--ogs", "1", "--tie")
}

func TestChallongeDemo(t *testing.T) {
	dir := t.TempDir()
	var out, errs bytes.Buffer
	if code := run(t.Context(), []string{"demo", "--tournament", "--out", dir}, strings.NewReader(""), &out, &errs); code != exitOK {
		t.Fatalf("exit code %d\n%s%s", code, &out, &errs)
	}
	contains(t, out.String(), "a knock-out of 4", "3 games, each result reported once")
	if _, err := os.Stat(filepath.Join(dir, "match-C.sgf")); err != nil {
		t.Error(err)
	}
}

func TestChallongeWrongKey(t *testing.T) {
	home(t)
	contains(t, do(t, exitFailed, "wrong\n", "login"), "does not sign in")
	contains(t, do(t, exitUsage, "", "login"), "no key was given")
	contains(t, do(t, exitFailed, "", "whoami"), "gobancam challonge login")
}
