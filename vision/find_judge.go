package vision

import (
	"math"

	"github.com/gobancam/gobancam/grid"
)

// evidence is all that speaks for and against a grid.
type evidence struct {
	Knots, Peaks int     // crossings that the lattice explains, of all seen
	Spread       float64 // their median distance from it, cells
	Lead         float64 // log-likelihood over the next best choice of lines
	Overlap      float64 // of the grid with where the survey saw one, 0..1
	Share        float64 // pieces of line found, of all in the picture
	Agree        float64 // found pieces of line that lie where they should
	Fit          float64 // median distance of found pieces, cells
	Edge         float64 // least share found of a border line
	Beyond       float64 // share of pieces found one cell outside the board
}

// weigh measures the grid against the printed lines and the survey.
func (e *evidence) weigh(k *ink, g *grid.Grid, strokes []stroke, s *survey) {
	n := g.Size()
	seen, found := 0, 0
	var edge, edgeSeen [4]int
	for _, t := range strokes {
		if !t.seen {
			continue
		}
		seen++
		side := -1
		switch {
		case t.along && t.v == 0:
			side = 0
		case t.along && t.v == float64(n-1):
			side = 1
		case !t.along && t.u == 0:
			side = 2
		case !t.along && t.u == float64(n-1):
			side = 3
		}
		if side >= 0 {
			edgeSeen[side]++
		}
		if t.found {
			found++
			if side >= 0 && math.Abs(t.offset) < 0.1 {
				edge[side]++
			}
		}
	}
	e.Share = float64(found) / float64(max(1, seen))
	e.Fit, _ = fitness(strokes)
	e.Edge = 1
	for i := range edge {
		if edgeSeen[i] > 0 {
			e.Edge = min(e.Edge, float64(edge[i])/float64(edgeSeen[i]))
		} else {
			e.Edge = 0
		}
	}
	// With a wide look, lines that are not there show as agreement by chance.
	wide, hit := 0, 0
	for _, t := range k.strokes(g, 0.45) {
		if t.found {
			wide++
			if math.Abs(t.offset) < 0.08 {
				hit++
			}
		}
	}
	e.Agree = float64(hit) / float64(max(1, wide))
	// What lines would go on beyond the border?
	out, lines := 0, 0
	for i := range n {
		for _, t := range []stroke{
			k.look(g, -0.5, float64(i), true, 0.1), k.look(g, float64(n)-0.5, float64(i), true, 0.1),
			k.look(g, float64(i), -0.5, false, 0.1), k.look(g, float64(i), float64(n)-0.5, false, 0.1),
		} {
			if t.seen {
				out++
				if t.found && t.strength > 4 {
					lines++
				}
			}
		}
	}
	e.Beyond = float64(lines) / float64(max(1, out))
	e.Overlap = s.overlap(g)
}

// overlap is the intersection over union of the grid and the survey's inside
// plane.
func (s *survey) overlap(g *grid.Grid) float64 {
	n := float64(g.Size() - 1)
	both, either := 0.0, 0.0
	m := &s.inside
	for y := range m.h {
		for x := range m.w {
			p := grid.Pt{X: (float64(x)+0.5)*s.sx - 0.5, Y: (float64(y)+0.5)*s.sy - 0.5}
			u, v := g.Board(p)
			in := 0.0
			if u >= 0 && v >= 0 && u <= n && v <= n && g.At(u, v, 0).Dist(p) < 1 {
				in = 1
			}
			q := m.get(x, y)
			both += min(in, q)
			either += max(in, q)
		}
	}
	return both / max(1, either)
}

// confidence is the probability that the grid is right.
func (e *evidence) confidence() float64 {
	z := -4.0 + 3*e.Agree + 2*e.Overlap + 0.15*min(20, e.Lead) + 3*(float64(e.Knots)/float64(max(1, e.Peaks))) - 20*e.Spread
	return 1 / (1 + math.Exp(-z))
}
