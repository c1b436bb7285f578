package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"github.com/gobancam/gobancam/calibrate"
	"github.com/gobancam/gobancam/calibrate/live"
	"github.com/gobancam/gobancam/internal/app/camera"
	"github.com/gobancam/gobancam/internal/app/face"
	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/window"
)

type calibrateFlags struct {
	where   boardFlags
	camera  string
	text    bool
	timeout time.Duration
}

func newCalibrateCommand() *cobra.Command {
	var f calibrateFlags
	cmd := &cobra.Command{
		Use:   "calibrate",
		Short: "Show gobancam where the board is",
		Long: `Calibrate opens a window with the camera's picture. The board is found by itself
and its grid drawn over it; Enter accepts and saves it for this camera. Else drag
the four corners, or choose one with Tab and move it with the arrow keys, by
tenths of a pixel.

Without a display, or with --text, the board is looked for and saved if it was
surely found; --corners says where it is.

Exit code 0: saved. 3: no board was found, or not surely. 2: bad usage, or a
camera that cannot be used.`,
		Example: `  gobancam calibrate
  gobancam calibrate --camera phone:
  gobancam calibrate --camera http://192.168.1.20:8080/video
  gobancam calibrate --text --corners "310,80 950,95 1180,640 120,610" --size 19`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return f.run(cmd) },
	}
	f.where.register(cmd)
	fl := cmd.Flags()
	registerCamera(cmd, &f.camera, "device, address, file, directory, phone: for a phone's browser, or sim:")
	fl.BoolVar(&f.text, "text", false, "no window, even if there is a display")
	fl.DurationVar(&f.timeout, "timeout", time.Minute, "how long to look for the board without a window")
	return cmd
}

func (f *calibrateFlags) run(cmd *cobra.Command) error {
	ctx, stop := context.WithCancel(cmd.Context())
	defer stop()
	note := func(s string) { fmt.Fprintln(cmd.ErrOrStderr(), s) }
	corners, err := f.where.parse()
	if err != nil {
		return err
	}
	if f.camera, err = meetPhone(cmd, f.camera); err != nil {
		return err
	}
	src, _, err := camera.Open(ctx, f.camera, camera.Options(f.camera, image.Point{}), 0, note, nil)
	if err != nil {
		return err
	}
	defer src.Close()

	store := camera.Profiles()
	saved, err := store.Load(f.camera)
	if err != nil {
		saved = nil
		if !errors.Is(err, calibrate.ErrNone) {
			note(err.Error())
		}
	}
	if corners != nil {
		var g *grid.Grid
		if src, g, err = camera.PlaceCorners(ctx, src, *corners, f.where.size); err != nil {
			return err
		}
		saved = &calibrate.Profile{Camera: f.camera, Grid: g.Spec()}
	}
	session := calibrate.NewSession(f.camera, saved)
	if live, ok := src.(interface{ Retry() }); ok {
		session.Retry = live.Retry
	}
	if corners == nil && f.where.size != 0 {
		session.SetSize(f.where.size)
	}
	save := func(p *calibrate.Profile) error {
		if err := store.Save(p); err != nil {
			return err
		}
		camera.Keep(p.Camera)
		_, err := fmt.Fprintf(cmd.OutOrStdout(), "%d×%d board, corners %s\nsaved in %s\n", p.Grid.Size, p.Grid.Size, camera.CornerText(p.Grid.Corners), store.Path(p.Camera))
		return err
	}
	eyes := &live.Eyes{Source: src, Session: session, Show: func(*image.RGBA, *grid.Grid) {}}
	camera.AimPhone(f.camera, session, eyes)
	if !f.text {
		err := window.Available()
		if err == nil {
			return inWindow(ctx, eyes, session, save, note, camera.PhoneWords(f.camera))
		}
		note("No window: " + err.Error() + ".")
	}
	return f.blindly(ctx, eyes, session, corners != nil, save, cmd.ErrOrStderr())
}

// inWindow shows the camera's picture and the grid until it is accepted, there or
// by words from a phone.
func inWindow(ctx context.Context, eyes *live.Eyes, session *calibrate.Session, save func(*calibrate.Profile) error, note func(string), words <-chan string) error {
	w := face.NewWindow(window.Options{Title: "gobancam: calibrate"})
	var accepted atomic.Bool
	accept := func(p *calibrate.Profile) error {
		if err := save(p); err != nil {
			return err
		}
		accepted.Store(true)
		w.Close()
		return nil
	}
	w.Calibrate(session, accept)
	eyes.Show = func(img *image.RGBA, g *grid.Grid) {
		b := img.Bounds()
		w.ShowPicture(img, b.Dx(), b.Dy(), g, nil)
	}
	err := face.Beside(ctx, w, note, func(ctx context.Context) error {
		ctx, leave := context.WithCancel(ctx)
		defer leave()
		go func() { // nothing is under way that would have to be settled
			defer leave()
			for {
				select {
				case word, ok := <-words:
					if !ok {
						words = nil
					}
					if err := camera.Heed(word, session, accept); err != nil {
						note(err.Error())
					}
				case <-w.Commands():
					return
				case <-w.Done():
					return
				case <-ctx.Done():
					return
				}
			}
		}()
		return eyes.Run(ctx)
	})
	switch {
	case err != nil:
		return camera.Failure(err)
	case !accepted.Load():
		return withCode(exitUnsure, errors.New("nothing was saved: the window was closed before the grid was accepted"))
	}
	return nil
}

// phoneHolds is how long a phone shows the board before it is taken to be fixed.
const phoneHolds = 4 * time.Second

// blindly looks for the board until it is surely found.
func (f *calibrateFlags) blindly(ctx context.Context, eyes *live.Eyes, session *calibrate.Session, given bool, save func(*calibrate.Profile) error, say io.Writer) error {
	ctx, stop := context.WithTimeout(ctx, f.timeout)
	defer stop()
	failed := make(chan error, 1)
	go func() { failed <- eyes.Run(ctx) }()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	last := ""
	// Who holds the phone in a hand has not fixed it yet: what is found counts when
	// he says so, or when it has held for a while.
	words, yes := camera.PhoneWords(f.camera), false
	held := time.Now()
	for {
		select {
		case word, ok := <-words:
			if !ok {
				words = nil
			}
			yes = yes || word == "yes"
			continue
		case err := <-failed:
			if err != nil {
				return camera.Failure(err)
			}
			return withCode(exitUnsure, fmt.Errorf("the board was not surely found in %v: show all of it, in good light and without hands, or say where it is with --corners \"x,y x,y x,y x,y\", clockwise from the top left as you see it", f.timeout))
		case <-tick.C:
		}
		v := session.View()
		if v.Text != last && !v.Ready {
			last = v.Text
			fmt.Fprintln(say, v.Text)
		}
		if !v.Ready {
			held, yes = time.Now(), false
		}
		if words != nil && !given && !yes && time.Since(held) < phoneHolds {
			continue
		}
		// Corners that were given count once they have been compared.
		if !v.Ready && !(given && v.Grid != nil && v.Fit != nil) || v.Reading == nil {
			continue
		}
		bad := false
		for _, c := range v.Checks {
			fmt.Fprintf(say, "%s %-10s %s\n", [...]string{calibrate.Good: "  ok", calibrate.Poor: "poor", calibrate.Bad: " BAD"}[c.Verdict], c.Name, c.Text)
			bad = bad || c.Verdict == calibrate.Bad
		}
		p, err := session.Accept(time.Now())
		if err == nil {
			err = save(p)
		}
		if err == nil && bad {
			fmt.Fprintln(say, "Mend what is BAD before you play: otherwise moves are missed or asked about. Then calibrate again.")
		}
		stop()
		<-failed
		return err
	}
}
