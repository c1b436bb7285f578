package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/gobancam/gobancam/challonge"
	"github.com/gobancam/gobancam/challonge/desk"
	"github.com/gobancam/gobancam/challonge/outbox"
)

// tournamentTypes are the names that --type takes.
var tournamentTypes = map[string]string{
	"single": challonge.SingleElimination, "double": challonge.DoubleElimination, "round-robin": challonge.RoundRobin,
	"swiss": challonge.Swiss, "free-for-all": challonge.FreeForAll,
}

const typeNames = "single, double, round-robin, swiss or free-for-all"

func tournamentType(name string) (string, error) {
	if name == "" {
		return "", nil
	}
	if t, ok := tournamentTypes[strings.ReplaceAll(strings.ToLower(name), " ", "-")]; ok {
		return t, nil
	}
	for _, t := range tournamentTypes {
		if strings.EqualFold(t, name) {
			return t, nil
		}
	}
	return "", withCode(exitUsage, fmt.Errorf("--type %s: %s", name, typeNames))
}

// tournamentID takes a tournament's id, slug or address.
func tournamentID(arg string) challonge.ID {
	t, _ := desk.ParseSpec(arg)
	return challonge.ID(t)
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Local().Format("2006-01-02 15:04")
}

func (f *challongeFlags) printTournaments(cmd *cobra.Command, list []challonge.Tournament) error {
	return f.print(cmd, list, func(w io.Writer) {
		t := table{head: []string{"TOURNAMENT", "NAME", "TYPE", "STATE", "PLAYERS", "STARTS"}}
		for _, x := range list {
			players := ""
			if x.Participants > 0 {
				players = strconv.Itoa(x.Participants)
			}
			t.add(cmp.Or(x.Slug, string(x.ID)), x.Name, x.Type, x.State, players, day(x.StartsAt))
		}
		t.write(w)
	})
}

func (f *challongeFlags) printTournament(cmd *cobra.Command, t challonge.Tournament) error {
	if f.format == "json" {
		return f.print(cmd, t, nil)
	}
	return f.printTournaments(cmd, []challonge.Tournament{t})
}

func newChallongeTournamentsCommand(f *challongeFlags) *cobra.Command {
	var state, kind, after, before string
	cmd := &cobra.Command{
		Use:     "tournaments",
		Aliases: []string{"list"},
		Short:   "List tournaments; show, change or delete one",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			filter := challonge.TournamentFilter{State: strings.ReplaceAll(state, "-", "_")}
			var err error
			if filter.Type, err = tournamentType(kind); err != nil {
				return err
			}
			for _, d := range []struct {
				name, text string
				to         *time.Time
			}{{"created-after", after, &filter.CreatedAfter}, {"created-before", before, &filter.CreatedBefore}} {
				if d.text == "" {
					continue
				}
				if *d.to, err = time.ParseInLocation(time.DateOnly, d.text, time.Local); err != nil {
					return withCode(exitUsage, fmt.Errorf("--%s %s: a date looks like 2026-11-22", d.name, d.text))
				}
			}
			if !slices.Contains([]string{"", challonge.ListPending, challonge.ListInProgress, challonge.ListEnded}, filter.State) {
				return withCode(exitUsage, fmt.Errorf("--state %s: pending, in-progress or ended", state))
			}
			c, err := f.client(cmd)
			if err != nil {
				return err
			}
			list, err := c.Tournaments(cmd.Context(), filter)
			if err != nil {
				return err
			}
			return f.printTournaments(cmd, list)
		},
	}
	fl := cmd.Flags()
	fl.StringVar(&state, "state", "", "only those that are pending, in-progress or ended")
	fl.StringVar(&kind, "type", "", "only "+typeNames)
	fl.StringVar(&after, "created-after", "", "only those made after a `date`, as 2026-11-22")
	fl.StringVar(&before, "created-before", "", "only those made before a `date`")

	show := &cobra.Command{
		Use:   "show TOURNAMENT",
		Short: "Show a tournament with its bracket",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := f.client(cmd)
			if err != nil {
				return err
			}
			t, err := c.Tournament(cmd.Context(), tournamentID(args[0]))
			if err != nil {
				return err
			}
			people, err := c.Participants(cmd.Context(), t.ID)
			if err != nil {
				return err
			}
			matches, err := c.Matches(cmd.Context(), t.ID, challonge.MatchFilter{})
			if err != nil {
				return err
			}
			return f.print(cmd, struct {
				challonge.Tournament
				People  []challonge.Participant `json:"people"`
				Matches []challonge.Match       `json:"matches"`
			}{t, people, matches}, func(w io.Writer) {
				fmt.Fprintf(w, "%s, %s, %s\n", t.Name, t.Type, strings.ReplaceAll(t.State, "_", " "))
				if t.Page != "" {
					fmt.Fprintln(w, t.Page)
				}
				fmt.Fprintln(w)
				challonge.WriteBracket(w, t, people, matches)
				if t.State == challonge.TournamentComplete {
					fmt.Fprintln(w)
					writeRanks(w, people)
				}
			})
		},
	}

	update := &cobra.Command{Use: "update TOURNAMENT", Short: "Change a tournament", Args: cobra.ExactArgs(1)}
	fields := registerTournament(update)
	update.RunE = func(cmd *cobra.Command, args []string) error {
		c, err := f.client(cmd)
		if err != nil {
			return err
		}
		given, err := fields(cmd)
		if err != nil {
			return err
		}
		t, err := c.UpdateTournament(cmd.Context(), tournamentID(args[0]), given)
		if err != nil {
			return err
		}
		return f.printTournament(cmd, t)
	}

	remove := &cobra.Command{
		Use:   "delete TOURNAMENT",
		Short: "Delete a tournament for ever",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := f.client(cmd)
			if err != nil {
				return err
			}
			t, err := c.Tournament(cmd.Context(), tournamentID(args[0]))
			if err != nil {
				return err
			}
			if err := f.sure(cmd, "Deleting %q deletes its participants, matches and results too; it cannot be brought back.", t.Name); err != nil {
				return err
			}
			if err := c.DeleteTournament(cmd.Context(), t.ID); err != nil {
				return err
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "%s is deleted.\n", t.Name)
			return nil
		},
	}
	cmd.AddCommand(show, update, remove)
	return cmd
}

// writeRanks lists the final ranks.
func writeRanks(w io.Writer, people []challonge.Participant) {
	people = slices.Clone(people)
	slices.SortStableFunc(people, func(a, b challonge.Participant) int {
		return cmp.Or(cmp.Compare(a.FinalRank, b.FinalRank), cmp.Compare(a.Seed, b.Seed))
	})
	for _, p := range people {
		fmt.Fprintf(w, "%3d  %s\n", p.FinalRank, p.Name)
	}
}

// registerTournament adds the flags that describe a tournament; the function
// it returns reads those that were given.
func registerTournament(cmd *cobra.Command) func(cmd *cobra.Command) (challonge.TournamentFields, error) {
	var name, kind, slug, game, about, starts string
	var private, attachments, third bool
	var rounds, iterations int
	fl := cmd.Flags()
	fl.StringVar(&name, "name", "", "name")
	fl.StringVar(&kind, "type", "", typeNames)
	fl.StringVar(&slug, "url", "", "last `part` of its address: letters, digits, underscores")
	fl.StringVar(&game, "game", "", "name of the game (Go for new ones)")
	fl.StringVar(&about, "description", "", "description; \"9x9\" in it or in the name sets the boards' size")
	fl.StringVar(&starts, "starts", "", "`time` of the start, as \"2026-11-22 19:00\"")
	fl.BoolVar(&private, "private", false, "hide it from search and lists")
	fl.BoolVar(&attachments, "attachments", false, "take the games' SGF at the matches (on for new ones)")
	fl.BoolVar(&third, "third-place", false, "play for the third place")
	fl.IntVar(&rounds, "rounds", 0, "rounds of a Swiss tournament")
	fl.IntVar(&iterations, "iterations", 0, "how often everybody meets in a round robin")
	return func(cmd *cobra.Command) (challonge.TournamentFields, error) {
		f := challonge.TournamentFields{Name: name, Slug: slug, Game: game, Description: about}
		var err error
		if f.Type, err = tournamentType(kind); err != nil {
			return f, err
		}
		changed := cmd.Flags().Changed
		if starts != "" {
			t, err := time.ParseInLocation("2006-01-02 15:04", starts, time.Local)
			if err != nil {
				return f, withCode(exitUsage, fmt.Errorf("--starts %s: a time looks like 2026-11-22 19:00", starts))
			}
			f.StartsAt = &t
		}
		if changed("private") {
			f.Private = &private
		}
		if changed("attachments") || third {
			f.Match = &challonge.MatchOptions{}
			if changed("attachments") {
				f.Match.AcceptAttachments = &attachments
			}
			if third {
				f.Match.ThirdPlace = 3
			}
		}
		if rounds > 0 {
			f.Swiss = &challonge.PointsOptions{Rounds: rounds}
		}
		if iterations > 0 {
			f.RoundRobin = &challonge.PointsOptions{Iterations: iterations}
		}
		return f, nil
	}
}

func newChallongeCreateCommand(f *challongeFlags) *cobra.Command {
	var names []string
	cmd := &cobra.Command{
		Use:     "create NAME",
		Short:   "Make a tournament",
		Example: `  gobancam challonge create "Club evening 9x9" --type swiss --rounds 3 --participants "Anna,Ben,Chie,Doyun"`,
		Args:    cobra.MaximumNArgs(1),
	}
	fields := registerTournament(cmd)
	cmd.Flags().StringSliceVar(&names, "participants", nil, "`names` of the players, the strongest first")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		given, err := fields(cmd)
		if err != nil {
			return err
		}
		if len(args) > 0 {
			given.Name = args[0]
		}
		if given.Name == "" {
			return withCode(exitUsage, errors.New("a tournament needs a name"))
		}
		given.Type = cmp.Or(given.Type, challonge.SingleElimination)
		given.Game = cmp.Or(given.Game, "Go")
		if given.Match == nil {
			given.Match = &challonge.MatchOptions{}
		}
		if given.Match.AcceptAttachments == nil {
			yes := true
			given.Match.AcceptAttachments = &yes
		}
		c, err := f.client(cmd)
		if err != nil {
			return err
		}
		t, err := c.CreateTournament(cmd.Context(), given)
		if err != nil {
			return err
		}
		if len(names) > 0 {
			if _, err := c.AddParticipants(cmd.Context(), t.ID, named(names)); err != nil {
				return fmt.Errorf("the tournament %s was made, but not all participants came in: %w", cmp.Or(t.Slug, string(t.ID)), err)
			}
			t.Participants = max(t.Participants, len(names))
		}
		return f.printTournament(cmd, t)
	}
	return cmd
}

func named(names []string) []challonge.ParticipantFields {
	var list []challonge.ParticipantFields
	for _, n := range names {
		if n = strings.TrimSpace(n); n != "" {
			list = append(list, challonge.ParticipantFields{Name: n})
		}
	}
	return list
}

// newChallongeStepCommand makes the command that takes a tournament a step
// further. A warning asks first, with the tournament's name and its number of
// results.
func newChallongeStepCommand(f *challongeFlags, use string, step challonge.Step, short, warning string) *cobra.Command {
	return &cobra.Command{
		Use:   use + " TOURNAMENT",
		Short: short,
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := f.client(cmd)
			if err != nil {
				return err
			}
			id := tournamentID(args[0])
			if warning != "" && !f.yes {
				t, err := c.Tournament(cmd.Context(), id)
				if err != nil {
					return err
				}
				done, err := c.Matches(cmd.Context(), id, challonge.MatchFilter{State: challonge.MatchComplete})
				if err != nil {
					return err
				}
				if err := f.sure(cmd, warning, t.Name, len(done)); err != nil {
					return err
				}
			}
			if step == challonge.Finalize {
				if err := f.nothingWaits(cmd, c, id); err != nil {
					return err
				}
			}
			t, err := c.ChangeState(cmd.Context(), id, step)
			if err != nil {
				return err
			}
			if f.format == "json" {
				return f.print(cmd, t, nil)
			}
			people, err := c.Participants(cmd.Context(), t.ID)
			if err != nil {
				return err
			}
			if step == challonge.Finalize {
				writeRanks(cmd.OutOrStdout(), people)
				return nil
			}
			matches, err := c.Matches(cmd.Context(), t.ID, challonge.MatchFilter{})
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s is %s.\n", t.Name, strings.ReplaceAll(t.State, "_", " "))
			return challonge.WriteBracket(cmd.OutOrStdout(), t, people, matches)
		},
	}
}

// nothingWaits is an error if a result of a tournament has not got to Challonge.
func (f *challongeFlags) nothingWaits(cmd *cobra.Command, c *challonge.Client, id challonge.ID) error {
	box, err := f.outbox()
	if err != nil {
		return err
	}
	left, err := box.Unsettled()
	if err != nil || len(left) == 0 {
		return err
	}
	t, err := c.Tournament(cmd.Context(), id) // the reports know it by its id alone
	if err != nil {
		return err
	}
	for _, r := range left {
		if r.Tournament == t.ID && r.State != outbox.Taken {
			return fmt.Errorf("a result of %s still waits here (%s); see 'gobancam challonge report --waiting'", t.Name, r.Text)
		}
	}
	return nil
}

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
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := f.client(cmd)
			if err != nil {
				return err
			}
			list, err := c.Participants(cmd.Context(), tournamentID(args[0]))
			if err != nil {
				return err
			}
			return f.printParticipants(cmd, list)
		},
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
				data, err := os.ReadFile(file)
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
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.withParticipant(cmd, args, func(c *challonge.Client, t challonge.ID, p challonge.Participant) error {
				p, err := c.UpdateParticipant(cmd.Context(), t, p.ID, fields)
				if err != nil {
					return err
				}
				return f.printParticipants(cmd, []challonge.Participant{p})
			})
		},
	}
	update.Flags().StringVar(&fields.Name, "name", "", "name")
	update.Flags().IntVar(&fields.Seed, "seed", 0, "place in the order of strength, from 1")
	update.Flags().StringVar(&fields.Misc, "remark", "", "remark; \"ogs:NAME\" in it is the player's name on online-go.com")

	remove := &cobra.Command{
		Use:   "remove TOURNAMENT NAME|ID",
		Short: "Take a participant out",
		Args:  cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.withParticipant(cmd, args, func(c *challonge.Client, t challonge.ID, p challonge.Participant) error {
				if err := f.sure(cmd, "Removing %s: before the start all others move up; in a tournament that runs, the matches left are forfeited.", p.Name); err != nil {
					return err
				}
				return c.DeleteParticipant(cmd.Context(), t, p.ID)
			})
		},
	}
	clearAll := &cobra.Command{
		Use:   "clear TOURNAMENT",
		Short: "Take everybody out",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := f.client(cmd)
			if err != nil {
				return err
			}
			list, err := c.Participants(cmd.Context(), tournamentID(args[0]))
			if err != nil {
				return err
			}
			if err := f.sure(cmd, "Clearing takes out %s with their seeds and remarks; they would have to be entered anew.", plural(len(list), "participant", "participants")); err != nil {
				return err
			}
			return c.ClearParticipants(cmd.Context(), tournamentID(args[0]))
		},
	}
	shuffle := &cobra.Command{
		Use:     "randomize TOURNAMENT",
		Aliases: []string{"shuffle"},
		Short:   "Draw the seeds by lot",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := f.client(cmd)
			if err != nil {
				return err
			}
			list, err := c.RandomizeParticipants(cmd.Context(), tournamentID(args[0]))
			if err != nil {
				return err
			}
			return f.printParticipants(cmd, list)
		},
	}
	cmd.AddCommand(add, update, remove, clearAll, shuffle)
	return cmd
}

// withParticipant finds the participant that TOURNAMENT NAME|ID names.
func (f *challongeFlags) withParticipant(cmd *cobra.Command, args []string, do func(*challonge.Client, challonge.ID, challonge.Participant) error) error {
	c, err := f.client(cmd)
	if err != nil {
		return err
	}
	id := tournamentID(args[0])
	people, err := c.Participants(cmd.Context(), id)
	if err != nil {
		return err
	}
	p, err := who(people, args[1])
	if err != nil {
		return err
	}
	return do(c, id, p)
}

func newChallongeCommunitiesCommand(f *challongeFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "communities",
		Short: "List the account's communities",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := f.client(cmd)
			if err != nil {
				return err
			}
			list, err := c.Communities(cmd.Context())
			if err != nil {
				return err
			}
			return f.print(cmd, list, func(w io.Writer) {
				t := table{head: []string{"COMMUNITY", "NAME"}}
				for _, x := range list {
					t.add(cmp.Or(x.Subdomain, string(x.ID)), x.Name)
				}
				t.write(w)
			})
		},
	}
}

// scene is a tournament with all that is in it.
type scene struct {
	c       *challonge.Client
	t       challonge.Tournament
	people  []challonge.Participant
	matches []challonge.Match
}

func (f *challongeFlags) scene(cmd *cobra.Command, ctx context.Context, arg string) (*scene, error) {
	c, err := f.client(cmd)
	if err != nil {
		return nil, err
	}
	s := &scene{c: c}
	if s.t, err = c.Tournament(ctx, tournamentID(arg)); err != nil {
		return nil, err
	}
	if s.people, err = c.Participants(ctx, s.t.ID); err != nil {
		return nil, err
	}
	s.matches, err = c.Matches(ctx, s.t.ID, challonge.MatchFilter{})
	return s, err
}

// match finds a match by its id or its letter in the bracket.
func (s *scene) match(text string) (challonge.Match, error) {
	for _, m := range s.matches {
		if m.ID == challonge.ID(text) || strings.EqualFold(m.Identifier, text) {
			return m, nil
		}
	}
	return challonge.Match{}, withCode(exitUsage, fmt.Errorf("%s has no match %q", s.t.Name, text))
}

func (s *scene) name(id challonge.ID) string {
	if id == "" {
		return "?"
	}
	for _, p := range s.people {
		if p.Is(id) {
			return p.Name
		}
	}
	return string(id)
}
