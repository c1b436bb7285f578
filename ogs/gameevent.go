package ogs

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
)

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
		err = g.undoRequested(data)
	case "undo_canceled":
		g.change(func(n *State) { n.Undo = nil })
		g.tell(game.UndoCanceled{})
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
	g.tell(game.Played{Number: number, Move: board.Move{Color: m.Color, Point: m.Point}})
	if p := g.pending; p != nil && p.Number == number {
		if p.Point == m.Point && m.Color == n.Me && n.Me != board.Empty {
			g.settle(Played, "")
		} else {
			g.settle(Displaced, fmt.Sprintf("the server has %s there", m.Point.GTP(n.Width)))
		}
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
	clock := w.over(g.st.Clock)
	if err := g.keepsTime(clock, g.st.Time); err != nil {
		return err
	}
	before := g.st.Pause()
	g.change(func(n *State) { n.Clock = clock })
	if p := g.st.Pause(); (p == nil) != (before == nil) {
		g.tell(game.PauseChanged{Pause: p})
	}
	g.tell(g.st.Clocks(g.s.ServerNow()))
	g.refresh()
	return nil
}

func (g *Game) phase(data json.RawMessage) error {
	var p text
	if err := json.Unmarshal(data, &p); err != nil {
		return err
	}
	phase := game.Phase(p)
	if !phase.Known() {
		return fmt.Errorf("there is no phase %.40q", phase)
	}
	if phase == g.st.Phase {
		return nil
	}
	before, paused := g.st.Phase, g.st.Pause()
	g.change(func(n *State) {
		n.Phase = phase
		if phase == game.Playing {
			n.Removed, n.Accepted = "", [3]*string{}
		}
	})
	g.tell(game.PhaseChanged{Phase: phase})
	if paused != nil { // which is none outside of play
		g.tell(game.PauseChanged{})
	}
	switch {
	case phase == game.Over:
		g.finish(false)
	case before == game.StoneRemoval && phase == game.Playing:
		g.resync("the game goes on after stone removal") // who is first depends on the rules
	}
	g.refresh()
	return nil
}

func (g *Game) undoRequested(data json.RawMessage) error {
	var w wireUndo
	if err := json.Unmarshal(data, &w); err != nil {
		return err
	}
	u, err := w.in(g.st)
	if err != nil {
		return err
	}
	g.change(func(n *State) { n.Undo = u })
	g.tell(game.UndoRequested{Undo: *u})
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
	g.set(n)
	g.tell(game.UndoAccepted{Number: n.Number(), Count: count})
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
	all, size := g.st.Removed, min(max(g.st.Width, g.st.Height), board.MaxSize)
	switch {
	case w.All != nil:
		all = *w.All
	case w.Stones != nil:
		set, err := board.ParseOGSPoints(all, size)
		more, err2 := board.ParseOGSPoints(*w.Stones, size)
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
	dead, err := board.ParseOGSPoints(all, size)
	if err != nil {
		return err
	}
	g.change(func(n *State) { n.Removed, n.Accepted = all, [3]*string{} })
	g.tell(game.RemovalChanged{Dead: dead})
	return nil
}

func (g *Game) accepted(data json.RawMessage) error {
	var w struct {
		Player  *ID `json:"player_id"`
		Stones  *string
		Phase   game.Phase
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
		if w.Phase == game.Over {
			n.Phase = game.Over
			if w.Stones != nil {
				n.Removed = *w.Stones
			}
			n.Result, n.Score = w.result([3]ID{board.Black: n.Players[board.Black].ID, board.White: n.Players[board.White].ID})
		}
	})
	g.tell(game.RemovalAccepted{By: by})
	if g.st.Phase == game.Over {
		g.finish(g.st.Result.Words != "")
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
			if g.st.AutoResign[c].IsZero() {
				return nil // nothing was told that could be taken back
			}
			at = time.Time{}
		}
		if at.Sub(g.s.ServerNow()) > maxTime {
			return fmt.Errorf("%v is to resign in %v", c, at)
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
