package play

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"sync"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/limits"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/reading"
	"github.com/gobancam/gobancam/internal/recording"
	"github.com/gobancam/gobancam/internal/version"
	"github.com/gobancam/gobancam/vision"
)

// The kinds of entries that a Tape adds to those of package record.
const (
	kindLook    = "look"   // a look without a reading: lookData
	kindServer  = "server" // what the server said: serverData
	kindCommand = "command"
	kindFailed  = "failed" // the journal could not be written: the request's Ref
	kindTick    = "tick"
	kindEvent   = "event" // what the referee said, as on the command line
	kindNote    = "note"  // what somebody else said, in words
	kindWire    = "wire"  // a message of the server's socket: wireData
)

// picturePause is the least time between two pictures on a tape: five a second
// show what hands do, at half the cost of all.
const picturePause = 190 * time.Millisecond

// lookData is a look without a reading.
type lookData struct {
	Error string `json:"error"`
	EOF   bool   `json:"eof,omitempty"` // there will be no more
}

// serverData is a match.ServerEvent with the name of its type.
type serverData struct {
	Type string          `json:"type"`
	Data json.RawMessage `json:"data"`
}

// wireData is a message on its way to the server or from it, its secrets masked.
type wireData struct {
	Sent    bool            `json:"sent,omitempty"`
	Message json.RawMessage `json:"message"`
}

// tapeConfig is a tape's configuration in the header of its recording: how the
// game is decided, by a referee or by a relay.
type tapeConfig struct {
	Referee *match.Options      `json:"referee,omitempty"`
	Relay   *match.RelayOptions `json:"relay,omitempty"`
}

// decider is a match.Referee or a match.Relay.
type decider interface {
	Step(match.Input) match.Output
	Snapshot() *match.Snapshot
	Game() *board.Game // nil before there is one
	Checkpoint() (json.RawMessage, error)
	Restore([]byte) error
	SameMemory(a, b []byte) (bool, error)
}

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
		return t.w.Event(in.At, kindServer, serverData{reflect.TypeOf(in.Server).Name(), data})
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

// beside is Film and then seen, which may be nil.
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

// goesOn says so after a pause.
func (t *Tape) goesOn() {
	t.mu.Lock()
	paused := t.paused
	t.paused = false
	t.mu.Unlock()
	if paused {
		t.alarm(errors.New("there is room on the disk again: the recording goes on, with a gap"))
	}
}

// Rerun is what taking the decisions of a recording once more came to.
type Rerun struct {
	Inputs, Events int
	From, Time     time.Duration // of the first and the last input
	Last           *match.Snapshot
	Game           *board.Game    // the record at the end; nil for none
	Played         []match.Played // how a relay saw its moves
	// Differs tells the first event that was not as recorded; empty if the
	// same events came again, bit for bit.
	Differs string
	Damaged []error // lines that could not be read
}

// Again feeds a recording to a new referee, or relay, as fast as it goes. One
// whose beginning was dropped is gone on with from its first checkpoint. voice
// and explain may be nil.
func Again(s *recording.Session, voice func(match.Event), explain func(match.Decision)) (Rerun, error) {
	return AgainContext(context.Background(), s, voice, explain)
}

// AgainContext is Again until ctx ends, whose error it returns then.
func AgainContext(ctx context.Context, s *recording.Session, voice func(match.Event), explain func(match.Decision)) (Rerun, error) {
	of, err := newDecider(s.Header.Config)
	if err != nil {
		return Rerun{}, err
	}
	var run Rerun
	var said [][]byte // by the new referee, not yet compared
	fresh := true     // nothing has been decided since the beginning, or a gap
	gap := false      // and until a checkpoint nothing can be
	differ := func(was, is any) {
		if run.Differs == "" {
			run.Differs = fmt.Sprintf("recorded %s, now %s", was, is)
		}
	}
	compare := func(recorded []byte) {
		recorded = canonical(recorded)
		switch {
		case len(said) == 0:
			differ(recorded, "nothing")
		case string(said[0]) != string(recorded):
			differ(recorded, said[0])
		}
		if len(said) > 0 && run.Differs == "" {
			said = said[1:]
		}
	}
	for e, err := range s.Entries() {
		if stop := enough(ctx, err, len(run.Damaged)); stop != nil {
			return run, stop
		}
		if err != nil {
			run.Damaged = append(run.Damaged, err)
			continue
		}
		switch {
		case e.Kind == recording.KindGap:
			run.Damaged = append(run.Damaged, fmt.Errorf("something is missing before second %.0f: the disk had no room for it", e.At.Seconds()))
			gap, fresh, said = true, true, nil
			continue
		case e.Kind == kindEvent && !fresh:
			compare(e.Data)
			continue
		case e.Kind == kindEvent:
			continue // of an input that was dropped
		case e.Kind == recording.KindCheckpoint && fresh:
			if gap {
				if of, err = newDecider(s.Header.Config); err != nil {
					return run, err
				}
				gap = false
			}
			if err := of.Restore(e.Data); err != nil {
				return run, err
			}
			if run.Inputs == 0 {
				run.From = e.At
			}
			continue
		case e.Kind == recording.KindCheckpoint:
			known, err := of.Checkpoint()
			if err != nil {
				return run, err
			}
			same, err := of.SameMemory(recording.Mask(known), e.Data)
			if err != nil {
				run.Damaged = append(run.Damaged, err)
			} else if !same {
				differ(fmt.Sprintf("what was known at %v", e.At), "something else")
			}
			continue
		}
		in, ok, err := inputOf(e)
		if err != nil {
			run.Damaged = append(run.Damaged, err)
		}
		if !ok || gap {
			continue
		}
		run.Inputs++
		fresh = false
		run.Time = e.At
		out := of.Step(in)
		for _, ev := range out.Events {
			run.Events++
			text, err := json.Marshal(ev)
			if err != nil {
				return run, err
			}
			if run.Differs == "" { // nothing is compared any more
				said = append(said, canonical(text))
			}
			if voice != nil {
				voice(ev)
			}
		}
		if len(said) > limits.Mistrusts {
			differ("nothing for long", said[0])
		}
		if explain != nil {
			for _, d := range out.Decisions {
				explain(d)
			}
		}
	}
	if len(said) > 0 && len(run.Damaged) == 0 {
		differ("nothing more", said[0])
	}
	run.Last = of.Snapshot()
	run.Game = of.Game()
	if r, ok := of.(*match.Relay); ok {
		run.Played = r.Played()
	}
	return run, nil
}

// enough says why a recording is not decided any further, if it is not: err is
// of the next entry, damaged how many could not be read.
func enough(ctx context.Context, err error, damaged int) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case limits.Exceeded(err):
		return err
	case damaged > limits.Damaged:
		return limits.Exceed("the rest is not decided", "more than %d entries of the recording are damaged", limits.Damaged)
	}
	return nil
}

// newDecider returns the one that a recording says decides.
func newDecider(config []byte) (decider, error) {
	var c tapeConfig
	if err := json.Unmarshal(config, &c); err != nil || c.Referee == nil && c.Relay == nil {
		return nil, ErrNoDecisions
	}
	if c.Relay != nil {
		// A recording that names no edition is older than editions are.
		c.Relay.Edition = cmp.Or(c.Relay.Edition, match.FirstRelayEdition)
		return match.NewRelay(*c.Relay)
	}
	c.Referee.Edition = cmp.Or(c.Referee.Edition, match.FirstEdition)
	if t := c.Referee.Tuning; t != (match.Tuning{}) {
		if err := t.Validate(); err != nil {
			return nil, fmt.Errorf("the recording was decided by %w", err)
		}
	}
	return match.New(*c.Referee), nil
}

// ErrNoDecisions says that a recording is not of a game that was decided here.
var ErrNoDecisions = errors.New("this recording holds no decisions, only pictures")

// canonical writes a JSON value with the members of objects in order, so that
// equal values are equal texts.
func canonical(text []byte) []byte {
	var v any
	if json.Unmarshal(text, &v) != nil {
		return text
	}
	sorted, err := json.Marshal(v)
	if err != nil {
		return text
	}
	return sorted
}

// inputOf decodes an entry; ok is false for those that are no input.
func inputOf(e recording.Entry) (in match.Input, ok bool, err error) {
	in.At = e.At
	switch e.Kind {
	case recording.KindReading:
		r, err := e.Reading()
		if err != nil {
			return in, false, err
		}
		in.Look = &match.Look{Reading: r}
	case kindLook:
		var d lookData
		if err := json.Unmarshal(e.Data, &d); err != nil {
			return in, false, err
		}
		in.Look = &match.Look{Err: errors.New(d.Error)}
		if d.EOF {
			in.Look.Err = io.EOF
		}
	case kindServer:
		var d serverData
		if err := json.Unmarshal(e.Data, &d); err != nil {
			return in, false, err
		}
		in.Server, err = serverEvent(d)
		if err != nil {
			return in, false, err
		}
	case kindCommand:
		in.Command = &match.Command{}
		if err := json.Unmarshal(e.Data, in.Command); err != nil {
			return in, false, err
		}
	case kindFailed:
		if err := json.Unmarshal(e.Data, &in.Failed); err != nil {
			return in, false, err
		}
	case kindTick:
	default:
		return in, false, nil
	}
	return in, true, nil
}

// serverEvents are the types by name.
var serverEvents = func() map[string]reflect.Type {
	m := map[string]reflect.Type{}
	for _, e := range []match.ServerEvent{match.GameData{}, match.MovePlayed{}, match.Acknowledged{}, match.Refused{},
		match.PhaseChanged{}, match.UndoRequested{}, match.UndoCanceled{}, match.UndoAccepted{}, match.ClockChanged{},
		match.PauseChanged{}, match.RemovalChanged{}, match.RemovalAccepted{}, match.GameFinished{}, match.Connected{},
		match.Disconnected{}, match.ServerSaid{}} {
		m[reflect.TypeOf(e).Name()] = reflect.TypeOf(e)
	}
	return m
}()

func serverEvent(d serverData) (match.ServerEvent, error) {
	t, ok := serverEvents[d.Type]
	if !ok {
		return nil, fmt.Errorf("the recording holds a server event %q that this gobancam does not know", d.Type)
	}
	v := reflect.New(t)
	if err := json.Unmarshal(d.Data, v.Interface()); err != nil {
		return nil, fmt.Errorf("a server event %s of the recording: %w", d.Type, err)
	}
	return v.Elem().Interface().(match.ServerEvent), nil
}
