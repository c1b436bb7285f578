package gamefile

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gobancam/gobancam/internal/disk"
	"github.com/gobancam/gobancam/internal/limits"
)

// ErrTaken says that a file is there which gobancam did not write.
var ErrTaken = errors.New("gobancam did not write it, and leaves it as it is")

// Free reports, as an error that wraps ErrTaken, that Save would not write to
// path.
func Free(fsys disk.FS, path string) error {
	path = resolve(fsys, path)
	data, err := contents(fsys, path, limits.Record)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case errors.Is(err, errSpecial):
		return fmt.Errorf("%s is no file that a game can be written to", path)
	case err != nil && !limits.Exceeded(err):
		return err
	}
	if err == nil {
		if f, err := parse(data); err == nil && f.Own {
			return nil
		}
	}
	return fmt.Errorf("%s is there already: %w", path, ErrTaken)
}

// Save writes a record that is complete to path. An older one of gobancam's is
// kept as NAME~; with replace any file is, and else one that gobancam did not
// write is left alone. Without an error the record is on the disk.
func Save(fsys disk.FS, path string, data []byte, replace bool) error {
	path = resolve(fsys, path)
	old, err := contents(fsys, path, limits.Record)
	switch {
	case err == nil && bytes.Equal(old, data):
		return nil
	case err == nil:
		if !replace {
			if err := Free(fsys, path); err != nil {
				return err
			}
		}
		if err := keepOld(fsys, path, old); err != nil {
			return err
		}
	case errors.Is(err, errSpecial):
		return Free(fsys, path)
	case limits.Exceeded(err) && !replace:
		return Free(fsys, path)
	case errors.Is(err, fs.ErrNotExist):
		if err := fsys.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
	default:
		return err
	}
	return disk.WriteFile(fsys, path, data, permission)
}

// SaveBeside writes a record that is complete to path, or where that name is
// taken by something else to one with a number after it, and returns the name.
func SaveBeside(fsys disk.FS, path string, data []byte) (name string, err error) {
	name = path
	for n := 2; n < 10000; n++ {
		old, err := contents(fsys, name, int64(len(data)))
		if err == nil && bytes.Equal(old, data) {
			return name, nil
		}
		if errors.Is(err, errSpecial) || limits.Exceeded(err) {
			err = nil // that name is taken
		}
		if errors.Is(err, fs.ErrNotExist) {
			f, err := fsys.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_RDWR, permission)
			if err == nil {
				_ = f.Close()
				if err = disk.WriteFile(fsys, name, data, permission); err != nil {
					_ = fsys.Remove(name)
				}
			}
			if !errors.Is(err, fs.ErrExist) {
				return name, err
			}
		} else if err != nil {
			return name, err
		}
		name = numbered(path, n)
	}
	return name, fmt.Errorf("%s and 9999 names like it are taken", path)
}
