package window

import (
	"fmt"
	"image"
	"time"

	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/reading"
	"github.com/gobancam/gobancam/internal/window/paint"
)

func keyOf(v ...any) string { return fmt.Sprint(v...) }

// fit returns the largest rectangle of the shape width×height in the middle of
// r.
func fit(r image.Rectangle, width, height int) image.Rectangle {
	if width <= 0 || height <= 0 || r.Empty() {
		return image.Rectangle{Min: r.Min, Max: r.Min}
	}
	w, h := r.Dx(), r.Dx()*height/width
	if h > r.Dy() {
		w, h = r.Dy()*width/height, r.Dy()
	}
	x, y := r.Min.X+(r.Dx()-w)/2, r.Min.Y+(r.Dy()-h)/2
	return image.Rect(x, y, x+w, y+h)
}

// shot maps the camera's picture to where it is shown. Pixel (0, 0) of the
// picture is the centre of its first pixel.
type shot struct {
	rect          image.Rectangle
	width, height int
}

func (s shot) scale() float32 { return float32(s.rect.Dx()) / float32(s.width) }

func (s shot) out(p grid.Pt) (x, y float32) {
	k := s.scale()
	return float32(s.rect.Min.X) + (float32(p.X)+0.5)*k, float32(s.rect.Min.Y) + (float32(p.Y)+0.5)*k
}

func (s shot) in(p image.Point) grid.Pt {
	k := float64(s.scale())
	return grid.Pt{X: (float64(p.X-s.rect.Min.X)+0.5)/k - 0.5, Y: (float64(p.Y-s.rect.Min.Y)+0.5)/k - 0.5}
}

// camera adds the camera's picture to a scene, with grid and readings over it
// or, while there is none, a sentence in its place.
func (sc *scene) camera(u *ui, r image.Rectangle, readings bool) {
	p := u.state.picture
	if p == nil {
		sc.panels = append(sc.panels, panel{rect: r, key: "no picture", paint: func(c *paint.Canvas) {
			c.Clear(u.theme.back)
			c.Round(r, 10*u.scale, u.theme.surface)
			text, size := "Waiting for the camera", 16*u.scale
			w := u.write.Width(paint.Regular, size, text)
			u.write.Draw(c, paint.Regular, size, float32(r.Min.X)+(float32(r.Dx())-w)/2, float32(r.Min.Y+r.Dy()/2), u.theme.dim, text)
		}})
		return
	}
	at := shot{fit(r, p.width, p.height), p.width, p.height}
	sc.picture, sc.shot = p.img, at.rect
	sc.panels = append(sc.panels, panel{rect: r, key: "picture", paint: func(c *paint.Canvas) { c.Clear(u.theme.back) }})
	if old := u.oldPicture(time.Now()); old != "" {
		// Neither is what was read in it, nor where the board was.
		sc.panels = append(sc.panels, u.stalePanel(at.rect, old))
		return
	}
	if p.grid == nil {
		return
	}
	locked := p.reading != nil && p.reading.Lock == reading.Locked
	key := keyOf(gridKey(p.grid), locked, readings)
	if readings && p.reading != nil && p.reading.Size == p.grid.Size() {
		key += keyOf(p.reading.Rows())
	}
	sc.panels = append(sc.panels, panel{rect: at.rect, key: key, over: true, paint: func(c *paint.Canvas) {
		col := u.theme.accent
		if !locked {
			col = u.theme.alarm
		}
		drawGrid(c, at, p.grid, max(1, u.scale), paint.Alpha(col, 0.75))
		if readings && p.reading != nil && p.reading.Size == p.grid.Size() {
			drawReading(c, at, p.grid, p.reading, u)
		}
	}})
}

// fresh is how old a picture may be that passes for what is there now.
const fresh = 3 * time.Second

// stalePanel veils a picture that is not what is there now, and says so.
func (u *ui) stalePanel(r image.Rectangle, text string) panel {
	return panel{rect: r, key: keyOf("stale", text), over: true, paint: func(c *paint.Canvas) {
		s := u.scale
		c.Rect(r, paint.Alpha(rgb(0), 0.55))
		size := 18 * s
		for size > smallest*s && u.write.Width(paint.Medium, size, text) > float32(r.Dx())-64*s {
			size -= s
		}
		w := u.write.Width(paint.Medium, size, text)
		x, y := float32(r.Min.X)+(float32(r.Dx())-w)/2, float32(r.Min.Y)+24*s
		c.Round(image.Rect(int(x-28*s), int(y-16*s), int(x+w+12*s), int(y+16*s)), 8*s, rgb(0x101214))
		c.Cross(x-14*s, y, 5*s, 2.6*s, dark.alarm)
		u.write.Draw(c, paint.Medium, size, x, y+size*0.36, rgb(0xffffff), text)
	}}
}

// oldPicture says how old the camera's picture is, empty while it is fresh.
func (u *ui) oldPicture(now time.Time) string {
	p, s := u.state.picture, u.state.snap
	if p == nil || p.at.IsZero() || now.Sub(p.at) < fresh {
		return ""
	}
	if s != nil && s.Result != nil {
		return "The last picture"
	}
	age := now.Sub(p.at)
	if age >= time.Minute {
		return fmt.Sprintf("No new picture for %d min", int(age/time.Minute))
	}
	return fmt.Sprintf("No new picture for %d s", int(age/time.Second))
}

// gridKey returns equal keys for grids that look the same.
func gridKey(g *grid.Grid) string {
	s := g.Spec()
	key := fmt.Sprintf("%d %.3f", s.Size, s.K1)
	for _, c := range s.Corners {
		key += fmt.Sprintf(" %.0f,%.0f", c.X*2, c.Y*2)
	}
	return key
}

// drawGrid draws the lines of the board over the picture.
func drawGrid(c *paint.Canvas, at shot, g *grid.Grid, width float32, col interface{ RGBA() (r, g, b, a uint32) }) {
	n := g.Size() - 1
	steps := 1
	if g.Spec().K1 != 0 {
		steps = 8
	}
	for i := range n + 1 {
		for _, across := range []bool{true, false} {
			xy := make([]float32, 0, 2*(steps+1))
			for k := range steps + 1 {
				along := float64(n) * float64(k) / float64(steps)
				u, v := along, float64(i)
				if !across {
					u, v = v, u
				}
				x, y := at.out(g.At(u, v, 0))
				xy = append(xy, x, y)
			}
			w := width
			if i == 0 || i == n {
				w *= 1.6
			}
			c.Polyline(w, col, xy...)
		}
	}
}

// drawReading draws a disc over each stone that is seen.
func drawReading(c *paint.Canvas, at shot, g *grid.Grid, r *reading.Reading, u *ui) {
	for y := range g.Size() {
		for x := range g.Size() {
			if len(r.Points) == 0 {
				return
			}
			fx, fy := float64(x), float64(y)
			cell := float32(g.Cell(fx, fy)) * at.scale()
			px, py := at.out(g.At(fx, fy, 0.2))
			switch r.Points[y*r.Size+x].Best() {
			case reading.Black:
				c.Circle(px, py, cell*0.26, rgb(0xffffff))
				c.Circle(px, py, cell*0.26-max(1, cell*0.06), rgb(0x101214))
			case reading.White:
				c.Circle(px, py, cell*0.26, rgb(0x101214))
				c.Circle(px, py, cell*0.26-max(1, cell*0.06), rgb(0xffffff))
			case reading.Covered:
				c.Cross(px, py, cell*0.12, max(1, cell*0.07), u.theme.alarm)
			}
		}
	}
}
