package disk

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// WriteFile puts data into the file at path, whole or not at all. When it
// returns nil, data has been read back from a synced file whose name is on the
// disk too. When it returns an error, the file that was there is still there;
// only if syncing the directory failed may it be the new one already.
//
// A new file gets perm, less the umask. An old one keeps its permissions,
// unless perm is for its owner alone. A path that is no regular file (a
// directory, a device, a pipe) is refused; a symbolic link is replaced.
func WriteFile(fsys FS, path string, data []byte, perm fs.FileMode) error {
	return Replace(fsys, path, perm, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// Replace is WriteFile of what write writes. An error of write leaves the old
// file, and is returned.
func Replace(fsys FS, path string, perm fs.FileMode, write func(io.Writer) error) error {
	old, err := fsys.Stat(path)
	switch {
	case err == nil && !old.Mode().IsRegular():
		return &fs.PathError{Op: "write", Path: path, Err: errNotRegular}
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	}
	f, err := temporary(fsys, path, perm)
	if err != nil {
		return err
	}
	temp := f.Name()
	if old != nil && perm&0o077 != 0 {
		// What cannot be changed is no reason not to keep the data.
		_ = f.Chmod(old.Mode().Perm())
	}
	if err := fill(fsys, f, write); err != nil {
		_ = fsys.Remove(temp)
		return err
	}
	if err := fsys.Rename(temp, path); err != nil {
		_ = fsys.Remove(temp)
		return err
	}
	return fsys.SyncDir(filepath.Dir(path))
}

var errNotRegular = errors.New("not a regular file")

// fill has f written, syncs and closes it and reads back what it then holds.
func fill(fsys FS, f File, write func(io.Writer) error) error {
	written, back := sha256.New(), sha256.New()
	err := write(io.MultiWriter(f, written))
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	r, err := fsys.OpenFile(f.Name(), os.O_RDONLY, 0)
	if err != nil {
		return err
	}
	_, err = io.Copy(back, r)
	if cerr := r.Close(); err == nil {
		err = cerr
	}
	if err == nil && !bytes.Equal(back.Sum(nil), written.Sum(nil)) {
		err = &fs.PathError{Op: "read back", Path: f.Name(), Err: errors.New("the disk gives other bytes than were written")}
	}
	return err
}

// temporary makes a new hidden file beside path.
func temporary(fsys FS, path string, perm fs.FileMode) (File, error) {
	dir, base := filepath.Split(path)
	for range 100 {
		name := fmt.Sprintf("%s.%s.%08x%s", dir, shorten(base), rand.Uint32(), temporarySuffix)
		f, err := fsys.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_RDWR, perm)
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
	}
	return nil, &fs.PathError{Op: "create", Path: path, Err: errors.New("every temporary name is taken")}
}

const temporarySuffix = ".tmp"

// shorten leaves room for what is added to a name: file systems take 255 bytes.
func shorten(name string) string {
	return strings.ToValidUTF8(name[:min(len(name), 200)], "")
}

// IsTemporary reports whether a name is one that WriteFile uses while it
// writes. A program that was killed leaves such a file behind; who lists a
// directory passes over it.
func IsTemporary(name string) bool {
	base := filepath.Base(name)
	return strings.HasPrefix(base, ".") && strings.HasSuffix(base, temporarySuffix)
}

// Sweep removes what writes of path that were cut off have left beside it. No
// other write of path may be under way.
func Sweep(fsys FS, path string) error {
	list, err := fsys.ReadDir(filepath.Dir(path))
	if err != nil {
		return err
	}
	var errs []error
	prefix := "." + shorten(filepath.Base(path)) + "."
	for _, e := range list {
		rest, ok := strings.CutPrefix(e.Name(), prefix)
		if ok && IsTemporary(e.Name()) && len(rest) == len("00000000"+temporarySuffix) {
			errs = append(errs, fsys.Remove(filepath.Join(filepath.Dir(path), e.Name())))
		}
	}
	return errors.Join(errs...)
}

// CreateNew makes and opens an empty file that nobody else gets: path, or,
// where that name is taken, name-2.ext, name-3.ext and so on. File.Name says
// which. The name is on the disk when it returns.
func CreateNew(fsys FS, path string, perm fs.FileMode) (File, error) {
	ext := filepath.Ext(path)
	stem := strings.TrimSuffix(path, ext)
	name := path
	for n := 2; n <= 10000; n++ {
		f, err := fsys.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_RDWR, perm)
		if err == nil {
			if err := fsys.SyncDir(filepath.Dir(name)); err != nil {
				_ = f.Close()
				_ = fsys.Remove(name)
				return nil, err
			}
			return f, nil
		}
		if !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
		name = stem + "-" + strconv.Itoa(n) + ext
	}
	return nil, &fs.PathError{Op: "create", Path: path, Err: errors.New("this name and 9999 numbered ones are taken")}
}

// Append opens a file for appending, making it if needed; its name is on the
// disk when it returns, also where an earlier attempt left it in doubt. Each
// Write still has to be synced.
func Append(fsys FS, path string, perm fs.FileMode) (File, error) {
	f, err := fsys.OpenFile(path, os.O_CREATE|os.O_RDWR|os.O_APPEND, perm)
	if err != nil {
		return nil, err
	}
	if err := fsys.SyncDir(filepath.Dir(path)); err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}

// SetAside renames the file at path so that it stays, whole, out of the way: to
// path.suffix, or where that is taken, path-2.suffix and so on. It returns the
// new name.
func SetAside(fsys FS, path, suffix string) (string, error) {
	// The name is taken first, so that no two get the same.
	f, err := CreateNew(fsys, path+"."+suffix, 0o600)
	if err != nil {
		return "", err
	}
	name := f.Name()
	_ = f.Close()
	if err := fsys.Rename(path, name); err != nil {
		_ = fsys.Remove(name)
		return "", err
	}
	return name, fsys.SyncDir(filepath.Dir(path))
}

// KeepBeside writes data into a new file beside path: path.suffix, or where
// that is taken, path-2.suffix and so on. It returns the new file's name.
func KeepBeside(fsys FS, path, suffix string, data []byte) (string, error) {
	f, err := CreateNew(fsys, path+"."+suffix, 0o600)
	if err != nil {
		return "", err
	}
	name := f.Name()
	_ = f.Close()
	if err := WriteFile(fsys, name, data, 0o600); err != nil {
		_ = fsys.Remove(name)
		return "", err
	}
	return name, nil
}
