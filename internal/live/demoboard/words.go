package demoboard

import (
	"fmt"
	"time"
)

// told is what was said to who sits at the board.
type told struct {
	behind  time.Time // since when the demo board is behind; zero while it is not
	said    bool      // that it is
	control bool      // that somebody else draws
	gone    bool      // that it is over
}

// tell says what has changed for who sits at the board.
func (f *Follower) tell(out *Output) {
	note := func(text string) { out.Notes = append(out.Notes, text) }
	if f.gone != "" {
		if !f.told.gone {
			f.told.gone = true
			note(textGone(f.gone))
		}
		return
	}
	if f.has != nil && f.controls() == f.told.control {
		if f.told.control = !f.told.control; f.told.control {
			note(textControl)
		} else {
			note(textControlBack)
		}
	}
	if f.game == nil {
		return
	}
	n := f.Behind()
	switch {
	case n > 0 && f.told.behind.IsZero():
		f.told.behind = f.now
	case n > 0 && !f.told.said && f.now.Sub(f.told.behind) >= behindWait:
		f.told.said = true
		note(textBehind(n, f.has != nil))
	case n == 0 && f.told.said && f.proven():
		f.told.behind, f.told.said = time.Time{}, false
		note(textCaughtUp)
	case n == 0 && !f.told.said && f.vain.times == 0: // else what was sent may come to nothing again
		f.told.behind = time.Time{}
	}
}

const (
	textControl     = "Somebody else draws on the demo board now: no move is sent there until they give control back. The game goes on here."
	textControlBack = "You have control of the demo board again: it goes on."
	textBegun       = "it does not begin with an empty board, as one does that is made for a game"
	textCaughtUp    = "The demo board has caught up."
)

func textBehind(n int, up bool) string {
	text := fmt.Sprintf("The demo board is %d moves behind", n)
	if n == 1 {
		text = "The demo board is 1 move behind"
	}
	if !up {
		return text + ", since its server cannot be reached. The game goes on here, and it catches up by itself."
	}
	return text + ". The game goes on here, and it catches up by itself."
}

func textGone(why string) string {
	return "The demo board does not follow any more: " + why + ". The game goes on here."
}

func textUnlabeled(why string) string {
	return "The names and the result could not be written into the demo board: " + why + ". The moves are sent."
}

func textOtherSize(has, want int) string {
	return fmt.Sprintf("it is of %d×%d, and this game of %d×%d", has, has, want, want)
}

func textOtherGame(n int) string {
	return fmt.Sprintf("it holds %d moves of another game, which stay; give --demo no number to have a new one", n)
}
