package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/gobancam/gobancam/internal/app/account"
	"github.com/gobancam/gobancam/ogs"
	"github.com/gobancam/gobancam/ogs/ogstest"
)

// hostile is a name that colours and clears the screen, names the window,
// turns the direction of writing, hides letters and breaks the line.
const hostile = "Eve\x1b[31m\x1b[2J\x1b]0;owned\x07\u009b2J\u202emoc\u2066\u200b\U000e0041\ue000\r\n\u2028x"

// harmless complains of what a terminal would obey or a reader would not see.
func harmless(t *testing.T, text string) {
	t.Helper()
	for _, r := range text {
		if unicode.IsControl(r) && r != '\n' && r != '\t' || unicode.In(r, unicode.Bidi_Control, unicode.Co, unicode.Zl) || r == '\u200b' || r >= 0xe0000 && r < 0xe0080 {
			t.Fatalf("%U is in:\n%q", r, text)
		}
	}
	if !strings.Contains(text, "Eve") {
		t.Errorf("the name is not in:\n%s", text)
	}
}

// TestHostileServer gives every name at OGS what a terminal would obey.
func TestHostileServer(t *testing.T) {
	srv, alice, _ := ogsWorld(t)
	eve := srv.AddUser(hostile)
	t.Setenv(account.TokenVariable, srv.Token(alice))
	g, err := srv.StartGame(ogstest.Setup{Black: alice, White: eve, Size: 9, Name: hostile})
	if err != nil {
		t.Fatal(err)
	}
	srv.ChallengeFor(eve, alice, ogstest.Setup{Size: 9, Name: hostile, Rules: "japanese"})
	id := strconv.FormatInt(g.ID, 10)
	for _, args := range [][]string{{"games"}, {"games", "--format", "json"}, {"challenge", "list"}, {"games", "sgf", id}} {
		out, words := gobancam(t, exitOK, args...)
		t.Log(args, out, words)
		if args[len(args)-1] == id {
			continue // a file gets the server's bytes
		}
		harmless(t, out+words)
	}
	t.Setenv(account.TokenVariable, srv.Token(eve))
	out, _ := gobancam(t, exitOK, "whoami")
	harmless(t, out)

	// The refusal of a server.
	bad := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		json.NewEncoder(w).Encode(map[string]any{"detail": hostile, "error": hostile})
	}))
	defer bad.Close()
	t.Setenv("GOBANCAM_OGS_SERVER", bad.URL)
	_, words := gobancam(t, exitFailed, "games")
	harmless(t, words)
}

// TestHostileTournamentRecord does so in the record of a tournament over the board.
func TestHostileTournamentRecord(t *testing.T) {
	srv, alice, _ := ogsWorld(t)
	t.Setenv(account.TokenVariable, srv.Token(alice))
	board := srv.AddDemo(alice, ogstest.DemoSetup{Name: hostile, Black: hostile, White: hostile})
	group := strconv.FormatInt(srv.AddGroup("Club", alice), 10)
	say := func(args ...string) string {
		t.Helper()
		out, words := gobancam(t, exitOK, append([]string{"tournament-record"}, args...)...)
		return out + words
	}
	var made struct{ Record, Round int64 }
	decode := func(text string) {
		t.Helper()
		if err := json.Unmarshal([]byte(text), &made); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
	}
	decode(say("create", hostile, "--group", group, "--format", "json"))
	id := strconv.FormatInt(made.Record, 10)
	say("edit", id, "--description", hostile, "--location", hostile)
	harmless(t, say("add-player", id, hostile, "--rank", "3k"))
	harmless(t, say("add-round", id, hostile, "--notes", hostile))
	decode(say("add-round", id, "Round 2", "--format", "json"))
	say("link", id, strconv.FormatInt(made.Round, 10), strconv.FormatInt(board.ID, 10), "--notes", hostile)
	harmless(t, say("show", id))
	harmless(t, say("show", id, "--format", "json"))
}

// TestHostileTournament does so at Challonge, on the way from the tournament's
// making to its end.
func TestHostileTournament(t *testing.T) {
	_, u := home(t)
	do(t, exitOK, u.Key+"\n", "login")
	say := func(code int, args ...string) string {
		t.Helper()
		text := do(t, code, "", args...)
		harmless(t, text)
		return text
	}
	say(exitOK, "create", "Cup "+hostile, "--url", "club", "--participants", "Anna,Ben,智恵")
	say(exitOK, "participants", "add", "club", "1 "+hostile)
	say(exitOK, "participants", "update", "club", "Anna", "--remark", hostile)
	say(exitOK, "tournaments")
	say(exitOK, "tournaments", "--format", "json")
	say(exitOK, "start", "club")
	say(exitOK, "matches", "club", "--state", "open")
	say(exitOK, "matches", "club", "--format", "json")
	say(exitOK, "participants", "club")
	say(exitOK, "report", "club", "A", "--winner", "Anna", "--by", hostile)
	say(exitOK, "report", "--trail")
	say(exitOK, "tournaments", "show", "club")
	say(exitUsage, "report", "club", "B", "--winner", "Nobody "+hostile)
}

// TestTheFirstFence reads the same where it comes in: what a name goes into
// besides the terminal (a record, a file name, a voice) is clean without the
// last fence.
func TestTheFirstFence(t *testing.T) {
	var p ogs.Player
	b, err := json.Marshal(map[string]any{"id": 1, "username": hostile})
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &p); err != nil {
		t.Fatal(err)
	}
	harmless(t, p.WithRank())
	if strings.Contains(p.Username, "\n") {
		t.Errorf("%q has two lines", p.Username)
	}
	var out strings.Builder
	if err := writeJSON(&out, map[string]string{"text": hostile}); err != nil {
		t.Fatal(err)
	}
	harmless(t, out.String())
	var again map[string]string
	if json.Unmarshal([]byte(out.String()), &again) != nil || again["text"] != hostile {
		t.Errorf("the data are not what they were: %s", out.String())
	}
}
