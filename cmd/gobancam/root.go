package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/gobancam/gobancam/internal/app/camera"
	"github.com/gobancam/gobancam/internal/app/failure"
	"github.com/gobancam/gobancam/internal/mask"
	"github.com/gobancam/gobancam/internal/plain"
	"github.com/gobancam/gobancam/internal/window"
)

// Exit codes. Scripts depend on them.
const (
	exitOK     = 0
	exitFailed = 1 // what was asked for went wrong
	exitUsage  = 2 // bad usage, or a file that cannot be read
	exitUnsure = 3 // a board was not found, or not surely
)

// exitError carries the exit code that an error ends the program with. One
// without has the code that its kind says (package failure).
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

// withCode makes err end the program with code.
func withCode(code int, err error) error { return &exitError{code, err} }

// errSilent ends the program with a code after everything has been said.
var errSilent = errors.New("")

// run is the whole program: it parses args, works until done or until ctx
// ends, and returns the exit code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	// Names, chat and the errors of servers are made plain where they come in;
	// what slips through does not reach the terminal all the same.
	stdout, stderr = plain.NewWriter(stdout), plain.NewWriter(stderr)
	// What is only of interest to who keeps a log is not for the terminal.
	slog.SetLogLoggerLevel(slog.LevelWarn)
	defer camera.LeavePhones()
	var l logging
	root := newRootWith(&l)
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := advised(root.ExecuteContext(ctx))
	l.end(err)
	if err == nil {
		return exitOK
	}
	if err.Error() != "" {
		fmt.Fprintln(stderr, "gobancam: "+mask.Text(err.Error()))
	}
	return codeOf(err)
}

// codeOf is the exit code that an error ends the program with.
func codeOf(err error) int {
	var e *exitError
	if errors.As(err, &e) {
		return e.code
	}
	switch failure.Of(err) {
	case failure.Misuse:
		return exitUsage
	case failure.Unsure:
		return exitUnsure
	}
	return exitFailed
}

func newRootCommand() *cobra.Command { return newRootWith(new(logging)) }

func newRootWith(l *logging) *cobra.Command {
	root := &cobra.Command{
		Use:   "gobancam",
		Short: "Play on a real goban, online",
		Long: `Gobancam looks at a real goban through a camera, works out each move, and plays
it on online-go.com. The opponent's moves come back by sound, speech and screen.

Without arguments it opens its window: choose the camera, show it the board,
choose a game, play. Without a display it prints this.

  gobancam demo            see a whole game, without a camera or an account
  gobancam read IMAGE      read the position in a photograph
  gobancam play            play online`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := window.Available(); err != nil {
				fmt.Fprintf(cmd.ErrOrStderr(), "No window: %v.\n\n", err)
				return cmd.Help()
			}
			p := newPlayCommand()
			if err := configure(p.Flags()); err != nil {
				return err
			}
			p.SetContext(cmd.Context())
			p.SetIn(cmd.InOrStdin())
			p.SetOut(cmd.OutOrStdout())
			p.SetErr(cmd.ErrOrStderr())
			if p.PreRun != nil {
				p.PreRun(p, nil)
			}
			return p.RunE(p, nil)
		},
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			err := configure(cmd.Flags())
			if cmd.Annotations[anyConfiguration] != "" || !heedsConfiguration(cmd) {
				err = nil
			}
			if err == nil {
				err = l.begin(cmd)
			}
			return err
		},
		SilenceUsage:  true,
		SilenceErrors: true,

		SuggestionsMinimumDistance: 2,
	}
	l.register(root.PersistentFlags())
	addCommands(root)
	cobra.EnableTraverseRunHooks = true // those of root come before a command's own
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return withCode(exitUsage, fmt.Errorf("%w; see '%s --help'", flagError(err), cmd.CommandPath()))
	})
	strictArgs(root)
	strictHelp(root)
	return root
}

// addCommands adds what gobancam can do, in the groups in which help lists it.
func addCommands(root *cobra.Command) {
	root.AddGroup(
		&cobra.Group{ID: "play", Title: "Play:"},
		&cobra.Group{ID: "see", Title: "See:"},
		&cobra.Group{ID: "club", Title: "Accounts and clubs:"},
	)
	add := func(group string, cmds ...*cobra.Command) {
		for _, c := range cmds {
			c.GroupID = group
			root.AddCommand(c)
		}
	}
	// One command a line, so that lists grow without conflicts.
	add("play",
		newPlayCommand(),
		newRecordCommand(),
		newEnginesCommand(),
		newGTPCommand(),
		newReviewCommand(),
		newDemoCommand(),
		newChallengeCommand(),
		newGamesCommand(),
	)
	add("see",
		newCalibrateCommand(),
		newReadCommand(),
		newEvalCommand(),
		newReplayCommand(),
		newBenchCommand(),
		newReportCommand(),
		newDoctorCommand(),
	)
	add("club",
		newLoginCommand(),
		newLogoutCommand(),
		newWhoamiCommand(),
		newChallongeCommand(),
		newTournamentRecordCommand(),
	)
	add("",
		newConfigCommand(),
		newOGSTestCommand(),
		newChallongeTestCommand(),
		newVersionCommand(),
		newManualCommand(),
	)
}

// flagError says what a flag takes, where the library says why Go could not read
// it.
func flagError(err error) error {
	var bad *pflag.InvalidValueError
	if !errors.As(err, &bad) {
		return err
	}
	takes := map[string]string{
		"int": "a whole number", "int64": "a whole number", "uint": "a whole number from 0", "uint64": "a whole number from 0",
		"float64": "a number, as 6.5", "duration": "a time, as 90s, 10m or 1h30m", "bool": "true or false",
	}[bad.GetFlag().Value.Type()]
	if takes == "" {
		return err
	}
	return fmt.Errorf("--%s %s: it takes %s", bad.GetFlag().Name, bad.GetValue(), takes)
}

// strictHelp makes help for what there is not an error, too.
func strictHelp(root *cobra.Command) {
	for _, c := range root.Commands() {
		if c.Name() != "help" {
			continue
		}
		c.Run = nil
		c.RunE = func(_ *cobra.Command, args []string) error {
			cmd, left, err := root.Find(args)
			if err != nil || cmd == nil || len(left) > 0 {
				text := fmt.Sprintf("there is no command %q", strings.Join(args, " "))
				if near := root.SuggestionsFor(args[0]); len(near) > 0 {
					text += ", but " + strings.Join(near, " and ")
				}
				return withCode(exitUsage, errors.New(text+"; 'gobancam --help' lists all"))
			}
			cmd.InitDefaultHelpFlag()
			return cmd.Help()
		}
	}
}

// strictArgs makes wrong arguments and unknown subcommands end with exitUsage,
// for c and all below it. A command that only groups others prints its help.
func strictArgs(c *cobra.Command) {
	check := c.Args
	if !c.Runnable() {
		check = cobra.NoArgs
		c.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	}
	if check == nil {
		check = cobra.ArbitraryArgs
	}
	c.Args = func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			if strings.Contains(cmd.Use, " ") { // it takes some, and cobra only counts them
				err = fmt.Errorf("it is called as '%s'", cmd.UseLine())
			}
			return withCode(exitUsage, fmt.Errorf("%w; see '%s --help'", err, cmd.CommandPath()))
		}
		return nil
	}
	for _, sub := range c.Commands() {
		strictArgs(sub)
	}
}

// completeWith offers fixed words for a flag in shell completion.
func completeWith(cmd *cobra.Command, flag string, words ...string) {
	_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
}
