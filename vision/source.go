package vision

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"gocv.io/x/gocv"

	"github.com/gobancam/gobancam/internal/limits"
	"github.com/gobancam/gobancam/internal/mask"
)

// What can be wrong with a source of pictures. Every error of Open and
// Source.Next wraps one of these, io.EOF, or the context's error.
var (
	// ErrNoSource: no such file, device or server, or no leave to use it.
	ErrNoSource = errors.New("no pictures")
	// ErrNotPictures: it is there, but what it holds are no usable pictures.
	ErrNotPictures = errors.New("not pictures")
	// ErrStalled: it delivered pictures and stopped.
	ErrStalled = errors.New("no more pictures")
)

// smallest is the side, in pixels, below which a picture cannot show a board.
const smallest = 64

// Frame is one picture of a source. Its owner closes it.
type Frame struct {
	Number int           // of the picture in its source, from 0
	Time   time.Duration // when it was taken, since the source began
	Taken  time.Time     // the same by the clock of this machine; zero for a picture that was not taken now, such as a file's
	Name   string        // the file it came from, if it came from one
	Img    gocv.Mat      // BGR, 8 bits per channel
}

// Close frees the picture. Closing nil does nothing.
func (f *Frame) Close() error {
	if f == nil {
		return nil
	}
	return f.Img.Close()
}

// Clone returns a copy, which must be closed as well.
func (f *Frame) Clone() *Frame {
	c := *f
	c.Img = f.Img.Clone()
	return &c
}

// Source delivers pictures one after another, to one goroutine.
type Source interface {
	// Next returns the next picture, which the caller closes; io.EOF after the
	// last. An error that wraps ErrNotPictures concerns this picture alone:
	// the next call goes on behind it.
	Next(ctx context.Context) (*Frame, error)
	Close() error
}

// OpenOptions says how to open a source. The zero value is the usual one.
type OpenOptions struct {
	Width, Height int           // asked of a device, pixels; 0 means 1280×720
	FPS           float64       // asked of a device, and the pace of a directory's pictures; 0 means the device's own, and one a second, or 5 when paced
	Locks         Locks         // of a device
	Paced         bool          // files and directories deliver in real time instead of at once
	Timeout       time.Duration // for opening and for each picture of a stream; 0 means 5 s
}

// IsLive reports whether spec names a camera or a stream, which Live reads,
// rather than files, which are read in order.
func IsLive(spec string) bool {
	_, device := deviceIndex(spec)
	return device || isAddress(spec)
}

// Open opens a device ("0", "/dev/video0"), an http, https or rtsp address, a
// video file, a directory of pictures (in natural order of their names) or a
// single picture. The context limits the opening only.
func Open(ctx context.Context, spec string, opt OpenOptions) (Source, error) {
	if opt.Width == 0 || opt.Height == 0 {
		opt.Width, opt.Height = 1280, 720
	}
	if opt.Timeout == 0 {
		opt.Timeout = 5 * time.Second
	}
	if index, ok := deviceIndex(spec); ok {
		return openDevice(index, opt)
	}
	if isAddress(spec) {
		return openAddress(ctx, spec, opt)
	}
	info, err := os.Stat(spec)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, fmt.Errorf("%w: there is no file, directory or device %q", ErrNoSource, mask.Address(spec))
	case err != nil:
		return nil, fmt.Errorf("%w: %s", ErrNoSource, mask.Text(err.Error()))
	case info.IsDir():
		return openDirectory(spec, opt)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%w: %s is neither a file nor a directory nor a camera", ErrNoSource, spec)
	case isPictureName(spec):
		return pace(&pictures{files: []string{spec}}, opt), nil
	}
	return openVideo(spec, opt)
}

func isAddress(spec string) bool {
	u, err := url.Parse(spec)
	return err == nil && u.Host != "" && slices.Contains([]string{"http", "https", "rtsp", "rtsps"}, strings.ToLower(u.Scheme))
}

// deviceIndex returns N for "N" and "/dev/videoN".
func deviceIndex(spec string) (int, bool) {
	n, err := strconv.ParseUint(strings.TrimPrefix(spec, "/dev/video"), 10, 8)
	return int(n), err == nil
}

func isPictureName(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff", ".ppm", ".pgm":
		return true
	}
	return false
}

// ReadPicture reads a picture file, turned as its camera says it was held.
func ReadPicture(name string) (gocv.Mat, error) {
	data, err := limits.ReadFile(name, limits.PictureBytes)
	switch {
	case limits.Exceeded(err):
		return gocv.Mat{}, fmt.Errorf("%w: %w", ErrNotPictures, err)
	case err != nil:
		return gocv.Mat{}, fmt.Errorf("%w: %w", ErrNoSource, err)
	}
	m, err := Decode(data)
	if err != nil {
		return gocv.Mat{}, fmt.Errorf("%s: %w", name, err)
	}
	return m, nil
}

// Decode decodes a JPEG, PNG or other picture to BGR, turned as its camera
// says it was held. One that claims to be too large is not decoded. The caller
// closes it.
func Decode(data []byte) (gocv.Mat, error) {
	if len(data) == 0 {
		return gocv.Mat{}, fmt.Errorf("%w: empty file", ErrNotPictures)
	}
	if _, _, err := limits.Picture(data); err != nil {
		return gocv.Mat{}, fmt.Errorf("%w: %w", ErrNotPictures, err)
	}
	m, err := gocv.IMDecode(data, gocv.IMReadColor)
	switch {
	case err != nil:
		m.Close()
		return gocv.Mat{}, fmt.Errorf("%w: %w", ErrNotPictures, err)
	case m.Empty():
		m.Close()
		return gocv.Mat{}, fmt.Errorf("%w: no picture could be decoded", ErrNotPictures)
	case m.Rows() < smallest || m.Cols() < smallest:
		defer m.Close()
		return gocv.Mat{}, fmt.Errorf("%w: %d×%d pixels are too few to show a board", ErrNotPictures, m.Cols(), m.Rows())
	}
	return m, nil
}

// pictures reads files in order.
type pictures struct {
	files []string
	next  int
	every time.Duration
}

func openDirectory(dir string, opt OpenOptions) (Source, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoSource, err)
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() && isPictureName(e.Name()) && e.Name()[0] != '.' {
			names = append(names, e.Name())
		}
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("%w: the directory %s holds no pictures (.jpg, .png, …)", ErrNotPictures, dir)
	}
	slices.SortFunc(names, natural)
	fps := opt.FPS
	switch {
	case fps > 0:
	case opt.Paced:
		fps = 5 // a camera's stand-in
	default:
		// Nobody knows. Taken for a second apart, each picture stands for
		// itself, as photographs must; those of a video bear it as well.
		fps = 1
	}
	p := &pictures{every: time.Duration(float64(time.Second) / fps)}
	for _, n := range names {
		p.files = append(p.files, filepath.Join(dir, n))
	}
	return pace(p, opt), nil
}

func (p *pictures) Next(ctx context.Context) (*Frame, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if p.next >= len(p.files) {
		return nil, io.EOF
	}
	n := p.next
	p.next++
	m, err := ReadPicture(p.files[n])
	if errors.Is(err, ErrNoSource) && len(p.files) > 1 {
		// A file that vanished from a directory is one picture lost, not the source.
		err = fmt.Errorf("%w: %w", ErrNotPictures, err)
	}
	if err != nil {
		return nil, err
	}
	return &Frame{Number: n, Time: time.Duration(n) * p.every, Name: p.files[n], Img: m}, nil
}

func (p *pictures) Close() error { return nil }

// natural compares names as people sort them: img2 before img10.
func natural(a, b string) int {
	x, y := a, b
	for x != "" && y != "" {
		i, j := digits(x), digits(y)
		if i > 0 && j > 0 {
			m, n := strings.TrimLeft(x[:i], "0"), strings.TrimLeft(y[:j], "0")
			if c := cmp.Or(cmp.Compare(len(m), len(n)), strings.Compare(m, n)); c != 0 {
				return c
			}
			x, y = x[i:], y[j:]
			continue
		}
		if x[0] != y[0] {
			return cmp.Compare(x[0], y[0])
		}
		x, y = x[1:], y[1:]
	}
	return cmp.Or(cmp.Compare(len(x), len(y)), strings.Compare(a, b))
}

func digits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

// Encoded is a picture that is not decoded yet.
type Encoded struct {
	Data  []byte        // JPEG, PNG, …
	Time  time.Duration // since the source began
	Taken time.Time     // see Frame
	Name  string
}

// FromEncoded is a Source whose pictures next makes: a recording's, a
// simulator's. next returns io.EOF behind the last, and an error that wraps
// ErrNotPictures for one that is lost.
func FromEncoded(next func(ctx context.Context) (Encoded, error)) Source {
	return &encoded{next: next}
}

type encoded struct {
	next func(ctx context.Context) (Encoded, error)
	n    int
}

func (e *encoded) Next(ctx context.Context) (*Frame, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	p, err := e.next(ctx)
	n := e.n
	if err == nil || errors.Is(err, ErrNotPictures) {
		e.n++
	}
	if err != nil {
		return nil, err
	}
	m, err := Decode(p.Data)
	if err != nil {
		return nil, fmt.Errorf("picture %d: %w", n, err)
	}
	return &Frame{Number: n, Time: p.Time, Taken: p.Taken, Name: p.Name, Img: m}, nil
}

func (e *encoded) Close() error { return nil }

// paced delays the pictures of a source until they are due.
type paced struct {
	Source
	start time.Time
}

func pace(s Source, opt OpenOptions) Source {
	if !opt.Paced {
		return s
	}
	return &paced{Source: s}
}

func (p *paced) Next(ctx context.Context) (*Frame, error) {
	f, err := p.Source.Next(ctx)
	if err != nil {
		return nil, err
	}
	if p.start.IsZero() {
		p.start = time.Now().Add(-f.Time)
	}
	select {
	case <-time.After(time.Until(p.start.Add(f.Time))):
		return f, nil
	case <-ctx.Done():
		f.Close()
		return nil, ctx.Err()
	}
}
