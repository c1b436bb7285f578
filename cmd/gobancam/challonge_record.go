package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/google/renameio/v2"
	"github.com/spf13/cobra"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/challonge/desk"
	"github.com/gobancam/gobancam/challonge/outbox"
	"github.com/gobancam/gobancam/play"
)

// clubMatch is a match of a tournament that is played at this board. While the
// game goes on, results that still wait here are sent.
type clubMatch struct {
	desk  *desk.Desk
	table *desk.Table
	note  func(string)
	begun time.Time
	stop  func() // ends the sending of other results
}

// seat picks a match, seats its players, and tells Challonge that they play.
// line reads the room's answers, note tells the room what asks for none.
func (f *challongeFlags) seat(cmd *cobra.Command, line func(context.Context) (string, error), spec, black string, note func(string)) (*clubMatch, error) {
	d, err := f.desk(cmd, line)
	if err != nil {
		return nil, err
	}
	d.Tell = note
	m := &clubMatch{desk: d, note: note, begun: time.Now()}
	if m.table, err = d.Pick(cmd.Context(), spec, black); err != nil {
		return nil, err
	}
	note(m.table.String() + ".")
	d.Begin(cmd.Context(), m.table)
	ctx, cancel := context.WithCancel(cmd.Context())
	var sending sync.WaitGroup
	sending.Go(func() { d.Outbox.Run(ctx, f.connect(cmd), nil, m.sent) })
	m.stop = func() { cancel(); sending.Wait() }
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
func (m *clubMatch) sign(root *board.Node) { m.table.Sign(root, m.begun) }

// finish has the result of the game reviewed and reported. What the review
// changes is changed in the file sgf too.
func (m *clubMatch) finish(ctx context.Context, end play.Relayed, sgf string) error {
	m.stop() // the outbox is needed now
	byHand := fmt.Sprintf("%s --sgf %s", m.desk.ByHand(m.table), strconv.Quote(sgf))
	if end.Result == nil {
		return withCode(exitUnsure, fmt.Errorf("the game was left without a result, and nothing was reported of %s; later: %s", m.table, byHand))
	}
	g := desk.Counted(end.Game, board.SetOf(end.Dead...))
	if end.Result.By == board.ByResignation {
		g = desk.Resigned(end.Result.Winner.Opponent())
	}
	var err error
	if g.SGF, err = os.ReadFile(sgf); err != nil {
		m.note("the record does not go along with the result: " + err.Error())
	}
	r, err := m.desk.Finish(ctx, m.table, g) // which says what became of it
	if err != nil {
		return fmt.Errorf("%w; the game is in %s", err, sgf)
	}
	if r.SGF != "" && !bytes.Equal([]byte(r.SGF), g.SGF) {
		if err := renameio.WriteFile(sgf, []byte(r.SGF), 0o644); err != nil {
			m.note("the record does not show the result: " + err.Error())
		}
	}
	if r.State == outbox.Waiting || r.State == outbox.Held {
		return withCode(exitUnsure, errSilent)
	}
	return nil
}
