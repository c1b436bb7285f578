package seat

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/app/apptest"
	"github.com/gobancam/gobancam/internal/app/camera"
	"github.com/gobancam/gobancam/internal/app/face"
	"github.com/gobancam/gobancam/internal/app/failure"
	"github.com/gobancam/gobancam/internal/app/state"
	"github.com/gobancam/gobancam/internal/gamefile"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/play"
	"github.com/gobancam/gobancam/ogs"
	"github.com/gobancam/gobancam/ogs/ogstest"
)

// A seat is taken, the game left, and the same game taken up again at it: what
// the first one held has been let go.
func TestSeatAndLeave(t *testing.T) {
	if testing.Short() {
		t.Skip("a simulated board takes its time")
	}
	w := apptest.NewWorld(t)
	g := w.Game(t, "Tuesday")
	client := w.Client(t)
	session, err := ogs.Connect(t.Context(), client)
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	var page apptest.Page
	s := &Seat{
		Options: Options{Camera: camera.Choice{Name: "sim:9"}, Referee: match.Options{Mode: match.Ask}, Challenges: "look out of the window"},
		Face:    face.New(&page, true), Lines: face.ReadLines(t.Context(), strings.NewReader("")), Log: slog.New(slog.DiscardHandler),
	}
	for round := range 2 {
		game, err := session.Join(t.Context(), ogs.ID(g.ID))
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan error, 1)
		go func() { done <- s.Play(t.Context(), client, session, game) }()
		page.Expect(t, "Looking at the board.")
		if round == 0 {
			page.Expect(t, `"state":"your-turn"`)
			w.ChallengeFor(w.Bob, w.Alice, ogstest.Setup{Name: "Come on", Size: 9})
			page.Expect(t, "bob challenges you; look out of the window after this game.")
		}
		if !s.Orders.On() {
			t.Error("no game is on")
		}
		if !s.Orders.Give(t.Context(), match.Command{Kind: match.CmdQuit}) {
			t.Error("the game does not let itself be left")
		}
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		game.Leave()
		if s.Orders.On() {
			t.Error("a game is still on")
		}
	}
	if id := state.LastGame(client.Server()); id != ogs.ID(g.ID) {
		t.Errorf("the last game is %d", id)
	}
	if flights := play.Flights(); len(flights) != 2 {
		t.Errorf("recorded are %q", flights)
	}
	if outcome, _ := g.Outcome(); outcome != "" {
		t.Errorf("leaving a game ended it: %s", outcome)
	}
}

// A second seat does not get the game, and says who has it.
func TestOneSeatForAGame(t *testing.T) {
	apptest.Home(t)
	journal, err := openJournal("https://a.example", 7)
	if err != nil {
		t.Fatal(err)
	}
	if second, err := openJournal("https://a.example", 7); err == nil {
		second.Close()
		t.Error("two have the journal of a game")
	}
	journal.Close()
	again, err := openJournal("https://a.example", 7)
	if err != nil {
		t.Fatal(err)
	}
	again.Close()
}

// fakeMatch is a match of a tournament that does not exist.
type fakeMatch struct {
	keeper  *gamefile.Keeper
	report  *board.Result
	stopped bool
}

func (m *fakeMatch) Keeper() *gamefile.Keeper                       { return m.keeper }
func (m *fakeMatch) Begun() *gamefile.Found                         { return m.keeper.Found() }
func (m *fakeMatch) Size(asked int) int                             { return asked }
func (m *fakeMatch) Sign(*board.Node)                               {}
func (m *fakeMatch) Stop()                                          { m.stopped = true }
func (m *fakeMatch) Finish(context.Context, play.Relayed) error     { return errors.New("it was played") }
func (m *fakeMatch) Report(_ context.Context, r board.Result) error { m.report = &r; return nil }

// atBoard is a board without a camera, at which these lines are said.
func atBoard(t *testing.T, out *bytes.Buffer, lines string) *Board {
	return &Board{Camera: camera.Choice{Name: filepath.Join(t.TempDir(), "none")}, Face: face.New(out, true),
		Lines: face.ReadLines(t.Context(), strings.NewReader(lines)), GoOn: func(file string) string { return "more of " + file }}
}

// over is a record of a game that is over.
func over(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "over.sgf")
	if err := os.WriteFile(file, []byte("(;GM[1]FF[4]CA[UTF-8]AP[gobancam:1]SZ[9]RE[B+R];B[ee];W[cg])"), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// A game of a match that was over is reported, without a camera; one of none is
// not gone on with.
func TestBoardOfAGameThatIsOver(t *testing.T) {
	apptest.Home(t)
	var out bytes.Buffer
	b := atBoard(t, &out, "")
	m := &fakeMatch{}
	var err error
	if m.keeper, err = OpenRecord(gamefile.Options{Path: over(t)}, b.Face); err != nil {
		t.Fatal(err)
	}
	b.Match = func(context.Context, func(context.Context) (string, error)) (Match, error) { return m, nil }
	if err := b.Play(t.Context()); err != nil || m.report == nil || m.report.String() != "B+R" || !m.stopped {
		t.Errorf("%v; reported was %v, stopped %v", err, m.report, m.stopped)
	}

	b = atBoard(t, &out, "")
	b.SGF = over(t)
	if err := b.Play(t.Context()); failure.Of(err) != failure.Misuse || !strings.Contains(err.Error(), "is over (B+R)") {
		t.Error(err)
	}
}

// Whoever quits at a question before the game has begun nothing.
func TestBoardQuitBeforeTheGame(t *testing.T) {
	apptest.Home(t)
	var out bytes.Buffer
	b := atBoard(t, &out, " Quit \n")
	b.Match = func(ctx context.Context, answer func(context.Context) (string, error)) (Match, error) {
		_, err := answer(ctx)
		return nil, err
	}
	if err := b.Play(t.Context()); err != nil || out.Len() != 0 {
		t.Errorf("%v, said was %s", err, &out)
	}
}

// A game whose record is nowhere ends as what it ended with.
func TestUnkeptRecord(t *testing.T) {
	silent, lost := failure.As(failure.Unsure, errors.New("")), errors.New("the record is lost")
	err := error(&unkeptError{silent, lost})
	if err.Error() != "the record is lost" || failure.Of(err) != failure.Unsure || !errors.Is(err, lost) {
		t.Errorf("%v of kind %d", err, failure.Of(err))
	}
	err = &unkeptError{errors.New("the camera broke"), lost}
	if err.Error() != "the camera broke; and the record is lost" || failure.Of(err) != failure.Other {
		t.Errorf("%v of kind %d", err, failure.Of(err))
	}
}
