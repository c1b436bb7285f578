package play

import (
	"context"
	"io"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/vision"
)

// Replay runs eyes and relay over a source without a server, for both colours,
// as fast as they can. The pictures' own times are the time, so that the same
// source always gives the same events.
type Replay struct {
	Source vision.Source
	Eyes   EyesOptions
	Relay  match.RelayOptions
	Voice  func(match.Event)
	// Explain is called with each decision; it may be nil.
	Explain func(match.Decision)
}

// Replayed is what a replay came to.
type Replayed struct {
	Frames  int
	Damaged int            // pictures that could not be read and were passed over
	Time    time.Duration  // of the last picture
	Game    *board.Game    // nil if no board was found
	Played  []match.Played // one for each move of Game
}

// Run replays until the source ends. Where it ends too early, or ctx does, what
// came before is returned beside the error.
func (r *Replay) Run(ctx context.Context) (Replayed, error) {
	relay, err := match.NewRelay(r.Relay)
	if err != nil {
		return Replayed{}, err
	}
	eyes := NewEyes(r.Source, r.Eyes)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return eyes.Run(ctx) })

	var end Replayed
	step := func(in match.Input) {
		out := relay.Step(in)
		for _, e := range out.Events {
			r.Voice(e)
		}
		if r.Explain != nil {
			for _, d := range out.Decisions {
				r.Explain(d)
			}
		}
	}
	var bad error // of the last picture that could not be read
	for look := range eyes.Looks() {
		if look.Err != nil {
			bad = look.Err
			end.Damaged++
		}
		if look.Reading != nil {
			end.Frames++
			end.Time = look.Reading.Time
			if look.Reading.Size == 0 {
				continue // the board has not been found yet
			}
		}
		step(match.Input{At: end.Time, Look: &look})
	}
	err = group.Wait()
	if err == nil && end.Frames == 0 {
		err = bad
	}
	step(match.Input{At: end.Time, Look: &match.Look{Err: io.EOF}})
	end.Game, end.Played = relay.Game(), relay.Played()
	return end, err
}
