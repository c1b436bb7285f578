package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/app/games"
	"github.com/gobancam/gobancam/internal/app/state"
	"github.com/gobancam/gobancam/internal/plain"
	"github.com/gobancam/gobancam/ogs"
)

// whichGame reads which game is meant: a game's ID, the number of a line of
// 'gobancam games' (1, 2, …), "last", or "" for the one that comes to mind.
func whichGame(name string) (games.Which, error) {
	n, err := strconv.ParseInt(name, 10, 64)
	switch {
	case err == nil && n > 999:
		return games.Which{ID: ogs.ID(n)}, nil
	case err != nil && name != "" && name != "last", err == nil && n < 1:
		return games.Which{}, withCode(exitUsage, fmt.Errorf("%q is neither a game's id nor a number of 'gobancam games' nor \"last\"", name))
	}
	return games.Which{Number: int(n), Last: name == "last"}, nil
}

// chosen returns a client and the game that name means.
func (f *ogsFlags) chosen(cmd *cobra.Command, name string) (*ogs.Client, ogs.ID, error) {
	client, err := f.client(cmd)
	if err != nil {
		return nil, 0, err
	}
	which, err := whichGame(name)
	if err != nil {
		return nil, 0, err
	}
	id, err := games.Choose(cmd.Context(), client, which)
	return client, id, err
}

// joined connects to the server as long as ctx lasts, and joins the game that
// name means. The caller closes the session.
func (f *ogsFlags) joined(ctx context.Context, cmd *cobra.Command, name string) (*ogs.Session, *ogs.Game, error) {
	client, err := f.client(cmd)
	if err != nil {
		return nil, nil, err
	}
	which, err := whichGame(name)
	if err != nil {
		return nil, nil, err
	}
	return games.Join(ctx, client, which)
}

func newGamesCommand() *cobra.Command {
	var f ogsFlags
	var format string
	cmd := &cobra.Command{
		Use:   "games",
		Short: "List the running games",
		Long: `Games lists the running games of the account, those first in which it is your
turn. The number in front can be given to 'gobancam play --pick', the number
after it to 'gobancam play --game'.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			client, me, err := f.at(cmd).SignedIn(cmd.Context())
			if err != nil {
				return err
			}
			list, err := games.Active(cmd.Context(), client, me.ID)
			if err != nil {
				return err
			}
			return printGames(cmd.OutOrStdout(), format, list, me.ID, state.LastGame(client.Server()))
		},
	}
	f.register(cmd)
	cmd.Flags().StringVar(&format, "format", "text", "text or json")
	cmd.AddCommand(newGamesSGFCommand(), newGamesWatchCommand(), newGamesSayCommand(),
		newGamesEndCommand("cancel", "Cancel a game in its first moves, without a result", (*ogs.Game).Cancel),
		newGamesEndCommand("resign", "Give a game up", (*ogs.Game).Resign))
	return cmd
}

func printGames(w io.Writer, format string, list []ogs.ActiveGame, me, last ogs.ID) error {
	switch format {
	case "json":
		enc := json.NewEncoder(plain.JSONWriter(w))
		for i, g := range list {
			side := g.Side(me)
			if err := enc.Encode(map[string]any{"number": i + 1, "game": g.ID, "name": g.Name, "size": g.Width, "phase": g.Phase,
				"color": side.String(), "opponent": g.Players[side.Opponent()].Username, "my_turn": g.ToMove == me, "moves": g.MoveNumber,
				"expiration": g.Expiration, "last_played": g.ID == last}); err != nil {
				return err
			}
		}
		return nil
	case "text":
	default:
		return withCode(exitUsage, fmt.Errorf("--format %s: text or json", format))
	}
	if len(list) == 0 {
		fmt.Fprintln(w, "No game is running.")
		return nil
	}
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for i, g := range list {
		side := g.Side(me)
		turn := "opponent's turn"
		switch {
		case g.Phase == game.StoneRemoval:
			turn = "dead stones to agree on"
		case g.Paused:
			turn = "paused"
		case g.ToMove == me:
			turn = "YOUR TURN"
		}
		left := ""
		if !g.Expiration.IsZero() && !g.Paused {
			left = game.FormatDuration(time.Until(g.Expiration).Truncate(time.Second))
			left = strings.TrimSuffix(left, ".0") + " left"
		}
		mark := ""
		if g.ID == last {
			mark = "played last"
		}
		fmt.Fprintf(tw, "%d\t%d\t%s\t%d×%d\t%s against %s\tmove %d\t%s\t%s\t%s\n", i+1, g.ID, g.Name, g.Width, g.Height,
			side, g.Players[side.Opponent()].Username, g.MoveNumber, turn, left, mark)
	}
	return tw.Flush()
}

func newGamesWatchCommand() *cobra.Command {
	var f ogsFlags
	cmd := &cobra.Command{
		Use:   "watch [flags] GAME",
		Short: "Follow a game move by move, without playing",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, g, err := f.joined(cmd.Context(), cmd, args[0])
			if err != nil {
				return err
			}
			defer s.Close()
			err = games.Watch(cmd.OutOrStdout(), s, g)
			if cmd.Context().Err() != nil {
				return nil // the user has seen enough
			}
			return err
		},
	}
	f.register(cmd)
	return cmd
}

// inGame joins a game, lets act do something in it, and waits until an update
// shows that it has happened.
func (f *ogsFlags) inGame(cmd *cobra.Command, which string, act func(*ogs.Game) error, done func(ogs.Event) bool) error {
	ctx, cancel := context.WithTimeout(cmd.Context(), 30*time.Second)
	defer cancel()
	s, g, err := f.joined(ctx, cmd, which)
	if err != nil {
		return err
	}
	defer s.Close()
	return games.Do(g, act, done)
}

func newGamesEndCommand(name, short string, act func(*ogs.Game) error) *cobra.Command {
	var f ogsFlags
	var yes bool
	cmd := &cobra.Command{
		Use:   name + " --yes GAME",
		Short: short,
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !yes {
				return withCode(exitUsage, fmt.Errorf("this ends the game; say --yes to %s it", name))
			}
			return f.inGame(cmd, args[0], act, func(e ogs.Event) bool {
				end, ok := e.(game.Finished)
				if ok {
					fmt.Fprintln(cmd.OutOrStdout(), end.Result)
				}
				return ok
			})
		},
	}
	f.register(cmd)
	cmd.Flags().BoolVar(&yes, "yes", false, "yes, end the game")
	return cmd
}

func newGamesSayCommand() *cobra.Command {
	var f ogsFlags
	cmd := &cobra.Command{
		Use:   "say GAME TEXT...",
		Short: "Write a line into a game's chat",
		Args:  cobra.MinimumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			line := strings.Join(args[1:], " ")
			return f.inGame(cmd, args[0], func(g *ogs.Game) error { return g.Chat(line) }, func(e ogs.Event) bool {
				c, ok := e.(ogs.Chat)
				return ok && c.Text == ogs.ChatText(line)
			})
		},
	}
	f.register(cmd)
	return cmd
}
