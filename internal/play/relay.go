package play

import (
	"context"
	"io"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/gamefile"
	"github.com/gobancam/gobancam/internal/live"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/vision"
)

// relayTick is how often a relay is woken to take commands while no pictures
// come.
const relayTick = 200 * time.Millisecond

// Relay watches two people play at one board and keeps their game in a file,
// without a server.
type Relay struct {
	Source   vision.Source
	Eyes     EyesOptions
	Options  match.RelayOptions // Tuning zero: match.Live
	Commands <-chan match.Command
	Voice    func(match.Event)
	Publish  func(*match.Snapshot)
	Record   *gamefile.Keeper // keeps the game, after each move; nil for none
	Labels   gamefile.Labels  // of its record
	Live     *live.Feed       // is told the game as it is kept; nil for none
	Eyed     func(*Eyes)
	Tape     *Tape // records everything; may be nil
}

// Relayed is what a relayed game came to.
type Relayed struct {
	Game   *board.Game   // nil if no board was found
	Result *board.Result // nil if the game was left unfinished
	Dead   []board.Point // stones that were agreed to be dead
	Played []match.Played
}

// Run relays until the game has a result, the user quits, the pictures end, or
// ctx does. The game has a result after resign, or after two passes, mark for
// the dead stones, and accept-score.
func (r *Relay) Run(ctx context.Context) (Relayed, error) {
	opt := r.Options
	if opt.Tuning == (match.Tuning{}) {
		opt.Tuning = match.Live()
	}
	relay, err := match.NewRelay(opt)
	if err != nil {
		return Relayed{}, err
	}
	look := r.Eyes
	if r.Tape != nil {
		r.Tape.Follow(relay)
		look.Seen = r.Tape.beside(look.Seen)
	}
	eyes := NewEyes(r.Source, look)
	if r.Eyed != nil {
		r.Eyed(eyes)
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return notCanceled(eyes.Run(ctx)) })

	t := &relayTable{Relay: r, relay: relay, begun: time.Now()}
	if n := len(opt.Played); n > 0 {
		t.begun = t.begun.Add(-opt.Played[n-1].Time) // times go on from there
	}
	group.Go(func() error {
		defer stop()
		return notCanceled(t.loop(ctx, eyes.Looks()))
	})
	err = group.Wait()
	return Relayed{Game: relay.Game(), Result: t.result, Dead: t.dead.Points(), Played: relay.Played()}, err
}

// relayTable is a Relay at work.
type relayTable struct {
	*Relay
	relay  *match.Relay
	begun  time.Time
	dead   board.PointSet
	result *board.Result
	anew   bool          // the record is of a new game, and not of the one that was begun
	from   time.Duration // when that began
	failed string        // why the game could not be written down
	quit   bool
}

func (t *relayTable) loop(ctx context.Context, looks <-chan match.Look) error {
	ticks := time.NewTicker(relayTick)
	defer ticks.Stop()
	commands := t.Commands
	stamps := match.NewStamps(t.begun)
	for !t.quit {
		in := match.Input{}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case l, ok := <-looks:
			if !ok {
				l = match.Look{Err: io.EOF}
			}
			if l.Reading != nil && l.Reading.Size == 0 {
				continue // the board has not been found yet
			}
			in.Look = &l
		case c, ok := <-commands:
			if !ok {
				commands = nil
				continue
			}
			if t.atTheEnd(c) {
				t.publish()
				continue
			}
			in.Command = &c
		case <-ticks.C:
		}
		in.At = stamps.Of(in)
		if t.Tape != nil {
			t.Tape.Record(in)
		}
		out := t.relay.Step(in)
		for _, e := range out.Events {
			if t.Tape != nil {
				t.Tape.Announce(e)
			}
			t.Voice(e)
		}
		t.quit = t.quit || out.Quit
		t.publish()
	}
	return nil
}

// atTheEnd carries out the commands that end a game; the relay itself only
// knows moves.
func (t *relayTable) atTheEnd(c match.Command) bool {
	g := t.relay.Game()
	if g == nil {
		return false
	}
	note := func(text string) {
		if t.Tape != nil {
			t.Tape.Note(time.Since(t.begun), text)
		}
		t.Voice(match.Event{Kind: match.EventNote, At: time.Since(t.begun), Frame: -1, Size: g.Size(), Text: text})
	}
	if t.relay.Unsettled() {
		return false // which game?
	}
	switch c.Kind {
	case match.CmdResign:
		t.result = &board.Result{Winner: g.ToMove().Opponent(), By: board.ByResignation}
	case match.CmdMark:
		pos := g.Position()
		for _, p := range c.Points {
			chain := board.SetOf(p)
			if pos.At(p) != board.Empty {
				chain, _ = pos.Chain(p)
			}
			if t.dead.Has(p) {
				t.dead = t.dead.Minus(chain)
			} else {
				t.dead = t.dead.Union(chain)
			}
		}
		score := g.Score(t.dead)
		note("With these stones dead: " + score.Result().String() + ". Say accept-score to agree.")
		return true
	case match.CmdAcceptScore:
		if !g.Ended() {
			note("Both players pass first; say pass for each.")
			return true
		}
		score := g.Score(t.dead)
		result := score.Result()
		t.result = &result
	default:
		return false
	}
	note("The game is over: " + t.result.String() + ".")
	t.quit = true
	return true
}

// publish shows the game and keeps it on disk.
func (t *relayTable) publish() {
	s := t.relay.Snapshot()
	s.Dead = t.dead.Points()
	if t.result != nil {
		s.Phase, s.State = game.Over, match.StateFinished
		r := game.Counted(*t.result)
		s.Result = &r
		s.Text = "The game is over: " + t.result.String() + "."
	}
	if t.Publish != nil {
		t.Publish(s)
	}
	t.keep(s)
}

// keep hands the game to its keeper, which writes it if it has changed, and to
// those who watch.
func (t *relayTable) keep(s *match.Snapshot) {
	g := t.relay.Game()
	if g == nil || t.Record == nil && t.Live == nil || t.relay.Unsettled() {
		return
	}
	if t.relay.Anew() && !t.anew {
		t.anew, t.from = true, s.At
		if t.Record != nil {
			t.Record.Anew()
		}
	}
	l := t.Labels
	l.Result, l.Played = t.result, t.relay.Played()
	for i := range l.Played {
		l.Played[i].Time = max(l.Played[i].Time-t.from, 0)
	}
	var base *board.Node
	var err error
	if t.Record != nil {
		err = t.Record.Keep(g, l)
		base = t.Record.Base()
	}
	if t.Live != nil && !t.relay.Undecided() {
		t.Live.Tell(relayed(gamefile.Live(base, g, l), s, t.begun.Add(t.from)))
	}
	if err != nil && err.Error() != t.failed {
		t.failed = err.Error()
		t.Voice(match.Event{Kind: match.EventAlarm, State: match.StateUnkept, At: s.At, Frame: -1, Aside: true, Text: t.failed, Say: "The game is not kept."})
	}
}
