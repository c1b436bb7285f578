package vision

import (
	"fmt"

	"gocv.io/x/gocv"

	"github.com/gobancam/gobancam/internal/grid"
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
		c.nodes[i] = within(p, c.w, c.h)
	}
	clear(c.fresh)
	return nil
}

// show makes sure that the canvas shows the pixels from (x0, y0) up to but
// not including (x1, y1).
func (c *canvas) show(x0, y0, x1, y1 int) {
	for by := y0 / cellPixels; by*cellPixels < y1; by++ {
		for bx := x0 / cellPixels; bx*cellPixels < x1; bx++ {
			if !c.fresh[by*c.blocks+bx] {
				c.fresh[by*c.blocks+bx] = true
				c.sample(bx, by, cellPixels, c.pix[(by*cellPixels*c.side+bx*cellPixels)*3:])
			}
		}
	}
}

// corner returns the top left pixel of a block, whether it is shown or not.
func (c *canvas) corner(bx, by int) (pix [3]uint8) {
	c.sample(bx, by, 1, pix[:])
	return pix
}

// sample writes the first count×count pixels of a block to out, whose rows are
// as long as the canvas'.
func (c *canvas) sample(bx, by, count int, out []uint8) {
	k := by*(c.blocks+1) + bx
	b := block{c.nodes[k], c.nodes[k+1], c.nodes[k+c.blocks+1], c.nodes[k+c.blocks+2]}
	b.sample(c.img, c.w, c.h, cellPixels, b.scale(cellPixels), count, count, out, 3*c.side)
}
