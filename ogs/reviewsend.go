package ogs

import (
	"fmt"
	"maps"

	"github.com/gobancam/gobancam/board"
)

// ReviewAppend is a message that changes a review: it points at a node, which is
// made if it is not there, and says what stands there.
type ReviewAppend struct {
	From  int          // node of the trunk at which Moves begin; 0 in a demo board
	Moves []ReviewMove // all moves from there; the root if there are none
	Text  *string      // the node's text from now on; nil leaves it
	// Marks are the node's marks from now on, by name ("triangle") or letter; nil
	// leaves them.
	Marks map[string][]board.Point
}

// maxUnconfirmed is how many messages may be under way without the server having
// shown that it has them.
const maxUnconfirmed = 1000

// Append sends a message that changes the review, once, on the connection whose
// full state gave the state of this epoch (ReviewState.Epoch).
//
// Without an error, exactly one message was handed to the network. The server
// acknowledges nothing: what became of it is seen in State.Tree, if the server
// tells it back (State.Echoes), and for certain in the full state after Refresh.
// With an error that is a *NotSentError, not a byte has left; with another, the
// connection broke while the message was written, and the full state after the
// next connection tells. Sending the same again changes nothing.
func (r *Review) Append(epoch int, m ReviewAppend) error {
	return r.send(epoch, drawing, func(s *ReviewState) ([]reviewSending, error) {
		point, err := pointAt(s, m.From, m.Moves)
		if err != nil {
			return nil, err
		}
		if m.Text != nil {
			point.msg.Text, point.body["t"] = m.Text, *m.Text
		}
		if m.Marks != nil {
			marks := map[string]string{}
			for name, points := range m.Marks {
				marks[name] = board.FormatOGSPoints(points)
			}
			point.msg.Marks, point.body["k"] = marks, marks
		}
		return []reviewSending{point}, nil
	})
}

// Remove takes a node out of the tree with all that hangs on it: the last of
// moves after node number from of the trunk. Afterwards viewers are shown the
// node above, so that the line that goes on is to be appended after it. It is two
// messages, one that points there and one that says it again with the removal, so
// that no other node goes where one of them is lost, doubled or late. A node that
// is not there by State.Expected is not removed: there is nothing to do. Errors
// are as with Append.
func (r *Review) Remove(epoch, from int, moves []ReviewMove) error {
	return r.send(epoch, drawing, func(s *ReviewState) ([]reviewSending, error) {
		if len(moves) == 0 {
			return nil, &NotSentError{Illegal, errRoot.Error()}
		}
		id, known := s.Expected.find(from, moves)
		switch {
		case known < len(moves):
			return nil, nil
		case s.Expected.Node(id).Trunk:
			return nil, &NotSentError{Illegal, "the moves of the game that is reviewed stay"}
		}
		point, err := pointAt(s, from, moves)
		if err != nil {
			return nil, err
		}
		gone := reviewSending{point.msg, maps.Clone(point.body)}
		gone.msg.Delete, gone.body["delete"] = true, 1
		return []reviewSending{point, gone}, nil
	})
}

// HandOver gives the control to another player; who made the review may take it
// back with the own number. Errors are as with Append.
func (r *Review) HandOver(epoch int, to ID) error {
	return r.send(epoch, handing, func(*ReviewState) ([]reviewSending, error) {
		if to <= 0 {
			return nil, &NotSentError{Illegal, "the control goes to a player, who has a number"}
		}
		return []reviewSending{{ReviewMessage{Controller: &Player{ID: to}}, map[string]any{"controller": to}}}, nil
	})
}

// Refresh leaves the review and enters it again, at most every few seconds: a
// ReviewEntered with a new Epoch follows, and nothing is sent until then.
func (r *Review) Refresh(reason string) {
	r.do(func() { r.resync(reason) })
}

// reviewSending is a message as it goes over the wire, and what it is to the tree.
type reviewSending struct {
	msg  ReviewMessage
	body map[string]any
}

// pointAt is the message that points at a node. What the server's page could not
// play is not sent.
func pointAt(s *ReviewState, from int, moves []ReviewMove) (reviewSending, error) {
	line := FormatReviewMoves(moves)
	m := ReviewMessage{Pointed: true, From: from, Moves: line}
	if from < 0 || len(moves) > maxMoves {
		return reviewSending{}, &NotSentError{Illegal, fmt.Sprintf("a line of %d moves from node %d cannot be", len(moves), from)}
	}
	for _, move := range moves {
		if !move.Point.IsPass() && !move.Point.On(s.Tree.Size()) {
			return reviewSending{}, &NotSentError{Illegal, fmt.Sprintf("%v is not on the board", move.Point)}
		}
	}
	if err := s.Expected.Clone().Apply(m); err != nil {
		return reviewSending{}, &NotSentError{Illegal, err.Error()}
	}
	return reviewSending{m, map[string]any{"f": from, "m": line}}, nil
}

// drawing and handing say what forbids a message in the state that it would be
// sent in.
func drawing(s *ReviewState) error {
	if s.InControl() {
		return nil
	}
	return &NotSentError{NotInControl, fmt.Sprintf("%s has the control of the review, so that nothing of yours would count", s.controller())}
}

func handing(s *ReviewState) error {
	if s.MayTakeControl() {
		return nil
	}
	return drawing(s)
}

// controller names who has the control.
func (s *ReviewState) controller() string {
	switch {
	case s.Controller.Username != "":
		return s.Controller.Username
	case s.Controller.ID != 0:
		return fmt.Sprintf("player %d", s.Controller.ID)
	}
	return "nobody"
}

// send writes messages on the live connection, unless the state has moved on.
func (r *Review) send(epoch int, allowed func(*ReviewState) error, messages func(*ReviewState) ([]reviewSending, error)) error {
	var err error = &NotSentError{Left, "the review has been left"}
	r.do(func() {
		s := r.st
		switch {
		case s == nil || !s.Live || r.conn == nil:
			err = &NotSentError{NotConnected, "the connection to the review is being restored"}
			return
		case epoch != s.Epoch:
			err = &NotSentError{OutOfDate, "the review was entered anew after the decision"}
			return
		}
		if err = allowed(s); err != nil {
			return
		}
		var list []reviewSending
		if list, err = messages(s); err != nil {
			return
		}
		if len(r.sent)+len(list) > maxUnconfirmed {
			err = &NotSentError{Busy, fmt.Sprintf("the server has shown nothing of the last %d messages; ask for the review's state first", len(r.sent))}
			return
		}
		for i, m := range list {
			if err = r.write(m, i == 0); err != nil {
				return
			}
		}
	})
	return err
}

// write sends one message. first says that nothing of what it belongs to has left.
func (r *Review) write(m reviewSending, first bool) error {
	touched, err := r.conn.send("review/append", r.body(m.body))
	if err == nil {
		r.sent = append(r.sent, m.msg)
		r.change(func(n *ReviewState) {
			n.Expected = n.Expected.Clone()
			_ = n.Expected.Apply(m.msg) // it was tried before
			n.Unconfirmed = len(r.sent)
		})
		return nil
	}
	if touched || !first {
		return &UnreachableError{Server: r.s.c.base.Host, Err: err}
	}
	return &NotSentError{NotConnected, err.Error()}
}

// do runs f in the review's goroutine; false if that has ended.
func (r *Review) do(f func()) bool {
	done := make(chan struct{})
	select {
	case r.ops <- func() { defer close(done); f() }:
		<-done
		return true
	case <-r.done:
		return false
	case <-r.ctx.Done():
		return false
	}
}
