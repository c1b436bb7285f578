package window

import (
	"image"
	"image/color"
	"math"
	"time"

	"github.com/gobancam/gobancam/calibrate"
	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/window/paint"
)

// projectorName is the camera under which the projector's corners are saved.
const projectorName = "projector"

// projectorFace shows nothing but marks, in black, for a projector that hangs
// above the board. Its four corners are dragged onto the board's.
type projectorFace struct {
	corners [4]grid.Pt // in parts of the window's size, 0 to 1; all 0 before the first use
	held    int        // 1 to 4, 0 for none
	chosen  int        // that the arrow keys move, likewise
	until   time.Time  // when the handles go away
	changed bool
}

// load takes the saved corners, or a square.
func (f *projectorFace) load(u *ui) {
	if f.corners != ([4]grid.Pt{}) {
		return
	}
	f.until = time.Now().Add(10 * time.Second)
	if st := u.w.opt.Projector; st != nil {
		if p, err := st.Load(projectorName); err == nil {
			for i, c := range p.Grid.Corners {
				f.corners[i] = grid.Pt{X: c.X / float64(p.Grid.Width), Y: c.Y / float64(p.Grid.Height)}
			}
			return
		}
	}
	side := 0.7 * float64(u.size.Y)
	dx, dy := side/2/float64(u.size.X), 0.35
	f.corners = [4]grid.Pt{{X: 0.5 - dx, Y: 0.5 - dy}, {X: 0.5 + dx, Y: 0.5 - dy}, {X: 0.5 + dx, Y: 0.5 + dy}, {X: 0.5 - dx, Y: 0.5 + dy}}
}

// grid returns the board's plane in the window, or nil if its corners make none.
func (f *projectorFace) grid(u *ui, size int) *grid.Grid {
	s := grid.Spec{Size: size, Width: u.size.X, Height: u.size.Y}
	for i, c := range f.corners {
		s.Corners[i] = grid.Pt{X: c.X * float64(u.size.X), Y: c.Y * float64(u.size.Y)}
	}
	g, err := grid.New(s)
	if err != nil {
		return nil
	}
	return g
}

// save keeps the corners.
func (f *projectorFace) save(u *ui) {
	if !f.changed || u.w.opt.Projector == nil {
		return
	}
	f.changed = false
	g := f.grid(u, 19)
	if g == nil {
		return
	}
	p := &calibrate.Profile{Camera: projectorName, Grid: g.Spec(), Saved: time.Now()}
	if err := u.w.opt.Projector.Save(p); err != nil {
		u.w.Notice(err.Error())
	}
}

func (f *projectorFace) scene(u *ui) scene {
	f.load(u)
	sc := scene{black: true}
	s := u.state.snap
	size := 19
	var marks []mark
	if s != nil && s.Size > 0 {
		size = s.Size
		marks = boardOf(s).Marks
	}
	handles := f.held != 0 || time.Now().Before(f.until)
	all := image.Rectangle{Max: u.size}
	sc.panels = []panel{{rect: all, key: keyOf(size, marks, f.corners, handles, f.held, f.chosen), paint: func(c *paint.Canvas) {
		c.Clear(rgb(0))
		g := f.grid(u, size)
		if g == nil {
			return
		}
		for _, m := range marks {
			f.mark(c, g, m)
		}
		if handles {
			f.handles(c, u, g)
		}
	}}}
	return sc
}

// ellipse draws a circle of the board's plane, radius and width in cells.
func ellipse(c *paint.Canvas, g *grid.Grid, u, v, r, width float64, col color.Color) {
	p := &paint.Path{}
	const n = 40
	for _, side := range []float64{r + width/2, -(r - width/2)} {
		for i := range n {
			sin, cos := math.Sincos(2 * math.Pi * float64(i) / n)
			q := g.At(u+side*cos, v+math.Abs(side)*sin, 0)
			if i == 0 {
				p.Move(float32(q.X), float32(q.Y))
			} else {
				p.Line(float32(q.X), float32(q.Y))
			}
		}
		p.Close()
		if r-width/2 <= 0 {
			break
		}
	}
	c.Fill(p, col)
}

// mark lights a point. What to put is a ring, what to take a cross, what is
// wrong a square.
func (f *projectorFace) mark(c *paint.Canvas, g *grid.Grid, m mark) {
	u, v := float64(m.Point.X), float64(m.Point.Y)
	white := rgb(0xffffff)
	bar := func(u0, v0, u1, v1 float64, col color.Color) {
		a, b := g.At(u0, v0, 0), g.At(u1, v1, 0)
		c.Line(float32(a.X), float32(a.Y), float32(b.X), float32(b.Y), float32(0.12*g.Cell(u, v)), col)
	}
	switch m.Kind {
	case markOwed:
		ellipse(c, g, u, v, 0.46, 0.14, rgb(0x6db8ff))
		ellipse(c, g, u, v, 0.1, 0.2, white)
	case markLift, markDead:
		const d = 0.34
		bar(u-d, v-d, u+d, v+d, rgb(0xff8a5c))
		bar(u-d, v+d, u+d, v-d, rgb(0xff8a5c))
	case markWrong, markMissing:
		const d = 0.45
		for _, q := range [4][4]float64{{-d, -d, d, -d}, {d, -d, d, d}, {d, d, -d, d}, {-d, d, -d, -d}} {
			bar(u+q[0], v+q[1], u+q[2], v+q[3], rgb(0xff5a4d))
		}
	case markLast:
		ellipse(c, g, u, v, 0.2, 0.08, paint.Alpha(white, 0.6))
	}
}

func (f *projectorFace) handles(c *paint.Canvas, u *ui, g *grid.Grid) {
	n := float64(g.Size() - 1)
	for _, l := range [4][4]float64{{0, 0, n, 0}, {n, 0, n, n}, {n, n, 0, n}, {0, n, 0, 0}} {
		a, b := g.At(l[0], l[1], 0), g.At(l[2], l[3], 0)
		c.Line(float32(a.X), float32(a.Y), float32(b.X), float32(b.Y), 2*u.scale, rgb(0x4da3ff))
	}
	for i, p := range g.Corners() {
		r := float32(10)
		if i+1 == f.chosen {
			r = 14
		}
		c.Ring(float32(p.X), float32(p.Y), r*u.scale, 3*u.scale, rgb(0xffffff))
	}
	middle := g.At(n/2, n/2, 0)
	size := 18 * u.scale
	width := float32(g.At(n, n/2, 0).Dist(g.At(0, n/2, 0))) * 0.9
	text := "Drag the corners of the light onto the corner crossings of the board. Tab and the arrow keys move one finely. R turns. V goes back."
	for i, l := range u.write.Wrap(paint.Regular, size, width, 6, text) {
		u.write.Draw(c, paint.Regular, size, float32(middle.X)-u.write.Width(paint.Regular, size, l)/2, float32(middle.Y)+float32(i-2)*size*1.5, rgb(0xc8d2dc), l)
	}
}

func (f *projectorFace) handle(u *ui, e event) {
	at := grid.Pt{X: float64(e.at.X) / float64(max(1, u.size.X)), Y: float64(e.at.Y) / float64(max(1, u.size.Y))}
	switch e.kind {
	case moved:
		f.until = time.Now().Add(5 * time.Second)
		if f.held != 0 {
			f.set(u, f.held-1, at)
		}
	case pressed:
		f.until = time.Now().Add(5 * time.Second)
		for i, c := range f.corners {
			if math.Hypot((c.X-at.X)*float64(u.size.X), (c.Y-at.Y)*float64(u.size.Y)) < float64(28*u.scale) {
				f.held, f.chosen = i+1, i+1
			}
		}
	case released:
		f.held = 0
		f.save(u)
	case keyDown:
		f.key(u, e)
	}
}

func (f *projectorFace) key(u *ui, e event) {
	step := 1.0
	if e.shift {
		step = 10
	}
	d, arrow := map[string][2]float64{"ArrowLeft": {-1, 0}, "ArrowRight": {1, 0}, "ArrowUp": {0, -1}, "ArrowDown": {0, 1}}[e.key]
	switch {
	case e.key == "Escape":
		f.save(u)
		u.shown = "play"
	case e.key == "R":
		c := f.corners
		for i := range c {
			f.corners[i] = c[(i+1)%4]
		}
		f.changed = true
		f.save(u)
	case e.key == "Tab":
		f.until = time.Now().Add(5 * time.Second)
		f.chosen = f.chosen%4 + 1
	case arrow && f.chosen != 0:
		f.until = time.Now().Add(5 * time.Second)
		c := f.corners[f.chosen-1]
		f.set(u, f.chosen-1, grid.Pt{X: c.X + d[0]*step/float64(u.size.X), Y: c.Y + d[1]*step/float64(u.size.Y)})
		f.save(u)
	}
}

// set moves a corner, but only to where a board can have one.
func (f *projectorFace) set(u *ui, i int, p grid.Pt) {
	old := f.corners[i]
	f.corners[i] = grid.Pt{X: max(-0.2, min(p.X, 1.2)), Y: max(-0.2, min(p.Y, 1.2))}
	if f.grid(u, 19) == nil {
		f.corners[i] = old
		return
	}
	f.changed = true
}
