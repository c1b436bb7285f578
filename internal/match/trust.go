package match

import (
	"fmt"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
)

// refuse takes in an input that cannot be: it changes nothing of the game.
func (r *Referee) refuse(in Input, wrong error) {
	switch {
	case in.Look != nil:
		r.eyesErr = wrong
	case in.Server != nil:
		if _, ok := in.Server.(game.Data); ok {
			r.online = true
		}
		r.distrust(wrong)
	case in.Command != nil:
		r.note(textNoCommand(wrong))
	}
}

// distrust is what follows when the server says what cannot be. The last good
// game stands, the server is asked for it again, and nothing of mine is sent
// before a game that can be has come.
func (r *Referee) distrust(wrong error) {
	if r.result != nil {
		return // nothing is sent any more
	}
	// A server that cannot do better is not asked without end.
	again := r.nonsenseAt == 0 || r.now-max(r.nonsenseAt, r.askedSync) >= 2*r.tune.Echo
	if text := wrong.Error(); r.nonsense != text {
		r.nonsense = text
		r.alarm(textNonsense(text))
	}
	r.synced = false
	if again {
		r.nonsenseAt = r.now
		r.resync("")
	}
}

// sameGame says what is wrong with game data that may be of another game than
// the one that is being played. g is its record.
func (r *Referee) sameGame(d *game.Data, g *board.Game) error {
	switch {
	case r.game == nil:
	case d.ID != r.data.ID:
		return fmt.Errorf("game %d is told in the middle of game %d", d.ID, r.data.ID)
	case g.Size() != r.size():
		return fmt.Errorf("the board has become %d×%d in the middle of a game on %d×%d", g.Size(), g.Size(), r.size(), r.size())
	case d.Me != r.data.Me:
		return fmt.Errorf("my colour has become %s in the middle of a game as %s", d.Me, r.data.Me)
	}
	return nil
}
