package lounge

import (
	"context"
	"errors"
	"fmt"
	"image"
	"sync"
	"time"

	"github.com/gobancam/gobancam/calibrate"
	"github.com/gobancam/gobancam/calibrate/live"
	"github.com/gobancam/gobancam/internal/app/camera"
	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/window"
	"github.com/gobancam/gobancam/ogs"
	"github.com/gobancam/gobancam/vision"
)

// calibrate shows the camera's picture until its grid is accepted. A saved
// calibration that still fits is taken at once.
func (l *Lounge) calibrate(ctx context.Context) (page, error) {
	s := l.seat
	if !camera.IsLive(l.seat.Camera.Name) || s.Camera.Corners != nil {
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
	saved := l.saved(store)
	session := l.newSession(src, saved)
	if l.force {
		saved = nil
	}
	accept, accepted := accepting(store)
	eyes := &live.Eyes{Source: src, Session: session, Show: func(img *image.RGBA, g *grid.Grid) {
		b := img.Bounds()
		l.window.ShowPicture(img, b.Dx(), b.Dy(), g, nil)
	}}
	camera.AimPhone(s.Camera.Name, session, eyes)
	l.window.Clear()
	l.window.Calibrate(session, accept)
	defer l.window.Clear()
	looked := make(chan error, 1)
	go func() { looked <- eyes.Run(ctx) }()
	leave := func(next page, err error) (page, error) {
		stop()
		<-looked
		return next, err
	}
	words := camera.PhoneWords(s.Camera.Name)
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return leave(nil, nil)
		case word, ok := <-words:
			if !ok {
				words = nil // no phone is wanted any more
			}
			if err := camera.Heed(word, session, accept); err != nil {
				s.Face.Note(sentence(err))
			}
		case err := <-looked:
			looked <- nil
			if err == nil {
				return nil, nil
			}
			return l.noPicture(camera.Failure(err)), nil
		case a := <-l.window.Answers():
			if a.Menu == "calibrate" {
				l.wanted, l.afterwards = 0, nil
				return leave(l.cameras, nil)
			}
		case <-accepted:
			l.force = false
			s.Camera.Remember()
			camera.AimedPhone(s.Camera.Name)
			next := page(l.start)
			if l.afterwards != nil {
				next = l.afterwards
			}
			l.wanted, l.afterwards = 0, nil
			return leave(next, nil)
		case <-tick.C:
			if saved != nil && session.Resumed() {
				s.Face.Note("The saved calibration still fits.")
				s.Camera.Remember()
				camera.AimedPhone(s.Camera.Name)
				return leave(l.start, nil)
			}
		}
	}
}

// saved is the camera's calibration, nil for none that can be used.
func (l *Lounge) saved(store calibrate.Store) *calibrate.Profile {
	p, err := store.Load(l.seat.Camera.Name)
	if err == nil {
		return p
	}
	if !errors.Is(err, calibrate.ErrNone) {
		l.seat.Face.Note(sentence(err))
	}
	return nil
}

// accepting returns what keeps a calibration, and what is closed when one is. It
// may be accepted here and on a phone, but once.
func accepting(store calibrate.Store) (accept func(*calibrate.Profile) error, accepted <-chan struct{}) {
	done := make(chan struct{})
	var once sync.Once
	return func(p *calibrate.Profile) error {
		if err := store.Save(p); err != nil {
			return err
		}
		once.Do(func() { close(done) })
		return nil
	}, done
}

// newSession begins a calibration by the pictures of src.
func (l *Lounge) newSession(src vision.Source, saved *calibrate.Profile) *calibrate.Session {
	if l.wanted != 0 && saved != nil && saved.Grid.Size != l.wanted {
		saved = nil // it is of the board that was taken away
	}
	session := calibrate.NewSession(l.seat.Camera.Name, saved)
	if live, ok := src.(interface{ Retry() }); ok {
		session.Retry = live.Retry
	}
	if l.wanted != 0 {
		session.SetSize(l.wanted)
	}
	return session
}

// calibrated is how many lines the board has that the camera was calibrated for,
// 0 if that is not known or not needed.
func (l *Lounge) calibrated() int {
	if l.seat.Camera.Corners != nil || !camera.IsLive(l.seat.Camera.Name) {
		return 0
	}
	p, err := camera.Profiles().Load(l.seat.Camera.Name)
	if err != nil {
		return 0
	}
	return p.Grid.Size
}

// otherBoard asks what to do where a game is on another board than the one that
// the camera was calibrated for; stay says that the game does not begin yet.
func (l *Lounge) otherBoard(ctx context.Context, lines int, id ogs.ID) (next page, stay bool) {
	has := l.calibrated()
	if has == 0 || has == lines {
		return nil, false
	}
	a, ok := l.ask(ctx, otherBoardMenu(has, lines))
	switch {
	case !ok:
		return nil, true
	case a.Key == "Enter":
		l.force, l.wanted, l.afterwards = true, lines, l.game(id)
		return l.calibrate, true
	case a.Key == "L":
		return nil, false
	}
	return l.games, true
}

// otherBoardMenu says that board and game differ.
func otherBoardMenu(has, lines int) *window.Menu {
	return &window.Menu{Name: "other board", Title: fmt.Sprintf("This game is on %d×%d", lines, lines), Alarm: true,
		Text:    fmt.Sprintf("The camera was calibrated for a %d×%d board. Put a %d×%d board in its place, then calibrate it; the game begins after that. The clocks of a running game run meanwhile.", has, has, lines, lines),
		Buttons: []window.Choice{{Key: "Enter", Label: fmt.Sprintf("Calibrate %d×%d", lines, lines), Lead: true}, {Key: "L", Label: "It is there: look for it"}, {Key: "Escape", Label: "Games"}}}
}
