package vision

import (
	"cmp"
	"fmt"
	"image"
	"image/color"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"gocv.io/x/gocv"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/reading"
)

// inDoubt is the chance of being read wrong from which a point is pointed out.
// Of boards that were not trained on nine in ten points that were read wrong are
// among those, and seven points of a board of 19 lines (docs/benchmarks.md).
const inDoubt = 0.01

// Doubt lists the points whose reading somebody should look at, the most
// doubtful first. Points that are read as hidden are not among them.
func (b *Board) Doubt() []board.Point {
	type doubted struct {
		at     board.Point
		chance float64
	}
	var all []doubted
	n := b.Grid.Size()
	for i, e := range b.Points {
		if c := mistaken(e); e.Best() != reading.Covered && c >= inDoubt {
			all = append(all, doubted{board.Point{X: int8(i % n), Y: int8(i / n)}, c})
		}
	}
	slices.SortStableFunc(all, func(a, b doubted) int { return cmp.Compare(b.chance, a.chance) })
	var points []board.Point
	for _, d := range all {
		points = append(points, d.at)
	}
	return points
}

// mistaken is the chance that a point is not in the state that is the likeliest.
func mistaken(e reading.Evidence) float64 {
	others := 0.0
	for s := reading.Empty; s < reading.States; s++ {
		if s != e.Best() {
			others += math.Exp(e.LogLik(s))
		}
	}
	return others / (1 + others)
}

// EncodeReading draws what was read over its picture (the grid, a ring in the
// colour of each stone, a red square at each doubtful point) and encodes it for
// a file of this name, which ends in .png, .jpg or .jpeg.
func EncodeReading(img gocv.Mat, b *Board, name string) ([]byte, error) {
	var ext gocv.FileExt
	switch strings.ToLower(filepath.Ext(name)) {
	case ".jpg", ".jpeg":
		ext = gocv.JPEGFileExt
	case ".png":
		ext = gocv.PNGFileExt
	default:
		return nil, fmt.Errorf("%s: a picture's name ends in .png or .jpg", name)
	}
	over := img.Clone()
	defer over.Close()
	if err := drawReading(&over, b); err != nil {
		return nil, fmt.Errorf("what was read could not be drawn: %w", err)
	}
	buf, err := gocv.IMEncode(ext, over)
	if err != nil {
		return nil, fmt.Errorf("a picture could not be encoded: %w", err)
	}
	defer buf.Close()
	return append([]byte(nil), buf.GetBytes()...), nil
}

func drawReading(over *gocv.Mat, b *Board) error {
	blue, red := color.RGBA{90, 170, 255, 255}, color.RGBA{255, 50, 40, 255}
	black, white := color.RGBA{20, 20, 20, 255}, color.RGBA{255, 255, 255, 255}
	n := b.Grid.Size()
	px := func(p grid.Pt) image.Point {
		return image.Pt(int(math.Round(clampTo(p.X, 1e5))), int(math.Round(clampTo(p.Y, 1e5))))
	}
	width := max(1, over.Cols()/900)
	for i := range n {
		for k := range n - 1 { // piece by piece: a lens bends lines
			u, v := float64(k), float64(i)
			if err := gocv.Line(over, px(b.Grid.At(u, v, 0)), px(b.Grid.At(u+1, v, 0)), blue, width); err != nil {
				return err
			}
			if err := gocv.Line(over, px(b.Grid.At(v, u, 0)), px(b.Grid.At(v, u+1, 0)), blue, width); err != nil {
				return err
			}
		}
	}
	for i, e := range b.Points {
		inner, outer := white, black
		switch e.Best() {
		case reading.Black:
			inner, outer = black, white
		case reading.White:
		default:
			continue
		}
		u, v := float64(i%n), float64(i/n)
		at, r := px(b.Grid.At(u, v, 0)), max(2, int(0.22*b.Grid.Cell(u, v)))
		if err := gocv.Circle(over, at, r, inner, -1); err != nil {
			return err
		}
		if err := gocv.Circle(over, at, r, outer, max(1, width)); err != nil {
			return err
		}
	}
	for _, p := range b.Doubt() {
		u, v := float64(p.X), float64(p.Y)
		at, r := px(b.Grid.At(u, v, 0)), max(3, int(0.45*b.Grid.Cell(u, v)))
		if err := gocv.Rectangle(over, image.Rect(at.X-r, at.Y-r, at.X+r, at.Y+r), red, 2*width); err != nil {
			return err
		}
	}
	return nil
}
