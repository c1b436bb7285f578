package play

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/gamefile"
	"github.com/gobancam/gobancam/internal/live"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/ogs"
	"github.com/gobancam/gobancam/vision"
)

// Table is one online game at one real board.
type Table struct {
	Source vision.Source // of pictures; closed by whoever opened it
	Eyes   EyesOptions
	Game   *ogs.Game
	Now    func() time.Time // the server's time: Session.ServerNow

	Options  match.Options      // its Journal is filled in from Journal
	Journal  *match.FileJournal // remembers pending moves across a crash; nil for none; closed by whoever opened it
	Record   *gamefile.Keeper   // keeps the game, after each move; nil for none; closed by whoever opened it
	Live     *live.Feed         // is told the game as it is kept; nil for none
	Place    string             // where the game is played, for its record: its address
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
func (t *Table) Play(ctx context.Context) (last *match.Snapshot, err error) {
	opt := t.Options
	ports := match.Ports{Commands: t.Commands, Explain: t.Explain}
	if t.Journal != nil {
		ports.Journal, opt.Journal = t.Journal, t.Journal.Open()
	}
	online := NewOnline(t.Game, t.Now)
	ports.Server = online
	look := t.Eyes
	if look.Size == 0 {
		look.Size = t.Game.State().Width // the game says what to look for
	}
	look.Doubt = true // the server may be wrong at first
	referee := match.New(opt)
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
	if t.Journal != nil {
		for _, text := range t.Journal.Damage() {
			voice(match.Event{Kind: match.EventAlarm, Frame: -1, Aside: true, Text: text})
		}
	}
	records := recorder{keeper: t.Record, place: t.Place, live: teller{feed: t.Live}}
	ports.Publish = func(s *match.Snapshot) {
		last = s
		if n := s.Position.Size(); n != 0 {
			eyes.Expect(n)
		}
		if err := records.keep(s, t.Game); err != nil {
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
	group.Go(func() error { return notCanceled(online.Run(ctx)) })
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
	place  string
	live   teller
	moves  []board.Move
	result *game.Result
	known  bool
	failed string
}

// keep hands over the game when it has changed. What cannot be written down is
// an error once, and tried again.
func (k *recorder) keep(s *match.Snapshot, game *ogs.Game) error {
	if k.keeper == nil && k.live.feed == nil || s.Size == 0 {
		return nil
	}
	if k.known && k.result == s.Result && slices.Equal(k.moves, s.Moves) {
		k.live.goOn(s)
		return nil
	}
	st := game.State()
	g, err := st.Game()
	if err == nil {
		l := gamefile.Labels{Black: s.Players[0], White: s.Players[1], Name: s.Name, Place: k.place}
		if s.Result != nil {
			r := st.Result.SGF()
			l.Result = &r
			if said := st.Result.String(); said != r.String() {
				l.Remark = "The result at the server: " + said + "."
			}
		}
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
