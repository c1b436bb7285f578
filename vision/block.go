package vision

/*
#cgo noescape kernel_block
#cgo nocallback kernel_block
#include "kernel.h"
*/
import "C"

import (
	"math"

	"github.com/gobancam/gobancam/internal/grid"
)

// block is where the corners of a square of the board lie in a picture, a line
// spacing on a side: top left, top right, bottom left, bottom right. Within it
// the picture of the board is bilinear to a hundredth of a spacing.
type block [4]grid.Pt

// scale is how many picture pixels one of side pixels along a block covers.
func (b *block) scale(side int) float64 {
	p, q := b[1].Sub(b[0]), b[2].Sub(b[0])
	return math.Sqrt(math.Abs(p.X*q.Y-p.Y*q.X)) / float64(side)
}

// sample writes the first rows × cols of a block's side×side pixels to out,
// whose rows are stride bytes apart, from a BGR picture of w×h pixels. Pixel
// (i, j) shows (i/side, j/side) of the block: the mean of sub×sub samples, sub
// rounded and from 1 to 4. What lies outside the picture looks like its rim.
func (b *block) sample(img []uint8, w, h, side int, sub float64, cols, rows int, out []uint8, stride int) {
	var corners [8]C.float
	for i, c := range b {
		corners[2*i], corners[2*i+1] = C.float(c.X), C.float(c.Y)
	}
	_, _ = img[3*w*h-1], out[(rows-1)*stride+3*cols-1]
	C.kernel_block((*C.uchar)(&img[0]), C.int(w), C.int(h), &corners[0], C.int(max(1, min(4, math.Round(sub)))), C.int(side),
		C.int(cols), C.int(rows), (*C.uchar)(&out[0]), C.int(stride))
}

// within keeps a place within reach of a picture of w×h pixels.
func within(p grid.Pt, w, h int) grid.Pt {
	keep := func(x, n float64) float64 {
		if !(x > -n) { // NaN too
			return -n
		}
		return min(x, 2*n)
	}
	return grid.Pt{X: keep(p.X, float64(w)), Y: keep(p.Y, float64(h))}
}
