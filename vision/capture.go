package vision

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"gocv.io/x/gocv"

	"github.com/gobancam/gobancam/internal/limits"
)

// OpenCV's CAP_PROP_OPEN_TIMEOUT_MSEC and CAP_PROP_READ_TIMEOUT_MSEC, which
// its FFmpeg backend knows since 4.5.2 and gocv does not name.
const (
	openTimeout gocv.VideoCaptureProperties = 53
	readTimeout gocv.VideoCaptureProperties = 54
)

func init() {
	// A stream that breaks off inside a picture must not show half of it.
	// rtsp over UDP loses packets and with them parts of pictures.
	const name = "OPENCV_FFMPEG_CAPTURE_OPTIONS"
	if os.Getenv(name) == "" {
		os.Setenv(name, "rtsp_transport;tcp|fflags;discardcorrupt")
	}
}

// capture reads a device or a stream through OpenCV's VideoCapture.
type capture struct {
	vc    *gocv.VideoCapture
	what  string
	n     int
	start time.Time

	controls Controls // of a device
}

// Lock sets locks at once; like Next it is called by the one goroutine that
// reads.
func (c *capture) Lock(l Locks) { c.controls = applyLocks(c.vc, c.controls, l) }

// Controls implements Lockable.
func (c *capture) Controls() Controls { return c.controls }

func openDevice(index int, opt OpenOptions) (Source, error) {
	api := gocv.VideoCaptureAny
	if runtime.GOOS == "linux" {
		api = gocv.VideoCaptureV4L2
		if err := mayUse(fmt.Sprintf("/dev/video%d", index)); err != nil {
			return nil, err
		}
	}
	what := fmt.Sprintf("camera %d", index)
	vc, err := gocv.VideoCaptureDeviceWithAPI(index, api)
	if err != nil {
		closeCapture(vc)
		return nil, fmt.Errorf("%w: %s does not open; does another program use it? (%w)", ErrNoSource, what, err)
	}
	// Motion JPEG first: uncompressed, USB 2 carries 720p at some 10 fps only.
	// A camera that cannot do it keeps its own format.
	vc.Set(gocv.VideoCaptureFOURCC, vc.ToCodec("MJPG"))
	vc.Set(gocv.VideoCaptureFrameWidth, float64(opt.Width))
	vc.Set(gocv.VideoCaptureFrameHeight, float64(opt.Height))
	if opt.FPS > 0 {
		vc.Set(gocv.VideoCaptureFPS, opt.FPS)
	}
	return &capture{vc: vc, what: what, controls: askDriver(vc, opt.Locks)}, nil
}

// mayUse returns why the device file name cannot be used, or nil.
func mayUse(name string) error {
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		have, _ := filepath.Glob("/dev/video*")
		if len(have) == 0 {
			return fmt.Errorf("%w: there is no camera %s, nor any other camera", ErrNoSource, name)
		}
		return fmt.Errorf("%w: there is no camera %s; there is %s", ErrNoSource, name, strings.Join(have, ", "))
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%w: no permission to use %s; usually the group \"video\" has it", ErrNoSource, name)
	case err != nil:
		return fmt.Errorf("%w: %w", ErrNoSource, err)
	}
	return f.Close()
}

// closeCapture frees what a failed opening left behind: gocv returns a capture
// with its error.
func closeCapture(vc *gocv.VideoCapture) {
	if vc != nil {
		vc.Close()
	}
}

// Next blocks inside OpenCV for at most the source's timeout (10 s for a
// device), even if ctx ends.
func (c *capture) Next(ctx context.Context) (*Frame, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m, err := grab(c.vc)
	switch {
	case ctx.Err() != nil:
		m.Close()
		return nil, ctx.Err()
	case errors.Is(err, errNone):
		return nil, fmt.Errorf("%w: %s stopped sending", ErrStalled, c.what)
	case err != nil:
		return nil, fmt.Errorf("%w: %s: %w", ErrNotPictures, c.what, err)
	}
	if c.start.IsZero() {
		c.start = time.Now()
	}
	f := &Frame{Number: c.n, Time: time.Since(c.start), Img: m}
	c.n++
	return f, nil
}

// errNone says that a capture yielded no picture.
var errNone = errors.New("no picture")

// grab reads the next picture of a usable size; the caller closes it.
func grab(vc *gocv.VideoCapture) (gocv.Mat, error) {
	m := gocv.NewMat()
	ok := vc.Read(&m) && !m.Empty()
	err := errNone
	switch w, h := m.Cols(), m.Rows(); {
	case !ok:
	case w < smallest || h < smallest:
		err = fmt.Errorf("the pictures have %d×%d pixels, too few to show a board", w, h)
	default:
		if err = limits.Area(w, h); err == nil {
			return m, nil
		}
	}
	m.Close()
	return gocv.Mat{}, err
}

// claimedSize refuses a video or a stream that says its pictures are too large.
func claimedSize(vc interface {
	Get(gocv.VideoCaptureProperties) float64
}) error {
	w, h := vc.Get(gocv.VideoCaptureFrameWidth), vc.Get(gocv.VideoCaptureFrameHeight)
	if w < 1 || h < 1 {
		return nil // it does not say; each picture is looked at
	}
	return limits.Area(int(min(w, math.MaxInt32)), int(min(h, math.MaxInt32)))
}

func (c *capture) Close() error { return c.vc.Close() }
