// Package app is gobancam as an application, without a command line: what lies
// between the options of a start and the table at which a game is played. Its
// rooms:
//
//	failure   what kind of failure an error is
//	state     what is remembered on disk, and where
//	camera    naming, opening and placing a camera
//	account   signing in and out
//	games     choosing, offering and visiting online games
//	audience  others who watch the games, on a page of this machine
//	voices    sounds and speech, as configured
//	face      what a player sees and types
//	seat      one game, from its files to its end
//	lounge    the window's pages, from the camera to the game and back
//
// None of them knows the name of a command or a flag: where the user can do
// something outside of the program, the words for it come in as options, or are
// added to an error by its type.
package app

import (
	"context"
	"errors"
	"io"
	"log/slog"

	"github.com/gobancam/gobancam/challonge"
	"github.com/gobancam/gobancam/internal/app/account"
	"github.com/gobancam/gobancam/internal/app/audience"
	"github.com/gobancam/gobancam/internal/app/face"
	"github.com/gobancam/gobancam/internal/app/games"
	"github.com/gobancam/gobancam/internal/app/lounge"
	"github.com/gobancam/gobancam/internal/app/seat"
	"github.com/gobancam/gobancam/internal/app/voices"
	"github.com/gobancam/gobancam/internal/config"
	"github.com/gobancam/gobancam/internal/window"
	"github.com/gobancam/gobancam/ogs"
)

// PlayOptions are how one plays online.
type PlayOptions struct {
	Server   account.Server
	Seat     seat.Options
	Voices   voices.Options
	Program  *seat.ProgramGame  // a game against a program is played, and none at a server
	Game     *games.Which       // the one that was asked for; nil to choose in the window, or as Choose does
	Window   bool               // one is wanted
	Headless bool               // lines of JSON, and no voices
	Audience *audience.Audience // watches all games; nil for none
	Light    bool               // the window begins with the light colours
	Chosen   bool               // the camera was chosen
	In       io.Reader          // of typed commands
	Out, Err io.Writer
	Log      *slog.Logger

	// Review is what games are looked at with; see lounge.Options.
	Review lounge.Reviewing

	// GoOn says what goes on with a game of two players that is kept in a file;
	// see seat.Board.
	GoOn func(file string) string
	// ProgramGoesOn says the same of a game against a program.
	ProgramGoesOn func(program, strength string) func(file string) string
	// DemoAgain says what makes a demo board show all of a game; see
	// seat.DemoBoard.
	DemoAgain func(id ogs.ID, file string) string
	// What the user can do outside of the window; see lounge.Options.
	Challonge func() (challonge.Endpoints, error)
	KeySignIn string
	Advised   func(error) error
}

// Play opens the window, in which games are chosen and played until it is
// closed. Where none is wanted or none can be opened, it plays one game.
func Play(ctx context.Context, o PlayOptions) error {
	conf, err := config.Read()
	if err != nil {
		return err
	}
	conf.Tune(&o.Seat.Referee)
	s := &seat.Seat{Options: o.Seat, Face: face.New(o.Out, o.Headless), Lines: face.ReadLines(ctx, o.In), Log: o.Log}
	o.Audience.Tell(s.Face)
	s.Live, s.Seen = o.Audience.Feed(), o.Audience.Seen()
	if o.Window {
		err := window.Available()
		if err == nil {
			if err = inWindow(ctx, o, s); !errors.Is(err, window.ErrNoDisplay) {
				return err
			}
		}
		io.WriteString(o.Err, face.NoWindow(err)+"\n")
	}
	if err := s.Face.Meet(ctx, &s.Camera); err != nil {
		return err
	}
	if o.Program != nil {
		return withProgram(ctx, o, s)
	}
	client, err := o.Server.Client(ctx, o.Log)
	if err != nil {
		return err
	}
	which := games.Which{}
	if o.Game != nil {
		which = *o.Game
	}
	session, game, err := games.Join(ctx, client, which)
	if err != nil {
		return err
	}
	defer session.Close()
	if !o.Headless {
		if s.Face.Voices, err = o.Voices.Open(ctx, s.Face.Note); err != nil {
			return err
		}
		defer s.Face.Voices.Close()
	}
	return s.Play(ctx, client, session, game)
}

// Review opens a window in which the game of o.Review is stepped through. Its
// error wraps window.ErrNoDisplay where none can be opened.
func Review(ctx context.Context, o PlayOptions) error {
	if err := window.Available(); err != nil {
		return err
	}
	s := &seat.Seat{Options: o.Seat, Face: face.New(o.Out, o.Headless), Lines: face.ReadLines(ctx, o.In), Log: o.Log}
	o.Voices.Speech, o.Voices.NoSound = "off", true
	return inWindow(ctx, o, s)
}

// withProgram plays a game against a program, without a window.
func withProgram(ctx context.Context, o PlayOptions, s *seat.Seat) (err error) {
	if !o.Headless {
		if s.Face.Voices, err = o.Voices.Open(ctx, s.Face.Note); err != nil {
			return err
		}
		defer s.Face.Voices.Close()
	}
	return s.PlayProgram(ctx, *o.Program)
}

// inWindow opens the window at a seat until it is closed.
func inWindow(ctx context.Context, o PlayOptions, s *seat.Seat) error {
	l, err := lounge.New(ctx, lounge.Options{Seat: s, Server: o.Server, Voices: o.Voices, Light: o.Light, Game: o.Game, Program: o.Program, Review: o.Review, ProgramGoesOn: o.ProgramGoesOn, Chosen: o.Chosen, Out: o.Out,
		Audience: o.Audience, Board: seat.Board{GoOn: o.GoOn}, DemoAgain: o.DemoAgain, Challonge: o.Challonge, KeySignIn: o.KeySignIn, Advised: o.Advised})
	if err != nil {
		return err
	}
	return l.Open(ctx)
}
