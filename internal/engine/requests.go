package engine

import (
	"errors"
	"fmt"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/match"
)

var (
	errOld     = errors.New("not played: the game was told anew meanwhile")
	errOver    = errors.New("the game is over")
	errNoUndo  = errors.New("a program does not ask to take back")
	errRemoval = errors.New("dead stones are marked after both players passed")
)

// do carries out one request, at once or not at all.
func (e *Game) do(r match.Request) error {
	switch {
	case r.Kind == match.ReqResync:
		e.again()
		return nil
	case r.Epoch != e.epoch || e.epoch == 0:
		return errOld
	case e.result != nil:
		return errOver
	}
	switch r.Kind {
	case match.ReqMove:
		return e.move(r)
	case match.ReqResign:
		e.finish(game.Result{Winner: e.engine(), By: board.ByResignation})
	case match.ReqUndo:
		e.undo()
	case match.ReqAcceptUndo, match.ReqCancelUndo:
		return errNoUndo
	case match.ReqPause, match.ReqResume:
		e.pause(r.Kind == match.ReqPause)
	case match.ReqMark, match.ReqAcceptRemoval, match.ReqRejectRemoval:
		if e.phase != game.StoneRemoval {
			return errRemoval
		}
		return e.removal(r)
	default:
		return fmt.Errorf("there is no request %q", r.Kind)
	}
	return nil
}

// again tells the game anew, and starts a program again that was given up.
func (e *Game) again() {
	if e.epoch == 0 {
		return // it is about to be told
	}
	if e.gaveUp {
		e.gaveUp, e.failed = false, 0
		e.say("%s is started again.", e.name)
	}
	e.tellGame()
}

// move plays my move.
func (e *Game) move(r match.Request) error {
	if e.phase != game.Playing || e.paused || r.Number != e.game.MoveCount() {
		return errOld
	}
	if err := e.game.Check(r.Move); err != nil || r.Move.Color != e.opt.Me {
		if err == nil {
			err = board.ErrTurn
		}
		e.tell(game.Refused{Ref: r.Ref, Message: err.Error()})
		return nil
	}
	e.play(r.Move)
	return nil
}

// undo takes back until it is my turn to play my last move again.
func (e *Game) undo() {
	n := e.game.MoveCount()
	i := n - 1
	for i >= 0 && e.game.Move(i).Color != e.opt.Me {
		i--
	}
	switch {
	case e.phase != game.Playing:
		e.say("Both passed: play on first, then take back.")
		return
	case i < 0:
		e.say("There is no move of yours to take back.")
		return
	}
	e.drop(false)
	for range n - i {
		e.game.Undo()
	}
	e.unstamp()
	e.turn()
	e.tell(game.UndoAccepted{Number: i + 1, Count: n - i})
	e.tellClocks()
}

func (e *Game) pause(on bool) {
	if e.paused == on {
		return
	}
	e.paused = on
	e.turn()
	var p *game.Pause
	if on {
		p = &game.Pause{By: e.opt.Me, Why: "paused"}
	}
	e.tell(game.PauseChanged{Pause: p})
	e.tellClocks()
}

// removal marks dead stones, or agrees to them. What the player marks counts: a
// program cannot be argued with.
func (e *Game) removal(r match.Request) error {
	switch r.Kind {
	case match.ReqMark:
		set := board.SetOf(e.dead...)
		for _, p := range r.Points {
			if !p.On(e.game.Size()) || e.game.At(p) == board.Empty {
				continue
			}
			if r.Dead {
				set.Add(p)
			} else {
				set.Remove(p)
			}
		}
		e.dead, e.marked = set.Points(), true
		if v := e.verdict; v != nil && v.Knows && set != board.SetOf(v.Dead...) {
			e.say("%s sees that otherwise; what you mark is what counts.", e.name)
		}
		e.tellDead()
	case match.ReqAcceptRemoval:
		if board.SetOf(r.Points...) != board.SetOf(e.dead...) {
			return errors.New("the marked stones have changed; look again")
		}
		e.agreed[e.opt.Me-board.Black] = true
		e.tell(game.RemovalAccepted{By: e.opt.Me})
		if e.verdict != nil { // else it counts if the program marks nothing else
			e.finish(game.Counted(e.counted()))
		}
	case match.ReqRejectRemoval:
		e.playOn()
	}
	return nil
}

// playOn takes the game up again after both passed.
func (e *Game) playOn() {
	first := e.game.ToMove()
	if e.game.Rules().OpponentResumes {
		first = e.engine()
	}
	e.drop(false)
	e.game.Resume(first)
	e.phase, e.dead, e.verdict, e.marked, e.agreed = game.Playing, nil, nil, false, [2]bool{}
	e.turn()
	e.tell(game.PhaseChanged{Phase: game.Playing})
	e.tellGame()
}

// turn has the clock run of whose turn it is now.
func (e *Game) turn() { e.count(time.Now()) }

// count takes the time off that has passed, sees whether a flag has fallen, and
// has the right clock run from now on. They run from the first move on, not
// while a program is being started again.
func (e *Game) count(now time.Time) {
	fallen := board.Empty
	if e.running != board.Empty && e.clocks[e.running-board.Black].spend(now.Sub(e.since)) {
		fallen = e.running
	}
	e.running, e.since = e.runs(), now
	switch {
	case fallen == board.Empty || e.result != nil:
	case fallen == e.opt.Me:
		e.say("Your flag has fallen: your time is up.")
		e.finish(game.Result{Winner: fallen.Opponent(), By: board.ByTime})
	default:
		e.say("The flag of %s has fallen: its time is up.", e.name)
		e.finish(game.Result{Winner: fallen.Opponent(), By: board.ByTime})
	}
}

// runs is whose clock is to run.
func (e *Game) runs() board.Color {
	c := e.game.ToMove()
	switch {
	case e.opt.Time.System == "" || e.phase != game.Playing || e.result != nil || e.paused || !e.begun || e.epoch == 0,
		c == e.engine() && (e.pausing || e.gaveUp):
		return board.Empty
	}
	return c
}

// untilFall is how long it takes until the flag falls of the clock that runs;
// negative if none does.
func (e *Game) untilFall() time.Duration {
	if e.running == board.Empty {
		return -1
	}
	return max(0, e.clocks[e.running-board.Black].after(time.Since(e.since)).left())
}

// tellClocks tells the clocks, if they have changed.
func (e *Game) tellClocks() {
	if e.epoch == 0 {
		return
	}
	now := game.ClockChanged{ToMove: e.game.ToMove()}
	for i := range e.clocks {
		c, running := e.clocks[i], e.running == board.Black+board.Color(i)
		if running {
			c = c.after(time.Since(e.since))
		}
		now.Clocks[i] = c.shown(running)
	}
	if now != e.told {
		e.told = now
		e.tell(now)
	}
}
