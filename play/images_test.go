package play

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/grid"
	"github.com/gobancam/gobancam/match"
	"github.com/gobancam/gobancam/record"
)

// TestRecordedSets replays the games recorded in testdata/images, small, one
// picture every 0.7 s, from the corners that their headers give.
func TestRecordedSets(t *testing.T) {
	heads, err := filepath.Glob("../testdata/images/*/session.json")
	if err != nil || len(heads) == 0 {
		t.Fatal("no recorded sets", err)
	}
	for _, h := range heads {
		dir := filepath.Dir(h)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			s, err := record.Open(dir)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			at, err := grid.New(s.Header.Grid.Spec())
			if err != nil {
				t.Fatal(err)
			}
			rules, err := board.ParseRules("japanese")
			if err != nil {
				t.Fatal(err)
			}
			pictures := Pictures(s)
			defer pictures.Close()
			end, err := (&Replay{
				Source: pictures,
				Eyes:   EyesOptions{Grid: at},
				Relay:  match.RelayOptions{Setup: board.Setup{Size: s.Header.Size, Rules: rules}},
				Voice:  func(e match.Event) { t.Logf("%6.2f %s %s", e.At.Seconds(), e.Kind, e.Text) },
			}).Run(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			want, got := movesOf(t, filepath.Join(dir, "game.sgf")), names(end.Game)
			if got != want {
				t.Errorf("played %s\nseen   %s", want, got)
			}
		})
	}
}

func movesOf(t *testing.T, sgf string) string {
	t.Helper()
	return names(readGame(t, sgf))
}

// names are a game's moves as players say them.
func names(g *board.Game) string {
	var s []string
	for _, m := range g.Moves() {
		s = append(s, m.Point.GTP(g.Size()))
	}
	return strings.Join(s, " ")
}
