package vision

import (
	"fmt"

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
	mask, err := gocv.NewMatFromBytes(img.Rows(), img.Cols(), gocv.MatTypeCV8U, surroundingsMask(img.Cols(), img.Rows(), g))
	if err != nil {
		return nil, fmt.Errorf("a picture could not be masked: %w", err)
	}
	defer mask.Close()
	dark := gocv.NewMatWithSize(img.Rows(), img.Cols(), img.Type())
	defer dark.Close()
	dark.SetTo(gocv.NewScalar(0, 0, 0, 0))
	if err := img.CopyToWithMask(&dark, mask); err != nil {
		return nil, fmt.Errorf("a picture could not be masked: %w", err)
	}
	return EncodeJPEG(dark, quality)
}

// surroundingsMask is 255 for the pixels that show the board's plane up to the
// surroundings, else 0; row by row. It goes by what each pixel shows, so that
// neither a turned board nor a lens nor the horizon lets more in. Blocks whose
// corners agree are not looked into.
func surroundingsMask(width, height int, g *grid.Grid) []byte {
	const block = 8 // pixels, far less than the board's surroundings
	far := float64(g.Size()-1) + surroundings
	inside := func(x, y int) bool {
		u, v, ok := g.Shows(grid.Pt{X: float64(x), Y: float64(y)})
		return ok && u >= -surroundings && u <= far && v >= -surroundings && v <= far
	}
	mask := make([]byte, width*height)
	above := make([]bool, (width-1)/block+2) // corners of the blocks, along the top edge
	below := make([]bool, len(above))
	corners := func(to []bool, y int) {
		for i := range to {
			to[i] = inside(min(i*block, width-1), y)
		}
	}
	corners(above, 0)
	for y0 := 0; y0 < height; y0 += block {
		y1 := min(y0+block, height)
		corners(below, min(y1, height-1))
		for i := range len(above) - 1 {
			x0, x1 := i*block, min((i+1)*block, width)
			all := above[i] && above[i+1] && below[i] && below[i+1]
			none := !above[i] && !above[i+1] && !below[i] && !below[i+1]
			if none {
				continue
			}
			for y := y0; y < y1; y++ {
				for x := x0; x < x1; x++ {
					if all || inside(x, y) {
						mask[y*width+x] = 255
					}
				}
			}
		}
		above, below = below, above
	}
	return mask
}
