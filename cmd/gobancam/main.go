// Gobancam plays the game on a real goban, as a camera sees it, on
// online-go.com.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), endings()...)
	// Whoever read what we write may have gone with the terminal: that must not
	// keep an offer from being withdrawn.
	context.AfterFunc(ctx, func() { signal.Ignore(syscall.SIGPIPE) })
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// endings are the signals that end the program in good order: Ctrl-C, a wish to
// stop, and a terminal that was closed, unless the program was started to
// outlive it, by nohup.
func endings() []os.Signal {
	list := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		list = append(list, syscall.SIGHUP)
	}
	return list
}
