package ogstest

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/gobancam/gobancam/board"
)

// A request is a game/… command of a client.
type request struct {
	s      *Server
	c      *socket
	g      *Game
	me     board.Color // Empty for a spectator
	name   string      // without game/
	answer func(any, *refusal)

	ID         *int64 `json:"game_id"`
	Chat       *bool
	Move       *string
	MoveNumber *int     `json:"move_number"`
	Latency    *float64 `json:"latency"`
	Removed    *bool
	Stones     *string
	Strict     *bool `json:"strict_seki_mode"`
	Type       string
	Body       json.RawMessage
}

// gameCommands are what can be asked for in a game that was connected to.
var gameCommands = map[string]func(*request){
	"move": (*request).move, "resign": (*request).resign, "cancel": (*request).cancel,
	"undo/request": (*request).requestUndo, "undo/accept": (*request).answerUndo, "undo/cancel": (*request).answerUndo,
	"pause": (*request).pause, "resume": (*request).resume, "timed_out": func(r *request) { r.g.timeUp() },
	"removed_stones/set": (*request).mark, "removed_stones/accept": (*request).acceptRemoved, "removed_stones/reject": (*request).rejectRemoved,
	"latency": (*request).latency, "chat": (*request).say,
	"conditional_moves/set": (*request).ok, "delayed_resign": (*request).ok, "clear_delayed_resign": (*request).ok,
}

// gameCommand handles game/… of a client.
func (c *socket) gameCommand(name string, body json.RawMessage, answer func(any, *refusal)) {
	s := c.s
	r := &request{s: s, c: c, name: name, answer: answer}
	if err := json.Unmarshal(body, r); err != nil || r.ID == nil {
		s.violation("game/%s without a usable game_id: %s", name, body)
		return
	}
	g := s.games[*r.ID]
	switch name {
	case "connect":
		c.connectGame(*r.ID, g, r.Chat)
		return
	case "disconnect":
		c.disconnectGame(*r.ID, g)
		return
	}
	if g == nil {
		r.deny("not-found", "There is no such game.")
		return
	}
	if _, ok := g.told[c]; !ok && !(name == "latency" && g.misled[c]) {
		s.violation("game/%s for game %d on a connection that has not seen its game data", name, g.ID)
		r.deny("not-connected", "Connect to the game first.")
		return
	}
	r.g, r.me = g, g.color(c.user)
	if r.me == board.Empty && name != "chat" {
		s.violation("game/%s by %s, who does not play in game %d", name, c.user.Name, g.ID)
		r.deny("not-a-player", "You are not a player of this game.")
		return
	}
	do, ok := gameCommands[name]
	if !ok {
		s.violation("there is no command game/%s", name)
		return
	}
	do(r)
}

func (r *request) ok() { r.answer(map[string]any{}, nil) }

func (r *request) deny(code, message string) { r.answer(nil, &refusal{code, message}) }

// need reports whether a field was there, and complains if not.
func (r *request) need(ok bool, field string) bool {
	if !ok {
		r.s.violation("game/%s without %s", r.name, field)
		r.deny("missing-field", field+" is required.")
	}
	return ok
}

// in reports whether the game is in a phase, and refuses if not.
func (r *request) in(phase string) bool {
	if r.g.phase != phase {
		r.deny("wrong-phase", "The game is in the phase "+r.g.phase+".")
		return false
	}
	return true
}

func (r *request) move() {
	if r.need(r.Move != nil, "move") {
		r.c.move(r.g, r.me, *r.Move, r.answer)
	}
}

func (r *request) resign() {
	if r.g.phase == "finished" {
		r.in("play")
		return
	}
	r.g.end("Resignation", r.me.Opponent())
	r.ok()
}

func (r *request) cancel() {
	g := r.g
	limit := 5 + 1
	if g.rules.FreeHandicap {
		limit = 5 + max(g.spec.Handicap, 1)
	}
	if !r.in("play") {
		return
	}
	if g.board.MoveCount() >= limit {
		r.s.violation("game/cancel after %d moves", g.board.MoveCount())
		r.deny("too-late", "The game can no longer be cancelled.")
		return
	}
	g.annulled = true
	g.end("Cancellation", r.me.Opponent())
	r.ok()
}

func (r *request) requestUndo() {
	g := r.g
	if !r.need(r.MoveNumber != nil, "move_number") || !r.in("play") {
		return
	}
	if *r.MoveNumber != g.board.MoveCount() || *r.MoveNumber == 0 {
		r.s.violation("undo/request for move %d after %d moves", *r.MoveNumber, g.board.MoveCount())
		r.deny("out-of-date", "The game is at another move.")
		return
	}
	r.ok()
	g.requestUndo(r.c.user)
}

func (r *request) answerUndo() {
	g := r.g
	if !r.need(r.MoveNumber != nil, "move_number") || !r.in("play") {
		return
	}
	if g.undo == nil || g.undo.number != *r.MoveNumber || (g.undo.by == r.c.user) != (r.name == "undo/cancel") {
		r.s.violation("%s of move %d, which this player cannot answer", r.name, *r.MoveNumber)
		r.deny("no-request", "There is no such request.")
		return
	}
	r.ok()
	if r.name == "undo/cancel" {
		g.undo = nil
		g.toAll("undo_canceled", *r.MoveNumber)
	} else {
		g.acceptUndo(r.c.user)
	}
}

func (r *request) pause() {
	g := r.g
	if !r.in("play") {
		return
	}
	if g.pausesLeft[r.me] == 0 {
		r.deny("no-pauses", "You have no pauses left.")
		return
	}
	g.pausesLeft[r.me]--
	g.clock.pause("paused", map[string]any{"pausing_player_id": r.c.user.ID, "pauses_left": g.pausesLeft[r.me]}, time.Now())
	r.ok()
	g.tellClock()
}

func (r *request) resume() {
	r.g.clock.resume("paused", time.Now())
	r.ok()
	r.g.tellClock()
}

func (r *request) mark() {
	if !r.need(r.Removed != nil, "removed") || !r.need(r.Stones != nil, "stones") || !r.in("stone removal") {
		return
	}
	if r.g.setRemoved(r.c.user, *r.Stones, *r.Removed) {
		r.ok()
	} else {
		r.s.violation("removed_stones/set with the points %q", *r.Stones)
		r.deny("bad-points", "These are no points of the board.")
	}
}

func (r *request) acceptRemoved() {
	if !r.need(r.Stones != nil, "stones") || !r.need(r.Strict != nil, "strict_seki_mode") || !r.in("stone removal") {
		return
	}
	if *r.Stones != r.g.removed {
		r.s.violation("removed_stones/accept with %q where the marked points are %q", *r.Stones, r.g.removed)
		r.deny("wrong-stones", "These are not the marked stones.")
		return
	}
	r.ok()
	r.g.acceptedBy(r.c.user, *r.Stones)
}

func (r *request) rejectRemoved() {
	if r.in("stone removal") {
		r.ok()
		r.g.rejectRemoval(r.c.user)
	}
}

func (r *request) latency() {
	if r.need(r.Latency != nil, "latency") {
		r.g.toBut(r.c, "latency", map[string]any{"player_id": r.c.user.ID, "latency": *r.Latency})
	}
}

func (r *request) say() {
	if r.need(r.Type != "" && r.MoveNumber != nil && len(r.Body) > 0, "type, move_number and body") {
		r.g.say(r.c.user, r.Type, *r.MoveNumber, r.Body)
		r.ok()
	}
}

// disconnectGame ends the subscription of a socket to a game.
func (c *socket) disconnectGame(id int64, g *Game) {
	if !c.games[id] {
		return
	}
	delete(c.games, id)
	if g != nil {
		delete(g.told, c)
		delete(g.misled, c)
		g.left(c.user)
	}
}

// connectGame subscribes a socket to a game, or to one that is still to begin.
func (c *socket) connectGame(id int64, g *Game, chat *bool) {
	s := c.s
	if chat == nil {
		s.violation("game/connect without chat")
	}
	if g == nil {
		for _, ch := range s.challenges {
			if ch.game == id {
				c.games[id] = true
				return
			}
		}
		c.send(fmt.Sprintf("game/%d/error", id), "This game does not exist.")
		return
	}
	c.games[id] = true
	g.back(c.user)
	switch f := s.dataFault(); {
	case f == nil:
		g.sendData(c)
		for _, line := range g.chatLog {
			c.send(fmt.Sprintf("game/%d/chat", id), line)
		}
	case f.Kind >= BadGameData:
		c.send(fmt.Sprintf("game/%d/gamedata", id), g.spoilt(f.Kind))
		g.misled[c] = f.Kind == OtherSize || f.Kind == SwappedPlayers
		if f.Kind == AbsurdClock { // its moves are right: they may be gone on from
			g.told[c] = g.version
		}
	}
}

// refuse answers a bad move as Options.Refusal says.
func (g *Game) refuse(c *socket, r *refusal, answer func(any, *refusal)) {
	switch g.s.opt.Refusal {
	case ErrorReply:
		answer(nil, r)
	case ErrorEvent:
		c.send(fmt.Sprintf("game/%d/error", g.ID), r.message)
	}
}
