package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/gobancam/gobancam/challonge"
	"github.com/gobancam/gobancam/internal/club"
	"github.com/gobancam/gobancam/internal/club/bracket"
	"github.com/gobancam/gobancam/internal/club/desk"
	"github.com/gobancam/gobancam/internal/plain"
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

// printTournaments shows tournaments, unless there was an error.
func (f *challongeFlags) printTournaments(cmd *cobra.Command, list []challonge.Tournament, err error) error {
	if err != nil {
		return err
	}
	return f.print(cmd, list, func(w io.Writer) {
		t := plain.NewTable("TOURNAMENT", "NAME", "TYPE", "STATE", "PLAYERS", "STARTS")
		for _, x := range list {
			players := ""
			if x.Participants > 0 {
				players = strconv.Itoa(x.Participants)
			}
			t.Add(cmp.Or(x.Slug, string(x.ID)), x.Name, x.Type, x.State, players, day(x.StartsAt))
		}
		t.Write(w)
	})
}

func (f *challongeFlags) printTournament(cmd *cobra.Command, t challonge.Tournament, err error) error {
	if f.format == "json" && err == nil {
		return f.print(cmd, t, nil)
	}
	return f.printTournaments(cmd, []challonge.Tournament{t}, err)
}

// tournamentsFlags narrow the list.
type tournamentsFlags struct{ state, kind, after, before string }

func newChallongeTournamentsCommand(f *challongeFlags) *cobra.Command {
	var list tournamentsFlags
	cmd := &cobra.Command{
		Use:     "tournaments",
		Aliases: []string{"list"},
		Short:   "List tournaments; show, change or delete one",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			filter, err := list.filter()
			if err != nil {
				return err
			}
			c, err := f.client(cmd)
			if err != nil {
				return err
			}
			found, err := c.Tournaments(cmd.Context(), filter)
			return f.printTournaments(cmd, found, err)
		},
	}
	fl := cmd.Flags()
	fl.StringVar(&list.state, "state", "", "only those that are pending, in-progress or ended")
	fl.StringVar(&list.kind, "type", "", "only "+typeNames)
	fl.StringVar(&list.after, "created-after", "", "only those made after a `date`, as 2026-11-22")
	fl.StringVar(&list.before, "created-before", "", "only those made before a `date`")

	update := f.command("update TOURNAMENT", "Change a tournament", nil)
	fields := registerTournament(update)
	update.RunE = f.with(func(cmd *cobra.Command, c *challonge.Client, args []string) error {
		given, err := fields.read(cmd)
		if err != nil {
			return err
		}
		t, err := c.UpdateTournament(cmd.Context(), tournamentID(args[0]), given)
		return f.printTournament(cmd, t, err)
	})
	cmd.AddCommand(
		f.command("show TOURNAMENT", "Show a tournament with its bracket", f.showTournament),
		update,
		f.command("delete TOURNAMENT", "Delete a tournament for ever", f.deleteTournament),
	)
	return cmd
}

// filter reads the flags.
func (l tournamentsFlags) filter() (challonge.TournamentFilter, error) {
	filter := challonge.TournamentFilter{State: strings.ReplaceAll(l.state, "-", "_")}
	var err error
	if filter.Type, err = tournamentType(l.kind); err != nil {
		return filter, err
	}
	for _, d := range []struct {
		name, text string
		to         *time.Time
	}{{"created-after", l.after, &filter.CreatedAfter}, {"created-before", l.before, &filter.CreatedBefore}} {
		if d.text == "" {
			continue
		}
		if *d.to, err = time.ParseInLocation(time.DateOnly, d.text, time.Local); err != nil {
			return filter, withCode(exitUsage, fmt.Errorf("--%s %s: a date looks like 2026-11-22", d.name, d.text))
		}
	}
	if !slices.Contains([]string{"", challonge.ListPending, challonge.ListInProgress, challonge.ListEnded}, filter.State) {
		return filter, withCode(exitUsage, fmt.Errorf("--state %s: pending, in-progress or ended", l.state))
	}
	return filter, nil
}

func (f *challongeFlags) showTournament(cmd *cobra.Command, c *challonge.Client, args []string) error {
	s, err := fetchScene(cmd.Context(), c, args[0])
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
		bracket.Write(w, s.Scene)
		if s.t.State == challonge.TournamentComplete {
			fmt.Fprintln(w)
			writeRanks(w, s.Players)
		}
	})
}

func (f *challongeFlags) deleteTournament(cmd *cobra.Command, c *challonge.Client, args []string) error {
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
}

// writeRanks lists the final ranks.
func writeRanks(w io.Writer, players []club.Player) {
	for _, p := range club.Ranked(players) {
		fmt.Fprintf(w, "%3d  %s\n", p.Rank, p.Name)
	}
}
