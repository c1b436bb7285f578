package seat

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/app/camera"
	"github.com/gobancam/gobancam/internal/app/face"
	"github.com/gobancam/gobancam/internal/app/failure"
	"github.com/gobancam/gobancam/internal/app/state"
	"github.com/gobancam/gobancam/internal/demo"
	"github.com/gobancam/gobancam/internal/gamefile"
	"github.com/gobancam/gobancam/internal/live"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/play"
	"github.com/gobancam/gobancam/internal/recording"
	"github.com/gobancam/gobancam/internal/terminal"
)

// Board is a game between two people at one board, which is written down.
type Board struct {
	Camera       camera.Choice
	Setup        board.Setup // size 0: found out
	AsFound      bool        // it starts from whatever lies on the board at first
	Black, White string      // names
	Ranks        [2]string   // Black's and White's, as players say them; "" where they are not known
	Demo         *DemoBoard  // shows the game; nil for none
	SGF          string      // the file of the record, and of a game that goes on; "" for a new one where games are kept
	Listen       string      // as in Options
	Face         *face.Face
	Lines        *face.Lines
	Live         *live.Feed // is told the game, for those who watch; nil for none
	Seen         Seen       // is given what the camera sees, likewise
	// Orders and Eyes are of a window, which orders and points out the corners;
	// nil without one.
	Orders *Orders
	Eyes   *atomic.Pointer[play.Eyes]
	// OtherFile says how another file is named for the record, such as a flag;
	// "" says nothing.
	OtherFile string
	// GoOn says what goes on with a game that is kept in a file, such as the
	// name of a command.
	GoOn func(file string) string
	// Match seats the players of a match; nil where the game belongs to none.
	// What it returns is closed, also with an error. answer reads what is said to
	// questions before the game.
	Match func(ctx context.Context, answer func(context.Context) (string, error)) (Match, error)
}

// Match is a match of a tournament that is played at a board.
type Match interface {
	Keeper() *gamefile.Keeper                   // of the game; nil if its file could not be taken
	Begun() *gamefile.Found                     // the game as its file held it, or nil
	Size(asked int) int                         // lines of the board; 0: found out
	Sign(root *board.Node)                      // writes names and event into the record
	Stop()                                      // ends what goes on beside the game
	Report(context.Context, board.Result) error // has the result of a game reported that was over when it was opened
	Finish(context.Context, play.Relayed) error // has the result of the game reported
}

// Errors of a game at a board.
var (
	errQuit      = errors.New("you quit: nothing was begun")
	errShown     = errors.New("the game is over, and was shown")
	ErrNoPicture = errors.New("no board was found in any picture")
)

// Play writes the game down until it ends, or is left.
func (b *Board) Play(ctx context.Context) (err error) {
	playing, stop := context.WithCancel(ctx)
	defer stop()
	of, record, err := b.open(ctx)
	if of != nil {
		defer of.Stop()
	}
	if record != nil {
		defer func() { err = closeRecord(record, b.Face, err) }()
	}
	if errors.Is(err, errQuit) || errors.Is(err, errShown) {
		return nil
	}
	if err != nil {
		return err
	}
	begun := record.Found()
	if err := b.Face.Meet(ctx, &b.Camera); err != nil {
		return err
	}
	if of != nil {
		if begun = of.Begun(); begun != nil && begun.Result != nil {
			return of.Report(ctx, *begun.Result)
		}
	}
	end, err := b.relay(playing, b.options(begun), record, of)
	b.left(end, record.Settle(), of != nil)
	switch {
	case err != nil:
		return camera.Failure(err)
	case end.Game == nil:
		return failure.As(failure.Unsure, ErrNoPicture)
	case of == nil:
		return nil
	}
	return of.Finish(ctx, end)
}

// open takes the game's file, and where it belongs to a match seats the
// players. What it returns has to be closed, also with an error.
func (b *Board) open(ctx context.Context) (Match, *gamefile.Keeper, error) {
	if b.Match != nil {
		of, err := b.Match(ctx, b.answer)
		if of == nil {
			return nil, nil, err
		}
		if err == nil {
			b.Setup.Size = of.Size(b.Setup.Size)
			err = fits(of.Begun(), b.Setup.Size, of.Keeper().Path())
		}
		return of, of.Keeper(), err
	}
	o := gamefile.Options{Path: b.SGF}
	if b.SGF == "" {
		o.Path, o.New = state.GamesFile("board-"+time.Now().Format("20060102-150405")+".sgf"), true
	}
	record, err := OpenRecord(o, b.Face)
	if err != nil {
		return nil, nil, failure.As(failure.Misuse, err)
	}
	begun := record.Found()
	if begun != nil && begun.Result != nil && b.Demo != nil {
		b.Face.Note(fmt.Sprintf("%s holds a game that is over (%s): its demo board gets what it lacks of it; for a new game give another file", b.SGF, begun.Result))
		b.Demo.showOver(ctx, begun, record, b.Face)
		return nil, record, errShown
	}
	if begun != nil && begun.Result != nil {
		return nil, record, failure.As(failure.Misuse, fmt.Errorf("%s holds a game that is over (%s); give another file", b.SGF, begun.Result))
	}
	if err := fits(begun, b.Setup.Size, b.SGF); err != nil {
		return nil, record, err
	}
	if why := record.Opening(); why != "" {
		b.Face.Note(why)
	} else if err := record.Settle().Err; err != nil {
		if b.OtherFile != "" {
			b.Face.Note("Where there is a place for the record, name it: " + b.OtherFile + ".")
		}
	} else if b.SGF == "" {
		b.Face.Note("the game is kept in " + record.Path())
	}
	return nil, record, nil
}

// answer reads what is said to a question before the game.
func (b *Board) answer(ctx context.Context) (string, error) {
	line, err := b.Lines.Next(ctx)
	if word := strings.ToLower(strings.TrimSpace(line)); err == nil && (word == "quit" || word == "q") {
		return "", errQuit
	}
	return line, err
}

// fits reports whether a game that was begun is of a board of this size; 0: of
// any.
func fits(begun *gamefile.Found, size int, file string) error {
	if begun == nil || size == 0 || size == begun.Game.Size() {
		return nil
	}
	return failure.As(failure.Misuse, fmt.Errorf("%s holds a game on %d×%d; give another file", file, begun.Game.Size(), begun.Game.Size()))
}

// options are how the game is relayed.
func (b *Board) options(begun *gamefile.Found) match.RelayOptions {
	opt := match.RelayOptions{Setup: b.Setup, AsFound: b.AsFound}
	if begun != nil {
		opt.Setup.Size = begun.Game.Size()
		file := cmp.Or(b.SGF, "its file")
		opt.Begun, opt.Played = begun.Game, begun.Played
		opt.AskBegun, opt.BegunName = true, filepath.Base(file)
		b.Face.Note(fmt.Sprintf("going on with the game in %s, after %s", file, moves(begun.Game.MoveCount())))
	}
	return opt
}

// moves counts moves in words.
func moves(n int) string {
	if n == 1 {
		return "1 move"
	}
	return fmt.Sprintf("%d moves", n)
}

// left says where a game without a result is kept.
func (b *Board) left(end play.Relayed, kept gamefile.Kept, match bool) {
	if end.Game == nil || end.Result != nil || kept.Path == "" || kept.Moves == 0 {
		return
	}
	again := b.GoOn(kept.Path)
	if match && kept.Err == nil {
		again = "the same command"
	}
	b.Face.Note(fmt.Sprintf("the game is not over: it is kept in %s after %s, and %s goes on with it", kept.Path, moves(kept.Moves), again))
}

// relay watches the game until it ends.
func (b *Board) relay(ctx context.Context, opt match.RelayOptions, record *gamefile.Keeper, of Match) (play.Relayed, error) {
	size := opt.Setup.Size
	source, _, err := b.Camera.Open(ctx, size, b.Face.Note, nil)
	if err != nil {
		return play.Relayed{}, err
	}
	defer source.Close()
	held := b.Face.Hold(ctx, b.Camera.Name)
	defer held.Release()
	eyes := play.EyesOptions{Size: size, Note: b.Face.Note, Seen: b.Seen.shown(b.Face, held)}
	b.Camera.Find(&eyes, b.Face.Note)
	eyed := b.Eyes
	if eyed == nil {
		eyed = new(atomic.Pointer[play.Eyes])
	}
	var shown atomic.Pointer[match.Snapshot]
	relay := play.Relay{
		Source: source, Eyes: eyes, Voice: b.Face.Announce, Record: record, Eyed: eyed.Store, Live: b.Live,
		Labels:  gamefile.Labels{Black: game.Player{Name: b.Black, Rank: b.Ranks[0]}, White: game.Player{Name: b.White, Rank: b.Ranks[1]}},
		Options: opt,
		Publish: func(s *match.Snapshot) { shown.Store(s); b.Face.Show(s) },
	}
	if of != nil {
		relay.Labels.Sign = of.Sign
	}
	if b.Demo != nil {
		if relay.Live == nil {
			relay.Live = live.NewFeed()
		}
		defer b.Demo.show(ctx, relay.Live, record, opt.Begun != nil, b.Face)()
	}
	relay.Tape = newFlight(b.Face.Note, func(dir string, opt recording.Options, alarm func(error)) (*play.Tape, error) {
		return play.NewRelayTape(dir, b.Camera.Name, relay.Options, opt, alarm)
	})
	if relay.Tape != nil {
		defer relay.Tape.Close()
	}
	playing, over := context.WithCancel(ctx)
	var helpers sync.WaitGroup
	defer func() { over(); helpers.Wait() }()
	orders := b.Orders
	if orders == nil {
		orders = new(Orders)
	}
	commands, end := orders.Begin()
	defer end()
	relay.Commands = commands
	if b.Listen != "" {
		heard, err := face.Listen(playing, b.Listen)
		if err != nil {
			return play.Relayed{}, err
		}
		helpers.Go(func() { heard.Hear(playing, commands, &shown, size) })
	}
	if two, ok := source.(*demo.Board); ok {
		see := relay.Publish
		relay.Publish = func(s *match.Snapshot) { two.See(s); see(s) }
		two.Two(func(c match.Command) {
			select {
			case commands <- c:
			case <-playing.Done():
			}
		})
	}
	helpers.Go(func() { b.Lines.Command(playing, commands, eyed, &shown, size, terminal.BoardHelp, b.Face) })
	helpers.Go(func() { held.Command(playing, commands, &shown, size) })
	helpers.Go(func() { held.Attend(playing) })
	return relay.Run(ctx)
}
