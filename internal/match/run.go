package match

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/gobancam/gobancam/game"
)

// tick is how often a referee is woken when nothing happens.
const tick = 100 * time.Millisecond

// Run drives a referee with what the ports bring, until the game is over, the
// user quits, the eyes have no more to show and nothing is pending, or ctx
// ends. It returns nil in the first three cases and ctx's cause in the last.
// Everything happens in the calling goroutine; Run starts none.
func Run(ctx context.Context, r *Referee, p Ports) error {
	stamps := NewStamps(time.Now())
	ticks := time.NewTicker(tick)
	defer ticks.Stop()
	var looks <-chan Look
	if p.Eyes != nil {
		looks = p.Eyes.Looks()
	}
	events, commands := p.Server.Events(), p.Commands
	for {
		var in Input
		// What the server said first decides what a picture means.
		select {
		case e, ok := <-events:
			in.Server = e
			if !ok {
				events, in.Server = nil, game.Disconnected{Reason: "the client has ended"}
			}
		default:
			select {
			case <-ctx.Done():
				return context.Cause(ctx)
			case e, ok := <-events:
				in.Server = e
				if !ok {
					events, in.Server = nil, game.Disconnected{Reason: "the client has ended"}
				}
			case l, ok := <-looks:
				if !ok {
					looks, l = nil, Look{Err: io.EOF}
				}
				in.Look = &l
			case c, ok := <-commands:
				if !ok {
					commands = nil
					continue
				}
				in.Command = &c
			case <-ticks.C:
			}
		}
		in.At = stamps.Of(in)
		if quit := p.take(r, in); quit {
			return nil
		}
	}
}

// Stamps tell when each input happened, since a start.
type Stamps struct {
	start time.Time
	seen  time.Duration // the stamp of the last picture
}

// NewStamps counts from start.
func NewStamps(start time.Time) *Stamps { return &Stamps{start: start} }

// Of returns the stamp of an input that has just arrived. A picture's is when it
// was taken, which on a busy machine is long before it has been read: the hole
// between two pictures is as long as the board was not looked at, however they
// came. Pictures are never stamped before each other, before the start, or in
// the future.
func (s *Stamps) Of(in Input) time.Duration {
	at := time.Since(s.start)
	if in.Look == nil || in.Look.Reading == nil {
		return at
	}
	if !in.Look.Taken.IsZero() {
		at = min(at, max(in.Look.Taken.Sub(s.start), s.seen))
	}
	s.seen = at
	return at
}

// take gives the referee an input and carries out its output.
func (p *Ports) take(r *Referee, in Input) (quit bool) {
	if p.Recorder != nil {
		p.Recorder.Record(in)
	}
	out := r.Step(in)
	var failed []Input
	for _, e := range out.Entries {
		if p.Journal == nil {
			break
		}
		if err := p.Journal.Append(e); err != nil && e.Kind == EntryPending {
			failed = append(failed, Input{At: in.At, Failed: e.Ref})
			out.Events = append(out.Events, Event{Kind: EventAlarm, At: in.At, Frame: -1, Aside: true,
				Text: fmt.Sprintf("The journal cannot be written: %v.", err)})
		}
	}
	for _, q := range out.Requests {
		if len(failed) == 0 || q.Kind != ReqMove {
			p.Server.Do(q)
		}
	}
	if p.Voice != nil {
		for _, e := range out.Events {
			p.Voice.Announce(e)
		}
	}
	if p.Explain != nil {
		for _, d := range out.Decisions {
			p.Explain(d)
		}
	}
	if p.Publish != nil {
		p.Publish(r.Snapshot())
	}
	for _, f := range failed {
		out.Quit = p.take(r, f)
	}
	return out.Quit
}
