package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"log/slog"
	"os"
	"sync/atomic"
	"time"

	"github.com/adrg/xdg"
	"github.com/spf13/cobra"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/calibrate"
	"github.com/gobancam/gobancam/calibrate/live"
	"github.com/gobancam/gobancam/internal/disk"
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

	gaming  atomic.Bool        // commands go to the game
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

func newLounge(cmd *cobra.Command, f *playFlags, referee match.Options, corners *cornerPoints, log *slog.Logger) (*lounge, error) {
	l := &lounge{cmd: cmd, f: f, seat: f.newSeat(cmd, referee, corners, log), fixed: f.game != 0 || f.pick != 0, hand: make(chan board.Point, 8)}
	var err error
	if l.voices, err = f.voices.newVoices(cmd.Context(), l.seat.face.note); err != nil {
		return nil, err
	}
	corner := calibrate.DefaultStore()
	l.window = window.New(window.Options{
		Projector: &corner,
		Muted:     f.voices.mute,
		Mute:      l.voices.mute,
		Again:     l.voices.again,
		Say:       l.voices.tell,
		Games:     !l.fixed,
		Light:     f.light, Linger: time.Minute, CacheDir: fontIndex(),
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
	l.seat.face.window, l.seat.face.voices = l.window, l.voices
	loungeOpened(l.window)
	return l, nil
}

// open shows the window until it is closed. Its error wraps window.ErrNoDisplay
// when none could be opened.
func (l *lounge) open() error {
	defer l.voices.close()
	ctx, stop := context.WithCancel(l.cmd.Context())
	defer stop()
	l.ctx, l.stop = ctx, stop
	done := make(chan error, 1)
	go l.route(ctx)
	go func() {
		done <- l.walk(ctx)
		l.window.Close()
	}()
	err := window.Run(ctx, l.window)
	switch {
	case err != nil && !l.gaming.Load():
		stop()
		<-done
		return err
	case err != nil:
		l.seat.face.window = nil
		l.seat.face.note("The window broke: " + err.Error() + ". The game goes on here.")
		return <-done
	}
	if !l.gaming.Load() {
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
// wish to leave ends everything.
func (l *lounge) route(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case c := <-l.window.Commands():
			if l.gaming.Load() {
				select {
				case l.seat.commands <- c:
				case <-ctx.Done():
				}
			} else if c.Kind == match.CmdQuit {
				l.stop()
			}
		}
	}
}

// first is the page that the window begins with.
func (l *lounge) first() page {
	if !l.f.chosen {
		last, err := readLastCamera()
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
	l.window.ShowMenu(&window.Menu{Name: "opening", Title: "Camera", Text: "Opening " + cameraName(l.f.camera) + "."})
	src, _, err := openCameraAs(ctx, l.f.camera, cameraOptions(l.f.camera, s.wanted), 0, s.face.note, nil)
	if err != nil {
		return l.trouble("No picture", err, l.calibrate, l.cameras, "Cameras"), nil
	}
	defer src.Close()
	store := calibrate.DefaultStore()
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
			return l.trouble("No picture", sourceError(err), l.calibrate, l.cameras, "Cameras"), nil
		case a := <-l.window.Answers():
			if a.Menu == "calibrate" {
				return leave(l.cameras, nil)
			}
		case <-accepted:
			l.force = false
			rememberCamera(l.f.camera, s.wanted)
			return leave(l.games, nil)
		case <-tick.C:
			if saved != nil && session.Resumed() {
				s.face.note("The saved calibration still fits.")
				rememberCamera(l.f.camera, s.wanted)
				return leave(l.games, nil)
			}
		}
	}
}

// lastCamera is the camera that was used last.
type lastCamera struct {
	Camera string `json:"camera"`
	Width  int    `json:"width,omitempty"`
	Height int    `json:"height,omitempty"`
}

func lastCameraFile() (string, error) { return xdg.StateFile("gobancam/last-camera.json") }

func readLastCamera() (c lastCamera, err error) {
	path, err := lastCameraFile()
	if err != nil {
		return c, err
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return c, err
	}
	if err := json.Unmarshal(b, &c); err != nil || c.Camera == "" {
		return c, fmt.Errorf("%s says nothing", path)
	}
	return c, nil
}

// rememberCamera keeps the camera for the next start, which asks anew where
// that fails.
func rememberCamera(spec string, wanted image.Point) {
	path, err := lastCameraFile()
	if err != nil {
		return
	}
	if b, err := json.Marshal(lastCamera{spec, wanted.X, wanted.Y}); err == nil {
		_ = disk.WriteFile(disk.OS, path, b, 0o600)
	}
}
