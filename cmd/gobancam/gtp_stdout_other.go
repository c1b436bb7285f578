//go:build !linux && !darwin

package main

import "os"

// divertStdout keeps what Go code writes to standard output by mistake from the
// protocol; what a C library writes is not held back here.
func divertStdout() (*os.File, error) {
	mine := os.Stdout
	os.Stdout = os.Stderr
	return mine, nil
}
