//go:build linux || darwin || freebsd

package disk

import (
	"io/fs"
	"math"
	"math/bits"

	"golang.org/x/sys/unix"
)

func free(name string) (int64, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(name, &s); err != nil {
		return 0, &fs.PathError{Op: "statfs", Path: name, Err: err}
	}
	// The types differ between systems: FreeBSD counts below zero when only
	// root may still write.
	blocks := int64(s.Bavail)
	if blocks <= 0 {
		return 0, nil
	}
	over, n := bits.Mul64(uint64(blocks), uint64(s.Bsize))
	if over != 0 {
		return math.MaxInt64, nil
	}
	return int64(min(n, math.MaxInt64)), nil
}
