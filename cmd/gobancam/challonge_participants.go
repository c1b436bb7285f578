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
)

func (f *challongeFlags) printParticipants(cmd *cobra.Command, list []challonge.Participant) error {
	return f.print(cmd, list, func(w io.Writer) {
		t := table{head: []string{"SEED", "NAME", "ID", "ACCOUNT", "REMARK", "RANK"}}
		for _, p := range list {
			rank := ""
			if p.FinalRank > 0 {
				rank = strconv.Itoa(p.FinalRank)
			}
			name := p.Name
			if !p.Active {
				name += " (out)"
			}
			t.add(strconv.Itoa(p.Seed), name, string(p.ID), p.Username, p.Misc, rank)
		}
		t.write(w)
	})
}

// who finds a participant by id, name or account.
func who(people []challonge.Participant, text string) (challonge.Participant, error) {
	for _, p := range people {
		if p.Is(challonge.ID(text)) || strings.EqualFold(p.Name, text) || p.Username != "" && strings.EqualFold(p.Username, text) {
			return p, nil
		}
	}
	var names []string
	for _, p := range people {
		names = append(names, p.Name)
	}
	return challonge.Participant{}, withCode(exitUsage, fmt.Errorf("%q is nobody here: %s", text, strings.Join(names, ", ")))
}

func newChallongeParticipantsCommand(f *challongeFlags) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "participants TOURNAMENT",
		Short: "List participants; add, change, remove, clear or shuffle them",
		Args:  cobra.ExactArgs(1),
		RunE: f.with(func(cmd *cobra.Command, c *challonge.Client, args []string) error {
			list, err := c.Participants(cmd.Context(), tournamentID(args[0]))
			if err != nil {
				return err
			}
			return f.printParticipants(cmd, list)
		}),
	}
	var file string
	add := &cobra.Command{
		Use:     "add TOURNAMENT [NAME...]",
		Short:   "Add participants",
		Example: "  gobancam challonge participants add club Anna Ben\n  gobancam challonge participants add club --file names.txt",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			names := args[1:]
			if file != "" {
				list, err := os.Open(file) // a pipe will do
				if err != nil {
					return withCode(exitUsage, err)
				}
				defer list.Close()
				data, err := limits.Read(list, file, limits.Config)
				if err != nil {
					return withCode(exitUsage, err)
				}
				names = append(names, strings.Split(string(data), "\n")...)
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
			if err != nil {
				if len(list) > 0 {
					return fmt.Errorf("%s came in, then: %w", plural(len(list), "participant", "participants"), err)
				}
				return err
			}
			return f.printParticipants(cmd, list)
		},
	}
	add.Flags().StringVar(&file, "file", "", "a `file` with a name on each line")

	var fields challonge.ParticipantFields
	update := &cobra.Command{
		Use:   "update TOURNAMENT NAME|ID",
		Short: "Change a participant",
		Args:  cobra.ExactArgs(2),
		RunE: f.withParticipant(func(cmd *cobra.Command, c *challonge.Client, t challonge.ID, p challonge.Participant) error {
			p, err := c.UpdateParticipant(cmd.Context(), t, p.ID, fields)
			if err != nil {
				return err
			}
			return f.printParticipants(cmd, []challonge.Participant{p})
		}),
	}
	update.Flags().StringVar(&fields.Name, "name", "", "name")
	update.Flags().IntVar(&fields.Seed, "seed", 0, "place in the order of strength, from 1")
	update.Flags().StringVar(&fields.Misc, "remark", "", "remark; \"ogs:NAME\" in it is the player's name on online-go.com")

	remove := &cobra.Command{
		Use:   "remove TOURNAMENT NAME|ID",
		Short: "Take a participant out",
		Args:  cobra.ExactArgs(2),
		RunE: f.withParticipant(func(cmd *cobra.Command, c *challonge.Client, t challonge.ID, p challonge.Participant) error {
			if err := f.sure(cmd, "Removing %s: before the start all others move up; in a tournament that runs, the matches left are forfeited.", p.Name); err != nil {
				return err
			}
			return c.DeleteParticipant(cmd.Context(), t, p.ID)
		}),
	}
	clearAll := &cobra.Command{
		Use:   "clear TOURNAMENT",
		Short: "Take everybody out",
		Args:  cobra.ExactArgs(1),
		RunE: f.with(func(cmd *cobra.Command, c *challonge.Client, args []string) error {
			list, err := c.Participants(cmd.Context(), tournamentID(args[0]))
			if err != nil {
				return err
			}
			if err := f.sure(cmd, "Clearing takes out %s with their seeds and remarks; they would have to be entered anew.", plural(len(list), "participant", "participants")); err != nil {
				return err
			}
			return c.ClearParticipants(cmd.Context(), tournamentID(args[0]))
		}),
	}
	shuffle := &cobra.Command{
		Use:     "randomize TOURNAMENT",
		Aliases: []string{"shuffle"},
		Short:   "Draw the seeds by lot",
		Args:    cobra.ExactArgs(1),
		RunE: f.with(func(cmd *cobra.Command, c *challonge.Client, args []string) error {
			list, err := c.RandomizeParticipants(cmd.Context(), tournamentID(args[0]))
			if err != nil {
				return err
			}
			return f.printParticipants(cmd, list)
		}),
	}
	cmd.AddCommand(add, update, remove, clearAll, shuffle)
	return cmd
}

// withParticipant makes the RunE of a command about TOURNAMENT NAME|ID.
func (f *challongeFlags) withParticipant(do func(cmd *cobra.Command, c *challonge.Client, t challonge.ID, p challonge.Participant) error) func(*cobra.Command, []string) error {
	return f.with(func(cmd *cobra.Command, c *challonge.Client, args []string) error {
		t := tournamentID(args[0])
		people, err := c.Participants(cmd.Context(), t)
		if err != nil {
			return err
		}
		p, err := who(people, args[1])
		if err != nil {
			return err
		}
		return do(cmd, c, t, p)
	})
}
