package lounge

import (
	"context"
	"errors"
	"image"
	"time"

	"github.com/gobancam/gobancam/calibrate"
	"github.com/gobancam/gobancam/calibrate/live"
	"github.com/gobancam/gobancam/internal/app/camera"
	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/window"
	"github.com/gobancam/gobancam/vision"
)

// calibrate shows the camera's picture until its grid is accepted. A saved
// calibration that still fits is taken at once.
func (l *Lounge) calibrate(ctx context.Context) (page, error) {
	s := l.seat
	if !vision.IsLive(l.seat.Camera.Name) || s.Camera.Corners != nil {
		return l.start, nil // a file is not to be used up, and corners say it all
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	l.window.ShowMenu(&window.Menu{Name: "opening", Title: "Camera", Text: "Opening " + camera.Title(l.seat.Camera.Name) + "."})
	src, _, err := s.Camera.Open(ctx, 0, s.Face.Note, nil)
	if err != nil {
		return l.noPicture(err), nil
	}
	defer src.Close()
	store := camera.Profiles()
	saved, err := store.Load(l.seat.Camera.Name)
	if err != nil {
		saved = nil
		if !errors.Is(err, calibrate.ErrNone) {
			s.Face.Note(sentence(err))
		}
	}
	session := calibrate.NewSession(l.seat.Camera.Name, saved)
	if live, ok := src.(interface{ Retry() }); ok {
		session.Retry = live.Retry
	}
	if l.force {
		saved = nil
	}
	accepted := make(chan struct{})
	accept := func(p *calibrate.Profile) error {
		if err := store.Save(p); err != nil {
			return err
		}
		close(accepted)
		return nil
	}
	l.window.Clear()
	l.window.Calibrate(session, accept)
	defer l.window.Clear()
	eyes := &live.Eyes{Source: src, Session: session, Show: func(img *image.RGBA, g *grid.Grid) {
		b := img.Bounds()
		l.window.ShowPicture(img, b.Dx(), b.Dy(), g, nil)
	}}
	looked := make(chan error, 1)
	go func() { looked <- eyes.Run(ctx) }()
	leave := func(next page, err error) (page, error) {
		stop()
		<-looked
		return next, err
	}
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return leave(nil, nil)
		case err := <-looked:
			looked <- nil
			if err == nil {
				return nil, nil
			}
			return l.noPicture(camera.Failure(err)), nil
		case a := <-l.window.Answers():
			if a.Menu == "calibrate" {
				return leave(l.cameras, nil)
			}
		case <-accepted:
			l.force = false
			s.Camera.Remember()
			return leave(l.start, nil)
		case <-tick.C:
			if saved != nil && session.Resumed() {
				s.Face.Note("The saved calibration still fits.")
				s.Camera.Remember()
				return leave(l.start, nil)
			}
		}
	}
}
