// Package grid is the geometry of a goban in a picture: where each crossing
// lies, where a stone that stands on it appears, and which point of the board a
// pixel shows.
//
// The model is a pinhole camera with square pixels and the principal point in
// the middle of the picture, followed by one radial lens term:
//
//	undistorted = centre + (seen − centre)·(1 + K1·r²)
//
// with r the seen pixel's distance from the centre in half diagonals. Board
// coordinates (u, v) count lines from the top left corner crossing, u to the
// right and v down as the position is printed; heights are in column pitches.
// Pixel (0, 0) is the centre of the first pixel.
package grid

import (
	"errors"
	"fmt"
	"math"
)

// Pt is a place in a picture, in pixels.
type Pt struct{ X, Y float64 }

// Sub returns p − q.
func (p Pt) Sub(q Pt) Pt { return Pt{p.X - q.X, p.Y - q.Y} }

// Add returns p + q.
func (p Pt) Add(q Pt) Pt { return Pt{p.X + q.X, p.Y + q.Y} }

// Scale returns p·f.
func (p Pt) Scale(f float64) Pt { return Pt{p.X * f, p.Y * f} }

// Dist returns the distance of p and q.
func (p Pt) Dist(q Pt) float64 { return math.Hypot(p.X-q.X, p.Y-q.Y) }

// Spec is all that determines a Grid.
type Spec struct {
	Size          int     // lines per side, 2 to 25
	Width, Height int     // of the picture, pixels
	Corners       [4]Pt   // the corner crossings as seen, clockwise from the top left of the position
	K1            float64 // radial lens term, −0.5 to 0.5
	Aspect        float64 // row pitch over column pitch; 0 means square
	Focal         float64 // focal length in pixels; 0 lets New work it out from the corners
}

// Standard is the Aspect of a traditional goban: 23.7 mm to 22.0 mm.
const Standard = 23.7 / 22.0

// ErrCorners is wrapped by the error of New for corners that no camera could
// see: crossed, folded, on one line, or not numbers.
var ErrCorners = errors.New("these four corners are not the picture of a board")

// Grid is a Spec with its camera worked out. It is immutable, so it can be
// shared between goroutines.
type Grid struct {
	spec   Spec
	centre Pt
	half   float64 // half diagonal
	h      [9]float64
	inv    [9]float64
	up     [3]float64 // added to H·(u,v,1) for each column pitch of height
	focal  float64
}

// New works out the camera from four corners.
func New(s Spec) (*Grid, error) {
	if s.Size < 2 || s.Size > 25 {
		return nil, fmt.Errorf("a board has 2 to 25 lines, not %d", s.Size)
	}
	if s.Width < 1 || s.Height < 1 {
		return nil, fmt.Errorf("a picture of %d×%d pixels holds no board", s.Width, s.Height)
	}
	if s.Aspect == 0 {
		s.Aspect = 1
	}
	if !(s.Aspect > 0.5 && s.Aspect < 2) {
		return nil, fmt.Errorf("row pitch over column pitch is %v; a board has about 1", s.Aspect)
	}
	if !(s.K1 >= -0.5 && s.K1 <= 0.5) {
		return nil, fmt.Errorf("lens term %v is outside −0.5 to 0.5", s.K1)
	}
	if !(s.Focal >= 0) || math.IsInf(s.Focal, 0) {
		return nil, fmt.Errorf("focal length %v is not a positive number", s.Focal)
	}
	g := &Grid{
		spec:   s,
		centre: Pt{float64(s.Width-1) / 2, float64(s.Height-1) / 2},
		half:   math.Hypot(float64(s.Width), float64(s.Height)) / 2,
	}
	var und [4]Pt
	for i, c := range s.Corners {
		if math.IsNaN(c.X+c.Y) || math.Abs(c.X) > 1e6 || math.Abs(c.Y) > 1e6 {
			return nil, fmt.Errorf("corner %d is not a place in a picture: %w", i+1, ErrCorners)
		}
		und[i] = g.undistort(c)
	}
	if !convexClockwise(und) {
		return nil, fmt.Errorf("they must go clockwise around a convex shape: %w", ErrCorners)
	}
	n := float64(s.Size - 1)
	h, ok := homography([4]Pt{{0, 0}, {n, 0}, {n, n}, {0, n}}, und)
	if !ok {
		return nil, ErrCorners
	}
	g.h = h
	inv, ok := invert(h)
	if !ok {
		return nil, ErrCorners
	}
	g.inv = inv
	g.solvePose()
	return g, nil
}

// Spec returns what the grid was made from, with Aspect and Focal filled in.
func (g *Grid) Spec() Spec {
	s := g.spec
	s.Focal = g.focal
	return s
}

// Size returns the number of lines per side.
func (g *Grid) Size() int { return g.spec.Size }

// Corners returns the four corner crossings as seen.
func (g *Grid) Corners() [4]Pt { return g.spec.Corners }

// At returns where the place (u, v) of the board, height column pitches above
// its surface, appears in the picture.
func (g *Grid) At(u, v, height float64) Pt {
	x := g.h[0]*u + g.h[1]*v + g.h[2] + g.up[0]*height
	y := g.h[3]*u + g.h[4]*v + g.h[5] + g.up[1]*height
	w := g.h[6]*u + g.h[7]*v + g.h[8] + g.up[2]*height
	return g.distort(Pt{x / w, y / w})
}

// Board returns the board coordinates that the pixel p shows, if what it shows
// lies on the board's surface.
func (g *Grid) Board(p Pt) (u, v float64) {
	q := g.undistort(p)
	i := &g.inv
	w := i[6]*q.X + i[7]*q.Y + i[8]
	return (i[0]*q.X + i[1]*q.Y + i[2]) / w, (i[3]*q.X + i[4]*q.Y + i[5]) / w
}

// Shows is Board, and whether the pixel can show the board's plane at all: what
// is above the horizon, or beyond the fold of the lens, cannot.
func (g *Grid) Shows(p Pt) (u, v float64, ok bool) {
	u, v = g.Board(p)
	d := p.Sub(g.centre)
	r2 := (d.X*d.X + d.Y*d.Y) / (g.half * g.half)
	ahead := g.h[6]*u+g.h[7]*v+g.h[8] > 0
	return u, v, ahead && 1+3*g.spec.K1*r2 > 0
}

// Axes returns the picture of one column pitch and of one row pitch at (u, v),
// in pixels: the local shape of a cell.
func (g *Grid) Axes(u, v float64) (du, dv Pt) {
	const d = 0.25
	du = g.At(u+d, v, 0).Sub(g.At(u-d, v, 0)).Scale(1 / (2 * d))
	dv = g.At(u, v+d, 0).Sub(g.At(u, v-d, 0)).Scale(1 / (2 * d))
	return du, dv
}

// Cell returns the line spacing at (u, v) in pixels: the side of a square of
// the cell's area in the picture.
func (g *Grid) Cell(u, v float64) float64 {
	du, dv := g.Axes(u, v)
	return math.Sqrt(math.Abs(du.X*dv.Y - du.Y*dv.X))
}

// Elevation returns how high the camera stands above the board's plane as seen
// from its middle, in degrees: 90 is straight above.
func (g *Grid) Elevation() float64 {
	n := float64(g.spec.Size-1) / 2
	// The viewing ray through the middle, in camera axes.
	x := g.h[0]*n + g.h[1]*n + g.h[2]
	y := g.h[3]*n + g.h[4]*n + g.h[5]
	w := g.h[6]*n + g.h[7]*n + g.h[8]
	ray := [3]float64{(x - g.centre.X*w) / g.focal, (y - g.centre.Y*w) / g.focal, w}
	up := [3]float64{(g.up[0] - g.centre.X*g.up[2]) / g.focal, (g.up[1] - g.centre.Y*g.up[2]) / g.focal, g.up[2]}
	dot := -(ray[0]*up[0] + ray[1]*up[1] + ray[2]*up[2])
	s := dot / (norm(ray) * norm(up))
	return math.Asin(max(-1, min(1, s))) * 180 / math.Pi
}

// Rotate returns the same board seen by a player who sits quarters·90° further
// clockwise: what was the top right corner becomes the top left for 1. The
// camera stays as it was worked out.
func (g *Grid) Rotate(quarters int) (*Grid, error) {
	s := g.Spec()
	q := ((quarters % 4) + 4) % 4
	for i := range s.Corners {
		s.Corners[i] = g.spec.Corners[(i+q)%4]
	}
	if q%2 == 1 {
		s.Aspect = 1 / s.Aspect
	}
	return New(s)
}

func (g *Grid) undistort(p Pt) Pt {
	d := p.Sub(g.centre)
	r2 := (d.X*d.X + d.Y*d.Y) / (g.half * g.half)
	return g.centre.Add(d.Scale(1 + g.spec.K1*r2))
}

// distort inverts undistort by Newton's method on the radius. Beyond the
// radius where a pincushion lens folds back, it returns the fold.
func (g *Grid) distort(p Pt) Pt {
	if g.spec.K1 == 0 {
		return p
	}
	d := p.Sub(g.centre)
	ru := math.Hypot(d.X, d.Y) / g.half
	if ru == 0 {
		return p
	}
	k := g.spec.K1
	r := ru
	if k < 0 {
		fold := math.Sqrt(-1 / (3 * k))
		if ru >= fold*2/3 {
			return g.centre.Add(d.Scale(fold / ru))
		}
		r = min(r, fold*0.999)
	}
	for range 12 {
		step := (r*(1+k*r*r) - ru) / (1 + 3*k*r*r)
		r -= step
		if math.Abs(step) < 1e-12 {
			break
		}
	}
	return g.centre.Add(d.Scale(r / ru))
}

// solvePose finds the focal length for which the columns of the homography are
// two perpendicular vectors of the right lengths (Zhang 2000, "A flexible new
// technique for camera calibration", equations 3 and 4), drawn towards a usual
// lens where the view says little, and from it the direction of "up".
func (g *Grid) solvePose() {
	// In pixels from the centre; rows in column pitches.
	a := g.spec.Aspect
	c1 := [3]float64{g.h[0] - g.centre.X*g.h[6], g.h[3] - g.centre.Y*g.h[6], g.h[6]}
	c2 := [3]float64{(g.h[1] - g.centre.X*g.h[7]) / a, (g.h[4] - g.centre.Y*g.h[7]) / a, g.h[7] / a}
	side := float64(max(g.spec.Width, g.spec.Height))
	f := g.spec.Focal
	if f == 0 {
		// With lengths in units of side and q = (side/f)², both conditions
		// are linear: m·q + w = 0.
		scale := (c1[0]*c1[0] + c1[1]*c1[1] + c2[0]*c2[0] + c2[1]*c2[1]) / 2
		m1 := (c1[0]*c2[0] + c1[1]*c2[1]) / scale
		w1 := c1[2] * c2[2] * side * side / scale
		m2 := (c1[0]*c1[0] + c1[1]*c1[1] - c2[0]*c2[0] - c2[1]*c2[1]) / (2 * scale)
		w2 := (c1[2]*c1[2] - c2[2]*c2[2]) * side * side / (2 * scale)
		const (
			usual  = 1.0  // a webcam's or a phone's (side/f)²
			weight = 0.01 // of the usual against the view
		)
		q := (usual*weight - m1*w1 - m2*w2) / (weight + m1*m1 + m2*m2)
		q = max(1/16.0, min(4, q))
		f = side / math.Sqrt(q)
	}
	g.focal = f
	r1 := [3]float64{c1[0] / f, c1[1] / f, c1[2]}
	r2 := [3]float64{c2[0] / f, c2[1] / f, c2[2]}
	s := math.Sqrt(norm(r1) * norm(r2))
	// r1 × r2 points into the table, away from the camera.
	n := [3]float64{
		r1[1]*r2[2] - r1[2]*r2[1],
		r1[2]*r2[0] - r1[0]*r2[2],
		r1[0]*r2[1] - r1[1]*r2[0],
	}
	l := norm(n)
	for i := range n {
		n[i] *= -s / l
	}
	g.up = [3]float64{f*n[0] + g.centre.X*n[2], f*n[1] + g.centre.Y*n[2], n[2]}
}

func norm(v [3]float64) float64 { return math.Sqrt(v[0]*v[0] + v[1]*v[1] + v[2]*v[2]) }

// convexClockwise reports whether c goes clockwise on the screen (y down)
// around a strictly convex quadrilateral.
func convexClockwise(c [4]Pt) bool {
	for i := range c {
		a, b := c[(i+1)%4].Sub(c[i]), c[(i+2)%4].Sub(c[(i+1)%4])
		if a.X*b.Y-a.Y*b.X <= 1e-9*(1+math.Hypot(a.X, a.Y)*math.Hypot(b.X, b.Y)) {
			return false
		}
	}
	return true
}

// homography returns the projective map that takes src to dst, scaled so that
// its denominator is positive over src.
func homography(src, dst [4]Pt) (h [9]float64, ok bool) {
	var m [8][9]float64
	for i := range src {
		x, y, u, v := src[i].X, src[i].Y, dst[i].X, dst[i].Y
		m[2*i] = [9]float64{x, y, 1, 0, 0, 0, -u * x, -u * y, u}
		m[2*i+1] = [9]float64{0, 0, 0, x, y, 1, -v * x, -v * y, v}
	}
	for col := range 8 {
		p := col
		for r := col + 1; r < 8; r++ {
			if math.Abs(m[r][col]) > math.Abs(m[p][col]) {
				p = r
			}
		}
		m[col], m[p] = m[p], m[col]
		if math.Abs(m[col][col]) < 1e-12 {
			return h, false
		}
		for r := range 8 {
			if r == col {
				continue
			}
			f := m[r][col] / m[col][col]
			for k := col; k < 9; k++ {
				m[r][k] -= f * m[col][k]
			}
		}
	}
	for i := range 8 {
		h[i] = m[i][8] / m[i][i]
	}
	h[8] = 1
	return h, true
}

func invert(m [9]float64) (r [9]float64, ok bool) {
	r = [9]float64{
		m[4]*m[8] - m[5]*m[7], m[2]*m[7] - m[1]*m[8], m[1]*m[5] - m[2]*m[4],
		m[5]*m[6] - m[3]*m[8], m[0]*m[8] - m[2]*m[6], m[2]*m[3] - m[0]*m[5],
		m[3]*m[7] - m[4]*m[6], m[1]*m[6] - m[0]*m[7], m[0]*m[4] - m[1]*m[3],
	}
	det := m[0]*r[0] + m[1]*r[3] + m[2]*r[6]
	if det == 0 || math.IsNaN(det) {
		return r, false
	}
	for i := range r {
		r[i] /= det
	}
	return r, true
}
