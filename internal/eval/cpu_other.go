//go:build !unix

package eval

import "time"

// CPUTime is the time since the program started: this system does not say how
// much processor time it used.
func CPUTime() time.Duration { return time.Since(start) }
