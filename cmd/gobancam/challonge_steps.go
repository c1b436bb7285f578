package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gobancam/gobancam/challonge"
	"github.com/gobancam/gobancam/internal/club"
	"github.com/gobancam/gobancam/internal/club/bracket"
	"github.com/gobancam/gobancam/internal/club/site"
)

// newChallongeStepCommand makes the command that takes a tournament a step
// further. A warning asks first, with the tournament's name and its number of
// results.
func newChallongeStepCommand(f *challongeFlags, use string, step challonge.Step, short, warning string) *cobra.Command {
	return f.command(use+" TOURNAMENT", short, func(cmd *cobra.Command, c *challonge.Client, args []string) error {
		id := tournamentID(args[0])
		step, err := f.mayStep(cmd, c, id, step, warning)
		if err != nil {
			return err
		}
		t, err := c.ChangeState(cmd.Context(), id, step)
		if err != nil {
			return err
		}
		return f.printStep(cmd, c, t, step)
	})
}

// mayStep asks and checks what there is to be asked and checked before a step;
// to start what comes after groups is another step than to start them.
func (f *challongeFlags) mayStep(cmd *cobra.Command, c *challonge.Client, id challonge.ID, step challonge.Step, warning string) (challonge.Step, error) {
	ask := warning != "" && !f.yes
	var t challonge.Tournament
	var err error
	if ask || step == challonge.Start {
		if t, err = c.Tournament(cmd.Context(), id); err != nil {
			return step, err
		}
	}
	if step == challonge.Start && t.GroupType != "" {
		if t, err = f.endGroups(cmd, c, t); err != nil {
			return step, err
		}
		step = t.Next()
	}
	if ask {
		done, err := c.Matches(cmd.Context(), id, challonge.MatchFilter{State: challonge.MatchComplete})
		if err != nil {
			return step, err
		}
		if err := f.sure(cmd, warning, t.Name, len(done)); err != nil {
			return step, err
		}
	}
	if step == challonge.Finalize {
		return step, f.nothingWaits(cmd, c, id)
	}
	return step, nil
}

// printStep shows a tournament after a step.
func (f *challongeFlags) printStep(cmd *cobra.Command, c *challonge.Client, t challonge.Tournament, step challonge.Step) error {
	if f.format == "json" {
		return f.print(cmd, t, nil)
	}
	people, err := c.Participants(cmd.Context(), t.ID)
	if err != nil {
		return err
	}
	s := club.Scene{Tournament: site.Tournament(t), Players: site.Players(people)}
	if step == challonge.Finalize {
		writeRanks(cmd.OutOrStdout(), s.Players)
		return nil
	}
	matches, err := c.Matches(cmd.Context(), t.ID, challonge.MatchFilter{})
	if err != nil {
		return err
	}
	s.Matches = site.Matches(matches)
	fmt.Fprintf(cmd.OutOrStdout(), "%s is %s.\n", t.Name, strings.ReplaceAll(t.State, "_", " "))
	return bracket.Write(cmd.OutOrStdout(), s)
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
	if err := f.sure(cmd, "Ending the groups of %s fixes who advances; their results can no longer be changed.", t.Name); err != nil {
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
	left, err := box.Unsent()
	if err != nil || len(left) == 0 {
		return err
	}
	t, err := c.Tournament(cmd.Context(), id) // the reports know it by its id alone
	if err != nil {
		return err
	}
	for _, r := range left {
		if r.Tournament == string(t.ID) {
			return fmt.Errorf("a result of %s still waits here (%s); see 'gobancam challonge report --waiting'", t.Name, r.Text)
		}
	}
	return nil
}
