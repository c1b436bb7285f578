package play

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"sync"
	"time"

	"github.com/gobancam/gobancam/grid"
	"github.com/gobancam/gobancam/match"
	"github.com/gobancam/gobancam/reading"
	"github.com/gobancam/gobancam/record"
	"github.com/gobancam/gobancam/version"
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

// tapeConfig is a tape's configuration in the header of its recording.
type tapeConfig struct {
	Referee match.Options `json:"referee"`
}

// Tape records all that a referee is told, so that the same decisions can be
// taken from it again, with pictures beside it. It implements match.Recorder.
// A tape that cannot be written says so once and never stops a game.
type Tape struct {
	w     *record.Writer
	alarm func(error)

	mu     sync.Mutex
	begun  time.Time // when the referee's time began
	failed bool
	filmed time.Time
}

// NewTape begins a recording in dir. alarm is told when it cannot go on.
func NewTape(dir, source string, referee match.Options, opt record.Options, alarm func(error)) (*Tape, error) {
	config, err := json.Marshal(tapeConfig{referee})
	if err != nil {
		return nil, fmt.Errorf("the recording cannot be begun: %w", err)
	}
	w, err := record.Create(dir, record.Header{
		Versions: map[string]string{"gobancam": version.Version, "opencv": vision.OpenCVVersion()},
		Source:   source, Config: config,
	}, opt)
	if err != nil {
		return nil, err
	}
	return &Tape{w: w, alarm: alarm}, nil
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
	t.check(t.write(in))
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
	t.check(t.w.Event(e.At, kindEvent, e))
	switch e.Kind {
	case match.EventMove, match.EventQuestion, match.EventBump, match.EventUndo, match.EventAlarm:
		t.check(t.w.Mark(e.At))
	}
}

// Film records a picture: the board and its surroundings, black beyond.
func (t *Tape) Film(f *vision.Frame, g *grid.Grid, _ *reading.Reading) {
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

func (t *Tape) check(err error) {
	if err == nil || errors.Is(err, record.ErrClosed) {
		return
	}
	t.mu.Lock()
	first := !t.failed
	t.failed = true
	t.mu.Unlock()
	if first {
		t.alarm(fmt.Errorf("the recording is not complete; the game goes on: %w", err))
	}
}

// Rerun is what taking the decisions of a recording once more came to.
type Rerun struct {
	Inputs, Events int
	Time           time.Duration
	Last           *match.Snapshot
	// Differs tells the first event that was not as recorded; empty if the
	// same events came again, bit for bit.
	Differs string
	Damaged []error // lines that could not be read
}

// Again feeds a recording to a new referee, as fast as it goes.
func Again(s *record.Session, voice func(match.Event), explain func(match.Decision)) (Rerun, error) {
	var config tapeConfig
	if err := json.Unmarshal(s.Header.Config, &config); err != nil {
		return Rerun{}, fmt.Errorf("this recording is not of a game with a referee: %w", err)
	}
	referee := match.New(config.Referee)
	var run Rerun
	var said [][]byte // by the new referee, not yet compared
	compare := func(recorded []byte) {
		recorded = canonical(recorded)
		switch {
		case run.Differs != "":
		case len(said) == 0:
			run.Differs = fmt.Sprintf("recorded %s, now nothing", recorded)
		case string(said[0]) != string(recorded):
			run.Differs = fmt.Sprintf("recorded %s, now %s", recorded, said[0])
		}
		if len(said) > 0 {
			said = said[1:]
		}
	}
	for e, err := range s.Entries() {
		if err != nil {
			run.Damaged = append(run.Damaged, err)
			continue
		}
		if e.Kind == kindEvent {
			compare(e.Data)
			continue
		}
		in, ok, err := inputOf(e)
		if err != nil {
			run.Damaged = append(run.Damaged, err)
		}
		if !ok {
			continue
		}
		run.Inputs++
		run.Time = e.At
		out := referee.Step(in)
		for _, ev := range out.Events {
			run.Events++
			text, err := json.Marshal(ev)
			if err != nil {
				return run, err
			}
			said = append(said, canonical(text))
			voice(ev)
		}
		if explain != nil {
			for _, d := range out.Decisions {
				explain(d)
			}
		}
	}
	if len(said) > 0 && run.Differs == "" && len(run.Damaged) == 0 {
		run.Differs = fmt.Sprintf("recorded nothing more, now %s", said[0])
	}
	run.Last = referee.Snapshot()
	return run, nil
}

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
func inputOf(e record.Entry) (in match.Input, ok bool, err error) {
	in.At = e.At
	switch e.Kind {
	case record.KindReading:
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
