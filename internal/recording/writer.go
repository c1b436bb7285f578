package recording

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // to read a picture's size
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/google/renameio/v2"

	"github.com/gobancam/gobancam/internal/reading"
)

// Options bound a recording. The zero value keeps everything for ever.
type Options struct {
	// KeepFor and KeepBytes bound the recording to about its last minutes and
	// bytes: the oldest segment of the log and its pictures are dropped. 0
	// means no bound.
	KeepFor   time.Duration
	KeepBytes int64
	// Before and After keep only the pictures taken that long around a Mark;
	// both 0 keep every picture.
	Before, After time.Duration
	// Checkpoint is called at the beginning of each segment but the first, for
	// what a reader needs to begin there: from within Event or Reading, in the
	// goroutine of its caller, before what is being written. It must not use
	// the Writer; what it returns as nil is left out.
	Checkpoint func() any
	// Secrets are masked wherever they would be written, beside what Mask
	// finds by itself.
	Secrets []string
}

// Flight is the bound of the flight recorder: ten minutes, 200 MB, pictures
// three seconds before and two after each mark.
var Flight = Options{KeepFor: 10 * time.Minute, KeepBytes: 200 << 20, Before: 3 * time.Second, After: 2 * time.Second}

// segment is a part of the log with the pictures it names.
type segment struct {
	number int
	since  time.Duration
	bytes  int64
	frames []string
}

// waiting is a picture that is kept only if a Mark follows.
type waiting struct {
	at     time.Duration
	number int
	jpeg   []byte
}

// Writer writes a recording. Its methods may be called from any goroutine; the
// order of calls is the order of the log. A method that fails leaves the
// recording whole and says what was lost; later calls try again.
type Writer struct {
	dir string
	opt Options

	mu       sync.Mutex
	log      *os.File
	size     int64 // of the open segment's file
	segments []segment
	last     time.Duration // the latest time seen
	marked   time.Duration // of the last Mark
	hasMark  bool
	pending  []waiting
	closed   bool
}

// ErrClosed is returned by a Writer after Close.
var ErrClosed = errors.New("the recording has been closed")

// Create begins a recording in dir, which is made when it does not exist. A
// directory that holds a recording already is refused.
func Create(dir string, h Header, o Options) (*Writer, error) {
	if _, err := os.Stat(filepath.Join(dir, "session.json")); err == nil {
		return nil, fmt.Errorf("%s holds a recording already; name another directory", dir)
	}
	if err := os.MkdirAll(filepath.Join(dir, "frames"), 0o755); err != nil {
		return nil, fmt.Errorf("the recording cannot be begun: %w", err)
	}
	h.Format = Format
	if h.Created.IsZero() {
		h.Created = time.Now()
	}
	h.Created = h.Created.Round(0).UTC()
	text, err := json.Marshal(h)
	if err != nil {
		return nil, fmt.Errorf("the recording's header cannot be written: %w", err)
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, Mask(text, o.Secrets...), "", "  "); err != nil {
		return nil, fmt.Errorf("the recording's header cannot be written: %w", err)
	}
	pretty.WriteByte('\n')
	if err := renameio.WriteFile(filepath.Join(dir, "session.json"), pretty.Bytes(), 0o644); err != nil {
		return nil, fmt.Errorf("the recording cannot be begun: %w", err)
	}
	w := &Writer{dir: dir, opt: o}
	return w, w.begin(0)
}

// Dir returns where the recording is kept.
func (w *Writer) Dir() string { return w.dir }

func logName(n int) string { return fmt.Sprintf("log-%06d.jsonl", n) }

// begin opens the next segment.
func (w *Writer) begin(at time.Duration) error {
	n := 1
	if k := len(w.segments); k > 0 {
		n = w.segments[k-1].number + 1
	}
	f, err := os.OpenFile(filepath.Join(w.dir, logName(n)), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("the recording's log cannot be written: %w", err)
	}
	if w.log != nil {
		_ = w.log.Close() // every line has been written; nothing is buffered
	}
	w.log, w.size = f, 0
	w.segments = append(w.segments, segment{number: n, since: at})
	if w.opt.Checkpoint == nil || n == 1 {
		return nil
	}
	known := w.opt.Checkpoint()
	if known == nil {
		return nil
	}
	data, err := json.Marshal(known)
	if err != nil {
		return fmt.Errorf("a checkpoint of the recording cannot be written: %w", err)
	}
	return w.line(at, KindCheckpoint, Mask(data, w.opt.Secrets...))
}

// line appends one line, whole or not at all.
func (w *Writer) line(at time.Duration, kind string, data []byte) error {
	text, err := json.Marshal(Entry{At: at, Kind: kind, Data: data})
	if err != nil {
		return fmt.Errorf("an event of kind %q cannot be recorded: %w", kind, err)
	}
	text = append(text, '\n')
	n, err := w.log.Write(text)
	if err != nil {
		if n > 0 {
			// A torn line must not spoil the one that follows it.
			if terr := w.log.Truncate(w.size); terr == nil {
				_, terr = w.log.Seek(w.size, 0)
				err = errors.Join(err, terr)
			} else {
				err = errors.Join(err, terr)
			}
		}
		return fmt.Errorf("an event of kind %q was not recorded: %w", kind, err)
	}
	w.size += int64(n)
	w.segments[len(w.segments)-1].bytes += int64(n)
	return nil
}

// add appends a line; when it is time and roll is true it begins a new segment
// before and drops old ones. mu is held.
func (w *Writer) add(at time.Duration, kind string, data []byte, roll bool) error {
	if w.closed {
		return ErrClosed
	}
	w.last = max(w.last, at)
	if roll && (w.opt.KeepFor > 0 || w.opt.KeepBytes > 0) {
		cur := &w.segments[len(w.segments)-1]
		// A ring of ten segments: what is kept is a tenth more or less than
		// asked for.
		full := w.opt.KeepFor > 0 && w.last-cur.since >= w.opt.KeepFor/10 ||
			w.opt.KeepBytes > 0 && cur.bytes >= w.opt.KeepBytes/10
		if full && cur.bytes > 0 {
			if err := w.begin(w.last); err != nil {
				return err
			}
		}
		w.drop(w.last)
	}
	return w.line(at, kind, data)
}

// drop deletes the segments beyond the bounds.
func (w *Writer) drop(at time.Duration) {
	var total int64
	for _, s := range w.segments {
		total += s.bytes
	}
	for len(w.segments) > 1 {
		old := w.segments[0]
		// The next segment's beginning is this one's end.
		if !(w.opt.KeepFor > 0 && at-w.segments[1].since > w.opt.KeepFor ||
			w.opt.KeepBytes > 0 && total > w.opt.KeepBytes) {
			return
		}
		// What cannot be deleted is left behind; the log goes on.
		_ = os.Remove(filepath.Join(w.dir, logName(old.number)))
		for _, f := range old.frames {
			_ = os.Remove(filepath.Join(w.dir, filepath.FromSlash(f)))
		}
		total -= old.bytes
		w.segments = w.segments[1:]
	}
}

// Event records something that happened at a time since the session began,
// with v as its data in JSON, its secrets masked.
func (w *Writer) Event(at time.Duration, kind string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("an event of kind %q cannot be recorded: %w", kind, err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.add(at, kind, Mask(data, w.opt.Secrets...), true)
}

// Aside is Event for those who write beside the one whose state Checkpoint
// tells: it begins no segment, and so never calls it.
func (w *Writer) Aside(at time.Duration, kind string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("an event of kind %q cannot be recorded: %w", kind, err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.add(at, kind, Mask(data, w.opt.Secrets...), false)
}

// Reading records a reading, exactly.
func (w *Writer) Reading(at time.Duration, r *reading.Reading) error {
	data, err := encodeReading(r)
	if err != nil {
		return fmt.Errorf("a reading cannot be recorded: %w", err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.add(at, KindReading, data, true)
}

// Truth records what a picture really shows.
func (w *Writer) Truth(at time.Duration, t Truth) error { return w.Event(at, KindTruth, t) }

// Frame records a picture, numbered as in its source, as JPEG. With
// Options.Before it waits in memory for a Mark and is dropped if none comes.
// jpeg must not be changed afterwards.
func (w *Writer) Frame(at time.Duration, number int, jpeg []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return ErrClosed
	}
	if w.opt.Before == 0 && w.opt.After == 0 || w.hasMark && at <= w.marked+w.opt.After {
		return w.keep(at, number, jpeg)
	}
	w.pending = append(w.pending, waiting{at, number, jpeg})
	for len(w.pending) > 0 && w.pending[0].at < at-w.opt.Before {
		w.pending = w.pending[1:]
	}
	return nil
}

// Mark keeps the pictures around this moment (see Options.Before).
func (w *Writer) Mark(at time.Duration) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.marked, w.hasMark = at, true
	var errs []error
	for _, p := range w.pending {
		if p.at >= at-w.opt.Before {
			errs = append(errs, w.keep(p.at, p.number, p.jpeg))
		}
	}
	w.pending = nil
	return errors.Join(errs...)
}

// keep writes a picture and then the line that names it. mu is held.
func (w *Writer) keep(at time.Duration, number int, jpeg []byte) error {
	name := fmt.Sprintf("frames/%06d.jpg", number)
	path := filepath.Join(w.dir, filepath.FromSlash(name))
	f := Frame{Frame: number, File: name}
	if c, _, err := image.DecodeConfig(bytes.NewReader(jpeg)); err == nil {
		f.Width, f.Height = c.Width, c.Height
	}
	if err := os.WriteFile(path, jpeg, 0o644); err != nil {
		return fmt.Errorf("picture %d was not recorded: %w", number, err)
	}
	if err := w.add(at, KindFrame, marshal(f), false); err != nil {
		return err
	}
	s := &w.segments[len(w.segments)-1]
	s.frames = append(s.frames, name)
	s.bytes += int64(len(jpeg))
	return nil
}

// Close ends the recording. What was written before needs no Close to be read.
func (w *Writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return nil
	}
	w.closed = true
	return w.log.Close()
}

// Exists reports whether dir holds a recording.
func Exists(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "session.json"))
	// A file is not a directory without a recording: ENOTDIR is no ErrNotExist.
	return err == nil || errors.Is(err, fs.ErrPermission)
}
