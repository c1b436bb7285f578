// Package paint draws shapes and text into pictures in memory, so that all that
// a window shows can be drawn, and looked at by a test, without one.
//
// Coordinates are pixels; (0, 0) is the top left corner of the first pixel.
package paint

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	"golang.org/x/image/vector"
)

// Canvas draws into a picture, clipped to its bounds.
type Canvas struct{ Img *image.RGBA }

// New returns a transparent canvas.
func New(r image.Rectangle) *Canvas { return &Canvas{image.NewRGBA(r)} }

// Sub returns a canvas of the part r of c, in the same coordinates.
func (c *Canvas) Sub(r image.Rectangle) *Canvas {
	return &Canvas{c.Img.SubImage(r).(*image.RGBA)}
}

// Clear makes everything one colour.
func (c *Canvas) Clear(col color.Color) {
	draw.Draw(c.Img, c.Img.Bounds(), image.NewUniform(col), image.Point{}, draw.Src)
}

// Rect fills whole pixels.
func (c *Canvas) Rect(r image.Rectangle, col color.Color) {
	draw.Draw(c.Img, r, image.NewUniform(col), image.Point{}, draw.Over)
}

// Path is an outline of straight and curved pieces.
type Path struct {
	ops            []op
	x0, y0, x1, y1 float32
}

type op struct {
	kind byte // m, l, q, c, z
	p    [6]float32
}

func (p *Path) add(kind byte, v ...float32) *Path {
	o := op{kind: kind}
	copy(o.p[:], v)
	for i := 0; i+1 < len(v); i += 2 {
		if len(p.ops) == 0 && i == 0 {
			p.x0, p.y0, p.x1, p.y1 = v[0], v[1], v[0], v[1]
		}
		p.x0, p.x1 = min(p.x0, v[i]), max(p.x1, v[i])
		p.y0, p.y1 = min(p.y0, v[i+1]), max(p.y1, v[i+1])
	}
	p.ops = append(p.ops, o)
	return p
}

// Move begins a new outline.
func (p *Path) Move(x, y float32) *Path { return p.add('m', x, y) }

// Line goes straight on.
func (p *Path) Line(x, y float32) *Path { return p.add('l', x, y) }

// Quad goes on in a quadratic curve.
func (p *Path) Quad(bx, by, x, y float32) *Path { return p.add('q', bx, by, x, y) }

// Cube goes on in a cubic curve.
func (p *Path) Cube(bx, by, cx, cy, x, y float32) *Path { return p.add('c', bx, by, cx, cy, x, y) }

// Close goes back to where the outline began.
func (p *Path) Close() *Path { return p.add('z') }

// kappa places the control points of a quarter circle.
const kappa = 0.5522847

// Circle adds a circle; one of negative radius goes the other way round and
// cuts a hole.
func (p *Path) Circle(x, y, r float32) *Path {
	d := r
	if r < 0 {
		r = -r
	}
	k := kappa * r
	if d > 0 {
		return p.Move(x+r, y).Cube(x+r, y+k, x+k, y+r, x, y+r).Cube(x-k, y+r, x-r, y+k, x-r, y).
			Cube(x-r, y-k, x-k, y-r, x, y-r).Cube(x+k, y-r, x+r, y-k, x+r, y).Close()
	}
	return p.Move(x+r, y).Cube(x+r, y-k, x+k, y-r, x, y-r).Cube(x-k, y-r, x-r, y-k, x-r, y).
		Cube(x-r, y+k, x-k, y+r, x, y+r).Cube(x+k, y+r, x+r, y+k, x+r, y).Close()
}

// Round adds a rectangle with round corners; inset shrinks it, and hole cuts
// it out of what is there.
func (p *Path) round(x0, y0, x1, y1, r float32, hole bool) *Path {
	r = max(0, min(r, (x1-x0)/2, (y1-y0)/2))
	k := r * (1 - kappa)
	if hole {
		return p.Move(x0+r, y0).Cube(x0+k, y0, x0, y0+k, x0, y0+r).Line(x0, y1-r).Cube(x0, y1-k, x0+k, y1, x0+r, y1).
			Line(x1-r, y1).Cube(x1-k, y1, x1, y1-k, x1, y1-r).Line(x1, y0+r).Cube(x1, y0+k, x1-k, y0, x1-r, y0).Close()
	}
	return p.Move(x0+r, y0).Line(x1-r, y0).Cube(x1-k, y0, x1, y0+k, x1, y0+r).Line(x1, y1-r).Cube(x1, y1-k, x1-k, y1, x1-r, y1).
		Line(x0+r, y1).Cube(x0+k, y1, x0, y1-k, x0, y1-r).Line(x0, y0+r).Cube(x0, y0+k, x0+k, y0, x0+r, y0).Close()
}

// Fill fills a path.
func (c *Canvas) Fill(p *Path, col color.Color) {
	box := image.Rect(floor(p.x0), floor(p.y0), ceil(p.x1), ceil(p.y1))
	clip := box.Intersect(c.Img.Bounds())
	if clip.Empty() || len(p.ops) == 0 {
		return
	}
	z := vector.NewRasterizer(clip.Dx(), clip.Dy())
	dx, dy := float32(clip.Min.X), float32(clip.Min.Y)
	for _, o := range p.ops {
		v := &o.p
		switch o.kind {
		case 'm':
			z.MoveTo(v[0]-dx, v[1]-dy)
		case 'l':
			z.LineTo(v[0]-dx, v[1]-dy)
		case 'q':
			z.QuadTo(v[0]-dx, v[1]-dy, v[2]-dx, v[3]-dy)
		case 'c':
			z.CubeTo(v[0]-dx, v[1]-dy, v[2]-dx, v[3]-dy, v[4]-dx, v[5]-dy)
		case 'z':
			z.ClosePath()
		}
	}
	z.Draw(c.Img, clip, image.NewUniform(col), image.Point{})
}

func floor(v float32) int { return int(math.Floor(float64(v))) }
func ceil(v float32) int  { return int(math.Ceil(float64(v))) }

// Circle fills a circle.
func (c *Canvas) Circle(x, y, r float32, col color.Color) {
	c.Fill(new(Path).Circle(x, y, r), col)
}

// Ring draws a circle line of the given width, centred on radius r.
func (c *Canvas) Ring(x, y, r, width float32, col color.Color) {
	p := new(Path).Circle(x, y, r+width/2)
	if in := r - width/2; in > 0 {
		p.Circle(x, y, -in)
	}
	c.Fill(p, col)
}

// Round fills a rectangle with round corners.
func (c *Canvas) Round(r image.Rectangle, radius float32, col color.Color) {
	c.Fill(new(Path).round(float32(r.Min.X), float32(r.Min.Y), float32(r.Max.X), float32(r.Max.Y), radius, false), col)
}

// Frame draws the inside border of a rectangle with round corners.
func (c *Canvas) Frame(r image.Rectangle, radius, width float32, col color.Color) {
	x0, y0, x1, y1 := float32(r.Min.X), float32(r.Min.Y), float32(r.Max.X), float32(r.Max.Y)
	p := new(Path).round(x0, y0, x1, y1, radius, false)
	p.round(x0+width, y0+width, x1-width, y1-width, radius-width, true)
	c.Fill(p, col)
}

// Line draws a straight line.
func (c *Canvas) Line(x0, y0, x1, y1, width float32, col color.Color) {
	c.Fill(new(Path).stroke(x0, y0, x1, y1, width), col)
}

// Polyline draws straight pieces one after another.
func (c *Canvas) Polyline(width float32, col color.Color, xy ...float32) {
	p := &Path{}
	for i := 0; i+3 < len(xy); i += 2 {
		p.stroke(xy[i], xy[i+1], xy[i+2], xy[i+3], width)
	}
	c.Fill(p, col)
}

// stroke adds a line as the rectangle that it covers, always the same way
// round, so that crossing lines add up.
func (p *Path) stroke(x0, y0, x1, y1, width float32) *Path {
	dx, dy := x1-x0, y1-y0
	l := float32(math.Hypot(float64(dx), float64(dy)))
	if l == 0 {
		return p
	}
	nx, ny := -dy/l*width/2, dx/l*width/2
	return p.Move(x0+nx, y0+ny).Line(x0-nx, y0-ny).Line(x1-nx, y1-ny).Line(x1+nx, y1+ny).Close()
}

// Arc draws the part of a circle line from angle a to b, in turns clockwise
// from the top.
func (c *Canvas) Arc(x, y, r, width float32, a, b float64, col color.Color) {
	n := max(2, int(math.Ceil((b-a)*48)))
	outer, inner := make([][2]float32, 0, n+1), make([][2]float32, 0, n+1)
	for i := range n + 1 {
		s, co := math.Sincos(2 * math.Pi * (a + (b-a)*float64(i)/float64(n)))
		outer = append(outer, [2]float32{x + (r+width/2)*float32(s), y - (r+width/2)*float32(co)})
		inner = append(inner, [2]float32{x + (r-width/2)*float32(s), y - (r-width/2)*float32(co)})
	}
	p := new(Path).Move(outer[0][0], outer[0][1])
	for _, q := range outer[1:] {
		p.Line(q[0], q[1])
	}
	for i := len(inner) - 1; i >= 0; i-- {
		p.Line(inner[i][0], inner[i][1])
	}
	c.Fill(p.Close(), col)
}

// Cross draws an × of half width r.
func (c *Canvas) Cross(x, y, r, width float32, col color.Color) {
	c.Line(x-r, y-r, x+r, y+r, width, col)
	c.Line(x-r, y+r, x+r, y-r, width, col)
}

// Picture draws a picture with its top left corner at p.
func (c *Canvas) Picture(p image.Point, img image.Image) {
	b := img.Bounds()
	draw.Draw(c.Img, image.Rectangle{p, p.Add(b.Size())}, img, b.Min, draw.Over)
}

// Alpha returns col with a times its opacity.
func Alpha(col color.RGBA, a float64) color.RGBA {
	f := func(v uint8) uint8 { return uint8(float64(v)*a + 0.5) }
	return color.RGBA{f(col.R), f(col.G), f(col.B), f(col.A)}
}

// Mix returns the colour that is t of the way from a to b.
func Mix(a, b color.RGBA, t float64) color.RGBA {
	f := func(a, b uint8) uint8 { return uint8(float64(a) + (float64(b)-float64(a))*t + 0.5) }
	return color.RGBA{f(a.R, b.R), f(a.G, b.G), f(a.B, b.B), f(a.A, b.A)}
}
