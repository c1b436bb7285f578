// Package disk writes files so that what is said to be kept is kept.
//
// An error of os.WriteFile leaves half a file; a nil of it says that the
// system has heard, not that the disk has. Here a nil means that the bytes were
// synced, read back, and stand under their name in a synced directory; an error
// means that what stood there before still stands there whole, or, when only
// the last step failed, that either the old or the new does.
//
// All of it goes through an FS, so that a test can put a disk below that is
// full, breaks or loses power (package faulty).
package disk

import (
	"io"
	"io/fs"
)

// File is an open file. Its errors name the path, as those of package os do.
type File interface {
	io.Reader
	io.Writer
	io.Seeker
	io.Closer
	// Name returns the name that the file was opened with.
	Name() string
	// Sync returns when what was written is on the disk. After an error it is
	// not known what is, and a later nil says nothing about the bytes written
	// before: they have to be written again.
	Sync() error
	Truncate(size int64) error
	Chmod(mode fs.FileMode) error
	Stat() (fs.FileInfo, error)
}

// FS is a file system: that of the machine (OS), or one of a test.
type FS interface {
	// OpenFile opens a file as os.OpenFile does.
	OpenFile(name string, flag int, perm fs.FileMode) (File, error)
	// Rename gives a file another name in the same file system. What had that
	// name before is replaced in one step.
	Rename(from, to string) error
	Remove(name string) error
	MkdirAll(name string, perm fs.FileMode) error
	Stat(name string) (fs.FileInfo, error)
	ReadFile(name string) ([]byte, error)
	ReadDir(name string) ([]fs.DirEntry, error)
	// SyncDir returns when the names in a directory are on the disk, where the
	// system has a way to ask for that (Windows has none).
	SyncDir(name string) error
	// Free returns how many bytes this user may still write to the disk that
	// holds name, which must exist.
	Free(name string) (int64, error)
	// Lock takes the lock that path stands for; see the function Lock.
	Lock(path string) (unlock func() error, err error)
}
