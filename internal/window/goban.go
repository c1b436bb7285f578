package window

import (
	"image"
	"image/color"
	"math"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/window/paint"
)

// markKind is what a mark says about its point.
type markKind uint8

const (
	markLast    markKind = iota + 1 // the last move
	markOwed                        // put this stone down
	markLift                        // take this stone off
	markWrong                       // this stone should not be there
	markMissing                     // this stone should be there
	markPending                     // on its way to the server
	markTrial                       // a move in the making; Part of its time has passed
	markDead                        // agreed to be dead, or proposed
	markCursor                      // where the arrow keys are
)

// mark is a sign on a point of the drawn board.
type mark struct {
	Kind  markKind
	Color board.Color // of the stone it is about
	Point board.Point
	Part  float64
}

// position is what a drawn board shows.
type position struct {
	Size  int
	Board board.Position
	Marks []mark
}

// frameOf is the geometry of a board drawn into a rectangle.
type frameOf struct {
	size int
	x, y float32 // of the top left crossing
	cell float32
}

// layBoard fits a board with room for its coordinates into r.
func layBoard(r image.Rectangle, size int) frameOf {
	const rim = 1.05 // cells from crossing to edge
	side := float32(min(r.Dx(), r.Dy()))
	cell := side / (float32(size-1) + 2*rim)
	return frameOf{size: size, cell: cell,
		x: float32(r.Min.X) + (float32(r.Dx())-side)/2 + rim*cell,
		y: float32(r.Min.Y) + (float32(r.Dy())-side)/2 + rim*cell}
}

// at returns the middle of a point, in pixels.
func (f frameOf) at(p board.Point) (x, y float32) {
	return f.x + float32(p.X)*f.cell, f.y + float32(p.Y)*f.cell
}

// point returns the point that a pixel belongs to.
func (f frameOf) point(p image.Point) (board.Point, bool) {
	if f.cell == 0 {
		return board.Point{}, false
	}
	x := math.Round(float64((float32(p.X) - f.x) / f.cell))
	y := math.Round(float64((float32(p.Y) - f.y) / f.cell))
	if x < 0 || y < 0 || x >= float64(f.size) || y >= float64(f.size) {
		return board.Point{}, false
	}
	return board.Point{X: int8(x), Y: int8(y)}, true
}

// goban paints boards; it caches the shaded stones.
type goban struct{ stones map[stoneKey]*image.RGBA }

type stoneKey struct {
	r     int // half pixels
	color board.Color
}

// stone returns a shaded stone of radius r, r+1 pixels around its middle.
func (g *goban) stone(r float32, c board.Color) *image.RGBA {
	key := stoneKey{int(r*2 + 0.5), c}
	if img, ok := g.stones[key]; ok {
		return img
	}
	if g.stones == nil || len(g.stones) > 64 {
		g.stones = map[stoneKey]*image.RGBA{}
	}
	n := int(math.Ceil(float64(r))) + 1
	img := image.NewRGBA(image.Rect(-n, -n, n, n))
	low, high := rgb(0x101113), rgb(0x53565c)
	if c == board.White {
		low, high = rgb(0xcfccc4), rgb(0xfcfbf8)
	}
	for y := -n; y < n; y++ {
		for x := -n; x < n; x++ {
			dx, dy := (float64(x)+0.5)/float64(r), (float64(y)+0.5)/float64(r)
			d := math.Hypot(dx, dy)
			cover := max(0, min(1, (1-d)*float64(r)+0.5))
			if cover == 0 {
				continue
			}
			// A lamp above the left shoulder.
			glow := max(0, 1-math.Hypot(dx+0.35, dy+0.4)/1.25)
			if c == board.White {
				glow = math.Sqrt(glow)
			} else {
				glow *= glow
			}
			img.SetRGBA(x, y, paint.Alpha(paint.Mix(low, high, glow), cover))
		}
	}
	g.stones[key] = img
	return img
}

// draw paints a board into r.
func (g *goban) draw(c *paint.Canvas, r image.Rectangle, u *ui, p position) {
	t := u.theme
	f := layBoard(r, p.Size)
	side := f.cell * (float32(p.Size-1) + 2.1)
	bx, by := f.x-1.05*f.cell, f.y-1.05*f.cell
	c.Round(image.Rect(int(bx), int(by), int(bx+side+0.5), int(by+side+0.5)), 6*u.scale, t.wood)

	width := max(1, f.cell*0.035)
	n := float32(p.Size - 1)
	for i := range p.Size {
		x, y := f.at(board.Point{X: int8(i), Y: int8(i)})
		c.Line(f.x-width/2, y, f.x+n*f.cell+width/2, y, width, t.line)
		c.Line(x, f.y-width/2, x, f.y+n*f.cell+width/2, width, t.line)
	}
	for _, h := range board.Hoshi(p.Size) {
		x, y := f.at(h)
		c.Circle(x, y, max(2, f.cell*0.1), t.line)
	}
	g.coordinates(c, f, u)

	special := map[board.Point]mark{}
	for _, m := range p.Marks {
		special[m.Point] = m
	}
	radius := f.cell * 0.48
	if p.Board.Size() == p.Size {
		for pt := range p.Board.Points() {
			color := p.Board.At(pt)
			if color == board.Empty {
				continue
			}
			if m := special[pt]; m.Kind == markOwed || m.Kind == markMissing || m.Kind == markPending {
				continue // not on the wood, or not sure to be
			}
			x, y := f.at(pt)
			faint := special[pt].Kind == markDead
			g.put(c, x, y, radius, color, faint)
		}
	}
	for _, m := range p.Marks {
		g.mark(c, f, u, m, &p.Board)
	}
}

func (g *goban) put(c *paint.Canvas, x, y, r float32, color board.Color, faint bool) {
	img := g.stone(r, color)
	at := image.Pt(int(math.Round(float64(x))), int(math.Round(float64(y))))
	if !faint {
		c.Circle(float32(at.X)+r*0.06, float32(at.Y)+r*0.1, r, paint.Alpha(rgb(0), 0.28))
		c.Picture(at.Add(img.Bounds().Min), img)
		return
	}
	ghost := image.NewRGBA(img.Bounds())
	for i := range img.Pix {
		ghost.Pix[i] = uint8(uint16(img.Pix[i]) * 5 / 10)
	}
	c.Picture(at.Add(img.Bounds().Min), ghost)
}

func (g *goban) coordinates(c *paint.Canvas, f frameOf, u *ui) {
	size := max(min(f.cell*0.42, 15*u.scale), min(smallest*u.scale, f.cell*0.66))
	col := u.theme.line
	for i := range f.size {
		name := board.Point{X: int8(i), Y: int8(i)}.GTP(f.size)
		letter, number := name[:1], name[1:]
		x, y := f.at(board.Point{X: int8(i), Y: int8(i)})
		lw, nw := u.write.Width(paint.Regular, size, letter), u.write.Width(paint.Regular, size, number)
		end := f.cell * (float32(f.size-1) + 0.76)
		for _, dy := range []float32{-0.76 * f.cell, end} {
			u.write.Draw(c, paint.Regular, size, x-lw/2, f.y+dy+size*0.36, col, letter)
		}
		for _, dx := range []float32{-0.76 * f.cell, end} {
			u.write.Draw(c, paint.Regular, size, f.x+dx-nw/2, y+size*0.36, col, number)
		}
	}
}

func opposite(c board.Color) color.RGBA {
	if c == board.Black {
		return rgb(0xf4f4f2)
	}
	return rgb(0x1a1b1d)
}

// mark paints one sign. Each has a shape of its own: what to put is a ring,
// what to take is a cross, what is wrong is a square.
func (g *goban) mark(c *paint.Canvas, f frameOf, u *ui, m mark, pos *board.Position) {
	x, y := f.at(m.Point)
	x, y = float32(math.Round(float64(x))), float32(math.Round(float64(y)))
	r := f.cell * 0.48
	bold := max(2, f.cell*0.1)
	accent, alarm := u.theme.put, u.theme.take
	switch m.Kind {
	case markLast:
		color := pos.At(m.Point)
		if color == board.Empty {
			color = m.Color
		}
		c.Ring(x, y, r*0.5, bold*0.9, opposite(color))
	case markOwed:
		g.put(c, x, y, r, m.Color, false)
		c.Ring(x, y, r+bold*0.2, bold*1.5, accent)
		dot := accent
		if m.Color == board.Black {
			dot = dark.accent
		}
		c.Circle(x, y, r*0.26, dot)
	case markLift:
		if m.Color != board.Empty {
			g.put(c, x, y, r, m.Color, true)
		}
		c.Cross(x, y, r*0.66, bold*1.9, rgb(0xffffff))
		c.Cross(x, y, r*0.6, bold*1.2, alarm)
	case markWrong, markMissing:
		g.put(c, x, y, r, m.Color, true)
		d := int(r + bold*0.4)
		c.Frame(image.Rect(int(x)-d, int(y)-d, int(x)+d, int(y)+d), 2*u.scale, bold*1.3, alarm)
		sign := "!"
		if m.Kind == markMissing {
			sign = "?"
		}
		size, ink := r*1.3, alarm
		if m.Color == board.Black {
			ink = rgb(0xffffff)
		}
		u.write.Draw(c, paint.Bold, size, x-u.write.Width(paint.Bold, size, sign)/2, y+size*0.36, ink, sign)
	case markPending, markTrial:
		g.put(c, x, y, r, m.Color, m.Kind == markTrial)
		if m.Kind == markPending {
			for i := range 3 {
				c.Circle(x+float32(i-1)*r*0.5, y, r*0.15, opposite(m.Color))
			}
			return
		}
		if m.Part > 0 {
			c.Arc(x, y, r+bold*0.2, bold, 0, min(1, m.Part), accent)
		}
	case markDead:
		c.Cross(x, y, r*0.48, bold*1.7, rgb(0xffffff))
		c.Cross(x, y, r*0.42, bold, alarm)
	case markCursor:
		d := int(f.cell * 0.5)
		c.Frame(image.Rect(int(x)-d, int(y)-d, int(x)+d, int(y)+d), 3*u.scale, bold, accent)
	}
}
