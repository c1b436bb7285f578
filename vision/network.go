package vision

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"gocv.io/x/gocv"

	"github.com/gobancam/gobancam/internal/limits"
	"github.com/gobancam/gobancam/internal/mask"
)

// pollEvery is how long at least passes between two requests to a camera that
// gives one picture at a time.
const pollEvery = 200 * time.Millisecond

// openAddress opens a camera on the network. JPEGs over HTTP, in a stream or
// one by one, are read here; all else is FFmpeg's.
func openAddress(ctx context.Context, spec string, opt OpenOptions) (Source, error) {
	u, err := url.Parse(spec)
	if err != nil {
		return nil, fmt.Errorf("%w: %s is no address", ErrNoSource, mask.Address(spec))
	}
	what := mask.Address(spec)
	if strings.HasPrefix(strings.ToLower(u.Scheme), "http") {
		src, err := openHTTP(ctx, spec, what, opt)
		if src != nil || err != nil {
			return src, err
		}
	}
	ms := gocv.VideoCaptureProperties(opt.Timeout.Milliseconds())
	vc, err := gocv.VideoCaptureFileWithAPIParams(spec, gocv.VideoCaptureFFmpeg,
		[]gocv.VideoCaptureProperties{openTimeout, ms, readTimeout, ms})
	if err != nil {
		closeCapture(vc)
		return nil, fmt.Errorf("%w: no pictures could be read from %s; is it the address of the stream itself?", ErrNotPictures, what)
	}
	if err := claimedSize(vc); err != nil {
		closeCapture(vc)
		return nil, fmt.Errorf("%w: %s: %w", ErrNotPictures, what, err)
	}
	return &capture{vc: vc, what: what}, nil
}

// httpCamera reads JPEGs from a camera's web server: a stream of them, or one
// with each answer, for which it is asked again and again. A stream that calls
// itself a picture is read as what it is.
type httpCamera struct {
	client  *http.Client
	address string
	what    string // the address without its password
	timeout time.Duration

	body   io.ReadCloser // of the answer that is read; nil for none
	cancel func()        // ends that answer
	jpegs  *jpegReader
	fresh  bool      // nothing of the answer has been read
	single bool      // behind the end of an answer it is asked again
	asked  time.Time // when the last request went out

	first *Frame // read when it was opened
	start time.Time
	n     int
}

// openHTTP requests the address and reads the first picture. It returns nil
// without an error if the answer is neither a JPEG nor a page.
func openHTTP(ctx context.Context, address, what string, opt OpenOptions) (Source, error) {
	c := &httpCamera{address: address, what: what, timeout: opt.Timeout,
		client: &http.Client{CheckRedirect: redirected,
			Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, DisableCompression: true, MaxResponseHeaderBytes: 64 << 10}}}
	kind, err := c.ask(ctx)
	if err != nil {
		c.Close()
		return nil, err
	}
	switch {
	case strings.HasPrefix(kind, "text/"), kind == "application/json", kind == "application/xhtml+xml":
		c.Close()
		return nil, fmt.Errorf("%w: %s is a page (%s), not a stream; camera programs serve the stream itself at an address like /video or /stream.mjpg", ErrNotPictures, what, kind)
	case kind == "multipart/x-mixed-replace":
	case strings.HasPrefix(kind, "image/"), c.startsWithJPEG(ctx):
		c.single = true
	default:
		c.Close()
		return nil, nil
	}
	if c.first, err = c.Next(ctx); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// redirected follows a camera to another address, but tells nobody there where
// it comes from: a password may stand in that address.
func redirected(req *http.Request, via []*http.Request) error {
	req.Header.Del("Referer")
	if len(via) > 5 {
		return errors.New("it sends from address to address without end")
	}
	return nil
}

// ask sends a request and returns the type of the answer, whose body is read
// next.
func (c *httpCamera) ask(ctx context.Context) (kind string, err error) {
	c.hangUp()
	c.asked = time.Now()
	reading, cancel := context.WithCancel(context.WithoutCancel(ctx))
	c.cancel = cancel
	defer c.within(ctx)()
	req, err := http.NewRequestWithContext(reading, http.MethodGet, c.address, nil)
	if err != nil {
		return "", fmt.Errorf("%w: %s is no address", ErrNoSource, c.what)
	}
	resp, err := c.client.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		if reading.Err() != nil {
			return "", fmt.Errorf("%w: nothing answers at %s within %v", ErrNoSource, c.what, c.timeout)
		}
		var ue *url.Error
		if errors.As(err, &ue) {
			err = ue.Err // which does not hold the address
		}
		return "", fmt.Errorf("%w: nothing answers at %s: %w", ErrNoSource, c.what, err)
	}
	c.body = resp.Body
	c.fresh = true
	c.jpegs = &jpegReader{r: bufio.NewReaderSize(resp.Body, 64<<10)}
	if resp.StatusCode != http.StatusOK {
		return "", &StatusError{What: c.what, Status: resp.Status, Code: resp.StatusCode}
	}
	kind, _, _ = mime.ParseMediaType(resp.Header.Get("Content-Type"))
	return kind, nil
}

// within ends the answer that is read when ctx ends or the timeout is over,
// until the returned function is called.
func (c *httpCamera) within(ctx context.Context) (done func()) {
	cancel := c.cancel
	late := time.AfterFunc(c.timeout, cancel)
	stop := context.AfterFunc(ctx, cancel)
	return func() { late.Stop(); stop() }
}

func (c *httpCamera) startsWithJPEG(ctx context.Context) bool {
	defer c.within(ctx)()
	head, err := c.jpegs.r.Peek(3)
	return err == nil && string(head) == "\xff\xd8\xff"
}

// Next implements Source.
func (c *httpCamera) Next(ctx context.Context) (*Frame, error) {
	if f := c.first; f != nil {
		c.first = nil
		return f, nil
	}
	data, err := c.read(ctx)
	if c.single && c.n > 0 && errors.Is(err, io.EOF) {
		data, err = c.readAnother(ctx)
	}
	if err != nil {
		return nil, c.failure(ctx, err)
	}
	m, err := Decode(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.what, err)
	}
	if c.start.IsZero() {
		c.start = time.Now()
	}
	f := &Frame{Number: c.n, Time: time.Since(c.start), Img: m}
	c.n++
	return f, nil
}

// read reads one encoded picture of the answer; io.EOF behind the last.
func (c *httpCamera) read(ctx context.Context) ([]byte, error) {
	defer c.within(ctx)()
	head, err := c.jpegs.r.Peek(2)
	if c.single && err == nil && string(head) != "\xff\xd8" && c.fresh {
		c.fresh = false
		return limits.Read(c.jpegs.r, "the picture", limits.PictureBytes)
	}
	c.fresh = false
	return c.jpegs.next()
}

// readAnother asks for the next picture when it is time, and reads it.
func (c *httpCamera) readAnother(ctx context.Context) ([]byte, error) {
	select {
	case <-time.After(time.Until(c.asked.Add(pollEvery))):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if _, err := c.ask(ctx); err != nil {
		return nil, err
	}
	return c.read(ctx)
}

// failure puts a read error into words.
func (c *httpCamera) failure(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, ErrNoSource):
		return err
	case errors.Is(err, ErrNotPictures):
		return fmt.Errorf("%s: %w", c.what, err)
	case limits.Exceeded(err):
		return fmt.Errorf("%w: %s: %w", ErrStalled, c.what, err)
	case c.n == 0:
		return fmt.Errorf("%w: no pictures could be read from %s; is it the address of the stream itself?", ErrNotPictures, c.what)
	}
	return fmt.Errorf("%w: %s stopped sending", ErrStalled, c.what)
}

// hangUp closes the present answer.
func (c *httpCamera) hangUp() {
	if c.cancel != nil {
		c.cancel()
	}
	if c.body != nil {
		_ = c.body.Close() // nothing more is wanted of it
	}
	c.body, c.cancel = nil, nil
}

// Close implements Source.
func (c *httpCamera) Close() error {
	c.hangUp()
	c.client.CloseIdleConnections()
	return c.first.Close()
}

// jpegReader cuts JPEGs out of a stream by their own markers: whatever stands
// between them, boundaries of a multipart stream or nothing, is passed over.
type jpegReader struct {
	r     *bufio.Reader
	begun bool // the beginning of the next picture has been read
}

// next returns the next whole picture. What breaks off inside and is followed
// by another is an error that wraps ErrNotPictures; next goes on behind it.
func (j *jpegReader) next() ([]byte, error) {
	if !j.begun {
		if err := j.begin(); err != nil {
			return nil, err
		}
	}
	j.begun = false
	p := []byte{0xff, 0xd8}
	for {
		marker, err := j.marker(&p)
		if err != nil {
			return nil, err
		}
		switch {
		case marker == 0xd9: // the end
			return p, nil
		case marker == 0xd8: // another beginning
			j.begun = true
			return nil, fmt.Errorf("%w: a picture broke off inside", ErrNotPictures)
		case marker == 0x01, 0xd0 <= marker && marker <= 0xd7: // without a length
			continue
		}
		var size [2]byte
		if _, err := io.ReadFull(j.r, size[:]); err != nil {
			return nil, io.ErrUnexpectedEOF
		}
		n := int(size[0])<<8 | int(size[1])
		if n < 2 {
			return nil, fmt.Errorf("%w: a picture is damaged", ErrNotPictures)
		}
		at := len(p)
		p = append(append(p, size[:]...), make([]byte, n-2)...)
		if _, err := io.ReadFull(j.r, p[at+2:]); err != nil {
			return nil, io.ErrUnexpectedEOF
		}
	}
}

// begin skips everything before the next picture.
func (j *jpegReader) begin() error {
	for passed := 0; ; passed++ {
		if passed > limits.Preamble {
			return limits.Exceed("", "%s came without a picture", limits.Size(limits.Preamble))
		}
		head, err := j.r.Peek(2)
		if err != nil {
			return err
		}
		if head[0] == 0xff && head[1] == 0xd8 {
			_, err := j.r.Discard(2)
			return err
		}
		if _, err := j.r.Discard(1); err != nil {
			return err
		}
	}
}

// marker reads to the next marker and appends what it reads. What is entropy
// coded, with its stuffing and its restarts, is passed on the way.
func (j *jpegReader) marker(p *[]byte) (byte, error) {
	for {
		part, err := j.r.ReadSlice(0xff)
		*p = append(*p, part...)
		if len(*p) > limits.PictureBytes {
			return 0, limits.Exceed("", "a picture is larger than %s", limits.Size(limits.PictureBytes))
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil {
			return 0, io.ErrUnexpectedEOF
		}
		b := byte(0xff)
		for b == 0xff { // filling
			if b, err = j.r.ReadByte(); err != nil {
				return 0, io.ErrUnexpectedEOF
			}
		}
		*p = append(*p, b)
		if b != 0 {
			return b, nil
		}
	}
}

// StatusError is an answer of a camera's address that is no picture. It wraps
// ErrNoSource.
type StatusError struct {
	What   string // the address, without what it keeps secret
	Status string // "404 Not Found"
	Code   int
}

func (e *StatusError) Error() string {
	return fmt.Sprintf("%v: %s answers %q", ErrNoSource, e.What, e.Status)
}

func (e *StatusError) Unwrap() error { return ErrNoSource }
