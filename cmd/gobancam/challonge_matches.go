package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gobancam/gobancam/challonge"
	"github.com/gobancam/gobancam/internal/club"
	"github.com/gobancam/gobancam/internal/club/site"
	"github.com/gobancam/gobancam/internal/plain"
)

func newChallongeMatchesCommand(f *challongeFlags) *cobra.Command {
	var state, player string
	cmd := f.command("matches TOURNAMENT", "List matches; reopen, mark or attach to one",
		func(cmd *cobra.Command, c *challonge.Client, args []string) error {
			id := tournamentID(args[0])
			people, err := c.Participants(cmd.Context(), id)
			if err != nil {
				return err
			}
			s := club.Scene{Players: site.Players(people)}
			filter := challonge.MatchFilter{State: state}
			if player != "" {
				p, err := s.Player(player)
				if err != nil {
					return misnamed(err)
				}
				filter.Participant = challonge.ID(p.ID)
			}
			list, err := c.Matches(cmd.Context(), id, filter)
			return f.printMatches(cmd, s, list, err)
		})
	cmd.PreRunE = func(*cobra.Command, []string) error {
		if !slices.Contains([]string{"", challonge.MatchPending, challonge.MatchOpen, challonge.MatchComplete}, state) {
			return withCode(exitUsage, fmt.Errorf("--state %s: pending, open or complete", state))
		}
		return nil
	}
	cmd.Flags().StringVar(&state, "state", "", "only those that are pending, open or complete")
	cmd.Flags().StringVar(&player, "player", "", "only those of one participant, by `name` or id")
	cmd.AddCommand(
		f.forMatch("reopen TOURNAMENT MATCH", "Drop a match's result so that it can be played or reported again",
			func(cmd *cobra.Command, s *scene, m challonge.Match, _ []string) error {
				if err := f.sure(cmd, "%s", s.Losses("Reopening", site.Match(m))); err != nil {
					return err
				}
				return f.changeMatch(cmd, s, m, challonge.Reopen)
			}),
		newMatchesUnderwayCommand(f),
		f.forMatch("attachments TOURNAMENT MATCH", "List what is attached to a match",
			func(cmd *cobra.Command, s *scene, m challonge.Match, _ []string) error {
				list, err := s.c.Attachments(cmd.Context(), s.t.ID, m.ID)
				if err != nil {
					return err
				}
				return f.print(cmd, list, func(w io.Writer) {
					for _, a := range list {
						fmt.Fprintf(w, "%s  %s\n%s\n", a.ID, a.URL, indent(a.Description))
					}
				})
			}),
		newMatchesAttachCommand(f),
		f.forMatch("detach TOURNAMENT MATCH ATTACHMENT", "Delete an attachment",
			func(cmd *cobra.Command, s *scene, m challonge.Match, args []string) error {
				if err := f.sure(cmd, "The attachment %s is deleted for everybody; nothing else changes.", args[2]); err != nil {
					return err
				}
				return s.c.Detach(cmd.Context(), s.t.ID, m.ID, challonge.ID(args[2]))
			}),
	)
	return cmd
}

func newMatchesUnderwayCommand(f *challongeFlags) *cobra.Command {
	var off bool
	cmd := f.forMatch("underway TOURNAMENT MATCH", "Show a match as being played",
		func(cmd *cobra.Command, s *scene, m challonge.Match, _ []string) error {
			if off {
				return f.changeMatch(cmd, s, m, challonge.UnmarkUnderway)
			}
			return f.changeMatch(cmd, s, m, challonge.MarkUnderway)
		})
	cmd.Flags().BoolVar(&off, "off", false, "no longer show it as being played")
	return cmd
}

func newMatchesAttachCommand(f *challongeFlags) *cobra.Command {
	var link, text string
	cmd := f.forMatch("attach TOURNAMENT MATCH", "Attach a link or a text to a match",
		func(cmd *cobra.Command, s *scene, m challonge.Match, _ []string) error {
			a, err := s.c.Attach(cmd.Context(), s.t.ID, m.ID, link, text)
			if err != nil {
				return err
			}
			return f.print(cmd, a, func(w io.Writer) { fmt.Fprintln(w, a.ID) })
		})
	cmd.PreRunE = func(*cobra.Command, []string) error {
		if link == "" && text == "" {
			return withCode(exitUsage, errors.New("give --link, --text or both"))
		}
		return nil
	}
	cmd.Flags().StringVar(&link, "link", "", "`address`")
	cmd.Flags().StringVar(&text, "text", "", "text")
	return cmd
}

// changeMatch takes a step with a match and shows it.
func (f *challongeFlags) changeMatch(cmd *cobra.Command, s *scene, m challonge.Match, step challonge.MatchStep) error {
	m, err := s.c.ChangeMatch(cmd.Context(), s.t.ID, m.ID, step)
	return f.printMatches(cmd, s.Scene, []challonge.Match{m}, err)
}

// matchLine is a match with names, for JSON.
type matchLine struct {
	challonge.Match
	Name1  string `json:"player1_name"`
	Name2  string `json:"player2_name"`
	Winner string `json:"winner_name,omitempty"`
}

// printMatches shows matches, unless there was an error.
func (f *challongeFlags) printMatches(cmd *cobra.Command, s club.Scene, list []challonge.Match, err error) error {
	if err != nil {
		return err
	}
	lines := []matchLine{}
	t := plain.NewTable("MATCH", "ROUND", "STATE", "PLAYERS", "SCORE", "WINNER", "ID")
	for _, m := range list {
		l := matchLine{Match: m, Name1: s.Name(string(m.Player1)), Name2: s.Name(string(m.Player2))}
		if m.Winner != "" {
			l.Winner = s.Name(string(m.Winner))
		}
		lines = append(lines, l)
		state := m.State
		if m.State == challonge.MatchOpen && !m.Underway.IsZero() {
			state = "being played"
		}
		winner := l.Winner
		if m.Tie {
			winner = "tie"
		}
		t.Add(m.Identifier, fmt.Sprint(m.Round), state, l.Name1+" – "+l.Name2, m.Score(), winner, string(m.ID))
	}
	return f.print(cmd, lines, t.Write)
}

func indent(text string) string {
	return "    " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n    ")
}
