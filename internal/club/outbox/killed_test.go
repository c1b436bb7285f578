package outbox

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/gobancam/gobancam/challonge"
	"github.com/gobancam/gobancam/challonge/challongetest"
	"github.com/gobancam/gobancam/internal/club"
	"github.com/gobancam/gobancam/internal/club/site"
)

// crash is the program that is killed: it reports a match to the server of its
// parent and dies at a step.
func crash() {
	at, _ := strconv.Atoi(os.Getenv("OUTBOX_CRASH_AT"))
	c, err := challonge.New(challonge.Options{API: os.Getenv("OUTBOX_API"), Auth: challonge.Key(os.Getenv("OUTBOX_KEY"))})
	if err == nil {
		var box *Outbox
		if box, err = Open(os.Getenv("OUTBOX_DIR")); err == nil {
			steps := 0
			box.step = func(name string) {
				fmt.Println("step", name)
				if steps++; steps == at {
					me, _ := os.FindProcess(os.Getpid())
					me.Kill()
					select {}
				}
			}
			r := &room{c: site.Challonge{Client: c}, tour: os.Getenv("OUTBOX_TOURNAMENT")}
			var m club.Match
			if m, err = r.c.Match(context.Background(), r.tour, os.Getenv("OUTBOX_MATCH")); err == nil {
				if _, err = box.Add(r.report(m)); err == nil {
					_, err = box.Flush(context.Background(), r.connect)
				}
			}
		}
	}
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// The program is killed at each step of adding and sending, with SIGKILL; the
// next start brings the result in, once.
func TestKilledAtEveryStep(t *testing.T) {
	srv := challongetest.New()
	defer srv.Close()
	u := srv.AddUser("organiser")
	c, err := challonge.New(challonge.Options{API: srv.URL + "/v2.1", Auth: challonge.Key(u.Key), HTTP: srv.Client(), Pause: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	yes := true
	tour, err := c.CreateTournament(ctx, challonge.TournamentFields{Name: "x", Type: challonge.RoundRobin, Match: &challonge.MatchOptions{AcceptAttachments: &yes}})
	if err != nil {
		t.Fatal(err)
	}
	var fields []challonge.ParticipantFields
	for i := range 8 {
		fields = append(fields, challonge.ParticipantFields{Name: string(rune('A' + i))})
	}
	c.AddParticipants(ctx, tour.ID, fields)
	if tour, err = c.ChangeState(ctx, tour.ID, challonge.Start); err != nil {
		t.Fatal(err)
	}
	r := &room{srv: srv, c: site.Challonge{Client: c}, tour: string(tour.ID)}
	ms := r.matches(t)
	for at := 1; ; at++ {
		if at > len(ms) {
			t.Fatalf("more than %d steps", len(ms))
		}
		m, dir := ms[at-1], t.TempDir()
		cmd := exec.Command(os.Args[0], "-test.run=^$")
		cmd.Env = append(os.Environ(), "OUTBOX_CRASH_AT="+strconv.Itoa(at), "OUTBOX_API="+c.API(), "OUTBOX_KEY="+u.Key, "OUTBOX_DIR="+dir,
			"OUTBOX_TOURNAMENT="+string(tour.ID), "OUTBOX_MATCH="+m.ID)
		out, err := cmd.Output()
		last := ""
		for s := bufio.NewScanner(bytes.NewReader(out)); s.Scan(); {
			last = s.Text()
		}
		box := r.open(t, dir)
		list, listErr := box.Reports()
		if listErr != nil {
			t.Errorf("killed at %q: %v", last, listErr)
		}
		if len(list) == 0 { // the result was not confirmed on disk: the players confirm again
			if _, err := box.Add(r.report(m)); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := box.Flush(ctx, r.connect); err != nil {
			t.Error(err)
		}
		r.settled(t, box, m)
		if t.Failed() {
			t.Fatalf("killed at step %d, %q", at, last)
		}
		if err == nil { // it came to its end
			if at < 12 {
				t.Errorf("only %d steps", at)
			}
			return
		}
		if status, ok := err.(*exec.ExitError); !ok || !status.Sys().(syscall.WaitStatus).Signaled() {
			t.Fatalf("it ended with %v: %s", err, out)
		}
	}
}
