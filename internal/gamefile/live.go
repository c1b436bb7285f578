package gamefile

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/live"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/plain"
)

// Live is the game of a record for those who watch it: what Compose writes of
// the same base, game and labels, without the variations. ID, Began and all of
// the status but captures, turn, result and ending are the caller's to say.
func Live(base *board.Node, g *board.Game, l Labels) *live.Game {
	s := g.Setup()
	root := &board.Node{}
	if base != nil {
		root.Props = slices.Clone(base.Props)
	}
	l.sign(root)
	text := func(id string) string { return plain.Line(root.Text(id)) }
	out := &live.Game{
		Head: live.Head{Size: s.Size, Black: board.SetOf(s.Black...).Points(), White: board.SetOf(s.White...).Points(), First: s.First,
			Handicap: s.Handicap, Komi: s.Komi, Rules: s.Rules.Name,
			Players: [2]game.Player{{Name: text("PB"), Rank: text("BR")}, {Name: text("PW"), Rank: text("WR")}},
			Name:    text("GN"), Event: text("EV"), Round: text("RO"), Place: text("PC")},
		Status: live.Status{ToMove: g.ToMove(), Captures: [2]int{g.Captures(board.Black), g.Captures(board.White)}},
	}
	if l.Result != nil {
		out.Result, out.Ending, out.ToMove = l.Result.String(), live.Ending(game.Counted(*l.Result)), board.Empty
	}
	edits := g.Edits()
	edit := func(moves int) {
		for ; len(edits) > 0 && edits[0].At == moves; edits = edits[1:] {
			e := edits[0]
			out.Steps = append(out.Steps, live.Step{Setup: &live.Setup{Black: e.Black, White: e.White, Empty: e.Empty, ToMove: e.ToMove}, Note: e.Note})
		}
	}
	for i, m := range g.Moves() {
		edit(i)
		step := live.Step{Color: m.Color, Point: m.Point}
		if taken := g.CapturedBy(i); !taken.IsEmpty() {
			step.Taken = taken.Points()
		}
		if i < len(l.Played) {
			step.At, step.Note = max(tenths(l.Played[i].Time), 0), l.Played[i].Doubt
		}
		out.Steps = append(out.Steps, step)
	}
	edit(g.MoveCount())
	return out
}

// tenths is a time as GBCT writes it.
func tenths(t time.Duration) time.Duration {
	return time.Duration(math.Round(10*t.Seconds())) * (time.Second / 10)
}

// ComposeLive returns the record of a game that is watched, as Compose does of
// the game itself.
func ComposeLive(g *live.Game) ([]byte, error) {
	again, played, err := replay(g)
	if err != nil {
		return nil, fmt.Errorf("the game that is watched cannot be written down: %w", err)
	}
	l := Labels{Black: g.Players[0], White: g.Players[1], Name: g.Name, Place: g.Place, Date: g.Began, Played: played}
	if r, err := board.ParseResult(g.Result); err == nil && g.Result != "" {
		l.Result = &r
	}
	l.Sign = func(root *board.Node) {
		for id, text := range map[string]string{"EV": g.Event, "RO": g.Round} {
			if text != "" {
				root.SetText(id, plain.Line(text))
			}
		}
	}
	return Compose(nil, again, l)
}

// replay plays a game that is watched. What was seen of its moves is nil where
// nothing is known of any.
func replay(g *live.Game) (*board.Game, []match.Played, error) {
	rules, err := board.ParseRules(g.Rules)
	if err != nil {
		rules = board.Rules{Name: g.Rules}
	}
	if len(g.Black)+len(g.White) == 0 && g.First != board.White {
		rules.FreeHandicap = true // the handicap stones, if there are any, are moves
	}
	out, err := board.NewGame(board.Setup{Size: g.Size, Rules: rules, Komi: g.Komi, Handicap: g.Handicap, Black: g.Black, White: g.White, First: g.First})
	if err != nil {
		return nil, nil, err
	}
	var played []match.Played
	seen := false
	for i := range g.Steps {
		s := &g.Steps[i]
		if u := s.Setup; u != nil {
			pos := board.Edit{Black: u.Black, White: u.White, Empty: u.Empty}.On(out.Position())
			err = out.Edit(pos, u.ToMove, s.Note)
		} else {
			m := board.Move{Color: s.Color, Point: s.Point}
			err = out.Force(m)
			played = append(played, match.Played{Move: m, Time: s.At, Doubt: s.Note})
			seen = seen || s.At != 0 || s.Note != ""
		}
		if err != nil {
			return nil, nil, fmt.Errorf("step %d: %w", i+1, err)
		}
	}
	if out.Position() != g.Position(len(g.Steps)) {
		return nil, nil, errTaken
	}
	if !seen {
		played = nil
	}
	return out, played, nil
}

// errTaken says that a move took other stones than the rules have it take.
var errTaken = errors.New("it leads to another position than it says")
