package engine

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
)

// Times is what a record says of the clocks: how much time there was, and what
// each player has left.
//
// In the record it stands as SGF (FF[4], "Timing properties") has it: TM is the
// main time, and BL and WL are the seconds that a player has left after a move,
// of his main time, or of the period if OB or OW stands beside them. What OT
// says, and that OB and OW count periods in byo-yomi and stones in Canadian
// time, is as servers write it: "5x30 byo-yomi", "20/300 Canadian".
type Times struct {
	Time Time
	left [2]clock
}

// TimesIn reads the times of a record; false where it tells none, or in words
// that gobancam does not write.
func TimesIn(root *board.Node) (t Times, ok bool) {
	main, ok := seconds(root, "TM")
	if !ok {
		return t, false
	}
	t.Time = Time{System: game.MainTime, Main: main}
	if over := root.Text("OT"); over != "" {
		if n, rest, x := strings.Cut(strings.TrimSuffix(over, " byo-yomi"), "x"); x {
			over = fmt.Sprintf("%sx%ss", n, rest)
		} else if n, rest, slash := strings.Cut(strings.TrimSuffix(over, " Canadian"), "/"); slash {
			over = fmt.Sprintf("%ss/%s", rest, n)
		}
		parsed, err := ParseTime(main.String() + "+" + over)
		if err != nil {
			return t, false
		}
		t.Time = parsed
	} else if main <= 0 {
		return t, false
	}
	t.left = [2]clock{newClock(t.Time), newClock(t.Time)}
	for _, n := range root.MainLine() {
		for i := range t.left {
			if left, ok := seconds(n, leftIDs[i]); ok {
				t.left[i] = clockOf(t.Time, left, n.Text(overIDs[i]))
			}
		}
	}
	return t, true
}

// leftIDs and overIDs are the properties of Black's and White's clock.
var leftIDs, overIDs = [2]string{"BL", "WL"}, [2]string{"OB", "OW"}

// seconds reads a property of seconds, of at most 100 hours.
func seconds(n *board.Node, id string) (time.Duration, bool) {
	s, err := strconv.ParseFloat(strings.TrimSpace(n.Text(id)), 64)
	if err != nil || !(s >= 0 && s <= 360_000) {
		return 0, false
	}
	return time.Duration(s * float64(time.Second)), true
}

// clockOf is a clock with this much left: of the main time, or where over counts
// periods or stones, of one of those. Nobody comes back to a flag that falls at
// once.
func clockOf(t Time, left time.Duration, over string) clock {
	c := newClock(t)
	left = max(left, time.Second)
	n, err := strconv.Atoi(strings.TrimSpace(over))
	switch {
	case err != nil || n < 1 || t.System == game.MainTime:
		if t.Main > 0 {
			c.main = min(left, t.Main)
		}
		return c
	case t.System == game.ByoYomi:
		c.periods = min(n, t.Periods)
	default:
		c.stones = min(n, t.Stones)
	}
	c.main, c.over, c.period = 0, true, min(left, t.Period)
	return c
}

// String says what each player has left.
func (t Times) String() string {
	return fmt.Sprintf("Black has %s, White %s", t.left[0].shown(false), t.left[1].shown(false))
}

// write writes what a clock has left at a move.
func (c clock) write(n *board.Node, color board.Color) {
	i := color - board.Black
	left, over := c.main, 0
	if c.over {
		left = c.period
		if over = c.periods; c.of.System == game.Canadian {
			over = c.stones
		}
	}
	n.SetReal(leftIDs[i], math.Floor(10*left.Seconds())/10)
	if n.Set(overIDs[i]); c.over && c.of.System != game.MainTime {
		n.Set(overIDs[i], board.Value(strconv.Itoa(over)))
	}
}

// Sign writes into a record of the game how much time there was and what each
// player had left after the moves that were played here; after Run has ended in
// the middle of a game, also what both had left then. It may be called from any
// goroutine.
func (e *Game) Sign(root *board.Node) {
	t := e.opt.Time
	if t.System == "" {
		return
	}
	root.SetReal("TM", t.Main.Seconds())
	switch t.System {
	case game.ByoYomi:
		root.SetText("OT", fmt.Sprintf("%dx%g byo-yomi", t.Periods, t.Period.Seconds()))
	case game.Canadian:
		root.SetText("OT", fmt.Sprintf("%d/%g Canadian", t.Stones, t.Period.Seconds()))
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	var last *board.Node
	n := 0
	for _, node := range root.MainLine() {
		color := board.Black
		switch {
		case node.Has("W"):
			color = board.White
		case !node.Has("B"):
			continue
		}
		n++
		if c, known := e.after[n]; known {
			c.write(node, color)
		}
		last = node
	}
	if last != nil && e.left != nil {
		e.left[0].write(last, board.Black)
		e.left[1].write(last, board.White)
	}
}

// stamp keeps what the player of the last move had left after it. Handicap
// stones are no moves of a record.
func (e *Game) stamp(c board.Color) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.after[e.game.MoveCount()-freeStones(e.game)] = e.clocks[c-board.Black]
}

// unstamp forgets what was left after moves that are taken back.
func (e *Game) unstamp() {
	e.mu.Lock()
	defer e.mu.Unlock()
	for n := range e.after {
		if n > e.game.MoveCount()-freeStones(e.game) {
			delete(e.after, n)
		}
	}
}

// leave keeps what both have left of a game that is not over.
func (e *Game) leave() {
	e.count(time.Now())
	if e.mu.Lock(); e.result == nil {
		left := e.clocks
		e.left = &left
	}
	e.mu.Unlock()
}
