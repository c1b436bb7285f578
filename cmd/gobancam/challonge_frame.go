package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gobancam/gobancam/challonge"
	"github.com/gobancam/gobancam/internal/club"
	"github.com/gobancam/gobancam/internal/club/site"
	"github.com/gobancam/gobancam/internal/plain"
)

// The commands about a tournament are made of what they do with a client and
// their arguments; what is the same in all of them is here.

// with makes the RunE of a command that asks Challonge.
func (f *challongeFlags) with(do func(cmd *cobra.Command, c *challonge.Client, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		c, err := f.client(cmd)
		if err != nil {
			return err
		}
		return do(cmd, c, args)
	}
}

// command makes a command that takes as many arguments as its use names.
func (f *challongeFlags) command(use, short string, do func(cmd *cobra.Command, c *challonge.Client, args []string) error) *cobra.Command {
	return &cobra.Command{Use: use, Short: short, Args: cobra.ExactArgs(strings.Count(use, " ")), RunE: f.with(do)}
}

// forPlayer makes a command about TOURNAMENT NAME|ID.
func (f *challongeFlags) forPlayer(use, short string, do func(cmd *cobra.Command, c *challonge.Client, t, player challonge.ID, name string) error) *cobra.Command {
	return f.command(use+" TOURNAMENT NAME|ID", short, func(cmd *cobra.Command, c *challonge.Client, args []string) error {
		t := tournamentID(args[0])
		people, err := c.Participants(cmd.Context(), t)
		if err != nil {
			return err
		}
		p, err := club.Scene{Players: site.Players(people)}.Player(args[1])
		if err != nil {
			return misnamed(err)
		}
		return do(cmd, c, t, challonge.ID(p.ID), p.Name)
	})
}

// forMatch makes a command about TOURNAMENT MATCH and what use names more.
func (f *challongeFlags) forMatch(use, short string, do func(cmd *cobra.Command, s *scene, m challonge.Match, args []string) error) *cobra.Command {
	return f.command(use, short, func(cmd *cobra.Command, c *challonge.Client, args []string) error {
		s, m, err := findMatch(cmd.Context(), c, args)
		if err != nil {
			return err
		}
		return do(cmd, s, m, args)
	})
}

// misnamed gives an error about a name its exit code.
func misnamed(err error) error {
	if wrong := new(club.WrongNameError); errors.As(err, &wrong) {
		return withCode(exitUsage, err)
	}
	return err
}

// scene is a tournament of Challonge with all that is in it.
type scene struct {
	club.Scene
	c       *challonge.Client
	t       challonge.Tournament
	people  []challonge.Participant
	matches []challonge.Match
}

func fetchScene(ctx context.Context, c *challonge.Client, arg string) (*scene, error) {
	s := &scene{c: c}
	var err error
	if s.t, err = c.Tournament(ctx, tournamentID(arg)); err != nil {
		return nil, err
	}
	if s.people, err = c.Participants(ctx, s.t.ID); err != nil {
		return nil, err
	}
	if s.matches, err = c.Matches(ctx, s.t.ID, challonge.MatchFilter{}); err != nil {
		return nil, err
	}
	s.Scene = club.Scene{Tournament: site.Tournament(s.t), Players: site.Players(s.people), Matches: site.Matches(s.matches)}
	return s, nil
}

// findMatch fetches the scene of a tournament and the match in it that the
// arguments name.
func findMatch(ctx context.Context, c *challonge.Client, args []string) (*scene, challonge.Match, error) {
	s, err := fetchScene(ctx, c, args[0])
	if err != nil {
		return nil, challonge.Match{}, err
	}
	found, err := s.Match(args[1])
	if err != nil {
		return nil, challonge.Match{}, misnamed(err)
	}
	for _, m := range s.matches {
		if string(m.ID) == found.ID {
			return s, m, nil
		}
	}
	return nil, challonge.Match{}, challonge.ErrNotFound
}

// errDeclined ends a command whose question was answered with no.
var errDeclined = errors.New("nothing was changed")

// sure asks before something that cannot be taken back.
func (f *challongeFlags) sure(cmd *cobra.Command, format string, args ...any) error {
	if f.yes {
		return nil
	}
	fmt.Fprintf(cmd.ErrOrStderr(), format+" Go on? [y/N] ", args...)
	text, err := f.line(cmd)(cmd.Context())
	if errors.Is(err, io.EOF) {
		fmt.Fprintln(cmd.ErrOrStderr())
		return withCode(exitUsage, fmt.Errorf("%w: nobody answered; a script says --yes", errDeclined))
	}
	if err != nil {
		return err
	}
	if t := strings.ToLower(strings.TrimSpace(text)); t != "y" && t != "yes" {
		return errDeclined
	}
	return nil
}

// print prints v as JSON, or what text writes.
func (f *challongeFlags) print(cmd *cobra.Command, v any, text func(w io.Writer)) error {
	if f.format == "json" {
		e := json.NewEncoder(plain.JSONWriter(cmd.OutOrStdout()))
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		return e.Encode(v)
	}
	text(cmd.OutOrStdout())
	return nil
}
