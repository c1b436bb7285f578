package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gobancam/gobancam/challonge"
)

// scene is a tournament with all that is in it.
type scene struct {
	c       *challonge.Client
	t       challonge.Tournament
	people  []challonge.Participant
	matches []challonge.Match
}

func (f *challongeFlags) scene(cmd *cobra.Command, arg string) (*scene, error) {
	c, err := f.client(cmd)
	if err != nil {
		return nil, err
	}
	ctx, s := cmd.Context(), &scene{c: c}
	if s.t, err = c.Tournament(ctx, tournamentID(arg)); err != nil {
		return nil, err
	}
	if s.people, err = c.Participants(ctx, s.t.ID); err != nil {
		return nil, err
	}
	s.matches, err = c.Matches(ctx, s.t.ID, challonge.MatchFilter{})
	return s, err
}

// match finds a match by its id or its letter in the bracket. Where groups have
// the same letters, one that is open comes first.
func (s *scene) match(text string) (challonge.Match, error) {
	var fit, open []challonge.Match
	for _, m := range s.matches {
		switch {
		case m.ID == challonge.ID(text):
			return m, nil
		case strings.EqualFold(m.Identifier, text):
			fit = append(fit, m)
			if m.State == challonge.MatchOpen {
				open = append(open, m)
			}
		}
	}
	if len(open) == 1 {
		fit = open
	}
	switch len(fit) {
	case 0:
		return challonge.Match{}, withCode(exitUsage, fmt.Errorf("%s has no match %q", s.t.Name, text))
	case 1:
		return fit[0], nil
	}
	var which []string
	for _, m := range fit {
		which = append(which, fmt.Sprintf("%s (%s – %s)", m.ID, s.name(m.Player1), s.name(m.Player2)))
	}
	return challonge.Match{}, withCode(exitUsage, fmt.Errorf("more than one match of %s is called %s; name it by its id: %s", s.t.Name, text, strings.Join(which, ", ")))
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

// matchLine is a match with names, for JSON.
type matchLine struct {
	challonge.Match
	Name1  string `json:"player1_name"`
	Name2  string `json:"player2_name"`
	Winner string `json:"winner_name,omitempty"`
}

func (s *scene) line(m challonge.Match) matchLine {
	l := matchLine{Match: m, Name1: s.name(m.Player1), Name2: s.name(m.Player2)}
	if m.Winner != "" {
		l.Winner = s.name(m.Winner)
	}
	return l
}

func (f *challongeFlags) printMatches(cmd *cobra.Command, s *scene, list []challonge.Match) error {
	lines := []matchLine{}
	t := table{head: []string{"MATCH", "ROUND", "STATE", "PLAYERS", "SCORE", "WINNER", "ID"}}
	for _, m := range list {
		l := s.line(m)
		lines = append(lines, l)
		state := m.State
		if m.State == challonge.MatchOpen && !m.Underway.IsZero() {
			state = "being played"
		}
		winner := l.Winner
		if m.Tie {
			winner = "tie"
		}
		t.add(m.Identifier, fmt.Sprint(m.Round), state, l.Name1+" – "+l.Name2, m.Score(), winner, string(m.ID))
	}
	return f.print(cmd, lines, t.write)
}

func newChallongeMatchesCommand(f *challongeFlags) *cobra.Command {
	var state, player string
	cmd := &cobra.Command{
		Use:   "matches TOURNAMENT",
		Short: "List matches; reopen, mark or attach to one",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains([]string{"", challonge.MatchPending, challonge.MatchOpen, challonge.MatchComplete}, state) {
				return withCode(exitUsage, fmt.Errorf("--state %s: pending, open or complete", state))
			}
			c, err := f.client(cmd)
			if err != nil {
				return err
			}
			s := &scene{c: c}
			id := tournamentID(args[0])
			if s.people, err = c.Participants(cmd.Context(), id); err != nil {
				return err
			}
			filter := challonge.MatchFilter{State: state}
			if player != "" {
				p, err := who(s.people, player)
				if err != nil {
					return err
				}
				filter.Participant = p.ID
			}
			list, err := c.Matches(cmd.Context(), id, filter)
			if err != nil {
				return err
			}
			return f.printMatches(cmd, s, list)
		},
	}
	cmd.Flags().StringVar(&state, "state", "", "only those that are pending, open or complete")
	cmd.Flags().StringVar(&player, "player", "", "only those of one participant, by `name` or id")

	reopen := &cobra.Command{
		Use:   "reopen TOURNAMENT MATCH",
		Short: "Drop a match's result so that it can be played or reported again",
		Args:  cobra.ExactArgs(2),
		RunE: f.withMatch(func(cmd *cobra.Command, s *scene, m challonge.Match, _ []string) error {
			if err := f.sure(cmd, "%s", s.losses("Reopening", m)); err != nil {
				return err
			}
			m, err := s.c.ChangeMatch(cmd.Context(), s.t.ID, m.ID, challonge.Reopen)
			if err != nil {
				return err
			}
			return f.printMatches(cmd, s, []challonge.Match{m})
		}),
	}
	var off bool
	underway := &cobra.Command{
		Use:   "underway TOURNAMENT MATCH",
		Short: "Show a match as being played",
		Args:  cobra.ExactArgs(2),
		RunE: f.withMatch(func(cmd *cobra.Command, s *scene, m challonge.Match, args []string) error {
			step := challonge.MarkUnderway
			if off {
				step = challonge.UnmarkUnderway
			}
			m, err := s.c.ChangeMatch(cmd.Context(), s.t.ID, m.ID, step)
			if err != nil {
				return err
			}
			return f.printMatches(cmd, s, []challonge.Match{m})
		}),
	}
	underway.Flags().BoolVar(&off, "off", false, "no longer show it so")

	attachments := &cobra.Command{
		Use:   "attachments TOURNAMENT MATCH",
		Short: "List what is attached to a match",
		Args:  cobra.ExactArgs(2),
		RunE: f.withMatch(func(cmd *cobra.Command, s *scene, m challonge.Match, args []string) error {
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
	}
	var link, text string
	attach := &cobra.Command{
		Use:   "attach TOURNAMENT MATCH",
		Short: "Attach a link or a text to a match",
		Args:  cobra.ExactArgs(2),
		PreRunE: func(*cobra.Command, []string) error {
			if link == "" && text == "" {
				return withCode(exitUsage, errors.New("give --link, --text or both"))
			}
			return nil
		},
		RunE: f.withMatch(func(cmd *cobra.Command, s *scene, m challonge.Match, _ []string) error {
			a, err := s.c.Attach(cmd.Context(), s.t.ID, m.ID, link, text)
			if err != nil {
				return err
			}
			return f.print(cmd, a, func(w io.Writer) { fmt.Fprintln(w, a.ID) })
		}),
	}
	attach.Flags().StringVar(&link, "link", "", "`address`")
	attach.Flags().StringVar(&text, "text", "", "text")
	detach := &cobra.Command{
		Use:   "detach TOURNAMENT MATCH ATTACHMENT",
		Short: "Delete an attachment",
		Args:  cobra.ExactArgs(3),
		RunE: f.withMatch(func(cmd *cobra.Command, s *scene, m challonge.Match, args []string) error {
			if err := f.sure(cmd, "The attachment %s is deleted for everybody; nothing else changes.", args[2]); err != nil {
				return err
			}
			return s.c.Detach(cmd.Context(), s.t.ID, m.ID, challonge.ID(args[2]))
		}),
	}
	cmd.AddCommand(reopen, underway, attachments, attach, detach)
	return cmd
}

func (f *challongeFlags) findMatch(cmd *cobra.Command, args []string) (*scene, challonge.Match, error) {
	s, err := f.scene(cmd, args[0])
	if err != nil {
		return nil, challonge.Match{}, err
	}
	m, err := s.match(args[1])
	return s, m, err
}

// withMatch makes the RunE of a command about TOURNAMENT MATCH.
func (f *challongeFlags) withMatch(do func(cmd *cobra.Command, s *scene, m challonge.Match, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		s, m, err := f.findMatch(cmd, args)
		if err != nil {
			return err
		}
		return do(cmd, s, m, args)
	}
}

// losses says what goes when the result of m goes.
func (s *scene) losses(doing string, m challonge.Match) string {
	b := fmt.Sprintf("%s match %s (%s %s %s) drops its result", doing, m.Identifier, s.name(m.Player1), m.Score(), s.name(m.Player2))
	branch := challonge.Branches(s.t, s.matches, m)
	if len(branch) == 0 {
		return b + "; no other match rests on it."
	}
	var names []string
	for _, x := range branch {
		names = append(names, fmt.Sprintf("%s (%s %s %s)", x.Identifier, s.name(x.Player1), x.Score(), s.name(x.Player2)))
	}
	return b + " and those that rest on it: " + strings.Join(names, ", ") + "."
}

func indent(text string) string {
	return "    " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n    ")
}
