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
	count int  // pictures that the file says it has; 0 if it does not say
	cut   bool // the file is shorter than it says

	n       int      // number of the next picture
	damaged int      // pictures before found that have not been told yet
	found   gocv.Mat // behind the damaged ones
	end     error    // nothing is found any more
}

func openVideo(name string, opt OpenOptions) (Source, error) {
	cut, err := cutOff(name)
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
	v := &video{vc: vc, name: name, fps: vc.Get(gocv.VideoCaptureFPS), cut: cut}
	if !(v.fps >= 0.01 && v.fps <= 1000) {
		v.fps = 25
	}
	if n := vc.Get(gocv.VideoCaptureFrameCount); n >= 1 && n < 1e9 {
		v.count = int(n)
	}
	return pace(v, opt), nil
}

// Next implements Source. It blocks inside OpenCV, whatever becomes of ctx.
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
	case missing > 2: // the number is an estimate in some kinds of files
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

// cutOff reports whether a video file is shorter than its own headers say:
// those of AVI, MP4 and its kin, and Matroska do.
func cutOff(name string) (bool, error) {
	f, err := limits.OpenFile(name)
	if err != nil {
		return false, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return false, err
	}
	return endsBeyond(f, info.Size()), nil
}

// endsBeyond walks the outermost parts of a video file of size bytes.
func endsBeyond(r io.ReaderAt, size int64) bool {
	const parts = 10_000
	head := func(at int64) []byte { // 16 bytes, of which some may be beyond the end
		b := make([]byte, 16)
		_, _ = r.ReadAt(b, at)
		return b
	}
	at := int64(0)
	switch b := head(0); {
	case bytes.HasPrefix(b, []byte("RIFF")):
		for range parts {
			b := head(at)
			if string(b[:4]) != "RIFF" {
				return at > size
			}
			n := int64(binary.LittleEndian.Uint32(b[4:]))
			if n == 0 || n >= 1<<32-8 {
				return false // never written
			}
			at += 8 + n
		}
	case bytes.HasPrefix(b, []byte("\x1a\x45\xdf\xa3")): // EBML, then the segment
		for _, id := range []int{4, 4} {
			n, bytes, known := vint(head(at + int64(id)))
			if !known {
				return false
			}
			at += int64(id) + int64(bytes) + n
		}
	default:
		for range parts {
			b := head(at)
			switch string(b[4:8]) {
			case "ftyp", "moov", "mdat", "free", "skip", "wide", "uuid", "moof", "mfra", "meta", "pdin", "sidx", "styp", "udta", "pnot":
			default:
				return at > size
			}
			n := int64(binary.BigEndian.Uint32(b))
			if n == 1 {
				n = int64(binary.BigEndian.Uint64(b[8:]))
			}
			if n < 8 || n > 1<<60 { // to the end of the file, or nonsense
				return false
			}
			at += n
		}
	}
	return at > size
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
