package limits

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
	"syscall"
)

// ErrSpecial is wrapped by errors about a pipe, a device or a socket, which
// might never end, where a file was expected.
var ErrSpecial = errors.New("it is no regular file but a pipe or a device; copy what it gives to a file first")

// ErrLink is wrapped by errors about a symbolic link inside a foreign
// directory: it may lead to what was never meant to be read.
var ErrLink = errors.New("it is a symbolic link, and what others made is read without following links; put the file itself there")

// ReadFile is os.ReadFile for a file that may be of any size and kind.
func ReadFile(name string, limit int64) ([]byte, error) {
	f, err := OpenFile(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return Read(f, name, limit)
}

// OpenFile opens a regular file for reading, and nothing else: opening a pipe
// would wait for its writer.
func OpenFile(name string) (*os.File, error) {
	return regular(os.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0))
}

// regular closes f again if it is neither a file nor a directory.
func regular(f *os.File, err error) (*os.File, error) {
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() && !info.IsDir() {
		err = &fs.PathError{Op: "open", Path: f.Name(), Err: ErrSpecial}
	}
	if err != nil {
		_ = f.Close() // nothing was written
		return nil, err
	}
	return f, nil
}

// Dir is a directory that somebody else may have made, as a file system:
// nothing outside it can be read, no link is followed, no pipe is opened.
type Dir struct{ root *os.Root }

// OpenDir opens a directory; name itself may be a link. Close it in the end.
func OpenDir(name string) (*Dir, error) {
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, err
	}
	return &Dir{root}, nil
}

// Close lets go of the directory.
func (d *Dir) Close() error { return d.root.Close() }

// Open implements fs.FS.
func (d *Dir) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	if err := d.noLinks(name); err != nil {
		return nil, err
	}
	f, err := regular(d.root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0))
	if err != nil {
		return nil, err
	}
	// The root keeps everything inside, even if a link came in just now; that
	// it is this very file keeps out the link itself.
	was, err := d.root.Lstat(name)
	if err == nil {
		var is fs.FileInfo
		if is, err = f.Stat(); err == nil && !os.SameFile(was, is) {
			err = &fs.PathError{Op: "open", Path: name, Err: ErrLink}
		}
	}
	if err != nil {
		_ = f.Close() // nothing was written
		return nil, err
	}
	return f, nil
}

// noLinks looks at every element of the path.
func (d *Dir) noLinks(name string) error {
	for i, c := range name + "/" {
		if c != '/' {
			continue
		}
		info, err := d.root.Lstat(name[:i])
		if err != nil {
			return err
		}
		if info.Mode()&fs.ModeSymlink != 0 {
			return &fs.PathError{Op: "open", Path: name[:i], Err: ErrLink}
		}
	}
	return nil
}

// List lists the files below a directory of d, without going into those below
// it, at most limit of them.
func (d *Dir) List(dir string, limit int) ([]fs.DirEntry, error) {
	f, err := d.Open(dir)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	list, ok := f.(fs.ReadDirFile)
	if !ok {
		return nil, &fs.PathError{Op: "readdir", Path: dir, Err: errors.ErrUnsupported}
	}
	entries, err := list.ReadDir(limit + 1)
	if len(entries) > limit {
		return nil, Exceed("it is not read", "%s holds more than %d files", strings.TrimPrefix(path.Clean(dir), "./"), limit)
	}
	if len(entries) == 0 {
		return nil, nil // an error is the end of the directory
	}
	if err != nil {
		return nil, fmt.Errorf("it cannot be listed: %w", err)
	}
	return entries, nil
}
