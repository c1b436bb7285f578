package play

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"

	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/recording"
)

// The kinds of entries that a Tape adds to those of package recording.
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

// tapeConfig is a tape's configuration in the header of its recording: how the
// game is decided, by a referee or by a relay.
type tapeConfig struct {
	Referee *match.Options      `json:"referee,omitempty"`
	Relay   *match.RelayOptions `json:"relay,omitempty"`
}

// lookData is a look without a reading.
type lookData struct {
	Error string `json:"error"`
	EOF   bool   `json:"eof,omitempty"` // there will be no more
}

// serverData is a game.Event with its name in serverEvents.
type serverData struct {
	Type string          `json:"type"`
	Data json.RawMessage `json:"data"`
}

// wireData is a message on its way to the server or from it, its secrets masked.
type wireData struct {
	Sent    bool            `json:"sent,omitempty"`
	Message json.RawMessage `json:"message"`
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

// serverEvents are the events by the names that they have in recordings, which
// are older than those of package game.
var serverEvents = map[string]game.Event{
	"GameData": game.Data{}, "MovePlayed": game.Played{}, "Acknowledged": game.Acknowledged{}, "Refused": game.Refused{},
	"PhaseChanged": game.PhaseChanged{}, "UndoRequested": game.UndoRequested{}, "UndoCanceled": game.UndoCanceled{},
	"UndoAccepted": game.UndoAccepted{}, "ClockChanged": game.ClockChanged{}, "PauseChanged": game.PauseChanged{},
	"RemovalChanged": game.RemovalChanged{}, "RemovalAccepted": game.RemovalAccepted{}, "GameFinished": game.Finished{},
	"Connected": game.Connected{}, "Disconnected": game.Disconnected{}, "ServerSaid": game.Said{},
}

// serverNames are the names of serverEvents by type.
var serverNames = func() map[reflect.Type]string {
	m := map[reflect.Type]string{}
	for name, e := range serverEvents {
		m[reflect.TypeOf(e)] = name
	}
	return m
}()

func serverEvent(d serverData) (game.Event, error) {
	e, ok := serverEvents[d.Type]
	if !ok {
		return nil, fmt.Errorf("the recording holds a server event %q that this gobancam does not know", d.Type)
	}
	v := reflect.New(reflect.TypeOf(e))
	if err := json.Unmarshal(d.Data, v.Interface()); err != nil {
		return nil, fmt.Errorf("a server event %s of the recording: %w", d.Type, err)
	}
	return v.Elem().Interface().(game.Event), nil
}
