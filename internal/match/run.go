package match

import (
	"context"
	"fmt"
	"io"
	"time"
)

// tick is how often a referee is woken when nothing happens.
const tick = 100 * time.Millisecond

// Run drives a referee with what the ports bring, until the game is over, the
// user quits, the eyes have no more to show and nothing is pending, or ctx
// ends. It returns nil in the first three cases and ctx's cause in the last.
// Everything happens in the calling goroutine; Run starts none.
func Run(ctx context.Context, r *Referee, p Ports) error {
	start := time.Now()
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
				events, in.Server = nil, Disconnected{"the client has ended"}
			}
		default:
			select {
			case <-ctx.Done():
				return context.Cause(ctx)
			case e, ok := <-events:
				in.Server = e
				if !ok {
					events, in.Server = nil, Disconnected{"the client has ended"}
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
		in.At = time.Since(start)
		if quit := p.take(r, in); quit {
			return nil
		}
	}
}

// take gives the referee an input and carries out what it says.
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
