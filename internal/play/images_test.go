package play

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/recording"
)

// TestRecordedSets replays the recorded games.
func TestRecordedSets(t *testing.T) {
	rules, err := board.ParseRules("japanese")
	if err != nil {
		t.Fatal(err)
	}
	eachRecordedSet(t, func(t *testing.T, s *recording.Session, g *grid.Grid, played string) {
		pictures := Pictures(s)
		defer pictures.Close()
		end, err := (&Replay{
			Source: pictures,
			Eyes:   EyesOptions{Grid: g},
			Relay:  match.RelayOptions{Setup: board.Setup{Size: s.Header.Size, Rules: rules}},
			Voice:  func(e match.Event) { t.Logf("%6.2f %s %s", e.At.Seconds(), e.Kind, e.Text) },
		}).Run(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got := names(end.Game); got != played {
			t.Errorf("played %s\nseen   %s", played, got)
		}
	})
}

// eachRecordedSet hands over the games recorded in testdata/images, small, one
// picture every 0.7 s: with the grid that their headers give, and the moves that
// were played.
func eachRecordedSet(t *testing.T, look func(t *testing.T, s *recording.Session, g *grid.Grid, played string)) {
	heads, err := filepath.Glob("../../testdata/images/*/session.json")
	if err != nil || len(heads) == 0 {
		t.Fatal("no recorded sets", err)
	}
	for _, h := range heads {
		dir := filepath.Dir(h)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			s, err := recording.Open(dir)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			g, err := grid.New(s.Header.Grid.Spec())
			if err != nil {
				t.Fatal(err)
			}
			look(t, s, g, names(readGame(t, filepath.Join(dir, "game.sgf"))))
		})
	}
}

// names are a game's moves as players say them.
func names(g *board.Game) string {
	var s []string
	for _, m := range g.Moves() {
		s = append(s, m.Point.GTP(g.Size()))
	}
	return strings.Join(s, " ")
}
