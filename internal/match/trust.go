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
		r.alarm(r.textNonsense(text))
	}
	r.synced = false
	if again {
		r.nonsenseAt = r.now
		r.resync("")
	}
}

// beginAnew forgets the game that the server told at first: d, of which g is the
// record, is a first one, as after a start of the program. Nothing of mine has
// been sent in the other, so nothing is on its way; what lies on the board is
// seen for the first time again, and is no move of mine unless I say so.
func (r *Referee) beginAnew(d *game.Data, g *board.Game) {
	r.alarm(r.textAnew(d, g))
	if p := r.pending; p != nil { // it was held back
		r.out.Entries = append(r.out.Entries, r.entry(EntrySettled, p))
	}
	for len(r.questions) > 0 {
		r.closeQuestion(len(r.questions) - 1)
	}
	*r = Referee{tune: r.tune, mode: r.mode, below: r.below, edition: r.edition, now: r.now, begun: r.begun, out: r.out,
		phase: game.Playing, askedSync: r.askedSync, nonsenseAt: r.nonsenseAt, offline: r.offline,
		ref: r.ref, refused: map[board.Move]int{}, resumed: never,
		eyesErr: r.eyesErr, eyesEnd: r.eyesEnd, lastLook: r.lastLook, unlocked: r.unlocked,
		asked: r.asked, state: r.state, text: r.text, reminded: r.reminded, quit: r.quit}
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
