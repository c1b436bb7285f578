//go:build unix

package disk

import (
	"errors"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

var full = []error{unix.EDQUOT}

// noFollow has an open refuse a symbolic link, and not wait for the other end
// of a pipe.
const noFollow = unix.O_NOFOLLOW | unix.O_NONBLOCK

func rename(from, to string) error { return os.Rename(from, to) }

func syncDir(name string) error {
	d, err := os.Open(name)
	if err != nil {
		return err
	}
	defer d.Close()
	err = d.Sync()
	// Some file systems cannot sync a directory (SMB, FUSE); they have no
	// better to offer.
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) || errors.Is(err, syscall.EBADF) {
		return nil
	}
	return err
}
