package play

import (
	"context"
	"fmt"
	"time"

	"github.com/gobancam/gobancam/board"
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
// of. Requests and events each pass through one queue, in order, which Run's
// goroutine owns.
type Online struct {
	game   *ogs.Game
	now    func() time.Time // the server's time
	asked  chan match.Request
	events chan match.ServerEvent
	done   chan struct{} // closed when Run has returned

	// Of Run's goroutine alone.
	waiting  []match.ServerEvent // for the referee to take
	epoch    int
	refs     map[ogs.Ticket]int64
	paused   bool
	unusable bool // the server's last game data was
	clocks   [2]match.Clock
}

// NewOnline wraps a game; now is Session.ServerNow.
func NewOnline(game *ogs.Game, now func() time.Time) *Online {
	return &Online{game: game, now: now,
		asked:  make(chan match.Request, 16),
		events: make(chan match.ServerEvent, 64),
		done:   make(chan struct{}),
		refs:   map[ogs.Ticket]int64{},
	}
}

// Events implements match.Server. The channel is closed when Run returns.
func (o *Online) Events() <-chan match.ServerEvent { return o.events }

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
		var first match.ServerEvent
		var events chan<- match.ServerEvent
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
				o.tell(match.Refused{Ref: r.Ref, Message: refused.Error(), Unsent: true})
			}
		case <-beat.C:
			o.tellClock(o.game.State(), false)
		}
	}
	return nil
}

// tell queues an event for the referee.
func (o *Online) tell(e match.ServerEvent) { o.waiting = append(o.waiting, e) }

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

// update translates one update of the game.
func (o *Online) update(u ogs.Update) error {
	st := u.State
	switch e := u.Event.(type) {
	case ogs.Snapshot:
		return o.snapshot(st)
	case ogs.Disconnected:
		o.tell(match.Disconnected{Reason: e.Err.Error()})
	case ogs.Unusable:
		o.unusable = true
		o.tell(match.ServerSaid{Text: fmt.Sprintf("The server sent game data that makes no sense (%v). The game stays as it was and nothing of yours is sent; the server is asked again until it makes sense.", e.Err)})
		o.tell(match.Disconnected{Nonsense: true})
	case ogs.Moved:
		o.tell(match.MovePlayed{Number: e.Number, Move: board.Move{Color: e.Move.Color, Point: e.Move.Point}})
	case ogs.Acknowledged:
		if ref, ok := o.refs[e.Ticket]; ok && e.Err == nil {
			o.tell(match.Acknowledged{Ref: ref})
		} // Settled tells what a refusal came to
	case ogs.Settled:
		ref, ok := o.refs[e.Ticket]
		delete(o.refs, e.Ticket)
		if ok && e.Fate != ogs.Played { // else Moved, or the game data, has told
			o.tell(match.Refused{Ref: ref, Message: e.Fate.String() + ": " + e.Reason})
		}
	case ogs.ClockChanged:
		o.tellClock(st, true)
	case ogs.PhaseChanged:
		o.tell(match.PhaseChanged{Phase: match.Phase(e.Phase)})
	case ogs.UndoRequested:
		o.tell(undoRequest(st, &e.Request))
	case ogs.UndoCanceled:
		o.tell(match.UndoCanceled{})
	case ogs.UndoAccepted:
		o.tell(match.UndoAccepted{Number: len(st.Moves) + 1, Count: len(e.Taken)})
	case ogs.RemovalChanged:
		dead, err := board.ParseOGSPoints(st.Removed, st.Width)
		if err != nil {
			o.tell(match.ServerSaid{Text: "The marked stones cannot be shown: " + err.Error() + "."})
			break
		}
		o.tell(match.RemovalChanged{Dead: dead})
	case ogs.RemovalAccepted:
		o.tell(match.RemovalAccepted{By: e.By})
	case ogs.AutoResign:
		o.tell(match.ServerSaid{Text: autoResign(st, e, o.now())})
	case ogs.Chat:
		if !e.At.IsZero() && o.now().Sub(e.At) > time.Minute {
			break // the old lines come again with every joining
		}
		o.tell(match.ServerSaid{Text: e.By.Username + ": " + e.Text})
	case ogs.Trouble:
		o.tell(match.ServerSaid{Text: "The server says: " + e.Text})
	case ogs.Ended:
		o.tell(match.GameFinished{Result: result(e.Result)})
	}
	return nil
}

// snapshot tells the whole game. What cannot be played on a board ends the game
// here, which can be at its beginning only: later, ogs.Game keeps the last good
// state.
func (o *Online) snapshot(st *ogs.State) error {
	data, err := o.gameData(st)
	if err != nil {
		return err
	}
	o.epoch = data.Epoch
	o.tell(match.Connected{})
	o.tell(data)
	switch {
	case !st.Live: // it stands for events that were skipped
		o.tell(match.Disconnected{Nonsense: o.unusable})
	case o.unusable:
		o.unusable = false
		o.tell(match.ServerSaid{Text: "The server makes sense again; the game goes on."})
	}
	o.tellClock(st, true)
	return nil
}

// gameData translates a whole state. It fails for a game that cannot be played
// on a real board.
func (o *Online) gameData(st *ogs.State) (match.GameData, error) {
	g, err := st.Game()
	if err != nil {
		return match.GameData{}, fmt.Errorf("game %d cannot be played on a board: %w", st.ID, err)
	}
	d := match.GameData{
		Epoch: st.Epoch, ID: int64(st.ID), Name: st.Name,
		Setup: g.Setup(), Moves: g.Moves(), Phase: match.Phase(st.Phase),
		Me: st.Me, ToMove: st.Clock.Color(),
		Players: [2]match.Player{player(st.Players[board.Black]), player(st.Players[board.White])},
		Paused:  pause(st),
	}
	if st.Undo != nil {
		u := undoRequest(st, st.Undo)
		d.Undo = &u
	}
	if d.Dead, err = board.ParseOGSPoints(st.Removed, st.Width); err != nil {
		return d, fmt.Errorf("game %d: the server's list of dead stones: %w", st.ID, err)
	}
	if st.Phase == ogs.Finished {
		r := result(st.Result)
		d.Result = &r
	}
	o.paused = d.Paused != nil
	return d, nil
}

// tellClock tells the clocks, if they are new or always is set, and a pause
// that began or ended.
func (o *Online) tellClock(st *ogs.State, always bool) {
	if st == nil || !st.Live {
		return
	}
	if p := pause(st); (p != nil) != o.paused {
		o.paused = p != nil
		o.tell(match.PauseChanged{Pause: p})
	}
	now := st.Clock.At(o.now(), st.Time)
	var clocks [2]match.Clock
	for i, c := range [2]board.Color{board.Black, board.White} {
		clocks[i] = clock(now.Sides[c], now.Running == c)
	}
	if clocks == o.clocks && !always {
		return
	}
	o.clocks = clocks
	o.tell(match.ClockChanged{Clocks: clocks, ToMove: st.Clock.Color()})
}

func player(p ogs.Player) match.Player {
	return match.Player{ID: int64(p.ID), Name: p.Username, Rank: p.RankText()}
}

func pause(st *ogs.State) *match.Pause {
	if !st.Clock.Paused || st.Phase != ogs.Playing {
		return nil // stone removal stops the clock too, which is no pause
	}
	p := &match.Pause{Why: "the server stopped the clock"}
	for why, by := range st.Clock.Pauses {
		p.Why = why
		for _, c := range []board.Color{board.Black, board.White} {
			if by.Player != 0 && by.Player == st.Players[c].ID {
				p.By = c
			}
		}
	}
	return p
}

func undoRequest(st *ogs.State, u *ogs.UndoRequest) match.UndoRequested {
	r := match.UndoRequested{Number: u.MoveNumber, Count: u.Count}
	for _, c := range []board.Color{board.Black, board.White} {
		if u.By != 0 && u.By == st.Players[c].ID {
			r.By = c
		}
	}
	return r
}

func result(r ogs.Result) match.Result {
	return match.Result{Winner: r.Winner, Text: r.String(), Reason: r.Outcome}
}

func autoResign(st *ogs.State, e ogs.AutoResign, now time.Time) string {
	who := "Your connection"
	if e.By != st.Me {
		who = st.Players[e.By].Username + "'s connection"
	}
	if e.At.IsZero() {
		return who + " is back; the game goes on."
	}
	return fmt.Sprintf("%s is lost to the server, which will resign for that side in %s.", who, ogs.FormatDuration(max(e.At.Sub(now), 0)))
}
