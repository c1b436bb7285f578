package camera

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/play"
	"github.com/gobancam/gobancam/vision"
)

// Corners are four corner crossings, clockwise from the top left of the
// position, in pixels.
type Corners = [4]grid.Pt

// ParseCorners reads "x,y x,y x,y x,y".
func ParseCorners(s string) (*Corners, error) {
	var c Corners
	pairs := strings.Fields(s)
	if len(pairs) != len(c) {
		return nil, fmt.Errorf("four corners are needed, %q has %d", s, len(pairs))
	}
	for i, pair := range pairs {
		x, y, ok := strings.Cut(pair, ",")
		fx, errX := strconv.ParseFloat(x, 64)
		fy, errY := strconv.ParseFloat(y, 64)
		if !ok || errX != nil || errY != nil {
			return nil, fmt.Errorf("corner %d is %q, not x,y in pixels", i+1, pair)
		}
		c[i] = grid.Pt{X: fx, Y: fy}
	}
	return &c, nil
}

// CornerText is what ParseCorners reads.
func CornerText(c Corners) string {
	s := ""
	for i, p := range c {
		if i > 0 {
			s += " "
		}
		s += fmt.Sprintf("%.1f,%.1f", p.X, p.Y)
	}
	return s
}

// PlaceCorners snaps corners to the crossings in the first picture of src, and
// returns a source that begins with that picture again. Where nobody sits by,
// corners that cannot be are an error; in a game (play.EyesOptions.Corners) they
// are a note, and the board is looked for.
func PlaceCorners(ctx context.Context, src vision.Source, corners Corners, size int) (vision.Source, *grid.Grid, error) {
	f, err := src.Next(ctx)
	if err != nil {
		return src, nil, Failure(fmt.Errorf("the first picture: %w", err))
	}
	g, _, err := vision.GridFromCorners(f.Img, corners, size)
	if err != nil {
		f.Close()
		return src, nil, Failure(err)
	}
	return play.Unread(src, f), g, nil
}
