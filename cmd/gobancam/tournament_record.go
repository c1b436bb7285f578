package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gobancam/gobancam/ogs"
)

// tournamentRecordFlags are what all commands of tournament records take.
type tournamentRecordFlags struct {
	ogsFlags
	format string
}

func newTournamentRecordCommand() *cobra.Command {
	f := &tournamentRecordFlags{}
	cmd := &cobra.Command{
		Use:   "tournament-record",
		Short: "Keep a tournament that is played over the board on OGS",
		Long: `A tournament record is a page of online-go.com that lists the games of a
tournament which is played over the board: its players, who need no accounts, its
rounds, and in each round the demo boards, reviews and games. It belongs to a
group, and who may edit the group may edit it.

It prints the numbers that other commands take: that of the record, of each round
and of each entry. OGS does not say which records there are; the group's page
lists them, and the number is in the address of each.`,
		Example: `  gobancam tournament-record create "Club championship" --group 1234
  gobancam tournament-record add-player 56 Anna --rank 3k
  gobancam tournament-record add-player 56 "Cho Hye-yeon" --rank 9p
  gobancam tournament-record add-round 56 "Round 1" --notes "Friday, 7 pm"
  gobancam tournament-record link 56 "Round 1" https://online-go.com/demo/789
  gobancam tournament-record show 56`,
	}
	cmd.PersistentFlags().StringVar(&f.format, "format", "text", "text or json")
	completeWith(cmd, "format", "text", "json")
	cmd.AddCommand(
		f.newCreate(),
		f.newShow(),
		f.newEdit(),
		f.newAddRound(),
		f.newAddPlayer(),
		f.newLink(),
	)
	for _, c := range cmd.Commands() {
		f.register(c)
	}
	return cmd
}

// signed returns a client, and the record that is meant.
func (f *tournamentRecordFlags) signed(cmd *cobra.Command, record string) (*ogs.Client, ogs.ID, error) {
	if err := checkFormat(f.format); err != nil {
		return nil, 0, err
	}
	var id ogs.ID
	if record != "" {
		var err error
		if id, err = recordNumber(record); err != nil {
			return nil, 0, err
		}
	}
	c, err := f.client(cmd)
	return c, id, err
}

// recordNumber reads the number of a tournament record, or the address of its page.
func recordNumber(s string) (ogs.ID, error) {
	number := s
	if _, rest, ok := strings.Cut(s, "/tournament-record/"); ok {
		number, _, _ = strings.Cut(rest, "/")
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n < 1 {
		return 0, withCode(exitUsage, fmt.Errorf("%q is neither the number of a tournament record nor the address of its page", s))
	}
	return ogs.ID(n), nil
}

// made tells what was made or changed: a line for people, its numbers for programs.
func (f *tournamentRecordFlags) made(cmd *cobra.Command, line string, numbers map[string]any) error {
	if f.format == "json" {
		return writeJSON(cmd.OutOrStdout(), numbers)
	}
	_, err := fmt.Fprintln(cmd.OutOrStdout(), line)
	return err
}

func (f *tournamentRecordFlags) newCreate() *cobra.Command {
	var group int64
	cmd := &cobra.Command{
		Use:     "create NAME --group NUMBER",
		Short:   "Make a tournament record in a group",
		Example: `  gobancam tournament-record create "Club championship" --group 1234`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case group < 1:
				return withCode(exitUsage, errors.New("a tournament record belongs to a group: name it with --group; its number is in the address of its page"))
			case strings.TrimSpace(args[0]) == "":
				return withCode(exitUsage, errors.New("a tournament record needs a name"))
			}
			c, _, err := f.signed(cmd, "")
			if err != nil {
				return err
			}
			id, err := c.CreateRecord(cmd.Context(), ogs.ID(group), args[0])
			if err != nil {
				return err
			}
			return f.made(cmd, fmt.Sprintf("Tournament record %d: %s", id, c.RecordPage(id)), map[string]any{"record": id, "page": c.RecordPage(id)})
		},
	}
	cmd.Flags().Int64Var(&group, "group", 0, "`number` of the group, from the address of its page")
	return cmd
}

func (f *tournamentRecordFlags) newEdit() *cobra.Command {
	var name, about, place string
	cmd := &cobra.Command{
		Use:     "edit RECORD",
		Short:   "Change a tournament record's name, description or place",
		Example: `  gobancam tournament-record edit 56 --location "Town hall" --description "Five rounds, 60 minutes"`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var r ogs.RecordSettings
			for flag, field := range map[string]struct {
				from *string
				to   **string
			}{"name": {&name, &r.Name}, "description": {&about, &r.Description}, "location": {&place, &r.Location}} {
				if cmd.Flags().Changed(flag) {
					*field.to = field.from
				}
			}
			switch {
			case r == ogs.RecordSettings{}:
				return withCode(exitUsage, errors.New("say what is to be changed: --name, --description or --location"))
			case r.Name != nil && strings.TrimSpace(name) == "":
				return withCode(exitUsage, errors.New("a tournament record needs a name"))
			}
			c, id, err := f.signed(cmd, args[0])
			if err != nil {
				return err
			}
			if err := c.EditRecord(cmd.Context(), id, r); err != nil {
				return err
			}
			return f.made(cmd, "Changed.", map[string]any{"record": id, "changed": true})
		},
	}
	cmd.Flags().StringVar(&name, "name", "", "name")
	cmd.Flags().StringVar(&about, "description", "", "description; OGS reads it as Markdown")
	cmd.Flags().StringVar(&place, "location", "", "where it is played")
	return cmd
}

func (f *tournamentRecordFlags) newAddRound() *cobra.Command {
	var notes string
	cmd := &cobra.Command{
		Use:     "add-round RECORD NAME",
		Short:   "Add a round to a tournament record",
		Example: `  gobancam tournament-record add-round 56 "Round 1" --notes "Friday, 7 pm"`,
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, id, err := f.signed(cmd, args[0])
			if err != nil {
				return err
			}
			round, err := c.AddRound(cmd.Context(), id, args[1], notes)
			if err != nil {
				return err
			}
			return f.made(cmd, fmt.Sprintf("Round %d: %s", round.ID, round.Name), map[string]any{"record": id, "round": round.ID, "name": round.Name})
		},
	}
	cmd.Flags().StringVar(&notes, "notes", "", "notes; OGS reads them as Markdown")
	return cmd
}

func (f *tournamentRecordFlags) newAddPlayer() *cobra.Command {
	var rank string
	cmd := &cobra.Command{
		Use:     "add-player RECORD NAME --rank RANK",
		Short:   "Add a player to a tournament record",
		Example: "  gobancam tournament-record add-player 56 Anna --rank 3k\n  gobancam tournament-record add-player 56 \"Cho Hye-yeon\" --rank 9p",
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			p := ogs.RecordPlayer{Name: args[1]}
			var err error
			if p.Rank, p.Professional, err = ogs.ParseDemoRank(rank); err != nil {
				return withCode(exitUsage, fmt.Errorf("--rank: %w", err))
			}
			c, id, err := f.signed(cmd, args[0])
			if err != nil {
				return err
			}
			number, err := c.AddPlayer(cmd.Context(), id, p)
			if err != nil {
				return err
			}
			return f.made(cmd, fmt.Sprintf("%s (%s) is in.", strings.TrimSpace(p.Name), ogs.FormatDemoRank(p.Rank, p.Professional)),
				map[string]any{"record": id, "player": number, "name": strings.TrimSpace(p.Name), "rank": ogs.FormatDemoRank(p.Rank, p.Professional)})
		},
	}
	cmd.Flags().StringVar(&rank, "rank", "", "`rank`: 30k to 1k, 1d to 9d, or 1p to 9p for a professional")
	return cmd
}

func (f *tournamentRecordFlags) newLink() *cobra.Command {
	var notes string
	cmd := &cobra.Command{
		Use:     "link RECORD ROUND PAGE",
		Aliases: []string{"add-entry"},
		Short:   "Put a game, review or demo board into a round",
		Long: `Link puts a game, review or demo board of OGS into a round of a tournament record.
ROUND is the round's number, or its name. PAGE is the address of the game's page;
a number alone is that of a demo board.`,
		Example: "  gobancam tournament-record link 56 \"Round 1\" https://online-go.com/demo/789 --notes \"Board 1\"\n  gobancam tournament-record link 56 57 789",
		Args:    cobra.ExactArgs(3),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, id, err := f.signed(cmd, args[0])
			if err != nil {
				return err
			}
			round, err := whichRound(cmd, c, id, args[1])
			if err != nil {
				return err
			}
			page := args[2]
			if n, err := strconv.ParseInt(page, 10, 64); err == nil && n > 0 {
				page = c.DemoPage(ogs.ID(n))
			}
			entry, err := c.Link(cmd.Context(), id, round, page, notes)
			if err != nil {
				return err
			}
			return f.made(cmd, fmt.Sprintf("Entry %d: %s", entry, page), map[string]any{"record": id, "round": round, "entry": entry, "page": page})
		},
	}
	cmd.Flags().StringVar(&notes, "notes", "", "notes")
	return cmd
}

// whichRound reads a round's number, or finds it by its name.
func whichRound(cmd *cobra.Command, c *ogs.Client, record ogs.ID, name string) (ogs.ID, error) {
	if n, err := strconv.ParseInt(name, 10, 64); err == nil && n > 0 {
		return ogs.ID(n), nil
	}
	r, err := c.Record(cmd.Context(), record)
	if err != nil {
		return 0, err
	}
	var found ogs.ID
	for _, round := range r.Rounds {
		if !strings.EqualFold(round.Name, strings.TrimSpace(name)) {
			continue
		}
		if found != 0 {
			return 0, withCode(exitUsage, fmt.Errorf("several rounds of the tournament record are called %q; give the number of one, see 'gobancam tournament-record show %d'", name, record))
		}
		found = round.ID
	}
	if found == 0 {
		return 0, withCode(exitUsage, fmt.Errorf("no round of the tournament record is called %q; see 'gobancam tournament-record show %d'", name, record))
	}
	return found, nil
}
