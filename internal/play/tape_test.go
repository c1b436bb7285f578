package play

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/adrg/xdg"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/disk"
	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/reading"
	"github.com/gobancam/gobancam/internal/recording"
	"github.com/gobancam/gobancam/internal/sim"
	"github.com/gobancam/gobancam/vision"
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
	tape, err := NewTape(dir, "a test", opt, recording.Options{}, func(err error) { t.Error(err) })
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
	data := game.Data{Epoch: 1, ID: 7, Name: "<b>&amp; a “name”", Setup: board.Setup{Size: 9, Rules: rules, Komi: 6.5},
		Phase: game.Playing, Me: board.Black, ToMove: board.Black, Players: [2]game.Player{{ID: 1, Name: "you"}, {ID: 2, Name: "they"}}}
	step(match.Input{Server: game.Connected{}})
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
	// Said beside what is decided: a replay does not say it again.
	tape.Announce(match.Event{Kind: match.EventAlarm, At: at, Frame: -1, Aside: true, Text: "The journal cannot be written."})
	pos.Set(board.Point{X: 4, Y: 4}, board.Black)
	look(15)
	step(match.Input{Server: game.Played{Number: 1, Move: board.Move{Color: board.Black, Point: board.Point{X: 4, Y: 4}}}})
	step(match.Input{Server: game.ClockChanged{Clocks: [2]game.Clock{{Text: "9:58.3"}, {Text: "10:00.0", Running: true}}, ToMove: board.White}})
	step(match.Input{Look: &match.Look{Err: os.ErrClosed}})
	step(match.Input{Server: game.Played{Number: 2, Move: board.Move{Color: board.White, Point: board.Point{X: 2, Y: 2}}}})
	step(match.Input{Server: game.UndoRequested{Undo: game.Undo{By: board.White, Number: 2}}})
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
	s, err := recording.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var again []match.Event
	run, err := Again(t.Context(), s, func(e match.Event) { again = append(again, e) }, nil)
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

// longTape plays and takes back moves in front of a tape whose ring keeps ten
// seconds; d decides. It returns what was said.
func longTape(t *testing.T, tape *Tape, d decider) (events []match.Event) {
	t.Helper()
	tape.Follow(d)
	at := time.Duration(0)
	step := func(in match.Input) {
		at += 100 * time.Millisecond
		in.At = at
		tape.Record(in)
		for _, e := range d.Step(in).Events {
			events = append(events, e)
			tape.Announce(e)
		}
	}
	rules, err := board.ParseRules("japanese")
	if err != nil {
		t.Fatal(err)
	}
	step(match.Input{Server: game.Data{Epoch: 1, ID: 7, Setup: board.Setup{Size: 9, Rules: rules}, Phase: game.Playing, ToMove: board.Black}})
	pos := board.NewPosition(9)
	frame := 0
	look := func(n int) {
		for range n {
			step(match.Input{Look: &match.Look{Reading: see(pos, frame, at)}})
			tape.Wire(false, []byte(`["net/pong",{"jwt":"s3cret"}]`))
			frame++
		}
	}
	look(15)
	for i := range 20 {
		m := board.Move{Color: board.Color(1 + i%2), Point: board.Point{X: int8(i % 9), Y: int8(2 * (i / 9))}}
		hidden := see(pos, frame, at)
		for p := range hidden.Points {
			hidden.Points[p] = reading.NewEvidence([reading.States]float64{-9, -9, -9, 0})
		}
		step(match.Input{Look: &match.Look{Reading: hidden}})
		pos.Set(m.Point, m.Color)
		look(15)
		step(match.Input{Server: game.Played{Number: i + 1, Move: m}})
	}
	look(10)
	if err := tape.Close(); err != nil {
		t.Fatal(err)
	}
	return events
}

// TestARingIsTakenAgainFromItsMiddle drops the beginning of recordings of a
// referee and of a relay; the rest must be decided the same, bit for bit.
func TestARingIsTakenAgainFromItsMiddle(t *testing.T) {
	ring := recording.Options{KeepFor: 10 * time.Second, KeepBytes: 1 << 20}
	alarm := func(err error) { t.Error(err) }
	for _, relayed := range []bool{false, true} {
		dir := filepath.Join(t.TempDir(), "tape")
		var tape *Tape
		var d decider
		var err error
		if relayed {
			opt := match.RelayOptions{Tuning: match.Live()}
			if d, err = match.NewRelay(opt); err == nil {
				tape, err = NewRelayTape(dir, "a test", opt, ring, alarm)
			}
		} else {
			// What the journal of an earlier run held is told by the checkpoint alone.
			d = match.New(match.Options{Journal: []match.Entry{{Kind: match.EntryPending, Game: 8, Ref: 3, Color: board.Black}}})
			tape, err = NewTape(dir, "a test", match.Options{}, ring, alarm)
		}
		if err != nil {
			t.Fatal(err)
		}
		all := longTape(t, tape, d)
		s, err := recording.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		moves := 0
		var said []match.Event
		run, err := Again(t.Context(), s, func(e match.Event) {
			said = append(said, e)
			if e.Kind == match.EventMove {
				moves++
			}
		}, nil)
		s.Close()
		if err != nil || run.Differs != "" || len(run.Damaged) > 0 {
			t.Fatalf("relay %v: %v, %s, %v", relayed, err, run.Differs, run.Damaged)
		}
		if run.From < 15*time.Second || run.Time-run.From < 8*time.Second || moves < 4 || len(said) >= len(all) {
			t.Errorf("relay %v: from %v to %v, %d moves, %d of %d events", relayed, run.From, run.Time, moves, len(said), len(all))
		}
		if run.Last.Number != 20 {
			t.Errorf("relay %v: %d moves in the end, want 20", relayed, run.Last.Number)
		}

		// Without its checkpoint it is noticed that it comes out differently.
		logs, err := filepath.Glob(filepath.Join(dir, "log-*.jsonl"))
		if err != nil || len(logs) == 0 {
			t.Fatal(logs, err)
		}
		text, err := os.ReadFile(logs[0])
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(text[:200], []byte(`"checkpoint"`)) || bytes.Contains(text, []byte("s3cret")) {
			t.Errorf("the ring begins with %s", text[:200])
		}
		_, rest, _ := bytes.Cut(text, []byte("\n"))
		if err := os.WriteFile(logs[0], rest, 0o644); err != nil {
			t.Fatal(err)
		}
		if s, err = recording.Open(dir); err != nil {
			t.Fatal(err)
		}
		run, err = Again(t.Context(), s, func(match.Event) {}, nil)
		s.Close()
		if err != nil || run.Differs == "" {
			t.Errorf("relay %v: without its beginning: %v, %q", relayed, err, run.Differs)
		}
	}
}

// lowDisk says that there is no room for a while.
type lowDisk struct {
	disk.FS
	asked, from, to int
}

func (d *lowDisk) Free(string) (int64, error) {
	d.asked++
	if d.asked > d.from && d.asked <= d.to {
		return 1000, nil
	}
	return 1 << 40, nil
}

// TestATapeYieldsOnASmallDisk fills the disk in the middle of a game: that is
// said once, and so is that it goes on; what is on the tape is decided again,
// bit for bit, with the gap told.
func TestATapeYieldsOnASmallDisk(t *testing.T) {
	for name, low := range map[string]lowDisk{
		"in the middle":        {from: 10, to: 20},
		"from the beginning":   {from: 0, to: 5},
		"to the end":           {from: 20, to: 1 << 30},
		"long enough for all":  {from: 1 << 30},
		"between two segments": {from: 14, to: 17},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "tape")
			low.FS = disk.OS
			var said []string
			d := match.New(match.Options{})
			tape, err := NewTape(dir, "a test", match.Options{}, recording.Options{KeepFor: 60 * time.Second, FS: &low}, func(err error) { said = append(said, err.Error()) })
			if err != nil {
				t.Fatal(err)
			}
			longTape(t, tape, d)
			s, err := recording.Open(dir)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			run, err := Again(t.Context(), s, nil, nil)
			if err != nil || run.Differs != "" {
				t.Fatalf("%v, %s", err, run.Differs)
			}
			pauses, ends := low.asked > low.from, low.asked > low.to
			want := 0
			if pauses {
				want++
				if ends {
					want++
				}
			}
			if len(said) != want || want > 0 && !strings.Contains(said[0], "pauses") || want > 1 && !strings.Contains(said[1], "goes on") {
				t.Errorf("it says %q", said)
			}
			if gaps := len(run.Damaged); gaps != max(0, want-1) {
				t.Errorf("%d gaps are told: %v", gaps, run.Damaged)
			}
			if (!pauses || ends) && run.Last.Number != 20 {
				t.Errorf("%d moves in the end, want 20", run.Last.Number)
			}
		})
	}
}

// Two sessions begun in one instant get a directory each, and one that is being
// recorded is not deleted for a new one.
func TestFlightsOfTwoProcesses(t *testing.T) {
	state := xdg.StateHome
	xdg.StateHome = t.TempDir()
	defer func() { xdg.StateHome = state }()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	dirs := map[string]bool{}
	var first *recording.Writer
	for i := range 3 * flights {
		dir, err := FlightDir(now.Add(time.Duration(i/2) * time.Second))
		if err != nil || dirs[dir] {
			t.Fatal(dir, err)
		}
		dirs[dir] = true
		w, err := recording.Create(dir, recording.Header{}, recording.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = w
			defer w.Close()
			if _, err := recording.Create(dir, recording.Header{}, recording.Options{}); err == nil || !strings.Contains(err.Error(), fmt.Sprint(os.Getpid())) {
				t.Errorf("a second recorder in the same place: %v", err)
			}
			continue
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	left := Flights()
	if len(left) != flights+1 || left[0] != first.Dir() {
		t.Errorf("left are %v", left)
	}
}

// TestPicturesOnTapeShowTheBoardAlone films an even picture: what lies beyond
// the board's surroundings is black, and nothing is kept of a board that has
// not been found.
func TestPicturesOnTapeShowTheBoardAlone(t *testing.T) {
	w, err := sim.New(sim.Default(9))
	if err != nil {
		t.Fatal(err)
	}
	spec := w.Spec()
	var gray bytes.Buffer
	even := image.NewGray(image.Rect(0, 0, spec.Width, spec.Height))
	for i := range even.Pix {
		even.Pix[i] = 200
	}
	if err := jpeg.Encode(&gray, even, nil); err != nil {
		t.Fatal(err)
	}
	// The board is far away: half as large, in the middle.
	for i, c := range spec.Corners {
		spec.Corners[i] = grid.Pt{X: float64(spec.Width)/2 + (c.X-float64(spec.Width)/2)/3, Y: float64(spec.Height)/2 + (c.Y-float64(spec.Height)/2)/3}
	}
	g, err := grid.New(spec)
	if err != nil {
		t.Fatal(err)
	}
	img, err := vision.Decode(gray.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	defer img.Close()
	dir := filepath.Join(t.TempDir(), "tape")
	tape, err := NewTape(dir, "a test", match.Options{}, recording.Options{}, func(err error) { t.Error(err) })
	if err != nil {
		t.Fatal(err)
	}
	tape.Record(match.Input{})
	found := see(board.NewPosition(9), 0, 0)
	lost := *found
	lost.Lock = reading.Lost
	for i, look := range []struct {
		g *grid.Grid
		r *reading.Reading
	}{{nil, nil}, {g, &lost}, {g, found}} {
		tape.mu.Lock()
		tape.filmed = time.Time{}
		tape.mu.Unlock()
		tape.Film(&vision.Frame{Number: i, Img: img}, look.g, look.r)
	}
	if err := tape.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "frames", "*"))
	if err != nil || len(files) != 1 || filepath.Base(files[0]) != "000002.jpg" {
		t.Fatalf("%v are kept, %v", files, err)
	}
	data, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	pic, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if b := pic.Bounds(); b.Dx() != spec.Width || b.Dy() != spec.Height {
		t.Fatalf("the picture is %v", b)
	}
	bright := func(x, y int) bool { r, _, _, _ := pic.At(x, y).RGBA(); return r > 0x4000 }
	if !bright(spec.Width/2, spec.Height/2) {
		t.Error("the board is black")
	}
	for _, c := range [][2]int{{5, 5}, {spec.Width - 5, 5}, {5, spec.Height - 5}, {spec.Width - 5, spec.Height - 5}, {spec.Width / 2, 5}} {
		if bright(c[0], c[1]) {
			t.Errorf("there is something at %v", c)
		}
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
	s, err := recording.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	run, err := Again(t.Context(), s, func(match.Event) {}, nil)
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
	s, err := recording.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	run, err := Again(t.Context(), s, func(match.Event) {}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if run.Inputs == 0 || len(run.Damaged) != 1 {
		t.Errorf("%d inputs, damage %v; want most of them and the torn line told", run.Inputs, run.Damaged)
	}
}

// TestRecordingsOfTheFirstEditionAreDecidedAsThen replays a recording that was
// made before recordings named the rules they were decided by. In it a stone
// that was sent is moved and taken for a new move, which is no longer so.
func TestRecordingsOfTheFirstEditionAreDecidedAsThen(t *testing.T) {
	for _, edition := range []int{match.FirstEdition, match.Edition} {
		dir := filepath.Join(t.TempDir(), "tape")
		sent := movedTape(t, dir, edition)
		if want := map[int]int{match.FirstEdition: 2, match.Edition: 1}[edition]; sent != want {
			t.Errorf("edition %d sent %d moves, want %d", edition, sent, want)
		}
		if edition == match.FirstEdition {
			header := filepath.Join(dir, "session.json")
			text, err := os.ReadFile(header)
			if err != nil {
				t.Fatal(err)
			}
			named := []byte(`"Edition": 1`)
			if !bytes.Contains(text, named) {
				t.Fatalf("the header names no edition: %s", text)
			}
			if err := os.WriteFile(header, bytes.Replace(text, named, []byte(`"NoEdition": 1`), 1), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		s, err := recording.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		run, err := Again(t.Context(), s, nil, nil)
		if err != nil || run.Differs != "" || len(run.Damaged) > 0 {
			t.Errorf("edition %d: %v; differs: %s; damaged: %v", edition, err, run.Differs, run.Damaged)
		}
	}
}

// movedTape plays E5 in front of a tape, lifts it after a while and puts it
// elsewhere after the opponent's answer; it returns how many moves were sent.
func movedTape(t *testing.T, dir string, edition int) (sent int) {
	t.Helper()
	opt := match.Options{Edition: edition}
	tape, err := NewTape(dir, "a test", opt, recording.Options{}, func(err error) { t.Error(err) })
	if err != nil {
		t.Fatal(err)
	}
	referee := match.New(opt)
	at, frame := time.Duration(0), 0
	step := func(in match.Input) {
		at += 100 * time.Millisecond
		in.At = at
		tape.Record(in)
		for _, e := range referee.Step(in).Events {
			tape.Announce(e)
			if e.Kind == match.EventSent {
				sent++
			}
		}
	}
	rules, err := board.ParseRules("japanese")
	if err != nil {
		t.Fatal(err)
	}
	step(match.Input{Server: game.Data{Epoch: 1, ID: 7, Setup: board.Setup{Size: 9, Rules: rules}, Phase: game.Playing, Me: board.Black, ToMove: board.Black}})
	pos := board.NewPosition(9)
	// look shows the board, and first a hand over the whole of it.
	look := func(n int) {
		for i := range n {
			r := see(pos, frame, at)
			for p := range r.Points {
				if i < 5 && frame > 20 {
					r.Points[p] = reading.Hidden
				}
			}
			step(match.Input{Look: &match.Look{Reading: r}})
			frame++
		}
	}
	look(21)
	e5, c3, g4 := board.Point{X: 4, Y: 4}, board.Point{X: 2, Y: 6}, board.Point{X: 6, Y: 5}
	pos.Set(e5, board.Black)
	look(30)
	step(match.Input{Server: game.Played{Number: 1, Move: board.Move{Color: board.Black, Point: e5}}})
	step(match.Input{Server: game.Played{Number: 2, Move: board.Move{Color: board.White, Point: c3}}})
	pos.Set(c3, board.White)
	look(30)
	pos.Set(e5, board.Empty)
	look(60)
	pos.Set(g4, board.Black)
	look(60)
	if err := tape.Close(); err != nil {
		t.Fatal(err)
	}
	return sent
}
