package sim

import (
	"math"

	"github.com/gobancam/gobancam/internal/grid"
)

// view is a pinhole camera with one radial lens term, in the axes of the board:
// the model of package grid, written down here a second time so that each can
// be tested against the other.
type view struct {
	w, h             int
	at               vec
	right, down, fwd vec
	f                float64 // focal length, pixels
	k1               float64
	cx, cy           float64
	inv2             float64 // 1/(half diagonal)²
}

// newView places a camera that looks at the board as c says, far enough away
// that the board fills the share of the picture that c asks for.
func newView(c Camera, w, h int, b Board, size int) view {
	v := view{w: w, h: h, k1: c.K1, cx: float64(w-1) / 2, cy: float64(h-1) / 2}
	v.inv2 = 4 / (float64(w)*float64(w) + float64(h)*float64(h))
	v.f = float64(w) / 2 / math.Tan(rad(c.FOV)/2)
	az, el := rad(c.Turn), rad(c.Elevation)
	v.fwd = vec{-math.Sin(az) * math.Cos(el), -math.Cos(az) * math.Cos(el), -math.Sin(el)}
	v.right = vec{math.Cos(az), -math.Sin(az), 0}
	v.down = v.right.cross(v.fwd)

	bw, bh := b.outer(size)
	corners := [4]vec{{-bw, -bh, 0}, {bw, -bh, 0}, {bw, bh, 0}, {-bw, bh, 0}}
	straight := v
	dist, yaw, pitch := 4*max(bw, bh), 0.0, 0.0
	for range 60 {
		v = straight
		v.at = v.fwd.mul(-dist)
		v = v.move(vec{}, c.Roll, yaw, pitch)
		x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
		for _, p := range corners {
			q := v.project(p)
			x0, x1 = min(x0, q.X), max(x1, q.X)
			y0, y1 = min(y0, q.Y), max(y1, q.Y)
		}
		fill := max((x1-x0)/float64(w), (y1-y0)/float64(h))
		ex := (x0+x1)/2 - (v.cx + c.OffX*float64(w))
		ey := (y0+y1)/2 - (v.cy + c.OffY*float64(h))
		yaw += 0.7 * math.Atan(ex/v.f) * 180 / math.Pi
		pitch += 0.7 * math.Atan(ey/v.f) * 180 / math.Pi
		dist *= 1 + 0.5*(fill/c.Fill-1)
	}
	return v
}

// project returns where p appears in the picture.
func (v *view) project(p vec) grid.Pt {
	q, _ := v.projectDepth(p)
	return q
}

// projectDepth returns where p appears and how far in front of the camera it
// lies; points behind the camera are drawn close before it.
func (v *view) projectDepth(p vec) (grid.Pt, float64) {
	d := p.sub(v.at)
	z := max(d.dot(v.fwd), 1)
	x, y := v.f*d.dot(v.right)/z, v.f*d.dot(v.down)/z
	if v.k1 != 0 {
		// Fixed-point iteration of seen = pinhole / (1 + k1·seen²).
		s := 1.0
		r2 := (x*x + y*y) * v.inv2
		for range 60 {
			step := 0.7 * (1/max(0.2, 1+v.k1*r2*s*s) - s)
			s += step
			if math.Abs(step) < 1e-10 {
				break
			}
		}
		x, y = x*s, y*s
	}
	return grid.Pt{X: v.cx + x, Y: v.cy + y}, z
}

// ray returns the direction in which the pixel (x, y) looks, not of unit length.
func (v *view) ray(x, y float64) vec {
	dx, dy := x-v.cx, y-v.cy
	s := (1 + v.k1*(dx*dx+dy*dy)*v.inv2) / v.f
	dx, dy = dx*s, dy*s
	return vec{
		v.right.x*dx + v.down.x*dy + v.fwd.x,
		v.right.y*dx + v.down.y*dy + v.fwd.y,
		v.right.z*dx + v.down.z*dy + v.fwd.z,
	}
}

// move returns the camera after it was carried by d and turned by deg about
// its own axis and tilted by (yaw, pitch) degrees.
func (v view) move(d vec, roll, yaw, pitch float64) view {
	v.at = v.at.add(d)
	s, c := math.Sincos(rad(roll))
	v.right, v.down = v.right.mul(c).add(v.down.mul(s)), v.down.mul(c).sub(v.right.mul(s))
	s, c = math.Sincos(rad(yaw))
	v.right, v.fwd = v.right.mul(c).sub(v.fwd.mul(s)), v.fwd.mul(c).add(v.right.mul(s))
	s, c = math.Sincos(rad(pitch))
	v.down, v.fwd = v.down.mul(c).sub(v.fwd.mul(s)), v.fwd.mul(c).add(v.down.mul(s))
	return v
}

// onBoard returns the view in the axes of a board that was pushed by p.
func (v view) onBoard(p push) view {
	v.at = p.toBoard(v.at)
	s, c := math.Sincos(-p.turn)
	v.right, v.down, v.fwd = v.right.turn(s, c), v.down.turn(s, c), v.fwd.turn(s, c)
	return v
}

// push is how far the board has been moved on the table: shifted by (x, y)
// millimetres and turned by turn radians about its own middle, clockwise as
// seen from above.
type push struct{ x, y, turn float64 }

// toBoard takes a place in the axes of the table to those of the board.
func (p push) toBoard(a vec) vec {
	a.x, a.y = a.x-p.x, a.y-p.y
	s, c := math.Sincos(-p.turn)
	return a.turn(s, c)
}

// toTable is the inverse of toBoard.
func (p push) toTable(a vec) vec {
	s, c := math.Sincos(p.turn)
	a = a.turn(s, c)
	a.x, a.y = a.x+p.x, a.y+p.y
	return a
}
