package play

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/sim"
	"github.com/gobancam/gobancam/internal/sim/scenario"
	"github.com/gobancam/gobancam/vision"
)

// TestScenarios plays the stories of testdata/scenarios at the simulated board
// and lets everything from pixels to moves watch: find the board, read the
// stones, work out the game. Besides the words of package scenario they have
//
//	moves E5 C3 …     the game record in the end, Black first
func TestScenarios(t *testing.T) {
	files, err := filepath.Glob("../../testdata/scenarios/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no scenarios", err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txt"), func(t *testing.T) {
			file, err := os.Open(name)
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			s, err := scenario.Parse(file)
			if err != nil {
				t.Fatal(err)
			}
			t.Log(s.Title)
			watchStory(t, s)
		})
	}
}

// watchStory runs a scenario and compares the game that is seen in it with the
// one it tells.
func watchStory(t *testing.T, s *scenario.Scenario) {
	c, err := s.Config()
	if err != nil {
		t.Fatal(err)
	}
	c.Width, c.Height = 400, 300
	if s.Size > 9 {
		c.Width, c.Height = 560, 420
	}
	w, err := sim.New(c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	pictures := make(chan vision.Encoded)
	story := &scenario.Runner{World: w, Tick: 150 * time.Millisecond}
	var want []string
	story.Each = func() error {
		select {
		case pictures <- vision.Encoded{Data: w.JPEG(), Time: w.Now()}:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	story.Other = func(step scenario.Step) error {
		if step.Verb != "moves" {
			return fmt.Errorf("%q means nothing here", step.Verb)
		}
		want = step.Args
		return nil
	}
	told := make(chan error, 1)
	go func() {
		defer close(pictures)
		told <- story.Run(s)
	}()
	var events []string
	first, err := grid.New(w.Spec()) // where it lies before anything moves
	if err != nil {
		t.Fatal(err)
	}
	rules, err := board.ParseRules("japanese")
	if err != nil {
		t.Fatal(err)
	}
	end, err := (&Replay{
		Source: vision.FromEncoded(func(ctx context.Context) (vision.Encoded, error) {
			p, ok := <-pictures
			if !ok {
				return p, io.EOF
			}
			return p, nil
		}),
		Eyes:  EyesOptions{Grid: first},
		Relay: match.RelayOptions{Setup: board.Setup{Size: s.Size, Rules: rules}},
		Voice: func(e match.Event) {
			events = append(events, fmt.Sprintf("%6.2f %s %s %s", e.At.Seconds(), e.Kind, e.Point.GTP(s.Size), e.Text))
		},
	}).Run(ctx)
	stop()
	if serr := <-told; err != nil || serr != nil {
		t.Fatal(err, serr)
	}
	var got []string
	for _, m := range end.Game.Moves() {
		got = append(got, m.Point.GTP(s.Size))
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("played %q\nseen   %q\n%s", want, got, strings.Join(events, "\n"))
	}
	pos := end.Game.Position()
	truth := w.Look()
	if rows := strings.Join(truth.Rows(), "\n"); pos.String() != rows {
		t.Errorf("the story ends with\n%s\nthe record with\n%s", rows, pos.String())
	}
}
