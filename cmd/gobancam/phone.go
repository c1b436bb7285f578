package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/gobancam/gobancam/internal/app/camera"
	"github.com/gobancam/gobancam/internal/app/face"
	"github.com/gobancam/gobancam/internal/plain"
	"github.com/gobancam/gobancam/internal/play"
	"github.com/gobancam/gobancam/phone"
	"github.com/gobancam/gobancam/vision"
)

// registerPhone adds to a command that takes a camera how the page is served
// that makes a phone's browser one.
func registerPhone(cmd *cobra.Command) {
	var o camera.PhoneOptions
	fl := cmd.Flags()
	fl.StringVar(&o.Address, "phone-address", "", fmt.Sprintf("where a phone finds the page, as `HOST:PORT` (default: all addresses of this computer, at the port used last, else %d or the next that is free)", phone.Port))
	fl.StringVar(&o.Cert, "phone-cert", "", "the page's certificate, a `FILE` of your own (default: one that is made here, of which browsers warn)")
	fl.StringVar(&o.Key, "phone-key", "", "the certificate's key, a `FILE`")
	bind(fl, "phone-address", "phone.address")
	bind(fl, "phone-cert", "phone.cert")
	bind(fl, "phone-key", "phone.key")
	cmd.MarkFlagsRequiredTogether("phone-cert", "phone-key")
	cmd.PreRun = func(*cobra.Command, []string) { camera.ServePhones(o) }
}

// meetPhone waits for the phone that is to be the camera, where a command has no
// face, and returns the camera's name; that of another camera comes back at once.
func meetPhone(cmd *cobra.Command, name string) (string, error) {
	out := cmd.ErrOrStderr()
	note := func(s string) { fmt.Fprintln(out, s) }
	control := func(code string) { _ = plain.Control(out, code) } // the address is said as well
	if !face.IsTerminal(out) {
		control = nil
	}
	return camera.Meet(cmd.Context(), name, note, func(l *phone.Link) { face.WriteInvitation(l, note, control) })
}

// readFor is how long a phone is given to show the board.
const readFor = time.Minute

// readPhone reads the first of a phone's pictures in which the board is surely
// found, or after a time the last one. The phone says what is missing.
func readPhone(cmd *cobra.Command, name string, opt vision.BoardOptions, overlay string) (*vision.Board, error) {
	name, err := meetPhone(cmd, name)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithTimeout(cmd.Context(), readFor)
	defer stop()
	src, err := camera.OpenSource(ctx, name, vision.OpenOptions{})
	if err != nil {
		return nil, err
	}
	defer src.Close()
	say := func(s phone.Screen) {
		s.Mode = "aim"
		if l := camera.OpenedPhones(); l != nil {
			l.Show(s)
		}
	}
	say(phone.Screen{Advice: "Show the whole board.", AdviceKind: "searching"})
	var last error
	for {
		f, err := src.Next(ctx)
		switch {
		case errors.Is(err, context.DeadlineExceeded) && last != nil:
			return nil, last
		case errors.Is(err, vision.ErrNotPictures):
			continue
		case errors.Is(err, context.DeadlineExceeded):
			return nil, fmt.Errorf("the phone sent no picture within %v", readFor)
		case err != nil:
			return nil, err
		}
		b, err := vision.ReadBoard(f.Img, opt)
		if err == nil && (b.Confidence >= play.Sure || ended(ctx)) {
			err = writeOverlay(f, b, overlay)
			f.Close()
			say(phone.Screen{Advice: "The position has been read.", AdviceKind: "found"})
			return b, err
		}
		f.Close()
		switch {
		case err == nil:
			say(phone.Screen{Advice: "This may be the board. Show all of it, from higher up.", AdviceKind: "unsure"})
		case !errors.Is(err, vision.ErrNoBoard):
			return nil, err
		default:
			last = err
		}
	}
}

// ended reports whether the time is nearly over.
func ended(ctx context.Context) bool {
	at, ok := ctx.Deadline()
	return ok && time.Until(at) < time.Second
}
