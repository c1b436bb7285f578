// Package seat seats the player at a board: camera, eyes, referee or relay, the
// game's files and the flight recorder, one face, and the commands that are
// typed and heard. At an online seat one game after another can be played; at a
// board two people play one.
package seat

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/gobancam/gobancam/internal/app/camera"
	"github.com/gobancam/gobancam/internal/app/face"
	"github.com/gobancam/gobancam/internal/app/failure"
	"github.com/gobancam/gobancam/internal/app/state"
	"github.com/gobancam/gobancam/internal/disk"
	"github.com/gobancam/gobancam/internal/gamefile"
	"github.com/gobancam/gobancam/internal/live"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/play"
	"github.com/gobancam/gobancam/internal/recording"
	"github.com/gobancam/gobancam/internal/terminal"
	"github.com/gobancam/gobancam/ogs"
	"github.com/gobancam/gobancam/vision"
)

// Options are how the games at a seat are played.
type Options struct {
	Camera  camera.Choice
	Referee match.Options
	SGF     string     // the file of the game's record; "" for one of its own where games are kept
	Record  string     // a new directory for a recording of everything; "" for the flight recorder's last minutes
	Listen  string     // a pipe or file to which a speech recogniser writes; "" for none
	Live    *live.Feed // is told each game, for those who watch; nil for none
	Seen    Seen       // is given what the camera sees, likewise
	// Challenges says how the user sees the challenges that come during a game,
	// as "see …"; "" for nothing.
	Challenges string
}

// Seat is where one plays online: one face, on which one game after another can
// be played.
type Seat struct {
	Options
	Face   *face.Face
	Lines  *face.Lines
	Orders Orders                    // for the game that is on
	Eyes   atomic.Pointer[play.Eyes] // of the game that is on, once they are open
	Log    *slog.Logger
	shown  atomic.Pointer[match.Snapshot]
}

// Play plays a joined game to its end.
func (s *Seat) Play(ctx context.Context, client *ogs.Client, session *ogs.Session, game *ogs.Game) (err error) {
	commands, end := s.Orders.Begin()
	defer end()
	ctx, stop := context.WithCancel(ctx)
	var helpers sync.WaitGroup
	defer func() { stop(); helpers.Wait() }()
	f := s.Face
	if err := state.RememberGame(client.Server(), game.ID()); err != nil {
		s.Log.Warn("this game will not be remembered as the last", "error", err)
	}
	table := play.Table{
		Game: game, Now: session.ServerNow, Options: s.Referee, Commands: commands,
		Eyes:  play.EyesOptions{Size: game.State().Width, Note: f.Note},
		Voice: f.Announce, Eyed: s.Eyes.Store, Live: s.Live,
		Place: strings.TrimRight(client.Server(), "/") + "/game/" + game.ID().String(),
	}
	s.shown.Store(nil)
	// Before the camera is touched, which the one who plays this game has.
	if table.Journal, err = openJournal(client.Server(), game.ID()); err != nil {
		return err
	}
	defer table.Journal.Close()
	source, show, err := s.look(ctx, table.Eyes.Size, commands)
	if err != nil {
		return err
	}
	defer source.Close()
	table.Source, table.Publish = source, show
	held := f.Hold(ctx, s.Camera.Name)
	defer held.Release()
	s.Camera.Find(&table.Eyes, f.Note)

	if table.Record, err = s.openRecord(client.Server(), game.ID()); err != nil {
		return err
	}
	defer func() { err = closeRecord(table.Record, f, err) }()
	if table.Tape, err = s.tape(); err != nil {
		return err
	}
	if table.Tape != nil {
		defer table.Tape.Close()
		client.Trace(table.Tape.Wire)
		defer client.Trace(nil)
	}
	table.Eyes.Seen = s.filmed(held)
	if err := s.heed(ctx, &helpers, table.Eyes.Size, commands, terminal.Help, held); err != nil {
		return err
	}
	helpers.Go(func() { s.followOthers(ctx, session, game.ID()) })

	last, err := table.Play(ctx)
	if err != nil {
		return camera.Failure(err)
	}
	if last != nil && last.Result != nil {
		s.compare(ctx, client, game.ID(), table.Record)
	}
	return nil
}

// look opens the camera for a game on a board of size lines. What a simulated
// player says becomes commands; show shows a snapshot to all who are here.
func (s *Seat) look(ctx context.Context, size int, commands chan<- match.Command) (source vision.Source, show func(*match.Snapshot), err error) {
	source, acts, err := s.Camera.Open(ctx, size, s.Face.Note, func(c match.Command) {
		select {
		case commands <- c:
		case <-ctx.Done():
		}
	})
	if err != nil {
		return nil, nil, err
	}
	return source, func(snap *match.Snapshot) {
		s.Face.Show(snap)
		s.shown.Store(snap)
		if acts != nil {
			acts(snap)
		}
	}, nil
}

// filmed gives what the camera sees to those who watch, to the phone that it may
// be, and to the window.
func (s *Seat) filmed(held *face.Handheld) Seen { return s.Seen.shown(s.Face, held) }

// heed takes what is spoken, typed and tapped on the phone as commands of a game,
// until ctx ends; help lists them.
func (s *Seat) heed(ctx context.Context, helpers *sync.WaitGroup, size int, commands chan<- match.Command, help string, held *face.Handheld) error {
	if s.Listen != "" {
		heard, err := face.Listen(ctx, s.Listen)
		if err != nil {
			return err
		}
		helpers.Go(func() { heard.Hear(ctx, commands, &s.shown, size) })
	}
	helpers.Go(func() { s.Lines.Command(ctx, commands, &s.Eyes, &s.shown, size, help, s.Face) })
	helpers.Go(func() { held.Command(ctx, commands, &s.shown, size) })
	helpers.Go(func() { held.Attend(ctx) })
	return nil
}

// openJournal takes the journal of a game, which nobody else may have.
func openJournal(server string, id ogs.ID) (*match.FileJournal, error) {
	place, err := state.Journal(server, id)
	if err != nil {
		return nil, fmt.Errorf("there is no place for the journal of moves, without which none is sent: %w", err)
	}
	return match.OpenJournal(disk.OS, place)
}

// openRecord takes the file of a game's record, and tells where it is if not
// where it was asked for.
func (s *Seat) openRecord(server string, id ogs.ID) (*gamefile.Keeper, error) {
	file := s.SGF
	if file == "" {
		file = state.GamesFile(state.GameName(server, id) + ".sgf")
	}
	record, err := OpenRecord(gamefile.Options{Path: file, Always: true}, s.Face)
	if err != nil {
		return nil, fmt.Errorf("there is no place for the game record: %w", err)
	}
	if why := record.Opening(); why != "" {
		s.Face.Note(why)
	}
	return record, nil
}

// tape records the game: all of it where asked to, else the last minutes.
func (s *Seat) tape() (*play.Tape, error) {
	if s.Record == "" {
		return newFlight(s.Face.Note, func(dir string, opt recording.Options, alarm func(error)) (*play.Tape, error) {
			return play.NewTape(dir, s.Camera.Name, s.Referee, opt, alarm)
		}), nil
	}
	t, err := play.NewTape(s.Record, s.Camera.Name, s.Referee, recording.Options{}, func(err error) { s.Face.Note(err.Error()) })
	if err != nil {
		return nil, failure.As(failure.Misuse, err)
	}
	return t, nil
}
