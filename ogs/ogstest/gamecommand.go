package ogstest

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/gobancam/gobancam/board"
)

// gameCommand handles game/… of a client.
func (c *socket) gameCommand(name string, body json.RawMessage, answer func(any, *refusal)) {
	s := c.s
	var d struct {
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
	if err := json.Unmarshal(body, &d); err != nil || d.ID == nil {
		s.violation("game/%s without a usable game_id: %s", name, body)
		return
	}
	g := s.games[*d.ID]
	if name == "connect" {
		c.connectGame(*d.ID, g, d.Chat)
		return
	}
	if name == "disconnect" {
		if c.games[*d.ID] {
			delete(c.games, *d.ID)
			if g != nil {
				delete(g.told, c)
				g.left(c.user)
			}
		}
		return
	}
	if g == nil {
		answer(nil, &refusal{"not-found", "There is no such game."})
		return
	}
	if _, ok := g.told[c]; !ok {
		s.violation("game/%s for game %d on a connection that has not seen its game data", name, g.ID)
		answer(nil, &refusal{"not-connected", "Connect to the game first."})
		return
	}
	me := g.color(c.user)
	deny := func(code, message string) { answer(nil, &refusal{code, message}) }
	if me == board.Empty && name != "chat" {
		s.violation("game/%s by %s, who does not play in game %d", name, c.user.Name, g.ID)
		deny("not-a-player", "You are not a player of this game.")
		return
	}
	need := func(ok bool, field string) bool {
		if !ok {
			s.violation("game/%s without %s", name, field)
			deny("missing-field", field+" is required.")
		}
		return ok
	}
	inPhase := func(phase string) bool {
		if g.phase != phase {
			deny("wrong-phase", "The game is in the phase "+g.phase+".")
			return false
		}
		return true
	}
	now := time.Now()
	switch name {
	case "move":
		if need(d.Move != nil, "move") {
			c.move(g, me, *d.Move, answer)
		}
	case "resign":
		if g.phase == "finished" {
			inPhase("play")
			return
		}
		g.end("Resignation", me.Opponent())
		answer(map[string]any{}, nil)
	case "cancel":
		limit := 5 + 1
		if g.rules.FreeHandicap {
			limit = 5 + max(g.spec.Handicap, 1)
		}
		if !inPhase("play") {
			return
		}
		if g.board.MoveCount() >= limit {
			s.violation("game/cancel after %d moves", g.board.MoveCount())
			deny("too-late", "The game can no longer be cancelled.")
			return
		}
		g.annulled = true
		g.end("Cancellation", me.Opponent())
		answer(map[string]any{}, nil)
	case "undo/request":
		if !need(d.MoveNumber != nil, "move_number") || !inPhase("play") {
			return
		}
		if *d.MoveNumber != g.board.MoveCount() || *d.MoveNumber == 0 {
			s.violation("undo/request for move %d after %d moves", *d.MoveNumber, g.board.MoveCount())
			deny("out-of-date", "The game is at another move.")
			return
		}
		answer(map[string]any{}, nil)
		g.requestUndo(c.user)
	case "undo/accept", "undo/cancel":
		if !need(d.MoveNumber != nil, "move_number") || !inPhase("play") {
			return
		}
		if g.undo == nil || g.undo.number != *d.MoveNumber || (g.undo.by == c.user) != (name == "undo/cancel") {
			s.violation("%s of move %d, which this player cannot answer", name, *d.MoveNumber)
			deny("no-request", "There is no such request.")
			return
		}
		answer(map[string]any{}, nil)
		if name == "undo/cancel" {
			g.undo = nil
			g.toAll("undo_canceled", *d.MoveNumber)
		} else {
			g.acceptUndo(c.user)
		}
	case "pause":
		if !inPhase("play") {
			return
		}
		if g.pausesLeft[me] == 0 {
			deny("no-pauses", "You have no pauses left.")
			return
		}
		g.pausesLeft[me]--
		g.clock.pause("paused", map[string]any{"pausing_player_id": c.user.ID, "pauses_left": g.pausesLeft[me]}, now)
		answer(map[string]any{}, nil)
		g.tellClock()
	case "resume":
		g.clock.resume("paused", now)
		answer(map[string]any{}, nil)
		g.tellClock()
	case "timed_out":
		g.timeUp()
	case "removed_stones/set":
		if !need(d.Removed != nil, "removed") || !need(d.Stones != nil, "stones") || !inPhase("stone removal") {
			return
		}
		if g.setRemoved(c.user, *d.Stones, *d.Removed) {
			answer(map[string]any{}, nil)
		} else {
			s.violation("removed_stones/set with the points %q", *d.Stones)
			deny("bad-points", "These are no points of the board.")
		}
	case "removed_stones/accept":
		if !need(d.Stones != nil, "stones") || !need(d.Strict != nil, "strict_seki_mode") || !inPhase("stone removal") {
			return
		}
		if *d.Stones != g.removed {
			s.violation("removed_stones/accept with %q where the marked points are %q", *d.Stones, g.removed)
			deny("wrong-stones", "These are not the marked stones.")
			return
		}
		answer(map[string]any{}, nil)
		g.acceptedBy(c.user, *d.Stones)
	case "removed_stones/reject":
		if !inPhase("stone removal") {
			return
		}
		answer(map[string]any{}, nil)
		g.rejectRemoval(c.user)
	case "latency":
		if need(d.Latency != nil, "latency") {
			g.toBut(c, "latency", map[string]any{"player_id": c.user.ID, "latency": *d.Latency})
		}
	case "chat":
		if !need(d.Type != "" && d.MoveNumber != nil && len(d.Body) > 0, "type, move_number and body") {
			return
		}
		g.say(c.user, d.Type, *d.MoveNumber, d.Body)
		answer(map[string]any{}, nil)
	case "conditional_moves/set", "delayed_resign", "clear_delayed_resign":
		answer(map[string]any{}, nil)
	default:
		s.violation("there is no command game/%s", name)
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
