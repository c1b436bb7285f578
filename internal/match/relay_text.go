package match

import (
	"fmt"
	"strings"

	"github.com/gobancam/gobancam/board"
)

// What the relay says where no legal moves explain the board.

const (
	textPassUnseen  = "nobody saw this pass: the other player moved twice in a row"
	textAfterPass   = "played twice in a row, or the other player passed"
	textFollowed    = "it fits what followed"
	textAskSetup    = "No legal moves explain it. Does it lie there so?"
	textSaySetup    = "The board is taken as it lies."
	textSetupStays  = "The set-up cannot be taken out: what was played since rests on it. Say back and a number to go back to before it."
	textNothingSeen = "The board has not been seen yet."
	textBoardIs     = "The record shows what lies there."
	textCleared     = "Many stones were taken off: the record stays as it is. If the game goes on from what lies there, say board."
	textOtherBoard  = "The board shows something else altogether: the record stays as it is. If the game goes on from what lies there, say board."
)

// textSetup tells what changed on the board otherwise than by play. It is also
// the comment in the record.
func textSetup(changes []change, size int) string {
	var put, off, turned []Stone
	for _, c := range changes {
		switch {
		case c.was == board.Empty:
			put = append(put, Stone{Color: c.is, Point: c.point})
		case c.is == board.Empty:
			off = append(off, Stone{Color: c.was, Point: c.point})
		default:
			turned = append(turned, Stone{Color: c.is, Point: c.point})
		}
	}
	if len(put) == 1 && len(off) == 1 && len(turned) == 0 && put[0].Color == off[0].Color {
		return fmt.Sprintf("Set up as it lay there: %s moved to %s.", nameStone(off[0], size), put[0].Point.GTP(size))
	}
	var parts []string
	for _, part := range []struct {
		stones []Stone
		what   string
	}{{put, "put down"}, {off, "taken off"}, {turned, "in place of the other colour"}} {
		if len(part.stones) > 0 {
			parts = append(parts, stoneNames(part.stones, size)+" "+part.what)
		}
	}
	return "Set up as it lay there: " + strings.Join(parts, "; ") + "."
}

// textSetupUndo tells that a set-up is no longer in the record.
func textSetupUndo(changes []change, size int) string {
	var ps []string
	for _, c := range changes {
		ps = append(ps, c.point.GTP(size))
	}
	return "What was set up at " + list(ps) + " is taken out."
}

func textAskPassed(m board.Move, size int) string {
	return fmt.Sprintf("%s came after a move of %s. Did %s pass?", capital(nameStone(m, size)), colorNames[m.Color], colorNames[m.Color.Opponent()])
}

func textBackTo(n int) string {
	if n == 0 {
		return "Back to the beginning."
	}
	return fmt.Sprintf("Back to move %d.", n)
}

func textNoSuchMove(n int) string {
	return fmt.Sprintf("There is no such move to go back to: %s were played.", plural(n, "move"))
}
