// Package camera chooses, names and opens the camera above the board, and knows
// where the board lies in its picture, if anybody does.
package camera

import (
	"context"
	"errors"
	"fmt"
	"image"
	"net/http"
	"regexp"
	"strings"

	"github.com/gobancam/gobancam/internal/app/failure"
	"github.com/gobancam/gobancam/internal/demo"
	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/mask"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/vision"
)

// Title is how a camera is called before its driver tells.
func Title(spec string) string {
	if IsPhone(spec) {
		return phoneTitle(spec)
	}
	if strings.Contains(spec, "://") {
		return "the camera at " + spec
	}
	return "camera " + spec
}

// Options says how to open a camera: with the resolution, and what was
// locked, when it was calibrated. wanted is another resolution, if not 0, 0.
func Options(spec string, wanted image.Point) vision.OpenOptions {
	opt := vision.OpenOptions{Paced: true, Width: wanted.X, Height: wanted.Y}
	p, err := Profiles().Load(spec)
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

// IsLive reports whether a name is that of a camera, whose newest picture counts,
// rather than of files, which are used up.
func IsLive(name string) bool { return IsPhone(name) || vision.IsLive(name) }

// Open opens a camera, a file, a directory or, as sim:, a simulated board of
// size lines (0: 19), whose player tells say what a player tells gobancam and
// wants to see the snapshots: then acts is not nil. note is told when a camera
// stalls and comes back.
func Open(ctx context.Context, spec string, opt vision.OpenOptions, size int, note func(string), say func(match.Command)) (src vision.Source, acts func(*match.Snapshot), err error) {
	if lines, ok := strings.CutPrefix(spec, "sim:"); ok {
		b, err := demo.NewBoard(ctx, lines, size, say)
		if err != nil {
			return nil, nil, failure.As(failure.Misuse, err)
		}
		return b, b.See, nil
	}
	if IsPhone(spec) {
		src, err := openPhone(ctx, spec, note)
		return src, nil, err
	}
	open := func(ctx context.Context) (vision.Source, error) {
		return OpenSource(ctx, spec, opt)
	}
	if !vision.IsLive(spec) {
		src, err = open(ctx)
		if err != nil {
			return nil, nil, Failure(Explain(spec, err))
		}
		return src, nil, nil
	}
	// A camera that is not there at the start is told at once.
	first, err := open(ctx)
	if err != nil {
		return nil, nil, Failure(Explain(spec, err))
	}
	return vision.NewLive(ctx, func(ctx context.Context) (vision.Source, error) {
		if src := first; src != nil {
			first = nil
			return src, nil
		}
		return open(ctx)
	}, vision.LiveOptions{Notify: func(s vision.Status) { note(s.Text) }}), nil, nil
}

// hostPort is the address of a camera without its beginning.
var hostPort = regexp.MustCompile(`^[\w.-]+:\d{1,5}(/\S*)?$|^\d+\.\d+\.\d+\.\d+(/\S*)?$`)

// remedy is what to do about a camera's address that gives no picture.
func remedy(err error) string {
	var said *vision.StatusError
	if !errors.As(err, &said) {
		return "look whether the camera's app is running, shows this very address, and is in the same network as this computer"
	}
	switch {
	case said.Code == http.StatusUnauthorized:
		return "it wants a name and a password: put them before the host, with a colon between and @ behind"
	case said.Code == http.StatusForbidden:
		return "the camera lets nobody in from here: look into the settings of its app"
	case said.Code == http.StatusNotFound, said.Code == http.StatusMethodNotAllowed, said.Code == http.StatusGone:
		return "the camera is there, and its stream is elsewhere: the address often ends in /video, /stream.mjpg or /mjpegfeed"
	case said.Code >= 500:
		return "the camera is there, and in trouble: look whether another program uses it, and start its app anew"
	}
	return "look into the camera's app for the address of its stream"
}

// Explain adds to the error of a camera that does not open what to do about it.
func Explain(spec string, err error) error {
	switch {
	case !errors.Is(err, vision.ErrNoSource):
		return err
	case strings.Contains(spec, "://"):
		return &AwayError{err}
	case vision.IsLive(spec):
		return &NoneError{err}
	case hostPort.MatchString(spec):
		return fmt.Errorf("%w; an address begins with what the camera speaks: http://%s", err, mask.Address(spec))
	}
	return err
}

// AwayError says that nothing usable is at a camera's address, and what to do.
type AwayError struct{ err error }

func (e *AwayError) Error() string { return e.err.Error() + "; " + remedy(e.err) }
func (e *AwayError) Unwrap() error { return e.err }

// NoneError says that a camera of this computer is not there.
type NoneError struct{ err error }

func (e *NoneError) Error() string {
	return e.err.Error() + "; plug one in, or take another: phone: is one whose browser opens a page of this computer"
}

func (e *NoneError) Unwrap() error { return e.err }

// OpenSource is vision.Open for a camera that may be known by its name only.
func OpenSource(ctx context.Context, name string, opt vision.OpenOptions) (vision.Source, error) {
	if IsPhone(name) {
		return openPhone(ctx, name, nil)
	}
	at, err := address(name)
	if err != nil {
		return nil, failure.As(failure.Misuse, err)
	}
	return vision.Open(ctx, at, opt)
}

// Failure gives an error of a source its kind.
func Failure(err error) error {
	switch {
	case errors.Is(err, vision.ErrNoSource), errors.Is(err, vision.ErrNotPictures), errors.Is(err, vision.ErrEndsEarly):
		return failure.As(failure.Misuse, err)
	case errors.Is(err, vision.ErrNoBoard), errors.Is(err, grid.ErrCorners):
		return failure.As(failure.Unsure, err)
	}
	return err
}
