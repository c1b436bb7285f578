package atboard

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/club"
	"github.com/gobancam/gobancam/internal/club/desk"
	"github.com/gobancam/gobancam/internal/club/outbox"
	"github.com/gobancam/gobancam/internal/disk"
	"github.com/gobancam/gobancam/internal/gamefile"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// wall is a site in memory with one match, of Anna and Ben.
type wall struct {
	match club.Match
	err   error // of each report
}

func (*wall) Name() string { return "the wall" }
func (*wall) API() string  { return "wall" }

func (*wall) Tournament(context.Context, string) (club.Tournament, error) {
	return club.Tournament{ID: "t", Name: "Club 9x9", Form: club.RoundRobin}, nil
}

func (w *wall) Tournaments(ctx context.Context) ([]club.Tournament, error) {
	t, err := w.Tournament(ctx, "t")
	return []club.Tournament{t}, err
}

func (w *wall) Matches(context.Context, string, club.State) ([]club.Match, error) {
	return []club.Match{w.match}, nil
}

func (*wall) Players(context.Context, string) ([]club.Player, error) {
	return []club.Player{{ID: "1", Name: "Anna"}, {ID: "2", Name: "Ben"}}, nil
}

func (*wall) Underway(context.Context, string, string) error { return nil }

func (w *wall) Match(context.Context, string, string) (club.Match, error) { return w.match, nil }

func (w *wall) Report(_ context.Context, _, _ string, r club.Result) (club.Match, error) {
	if w.err != nil {
		return club.Match{}, w.err
	}
	w.match.State, w.match.Winner, w.match.Sets = club.Complete, r.Winner, [][2]int{{1, 0}}
	if r.Winner == w.match.Player2 {
		w.match.Sets = [][2]int{{0, 1}}
	}
	return w.match, nil
}

func (*wall) Attached(context.Context, string, string) ([]string, error) { return nil, nil }

func (*wall) Attach(context.Context, string, string, string, string) error { return nil }

// players answer every question with the first option, and stand for the result.
type players struct{ asked []string }

func (p *players) Choose(_ context.Context, question string, _ []string) (int, error) {
	p.asked = append(p.asked, question)
	return 0, nil
}

func (*players) Confirm(context.Context, desk.Review) (desk.Verdict, error) {
	return desk.Verdict{By: "the players"}, nil
}

// evening is a board with a wall.
type evening struct {
	wall  *wall
	ask   *players
	notes []string
	opt   Options
}

func newEvening(t *testing.T) *evening {
	t.Helper()
	box, err := outbox.Open(filepath.Join(t.TempDir(), "outbox"))
	if err != nil {
		t.Fatal(err)
	}
	e := &evening{wall: &wall{match: club.Match{ID: "7", Identifier: "A", State: club.Open, Round: 1, Player1: "1", Player2: "2"}}, ask: &players{}}
	dir := t.TempDir()
	e.opt = Options{Desk: &desk.Desk{Site: e.wall, Outbox: box, Ask: e.ask}, Spec: "t/A", Black: "Ben",
		OwnFile: func(table *desk.Table) string { return filepath.Join(dir, table.Match.ID+".sgf") },
		Open:    gamefile.Open,
		Connect: func(context.Context, outbox.Report) (outbox.Sender, error) { return e.wall, nil },
		Note:    func(s string) { e.notes = append(e.notes, s) }}
	return e
}

// seat seats the players and sees to the end of the match.
func (e *evening) seat(t *testing.T) (*Match, error) {
	t.Helper()
	m, err := Seat(t.Context(), e.opt)
	t.Cleanup(func() {
		m.Stop()
		if m.Record != nil {
			m.Record.Close()
		}
	})
	return m, err
}

func resigned(loser board.Color) End {
	r := board.Result{Winner: loser.Opponent(), By: board.ByResignation}
	return End{Result: &r}
}

func TestAMatch(t *testing.T) {
	e := newEvening(t)
	m, err := e.seat(t)
	if err != nil {
		t.Fatal(err)
	}
	if m.Size(0) != 9 || m.Size(13) != 13 || !strings.Contains(strings.Join(e.notes, "\n"), "Club 9x9 is played on 9×9, by its name; this game is on 13×13") {
		t.Errorf("%q", e.notes)
	}
	if !slices.Contains(e.notes, "Club 9x9, round 1, match A: Ben (B) – Anna (W).") {
		t.Errorf("%q", e.notes)
	}
	if err := m.Finish(t.Context(), resigned(board.White)); err != nil {
		t.Fatal(err)
	}
	if e.wall.match.Winner != "2" {
		t.Errorf("%+v", e.wall.match)
	}
}

func TestAGameThatIsLeftOrWaits(t *testing.T) {
	e := newEvening(t)
	m, err := e.seat(t)
	if err != nil {
		t.Fatal(err)
	}
	e.opt.Desk.Hints.Report = func(*desk.Table) string { return "by hand" }
	if err := m.Finish(t.Context(), End{}); !errors.Is(err, ErrNoResult) || !strings.Contains(err.Error(), "by hand --sgf") {
		t.Error(err)
	}
	e.wall.err = errors.New("the chalk is gone")
	if err := m.Finish(t.Context(), resigned(board.Black)); !errors.Is(err, ErrWaits) {
		t.Error(err)
	}
	if left, _ := e.opt.Desk.Outbox.Unsent(); len(left) != 1 {
		t.Errorf("%+v", left)
	}
}

// begun writes a game of these players, which the wall's match may be.
func begun(t *testing.T, e *evening, white, result string) {
	t.Helper()
	root := &board.Node{}
	for _, p := range [][2]string{{"FF", "4"}, {"GM", "1"}, {"SZ", "9"}, {"PB", "Anna"}, {"PW", white}, {"EV", "Club 9x9"}} {
		root.SetText(p[0], p[1])
	}
	if result != "" {
		root.SetText("RE", result)
	}
	var b strings.Builder
	if err := board.WriteSGF(&b, root); err != nil {
		t.Fatal(err)
	}
	e.opt.File = filepath.Join(t.TempDir(), "game.sgf")
	data := strings.TrimSuffix(strings.TrimSpace(b.String()), ")") + ";B[ee];W[cc])\n"
	if err := os.WriteFile(e.opt.File, []byte(data), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := gamefile.Read(disk.OS, e.opt.File); err != nil {
		t.Fatal(err)
	}
}

func TestAGameThatWasBegun(t *testing.T) {
	e := newEvening(t)
	begun(t, e, "Ben", "")
	m, err := e.seat(t)
	if err != nil || m.Begun == nil || m.Begun.Game.MoveCount() != 2 || m.table.Black.Name != "Anna" {
		t.Fatalf("%+v %v", m, err)
	}
	// One that is over is reported, or played again.
	e = newEvening(t)
	begun(t, e, "Ben", "B+R")
	if m, err = e.seat(t); err != nil || m.Begun == nil || len(e.ask.asked) != 1 {
		t.Errorf("%q %v", e.ask.asked, err)
	}
	// One of other people is not gone on with.
	e = newEvening(t)
	begun(t, e, "Chie", "")
	var wrong *FileError
	if _, err := e.seat(t); !errors.As(err, &wrong) || !strings.Contains(err.Error(), "another game: Anna – Chie") {
		t.Error(err)
	}
}
