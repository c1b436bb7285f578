package vision

import (
	"math"

	"github.com/gobancam/gobancam/internal/grid"
)

// warp is a small projective motion of the board within its own plane, to
// first order: a place x, y (in units of half a view from its middle) moves by
//
//	dx = p0 + p1·x + p2·y + p6·x² + p7·x·y
//	dy = p3 + p4·x + p5·y + p6·x·y + p7·y²
type warp [8]float64

func (w *warp) at(x, y float64) (dx, dy float64) {
	q := w[6]*x + w[7]*y
	return w[0] + w[1]*x + w[2]*y + q*x, w[3] + w[4]*x + w[5]*y + q*y
}

// edgePixel is a place of a reference view with something to hold on to.
type edgePixel struct {
	i      int     // index into lum
	x, y   float64 // as warp has them
	gx, gy float64 // gradient, grey levels per half view
}

// aligner finds out how a board moved between a reference view and others.
type aligner struct {
	edges []edgePixel
	half  float64 // half a view in pixels
}

// reference takes up the view to compare with, at the pixels for which use
// returns true.
func (a *aligner) reference(v *view, use func(x, y int) bool) {
	a.edges = a.edges[:0]
	a.half = float64(v.side-1) / 2
	// Few enough for every frame, spread over the board: the strongest of each
	// block of pixels.
	const least = 6
	step := min(5, 2+v.n/6)
	for y := 1; y+step < v.side; y += step {
		for x := 1; x+step < v.side; x += step {
			best, bi, bx, by := float32(least*least), -1, 0, 0
			for j := y; j < y+step; j++ {
				for i := x; i < x+step; i++ {
					k := j*v.side + i
					gx, gy := v.lum[k+1]-v.lum[k-1], v.lum[k+v.side]-v.lum[k-v.side]
					if m := gx*gx + gy*gy; m > best {
						best, bi, bx, by = m, k, i, j
					}
				}
			}
			if bi < 0 || !use(bx, by) {
				continue
			}
			a.edges = append(a.edges, edgePixel{
				i: bi,
				x: float64(bx)/a.half - 1, y: float64(by)/a.half - 1,
				gx: float64(v.lum[bi+1]-v.lum[bi-1]) / 2 * a.half,
				gy: float64(v.lum[bi+v.side]-v.lum[bi-v.side]) / 2 * a.half,
			})
		}
	}
}

// fit is the outcome of an alignment.
type fit struct {
	warp warp
	n    int     // edge pixels that took part
	good float64 // share of them that the warp explains
	gain float64 // by how much it lowers the mean of their truncated squared differences, 0 to 1
}

// alignParams are what is fitted: the warp, gain and offset.
const alignParams = 10

// alignCut is in grey levels; what differs by more is something else.
const alignCut = 12

// align returns the warp for which cur, at the places that the warp moves the
// reference's pixels to, looks like ref, up to brightness: Gauss-Newton with
// Huber's weights. It finds motions of up to about a pixel of the view. skip
// says which pixels of the reference do not count.
func (a *aligner) align(ref, cur *view, start warp, skip func(i int) bool) fit {
	first := 0.0
	out := fit{warp: start}
	l := glance{gain: 1, scale: 20, res: make([]float64, 0, len(a.edges))}
	for iter := range 9 {
		m := l.compare(a, ref, cur, &out.warp, skip)
		out.n = len(l.res)
		if out.n < 40 {
			return out
		}
		cost := 0.0
		for _, r := range l.res {
			cost += min(r, alignCut) * min(r, alignCut)
		}
		cost /= float64(out.n)
		if iter == 1 { // with brightness settled, before the warp is
			first = cost
		}
		if iter > 1 {
			out.gain = 1 - cost/max(first, 1e-9)
		}
		// A board half hidden says little of some motions; they stay as they
		// were.
		for r0, d := range [alignParams]float64{1, 4, 4, 1, 4, 4, 16, 16, 0, 0} {
			m[r0][r0] += d*float64(out.n)*25 + 1e-9
			if iter == 0 && d > 0 {
				m[r0][r0] += 1e18 // brightness first
			}
		}
		step, ok := solve(&m)
		if !ok {
			return out
		}
		moved := 0.0
		for k := range out.warp {
			out.warp[k] += step[k]
			moved = max(moved, math.Abs(step[k]))
		}
		l.gain += step[8] / 128
		l.offset += step[9]
		l.scale = max(4, 2.5*quantile(l.res, 0.5))
		if iter > 0 && moved*a.half < 0.005 {
			break
		}
	}
	good := 0
	for _, r := range l.res {
		if r <= alignCut {
			good++
		}
	}
	out.good = float64(good) / float64(len(l.res))
	return out
}

// glance is how the reference's edges were last found in the present view.
type glance struct {
	gain, offset float64   // the present view's brightness from the reference's
	scale        float64   // of the residuals, grey levels
	res          []float64 // absolute differences at the edges in view, grey levels
}

// compare looks at every edge where the warp moves it to, notes the differences
// and returns the normal equations of the step that would lessen them.
func (l *glance) compare(a *aligner, ref, cur *view, by *warp, skip func(i int) bool) (m [alignParams][alignParams + 1]float64) {
	l.res = l.res[:0]
	for k := range a.edges {
		e := &a.edges[k]
		if skip != nil && skip(e.i) {
			continue
		}
		dx, dy := by.at(e.x, e.y)
		px, py := (e.x+dx+1)*a.half, (e.y+dy+1)*a.half
		if px < 1 || py < 1 || px > float64(cur.side-2) || py > float64(cur.side-2) {
			continue
		}
		want := float64(ref.lum[e.i])
		ix, iy := int(px), int(py)
		fx, fy := px-float64(ix), py-float64(iy)
		q := cur.lum[iy*cur.side+ix:]
		p := cur.lum[(iy+1)*cur.side+ix:]
		seen := (float64(q[0])*(1-fx)+float64(q[1])*fx)*(1-fy) + (float64(p[0])*(1-fx)+float64(p[1])*fx)*fy
		r := seen - l.gain*want - l.offset
		l.res = append(l.res, math.Abs(r))
		w := 1.0
		if ar := math.Abs(r); ar > l.scale {
			w = l.scale / ar
			if ar > 4*l.scale {
				w = 0
			}
		}
		gx, gy := e.gx*l.gain, e.gy*l.gain
		t := gx*e.x + gy*e.y
		j := [alignParams]float64{gx, gx * e.x, gx * e.y, gy, gy * e.x, gy * e.y, t * e.x, t * e.y, -want / 128, -1}
		for r0 := range alignParams {
			wj := w * j[r0]
			for c := r0; c < alignParams; c++ {
				m[r0][c] += wj * j[c]
			}
			m[r0][alignParams] -= wj * r
		}
	}
	for r0 := range alignParams {
		for c := range r0 {
			m[r0][c] = m[c][r0]
		}
	}
	return m
}

// solve solves a symmetric system by elimination with pivoting.
func solve(m *[10][11]float64) (x [10]float64, ok bool) {
	n := len(m)
	for c := range n {
		p := c
		for r := c + 1; r < n; r++ {
			if math.Abs(m[r][c]) > math.Abs(m[p][c]) {
				p = r
			}
		}
		m[c], m[p] = m[p], m[c]
		if !(math.Abs(m[c][c]) > 1e-12) {
			return x, false
		}
		for r := range n {
			if r == c {
				continue
			}
			f := m[r][c] / m[c][c]
			for k := c; k <= n; k++ {
				m[r][k] -= f * m[c][k]
			}
		}
	}
	for i := range n {
		x[i] = m[i][n] / m[i][i]
	}
	return x, true
}

// move returns the grid that shows in a picture what g's would show if the
// board had moved by w, and the farthest that a corner moves, in line
// spacings.
func (a *aligner) move(v *view, g *grid.Grid, w *warp) (*grid.Grid, float64, error) {
	s := g.Spec()
	far := 0.0
	n := float64(g.Size() - 1)
	for i, c := range [4][2]float64{{0, 0}, {n, 0}, {n, n}, {0, n}} {
		px, py := v.pixel(c[0], c[1])
		dx, dy := w.at(px/a.half-1, py/a.half-1)
		du, dv := dx*a.half/viewCell, dy*a.half/viewCell
		far = max(far, math.Hypot(du, dv))
		s.Corners[i] = g.At(c[0]+du, c[1]+dv, 0)
	}
	moved, err := grid.New(s)
	return moved, far, err
}
