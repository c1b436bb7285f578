package play

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/limits"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/recording"
)

// decider is a match.Referee or a match.Relay.
type decider interface {
	Step(match.Input) match.Output
	Snapshot() *match.Snapshot
	Game() *board.Game // nil before there is one
	Checkpoint() (json.RawMessage, error)
	Restore([]byte) error
	SameMemory(a, b []byte) (bool, error)
}

// Rerun is the outcome of deciding a recording again.
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

// Again feeds a recording to a new referee or relay, as fast as possible, until
// ctx ends, whose error it returns then. If the recording's beginning was
// dropped, it starts from the first checkpoint. voice and explain may be nil.
func Again(ctx context.Context, s *recording.Session, voice func(match.Event), explain func(match.Decision)) (Rerun, error) {
	a := again{config: s.Header.Config, fresh: true, voice: voice, explain: explain}
	if err := a.begin(); err != nil {
		return Rerun{}, err
	}
	for e, err := range s.Entries() {
		if stop := enough(ctx, err, len(a.run.Damaged)); stop != nil {
			return a.run, stop
		}
		if err != nil {
			a.run.Damaged = append(a.run.Damaged, err)
			continue
		}
		if err := a.take(e); err != nil {
			return a.run, err
		}
	}
	a.end()
	return a.run, nil
}

// again decides a recording again.
type again struct {
	config  []byte
	of      decider
	run     Rerun
	said    [][]byte // by the new decider, not yet compared
	fresh   bool     // nothing has been decided since the beginning, or a gap
	gap     bool     // and until a checkpoint nothing can be
	voice   func(match.Event)
	explain func(match.Decision)
}

// begin makes a decider that knows nothing yet.
func (a *again) begin() (err error) {
	a.of, err = newDecider(a.config)
	return err
}

// take takes in one entry. Its error ends the rerun.
func (a *again) take(e recording.Entry) error {
	switch e.Kind {
	case recording.KindGap:
		a.run.Damaged = append(a.run.Damaged, fmt.Errorf("something is missing before second %.0f: the disk had no room for it", e.At.Seconds()))
		a.gap, a.fresh, a.said = true, true, nil
	case kindEvent:
		if !a.fresh { // else it is of an input that was dropped
			a.compare(e.Data)
		}
	case recording.KindCheckpoint:
		if a.fresh {
			return a.restore(e)
		}
		return a.verify(e)
	default:
		in, ok, err := inputOf(e)
		if err != nil {
			a.run.Damaged = append(a.run.Damaged, err)
		}
		if ok && !a.gap {
			return a.step(in)
		}
	}
	return nil
}

// restore goes on from a checkpoint.
func (a *again) restore(e recording.Entry) error {
	if a.gap {
		if err := a.begin(); err != nil {
			return err
		}
		a.gap = false
	}
	if err := a.of.Restore(e.Data); err != nil {
		return err
	}
	if a.run.Inputs == 0 {
		a.run.From = e.At
	}
	return nil
}

// verify compares a checkpoint with what is known now.
func (a *again) verify(e recording.Entry) error {
	known, err := a.of.Checkpoint()
	if err != nil {
		return err
	}
	same, err := a.of.SameMemory(recording.Mask(known), e.Data)
	if err != nil {
		a.run.Damaged = append(a.run.Damaged, err)
	} else if !same {
		a.differ(fmt.Sprintf("what was known at %v", e.At), "something else")
	}
	return nil
}

// step decides about one input, and keeps what is said to compare it.
func (a *again) step(in match.Input) error {
	a.run.Inputs++
	a.fresh = false
	a.run.Time = in.At
	out := a.of.Step(in)
	for _, ev := range out.Events {
		a.run.Events++
		text, err := json.Marshal(ev)
		if err != nil {
			return err
		}
		if a.run.Differs == "" { // else nothing is compared any more
			a.said = append(a.said, canonical(text))
		}
		if a.voice != nil {
			a.voice(ev)
		}
	}
	if len(a.said) > limits.Mistrusts {
		a.differ("nothing for long", a.said[0])
	}
	if a.explain != nil {
		for _, d := range out.Decisions {
			a.explain(d)
		}
	}
	return nil
}

// compare compares a recorded event with the next that was said.
func (a *again) compare(recorded []byte) {
	recorded = canonical(recorded)
	switch {
	case len(a.said) == 0:
		a.differ(recorded, "nothing")
	case string(a.said[0]) != string(recorded):
		a.differ(recorded, a.said[0])
	}
	if len(a.said) > 0 && a.run.Differs == "" {
		a.said = a.said[1:]
	}
}

// differ notes the first difference.
func (a *again) differ(was, is any) {
	if a.run.Differs == "" {
		a.run.Differs = fmt.Sprintf("recorded %s, now %s", was, is)
	}
}

// end notes where the game stands after the last entry.
func (a *again) end() {
	if len(a.said) > 0 && len(a.run.Damaged) == 0 {
		a.differ("nothing more", a.said[0])
	}
	a.run.Last = a.of.Snapshot()
	a.run.Game = a.of.Game()
	if r, ok := a.of.(*match.Relay); ok {
		a.run.Played = r.Played()
	}
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
