package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/play"
	"github.com/gobancam/gobancam/internal/recording"
	"github.com/gobancam/gobancam/ogs/ogstest"
)

// hall is a server with a game on it, as real programs meet it.
type hall struct {
	*ogstest.Server
	game     *ogstest.Game
	me, they *ogstest.User
}

func newHall(t *testing.T) *hall {
	t.Helper()
	if testing.Short() {
		t.Skip("real programs at simulated boards take their time")
	}
	srv, err := ogstest.New(ogstest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(srv.Close)
	h := &hall{Server: srv, me: srv.AddUser("me"), they: srv.AddUser("they")}
	if h.game, err = srv.StartGame(ogstest.Setup{Name: "test", Black: h.me, White: h.they, Size: 9}); err != nil {
		t.Fatal(err)
	}
	return h
}

// sit starts the program of a user at a board.
func (h *hall) sit(t *testing.T, u *ogstest.User, r *room, home string, more ...string) *program {
	t.Helper()
	t.Setenv("GOBANCAM_OGS_TOKEN", h.Token(u))
	for _, dir := range []string{"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"} {
		t.Setenv(dir, filepath.Join(home, dir))
	}
	return start(t, append([]string{"play", "--server", h.URL(), "--game", fmt.Sprint(h.game.ID), "--camera", r.camera, "--headless",
		"--sgf", filepath.Join(home, "game.sgf")}, more...)...)
}

// until waits for a condition.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for asked := time.Now(); !holds(); time.Sleep(2 * time.Millisecond) {
		if tooLate(asked) {
			t.Fatalf("it never came to this: %s", what)
		}
	}
}

// record checks that the server has exactly these moves.
func (h *hall) record(t *testing.T, p *program, want []string) {
	t.Helper()
	var got []string
	for _, m := range h.game.Board().Moves() {
		got = append(got, m.Point.GTP(9))
	}
	if !slices.Equal(got, want) {
		t.Fatalf("the server has %v, played were %v\n%s", got, want, p.said.String())
	}
}

// TestProgramKilledWhileSending plays a game and has the program killed, with
// no chance to say goodbye, at every step on which a move is sent. Each move
// must be in the record exactly once.
func TestProgramKilledWhileSending(t *testing.T) {
	h := newHall(t)
	r := newRoom(t)
	home := t.TempDir()
	journalled := func() bool {
		files, _ := filepath.Glob(filepath.Join(home, "XDG_STATE_HOME", "gobancam", "journal", "*.jsonl"))
		return slices.ContainsFunc(files, func(f string) bool {
			text, _ := os.ReadFile(f)
			return strings.Count(string(text), "pending") > strings.Count(string(text), "settled")
		})
	}
	var want []string
	counted := func() bool { return len(h.game.Moves()) > len(want) }
	p := h.sit(t, h.me, r, home)
	p.expect(`"state":"your-turn"`)
	for i, step := range []struct {
		name         string
		fault        ogstest.Fault
		when         func() bool
		later        time.Duration
		mine, theirs string
	}{
		{"in the journal, and lost", ogstest.Fault{Kind: ogstest.LoseMove}, journalled, 0, "E5", "C3"},
		{"on its way", ogstest.Fault{Kind: ogstest.DelayMove, Delay: time.Second}, journalled, 100 * time.Millisecond, "G3", "C7"},
		{"counted, nothing said", ogstest.Fault{Kind: ogstest.SwallowBoth}, counted, 0, "G7", "E3"},
		{"acknowledged", ogstest.Fault{Kind: ogstest.SwallowEcho}, counted, 50 * time.Millisecond, "E7", "C5"},
		{"the line broken, too", ogstest.Fault{Kind: ogstest.DropAfter}, counted, 20 * time.Millisecond, "G5", "E2"},
		{"as the echo comes", ogstest.Fault{Kind: ogstest.DuplicateEcho}, counted, 5 * time.Millisecond, "D4", "D3"},
	} {
		h.Inject(step.fault)
		r.put(t, board.Black, step.mine)
		until(t, step.name, step.when)
		time.Sleep(step.later)
		p.kill()
		p = h.sit(t, h.me, r, home)
		until(t, step.name+", and the move counts", counted)
		want = append(want, step.mine)
		time.Sleep(1200 * time.Millisecond) // what would come twice comes now
		h.record(t, p, want)
		if !h.game.Play(h.they, point(t, step.theirs)) {
			t.Fatalf("%s: the answer is refused", step.name)
		}
		want = append(want, step.theirs)
		p.expect(`"state":"owed"`)
		r.put(t, board.White, step.theirs)
		p.expect(`"state":"your-turn"`)
		h.record(t, p, want)
		t.Logf("%d: killed %s", i+1, step.name)
	}
	p.kill()
	if v := h.Violations(); len(v) > 0 {
		t.Errorf("what a well-behaved client does not do: %q", v)
	}
	// Every session is replayed, as far as it came.
	dirs, err := filepath.Glob(filepath.Join(home, "XDG_STATE_HOME", "gobancam", "flights", "*"))
	if err != nil || len(dirs) == 0 {
		t.Fatal("no flights", err)
	}
	for _, dir := range dirs {
		s, err := recording.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		run, err := play.Again(t.Context(), s, nil, nil)
		s.Close()
		if err != nil || run.Differs != "" && !strings.HasPrefix(run.Differs, "recorded nothing more") {
			t.Errorf("%s: %v %s", dir, err, run.Differs)
		}
	}
}

// TestTwoProgramsPlayEachOther sets two boards up, each before a program of its
// own, that play each other through a server. In the end one of them hears its
// player resign.
func TestTwoProgramsPlayEachOther(t *testing.T) {
	h := newHall(t)
	rooms := []*room{newRoom(t), newRoom(t)}
	homes := []string{t.TempDir(), t.TempDir()}
	var programs []*program
	ear := filepath.Join(homes[0], "ear")
	if err := syscall.Mkfifo(ear, 0o600); err != nil {
		t.Skip("no named pipes here: ", err)
	}
	for i, u := range []*ogstest.User{h.me, h.they} {
		programs = append(programs, h.sit(t, u, rooms[i], homes[i], [][]string{{"--listen", ear}, nil}[i]...))
	}
	hear := func(words string) {
		t.Helper()
		if err := os.WriteFile(ear, []byte(words), 0); err != nil {
			t.Fatal(err)
		}
	}
	programs[0].expect(`"state":"your-turn"`)
	programs[1].expect(`"state":"opponents-turn"`)
	moves := strings.Fields("E5 C3 G3 G7 C7 D5")
	for i, at := range moves {
		c, my, other := board.Black+board.Color(i%2), i%2, 1-i%2
		rooms[my].put(t, c, at)
		until(t, at+" counts", func() bool { return len(h.game.Moves()) == i+1 })
		programs[other].expect(`"state":"owed"`)
		rooms[other].put(t, c, at)
		programs[other].expect(`"state":"your-turn"`)
	}
	hear("That was a good move!\nIch gebe auf.\n")
	programs[0].expect("Do you really want to resign?")
	hear("Yes, he should.\nJa.\n")
	for i, p := range programs {
		p.expect("W+R")
		p.ends(exitOK)
		h.record(t, p, moves)
		text, err := os.ReadFile(filepath.Join(homes[i], "game.sgf"))
		if err != nil {
			t.Fatal(err)
		}
		roots, err := board.ParseSGF(text)
		if err != nil {
			t.Fatal(err)
		}
		g, err := roots[0].Game()
		if err != nil || g.MoveCount() != len(moves) {
			t.Errorf("the record of player %d: %v\n%s", i+1, err, text)
		}
	}
	if v := h.Violations(); len(v) > 0 {
		t.Errorf("what a well-behaved client does not do: %q", v)
	}
}

func point(t *testing.T, name string) board.Point {
	t.Helper()
	p, err := board.ParseGTP(name, 9)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
