package play

import (
	"context"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/gamefile"
	"github.com/gobancam/gobancam/internal/live"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/vision"
)

// Local is one game at one real board whose other side is on this computer: a
// program, or whoever commands this one. What a player sees and hears of it is
// what Table has of an online game.
type Local struct {
	Source vision.Source // of pictures; closed by whoever opened it
	Eyes   EyesOptions   // its Size is the game's
	Server match.Server
	Serve  func(context.Context) error // plays the other side until its context ends; nil if that runs by itself

	Options  match.Options      // its Journal is filled in from Journal
	Journal  *match.FileJournal // nil for none; closed by whoever opened it
	Record   *gamefile.Keeper   // keeps the game, after each move; nil for none, or if Server keeps it; closed by whoever opened it
	Live     *live.Feed         // is told the game; nil for none
	Labels   gamefile.Labels    // what the record says besides; players, name and result are the game's
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
	s := sitting{source: t.Source, eyes: t.Eyes, server: t.Server, serve: t.Serve, options: t.Options, journal: t.Journal, commands: t.Commands,
		voice: t.Voice, publish: t.Publish, tape: t.Tape, explain: t.Explain, eyed: t.Eyed,
		records: recorder{keeper: t.Record, live: teller{feed: t.Live}, record: t.record}}
	return s.play(ctx)
}

// record is the game as the referee has it.
func (t *Local) record(s *match.Snapshot, r *match.Referee) (*board.Game, gamefile.Labels, error) {
	l := t.Labels
	l.Black, l.White = s.Players[0], s.Players[1]
	if s.Result != nil {
		result := s.Result.SGF()
		l.Result = &result
	}
	return r.Game(), l, nil
}
