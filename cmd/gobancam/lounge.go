package main

import (
	"context"
	"errors"
	"image"
	"log/slog"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/calibrate"
	"github.com/gobancam/gobancam/calibrate/live"
	"github.com/gobancam/gobancam/internal/app/camera"
	"github.com/gobancam/gobancam/internal/app/state"
	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/window"
	"github.com/gobancam/gobancam/ogs"
	"github.com/gobancam/gobancam/vision"
)

// lounge is the window from its opening to its closing: page after page leads
// to a game, and the game back to the pages.
type lounge struct {
	cmd    *cobra.Command
	f      *playFlags
	seat   *seat
	window *window.Window
	voices *voices
	fixed  bool // one game was asked for: after it, the window closes

	hush    func()             // ends the dropping of lines that are typed between games; or nil
	hand    chan board.Point   // where a simulated hand is to go, in the demo
	client  *ogs.Client        // nil before it is signed in
	session *ogs.Session       // nil before it is connected
	force   bool               // calibrate, even if the saved calibration fits
	stop    context.CancelFunc // ends the pages
	ctx     context.Context    // of the session, which outlives a page
}

// loungeOpened is told of each window that is opened; tests drive it.
var loungeOpened = func(*window.Window) {}

// page shows itself until something has been chosen, and returns what comes
// next; nil ends the program.
type page func(context.Context) (page, error)

func newLounge(cmd *cobra.Command, f *playFlags, referee match.Options, corners *camera.Corners, log *slog.Logger) (*lounge, error) {
	l := &lounge{cmd: cmd, f: f, seat: f.newSeat(cmd, referee, corners, log), fixed: f.game != 0 || f.pick != 0, hand: make(chan board.Point, 8)}
	var err error
	if l.voices, err = f.voices.newVoices(cmd.Context(), l.seat.face.note); err != nil {
		return nil, err
	}
	corner := camera.Profiles()
	l.window = window.New(window.Options{
		Projector: &corner,
		Muted:     f.voices.mute,
		Mute:      l.voices.mute,
		Again:     l.voices.again,
		Say:       l.voices.tell,
		Games:     !l.fixed,
		Light:     f.light, Linger: time.Minute, CacheDir: state.FontIndex(),
		Point: func(p board.Point) {
			select {
			case l.hand <- p:
			default:
			}
		},
		Corners: func(at [4]grid.Pt, size int) {
			if e := l.seat.eyes.Load(); e != nil {
				e.Use(at, size)
			}
		},
	})
	l.seat.face.window.Store(l.window)
	l.seat.face.voices = l.voices
	loungeOpened(l.window)
	return l, nil
}

// open shows the window until it is closed. Its error wraps window.ErrNoDisplay
// when none could be opened.
func (l *lounge) open() error {
	defer l.voices.close()
	ctx, stop := context.WithCancel(l.cmd.Context())
	var router sync.WaitGroup
	defer func() { stop(); router.Wait() }()
	l.ctx, l.stop = ctx, stop
	done := make(chan error, 1)
	router.Go(func() { l.route(ctx) })
	go func() {
		done <- l.walk(ctx)
		l.window.Close()
	}()
	err := window.Run(ctx, l.window)
	switch {
	case err != nil && !l.seat.orders.on():
		stop()
		<-done
		return err
	case err != nil:
		l.seat.face.window.Store(nil)
		l.seat.face.note("The window broke: " + err.Error() + ". The game goes on here.")
		return <-done
	}
	if !l.seat.orders.on() {
		stop()
	}
	select {
	case err := <-done:
		return err
	case <-time.After(leaveWithin):
		stop()
		return <-done
	}
}

// walk goes from page to page.
func (l *lounge) walk(ctx context.Context) (err error) {
	defer func() {
		if l.hush != nil {
			l.hush()
		}
		if l.session != nil {
			l.session.Close()
		}
	}()
	next := l.first()
	for next != nil && ctx.Err() == nil {
		if next, err = next(ctx); err != nil {
			return err
		}
	}
	return nil
}

// route takes the window's commands to the game, if one is on. Without one, the
// wish to close the window ends everything.
func (l *lounge) route(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case c := <-l.window.Commands():
			if !l.seat.orders.give(ctx, c) && c.Kind == match.CmdQuit && l.window.Left() {
				l.stop()
			}
		}
	}
}

// first is the page that the window begins with.
func (l *lounge) first() page {
	if !l.f.chosen {
		last, err := camera.Last()
		if err != nil {
			return l.cameras
		}
		l.f.camera, l.seat.wanted = last.Camera, image.Pt(last.Width, last.Height)
	}
	return l.calibrate
}

// ask shows a page and waits for what is chosen on it; ok is false when the
// window was closed.
func (l *lounge) ask(ctx context.Context, m *window.Menu) (a window.Answer, ok bool) {
	l.window.ShowMenu(m)
	for {
		select {
		case a := <-l.window.Answers():
			if a.Menu == m.Name {
				return a, true
			}
		case <-ctx.Done():
			return window.Answer{}, false
		}
	}
}

// during works while the page of that name is shown. Whatever is pressed on it,
// and the window's closing, end the work; left says that it was ended so.
func (l *lounge) during(ctx context.Context, name string, work func(context.Context) error) (left bool, err error) {
	working, stop := context.WithCancel(ctx)
	defer stop()
	done := make(chan error, 1)
	go func() { done <- work(working) }()
	for {
		select {
		case err := <-done:
			return left, err
		case a := <-l.window.Answers():
			if a.Menu == name {
				left = true
				stop()
			}
		case <-ctx.Done():
			return true, <-done
		}
	}
}

// trouble tells what went wrong, and lets the user try again or go back.
func (l *lounge) trouble(title string, err error, again, back page, where string) page {
	return func(ctx context.Context) (page, error) {
		m := &window.Menu{Name: "trouble: " + title, Title: title, Text: sentence(err), Alarm: true,
			Buttons: []window.Choice{{Key: "Enter", Label: "Try again", Lead: true}}}
		if back != nil {
			m.Buttons = append(m.Buttons, window.Choice{Key: "Escape", Label: where})
		}
		a, ok := l.ask(ctx, m)
		switch {
		case !ok:
			return nil, nil
		case a.Key == "Escape":
			return back, nil
		}
		return again, nil
	}
}

// sentence makes an error begin and end as a sentence does.
func sentence(err error) string {
	r := []rune(err.Error())
	if len(r) == 0 {
		return ""
	}
	if r[0] >= 'a' && r[0] <= 'z' {
		r[0] += 'A' - 'a'
	}
	if last := r[len(r)-1]; last != '.' && last != '?' && last != '!' {
		r = append(r, '.')
	}
	return string(r)
}

// calibrate shows the camera's picture until its grid is accepted. A saved
// calibration that still fits is taken at once.
func (l *lounge) calibrate(ctx context.Context) (page, error) {
	s := l.seat
	if !vision.IsLive(l.f.camera) || s.corners != nil {
		return l.games, nil // a file is not to be used up, and corners say it all
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	l.window.ShowMenu(&window.Menu{Name: "opening", Title: "Camera", Text: "Opening " + camera.Title(l.f.camera) + "."})
	src, _, err := camera.Open(ctx, l.f.camera, camera.Options(l.f.camera, s.wanted), 0, s.face.note, nil)
	if err != nil {
		return l.trouble("No picture", err, l.calibrate, l.cameras, "Cameras"), nil
	}
	defer src.Close()
	store := camera.Profiles()
	saved, err := store.Load(l.f.camera)
	if err != nil {
		saved = nil
		if !errors.Is(err, calibrate.ErrNone) {
			s.face.note(sentence(err))
		}
	}
	session := calibrate.NewSession(l.f.camera, saved)
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
			return l.trouble("No picture", camera.Failure(err), l.calibrate, l.cameras, "Cameras"), nil
		case a := <-l.window.Answers():
			if a.Menu == "calibrate" {
				return leave(l.cameras, nil)
			}
		case <-accepted:
			l.force = false
			camera.Remember(state.Camera{Camera: l.f.camera, Width: s.wanted.X, Height: s.wanted.Y})
			return leave(l.games, nil)
		case <-tick.C:
			if saved != nil && session.Resumed() {
				s.face.note("The saved calibration still fits.")
				camera.Remember(state.Camera{Camera: l.f.camera, Width: s.wanted.X, Height: s.wanted.Y})
				return leave(l.games, nil)
			}
		}
	}
}
