package match

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// The memory of a referee or a relay is written as JSON, so that a recording can
// be resumed after its beginning has been dropped, and reports of released
// versions stay readable for ever. The types in memory_types.go are that format.
// They are separate from the types that decide, which may change freely as long
// as everything ever written can still be read.
//
//   - A new field gets a member of its own; a missing member means zero, which
//     must be right for it.
//   - A removed field leaves its member behind, to be read and ignored.
//   - Any other change needs a new memoryVersion.
//
// Version 1 had no number; its members are those of version 2, apart from the
// differences that before removes.

// memoryVersion is the version that is written.
const memoryVersion = 2

// Checkpoint returns the referee's whole memory. A referee that restores it takes
// the same decisions from there on, bit for bit. It must not run concurrently
// with Step.
func (r *Referee) Checkpoint() (json.RawMessage, error) { return writeMemory(r.memory()) }

// Restore replaces the referee's memory by what Checkpoint returned, in this or
// an earlier version. After an error the referee is unchanged.
func (r *Referee) Restore(saved []byte) error {
	var m refereeMemory
	if err := readMemory(saved, &m); err != nil {
		return err
	}
	fresh := m.referee()
	if err := fresh.sound(); err != nil {
		return fmt.Errorf("%w: %w", errMixed, err)
	}
	*r = *fresh
	return nil
}

// SameMemory reports whether two checkpoints of referees say the same, as far
// as both versions can.
func (*Referee) SameMemory(a, b []byte) (bool, error) {
	return sameMemory[refereeMemory](a, b)
}

// Checkpoint: see Referee.Checkpoint.
func (r *Relay) Checkpoint() (json.RawMessage, error) { return writeMemory(r.memory()) }

// Restore: see Referee.Restore.
func (r *Relay) Restore(saved []byte) error {
	var m relayMemory
	if err := readMemory(saved, &m); err != nil {
		return err
	}
	fresh := m.relay()
	if err := fresh.sound(); err != nil {
		return fmt.Errorf("%w: %w", errMixed, err)
	}
	*r = *fresh
	return nil
}

// SameMemory: see Referee.SameMemory.
func (*Relay) SameMemory(a, b []byte) (bool, error) {
	return sameMemory[relayMemory](a, b)
}

var errMixed = errors.New("the checkpoint of the recording does not describe a game that can be")

// A memory is a refereeMemory or a relayMemory.
type memory interface {
	version() int
	// upgrade fills in what an earlier version left open.
	upgrade()
	// before takes out what a version did not know.
	before(version int)
}

func writeMemory(m memory) (json.RawMessage, error) {
	text, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("what is known of the game cannot be written down: %w", err)
	}
	return text, nil
}

func readMemory(saved []byte, m memory) error {
	d := json.NewDecoder(bytes.NewReader(saved))
	d.DisallowUnknownFields()
	err := d.Decode(m)
	if err == nil && m.version() <= memoryVersion {
		if _, more := d.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("something follows it")
		}
	}
	switch v := m.version(); {
	case v < 0:
		err = fmt.Errorf("it is of version %d", v)
	case v > memoryVersion:
		return fmt.Errorf("the checkpoint of the recording is of version %d, and this gobancam reads versions up to %d: a newer one is needed", v, memoryVersion)
	}
	if err != nil {
		return fmt.Errorf("the checkpoint of the recording is damaged: %w", err)
	}
	m.upgrade()
	return nil
}

// sameMemory compares two checkpoints as the older of their versions sees them.
func sameMemory[M any, P interface {
	*M
	memory
}](a, b []byte) (bool, error) {
	var x, y M
	for _, one := range []struct {
		text []byte
		m    P
	}{{a, &x}, {b, &y}} {
		if err := readMemory(one.text, one.m); err != nil {
			return false, err
		}
	}
	oldest := min(P(&x).version(), P(&y).version())
	P(&x).before(oldest)
	P(&y).before(oldest)
	s, err := writeMemory(P(&x))
	if err != nil {
		return false, err
	}
	t, err := writeMemory(P(&y))
	return bytes.Equal(s, t), err
}
