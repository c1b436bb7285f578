package play

import (
	"context"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/gamefile"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/vision"
)

// LocalServer is the other side of a game that is played without a network. Run
// plays it until its context ends; it is called once.
type LocalServer interface {
	match.Server
	Run(context.Context) error
}

// Local is one game at one real board whose other side is on this computer: a
// program. What a player sees and hears of it is what Table has of an online
// game.
type Local struct {
	Source vision.Source // of pictures; closed by whoever opened it
	Eyes   EyesOptions   // its Size is the game's
	Server LocalServer

	Options  match.Options
	Record   *gamefile.Keeper // keeps the game, after each move; nil for none; closed by whoever opened it
	Labels   gamefile.Labels  // what the record says besides; players, name and result are the game's
	Commands <-chan match.Command
	Voice    func(match.Event)
	Publish  func(*match.Snapshot) // as in match.Ports
	Tape     *Tape                 // records everything; may be nil
	Explain  func(match.Decision)

	// Eyed is given the eyes before they open, for Eyes.Use.
	Eyed func(*Eyes)
}

// Play plays until the game is over and settled, the user quits, the pictures
// end, or ctx does. It returns the last snapshot, if there was one.
func (t *Local) Play(ctx context.Context) (last *match.Snapshot, err error) {
	referee := match.New(t.Options)
	ports := match.Ports{Server: t.Server, Commands: t.Commands, Explain: t.Explain}
	look := t.Eyes
	if t.Tape != nil {
		ports.Recorder = t.Tape
		t.Tape.Follow(referee)
		look.Seen = t.Tape.beside(look.Seen)
	}
	eyes := NewEyes(t.Source, look)
	if t.Eyed != nil {
		t.Eyed(eyes)
	}
	ports.Eyes = eyes
	voice := t.Voice
	if voice == nil {
		voice = func(match.Event) {}
	}
	if t.Tape != nil {
		voice = Voices(t.Tape, voiceFunc(voice))
	}
	ports.Voice = voiceFunc(voice)
	records := localRecorder{keeper: t.Record, labels: t.Labels}
	ports.Publish = func(s *match.Snapshot) {
		last = s
		if n := s.Position.Size(); n != 0 {
			eyes.Expect(n)
		}
		if err := records.keep(s, referee); err != nil {
			voice(match.Event{Kind: match.EventAlarm, State: match.StateUnkept, At: s.At, Frame: -1, Aside: true, Text: err.Error(), Say: "The game is not kept."})
		}
		if t.Publish != nil {
			t.Publish(s)
		}
	}

	// The referee decides when it is over; the others then have to stop.
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return notCanceled(eyes.Run(ctx)) })
	group.Go(func() error { return notCanceled(t.Server.Run(ctx)) })
	group.Go(func() error {
		defer stop()
		return notCanceled(match.Run(ctx, referee, ports))
	})
	err = group.Wait()
	return last, err // last is set while the group works
}

// localRecorder hands the game, as the referee has it, to its keeper.
type localRecorder struct {
	keeper *gamefile.Keeper
	labels gamefile.Labels
	moves  []board.Move
	result *game.Result
	known  bool
	failed string
}

// keep hands over the game when it has changed. What cannot be written down is
// an error once, and tried again.
func (k *localRecorder) keep(s *match.Snapshot, r *match.Referee) error {
	if k.keeper == nil || s.Size == 0 || k.known && k.result == s.Result && slices.Equal(k.moves, s.Moves) {
		return nil
	}
	l := k.labels
	l.Black, l.White = s.Players[0], s.Players[1]
	if s.Result != nil {
		result := s.Result.SGF()
		l.Result = &result
	}
	err := k.keeper.Keep(r.Game(), l)
	k.known, k.moves, k.result = err == nil, s.Moves, s.Result
	if err == nil || err.Error() == k.failed {
		return nil
	}
	k.failed = err.Error()
	return fmt.Errorf("the game record was not written: %w", err)
}
