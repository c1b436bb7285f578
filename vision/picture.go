package vision

import (
	"errors"
	"fmt"
	"math"

	"gocv.io/x/gocv"

	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/reading"
)

// BoardOptions say what is known of the board in a still picture. The zero
// value is nothing.
type BoardOptions struct {
	// Corners are the four corner crossings in pixels, clockwise from the top
	// left of the position as it is to be printed. They may be off by a third
	// of a cell.
	Corners *[4]grid.Pt
	Size    int // lines per side; 0 to tell 9, 13 and 19 apart
}

// Board is the position that a still picture shows.
type Board struct {
	Grid   *grid.Grid
	Points []reading.Evidence // row by row from the top left
	// Confidence is the probability that the grid and every point that can be
	// seen are right.
	Confidence float64
	// Snapped says that the given corners were moved to the crossings nearby.
	Snapped bool
}

// Rows draws the position: '.', 'X', 'O', and '?' for a point that cannot be
// seen; top row first.
func (b *Board) Rows() []string {
	r := reading.Reading{Size: b.Grid.Size(), Points: b.Points}
	return r.Rows()
}

// hopeless is the confidence below which a grid is no answer, not even an
// unsure one.
const hopeless = 0.01

// ReadBoard finds the board in a BGR picture and reads its stones. The error
// wraps ErrNoBoard when there is no board.
func ReadBoard(img gocv.Mat, opt BoardOptions) (*Board, error) {
	b := &Board{}
	var sure float64 // of the grid
	if opt.Corners != nil {
		g, err := fromCorners(img, *opt.Corners, opt.Size)
		if err != nil {
			return nil, err
		}
		b.Grid, b.Snapped, sure = g.grid, g.snapped, g.confidence
	} else {
		found, err := Find(img, FindOptions{Size: opt.Size})
		if err == nil && found.Confidence < hopeless {
			err = fmt.Errorf("%w: nothing in it is a board with a chance of more than %.0f %%; show the whole board, or give --corners", ErrNoBoard, 100*hopeless)
		}
		if err != nil {
			return nil, otherSize(img, opt.Size, err)
		}
		b.Grid, sure = found.Grid, found.Confidence
	}
	points, err := NewReader().Read(img, b.Grid)
	if err != nil {
		return nil, err
	}
	b.Points = points
	b.Confidence = sure * allRight(points)
	return b, nil
}

// otherSize adds to an error that no board of a size was found what board there
// is, if it is plain.
func otherSize(img gocv.Mat, size int, err error) error {
	if size == 0 || !errors.Is(err, ErrNoBoard) {
		return err
	}
	found, other := Find(img, FindOptions{})
	if other != nil || found.Confidence < plain || found.Grid.Size() == size {
		return err
	}
	n := found.Grid.Size()
	return fmt.Errorf("%w: none of %d lines; it shows one of %d: look for that with --size %d, or without --size", ErrNoBoard, size, n, n)
}

// GridFromCorners makes a grid from corners that were given by hand, clockwise
// from the top left of the position, snapped to the crossings where the picture
// shows them. Size 0 is taken to be 9, 13 or 19, whichever explains the picture
// best. The error wraps ErrNoBoard or grid.ErrCorners.
func GridFromCorners(img gocv.Mat, corners [4]grid.Pt, size int) (g *grid.Grid, snapped bool, err error) {
	c, err := fromCorners(img, corners, size)
	return c.grid, c.snapped, err
}

// cornered is a grid between corners that were given by hand.
type cornered struct {
	grid       *grid.Grid
	snapped    bool
	confidence float64 // that the corners are those of the board, and the lines as many
}

// fromCorners is GridFromCorners.
func fromCorners(img gocv.Mat, corners [4]grid.Pt, size int) (best cornered, err error) {
	if err := checkPicture(img); err != nil {
		return best, err
	}
	sizes := []int{size}
	if size == 0 {
		sizes = []int{19, 13, 9}
	}
	for _, n := range sizes {
		rough, err := grid.New(grid.Spec{Size: n, Width: img.Cols(), Height: img.Rows(), Corners: corners})
		if err != nil {
			return cornered{}, err
		}
		found, err := Snap(img, rough)
		switch {
		case err == nil && (!best.snapped || found.evidence.meant() > best.confidence) && snapsTo(rough, found):
			best = cornered{grid: found.Grid, snapped: true, confidence: found.evidence.meant()}
		case best.grid == nil && size != 0:
			best = cornered{grid: rough, confidence: found.evidence.meant()} // the lines cannot be seen, but the user can
		}
	}
	if best.grid == nil {
		return best, fmt.Errorf("%w: the lines between the given corners cannot be counted; give --size too", ErrNoBoard)
	}
	return best, nil
}

// snapsTo reports whether what was found is the grid that was meant: every
// corner within half a cell, and lines where the grid has them.
func snapsTo(rough *grid.Grid, found Found) bool {
	const (
		reach   = 0.5  // cells
		fitting = 0.12 // cells, median over the visible pieces of line
		visible = 0.3  // share of all pieces of line between two crossings
	)
	n := float64(rough.Size() - 1)
	for i, uv := range [4][2]float64{{0, 0}, {n, 0}, {n, n}, {0, n}} {
		if rough.Corners()[i].Dist(found.Grid.Corners()[i]) > reach*rough.Cell(uv[0], uv[1]) {
			return false
		}
	}
	pieces := 2 * n * (n + 1)
	return found.Fit < fitting && (float64(found.Lines) > visible*pieces || found.Confidence > 0.5)
}

// allRight is the probability that the best state of every point that can be
// seen is its true one, if points err independently.
func allRight(points []reading.Evidence) float64 {
	sum := 0.0
	for _, e := range points {
		if e.Best() != reading.Covered {
			sum += math.Log1p(-mistaken(e))
		}
	}
	return math.Exp(sum)
}
