package evening

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/club/desk"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestEvening(t *testing.T) {
	dir := t.TempDir()
	var out strings.Builder
	err := Run(t.Context(), Options{Dir: dir, Out: &out, Boards: 2, Play: func(_ context.Context, table *desk.Table) (desk.Game, error) {
		if table.Size != 9 {
			t.Errorf("the board has %d lines", table.Size)
		}
		return desk.Resigned(board.White), nil // the lower seed has Black
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"a knock-out of 4", "At the board: ", "B+R", "3 games, each result reported once", "├ Shusaku\n", "  1  Shusaku", "  2  Jowa"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in\n%s", want, out.String())
		}
	}
	if trail, err := os.ReadFile(filepath.Join(dir, "outbox", "audit.jsonl")); err != nil || strings.Count(string(trail), `"confirmed"`) != 3 {
		t.Errorf("%v: %s", err, trail)
	}
}

func TestEveningsThatEndEarly(t *testing.T) {
	boom := errors.New("the camera fell into the tea")
	var out strings.Builder
	err := Run(t.Context(), Options{Dir: t.TempDir(), Out: &out, Play: func(context.Context, *desk.Table) (desk.Game, error) { return desk.Game{}, boom }})
	if !errors.Is(err, boom) {
		t.Errorf("%v", err)
	}
	if err := Run(t.Context(), Options{Dir: t.TempDir(), Out: &out, Players: []string{"Dosaku"}}); err == nil {
		t.Error("a tournament of one")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Run(ctx, Options{Dir: t.TempDir(), Out: &out}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// A whole evening on simulated boards, read by the relay.
func TestEveningOnSimulatedBoards(t *testing.T) {
	var out strings.Builder
	dir := t.TempDir()
	if err := Run(t.Context(), Options{Name: "Club 7x7", Dir: dir, Out: &out, Boards: 2, Play: Simulated(1)}); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	for _, name := range []string{"match-A.sgf", "match-B.sgf", "match-C.sgf"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		games, err := board.ParseSGF(data)
		if err != nil || len(games) != 1 {
			t.Fatalf("%s: %v", name, err)
		}
		g, err := games[0].Game()
		if err != nil || g.MoveCount() < 20 || games[0].Text("RE") != g.Score(board.PointSet{}).Result().String() {
			t.Errorf("%s: %d moves, %s, %v", name, g.MoveCount(), games[0].Text("RE"), err)
		}
	}
	if !strings.Contains(out.String(), "3 games, each result reported once") || !strings.Contains(out.String(), "komi") {
		t.Error(out.String())
	}
	t.Log("\n" + out.String())
}
