package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gobancam/gobancam/internal/club"
)

// written is a report as released versions have written it.
const written = `{
  "id": "019aa1c4-6f00-7d2e-9f0e-3d1c5a7b9e01",
  "api": "https://api.challonge.com/v2.1",
  "community": "goclub",
  "tournament": "15811111",
  "match": "398765432",
  "result": {
    "player1": "235489401",
    "player2": "235489402",
    "sets": [
      [
        1,
        0
      ]
    ],
    "winner": "235489401"
  },
  "text": "round 1, match A: Anna (B) – Ben (W), B+R: Anna wins",
  "confirmed": {
    "by": "the players",
    "at": "2026-10-22T18:30:00Z"
  },
  "link": "https://online-go.com/game/1",
  "sgf": "(;GM[1])",
  "replaces": true,
  "other": "0-1, won by participant 235489402",
  "state": "waiting",
  "created": "2026-10-22T18:30:00Z",
  "attempts": 2,
  "problem": "no answer from Challonge, or one that cannot be used",
  "next": "2026-10-22T18:31:00Z"
}
`

// board is a site with one match, in memory.
type board struct {
	match  club.Match
	texts  []string
	err    error // of the next call
	sent   int
	refuse bool
}

func (*board) Name() string { return "the wall of the club" }

func (b *board) Tournament(context.Context, string) (club.Tournament, error) {
	return club.Tournament{TakesGames: true}, nil
}

func (b *board) Match(context.Context, string, string) (club.Match, error) {
	err := b.err
	b.err = nil
	return b.match, err
}

func (b *board) Report(_ context.Context, _, _ string, r club.Result) (club.Match, error) {
	if b.refuse {
		return club.Match{}, &club.Problem{Err: errors.New("the pen is dry"), Refused: true}
	}
	b.sent++
	b.match.State, b.match.Winner, b.match.Sets = club.Complete, r.Winner, r.Sets
	return b.match, nil
}

func (b *board) Attached(context.Context, string, string) ([]string, error) { return b.texts, nil }

func (b *board) Attach(_ context.Context, _, _, link, text string) error {
	b.texts = append(b.texts, link+" "+text)
	return nil
}

func (b *board) connect(context.Context, Report) (Sender, error) { return b, nil }

// What a released version left on a disk is read, sent to any site and written
// back in the same form.
func TestReportsOfReleasedVersions(t *testing.T) {
	box, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	const id = "019aa1c4-6f00-7d2e-9f0e-3d1c5a7b9e01"
	file := filepath.Join(box.Dir(), id+".report.json")
	if err := os.WriteFile(file, []byte(written), 0o600); err != nil {
		t.Fatal(err)
	}
	list, err := box.Reports()
	if err != nil || len(list) != 1 {
		t.Fatalf("%+v %v", list, err)
	}
	if again, _ := json.MarshalIndent(list[0], "", "  "); string(again)+"\n" != written {
		t.Errorf("it is written back as %s", again)
	}
	there := &board{match: club.Match{ID: "398765432", State: club.Complete, Player1: "235489401", Player2: "235489402", Winner: "235489402", Sets: [][2]int{{0, 1}}}}
	sent, err := box.Flush(t.Context(), there.connect)
	if err != nil || len(sent.Taken) != 1 || there.sent != 1 || len(there.texts) != 1 || !strings.Contains(there.texts[0], "[gobancam "+id+"]") {
		t.Errorf("%+v, %+v, %v", sent, there, err)
	}
}

func TestWhatAnErrorMeans(t *testing.T) {
	box, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	there := &board{match: club.Match{ID: "7", State: club.Open, Player1: "1", Player2: "2"}}
	if _, err := box.Add(Report{API: "wall", Tournament: "t", Match: "7", Confirmed: Confirmation{By: "the players"},
		Result: club.Result{Player1: "1", Player2: "2", Winner: "1", Sets: [][2]int{{1, 0}}}}); err != nil {
		t.Fatal(err)
	}
	later := time.Now().Add(5 * time.Hour)
	there.err = &club.Problem{Err: errors.New("the room is closed"), Again: true, Until: later}
	sent, err := box.Flush(t.Context(), there.connect)
	if err != nil || len(sent.Waiting) != 1 || sent.Next.Before(later.Add(-time.Minute)) {
		t.Errorf("until later: %+v %v", sent, err)
	}
	there.refuse = true
	if sent, err = box.FlushAll(t.Context(), there.connect); err != nil || len(sent.Held) != 1 || sent.Held[0].Problem != "the pen is dry" {
		t.Errorf("refused: %+v %v", sent, err)
	}
	there.refuse, there.match.State, there.match.Winner = false, club.Complete, "2"
	if err := box.Release(t.Context(), sent.Held[0].ID, "the organiser"); err != nil {
		t.Fatal(err)
	}
	there.match.State = club.Pending
	if sent, err = box.FlushAll(t.Context(), there.connect); err != nil || len(sent.Held) != 1 || !strings.Contains(sent.Held[0].Problem, "the wall of the club") {
		t.Errorf("held: %+v %v", sent, err)
	}
}
