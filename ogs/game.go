package ogs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
)

// A Game follows one game and plays in it. Its goroutine owns the state; every
// method may be called from any goroutine.
type Game struct {
	s      *Session
	id     ID
	ctx    context.Context
	cancel context.CancelFunc
	inbox  *mailbox[any] // what the session has for the game
	ops    chan func()
	out    *mailbox[Update]
	done   chan struct{}
	latest atomic.Pointer[State]
	first  chan error // answers Join

	// Below is the goroutine's own.
	st       *State // nil before the first game data
	conn     *conn  // nil while there is none
	joined   bool   // Join has been answered
	ended    bool   // game.Finished has been published
	pending  *pending
	tickets  Ticket
	lastData time.Time // when the game data was last asked for
	epoch    int       // times that the game was entered
	asked    int       // times in a row without an answer
	doubts   []doubt   // to be looked at at at.doubt
	stale    [2]string // doubts that game data has not borne out, of hear and refresh
	hintEnd  bool      // something says that the game is over
	chats    map[string]bool
	bad      int    // times in a row that game data could not be used
	nonsense string // why not, as it was told last
	looking  bool   // a look at the game's record over HTTP is under way
	at       deadlines
}

// pending is a move that was sent.
type pending struct {
	Pending
	looked  bool      // game data was asked for after the sending
	missed  time.Time // when game data first did not have it
	refused error     // the server's answer to the sending
	words   string
}

// doubt is a contradiction that may solve itself.
type doubt struct {
	reason string
	stands func() bool
}

// deadlines are the moments at which the goroutine acts by itself; zero for
// none.
type deadlines struct{ echo, settle, ask, data, again, doubt, latency, flag time.Time }

// What comes through the inbox besides hint and gameEvent.
type (
	connUp   struct{ conn *conn }
	connDown struct {
		conn *conn
		err  error
	}
	gameEvent struct {
		conn *conn
		name string
		data json.RawMessage
	}
	// hint is news of the game from elsewhere.
	hint struct {
		conn       *conn
		from       string
		phase      game.Phase
		moveNumber int
	}
)

// Join enters a game, as a player or as a spectator, and returns when its game
// data is here; the first Update is a Snapshot. A game can be joined once at a
// time.
func (s *Session) Join(ctx context.Context, id ID) (*Game, error) {
	g := &Game{s: s, id: id, ops: make(chan func()), done: make(chan struct{}), first: make(chan error, 1), chats: map[string]bool{}}
	s.mu.Lock()
	switch {
	case s.closing || s.ctx.Err() != nil:
		s.mu.Unlock()
		return nil, &NotSentError{Left, "the session has ended"}
	case s.games[id] != nil:
		s.mu.Unlock()
		return nil, fmt.Errorf("game %d is joined already", id)
	}
	g.ctx, g.cancel = context.WithCancel(s.ctx)
	g.inbox = newMailbox[any](0, nil)
	g.out = newMailbox(1024, g.squeeze)
	s.games[id] = g
	if s.conn != nil {
		g.inbox.put(connUp{s.conn})
	}
	s.ending.Add(1)
	go g.run()
	s.mu.Unlock()

	wait, cancel := context.WithTimeout(ctx, 4*s.c.timing.GameData+s.c.timing.Handshake)
	defer cancel()
	select {
	case err := <-g.first:
		if err != nil {
			g.Leave()
			return nil, err
		}
		return g, nil
	case <-g.done:
		return nil, &NotSentError{Left, "the session has ended"}
	case <-wait.Done():
		g.Leave()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("the server sends no data for game %d; look whether the number is right and the game is open to you", id)
	}
}

// ID returns the game's number.
func (g *Game) ID() ID { return g.id }

// State returns the latest state.
func (g *Game) State() *State { return g.latest.Load() }

// Updates returns the channel of what happens. It has to be read; a receiver
// that falls far behind gets a Snapshot in place of what it missed. It is
// closed when the game is left or the session has ended.
func (g *Game) Updates() <-chan Update { return g.out.out }

// Leave ends the following of the game, and returns when its goroutine has
// ended. The game itself goes on.
func (g *Game) Leave() {
	g.cancel()
	<-g.done
}

// squeeze replaces a queue that nobody reads by the news that must not be lost
// and the state after it.
func (g *Game) squeeze(q []Update) []Update {
	var kept []Update
	for _, u := range q {
		switch u.Event.(type) {
		case Settled, game.Finished:
			kept = append(kept, u)
		}
	}
	return append(kept, Update{q[len(q)-1].State, Snapshot{"events were skipped"}})
}

func (g *Game) run() {
	defer g.s.ending.Done()
	defer close(g.done)
	defer g.out.shut()
	defer g.inbox.shut()
	defer func() {
		if g.conn != nil {
			g.conn.send("game/disconnect", g.body(nil))
		}
		g.s.mu.Lock()
		delete(g.s.games, g.id)
		g.s.mu.Unlock()
	}()
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		timer.Reset(g.at.next())
		select {
		case <-g.ctx.Done():
			return
		case v := <-g.inbox.out:
			g.take(v)
		case op := <-g.ops:
			op()
		case <-timer.C:
			g.due(time.Now())
		}
	}
}

func (d *deadlines) next() time.Duration {
	wait := time.Hour
	for _, t := range []time.Time{d.echo, d.settle, d.ask, d.data, d.again, d.doubt, d.latency, d.flag} {
		if !t.IsZero() {
			wait = min(wait, time.Until(t))
		}
	}
	return max(wait, 0)
}

// passed reports whether the deadline t has passed, and clears it.
func passed(t *time.Time, now time.Time) bool {
	if t.IsZero() || now.Before(*t) {
		return false
	}
	*t = time.Time{}
	return true
}

func (g *Game) due(now time.Time) {
	t := g.s.c.timing
	if passed(&g.at.ask, now) && g.conn != nil {
		g.ask()
	}
	if passed(&g.at.data, now) && g.conn != nil {
		switch {
		case g.asked < 3:
			g.ask()
		case g.st == nil:
			g.answer(fmt.Errorf("the server sends no data for game %d; look whether the number is right and the game is open to you", g.id))
		default:
			g.conn.kill(errors.New("the server sends no game data"))
		}
	}
	if passed(&g.at.again, now) {
		g.resync("the game data could not be used")
	}
	if passed(&g.at.echo, now) && g.pending != nil {
		g.resync("no echo of the move came")
	}
	if passed(&g.at.settle, now) && g.pending != nil {
		g.resync("a second look for the move")
	}
	if passed(&g.at.doubt, now) {
		doubts := g.doubts
		g.doubts = nil
		for _, d := range doubts {
			if d.stands() {
				g.resync(d.reason)
				break
			}
		}
	}
	if passed(&g.at.latency, now) && g.conn != nil && g.st != nil && g.st.Me != board.Empty && g.st.Phase == game.Playing {
		if _, latency := g.s.Ping(); g.st.Live {
			g.conn.send("game/latency", g.body(map[string]any{"latency": latency.Milliseconds()}))
		}
		g.at.latency = now.Add(t.Latency)
	}
	if passed(&g.at.flag, now) && g.conn != nil && g.st.MyTurn() {
		g.conn.send("game/timed_out", g.body(nil))
	}
}

// body is the data of a command in this game.
func (g *Game) body(fields map[string]any) map[string]any {
	b := map[string]any{"game_id": g.id}
	for k, v := range fields {
		b[k] = v
	}
	return b
}

// ask sends game/connect, to which the server answers with the game data.
func (g *Game) ask() {
	g.asked++
	g.epoch++
	g.lastData = time.Now()
	g.at.data = g.lastData.Add(g.s.c.timing.GameData)
	if g.pending != nil {
		g.pending.looked = true
	}
	g.conn.send("game/connect", g.body(map[string]any{"chat": true, "player_id": g.s.Me().ID}))
}

// resync leaves the game's channel and enters it again for fresh game data.
// Nothing is sent until that is here.
func (g *Game) resync(reason string) {
	if g.conn == nil || !g.at.data.IsZero() || !g.at.ask.IsZero() || !g.at.again.IsZero() {
		return // it will come anyway
	}
	if gap := g.s.c.timing.Doubt / 4; time.Since(g.lastData) < gap {
		g.suspect(reason, gap, func() bool { return true })
		return
	}
	g.s.log.Info("ogs: asking for the game data", "game", g.id, "reason", reason)
	if g.st != nil {
		g.change(func(n *State) { n.Live = false })
	}
	g.conn.send("game/disconnect", g.body(nil))
	// Should the server take its time to leave, it must not undo the entering.
	g.at.ask = time.Now().Add(g.s.c.timing.Rejoin)
}

// suspect makes a contradiction lead to a resync, if it still stands then.
func (g *Game) suspect(reason string, after time.Duration, stands func() bool) {
	g.doubts = append(g.doubts, doubt{reason, stands})
	if g.at.doubt.IsZero() {
		g.at.doubt = time.Now().Add(after)
	}
}

// change publishes nothing: it replaces the state by a copy that f has changed.
func (g *Game) change(f func(*State)) {
	n := *g.st
	f(&n)
	g.set(&n)
}

func (g *Game) set(n *State) {
	g.st = n
	g.latest.Store(n)
}

func (g *Game) tell(e Event) { g.out.put(Update{g.st, e}) }

func (g *Game) take(v any) {
	switch v := v.(type) {
	case connUp:
		g.conn = v.conn
		g.asked, g.at, g.doubts = 0, deadlines{}, nil
		g.bad, g.nonsense = 0, ""
		g.ask()
	case connDown:
		if g.conn != v.conn {
			return
		}
		g.conn = nil
		g.at = deadlines{}
		if g.st != nil && !g.ended {
			g.change(func(n *State) { n.Live = false })
			g.tell(game.Disconnected{Reason: v.err.Error()})
		}
	case hint:
		g.hear(v)
	case ack:
		g.acknowledged(v)
	case refusal:
		g.tell(Trouble{v.command + ": " + v.err.Error()})
	case gameEvent:
		if v.conn == g.conn {
			g.event(v.name, v.data)
		}
	}
}
