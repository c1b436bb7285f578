package ogs

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
)

// do runs f in the game's goroutine; false if that has ended.
func (g *Game) do(f func()) bool {
	done := make(chan struct{})
	select {
	case g.ops <- func() { defer close(done); f() }:
		<-done
		return true
	case <-g.done:
		return false
	case <-g.ctx.Done():
		return false
	}
}

// Move plays point (board.Pass to pass) as move number, which is State.Number
// of the state that the caller decided upon, as epoch is State.Epoch of it: if
// the game has moved on or was entered anew since, nothing is sent.
//
// Without an error, exactly one message was handed to the network on the
// connection that stands, and a Settled event with this ticket will tell what
// became of it. With an error, which is a *NotSentError, not a byte has left.
func (g *Game) Move(point board.Point, number, epoch int) (Ticket, error) {
	var ticket Ticket
	var err error = &NotSentError{Left, "the game has been left"}
	g.do(func() { ticket, err = g.move(point, number, epoch) })
	return ticket, err
}

func (g *Game) move(point board.Point, number, epoch int) (Ticket, error) {
	s := g.st
	if err := s.mayMove(); err != nil {
		return 0, err
	}
	if g.conn == nil {
		return 0, &NotSentError{NotConnected, "there is no connection to the server"}
	}
	if epoch != s.Epoch {
		return 0, &NotSentError{OutOfDate, "the game was entered anew after the decision"}
	}
	if number != s.Number() {
		return 0, &NotSentError{OutOfDate, fmt.Sprintf("the game is at move %d, the decision was for move %d", s.Number(), number)}
	}
	if err := s.game.Check(board.Move{Color: s.Me, Point: point}); err != nil {
		return 0, &NotSentError{Illegal, err.Error()}
	}
	g.tickets++
	ticket, conn := g.tickets, g.conn
	p := &pending{Pending: Pending{Ticket: ticket, Number: number, Point: point, Sent: time.Now()}}
	touched, err := conn.request("game/move", g.body(map[string]any{"move": point.OGS()}), func(_ json.RawMessage, err error) {
		g.inbox.put(ack{conn, ticket, err})
	})
	if err != nil && !touched {
		return 0, &NotSentError{NotConnected, err.Error()}
	}
	// A failed write may have left in part or whole: the next game data tells.
	g.pending = p
	g.at.echo = p.Sent.Add(g.s.c.timing.Echo)
	g.at.flag = time.Time{}
	copied := p.Pending
	g.change(func(n *State) { n.Pending = &copied })
	return ticket, nil
}

// Resync leaves the game's channel and enters it again: a Snapshot with a new
// Epoch follows, and nothing is sent until then.
func (g *Game) Resync(reason string) {
	g.do(func() { g.resync(reason) })
}

// ack is the reply to a move.
type ack struct {
	conn   *conn
	ticket Ticket
	err    error
}

func (g *Game) acknowledged(a ack) {
	g.tell(Acknowledged{a.ticket, a.err})
	if a.err != nil && g.pending != nil && g.pending.Ticket == a.ticket {
		g.pending.refused = a.err
		if a.conn == g.conn {
			g.resync("the server refused the move")
		}
	}
}

// command sends a message of the game on the live connection. allowed says
// what forbids it in the state that it would be sent in.
func (g *Game) command(name string, fields func(*State) map[string]any, allowed func(*State) error) error {
	var err error = &NotSentError{Left, "the game has been left"}
	g.do(func() {
		if !g.st.Live || g.conn == nil {
			err = &NotSentError{NotConnected, "the connection to the game is being restored"}
			return
		}
		if err = allowed(g.st); err != nil {
			return
		}
		var body map[string]any
		if fields != nil {
			body = fields(g.st)
		}
		conn := g.conn
		touched, e := conn.request(name, g.body(body), func(_ json.RawMessage, err error) {
			if err != nil {
				g.inbox.put(refusal{name, err})
			}
		})
		switch err = nil; {
		case e != nil && touched:
			err = &UnreachableError{Server: g.s.c.base.Host, Err: e}
		case e != nil:
			err = &NotSentError{NotConnected, e.Error()}
		}
	})
	return err
}

// refusal is the reply to a command that the server did not carry out.
type refusal struct {
	command string
	err     error
}

func in(phase game.Phase) func(*State) error {
	return func(s *State) error {
		switch {
		case s.Me == board.Empty:
			return &NotSentError{NotPlaying, "you are watching this game, not playing it"}
		case s.Phase != phase:
			return &NotSentError{WrongPhase, fmt.Sprintf("the game is in %s", s.Phase)}
		}
		return nil
	}
}

// Resign gives the game up.
func (g *Game) Resign() error {
	return g.command("game/resign", nil, func(s *State) error {
		if s.Phase == game.StoneRemoval && s.Me != board.Empty {
			return nil
		}
		return in(game.Playing)(s)
	})
}

// MayCancel reports whether the game can still be cancelled: in its first
// moves, without a result for either side.
func (s *State) MayCancel() bool {
	free := 1
	if s.Rules.FreeHandicap {
		free = max(s.Handicap, 1)
	}
	return s.Me != board.Empty && s.Phase == game.Playing && len(s.Moves) < 5+free
}

// Cancel cancels the game in its first moves, see State.MayCancel.
func (g *Game) Cancel() error {
	return g.command("game/cancel", nil, func(s *State) error {
		if !s.MayCancel() {
			return &NotSentError{WrongPhase, "the game is too far on to be cancelled; you can resign"}
		}
		return nil
	})
}

// RequestUndo asks the opponent to have moves taken back.
func (g *Game) RequestUndo() error {
	return g.command("game/undo/request", func(s *State) map[string]any {
		return map[string]any{"move_number": len(s.Moves)}
	}, func(s *State) error {
		switch {
		case len(s.Moves) == 0:
			return &NotSentError{WrongPhase, "there is no move to take back"}
		case s.Undo != nil && s.Undo.Number == len(s.Moves):
			return &NotSentError{Busy, "a request is open already"}
		}
		return in(game.Playing)(s)
	})
}

// AcceptUndo agrees to the opponent's open request.
func (g *Game) AcceptUndo() error { return g.answerUndo("game/undo/accept", false) }

// CancelUndo withdraws our own open request.
func (g *Game) CancelUndo() error { return g.answerUndo("game/undo/cancel", true) }

func (g *Game) answerUndo(command string, mine bool) error {
	return g.command(command, func(s *State) map[string]any {
		return map[string]any{"move_number": s.Undo.Number}
	}, func(s *State) error {
		if err := in(game.Playing)(s); err != nil {
			return err
		}
		switch {
		case s.Undo == nil:
			return &NotSentError{OutOfDate, "no undo is asked for"}
		case s.undoIsMine() != mine:
			return &NotSentError{NotYourTurn, "the request is the other player's to answer"}
		}
		return nil
	})
}

// undoIsMine reports whether we made the open request. Where the server does
// not say who did, the player to move is the one who may accept.
func (s *State) undoIsMine() bool {
	if s.Undo.By == board.Empty {
		return s.ToMove() != s.Me
	}
	return s.Undo.By == s.Me
}

// Pause stops the clock; a player has a limited number of pauses.
func (g *Game) Pause() error { return g.command("game/pause", nil, in(game.Playing)) }

// Resume lets the clock run again.
func (g *Game) Resume() error { return g.command("game/resume", nil, in(game.Playing)) }

// MarkRemoved marks points as dead stones or neutral points, or with removed
// false as living. It voids what either side has agreed to.
func (g *Game) MarkRemoved(points []board.Point, removed bool) error {
	if len(points) == 0 {
		return nil
	}
	return g.command("game/removed_stones/set", func(*State) map[string]any {
		return map[string]any{"removed": removed, "stones": board.FormatOGSPoints(points)}
	}, in(game.StoneRemoval))
}

// AcceptRemoved agrees to stones, which is State.Removed as the player saw it:
// if it has changed since, nothing is sent.
func (g *Game) AcceptRemoved(stones string) error {
	return g.command("game/removed_stones/accept", func(*State) map[string]any {
		return map[string]any{"stones": stones, "strict_seki_mode": false}
	}, func(s *State) error {
		if s.Phase == game.StoneRemoval && s.Removed != stones {
			return &NotSentError{OutOfDate, "the marked stones have changed; look again"}
		}
		return in(game.StoneRemoval)(s)
	})
}

// RejectRemoved goes back to play.
func (g *Game) RejectRemoved() error {
	return g.command("game/removed_stones/reject", nil, in(game.StoneRemoval))
}

// Chat sends a line to the game's chat.
func (g *Game) Chat(line string) error {
	line = strings.TrimSpace(line)
	if line == "" {
		return nil
	}
	return g.command("game/chat", func(s *State) map[string]any {
		return map[string]any{"type": "main", "move_number": len(s.Moves), "body": line}
	}, func(*State) error { return nil })
}
