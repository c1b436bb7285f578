package vision

import (
	"errors"
	"fmt"

	"gocv.io/x/gocv"

	"github.com/gobancam/gobancam/internal/grid"
)

// boardEdge is how much of the table stays around the board's lines where the
// picture goes to others, in cells: the stones on the edge, no more.
const boardEdge = 0.8

// EncodeBoard encodes the board alone as it is seen from above, with the grid's
// top left at the top left, about side pixels square: what lies beyond the
// board's edge is not in it. What is above the board is: a hand, or who leans
// over it.
func EncodeBoard(img gocv.Mat, g *grid.Grid, side int) ([]byte, error) {
	const quality = 80
	if err := checkPicture(img); err != nil {
		return nil, err
	}
	if g == nil || side < 16 || side > 4096 {
		return nil, errors.New("there is no board to encode")
	}
	mx := gocv.NewMatWithSize(side, side, gocv.MatTypeCV32F)
	defer mx.Close()
	my := gocv.NewMatWithSize(side, side, gocv.MatTypeCV32F)
	defer my.Close()
	xs, err := mx.DataPtrFloat32()
	if err != nil {
		return nil, fmt.Errorf("a picture of the board: %w", err)
	}
	ys, err := my.DataPtrFloat32()
	if err != nil {
		return nil, fmt.Errorf("a picture of the board: %w", err)
	}
	// Straight along each sixteenth of a row: the lens bends far less than that.
	const every = 16
	cell := (float64(g.Size()-1) + 2*boardEdge) / float64(side)
	at := func(x, y int) grid.Pt {
		p := g.At((float64(x)+0.5)*cell-boardEdge, (float64(y)+0.5)*cell-boardEdge, 0)
		return grid.Pt{X: clampTo(p.X, 1e5), Y: clampTo(p.Y, 1e5)}
	}
	for y := range side {
		row := y * side
		from := at(0, y)
		for x := 0; x < side; x += every {
			to := at(x+every, y)
			for i := range min(every, side-x) {
				f := float64(i) / every
				xs[row+x+i], ys[row+x+i] = float32(from.X+(to.X-from.X)*f), float32(from.Y+(to.Y-from.Y)*f)
			}
			from = to
		}
	}
	view := gocv.NewMat()
	defer view.Close()
	if err := gocv.Remap(img, &view, &mx, &my, gocv.InterpolationLinear, gocv.BorderConstant, black); err != nil {
		return nil, fmt.Errorf("a picture of the board: %w", err)
	}
	return EncodeJPEG(view, quality)
}
