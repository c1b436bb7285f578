//go:build unix

package eval

import (
	"syscall"
	"time"
)

// CPUTime is the processor time that the program has used, or the time since
// it started where the system does not say.
func CPUTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return time.Since(start)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
