package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	"strings"

	"github.com/gobancam/gobancam/internal/demo"
	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/vision"
)

// cameraTitle is how a camera is called before its driver tells.
func cameraTitle(spec string) string {
	if strings.Contains(spec, "://") {
		return "the camera at " + spec
	}
	return "camera " + spec
}

// cameraOptions says how to open a camera: with the resolution, and what was
// locked, when it was calibrated. wanted is another resolution, if not 0, 0.
func cameraOptions(spec string, wanted image.Point) vision.OpenOptions {
	opt := vision.OpenOptions{Paced: true, Width: wanted.X, Height: wanted.Y}
	p, err := profiles().Load(spec)
	if err != nil {
		return opt // what is wrong with it is told where the board is looked for
	}
	if wanted == (image.Point{}) {
		opt.Width, opt.Height = p.Grid.Width, p.Grid.Height
	}
	if p.Exposure != nil {
		opt.Locks.Exposure = vision.Lock{On: true, Value: *p.Exposure}
	}
	if p.Focus != nil {
		opt.Locks.Focus = vision.Lock{On: true, Value: *p.Focus}
	}
	return opt
}

// openCamera opens what --camera names, as it was calibrated.
func openCamera(ctx context.Context, spec string, size int, note func(string), say func(match.Command)) (src vision.Source, acts func(*match.Snapshot), err error) {
	return openCameraAs(ctx, spec, cameraOptions(spec, image.Point{}), size, note, say)
}

// openCameraAs opens what --camera names. acts is not nil for a simulated board,
// whose player wants to see the snapshots.
func openCameraAs(ctx context.Context, spec string, opt vision.OpenOptions, size int, note func(string), say func(match.Command)) (src vision.Source, acts func(*match.Snapshot), err error) {
	if lines, ok := strings.CutPrefix(spec, "sim:"); ok {
		b, err := demo.NewBoard(ctx, lines, size, say)
		if err != nil {
			return nil, nil, withCode(exitUsage, err)
		}
		return b, b.See, nil
	}
	open := func(ctx context.Context) (vision.Source, error) {
		return openSource(ctx, spec, opt)
	}
	if !vision.IsLive(spec) {
		src, err = open(ctx)
		if err != nil {
			return nil, nil, sourceError(err)
		}
		return src, nil, nil
	}
	// A camera that is not there at the start is told at once.
	first, err := open(ctx)
	if errors.Is(err, vision.ErrNoSource) {
		if strings.Contains(spec, "://") {
			err = fmt.Errorf("%w; look whether the camera's app is running, and in the same network as this computer", err)
		} else {
			err = fmt.Errorf("%w; plug one in, or name another by --camera or in the window: a phone whose app shows an address like http://192.168.1.20:8080/video will do", err)
		}
	}
	if err != nil {
		return nil, nil, sourceError(err)
	}
	return vision.NewLive(ctx, func(ctx context.Context) (vision.Source, error) {
		if src := first; src != nil {
			first = nil
			return src, nil
		}
		return open(ctx)
	}, vision.LiveOptions{Notify: func(s vision.Status) { note(s.Text) }}), nil, nil
}

// openSource is vision.Open for a camera that may be known by its name only.
func openSource(ctx context.Context, name string, opt vision.OpenOptions) (vision.Source, error) {
	address, err := cameraAddress(name)
	if err != nil {
		return nil, withCode(exitUsage, err)
	}
	return vision.Open(ctx, address, opt)
}

// sourceError gives an error of a source its exit code.
func sourceError(err error) error {
	switch {
	case errors.Is(err, vision.ErrNoSource), errors.Is(err, vision.ErrNotPictures), errors.Is(err, vision.ErrEndsEarly):
		return withCode(exitUsage, err)
	case errors.Is(err, vision.ErrNoBoard), errors.Is(err, grid.ErrCorners):
		return withCode(exitUnsure, err)
	}
	return err
}
