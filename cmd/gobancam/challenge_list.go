package main

import (
	"fmt"
	"maps"
	"slices"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/gobancam/gobancam/internal/app/games"
	"github.com/gobancam/gobancam/internal/config"
	"github.com/gobancam/gobancam/ogs"
)

func newChallengeListCommand() *cobra.Command {
	var f ogsFlags
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the challenges made to you and by you",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			client, me, err := f.at(cmd).SignedIn(cmd.Context())
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
				fmt.Fprintf(tw, "%d\t%s\t%d×%d\t%s\t%s\thandicap %d\t%s\t%s\n", c.ID, who, c.Width, c.Height, c.Rules, c.Time, c.Handicap, games.Ranked(c.Ranked), c.Name)
			}
			return tw.Flush()
		},
	}
	f.register(cmd)
	return cmd
}

func newChallengePresetsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "presets",
		Short: "List the challenges that have a name",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			conf, err := config.Read()
			if err != nil {
				return err
			}
			all := conf.Presets()
			tw := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			for _, name := range slices.Sorted(maps.Keys(all)) {
				p := all[name]
				c := ogs.NewChallenge(19)
				if err := p.Apply(&c); err != nil {
					return err
				}
				fmt.Fprintf(tw, "%s\t%d×%d\t%s\t%s\t%s\n", name, c.Width, c.Height, c.Time, c.Rules, p.Description)
			}
			fmt.Fprintf(tw, "\nYours are read from %s.\n", config.File())
			return tw.Flush()
		},
	}
}
