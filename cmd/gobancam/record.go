package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/adrg/xdg"
	"github.com/spf13/cobra"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/club/desk"
	"github.com/gobancam/gobancam/internal/demo"
	"github.com/gobancam/gobancam/internal/gamefile"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/play"
	"github.com/gobancam/gobancam/internal/recording"
)

// recordFlags are what `record` can be told.
type recordFlags struct {
	where        boardFlags
	camera       string
	sgf          string
	headless     bool
	listen       string
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

Commands are typed as lines; 'help' lists them.`,
		Example: `  gobancam record --camera 0 --black Anna --white Ben
  gobancam record --size 9 --komi 5.5 --sgf final.sgf
  gobancam record --match club_evening/A
  gobancam record --match club_evening/B --ogs 123456`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return f.run(cmd) },
	}
	f.where.register(cmd)
	fl := cmd.Flags()
	registerCamera(cmd, &f.camera, "device, address, file or directory, or sim: for a simulated board and players")
	fl.StringVar(&f.sgf, "sgf", "", "keep the game record in `FILE`, and go on with the game that is in it (default: a new one in gobancam/games under "+xdg.DataHome+")")
	fl.BoolVar(&f.headless, "headless", false, "JSON lines out, commands in")
	fl.StringVar(&f.rules, "rules", "japanese", "rule set: aga, chinese, ing, japanese, korean or nz")
	fl.Float64Var(&f.komi, "komi", 0, "komi (default: the rules' own)")
	fl.IntVar(&f.handicap, "handicap", 0, "handicap stones")
	fl.BoolVar(&f.asFound, "as-found", false, "start from whatever lies on the board at first")
	fl.StringVar(&f.black, "black", "", "name of the black player")
	fl.StringVar(&f.white, "white", "", "name of the white player")
	fl.StringVar(&f.match, "match", "", "the match `T/M` at Challonge that this game is; one of T/ or / is picked from a list")
	fl.StringVar(&f.online, "ogs", "", "report a finished `game` of online-go.com as the match's, by number or address")
	f.ogs.register(cmd)
	f.voices.register(cmd)
	listenFlag(fl, &f.listen)
	f.club.registerConnection(fl)
	completeWith(cmd, "rules", "aga", "chinese", "ing", "japanese", "korean", "nz")
	return cmd
}

func (f *recordFlags) run(cmd *cobra.Command) (err error) {
	if f.online != "" {
		if !cmd.Flags().Changed("match") {
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
		setup.Komi = f.komi
	}
	lines := readLines(ctx, cmd.InOrStdin())
	face := newFace(cmd.OutOrStdout(), f.headless)
	if !f.headless {
		if face.voices, err = f.voices.newAlarms(ctx); err != nil {
			return err
		}
		defer face.voices.close()
	}
	club, record, err := f.open(cmd, lines, face, &setup)
	if club != nil {
		defer func() { club.stop() }()
	}
	if record != nil {
		defer func() { err = closeRecord(record, face, cmd.OutOrStdout(), err) }()
	}
	if errors.Is(err, errQuit) {
		return nil
	}
	if err != nil {
		return err
	}
	begun := record.Found()
	if club != nil {
		if begun = club.begun; begun != nil && begun.Result != nil {
			return club.report(cmd.Context(), desk.Game{Result: *begun.Result})
		}
	}
	end, err := f.relay(ctx, lines, face, corners, f.options(setup, begun, face), record, club)
	f.left(end, record.Settle(), club != nil, face)
	switch {
	case err != nil:
		return sourceError(err)
	case end.Game == nil:
		return withCode(exitUnsure, errors.New("no board was found in any picture; give --corners, or show the whole board"))
	case club == nil:
		return nil
	}
	return club.finish(cmd.Context(), end)
}

// errQuit says that somebody quit at a question before the game.
var errQuit = errors.New("you quit: nothing was begun")

// open takes the game's file, and where it belongs to a match seats the
// players. What it returns has to be closed, also with an error.
func (f *recordFlags) open(cmd *cobra.Command, lines *lineReader, face *face, setup *board.Setup) (*clubMatch, *gamefile.Keeper, error) {
	if cmd.Flags().Changed("match") {
		answer := func(ctx context.Context) (string, error) {
			line, err := lines.next(ctx)
			if word := strings.ToLower(strings.TrimSpace(line)); err == nil && (word == "quit" || word == "q") {
				return "", errQuit
			}
			return line, err
		}
		club, err := f.club.seat(cmd, answer, f.match, f.black, f.sgf, face)
		if err == nil {
			setup.Size = club.size(setup.Size)
			err = fits(club.begun, setup.Size, club.record.Path())
		}
		return club, club.record, err
	}
	o := gamefile.Options{Path: f.sgf}
	if f.sgf == "" {
		o.Path, o.New = gamesFile("board-"+time.Now().Format("20060102-150405")+".sgf"), true
	}
	record, err := openRecord(o, face)
	if err != nil {
		return nil, nil, withCode(exitUsage, err)
	}
	begun := record.Found()
	if begun != nil && begun.Result != nil {
		return nil, record, withCode(exitUsage, fmt.Errorf("%s holds a game that is over (%s); give another file", f.sgf, begun.Result))
	}
	if err := fits(begun, setup.Size, f.sgf); err != nil {
		return nil, record, err
	}
	if why := record.Opening(); why != "" {
		face.note(why)
	} else if f.sgf == "" {
		face.note("the game is kept in " + record.Path())
	}
	return nil, record, nil
}

// fits reports whether a game that was begun is of a board of this size; 0: of
// any.
func fits(begun *gamefile.Found, size int, file string) error {
	if begun == nil || size == 0 || size == begun.Game.Size() {
		return nil
	}
	return withCode(exitUsage, fmt.Errorf("%s holds a game on %d×%d; give another file", file, begun.Game.Size(), begun.Game.Size()))
}

// options are how the game is relayed.
func (f *recordFlags) options(setup board.Setup, begun *gamefile.Found, face *face) match.RelayOptions {
	if begun != nil {
		setup.Size = begun.Game.Size()
	}
	opt := match.RelayOptions{Setup: setup, AsFound: f.asFound}
	if begun != nil {
		file := cmp.Or(f.sgf, "its file")
		opt.Begun, opt.Played = begun.Game, begun.Played
		opt.AskBegun, opt.BegunName = true, filepath.Base(file)
		face.note(fmt.Sprintf("going on with the game in %s, after %s", file, plural(begun.Game.MoveCount(), "move", "moves")))
	}
	return opt
}

// left says where a game without a result is kept.
func (f *recordFlags) left(end play.Relayed, kept gamefile.Kept, match bool, face *face) {
	if end.Game == nil || end.Result != nil || kept.Path == "" || kept.Moves == 0 {
		return
	}
	again := "record --sgf " + kept.Path
	if match && kept.Err == nil {
		again = "the same command"
	}
	face.note(fmt.Sprintf("the game is not over: it is kept in %s after %s, and %s goes on with it", kept.Path, plural(kept.Moves, "move", "moves"), again))
}

// relay watches the game until it ends.
func (f *recordFlags) relay(ctx context.Context, lines *lineReader, face *face, corners *cornerPoints, opt match.RelayOptions, record *gamefile.Keeper, club *clubMatch) (play.Relayed, error) {
	size := opt.Setup.Size
	source, _, err := openCamera(ctx, f.camera, size, face.note, nil)
	if err != nil {
		return play.Relayed{}, err
	}
	defer source.Close()
	eyes := play.EyesOptions{Size: size, Note: face.note}
	findBoard(&eyes, f.camera, corners, face.note)
	var live atomic.Pointer[play.Eyes]
	var shown atomic.Pointer[match.Snapshot]
	relay := play.Relay{
		Source: source, Eyes: eyes, Voice: face.announce, Record: record, Eyed: live.Store,
		Labels:  gamefile.Labels{Black: game.Player{Name: f.black}, White: game.Player{Name: f.white}},
		Options: opt,
		Publish: func(s *match.Snapshot) { shown.Store(s); face.show(s) },
	}
	if club != nil {
		relay.Labels.Sign = club.sign
	}
	relay.Tape = newFlight(face.note, func(dir string, opt recording.Options, alarm func(error)) (*play.Tape, error) {
		return play.NewRelayTape(dir, f.camera, relay.Options, opt, alarm)
	})
	if relay.Tape != nil {
		defer relay.Tape.Close()
	}
	game, over := context.WithCancel(ctx)
	defer over()
	commands := make(chan match.Command)
	relay.Commands = commands
	if f.listen != "" {
		heard, err := listen(game, f.listen)
		if err != nil {
			return play.Relayed{}, err
		}
		go heard.hear(game, commands, &shown, size)
	}
	if b, ok := source.(*demo.Board); ok {
		see := relay.Publish
		relay.Publish = func(s *match.Snapshot) { b.See(s); see(s) }
		b.Two(func(c match.Command) {
			select {
			case commands <- c:
			case <-game.Done():
			}
		})
	}
	go lines.command(game, commands, &live, &shown, size, face)
	return relay.Run(ctx)
}
