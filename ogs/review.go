package ogs

import (
	"context"
	"encoding/json"
	"fmt"
	"sync/atomic"
	"time"
)

// A Review follows one review or demo board, and draws on it. Its goroutine owns
// the state; every method may be called from any goroutine.
type Review struct {
	s      *Session
	id     ID
	ctx    context.Context
	cancel context.CancelFunc
	inbox  *mailbox[any] // what the session has for the review
	ops    chan func()
	out    *mailbox[ReviewUpdate]
	done   chan struct{}
	latest atomic.Pointer[ReviewState]
	first  chan error // answers Session.Review

	// Below is the goroutine's own.
	st     *ReviewState // nil before the first full state
	conn   *conn        // nil while there is none
	joined bool         // Session.Review has been answered
	asked  int          // times in a row without an answer
	lastAt time.Time    // when the full state was last asked for
	bad    int          // times in a row that it was refused or could not be used
	words  string       // why, as it was told last
	sent   []ReviewMessage
	at     struct{ ask, data, again time.Time }
}

// ReviewState is everything known of a review at one moment. It and all it
// refers to are never changed.
type ReviewState struct {
	ID ID
	// Epoch counts the full states that have come. What is sent names the one
	// that it rests on.
	Epoch int
	// Live says that the full state of the connection that stands has been worked
	// through, and no other was asked for: now, and only now, something can be sent.
	Live bool

	Data       ReviewData // its moves and stones are at the root of Tree
	Owner      Player     // who made it; only ID and Username
	Controller Player     // whose messages count; only ID and Username
	Me         ID

	// Tree is what the server has told. Expected is Tree with what was sent on
	// this connection and neither told back nor part of a full state since:
	// what the server should have, if it takes everything.
	Tree, Expected *ReviewTree
	// Unconfirmed is how many messages that difference is.
	Unconfirmed int
	// Echoes says that the server has told messages of ours back. Whether it does
	// so at all is not known; where it does not, Review.Refresh tells.
	Echoes bool
	// Odd is how many messages of the log made no sense and were passed over.
	Odd int
}

// InControl reports whether our messages count.
func (s *ReviewState) InControl() bool { return s.Me != 0 && s.Controller.ID == s.Me }

// MayTakeControl reports whether the review is ours, so that we may hand its
// control to anybody, ourselves included.
func (s *ReviewState) MayTakeControl() bool { return s.Me != 0 && s.Owner.ID == s.Me }

// A ReviewUpdate is what happened in a review together with its state after it.
type ReviewUpdate struct {
	State *ReviewState
	Event ReviewEvent
}

// A ReviewEvent is one of the following.
type ReviewEvent interface{ reviewEvent() }

type (
	// ReviewEntered says that the state was replaced as a whole by the server's
	// full state: at first, after every reconnection, after Refresh, and whenever
	// the server sends one. It also stands for events that a slow receiver did not
	// take in time.
	ReviewEntered struct{ Reason string }

	// ReviewChanged is a message of the log that was worked in. Echo says that it
	// is one of ours, come back.
	ReviewChanged struct {
		Message ReviewMessage
		Echo    bool
	}

	// ReviewControl says that the control went from one to another.
	ReviewControl struct{ From, To Player }

	// ReviewOffline says that nothing can be sent until the next ReviewEntered.
	ReviewOffline struct{ Reason string }

	// ReviewTrouble is a complaint of the server about this review, in its words
	// ("This is a protected review").
	ReviewTrouble struct{ Text string }

	// ReviewUnusable says that the server sent a full state that cannot be read, or
	// a board that cannot be shown. The last good state stands, nothing is sent,
	// and it is asked for again in Again. It is told once for each reason.
	ReviewUnusable struct {
		Err   error
		Again time.Duration
	}
)

func (ReviewEntered) reviewEvent()  {}
func (ReviewChanged) reviewEvent()  {}
func (ReviewControl) reviewEvent()  {}
func (ReviewOffline) reviewEvent()  {}
func (ReviewTrouble) reviewEvent()  {}
func (ReviewUnusable) reviewEvent() {}

// ReviewError is why a review cannot be followed, in the server's words.
type ReviewError struct {
	ID   ID
	Text string
}

func (e *ReviewError) Error() string {
	return fmt.Sprintf("review %d is not open to you (the server says: %s); look whether the number is right, or have its owner let you in", e.ID, e.Text)
}

// What comes through the inbox besides connUp and connDown.
type reviewEvent struct {
	conn *conn
	name string
	data json.RawMessage
}

// Review begins to follow a review or demo board, and returns when its full
// state is here; the first update is a ReviewEntered. It is entered again on
// every new connection. A review can be followed once at a time.
func (s *Session) Review(ctx context.Context, id ID) (*Review, error) {
	r := &Review{s: s, id: id, ops: make(chan func()), done: make(chan struct{}), first: make(chan error, 1)}
	s.mu.Lock()
	switch {
	case s.closing || s.ctx.Err() != nil:
		s.mu.Unlock()
		return nil, &NotSentError{Left, "the session has ended"}
	case s.reviews[id] != nil:
		s.mu.Unlock()
		return nil, fmt.Errorf("review %d is followed already", id)
	}
	r.ctx, r.cancel = context.WithCancel(s.ctx)
	r.inbox = newMailbox[any](0, nil)
	r.out = newMailbox(1024, squeezeReview)
	s.reviews[id] = r
	if s.conn != nil {
		r.inbox.put(connUp{s.conn})
	}
	s.ending.Add(1)
	go r.run()
	s.mu.Unlock()

	wait, cancel := context.WithTimeout(ctx, 4*s.c.timing.GameData+s.c.timing.Handshake)
	defer cancel()
	select {
	case err := <-r.first:
		if err != nil {
			r.Leave()
			return nil, err
		}
		return r, nil
	case <-r.done:
		return nil, &NotSentError{Left, "the session has ended"}
	case <-wait.Done():
		r.Leave()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, r.silence()
	}
}

// silence is why there is no first full state.
func (r *Review) silence() error {
	if !r.s.Online() {
		return &UnreachableError{Server: r.s.c.base.Host, Err: errConnClosed}
	}
	return fmt.Errorf("the server sends nothing of review %d; look whether the number is right and the review is open to you", r.id)
}

// ID returns the review's number.
func (r *Review) ID() ID { return r.id }

// State returns the latest state.
func (r *Review) State() *ReviewState { return r.latest.Load() }

// Updates returns the channel of what happens. It has to be read; a receiver
// that falls far behind gets a ReviewEntered in place of what it missed. It is
// closed when the review is left or the session has ended.
func (r *Review) Updates() <-chan ReviewUpdate { return r.out.out }

// Leave ends the following, and returns when its goroutine has ended.
func (r *Review) Leave() {
	r.cancel()
	<-r.done
}

// squeezeReview replaces a queue that nobody reads by the state after it.
func squeezeReview(q []ReviewUpdate) []ReviewUpdate {
	last := q[len(q)-1].State
	if !last.Live {
		return []ReviewUpdate{{last, ReviewEntered{"events were skipped"}}, {last, ReviewOffline{"events were skipped"}}}
	}
	return []ReviewUpdate{{last, ReviewEntered{"events were skipped"}}}
}

func (r *Review) run() {
	defer r.s.ending.Done()
	defer close(r.done)
	defer r.out.shut()
	defer r.inbox.shut()
	defer func() {
		if r.conn != nil {
			r.conn.send("review/disconnect", r.body(nil))
		}
		r.s.mu.Lock()
		delete(r.s.reviews, r.id)
		r.s.mu.Unlock()
	}()
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		timer.Reset(r.next())
		select {
		case <-r.ctx.Done():
			return
		case v := <-r.inbox.out:
			r.take(v)
		case op := <-r.ops:
			op()
		case <-timer.C:
			r.due(time.Now())
		}
	}
}

func (r *Review) next() time.Duration {
	wait := time.Hour
	for _, t := range []time.Time{r.at.ask, r.at.data, r.at.again} {
		if !t.IsZero() {
			wait = min(wait, time.Until(t))
		}
	}
	return max(wait, 0)
}

// body is the data of a command in this review.
func (r *Review) body(fields map[string]any) map[string]any {
	b := map[string]any{"review_id": r.id}
	for k, v := range fields {
		b[k] = v
	}
	return b
}
