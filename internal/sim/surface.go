package sim

import "math"

// What a ray that meets no stone ends on.
const (
	onTable uint8 = iota
	onTop
	onSide
	onBowl
	onHole // the open top of a bowl
)

// bowl stands on the table: an ellipsoid cut open on top.
type bowl struct {
	at      vec // middle of the ellipsoid, in the axes of the table
	r, h    float64
	rim     float64 // height above at.z where it is cut
	inside  RGB     // linear colour of the stones in it
	surface RGB
}

// litter is a flat rectangle on the table.
type litter struct {
	x, y, w, h, sin, cos float64
	colour               RGB
	lined                bool
}

// surface is the linear albedo, normal and gloss of a place that a ray meets.
type surface struct {
	kind   uint8
	p, n   vec // in the axes of the board
	albedo RGB
	gloss  float64
}

// hit follows a ray of the camera to board, table or bowl and says only which.
func (r *renderer) hit(d vec) (kind uint8, p, n vec) {
	o := r.v.at
	bw, bh := r.bw, r.bh
	t := -o.z / d.z
	if d.z < 0 {
		p = o.add(d.mul(t))
		if math.Abs(p.x) <= bw && math.Abs(p.y) <= bh {
			kind, n = onTop, vec{0, 0, 1}
			return
		}
	}
	// The four sides, seen from outside.
	best := math.Inf(1)
	thick := r.cfg.Board.Thickness
	if d.x != 0 {
		x := -math.Copysign(bw, d.x)
		if t := (x - o.x) / d.x; t > 0 {
			if q := o.add(d.mul(t)); math.Abs(q.y) <= bh && q.z <= 0 && q.z >= -thick {
				best, kind, p, n = t, onSide, q, vec{-math.Copysign(1, d.x), 0, 0}
			}
		}
	}
	if d.y != 0 {
		y := -math.Copysign(bh, d.y)
		if t := (y - o.y) / d.y; t > 0 && t < best {
			if q := o.add(d.mul(t)); math.Abs(q.x) <= bw && q.z <= 0 && q.z >= -thick {
				best, kind, p, n = t, onSide, q, vec{0, -math.Copysign(1, d.y), 0}
			}
		}
	}
	for i := range r.bowls {
		b := &r.bowls[i]
		c := r.push.toBoard(b.at)
		top := c.z + b.rim
		if d.z < 0 {
			if t := (top - o.z) / d.z; t < best {
				q := o.add(d.mul(t))
				k := b.rim / b.h
				if math.Hypot(q.x-c.x, q.y-c.y) < b.r*math.Sqrt(1-k*k)*0.93 {
					best, kind, p, n = t, onHole, q, vec{0, 0, 1}
					continue
				}
			}
		}
		if t, ok := meet(o.sub(c), d, b.r, b.h); ok && t < best {
			if q := o.add(d.mul(t)); q.z <= top {
				e := q.sub(c)
				best, kind, p = t, onBowl, q
				n = vec{e.x / (b.r * b.r), e.y / (b.r * b.r), e.z / (b.h * b.h)}.norm()
			}
		}
	}
	if !math.IsInf(best, 1) {
		return
	}
	if d.z >= -1e-3 {
		d.z = -1e-3
	}
	return onTable, o.add(d.mul((-thick - o.z) / d.z)), vec{0, 0, 1}
}

// meet returns the first t at which o + t·d enters the ellipsoid of radius a
// and half height b around the origin.
func meet(o, d vec, a, b float64) (t float64, ok bool) {
	ox, oy, oz := o.x/a, o.y/a, o.z/b
	dx, dy, dz := d.x/a, d.y/a, d.z/b
	qa := dx*dx + dy*dy + dz*dz
	qb := ox*dx + oy*dy + oz*dz
	qc := ox*ox + oy*oy + oz*oz - 1
	disc := qb*qb - qa*qc
	if disc <= 0 {
		return 0, false
	}
	t = (-qb - math.Sqrt(disc)) / qa
	return t, t > 0
}

// look gives the place p of the given kind its colour. (fx, fy) is how much
// of the board one pixel covers in x and in y.
func (r *renderer) look(kind uint8, p, n vec, fx, fy float64) surface {
	s := surface{kind: kind, p: p, n: n}
	switch kind {
	case onTop:
		s.albedo, s.gloss = r.wood(p.x, p.y), r.cfg.Board.Gloss
		if c := r.ink(p.x, p.y, fx, fy); c > 0 {
			s.albedo = s.albedo.mix(r.inkLin, c)
		}
	case onSide:
		// The same tree, seen along its side.
		a := p.x
		if n.x != 0 {
			a = p.y + 1000
		}
		s.albedo = r.wood(a, p.z*0.6+777).scale(0.92)
		s.gloss = r.cfg.Board.Gloss
		// A worn edge catches the light.
		s.albedo = s.albedo.scale(1 + 0.25*smooth(-2, -0.3, p.z))
	case onTable:
		q := r.push.toTable(p)
		s.albedo, s.gloss = r.tableColour(q.x, q.y), 0.15
	case onBowl:
		g := 1 + 0.12*fbm(p.x*0.05, p.z*0.4, 2, r.seed+71)
		s.albedo, s.gloss = r.bowls[0].surface.scale(g), 0.6
	case onHole:
		q := r.push.toTable(p)
		for i := range r.bowls {
			b := &r.bowls[i]
			if math.Hypot(q.x-b.at.x, q.y-b.at.y) <= b.r {
				s.albedo = heap(q, b.inside, r.seed+uint32(i))
			}
		}
		s.gloss = 0.4
	}
	return s
}

// heap draws a bowl full of stones from above.
func heap(q vec, inside RGB, seed uint32) RGB {
	// Discs scattered one to a cell of 15 mm; the nearest centre wins.
	x, y := q.x/15, q.y/15
	fx, fy := math.Floor(x), math.Floor(y)
	best, bx := 9.0, 0.0
	for j := -1.0; j <= 1; j++ {
		for i := -1.0; i <= 1; i++ {
			cx, cy := fx+i, fy+j
			jx, jy := hash(int32(cx), int32(cy), seed+5), hash(int32(cx), int32(cy), seed+6)
			ex, ey := x-cx-jx, y-cy-jy
			if d := ex*ex + ey*ey; d < best {
				best, bx = d, jx
			}
		}
	}
	return inside.scale((0.85 + 0.3*bx) * (1.15 - smooth(0.05, 0.7, best)))
}

// wood is the linear albedo of the bare board at (x, y) mm.
func (r *renderer) wood(x, y float64) RGB {
	b := &r.cfg.Board
	var g float64
	switch b.Finish {
	case Kaya:
		w := x + 3*fbm(x*0.004, y*0.0022, 2, r.seed+1)*4
		g = 0.6*math.Sin(w*1.15+2*noise(w*0.02, 0, r.seed+2)) + 0.7*noise(w*0.45, y*0.006, r.seed+3) + 0.4*noise(x*1.7, y*0.03, r.seed+4)
		g *= 0.085
	case Rings:
		w := x + 40*fbm(x*0.004, y*0.0016, 3, r.seed+1)
		f := w/9 + 0.4*noise(w*0.03, y*0.004, r.seed+2)
		f -= math.Floor(f)
		g = 0.16*(smooth(0.1, 0.9, f)-smooth(0.9, 1, f)-0.35) + 0.06*noise(x*1.3, y*0.02, r.seed+4)
	case Strip:
		k := math.Floor(x / 18)
		g = 0.14*(hash(int32(k), 7, r.seed)-0.5) + 0.05*noise(x*0.8, y*0.01, r.seed+3)
		if x-18*k < 0.5 {
			g -= 0.1
		}
		if m := math.Mod(y+1000+300*hash(int32(k), 3, r.seed), 210); m < 3 {
			g -= 0.12
		}
	case Plain:
		g = 0.02 * fbm(x*0.02, y*0.02, 2, r.seed+1)
	}
	g = 1 + g*2*b.Grain
	g *= 1 + 0.05*fbm(x*0.008, y*0.008, 2, r.seed+9)
	c := r.woodLin
	// Late wood is redder, not only darker.
	return RGB{c[0] * g, c[1] * (g*1.25 - 0.25), c[2] * (g*1.5 - 0.5)}
}

// ink is how much of a pixel at (x, y) lines and star points cover, 0..1.
func (r *renderer) ink(x, y, fx, fy float64) float64 {
	b := &r.cfg.Board
	n := r.cfg.Size
	half := float64(n-1) / 2
	u, v := x/b.PitchX+half, y/b.PitchY+half
	edge := float64(n - 1)
	cover := func(dist, halfWidth, foot float64) float64 {
		foot = max(foot, 0.05)
		return clamp((halfWidth-dist)/foot+0.5, 0, min(1, 2*halfWidth/foot))
	}
	c := 0.0
	hw := b.Line / 2
	if v > -0.1 && v < edge+0.1 {
		k := clamp(math.Round(u), 0, edge)
		c = cover(math.Abs(u-k)*b.PitchX, hw, fx) * cover(math.Abs(v-edge/2)*b.PitchY, edge/2*b.PitchY+hw, fy)
	}
	if u > -0.1 && u < edge+0.1 {
		k := clamp(math.Round(v), 0, edge)
		c = max(c, cover(math.Abs(v-k)*b.PitchY, hw, fy)*cover(math.Abs(u-edge/2)*b.PitchX, edge/2*b.PitchX+hw, fx))
	}
	if c > 0 {
		// Hand-drawn lines are not even.
		c *= 0.9 + 0.1*noise(x*0.15, y*0.15, r.seed+21)
	}
	ku, kv := math.Round(u), math.Round(v)
	if ku >= 0 && kv >= 0 && ku <= edge && kv <= edge && r.hoshi[int(kv)*n+int(ku)] {
		c = max(c, cover(math.Hypot((u-ku)*b.PitchX, (v-kv)*b.PitchY), b.Hoshi, max(fx, fy)))
	}
	if b.Seam {
		c = max(c, 0.7*cover(math.Abs(y-b.PitchY/2), 0.4, fy))
	}
	return c
}

// hoshi marks the star points of a size.
func hoshi(n int) []bool {
	m := make([]bool, n*n)
	if n < 7 {
		return m
	}
	e := 3
	if n < 13 {
		e = 2
	}
	at := []int{e, n - 1 - e}
	if n%2 == 1 {
		at = append(at, n/2)
	}
	for _, y := range at {
		for _, x := range at {
			side := (x == n/2) != (y == n/2)
			if n%2 == 1 && side && n < 15 {
				continue
			}
			m[y*n+x] = true
		}
	}
	return m
}

// tableColour is the linear albedo of the table at (x, y) mm, litter included.
func (r *renderer) tableColour(x, y float64) RGB {
	for i := range r.litter {
		l := &r.litter[i]
		u, v := (x-l.x)*l.cos+(y-l.y)*l.sin, (y-l.y)*l.cos-(x-l.x)*l.sin
		if math.Abs(u) > l.w || math.Abs(v) > l.h {
			continue
		}
		c := l.colour
		if l.lined && math.Abs(u) < l.w*0.85 {
			if f := math.Mod(v+1000, 9); f < 2.5 && hash(int32(u/7), int32(v/9), r.seed) > 0.35 {
				c = c.scale(0.45)
			}
		}
		return c
	}
	g := r.cfg.Table.Grain
	c := r.tableLin
	if g < 0 { // cloth
		k := 1 - g*0.10*math.Sin(x*2.2)*math.Sin(y*2.2) - g*0.15*fbm(x*0.01, y*0.013, 3, r.seed+31)
		return c.scale(k)
	}
	w := y + 30*fbm(x*0.0016, y*0.006, 3, r.seed+32)
	k := 0.10*math.Sin(w*0.35) + 0.10*noise(x*0.004, w*0.5, r.seed+33) + 0.08*noise(x*0.02, y*1.1, r.seed+34)
	if m := math.Mod(y+4000, 140); m < 1.2 {
		k -= 0.4
	}
	return c.scale(max(0.2, 1+2*g*k))
}
