package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gobancam/gobancam/internal/app/account"
	"github.com/gobancam/gobancam/internal/disk"
	"github.com/gobancam/gobancam/internal/gamefile"
	"github.com/gobancam/gobancam/internal/live/demoboard"
	"github.com/gobancam/gobancam/ogs/ogstest"
)

// lineIn is the game in a file as a demo board has it.
func lineIn(t *testing.T, file string) string {
	t.Helper()
	f, err := gamefile.Read(disk.OS, file)
	if err != nil || f == nil {
		t.Fatalf("%s: %v %v", file, f, err)
	}
	var moves []string
	for _, p := range demoboard.LineOf(gamefile.Live(nil, f.Game, gamefile.Labels{Result: f.Result})) {
		moves = append(moves, p.Move)
	}
	return strings.Join(moves, " ")
}

// TestRecordOnDemoBoardKilled has two people's game shown on a demo board by a
// program that is killed again and again, with a server that loses, doubles and
// delays what it is sent: there is one demo board, and it has the record.
func TestRecordOnDemoBoardKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("plays in real time")
	}
	srv, alice, _ := ogsWorld(t)
	t.Setenv(account.TokenVariable, srv.Token(alice))
	file := filepath.Join(t.TempDir(), "game.sgf")
	args := []string{"--demo", "--sgf", file, "--black", "Anna", "--black-rank", "3k"}
	p := twoPlay(t, args...)
	p.expect(`"event":"demo-board"`)
	p.kill() // before anything was sent
	var r *ogstest.Review
	kept := 0
	for i, step := range []struct {
		fault ogstest.Kind
		later time.Duration
	}{
		{ogstest.LoseAppend, 50 * time.Millisecond}, {ogstest.DelayAppend, 300 * time.Millisecond}, {ogstest.DropAfterAppend, 600 * time.Millisecond},
	} {
		p = twoPlay(t, args...)
		if kept > 0 {
			p.expect(`"question":"begun"`)
			p.enter("yes")
		}
		p.expect(`"event":"demo-board"`)
		r = srv.Reviews()[0]
		srv.Inject(ogstest.Fault{Kind: step.fault, Times: 1, Delay: time.Second})
		p.expect(`"event":"move"`)
		time.Sleep(step.later)
		if i%2 == 1 {
			p.expect(`"event":"move"`)
		}
		p.kill()
		kept = movesIn(t, file)
		t.Logf("killed with %d moves kept; the demo board has %q", kept, r.MainLine())
	}
	p = twoPlay(t, args...)
	p.expect(`"question":"begun"`)
	p.enter("yes")
	p.expect(`"event":"move"`)
	p.enter("resign")
	p.expect("The game is over")
	contains(t, p.ends(exitOK), "private window")
	if n := len(srv.Reviews()); n != 1 {
		t.Errorf("there are %d demo boards", n)
	}
	if got, want := r.MainLine(), lineIn(t, file); got != want || r.Shown() != want {
		t.Errorf("the demo board has\n%s\nand shows\n%s\nand the record is\n%s", got, r.Shown(), want)
	}
	if s := r.Setup(); s.Black != "Anna" || s.BlackRank != 27 || !strings.HasSuffix(s.Outcome, "+R") {
		t.Errorf("it says %+v", s)
	}
}

func TestDemoFlags(t *testing.T) {
	for text, want := range map[string]int64{"12": 12, "https://online-go.com/demo/34": 34, "https://online-go.com/review/5/": 5} {
		if id, err := demoID(text); err != nil || int64(id) != want {
			t.Errorf("%s: %d, %v", text, id, err)
		}
	}
	for _, text := range []string{"", "0", "-3", "x", "https://online-go.com/game/5", "https://online-go.com/demo/x"} {
		if id, err := demoID(text); err == nil {
			t.Errorf("%q: %d", text, id)
		}
	}
	if a, b, err := recordRound("12/34"); a != 12 || b != 34 || err != nil {
		t.Error(a, b, err)
	}
	for _, text := range []string{"12", "12/", "/3", "0/1", "1/2/3", "a/b"} {
		if _, _, err := recordRound(text); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
	ogsWorld(t)
	for _, args := range [][]string{
		{"--private"}, {"--demo=x"}, {"--demo", "x"}, {"12"}, {"--demo", "12", "13"}, {"--demo", "12", "--tournament-record", "1/2"}, {"--demo", "--black-rank", "strong"},
		{"--komi", "NaN"}, {"--komi", "Inf"}, {"--komi=-1e300"}, {"--komi", "626"},
	} {
		_, said := gobancam(t, exitUsage, append([]string{"record"}, args...)...)
		if said == "" {
			t.Errorf("%q: nothing is said", args)
		}
	}
	if _, said := gobancam(t, exitFailed, "record", "--demo", "12"); !strings.Contains(said, "gobancam login") {
		t.Errorf("nobody is signed in: %s", said)
	}
}
