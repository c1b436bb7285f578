package seat

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/app/camera"
	"github.com/gobancam/gobancam/internal/app/failure"
	"github.com/gobancam/gobancam/internal/app/state"
	"github.com/gobancam/gobancam/internal/engine"
	"github.com/gobancam/gobancam/internal/gamefile"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/play"
	"github.com/gobancam/gobancam/internal/terminal"
)

// ProgramGame is a game against a program. It is played with what a seat has
// besides a server.
type ProgramGame struct {
	Line  string // the program's command line
	Setup board.Setup
	// Me is my colour; Empty takes that of a game that goes on, else black.
	Me       board.Color
	You      string // my name
	Time     engine.Time
	Timed    bool // Time was asked for, also for a game that goes on
	Strength string
	Think    time.Duration
	// GoOn says what goes on with a game that is kept in a file, such as the
	// name of a command.
	GoOn func(file string) string
}

// PlayProgram plays a game against a program to its end. With Options.SGF it
// goes on with the game that is in that file.
func (s *Seat) PlayProgram(ctx context.Context, g ProgramGame) (err error) {
	f := s.Face
	s.Referee.Other = "program" // in recordings, too
	defer func() { s.Referee.Other = "" }()
	record, err := s.openProgramRecord()
	if err != nil {
		return err
	}
	defer func() { err = closeRecord(record, f, err) }()
	opt := engine.Options{Start: engine.Command(g.Line), Setup: g.Setup, Me: g.Me, You: g.You, ID: 1 + rand.Int64N(1<<52), Time: g.Time,
		Strength: g.Strength, Think: g.Think, Again: "say resync (or type it)"}
	if err := s.goOn(&opt, g.Timed, record); err != nil {
		return err
	}
	if opt.Me == board.Empty {
		opt.Me = board.Black
	}
	server, err := engine.New(opt)
	if err != nil {
		return failure.As(failure.Misuse, fmt.Errorf("there is no such game: %w", err))
	}
	last, err := s.playLocal(ctx, server, opt.Setup.Size, record, server.Sign)
	over := last != nil && last.Result != nil
	if !over {
		keepTimes(record, server.Sign)
	}
	if err != nil {
		return camera.Failure(err)
	}
	if !over {
		if kept := record.Settle(); kept.Path != "" && kept.Moves > 0 && g.GoOn != nil {
			f.Note(fmt.Sprintf("the game is not over: it is kept in %s after %s, and %s goes on with it", kept.Path, moves(kept.Moves), g.GoOn(kept.Path)))
		}
	}
	return nil
}

// keepTimes writes into the record of a game that was left what both have left,
// so that it goes on with that.
func keepTimes(record *gamefile.Keeper, sign func(*board.Node)) {
	trees, err := board.ParseSGF(record.Settle().Data)
	if err != nil || len(trees) != 1 {
		return // there is none yet
	}
	var before, after bytes.Buffer
	err = board.WriteSGF(&before, trees[0])
	sign(trees[0])
	if err = errors.Join(err, board.WriteSGF(&after, trees[0])); err == nil && !bytes.Equal(before.Bytes(), after.Bytes()) {
		record.Put(after.Bytes())
	}
}

// openProgramRecord takes the file of the game's record: that of a game that
// goes on, or a new one where games are kept.
func (s *Seat) openProgramRecord() (*gamefile.Keeper, error) {
	o := gamefile.Options{Path: s.SGF}
	if s.SGF == "" {
		o.Path, o.New = state.GamesFile("program-"+time.Now().Format("20060102-150405")+".sgf"), true
	}
	record, err := OpenRecord(o, s.Face)
	if err != nil {
		return nil, failure.As(failure.Misuse, err)
	}
	if why := record.Opening(); why != "" {
		s.Face.Note(why)
	} else if s.SGF == "" {
		s.Face.Note("the game is kept in " + record.Path())
	}
	return record, nil
}

// goOn takes up the game that its file holds already, if it does; with its clocks,
// unless others were asked for.
func (s *Seat) goOn(o *engine.Options, timed bool, record *gamefile.Keeper) error {
	begun := record.Found()
	if begun == nil {
		return nil
	}
	g := begun.Game
	switch {
	case begun.Result != nil:
		return failure.As(failure.Misuse, fmt.Errorf("%s holds a game that is over (%s); give another file", s.SGF, begun.Result))
	case len(g.Edits()) > 0:
		return failure.As(failure.Misuse, fmt.Errorf("%s holds a game in which stones were set up on the way, which no program can be told; give another file", s.SGF))
	}
	if o.Me == board.Empty {
		switch o.You {
		case begun.Root.Text("PB"):
			o.Me = board.Black
		case begun.Root.Text("PW"):
			o.Me = board.White
		default:
			return failure.As(failure.Misuse, fmt.Errorf("%s does not say which colour %s has; say it", s.SGF, o.You))
		}
	}
	o.Setup, o.Moves = g.Setup(), g.Moves()
	s.Face.Note(fmt.Sprintf("going on with the game in %s, after %s", s.SGF, moves(g.MoveCount())))
	switch t, had := engine.TimesIn(begun.Root); {
	case had && (!timed || t.Time == o.Time):
		o.Times = &t
		s.Face.Note("the clocks go on: " + t.String())
	case o.Time.System != "":
		s.Face.Note("the clocks begin anew")
	}
	return nil
}

// programServer is a program as the other side of a game; Run plays it until its
// context ends.
type programServer interface {
	match.Server
	Run(context.Context) error
}

// playLocal seats camera, eyes, referee and server.
func (s *Seat) playLocal(ctx context.Context, server programServer, size int, record *gamefile.Keeper, sign func(*board.Node)) (*match.Snapshot, error) {
	commands, end := s.Orders.Begin()
	defer end()
	ctx, stop := context.WithCancel(ctx)
	var helpers sync.WaitGroup
	defer func() { stop(); helpers.Wait() }()
	f := s.Face
	s.shown.Store(nil)
	table := play.Local{Server: server, Serve: server.Run, Live: s.Live, Options: s.Referee, Commands: commands, Record: record, Labels: gamefile.Labels{Sign: sign},
		Eyes: play.EyesOptions{Size: size, Note: f.Note}, Voice: f.Announce, Eyed: s.Eyes.Store}
	source, show, err := s.look(ctx, size, commands)
	if err != nil {
		return nil, err
	}
	defer source.Close()
	table.Source, table.Publish = source, show
	held := f.Hold(ctx, s.Camera.Name)
	defer held.Release()
	s.Camera.Find(&table.Eyes, f.Note)
	if table.Tape, err = s.tape(); err != nil {
		return nil, err
	}
	if table.Tape != nil {
		defer table.Tape.Close()
	}
	table.Eyes.Seen = s.filmed(held)
	if err := s.heed(ctx, &helpers, size, commands, terminal.ProgramHelp, held); err != nil {
		return nil, err
	}
	return table.Play(ctx)
}
