package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/adrg/xdg"
	"github.com/spf13/cobra"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/disk"
	"github.com/gobancam/gobancam/internal/plain"
	"github.com/gobancam/gobancam/ogs"
)

// activeGames lists the running games, those in which it is me's turn first,
// then by the time that is left.
func activeGames(ctx context.Context, c *ogs.Client, me ogs.ID) ([]ogs.ActiveGame, error) {
	view, err := c.Overview(ctx)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(view.Games, func(a, b ogs.ActiveGame) int {
		if mine := a.ToMove == me; mine != (b.ToMove == me) {
			if mine {
				return -1
			}
			return 1
		}
		return a.Expiration.Compare(b.Expiration)
	})
	return view.Games, nil
}

// lastGameFile remembers, by server, the game that was played last.
func lastGameFile() (string, error) { return xdg.StateFile("gobancam/last-games.json") }

func lastGames() map[string]ogs.ID {
	last := map[string]ogs.ID{}
	if path, err := lastGameFile(); err == nil {
		if b, err := os.ReadFile(path); err == nil {
			_ = json.Unmarshal(b, &last) // a spoilt memory is no memory
		}
	}
	return last
}

// rememberGame keeps id as the game played last at server.
func rememberGame(server string, id ogs.ID) error {
	path, err := lastGameFile()
	if err != nil {
		return err
	}
	last := lastGames()
	last[server] = id
	b, err := json.Marshal(last)
	if err != nil {
		return err
	}
	return disk.WriteFile(disk.OS, path, b, 0o600)
}

// chooseGame finds the game that the user means: a game's id, the number of a
// line of 'gobancam games' (1, 2, …), "last", or "" for the one played last if
// it still runs, else the only one that runs.
func chooseGame(ctx context.Context, c *ogs.Client, which string) (ogs.ID, error) {
	n, err := strconv.ParseInt(which, 10, 64)
	switch {
	case err == nil && n > 999:
		return ogs.ID(n), nil
	case err != nil && which != "" && which != "last", err == nil && n < 1:
		return 0, withCode(exitUsage, fmt.Errorf("%q is neither a game's id nor a number of 'gobancam games' nor \"last\"", which))
	}
	me, err2 := c.Me(ctx)
	if err2 != nil {
		return 0, err2
	}
	games, err2 := activeGames(ctx, c, me.ID)
	if err2 != nil {
		return 0, err2
	}
	if err == nil {
		if int(n) > len(games) {
			return 0, fmt.Errorf("%d is none of the running games, of which there are %d; see 'gobancam games'", n, len(games))
		}
		return games[n-1].ID, nil
	}
	last := lastGames()[c.Server()]
	if i := slices.IndexFunc(games, func(g ogs.ActiveGame) bool { return g.ID == last }); i >= 0 {
		return last, nil
	}
	switch {
	case which == "last":
		return 0, errors.New("the game played last is over, or none was played; see 'gobancam games'")
	case len(games) == 0:
		return 0, errors.New("no game is running; offer one with 'gobancam challenge'")
	case len(games) > 1:
		return 0, fmt.Errorf("%d games are running; see 'gobancam games' and name one", len(games))
	}
	return games[0].ID, nil
}

// chosen returns a client and the game that which means, as chooseGame takes it.
func (f *ogsFlags) chosen(ctx context.Context, cmd *cobra.Command, which string) (*ogs.Client, ogs.ID, error) {
	client, err := f.client(cmd, nil)
	if err != nil {
		return nil, 0, err
	}
	id, err := chooseGame(ctx, client, which)
	return client, id, err
}

// joined connects to the server and joins the game that which means. The caller
// closes the session.
func (f *ogsFlags) joined(ctx context.Context, cmd *cobra.Command, which string) (*ogs.Session, *ogs.Game, error) {
	client, id, err := f.chosen(ctx, cmd, which)
	if err != nil {
		return nil, nil, err
	}
	s, err := ogs.Connect(ctx, client)
	if err != nil {
		return nil, nil, err
	}
	g, err := s.Join(ctx, id)
	if err != nil {
		s.Close()
		return nil, nil, err
	}
	return s, g, nil
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
			client, me, err := f.signedIn(cmd)
			if err != nil {
				return err
			}
			games, err := activeGames(cmd.Context(), client, me.ID)
			if err != nil {
				return err
			}
			return printGames(cmd.OutOrStdout(), format, games, me.ID, lastGames()[client.Server()])
		},
	}
	f.register(cmd)
	cmd.Flags().StringVar(&format, "format", "text", "text or json")
	cmd.AddCommand(newGamesSGFCommand(), newGamesWatchCommand(), newGamesSayCommand(),
		newGamesEndCommand("cancel", "Cancel a game in its first moves, without a result", (*ogs.Game).Cancel),
		newGamesEndCommand("resign", "Give a game up", (*ogs.Game).Resign))
	return cmd
}

func printGames(w io.Writer, format string, games []ogs.ActiveGame, me, last ogs.ID) error {
	switch format {
	case "json":
		enc := json.NewEncoder(plain.JSONWriter(w))
		for i, g := range games {
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
	if len(games) == 0 {
		fmt.Fprintln(w, "No game is running.")
		return nil
	}
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for i, g := range games {
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
			err = watch(cmd.OutOrStdout(), s, g)
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
	if err := act(g); err != nil {
		return err
	}
	for u := range g.Updates() {
		switch e := u.Event.(type) {
		case ogs.Trouble:
			return errors.New(e.Text)
		case game.Disconnected:
			return fmt.Errorf("the connection was lost before the server confirmed it: %s; look at the game", e.Reason)
		}
		if done(u.Event) {
			return nil
		}
	}
	return errors.New("the server did not confirm it in time; look at the game")
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

// watch prints a game until it ends.
func watch(w io.Writer, s *ogs.Session, g *ogs.Game) error {
	shown := 0
	for u := range g.Updates() {
		st := u.State
		switch e := u.Event.(type) {
		case ogs.Snapshot:
			if shown == 0 {
				fmt.Fprintf(w, "%s: %s (black) against %s (white), %d×%d, %s, komi %g, %s\n", st.Name, st.Players[board.Black].Username,
					st.Players[board.White].Username, st.Width, st.Height, st.Rules.Name, st.Komi, st.Time)
			}
		case game.UndoAccepted:
			fmt.Fprintf(w, "%d moves were taken back.\n", e.Count)
		case game.UndoRequested:
			fmt.Fprintln(w, "An undo is asked for.")
		case game.PhaseChanged:
			fmt.Fprintf(w, "The game is in %s.\n", e.Phase)
		case ogs.AutoResign:
			if e.At.IsZero() {
				fmt.Fprintf(w, "%s is back.\n", st.Players[e.By].Username)
			} else {
				fmt.Fprintf(w, "%s has left and loses in %v.\n", st.Players[e.By].Username, e.At.Sub(s.ServerNow()).Round(time.Second))
			}
		case ogs.Chat:
			fmt.Fprintf(w, "%s: %s\n", e.By.Username, e.Text)
		case ogs.Trouble:
			fmt.Fprintf(w, "%s\n", e.Text)
		case game.Disconnected:
			fmt.Fprintf(w, "The connection is lost (%s) and being restored.\n", e.Reason)
		case ogs.Unusable:
			fmt.Fprintf(w, "The server sent game data that makes no sense (%v); it is asked again.\n", e.Err)
		case game.Finished:
			fmt.Fprintf(w, "%s\n", e.Result)
			return nil
		}
		shown = min(shown, len(st.Moves))
		for ; shown < len(st.Moves); shown++ {
			m := st.Moves[shown]
			r := st.Clock.At(s.ServerNow(), st.Time)
			fmt.Fprintf(w, "%d\t%s %s\tblack %s\twhite %s\n", shown+1, m.Color, m.Point.GTP(st.Width), r.Sides[board.Black], r.Sides[board.White])
		}
	}
	return errors.New("the connection to the game has ended")
}

// followOthers says what happens outside of the game that is being played: the
// turn comes in another one, somebody challenges, the server has something to
// say. It returns when ctx or the session ends.
func followOthers(ctx context.Context, s *ogs.Session, playing ogs.ID, note func(string)) {
	sub := s.Subscribe()
	defer sub.Close()
	me := s.Me().ID
	mine := map[ogs.ID]int{} // the move of each game that has been told
	told := map[string]bool{}
	for {
		var e ogs.SessionEvent
		select {
		case <-ctx.Done():
			return
		case next, ok := <-sub.Events():
			if !ok {
				return
			}
			e = next
		}
		switch e := e.(type) {
		case ogs.ActiveGame:
			if e.ID == playing || e.ToMove != me || e.Phase != game.Playing || mine[e.ID] == e.MoveNumber+1 {
				continue
			}
			mine[e.ID] = e.MoveNumber + 1
			note(fmt.Sprintf("It is also your turn in game %d (%s), against %s.", e.ID, e.Name, e.Players[e.Side(me).Opponent()].Username))
		case ogs.Notification:
			if e.Type == "challenge" && !told[e.ID] {
				told[e.ID] = true
				note(fmt.Sprintf("%s challenges you; see 'gobancam challenge list' after this game.", e.User.Username))
			}
		case ogs.ServerMessage:
			note(e.Text)
		}
	}
}
