package vision

import (
	"fmt"
	"image"
	"math"

	"gocv.io/x/gocv"

	"github.com/gobancam/gobancam/internal/grid"
)

// surroundings is how much of the table around the board stays in a recorded
// picture, in cells: enough for hands and for a bump, not for faces.
const surroundings = 3.5

// OpenCVVersion returns the version of the OpenCV library in use.
func OpenCVVersion() string { return gocv.OpenCVVersion() }

// EncodeJPEG encodes a BGR picture with a quality of 1 to 100.
func EncodeJPEG(img gocv.Mat, quality int) ([]byte, error) {
	if img.Empty() {
		return nil, fmt.Errorf("there is no picture to encode")
	}
	buf, err := gocv.IMEncodeWithParams(gocv.JPEGFileExt, img, []int{gocv.IMWriteJpegQuality, quality})
	if err != nil {
		return nil, fmt.Errorf("a picture could not be encoded: %w", err)
	}
	defer buf.Close()
	return append([]byte(nil), buf.GetBytes()...), nil
}

// EncodeSurroundings encodes the board and some cells around it; the rest of
// the picture, where people are, is black. Coordinates stay as they are. With a
// nil grid all of the picture is kept.
func EncodeSurroundings(img gocv.Mat, g *grid.Grid) ([]byte, error) {
	const quality = 85
	if g == nil {
		return EncodeJPEG(img, quality)
	}
	lo, hi := grid.Pt{X: math.Inf(1), Y: math.Inf(1)}, grid.Pt{X: math.Inf(-1), Y: math.Inf(-1)}
	end := float64(g.Size()-1) + surroundings
	for _, uv := range [][2]float64{{-surroundings, -surroundings}, {end, -surroundings}, {end, end}, {-surroundings, end}} {
		p := g.At(uv[0], uv[1], 0)
		lo.X, lo.Y = min(lo.X, p.X), min(lo.Y, p.Y)
		hi.X, hi.Y = max(hi.X, p.X), max(hi.Y, p.Y)
	}
	keep := image.Rect(int(lo.X), int(lo.Y), int(hi.X)+1, int(hi.Y)+1).Intersect(image.Rect(0, 0, img.Cols(), img.Rows()))
	dark := gocv.NewMatWithSize(img.Rows(), img.Cols(), img.Type())
	defer dark.Close()
	dark.SetTo(gocv.NewScalar(0, 0, 0, 0))
	if keep.Empty() { // the board is said to be outside
		return EncodeJPEG(dark, quality)
	}
	from, to := img.Region(keep), dark.Region(keep)
	defer from.Close()
	defer to.Close()
	if err := from.CopyTo(&to); err != nil {
		return nil, fmt.Errorf("a picture could not be cropped: %w", err)
	}
	return EncodeJPEG(dark, quality)
}
