package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/gobancam/gobancam/internal/app/games"
	"github.com/gobancam/gobancam/ogs"
)

func newChallengeSeeksCommand() *cobra.Command {
	var f ogsFlags
	var follow bool
	cmd := &cobra.Command{
		Use:   "seeks",
		Short: "List the open challenges that anybody may take",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			client, err := f.client(cmd)
			if err != nil {
				return err
			}
			ctx := cmd.Context()
			s, err := ogs.Connect(ctx, client)
			if err != nil {
				return err
			}
			defer s.Close()
			first := true
			return games.Seeks(ctx, s, func(g ogs.SeekGraph) (more bool, err error) {
				if first && len(g.Seeks) == 0 {
					fmt.Fprintln(cmd.OutOrStdout(), "No challenge is open.")
				}
				first = false
				return follow, printSeeks(cmd.OutOrStdout(), g)
			})
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
				k.Rules, k.Time, games.Ranked(k.Ranked), ogs.FormatRank(k.MinRank), ogs.FormatRank(k.MaxRank), k.Name)
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
			client, err := f.client(cmd)
			if err != nil {
				return err
			}
			s, err := games.ConnectPast(cmd.Context(), client) // it is needed after ctx, to cancel the search
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
	n := 0
	err := games.Searches(ctx, s, func(a ogs.AutomatchEvent) {
		n++
		fmt.Fprintln(w, a.UUID)
	})
	if n == 0 && err == nil && ctx.Err() == nil {
		fmt.Fprintln(w, "No search is on.")
	}
	return err
}
