package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/adrg/xdg"
	"github.com/spf13/cobra"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/app"
	"github.com/gobancam/gobancam/internal/app/camera"
	"github.com/gobancam/gobancam/internal/app/face"
	"github.com/gobancam/gobancam/internal/app/seat"
	"github.com/gobancam/gobancam/internal/app/voices"
	"github.com/gobancam/gobancam/internal/club/desk"
	"github.com/gobancam/gobancam/internal/gamefile"
	"github.com/gobancam/gobancam/internal/play"
)

// recordFlags are what `record` can be told.
type recordFlags struct {
	where        boardFlags
	camera       string
	sgf          string
	headless     bool
	text, light  bool
	listen       string
	live         liveFlags
	rules        string
	komi         float64
	handicap     int
	asFound      bool
	black, white string
	match        string
	online       string // a game of online-go.com, instead of one at this board
	voices       voiceFlags
	club         challongeFlags
	ogs          ogsFlags
	demo         demoFlags
}

func newRecordCommand() *cobra.Command {
	var f recordFlags
	cmd := &cobra.Command{
		Use:   "record",
		Short: "Write down a game between two people at the board",
		Long: `Record watches two people play and keeps their game as SGF, saved after each
move. Moves must alternate and be legal; a stone that is lifted again is taken
back; what is not certain is asked, or marked in the record.

Nobody has to keep to that. What no legal moves explain and what has lain in
plain view for some seconds is set up in the record, with a comment, and the game
goes on from it: stones that were added, moved, exchanged or taken off, a
variation that was put back, a position set up by hand. Where a player moved
twice, the other one's pass is written down and asked about. Say board to have
what lies there taken at once, whatever it is, and back N to go back to where N
moves had been played. A board that is being cleared changes nothing.

At the end say pass for each player, mark the dead stones, and accept-score; or
resign for the player whose turn it is. With --match the game belongs to a match
at Challonge: its names go into the record, and the result is reported once
somebody stands for it. With --ogs as well, a finished game of online-go.com is
reported as that match's.

A game that was left in the middle, by quit, Ctrl-C or a power cut, goes on when
the same file is given again, and that of a match by itself. Where the board
does not show that game, it is asked: yes, and you set it up; or no, and a new
game begins in a file of its own. A file that gobancam did not write is never
written to: the game goes on in a copy beside it.

While the file cannot be written, that is said and heard, the game is kept
elsewhere, and it is tried again. Exit code 1: at the end the game is not in its
file; the message says where it is.

Exit code 3: no board was found, or the result still waits here for Challonge.

With --demo the game is shown while it is played, on a demo board of
online-go.com that is made for it. Its address is printed, and goes on when the
same file is given with --demo again. The account that is signed in does not see
the new moves in its own browser: watch in a private window, or with another
account. While the server is away the game goes on, and is caught up with. With
--live it is shown on a page of this machine.

With a display it opens a window, unless --text says not to, or the game is one
of --match, whose questions are asked here. Commands are typed as lines; 'help'
lists them.`,
		Example: `  gobancam record --camera 0 --black Anna --white Ben
  gobancam record --size 9 --komi 5.5 --sgf final.sgf
  gobancam record --demo --black Anna --black-rank 3k --white Ben --white-rank 4k
  gobancam record --match club_evening/A
  gobancam record --match club_evening/B --ogs 123456`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return f.run(cmd) },
	}
	f.where.register(cmd)
	fl := cmd.Flags()
	registerCamera(cmd, &f.camera, "device, address, file or directory, phone: for a phone's browser, or sim: for a simulated board and players")
	fl.StringVar(&f.sgf, "sgf", "", "keep the game record in `FILE`, and go on with the game that is in it (default: a new one in gobancam/games under "+xdg.DataHome+")")
	fl.BoolVar(&f.headless, "headless", false, "JSON lines out, commands in")
	fl.BoolVar(&f.text, "text", false, "no window, even if there is a display: the board in text")
	fl.BoolVar(&f.light, "light", false, "begin with the light colours")
	fl.StringVar(&f.rules, "rules", "japanese", "rule set: aga, chinese, ing, japanese, korean or nz")
	fl.Float64Var(&f.komi, "komi", 0, "komi (default: the rules' own)")
	fl.IntVar(&f.handicap, "handicap", 0, "handicap stones")
	fl.BoolVar(&f.asFound, "as-found", false, "start from whatever lies on the board at first")
	fl.StringVar(&f.black, "black", "", "name of the black player")
	fl.StringVar(&f.white, "white", "", "name of the white player")
	fl.StringVar(&f.match, "match", "", "the match `T/M` at Challonge that this game is; one of T/ or / is picked from a list")
	fl.StringVar(&f.online, "ogs", "", "report a finished `game` of online-go.com as the match's, by number or address")
	f.ogs.register(cmd)
	f.demo.register(cmd)
	f.voices.register(cmd)
	registerListen(cmd, &f.listen)
	f.live.register(cmd)
	f.club.registerConnection(fl)
	bind(fl, "light", "window.light")
	bind(fl, "rules", "record.rules")
	completeWith(cmd, "rules", "aga", "chinese", "ing", "japanese", "korean", "nz")
	return cmd
}

func (f *recordFlags) run(cmd *cobra.Command) (err error) {
	ofMatch := cmd.Flags().Changed("match")
	if f.online != "" {
		if !ofMatch {
			return withCode(exitUsage, errors.New("--ogs reports the result of a match: say which one with --match"))
		}
		return f.club.reportOnline(cmd, &f.ogs, f.match, f.online, "")
	}
	ctx, stop := context.WithCancel(cmd.Context())
	defer stop()
	corners, err := f.where.parse()
	if err != nil {
		return err
	}
	rules, err := board.ParseRules(f.rules)
	if err != nil {
		return withCode(exitUsage, fmt.Errorf("--rules: %w", err))
	}
	setup := board.Setup{Size: f.where.size, Rules: rules, Handicap: f.handicap, Komi: rules.KomiFor(f.handicap)}
	if cmd.Flags().Changed("komi") {
		if most := float64(board.MaxSize * board.MaxSize); !(math.Abs(f.komi) <= most) { // nor NaN
			return withCode(exitUsage, fmt.Errorf("--komi %v is no number of points on a board", f.komi))
		}
		setup.Komi = f.komi
	}
	b := seat.Board{
		Camera: camera.Choice{Name: f.camera, Corners: corners}, Setup: setup, AsFound: f.asFound, Black: f.black, White: f.white,
		SGF: f.sgf, Listen: f.listen, Face: face.New(cmd.OutOrStdout(), f.headless), Lines: face.ReadLines(ctx, cmd.InOrStdin()),
		GoOn: goOn, OtherFile: "--sgf FILE",
	}
	if b.Ranks, err = f.demo.ranks(); err != nil {
		return err
	}
	if b.Demo, err = f.demo.board(cmd, &f.ogs); err != nil {
		return err
	}
	if ofMatch {
		b.Match = func(_ context.Context, answer func(context.Context) (string, error)) (seat.Match, error) {
			m, err := f.club.seat(cmd, answer, f.match, f.black, f.sgf, b.Face)
			return clubGame{m}, err
		}
	}
	var heard voices.Options
	if !f.headless {
		if heard, err = f.voices.options(); err != nil {
			return err
		}
		if b.Face.Voices, err = heard.OpenAlarms(ctx); err != nil {
			return err
		}
		defer b.Face.Voices.Close()
	}
	watched, err := f.live.open(strings.Trim(f.black+" – "+f.white, " –"))
	if err != nil {
		return err
	}
	defer watched.Close(cmd.Context(), b.Face.Note)
	watched.Tell(b.Face)
	b.Live, b.Seen = watched.Feed(), watched.Seen()
	if f.headless || f.text || ofMatch {
		return b.Play(cmd.Context())
	}
	return app.Record(cmd.Context(), &b, app.RecordOptions{Voices: heard, Light: f.light})
}

// goOn is what goes on with a game that is kept in a file.
func goOn(file string) string { return "record --sgf " + file }

// clubGame is a match of a club at a board.
type clubGame struct{ *clubMatch }

func (c clubGame) Keeper() *gamefile.Keeper { return c.record }
func (c clubGame) Begun() *gamefile.Found   { return c.begun }
func (c clubGame) Size(asked int) int       { return c.size(asked) }
func (c clubGame) Sign(root *board.Node)    { c.sign(root) }
func (c clubGame) Stop()                    { c.stop() }
func (c clubGame) Report(ctx context.Context, r board.Result) error {
	return c.report(ctx, desk.Game{Result: r})
}
func (c clubGame) Finish(ctx context.Context, end play.Relayed) error { return c.finish(ctx, end) }
