package sim

import (
	"image"
	"math"
	"math/rand/v2"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/grid"
)

// one is white in the linear layers; they hold up to eight times that.
const one = 8192

// lamp is a Light in the axes of the board.
type lamp struct {
	at     vec
	radius float64
	gain   float64 // light on a level sheet at the origin is 1 at full power
	patchd *Patch
	turn   float64 // of the patch
	px, py float64
}

// patch is the share of the lamp's light that its window lets through to p.
func (l *lamp) patch(p vec) float64 {
	if l.patchd == nil {
		return 1
	}
	s, c := math.Sincos(-l.turn)
	q := vec{p.x - l.px, p.y - l.py, 0}.turn(s, c)
	w := max(l.patchd.Soft, 0.5)
	in := min(l.patchd.HalfW-math.Abs(q.x), l.patchd.HalfH-math.Abs(q.y))
	return smooth(-w, w, in)
}

// renderer draws stones and board. It keeps the light of each lamp in a layer
// of its own, so that lamps change cheaply, and redraws only around stones
// that come and go.
type renderer struct {
	cfg    Config
	seed   uint32
	table  view // the camera in the axes of the table
	v      view // and of the board
	push   push
	bw, bh float64
	shape  shape
	lamps  []lamp
	bowls  []bowl
	litter []litter
	hoshi  []bool

	woodLin, inkLin, tableLin, blackLin, whiteLin RGB

	stones []stone
	power  [4]float64 // of ambient and lamps, factor on the Config
	coef   [4][3]uint32

	kind  []uint8
	plane [][2]float32 // where each pixel's ray meets the plane of the board's surface, mm
	vig   []float32
	base  [4][]uint16 // board and table without stones
	cur   [4][]uint16 // with
	sharp []uint16    // lamps added up
	clean []uint16    // and blurred by the lens

	rebase, relight bool
	dirty           image.Rectangle
}

func newRenderer(c Config) *renderer {
	r := &renderer{cfg: c, seed: uint32(c.Seed*2654435761 + c.Seed>>32)}
	r.bw, r.bh = c.Board.outer(c.Size)
	r.shape = c.Stones.shape()
	r.hoshi = hoshi(c.Size)
	r.woodLin, r.inkLin = c.Board.Wood.linear(), c.Board.Ink.linear()
	r.tableLin = c.Table.Colour.linear()
	r.blackLin, r.whiteLin = c.Stones.Black.linear(), c.Stones.White.linear()
	r.stones = make([]stone, c.Size*c.Size)
	for i := range r.power {
		r.power[i] = 1
	}
	r.table = newView(c.Camera, c.Width, c.Height, c.Board, c.Size)
	n := c.Width * c.Height
	r.kind = make([]uint8, n)
	r.plane = make([][2]float32, n)
	r.vig = make([]float32, n)
	for i := range 1 + len(c.Lights) {
		r.base[i] = make([]uint16, 3*n)
		r.cur[i] = make([]uint16, 3*n)
	}
	r.sharp, r.clean = make([]uint16, 3*n), make([]uint16, 3*n)
	for y := range c.Height {
		for x := range c.Width {
			dx, dy := float64(x)-r.table.cx, float64(y)-r.table.cy
			q := (dx*dx + dy*dy) * r.table.inv2
			r.vig[y*c.Width+x] = float32(1 - c.Camera.Vignette*q*(0.6+0.4*q))
		}
	}
	r.furnish()
	r.rebase = true
	return r
}

// furnish puts bowls and litter beside the board.
func (r *renderer) furnish() {
	g := rand.New(rand.NewPCG(r.cfg.Seed, 1))
	places := []vec{{r.bw + 105, r.bh * 0.55, 0}, {-r.bw - 105, -r.bh * 0.55, 0}}
	brown := RGB{0.33, 0.17, 0.10}.linear()
	for i := range min(r.cfg.Table.Bowls, 2) {
		at := places[i].add(vec{g.Float64()*40 - 10, g.Float64()*80 - 40, 0})
		if i == 1 {
			at.x -= 20
		}
		h := 52.0
		at.z = -r.cfg.Board.Thickness + h*0.75
		in := r.blackLin.scale(1.5)
		if i == 1 {
			in = r.whiteLin
		}
		r.bowls = append(r.bowls, bowl{at: at, r: 66, h: h, rim: h * 0.62, inside: in, surface: brown})
	}
	for range r.cfg.Table.Litter {
		a := g.Float64() * 2 * math.Pi
		s, c := math.Sincos(g.Float64() * 3)
		l := litter{w: 35 + 80*g.Float64(), sin: s, cos: c}
		l.h = l.w * (1 + 0.6*g.Float64())
		d := math.Hypot(l.w, l.h)
		l.x, l.y = math.Cos(a), math.Sin(a)
		k := min((r.bw+d+15)/max(math.Abs(l.x), 0.01), (r.bh+d+15)/max(math.Abs(l.y), 0.01))
		l.x, l.y = l.x*k, l.y*k
		if g.IntN(2) == 0 {
			l.colour, l.lined = RGB{0.93, 0.93, 0.90}.linear(), true
		} else {
			l.colour = RGB{g.Float64(), g.Float64() * 0.8, g.Float64()}.scale(0.6).linear()
		}
		r.litter = append(r.litter, l)
	}
}

// place works out where everything is in the axes of the board.
func (r *renderer) place() {
	r.v = r.table.onBoard(r.push)
	r.lamps = r.lamps[:0]
	for i := range r.cfg.Lights {
		c := &r.cfg.Lights[i]
		az, el := rad(c.Azimuth), rad(c.Elevation)
		at := vec{math.Sin(az) * math.Cos(el), -math.Cos(az) * math.Cos(el), math.Sin(el)}.mul(c.Distance)
		l := lamp{at: r.push.toBoard(at), radius: c.Radius, gain: c.Distance * c.Distance / math.Sin(el), patchd: c.Patch}
		if c.Patch != nil {
			q := r.push.toBoard(vec{c.Patch.X, c.Patch.Y, 0})
			l.px, l.py, l.turn = q.x, q.y, rad(c.Patch.Turn)-r.push.turn
		}
		r.lamps = append(r.lamps, l)
	}
}

// colours works out the coefficients of the layers from the lamps' powers.
func (r *renderer) colours() {
	s := &r.cfg.Sensor
	amb := kelvin(r.cfg.Ambient.Kelvin).scale(r.cfg.Ambient.Power)
	mix := amb
	var cols [4]RGB
	cols[0] = amb.scale(r.power[0])
	for i, l := range r.cfg.Lights {
		c := kelvin(l.Kelvin).scale(l.Power)
		mix = RGB{mix[0] + c[0], mix[1] + c[1], mix[2] + c[2]}
		if l.Tint != (RGB{}) {
			c = c.times(l.Tint)
		}
		cols[i+1] = c.scale(r.power[i+1])
	}
	if s.WhitePoint > 0 {
		mix = kelvin(s.WhitePoint)
	}
	for i := range cols {
		for c := range 3 {
			r.coef[i][c] = uint32(clamp(cols[i][c]*s.Exposure*mix[1]/max(mix[c], 0.02), 0, 200) * 4096)
		}
	}
}

// update brings clean up to date.
func (r *renderer) update() {
	all := image.Rect(0, 0, r.cfg.Width, r.cfg.Height)
	if r.rebase {
		r.place()
		r.drawBase()
		r.dirty = all
		r.rebase = false
	}
	if r.relight {
		r.colours()
	}
	d := r.dirty.Intersect(all)
	if !d.Empty() {
		r.drawStones(d)
	}
	if r.relight {
		d, r.relight = all, false
	}
	r.dirty = image.Rectangle{}
	if d.Empty() {
		return
	}
	r.compose(d)
	r.blur(d)
}

func put(dst []uint16, c RGB, f float64) {
	for i := range 3 {
		dst[i] = uint16(clamp(c[i]*f*one+0.5, 0, 65535))
	}
}

// drawBase draws table and board without stones into the base layers.
func (r *renderer) drawBase() {
	w, h := r.cfg.Width, r.cfg.Height
	kinds := make([]uint8, (w+2)*(h+2)) // with a frame around
	for y := -1; y <= h; y++ {
		for x := -1; x <= w; x++ {
			k, _, n := r.hit(r.v.ray(float64(x), float64(y)))
			if k == onSide && n.x != 0 {
				k |= 0x80 // the other side
			}
			kinds[(y+1)*(w+2)+x+1] = k
		}
	}
	layers := 1 + len(r.lamps)
	for y := range h {
		for x := range w {
			at := (y+1)*(w+2) + x + 1
			k := kinds[at]
			i := y*w + x
			r.kind[i] = k &^ 0x80
			r.plane[i] = [2]float32{1e6, 1e6}
			if d := r.v.ray(float64(x), float64(y)); d.z < -1e-6 {
				t := -r.v.at.z / d.z
				r.plane[i] = [2]float32{float32(r.v.at.x + t*d.x), float32(r.v.at.y + t*d.y)}
			}
			var sum [4]RGB
			if k == kinds[at-1] && k == kinds[at+1] && k == kinds[at-w-2] && k == kinds[at+w+2] {
				r.ground(float64(x), float64(y), 1, &sum)
			} else {
				for j := range 9 {
					var one [4]RGB
					r.ground(float64(x)+float64(j%3-1)/3, float64(y)+float64(j/3-1)/3, 1.0/3, &one)
					for l := range layers {
						for c := range 3 {
							sum[l][c] += one[l][c] / 9
						}
					}
				}
			}
			for l := range layers {
				put(r.base[l][3*i:], sum[l], float64(r.vig[i]))
			}
		}
	}
}

// ground is the light that comes along the ray of (x, y) when no stone is in
// its way; foot is the part of a pixel it stands for.
func (r *renderer) ground(x, y, foot float64, out *[4]RGB) {
	d := r.v.ray(x, y)
	k, p, n := r.hit(d)
	var fx, fy float64
	if k == onTop {
		dx, dy := r.v.ray(x+foot, y), r.v.ray(x, y+foot)
		q, s := r.v.at.add(dx.mul(-r.v.at.z/dx.z)), r.v.at.add(dy.mul(-r.v.at.z/dy.z))
		fx = math.Abs(q.x-p.x) + math.Abs(s.x-p.x)
		fy = math.Abs(q.y-p.y) + math.Abs(s.y-p.y)
	}
	s := r.look(k, p, n, fx, fy)
	view := d.mul(-1).norm()
	open := 0.5 + 0.5*n.z
	if k == onTable {
		open *= r.corner(p)
	}
	if k == onSide {
		open = 0.5 * (1 + 0.4*smooth(-r.cfg.Board.Thickness, 0, p.z))
	}
	fres := s.gloss * (0.04 + 0.5*math.Pow(1-clamp(n.dot(view), 0, 1), 5))
	for c := range 3 {
		out[0][c] = open * (s.albedo[c] + fres*0.5)
	}
	for i := range r.lamps {
		lamp := &r.lamps[i]
		l := lamp.at.sub(p)
		dist := l.len()
		l = l.mul(1 / dist)
		nl := n.dot(l)
		if nl <= 0 {
			continue
		}
		vis := lamp.gain / (dist * dist) * lamp.patch(p)
		soft := lamp.radius / dist
		if k == onTable {
			vis *= r.boardShadow(p, l, soft)
		}
		if k != onTop && k != onSide {
			for j := range r.bowls {
				b := &r.bowls[j]
				if k == onTable {
					vis *= 1 - eclipse(p.sub(r.push.toBoard(b.at)), l, soft, b.r, b.h)
				}
			}
		}
		// A varnished board mirrors a wide blur of the lamp.
		hv := l.add(view).norm()
		e := 60 / (1 + 30*soft*soft)
		sp := s.gloss * 0.035 * (e + 8) / 8 * math.Pow(clamp(n.dot(hv), 0, 1), e)
		for c := range 3 {
			out[i+1][c] = vis * (nl*s.albedo[c] + sp)
		}
	}
}

// corner is how open the sky is above a place on the table beside the board.
func (r *renderer) corner(p vec) float64 {
	d := math.Hypot(max(0, math.Abs(p.x)-r.bw), max(0, math.Abs(p.y)-r.bh))
	t := r.cfg.Board.Thickness
	open := 1 - 0.5*t/(t+d*1.6+1)
	for i := range r.bowls {
		b := &r.bowls[i]
		q := r.push.toBoard(b.at)
		e := max(0, math.Hypot(p.x-q.x, p.y-q.y)-b.r*0.75)
		open *= 1 - 0.5*30/(30+e)
	}
	return open
}

// boardShadow is the share of a lamp's light that the board lets through to a
// place on the table.
func (r *renderer) boardShadow(p, l vec, soft float64) float64 {
	t := r.cfg.Board.Thickness / max(l.z, 0.05)
	vis := 1.0
	for k := 0.04; k <= 1; k += 0.06 {
		q := p.add(l.mul(t * k))
		out := max(math.Abs(q.x)-r.bw, math.Abs(q.y)-r.bh)
		pen := 0.7*soft*t*k + 3
		vis = min(vis, smooth(-pen, pen, out))
	}
	return vis
}

// drawStones draws the layers again inside d, from the base and the stones.
func (r *renderer) drawStones(d image.Rectangle) {
	w := r.cfg.Width
	layers := 1 + len(r.lamps)
	top := r.shape.b + r.shape.mid
	for y := d.Min.Y; y < d.Max.Y; y++ {
		for x := d.Min.X; x < d.Max.X; x++ {
			i := y*w + x
			fx, fy := float64(x), float64(y)
			dir := r.v.ray(fx, fy)
			hits, own := 0, (*stone)(nil)
			if r.anyNear(dir, top) {
				for j := range 4 {
					s, _ := r.first(r.v.ray(fx+float64(j%2)*0.66-0.33, fy+float64(j/2)*0.66-0.33), top)
					if s != nil {
						hits++
					}
					if j == 0 {
						own = s
					} else if s != own {
						hits = -9 // an edge
					}
				}
			}
			var sum [4]RGB
			switch {
			case hits == 4:
				if s, p := r.first(dir, top); s != nil {
					r.shade(s, p, &sum)
				}
			case hits == 0:
				r.shadowed(i, dir, &sum)
			default:
				var under [4]RGB
				r.shadowed(i, dir, &under)
				for j := range 9 {
					s, p := r.first(r.v.ray(fx+float64(j%3-1)/3, fy+float64(j/3-1)/3), top)
					one := under
					if s != nil {
						one = [4]RGB{}
						r.shade(s, p, &one)
					}
					for l := range layers {
						for c := range 3 {
							sum[l][c] += one[l][c] / 9
						}
					}
				}
			}
			if hits == 0 {
				for l := range layers {
					put(r.cur[l][3*i:], sum[l], 1)
				}
				continue
			}
			for l := range layers {
				put(r.cur[l][3*i:], sum[l], float64(r.vig[i]))
			}
		}
	}
}

// anyNear reports whether a stone stands where the ray passes their height.
func (r *renderer) anyNear(d vec, top float64) bool {
	if d.z >= 0 {
		return false
	}
	o := r.v.at
	a, b := o.add(d.mul((top-o.z)/d.z)), o.add(d.mul(-o.z/d.z))
	found := false
	r.cells(a.x, a.y, b.x, b.y, 0.9, func(*stone) { found = true })
	return found
}

// first returns the stone that the ray meets first, and where.
func (r *renderer) first(d vec, top float64) (hit *stone, at vec) {
	if d.z >= 0 {
		return nil, at
	}
	o := r.v.at
	a, b := o.add(d.mul((top-o.z)/d.z)), o.add(d.mul(-o.z/d.z))
	best := math.Inf(1)
	r.cells(a.x, a.y, b.x, b.y, 0.9, func(s *stone) {
		if t, ok := s.meets(o, d, r.shape); ok && t < best {
			best, hit = t, s
		}
	})
	if hit != nil {
		at = o.add(d.mul(best))
	}
	return hit, at
}

// shadowed is the base of pixel i with the stones' shadows on it. The base
// holds the vignette already; where no stone is near it is returned as it is.
func (r *renderer) shadowed(i int, d vec, out *[4]RGB) {
	layers := 1 + len(r.lamps)
	for l := range layers {
		for c := range 3 {
			out[l][c] = float64(r.base[l][3*i+c]) / one
		}
	}
	if r.kind[i] != onTop {
		return
	}
	o := r.v.at
	p := o.add(d.mul(-o.z / d.z))
	f := r.shape
	open := 1.0
	r.around(p, 1.7, func(s *stone) {
		q := s.centre(f).sub(p)
		x, y, z := q.x/f.a, q.y/f.a, max(q.z, 0.5*f.b)/f.b
		d2 := x*x + y*y + z*z
		open *= 1 - 0.8*min(1, z/(d2*math.Sqrt(d2)))
	})
	if open < 1 {
		out[0] = out[0].scale(open)
	}
	for k := range r.lamps {
		lamp := &r.lamps[k]
		l := lamp.at.sub(p)
		dist := l.len()
		l = l.mul(1 / dist)
		vis := 1.0
		r.toward(p, l, func(s *stone) { vis *= 1 - s.blocks(p, l, lamp.radius/dist, f) })
		if vis < 1 {
			out[k+1] = out[k+1].scale(vis)
		}
	}
}

// spoil marks what the stone s touches, its shadows included, to be redrawn.
func (r *renderer) spoil(s *stone) {
	if r.rebase {
		return
	}
	f := r.shape
	top := f.b + f.mid + s.lift
	x0, y0, x1, y1 := s.x-2.4*f.a, s.y-2.4*f.a, s.x+2.4*f.a, s.y+2.4*f.a
	for i := range r.lamps {
		l := r.lamps[i].at.sub(vec{s.x, s.y, 0}).norm()
		k := top / max(l.z, 0.15)
		e := f.a * 1.5
		x0, x1 = min(x0, s.x-l.x*k-e), max(x1, s.x-l.x*k+e)
		y0, y1 = min(y0, s.y-l.y*k-e), max(y1, s.y-l.y*k+e)
	}
	r.dirty = r.dirty.Union(r.bounds([]vec{{x0, y0, 0}, {x1, y0, 0}, {x1, y1, 0}, {x0, y1, 0},
		{x0, y0, top}, {x1, y0, top}, {x1, y1, top}, {x0, y1, top}}, 2))
}

// bounds is the picture's rectangle around some places.
func (r *renderer) bounds(ps []vec, margin float64) image.Rectangle {
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, p := range ps {
		q := r.v.project(p)
		x0, x1, y0, y1 = min(x0, q.X), max(x1, q.X), min(y0, q.Y), max(y1, q.Y)
	}
	lim := func(v float64) int { return int(clamp(v, -1e5, 1e5)) }
	return image.Rect(lim(x0-margin), lim(y0-margin), lim(x1+margin)+2, lim(y1+margin)+2)
}

// at returns where the crossing (u, v) lies on the board.
func (r *renderer) at(u, v float64) vec {
	half := float64(r.cfg.Size-1) / 2
	return vec{(u - half) * r.cfg.Board.PitchX, (v - half) * r.cfg.Board.PitchY, 0}
}

// spec is the exact geometry, in the terms of package grid.
func (r *renderer) spec(dx, dy float64) grid.Spec {
	e := float64(r.cfg.Size - 1)
	g := grid.Spec{Size: r.cfg.Size, Width: r.cfg.Width, Height: r.cfg.Height, K1: r.cfg.Camera.K1,
		Aspect: r.cfg.Board.PitchY / r.cfg.Board.PitchX, Focal: r.table.f}
	for i, c := range [4][2]float64{{0, 0}, {e, 0}, {e, e}, {0, e}} {
		q := r.v.project(r.at(c[0], c[1]))
		g.Corners[i] = grid.Pt{X: q.X + dx, Y: q.Y + dy}
	}
	return g
}

// set puts a stone on a point, or takes it off for Empty.
func (r *renderer) set(p board.Point, s stone) {
	q := &r.stones[int(p.Y)*r.cfg.Size+int(p.X)]
	if q.colour != board.Empty {
		r.spoil(q)
	}
	*q = s
	if s.colour != board.Empty {
		r.spoil(q)
	}
}
