package ogs

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// toReview hands an event of a review to who follows it; false if it is none.
func (s *Session) toReview(conn *conn, f frame) bool {
	rest, ok := strings.CutPrefix(f.event, "review/")
	number, name, cut := strings.Cut(rest, "/")
	id, err := strconv.ParseInt(number, 10, 64)
	if !ok || !cut || err != nil {
		return false
	}
	s.mu.Lock()
	r := s.reviews[ID(id)]
	s.mu.Unlock()
	if r != nil {
		if name == "full_state" || name == "r" {
			conn.used.Store(true)
		}
		r.inbox.put(reviewEvent{conn, name, f.data})
	}
	return true
}

func (r *Review) take(v any) {
	switch v := v.(type) {
	case connUp:
		r.conn = v.conn
		r.asked, r.bad, r.words = 0, 0, ""
		r.at.ask, r.at.data, r.at.again = time.Time{}, time.Time{}, time.Time{}
		r.ask()
	case connDown:
		if r.conn == v.conn {
			r.conn = nil
			r.at.ask, r.at.data, r.at.again = time.Time{}, time.Time{}, time.Time{}
			r.offline(v.err.Error())
		}
	case reviewEvent:
		if v.conn == r.conn {
			r.event(v.name, v.data)
		}
	}
}

// due does what time asks for.
func (r *Review) due(now time.Time) {
	if passed(&r.at.ask, now) && r.conn != nil {
		r.ask()
	}
	if passed(&r.at.again, now) && r.conn != nil {
		r.resync("the last answer could not be used")
	}
	if !passed(&r.at.data, now) || r.conn == nil {
		return
	}
	switch {
	case r.asked < 3:
		r.ask()
	case r.st == nil:
		r.answer(r.silence())
	case r.s.playing():
		r.later(errSilent) // a game is not broken off for it
	default:
		r.conn.kill(errSilent)
	}
}

var errSilent = errors.New("the server sends nothing of the review")

// playing reports whether games are followed.
func (s *Session) playing() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.games) > 0
}

// ask sends review/connect, to which the server answers with the full state.
func (r *Review) ask() {
	r.asked++
	r.lastAt = time.Now()
	r.at.data = r.lastAt.Add(r.s.c.timing.GameData)
	r.conn.send("review/connect", r.body(nil))
}

// resync leaves the review and enters it again. Nothing is sent until the full
// state is here.
func (r *Review) resync(reason string) {
	if r.conn == nil || !r.at.data.IsZero() || !r.at.ask.IsZero() || !r.at.again.IsZero() {
		return // it will come anyway
	}
	r.s.log.Info("ogs: asking for the review", "review", r.id, "reason", reason)
	r.offline(reason)
	t := r.s.c.timing
	if early := t.Doubt - time.Since(r.lastAt); early > 0 {
		r.at.again = time.Now().Add(early) // not faster than that, whoever asks
		return
	}
	r.asked = 0
	r.conn.send("review/disconnect", r.body(nil))
	// Should the server take its time to leave, it must not undo the entering.
	r.at.ask = time.Now().Add(t.Rejoin)
}

// offline says that nothing can be sent for now.
func (r *Review) offline(reason string) {
	if r.st == nil || !r.st.Live {
		return
	}
	r.change(func(n *ReviewState) { n.Live = false })
	r.tell(ReviewOffline{reason})
}

func (r *Review) event(name string, data json.RawMessage) {
	switch name {
	case "full_state":
		r.enter(data)
	case "r":
		r.message(data)
	case "error":
		r.complaint(decodeServerError(data))
	default:
		r.s.log.Debug("ogs: an unknown event of a review was ignored", "review", r.id, "event", clip(name))
	}
}

// enter takes a full state: the log of all messages.
func (r *Review) enter(data json.RawMessage) {
	n, err := readReview(r.id, r.s.Me().ID, data)
	if err == nil && r.st != nil && r.st.Data.Width != n.Data.Width {
		err = fmt.Errorf("the board has %d lines, and had %d", n.Data.Width, r.st.Data.Width)
	}
	if err != nil {
		r.unusable(err)
		return
	}
	r.at.ask, r.at.data, r.at.again = time.Time{}, time.Time{}, time.Time{}
	r.asked, r.bad, r.words, r.sent = 0, 0, "", nil
	before := r.st
	n.Epoch, n.Live, n.Expected = 1, true, n.Tree
	if before != nil {
		n.Epoch, n.Echoes = before.Epoch+1, before.Echoes
	}
	r.set(n)
	r.tell(ReviewEntered{"full state"})
	if before != nil && before.Controller.ID != n.Controller.ID {
		r.tell(ReviewControl{before.Controller, n.Controller})
	}
	r.answer(nil)
}

// readReview works a log into a state. A message that makes no sense is passed
// over; without a board that can be shown there is no state.
func readReview(id, me ID, data json.RawMessage) (*ReviewState, error) {
	var log []json.RawMessage
	if err := json.Unmarshal(data, &log); err != nil {
		return nil, fmt.Errorf("the review's log cannot be read: %w", err)
	}
	n := &ReviewState{ID: id, Me: me}
	var bad error
	for _, raw := range log {
		var m ReviewMessage
		err := json.Unmarshal(raw, &m)
		if err == nil {
			err = n.work(m)
		}
		if err != nil {
			n.Odd++
			if bad == nil {
				bad = err
			}
		}
	}
	if n.Controller.ID == 0 {
		n.Controller = n.Owner // who begins with it, where nobody is named
	}
	switch {
	case n.Tree != nil:
		return n, nil
	case bad != nil:
		return nil, bad
	}
	return nil, errors.New("the review's log says nothing of a board")
}

// work changes a state, and its tree, by one message.
func (s *ReviewState) work(m ReviewMessage) error {
	if m.Owner != nil {
		s.Owner = *m.Owner
	}
	if m.Controller != nil {
		s.Controller = *m.Controller
	}
	switch {
	case s.Tree != nil:
	case m.Data == nil && (m.Owner != nil || m.Controller != nil || m.Other):
		return nil
	case m.Data == nil:
		return errors.New("a message of the review comes before its board")
	default:
		s.Tree = NewReviewTree(m.Data.Width)
	}
	if m.Data != nil {
		s.Data = *m.Data
	}
	return s.Tree.Apply(m)
}

// message takes one message of the log.
func (r *Review) message(data json.RawMessage) {
	if r.st == nil || !r.st.Live {
		return // the full state that is to come has it
	}
	var m ReviewMessage
	if err := json.Unmarshal(data, &m); err != nil {
		r.s.log.Warn("ogs: a message of a review that cannot be read was ignored", "review", r.id, "error", err)
		r.resync("a message could not be read")
		return
	}
	if m.Data != nil && m.Data.Width != r.st.Data.Width {
		r.resync("the board is said to have another size")
		return
	}
	before, echo := r.st.Controller, r.echoed(m)
	var failed error
	r.change(func(n *ReviewState) {
		n.Tree = n.Tree.Clone()
		failed = n.work(m)
		if failed != nil {
			n.Odd++
		}
		n.Echoes = n.Echoes || echo
		n.Expected, n.Unconfirmed = n.Tree, len(r.sent)
		if len(r.sent) > 0 {
			n.Expected = n.Tree.Clone()
			for _, m := range r.sent {
				_ = n.Expected.Apply(m) // as far as it can be
			}
		}
	})
	if failed != nil {
		r.s.log.Info("ogs: a message of a review makes no sense", "review", r.id, "error", failed)
	}
	r.tell(ReviewChanged{m, echo})
	if m.Controller != nil && m.Controller.ID != before.ID {
		r.tell(ReviewControl{before, *m.Controller})
	}
}

// echoed takes a message that comes back off the list of those that have not.
func (r *Review) echoed(m ReviewMessage) bool {
	for i := range r.sent {
		if alike(&r.sent[i], &m) {
			r.sent = append(r.sent[:i:i], r.sent[i+1:]...)
			return true
		}
	}
	return false
}

// alike reports whether two messages do the same.
func alike(a, b *ReviewMessage) bool {
	x, y := *a, *b
	x.At, y.At = time.Time{}, time.Time{}
	for _, m := range []*ReviewMessage{&x, &y} {
		if m.Controller != nil {
			m.Controller = &Player{ID: m.Controller.ID}
		}
		if len(m.Marks) == 0 {
			m.Marks = nil
		}
	}
	return reflect.DeepEqual(x, y)
}

// unusable keeps the last good state, in which nothing is sent, and asks for the
// full state again, each time after a longer wait.
func (r *Review) unusable(err error) {
	r.s.log.Info("ogs: the full state of a review cannot be used", "review", r.id, "error", err)
	wait := r.later(err)
	if why := err.Error(); why != r.words && r.st != nil {
		r.words = why
		r.tell(ReviewUnusable{Err: err, Again: wait})
	}
}

// later has the full state asked for again, and says when. The first of Session.Review
// gives up after a few times with err.
func (r *Review) later(err error) time.Duration {
	t := r.s.c.timing
	wait := min(t.Rejoin<<min(r.bad, 16), t.BackoffMax)
	r.bad++
	r.asked = 0
	r.at.ask, r.at.data, r.at.again = time.Time{}, time.Time{}, time.Now().Add(max(wait, t.Doubt-time.Since(r.lastAt)))
	r.offline(err.Error())
	if r.st == nil && r.bad > patience {
		r.answer(fmt.Errorf("review %d cannot be followed: %w", r.id, err))
	}
	return wait
}

// complaint is what the server says when it does not let us in, or does not do
// what was asked for.
func (r *Review) complaint(e *ServerError) {
	r.s.log.Warn("ogs: the server complains", "review", r.id, "message", e.Error())
	text := e.Message
	if text == "" {
		text = e.Error()
	}
	if r.st == nil {
		r.answer(&ReviewError{r.id, text})
		return
	}
	r.tell(ReviewTrouble{text})
	if !r.st.Live {
		r.later(e) // it was the answer to the entering, perhaps
		return
	}
	r.resync("the server complains")
}

// answer lets Session.Review return.
func (r *Review) answer(err error) {
	if r.joined {
		return
	}
	r.joined = true
	r.first <- err
}

// change replaces the state by a copy that f has changed.
func (r *Review) change(f func(*ReviewState)) {
	n := *r.st
	f(&n)
	r.set(&n)
}

func (r *Review) set(n *ReviewState) {
	r.st = n
	r.latest.Store(n)
}

func (r *Review) tell(e ReviewEvent) { r.out.put(ReviewUpdate{r.st, e}) }
