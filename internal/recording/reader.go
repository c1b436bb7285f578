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
)

// Limits on what a foreign recording may make us read at once.
const (
	maxLine  = 16 << 20
	maxFrame = 64 << 20
)

// Session is a recording that is read.
type Session struct {
	Header Header
	fsys   fs.FS
	logs   []string
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

// Open reads a recording from a directory or a .zip. Close it in the end.
func Open(name string) (*Session, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, fmt.Errorf("the recording cannot be opened: %w", err)
	}
	if info.IsDir() {
		s, err := Read(os.DirFS(name))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		return s, nil
	}
	z, err := zip.OpenReader(name)
	if err != nil {
		return nil, fmt.Errorf("%s is neither a directory nor a packed recording: %w", name, err)
	}
	s, err := Read(&z.Reader)
	if err != nil {
		_ = z.Close()
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	s.close = z.Close
	return s, nil
}

// Read reads a recording from a file system.
func Read(fsys fs.FS) (*Session, error) {
	text, err := readFile(fsys, "session.json", maxLine)
	if err != nil {
		return nil, fmt.Errorf("this is no recording: %w", err)
	}
	s := &Session{fsys: fsys, close: func() error { return nil }}
	if err := json.Unmarshal(text, &s.Header); err != nil {
		return nil, fmt.Errorf("session.json of the recording is damaged: %w", err)
	}
	if s.Header.Format != Format {
		return nil, fmt.Errorf("the recording has format %d; this program reads format %d", s.Header.Format, Format)
	}
	names, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, fmt.Errorf("the recording cannot be listed: %w", err)
	}
	for _, e := range names {
		if n := e.Name(); strings.HasPrefix(n, "log-") && strings.HasSuffix(n, ".jsonl") {
			s.logs = append(s.logs, n)
		}
	}
	slices.Sort(s.logs)
	return s, nil
}

// Close lets go of the recording's files.
func (s *Session) Close() error { return s.close() }

// Entries goes through the log in order. For a line that cannot be read it
// yields a *LineError instead of an entry and goes on.
func (s *Session) Entries() iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		for _, name := range s.logs {
			f, err := s.fsys.Open(name)
			if err != nil {
				if !yield(Entry{}, fmt.Errorf("a part of the recording cannot be read: %w", err)) {
					return
				}
				continue
			}
			ok := entries(name, f, yield)
			_ = f.Close() // read only
			if !ok {
				return
			}
		}
	}
}

// entries yields the lines of one segment; false: the reader has had enough.
func entries(name string, f io.Reader, yield func(Entry, error) bool) bool {
	r := bufio.NewReaderSize(f, 64<<10)
	for n := 1; ; n++ {
		text, long, err := readLine(r)
		ended := errors.Is(err, io.EOF)
		if err != nil && !ended {
			return yield(Entry{}, &LineError{File: name, Line: n, Err: err})
		}
		if len(text) == 0 && ended {
			return true
		}
		var e Entry
		bad := error(nil)
		switch {
		case long:
			bad = fmt.Errorf("it is longer than %d bytes", maxLine)
		case len(bytes.TrimSpace(text)) == 0 && !ended:
			continue
		default:
			bad = json.Unmarshal(text, &e)
			if bad == nil && e.Kind == "" {
				bad = errors.New("it has no kind")
			}
		}
		if bad != nil {
			if !yield(Entry{}, &LineError{File: name, Line: n, Torn: ended, Err: bad}) {
				return false
			}
		} else if !yield(e, nil) {
			return false
		}
		if ended {
			return true
		}
	}
}

// readLine reads to the end of the line. Of a line beyond maxLine it keeps
// nothing.
func readLine(r *bufio.Reader) (text []byte, long bool, err error) {
	for {
		part, err := r.ReadSlice('\n')
		if !long {
			text = append(text, part...)
			if len(text) > maxLine {
				text, long = text[:1], true
			}
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return text, long, err
		}
	}
}

// Picture returns the JPEG of a KindFrame entry's picture.
func (s *Session) Picture(f Frame) ([]byte, error) {
	if !fs.ValidPath(f.File) || path.Dir(f.File) != "frames" {
		return nil, fmt.Errorf("picture %d of the recording is said to lie at %q, which is no place for it", f.Frame, f.File)
	}
	b, err := readFile(s.fsys, f.File, maxFrame)
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
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(b)) > limit {
		err = fmt.Errorf("%s is larger than %d bytes", name, limit)
	}
	return b, err
}
