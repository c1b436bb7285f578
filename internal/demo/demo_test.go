package demo

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/patient"
	"github.com/gobancam/gobancam/internal/play"
	"github.com/gobancam/gobancam/internal/recording"
)

// TestDemo plays the whole game: camera over HTTP, OpenCV, referee, server. It
// takes as long as the people at the board do.
func TestDemo(t *testing.T) {
	if testing.Short() {
		t.Skip("a whole game in real time takes more than a minute")
	}
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	dir := t.TempDir()
	ctx, cancel := patient.Context(context.Background(), 8*time.Minute)
	defer cancel()
	var out bytes.Buffer
	if err := Run(ctx, Options{Out: &out, Dir: dir}); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	t.Logf("\n%s", out.String()[max(0, out.Len()-300):])

	text, err := os.ReadFile(filepath.Join(dir, "game.sgf"))
	if err != nil {
		t.Fatal(err)
	}
	trees, err := board.ParseSGF(text)
	if err != nil {
		t.Fatal(err)
	}
	g, err := trees[0].Game()
	if err != nil {
		t.Fatal(err)
	}
	mind, _, err := script()
	if err != nil {
		t.Fatal(err)
	}
	if got := gtp(g.Moves()); got != gtp(mind) {
		t.Errorf("the game record has %s", got)
	}
	if re := trees[0].Text("RE"); re != theResult {
		t.Errorf("the game record has the result %q, not %s", re, theResult)
	}

	s, err := recording.Open(filepath.Join(dir, "recording"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	run, err := play.Again(t.Context(), s, func(match.Event) {}, nil)
	if err != nil || run.Differs != "" || len(run.Damaged) > 0 {
		t.Errorf("the recording is not decided as the game was: %v %s %v", err, run.Differs, run.Damaged)
	}
}

func TestScriptIsAGame(t *testing.T) {
	mind, dead, err := script()
	if err != nil {
		t.Fatal(err)
	}
	rules, err := board.ParseRules("chinese")
	if err != nil {
		t.Fatal(err)
	}
	g, err := board.NewGame(board.Setup{Size: size, Rules: rules, Komi: 6.5})
	if err != nil {
		t.Fatal(err)
	}
	captured := 0
	for _, m := range mind {
		if err := g.Play(m); err != nil {
			t.Fatal(err)
		}
		set := g.LastCaptured()
		captured += set.Len()
	}
	if captured != 3 || !g.Ended() {
		t.Errorf("%d stones captured, ended %v; want 3, true", captured, g.Ended())
	}
	score := g.Score(board.SetOf(dead...))
	if got := score.Result().String(); got != theResult {
		t.Errorf("the game is %s, not %s", got, theResult)
	}
}

// TestDemoEndsWhenToldTo stops it in the middle, with nothing left behind.
func TestDemoEndsWhenToldTo(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Second)
	defer cancel()
	var out bytes.Buffer
	err := Run(ctx, Options{Out: &out, Dir: t.TempDir()})
	if !errors.Is(err, ErrDiffers) && !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	if !strings.Contains(out.String(), "A simulated board") {
		t.Errorf("it said %q", out.String())
	}
}
