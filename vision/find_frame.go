package vision

import (
	"math"
	"sort"

	"github.com/gobancam/gobancam/internal/grid"
)

// window is a choice of the lattice's lines as the board's.
type window struct {
	i0, j0, size int
	score        float64 // twice the log-likelihood, up to a constant
}

// unseen is the log-odds of a crossing outside the picture: most pictures show
// the whole board.
const unseen = -1

// most is the number of lines of a table, each way.
const most = 31

// node is what the fine network saw at one place of a lattice: probabilities.
type node struct {
	seen                  bool // it lies in the picture and in the flat view
	beyond                bool // it lies in the picture, but not in the flat view
	cross, border, corner float64
	right, down           float64 // what the pieces of line to the next nodes say for being on the board
}

// table is what was seen at the places of a lattice, from its line lo on.
type table struct {
	lo    int
	nodes [most][most]node
}

func (t *table) at(i, j int) *node {
	i, j = i-t.lo, j-t.lo
	if i < 0 || j < 0 || i >= most || j >= most {
		return nil
	}
	return &t.nodes[j][i]
}

// table looks the places of a lattice up in the flat view.
func (f *flat) table(l *lattice) *table {
	t := &table{lo: l.span/2 - most/2}
	spec := l.g.Spec()
	for j := range most {
		for i := range most {
			u, v := float64(t.lo+i), float64(t.lo+j)
			p := l.g.At(u, v, 0)
			if !(p.X >= 0 && p.Y >= 0 && p.X <= float64(spec.Width-1) && p.Y <= float64(spec.Height-1)) {
				continue
			}
			if qu, qv := l.g.Board(p); math.Hypot(qu-u, qv-v) > 0.1 {
				continue // behind the camera, or beyond the lens
			}
			x, y := f.place(p)
			if !(x >= 0 && y >= 0 && x <= float64(f.crossing.w-1) && y <= float64(f.crossing.h-1)) {
				t.nodes[j][i].beyond = true
				continue
			}
			px, py := f.place(l.g.At(u+0.5, v, 0))
			r := max(1, 0.5*math.Hypot(px-x, py-y))
			t.nodes[j][i] = node{
				seen:   true,
				cross:  f.crossing.best(x, y, r),
				border: f.border.best(x, y, r),
				corner: f.corner.best(x, y, r),
			}
		}
	}
	return t
}

// reach returns the square of the lattice that the clear crossings span, if
// they go on where the flat view ends, and nil if the view shows them all.
func (t *table) reach(l *lattice) *grid.Grid {
	var rows, columns [most]int
	var open [4]int // clear crossings at the view's left, right, upper and lower end
	for j := 1; j < most-1; j++ {
		for i := 1; i < most-1; i++ {
			if !(t.nodes[j][i].cross > 0.5) {
				continue
			}
			rows[j]++
			columns[i]++
			for k, n := range [4]*node{&t.nodes[j][i-1], &t.nodes[j][i+1], &t.nodes[j-1][i], &t.nodes[j+1][i]} {
				if n.beyond {
					open[k]++
				}
			}
		}
	}
	const few = 3
	if max(open[0], open[1], open[2], open[3]) < few {
		return nil
	}
	span := func(count *[most]int) (lo, hi int) {
		lo, hi = most, -1
		for i, n := range count {
			if n >= few {
				lo, hi = min(lo, i), max(hi, i)
			}
		}
		return lo, hi
	}
	i0, i1 := span(&columns)
	j0, j1 := span(&rows)
	if i1-i0 < few || j1-j0 < few {
		return nil
	}
	// What is not in view may be as much again as the view has around.
	more := func(lo, hi *int, low, high int) {
		by := (*hi - *lo + 5) / 6
		if low >= few {
			*lo -= by
		}
		if high >= few {
			*hi += by
		}
	}
	more(&i0, &i1, open[0], open[1])
	more(&j0, &j1, open[2], open[3])
	// A board is square: the shorter way lacks what is not in view.
	widen := func(lo, hi *int, by, low, high int) {
		switch {
		case low < few && high >= few:
			*hi += by
		case high < few && low >= few:
			*lo -= by
		default:
			*lo -= by / 2
			*hi += by - by/2
		}
	}
	if w, h := i1-i0, j1-j0; w < h {
		widen(&i0, &i1, h-w, open[0], open[1])
	} else {
		widen(&j0, &j1, w-h, open[2], open[3])
	}
	g, err := l.cut(window{i0: t.lo + i0, j0: t.lo + j0, size: i1 - i0 + 1})
	if err != nil {
		return nil
	}
	return g
}

// lines looks for the printed lines between the nodes of the table.
func (t *table) lines(l *lattice, k *ink) {
	say := func(s stroke) float64 {
		switch {
		case !s.seen:
			return 0
		case !s.found:
			return -0.25 // stones hide lines
		case math.Abs(s.offset) < 0.12:
			return 1.2
		}
		return 0
	}
	for j := range most {
		for i := range most {
			u, v := float64(t.lo+i), float64(t.lo+j)
			n := &t.nodes[j][i]
			if i+1 < most && n.seen && t.nodes[j][i+1].seen {
				n.right = say(k.look(l.g, u+0.5, v, true, 0.25))
			}
			if j+1 < most && n.seen && t.nodes[j+1][i].seen {
				n.down = say(k.look(l.g, u, v+0.5, false, 0.25))
			}
		}
	}
}

// halved returns the lattice of every other line each way, if the printed lines
// say that those between do not exist: wide cells of an empty board can be
// taken for two.
func (l *lattice) halved(t *table) *lattice {
	which := func(piece func(*node) float64, line func(i, j int) int) (parity int, ok bool) {
		var seen, found [2]float64
		for j := range most {
			for i := range most {
				p := (line(i, j) + t.lo) & 1
				switch x := piece(&t.nodes[j][i]); {
				case x > 0:
					found[p]++
					seen[p]++
				case x < 0:
					seen[p]++
				}
			}
		}
		if seen[0] < 16 || seen[1] < 16 {
			return 0, false
		}
		a, b := found[0]/seen[0], found[1]/seen[1]
		if b > a {
			a, b, parity = b, a, 1
		}
		if !(a > 0.4 && b < 0.2*a) {
			return 0, false
		}
		return parity, true
	}
	v0, rows := which(func(n *node) float64 { return n.right }, func(_, j int) int { return j })
	u0, columns := which(func(n *node) float64 { return n.down }, func(i, _ int) int { return i })
	if !rows && !columns {
		return nil
	}
	spec := l.g.Spec()
	spec.Size, spec.Focal = max(2, l.span/2), 0
	step := func(halve bool) float64 {
		if halve {
			return 2 * float64(spec.Size-1)
		}
		return float64(spec.Size - 1)
	}
	u, v, du, dv := float64(u0), float64(v0), step(columns), step(rows)
	spec.Corners = [4]grid.Pt{l.g.At(u, v, 0), l.g.At(u+du, v, 0), l.g.At(u+du, v+dv, 0), l.g.At(u, v+dv, 0)}
	g, err := grid.New(spec)
	if err != nil {
		return nil
	}
	return &lattice{g: g, span: spec.Size}
}

// frame weighs every choice of the lattice's lines as the board's, for boards
// of the given sizes, and returns them best first.
func (t *table) frame(sizes []int) []window {
	// What each node says when it is on the board, on its border, a corner,
	// against when it is not; summed up to the left and above.
	type sums [most + 1][most + 1]float64
	var cross, border, corner, right, down, seen sums
	for j := range most {
		for i := range most {
			c := &t.nodes[j][i]
			add := func(s *sums, v float64) {
				s[j+1][i+1] = v + s[j][i+1] + s[j+1][i] - s[j][i]
			}
			if c.seen {
				add(&cross, logit(c.cross))
			} else {
				add(&cross, unseen)
			}
			if c.seen {
				add(&border, logit(c.border))
				add(&corner, 2*logit(c.corner))
			} else {
				add(&border, 0)
				add(&corner, 0)
			}
			if c.seen {
				add(&seen, 1)
			} else {
				add(&seen, 0)
			}
			add(&right, c.right)
			add(&down, c.down)
		}
	}
	box := func(s *sums, i0, j0, i1, j1 int) float64 { // half open
		return s[j1][i1] - s[j0][i1] - s[j1][i0] + s[j0][i0]
	}
	var out []window
	for _, n := range sizes {
		for j0 := 0; j0+n <= most; j0++ {
			for i0 := 0; i0+n <= most; i0++ {
				i1, j1 := i0+n, j0+n
				if box(&seen, i0, j0, i1, j1) < 0.4*float64(n*n) {
					continue
				}
				score := box(&cross, i0, j0, i1, j1) +
					box(&right, i0, j0, i1-1, j1) + box(&down, i0, j0, i1, j1-1) +
					box(&border, i0, j0, i1, j1) - box(&border, i0+1, j0+1, i1-1, j1-1)
				for _, q := range [4][2]int{{i0, j0}, {i1 - 1, j0}, {i0, j1 - 1}, {i1 - 1, j1 - 1}} {
					score += box(&corner, q[0], q[1], q[0]+1, q[1]+1)
				}
				out = append(out, window{t.lo + i0, t.lo + j0, n, score})
			}
		}
	}
	sort.Slice(out, func(a, b int) bool { return out[a].score > out[b].score })
	return out
}

// logit bounds the log-odds that one place can contribute.
func logit(p float64) float64 {
	return max(-3, min(3, math.Log((p+1e-4)/(1-p+1e-4))))
}

// cut returns the board's grid for a window of the lattice.
func (l *lattice) cut(w window) (*grid.Grid, error) {
	spec := l.g.Spec()
	spec.Size, spec.Focal = w.size, 0
	n := float64(w.size - 1)
	u, v := float64(w.i0), float64(w.j0)
	spec.Corners = [4]grid.Pt{l.g.At(u, v, 0), l.g.At(u+n, v, 0), l.g.At(u+n, v+n, 0), l.g.At(u, v+n, 0)}
	return grid.New(spec)
}
