package vision

import (
	"math"
	"sort"

	"gocv.io/x/gocv"

	"github.com/gobancam/gobancam/internal/grid"
)

// proposals are rough grids to start from, the likeliest first.
func (s *survey) proposals(img gocv.Mat, near *grid.Grid) []*grid.Grid {
	var out []*grid.Grid
	if near != nil {
		out = append(out, near)
	}
	for _, q := range s.quads() {
		spec := grid.Spec{Size: 2, Width: img.Cols(), Height: img.Rows(), Corners: q}
		if g, err := grid.New(spec); err == nil {
			out = append(out, g)
		}
	}
	return out
}

// quads proposes where the board's four corner crossings are, in pixels of the
// picture, the likeliest first.
func (s *survey) quads() [][4]grid.Pt {
	blob, outline := s.blob()
	if blob == nil {
		return nil
	}
	hull := convexHull(outline)
	var starts [][4]grid.Pt
	if q, ok := enclose(hull); ok {
		starts = append(starts, q)
	}
	starts = append(starts, s.cornered(hull)...)
	if len(starts) == 0 {
		return nil
	}
	score := func(q [4]grid.Pt) float64 {
		v := likeness(blob, q)
		for _, c := range q {
			v += 0.08 * s.corner.at(c.X, c.Y)
		}
		return v
	}
	scores := make(map[[4]grid.Pt]float64, len(starts))
	for _, q := range starts {
		scores[q] = score(q)
	}
	sort.SliceStable(starts, func(a, b int) bool { return scores[starts[a]] > scores[starts[b]] })
	best := climb(starts[0], score)
	out := [][4]grid.Pt{s.scaled(best)}
	for _, q := range starts[1:] {
		if apart(q, best) > 0.1 {
			out = append(out, s.scaled(climb(q, score)))
			break
		}
	}
	// What was taken for the board may be a part of it, or more than it.
	mid := best[0].Add(best[1]).Add(best[2]).Add(best[3]).Scale(0.25)
	for _, f := range []float64{1.35, 0.75} {
		var other [4]grid.Pt
		for i, p := range best {
			other[i] = mid.Add(p.Sub(mid).Scale(f))
		}
		out = append(out, s.scaled(other))
	}
	return out
}

// apart is how far the corner of p that is farthest from all corners of q is
// from them, in units of q's longest diagonal.
func apart(p, q [4]grid.Pt) float64 {
	far := 0.0
	for _, a := range p {
		near := math.Inf(1)
		for _, b := range q {
			near = min(near, a.Dist(b))
		}
		far = max(far, near)
	}
	return far / max(q[0].Dist(q[2]), q[1].Dist(q[3]))
}

// cornered returns the convex quadrilaterals between peaks of the corner plane
// that lie near the outline of the blob, clockwise.
func (s *survey) cornered(hull []grid.Pt) [][4]grid.Pt {
	m := &s.corner
	size := 0.0
	for _, p := range hull {
		size = max(size, p.Dist(hull[0]))
	}
	var found []peak
	for y := range m.h {
		for x := range m.w {
			c := m.get(x, y)
			if c < 0.15 {
				continue
			}
			highest := true
			for dy := -1; dy <= 1; dy++ {
				for dx := -1; dx <= 1; dx++ {
					v := m.get(x+dx, y+dy)
					highest = highest && (v < c || v == c && (dy > 0 || dy == 0 && dx >= 0))
				}
			}
			near := math.Inf(1)
			for _, p := range hull {
				near = min(near, p.Dist(grid.Pt{X: float64(x), Y: float64(y)}))
			}
			if highest && near < 0.2*size {
				found = append(found, peak{
					float64(x) + summit(m.get(x-1, y), c, m.get(x+1, y)),
					float64(y) + summit(m.get(x, y-1), c, m.get(x, y+1)), c,
				})
			}
		}
	}
	sort.SliceStable(found, func(a, b int) bool { return found[a].p > found[b].p })
	found = found[:min(8, len(found))]
	var out [][4]grid.Pt
	for a := range found {
		for b := a + 1; b < len(found); b++ {
			for c := b + 1; c < len(found); c++ {
				for d := c + 1; d < len(found); d++ {
					var four []grid.Pt
					for _, i := range [4]int{a, b, c, d} {
						four = append(four, grid.Pt{X: found[i].x, Y: found[i].y})
					}
					if h := convexHull(four); len(h) == 4 {
						out = append(out, [4]grid.Pt(h))
					}
				}
			}
		}
	}
	return out
}

// likeness is the intersection over union of a plane and a convex
// quadrilateral that goes clockwise.
func likeness(m *heat, q [4]grid.Pt) float64 {
	both, either := 0.0, 0.0
	for y := range m.h {
		// The part of the row that is inside.
		lo, hi := 0.0, float64(m.w-1)
		for i := range q {
			a, b := q[i], q[(i+1)%4]
			// turn(a, b, (x, y)) is slope·x + at.
			slope, at := -(b.Y - a.Y), (b.X-a.X)*(float64(y)-a.Y)+(b.Y-a.Y)*a.X
			switch {
			case slope > 0:
				lo = max(lo, -at/slope)
			case slope < 0:
				hi = min(hi, -at/slope)
			case at < 0:
				lo = math.Inf(1)
			}
		}
		for x := range m.w {
			in := max(0, min(1, float64(x)-lo+0.5)) * max(0, min(1, hi-float64(x)+0.5))
			v := float64(m.p[y*m.w+x])
			both += in * v
			either += in + v - in*v
		}
	}
	return both / max(1, either)
}

// climb moves the corners of a quadrilateral one coordinate at a time to where
// its score is highest.
func climb(q [4]grid.Pt, score func([4]grid.Pt) float64) [4]grid.Pt {
	best := score(q)
	for _, step := range []float64{3, 1.5, 0.7, 0.3} {
		for range 4 {
			better := false
			for k := range 8 {
				for _, d := range []float64{step, -step} {
					next := q
					if k%2 == 0 {
						next[k/2].X += d
					} else {
						next[k/2].Y += d
					}
					if v := score(next); v > best {
						q, best, better = next, v, true
					}
				}
			}
			if !better {
				break
			}
		}
	}
	return q
}

func (s *survey) scaled(q [4]grid.Pt) [4]grid.Pt {
	for i, p := range q {
		q[i] = grid.Pt{X: (p.X+0.5)*s.sx - 0.5, Y: (p.Y+0.5)*s.sy - 0.5}
	}
	return q
}

// blob returns the largest connected part of the inside plane, without the
// others, and its outline.
func (s *survey) blob() (*heat, []grid.Pt) {
	m := &s.inside
	label := make([]int, m.w*m.h)
	var stack []int
	best, bestMass, next := 0, 0.0, 0
	for start, p := range m.p {
		if p < 0.5 || label[start] != 0 {
			continue
		}
		next++
		label[start] = next
		stack = append(stack[:0], start)
		mass := 0.0
		for len(stack) > 0 {
			c := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			mass += float64(m.p[c])
			x := c % m.w
			for _, d := range [4]int{-1, 1, -m.w, m.w} {
				n := c + d
				if n < 0 || n >= len(label) || label[n] != 0 || m.p[n] < 0.5 ||
					(d == -1 && x == 0) || (d == 1 && x == m.w-1) {
					continue
				}
				label[n] = next
				stack = append(stack, n)
			}
		}
		if mass > bestMass {
			best, bestMass = next, mass
		}
	}
	if bestMass < 20 {
		return nil, nil
	}
	alone := &heat{m.w, m.h, make([]float32, len(m.p))}
	var out []grid.Pt
	for i, l := range label {
		if l == best || l == 0 {
			alone.p[i] = m.p[i]
		}
		if l != best {
			continue
		}
		x, y := i%m.w, i/m.w
		// Where the half-way value is crossed, to a part of a pixel.
		for _, d := range [4][2]int{{-1, 0}, {1, 0}, {0, -1}, {0, 1}} {
			here, there := m.get(x, y), m.get(x+d[0], y+d[1])
			if there < 0.5 {
				f := (here - 0.5) / (here - there + 1e-9)
				out = append(out, grid.Pt{X: float64(x) + f*float64(d[0]), Y: float64(y) + f*float64(d[1])})
			}
		}
	}
	return alone, out
}

// convexHull returns the hull clockwise on the screen (Andrew's monotone
// chain).
func convexHull(p []grid.Pt) []grid.Pt {
	sort.Slice(p, func(a, b int) bool { return p[a].X < p[b].X || p[a].X == p[b].X && p[a].Y < p[b].Y })
	half := func(p []grid.Pt) []grid.Pt {
		var h []grid.Pt
		for _, q := range p {
			for len(h) >= 2 && turn(h[len(h)-2], h[len(h)-1], q) <= 0 {
				h = h[:len(h)-1]
			}
			h = append(h, q)
		}
		return h[:len(h)-1]
	}
	rev := make([]grid.Pt, len(p))
	for i, q := range p {
		rev[len(p)-1-i] = q
	}
	if len(p) < 3 {
		return p
	}
	return append(half(p), half(rev)...)
}

// turn is positive when a, b, c turn clockwise on the screen.
func turn(a, b, c grid.Pt) float64 {
	return (b.X-a.X)*(c.Y-a.Y) - (b.Y-a.Y)*(c.X-a.X)
}

// enclose reduces a convex polygon to four corners by giving up, again and
// again, the side whose loss adds the least area.
func enclose(hull []grid.Pt) (q [4]grid.Pt, ok bool) {
	h := append([]grid.Pt(nil), hull...)
	for len(h) > 4 {
		n := len(h)
		best, at, put := math.Inf(1), -1, grid.Pt{}
		for i := range h { // the side from i to i+1 goes; its neighbours meet
			a, b, c, d := h[(i+n-1)%n], h[i], h[(i+1)%n], h[(i+2)%n]
			x, met := meet(a, b, d, c)
			if !met {
				continue
			}
			if area := math.Abs(turn(b, x, c)) / 2; area < best {
				best, at, put = area, i, x
			}
		}
		if at < 0 {
			return q, false
		}
		h[at] = put
		j := (at + 1) % n
		h = append(h[:j], h[j+1:]...)
	}
	if len(h) < 4 {
		return q, false
	}
	copy(q[:], h)
	return q, true
}

// meet returns where the ray from a through b meets the ray from c through d,
// beyond b and d.
func meet(a, b, c, d grid.Pt) (grid.Pt, bool) {
	e, f := b.Sub(a), d.Sub(c)
	det := e.X*f.Y - e.Y*f.X
	if math.Abs(det) < 1e-9 {
		return grid.Pt{}, false
	}
	g := c.Sub(a)
	t := (g.X*f.Y - g.Y*f.X) / det
	s := (g.X*e.Y - g.Y*e.X) / det
	if t < 1-1e-9 || s < 1-1e-9 {
		return grid.Pt{}, false
	}
	return a.Add(e.Scale(t)), true
}
