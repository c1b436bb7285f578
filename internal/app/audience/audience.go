// Package audience lets others watch the games on a page of this machine.
package audience

import (
	"context"
	"fmt"
	"time"

	"github.com/gobancam/gobancam/internal/app/face"
	"github.com/gobancam/gobancam/internal/app/failure"
	"github.com/gobancam/gobancam/internal/gamefile"
	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/live"
	"github.com/gobancam/gobancam/internal/live/site"
	"github.com/gobancam/gobancam/internal/play"
	"github.com/gobancam/gobancam/internal/reading"
	"github.com/gobancam/gobancam/internal/version"
	"github.com/gobancam/gobancam/vision"
)

// Options say how others watch.
type Options struct {
	// Address is where the page is to be reached, as "127.0.0.1:0"; "" is all
	// addresses of this machine at site.Port, or the next port that is free.
	Address string
	Delay   time.Duration // the page shows the game as it was so long ago
	Camera  bool          // and what the camera sees of the board
	Title   string        // "Anna – Ben"; may be empty
}

// longest is the greatest delay.
const longest = 24 * time.Hour

// Audience is a page at which others watch, and what it is told.
type Audience struct {
	opt    Options
	feed   *live.Feed // is told the game
	shown  *live.Feed // what is shown of it, late perhaps
	camera *play.BoardCamera
	server *site.Server
	pages  []string
	stop   context.CancelFunc
}

// Open opens the page. Its errors are of kind failure.Misuse: what was asked for
// cannot be.
func Open(o Options) (*Audience, error) {
	if o.Delay < 0 || o.Delay > longest {
		return nil, failure.As(failure.Misuse, fmt.Errorf("a page cannot show the game as it was %v ago: from nothing to a day", o.Delay))
	}
	l, err := site.Listen(o.Address)
	if err != nil {
		return nil, failure.As(failure.Misuse, err)
	}
	ctx, stop := context.WithCancel(context.Background())
	a := &Audience{opt: o, feed: live.NewFeed(), stop: stop, pages: site.Addresses(l.Addr())}
	a.shown = a.feed
	if o.Delay > 0 {
		a.shown = live.Delayed(ctx, a.feed, o.Delay)
	}
	opt := site.Options{Title: o.Title, Version: version.Version, Delay: o.Delay, SGF: gamefile.ComposeLive}
	if o.Camera {
		a.camera = play.NewBoardCamera(o.Delay)
		opt.Picture = a.camera.Newest
	}
	a.server = site.Serve(l, site.New(a.shown, opt))
	return a, nil
}

// Feed is to be told the games; nil without an audience.
func (a *Audience) Feed() *live.Feed {
	if a == nil {
		return nil
	}
	return a.feed
}

// Seen is to be given what the camera sees; nil where nobody is shown that.
func (a *Audience) Seen() func(*vision.Frame, *grid.Grid, *reading.Reading) {
	if a == nil || a.camera == nil {
		return nil
	}
	return a.camera.Seen
}

// Tell says where the page is.
func (a *Audience) Tell(f *face.Face) {
	if a == nil {
		return
	}
	f.Watched(a.pages)
	if a.opt.Delay > 0 {
		f.Note(fmt.Sprintf("the page shows the game as it was %v ago", a.opt.Delay))
	}
}

// Close ends what is told. Where the page shows the past and the game is over,
// those who watch see its end before, unless ctx ends earlier.
func (a *Audience) Close(ctx context.Context, note func(string)) {
	if a == nil {
		return
	}
	g, _ := a.feed.Game()
	a.feed.Close()
	if a.opt.Delay > 0 && g.Result != "" && ctx.Err() == nil {
		note(fmt.Sprintf("The page shows the game as it was %v ago: it stays until its end has been shown. Ctrl-C ends it now.", a.opt.Delay))
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
