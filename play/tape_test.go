package play

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/match"
	"github.com/gobancam/gobancam/reading"
	"github.com/gobancam/gobancam/record"
)

// see is a clear reading of a position.
func see(pos board.Position, frame int, at time.Duration) *reading.Reading {
	r := &reading.Reading{Frame: frame, Time: at, Size: pos.Size(), Lock: reading.Locked}
	for p := range pos.Points() {
		ll := [reading.States]float64{-12.3, -12.3, -12.3, -9}
		ll[pos.At(p)] = 0
		r.Points = append(r.Points, reading.NewEvidence(ll))
	}
	return r
}

// tapeGame plays two moves and an undo request in front of a tape, and returns
// what the referee said.
func tapeGame(t *testing.T, dir string) []match.Event {
	t.Helper()
	opt := match.Options{Mode: match.AskBelow, Below: 0.9}
	tape, err := NewTape(dir, "a test", opt, record.Options{}, func(err error) { t.Error(err) })
	if err != nil {
		t.Fatal(err)
	}
	rules, err := board.ParseRules("japanese")
	if err != nil {
		t.Fatal(err)
	}
	referee := match.New(opt)
	var events []match.Event
	at := time.Duration(0)
	step := func(in match.Input) {
		at += 100 * time.Millisecond
		in.At = at
		tape.Record(in)
		for _, e := range referee.Step(in).Events {
			events = append(events, e)
			tape.Announce(e)
		}
	}
	data := match.GameData{Epoch: 1, ID: 7, Name: "<b>&amp; a “name”", Setup: board.Setup{Size: 9, Rules: rules, Komi: 6.5},
		Phase: match.Play, Me: board.Black, ToMove: board.Black, Players: [2]match.Player{{ID: 1, Name: "you"}, {ID: 2, Name: "they"}}}
	step(match.Input{Server: match.Connected{}})
	step(match.Input{Server: data})
	pos := board.NewPosition(9)
	frame := 0
	look := func(n int) {
		for range n {
			step(match.Input{Look: &match.Look{Reading: see(pos, frame, at)}})
			step(match.Input{})
			frame++
		}
	}
	look(15)
	pos.Set(board.Point{X: 4, Y: 4}, board.Black)
	look(15)
	step(match.Input{Server: match.MovePlayed{Number: 1, Move: board.Move{Color: board.Black, Point: board.Point{X: 4, Y: 4}}}})
	step(match.Input{Server: match.ClockChanged{Clocks: [2]match.Clock{{Text: "9:58.3"}, {Text: "10:00.0", Running: true}}, ToMove: board.White}})
	step(match.Input{Look: &match.Look{Err: os.ErrClosed}})
	step(match.Input{Server: match.MovePlayed{Number: 2, Move: board.Move{Color: board.White, Point: board.Point{X: 2, Y: 2}}}})
	step(match.Input{Server: match.UndoRequested{By: board.White, Number: 2}})
	step(match.Input{Command: &match.Command{Kind: match.CmdDeny}})
	look(5)
	if err := tape.Close(); err != nil {
		t.Fatal(err)
	}
	return events
}

func TestRecordedDecisionsAreTakenAgain(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "tape")
	first := tapeGame(t, dir)
	moves := 0
	for _, e := range first {
		if e.Kind == match.EventMove {
			moves++
		}
	}
	if moves != 2 {
		t.Fatalf("the recorded game has %d moves, want 2; events: %v", moves, first)
	}
	s, err := record.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var again []match.Event
	run, err := Again(s, func(e match.Event) { again = append(again, e) }, nil)
	if err != nil {
		t.Fatal(err)
	}
	if run.Differs != "" || len(run.Damaged) > 0 || len(again) != len(first) {
		t.Errorf("%d events recorded, %d again; differs: %s; damaged: %v", len(first), len(again), run.Differs, run.Damaged)
	}
	if run.Last == nil || run.Last.Number != 2 {
		t.Errorf("the last snapshot is %+v", run.Last)
	}
}

func TestAChangedRecordingIsNoticed(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "tape")
	tapeGame(t, dir)
	logs, err := filepath.Glob(filepath.Join(dir, "log-*.jsonl"))
	if err != nil || len(logs) == 0 {
		t.Fatal(logs, err)
	}
	b, err := os.ReadFile(logs[0])
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(b), `"event":"move"`, `"event":"undo"`, 1)
	if changed == string(b) {
		t.Fatal("there is no move event to change")
	}
	if err := os.WriteFile(logs[0], []byte(changed), 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := record.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	run, err := Again(s, func(match.Event) {}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if run.Differs == "" {
		t.Error("a changed event passed for the same")
	}
}

func TestATornRecordingIsStillUsed(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "tape")
	tapeGame(t, dir)
	logs, _ := filepath.Glob(filepath.Join(dir, "log-*.jsonl"))
	b, err := os.ReadFile(logs[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(logs[0], b[:len(b)*9/10], 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := record.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	run, err := Again(s, func(match.Event) {}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if run.Inputs == 0 || len(run.Damaged) != 1 {
		t.Errorf("%d inputs, damage %v; want most of them and the torn line told", run.Inputs, run.Damaged)
	}
}
