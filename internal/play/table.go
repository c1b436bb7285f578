package play

import (
	"context"
	"time"

	"github.com/gobancam/gobancam/board"
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
	online := NewOnline(t.Game, t.Now)
	s := sitting{source: t.Source, eyes: t.Eyes, server: online, serve: online.Run, options: t.Options, journal: t.Journal, commands: t.Commands,
		voice: t.Voice, publish: t.Publish, tape: t.Tape, explain: t.Explain, eyed: t.Eyed,
		records: recorder{keeper: t.Record, live: teller{feed: t.Live}, record: t.record}}
	if s.eyes.Size == 0 {
		s.eyes.Size = t.Game.State().Width // the game says what to look for
	}
	s.eyes.Doubt = true // the server may be wrong at first
	return s.play(ctx)
}

// record is the game as the server has it.
func (t *Table) record(s *match.Snapshot, _ *match.Referee) (*board.Game, gamefile.Labels, error) {
	st := t.Game.State()
	g, err := st.Game()
	l := gamefile.Labels{Black: s.Players[0], White: s.Players[1], Name: s.Name, Place: t.Place}
	if s.Result != nil {
		r := st.Result.SGF()
		l.Result = &r
		if said := st.Result.String(); said != r.String() {
			l.Remark = "The result at the server: " + said + "."
		}
	}
	return g, l, err
}
