package vision

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"gocv.io/x/gocv"

	"github.com/gobancam/gobancam/internal/mask"
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

// capture reads through OpenCV's VideoCapture.
type capture struct {
	vc    *gocv.VideoCapture
	what  string
	live  bool
	fps   float64
	n     int
	ended bool
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
	// A camera that cannot keeps what it can.
	vc.Set(gocv.VideoCaptureFOURCC, vc.ToCodec("MJPG"))
	vc.Set(gocv.VideoCaptureFrameWidth, float64(opt.Width))
	vc.Set(gocv.VideoCaptureFrameHeight, float64(opt.Height))
	if opt.FPS > 0 {
		vc.Set(gocv.VideoCaptureFPS, opt.FPS)
	}
	return &capture{vc: vc, what: what, live: true, controls: askDriver(vc, opt.Locks)}, nil
}

// mayUse reports why the device file name cannot be used.
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

// openAddress looks at what the server sends before OpenCV does, which could
// not say what is wrong.
func openAddress(ctx context.Context, spec string, opt OpenOptions) (Source, error) {
	u, err := url.Parse(spec)
	if err != nil {
		return nil, fmt.Errorf("%w: %s is no address", ErrNoSource, mask.Address(spec))
	}
	what := mask.Address(spec)
	if strings.HasPrefix(u.Scheme, "http") {
		if err := probe(ctx, spec, what, opt.Timeout); err != nil {
			return nil, err
		}
	}
	ms := gocv.VideoCaptureProperties(opt.Timeout.Milliseconds())
	vc, err := gocv.VideoCaptureFileWithAPIParams(spec, gocv.VideoCaptureFFmpeg,
		[]gocv.VideoCaptureProperties{openTimeout, ms, readTimeout, ms})
	if err != nil {
		closeCapture(vc)
		return nil, fmt.Errorf("%w: no pictures could be read from %s; is it the address of the stream itself?", ErrNotPictures, what)
	}
	return &capture{vc: vc, what: what, live: true}, nil
}

func probe(ctx context.Context, address, what string, timeout time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return fmt.Errorf("%w: %s is no address", ErrNoSource, what)
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true, Proxy: http.ProxyFromEnvironment}}
	resp, err := client.Do(req)
	if err != nil {
		var ue *url.Error
		if errors.As(err, &ue) {
			err = ue.Err
		}
		return fmt.Errorf("%w: nothing answers at %s: %w", ErrNoSource, what, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%w: %s answers %q", ErrNoSource, what, resp.Status)
	}
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if strings.HasPrefix(kind, "text/") || kind == "application/json" || kind == "application/xhtml+xml" {
		return fmt.Errorf("%w: %s is a page (%s), not a stream; camera programs serve the stream itself at an address like /video or /stream.mjpg", ErrNotPictures, what, kind)
	}
	return nil
}

func openVideo(name string, opt OpenOptions) (Source, error) {
	vc, err := gocv.VideoCaptureFileWithAPI(name, gocv.VideoCaptureFFmpeg)
	if err != nil {
		closeCapture(vc)
		return nil, fmt.Errorf("%w: %s is neither a picture nor a video that can be read", ErrNotPictures, name)
	}
	fps := vc.Get(gocv.VideoCaptureFPS)
	if !(fps >= 0.01 && fps <= 1000) {
		fps = 25
	}
	return pace(&capture{vc: vc, what: name, fps: fps}, opt), nil
}

// closeCapture frees what a failed opening left behind: gocv returns a capture
// with its error.
func closeCapture(vc *gocv.VideoCapture) {
	if vc != nil {
		vc.Close()
	}
}

// Next blocks inside OpenCV for the source's timeout at most (a device: 10 s),
// whatever becomes of ctx.
func (c *capture) Next(ctx context.Context) (*Frame, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m := gocv.NewMat()
	if !c.vc.Read(&m) || m.Empty() {
		m.Close()
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		switch {
		case c.live:
			return nil, fmt.Errorf("%w: %s stopped sending", ErrStalled, c.what)
		case c.n == 0 && !c.ended:
			c.ended = true
			return nil, fmt.Errorf("%w: no picture in %s could be decoded", ErrNotPictures, c.what)
		}
		return nil, io.EOF
	}
	n := c.n
	c.n++
	if m.Rows() < smallest || m.Cols() < smallest {
		defer m.Close()
		return nil, fmt.Errorf("%w: the pictures of %s have %d×%d pixels, too few to show a board", ErrNotPictures, c.what, m.Cols(), m.Rows())
	}
	f := &Frame{Number: n, Img: m}
	if c.live {
		if c.start.IsZero() {
			c.start = time.Now()
		}
		f.Time = time.Since(c.start)
	} else {
		f.Time = time.Duration(float64(n) / c.fps * float64(time.Second))
	}
	return f, nil
}

func (c *capture) Close() error { return c.vc.Close() }
