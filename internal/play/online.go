package play

import (
	"context"
	"fmt"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/ogs"
)

// clockBeat is how often the clocks are sent while one runs; a face counts on
// between the beats.
const clockBeat = time.Second

// Events that the referee has not taken yet are kept up to eventsWaiting; then
// the game's updates wait, which ogs.Game keeps and shortens by itself.
const eventsWaiting = 256

// Online lets a referee play a game at online-go.com: it implements
// match.Server on top of an ogs.Game, whose updates it must be the only reader
// of, and whose events are the referee's: what is its own are epochs, and which
// ticket of a move is whose request. Requests and events each pass through one queue, in order, which Run's
// goroutine owns.
type Online struct {
	game   *ogs.Game
	now    func() time.Time // the server's time
	asked  chan match.Request
	events chan game.Event
	done   chan struct{} // closed when Run has returned

	// Of Run's goroutine alone.
	waiting  []game.Event // for the referee to take
	epoch    int
	refs     map[ogs.Ticket]int64
	unusable bool          // the server's last game data was
	anew     int           // ogs.State.Anew, as told last
	clocks   [2]game.Clock // as told last
	absent   [3]bool       // by colour: who was told to have lost the connection
}

// NewOnline wraps a game; now is Session.ServerNow.
func NewOnline(g *ogs.Game, now func() time.Time) *Online {
	return &Online{game: g, now: now,
		asked:  make(chan match.Request, 16),
		events: make(chan game.Event, 64),
		done:   make(chan struct{}),
		refs:   map[ogs.Ticket]int64{},
	}
}

// Events implements match.Server. The channel is closed when Run returns.
func (o *Online) Events() <-chan game.Event { return o.events }

// Do implements match.Server. Run takes requests even while nobody takes its
// events, so that Do does not wait for longer than sending takes. After Run a
// request comes to nothing, as the end of the events tells.
func (o *Online) Do(r match.Request) {
	select {
	case o.asked <- r:
	case <-o.done:
	}
}

// Run passes requests and events on until ctx ends or the game is left. It is
// called once, and starts no goroutine.
func (o *Online) Run(ctx context.Context) error {
	defer close(o.done)
	defer close(o.events)
	beat := time.NewTicker(clockBeat)
	defer beat.Stop()
	for left := false; !left || len(o.waiting) > 0; {
		var first game.Event
		var events chan<- game.Event
		if len(o.waiting) > 0 {
			first, events = o.waiting[0], o.events
		}
		updates := o.game.Updates()
		if left || len(o.waiting) >= eventsWaiting {
			updates = nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case events <- first:
			o.waiting = o.waiting[1:]
		case u, ok := <-updates:
			if !ok {
				left = true
			} else if err := o.update(u); err != nil {
				return err
			}
		case r := <-o.asked:
			if refused := o.do(r); refused != nil {
				o.tell(game.Refused{Ref: r.Ref, Message: refused.Error(), Unsent: true})
			}
		case <-beat.C:
			o.beat(o.game.State())
		}
	}
	return nil
}

// tell queues an event for the referee.
func (o *Online) tell(e game.Event) { o.waiting = append(o.waiting, e) }

// do carries out one request, at once or not at all.
func (o *Online) do(r match.Request) error {
	if r.Kind == match.ReqResync {
		o.game.Resync("the referee asks for it")
		return nil
	}
	if r.Epoch != o.epoch {
		return fmt.Errorf("not sent: the game was fetched anew meanwhile")
	}
	switch r.Kind {
	case match.ReqMove:
		ticket, err := o.game.Move(r.Move.Point, r.Number+1, r.Epoch)
		if err == nil {
			o.refs[ticket] = r.Ref
		}
		return err
	case match.ReqResign:
		return o.game.Resign()
	case match.ReqUndo:
		return o.game.RequestUndo()
	case match.ReqAcceptUndo:
		return o.game.AcceptUndo()
	case match.ReqCancelUndo:
		return o.game.CancelUndo()
	case match.ReqPause:
		return o.game.Pause()
	case match.ReqResume:
		return o.game.Resume()
	case match.ReqMark:
		return o.game.MarkRemoved(r.Points, r.Dead)
	case match.ReqAcceptRemoval:
		return o.acceptRemoval(r.Points)
	case match.ReqRejectRemoval:
		return o.game.RejectRemoved()
	}
	return fmt.Errorf("not sent: there is no request %q", r.Kind)
}

// acceptRemoval agrees to the marked points if they are those that were seen;
// what is sent is the server's own spelling of them.
func (o *Online) acceptRemoval(seen []board.Point) error {
	st := o.game.State()
	marked, err := board.ParseOGSPoints(st.Removed, st.Width)
	if err != nil {
		return fmt.Errorf("not sent: the marked stones cannot be read: %w", err)
	}
	if board.SetOf(marked...) != board.SetOf(seen...) {
		return fmt.Errorf("not sent: the marked stones have changed; look again")
	}
	return o.game.AcceptRemoved(st.Removed)
}

// update passes one update of the game on: what the game itself tells as it is,
// and in words what only this server has.
func (o *Online) update(u ogs.Update) error {
	st := u.State
	switch e := u.Event.(type) {
	case ogs.Snapshot:
		return o.snapshot(st)
	case ogs.Unusable:
		o.unusable = true
		if e.Rival {
			o.say("The server now says something else (%v). It is asked once more; nothing of yours is sent until then.", e.Err)
		} else {
			o.say("The server sent game data that makes no sense (%v). The game stays as it was and nothing of yours is sent; the server is asked again until it makes sense.", e.Err)
		}
		o.tell(game.Disconnected{Nonsense: true})
	case ogs.Acknowledged:
		if ref, ok := o.refs[e.Ticket]; ok && e.Err == nil {
			o.tell(game.Acknowledged{Ref: ref})
		} // Settled tells what a refusal came to
	case ogs.Settled:
		ref, ok := o.refs[e.Ticket]
		delete(o.refs, e.Ticket)
		if ok && e.Fate != ogs.Played { // else game.Played, or the game data, has told
			o.tell(game.Refused{Ref: ref, Message: e.Fate.String() + ": " + e.Reason})
		}
	case ogs.AutoResign:
		if back := e.At.IsZero(); !back || o.absent[e.By] { // nobody is back who was not told to be gone
			o.absent[e.By] = !back
			o.say("%s", autoResign(st, e, o.now()))
		}
	case ogs.Chat:
		if !e.At.IsZero() && o.now().Sub(e.At) > time.Minute {
			break // the old lines come again with every joining
		}
		o.say("%s: %s", e.By.Username, e.Text)
	case ogs.Trouble:
		o.say("The server says: %s", e.Text)
	case game.ClockChanged:
		o.clocks = e.Clocks
		o.tell(e)
	case game.Event:
		o.tell(e)
	}
	return nil
}

// say tells a sentence.
func (o *Online) say(format string, args ...any) {
	o.tell(game.Said{Text: fmt.Sprintf(format, args...)})
}

// snapshot tells the whole game. What cannot be played on a board ends the game
// here, which can be at its beginning only: later, ogs.Game keeps the last good
// state.
func (o *Online) snapshot(st *ogs.State) error {
	data, err := st.Data()
	if err != nil {
		return err
	}
	o.epoch = data.Epoch
	o.tell(game.Connected{})
	o.tell(data)
	if !st.Live { // it stands for events that were skipped
		o.tell(game.Disconnected{Nonsense: o.unusable})
		return nil
	}
	again := o.unusable && st.Anew == o.anew
	o.unusable, o.anew = false, st.Anew // what is told anew, the referee tells
	if again {
		o.say("The server makes sense again; the game goes on.")
	}
	o.clocks = [2]game.Clock{}
	o.beat(st)
	return nil
}

// beat tells the clocks if they have changed.
func (o *Online) beat(st *ogs.State) {
	if st == nil || !st.Live {
		return
	}
	if e := st.Clocks(o.now()); e.Clocks != o.clocks {
		o.clocks = e.Clocks
		o.tell(e)
	}
}

func autoResign(st *ogs.State, e ogs.AutoResign, now time.Time) string {
	who := "Your connection"
	if e.By != st.Me {
		who = st.Players[e.By].Username + "'s connection"
	}
	if e.At.IsZero() {
		return who + " is back; the game goes on."
	}
	return fmt.Sprintf("%s is lost to the server, which will resign for that side in %s.", who, game.FormatDuration(max(e.At.Sub(now), 0)))
}
