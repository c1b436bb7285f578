package window

import (
	"fmt"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/match"
)

// key does what a key stands for.
func (f *playFace) key(u *ui, key string) {
	s := u.state.snap
	if key != f.armed {
		f.armed, f.until = "", time.Time{}
	}
	if f.press(u, key) {
		return
	}
	removal := s != nil && s.Phase == game.StoneRemoval
	switch key {
	case "Enter", "Y":
		if !u.answer(match.CmdAccept) && f.aims && removal {
			u.mark(f.cursor)
		}
	case "Escape", "N":
		u.answer(match.CmdDeny)
	case "P":
		f.pass(u)
	case "R":
		f.resign(u)
	case "U":
		if s != nil && s.Undo != nil && s.Me != board.Empty && s.Undo.By == s.Me {
			u.simple(match.CmdCancelUndo)
		} else {
			u.simple(match.CmdUndo)
		}
	case "Space":
		f.space(u)
	case "A":
		if removal {
			u.simple(match.CmdAcceptScore)
		} else {
			u.answer(match.CmdAccept)
		}
	case "O":
		if removal {
			u.simple(match.CmdRejectScore)
		}
	case "E":
		f.suggest(u)
	case "L":
		u.simple(match.CmdLook)
	case "K":
		u.simple(match.CmdBoard)
	case "S":
		if u.w.opt.Again != nil {
			u.w.opt.Again()
		}
	case "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown":
		if f.aim(s, key) {
			u.say(pointWords(s, f.cursor))
		}
	case "H":
		u.openLog()
	case "B":
		f.trust(u)
	case "W":
		f.watch = (f.watch + 1) % (len(u.state.watch) + 1)
		if f.watch > 0 {
			u.say("Others watch at " + u.state.watch[f.watch-1].Address)
		}
	case "I":
		if s != nil {
			u.say(statusWords(s, u.state.snapAt))
		}
	case "G", "Q":
		f.leave(u, key)
	}
}

// press moves the focus from button to button, and presses the one that has it;
// it reports whether that was all. The focus goes when something else is done, or
// when another button stands in its place.
func (f *playFace) press(u *ui, key string) bool {
	at := -1
	for i, b := range f.keys {
		if b.focus {
			at = i
		}
	}
	focus := f.focus
	f.focus = ""
	switch n := len(f.keys); {
	case key == "Tab" || key == "Shift+Tab":
		step := 1
		if key == "Shift+Tab" {
			step = n - 1
			if at < 0 {
				at = 0
			}
		}
		for i := range n {
			if b := f.keys[(at+step*(i+1)+n)%n]; b.label != "" && !b.off {
				f.focus = b.label
				u.say(b.label + ".")
				break
			}
		}
		return true
	case at < 0 || focus == "":
		return false
	case key == "Enter" || key == "Space":
		f.focus = focus
		if b := f.keys[at]; b.key != "Enter" {
			switch u.handle(event{kind: keyDown, key: b.key}) { // the window's own buttons, too
			case toggleFullscreen:
				u.wants = toggleFullscreen
			}
			return true
		}
		return false
	case key == "Escape":
		return true
	}
	return false
}

// simple sends a command that needs nothing but its kind.
func (u *ui) simple(kind match.CommandKind) { u.w.do(match.Command{Kind: kind}) }

// mark marks the chain at p as dead, or as alive again.
func (u *ui) mark(p board.Point) {
	u.w.do(match.Command{Kind: match.CmdMark, Points: []board.Point{p}})
}

// answer answers the open question, and reports whether there was one.
func (u *ui) answer(kind match.CommandKind) bool {
	q, ok := question(u.state.snap)
	if ok {
		u.w.do(match.Command{Kind: kind, Question: q.ID})
	}
	return ok
}

// pass passes when its key comes for the second time.
func (f *playFace) pass(u *ui) {
	s := u.state.snap
	if s == nil || !s.MyTurn || !s.Online {
		u.tell("You can pass when it is your turn.")
		return
	}
	if f.armed != "P" {
		f.armed, f.until = "P", time.Now().Add(sure)
		u.tell("Press P again to pass.")
		return
	}
	f.armed = ""
	u.simple(match.CmdPass)
}

// resign resigns. Where two people play at the board nobody asks once more, and
// its key has to come for the second time.
func (f *playFace) resign(u *ui) {
	s := u.state.snap
	if s != nil && s.Result != nil && u.w.opt.Reviews {
		u.w.answer(Answer{Menu: "play", Key: "R"})
		return
	}
	if s != nil && s.Me == board.Empty && s.Result == nil && f.armed != "R" {
		f.armed, f.until = "R", time.Now().Add(sure)
		u.tell("Press R again, and " + s.ToMove.String() + " resigns.")
		return
	}
	f.armed = ""
	u.simple(match.CmdResign)
}

// back takes a game of two players back to a stone that is clicked twice: what
// was played after it goes.
func (f *playFace) back(u *ui, s *match.Snapshot, p board.Point) {
	n := len(s.Moves)
	for n > 0 && s.Moves[n-1].Point != p {
		n--
	}
	if n == 0 || n == len(s.Moves) {
		return // it was set up, or nothing came after it
	}
	this := "back to " + p.GTP(s.Size)
	if f.armed != this {
		f.armed, f.until = this, time.Now().Add(sure)
		u.tell(fmt.Sprintf("Click %s again to take back all that came after move %d.", p.GTP(s.Size), n))
		return
	}
	f.armed = ""
	u.w.do(match.Command{Kind: match.CmdBack, Number: n})
}

// space pauses the game or goes on with it; in stone removal it marks the
// chain at the cursor.
func (f *playFace) space(u *ui) {
	s := u.state.snap
	switch {
	case s == nil:
	case s.Phase == game.StoneRemoval && f.aims:
		u.mark(f.cursor)
	case s.Paused != nil:
		u.simple(match.CmdResume)
	default:
		u.simple(match.CmdPause)
	}
}

// trust tells the referee that the board is right as it is. Asked whether to
// take back a stone that is missing, one says so that it is there: the other
// stone is then decided about.
func (f *playFace) trust(u *ui) {
	if q, ok := question(u.state.snap); ok && q.Kind == match.AskTakeBack {
		u.simple(match.CmdThere)
	} else {
		u.simple(match.CmdTrust)
	}
}

// leave leaves the game: with G at any time for the list of games, with Q once
// it has ended.
func (f *playFace) leave(u *ui, key string) {
	s := u.state.snap
	switch {
	case key == "G" && u.w.opt.Games:
		u.tell("Leaving the game as soon as pending moves are settled.")
		u.simple(match.CmdQuit)
	case key == "G", s != nil && s.Result == nil:
	case u.w.opt.Games:
		u.w.answer(Answer{Menu: "play", Key: key})
	default:
		u.w.leave()
	}
}
