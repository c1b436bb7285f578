package match

import (
	"fmt"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
)

// refuse handles an impossible input: it leaves the game unchanged.
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

// distrust handles a server that says something impossible. The last good game
// stands, the server is asked for it again, and nothing of mine is sent before
// a valid game has come.
func (r *Referee) distrust(wrong error) {
	if r.result != nil {
		return // nothing is sent any more
	}
	// A server that keeps sending nonsense is not asked in a tight loop.
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

// sameGame returns an error for game data of another game than the one being
// played. g is its record.
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
