package recording

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // to read a picture's size
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gobancam/gobancam/internal/disk"
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
	// Reserve is how many bytes of the disk are never taken (see ErrNoRoom); 0
	// stands for the constant Reserve, below 0 for none.
	Reserve int64
	// Checkpoint is called at the beginning of each segment but the first, and
	// after a gap, for what a reader needs to begin there: from within Event or
	// Reading, in the goroutine of its caller, before what is being written. It
	// must not use the Writer; what it returns as nil is left out.
	Checkpoint func() any
	// Secrets are masked wherever they would be written, beside what Mask
	// finds by itself.
	Secrets []string
	// FS is where the recording is written; nil is disk.OS.
	FS disk.FS
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
// order of calls is the order of the log. What a method that returns nil has
// written outlives the program's death, and that of the machine once Close has
// returned nil. A method that fails leaves the recording whole and says what was
// lost; later calls try again.
type Writer struct {
	dir    string
	opt    Options
	fs     disk.FS
	unlock func() error

	mu       sync.Mutex
	log      disk.File
	size     int64         // of the open segment's file
	ragged   bool          // half a line stands at its end
	gap      bool          // an entry was lost since the last checkpoint
	short    bool          // there is no room on the disk
	looked   bool          // there has been a look how much there is,
	looking  time.Duration // at this time,
	unseen   int64         // and so many bytes were written since
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
// directory that holds a recording already, or pictures where it would put its
// own, is refused.
func Create(dir string, h Header, o Options) (*Writer, error) {
	if o.FS == nil {
		o.FS = disk.OS
	}
	if o.Reserve == 0 {
		o.Reserve = Reserve
	}
	w := &Writer{dir: dir, opt: o, fs: o.FS, unlock: func() error { return nil }}
	if err := w.fs.MkdirAll(filepath.Join(dir, "frames"), 0o755); err != nil {
		return nil, fmt.Errorf("the recording cannot be begun: %w", err)
	}
	unlock, err := w.fs.Lock(lockName(dir))
	var held *disk.Held
	switch {
	case errors.As(err, &held):
		return nil, fmt.Errorf("another gobancam (process %d) is recording in %s; name another directory", held.PID, dir)
	case err == nil: // else the file system has no locks; those of games say so
		w.unlock = unlock
	}
	if err := w.create(h); err != nil {
		if w.log != nil {
			_ = w.log.Close()
		}
		return nil, errors.Join(err, w.unlock())
	}
	return w, nil
}

func lockName(dir string) string { return filepath.Join(dir, "lock") }

// InUse reports whether a process is writing the recording in dir.
func InUse(dir string) bool {
	unlock, err := disk.Lock(lockName(dir))
	if err == nil {
		_ = unlock()
	}
	var held *disk.Held
	return errors.As(err, &held)
}

// create writes the header and begins the log.
func (w *Writer) create(h Header) error {
	if _, err := w.fs.Stat(filepath.Join(w.dir, "session.json")); err == nil {
		return fmt.Errorf("%s holds a recording already; name another directory", w.dir)
	}
	// Pictures are written over without a question.
	if list, err := w.fs.ReadDir(filepath.Join(w.dir, "frames")); err == nil && len(list) > 0 {
		return fmt.Errorf("%s holds pictures already; name another directory", filepath.Join(w.dir, "frames"))
	}
	h.Format = Format
	if h.Created.IsZero() {
		h.Created = time.Now()
	}
	h.Created = h.Created.Round(0).UTC()
	text, err := json.Marshal(h)
	if err != nil {
		return fmt.Errorf("the recording's header cannot be written: %w", err)
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, Mask(text, w.opt.Secrets...), "", "  "); err != nil {
		return fmt.Errorf("the recording's header cannot be written: %w", err)
	}
	pretty.WriteByte('\n')
	if err := disk.WriteFile(w.fs, filepath.Join(w.dir, "session.json"), pretty.Bytes(), 0o644); err != nil {
		return fmt.Errorf("the recording cannot be begun: %w", err)
	}
	return w.begin(0)
}

// Dir returns the recording's directory.
func (w *Writer) Dir() string { return w.dir }

func logName(n int) string { return fmt.Sprintf("log-%06d.jsonl", n) }

// begin opens the next segment.
func (w *Writer) begin(at time.Duration) error {
	n := 1
	if k := len(w.segments); k > 0 {
		n = w.segments[k-1].number + 1
	}
	f, err := w.fs.OpenFile(filepath.Join(w.dir, logName(n)), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("the recording's log cannot be written: %w", err)
	}
	if w.log != nil {
		_ = w.log.Close() // every line has been written; nothing is buffered
	}
	w.log, w.size, w.ragged = f, 0, false
	w.segments = append(w.segments, segment{number: n, since: at})
	if n == 1 {
		return nil
	}
	return w.checkpoint(at)
}

// checkpoint writes what a reader needs to begin here.
func (w *Writer) checkpoint(at time.Duration) error {
	if w.opt.Checkpoint == nil {
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
	if w.ragged {
		text = append([]byte{'\n'}, text...)
	}
	if n, err := w.log.Write(text); err != nil {
		w.mendLine(n)
		return fmt.Errorf("an event of kind %q was not recorded: %w", kind, err)
	}
	w.ragged = false
	w.grew(int64(len(text)))
	w.size += int64(len(text))
	return nil
}

// mendLine takes back the n bytes of a line that could not be written to its
// end. Where that fails, what follows begins on a new line.
func (w *Writer) mendLine(n int) {
	if n == 0 {
		return
	}
	if w.log.Truncate(w.size) == nil {
		if _, err := w.log.Seek(w.size, io.SeekStart); err == nil {
			return
		}
	}
	w.ragged = true
	w.size += int64(n)
}

// grew counts bytes written to the recording.
func (w *Writer) grew(n int64) {
	w.segments[len(w.segments)-1].bytes += n
	w.unseen += n
}

// add appends a line if there is room; when it is time and roll is true it
// begins a new segment before and drops old ones. Without one of these a reader
// cannot go on past where it is missing. mu is held.
func (w *Writer) add(at time.Duration, kind string, data []byte, roll bool) error {
	if w.closed {
		return ErrClosed
	}
	err := w.room(at)
	if err == nil {
		err = w.put(at, kind, data, roll)
	}
	if err != nil && roll {
		w.gap = true
	}
	return err
}

func (w *Writer) put(at time.Duration, kind string, data []byte, roll bool) error {
	w.last = max(w.last, at)
	if roll && w.gap {
		if err := w.goOn(w.last); err != nil {
			return err
		}
	}
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
		// The next segment's beginning is this one's end.
		if !(w.opt.KeepFor > 0 && at-w.segments[1].since > w.opt.KeepFor ||
			w.opt.KeepBytes > 0 && total > w.opt.KeepBytes) {
			return
		}
		total -= w.segments[0].bytes
		w.dropOldest()
	}
}

// dropOldest deletes the oldest segment and its pictures.
func (w *Writer) dropOldest() {
	old := w.segments[0]
	w.segments = w.segments[1:]
	// What cannot be deleted stays behind; the log goes on.
	_ = w.fs.Remove(filepath.Join(w.dir, logName(old.number)))
	for _, f := range old.frames {
		_ = w.fs.Remove(filepath.Join(w.dir, filepath.FromSlash(f)))
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
	if err := w.room(at); err != nil {
		return err
	}
	if err := w.picture(path, jpeg); err != nil {
		_ = w.fs.Remove(path)
		return fmt.Errorf("picture %d was not recorded: %w", number, err)
	}
	if err := w.add(at, KindFrame, marshal(f), false); err != nil {
		return err
	}
	s := &w.segments[len(w.segments)-1]
	s.frames = append(s.frames, name)
	w.grew(int64(len(jpeg)))
	return nil
}

func (w *Writer) picture(path string, jpeg []byte) error {
	f, err := w.fs.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(jpeg)
	return errors.Join(err, f.Close())
}

// Close ends the recording, and waits until its log is on the disk. What was
// written before needs no Close to be read.
func (w *Writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return nil
	}
	w.closed = true
	err := w.sync()
	return errors.Join(err, w.log.Close(), w.unlock())
}

// sync waits until the log is on the disk.
func (w *Writer) sync() error {
	for _, s := range w.segments[:len(w.segments)-1] {
		f, err := w.fs.OpenFile(filepath.Join(w.dir, logName(s.number)), os.O_RDWR, 0)
		if err == nil {
			err = errors.Join(f.Sync(), f.Close())
		}
		if err != nil {
			return err
		}
	}
	return errors.Join(w.log.Sync(), w.fs.SyncDir(w.dir))
}

// Exists reports whether dir holds a recording.
func Exists(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "session.json"))
	// A file is not a directory without a recording: ENOTDIR is no ErrNotExist.
	return err == nil || errors.Is(err, fs.ErrPermission)
}
