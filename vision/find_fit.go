package vision

import (
	"math"

	"github.com/gobancam/gobancam/internal/grid"
)

// sight is a place of the board seen at a pixel. With a normal, only the
// distance across it counts: the place lies on a line whose position along
// itself says nothing.
type sight struct {
	u, v   float64
	p      grid.Pt
	normal grid.Pt // unit length, or zero
	weight float64
}

// miss returns how far g is from the sight, in pixels: across the normal, or
// in both directions.
func (s *sight) miss(g *grid.Grid) (a, b float64) {
	d := g.At(s.u, s.v, 0).Sub(s.p)
	if s.normal == (grid.Pt{}) {
		return d.X, d.Y
	}
	return d.X*s.normal.X + d.Y*s.normal.Y, 0
}

// lensDoubt is the standard deviation that the lens term of an unknown camera
// is believed to have, divided by the number of sights that this belief is
// worth (its root): sights err together, so a few of them must not bend the
// board.
const lensDoubt = 0.05 / 2

// fitPose moves the corners of g, and its lens term if lens is true, to where
// they explain the sights best: Levenberg and Marquardt's method on residuals
// in cells, under the weights of Geman and McClure, whose scale doubt says
// from what distance a sight is more likely to be of something else. It
// returns g itself when the sights do not determine a pose.
func fitPose(g *grid.Grid, sights []sight, lens bool, doubt float64, rounds int) *grid.Grid {
	if len(sights) < 8 {
		return g
	}
	params := 8
	if lens {
		params = 9
	}
	cell := make([]float64, len(sights))
	for i := range sights {
		cell[i] = max(1e-3, g.Cell(sights[i].u, sights[i].v))
	}
	residuals := func(g *grid.Grid, out []float64) {
		for i := range sights {
			a, b := sights[i].miss(g)
			out[2*i], out[2*i+1] = a/cell[i], b/cell[i]
		}
	}
	cost := func(g *grid.Grid, r []float64) float64 {
		sum := 0.0
		for i := range sights {
			d := r[2*i]*r[2*i] + r[2*i+1]*r[2*i+1]
			sum += sights[i].weight * d / (d + doubt*doubt)
		}
		k := g.Spec().K1 / lensDoubt
		return sum + 0.5*k*k
	}
	n := 2 * len(sights)
	r, step := make([]float64, n), make([]float64, n)
	jac := make([][]float64, params)
	for k := range jac {
		jac[k] = make([]float64, n)
	}
	residuals(g, r)
	now, damp := cost(g, r), 1e-3
	for range rounds {
		spec := g.Spec()
		spec.Focal = 0
		ok := true
		for k := range params {
			moved, by := nudge(spec, k)
			mg, err := grid.New(moved)
			if err != nil {
				ok = false
				break
			}
			residuals(mg, jac[k])
			for i := range n {
				jac[k][i] = (jac[k][i] - r[i]) / by
			}
		}
		if !ok {
			return g
		}
		var a [9][10]float64
		for i := range sights {
			d := r[2*i]*r[2*i] + r[2*i+1]*r[2*i+1]
			w := doubt * doubt / (d + doubt*doubt)
			w = sights[i].weight * w * w / (doubt * doubt)
			for row := range params {
				x, y := w*jac[row][2*i], w*jac[row][2*i+1]
				for col := row; col < params; col++ {
					a[row][col] += x*jac[col][2*i] + y*jac[col][2*i+1]
				}
				a[row][9] -= x*r[2*i] + y*r[2*i+1]
			}
		}
		if lens {
			a[8][8] += 1 / (lensDoubt * lensDoubt)
			a[8][9] -= spec.K1 / (lensDoubt * lensDoubt)
		}
		for row := range params {
			for col := range row {
				a[row][col] = a[col][row]
			}
		}
		better := false
		for range 6 {
			m := a
			for k := range params {
				m[k][k] += damp*m[k][k] + 1e-9
			}
			d, ok := solvePivot(&m, params)
			if !ok {
				return g
			}
			next := spec
			for k := range 4 {
				next.Corners[k] = next.Corners[k].Add(grid.Pt{X: d[2*k], Y: d[2*k+1]})
			}
			next.K1 = max(-0.45, min(0.45, next.K1+d[8]))
			ng, err := grid.New(next)
			if err == nil {
				residuals(ng, step)
				if c := cost(ng, step); c < now {
					better = now-c > 1e-6*now
					g, now = ng, c
					r, step = step, r
					damp = max(1e-6, damp/5)
					break
				}
			}
			damp *= 8
		}
		if !better {
			break
		}
	}
	return g
}

// nudge changes the k-th parameter a little.
func nudge(s grid.Spec, k int) (grid.Spec, float64) {
	if k == 8 {
		const by = 1e-4
		s.K1 += by
		return s, by
	}
	const by = 0.05
	if k%2 == 0 {
		s.Corners[k/2].X += by
	} else {
		s.Corners[k/2].Y += by
	}
	return s, by
}

// solvePivot solves the n×n system whose right side is column 9.
func solvePivot(m *[9][10]float64, n int) (x [9]float64, ok bool) {
	for c := range n {
		p := c
		for r := c + 1; r < n; r++ {
			if math.Abs(m[r][c]) > math.Abs(m[p][c]) {
				p = r
			}
		}
		m[c], m[p] = m[p], m[c]
		if !(math.Abs(m[c][c]) > 1e-15) {
			return x, false
		}
		for r := range n {
			if r == c {
				continue
			}
			f := m[r][c] / m[c][c]
			for k := c; k < 10; k++ {
				m[r][k] -= f * m[c][k]
			}
		}
	}
	for c := range n {
		x[c] = m[c][9] / m[c][c]
		if math.IsNaN(x[c]) || math.IsInf(x[c], 0) {
			return x, false
		}
	}
	return x, true
}
