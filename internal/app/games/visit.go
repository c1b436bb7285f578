package games

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/ogs"
)

// Do does something in a joined game, and waits until an update shows that it
// has happened.
func Do(g *ogs.Game, act func(*ogs.Game) error, done func(ogs.Event) bool) error {
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

// Watch prints a game until it ends.
func Watch(w io.Writer, s *ogs.Session, g *ogs.Game) error {
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
