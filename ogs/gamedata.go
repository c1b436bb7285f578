package ogs

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
)

// hear weighs news that came by another way than the game's own events.
func (g *Game) hear(h hint) {
	if g.st == nil || g.ended || h.conn != g.conn {
		return
	}
	if h.phase == game.Over {
		g.hintEnd = true
		if g.st.Phase != game.Over {
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

func (g *Game) answer(err error) {
	if !g.joined {
		g.joined = true
		g.first <- err
	}
}

// gameData replaces the whole state.
func (g *Game) gameData(data json.RawMessage) {
	n, err := decodeGameData(data, g.s.Me().ID)
	if err == nil {
		err = g.believed(n)
	}
	if err != nil {
		g.unusable(err, data)
		return
	}
	if g.ended && n.Phase != game.Over || !g.at.ask.IsZero() {
		return // late news of a game that is over, or from before it is entered anew
	}
	g.asked, g.at.data, g.at.doubt, g.doubts = 0, time.Time{}, time.Time{}, nil
	g.bad, g.nonsense, g.at.again = 0, "", time.Time{}
	n.Live, n.Epoch = true, g.epoch
	if g.st != nil && n.Phase == game.Playing {
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
	case n.Phase == game.Over && n.Result.Words != "":
		g.finish(true)
	case n.Phase == game.Over, g.hintEnd:
		g.lookUp()
	}
}

// refresh sets what follows from a new state: the ticking of latency, the fall
// of the own flag, and the doubt when clock and moves disagree.
func (g *Game) refresh() {
	s, t := g.st, g.s.c.timing
	if g.at.latency.IsZero() && s.Me != board.Empty && s.Phase == game.Playing && s.Time.Classify(s.Width, s.Height) != Correspondence {
		g.at.latency = time.Now().Add(t.Latency)
	}
	g.at.flag = time.Time{}
	if s.Phase != game.Playing || s.Me == board.Empty || !s.Live {
		return
	}
	differs := func() bool {
		c := g.st.Clock.Color()
		return !g.ended && c != board.Empty && g.st.game != nil && g.st.Phase == game.Playing && c != g.st.game.ToMove()
	}
	if news := fmt.Sprintf("after %d moves the clock runs for %v", len(s.Moves), s.Clock.Color()); differs() && news != g.stale[1] {
		g.stale[1] = news
		g.suspect(news, t.Doubt, differs)
	}
	_, latency := g.s.Ping()
	if latency > 0 && s.Clock.Current == s.Players[s.Me].ID && !s.Clock.Paused && !s.Clock.StartMode {
		if left := s.Clock.At(g.s.ServerNow(), s.Time).Sides[s.Me].Left; left >= 0 {
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
			g.tell(game.Played{Number: p.Number, Move: board.Move{Color: m.Color, Point: m.Point}})
			g.settle(Played, "")
		} else {
			g.settle(Displaced, fmt.Sprintf("the server has %s there", m.Point.GTP(s.Width)))
		}
	case s.Phase == game.Over:
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
	g.tell(game.Finished{Result: g.st.Result})
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
				g.change(func(n *State) { n.Phase, n.Result, n.Score = game.Over, rec.Result, rec.Score })
				g.finish(true)
			case g.st.Phase == game.Over:
				g.finish(true) // over, without words for it
			case !g.st.Live: // the game data is still to come
			default:
				g.hintEnd = false
			}
		})
	}()
}
