package seat

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/gtp"
	"github.com/gobancam/gobancam/internal/app/apptest"
	"github.com/gobancam/gobancam/internal/app/camera"
	"github.com/gobancam/gobancam/internal/app/face"
	"github.com/gobancam/gobancam/internal/engine"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/patient"
)

// TestProgramAtASimulatedBoard plays with GNU Go before the simulated camera;
// the program is killed on the way, the game left, taken up again from its file,
// and resigned.
func TestProgramAtASimulatedBoard(t *testing.T) {
	if testing.Short() {
		t.Skip("a simulated board takes its time")
	}
	if _, err := gtp.Find("gnugo"); err != nil {
		t.Skip("GNU Go is not installed: ", err)
	}
	apptest.Home(t)
	rules, err := board.ParseRules("japanese")
	if err != nil {
		t.Fatal(err)
	}
	pid := filepath.Join(t.TempDir(), "pid")
	gnugo, err := gtp.Find("gnugo")
	if err != nil {
		t.Fatal(err)
	}
	g := ProgramGame{Line: `sh -c 'echo $$ >` + pid + `; exec ` + gnugo + ` --mode gtp --level 0'`, You: "Ada",
		Setup: board.Setup{Size: 9, Rules: rules, Komi: 6.5}, GoOn: func(file string) string { return "more of " + file }}
	if g.Time, err = engine.ParseTime("30m+3x30s"); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "game.sgf")
	kept := 0
	for round := range 2 {
		var page apptest.Page
		s := &Seat{Options: Options{Camera: camera.Choice{Name: "sim:9"}, SGF: file},
			Face: face.New(&page, true), Lines: face.ReadLines(t.Context(), strings.NewReader("")), Log: slog.New(slog.DiscardHandler)}
		done := make(chan error, 1)
		go func() { done <- s.PlayProgram(t.Context(), g) }()
		if round > 0 {
			page.Expect(t, "the clocks go on: Black has 2")
			page.Expect(t, "has been told the")
		}
		page.Expect(t, `"state":"your-turn"`)
		if round == 0 {
			page.Expect(t, `"event":"move","number":2`)
			kill(t, pid)
			page.Expect(t, "goes on with the game")
			page.Expect(t, `"event":"move","number":4`)
			give(t, s, match.CmdQuit)
		} else {
			give(t, s, match.CmdResign)
			page.Expect(t, `"question":"resign"`)
			give(t, s, match.CmdAccept)
			page.Expect(t, `"result":"W+R"`)
		}
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if round == 0 {
			page.Expect(t, "more of "+file+" goes on with it")
		}
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		games, err := board.ParseSGF(data)
		if err != nil {
			t.Fatal(err)
		}
		played, err := games[0].Game()
		if err != nil || played.MoveCount() < 4 || played.MoveCount() < kept {
			t.Errorf("%v in %s", err, data)
		}
		kept = played.MoveCount()
		if line := games[0].MainLine(); round == 0 && (games[0].Text("TM") != "1800" || line[len(line)-1].Text("BL") == "" || line[len(line)-1].Text("WL") == "") {
			t.Errorf("the record does not say what is left: %s", data)
		}
		g.Time = engine.Time{} // what the record says counts
		if pb := games[0].Text("PB"); pb != "Ada" {
			t.Errorf("black is %q", pb)
		}
	}
}

func kill(t *testing.T, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	pid := 0
	for _, c := range strings.TrimSpace(string(text)) {
		pid = 10*pid + int(c-'0')
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
}

func give(t *testing.T, s *Seat, k match.CommandKind) {
	t.Helper()
	ctx, stop := patient.Context(t.Context(), 10*time.Second)
	defer stop()
	if !s.Orders.Give(ctx, match.Command{Kind: k}) {
		t.Fatalf("the game does not take %s", k)
	}
}
