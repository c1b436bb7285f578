package vision

import (
	"math"

	"github.com/gobancam/gobancam/internal/grid"
)

// evidence is all that speaks for and against a grid: what the fine network
// sees at its crossings and around them, the printed lines, and the survey.
type evidence struct {
	Cross   float64 // mean probability of a crossing at the grid's own
	Weak    float64 // share of its crossings where there hardly is one
	Stray   float64 // crossings seen on the board but off the grid, per crossing
	Ring    float64 // mean probability of a crossing one cell outside
	Border  float64 // mean probability of a border crossing along the border
	Inner   float64 // and elsewhere on the board
	Corner  float64 // mean probability of a corner crossing at the corners
	InView  float64 // share of the crossings that lie in the picture
	Verge   float64 // share of the places one cell outside a side that lie outside the picture; the side with most
	Lead    float64 // log-likelihood over the best other choice of lines
	Overlap float64 // of the grid with where the survey saw one, 0..1
	Share   float64 // pieces of line found, of all in the picture
	Agree   float64 // of the pieces found, those that lie where they should
	Fit     float64 // median distance of found pieces, cells
	Edge    float64 // least share found of a border line
	Bare    float64 // share of lines of which nothing was found
	Beyond  float64 // share of pieces found one cell outside the board
}

// crossings weighs what the fine network saw at the crossings of g, and
// whether another choice of lines would explain the picture better.
func (e *evidence) crossings(f *flat, k *ink, g *grid.Grid) {
	n := g.Size()
	l := &lattice{g: g, span: n}
	t := f.table(l)
	t.lines(l, k)
	var cross, weak, nodes, ring, ringNodes, border, borderNodes, inner, innerNodes, corner, corners float64
	var verge [4]float64
	for j := -1; j <= n; j++ {
		for i := -1; i <= n; i++ {
			c := t.at(i, j)
			if c == nil || !c.seen {
				if c == nil || !c.beyond {
					for side, out := range [4]bool{i < 0, i == n, j < 0, j == n} {
						if out {
							verge[side] += 1 / float64(n+2)
						}
					}
				}
				continue
			}
			if i < 0 || j < 0 || i == n || j == n {
				ring += c.cross
				ringNodes++
				continue
			}
			nodes++
			cross += c.cross
			if c.cross < 0.3 {
				weak++
			}
			ex, ey := i == 0 || i == n-1, j == 0 || j == n-1
			if ex || ey {
				border += c.border
				borderNodes++
			} else {
				inner += c.border
				innerNodes++
			}
			if ex && ey {
				corner += c.corner
				corners++
			}
		}
	}
	mean := func(sum, n float64) float64 { return sum / max(1, n) }
	e.Cross, e.Weak, e.Ring = mean(cross, nodes), mean(weak, nodes), mean(ring, ringNodes)
	e.Border, e.Inner, e.Corner = mean(border, borderNodes), mean(inner, innerNodes), mean(corner, corners)
	e.InView = nodes / float64(n*n)
	e.Verge = max(verge[0], verge[1], verge[2], verge[3])
	stray := 0.0
	for _, p := range f.peaks() {
		u, v := g.Board(f.pixel(p.x, p.y))
		if u < -0.4 || v < -0.4 || u > float64(n)-0.6 || v > float64(n)-0.6 {
			continue
		}
		if math.Hypot(u-math.Round(u), v-math.Round(v)) > 0.25 {
			stray++
		}
	}
	e.Stray = mean(stray, nodes)
	own, other := math.Inf(-1), math.Inf(-1)
	for _, w := range t.frame(append([]int{n}, Sizes...)) {
		if w.i0 == 0 && w.j0 == 0 && w.size == n {
			own = w.score
		} else {
			other = max(other, w.score)
		}
	}
	e.Lead = own - other
}

// lines weighs the grid against the printed lines.
func (e *evidence) lines(k *ink, g *grid.Grid, strokes []stroke) {
	n := g.Size()
	pieces, found := 0, 0
	type line struct{ seen, found int }
	rows, columns := make([]line, n), make([]line, n)
	for _, t := range strokes {
		if !t.seen {
			continue
		}
		l := &rows[int(t.v)]
		if !t.along {
			l = &columns[int(t.u)]
		}
		pieces++
		l.seen++
		if t.found {
			found++
			if math.Abs(t.offset) < 0.1 {
				l.found++
			}
		}
	}
	e.Share = float64(found) / float64(max(1, pieces))
	e.Fit, _ = fitness(strokes)
	e.Edge, e.Bare = 1, 0
	for i := range n {
		for _, l := range []line{rows[i], columns[i]} {
			if l.found == 0 {
				e.Bare += 1 / float64(2*n)
			}
			if i == 0 || i == n-1 {
				e.Edge = min(e.Edge, float64(l.found)/float64(max(1, l.seen)))
			}
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
func (e *evidence) confidence() float64 { return 1 / (1 + math.Exp(-e.odds())) }

// meant is the probability that the grid is right whose corners somebody gave.
// People seldom give wrong ones, and of those of a label moved by a line none
// looked likelier than three to one: a little is added.
func (e *evidence) meant() float64 { return 1 / (1 + math.Exp(-e.odds()-1)) }

// likelihood orders different grids of one picture. One that ends with the
// picture explains crossings beyond it that nobody sees: before it is taken, it
// has to be likelier by far than one that lies wholly in the picture.
func (e *evidence) likelihood() float64 { return e.odds() - 3*e.cut() }

// cut is how much of a side lies at the end of the picture, beyond its half: 0
// to 1. The lines can only be counted from the other side there, and a second
// border or the edge of the wood may be taken for a line.
func (e *evidence) cut() float64 { return max(0, 2*e.Verge-1) }

// odds are the log-odds that the grid is right: logistic regression on right
// and wrong grids of photographs and renders, whole and cut at a side, in which a
// wrong grid counts three times, one at the end of a picture eight times
// (train/judge.py).
func (e *evidence) odds() float64 {
	return -22.15 +
		15.31*e.Agree + 7.98*e.Overlap + 4.97*max(-1, min(1, e.Lead/40)) -
		2.38*e.Cross - 2.25*e.Weak - 1.84*e.Stray - 2.45*e.Ring + 0.20*e.Border - 1.68*e.Inner + 4.44*e.Corner - 0.78*e.Share + 3.31*e.Edge - 1.93*e.Bare - 8.85*e.Beyond + 0.07*e.InView - 0.99*e.cut()
}
