package sim

import "math"

// vec is a place or direction in the room, in millimetres: x to the right along
// the columns, y down the rows towards the player at the bottom, z up; the
// origin is the middle of the board's surface.
type vec struct{ x, y, z float64 }

func (a vec) add(b vec) vec             { return vec{a.x + b.x, a.y + b.y, a.z + b.z} }
func (a vec) sub(b vec) vec             { return vec{a.x - b.x, a.y - b.y, a.z - b.z} }
func (a vec) mul(f float64) vec         { return vec{a.x * f, a.y * f, a.z * f} }
func (a vec) dot(b vec) float64         { return a.x*b.x + a.y*b.y + a.z*b.z }
func (a vec) len() float64              { return math.Sqrt(a.dot(a)) }
func (a vec) norm() vec                 { return a.mul(1 / max(a.len(), 1e-12)) }
func (a vec) cross(b vec) vec           { return vec{a.y*b.z - a.z*b.y, a.z*b.x - a.x*b.z, a.x*b.y - a.y*b.x} }
func (a vec) lerp(b vec, t float64) vec { return a.add(b.sub(a).mul(t)) }

// turn rotates a about the vertical by an angle whose sine and cosine are given.
func (a vec) turn(s, c float64) vec { return vec{a.x*c - a.y*s, a.x*s + a.y*c, a.z} }

func clamp(x, lo, hi float64) float64 { return max(lo, min(hi, x)) }

// smooth rises from 0 at lo to 1 at hi with level ends.
func smooth(lo, hi, x float64) float64 {
	t := clamp((x-lo)/(hi-lo), 0, 1)
	return t * t * (3 - 2*t)
}

func rad(deg float64) float64 { return deg * math.Pi / 180 }

// hash mixes lattice coordinates and a seed to 0..1.
func hash(x, y int32, seed uint32) float64 {
	h := uint32(x)*0x9E3779B1 ^ uint32(y)*0x85EBCA77 ^ seed*0xC2B2AE3D
	h ^= h >> 15
	h *= 0x2C1B3C6D
	h ^= h >> 12
	h *= 0x297A2D39
	h ^= h >> 15
	return float64(h) / (1 << 32)
}

// noise is value noise of period one, −1..1.
func noise(x, y float64, seed uint32) float64 {
	fx, fy := math.Floor(x), math.Floor(y)
	ix, iy := int32(fx), int32(fy)
	tx, ty := x-fx, y-fy
	tx, ty = tx*tx*(3-2*tx), ty*ty*(3-2*ty)
	a, b := hash(ix, iy, seed), hash(ix+1, iy, seed)
	c, d := hash(ix, iy+1, seed), hash(ix+1, iy+1, seed)
	a += (b - a) * tx
	c += (d - c) * tx
	return 2*(a+(c-a)*ty) - 1
}

// fbm sums octaves of noise, each half as strong and twice as fine.
func fbm(x, y float64, octaves int, seed uint32) float64 {
	s, a := 0.0, 0.5
	for range octaves {
		s += a * noise(x, y, seed)
		x, y, a, seed = 2*x+17.3, 2*y-9.1, a/2, seed+1
	}
	return s
}

// RGB is a colour as a screen shows it (sRGB), each channel 0..1.
type RGB [3]float64

// Gray returns a neutral colour.
func Gray(v float64) RGB { return RGB{v, v, v} }

// linear returns the colour in units of light.
func (c RGB) linear() RGB {
	for i, v := range c {
		if v <= 0.04045 {
			c[i] = v / 12.92
		} else {
			c[i] = math.Pow((v+0.055)/1.055, 2.4)
		}
	}
	return c
}

func (c RGB) scale(f float64) RGB { return RGB{c[0] * f, c[1] * f, c[2] * f} }
func (c RGB) times(d RGB) RGB     { return RGB{c[0] * d[0], c[1] * d[1], c[2] * d[2]} }
func (c RGB) mix(d RGB, t float64) RGB {
	return RGB{c[0] + (d[0]-c[0])*t, c[1] + (d[1]-c[1])*t, c[2] + (d[2]-c[2])*t}
}

// srgb turns light 0..1 into screen value 0..1.
func srgb(v float64) float64 {
	if v <= 0.0031308 {
		return 12.92 * v
	}
	return 1.055*math.Pow(v, 1/2.4) - 0.055
}

// kelvin returns the colour of a lamp of that temperature, in units of light
// with green at one, after the fit to the Planckian locus by Tanner Helland
// (valid 1000 K to 40000 K).
func kelvin(k float64) RGB {
	t := clamp(k, 1000, 40000) / 100
	var r, g, b float64
	if t <= 66 {
		r = 255
		g = 99.4708025861*math.Log(t) - 161.1195681661
	} else {
		r = 329.698727446 * math.Pow(t-60, -0.1332047592)
		g = 288.1221695283 * math.Pow(t-60, -0.0755148492)
	}
	switch {
	case t >= 66:
		b = 255
	case t <= 19:
		b = 0
	default:
		b = 138.5177312231*math.Log(t-10) - 305.0447927307
	}
	c := RGB{clamp(r/255, 0, 1), clamp(g/255, 0.01, 1), clamp(b/255, 0.01, 1)}.linear()
	return c.scale(1 / c[1])
}
