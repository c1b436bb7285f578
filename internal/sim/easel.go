package sim

import (
	"image"
	"math"

	"github.com/gobancam/gobancam/board"
)

// texel gathers the parts that a pixel shows, the near ones weighing most.
type texel struct{ w, nx, ny, nz, z, a, u, v, t float32 }

// nothing is a pixel without any part.
var nothing texel

// sheet is the texels of a rectangle of the picture.
type sheet struct {
	box image.Rectangle
	px  []texel
}

// clear empties the sheet, using buf if it is large enough, and returns buf.
func (s *sheet) clear(buf []texel) []texel {
	n := s.box.Dx() * s.box.Dy()
	if len(buf) < n {
		buf = make([]texel, n)
	}
	s.px = buf[:n]
	clear(s.px)
	return buf
}

// at returns the texel of a pixel. Outside of the sheet it must not be changed.
func (s *sheet) at(x, y int) *texel {
	if x < s.box.Min.X || y < s.box.Min.Y || x >= s.box.Max.X || y >= s.box.Max.Y {
		return &nothing
	}
	return &s.px[(y-s.box.Min.Y)*s.box.Dx()+x-s.box.Min.X]
}

// exp is e to the x to within 4 %, limited to e^±60: a power of two put
// together from its bits (Schraudolph 1999, "A fast, compact approximation of
// the exponential function").
func exp(x float32) float32 {
	x = min(max(x, -60), 60)
	return math.Float32frombits(uint32(int32(x*(1<<23/math.Ln2)) + 1064866805))
}

// easel draws figures over a frame. Its buffers are kept from frame to frame.
type easel struct {
	skin, cloth []texel
	over        []float32 // premultiplied colour and cover of the figures, 4 per pixel
	rect        image.Rectangle
	dim         [4][]float32 // share of each lamp's light that figures let through, on a map of the board's plane
	dw, dh      int
	x0, y0      float64         // place of the map's first cell
	shaded      []bool          // cells of the map of which some corner is dark
	box         image.Rectangle // cells of the map that are not 1
}

// The map of shadows, mm.
const (
	mapCell   = 6.0
	mapMargin = 420
)

// reset makes the easel ready for a frame without figures and shadows.
func (e *easel) reset(r *renderer) {
	n := 4 * r.cfg.Width * r.cfg.Height
	if len(e.over) != n {
		e.over = make([]float32, n)
		e.x0, e.y0 = -r.bw-mapMargin, -r.bh-mapMargin
		e.dw, e.dh = int(-2*e.x0/mapCell)+2, int(-2*e.y0/mapCell)+2
		e.shaded = make([]bool, e.dw*e.dh)
		for i := range 1 + len(r.lamps) {
			e.dim[i] = make([]float32, e.dw*e.dh)
		}
		e.box = image.Rect(0, 0, e.dw, e.dh)
	}
	e.clear(r)
	for i := range 1 + len(r.lamps) {
		for y := e.box.Min.Y; y < e.box.Max.Y; y++ {
			row := e.dim[i][y*e.dw:]
			for x := e.box.Min.X; x < e.box.Max.X; x++ {
				row[x] = 1
			}
		}
	}
	e.box = image.Rectangle{}
}

// castShadows darkens the map of the board's plane where parts keep light off.
func (e *easel) castShadows(r *renderer, parts []part) {
	for i := range 1 + len(r.lamps) {
		for _, q := range parts {
			az, bz := max(q.a.z, 0), max(q.b.z, 0)
			a, b, ra, rb := q.a, q.b, q.ra, q.rb
			var pa, pb, depth float64
			if i == 0 {
				// The sky: a blur as wide as the part is high.
				pa, pb = 12+1.1*az, 12+1.1*bz
				depth = 0.62 * math.Exp(-min(az, bz)/110)
			} else {
				l := &r.lamps[i-1]
				if l.at.z < 300 {
					continue
				}
				ka, kb := az/max(l.at.z-az, 50), bz/max(l.at.z-bz, 50)
				a = a.add(a.sub(l.at).mul(ka))
				b = b.add(b.sub(l.at).mul(kb))
				ra, rb = ra*(1+ka), rb*(1+kb)
				pa, pb = 3+1.6*l.radius*ka, 3+1.6*l.radius*kb
				depth = 1
			}
			e.smear(e.dim[i], a, b, ra, rb, pa, pb, depth)
		}
	}
}

// smear takes the minimum of the map and a soft capsule from a to b.
func (e *easel) smear(m []float32, a, b vec, ra, rb, pa, pb, depth float64) {
	far := max(ra+pa/2, rb+pb/2)
	x0 := max(0, int((min(a.x, b.x)-far-e.x0)/mapCell))
	x1 := min(e.dw, int((max(a.x, b.x)+far-e.x0)/mapCell)+2)
	y0 := max(0, int((min(a.y, b.y)-far-e.y0)/mapCell))
	y1 := min(e.dh, int((max(a.y, b.y)+far-e.y0)/mapCell)+2)
	if x0 >= x1 || y0 >= y1 {
		return
	}
	e.box = e.box.Union(image.Rect(x0, y0, x1, y1))
	dx, dy := b.x-a.x, b.y-a.y
	inv := 1 / max(dx*dx+dy*dy, 1e-6)
	for y := y0; y < y1; y++ {
		py := e.y0 + float64(y)*mapCell - a.y
		for x := x0; x < x1; x++ {
			px := e.x0 + float64(x)*mapCell - a.x
			t := clamp((px*dx+py*dy)*inv, 0, 1)
			ex, ey := px-t*dx, py-t*dy
			d := math.Sqrt(ex*ex+ey*ey) - ra - t*(rb-ra)
			pen := pa + t*(pb-pa)
			if d >= pen/2 {
				continue
			}
			// A penumbra wider than the part never gets quite dark.
			k := depth * min(1, 3*(ra+rb)/(pen+1))
			v := float32(1 - k*(1-smooth(-pen/2, pen/2, d)))
			if i := y*e.dw + x; v < m[i] {
				m[i] = v
			}
		}
	}
}

// applyShadows darkens the frame under the map.
func (e *easel) applyShadows(r *renderer, frame []uint16) {
	if e.box.Empty() {
		return
	}
	lo, hi := e.box.Min.Sub(image.Pt(1, 1)), e.box.Max
	ax, ay := e.x0+float64(lo.X)*mapCell, e.y0+float64(lo.Y)*mapCell
	bx, by := e.x0+float64(hi.X)*mapCell, e.y0+float64(hi.Y)*mapCell
	d := r.bounds([]vec{{ax, ay, 0}, {bx, ay, 0}, {bx, by, 0}, {ax, by, 0}}, 1).
		Intersect(image.Rect(0, 0, r.cfg.Width, r.cfg.Height))
	layers := 1 + len(r.lamps)
	clear(e.shaded)
	for y := max(lo.Y, 0); y < min(hi.Y, e.dh-1); y++ {
		for x := max(lo.X, 0); x < min(hi.X, e.dw-1); x++ {
			at := y*e.dw + x
			for l := range layers {
				m := e.dim[l]
				if min(m[at], m[at+1], m[at+e.dw], m[at+e.dw+1]) < 0.998 {
					e.shaded[at] = true
				}
			}
		}
	}
	w := r.cfg.Width
	var coef [4][3]float32
	for l := range layers {
		for c := range 3 {
			coef[l][c] = float32(r.coef[l][c])
		}
	}
	for y := d.Min.Y; y < d.Max.Y; y++ {
		for x := d.Min.X; x < d.Max.X; x++ {
			i := y*w + x
			mx, my := (r.plane[i][0]-float32(e.x0))*(1/mapCell), (r.plane[i][1]-float32(e.y0))*(1/mapCell)
			if !(mx >= 0 && my >= 0 && mx < float32(e.dw-1) && my < float32(e.dh-1)) {
				continue
			}
			ix, iy := int(mx), int(my)
			at := iy*e.dw + ix
			if !e.shaded[at] {
				continue
			}
			fx, fy := mx-float32(ix), my-float32(iy)
			// No hard end where the map ends.
			fade := min(1, min(mx, my, float32(e.dw)-mx, float32(e.dh)-my)*(1/15.0))
			var sum, lit [3]float32
			for l := range layers {
				m := e.dim[l]
				v := (m[at]*(1-fx)+m[at+1]*fx)*(1-fy) + (m[at+e.dw]*(1-fx)+m[at+e.dw+1]*fx)*fy
				v = 1 - (1-v)*fade
				cur, k := r.cur[l][3*i:3*i+3], &coef[l]
				a, b, c := k[0]*float32(cur[0]), k[1]*float32(cur[1]), k[2]*float32(cur[2])
				sum[0], sum[1], sum[2] = sum[0]+a, sum[1]+b, sum[2]+c
				lit[0], lit[1], lit[2] = lit[0]+a*v, lit[1]+b*v, lit[2]+c*v
			}
			out := frame[3*i : 3*i+3]
			for c := range 3 {
				if sum[c] > 0 {
					out[c] = uint16(float32(out[c]) * lit[c] / sum[c])
				}
			}
		}
	}
}

// flatPart is a part as the picture shows it: a round cone in pixels.
type flatPart struct {
	ax, ay, bx, by, ra, rb float64
	za, zb                 float64 // how far its ends are in front of the camera, mm
	box                    image.Rectangle
}

// flatten projects parts. What lies behind the camera gets an empty box.
func (r *renderer) flatten(parts []part, soft float64) []flatPart {
	all := image.Rect(0, 0, r.cfg.Width, r.cfg.Height)
	fl := make([]flatPart, len(parts))
	for i, q := range parts {
		za := q.a.sub(r.v.at).dot(r.v.fwd)
		zb := q.b.sub(r.v.at).dot(r.v.fwd)
		const nearest = 80 // mm
		if za < nearest && zb < nearest {
			continue
		}
		a, b, ra, rb := q.a, q.b, q.ra, q.rb
		if za < nearest {
			t := (nearest - za) / (zb - za)
			a, ra, za = a.lerp(b, t), ra+(rb-ra)*t, nearest
		} else if zb < nearest {
			t := (nearest - zb) / (za - zb)
			b, rb, zb = b.lerp(a, t), rb+(ra-rb)*t, nearest
		}
		pa, pb := r.v.project(a), r.v.project(b)
		p := flatPart{ax: pa.X, ay: pa.Y, bx: pb.X, by: pb.Y, ra: r.v.f * ra / za, rb: r.v.f * rb / zb, za: za, zb: zb}
		m := max(p.ra, p.rb) + soft + 1
		lim := func(v float64) int { return int(clamp(v, -1e5, 1e5)) }
		p.box = image.Rect(lim(min(p.ax, p.bx)-m), lim(min(p.ay, p.by)-m), lim(max(p.ax, p.bx)+m)+2, lim(max(p.ay, p.by)+m)+2).Intersect(all)
		fl[i] = p
	}
	return fl
}

// holds reports whether the part hides the place (x, y) of the picture.
func (p *flatPart) holds(x, y float64) bool {
	if !image.Pt(int(x), int(y)).In(p.box) {
		return false
	}
	dx, dy := p.bx-p.ax, p.by-p.ay
	x, y = x-p.ax, y-p.ay
	t := clamp((x*dx+y*dy)/max(dx*dx+dy*dy, 1e-6), 0, 1)
	rr := p.ra + t*(p.rb-p.ra)
	x, y = x-t*dx, y-t*dy
	return x*x+y*y < rr*rr
}

// draw adds a figure to the overlay with the given weight (a share of the
// time that the shutter is open).
func (e *easel) draw(r *renderer, f *figure, parts []part, weight float64) {
	soft := 0.6 + r.cfg.Camera.Blur
	fl := r.flatten(parts, soft)
	skin, cloth := &sheet{}, &sheet{}
	for i := range fl {
		if parts[i].cloth {
			cloth.box = cloth.box.Union(fl[i].box)
		} else {
			skin.box = skin.box.Union(fl[i].box)
		}
	}
	b := newBrush(r, f)
	box := skin.box.Union(cloth.box).Union(b.heldBox)
	if box.Empty() {
		return
	}
	e.rect = e.rect.Union(box)
	e.skin, e.cloth = skin.clear(e.skin), cloth.clear(e.cloth)
	for i := range fl {
		// Flesh flows together over 6 mm, cloth over 14.
		if parts[i].cloth {
			cloth.add(&fl[i], &parts[i], b.zref, soft, 1.0/14)
		} else {
			skin.add(&fl[i], &parts[i], b.zref, soft, 1.0/6)
		}
	}
	w := r.cfg.Width
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			col, alpha := b.pixel(x, y, skin.at(x, y), cloth.at(x, y))
			if alpha == 0 {
				continue
			}
			o := e.over[4*(y*w+x):][:4]
			k := float64(r.vig[y*w+x]) * weight
			for c := range 3 {
				o[c] += float32(col[c] * k)
			}
			o[3] += float32(alpha * weight)
		}
	}
}

// add draws a part into the sheet. zref is the distance that counts as depth
// 0, soft the half width of its edge in pixels, and 1/k the depth in mm over
// which parts flow together.
func (s *sheet) add(p *flatPart, q *part, zref, soft, k float64) {
	dx, dy := p.bx-p.ax, p.by-p.ay
	l2 := dx*dx + dy*dy
	inv := 1 / max(l2, 1e-6)
	il := 1 / (math.Sqrt(l2) + 1e-6)
	length := q.b.sub(q.a).len()
	far := max(p.ra, p.rb) + soft
	far *= far
	for y := p.box.Min.Y; y < p.box.Max.Y; y++ {
		py := float64(y) - p.ay
		for x := p.box.Min.X; x < p.box.Max.X; x++ {
			px := float64(x) - p.ax
			t := clamp((px*dx+py*dy)*inv, 0, 1)
			ex, ey := px-t*dx, py-t*dy
			d2 := ex*ex + ey*ey
			if d2 >= far {
				continue
			}
			rr := p.ra + t*(p.rb-p.ra)
			if lim := rr + soft; d2 >= lim*lim {
				continue
			}
			d := math.Sqrt(d2)
			a := clamp((rr-d)/(2*soft)+0.5, 0, 1)
			// The normal of a sphere at this place of the axis.
			nd := min(d/max(rr, 0.5), 0.999)
			nz := math.Sqrt(1 - nd*nd)
			side := nd / max(d, 1e-6)
			z := zref - (p.za + t*(p.zb-p.za)) + (q.ra+t*(q.rb-q.ra))*nz
			wt := exp(float32(z*k)) * float32(a+1e-4)
			o := s.at(x, y)
			o.w += wt
			o.nx += wt * float32(ex*side)
			o.ny += wt * float32(ey*side)
			o.nz += wt * float32(nz)
			o.z += wt * float32(z)
			o.u += wt * float32(t*length)
			o.v += wt * float32((ex*dy-ey*dx)*il/max(rr, 1))
			o.t += wt * float32(q.ta+t*(q.tb-q.ta))
			o.a = max(o.a, float32(a))
		}
	}
}

// brush colours a figure: its light and its material.
type brush struct {
	r            *renderer
	arm          *Arm
	skin, sleeve RGB    // linear
	cols         [4]RGB // of ambient light and lamps
	dirs         [4]vec // to the lamps; they hardly change over a hand
	power        [4]float64
	zref         float64 // distance of the fingertips before the camera, mm
	held         stone
	heldBox      image.Rectangle // of the picture; empty when nothing is held
}

func newBrush(r *renderer, f *figure) *brush {
	b := &brush{r: r, arm: f.arm, skin: f.arm.Skin.linear(), sleeve: f.arm.Sleeve.linear()}
	for l := range b.cols {
		for c := range 3 {
			b.cols[l][c] = float64(r.coef[l][c]) / 4096
		}
	}
	tip := r.push.toBoard(f.tip)
	b.zref = tip.sub(r.v.at).dot(r.v.fwd)
	for i := range r.lamps {
		d := r.lamps[i].at.sub(tip)
		q := d.len()
		b.dirs[i], b.power[i] = d.mul(1/q), r.lamps[i].gain/(q*q)*r.lamps[i].patch(vec{tip.x, tip.y, 0})
	}
	if f.stone != board.Empty {
		c := r.push.toBoard(f.tip.add(f.hang))
		b.held = stone{colour: f.stone, x: c.x, y: c.y, lift: max(0, c.z-r.shape.mid), tint: 1}
		a, low, top := r.shape.a, b.held.lift, b.held.lift+r.shape.mid+r.shape.b
		b.heldBox = r.bounds([]vec{
			{c.x - a, c.y - a, low}, {c.x + a, c.y - a, low}, {c.x + a, c.y + a, low}, {c.x - a, c.y + a, low},
			{c.x - a, c.y - a, top}, {c.x + a, c.y - a, top}, {c.x + a, c.y + a, top}, {c.x - a, c.y + a, top},
		}, 2).Intersect(image.Rect(0, 0, r.cfg.Width, r.cfg.Height))
	}
	return b
}

// pixel lays skin, cloth and stone over each other, the nearest on top, and
// returns the light, premultiplied, and the cover of the pixel.
func (b *brush) pixel(x, y int, skin, cloth *texel) (col RGB, alpha float64) {
	type coat struct {
		z, a float64
		rgb  func() RGB
	}
	var coats [3]coat
	n := 0
	if skin.a > 0 {
		coats[n] = coat{float64(skin.z / skin.w), float64(skin.a), func() RGB { return b.flesh(skin) }}
		n++
	}
	if cloth.a > 0 {
		coats[n] = coat{float64(cloth.z / cloth.w), float64(cloth.a), func() RGB { return b.stuff(cloth) }}
		n++
	}
	if image.Pt(x, y).In(b.heldBox) {
		if z, a, rgb := b.stone(x, y); a > 0 {
			coats[n] = coat{z, a, func() RGB { return rgb }}
			n++
		}
	}
	for i := 1; i < n; i++ {
		for j := i; j > 0 && coats[j].z > coats[j-1].z; j-- {
			coats[j], coats[j-1] = coats[j-1], coats[j]
		}
	}
	for _, c := range coats[:n] {
		if alpha > 0.999 {
			break
		}
		m := c.a * (1 - alpha)
		rgb := c.rgb()
		for i := range col {
			col[i] += rgb[i] * m
		}
		alpha += m
	}
	return col, alpha
}

// flesh is the light that skin sends to the camera.
func (b *brush) flesh(s *texel) RGB {
	red := float64(s.t / s.w)
	mott := 1 + 0.07*noise(float64(s.u/s.w)*0.3, float64(s.v/s.w)*2.5, 43)
	return b.lit(s, RGB{b.skin[0] * mott, b.skin[1] * (mott - 0.35*red), b.skin[2] * (mott - 0.3*red)}, 0.25, true)
}

// stuff is the light that a sleeve sends to the camera.
func (b *brush) stuff(c *texel) RGB {
	u, v := float64(c.u/c.w), float64(c.v/c.w)
	base := b.sleeve.scale(1 + 0.05*noise(u*0.8, v*26, 53) + 0.06*noise(u*0.05, v*3, 54))
	if p := b.arm.Stripe; p > 0 && math.Mod(u+1000, p) < p*0.4 {
		base = base.scale(0.45).mix(RGB{0.8, 0.8, 0.8}, 0.15)
	}
	folded := *c
	folded.nx += c.w * float32(0.35*noise(u*0.045+v*1.2, v*1.6, b.r.seed+51))
	folded.ny += c.w * float32(0.3*noise(u*0.06-v, v+7, b.r.seed+52))
	return b.lit(&folded, base, 0.1, false)
}

// stone is the carried stone in a pixel, by four rays.
func (b *brush) stone(x, y int) (z, a float64, rgb RGB) {
	r := b.r
	hits := 0
	for j := range 4 {
		d := r.v.ray(float64(x)+float64(j%2)*0.5-0.25, float64(y)+float64(j/2)*0.5-0.25)
		t, ok := b.held.meets(r.v.at, d, r.shape)
		if !ok {
			continue
		}
		hits++
		z = b.zref - t*d.dot(r.v.fwd)
		if hits > 1 {
			continue
		}
		var out [4]RGB
		r.shade(&b.held, r.v.at.add(d.mul(t)), &out)
		for l := range out {
			for c := range 3 {
				rgb[c] += out[l][c] * b.cols[l][c]
			}
		}
	}
	return z, float64(hits) / 4, rgb
}

// lit lights a texel of the given linear colour. wrap is how far past the
// terminator light creeps; skin shines a little and lets red light through.
func (b *brush) lit(t *texel, base RGB, wrap float64, skin bool) (out RGB) {
	v := &b.r.v
	seen := vec{float64(t.nx / t.w), float64(t.ny / t.w), float64(t.nz / t.w)}.norm()
	n := v.right.mul(seen.x).add(v.down.mul(seen.y)).sub(v.fwd.mul(seen.z))
	amb := (0.5 + 0.5*n.z) * (0.55 + 0.45*seen.z)
	for c := range 3 {
		out[c] = b.cols[0][c] * base[c] * amb
	}
	for i := range b.r.lamps {
		nl := n.dot(b.dirs[i])
		dif := clamp((nl+wrap)/(1+wrap), 0, 1)
		red, shine := dif, 0.0
		if skin {
			red = clamp((nl+wrap+0.15)/(1.15+wrap), 0, 1)
			if nl > 0 {
				x := max(0, n.dot(b.dirs[i].sub(v.fwd).norm()))
				x *= x * x
				x *= x
				x *= x
				shine = 0.04 * x * x // the 24th power
			}
		}
		for c, k := range [3]float64{red, dif, dif} {
			out[c] += b.cols[i+1][c] * b.power[i] * (base[c]*k + shine)
		}
	}
	return out
}

// overlay lays the figures over the frame.
func (e *easel) overlay(r *renderer, frame []uint16) {
	w := r.cfg.Width
	for y := e.rect.Min.Y; y < e.rect.Max.Y; y++ {
		for x := e.rect.Min.X; x < e.rect.Max.X; x++ {
			o := e.over[4*(y*w+x):][:4]
			if o[3] == 0 {
				continue
			}
			k := 1 - min(o[3], 1)
			for c := range 3 {
				frame[3*(y*w+x)+c] = uint16(min(65535, float32(frame[3*(y*w+x)+c])*k+o[c]*one))
			}
		}
	}
}

// cover is the share of pixel (x, y) that figures hide.
func (e *easel) cover(r *renderer, x, y float64) float64 {
	q := image.Pt(int(math.Floor(x+0.5)), int(math.Floor(y+0.5)))
	if !q.In(e.rect) {
		return 0
	}
	return float64(e.over[4*(q.Y*r.cfg.Width+q.X)+3])
}

// clear empties the overlay and keeps the shadows.
func (e *easel) clear(r *renderer) {
	w := r.cfg.Width
	for y := e.rect.Min.Y; y < e.rect.Max.Y; y++ {
		clear(e.over[4*(y*w+e.rect.Min.X) : 4*(y*w+e.rect.Max.X)])
	}
	e.rect = image.Rectangle{}
}
