package main

import (
	"fmt"
	"log/slog"
	"strconv"

	"github.com/adrg/xdg"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/gobancam/gobancam/challonge"
	"github.com/gobancam/gobancam/internal/app"
	"github.com/gobancam/gobancam/internal/app/camera"
	"github.com/gobancam/gobancam/internal/app/games"
	"github.com/gobancam/gobancam/internal/app/lounge"
	"github.com/gobancam/gobancam/internal/app/seat"
	"github.com/gobancam/gobancam/internal/config"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/review"
	"github.com/gobancam/gobancam/ogs"
)

// playFlags are what `play` can be told.
type playFlags struct {
	ogs      ogsFlags
	where    boardFlags
	camera   string
	game     int64
	pick     int
	headless bool
	text     bool
	light    bool
	voices   voiceFlags
	confirm  string
	sgf      string
	record   string
	listen   string
	live     liveFlags
	verbose  bool
	engine   engineFlags
}

func newPlayCommand() *cobra.Command {
	var f playFlags
	cmd := &cobra.Command{
		Use:   "play",
		Short: "Play online, or against a program, on your board",
		Long: `Play joins a running game on the server and plays it on your board: your stones
are sent when they have lain for a moment and the hand is gone, and the
opponent's are told, to be put down by you.

The camera is a device (0, /dev/video2), the address of a phone or network
camera (http://…, rtsp://…), a video file or a directory of pictures (in real
time), or sim: for a simulated board whose player makes random moves. The board
is taken from --corners, from the camera's saved calibration, or else found in
the picture. Play ends with the game; files end it too, once what is pending has
been settled.

With --engine the opponent is a program on this computer, and neither account nor
network is needed: any that speaks GTP, by its command line or by a name that
'gobancam engines' lists. A program that crashes, hangs or plays what cannot be is
started again and told the game; a game that was left goes on with the same
--engine and --sgf FILE.

With a display it opens a window, in which camera and game can be chosen where
neither --camera nor --game says. Commands are typed as lines, too; 'help' lists
them. They can be spoken with any speech recogniser that writes what it hears to
a pipe (--listen PIPE): yes, no, pass, resign, undo, cancel and the like in
English, German, French, Japanese, Korean and Chinese; every other sentence is
passed over. With --headless, events are lines of JSON on standard output and
nothing else is.

While a stone of yours that was played is missing from the board, no other one is
taken for a move. Put it back; or say yes when asked whether to take it back; or,
if it lies there and only the camera does not see it, type 'there', or say "it is
there".`,
		Example: `  gobancam play
  gobancam play --camera http://192.168.1.20:8080/video --confirm ask
  gobancam play --game 12345678 --headless
  gobancam play --engine gnugo --size 9
  gobancam play --engine gnugo --color white --handicap 4 --time 10m+5x30s`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return f.run(cmd) },
	}
	f.ogs.register(cmd)
	f.where.register(cmd)
	f.voices.register(cmd)
	f.engine.register(cmd)
	fl := cmd.Flags()
	registerCamera(cmd, &f.camera, "device, address, file, directory, phone: for a phone's browser, or sim:")
	fl.Int64Var(&f.game, "game", 0, "the game's `ID` (default: the one played last if it still runs, else the only one)")
	fl.IntVar(&f.pick, "pick", 0, "the game with this `number` in 'gobancam games'")
	fl.BoolVar(&f.headless, "headless", false, "no window and no board: JSON lines out, commands in")
	fl.BoolVar(&f.text, "text", false, "no window, even if there is a display: the board in text")
	fl.BoolVar(&f.light, "light", false, "begin with the light colours")
	fl.StringVar(&f.confirm, "confirm", "auto", "auto, ask, or a confidence like 0.999 below which you are asked")
	fl.StringVar(&f.sgf, "sgf", "", "keep the game record in `FILE` (default: in gobancam/games under "+xdg.DataHome+")")
	fl.StringVar(&f.record, "record", "", "record everything in a new directory `DIR`, instead of the last ten minutes")
	registerListen(cmd, &f.listen)
	f.live.register(cmd)
	fl.BoolVarP(&f.verbose, "verbose", "v", false, "log the client's doings on standard error")
	bind(fl, "light", "window.light")
	bind(fl, "confirm", "referee.confirm")
	cmd.MarkFlagsMutuallyExclusive("game", "pick")
	completeWith(cmd, "confirm", "auto", "ask")
	return cmd
}

// referee turns --confirm into the referee's options.
func (f *playFlags) referee() (match.Options, error) {
	o, err := config.ParseConfirm(f.confirm)
	if err != nil {
		return o, withCode(exitUsage, fmt.Errorf("--confirm %s: auto, ask, or a number between 0 and 1", f.confirm))
	}
	return o, nil
}

func (f *playFlags) run(cmd *cobra.Command) error {
	corners, err := f.where.parse()
	if err != nil {
		return err
	}
	referee, err := f.referee()
	if err != nil {
		return err
	}
	program, err := f.engine.game(cmd, f.where.size)
	if err != nil {
		return err
	}
	level := slog.LevelWarn
	if f.verbose {
		level = slog.LevelDebug
	}
	o := app.PlayOptions{
		Server: f.ogs.at(cmd),
		Seat: seat.Options{Camera: camera.Choice{Name: f.camera, Corners: corners}, Referee: referee,
			SGF: f.sgf, Record: f.record, Listen: f.listen, Challenges: "see 'gobancam challenge list'"},
		Window: !f.headless && !f.text, Headless: f.headless, Light: f.light, Chosen: corners != nil || cmd.Flags().Changed("camera"),
		In: cmd.InOrStdin(), Out: cmd.OutOrStdout(), Err: cmd.ErrOrStderr(),
		Program: program, ProgramGoesOn: goOnWithProgram,
		Log:       logTo(slog.NewTextHandler(cmd.ErrOrStderr(), &slog.HandlerOptions{Level: level})),
		Challonge: challongeEndpoints, KeySignIn: "'gobancam challonge login'", Advised: advised, GoOn: goOn, DemoAgain: demoAgain,
	}
	conf, err := config.Read()
	if err != nil {
		return err
	}
	o.Review = lounge.Reviewing{Dir: gamesDir(), Engine: conf.Review.Engine, Effort: review.Effort{Visits: conf.Review.Visits, Time: conf.Review.Time}}
	watched, err := f.live.open("")
	if err != nil {
		return err
	}
	defer watched.Close(cmd.Context(), func(text string) { fmt.Fprintln(cmd.ErrOrStderr(), text) })
	o.Audience = watched
	if !f.headless { // which has no voices
		if o.Voices, err = f.voices.options(); err != nil {
			return err
		}
	}
	if o.Game, err = f.which(); err != nil {
		return err
	}
	return app.Play(cmd.Context(), o)
}

// which is the game that was asked for; nil for none.
func (f *playFlags) which() (*games.Which, error) {
	switch {
	case f.game != 0:
		return &games.Which{ID: ogs.ID(f.game)}, nil
	case f.pick != 0:
		which, err := whichGame(strconv.Itoa(f.pick))
		return &which, err
	}
	return nil, nil
}

// challongeEndpoints are those that the commands take without flags.
func challongeEndpoints() (challonge.Endpoints, error) {
	var f challongeFlags
	fl := pflag.NewFlagSet("", pflag.ContinueOnError)
	f.registerConnection(fl)
	err := configure(fl)
	if err == nil {
		err = f.check()
	}
	return f.endpoints, err
}
