package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/gobancam/gobancam/internal/app/face"
	"github.com/gobancam/gobancam/internal/app/seat"
	"github.com/gobancam/gobancam/internal/gamefile"
	"github.com/gobancam/gobancam/internal/live"
	"github.com/gobancam/gobancam/internal/live/site"
	"github.com/gobancam/gobancam/internal/play"
	"github.com/gobancam/gobancam/internal/version"
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
	args := cmd.Args
	// "--live ADDRESS" means what "--live=ADDRESS" does.
	cmd.Args = func(cmd *cobra.Command, left []string) error {
		if f.address == anywhere && len(left) > 0 {
			f.address, left = left[0], left[1:]
		}
		return args(cmd, left)
	}
}

// audience are those who watch: the page that they look at, and what it is
// told.
type audience struct {
	feed   *live.Feed // is told the game; nil where nobody watches
	shown  *live.Feed // what is shown of it, late perhaps
	seen   seat.Seen
	server *site.Server
	pages  []string // where they are
	delay  time.Duration
	stop   context.CancelFunc
}

// open opens the page, if it was asked for.
func (f *liveFlags) open(title string) (*audience, error) {
	if !f.changed("live") {
		if f.changed("delay") || f.changed("live-camera") {
			return nil, withCode(exitUsage, errors.New("--delay and --live-camera say how others watch: say --live as well"))
		}
		return &audience{}, nil
	}
	if f.delay < 0 || f.delay > 24*time.Hour {
		return nil, withCode(exitUsage, fmt.Errorf("--delay %v: from nothing to a day", f.delay))
	}
	address := f.address
	if address == anywhere {
		address = ""
	}
	l, err := site.Listen(address)
	if err != nil {
		return nil, withCode(exitUsage, err)
	}
	ctx, stop := context.WithCancel(context.Background())
	a := &audience{feed: live.NewFeed(), delay: f.delay, stop: stop, pages: site.Addresses(l.Addr())}
	a.shown = a.feed
	if f.delay > 0 {
		a.shown = live.Delayed(ctx, a.feed, f.delay)
	}
	opt := site.Options{Title: title, Version: version.Version, Delay: f.delay, SGF: gamefile.ComposeLive}
	if f.camera {
		c := play.NewBoardCamera(f.delay)
		opt.Picture, a.seen = c.Newest, c.Seen
	}
	a.server = site.Serve(l, site.New(a.shown, opt))
	return a, nil
}

// close ends what is told. Where the page shows the past and the game is over,
// those who watch see its end before, unless ctx ends earlier.
func (a *audience) close(ctx context.Context, note func(string)) {
	if a.feed == nil {
		return
	}
	g, _ := a.feed.Game()
	a.feed.Close()
	if a.delay > 0 && g.Result != "" && ctx.Err() == nil {
		note(fmt.Sprintf("The page shows the game as it was %v ago: it stays until its end has been shown. Ctrl-C ends it now.", a.delay))
		w := a.shown.Watch()
		for {
			if _, err := w.Next(ctx); err != nil {
				break // io.EOF: all has been told
			}
		}
		w.Close()
	}
	a.stop()
	if err := a.server.Close(); err != nil {
		note("The page was left with an error: " + err.Error())
	}
}

// tell says where the page is.
func (a *audience) tell(f *face.Face) {
	if a.feed == nil {
		return
	}
	f.Watched(a.pages)
	if a.delay > 0 {
		f.Note(fmt.Sprintf("the page shows the game as it was %v ago", a.delay))
	}
}
