package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/app/face"
	"github.com/gobancam/gobancam/internal/app/seat"
	"github.com/gobancam/gobancam/internal/app/state"
	"github.com/gobancam/gobancam/internal/club/atboard"
	"github.com/gobancam/gobancam/internal/club/desk"
	"github.com/gobancam/gobancam/internal/gamefile"
	"github.com/gobancam/gobancam/internal/plain"
	"github.com/gobancam/gobancam/internal/play"
)

// clubMatch is a match of a tournament that is played at this board, its errors
// with exit codes.
type clubMatch struct {
	match  *atboard.Match
	record *gamefile.Keeper // keeps the game
	begun  *gamefile.Found  // what its file held already, or nil
}

// seat picks a match, seats its players, and tells Challonge that they play.
// line reads the room's answers, face tells the room what asks for none. A game
// of this match that was begun in file is gone on with; an empty file is one of
// the match's own. What comes back has a record to be closed, also with an
// error.
func (f *challongeFlags) seat(cmd *cobra.Command, line func(context.Context) (string, error), spec, black, file string, face *face.Face) (*clubMatch, error) {
	d, err := f.desk(cmd, line)
	if err != nil {
		return &clubMatch{match: &atboard.Match{}}, err
	}
	host := filepath.Base(f.stateDir())
	m, err := atboard.Seat(cmd.Context(), atboard.Options{
		Desk: d, Spec: spec, Black: black, File: file,
		OwnFile: func(t *desk.Table) string {
			return state.GamesFile(plain.FileName(fmt.Sprintf("%s-%s-%s", host, t.Tournament.ID, t.Match.ID)) + ".sgf")
		},
		Open:    func(o gamefile.Options) (*gamefile.Keeper, error) { return seat.OpenRecord(o, face) },
		Connect: f.connect(cmd), Note: face.Note,
	})
	return &clubMatch{m, m.Record, m.Begun}, clubCode(err)
}

// clubCode gives an error of a match its exit code.
func clubCode(err error) error {
	file := new(atboard.FileError)
	switch {
	case errors.As(err, &file):
		return withCode(exitUsage, err)
	case errors.Is(err, atboard.ErrNoResult):
		return withCode(exitUnsure, err)
	case errors.Is(err, atboard.ErrWaits):
		return withCode(exitUnsure, errSilent)
	}
	return err
}

// stop ends what goes on beside the game.
func (c *clubMatch) stop() { c.match.Stop() }

// size is that of the board: as asked for, or as the tournament's name says.
func (c *clubMatch) size(asked int) int { return c.match.Size(asked) }

// sign writes names and event into the game's record.
func (c *clubMatch) sign(root *board.Node) { c.match.Sign(root) }

// finish has the result of the game reviewed and reported.
func (c *clubMatch) finish(ctx context.Context, end play.Relayed) error {
	return clubCode(c.match.Finish(ctx, atboard.End{Game: end.Game, Result: end.Result, Dead: end.Dead}))
}

// report has a result reviewed and reported.
func (c *clubMatch) report(ctx context.Context, g desk.Game) error {
	return clubCode(c.match.Report(ctx, g))
}
