package demoboard

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/gobancam/gobancam/internal/live"
)

// Server is a demo board at its server, as a Runner needs it. Its methods are
// called from one goroutine, but for Label, and return soon, but for Label.
type Server interface {
	// Inputs are what the server says: Offline, State, Said and Refused. It is
	// closed when there will be no more.
	Inputs() <-chan Input
	// Append and Remove send what draws, once; an error says that it cannot have
	// been done, or may not.
	Append(epoch int, moves []string, text *string) error
	Remove(epoch int, moves []string) error
	Refresh() // asks for a State
	// Label sets labels, and waits for as long as the server wants or is away. An
	// error is for good, unless ctx has ended.
	Label(ctx context.Context, l Labels) error
	// Readable is how the server has a text that it is sent.
	Readable(text string) string
}

// Runner follows a game onto a demo board.
type Runner struct {
	Server Server
	Game   *live.Game         // as it is at first
	Memory Memory             // what an earlier one kept
	Keep   func(Memory) error // keeps it, before anything goes out that rests on it; nil: not kept
	Note   func(text string)  // says something to who sits at the board
	Settle time.Duration      // how long the last messages may take when no game comes any more
}

// Run follows the games that it is given, which are one game at different times,
// until no more come and the demo board has the last one, but no longer than
// Settle after that; or until ctx ends, or the demo board cannot be drawn on any
// more. It reports whether the demo board had everything at the end.
func (r *Runner) Run(ctx context.Context, games <-chan *live.Game) (done bool) {
	ctx, stop := context.WithCancel(ctx)
	var helpers sync.WaitGroup
	defer helpers.Wait()
	defer stop()
	t := &running{Runner: r, f: NewFollower(r.Memory, r.Server.Readable), labeled: make(chan Input)}
	inputs := r.Server.Inputs()
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	var end <-chan time.Time
	if r.Game != nil {
		t.step(ctx, Input{Game: r.Game}, &helpers)
	}
	for {
		wait := time.Hour
		if at := t.f.Wake(); !at.IsZero() {
			wait = max(time.Until(at), 0)
		}
		timer.Reset(wait)
		var in Input
		select {
		case <-ctx.Done():
			return t.f.Done()
		case <-end:
			return t.f.Done()
		case g, ok := <-games:
			if !ok {
				games, end = nil, time.After(r.Settle)
			}
			in.Game = g
		case next, ok := <-inputs:
			if !ok {
				return t.f.Done()
			}
			in = next
		case in = <-t.labeled:
		case <-timer.C:
		}
		t.step(ctx, in, &helpers)
		if games == nil && t.f.Done() {
			return t.f.Gone() == ""
		}
	}
}

// running is a Runner at work.
type running struct {
	*Runner
	f       *Follower
	labeled chan Input // answers to Label
	unkept  bool       // it was said that the memory is not kept
}

func (t *running) step(ctx context.Context, in Input, helpers *sync.WaitGroup) {
	out := t.f.Step(time.Now(), in)
	if out.Keep && t.Keep != nil {
		if err := t.Keep(t.f.Memory()); err != nil && !t.unkept {
			t.unkept = true
			t.Note(fmt.Sprintf("What was sent to the demo board cannot be remembered for another start: %v. The game and the demo board go on.", err))
		}
	}
	for _, text := range out.Notes {
		t.Note(text)
	}
	for _, q := range out.Requests {
		var err error
		switch q.Kind {
		case Append:
			err = t.Server.Append(q.Epoch, q.Moves, q.Text)
		case Remove:
			err = t.Server.Remove(q.Epoch, q.Moves)
		case Refresh:
			t.Server.Refresh()
		case Label:
			helpers.Go(func() { t.label(ctx, q.Labels) })
		}
		if err != nil {
			t.step(ctx, Input{Refused: &Refusal{Text: err.Error()}, Epoch: q.Epoch}, helpers)
		}
	}
}

func (t *running) label(ctx context.Context, l Labels) {
	in := Input{Labeled: &l}
	if err := t.Server.Label(ctx, l); err != nil {
		in = Input{Unlabeled: err.Error()}
	}
	select {
	case t.labeled <- in:
	case <-ctx.Done():
	}
}
