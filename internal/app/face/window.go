package face

import (
	"context"
	"errors"
	"image"
	"time"

	"github.com/gobancam/gobancam/internal/app/state"
	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/reading"
	"github.com/gobancam/gobancam/internal/window"
	"github.com/gobancam/gobancam/vision"
)

// LeaveWithin is how long a game may take to settle what is on its way after
// its window was closed by force.
const LeaveWithin = 10 * time.Second

// Opened is told of each window that is opened; tests drive it.
var Opened = func(*window.Window) {}

// NewWindow opens a window.
func NewWindow(o window.Options) *window.Window {
	o.CacheDir = state.FontIndex()
	left := state.LastLook()
	o.Look = window.Look{Light: left.Light, Full: left.Full, Size: image.Pt(left.Width, left.Height)}
	o.Keep = func(l window.Look) {
		// What cannot be kept is only how the window looks.
		_ = state.RememberLook(state.Look{Light: l.Light, Full: l.Full, Width: l.Size.X, Height: l.Size.Y})
	}
	w := window.New(o)
	Opened(w)
	return w
}

// NoWindow says why there is none, and what there is instead.
func NoWindow(err error) string {
	return "No window: " + err.Error() + ". Commands are typed as lines; 'help' lists them."
}

// Beside does work while w is open, which must be on the goroutine that main
// runs on, and closes it at the end. Without a display it says why and works on
// without. It returns work's error.
func Beside(ctx context.Context, w *window.Window, note func(string), work func(context.Context) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	done := make(chan error, 1)
	go func() {
		done <- work(ctx)
		w.Close()
	}()
	err := window.Run(ctx, w)
	switch {
	case errors.Is(err, window.ErrNoDisplay):
		note(NoWindow(err))
		return <-done
	case err != nil:
		note("The window broke: " + err.Error() + ". The game goes on here.")
		return <-done
	}
	select {
	case err := <-done:
		return err
	case <-time.After(LeaveWithin):
		stop()
		return <-done
	}
}

// pictures is the part of a window that shows what a camera sees.
type pictures interface {
	WantsPicture() (size image.Point, ok bool)
	ShowPicture(img *image.RGBA, width, height int, g *grid.Grid, r *reading.Reading)
}

// Film shows the pictures that eyes see in a window.
func Film(w pictures, note func(string)) func(*vision.Frame, *grid.Grid, *reading.Reading) {
	failed := false
	return func(f *vision.Frame, g *grid.Grid, r *reading.Reading) {
		room, ok := w.WantsPicture()
		if !ok {
			return
		}
		img, err := vision.RGBA(f.Img, room)
		if err != nil {
			if !failed {
				note("The picture cannot be shown: " + err.Error())
			}
			failed = true
			return
		}
		w.ShowPicture(img, f.Img.Cols(), f.Img.Rows(), g, r)
	}
}
