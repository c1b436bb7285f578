package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gobancam/gobancam/challonge"
	"github.com/gobancam/gobancam/internal/limits"
	"github.com/gobancam/gobancam/internal/plain"
)

func newChallongeParticipantsCommand(f *challongeFlags) *cobra.Command {
	cmd := f.command("participants TOURNAMENT", "List participants; add, change, remove, clear or shuffle them",
		func(cmd *cobra.Command, c *challonge.Client, args []string) error {
			list, err := c.Participants(cmd.Context(), tournamentID(args[0]))
			return f.printParticipants(cmd, list, err)
		})
	shuffle := f.command("randomize TOURNAMENT", "Draw the seeds by lot",
		func(cmd *cobra.Command, c *challonge.Client, args []string) error {
			list, err := c.RandomizeParticipants(cmd.Context(), tournamentID(args[0]))
			return f.printParticipants(cmd, list, err)
		})
	shuffle.Aliases = []string{"shuffle"}
	cmd.AddCommand(
		newParticipantsAddCommand(f),
		newParticipantsUpdateCommand(f),
		f.forPlayer("remove", "Remove a participant", func(cmd *cobra.Command, c *challonge.Client, t, player challonge.ID, name string) error {
			if err := f.sure(cmd, "Removing %s: before the start all others move up; in a tournament that is under way, the matches left are forfeited.", name); err != nil {
				return err
			}
			return c.DeleteParticipant(cmd.Context(), t, player)
		}),
		f.command("clear TOURNAMENT", "Remove everybody", func(cmd *cobra.Command, c *challonge.Client, args []string) error {
			list, err := c.Participants(cmd.Context(), tournamentID(args[0]))
			if err != nil {
				return err
			}
			if err := f.sure(cmd, "Clearing takes out %s with their seeds and remarks; they would have to be entered anew.", plural(len(list), "participant", "participants")); err != nil {
				return err
			}
			return c.ClearParticipants(cmd.Context(), tournamentID(args[0]))
		}),
		shuffle,
	)
	return cmd
}

func newParticipantsAddCommand(f *challongeFlags) *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:     "add TOURNAMENT [NAME...]",
		Short:   "Add participants",
		Example: "  gobancam challonge participants add club Anna Ben\n  gobancam challonge participants add club --file names.txt",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			names := args[1:]
			if file != "" {
				more, err := readNames(file)
				if err != nil {
					return withCode(exitUsage, err)
				}
				names = append(names, more...)
			}
			fields := named(names)
			if len(fields) == 0 {
				return withCode(exitUsage, errors.New("no names were given"))
			}
			c, err := f.client(cmd)
			if err != nil {
				return err
			}
			list, err := c.AddParticipants(cmd.Context(), tournamentID(args[0]), fields)
			if err != nil && len(list) > 0 {
				err = fmt.Errorf("%s added, then: %w", plural(len(list), "participant", "participants"), err)
			}
			return f.printParticipants(cmd, list, err)
		},
	}
	cmd.Flags().StringVar(&file, "file", "", "a `file` with a name on each line")
	return cmd
}

// readNames reads a file with a name on each line; a pipe will do.
func readNames(file string) ([]string, error) {
	list, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer list.Close()
	data, err := limits.Read(list, file, limits.Config)
	return strings.Split(string(data), "\n"), err
}

// named are participants of these names; empty ones are left out.
func named(names []string) []challonge.ParticipantFields {
	var list []challonge.ParticipantFields
	for _, n := range names {
		if n = strings.TrimSpace(n); n != "" {
			list = append(list, challonge.ParticipantFields{Name: n})
		}
	}
	return list
}

func newParticipantsUpdateCommand(f *challongeFlags) *cobra.Command {
	var fields challonge.ParticipantFields
	cmd := f.forPlayer("update", "Change a participant", func(cmd *cobra.Command, c *challonge.Client, t, player challonge.ID, _ string) error {
		p, err := c.UpdateParticipant(cmd.Context(), t, player, fields)
		return f.printParticipants(cmd, []challonge.Participant{p}, err)
	})
	cmd.Flags().StringVar(&fields.Name, "name", "", "name")
	cmd.Flags().IntVar(&fields.Seed, "seed", 0, "place in the order of strength, from 1")
	cmd.Flags().StringVar(&fields.Misc, "remark", "", "remark; \"ogs:NAME\" in it is the player's name on online-go.com")
	return cmd
}

// printParticipants shows participants, unless there was an error.
func (f *challongeFlags) printParticipants(cmd *cobra.Command, list []challonge.Participant, err error) error {
	if err != nil {
		return err
	}
	return f.print(cmd, list, func(w io.Writer) {
		t := plain.NewTable("SEED", "NAME", "ID", "ACCOUNT", "REMARK", "RANK")
		for _, p := range list {
			rank := ""
			if p.FinalRank > 0 {
				rank = strconv.Itoa(p.FinalRank)
			}
			name := p.Name
			if !p.Active {
				name += " (out)"
			}
			t.Add(strconv.Itoa(p.Seed), name, string(p.ID), p.Username, p.Misc, rank)
		}
		t.Write(w)
	})
}
