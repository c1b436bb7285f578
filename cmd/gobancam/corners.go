package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/gobancam/gobancam/calibrate"
	"github.com/gobancam/gobancam/grid"
	"github.com/gobancam/gobancam/play"
	"github.com/gobancam/gobancam/vision"
)

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
	p, err := calibrate.DefaultStore().Load(camera)
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
