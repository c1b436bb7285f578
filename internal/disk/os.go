package disk

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// OS is the machine's file system.
var OS FS = system{}

type system struct{}

func (system) OpenFile(name string, flag int, perm fs.FileMode) (File, error) {
	f, err := os.OpenFile(name, flag, perm)
	if err != nil {
		return nil, err // not f: a nil *os.File is no nil File
	}
	return f, nil
}

func (system) Rename(from, to string) error                 { return rename(from, to) }
func (system) Remove(name string) error                     { return os.Remove(name) }
func (system) MkdirAll(name string, perm fs.FileMode) error { return os.MkdirAll(name, perm) }
func (system) Stat(name string) (fs.FileInfo, error)        { return os.Stat(name) }
func (system) ReadFile(name string) ([]byte, error)         { return os.ReadFile(name) }
func (system) ReadDir(name string) ([]fs.DirEntry, error)   { return os.ReadDir(name) }
func (system) SyncDir(name string) error                    { return syncDir(name) }
func (system) Free(name string) (int64, error)              { return free(name) }
func (system) Lock(path string) (func() error, error)       { return lock(path) }

// IsFull reports whether err says that there is no room: the disk is full, or
// the user's share of it is used up.
func IsFull(err error) bool {
	for _, e := range full {
		if errors.Is(err, e) {
			return true
		}
	}
	return errors.Is(err, syscall.ENOSPC)
}
