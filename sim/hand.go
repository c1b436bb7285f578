package sim

import (
	"image"
	"math"

	"github.com/gobancam/gobancam/board"
)

// The joints of a hand and arm. Lengths are millimetres in the axes of a
// right hand: x away from the thumb, y forward, z up; the origin is where it
// holds a stone.
const (
	wrist = iota
	thumb0
	thumb1
	thumb2
	index0
	index1
	index2
	middle0
	middle1
	middle2
	ring0
	ring1
	ring2
	little0
	little1
	little2
	joints
)

type pose [joints]vec

var (
	// holding a stone between the tips of index and middle finger
	holding = pose{{10, -150, 72}, {-22, -118, 55}, {-42, -78, 38}, {-34, -46, 24},
		{-16, -84, 66}, {-15, -42, 47}, {-4, -4, 11},
		{6, -86, 70}, {10, -40, 53}, {4, 5, 17},
		{26, -83, 66}, {32, -46, 44}, {30, -24, 20},
		{43, -76, 58}, {52, -52, 38}, {47, -32, 20}}
	// lying flat
	flat = pose{{10, -150, 30}, {-24, -118, 25}, {-50, -88, 16}, {-60, -58, 11},
		{-18, -80, 26}, {-23, -40, 17}, {-26, -5, 9},
		{4, -84, 27}, {5, -36, 18}, {6, 4, 9},
		{25, -80, 26}, {32, -38, 17}, {37, -4, 9},
		{43, -72, 24}, {56, -42, 15}, {65, -18, 9}}
	// picking something up with thumb and index finger
	pinching = pose{{16, -140, 82}, {-14, -110, 62}, {-27, -66, 40}, {-9, -7, 10},
		{-6, -84, 74}, {4, -42, 58}, {9, -3, 11},
		{15, -82, 76}, {24, -44, 56}, {25, -14, 26},
		{34, -78, 70}, {43, -50, 48}, {39, -28, 28},
		{49, -70, 62}, {56, -50, 42}, {50, -34, 28}}
)

func (a pose) lerp(b pose, t float64) pose {
	for i := range a {
		a[i] = a[i].lerp(b[i], t)
	}
	return a
}

// part is a round cone of skin or cloth between two places.
type part struct {
	a, b   vec
	ra, rb float64
	cloth  bool
	ta, tb float64 // redness at its ends
}

var bones = []struct {
	a, b   int
	ra, rb float64
	ta, tb float64
}{
	{wrist, thumb0, 21, 16, 0, 0}, {thumb0, thumb1, 14, 11, 0, 0.1}, {thumb1, thumb2, 11, 8.5, 0.1, 0.3},
	{wrist, index0, 21, 12.5, 0, 0.1}, {index0, index1, 11, 9, 0.1, 0.15}, {index1, index2, 8.8, 7.4, 0.1, 0.35},
	{wrist, middle0, 22, 12.5, 0, 0.1}, {middle0, middle1, 11, 9, 0.1, 0.15}, {middle1, middle2, 8.8, 7.5, 0.1, 0.35},
	{wrist, ring0, 21, 12, 0, 0.1}, {ring0, ring1, 10.5, 8.6, 0.1, 0.15}, {ring1, ring2, 8.4, 7.2, 0.1, 0.35},
	{wrist, little0, 19, 11, 0, 0.1}, {little0, little1, 9.5, 7.6, 0.1, 0.15}, {little1, little2, 7.4, 6.4, 0.1, 0.35},
	{index0, middle0, 11.5, 12, 0.05, 0.05}, {middle0, ring0, 12, 11.5, 0.05, 0.05}, {ring0, little0, 11.5, 10, 0.05, 0.05},
	{thumb0, index0, 13, 10, 0, 0},
}

// Arm is how a player's arm looks.
type Arm struct {
	Skin   RGB
	Sleeve RGB
	Stripe float64 // distance of the stripes on the sleeve, mm; 0 is plain
	Bare   float64 // mm of forearm that the sleeve leaves free
	Scale  float64 // 1 is a hand of 19 cm
	Left   bool    // handed
}

// figure is an arm somewhere above the table.
type figure struct {
	arm      *Arm
	tip      vec // in the axes of the table
	shoulder vec
	pose     pose
	stone    board.Color // carried
	hang     vec         // of the carried stone's middle from tip
}

// parts builds the figure in the axes of the board.
func (f *figure) parts(p push) []part {
	k := f.arm.Scale
	fwd := f.tip.sub(f.shoulder)
	fwd.z = 0
	fwd = fwd.norm()
	side := vec{-fwd.y, fwd.x, 0} // to the right when looking along fwd, y being down
	if f.arm.Left {
		side = side.mul(-1)
	}
	var j [joints]vec
	for i, q := range f.pose {
		w := f.tip.add(side.mul(q.x * k)).add(fwd.mul(q.y * k))
		w.z += q.z * k
		j[i] = p.toBoard(w)
	}
	out := make([]part, 0, len(bones)+8)
	for _, b := range bones {
		out = append(out, part{j[b.a], j[b.b], b.ra * k, b.rb * k, false, b.ta, b.tb})
	}
	sh := p.toBoard(f.shoulder)
	back := sh.sub(j[wrist])
	reach := back.len()
	dir := back.norm()
	// The elbow hangs out to the side and down a little.
	elbow := j[wrist].add(dir.mul(min(260*k, reach*0.6))).add(side.mul(25 * k))
	elbow.z = max(elbow.z-10, 45)
	fore := elbow.sub(j[wrist])
	cuff := j[wrist].add(fore.mul(clamp((30+f.arm.Bare)/max(fore.len(), 1), 0, 0.9)))
	// The flesh of the palm, between the bones that lead to the fingers.
	heel := j[wrist].lerp(j[middle0], 0.3)
	out = append(out,
		part{heel.lerp(j[index0], 0.15), j[index0].lerp(j[middle0], 0.5).lerp(heel, 0.12), 21 * k, 13 * k, false, 0, 0.05},
		part{heel, j[middle0].lerp(j[ring0], 0.5).lerp(heel, 0.12), 22 * k, 13 * k, false, 0, 0.05},
		part{heel.lerp(j[little0], 0.15), j[ring0].lerp(j[little0], 0.5).lerp(heel, 0.12), 21 * k, 12 * k, false, 0, 0.05},
		part{j[thumb0].lerp(j[wrist], 0.3), j[index0].lerp(heel, 0.45), 16 * k, 15 * k, false, 0, 0},
		part{j[wrist], cuff.add(fore.norm().mul(15)), 24 * k, 29 * k, false, 0, 0},
		part{cuff, cuff.add(fore.norm().mul(12)), 36 * k, 38 * k, true, 0, 0},
		part{cuff.add(fore.norm().mul(8)), elbow, 36 * k, 50 * k, true, 0, 0},
		part{elbow, sh, 50 * k, 68 * k, true, 0, 0})
	return out
}

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
	} else {
		w := r.cfg.Width
		for y := e.rect.Min.Y; y < e.rect.Max.Y; y++ {
			clear(e.over[4*(y*w+e.rect.Min.X) : 4*(y*w+e.rect.Max.X)])
		}
	}
	for i := range 1 + len(r.lamps) {
		for y := e.box.Min.Y; y < e.box.Max.Y; y++ {
			row := e.dim[i][y*e.dw:]
			for x := e.box.Min.X; x < e.box.Max.X; x++ {
				row[x] = 1
			}
		}
	}
	e.rect, e.box = image.Rectangle{}, image.Rectangle{}
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
	w := r.cfg.Width
	all := image.Rect(0, 0, w, r.cfg.Height)
	soft := 0.6 + r.cfg.Camera.Blur
	fl := r.flatten(parts, soft)
	var skinBox, clothBox image.Rectangle
	for i := range fl {
		if parts[i].cloth {
			clothBox = clothBox.Union(fl[i].box)
		} else {
			skinBox = skinBox.Union(fl[i].box)
		}
	}
	box := skinBox.Union(clothBox)
	var held stone
	var heldBox image.Rectangle
	if f.stone != board.Empty {
		c := r.push.toBoard(f.tip.add(f.hang))
		held = stone{colour: f.stone, x: c.x, y: c.y, lift: max(0, c.z-r.shape.mid), tint: 1}
		a := r.shape.a
		top := held.lift + r.shape.mid + r.shape.b
		heldBox = r.bounds([]vec{{c.x - a, c.y - a, held.lift}, {c.x + a, c.y - a, held.lift}, {c.x + a, c.y + a, held.lift}, {c.x - a, c.y + a, held.lift},
			{c.x - a, c.y - a, top}, {c.x + a, c.y - a, top}, {c.x + a, c.y + a, top}, {c.x - a, c.y + a, top}}, 2).Intersect(all)
		box = box.Union(heldBox)
	}
	if box.Empty() {
		return
	}
	e.rect = e.rect.Union(box)
	skin, cloth := sheet{box: skinBox}, sheet{box: clothBox}
	e.skin, e.cloth = skin.clear(e.skin), cloth.clear(e.cloth)
	zref := f.tip.sub(r.v.at).dot(r.v.fwd)
	for i := range fl {
		p, q := &fl[i], &parts[i]
		dst := &skin
		k := 1 / 6.0
		if q.cloth {
			dst, k = &cloth, 1/14.0
		}
		dx, dy := p.bx-p.ax, p.by-p.ay
		l2 := dx*dx + dy*dy
		inv := 1 / max(l2, 1e-6)
		length := q.b.sub(q.a).len()
		il := 1 / (math.Sqrt(l2) + 1e-6)
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
				nd := min(d/max(rr, 0.5), 0.999)
				nz := math.Sqrt(1 - nd*nd)
				s := nd / max(d, 1e-6)
				mm := q.ra + t*(q.rb-q.ra)
				z := zref - (p.za + t*(p.zb-p.za)) + mm*nz
				wt := exp(float32(z*k)) * float32(a+1e-4)
				o := dst.at(x, y)
				o.w += wt
				o.nx += wt * float32(ex*s)
				o.ny += wt * float32(ey*s)
				o.nz += wt * float32(nz)
				o.z += wt * float32(z)
				o.u += wt * float32(t*length)
				o.v += wt * float32((ex*dy-ey*dx)*il/max(rr, 1))
				o.t += wt * float32(q.ta+t*(q.tb-q.ta))
				o.a = max(o.a, float32(a))
			}
		}
	}
	var cols [4]RGB
	for l := range cols {
		for c := range 3 {
			cols[l][c] = float64(r.coef[l][c]) / 4096
		}
	}
	skinLin, sleeveLin := f.arm.Skin.linear(), f.arm.Sleeve.linear()
	tip := r.push.toBoard(f.tip)
	// The lamps' directions hardly change over a hand.
	var ldir [4]vec
	var lpow [4]float64
	for i := range r.lamps {
		d := r.lamps[i].at.sub(tip)
		q := d.len()
		ldir[i], lpow[i] = d.mul(1/q), r.lamps[i].gain/(q*q)*r.lamps[i].patch(vec{tip.x, tip.y, 0})
	}
	paint := func(t *texel, base RGB, wrap, gloss float64) RGB {
		iw := 1 / t.w
		nv := vec{float64(t.nx * iw), float64(t.ny * iw), float64(t.nz * iw)}.norm()
		n := r.v.right.mul(nv.x).add(r.v.down.mul(nv.y)).sub(r.v.fwd.mul(nv.z))
		var out RGB
		amb := (0.5 + 0.5*n.z) * (0.55 + 0.45*nv.z)
		for c := range 3 {
			out[c] = cols[0][c] * base[c] * amb
		}
		for i := range r.lamps {
			nl := n.dot(ldir[i])
			dif := clamp((nl+wrap)/(1+wrap), 0, 1) * lpow[i]
			sp := 0.0
			if gloss > 0 && nl > 0 {
				hv := ldir[i].sub(r.v.fwd).norm()
				x := max(0, n.dot(hv))
				x *= x * x // to the 24th
				x *= x
				x *= x
				sp = gloss * x * x * lpow[i]
			}
			for c := range 3 {
				// Light that went through skin comes out red.
				red := dif
				if c == 0 && gloss > 0 {
					red = clamp((nl+wrap+0.15)/(1.15+wrap), 0, 1) * lpow[i]
				}
				out[c] += cols[i+1][c] * (base[c]*red + sp)
			}
		}
		return out
	}
	wt := float32(weight)
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			s, c := skin.at(x, y), cloth.at(x, y)
			var col RGB
			var alpha float32
			sz, cz := float32(math.Inf(-1)), float32(math.Inf(-1))
			if s.a > 0 {
				sz = s.z / s.w
			}
			if c.a > 0 {
				cz = c.z / c.w
			}
			layer := func(rgb RGB, a float32) {
				m := a * (1 - alpha)
				for i := range 3 {
					col[i] += rgb[i] * float64(m)
				}
				alpha += m
			}
			doSkin := func() {
				t := float64(s.t / s.w)
				mott := 0.07 * noise(float64(s.u/s.w)*0.3, float64(s.v/s.w)*2.5, 43)
				b := RGB{skinLin[0] * (1 + mott), skinLin[1] * (1 + mott - 0.35*t), skinLin[2] * (1 + mott - 0.3*t)}
				layer(paint(s, b, 0.25, 0.04), s.a)
			}
			doCloth := func() {
				u, v := float64(c.u/c.w), float64(c.v/c.w)
				fold := noise(u*0.045+v*1.2, v*1.6, r.seed+51)
				b := sleeveLin.scale(1 + 0.05*noise(u*0.8, v*26, 53) + 0.06*noise(u*0.05, v*3, 54))
				if p := f.arm.Stripe; p > 0 && math.Mod(u+1000, p) < p*0.4 {
					b = b.scale(0.45).mix(RGB{0.8, 0.8, 0.8}, 0.15)
				}
				t := *c
				t.nx += t.w * float32(0.35*fold)
				t.ny += t.w * float32(0.3*noise(u*0.06-v, v+7, r.seed+52))
				layer(paint(&t, b, 0.1, 0), c.a)
			}
			inHeld := heldBox.Overlaps(image.Rect(x, y, x+1, y+1))
			if inHeld {
				// Four rays at the stone; it lies between the fingers.
				var rgb RGB
				hits := 0
				var depth float64
				for j := range 4 {
					d := r.v.ray(float64(x)+float64(j%2)*0.5-0.25, float64(y)+float64(j/2)*0.5-0.25)
					t, ok := held.meets(r.v.at, d, r.shape)
					if !ok {
						continue
					}
					hits++
					depth = zref - t*d.dot(r.v.fwd)
					if hits == 1 {
						var out [4]RGB
						r.shade(&held, r.v.at.add(d.mul(t)), &out)
						for l := range out {
							rgb = RGB{rgb[0] + out[l][0]*cols[l][0], rgb[1] + out[l][1]*cols[l][1], rgb[2] + out[l][2]*cols[l][2]}
						}
					}
				}
				if hits > 0 {
					if sz > float32(depth) {
						doSkin()
					}
					layer(rgb, float32(hits)/4)
					if sz > float32(math.Inf(-1)) && sz <= float32(depth) {
						doSkin()
					}
					if c.a > 0 {
						doCloth()
					}
					goto done
				}
			}
			if sz > cz {
				doSkin()
				if s.a < 0.999 && c.a > 0 {
					doCloth()
				}
			} else if c.a > 0 {
				doCloth()
				if c.a < 0.999 && s.a > 0 {
					doSkin()
				}
			}
		done:
			if alpha > 0 {
				o := e.over[4*(y*w+x):]
				v := r.vig[y*w+x] * wt
				o[0] += float32(col[0]) * v
				o[1] += float32(col[1]) * v
				o[2] += float32(col[2]) * v
				o[3] += alpha * wt
			}
		}
	}
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

// object is a thing that somebody put on the board: a cup.
type object struct {
	world  *World
	at     vec // in the axes of the board
	r, h   float64
	colour RGB
}

func (o *object) parts() []part {
	q := []part{{o.at.add(vec{0, 0, o.r * 0.8}), o.at.add(vec{0, 0, o.h}), o.r * 0.8, o.r, true, 0, 0}}
	// Its handle.
	e := o.at.add(vec{o.r + 14, 6, o.h * 0.6})
	return append(q, part{o.at.add(vec{o.r * 0.8, 4, o.h * 0.9}), e, 6, 6, true, 0, 0}, part{e, o.at.add(vec{o.r * 0.8, 4, o.h * 0.4}), 6, 6, true, 0, 0})
}

func (o *object) figure() *figure {
	return &figure{arm: &Arm{Sleeve: o.colour}, tip: o.world.r.push.toTable(o.at)}
}
