package recording

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/gobancam/gobancam/internal/limits"
)

// Session is a recording opened for reading.
type Session struct {
	Header Header
	fsys   fs.FS
	logs   []string
	most   int64 // bytes of the logs
	close  func() error
}

// LineError says which line of a log could not be read, and why. What comes
// after it can be read.
type LineError struct {
	File string
	Line int  // from 1
	Torn bool // the last line, cut off: its writer was killed or is still at it
	Err  error
}

func (e *LineError) Error() string {
	if e.Torn {
		return fmt.Sprintf("%s: line %d is cut off; the recording ended there", e.File, e.Line)
	}
	return fmt.Sprintf("%s: line %d is damaged and was left out: %v", e.File, e.Line, e.Err)
}

func (e *LineError) Unwrap() error { return e.Err }

// Open reads a recording from a directory or a .zip, within the limits of
// package limits: it may be a stranger's. Close it in the end.
func Open(name string) (*Session, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, fmt.Errorf("the recording cannot be opened: %w", err)
	}
	var s *Session
	var c io.Closer
	if info.IsDir() {
		s, c, err = openDir(name)
	} else {
		s, c, err = openFile(name)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	s.close = c.Close
	return s, nil
}

func openDir(name string) (*Session, io.Closer, error) {
	dir, err := limits.OpenDir(name)
	if err != nil {
		return nil, nil, err
	}
	s, err := Read(dir)
	if err != nil {
		_ = dir.Close() // nothing was written
		return nil, nil, err
	}
	return s, dir, nil
}

func openFile(name string) (*Session, io.Closer, error) {
	f, err := limits.OpenFile(name)
	if err != nil {
		return nil, nil, err
	}
	info, err := f.Stat()
	var s *Session
	if err == nil {
		s, err = ReadPacked(f, info.Size())
	}
	if err != nil {
		_ = f.Close() // nothing was written
		return nil, nil, err
	}
	return s, f, nil
}

// ReadPacked reads a packed recording of size bytes.
func ReadPacked(r io.ReaderAt, size int64) (*Session, error) {
	guard := &listGuard{r: r, left: limits.Directory}
	z, err := zip.NewReader(guard, size)
	switch {
	case guard.left < 0 || err == nil && len(z.File) > limits.Files:
		return nil, limits.Exceed("it is no recording of a game; unpack it by hand to look into it",
			"it is a packed recording of more than %d files", limits.Files)
	case err != nil:
		return nil, fmt.Errorf("it is neither a directory nor a packed recording: %w", err)
	}
	guard.open = true
	most := max(limits.Packed, min(limits.Log/limits.PackedFactor, size)*limits.PackedFactor)
	logs := uint64(0)
	for _, f := range z.File {
		if isLog(f.Name) {
			logs += min(f.UncompressedSize64, limits.Log+1)
		}
	}
	if logs > uint64(most) {
		return nil, limits.Exceed("it is no recording of a game; unpack it by hand to look into it",
			"its log of %s would unpack to more than %s", limits.Size(size), limits.Size(most))
	}
	s, err := Read(z)
	if err != nil {
		return nil, err
	}
	s.most = most
	return s, nil
}

// listGuard bounds what is read while a zip's list of files is.
type listGuard struct {
	r    io.ReaderAt
	left int64 // bytes of the list that may still be read
	open bool  // the list has been read
}

func (g *listGuard) ReadAt(p []byte, off int64) (int, error) {
	if !g.open {
		if g.left -= int64(len(p)); g.left < 0 {
			return 0, errors.New("the list of its files is too long")
		}
	}
	return g.r.ReadAt(p, off)
}

// Read reads a recording from a file system.
func Read(fsys fs.FS) (*Session, error) {
	text, err := readFile(fsys, "session.json", limits.Header)
	if err != nil {
		return nil, fmt.Errorf("this is no recording: %w", err)
	}
	if err := limits.Nested(text); err != nil {
		return nil, fmt.Errorf("session.json of the recording is damaged: %w", err)
	}
	s := &Session{fsys: fsys, most: limits.Log, close: func() error { return nil }}
	if err := json.Unmarshal(text, &s.Header); err != nil {
		return nil, fmt.Errorf("session.json of the recording is damaged: %w", err)
	}
	if s.Header.Format != Format {
		return nil, fmt.Errorf("the recording has format %d; this program reads format %d", s.Header.Format, Format)
	}
	names, err := list(fsys, ".")
	if err != nil {
		return nil, fmt.Errorf("the recording cannot be listed: %w", err)
	}
	for _, e := range names {
		if isLog(e.Name()) {
			s.logs = append(s.logs, e.Name())
		}
	}
	slices.Sort(s.logs)
	return s, nil
}

// isLog reports whether a file of a recording is a segment of its log. The name
// is shown where the segment is damaged: it holds nothing but digits.
func isLog(name string) bool {
	digits, ok := strings.CutPrefix(name, "log-")
	digits, logs := strings.CutSuffix(digits, ".jsonl")
	return ok && logs && digits != "" && strings.Trim(digits, "0123456789") == ""
}

// list is fs.ReadDir with a bound, where the file system knows one.
func list(fsys fs.FS, dir string) ([]fs.DirEntry, error) {
	if d, ok := fsys.(*limits.Dir); ok {
		return d.List(dir, limits.Files)
	}
	return fs.ReadDir(fsys, dir)
}

// Close closes the recording's files.
func (s *Session) Close() error { return s.close() }

// Entries goes through the log in order. For a line that cannot be read it
// yields a *LineError instead of an entry and goes on. At a limit it yields a
// *limits.Error and ends.
func (s *Session) Entries() iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		b := budget{bytes: s.most, lines: limits.Lines, damaged: limits.Damaged}
		for _, name := range s.logs {
			f, err := s.fsys.Open(name)
			if err != nil {
				if !yield(Entry{}, fmt.Errorf("a part of the recording cannot be read: %w", err)) {
					return
				}
				continue
			}
			ok := b.entries(name, f, yield)
			_ = f.Close() // read only
			if !ok {
				return
			}
		}
	}
}

// budget is how much more of a log may be read.
type budget struct {
	bytes          int64
	lines, damaged int
}

// exceeded returns which limit the log exceeds, or nil.
func (b *budget) exceeded(name string) error {
	const todo = "the rest is not read"
	switch {
	case b.bytes < 0:
		return limits.Exceed(todo, "%s: the log is longer than any game", name)
	case b.lines < 0:
		return limits.Exceed(todo, "%s: the log has more than %d lines", name, limits.Lines)
	case b.damaged < 0:
		return limits.Exceed(todo, "%s: more than %d lines of the log are damaged", name, limits.Damaged)
	}
	return nil
}

// entries yields the lines of one segment; false: that was all.
func (b *budget) entries(name string, f io.Reader, yield func(Entry, error) bool) bool {
	r := bufio.NewReaderSize(f, 64<<10)
	for n := 1; ; n++ {
		text, long, err := b.readLine(r)
		ended := errors.Is(err, io.EOF)
		if len(text) > 0 {
			b.lines--
		}
		if err := b.exceeded(name); err != nil {
			yield(Entry{}, err)
			return false
		}
		if err != nil && !ended {
			return yield(Entry{}, &LineError{File: name, Line: n, Err: err})
		}
		if len(text) == 0 && ended {
			return true
		}
		if len(bytes.TrimSpace(text)) == 0 && !ended {
			continue
		}
		e, err := entryOf(text, long)
		if err != nil {
			if b.damaged--; b.damaged < 0 {
				yield(Entry{}, b.exceeded(name))
				return false
			}
			err = &LineError{File: name, Line: n, Torn: ended, Err: err}
		}
		if !yield(e, err) {
			return false
		}
		if ended {
			return true
		}
	}
}

// entryOf decodes a line of the log.
func entryOf(text []byte, long bool) (e Entry, err error) {
	switch {
	case long:
		err = fmt.Errorf("it is longer than %s", limits.Size(limits.Line))
	default:
		if err = limits.Nested(text); err == nil {
			err = json.Unmarshal(text, &e)
		}
		if err == nil && e.Kind == "" {
			err = errors.New("it has no kind")
		}
	}
	if err != nil {
		e = Entry{}
	}
	return e, err
}

// readLine reads to the end of the line, or of the budget. Of a line beyond
// limits.Line it keeps nothing.
func (b *budget) readLine(r *bufio.Reader) (text []byte, long bool, err error) {
	for {
		part, err := r.ReadSlice('\n')
		b.bytes -= int64(len(part))
		if !long {
			text = append(text, part...)
			if len(text) > limits.Line {
				text, long = text[:1], true
			}
		}
		if !errors.Is(err, bufio.ErrBufferFull) || b.bytes < 0 {
			return text, long, err
		}
	}
}

// Picture returns the JPEG of a KindFrame entry's picture.
func (s *Session) Picture(f Frame) ([]byte, error) {
	if !fs.ValidPath(f.File) || path.Dir(f.File) != "frames" {
		return nil, fmt.Errorf("picture %d of the recording is said to lie at %q, which is no place for it", f.Frame, f.File)
	}
	b, err := readFile(s.fsys, f.File, limits.PictureBytes)
	if err != nil {
		return nil, fmt.Errorf("picture %d of the recording cannot be read: %w", f.Frame, err)
	}
	return b, nil
}

// readFile is fs.ReadFile with a bound.
func readFile(fsys fs.FS, name string, limit int64) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return limits.Read(f, name, limit)
}
