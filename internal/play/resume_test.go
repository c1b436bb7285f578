package play

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/match"
)

// What was written down can be gone on with: the game with its handicap, and
// when and how surely each move was seen.
func TestReadWhatWasWritten(t *testing.T) {
	for _, handicap := range []int{0, 2} {
		rules, err := board.ParseRules("japanese")
		if err != nil {
			t.Fatal(err)
		}
		g, err := board.NewGame(board.Setup{Size: 9, Rules: rules, Komi: 6.5, Handicap: handicap})
		if err != nil {
			t.Fatal(err)
		}
		var played []match.Played
		for i, at := range []string{"E5", "C4", "pass", "D6"} {
			p, err := board.ParseGTP(at, 9)
			if err != nil {
				t.Fatal(err)
			}
			m := board.Move{Color: g.ToMove(), Point: p}
			if err := g.Play(m); err != nil {
				t.Fatal(err)
			}
			played = append(played, match.Played{Move: m, Frame: -1, Confidence: 1, Time: time.Duration(i) * 1500 * time.Millisecond})
		}
		played[1].Doubt = "the order was not seen"
		path := filepath.Join(t.TempDir(), "game.sgf")
		if err := WriteSGF(path, g, Labels{Black: match.Player{Name: "Anna"}, Played: played}); err != nil {
			t.Fatal(err)
		}
		b, err := ReadSGF(path)
		if err != nil || b == nil {
			t.Fatal(b, err)
		}
		if b.Result != nil || b.Root.Text("PB") != "Anna" || b.Game.Position() != g.Position() || b.Game.ToMove() != g.ToMove() {
			t.Errorf("handicap %d: read %+v", handicap, b)
		}
		if d := cmp.Diff(played, b.Played); d != "" {
			t.Errorf("handicap %d: %s", handicap, d)
		}
		// The relay goes on from there.
		r, err := match.NewRelay(match.RelayOptions{Begun: b.Game, Played: b.Played})
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Game(); got.MoveCount() != g.MoveCount() || got.Position() != g.Position() || len(r.Played()) != g.MoveCount() {
			t.Errorf("handicap %d: the relay has %d moves", handicap, got.MoveCount())
		}
		if err := WriteSGF(path, g, Labels{Result: &match.Result{Text: "W+R"}, Played: played}); err != nil {
			t.Fatal(err)
		}
		if b, err = ReadSGF(path); err != nil || b.Result == nil || b.Result.String() != "W+R" {
			t.Errorf("%+v %v", b, err)
		}
	}
}

func TestRecordsThatCannotGoOn(t *testing.T) {
	dir := t.TempDir()
	if b, err := ReadSGF(filepath.Join(dir, "none.sgf")); b != nil || err != nil {
		t.Error(b, err)
	}
	for text, want := range map[string]string{
		"(;FF[4]GM[1]SZ[9])": "", "": "no record", "<html>": "no record", "(;GM[1]SZ[9];B[aa])(;GM[1]SZ[9])": "2 games",
		"(;GM[1]SZ[9];B[aa];W[aa])": "no record", "(;GM[1]SZ[9]RE[who knows];B[aa])": "who knows",
	} {
		path := filepath.Join(dir, "x.sgf")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		b, err := ReadSGF(path)
		if b != nil || (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, %v", text, b, err)
		}
	}
}

// Names that come from elsewhere are written as they are shown.
func TestNamesAreWrittenPlain(t *testing.T) {
	g, err := board.NewGame(board.Setup{Size: 9})
	if err != nil {
		t.Fatal(err)
	}
	const hostile = "Eve\x1b[2J\u202emoc]\u200b\nx"
	path := filepath.Join(t.TempDir(), "game.sgf")
	who := match.Player{Name: hostile, Rank: hostile}
	if err := WriteSGF(path, g, Labels{Black: who, White: who, Name: hostile, Place: hostile, Result: &match.Result{Text: hostile}}); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	games, err := board.ParseSGF(data)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"PB", "BR", "PW", "WR", "GN", "PC", "RE"} {
		if got := games[0].Text(id); got != "Eve[2Jmoc] x" {
			t.Errorf("%s is %q", id, got)
		}
	}
}
