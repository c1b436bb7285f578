package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/adrg/xdg"
	"github.com/spf13/cobra"

	"github.com/gobancam/gobancam/internal/app/camera"
	"github.com/gobancam/gobancam/internal/app/state"
	"github.com/gobancam/gobancam/internal/disk"
	"github.com/gobancam/gobancam/internal/gamefile"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/play"
	"github.com/gobancam/gobancam/internal/recording"
	"github.com/gobancam/gobancam/internal/window"
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
	chosen   bool // the camera was
	voices   voiceFlags
	confirm  string
	sgf      string
	record   string
	listen   string
	verbose  bool
}

func newPlayCommand() *cobra.Command {
	var f playFlags
	cmd := &cobra.Command{
		Use:   "play",
		Short: "Play online, on your board",
		Long: `Play joins a running game on the server and plays it on your board: your stones
are sent when they have lain for a moment and the hand is gone, and the
opponent's are told, to be put down by you.

The camera is a device (0, /dev/video2), the address of a phone or network
camera (http://…, rtsp://…), a video file or a directory of pictures (in real
time), or sim: for a simulated board whose player makes random moves. The board
is taken from --corners, from the camera's saved calibration, or else found in
the picture. Play ends with the game; files end it too, once what is pending has
been settled.

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
  gobancam play --game 12345678 --headless`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return f.run(cmd) },
	}
	f.ogs.register(cmd)
	f.where.register(cmd)
	f.voices.register(cmd)
	fl := cmd.Flags()
	registerCamera(cmd, &f.camera, "device, address, file, directory, or sim:")
	fl.Int64Var(&f.game, "game", 0, "the game's `ID` (default: the one played last if it still runs, else the only one)")
	fl.IntVar(&f.pick, "pick", 0, "the game with this `number` in 'gobancam games'")
	fl.BoolVar(&f.headless, "headless", false, "no window and no board: JSON lines out, commands in")
	fl.BoolVar(&f.text, "text", false, "no window, even if there is a display: the board in text")
	fl.BoolVar(&f.light, "light", false, "begin with the light colours")
	fl.StringVar(&f.confirm, "confirm", "auto", "auto, ask, or a confidence like 0.999 below which you are asked")
	fl.StringVar(&f.sgf, "sgf", "", "keep the game record in `FILE` (default: in gobancam/games under "+xdg.DataHome+")")
	fl.StringVar(&f.record, "record", "", "record everything in a new directory `DIR`, instead of the last ten minutes")
	registerListen(cmd, &f.listen)
	fl.BoolVarP(&f.verbose, "verbose", "v", false, "log the client's doings on standard error")
	cmd.MarkFlagsMutuallyExclusive("game", "pick")
	completeWith(cmd, "confirm", "auto", "ask")
	return cmd
}

// referee turns --confirm into the referee's options.
func (f *playFlags) referee() (match.Options, error) {
	switch f.confirm {
	case "auto":
		return match.Options{Mode: match.Auto}, nil
	case "ask":
		return match.Options{Mode: match.Ask}, nil
	}
	if p, err := strconv.ParseFloat(f.confirm, 64); err == nil && p > 0 && p < 1 {
		return match.Options{Mode: match.AskBelow, Below: p}, nil
	}
	return match.Options{}, withCode(exitUsage, fmt.Errorf("--confirm %s: auto, ask, or a number between 0 and 1", f.confirm))
}

func (f *playFlags) run(cmd *cobra.Command) error {
	ctx := cmd.Context()
	corners, err := f.where.parse()
	if err != nil {
		return err
	}
	referee, err := f.referee()
	if err != nil {
		return err
	}
	level := slog.LevelWarn
	if f.verbose {
		level = slog.LevelDebug
	}
	heard, err := readAudible()
	if err != nil {
		return err
	}
	heard.remind(&referee)
	log := slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), &slog.HandlerOptions{Level: level}))

	f.chosen = corners != nil || cmd.Flags().Changed("camera")
	if f.windowed() {
		if err := window.Available(); err == nil {
			l, err := newLounge(cmd, f, referee, corners, log)
			if err != nil {
				return err
			}
			if err := l.open(); !errors.Is(err, window.ErrNoDisplay) {
				return err
			} else {
				fmt.Fprintln(cmd.ErrOrStderr(), noWindow(err))
			}
		} else {
			fmt.Fprintln(cmd.ErrOrStderr(), noWindow(err))
		}
	}
	client, err := f.ogs.client(cmd, log)
	if err != nil {
		return err
	}
	id, err := f.choose(ctx, client)
	if err != nil {
		return err
	}
	session, err := ogs.Connect(ctx, client)
	if err != nil {
		return err
	}
	defer session.Close()
	game, err := session.Join(ctx, id)
	if err != nil {
		return err
	}
	s := f.newSeat(cmd, referee, corners, log)
	if !f.headless {
		if s.face.voices, err = f.voices.newVoices(ctx, s.face.note); err != nil {
			return err
		}
		defer s.face.voices.close()
	}
	return s.play(ctx, client, session, game)
}

// windowed reports whether a window is wanted.
func (f *playFlags) windowed() bool { return !f.headless && !f.text }

// noWindow says why there is none, and what there is instead.
func noWindow(err error) string {
	return "No window: " + err.Error() + ". Commands are typed as lines; 'help' lists them."
}

// choose finds the game that is to be played.
func (f *playFlags) choose(ctx context.Context, client *ogs.Client) (ogs.ID, error) {
	if f.game != 0 {
		return ogs.ID(f.game), nil
	}
	which := ""
	if f.pick != 0 {
		which = strconv.Itoa(f.pick)
	}
	return chooseGame(ctx, client, which)
}

// seat is where the player sits: one face, on which one game after another can
// be played.
type seat struct {
	f       *playFlags
	referee match.Options
	corners *camera.Corners // of the board, where they were given
	wanted  image.Point     // resolution; 0, 0 for that of the calibration
	face    *face
	orders  orders // for the game that is on
	lines   *lineReader
	eyes    atomic.Pointer[play.Eyes]
	shown   atomic.Pointer[match.Snapshot]
	out     io.Writer
	log     *slog.Logger
}

func (f *playFlags) newSeat(cmd *cobra.Command, referee match.Options, corners *camera.Corners, log *slog.Logger) *seat {
	return &seat{f: f, referee: referee, corners: corners, face: newFace(cmd.OutOrStdout(), f.headless),
		lines: readLines(cmd.Context(), cmd.InOrStdin()), out: cmd.OutOrStdout(), log: log}
}

// play plays a joined game to its end.
func (s *seat) play(ctx context.Context, client *ogs.Client, session *ogs.Session, game *ogs.Game) (err error) {
	commands, end := s.orders.begin()
	defer end()
	ctx, stop := context.WithCancel(ctx)
	var helpers sync.WaitGroup
	defer func() { stop(); helpers.Wait() }()
	face, f := s.face, s.f
	if err := state.RememberGame(client.Server(), game.ID()); err != nil {
		s.log.Warn("this game will not be remembered as the last", "error", err)
	}
	table := play.Table{
		Game: game, Now: session.ServerNow, Options: s.referee, Commands: commands,
		Eyes: play.EyesOptions{Size: game.State().Width, Note: face.note},
	}
	s.shown.Store(nil)
	// Before the camera is touched, which the one who plays this game has.
	place, err := state.Journal(client.Server(), game.ID())
	if err != nil {
		return fmt.Errorf("there is no place for the journal of moves, without which none is sent: %w", err)
	}
	if table.Journal, err = match.OpenJournal(disk.OS, place); err != nil {
		return err
	}
	defer table.Journal.Close()
	publish := []func(*match.Snapshot){face.show, s.shown.Store}

	source, acts, err := camera.Open(ctx, s.f.camera, camera.Options(s.f.camera, s.wanted), table.Eyes.Size, face.note, func(c match.Command) {
		select {
		case commands <- c:
		case <-ctx.Done():
		}
	})
	if err != nil {
		return err
	}
	defer source.Close()
	if acts != nil {
		publish = append(publish, acts)
	}
	table.Source = source
	table.Publish = func(s *match.Snapshot) {
		for _, p := range publish {
			p(s)
		}
	}
	camera.FindBoard(&table.Eyes, s.f.camera, s.corners, face.note)

	file := f.sgf
	if file == "" {
		file = state.GamesFile(state.GameName(client.Server(), game.ID()) + ".sgf")
	}
	if table.Record, err = openRecord(gamefile.Options{Path: file, Always: true}, face); err != nil {
		return fmt.Errorf("there is no place for the game record: %w", err)
	}
	defer func() { err = closeRecord(table.Record, face, s.out, err) }()
	if why := table.Record.Opening(); why != "" {
		face.note(why)
	}
	table.Place = strings.TrimRight(client.Server(), "/") + "/game/" + game.ID().String()
	if table.Tape, err = f.tape(s.referee, face.note); err != nil {
		return err
	}
	if table.Tape != nil {
		defer table.Tape.Close()
		client.Trace(table.Tape.Wire)
		defer client.Trace(nil)
	}
	table.Voice = face.announce

	table.Eyed = s.eyes.Store
	if w := face.window.Load(); w != nil {
		table.Eyes.Seen = film(w, face.note)
	}
	if f.listen != "" {
		heard, err := listen(ctx, f.listen)
		if err != nil {
			return err
		}
		helpers.Go(func() { heard.hear(ctx, commands, &s.shown, table.Eyes.Size) })
	}
	helpers.Go(func() { s.lines.command(ctx, commands, &s.eyes, &s.shown, table.Eyes.Size, face) })
	helpers.Go(func() { followOthers(ctx, session, game.ID(), face.note) })

	last, err := table.Play(ctx)
	if err != nil {
		return camera.Failure(err)
	}
	if last != nil && last.Result != nil {
		s.compare(ctx, client, game.ID(), table.Record)
	}
	return nil
}

// compare keeps the server's own record of a game that is over, and says where
// ours differs.
func (s *seat) compare(ctx context.Context, client *ogs.Client, id ogs.ID, ours *gamefile.Keeper) {
	diff, err := keepServerRecord(ctx, client, id, ours.Path(), ours.Settle().Data)
	switch {
	case err != nil:
		s.log.Warn("the server's own record was not fetched", "error", err)
	case diff != "":
		s.face.note("the server's record differs from ours: " + diff)
	}
}

// tape records the game: all of it where asked to, else the last minutes.
func (f *playFlags) tape(referee match.Options, note func(string)) (*play.Tape, error) {
	if f.record == "" {
		return newFlight(note, func(dir string, opt recording.Options, alarm func(error)) (*play.Tape, error) {
			return play.NewTape(dir, f.camera, referee, opt, alarm)
		}), nil
	}
	t, err := play.NewTape(f.record, f.camera, referee, recording.Options{}, func(err error) { note(err.Error()) })
	if err != nil {
		return nil, withCode(exitUsage, err)
	}
	return t, nil
}
