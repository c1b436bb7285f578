package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/gobancam/gobancam/internal/app/state"
	"github.com/gobancam/gobancam/internal/limits"
	"github.com/gobancam/gobancam/internal/plain"
	"github.com/gobancam/gobancam/ogs"
)

// presets are the challenges with a name: ours and the user's.
func presets() (map[string]ogs.Preset, error) {
	all := ogs.BuiltinPresets()
	data, err := limits.ReadFile(state.ConfigFile(), limits.Config)
	if errors.Is(err, fs.ErrNotExist) {
		return all, nil
	} else if err != nil {
		return nil, withCode(exitUsage, fmt.Errorf("the configuration cannot be read: %w", err))
	}
	if err := ogs.ReadPresets(data, all); err != nil {
		return nil, withCode(exitUsage, fmt.Errorf("%s: %w", state.ConfigFile(), err))
	}
	return all, nil
}

// challengeFlags are the options of a challenge.
type challengeFlags struct {
	preset                                                     string
	name, time, rules, handicap, komi, color, minRank, maxRank string
	size                                                       int
	ranked, private, noAnalysis, inviteOnly, weekends          bool
	flags                                                      *pflag.FlagSet
}

func (f *challengeFlags) register(cmd *cobra.Command) {
	fl := cmd.Flags()
	f.flags = fl
	fl.StringVar(&f.preset, "preset", "", "`name` of a challenge that 'gobancam challenge presets' lists")
	fl.StringVar(&f.name, "name", "Friendly game", "what the game is called")
	fl.IntVar(&f.size, "size", 19, "the board's size")
	fl.StringVar(&f.time, "time", "20m+5x30s", "`clock`: 20m+5x30s (byo-yomi), 5m+10s or \"5m+10s max 10m\" (Fischer), 10m+5m/25 (Canadian), \"simple 30s\", \"absolute 15m\", none")
	fl.StringVar(&f.rules, "rules", "japanese", "japanese, chinese, aga, korean, ing or nz")
	fl.StringVar(&f.handicap, "handicap", "0", "handicap stones, or \"automatic\" for what the ranks ask for")
	fl.StringVar(&f.komi, "komi", "automatic", "komi, or \"automatic\" for that of the rules")
	fl.StringVar(&f.color, "color", "automatic", "your colour: automatic, black, white or random")
	fl.BoolVar(&f.ranked, "ranked", false, "the game counts for the ranks")
	fl.BoolVar(&f.private, "private", false, "only the players see the game")
	fl.BoolVar(&f.noAnalysis, "no-analysis", false, "neither player may try variations on the server")
	fl.BoolVar(&f.inviteOnly, "invite-only", false, "only who has the link sees the challenge")
	fl.BoolVar(&f.weekends, "pause-on-weekends", false, "the clock of a correspondence game stands on weekends")
	fl.StringVar(&f.minRank, "min-rank", "any", "weakest `rank` that may accept, such as 12k")
	fl.StringVar(&f.maxRank, "max-rank", "any", "strongest `rank` that may accept, such as 3d")
}

// challenge works out the challenge: the defaults, then the preset, then what
// was said on the command line.
func (f *challengeFlags) challenge() (ogs.Challenge, error) {
	c := ogs.NewChallenge(19)
	if f.preset != "" {
		all, err := presets()
		if err != nil {
			return c, err
		}
		p, err := ogs.FindPreset(all, f.preset)
		if err == nil {
			err = p.Apply(&c)
		}
		if err != nil {
			return c, withCode(exitUsage, err)
		}
	}
	analysis := !f.noAnalysis
	var p ogs.Preset
	for name, take := range map[string]func(){
		"name": func() { p.Name = &f.name }, "size": func() { p.Size = &f.size }, "time": func() { p.Time = &f.time },
		"rules": func() { p.Rules = &f.rules }, "handicap": func() { p.Handicap = &f.handicap }, "komi": func() { p.Komi = &f.komi },
		"color": func() { p.Color = &f.color }, "ranked": func() { p.Ranked = &f.ranked }, "private": func() { p.Private = &f.private },
		"no-analysis": func() { p.Analysis = &analysis }, "invite-only": func() { p.InviteOnly = &f.inviteOnly },
		"pause-on-weekends": func() { p.Weekends = &f.weekends }, "min-rank": func() { p.MinRank = &f.minRank }, "max-rank": func() { p.MaxRank = &f.maxRank },
	} {
		if f.flags.Changed(name) {
			take()
		}
	}
	if err := errors.Join(p.Apply(&c), c.Check()); err != nil {
		return c, withCode(exitUsage, err)
	}
	return c, nil
}

func newChallengeCommand() *cobra.Command {
	var f ogsFlags
	var cf challengeFlags
	var format string
	cmd := &cobra.Command{
		Use:   "challenge [flags] [PLAYER]",
		Short: "Offer a game, or answer an offer",
		Long: `Challenge offers a game to a player (a bot, too), or without a name to anybody,
and waits until it begins. A live offer lasts as long as the command runs; ended
with Ctrl-C it is withdrawn. When the game begins its number is printed, on a
line of its own, for 'gobancam play --game'.

Offers with a name are kept in the configuration, as tables:

    [challenge."club evening"]
    size = 19
    time = "20m+5x30s"
    rules = "japanese"

  gobancam challenge --preset "club evening" alice
  gobancam challenge --size 9 --time 5m+5x20s`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkFormat(format); err != nil {
				return err
			}
			ch, err := cf.challenge()
			if err != nil {
				return err
			}
			client, err := f.client(cmd, nil)
			if err != nil {
				return err
			}
			opponent := ogs.Player{}
			if len(args) > 0 {
				if opponent, err = client.FindPlayer(cmd.Context(), args[0]); err != nil {
					return err
				}
			}
			id, err := offer(cmd.Context(), cmd.ErrOrStderr(), client, ch, opponent)
			if err != nil {
				return err
			}
			return printGame(cmd.OutOrStdout(), format, id)
		},
	}
	f.register(cmd)
	cf.register(cmd)
	cmd.Flags().StringVar(&format, "format", "text", "text or json")
	cmd.AddCommand(newChallengeListCommand(), newChallengeAcceptCommand(), newChallengeDropCommand("decline", "Decline a challenge made to you"),
		newChallengeDropCommand("withdraw", "Take a challenge of yours back"), newChallengeSeeksCommand(), newChallengeMatchCommand(), newChallengePresetsCommand())
	return cmd
}

// checkFormat says which words --format takes.
func checkFormat(format string) error {
	if format != "text" && format != "json" {
		return withCode(exitUsage, fmt.Errorf("--format %s: text or json", format))
	}
	return nil
}

func printGame(w io.Writer, format string, id ogs.ID) error {
	if format == "json" {
		return json.NewEncoder(plain.JSONWriter(w)).Encode(map[string]any{"game": id})
	}
	_, err := fmt.Fprintln(w, id)
	return err
}

// connectPast connects as long as ctx lasts, for a session that outlives it.
func connectPast(ctx context.Context, client *ogs.Client) (*ogs.Session, error) {
	connecting, stop := context.WithCancel(context.WithoutCancel(ctx))
	goesOn := context.AfterFunc(ctx, stop)
	s, err := ogs.Connect(connecting, client)
	if !goesOn() && err == nil {
		s.Close()
		err = ctx.Err()
	}
	if err != nil {
		stop()
		return nil, err
	}
	return s, nil
}

// offer makes a challenge, waits for its game, and withdraws it if ctx ends
// before.
func offer(ctx context.Context, w io.Writer, client *ogs.Client, ch ogs.Challenge, opponent ogs.Player) (ogs.ID, error) {
	s, err := connectPast(ctx, client) // it is needed after ctx, to withdraw
	if err != nil {
		return 0, err
	}
	defer s.Close()
	stop := showWaiting(w, "waiting for an opponent")
	id, err := offerIn(ctx, s, ch, opponent.ID)
	stop()
	return id, err
}

// offerIn makes a challenge in a session that outlives ctx, waits for its game,
// and withdraws it if ctx ends before.
func offerIn(ctx context.Context, s *ogs.Session, ch ogs.Challenge, opponent ogs.ID) (ogs.ID, error) {
	var made ogs.Offer
	id, err := s.Offer(ctx, ch, opponent, func(o ogs.Offer) { made = o })
	if err == nil || made.Challenge == 0 || ctx.Err() == nil {
		return id, err
	}
	late, cancel := context.WithTimeout(context.WithoutCancel(ctx), 15*time.Second)
	defer cancel()
	if err := s.Client().Withdraw(late, made.Challenge); err != nil {
		return 0, fmt.Errorf("challenge %d could not be withdrawn, or has just become a game: %w; see 'gobancam games' and 'gobancam challenge list'", made.Challenge, err)
	}
	return 0, errors.New("the challenge was withdrawn")
}

// showWaiting shows on a terminal how long something takes, until the function
// that it returns is called.
func showWaiting(w io.Writer, what string) (stop func()) {
	quit, done := make(chan struct{}), make(chan struct{})
	began := time.Now()
	terminal := isTerminal(w)
	if !terminal {
		fmt.Fprintf(w, "%s …\n", what)
	}
	go func() {
		defer close(done)
		t := time.NewTicker(time.Second)
		defer t.Stop()
		for {
			select {
			case <-quit:
				if terminal {
					plain.Control(w, "\r\x1b[K")
				}
				return
			case <-t.C:
				if terminal {
					plain.Control(w, "\r")
					fmt.Fprintf(w, "%s … %v (Ctrl-C ends it) ", what, time.Since(began).Round(time.Second))
				}
			}
		}
	}()
	return func() { close(quit); <-done }
}

func newChallengeListCommand() *cobra.Command {
	var f ogsFlags
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the challenges made to you and by you",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			client, me, err := f.signedIn(cmd)
			if err != nil {
				return err
			}
			list, err := client.Challenges(cmd.Context())
			if err != nil {
				return err
			}
			if len(list) == 0 {
				fmt.Fprintln(cmd.OutOrStdout(), "No challenge stands.")
				return nil
			}
			tw := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			for _, c := range list {
				who := "from " + c.From.WithRank()
				if c.From.ID == me.ID {
					who = "to anybody"
					if c.To.ID != 0 {
						who = "to " + c.To.Username
					}
				}
				fmt.Fprintf(tw, "%d\t%s\t%d×%d\t%s\t%s\thandicap %d\t%s\t%s\n", c.ID, who, c.Width, c.Height, c.Rules, c.Time, c.Handicap, rankedWord(c.Ranked), c.Name)
			}
			return tw.Flush()
		},
	}
	f.register(cmd)
	return cmd
}

func rankedWord(ranked bool) string {
	if ranked {
		return "ranked"
	}
	return "unranked"
}

func challengeID(s string) (ogs.ID, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n <= 0 {
		return 0, withCode(exitUsage, fmt.Errorf("%q is no number of a challenge; see 'gobancam challenge list'", s))
	}
	return ogs.ID(n), nil
}

func newChallengeAcceptCommand() *cobra.Command {
	var f ogsFlags
	var open bool
	var format string
	cmd := &cobra.Command{
		Use:   "accept [flags] CHALLENGE",
		Short: "Accept a challenge",
		Long: `Accept takes a challenge made to you, or with --open one that anybody may take,
and prints the number of the game that begins.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := challengeID(args[0])
			if err != nil {
				return err
			}
			if err := checkFormat(format); err != nil {
				return err
			}
			client, err := f.client(cmd, nil)
			if err != nil {
				return err
			}
			ctx, cancel := context.WithTimeout(cmd.Context(), time.Minute)
			defer cancel()
			s, err := ogs.Connect(ctx, client)
			if err != nil {
				return err
			}
			defer s.Close()
			game, err := s.AcceptAndAwait(ctx, id, open)
			if err != nil {
				return err
			}
			return printGame(cmd.OutOrStdout(), format, game)
		},
	}
	f.register(cmd)
	cmd.Flags().BoolVar(&open, "open", false, "the challenge is one of 'gobancam challenge seeks'")
	cmd.Flags().StringVar(&format, "format", "text", "text or json")
	return cmd
}

func newChallengeDropCommand(name, short string) *cobra.Command {
	var f ogsFlags
	cmd := &cobra.Command{
		Use:   name + " CHALLENGE",
		Short: short,
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := challengeID(args[0])
			if err != nil {
				return err
			}
			client, err := f.client(cmd, nil)
			if err != nil {
				return err
			}
			return client.Withdraw(cmd.Context(), id)
		},
	}
	f.register(cmd)
	return cmd
}

func newChallengeSeeksCommand() *cobra.Command {
	var f ogsFlags
	var follow bool
	cmd := &cobra.Command{
		Use:   "seeks",
		Short: "List the open challenges that anybody may take",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			client, err := f.client(cmd, nil)
			if err != nil {
				return err
			}
			ctx := cmd.Context()
			s, err := ogs.Connect(ctx, client)
			if err != nil {
				return err
			}
			defer s.Close()
			sub := s.Subscribe()
			defer sub.Close()
			if err := s.WatchSeeks(); err != nil {
				return err
			}
			late := time.After(10 * time.Second)
			first := true
			for {
				select {
				case <-ctx.Done():
					return nil
				case <-late:
					if first {
						return errors.New("the server does not list the open challenges")
					}
				case e, ok := <-sub.Events():
					if !ok {
						return errors.New("the connection has ended")
					}
					g, ok := e.(ogs.SeekGraph)
					if !ok {
						continue
					}
					if first && len(g.Seeks) == 0 {
						fmt.Fprintln(cmd.OutOrStdout(), "No challenge is open.")
					}
					if err := printSeeks(cmd.OutOrStdout(), g); err != nil || !follow {
						return err
					}
					first = false
				}
			}
		},
	}
	f.register(cmd)
	cmd.Flags().BoolVar(&follow, "follow", false, "go on with what is new and what is gone")
	return cmd
}

func printSeeks(w io.Writer, g ogs.SeekGraph) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, k := range g.Seeks {
		switch {
		case k.Deleted:
			fmt.Fprintf(tw, "%d\tgone\n", k.Challenge)
		case k.Started:
			fmt.Fprintf(tw, "%d\thas become game %d\n", k.Challenge, k.Game)
		default:
			fmt.Fprintf(tw, "%d\t%s\t%d×%d\t%s\t%s\t%s\t%s to %s\t%s\n", k.Challenge, k.Player.WithRank(), k.Width, k.Height,
				k.Rules, k.Time, rankedWord(k.Ranked), ogs.FormatRank(k.MinRank), ogs.FormatRank(k.MaxRank), k.Name)
		}
	}
	return tw.Flush()
}

func newChallengeMatchCommand() *cobra.Command {
	var f ogsFlags
	a := ogs.Automatch{}
	var handicap, format string
	var list bool
	cmd := &cobra.Command{
		Use:   "match",
		Short: "Let the server find an opponent",
		Long: `Match searches for anybody who wants the same kind of game, and prints the number
of the game that begins. Ended with Ctrl-C, the search is cancelled.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var err error
			if a.Handicap, err = handicapWish(handicap); err == nil {
				err = a.Check()
			}
			if err != nil {
				return withCode(exitUsage, err)
			}
			if err := checkFormat(format); err != nil {
				return err
			}
			client, err := f.client(cmd, nil)
			if err != nil {
				return err
			}
			s, err := connectPast(cmd.Context(), client) // it is needed after ctx, to cancel the search
			if err != nil {
				return err
			}
			defer s.Close()
			if list {
				return listMatches(cmd.Context(), cmd.OutOrStdout(), s)
			}
			stop := showWaiting(cmd.ErrOrStderr(), "searching for an opponent")
			id, err := s.FindMatch(cmd.Context(), a)
			stop()
			if err != nil {
				if cmd.Context().Err() != nil {
					return errors.New("the search was cancelled")
				}
				return err
			}
			return printGame(cmd.OutOrStdout(), format, id)
		},
	}
	f.register(cmd)
	fl := cmd.Flags()
	fl.IntSliceVar(&a.Sizes, "size", []int{19}, "boards: 9, 13, 19")
	fl.StringSliceVar(&a.Speeds, "speed", []string{ogs.Live}, "blitz, rapid, live, correspondence")
	fl.StringSliceVar(&a.Systems, "system", []string{ogs.ByoYomi, ogs.Fischer}, "clocks: byoyomi, fischer")
	fl.IntVar(&a.LowerRankDiff, "weaker", 3, "how many ranks weaker the opponent may be")
	fl.IntVar(&a.UpperRankDiff, "stronger", 3, "how many ranks stronger the opponent may be")
	fl.StringVar(&a.Rules, "rules", "", "rules that have to be; any without it")
	fl.StringVar(&handicap, "handicap", "any", "yes, no or any")
	fl.BoolVar(&list, "list", false, "list the searches that are on instead")
	fl.StringVar(&format, "format", "text", "text or json")
	return cmd
}

// handicapWish reads --handicap of an automatic search; nil for no preference.
func handicapWish(s string) (*bool, error) {
	want := s == "yes"
	switch s {
	case "yes", "no":
		return &want, nil
	case "any":
		return nil, nil
	}
	return nil, fmt.Errorf("--handicap %s: yes, no or any", s)
}

// listMatches prints the automatic searches that the server tells of.
func listMatches(ctx context.Context, w io.Writer, s *ogs.Session) error {
	sub := s.Subscribe()
	defer sub.Close()
	if err := s.ListMatches(); err != nil {
		return err
	}
	enough := time.After(2 * time.Second)
	n := 0
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-enough:
			if n == 0 {
				fmt.Fprintln(w, "No search is on.")
			}
			return nil
		case e := <-sub.Events():
			if a, ok := e.(ogs.AutomatchEvent); ok && a.Kind == "entry" {
				n++
				fmt.Fprintln(w, a.UUID)
			}
		}
	}
}

func newChallengePresetsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "presets",
		Short: "List the challenges that have a name",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			all, err := presets()
			if err != nil {
				return err
			}
			tw := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			for _, name := range slices.Sorted(maps.Keys(all)) {
				p := all[name]
				c := ogs.NewChallenge(19)
				if err := p.Apply(&c); err != nil {
					return err
				}
				fmt.Fprintf(tw, "%s\t%d×%d\t%s\t%s\t%s\n", name, c.Width, c.Height, c.Time, c.Rules, p.Description)
			}
			fmt.Fprintf(tw, "\nYours are read from %s.\n", state.ConfigFile())
			return tw.Flush()
		},
	}
}
