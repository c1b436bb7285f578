// Package review looks at a game that was played: with an engine that can
// analyse, win rate and score over the moves, the largest swings, and what the
// engine would have played. It knows neither windows nor terminals.
package review

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/gobancam/gobancam/board"
)

// Analyst judges positions. Judge says how the player to move stands after the
// given moves, and what it would play.
type Analyst interface {
	Judge(ctx context.Context, g *board.Game) (Candidate, error)
}

// Position is what an engine makes of the position after a move.
type Position struct {
	Number int        // of the move, from 1; 0 is the beginning
	Move   board.Move // that led to it; not for 0
	Win    float64    // of Black, 0 to 1
	Score  float64    // points that Black is ahead; only if Scored
	Scored bool
	// What the engine would play next, and how it would go on.
	Next   board.Point
	PV     []board.Point
	Visits int
	// Lost is the win rate that the player lost with the move, as the engine
	// has it; negative for a gain.
	Lost      float64
	LostScore float64 // likewise in points, if this position and the one before are Scored
	Unknown   bool    // the engine did not say
}

// Review is a game with what an engine makes of it. It is immutable.
type Review struct {
	Size      int
	Positions []Position // from the beginning, one more than moves
	Scored    bool       // scores are known of all positions that are known
	Swings    []int      // numbers of the moves that cost most, the largest first; at most three
}

// maxSwings is how many swings are named, and swing the least of them.
const (
	maxSwings = 3
	swing     = 0.02
)

// Of has an analyst judge every position of a game. progress is told of each;
// it may be nil. What the analyst does not judge, for a position's sake, is
// Unknown; an error that ends the analyst ends the review, with what there is.
func Of(ctx context.Context, g *board.Game, a Analyst, progress func(done, all int)) (*Review, error) {
	all := g.MoveCount()
	return follow(ctx, g, a, func(r *Review) {
		if progress != nil {
			progress(len(r.Positions)-1, all)
		}
	})
}

// Follow is Of, and shows the review after each position, as far as it has come.
func Follow(ctx context.Context, g *board.Game, a Analyst, show func(*Review)) (*Review, error) {
	return follow(ctx, g, a, func(r *Review) {
		c := *r
		c.Positions = slices.Clone(r.Positions)
		c.finish()
		show(&c)
	})
}

func follow(ctx context.Context, g *board.Game, a Analyst, judged func(*Review)) (*Review, error) {
	r := &Review{Size: g.Size()}
	moves := g.Moves()
	at, err := start(g)
	if err != nil {
		return nil, err
	}
	for n := 0; n <= len(moves); n++ {
		p := Position{Number: n, Unknown: true}
		if n > 0 {
			p.Move = moves[n-1]
			if err := at.Force(p.Move); err != nil {
				return nil, err
			}
		}
		c, err := a.Judge(ctx, at.Clone())
		switch {
		case err != nil && !errors.Is(err, errUnjudged), ctx.Err() != nil:
			r.finish()
			return r, cmp.Or(context.Cause(ctx), err)
		case err == nil:
			p.take(c, at.ToMove())
		}
		r.Positions = append(r.Positions, p)
		judged(r)
	}
	r.finish()
	return r, nil
}

// start is the game before its first move.
func start(g *board.Game) (*board.Game, error) {
	if len(g.Edits()) > 0 {
		return nil, errors.New("stones were set up in the middle of the game, which an engine cannot be told")
	}
	return board.NewGame(g.Setup())
}

// take takes over a judgement that is the mover's.
func (p *Position) take(c Candidate, toMove board.Color) {
	p.Unknown = false
	p.Win, p.Score, p.Scored, p.Next, p.PV, p.Visits = c.Win, c.Score, c.Scored, c.Point, c.PV, c.Visits
	if toMove == board.White {
		p.Win, p.Score = 1-c.Win, -c.Score
	}
}

// finish works out what each move cost, and which cost most.
func (r *Review) finish() {
	r.Scored = true
	var costly []int
	for i := range r.Positions {
		p := &r.Positions[i]
		r.Scored = r.Scored && (p.Unknown || p.Scored)
		if i == 0 || p.Unknown || r.Positions[i-1].Unknown {
			continue
		}
		before := r.Positions[i-1]
		sign := 1.0
		if p.Move.Color == board.White {
			sign = -1
		}
		p.Lost = sign * (before.Win - p.Win)
		if p.Scored && before.Scored {
			p.LostScore = sign * (before.Score - p.Score)
		}
		if math.Abs(p.Lost) >= swing {
			costly = append(costly, i)
		}
	}
	slices.SortStableFunc(costly, func(a, b int) int {
		return cmp.Compare(math.Abs(r.Positions[b].Lost), math.Abs(r.Positions[a].Lost))
	})
	r.Swings = costly[:min(maxSwings, len(costly))]
}

// Words says of a position what is to be read beside a board.
func (r *Review) Words(n int) string {
	p := r.Positions[n]
	if p.Unknown {
		return "The engine did not judge this position."
	}
	s := fmt.Sprintf("Black wins with %.1f %%", 100*p.Win)
	if p.Scored {
		s += ", " + Lead(p.Score)
	}
	s += "."
	if n > 0 && p.Lost >= swing && !r.Positions[n-1].Unknown {
		s += fmt.Sprintf(" This move cost %.1f %%", 100*p.Lost)
		if p.Scored && r.Positions[n-1].Scored {
			s += fmt.Sprintf(" and %.1f points", p.LostScore)
		}
		s += "."
		if before := r.Positions[n-1]; before.Next != p.Move.Point {
			s += " The engine prefers " + before.Next.GTP(r.Size) + "."
		}
	}
	return s
}

// Lead writes a score as "B+3.5".
func Lead(score float64) string {
	v := math.Round(10*score) / 10
	switch {
	case v > 0:
		return fmt.Sprintf("B+%.1f", v)
	case v < 0:
		return fmt.Sprintf("W+%.1f", -v)
	}
	return "even"
}

// Annotate writes what the engine makes of each position into the comments of a
// record's main line, behind what stands there. The record must be that of the
// game.
func (r *Review) Annotate(root *board.Node) error {
	n := 0
	note := func(node *board.Node) {
		text := r.Words(n)
		if had := node.Text("C"); had != "" {
			text = had + "\n\n" + text
		}
		node.SetText("C", text)
	}
	for i, node := range root.MainLine() {
		if node.Has("B") || node.Has("W") {
			n++
		} else if i > 0 {
			continue
		}
		if n >= len(r.Positions) {
			return fmt.Errorf("the record has more moves than the %d that were looked at", len(r.Positions)-1)
		}
		note(node)
	}
	return nil
}
