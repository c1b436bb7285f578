package gtpboard

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync/atomic"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/match"
)

// sitting is a game with a referee at the board. It implements match.Server:
// requests go to the engine's goroutine, events come from there.
type sitting struct {
	e      *Engine
	ctx    context.Context
	stop   context.CancelFunc
	events chan game.Event
	record atomic.Pointer[Record]
	done   chan struct{} // closed when Sit has returned
	err    error         // of Sit; set before done is closed

	// Of the engine's goroutine alone.
	waiting []game.Event
	epoch   int
	me      board.Color // as told
	removal bool        // dead stones are being marked, as told
}

// Events implements match.Server.
func (s *sitting) Events() <-chan game.Event { return s.events }

// Do implements match.Server.
func (s *sitting) Do(r match.Request) {
	select {
	case s.e.asked <- order{s, r}:
	case <-s.ctx.Done():
	}
}

// sit has the game played at the board, from where it stands, unless it is
// already.
func (e *Engine) sit() {
	e.due = nil
	if s := e.sitting; s != nil && s.me == e.me {
		return
	}
	e.rise()
	ctx, stop := context.WithCancel(e.ctx)
	s := &sitting{e: e, ctx: ctx, stop: stop, events: make(chan game.Event, 64), done: make(chan struct{})}
	e.sitting = s
	r := e.record()
	s.record.Store(&r)
	t := Table{Server: s, Record: func() Record { return *s.record.Load() }, ID: e.id, Size: e.game.Size()}
	go func() {
		defer close(s.done)
		s.err = e.opt.Sit(ctx, t)
	}()
	e.tellAll()
}

// rise ends the game at the board; the record stays.
func (e *Engine) rise() {
	s := e.sitting
	if s == nil {
		return
	}
	s.stop()
	<-s.done // it gives the camera free
	e.sitting = nil
}

// left takes note that the game at the board has ended by itself.
func (e *Engine) left() {
	s := e.sitting
	s.stop()
	e.sitting = nil
	if e.want == nil {
		return
	}
	e.give(answer{err: cmp.Or(s.err, errLeft)})
}

// tell queues an event for the referee.
func (e *Engine) tell(events ...game.Event) {
	if s := e.sitting; s != nil {
		s.waiting = append(s.waiting, events...)
	}
}

// tellAll tells the referee the whole game.
func (e *Engine) tellAll() {
	s := e.sitting
	if s == nil {
		return
	}
	s.epoch++
	s.me = e.me
	d := game.Data{Epoch: s.epoch, ID: e.id, Name: "A game by GTP", Setup: e.game.Setup(), Moves: e.game.Moves(), Phase: game.Playing,
		Players: e.players(), Me: e.me}
	s.removal = e.want != nil && e.want.dead
	switch {
	case s.removal:
		d.Phase, d.Dead = game.StoneRemoval, slices.Clone(e.dead)
	case e.want != nil:
		d.ToMove = e.want.color
	}
	e.tell(game.Connected{}, d)
	e.tellClocks(true)
}

// turn is whose turn the referee is told that it is: the person's only while a
// move is waited for.
func (e *Engine) turn() board.Color {
	if e.want != nil && !e.want.dead {
		return e.want.color
	}
	return e.game.ToMove().Opponent()
}

// tellClocks tells the clocks, and whose turn it is; without always only when
// they have changed.
func (e *Engine) tellClocks(always bool) {
	now := e.opt.Now()
	clocks := [2]game.Clock{e.clocks[0].read(now), e.clocks[1].read(now)}
	if !always && clocks == e.told {
		return
	}
	e.told = clocks
	e.tell(game.ClockChanged{Clocks: clocks, ToMove: e.turn()})
}

// obey carries out a request of the referee.
func (e *Engine) obey(r match.Request) {
	s := e.sitting
	refuse := func(unsent bool, format string, args ...any) {
		e.tell(game.Refused{Ref: r.Ref, Unsent: unsent, Message: fmt.Sprintf(format, args...)})
	}
	switch {
	case r.Kind == match.ReqResync:
		e.tellAll()
		return
	case r.Epoch != s.epoch:
		refuse(true, "the game was told anew meanwhile")
		return
	}
	switch r.Kind {
	case match.ReqMove:
		e.moved(r, refuse)
	case match.ReqResign:
		e.resigned()
	case match.ReqMark:
		e.mark(r.Points, r.Dead)
	case match.ReqAcceptRemoval:
		switch {
		case e.want == nil || !e.want.dead:
			refuse(false, "nobody asks for dead stones now")
		case board.SetOf(r.Points...) != board.SetOf(e.dead...):
			refuse(true, "the marked stones have changed; look again")
		default:
			e.agreed = true
			e.tell(game.RemovalAccepted{})
			e.give(answer{})
		}
	case match.ReqRejectRemoval:
		e.give(answer{err: errPlaysOn})
		e.playOn()
	default:
		refuse(false, "whoever drives the engine decides that, and cannot be asked")
	}
}

// moved is a move that the referee sends: the answer to genmove.
func (e *Engine) moved(r match.Request, refuse func(unsent bool, format string, args ...any)) {
	w, n := e.want, e.game.MoveCount()
	switch {
	case w == nil || w.dead || r.Move.Color != w.color:
		refuse(true, "no move is asked for now")
		return
	case r.Number != n:
		refuse(true, "it rests on another position")
		return
	}
	if err := e.game.Play(r.Move); err != nil {
		refuse(false, "%v", err)
		return
	}
	now := e.opt.Now()
	c := &e.clocks[w.color-board.Black]
	played := game.Played{Number: n + 1, Move: r.Move}
	if left := e.game.HandicapLeft(); w.handicap > 0 {
		e.changed()
		if left > 0 {
			e.tell(game.Acknowledged{Ref: r.Ref}, played)
			return
		}
		var stones []string
		for i := range n + 1 {
			stones = append(stones, e.game.Move(i).Point.GTP(e.game.Size()))
		}
		e.answered(answer{text: joined(stones)}, r.Ref, played)
		return
	}
	c.stop(now)
	c.moved()
	e.groups = append(e.groups, 1)
	e.changed()
	e.answered(answer{text: r.Move.Point.GTP(e.game.Size())}, r.Ref, played)
}

// answered gives the answer, and tells the referee that the turn is over before
// it tells that the move counts.
func (e *Engine) answered(a answer, ref int64, played game.Played) {
	e.give(a)
	e.tellClocks(true)
	e.tell(game.Acknowledged{Ref: ref}, played)
}

// resigned is the answer to genmove; without one it is that to the next.
func (e *Engine) resigned() {
	w := e.want
	if w == nil || w.dead {
		e.resigns = e.me
		if e.me == board.Empty {
			e.resigns = e.game.ToMove()
		}
		return
	}
	e.resigns = board.Empty
	e.clocks[w.color-board.Black].stop(e.opt.Now())
	e.result = &game.Result{Winner: w.color.Opponent(), By: board.ByResignation}
	e.changed()
	e.give(answer{text: "resign"})
	e.tellClocks(true)
	e.tell(game.Finished{Result: *e.result})
}

// withdraw takes back what was waited for.
func (e *Engine) withdraw() {
	w := e.want
	e.want = nil
	switch {
	case w.dead:
		e.playOn()
		return
	case w.handicap > 0:
		// What has been placed so far is no handicap.
		s := e.game.Setup()
		e.anew(board.Setup{Size: s.Size, Rules: e.opt.Rules, Komi: s.Komi})
		return
	}
	e.clocks[w.color-board.Black].stop(e.opt.Now())
	e.tellClocks(true)
}

// playOn goes back to play from the marking of dead stones.
func (e *Engine) playOn() {
	if s := e.sitting; s != nil && s.removal {
		e.tell(game.PhaseChanged{Phase: game.Playing}) // whereupon the referee asks for the game
		e.tellAll()
	}
}
