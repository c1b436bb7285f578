package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/gobancam/gobancam/internal/app/audience"
	"github.com/gobancam/gobancam/internal/live/site"
)

// liveFlags say whether and how others watch the game.
type liveFlags struct {
	address string
	delay   time.Duration
	camera  bool
	changed func(flag string) bool
}

// anywhere is what --live stands for without an address.
const anywhere = "all"

func (f *liveFlags) register(cmd *cobra.Command) {
	fl := cmd.Flags()
	f.changed = fl.Changed
	fl.StringVar(&f.address, "live", "", fmt.Sprintf("show the game on a page of this machine, at an `ADDRESS` like 127.0.0.1:0 (default: all of its addresses, at port %d or the next that is free)", site.Port))
	fl.Lookup("live").NoOptDefVal = anywhere
	fl.DurationVar(&f.delay, "delay", 0, "the page shows the game as it was so long ago, as 10m")
	fl.BoolVar(&f.camera, "live-camera", false, "the page shows the camera's picture of the board, too")
	bind(fl, "delay", "live.delay")
	bind(fl, "live-camera", "live.camera")
	args := cmd.Args
	// "--live ADDRESS" means what "--live=ADDRESS" does.
	cmd.Args = func(cmd *cobra.Command, left []string) error {
		if f.address == anywhere && len(left) > 0 {
			f.address, left = left[0], left[1:]
		}
		return args(cmd, left)
	}
}

// open opens the page, if it was asked for; else it returns nil, which is no
// audience.
func (f *liveFlags) open(title string) (*audience.Audience, error) {
	if !f.changed("live") {
		if f.changed("delay") || f.changed("live-camera") {
			return nil, withCode(exitUsage, errors.New("--delay and --live-camera say how others watch: say --live as well"))
		}
		return nil, nil
	}
	address := f.address
	if address == anywhere {
		address = ""
	}
	return audience.Open(audience.Options{Address: address, Delay: f.delay, Camera: f.camera, Title: title})
}
