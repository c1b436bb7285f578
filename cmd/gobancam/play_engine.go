package main

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/gtp"
	"github.com/gobancam/gobancam/internal/app/failure"
	"github.com/gobancam/gobancam/internal/app/programs"
	"github.com/gobancam/gobancam/internal/app/seat"
	"github.com/gobancam/gobancam/internal/config"
	"github.com/gobancam/gobancam/internal/engine"
	"github.com/gobancam/gobancam/internal/plain"
)

// engineFlags say that `play` is against a program, and how.
type engineFlags struct {
	engine   string
	color    string
	handicap int
	free     bool
	komi     float64
	rules    string
	time     string
	strength string
	think    time.Duration
	name     string
}

// engineOnly are the flags that make no sense without --engine, and serverOnly
// those that make none with it.
var (
	engineOnly = []string{"color", "handicap", "free-handicap", "komi", "rules", "time", "strength", "think", "name"}
	serverOnly = []string{"game", "pick", "server", "socket"}
)

func (f *engineFlags) register(cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.StringVar(&f.engine, "engine", "", "play against this `PROGRAM`, which speaks GTP: its command line, or a name that 'gobancam engines' lists")
	fl.StringVar(&f.color, "color", "", "with --engine: your colour, black or white (default: black, or that of the game in --sgf)")
	fl.IntVar(&f.handicap, "handicap", 0, "with --engine: handicap stones for Black")
	fl.BoolVar(&f.free, "free-handicap", false, "with --engine: Black puts the handicap stones where he likes")
	fl.Float64Var(&f.komi, "komi", 0, "with --engine: komi (default: the rules' own, with a handicap its half point)")
	fl.StringVar(&f.rules, "rules", "japanese", "with --engine: aga, chinese, ing, japanese, korean or nz")
	fl.StringVar(&f.time, "time", "none", "with --engine: each player's `TIME`: 30m, 10m+5x30s (byo-yomi), 10m+5m/20 (20 stones in each 5 minutes); a game in --sgf goes on with its own")
	fl.StringVar(&f.strength, "strength", "", "with --engine: how strong it plays: easy, medium or hard, or in its own `terms`: GNU Go's level, KataGo's visits or a rank like 9k")
	fl.DurationVar(&f.think, "think", 5*time.Minute, "with --engine and without --time: the longest it may take for a move before it is started again")
	fl.StringVar(&f.name, "name", "You", "with --engine: your name in the record")
	for flag, key := range map[string]string{"name": "program.name", "rules": "program.rules", "time": "program.time", "strength": "program.strength", "think": "program.think"} {
		bind(fl, flag, key)
	}
	completeWith(cmd, "color", "black", "white")
	completeWith(cmd, "strength", engine.Presets...)
	completeWith(cmd, "rules", "aga", "chinese", "ing", "japanese", "korean", "nz")
}

// game is the game against a program that was asked for; nil for one at a
// server.
func (f *engineFlags) game(cmd *cobra.Command, size int) (*seat.ProgramGame, error) {
	changed := cmd.Flags().Changed
	misuse := func(err error) (*seat.ProgramGame, error) { return nil, withCode(exitUsage, err) }
	if !changed("engine") {
		for _, name := range engineOnly {
			if changed(name) {
				return misuse(fmt.Errorf("--%s is for a game against a program: say which with --engine", name))
			}
		}
		return nil, nil
	}
	for _, name := range serverOnly {
		if changed(name) {
			return misuse(fmt.Errorf("--%s is for a game at a server, and --engine for one against a program", name))
		}
	}
	rules, err := board.ParseRules(f.rules)
	if err != nil {
		return misuse(fmt.Errorf("--rules: %w", err))
	}
	rules.FreeHandicap = f.free
	if size == 0 {
		size = 19
	}
	if f.handicap == 1 || f.handicap < 0 {
		return misuse(fmt.Errorf("--handicap %d: 2 stones or more; 0 is none, and whoever gets one gives no komi: --komi 0.5", f.handicap))
	}
	g := &seat.ProgramGame{You: plain.Name(f.name), Strength: f.strength, Think: f.think, Timed: changed("time"), GoOn: goOnWithProgram(f.engine, f.strength),
		Setup: board.Setup{Size: size, Rules: rules, Handicap: f.handicap, Komi: rules.KomiFor(f.handicap)}}
	if changed("komi") {
		if g.Setup.Komi = f.komi; math.IsNaN(f.komi) || math.Abs(f.komi) > 1000 {
			return misuse(fmt.Errorf("--komi %v: it is a number of points like 6.5", f.komi))
		}
	}
	if f.color != "" {
		if g.Me, err = gtp.ParseColor(f.color); err != nil {
			return misuse(fmt.Errorf("--color: %w", err))
		}
	}
	if g.Time, err = engine.ParseTime(f.time); err != nil {
		return misuse(fmt.Errorf("--time: %w", err))
	}
	if f.think < time.Second {
		return misuse(errors.New("--think is at least 1s"))
	}
	if g.Line, err = programs.Resolve(f.engine, rules); err != nil {
		return nil, err
	}
	return g, nil
}

// goOnWithProgram says what goes on with a game against a program.
func goOnWithProgram(program, strength string) func(string) string {
	if program = quoted(program); strength != "" {
		program += " --strength " + quoted(strength)
	}
	return func(file string) string {
		return fmt.Sprintf("gobancam play --engine %s --sgf %s", program, quoted(file))
	}
}

// quoted is a word as it is typed at a shell.
func quoted(word string) string {
	if strings.ContainsAny(word, " \"'\\$`&;|<>()*?") {
		return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
	}
	return word
}

func newEnginesCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "engines",
		Short: "List the programs that can be played against",
		Long: `Engines lists the programs that 'gobancam play --engine NAME' can play against:
those of the configuration, and those that are found installed. Any other program
that speaks GTP is given by its command line: --engine "PROGRAM ARGUMENT...".

In the configuration they stand under [engines], a name and a command line each:

  [engines]
  katago = "katago gtp -model /opt/katago/model.bin.gz -config /opt/katago/gtp.cfg"`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			list, found, err := programs.List()
			if err != nil {
				return err
			}
			out := cmd.OutOrStdout()
			for _, p := range list {
				from := "found installed"
				if p.Own {
					from = "from " + config.File()
				}
				fmt.Fprintf(out, "%-12s %s (%s)\n", p.Name, p.Line, from)
				if p.Strength != "" {
					fmt.Fprintf(out, "%-12s --strength is %s\n", "", p.Strength)
				}
			}
			for _, k := range found {
				if k.Line == "" {
					fmt.Fprintf(out, "%-12s found installed; it has to be told its files: --engine \"%s\"\n", k.Name, k.Needs)
				}
			}
			if len(list)+len(found) == 0 {
				fmt.Fprintf(out, "No program is found installed, and %s names none under [engines]. GNU Go is in most distributions as gnugo.\n", config.File())
				return failure.As(failure.Unsure, errSilent)
			}
			return nil
		},
	}
}
