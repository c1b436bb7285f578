package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/gobancam/gobancam/challonge"
	"github.com/gobancam/gobancam/internal/club/bracket"
	"github.com/gobancam/gobancam/internal/club/desk"
	"github.com/gobancam/gobancam/internal/club/outbox"
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
			s, err := f.scene(cmd, args[0])
			if err != nil {
				return err
			}
			return f.print(cmd, struct {
				challonge.Tournament
				People  []challonge.Participant `json:"people"`
				Matches []challonge.Match       `json:"matches"`
			}{s.t, s.people, s.matches}, func(w io.Writer) {
				fmt.Fprintf(w, "%s, %s, %s\n", s.t.Name, s.t.Type, strings.ReplaceAll(s.t.State, "_", " "))
				if s.t.Page != "" {
					fmt.Fprintln(w, s.t.Page)
				}
				fmt.Fprintln(w)
				bracket.Write(w, s.t, s.people, s.matches)
				if s.t.State == challonge.TournamentComplete {
					fmt.Fprintln(w)
					writeRanks(w, s.people)
				}
			})
		},
	}

	update := &cobra.Command{Use: "update TOURNAMENT", Short: "Change a tournament", Args: cobra.ExactArgs(1)}
	fields := registerTournament(update)
	update.RunE = f.with(func(cmd *cobra.Command, c *challonge.Client, args []string) error {
		given, err := fields(cmd)
		if err != nil {
			return err
		}
		t, err := c.UpdateTournament(cmd.Context(), tournamentID(args[0]), given)
		if err != nil {
			return err
		}
		return f.printTournament(cmd, t)
	})

	remove := &cobra.Command{
		Use:   "delete TOURNAMENT",
		Short: "Delete a tournament for ever",
		Args:  cobra.ExactArgs(1),
		RunE: f.with(func(cmd *cobra.Command, c *challonge.Client, args []string) error {
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
		}),
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
	var rounds, iterations, groups, through int
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
	fl.IntVar(&groups, "groups", 0, "play a round robin in groups of so many before")
	fl.IntVar(&through, "through", 2, "with --groups: how many of each go on")
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
		if groups > 0 {
			yes := true
			f.GroupStage, f.Groups = &yes, &challonge.GroupOptions{Type: challonge.RoundRobin, Size: groups, Advance: through}
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
		RunE: f.with(func(cmd *cobra.Command, c *challonge.Client, args []string) error {
			id, step := tournamentID(args[0]), step
			var t challonge.Tournament
			var err error
			if warning != "" && !f.yes || step == challonge.Start {
				if t, err = c.Tournament(cmd.Context(), id); err != nil {
					return err
				}
			}
			if step == challonge.Start && t.GroupType != "" {
				if t, err = f.endGroups(cmd, c, t); err != nil {
					return err
				}
				step = t.Next()
			}
			if warning != "" && !f.yes {
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
			if t, err = c.ChangeState(cmd.Context(), id, step); err != nil {
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
			return bracket.Write(cmd.OutOrStdout(), t, people, matches)
		}),
	}
}

// endGroups ends the groups of a tournament where they are under way: who goes
// on is fixed then.
func (f *challongeFlags) endGroups(cmd *cobra.Command, c *challonge.Client, t challonge.Tournament) (challonge.Tournament, error) {
	if t.State != challonge.TournamentGroupStage {
		return t, nil
	}
	if err := f.nothingWaits(cmd, c, t.ID); err != nil {
		return t, err
	}
	if err := f.sure(cmd, "Ending the groups of %s fixes who goes on; their results cannot be changed any more.", t.Name); err != nil {
		return t, err
	}
	return c.ChangeState(cmd.Context(), t.ID, challonge.FinalizeGroupStage)
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
