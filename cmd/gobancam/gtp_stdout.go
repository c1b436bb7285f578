//go:build linux || darwin

package main

import (
	"os"

	"golang.org/x/sys/unix"
)

// divertStdout returns a file for what standard output was, and lets standard
// output be standard error from now on, for C libraries too.
func divertStdout() (*os.File, error) {
	fd, err := unix.FcntlInt(uintptr(unix.Stdout), unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		return nil, err
	}
	if err := redirect(unix.Stderr, unix.Stdout); err != nil {
		unix.Close(fd)
		return nil, err
	}
	return os.NewFile(uintptr(fd), "gtp"), nil
}
