package seat

import (
	"context"
	"fmt"

	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/ogs"
)

// followOthers says what happens outside of the game that is being played: the
// turn comes in another one, somebody challenges, the server has something to
// say. It returns when ctx or the session ends.
func (s *Seat) followOthers(ctx context.Context, session *ogs.Session, playing ogs.ID) {
	sub := session.Subscribe()
	defer sub.Close()
	me := session.Me().ID
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
			s.Face.Note(fmt.Sprintf("It is also your turn in game %d (%s), against %s.", e.ID, e.Name, e.Players[e.Side(me).Opponent()].Username))
		case ogs.Notification:
			if e.Type == "challenge" && !told[e.ID] {
				told[e.ID] = true
				text := e.User.Username + " challenges you"
				if s.Challenges != "" {
					text += "; " + s.Challenges + " after this game"
				}
				s.Face.Note(text + ".")
			}
		case ogs.ServerMessage:
			s.Face.Note(e.Text)
		}
	}
}
