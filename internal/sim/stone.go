package sim

import (
	"math"

	"github.com/gobancam/gobancam/board"
)

// stone is a stone on the board, or in a hand.
type stone struct {
	colour board.Color
	x, y   float64 // its middle, mm
	lift   float64 // of its underside above the board, mm
	tint   float64 // factor on its colour
	turn   float64 // of the shell's grain, radians
}

// shape is a set's ellipsoid: radius a, half height b, and the height of its
// middle above its underside.
type shape struct{ a, b, mid float64 }

func (s Stones) shape() shape {
	if s.Flat {
		return shape{s.Diameter / 2, s.Thickness, 0}
	}
	return shape{s.Diameter / 2, s.Thickness / 2, s.Thickness / 2}
}

func (s *stone) centre(f shape) vec { return vec{s.x, s.y, s.lift + f.mid} }

// meets returns where the ray o + t·d enters the stone.
func (s *stone) meets(o, d vec, f shape) (t float64, ok bool) {
	c := s.centre(f)
	t, ok = meet(o.sub(c), d, f.a, f.b)
	if ok && f.mid == 0 && o.z+t*d.z < c.z {
		return 0, false // below the flat side
	}
	return t, ok
}

func (s *stone) normal(p vec, f shape) vec {
	e := p.sub(s.centre(f))
	return vec{e.x / (f.a * f.a), e.y / (f.a * f.a), e.z / (f.b * f.b)}.norm()
}

// blocks returns the share of a lamp's light, 0..1, that the stone keeps from
// p. l is the unit direction to the lamp, soft the lamp's radius over its
// distance.
func (s *stone) blocks(p, l vec, soft float64, f shape) float64 {
	return eclipse(p.sub(s.centre(f)), l, soft, f.a, f.b)
}

// eclipse is blocks for an ellipsoid around the origin.
func eclipse(o, l vec, soft, a, b float64) float64 {
	ox, oy, oz := o.x/a, o.y/a, o.z/b
	dx, dy, dz := l.x/a, l.y/a, l.z/b
	t := -(ox*dx + oy*dy + oz*dz) / (dx*dx + dy*dy + dz*dz)
	if t <= 0 {
		return 0
	}
	ox, oy, oz = ox+t*dx, oy+t*dy, oz+t*dz
	d2 := ox*ox + oy*oy + oz*oz
	pen := soft*t/a + 0.05
	if d2 >= (1+pen)*(1+pen) {
		return 0
	}
	return (1 - smooth(1-pen, 1+pen, math.Sqrt(d2))) * min(1, 1/(pen*pen+0.3))
}

// shade adds up the light that a stone sends to the camera from p, per lamp.
func (r *renderer) shade(s *stone, p vec, out *[4]RGB) {
	f := r.shape
	n := s.normal(p, f)
	view := r.v.at.sub(p).norm()
	set := &r.cfg.Stones
	albedo := r.blackLin
	if s.colour == board.White {
		albedo = r.whiteLin
		if set.Grain > 0 {
			sn, cs := math.Sincos(s.turn)
			u := (p.x-s.x)*cs + (p.y-s.y)*sn
			v := (p.y-s.y)*cs - (p.x-s.x)*sn
			g := math.Sin(u*2.4+0.25*v+2*noise(u*0.3, s.turn*9, 5)) * set.Grain * 0.05
			albedo = RGB{albedo[0] * (1 + g), albedo[1] * (1 + g), albedo[2] * (1 + 1.5*g)}
		}
	}
	albedo = albedo.scale(s.tint)
	exp := 14 * math.Exp(3.2*set.Gloss)
	f0 := 0.02 + 0.04*set.Gloss
	fres := f0 + (0.6*set.Gloss+0.1)*(1-f0)*math.Pow(1-clamp(n.dot(view), 0, 1), 5)

	// Ambient: the sky above, the board's colour from below, the neighbours.
	up := 0.5 + 0.5*n.z
	open := 1.0
	r.around(p, 1, func(q *stone) {
		if q == s || q.colour == board.Empty {
			return
		}
		v := q.centre(f).sub(p)
		if d2 := v.dot(v); d2 > 1 {
			open *= 1 - 0.5*clamp(n.dot(v)/math.Sqrt(d2), 0, 1)*min(1, f.a*f.b/d2)
		}
	})
	refl := n.mul(2 * n.dot(view)).sub(view)
	env := 0.25 + 0.75*smooth(-0.2, 0.8, refl.z)
	near := open * smooth(-0.2, 0.9, (p.z-s.lift)/f.b+0.25)
	for c := range 3 {
		out[0][c] = albedo[c]*open*(up+(1-up)*0.6*r.woodLin[c]*near) + fres*env*open
	}
	for i := range r.lamps {
		lamp := &r.lamps[i]
		l := lamp.at.sub(p)
		d := l.len()
		l = l.mul(1 / d)
		irr := lamp.gain / (d * d) * lamp.patch(p)
		nl := n.dot(l)
		// A wide lamp lights a little past the terminator.
		w := min(0.4, lamp.radius/d)
		dif := clamp((nl+w)/(1+w), 0, 1)
		if dif <= 0 || irr <= 0 {
			continue
		}
		vis := 1.0
		r.toward(p, l, func(q *stone) {
			if q != s {
				vis *= 1 - q.blocks(p, l, lamp.radius/d, f)
			}
		})
		hv := l.add(view).norm()
		e := exp / (1 + 2*exp*w*w/4) // a wide lamp has a wide highlight
		sp := fres * (e + 8) / 8 * math.Pow(clamp(n.dot(hv), 0, 1), e) * clamp(nl*4, 0, 1)
		for c := range 3 {
			out[i+1][c] = irr * vis * (albedo[c]*dif + min(sp, 6))
		}
	}
}

// around calls f for the stones whose crossing lies within k cells of p.
func (r *renderer) around(p vec, k float64, f func(*stone)) {
	r.cells(p.x, p.y, p.x, p.y, k, f)
}

// toward calls f for the stones that may stand between p and a lamp.
func (r *renderer) toward(p, l vec, f func(*stone)) {
	top := r.shape.b + r.shape.mid
	k := max(0, top-p.z) / max(l.z, 0.15)
	r.cells(p.x, p.y, p.x+l.x*k, p.y+l.y*k, 0.9, f)
}

// cells calls f for the stones at crossings within k cells of the rectangle.
func (r *renderer) cells(x0, y0, x1, y1, k float64, f func(*stone)) {
	n := r.cfg.Size
	b := &r.cfg.Board
	half := float64(n-1) / 2
	u0 := max(0, int(math.Ceil(min(x0, x1)/b.PitchX+half-k)))
	u1 := min(n-1, int(math.Floor(max(x0, x1)/b.PitchX+half+k)))
	v0 := max(0, int(math.Ceil(min(y0, y1)/b.PitchY+half-k)))
	v1 := min(n-1, int(math.Floor(max(y0, y1)/b.PitchY+half+k)))
	for v := v0; v <= v1; v++ {
		for u := u0; u <= u1; u++ {
			if s := &r.stones[v*n+u]; s.colour != board.Empty {
				f(s)
			}
		}
	}
}
