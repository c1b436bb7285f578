package main

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/gobancam/gobancam/challonge"
)

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
		given, err := fields.read(cmd)
		if err != nil {
			return err
		}
		if len(args) > 0 {
			given.Name = args[0]
		}
		if given.Name == "" {
			return withCode(exitUsage, errors.New("a tournament needs a name"))
		}
		forNew(&given)
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
				return fmt.Errorf("the tournament %s was made, but not all participants were added: %w", cmp.Or(t.Slug, string(t.ID)), err)
			}
			t.Participants = max(t.Participants, len(names))
		}
		return f.printTournament(cmd, t, nil)
	}
	return cmd
}

// forNew fills in what a new tournament has if nothing else is asked for.
func forNew(t *challonge.TournamentFields) {
	t.Type = cmp.Or(t.Type, challonge.SingleElimination)
	t.Game = cmp.Or(t.Game, "Go")
	if t.Match == nil {
		t.Match = &challonge.MatchOptions{}
	}
	if t.Match.AcceptAttachments == nil {
		t.Match.AcceptAttachments = new(true)
	}
}

// tournamentFlags describe a tournament.
type tournamentFlags struct {
	name, kind, slug, game, about, starts string
	private, attachments, third           bool
	rounds, iterations, groups, through   int
}

// registerTournament adds the flags that describe a tournament.
func registerTournament(cmd *cobra.Command) *tournamentFlags {
	t := &tournamentFlags{}
	fl := cmd.Flags()
	fl.StringVar(&t.name, "name", "", "name")
	fl.StringVar(&t.kind, "type", "", typeNames)
	fl.StringVar(&t.slug, "url", "", "last `part` of its address: letters, digits, underscores")
	fl.StringVar(&t.game, "game", "", "name of the game (Go for new ones)")
	fl.StringVar(&t.about, "description", "", "description; \"9x9\" in it or in the name sets the boards' size")
	fl.StringVar(&t.starts, "starts", "", "`time` of the start, as \"2026-11-22 19:00\"")
	fl.BoolVar(&t.private, "private", false, "hide it from search and lists")
	fl.BoolVar(&t.attachments, "attachments", false, "let the games' SGF be attached to matches (on for new ones)")
	fl.BoolVar(&t.third, "third-place", false, "play for the third place")
	fl.IntVar(&t.rounds, "rounds", 0, "rounds of a Swiss tournament")
	fl.IntVar(&t.iterations, "iterations", 0, "how often everybody meets in a round robin")
	fl.IntVar(&t.groups, "groups", 0, "first play a round robin in groups of this many")
	fl.IntVar(&t.through, "through", 2, "with --groups: how many of each group advance")
	return t
}

// read returns what was given.
func (t *tournamentFlags) read(cmd *cobra.Command) (challonge.TournamentFields, error) {
	f := challonge.TournamentFields{Name: t.name, Slug: t.slug, Game: t.game, Description: t.about}
	var err error
	if f.Type, err = tournamentType(t.kind); err != nil {
		return f, err
	}
	changed := cmd.Flags().Changed
	if t.starts != "" {
		at, err := time.ParseInLocation("2006-01-02 15:04", t.starts, time.Local)
		if err != nil {
			return f, withCode(exitUsage, fmt.Errorf("--starts %s: a time looks like 2026-11-22 19:00", t.starts))
		}
		f.StartsAt = &at
	}
	if changed("private") {
		f.Private = &t.private
	}
	if changed("attachments") || t.third {
		f.Match = &challonge.MatchOptions{}
		if changed("attachments") {
			f.Match.AcceptAttachments = &t.attachments
		}
		if t.third {
			f.Match.ThirdPlace = 3
		}
	}
	if t.groups > 0 {
		f.GroupStage, f.Groups = new(true), &challonge.GroupOptions{Type: challonge.RoundRobin, Size: t.groups, Advance: t.through}
	}
	if t.rounds > 0 {
		f.Swiss = &challonge.PointsOptions{Rounds: t.rounds}
	}
	if t.iterations > 0 {
		f.RoundRobin = &challonge.PointsOptions{Iterations: t.iterations}
	}
	return f, nil
}
