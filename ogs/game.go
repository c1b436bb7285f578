package ogs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gobancam/gobancam/board"
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
	ended    bool   // Ended has been published
	pending  *pending
	tickets  Ticket
	lastData time.Time // when the game data was last asked for
	epoch    int       // times that the game was entered
	asked    int       // times in a row without an answer
	doubts   []doubt   // to be looked at at at.doubt
	stale    [2]string // doubts that game data has not borne out, of hear and refresh
	hintEnd  bool      // something says that the game is over
	chats    map[string]bool
	looking  bool // a look at the game's record over HTTP is under way
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
type deadlines struct{ echo, settle, ask, data, doubt, latency, flag time.Time }

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
		phase      Phase
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
		case Settled, Ended:
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
	for _, t := range []time.Time{d.echo, d.settle, d.ask, d.data, d.doubt, d.latency, d.flag} {
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
	if passed(&g.at.latency, now) && g.conn != nil && g.st != nil && g.st.Me != board.Empty && g.st.Phase == Playing {
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
	if g.conn == nil || !g.at.data.IsZero() || !g.at.ask.IsZero() {
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
		g.ask()
	case connDown:
		if g.conn != v.conn {
			return
		}
		g.conn = nil
		g.at = deadlines{}
		if g.st != nil && !g.ended {
			g.change(func(n *State) { n.Live = false })
			g.tell(Disconnected{v.err})
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

// hear weighs news that came by another way than the game's own events.
func (g *Game) hear(h hint) {
	if g.st == nil || g.ended || h.conn != g.conn {
		return
	}
	if h.phase == Finished {
		g.hintEnd = true
		if g.st.Phase != Finished {
			g.suspect(h.from+" says that the game is over", g.s.c.timing.Doubt, func() bool { return !g.ended })
		}
		return
	}
	if h.from != "active_game" || !g.st.Live {
		return
	}
	news := fmt.Sprintf("%s says move %d, phase %s", h.from, h.moveNumber, h.phase)
	differs := func() bool {
		return !g.ended && (h.moveNumber > len(g.st.Moves) || h.phase != "" && h.phase != g.st.Phase && h.moveNumber >= len(g.st.Moves))
	}
	if differs() && news != g.stale[0] {
		g.stale[0] = news // once: it may count in another way
		g.suspect(news, g.s.c.timing.Doubt, differs)
	}
}

// event takes one game/<id>/… event of the live connection.
func (g *Game) event(name string, data json.RawMessage) {
	if name == "gamedata" {
		g.gameData(data)
		return
	}
	if g.st == nil {
		if name == "error" && !g.joined {
			g.answer(fmt.Errorf("game %d cannot be joined: %w", g.id, decodeServerError(data)))
		}
		return
	}
	if name == "error" {
		g.complaint(decodeServerError(data))
		return
	}
	if g.ended {
		return
	}
	if !g.st.Live && name != "auto_resign" && name != "clear_auto_resign" && name != "chat" {
		return // the game data that was asked for tells of it
	}
	var err error
	switch name {
	case "move":
		err = g.moved(data)
	case "clock":
		err = g.clock(data)
	case "phase":
		err = g.phase(data)
	case "undo_requested":
		var u UndoRequest
		if err = json.Unmarshal(data, &u); err == nil {
			g.change(func(n *State) { n.Undo = &u })
			g.tell(UndoRequested{u, g.st.Me != board.Empty && g.st.undoIsMine()})
		}
	case "undo_canceled":
		g.change(func(n *State) { n.Undo = nil })
		g.tell(UndoCanceled{})
	case "undo_accepted":
		err = g.undone(data)
	case "removed_stones":
		err = g.removed(data)
	case "removed_stones_accepted":
		err = g.accepted(data)
	case "auto_resign", "clear_auto_resign":
		err = g.autoResign(data, name == "auto_resign")
	case "chat":
		err = g.chat(data)
	case "reset":
		g.resync("the server reset the game")
	default:
		g.s.log.Debug("ogs: an event of a game was ignored", "game", g.id, "event", clip(name))
	}
	if err != nil {
		g.s.log.Warn("ogs: an event of a game cannot be used", "game", g.id, "event", name, "error", err)
		g.resync("the event " + name + " could not be used: " + err.Error())
	}
}

func (g *Game) answer(err error) {
	if !g.joined {
		g.joined = true
		g.first <- err
	}
}

// gameData replaces the whole state.
func (g *Game) gameData(data json.RawMessage) {
	n, err := decodeGameData(data, g.s.Me().ID)
	if err == nil && n.ID != g.id {
		err = fmt.Errorf("it is of game %d", n.ID)
	}
	if err != nil {
		g.s.log.Warn("ogs: game data cannot be used", "game", g.id, "error", err)
		if g.st != nil {
			g.change(func(n *State) { n.Live = false })
		}
		if g.at.data.IsZero() {
			g.at.data = time.Now().Add(g.s.c.timing.GameData) // ask again then
		}
		if g.st == nil && g.asked >= 2 {
			g.answer(fmt.Errorf("game %d: %w", g.id, err))
		}
		return
	}
	if g.ended && n.Phase != Finished || !g.at.ask.IsZero() {
		return // late news of a game that is over, or from before it is entered anew
	}
	g.asked, g.at.data, g.at.doubt, g.doubts = 0, time.Time{}, time.Time{}, nil
	n.Live, n.Epoch = true, g.epoch
	if g.st != nil && n.Phase == Playing {
		n.AutoResign = g.st.AutoResign
	}
	if g.pending != nil {
		p := g.pending.Pending
		n.Pending = &p
	}
	g.set(n)
	g.judge()
	g.answer(nil)
	g.tell(Snapshot{"game data"})
	g.refresh()
	switch {
	case n.Phase == Finished && n.Result.Outcome != "":
		g.finish(true)
	case n.Phase == Finished, g.hintEnd:
		g.lookUp()
	}
}

// refresh sets what follows from a new state: the ticking of latency, the fall
// of the own flag, and the doubt when clock and moves disagree.
func (g *Game) refresh() {
	s, t := g.st, g.s.c.timing
	if g.at.latency.IsZero() && s.Me != board.Empty && s.Phase == Playing && s.Time.Classify(s.Width, s.Height) != Correspondence {
		g.at.latency = time.Now().Add(t.Latency)
	}
	g.at.flag = time.Time{}
	if s.Phase != Playing || s.Me == board.Empty || !s.Live {
		return
	}
	differs := func() bool {
		c := g.st.Clock.Color()
		return !g.ended && c != board.Empty && g.st.game != nil && g.st.Phase == Playing && c != g.st.game.ToMove()
	}
	if news := fmt.Sprintf("after %d moves the clock runs for %v", len(s.Moves), s.Clock.Color()); differs() && news != g.stale[1] {
		g.stale[1] = news
		g.suspect(news, t.Doubt, differs)
	}
	_, latency := g.s.Ping()
	if latency > 0 && s.Clock.Current == s.Players[s.Me].ID && !s.Clock.Paused && !s.Clock.StartMode {
		if left := s.Clock.At(g.s.ServerNow(), s.Time).Sides[s.Me].Total(); left >= 0 {
			g.at.flag = time.Now().Add(left + 1500*time.Millisecond) // after the server's grace
		}
	}
}

// judge compares fresh game data with the move that is pending.
func (g *Game) judge() {
	p, s := g.pending, g.st
	switch {
	case p == nil:
	case len(s.Moves) >= p.Number:
		if m := s.Moves[p.Number-1]; m.Point == p.Point && m.Color == s.Me {
			g.tell(Moved{p.Number, m, true, p.Ticket})
			g.settle(Played, "")
		} else {
			g.settle(Displaced, fmt.Sprintf("the server has %s there", m.Point.GTP(s.Width)))
		}
	case s.Phase == Finished:
		g.settle(NotPlayed, "the game was over")
	case !p.looked:
		// The server sent it unasked, perhaps before it got the move.
	case p.refused != nil:
		g.settle(NotPlayed, p.refused.Error())
	case time.Since(p.missed) < g.s.c.timing.Settle:
		g.at.settle = p.missed.Add(g.s.c.timing.Settle)
	case p.missed.IsZero():
		// It may be on its way still: look again in a while.
		p.missed = time.Now()
		g.at.settle = p.missed.Add(g.s.c.timing.Settle)
	default:
		reason := p.words
		if reason == "" {
			reason = "it did not reach the server's list of moves"
		}
		g.settle(NotPlayed, reason)
	}
}

func (g *Game) settle(fate Fate, reason string) {
	p := g.pending
	g.pending = nil
	g.at.echo, g.at.settle = time.Time{}, time.Time{}
	g.change(func(n *State) { n.Pending = nil })
	g.tell(Settled{p.Ticket, p.Number, p.Point, fate, reason})
}

// moved takes the echo of a move, of either side.
func (g *Game) moved(data json.RawMessage) error {
	var w struct {
		GameID ID       `json:"game_id"`
		Number *integer `json:"move_number"`
		Move   *PlayedMove
	}
	if err := json.Unmarshal(data, &w); err != nil {
		return err
	}
	if w.Move == nil || w.Number == nil {
		return errors.New("a move without its number or its point")
	}
	number, have := int(*w.Number), len(g.st.Moves)
	switch {
	case number >= 1 && number <= have && g.st.Moves[number-1].Point == w.Move.Point:
		return nil // told twice
	case number != have+1:
		return fmt.Errorf("move %d came after %d moves", number, have)
	}
	n, err := g.st.with(*w.Move)
	if err != nil {
		return err
	}
	g.set(n)
	m := n.Moves[have]
	e := Moved{Number: number, Move: m, Mine: m.Color == n.Me && n.Me != board.Empty}
	if p := g.pending; p != nil && p.Number == number {
		if p.Point == m.Point && e.Mine {
			e.Ticket = p.Ticket
			g.tell(e)
			g.settle(Played, "")
		} else {
			g.tell(e)
			g.settle(Displaced, fmt.Sprintf("the server has %s there", m.Point.GTP(n.Width)))
		}
	} else {
		g.tell(e)
	}
	g.refresh()
	return nil
}

func (g *Game) clock(data json.RawMessage) error {
	var w wireClock
	if err := json.Unmarshal(data, &w); err != nil {
		return err
	}
	if w.GameID != 0 && w.GameID != g.id {
		return fmt.Errorf("it is of game %d", w.GameID)
	}
	g.change(func(n *State) { n.Clock = w.over(n.Clock) })
	g.tell(ClockChanged{})
	g.refresh()
	return nil
}

func (g *Game) phase(data json.RawMessage) error {
	var p text
	if err := json.Unmarshal(data, &p); err != nil {
		return err
	}
	phase := Phase(p)
	if phase != Playing && phase != StoneRemoval && phase != Finished {
		return fmt.Errorf("there is no phase %.40q", phase)
	}
	if phase == g.st.Phase {
		return nil
	}
	before := g.st.Phase
	g.change(func(n *State) {
		n.Phase = phase
		if phase == Playing {
			n.Removed, n.Accepted = "", [3]*string{}
		}
	})
	g.tell(PhaseChanged{phase})
	switch {
	case phase == Finished:
		g.finish(false)
	case before == StoneRemoval && phase == Playing:
		g.resync("the game goes on after stone removal") // who is first depends on the rules
	}
	g.refresh()
	return nil
}

func (g *Game) undone(data json.RawMessage) error {
	var w struct {
		MoveNumber *integer `json:"move_number"`
		Count      *integer `json:"undo_move_count"`
	}
	if len(data) > 0 && data[0] == '{' {
		if err := json.Unmarshal(data, &w); err != nil {
			return err
		}
	}
	count := 1
	switch {
	case w.Count != nil && *w.Count > 0:
		count = int(*w.Count)
	case g.st.Undo != nil:
		count = g.st.Undo.Count
	}
	count = min(count, len(g.st.Moves))
	n := g.st.without(count)
	taken := slices.Clone(g.st.Moves[len(n.Moves):])
	g.set(n)
	g.tell(UndoAccepted{taken})
	g.resync("moves were taken back")
	return nil
}

func (g *Game) removed(data json.RawMessage) error {
	var w struct {
		Removed flag
		Stones  *string
		All     *string `json:"all_removed"`
	}
	if err := json.Unmarshal(data, &w); err != nil {
		return err
	}
	all := g.st.Removed
	switch {
	case w.All != nil:
		all = *w.All
	case w.Stones != nil:
		set, err := board.ParseOGSPoints(all, board.MaxSize)
		more, err2 := board.ParseOGSPoints(*w.Stones, board.MaxSize)
		if err = errors.Join(err, err2); err != nil {
			return err
		}
		if w.Removed {
			set = append(set, more...)
		} else {
			set = slices.DeleteFunc(set, func(p board.Point) bool { return slices.Contains(more, p) })
		}
		all = board.FormatOGSPoints(set)
	}
	g.change(func(n *State) { n.Removed, n.Accepted = all, [3]*string{} })
	g.tell(RemovalChanged{})
	return nil
}

func (g *Game) accepted(data json.RawMessage) error {
	var w struct {
		Player  *ID `json:"player_id"`
		Stones  *string
		Phase   Phase
		Players struct{ Black, White wireSide }
		wireResult
	}
	if err := json.Unmarshal(data, &w); err != nil {
		return err
	}
	by := board.Empty
	g.change(func(n *State) {
		for c, side := range [3]wireSide{board.Black: w.Players.Black, board.White: w.Players.White} {
			if side.Accepted != nil {
				n.Accepted[c] = side.Accepted
			}
		}
		if w.Player != nil && *w.Player != 0 {
			for _, c := range []board.Color{board.Black, board.White} {
				if n.Players[c].ID == *w.Player {
					by = c
					if w.Stones != nil {
						n.Accepted[c] = w.Stones
					}
				}
			}
		} else if w.Player != nil && w.Stones != nil {
			n.Accepted = [3]*string{board.Black: w.Stones, board.White: w.Stones}
		}
		if w.Phase == Finished {
			n.Phase = Finished
			if w.Stones != nil {
				n.Removed = *w.Stones
			}
			n.Result = w.result([3]ID{board.Black: n.Players[board.Black].ID, board.White: n.Players[board.White].ID})
		}
	})
	g.tell(RemovalAccepted{by})
	if g.st.Phase == Finished {
		g.finish(g.st.Result.Outcome != "")
	}
	return nil
}

func (g *Game) autoResign(data json.RawMessage, on bool) error {
	var w struct {
		Player     ID `json:"player_id"`
		Expiration instant
	}
	if err := json.Unmarshal(data, &w); err != nil {
		return err
	}
	for _, c := range []board.Color{board.Black, board.White} {
		if g.st.Players[c].ID != w.Player || w.Player == 0 {
			continue
		}
		at := w.Expiration.Time
		if !on {
			at = time.Time{}
		}
		g.change(func(n *State) { n.AutoResign[c] = at })
		g.tell(AutoResign{c, at})
		return nil
	}
	return nil // of somebody who does not play
}

func (g *Game) chat(data json.RawMessage) error {
	var w struct {
		Channel text
		Line    struct {
			ID       text `json:"chat_id"`
			Body     text
			Username text
			PlayerID ID `json:"player_id"`
			Date     instant
		}
	}
	if json.Unmarshal(data, &w) != nil || g.chats[string(w.Line.ID)] {
		return nil // not worth a resync; the log is sent again and again
	}
	if w.Line.ID != "" {
		g.chats[string(w.Line.ID)] = true
	}
	g.tell(Chat{Player{ID: w.Line.PlayerID, Username: playerName(w.Line.Username)}, clip(string(w.Channel)), clip(string(w.Line.Body)), w.Line.Date.Time})
	return nil
}

func (g *Game) complaint(e *ServerError) {
	g.s.log.Warn("ogs: the server complains", "game", g.id, "message", e.Error())
	if g.pending != nil {
		g.pending.words = e.Error()
	}
	g.tell(Trouble{e.Error()})
	if !g.ended {
		g.resync("the server complains")
	}
}

// finish publishes the end once the result is known, and looks for it where it
// is not.
func (g *Game) finish(known bool) {
	if g.ended {
		return
	}
	if p := g.pending; p != nil && len(g.st.Moves) < p.Number {
		g.settle(NotPlayed, "the game was over")
	}
	if !known {
		g.hintEnd = true
		g.suspect("the result is not known", g.s.c.timing.Doubt, func() bool { return !g.ended })
		return
	}
	g.ended = true
	g.at = deadlines{}
	g.tell(Ended{g.st.Result})
}

// lookUp asks over HTTP whether the game is over, when hints say so and game
// data does not.
func (g *Game) lookUp() {
	if g.looking || g.ended {
		return
	}
	g.looking = true
	g.s.ending.Add(1)
	go func() {
		defer g.s.ending.Done()
		rec, err := g.s.c.Game(g.ctx, g.id)
		g.do(func() {
			g.looking = false
			switch {
			case g.ended:
			case err == nil && !rec.Ended.IsZero():
				g.change(func(n *State) { n.Phase, n.Result = Finished, rec.Result })
				g.finish(true)
			case g.st.Phase == Finished:
				g.finish(true) // over, without words for it
			default:
				g.hintEnd = false
			}
		})
	}()
}

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

func in(phase Phase) func(*State) error {
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
		if s.Phase == StoneRemoval && s.Me != board.Empty {
			return nil
		}
		return in(Playing)(s)
	})
}

// MayCancel reports whether the game can still be cancelled: in its first
// moves, without a result for either side.
func (s *State) MayCancel() bool {
	free := 1
	if s.Rules.FreeHandicap {
		free = max(s.Handicap, 1)
	}
	return s.Me != board.Empty && s.Phase == Playing && len(s.Moves) < 5+free
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
		case s.Undo != nil && s.Undo.MoveNumber == len(s.Moves):
			return &NotSentError{Busy, "a request is open already"}
		}
		return in(Playing)(s)
	})
}

// AcceptUndo agrees to the opponent's open request.
func (g *Game) AcceptUndo() error { return g.answerUndo("game/undo/accept", false) }

// CancelUndo withdraws our own open request.
func (g *Game) CancelUndo() error { return g.answerUndo("game/undo/cancel", true) }

func (g *Game) answerUndo(command string, mine bool) error {
	return g.command(command, func(s *State) map[string]any {
		return map[string]any{"move_number": s.Undo.MoveNumber}
	}, func(s *State) error {
		if err := in(Playing)(s); err != nil {
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
	if s.Undo.By == 0 {
		return s.ToMove() != s.Me
	}
	return s.Undo.By == s.Players[s.Me].ID
}

// Pause stops the clock; a player has a limited number of pauses.
func (g *Game) Pause() error { return g.command("game/pause", nil, in(Playing)) }

// Resume lets the clock run again.
func (g *Game) Resume() error { return g.command("game/resume", nil, in(Playing)) }

// MarkRemoved marks points as dead stones or neutral points, or with removed
// false as living. It voids what either side has agreed to.
func (g *Game) MarkRemoved(points []board.Point, removed bool) error {
	if len(points) == 0 {
		return nil
	}
	return g.command("game/removed_stones/set", func(*State) map[string]any {
		return map[string]any{"removed": removed, "stones": board.FormatOGSPoints(points)}
	}, in(StoneRemoval))
}

// AcceptRemoved agrees to stones, which is State.Removed as the player saw it:
// if it has changed since, nothing is sent.
func (g *Game) AcceptRemoved(stones string) error {
	return g.command("game/removed_stones/accept", func(*State) map[string]any {
		return map[string]any{"stones": stones, "strict_seki_mode": false}
	}, func(s *State) error {
		if s.Phase == StoneRemoval && s.Removed != stones {
			return &NotSentError{OutOfDate, "the marked stones have changed; look again"}
		}
		return in(StoneRemoval)(s)
	})
}

// RejectRemoved goes back to play.
func (g *Game) RejectRemoved() error {
	return g.command("game/removed_stones/reject", nil, in(StoneRemoval))
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
