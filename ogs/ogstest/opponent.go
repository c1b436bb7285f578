package ogstest

import (
	"time"

	"github.com/gobancam/gobancam/board"
)

// Opponent plays for an account, inside the server. Its functions are called
// one at a time for a game, without the server's lock.
type Opponent struct {
	// Move answers when it is the account's turn. Nil plays nothing.
	Move func(*View) Reply
	// Dead says, after play has ended, which stones are dead. They are marked
	// at once if Dead is not nil.
	Dead func(*View) []board.Point
	// AcceptUndo agrees to every request, after Delay.
	AcceptUndo bool
	// KeepScore makes the opponent leave the agreement on dead stones open;
	// without it, it agrees to whatever the other player agrees to.
	KeepScore bool
	// Delay is the time for each answer.
	Delay time.Duration
}

// View is what an opponent sees.
type View struct {
	Game  *board.Game // a copy
	Color board.Color
}

// Reply is what an opponent does in its turn.
type Reply struct {
	Point  board.Point // board.Pass to pass
	Resign bool
	Wait   bool // do nothing; Game.Play can be called later
}

// Script returns a Move function that plays points in turn and then passes.
func Script(points ...board.Point) func(*View) Reply {
	next := 0
	return func(*View) Reply {
		if next >= len(points) {
			return Reply{Point: board.Pass}
		}
		next++
		return Reply{Point: points[next-1]}
	}
}

// SetOpponent lets o play for u.
func (g *Game) SetOpponent(u *User, o Opponent) {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	if side := g.color(u); side != board.Empty {
		g.opponents[side] = &o
		g.wakeOpponent()
	}
}

// wakeOpponent lets an opponent act, if it is for it to act.
func (g *Game) wakeOpponent() {
	for _, side := range []board.Color{board.Black, board.White} {
		o := g.opponents[side]
		switch {
		case o == nil:
		case g.phase == "play" && g.board.ToMove() == side && o.Move != nil && len(g.clock.pauses) == 0:
			g.opponentMoves(side, o)
		case g.phase == "stone removal" && o.Dead != nil && g.accepted[board.Black] == nil && g.accepted[board.White] == nil && g.removed == "":
			view := &View{g.board.Clone(), side}
			version := g.version
			g.think(o.Delay, func() func() {
				dead := o.Dead(view)
				return func() {
					if g.phase == "stone removal" && len(dead) > 0 && g.version == version {
						g.setRemoved(g.players[side], board.FormatOGSPoints(dead), true)
					}
				}
			})
		}
	}
}

// think runs f after d without the lock, and what it returns with it.
func (g *Game) think(d time.Duration, f func() func()) {
	s := g.s
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		t := time.NewTimer(d)
		defer t.Stop()
		select {
		case <-t.C:
		case <-s.quit:
			return
		}
		act := f()
		s.mu.Lock()
		defer s.mu.Unlock()
		if !s.closed {
			act()
		}
	}()
}

func (g *Game) opponentMoves(side board.Color, o *Opponent) {
	view := &View{g.board.Clone(), side}
	number := g.board.MoveCount()
	g.think(o.Delay, func() func() {
		r := o.Move(view)
		return func() {
			if g.phase != "play" || g.board.MoveCount() != number || g.board.ToMove() != side || len(g.clock.pauses) > 0 {
				return
			}
			switch {
			case r.Wait:
			case r.Resign:
				g.end("Resignation", side.Opponent())
			case g.board.Legal(board.Move{Color: side, Point: r.Point}):
				g.play(r.Point, g.players[side], nil, 1)
			default:
				g.s.violation("the opponent in game %d answered with an illegal move", g.ID)
			}
		}
	})
}

// opponentAccepts lets an opponent agree to what the other player agreed to.
func (g *Game) opponentAccepts(side board.Color, o *Opponent) {
	if o.KeepScore {
		return
	}
	g.think(o.Delay, func() func() {
		return func() {
			if g.phase == "stone removal" && g.accepted[side.Opponent()] != nil && g.accepted[side] == nil {
				g.acceptedBy(g.players[side], g.removed)
			}
		}
	})
}

// The methods below let a test act for an account without an Opponent. They
// return false if the account cannot do that now.

// Play plays for u.
func (g *Game) Play(u *User, p board.Point) bool {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	side := g.color(u)
	if g.phase != "play" || !g.board.Legal(board.Move{Color: side, Point: p}) {
		return false
	}
	g.play(p, u, nil, 1)
	return true
}

// Resign gives the game up for u.
func (g *Game) Resign(u *User) bool {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	if g.phase == "finished" || g.color(u) == board.Empty {
		return false
	}
	g.end("Resignation", g.color(u).Opponent())
	return true
}

// RequestUndo asks for an undo for u.
func (g *Game) RequestUndo(u *User) bool {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	if g.phase != "play" || g.board.MoveCount() == 0 {
		return false
	}
	g.requestUndo(u)
	return true
}

// AcceptUndo agrees to an open request for u.
func (g *Game) AcceptUndo(u *User) bool {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	if g.undo == nil || g.undo.by == u {
		return false
	}
	g.acceptUndo(u)
	return true
}

// CancelUndo withdraws the request of u.
func (g *Game) CancelUndo(u *User) bool {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	if g.undo == nil || g.undo.by != u {
		return false
	}
	n := g.undo.number
	g.undo = nil
	g.toAll("undo_canceled", n)
	return true
}

// Mark marks points as dead, or as alive, for u.
func (g *Game) Mark(u *User, points []board.Point, removed bool) bool {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	return g.phase == "stone removal" && g.setRemoved(u, board.FormatOGSPoints(points), removed)
}

// Accept agrees to the marked stones for u.
func (g *Game) Accept(u *User) bool {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	if g.phase != "stone removal" {
		return false
	}
	g.acceptedBy(u, g.removed)
	return true
}

// Reject goes back to play for u.
func (g *Game) Reject(u *User) bool {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	if g.phase != "stone removal" {
		return false
	}
	g.rejectRemoval(u)
	return true
}

// Pause and Unpause stop and start the clock for the reason, as the server
// names it ("paused", "weekend", "vacation-7", "system").
func (g *Game) Pause(u *User, reason string) {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	var detail any = true
	if reason == "paused" {
		detail = map[string]any{"pausing_player_id": u.ID, "pauses_left": 4}
	}
	g.clock.pause(reason, detail, time.Now())
	g.tellClock()
}

// Unpause ends a pause.
func (g *Game) Unpause(reason string) {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	g.clock.resume(reason, time.Now())
	g.tellClock()
}

// Say writes a line of chat for u.
func (g *Game) Say(u *User, text string) {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	b := []byte(`"` + text + `"`)
	g.say(u, "main", g.board.MoveCount(), b)
}

// FinishSilently ends the game without telling anybody over the socket, as was
// seen: only HTTP knows.
func (g *Game) FinishSilently(outcome string, winner board.Color, withActiveGame bool) {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	g.phase, g.outcome, g.winner, g.ended = "finished", outcome, winner, time.Now()
	g.stopTimers()
	if withActiveGame {
		g.changed()
	}
}

// Leave makes the server believe that u has lost its connection, until Return.
func (g *Game) Leave(u *User) {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	g.left(u)
}

// Return ends Leave.
func (g *Game) Return(u *User) {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	g.back(u)
}
