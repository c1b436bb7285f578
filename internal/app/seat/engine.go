package seat

import (
	"context"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gobancam/gobancam/gtp"
	"github.com/gobancam/gobancam/internal/app/camera"
	"github.com/gobancam/gobancam/internal/app/face"
	"github.com/gobancam/gobancam/internal/app/state"
	"github.com/gobancam/gobancam/internal/disk"
	"github.com/gobancam/gobancam/internal/gamefile"
	"github.com/gobancam/gobancam/internal/gtpboard"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/play"
	"github.com/gobancam/gobancam/internal/recording"
	"github.com/gobancam/gobancam/internal/terminal"
	"github.com/gobancam/gobancam/internal/version"
	"github.com/gobancam/gobancam/ogs"
	"github.com/gobancam/gobancam/vision"
)

// Engine is the seat of a person who plays for whoever drives this program by
// the Go Text Protocol. What the person sees and hears goes to the face; the
// protocol has an input and an output to itself.
type Engine struct {
	Camera  camera.Choice
	Referee match.Options
	Board   gtpboard.Options // all but Sit and Keep
	SGF     string           // the file of the first game's record; "" for new ones where games are kept
	Listen  string           // as in Options
	Typed   string           // a pipe or terminal at which commands are typed; "" for none
	Face    *face.Face
	Orders  Orders                    // for the game that is on
	Eyes    atomic.Pointer[play.Eyes] // of the game that is on

	ctx    context.Context // of Serve
	shown  atomic.Pointer[match.Snapshot]
	source vision.Source // once a game has been played at the board
	acts   func(*match.Snapshot)
	record *gamefile.Keeper // of the game that is on
	of     int64            // its ID
	named  bool             // SGF has been used
}

// Serve answers the controller until it leaves, or ctx ends. The games stay.
func (s *Engine) Serve(ctx context.Context, in io.Reader, out io.Writer) (err error) {
	ctx, stop := context.WithCancel(ctx)
	var helpers sync.WaitGroup
	defer helpers.Wait()
	defer stop()
	s.ctx, s.Referee.Other = ctx, "controller"
	if err := s.hear(ctx, &helpers); err != nil {
		return err
	}
	o := s.Board
	o.Sit, o.Keep = s.sit, s.keep
	engine := gtpboard.New(o)
	server := &gtp.Server{Name: "gobancam", Version: version.Version}
	engine.Handlers(server)
	ran := make(chan error, 1)
	go func() { ran <- engine.Run(ctx) }()
	err = server.Serve(ctx, in, out)
	stop()
	<-ran
	if s.source != nil {
		s.source.Close()
	}
	return s.close(err)
}

// hear takes commands of the person from where they are spoken and typed.
func (s *Engine) hear(ctx context.Context, helpers *sync.WaitGroup) error {
	commands := make(chan match.Command)
	for _, way := range []struct {
		name string
		take func(*face.Lines)
	}{
		{s.Listen, func(l *face.Lines) { l.Hear(ctx, commands, &s.shown, s.Board.Size) }},
		{s.Typed, func(l *face.Lines) {
			l.Command(ctx, commands, &s.Eyes, &s.shown, s.Board.Size, terminal.ControllerHelp, s.Face)
		}},
	} {
		if way.name == "" {
			continue
		}
		lines, err := face.Listen(ctx, way.name)
		if err != nil {
			return err
		}
		helpers.Go(func() { way.take(lines) })
	}
	helpers.Go(func() {
		for {
			select {
			case c := <-commands:
				if !s.Orders.Give(ctx, c) {
					s.Face.Note("There is no game at the board now.")
				}
			case <-ctx.Done():
				return
			}
		}
	})
	return nil
}

// sit plays a game at the board. The engine's goroutine has it called for one
// game at a time.
func (s *Engine) sit(ctx context.Context, t gtpboard.Table) error {
	commands, end := s.Orders.Begin()
	defer end()
	if s.source == nil {
		if err := s.Face.Meet(ctx, &s.Camera); err != nil {
			s.Face.Note(err.Error())
			return err
		}
		// It stays open from game to game.
		source, acts, err := s.Camera.Open(s.ctx, t.Size, s.Face.Note, func(c match.Command) { s.Orders.Give(s.ctx, c) })
		if err != nil {
			s.Face.Note(err.Error())
			return err
		}
		s.source, s.acts = source, acts
	}
	h := play.Local{Source: s.source, Eyes: play.EyesOptions{Size: t.Size, Note: s.Face.Note}, Server: t.Server, Options: s.Referee,
		Commands: commands, Voice: s.Face.Announce, Eyed: s.Eyes.Store}
	s.Camera.Find(&h.Eyes, s.Face.Note)
	h.Eyes.Size = t.Size
	place, err := state.Journal("gtp", ogs.ID(t.ID))
	if err == nil {
		h.Journal, err = match.OpenJournal(disk.OS, place)
	}
	if err != nil {
		err = fmt.Errorf("there is no place for the journal of moves, without which none is answered: %w", err)
		s.Face.Note(err.Error())
		return err
	}
	defer h.Journal.Close()
	h.Tape = newFlight(s.Face.Note, func(dir string, opt recording.Options, alarm func(error)) (*play.Tape, error) {
		return play.NewTape(dir, s.Camera.Name, s.Referee, opt, alarm)
	})
	if h.Tape != nil {
		defer h.Tape.Close()
	}
	held := s.Face.Hold(ctx, s.Camera.Name)
	defer held.Release()
	h.Eyes.Seen = Seen(nil).shown(s.Face, held)
	ctx, stop := context.WithCancel(ctx)
	var helpers sync.WaitGroup
	defer func() { stop(); helpers.Wait() }()
	helpers.Go(func() { held.Command(ctx, commands, &s.shown, t.Size) })
	helpers.Go(func() { held.Attend(ctx) })
	h.Publish = func(snap *match.Snapshot) {
		s.Face.Show(snap)
		s.shown.Store(snap)
		if s.acts != nil {
			s.acts(snap)
		}
	}
	if _, err := h.Play(ctx); err != nil {
		err = camera.Failure(err)
		s.Face.Note(err.Error())
		return err
	}
	return nil
}

// keep keeps a game in its file, each in one of its own. It is called by the
// engine's goroutine, and after its end by close.
func (s *Engine) keep(r gtpboard.Record) {
	if s.record != nil && s.of != r.ID {
		if err := s.close(nil); err != nil {
			s.Face.Note(err.Error())
		}
	}
	begun := r.Game.MoveCount() > 0 || r.Result != nil
	if s.record == nil && !begun {
		return
	}
	if s.record == nil {
		o := gamefile.Options{Path: state.GamesFile("gtp-" + time.Now().Format("20060102-150405") + ".sgf"), New: true, Always: true}
		if s.SGF != "" && !s.named {
			s.named = true
			o = gamefile.Options{Path: s.SGF, New: true, Always: true}
		}
		record, err := OpenRecord(o, s.Face)
		if err != nil {
			s.Face.Announce(match.Event{Kind: match.EventAlarm, State: match.StateUnkept, Frame: -1, Aside: true,
				Text: fmt.Sprintf("there is no place for the game record: %v", err), Say: "The game is not kept."})
			return
		}
		s.record, s.of = record, r.ID
		s.Face.Note("the game is kept in " + record.Path())
	}
	l := gamefile.Labels{Black: r.Players[0], White: r.Players[1]}
	if r.Result != nil {
		result := r.Result.SGF()
		l.Result = &result
	}
	if err := s.record.Keep(r.Game, l); err != nil {
		s.Face.Announce(match.Event{Kind: match.EventAlarm, State: match.StateUnkept, Frame: -1, Aside: true, Text: err.Error(), Say: "The game is not kept."})
	}
}

// close closes the record of the game that is on, of a seat that ends with err.
func (s *Engine) close(err error) error {
	if s.record == nil {
		return err
	}
	record := s.record
	s.record = nil
	return closeRecord(record, s.Face, err)
}
