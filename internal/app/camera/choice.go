package camera

import (
	"context"
	"errors"
	"fmt"
	"image"

	"github.com/gobancam/gobancam/calibrate"
	"github.com/gobancam/gobancam/internal/app/state"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/play"
	"github.com/gobancam/gobancam/vision"
)

// Choice is the camera above a board, and what is known of its picture.
type Choice struct {
	Name    string
	Wanted  image.Point // resolution in pixels; 0, 0 for that of the calibration
	Corners *Corners    // of the board, where they were given
}

// Open opens the camera for a game on a board of size lines; 0: not known.
func (c Choice) Open(ctx context.Context, size int, note func(string), say func(match.Command)) (src vision.Source, acts func(*match.Snapshot), err error) {
	return Open(ctx, c.Name, Options(c.Name, c.Wanted), size, note, say)
}

// Find says where the board is, if that is known: by corners that were given, or
// by what was saved when the camera was calibrated. Where the size of the game's
// board is not known either, the calibration says it.
func (c Choice) Find(eyes *play.EyesOptions, note func(string)) {
	if c.Corners != nil {
		eyes.Corners = c.Corners
		return
	}
	p, err := Profiles().Load(c.Name)
	switch {
	case errors.Is(err, calibrate.ErrNone):
	case err != nil:
		note(err.Error() + "; looking for the board instead")
	case eyes.Size != 0 && p.Grid.Size != eyes.Size:
		note(fmt.Sprintf("the calibration is of a %d×%d board and the game is %d×%d; looking for the board instead", p.Grid.Size, p.Grid.Size, eyes.Size, eyes.Size))
	default:
		at := p.Grid.Corners
		eyes.Corners, eyes.Verify, eyes.Size = &at, true, p.Grid.Size
	}
}

// Remember keeps the camera, with its address, for the next start, which asks
// anew where that fails.
func (c Choice) Remember() {
	Keep(c.Name)
	_ = state.RememberCamera(state.Camera{Camera: c.Name, Width: c.Wanted.X, Height: c.Wanted.Y})
}

// Last is the camera that was used last.
func Last() (Choice, error) {
	last, err := state.LastCamera()
	if err != nil {
		return Choice{}, err
	}
	c := Choice{Name: Name(last.Camera), Wanted: image.Pt(last.Width, last.Height)}
	if c.Name != last.Camera { // written before names were
		c.Remember()
	}
	return c, nil
}
