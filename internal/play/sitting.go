package play

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/gamefile"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/vision"
)

// sitting is what every game has that a referee watches over, whoever is on its
// other side.
type sitting struct {
	source   vision.Source
	eyes     EyesOptions
	server   match.Server
	serve    func(context.Context) error // plays the other side until its context ends; nil if that runs by itself
	options  match.Options
	journal  *match.FileJournal
	records  recorder
	commands <-chan match.Command
	voice    func(match.Event)
	publish  func(*match.Snapshot)
	tape     *Tape
	explain  func(match.Decision)
	eyed     func(*Eyes)
}

// play plays until the game is over and settled, the user quits, the pictures
// end, or ctx does. It returns the last snapshot, if there was one.
func (t *sitting) play(ctx context.Context) (last *match.Snapshot, err error) {
	opt, look, voice := t.options, t.eyes, t.voice
	ports := match.Ports{Server: t.server, Commands: t.commands, Explain: t.explain}
	if t.journal != nil {
		ports.Journal, opt.Journal = t.journal, t.journal.Open()
	}
	if voice == nil {
		voice = func(match.Event) {}
	}
	referee := match.New(opt)
	if t.tape != nil {
		ports.Recorder = t.tape
		t.tape.Follow(referee)
		look.Seen = t.tape.beside(look.Seen)
		voice = Voices(t.tape, voiceFunc(voice))
	}
	ports.Voice = voiceFunc(voice)
	eyes := NewEyes(t.source, look)
	if t.eyed != nil {
		t.eyed(eyes)
	}
	ports.Eyes = eyes
	if t.journal != nil {
		for _, text := range t.journal.Damage() {
			voice(match.Event{Kind: match.EventAlarm, Frame: -1, Aside: true, Text: text})
		}
	}
	ports.Publish = func(s *match.Snapshot) {
		last = s
		if n := s.Position.Size(); n != 0 {
			eyes.Expect(n)
		}
		if err := t.records.keep(s, referee); err != nil {
			voice(match.Event{Kind: match.EventAlarm, State: match.StateUnkept, At: s.At, Frame: -1, Aside: true, Text: err.Error(), Say: "The game is not kept."})
		}
		if t.publish != nil {
			t.publish(s)
		}
	}

	// The referee decides when it is over; the others then have to stop.
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return notCanceled(eyes.Run(ctx)) })
	if t.serve != nil {
		group.Go(func() error { return notCanceled(t.serve(ctx)) })
	}
	group.Go(func() error {
		defer stop()
		return notCanceled(match.Run(ctx, referee, ports))
	})
	err = group.Wait()
	return last, err // last is set while the group works
}

// notCanceled drops the error of a goroutine that was told to stop.
func notCanceled(err error) error {
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

type voiceFunc func(match.Event)

func (f voiceFunc) Announce(e match.Event) { f(e) }

// Voices tells each event to all of several voices.
func Voices(voices ...match.Voice) func(match.Event) {
	return func(e match.Event) {
		for _, v := range voices {
			v.Announce(e)
		}
	}
}

// recorder hands the game to its keeper, and to those who watch.
type recorder struct {
	keeper *gamefile.Keeper
	live   teller
	// record is the game to be kept, with what its record says besides.
	record func(*match.Snapshot, *match.Referee) (*board.Game, gamefile.Labels, error)

	moves  []board.Move
	result *game.Result
	known  bool
	failed string
}

// keep hands over the game when it has changed. What cannot be written down is
// an error once, and tried again.
func (k *recorder) keep(s *match.Snapshot, r *match.Referee) error {
	if k.keeper == nil && k.live.feed == nil || s.Size == 0 {
		return nil
	}
	if k.known && k.result == s.Result && slices.Equal(k.moves, s.Moves) {
		k.live.goOn(s)
		return nil
	}
	g, l, err := k.record(s, r)
	if g == nil && err == nil {
		return nil // the referee was told a game that cannot be
	}
	if err == nil {
		var base *board.Node
		if k.keeper != nil {
			err = k.keeper.Keep(g, l)
			base = k.keeper.Base()
		}
		k.live.tell(gamefile.Live(base, g, l), s)
	}
	k.known, k.moves, k.result = err == nil, s.Moves, s.Result
	if err == nil || err.Error() == k.failed {
		return nil
	}
	k.failed = err.Error()
	return fmt.Errorf("the game record was not written: %w", err)
}
