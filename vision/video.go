package vision

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"time"

	"gocv.io/x/gocv"

	"github.com/gobancam/gobancam/internal/limits"
)

// ErrEndsEarly is wrapped by the error of a source that ends, in order, before
// the end of what was recorded: what came before it is all right.
var ErrEndsEarly = errors.New("it ends early")

// video reads a file through OpenCV's VideoCapture. A picture that cannot be
// decoded makes a read fail, and so does the end of the file; only whether a
// later read succeeds tells them apart.
type video struct {
	vc    *gocv.VideoCapture
	name  string
	fps   float64
	count int  // pictures that the file says it has; 0 if it does not count them
	exact bool // count is of what can be read: in MP4 what was trimmed counts as well
	cut   bool // the file is shorter than it says

	n       int      // number of the next picture
	damaged int      // pictures before found that have not been told yet
	found   gocv.Mat // behind the damaged ones
	end     error    // nothing is found any more
}

func openVideo(name string, opt OpenOptions) (Source, error) {
	what, err := container(name)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoSource, err)
	}
	vc, err := gocv.VideoCaptureFileWithAPI(name, gocv.VideoCaptureFFmpeg)
	if err != nil {
		closeCapture(vc)
		return nil, fmt.Errorf("%w: %s is neither a picture nor a video that can be read", ErrNotPictures, name)
	}
	if err := claimedSize(vc); err != nil {
		closeCapture(vc)
		return nil, fmt.Errorf("%w: %s: %w", ErrNotPictures, name, err)
	}
	v := &video{vc: vc, name: name, fps: vc.Get(gocv.VideoCaptureFPS), exact: what.exact, cut: what.cut}
	if !(v.fps >= 0.01 && v.fps <= 1000) {
		v.fps = 25
	}
	if n := vc.Get(gocv.VideoCaptureFrameCount); what.counted && n >= 1 && n < 1e9 {
		v.count = int(n)
	}
	return pace(v, opt), nil
}

// Next implements Source. It blocks inside OpenCV even if ctx ends.
func (v *video) Next(ctx context.Context) (*Frame, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if v.damaged == 0 && v.found.Closed() && v.end == nil {
		if err := v.seek(ctx); err != nil {
			return nil, err
		}
	}
	switch {
	case v.damaged > 0:
		n := v.n
		v.damaged--
		v.n++
		return nil, fmt.Errorf("%w: picture %d of %s is damaged and is passed over", ErrNotPictures, n, v.name)
	case v.end != nil:
		return nil, v.ended()
	}
	f := &Frame{Number: v.n, Time: time.Duration(float64(v.n) / v.fps * float64(time.Second)), Img: v.found}
	v.found = gocv.Mat{}
	v.n++
	return f, nil
}

// seek reads up to the next picture that can be decoded, or to the end.
func (v *video) seek(ctx context.Context) error {
	const few = 500 // reads that may fail in a row where it is not said how many pictures there are
	for failed := range max(few, min(v.count-v.n+few, limits.Files)) {
		if err := ctx.Err(); err != nil {
			return err
		}
		m, err := grab(v.vc)
		switch {
		case err == nil:
			v.found, v.damaged = m, failed
			return nil
		case !errors.Is(err, errNone):
			v.n++
			return fmt.Errorf("%w: %s: %w", ErrNotPictures, v.name, err)
		}
	}
	v.end = io.EOF
	return nil
}

// ended tells how the file ended: first, once, what is wrong with its end.
func (v *video) ended() error {
	missing := max(0, v.count-v.n)
	switch {
	case v.end != io.EOF:
	case v.n == 0:
		v.end = fmt.Errorf("%w: no picture in %s could be decoded", ErrNotPictures, v.name)
		return v.end
	case v.cut:
		v.end = fmt.Errorf("%w: %s is cut off: it has %s, and the rest is not in the file", ErrEndsEarly, v.name, v.share())
	case missing > 10 && missing > v.count/4:
		v.end = fmt.Errorf("%w: %s has %s that can be read", ErrEndsEarly, v.name, v.share())
	case missing > 2 && v.exact: // some programs count one or two too many
		v.count = v.n
		return fmt.Errorf("%w: the last %d pictures of %s are missing or damaged", ErrNotPictures, missing, v.name)
	}
	return v.end
}

func (v *video) share() string {
	if v.count <= v.n {
		return fmt.Sprintf("%d pictures", v.n)
	}
	return fmt.Sprintf("%d of %d pictures", v.n, v.count)
}

func (v *video) Close() error {
	return errors.Join(v.found.Close(), v.vc.Close())
}

// claims are what a video file's own headers say of it. AVI, MP4 and its kin,
// and Matroska tell their length; the first two, unless in fragments, count
// their pictures.
type claims struct {
	end            int64 // where the last part ends; 0 if that is not said
	cut            bool  // beyond the file
	counted, exact bool
}

// container reads what a file's headers claim.
func container(name string) (claims, error) {
	f, err := limits.OpenFile(name)
	if err != nil {
		return claims{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return claims{}, err
	}
	c := claimsOf(f)
	c.cut = c.end > info.Size()
	return c, nil
}

// claimsOf walks the outermost parts of a video file.
func claimsOf(r io.ReaderAt) claims {
	b := headAt(r, 0)
	switch {
	case bytes.HasPrefix(b, []byte("RIFF")):
		return claims{end: riffEnd(r), counted: true, exact: true}
	case bytes.HasPrefix(b, []byte("\x1a\x45\xdf\xa3")):
		return claims{end: matroskaEnd(r)}
	}
	end, counted := boxesEnd(r)
	return claims{end: end, counted: counted}
}

// parts bounds the walk.
const parts = 10_000

// headAt reads 16 bytes, those beyond the end of the file as 0.
func headAt(r io.ReaderAt, at int64) []byte {
	b := make([]byte, 16)
	_, _ = r.ReadAt(b, at)
	return b
}

// riffEnd is for AVI, which may be of several parts.
func riffEnd(r io.ReaderAt) (at int64) {
	for range parts {
		b := headAt(r, at)
		n := int64(binary.LittleEndian.Uint32(b[4:]))
		switch {
		case string(b[:4]) != "RIFF":
			return at
		case n == 0 || n >= 1<<32-8:
			return 0 // never written
		}
		at += 8 + n
	}
	return 0
}

// matroskaEnd passes the head and the segment, which holds all else.
func matroskaEnd(r io.ReaderAt) (at int64) {
	const id = 4 // bytes of both names
	for range 2 {
		n, size, known := vint(headAt(r, at+id))
		if !known {
			return 0
		}
		at += id + int64(size) + n
	}
	return at
}

// boxesEnd is for MP4 and QuickTime.
func boxesEnd(r io.ReaderAt) (at int64, counted bool) {
	counted = true
	for range parts {
		b := headAt(r, at)
		switch string(b[4:8]) {
		case "moof":
			counted = false
		case "ftyp", "moov", "mdat", "free", "skip", "wide", "uuid", "mfra", "meta", "pdin", "sidx", "styp", "udta", "pnot":
		default:
			return at, counted && at > 0
		}
		n := int64(binary.BigEndian.Uint32(b))
		if n == 1 {
			n = int64(min(binary.BigEndian.Uint64(b[8:]), 1<<60))
		}
		if n < 8 || n >= 1<<60 { // to the end of the file, or nonsense
			return 0, counted
		}
		at += n
	}
	return 0, false
}

// vint reads a number of Matroska; known is false for "unknown" and nonsense.
func vint(b []byte) (n int64, size int, known bool) {
	size = bits.LeadingZeros8(b[0]) + 1
	if size > 8 {
		return 0, 0, false
	}
	n = int64(b[0]) & (1<<(8-size) - 1)
	ones := n == 1<<(8-size)-1
	for _, c := range b[1:size] {
		n = n<<8 | int64(c)
		ones = ones && c == 0xff
	}
	return n, size, !ones && n < 1<<56
}
