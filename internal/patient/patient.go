// Package patient is how long a test waits for what must come: as long as it
// takes on a machine that has little else to do, and longer where many others
// want the processor. A program that reads pictures gets to one in five seconds
// where fifteen wait for each core; it is slow there, but loses nothing, and a
// test that called this wrong would be. Nobody waits so long for what comes.
package patient

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"time"
)

// most is how much longer than on an idle machine is waited.
const most = 10

// load is how many want a processor, on average over the last minute; 0 where
// the system does not say.
var load = func() (n float64) {
	if text, err := os.ReadFile("/proc/loadavg"); err == nil {
		_, _ = fmt.Sscan(string(text), &n) // what cannot be read leaves 0
	}
	return n
}

// Over reports whether somebody who asked for something at a time has been
// patient enough, where d is enough on an idle machine.
func Over(asked time.Time, d time.Duration) bool {
	waited := time.Since(asked)
	return waited >= d && waited >= stretched(d)
}

// stretched is d on a machine as busy as this one is now.
func stretched(d time.Duration) time.Duration {
	return time.Duration(float64(d) * min(max(load()/float64(runtime.NumCPU()), 1), most))
}

// After returns a channel that is closed when it is Over, counted from now.
func After(d time.Duration) <-chan struct{} {
	over := make(chan struct{})
	whenOver(time.Now(), d, d, func() bool { return false }, func() { close(over) })
	return over
}

// Context returns a context that ends when it is Over, counted from now, or when
// parent does. Its cause says which.
func Context(parent context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(parent)
	asked := time.Now()
	whenOver(asked, d, d, func() bool { return ctx.Err() != nil }, func() {
		cancel(fmt.Errorf("nothing for %v, which is patience enough", time.Since(asked).Round(time.Second)))
	})
	return ctx, func() { cancel(context.Canceled) }
}

// whenOver has do called when it is over, unless it is not waited for any more.
// It looks after next, and then every second; no goroutine waits meanwhile.
func whenOver(asked time.Time, d, next time.Duration, left func() bool, do func()) {
	time.AfterFunc(next, func() {
		switch {
		case left():
		case Over(asked, d):
			do()
		default:
			whenOver(asked, d, time.Second, left, do)
		}
	})
}
