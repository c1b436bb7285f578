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
	"github.com/gobancam/gobancam/challonge/desk"
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
