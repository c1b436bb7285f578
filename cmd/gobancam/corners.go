package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/calibrate"
	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/play"
	"github.com/gobancam/gobancam/vision"
)

// boardFlags are --corners and --size, where several commands take them.
type boardFlags struct {
	corners string
	size    int
}

func (b *boardFlags) register(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&b.corners, "corners", "", `the four corner crossings in pixels, "x,y x,y x,y x,y", clockwise from the top left of the position`)
	f.IntVar(&b.size, "size", 0, "lines of the board, as 9, 13 or 19 (default: found out)")
}

// cornerPoints are four corner crossings, clockwise from the top left of the
// position, in pixels.
type cornerPoints = [4]grid.Pt

// parse returns nil corners when none were given.
func (b *boardFlags) parse() (*cornerPoints, error) {
	if b.size != 0 && (b.size < 2 || b.size > board.MaxSize) {
		return nil, withCode(exitUsage, fmt.Errorf("--size %d: a board has 2 to %d lines", b.size, board.MaxSize))
	}
	if b.corners == "" {
		return nil, nil
	}
	c, err := parseCorners(b.corners)
	if err != nil {
		return nil, withCode(exitUsage, fmt.Errorf("--corners: %w", err))
	}
	return c, nil
}

// parseCorners reads "x,y x,y x,y x,y".
func parseCorners(s string) (*cornerPoints, error) {
	var c cornerPoints
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

func cornerText(c [4]grid.Pt) string {
	s := ""
	for i, p := range c {
		if i > 0 {
			s += " "
		}
		s += fmt.Sprintf("%.1f,%.1f", p.X, p.Y)
	}
	return s
}

// placeCorners snaps corners to the crossings in the first picture of src, and
// returns a source that begins with that picture again. Where nobody sits by,
// corners that cannot be are an error; in a game (play.EyesOptions.Corners) they
// are a note, and the board is looked for.
func placeCorners(ctx context.Context, src vision.Source, corners [4]grid.Pt, size int) (vision.Source, *grid.Grid, error) {
	f, err := src.Next(ctx)
	if err != nil {
		return src, nil, sourceError(fmt.Errorf("the first picture: %w", err))
	}
	g, _, err := vision.GridFromCorners(f.Img, corners, size)
	if err != nil {
		f.Close()
		return src, nil, sourceError(err)
	}
	return play.Unread(src, f), g, nil
}

// findBoard says where the board is, if that is known: from --corners, or from
// what was saved when the camera was calibrated. Where the size of the game's
// board is not known either, the calibration says it.
func findBoard(eyes *play.EyesOptions, camera string, corners *cornerPoints, note func(string)) {
	if corners != nil {
		eyes.Corners = corners
		return
	}
	p, err := profiles().Load(camera)
	switch {
	case errors.Is(err, calibrate.ErrNone):
	case err != nil:
		note(err.Error() + "; looking for the board instead")
	case eyes.Size != 0 && p.Grid.Size != eyes.Size:
		note(fmt.Sprintf("the calibration is of a %d×%d board and the game is %d×%d; looking for the board instead", p.Grid.Size, p.Grid.Size, eyes.Size, eyes.Size))
	default:
		c := p.Grid.Corners
		eyes.Corners, eyes.Verify, eyes.Size = &c, true, p.Grid.Size
	}
}
