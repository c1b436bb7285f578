package play

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"sync"
	"time"

	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/reading"
	"github.com/gobancam/gobancam/internal/recording"
	"github.com/gobancam/gobancam/internal/version"
	"github.com/gobancam/gobancam/vision"
)

// picturePause is the least time between two pictures on a tape: five a second
// show what hands do, at half the cost of all.
const picturePause = 190 * time.Millisecond

// Tape records all that a referee or a relay is told, so that the same
// decisions can be taken from it again, with pictures beside it. It implements
// match.Recorder. A tape that cannot be written says so once and never stops a
// game.
type Tape struct {
	w     *recording.Writer
	alarm func(error)
	of    decider // of the goroutine that calls Record

	mu     sync.Mutex
	begun  time.Time // when the referee's time began
	failed bool      // that was said
	paused bool      // for want of room; that was said
	filmed time.Time
}

// NewTape begins a recording in dir of what source shows and a referee decides.
// alarm is told when it cannot go on.
func NewTape(dir, source string, referee match.Options, opt recording.Options, alarm func(error)) (*Tape, error) {
	return newTape(dir, source, tapeConfig{Referee: &referee}, opt, alarm)
}

// NewRelayTape is NewTape for what a relay decides.
func NewRelayTape(dir, source string, relay match.RelayOptions, opt recording.Options, alarm func(error)) (*Tape, error) {
	return newTape(dir, source, tapeConfig{Relay: &relay}, opt, alarm)
}

func newTape(dir, source string, how tapeConfig, opt recording.Options, alarm func(error)) (*Tape, error) {
	if how.Referee != nil {
		how.Referee.Edition = cmp.Or(how.Referee.Edition, match.Edition)
	}
	if how.Relay != nil {
		how.Relay.Edition = cmp.Or(how.Relay.Edition, match.RelayEdition)
	}
	config, err := json.Marshal(how)
	if err != nil {
		return nil, fmt.Errorf("the recording cannot be begun: %w", err)
	}
	t := &Tape{alarm: alarm}
	opt.Checkpoint = func() any { return t.checkpoint() }
	t.w, err = recording.Create(dir, recording.Header{
		Versions: map[string]string{"gobancam": version.Version, "opencv": vision.OpenCVVersion()},
		Source:   source, Config: config,
	}, opt)
	if err != nil {
		return nil, err
	}
	return t, nil
}

// Follow names the one whose inputs are about to be recorded, and writes down
// what it knows before the first.
func (t *Tape) Follow(d decider) {
	t.of = d
	if known := t.checkpoint(); known != nil {
		t.check(t.w.Event(0, recording.KindCheckpoint, known))
	}
}

// checkpoint is what the one that decides knows now.
func (t *Tape) checkpoint() any {
	if t.of == nil {
		return nil
	}
	known, err := t.of.Checkpoint()
	if err != nil {
		t.check(err)
		return nil
	}
	return known
}

// Close ends the recording.
func (t *Tape) Close() error { return t.w.Close() }

// Record implements match.Recorder.
func (t *Tape) Record(in match.Input) {
	t.mu.Lock()
	if t.begun.IsZero() {
		t.begun = time.Now().Add(-in.At)
	}
	t.mu.Unlock()
	err := t.write(in)
	t.check(err)
	if err == nil {
		t.goesOn()
	}
}

func (t *Tape) write(in match.Input) error {
	switch {
	case in.Look != nil && in.Look.Reading != nil:
		return t.w.Reading(in.At, in.Look.Reading)
	case in.Look != nil:
		d := lookData{EOF: errors.Is(in.Look.Err, io.EOF)}
		if in.Look.Err != nil {
			d.Error = in.Look.Err.Error()
		}
		return t.w.Event(in.At, kindLook, d)
	case in.Server != nil:
		data, err := json.Marshal(in.Server)
		if err != nil {
			return err
		}
		return t.w.Event(in.At, kindServer, serverData{serverNames[reflect.TypeOf(in.Server)], data})
	case in.Command != nil:
		return t.w.Event(in.At, kindCommand, in.Command)
	case in.Failed != 0:
		return t.w.Event(in.At, kindFailed, in.Failed)
	}
	return t.w.Event(in.At, kindTick, nil)
}

// Announce records what the referee said, and keeps the pictures around a
// decision. It implements match.Voice.
func (t *Tape) Announce(e match.Event) {
	if e.Aside {
		t.Note(e.At, e.Text)
		return
	}
	t.check(t.w.Event(e.At, kindEvent, e))
	switch e.Kind {
	case match.EventSent, match.EventMove, match.EventQuestion, match.EventRefused, match.EventBump, match.EventUndo, match.EventSetup, match.EventAlarm:
	case match.EventState:
		switch e.State {
		case match.StateMisplaced, match.StateMissing, match.StateUnexpected, match.StateSetup, match.StateBoardMoved:
		default:
			return
		}
	default:
		return
	}
	t.check(t.w.Mark(e.At))
}

// Note records what was said by somebody else.
func (t *Tape) Note(at time.Duration, text string) { t.check(t.w.Aside(at, kindNote, text)) }

// Wire records a message to or from the server as it is, but for its secrets.
// It may be called from any goroutine.
func (t *Tape) Wire(sent bool, message []byte) {
	if !json.Valid(message) {
		message, _ = json.Marshal(string(message))
	}
	t.check(t.w.Aside(t.time(), kindWire, wireData{sent, message}))
}

// time is the referee's time now; 0 before it began.
func (t *Tape) time() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.begun.IsZero() {
		return 0
	}
	return time.Since(t.begun)
}

// Film records a picture: the board and its surroundings, black beyond. Where
// it is not known where the board is, nothing is recorded: people may be there.
func (t *Tape) Film(f *vision.Frame, g *grid.Grid, r *reading.Reading) {
	if g == nil || r == nil || r.Lock == reading.Lost {
		return
	}
	t.mu.Lock()
	now := time.Now()
	due := now.Sub(t.filmed) >= picturePause && !t.begun.IsZero()
	if due {
		t.filmed = now
	}
	at := now.Sub(t.begun)
	t.mu.Unlock()
	if !due {
		return
	}
	jpeg, err := vision.EncodeSurroundings(f.Img, g)
	if err == nil {
		err = t.w.Frame(at, f.Number, jpeg)
	}
	t.check(err)
}

// beside calls Film and then seen, which may be nil.
func (t *Tape) beside(seen func(*vision.Frame, *grid.Grid, *reading.Reading)) func(*vision.Frame, *grid.Grid, *reading.Reading) {
	return func(f *vision.Frame, g *grid.Grid, r *reading.Reading) {
		t.Film(f, g, r)
		if seen != nil {
			seen(f, g, r)
		}
	}
}

// check says that the recording pauses for want of room, or, once, that
// something is missing from it.
func (t *Tape) check(err error) {
	if err == nil || errors.Is(err, recording.ErrClosed) {
		return
	}
	short := errors.Is(err, recording.ErrNoRoom)
	t.mu.Lock()
	pauses, fails := short && !t.paused, !short && !t.failed
	t.paused, t.failed = t.paused || short, t.failed || fails
	t.mu.Unlock()
	switch {
	case pauses:
		t.alarm(fmt.Errorf("the recording pauses, the game does not: %w. Make room, and the recording goes on by itself", err))
	case fails:
		t.alarm(fmt.Errorf("the recording is not complete; the game goes on: %w", err))
	}
}

// goesOn announces that the recording goes on after a pause.
func (t *Tape) goesOn() {
	t.mu.Lock()
	paused := t.paused
	t.paused = false
	t.mu.Unlock()
	if paused {
		t.alarm(errors.New("there is room on the disk again: the recording goes on, with a gap"))
	}
}
