package vision

import (
	"fmt"
	"math"

	"gocv.io/x/gocv"

	"github.com/gobancam/gobancam/grid"
)

const (
	cellPixels   = 12  // sides of a canvas' blocks, one block per crossing
	canvasRing   = 2   // blocks beyond the outermost crossings
	canvasHeight = 0.2 // column pitches above the board: half a stone
)

// canvas is a board seen straight from above, rectified from a picture block
// by block as far as it is looked at: a block of cellPixels² around each
// crossing, and a ring of blocks around the board. It shows the plane at half
// the height of a stone, so that a stone's body lies around its crossing, which
// is pixel (cellPixels/2, cellPixels/2) of its block. What lies outside the
// picture looks like the picture's rim.
type canvas struct {
	n      int // lines per side
	blocks int // per side
	side   int // pixels per side
	pix    []uint8
	nodes  []grid.Pt // corners of the blocks in the picture
	fresh  []bool    // blocks that show the present picture
	img    []uint8   // the present picture
	w, h   int
}

// begin takes up a picture; its pixels are looked at until the next begin.
func (c *canvas) begin(img gocv.Mat, g *grid.Grid) error {
	if img.Empty() || img.Type() != gocv.MatTypeCV8UC3 {
		return fmt.Errorf("reading stones needs a BGR picture of 8 bits per channel, not type %v of %d×%d", img.Type(), img.Cols(), img.Rows())
	}
	s := g.Spec()
	if s.Width != img.Cols() || s.Height != img.Rows() {
		return fmt.Errorf("the grid is of a picture of %d×%d pixels, the picture has %d×%d", s.Width, s.Height, img.Cols(), img.Rows())
	}
	if c.n != g.Size() {
		*c = canvas{n: g.Size(), blocks: g.Size() + 2*canvasRing}
		c.side = c.blocks * cellPixels
		c.pix = make([]uint8, c.side*c.side*3)
		c.nodes = make([]grid.Pt, (c.blocks+1)*(c.blocks+1))
		c.fresh = make([]bool, c.blocks*c.blocks)
	}
	pix, err := img.DataPtrUint8()
	if err != nil {
		return fmt.Errorf("reading stones: %w", err)
	}
	c.img, c.w, c.h = pix, img.Cols(), img.Rows()
	for i := range c.nodes {
		u := float64(i%(c.blocks+1)-canvasRing) - 0.5
		v := float64(i/(c.blocks+1)-canvasRing) - 0.5
		p := g.At(u, v, canvasHeight)
		c.nodes[i] = grid.Pt{X: within(p.X, c.w), Y: within(p.Y, c.h)}
	}
	clear(c.fresh)
	return nil
}

// within keeps a coordinate within reach of a picture n pixels wide.
func within(x float64, n int) float64 {
	if !(x > -float64(n)) { // NaN too
		return -float64(n)
	}
	return min(x, 2*float64(n))
}

// show makes sure that the canvas shows the pixels from (x0, y0) up to but
// not including (x1, y1).
func (c *canvas) show(x0, y0, x1, y1 int) {
	for by := y0 / cellPixels; by*cellPixels < y1; by++ {
		for bx := x0 / cellPixels; bx*cellPixels < x1; bx++ {
			if c.fresh[by*c.blocks+bx] {
				continue
			}
			c.fresh[by*c.blocks+bx] = true
			b := c.block(bx, by)
			for j := range cellPixels {
				row := c.pix[((by*cellPixels+j)*c.side+bx*cellPixels)*3:]
				for i := range cellPixels {
					s := b.sample(i, j)
					copy(row[3*i:3*i+3], s[:])
				}
			}
		}
	}
}

// block is a block about to be sampled. Within it the picture of the board is
// bilinear to a hundredth of a cell.
type block struct {
	c              *canvas
	tl, tr, bl, br grid.Pt
	sub            int // samples per pixel and direction
}

func (c *canvas) block(bx, by int) block {
	k := by*(c.blocks+1) + bx
	b := block{c: c, tl: c.nodes[k], tr: c.nodes[k+1], bl: c.nodes[k+c.blocks+1], br: c.nodes[k+c.blocks+2]}
	p, q := b.tr.Sub(b.tl), b.bl.Sub(b.tl)
	b.sub = int(max(1, min(4, math.Round(math.Sqrt(math.Abs(p.X*q.Y-p.Y*q.X))/cellPixels))))
	return b
}

// sample returns a pixel of the block: the mean of as many interpolated
// samples as there are picture pixels under it, up to 4×4.
func (b *block) sample(i, j int) (pix [3]uint8) {
	c := b.c
	var s0, s1, s2 float32
	for sj := range b.sub {
		t := (float64(j) + (float64(sj)+0.5)/float64(b.sub) - 0.5) / cellPixels
		lx, ly := b.tl.X+(b.bl.X-b.tl.X)*t, b.tl.Y+(b.bl.Y-b.tl.Y)*t
		rx, ry := b.tr.X+(b.br.X-b.tr.X)*t, b.tr.Y+(b.br.Y-b.tr.Y)*t
		for si := range b.sub {
			s := (float64(i) + (float64(si)+0.5)/float64(b.sub) - 0.5) / cellPixels
			x := max(0, min(lx+(rx-lx)*s, float64(c.w-1)))
			y := max(0, min(ly+(ry-ly)*s, float64(c.h-1)))
			x0, y0 := int(x), int(y)
			dx, dy := 3, 3*c.w
			if x0 == c.w-1 {
				dx = 0
			}
			if y0 == c.h-1 {
				dy = 0
			}
			fx, fy := float32(x-float64(x0)), float32(y-float64(y0))
			k := (y0*c.w + x0) * 3
			p, q := c.img[k:k+3], c.img[k+dx:k+dx+3]
			u, v := c.img[k+dy:k+dy+3], c.img[k+dy+dx:k+dy+dx+3]
			wp, wq, wu, wv := (1-fx)*(1-fy), fx*(1-fy), (1-fx)*fy, fx*fy
			s0 += wp*float32(p[0]) + wq*float32(q[0]) + wu*float32(u[0]) + wv*float32(v[0])
			s1 += wp*float32(p[1]) + wq*float32(q[1]) + wu*float32(u[1]) + wv*float32(v[1])
			s2 += wp*float32(p[2]) + wq*float32(q[2]) + wu*float32(u[2]) + wv*float32(v[2])
		}
	}
	norm := 1 / float32(b.sub*b.sub)
	return [3]uint8{uint8(s0*norm + 0.5), uint8(s1*norm + 0.5), uint8(s2*norm + 0.5)}
}
