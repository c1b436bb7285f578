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
	f := newPoseFit(g, sights, lens, doubt)
	for range rounds {
		if !f.slopes() || !f.step() {
			break
		}
	}
	return f.g
}

// poseFit is a pose on its way to the best one.
type poseFit struct {
	sights []sight
	cell   []float64 // pixels in a cell at each sight
	lens   bool
	doubt  float64
	params int // the corners' eight coordinates, and the lens term

	g    *grid.Grid
	cost float64
	damp float64
	r    []float64   // residuals of g, two a sight
	next []float64   // those of what is tried
	jac  [][]float64 // slopes of r, by parameter
}

func newPoseFit(g *grid.Grid, sights []sight, lens bool, doubt float64) *poseFit {
	n := 2 * len(sights)
	f := &poseFit{sights: sights, cell: make([]float64, len(sights)), lens: lens, doubt: doubt, params: 8,
		g: g, damp: 1e-3, r: make([]float64, n), next: make([]float64, n)}
	if lens {
		f.params = 9
	}
	for i := range sights {
		f.cell[i] = max(1e-3, g.Cell(sights[i].u, sights[i].v))
	}
	f.jac = make([][]float64, f.params)
	for k := range f.jac {
		f.jac[k] = make([]float64, n)
	}
	f.residuals(g, f.r)
	f.cost = f.costOf(g, f.r)
	return f
}

func (f *poseFit) residuals(g *grid.Grid, out []float64) {
	for i := range f.sights {
		a, b := f.sights[i].miss(g)
		out[2*i], out[2*i+1] = a/f.cell[i], b/f.cell[i]
	}
}

func (f *poseFit) costOf(g *grid.Grid, r []float64) float64 {
	sum := 0.0
	for i := range f.sights {
		d := r[2*i]*r[2*i] + r[2*i+1]*r[2*i+1]
		sum += f.sights[i].weight * d / (d + f.doubt*f.doubt)
	}
	k := g.Spec().K1 / lensDoubt
	return sum + 0.5*k*k
}

// slopes takes the derivatives of the residuals at the present pose; false
// where a pose beside it is none.
func (f *poseFit) slopes() bool {
	spec := f.g.Spec()
	spec.Focal = 0
	for k := range f.params {
		moved, by := nudge(spec, k)
		mg, err := grid.New(moved)
		if err != nil {
			return false
		}
		f.residuals(mg, f.jac[k])
		for i := range f.jac[k] {
			f.jac[k][i] = (f.jac[k][i] - f.r[i]) / by
		}
	}
	return true
}

// normal returns the normal equations of the step to take, its right side in
// column 9.
func (f *poseFit) normal() (a [9][10]float64) {
	for i := range f.sights {
		d := f.r[2*i]*f.r[2*i] + f.r[2*i+1]*f.r[2*i+1]
		w := f.doubt * f.doubt / (d + f.doubt*f.doubt)
		w = f.sights[i].weight * w * w / (f.doubt * f.doubt)
		for row := range f.params {
			x, y := w*f.jac[row][2*i], w*f.jac[row][2*i+1]
			for col := row; col < f.params; col++ {
				a[row][col] += x*f.jac[col][2*i] + y*f.jac[col][2*i+1]
			}
			a[row][9] -= x*f.r[2*i] + y*f.r[2*i+1]
		}
	}
	if f.lens {
		a[8][8] += 1 / (lensDoubt * lensDoubt)
		a[8][9] -= f.g.Spec().K1 / (lensDoubt * lensDoubt)
	}
	for row := range f.params {
		for col := range row {
			a[row][col] = a[col][row]
		}
	}
	return a
}

// step goes down along the slopes, damped until it really goes down; false when
// there is nothing left to gain.
func (f *poseFit) step() bool {
	a := f.normal()
	spec := f.g.Spec()
	spec.Focal = 0
	for range 6 {
		m := a
		for k := range f.params {
			m[k][k] += f.damp*m[k][k] + 1e-9
		}
		d, ok := solvePivot(&m, f.params)
		if !ok {
			return false
		}
		next := spec
		for k := range 4 {
			next.Corners[k] = next.Corners[k].Add(grid.Pt{X: d[2*k], Y: d[2*k+1]})
		}
		next.K1 = max(-0.45, min(0.45, next.K1+d[8]))
		if ng, err := grid.New(next); err == nil {
			f.residuals(ng, f.next)
			if c := f.costOf(ng, f.next); c < f.cost {
				better := f.cost-c > 1e-6*f.cost
				f.g, f.cost = ng, c
				f.r, f.next = f.next, f.r
				f.damp = max(1e-6, f.damp/5)
				return better
			}
		}
		f.damp *= 8
	}
	return false
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
