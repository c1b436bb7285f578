package vision

import (
	"math"
	"sort"

	"gocv.io/x/gocv"

	"github.com/gobancam/gobancam/grid"
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
	blob := s.blob()
	if len(blob) == 0 {
		return nil
	}
	quad, ok := enclose(convexHull(blob))
	if !ok {
		return nil
	}
	var out [][4]grid.Pt
	if snapped, moved := s.snap(quad); moved {
		out = append(out, s.scaled(snapped))
	}
	out = append(out, s.scaled(quad))
	// What was taken for the board may be a part of it, or more than it.
	mid := quad[0].Add(quad[1]).Add(quad[2]).Add(quad[3]).Scale(0.25)
	for _, f := range []float64{1.35, 0.75} {
		var other [4]grid.Pt
		for i, p := range quad {
			other[i] = mid.Add(p.Sub(mid).Scale(f))
		}
		out = append(out, s.scaled(other))
	}
	return out
}

func (s *survey) scaled(q [4]grid.Pt) [4]grid.Pt {
	for i, p := range q {
		q[i] = grid.Pt{X: (p.X+0.5)*s.sx - 0.5, Y: (p.Y+0.5)*s.sy - 0.5}
	}
	return q
}

// blob returns the outline pixels' corners of the largest connected part of
// the inside plane.
func (s *survey) blob() []grid.Pt {
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
		return nil
	}
	var out []grid.Pt
	for i, l := range label {
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
	return out
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

// snap moves the corners of a quadrilateral to the peaks of the corner plane
// near them.
func (s *survey) snap(q [4]grid.Pt) ([4]grid.Pt, bool) {
	side := math.Inf(1)
	for i := range q {
		side = min(side, q[i].Dist(q[(i+1)%4]))
	}
	moved := false
	out := q
	for i, c := range q {
		r := max(2, 0.18*side)
		best, at := 0.25, c
		for y := int(c.Y - r); y <= int(c.Y+r)+1; y++ {
			for x := int(c.X - r); x <= int(c.X+r)+1; x++ {
				d := math.Hypot(float64(x)-c.X, float64(y)-c.Y)
				if d > r {
					continue
				}
				if v := s.corner.get(x, y) * (1 - 0.4*d/r); v > best {
					best = v
					at = grid.Pt{
						X: float64(x) + summit(s.corner.get(x-1, y), s.corner.get(x, y), s.corner.get(x+1, y)),
						Y: float64(y) + summit(s.corner.get(x, y-1), s.corner.get(x, y), s.corner.get(x, y+1)),
					}
					moved = true
				}
			}
		}
		out[i] = at
	}
	return out, moved
}
