package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/adrg/xdg"
	"github.com/spf13/cobra"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/club/desk"
	"github.com/gobancam/gobancam/internal/demo"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/plain"
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

At the end say pass for each player, mark the dead stones, and accept-score; or
resign for the player whose turn it is. With --match the game belongs to a match
at Challonge: its names go into the record, and the result is reported once
somebody stands for it. With --ogs as well, a finished game of online-go.com is
reported as that match's.

A game that was left in the middle, by quit, Ctrl-C or a power cut, goes on when
the same file is given again, and that of a match by itself.

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
	listenFlag(fl, &f.listen)
	f.club.registerConnection(fl)
	completeWith(cmd, "rules", "aga", "chinese", "ing", "japanese", "korean", "nz")
	return cmd
}

func (f *recordFlags) run(cmd *cobra.Command) error {
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
	labels := play.Labels{Black: match.Player{Name: f.black}, White: match.Player{Name: f.white}}
	var club *clubMatch
	var begun *play.Begun
	switch {
	case cmd.Flags().Changed("match"):
		if club, err = f.club.seat(cmd, lines.next, f.match, f.black, f.sgf, face.note); err != nil {
			return err
		}
		defer club.stop()
		labels.Sign = club.sign
		setup.Size = club.size(setup.Size)
		f.sgf, begun = club.file, club.begun
		if begun != nil && begun.Result != nil {
			return club.report(cmd.Context(), desk.Game{Result: *begun.Result})
		}
	case f.sgf != "":
		if begun, err = play.ReadSGF(f.sgf); err != nil {
			return withCode(exitUsage, err)
		}
		if begun != nil && begun.Result != nil {
			return withCode(exitUsage, fmt.Errorf("%s holds a game that is over (%s); give another file", f.sgf, begun.Result))
		}
	}
	opt := match.RelayOptions{Setup: setup, AsFound: f.asFound}
	if begun != nil {
		opt.Begun, opt.Played = begun.Game, begun.Played
		if setup.Size != 0 && setup.Size != begun.Game.Size() {
			return withCode(exitUsage, fmt.Errorf("%s holds a game on %d×%d; give another file", f.sgf, begun.Game.Size(), begun.Game.Size()))
		}
		setup.Size = begun.Game.Size()
		labels.Black.Name = cmp.Or(labels.Black.Name, plain.Name(begun.Root.Text("PB")))
		labels.White.Name = cmp.Or(labels.White.Name, plain.Name(begun.Root.Text("PW")))
		face.note(fmt.Sprintf("going on with the game in %s, after %s", f.sgf, plural(begun.Game.MoveCount(), "move", "moves")))
	}
	source, _, err := openCamera(ctx, f.camera, setup.Size, face.note, nil)
	if err != nil {
		return err
	}
	defer source.Close()
	if f.sgf == "" {
		if f.sgf, err = xdg.DataFile(filepath.Join("gobancam", "games", "board-"+time.Now().Format("20060102-150405")+".sgf")); err != nil {
			return fmt.Errorf("there is no place for the game record: %w", err)
		}
		face.note("the game is kept in " + f.sgf)
	}
	eyes := play.EyesOptions{Size: setup.Size, Note: face.note}
	findBoard(&eyes, f.camera, corners, face.note)
	var live atomic.Pointer[play.Eyes]
	var shown atomic.Pointer[match.Snapshot]
	relay := play.Relay{
		Source: source, Eyes: eyes, Voice: face.announce, SGF: f.sgf, Labels: labels, Eyed: live.Store,
		Options: opt,
		Publish: func(s *match.Snapshot) { shown.Store(s); face.show(s) },
	}
	relay.Tape = newFlight(face.note, func(dir string, opt recording.Options, alarm func(error)) (*play.Tape, error) {
		return play.NewRelayTape(dir, f.camera, relay.Options, opt, alarm)
	})
	if relay.Tape != nil {
		defer relay.Tape.Close()
	}
	game, over := context.WithCancel(ctx)
	commands := make(chan match.Command)
	relay.Commands = commands
	if f.listen != "" {
		heard, err := listen(game, f.listen)
		if err != nil {
			over()
			return err
		}
		go heard.hear(game, commands, &shown, setup.Size)
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
	go lines.command(game, commands, &live, &shown, setup.Size, face)
	end, err := relay.Run(ctx)
	over()
	if err != nil {
		return sourceError(err)
	}
	if end.Game == nil {
		return withCode(exitUnsure, errors.New("no board was found in any picture; give --corners, or show the whole board"))
	}
	if n := end.Game.MoveCount(); end.Result == nil && n > 0 {
		again := "record --sgf " + f.sgf
		if club != nil {
			again = "the same command"
		}
		face.note(fmt.Sprintf("the game is not over: it is kept after %s, and %s goes on with it", plural(n, "move", "moves"), again))
	}
	if club == nil {
		return nil
	}
	return club.finish(cmd.Context(), end)
}
