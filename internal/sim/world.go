package sim

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/grid"
)

// World is a goban on a table under a camera, with people around it. Time
// passes only in Step. A World is for one goroutine; Live shares one.
type World struct {
	cfg     Config
	r       *renderer
	sensor  *sensor
	easel   easel
	chance  *rand.Rand
	now     time.Duration
	frame   int
	linear  []uint16
	shaken  []uint16
	players [4]*Player
	objects []*object
	fades   []fade
	slides  []slide
	shake   struct{ px, until float64 }
	dx, dy  float64 // shake of the last frame, pixels
	gain    float64 // of the automatic exposure
	target  float64 // brightness it holds
	truth   Truth
}

// fade is a lamp changing to another power.
type fade struct {
	lamp       int
	from, to   float64
	start, dur float64
}

// slide is the board or the camera moving to another place.
type slide struct {
	from, to   push
	a, b       view
	camera     bool
	start, dur float64
}

// Truth is what a frame shows.
type Truth struct {
	Frame   int
	Time    time.Duration
	Spec    grid.Spec     // the exact geometry; Spec.Corners are the corner crossings
	Stones  []board.Color // on each point, row by row from the top left; a stone in a hand is on none
	Covered []bool        // points where hand, sleeve or cup hides at least a quarter of crossing or stone
	Hand    bool          // a hand, an arm or a cup is in the picture
	Moving  bool          // board or camera is being moved
}

// Rows draws the stones as text, top row first: '.', 'X' black, 'O' white.
func (t *Truth) Rows() []string {
	n := t.Spec.Size
	rows := make([]string, 0, n)
	line := make([]byte, n)
	for y := range n {
		for x := range n {
			line[x] = ".XO"[t.Stones[y*n+x]]
		}
		rows = append(rows, string(line))
	}
	return rows
}

// New sets up a board without stones.
func New(c Config) (*World, error) {
	if err := c.check(); err != nil {
		return nil, fmt.Errorf("the simulated board cannot be set up: %w", err)
	}
	w := &World{
		cfg: c, r: newRenderer(c), sensor: newSensor(c.Sensor, c.Seed),
		chance: rand.New(rand.NewPCG(c.Seed, 2)), gain: 1,
		linear: make([]uint16, 3*c.Width*c.Height),
	}
	w.r.relight = true
	return w, nil
}

// Config returns what the world was made from.
func (w *World) Config() Config { return w.cfg }

// Now returns how much time has passed.
func (w *World) Now() time.Duration { return w.now }

// Stone returns what stands on p.
func (w *World) Stone(p board.Point) board.Color {
	if !w.on(p) {
		return board.Empty
	}
	return w.r.stones[int(p.Y)*w.cfg.Size+int(p.X)].colour
}

// Stones returns what stands on each point, row by row.
func (w *World) Stones() []board.Color {
	s := make([]board.Color, len(w.r.stones))
	for i := range s {
		s[i] = w.r.stones[i].colour
	}
	return s
}

func (w *World) on(p board.Point) bool {
	return p.X >= 0 && p.Y >= 0 && int(p.X) < w.cfg.Size && int(p.Y) < w.cfg.Size
}

// Set puts a stone on p at once, without a hand, a little off its crossing as
// players do; Empty takes it off. Points off the board are ignored.
func (w *World) Set(p board.Point, c board.Color) {
	if !w.on(p) {
		return
	}
	if c == board.Empty {
		w.r.set(p, stone{})
		return
	}
	j := w.cfg.Stones.Jitter
	off := func() float64 { return clamp(w.chance.NormFloat64()*j, -2.5*j, 2.5*j) }
	w.put(p, c, off(), off())
}

// SetAt is Set with the stone (u, v) of a column and row pitch right of and
// below its crossing.
func (w *World) SetAt(p board.Point, c board.Color, u, v float64) {
	if w.on(p) {
		w.put(p, c, u*w.cfg.Board.PitchX, v*w.cfg.Board.PitchY)
	}
}

// put sets a stone (dx, dy) mm off its crossing, pushed aside by its
// neighbours as far as it would overlap them.
func (w *World) put(p board.Point, c board.Color, dx, dy float64) {
	q := w.r.at(float64(p.X), float64(p.Y))
	s := stone{colour: c, x: q.x + dx, y: q.y + dy,
		tint: 1 + 0.06*clamp(w.chance.NormFloat64(), -2, 2), turn: w.chance.Float64() * math.Pi}
	if c == board.White {
		s.tint = 1 - 0.04*w.chance.Float64()
	}
	limit := 0.3 * w.cfg.Board.PitchX
	for range 4 {
		w.r.around(vec{s.x, s.y, 0}, 1.6, func(o *stone) {
			if o == &w.r.stones[int(p.Y)*w.cfg.Size+int(p.X)] {
				return
			}
			ex, ey := s.x-o.x, s.y-o.y
			if d := math.Hypot(ex, ey); d < w.cfg.Stones.Diameter && d > 0 {
				k := (w.cfg.Stones.Diameter - d) / d
				s.x, s.y = s.x+ex*k, s.y+ey*k
			}
		})
	}
	s.x, s.y = clamp(s.x, q.x-limit, q.x+limit), clamp(s.y, q.y-limit, q.y+limit)
	w.r.set(p, s)
}

// Bump pushes the board by (dx, dy) of its column and row pitches and turns it
// by deg degrees clockwise, within a quarter of a second. The stones stay on it.
func (w *World) Bump(dx, dy, deg float64) {
	to := w.r.push
	if n := len(w.slides); n > 0 && !w.slides[n-1].camera {
		to = w.slides[n-1].to
	}
	s, c := math.Sincos(to.turn)
	d := vec{dx * w.cfg.Board.PitchX, dy * w.cfg.Board.PitchY, 0}.turn(s, c)
	to.x, to.y, to.turn = to.x+d.x, to.y+d.y, to.turn+rad(deg)
	w.slides = append(w.slides, slide{to: to, start: -1, dur: 0.25})
}

// Tilt knocks the camera: the picture moves by about (dx, dy) line spacings
// and turns by deg degrees, within a quarter of a second.
func (w *World) Tilt(dx, dy, deg float64) {
	v := w.r.table
	d := v.at.len()
	yaw, pitch := math.Atan(dx*w.cfg.Board.PitchX/d)*180/math.Pi, math.Atan(dy*w.cfg.Board.PitchY/d)*180/math.Pi
	w.slides = append(w.slides, slide{camera: true, b: v.move(vec{}, deg, -yaw, -pitch), start: -1, dur: 0.25})
}

// Shake makes the picture tremble by px pixels for a while.
func (w *World) Shake(px float64, d time.Duration) {
	w.shake.px, w.shake.until = px, (w.now + d).Seconds()
}

// Lamp brings lamp i (as in Config.Lights; −1 is the ambient light) to power
// times what the Config says, within d.
func (w *World) Lamp(i int, power float64, d time.Duration) {
	if i+1 < 0 || i >= len(w.cfg.Lights) {
		return
	}
	w.fades = append(w.fades, fade{i + 1, w.r.power[i+1], max(0, power), w.now.Seconds(), d.Seconds()})
}

// Still reports whether neither board nor camera is moving.
func (w *World) Still() bool { return len(w.slides) == 0 }

// Idle reports whether nothing is going on: all hands gone, all orders done,
// board and camera still.
func (w *World) Idle() bool {
	for _, p := range w.players {
		if p != nil && p.Busy() {
			return false
		}
	}
	return w.Still()
}

// Step lets d of time pass.
func (w *World) Step(d time.Duration) {
	if d <= 0 {
		return
	}
	w.now += d
	t := w.now.Seconds()
	for _, p := range w.players {
		if p != nil {
			p.step(d.Seconds())
		}
	}
	keep := w.fades[:0]
	for _, f := range w.fades {
		k := 1.0
		if f.dur > 0 {
			k = smooth(0, 1, (t-f.start)/f.dur)
		}
		w.r.power[f.lamp] = f.from + (f.to-f.from)*k
		w.r.relight = true
		if k < 1 {
			keep = append(keep, f)
		}
	}
	w.fades = keep
	if len(w.slides) > 0 {
		s := &w.slides[0]
		if s.start < 0 {
			s.start, s.from, s.a = t-d.Seconds(), w.r.push, w.r.table
		}
		k := smooth(0, 1, (t-s.start)/s.dur)
		if s.camera {
			w.r.table = s.b
			if k < 1 {
				w.r.table.at = s.a.at.lerp(s.b.at, k)
				w.r.table.right = s.a.right.lerp(s.b.right, k).norm()
				w.r.table.fwd = s.a.fwd.lerp(s.b.fwd, k).norm()
				w.r.table.down = w.r.table.right.cross(w.r.table.fwd).norm()
				w.r.table.right = w.r.table.fwd.cross(w.r.table.down).norm()
			}
		} else {
			w.r.push = push{s.from.x + (s.to.x-s.from.x)*k, s.from.y + (s.to.y-s.from.y)*k, s.from.turn + (s.to.turn-s.from.turn)*k}
		}
		w.r.rebase = true
		if k >= 1 {
			w.slides = w.slides[1:]
		}
	}
	w.dx, w.dy = 0, 0
	if t < w.shake.until {
		w.dx = w.shake.px * (math.Sin(t*71) + 0.5*math.Sin(t*173+1)) / 1.5
		w.dy = w.shake.px * (math.Cos(t*83) + 0.5*math.Sin(t*149)) / 1.5
	}
	if a := &w.cfg.Sensor; a.AutoExposure && w.target > 0 {
		want := clamp(w.gain*w.target/max(brightness(w.linear)*w.gain, 1e-4), 0.3, 4)
		w.gain += (want - w.gain) * (1 - math.Exp(-d.Seconds()/0.5))
	}
}

// Render takes a picture. The result is the caller's.
func (w *World) Render() *image.RGBA {
	r := w.r
	if r.rebase {
		r.relight = true
	}
	r.update()
	copy(w.linear, r.clean)
	w.easel.reset(r)
	var figures []*figure
	for _, p := range w.players {
		if p != nil && p.out {
			figures = append(figures, p.figure())
		}
	}
	for i, f := range figures {
		w.easel.castShadows(r, f.parts(r.push))
		figures[i] = f
	}
	for _, o := range w.objects {
		w.easel.castShadows(r, o.parts())
	}
	if len(figures)+len(w.objects) > 0 {
		w.easel.applyShadows(r, w.linear)
	}
	for _, o := range w.objects {
		f := o.figure()
		w.easel.draw(r, f, o.parts(), 1)
	}
	w.easel.overlay(r, w.linear)
	hidden := w.hidden(nil)
	inPicture := len(w.objects) > 0 && !w.easel.rect.Empty()
	for _, p := range w.players {
		if p == nil || !p.out {
			continue
		}
		w.easel.clear(r)
		// Several moments while the shutter is open, if the hand is quick.
		move := p.speed.mul(w.cfg.Sensor.Shutter)
		n := 1
		if move.len() > 0 {
			f := p.figure()
			a := r.v.project(r.push.toBoard(f.tip))
			b := r.v.project(r.push.toBoard(f.tip.sub(move)))
			n = int(clamp(math.Ceil(a.Dist(b)/4), 1, 5))
		}
		for i := range n {
			f := p.figure()
			f.tip = f.tip.sub(move.mul(float64(i) / float64(n)))
			w.easel.draw(r, f, f.parts(r.push), 1/float64(n))
		}
		w.easel.overlay(r, w.linear)
		hidden = w.hidden(hidden)
		inPicture = inPicture || !w.easel.rect.Empty()
	}
	w.note(hidden, inPicture)
	if w.cfg.Sensor.AutoExposure && w.target == 0 {
		w.target = brightness(w.linear)
	}
	src := w.linear
	if w.dx != 0 || w.dy != 0 {
		src = w.shifted()
	}
	g := w.gain
	if k := w.cfg.Sensor.Flicker; k > 0 {
		g *= 1 + k*math.Sin(2*math.Pi*1.7*w.now.Seconds())
	}
	w.sensor.setGain(g)
	img := image.NewRGBA(image.Rect(0, 0, w.cfg.Width, w.cfg.Height))
	w.sensor.develop(img, src, rand.New(rand.NewPCG(w.cfg.Seed, 1000+uint64(w.frame))))
	w.frame++
	return img
}

// JPEG takes a picture and encodes it as the camera would.
func (w *World) JPEG() []byte {
	var b bytes.Buffer
	q := w.cfg.Sensor.Quality
	if q == 0 {
		q = 90
	}
	// A bytes.Buffer takes everything and the size has been checked.
	_ = jpeg.Encode(&b, w.Render(), &jpeg.Options{Quality: q})
	return b.Bytes()
}

// Truth returns what the picture taken last, or looked at last, shows.
func (w *World) Truth() Truth { return w.truth }

// Spec returns the exact geometry of this moment.
func (w *World) Spec() grid.Spec {
	r := *w.r
	r.v = r.table.onBoard(r.push)
	return r.spec(w.dx, w.dy)
}

// Look is Render without the picture: it takes note of what a picture taken
// now would show, in a fraction of the time.
func (w *World) Look() Truth {
	r := w.r
	if r.rebase { // the view is current even if the picture is not
		r.place()
	}
	var fl []flatPart
	add := func(parts []part) { fl = append(fl, r.flatten(parts, 0)...) }
	for _, o := range w.objects {
		add(o.parts())
	}
	for _, p := range w.players {
		if p != nil && p.out {
			f := p.figure()
			add(f.parts(r.push))
			if f.stone != board.Empty {
				c := r.push.toBoard(f.tip.add(f.hang))
				a := r.shape.a
				add([]part{{a: c, b: c, ra: a, rb: a}})
			}
		}
	}
	seen := fl[:0]
	for _, p := range fl {
		if !p.box.Empty() {
			seen = append(seen, p)
		}
	}
	m := make([]bool, len(r.stones))
	if len(seen) > 0 {
		w.hide(m, func(x, y float64) float64 {
			for i := range seen {
				if seen[i].holds(x, y) {
					return 1
				}
			}
			return 0
		})
	}
	w.note(m, len(seen) > 0)
	w.frame++
	return w.truth
}

// note remembers what the picture of this moment shows.
func (w *World) note(hidden []bool, hand bool) {
	w.truth = Truth{Frame: w.frame, Time: w.now, Spec: w.r.spec(w.dx, w.dy), Stones: w.Stones(),
		Covered: hidden, Hand: hand, Moving: len(w.slides) > 0}
}

// hidden adds to m the points that the overlay hides now.
func (w *World) hidden(m []bool) []bool {
	n := w.cfg.Size
	if m == nil {
		m = make([]bool, n*n)
	}
	if !w.easel.rect.Empty() {
		w.hide(m, func(x, y float64) float64 { return w.easel.cover(w.r, x, y) })
	}
	return m
}

// hide marks the points of which cover hides at least a quarter.
func (w *World) hide(m []bool, cover func(x, y float64) float64) {
	n := w.cfg.Size
	f := w.r.shape
	for i := range m {
		if m[i] {
			continue
		}
		c := w.r.at(float64(i%n), float64(i/n))
		h := 0.0
		if s := &w.r.stones[i]; s.colour != board.Empty {
			c.x, c.y, h = s.x, s.y, f.mid
		}
		sum := 0.0
		for k := range 13 {
			p := vec{c.x, c.y, h}
			if k > 0 {
				s, co := math.Sincos(float64(k) * math.Pi / 6)
				d := f.a * (0.5 + 0.4*float64(k%2))
				p.x, p.y = p.x+co*d, p.y+s*d
			}
			q := w.r.v.project(p)
			sum += cover(q.X, q.Y)
		}
		m[i] = sum >= 13*0.25
	}
}

// shifted is the linear picture moved by the shake.
func (w *World) shifted() []uint16 {
	if w.shaken == nil {
		w.shaken = make([]uint16, len(w.linear))
	}
	wd, ht := w.cfg.Width, w.cfg.Height
	fx, fy := math.Floor(-w.dx), math.Floor(-w.dy)
	ax, ay := uint32((-w.dx-fx)*256), uint32((-w.dy-fy)*256)
	row := func(y int) []uint16 { y = min(max(y, 0), ht-1); return w.linear[3*y*wd:][:3*wd] }
	for y := range ht {
		r0, r1 := row(y+int(fy)), row(y+int(fy)+1)
		out := w.shaken[3*y*wd:][:3*wd]
		for x := range wd {
			x0 := 3 * min(max(x+int(fx), 0), wd-1)
			x1 := 3 * min(max(x+int(fx)+1, 0), wd-1)
			for c := range 3 {
				a := uint32(r0[x0+c])*(256-ax) + uint32(r0[x1+c])*ax
				b := uint32(r1[x0+c])*(256-ax) + uint32(r1[x1+c])*ax
				out[3*x+c] = uint16((uint64(a)*uint64(256-ay) + uint64(b)*uint64(ay)) >> 16)
			}
		}
	}
	return w.shaken
}

// Cup puts a cup on the board at p, where it hides what is under and behind
// it, until the returned function takes it away.
func (w *World) Cup(p board.Point, c RGB) (remove func()) {
	o := &object{world: w, at: w.r.at(float64(p.X), float64(p.Y)), r: 36, h: 62, colour: c}
	w.objects = append(w.objects, o)
	return func() {
		for i, q := range w.objects {
			if q == o {
				w.objects = append(w.objects[:i], w.objects[i+1:]...)
				return
			}
		}
	}
}
