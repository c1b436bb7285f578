package disk

import (
	"errors"
	"io/fs"
	"math"
	"os"
	"time"

	"golang.org/x/sys/windows"
)

var full = []error{windows.ERROR_DISK_FULL, windows.ERROR_HANDLE_DISK_FULL, windows.ERROR_DISK_QUOTA_EXCEEDED}

// noFollow is left to the look at the file: Windows' open has no such flag.
const noFollow = 0

// rename tries for a while: what reads the old file at that moment, a virus
// scanner for one, makes it fail.
func rename(from, to string) error {
	var err error
	for range 20 {
		err = os.Rename(from, to)
		if !errors.Is(err, windows.ERROR_ACCESS_DENIED) && !errors.Is(err, windows.ERROR_SHARING_VIOLATION) {
			return err
		}
		time.Sleep(10 * time.Millisecond)
	}
	return err
}

// syncDir does nothing: NTFS keeps names in a journal of its own, and there is
// no call that waits for it.
func syncDir(string) error { return nil }

func free(name string) (int64, error) {
	p, err := windows.UTF16PtrFromString(name)
	if err != nil {
		return 0, &fs.PathError{Op: "free", Path: name, Err: err}
	}
	var mine uint64
	if err := windows.GetDiskFreeSpaceEx(p, &mine, nil, nil); err != nil {
		return 0, &fs.PathError{Op: "free", Path: name, Err: err}
	}
	return int64(min(mine, math.MaxInt64)), nil
}
