package ogstest

import (
	"encoding/json"
	"math"
	"strconv"
	"time"

	"github.com/gobancam/gobancam/board"
)

// end finishes the game.
func (g *Game) end(outcome string, winner board.Color) {
	g.phase, g.outcome, g.winner, g.ended = "finished", outcome, winner, time.Now()
	g.undo = nil
	g.stopTimers()
	g.note("end %s", outcome)
	for c := range g.s.sockets {
		if c.games[g.ID] {
			g.sendData(c)
		}
	}
	g.toAll("phase", "finished")
	g.changed()
	for _, u := range g.players[board.Black:] {
		g.s.notify(u, "gameEnded", map[string]any{"game_id": g.ID, "outcome": outcome, "black_lost": winner == board.White,
			"white_lost": winner == board.Black, "annulled": g.annulled})
	}
}

func (g *Game) requestUndo(by *User) {
	count := 1
	if g.color(by) == g.board.ToMove() && g.board.MoveCount() > 1 {
		count = 2
	}
	g.undo = &undo{g.board.MoveCount(), count, by}
	if g.s.opt.OldForms {
		g.undo.count = 1
		g.toAll("undo_requested", strconv.Itoa(g.undo.number))
	} else {
		g.toAll("undo_requested", map[string]any{"move_number": g.undo.number, "requested_by": by.ID, "undo_move_count": count})
	}
	if o := g.opponents[g.color(by).Opponent()]; o != nil && o.AcceptUndo {
		u := g.players[g.color(by).Opponent()]
		g.s.after(o.Delay, func() {
			if g.undo != nil && g.undo.by == by {
				g.acceptUndo(u)
			}
		})
	}
}

func (g *Game) acceptUndo(by *User) {
	u := g.undo
	g.undo = nil
	for range u.count {
		g.board.Undo()
	}
	g.times = g.times[:g.board.MoveCount()]
	g.clock.last = time.Now()
	clear(g.tried)
	g.note("undo %d %s", u.count, by.Name)
	if g.s.opt.OldForms {
		g.toAll("undo_accepted", u.number)
	} else {
		g.toAll("undo_accepted", map[string]any{"move_number": u.number, "undo_move_count": u.count})
	}
	g.tellClock()
}

func (g *Game) setRemoved(by *User, stones string, removed bool) bool {
	points, err := board.ParseOGSPoints(stones, g.spec.Size)
	have, _ := board.ParseOGSPoints(g.removed, g.spec.Size)
	if err != nil || len(points) == 0 {
		return false
	}
	set := board.SetOf(have...)
	for _, p := range points {
		if removed {
			set.Add(p)
		} else {
			set.Remove(p)
		}
	}
	g.removed, g.accepted = board.FormatOGSPoints(set.Points()), [3]*string{}
	g.note("mark %v %s %s", removed, stones, by.Name)
	g.toAll("removed_stones", map[string]any{"removed": removed, "stones": stones, "all_removed": g.removed})
	return true
}

// acceptedBy notes an agreement; nil stands for the server, which agrees for
// both.
func (g *Game) acceptedBy(u *User, stones string) {
	who := int64(0)
	if u == nil {
		g.accepted = [3]*string{board.Black: &stones, board.White: &stones}
	} else {
		who = u.ID
		g.accepted[g.color(u)] = &stones
		g.note("accept %s %s", stones, u.Name)
	}
	agreed := g.accepted[board.Black] != nil && g.accepted[board.White] != nil && *g.accepted[board.Black] == *g.accepted[board.White]
	event := map[string]any{"player_id": who, "stones": stones, "strict_seki_mode": false, "phase": g.phase,
		"players": map[string]any{"black": g.side(board.Black), "white": g.side(board.White)}}
	if !agreed {
		g.toAll("removed_stones_accepted", event)
		if o := g.opponents[g.color(u).Opponent()]; o != nil {
			g.opponentAccepts(g.color(u).Opponent(), o)
		}
		return
	}
	points, _ := board.ParseOGSPoints(stones, g.spec.Size)
	score := g.board.Score(board.SetOf(points...))
	g.score = &score
	winner := board.Empty
	switch m := score.Margin(); {
	case m > 0:
		winner = board.Black
	case m < 0:
		winner = board.White
	}
	outcome := strconv.FormatFloat(math.Abs(score.Margin()), 'f', -1, 64) + " points"
	event["phase"], event["outcome"], event["score"], event["end_time"], event["winner"] = "finished", outcome, scoreJSON(score), time.Now().Unix(), 0
	if winner != board.Empty {
		event["winner"] = g.players[winner].ID
	}
	g.toAll("removed_stones_accepted", event)
	g.end(outcome, winner)
}

func (g *Game) rejectRemoval(by *User) {
	g.phase, g.removed, g.accepted = "play", "", [3]*string{}
	first := g.board.ToMove()
	if g.rules.OpponentResumes {
		first = g.color(by).Opponent()
	}
	g.board.Resume(first)
	g.clock.resume("stone-removal", time.Now())
	g.clock.last = time.Now()
	g.note("reject %s", by.Name)
	g.toAll("phase", "play")
	g.tellClock()
}

func (g *Game) say(by *User, kind string, number int, body json.RawMessage) {
	line := map[string]any{"channel": kind, "line": map[string]any{"chat_id": secret()[:10], "body": body, "date": time.Now().Unix(),
		"move_number": number, "username": by.Name, "player_id": by.ID}}
	g.chatLog = append(g.chatLog, line)
	g.toAll("chat", line)
}
