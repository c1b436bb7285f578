// Package atboard is a match of a tournament that is played at a board of this
// machine: whose game it is, in which file it is kept, and what becomes of its
// result. It knows neither cameras nor sites.
package atboard

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/club/desk"
	"github.com/gobancam/gobancam/internal/club/outbox"
	"github.com/gobancam/gobancam/internal/gamefile"
	"github.com/gobancam/gobancam/internal/plain"
)

// Options say which match is played, and where it is kept.
type Options struct {
	Desk  *desk.Desk
	Spec  string // the match (desk.ParseSpec)
	Black string // the name of who has Black; empty to ask
	File  string // of the game's record; empty for one of the match's own
	// OwnFile is the file of a match's own.
	OwnFile func(*desk.Table) string
	// Open takes the file of the record.
	Open    func(gamefile.Options) (*gamefile.Keeper, error)
	Connect outbox.Connect // sends other results that wait here
	Note    func(string)   // is told what asks for nothing
}

// Match is a match that is played. While the game goes on, results that still
// wait on this machine are sent.
type Match struct {
	Record *gamefile.Keeper // keeps the game; nil if its file could not be taken
	Begun  *gamefile.Found  // what its file held already, or nil

	o       Options
	table   *desk.Table
	played  time.Time // when
	end     context.CancelFunc
	sending sync.WaitGroup
}

// FileError says that the file of a record cannot be that of the match.
type FileError struct{ Err error }

func (e *FileError) Error() string { return e.Err.Error() }
func (e *FileError) Unwrap() error { return e.Err }

// Errors of a match that is over.
var (
	ErrNoResult = errors.New("the game was left without a result")
	// ErrWaits says that the result has not got to the site. The desk has said
	// why.
	ErrWaits = errors.New("the result waits")
)

// Seat picks the match and seats its players. A game of this match that was
// begun in its file is gone on with. What it returns has to be stopped and its
// record closed, also with an error.
func Seat(ctx context.Context, o Options) (*Match, error) {
	m := &Match{o: o, played: time.Now()}
	o.Desk.Tell, o.Desk.Black = o.Note, m.open
	var err error
	if m.table, err = o.Desk.Pick(ctx, o.Spec, ""); err != nil {
		return m, err
	}
	if b := m.Begun; b != nil && (says(b, "PW") != m.table.White.Name || says(b, "EV") != m.table.Tournament.Name) {
		return m, &FileError{fmt.Errorf("%s is of another game: %s – %s, %s; give another file", m.o.File, says(b, "PB"), says(b, "PW"), says(b, "EV"))}
	}
	o.Note(m.table.String() + ".")
	if b := m.Begun; b != nil && b.Result != nil {
		again, err := o.Desk.Ask.Choose(ctx, fmt.Sprintf("This game was played here and ended %s.", b.Result), []string{"Report that result", "Play it again"})
		if err != nil || again == 0 {
			return m, err
		}
		m.Record.Anew()
		m.Begun = nil
	}
	o.Desk.Begin(ctx, m.table)
	others, end := context.WithCancel(ctx)
	m.end = end
	m.sending.Go(func() { o.Desk.Outbox.Run(others, o.Connect, nil, m.sent) })
	return m, nil
}

// says is what the record of a game says, such as who has Black.
func says(g *gamefile.Found, property string) string { return plain.Name(g.Root.Text(property)) }

// open takes the file of the record, and says who has Black in the game that it
// holds.
func (m *Match) open(t *desk.Table) (black string, err error) {
	own := m.o.File == ""
	if own {
		m.o.File = m.o.OwnFile(t)
	}
	if m.Record, err = m.o.Open(gamefile.Options{Path: m.o.File, Replace: own}); err != nil {
		return "", &FileError{err}
	}
	if why := m.Record.Opening(); why != "" {
		m.o.Note(why)
	} else if own {
		m.o.Note("the game is kept in " + m.Record.Path())
	}
	if m.Begun = m.Record.Found(); m.Begun == nil {
		return m.o.Black, nil
	}
	return says(m.Begun, "PB"), nil
}

// Stop ends the sending of other results.
func (m *Match) Stop() {
	if m.end != nil {
		m.end()
	}
	m.sending.Wait()
}

// sent tells what became of other results.
func (m *Match) sent(s outbox.Sent, err error) {
	if err != nil {
		m.o.Note(err.Error() + ".")
	}
	for _, r := range s.Taken {
		m.o.Note(fmt.Sprintf("%s has a result that waited here: %s.", m.o.Desk.Site.Name(), r.Text))
	}
	for _, r := range s.Held {
		see := ""
		if held := m.o.Desk.Hints.Held; held != "" {
			see = "; see '" + held + "'"
		}
		m.o.Note("A result waits for the organiser: " + r.Text + " (" + r.Problem + ")" + see + ".")
	}
}

// Size is that of the board: as asked for, or as the tournament's name says.
func (m *Match) Size(asked int) int {
	named := m.table.Size
	if asked == 0 {
		return named
	}
	if named != 0 && named != asked {
		m.o.Note(fmt.Sprintf("%s is played on %d×%d, by its name; this game is on %d×%d, as you say.", m.table.Tournament.Name, named, named, asked, asked))
	}
	return asked
}

// Sign writes names and event into the game's record.
func (m *Match) Sign(root *board.Node) { m.table.Sign(root, m.played) }

// End is how the game at the board ended.
type End struct {
	Game   *board.Game
	Result *board.Result // nil if it was left
	Dead   []board.Point // as both agreed
}

// Finish has the result of the game reviewed and reported.
func (m *Match) Finish(ctx context.Context, end End) error {
	switch {
	case end.Result == nil:
		later := ""
		if report := m.o.Desk.Hints.Report; report != nil {
			later = fmt.Sprintf("; without the board: %s --sgf %s", report(m.table), strconv.Quote(cmp.Or(m.Record.Settle().Path, m.Record.Path())))
		}
		return fmt.Errorf("%w, and nothing was reported of %s; the same command goes on with it%s", ErrNoResult, m.table, later)
	case end.Result.By == board.ByResignation:
		return m.Report(ctx, desk.Resigned(end.Result.Winner.Opponent()))
	}
	return m.Report(ctx, desk.Counted(end.Game, board.SetOf(end.Dead...)))
}

// Report has a result reviewed and reported. What the review changes is changed
// in the game's record too.
func (m *Match) Report(ctx context.Context, g desk.Game) error {
	m.Stop() // the outbox is needed now
	kept := m.Record.Settle()
	if g.SGF = kept.Data; g.SGF == nil {
		m.o.Note("No record goes along with the result: there is none.")
	}
	r, err := m.o.Desk.Finish(ctx, m.table, g) // which says what became of it
	if err != nil {
		return fmt.Errorf("%w; the game is in %s", err, cmp.Or(kept.Path, m.Record.Path()))
	}
	if r.SGF != "" && !bytes.Equal([]byte(r.SGF), g.SGF) {
		m.Record.Put([]byte(r.SGF))
	}
	if r.State == outbox.Waiting || r.State == outbox.Held {
		return ErrWaits
	}
	return nil
}
