package ogstest

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/gobancam/gobancam/board"
)

// move handles game/move.
func (c *socket) move(g *Game, me board.Color, text string, answer func(any, *refusal)) {
	s := c.s
	g.moveCount++
	base := g.board.MoveCount()
	if t := g.tried[c.user.ID]; t != nil && t.base == base && !t.looked && !t.refused {
		s.violation("move %d of game %d was sent again without a look at the game data", base+1, g.ID)
	}
	t := &try{base: base}
	g.tried[c.user.ID] = t
	f := s.moveFault()
	if f != nil {
		switch f.Kind {
		case LoseMove:
			return
		case DropBefore:
			c.drop()
			return
		case RefuseMove:
			t.refused = true
			g.refuse(c, &refusal{"refused", "The server cannot take your move right now."}, answer)
			return
		case DelayMove:
			s.after(f.Delay, func() { c.playMove(g, me, text, nil, t, answer) })
			return
		}
	}
	c.playMove(g, me, text, f, t, answer)
}

// playMove plays a client's move, if it may be played now.
func (c *socket) playMove(g *Game, me board.Color, text string, f *Fault, t *try, answer func(any, *refusal)) {
	s := c.s
	deny := func(code, message string) {
		t.refused = true
		g.refuse(c, &refusal{code, message}, answer)
	}
	g.timeUp()
	if g.phase != "play" {
		deny("wrong-phase", "The game is in the phase "+g.phase+".")
		return
	}
	if _, paused := g.clock.pauses["paused"]; paused {
		s.violation("a move in game %d while it is paused", g.ID)
		deny("paused", "The game is paused.")
		return
	}
	point, err := board.ParseOGS(text, g.spec.Size)
	if err != nil {
		s.violation("game/move with the move %q", text)
		deny("bad-move", "This is no move.")
		return
	}
	if err := g.board.Check(board.Move{Color: me, Point: point}); err != nil {
		// A move that was found not played, and then was played after all,
		// may have crossed with its repetition.
		if t.base == g.board.MoveCount() && time.Since(g.clock.last) > 500*time.Millisecond {
			s.violation("an illegal move was sent: %v", err)
		}
		deny("illegal-move", "Illegal move: "+err.Error())
		return
	}
	var not *socket
	told := func() {
		if f == nil || f.Kind != SwallowAck && f.Kind != SwallowBoth && f.Kind != DropAfter {
			answer(map[string]any{}, nil)
		}
	}
	garbage := func() {
		c.queue(outgoing{1, []byte(`["game/` + strconv.FormatInt(g.ID, 10) + `/move", {"game_id":`)})
		c.queue(outgoing{2, []byte{0, 1, 2, 0xff}})
		c.queue(outgoing{1, []byte(`{"not":"an array"}`)})
		c.queue(outgoing{1, []byte(`[]`)})
		c.queue(outgoing{1, []byte(`[null, null, null]`)})
		c.queue(outgoing{1, []byte("\xff\xfe")})
	}
	times := 1
	if f != nil {
		switch f.Kind {
		case SwallowEcho, SwallowBoth, DropAfter:
			not = c
		case DelayEcho:
			not = c
			number := g.board.MoveCount() + 1
			s.after(f.Delay, func() {
				answer(map[string]any{}, nil)
				if c.games[g.ID] && g.board.MoveCount() >= number {
					c.send(fmt.Sprintf("game/%d/clock", g.ID), g.clockJSON(false))
					c.send(fmt.Sprintf("game/%d/move", g.ID), g.moveJSON(number))
				}
			})
			told = func() {}
		case DuplicateEcho:
			times = 2
		case GarbageEcho:
			garbage()
			defer garbage()
		}
	}
	told()
	g.play(point, c.user, not, times)
	if f != nil && f.Kind == DropAfter {
		c.drop()
	}
}

// play plays a legal move and tells everybody but not.
func (g *Game) play(point board.Point, by *User, not *socket, times int) {
	now := time.Now()
	color := g.board.ToMove()
	spent := now.Sub(g.clock.last)
	if err := g.board.Play(board.Move{Color: color, Point: point}); err != nil {
		panic(err) // it was checked
	}
	g.clock.moved(color, now)
	g.times = append(g.times, spent.Milliseconds())
	number := g.board.MoveCount()
	g.undo = nil
	g.note("move %d %s %s", number, point.OGS(), by.Name)
	over := g.board.Ended()
	if over {
		g.phase = "stone removal"
		g.removed, g.accepted = "", [3]*string{}
		g.removalEnds = now.Add(g.s.opt.RemovalClock)
		g.clock.pause("stone-removal", true, now)
		if !g.s.opt.PhaseLast {
			g.toBut(not, "phase", g.phase)
		}
	}
	clock, move := g.clockJSON(false), g.moveJSON(number)
	g.clock.changed = false
	for c := range g.s.sockets {
		if !c.games[g.ID] || c == not {
			continue
		}
		var f *Fault
		if c.user != by {
			f = g.s.eventFault()
		}
		if f != nil && f.Kind == SkipEvent {
			continue
		}
		for range times {
			events := [][]any{{fmt.Sprintf("game/%d/clock", g.ID), clock}, {fmt.Sprintf("game/%d/move", g.ID), move}}
			if f != nil && f.Kind == SkipClock {
				events = events[1:]
			}
			if f != nil && f.Kind == Reorder {
				slices.Reverse(events)
			}
			for _, e := range events {
				c.send(e...)
			}
		}
	}
	if over && g.s.opt.PhaseLast {
		g.toBut(not, "phase", g.phase)
	}
	g.changed()
	if over {
		for _, u := range g.players[board.Black:] {
			g.s.notify(u, "gameEnteredStoneRemoval", map[string]any{"game_id": g.ID})
		}
	}
	g.setTimer()
	g.wakeOpponent()
}

func (g *Game) tellClock() {
	g.toAll("clock", g.clockJSON(false))
	g.clock.changed = false
	g.changed()
	g.setTimer()
	g.wakeOpponent()
}
