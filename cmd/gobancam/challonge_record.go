package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/app/face"
	"github.com/gobancam/gobancam/internal/app/seat"
	"github.com/gobancam/gobancam/internal/app/state"
	"github.com/gobancam/gobancam/internal/club/desk"
	"github.com/gobancam/gobancam/internal/club/outbox"
	"github.com/gobancam/gobancam/internal/gamefile"
	"github.com/gobancam/gobancam/internal/plain"
	"github.com/gobancam/gobancam/internal/play"
)

// clubMatch is a match of a tournament that is played at this board. While the
// game goes on, results that still wait here are sent.
type clubMatch struct {
	desk   *desk.Desk
	table  *desk.Table
	note   func(string)
	record *gamefile.Keeper // keeps the game
	begun  *gamefile.Found  // what its file held already, or nil
	played time.Time        // when
	stop   func()           // ends the sending of other results
}

// seat picks a match, seats its players, and tells Challonge that they play.
// line reads the room's answers, face tells the room what asks for none. A game
// of this match that was begun in file is gone on with; an empty file is one of
// the match's own. What comes back has a record to be closed, also with an
// error.
func (f *challongeFlags) seat(cmd *cobra.Command, line func(context.Context) (string, error), spec, black, file string, face *face.Face) (*clubMatch, error) {
	note := face.Note
	m := &clubMatch{note: note, played: time.Now(), stop: func() {}}
	d, err := f.desk(cmd, line)
	if err != nil {
		return m, err
	}
	d.Tell = note
	m.desk = d
	host := filepath.Base(f.stateDir())
	d.Black = func(t *desk.Table) (string, error) {
		own := file == ""
		if own {
			file = state.GamesFile(plain.FileName(fmt.Sprintf("%s-%s-%s", host, t.Tournament.ID, t.Match.ID)) + ".sgf")
		}
		if m.record, err = seat.OpenRecord(gamefile.Options{Path: file, Replace: own}, face); err != nil {
			return "", withCode(exitUsage, err)
		}
		if why := m.record.Opening(); why != "" {
			note(why)
		} else if own {
			note("the game is kept in " + m.record.Path())
		}
		if m.begun = m.record.Found(); m.begun == nil {
			return black, nil
		}
		return plain.Name(m.begun.Root.Text("PB")), nil
	}
	if m.table, err = d.Pick(cmd.Context(), spec, ""); err != nil {
		return m, err
	}
	if b := m.begun; b != nil && (plain.Name(b.Root.Text("PW")) != m.table.White.Name || plain.Name(b.Root.Text("EV")) != m.table.Tournament.Name) {
		return m, withCode(exitUsage, fmt.Errorf("%s is of another game: %s – %s, %s; give another file", file, plain.Name(b.Root.Text("PB")), plain.Name(b.Root.Text("PW")), plain.Name(b.Root.Text("EV"))))
	}
	note(m.table.String() + ".")
	ctx, cancel := context.WithCancel(cmd.Context())
	var sending sync.WaitGroup
	m.stop = func() { cancel(); sending.Wait() }
	if b := m.begun; b != nil && b.Result != nil {
		again, err := d.Ask.Choose(cmd.Context(), fmt.Sprintf("This game was played here and ended %s.", b.Result), []string{"Report that result", "Play it again"})
		if err != nil || again == 0 {
			return m, err
		}
		m.record.Anew()
		m.begun = nil
	}
	d.Begin(cmd.Context(), m.table)
	sending.Go(func() { d.Outbox.Run(ctx, f.connect(cmd), nil, m.sent) })
	return m, nil
}

// sent tells what became of other results.
func (m *clubMatch) sent(s outbox.Sent, err error) {
	if err != nil {
		m.note(err.Error() + ".")
	}
	for _, r := range s.Taken {
		m.note("Challonge has a result that waited here: " + r.Text + ".")
	}
	for _, r := range s.Held {
		m.note("A result waits for the organiser: " + r.Text + " (" + r.Problem + "); see 'gobancam challonge report --waiting'.")
	}
}

// size is that of the board: as asked for, or as the tournament's name says.
func (m *clubMatch) size(asked int) int {
	if asked == 0 {
		return m.table.Size
	}
	if m.table.Size != 0 && m.table.Size != asked {
		m.note(fmt.Sprintf("%s is played on %d×%d, by its name; this game is on %d×%d, as you say.", m.table.Tournament.Name, m.table.Size, m.table.Size, asked, asked))
	}
	return asked
}

// sign writes names and event into the game's record.
func (m *clubMatch) sign(root *board.Node) { m.table.Sign(root, m.played) }

// finish has the result of the game reviewed and reported.
func (m *clubMatch) finish(ctx context.Context, end play.Relayed) error {
	if end.Result == nil {
		return withCode(exitUnsure, fmt.Errorf("the game was left without a result, and nothing was reported of %s; the same command goes on with it; without the board: %s --sgf %s",
			m.table, m.desk.Hints.Report(m.table), strconv.Quote(cmp.Or(m.record.Settle().Path, m.record.Path()))))
	}
	if end.Result.By == board.ByResignation {
		return m.report(ctx, desk.Resigned(end.Result.Winner.Opponent()))
	}
	return m.report(ctx, desk.Counted(end.Game, board.SetOf(end.Dead...)))
}

// report has a result reviewed and reported. What the review changes is changed
// in the game's record too.
func (m *clubMatch) report(ctx context.Context, g desk.Game) error {
	m.stop() // the outbox is needed now
	kept := m.record.Settle()
	if g.SGF = kept.Data; g.SGF == nil {
		m.note("No record goes along with the result: there is none.")
	}
	r, err := m.desk.Finish(ctx, m.table, g) // which says what became of it
	if err != nil {
		return fmt.Errorf("%w; the game is in %s", err, cmp.Or(kept.Path, m.record.Path()))
	}
	if r.SGF != "" && !bytes.Equal([]byte(r.SGF), g.SGF) {
		m.record.Put([]byte(r.SGF))
	}
	if r.State == outbox.Waiting || r.State == outbox.Held {
		return withCode(exitUnsure, errSilent)
	}
	return nil
}
