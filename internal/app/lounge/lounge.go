// Package lounge is the window around the games: its pages choose the camera,
// show it the board, sign in, and choose or offer a game. The pages are shown by
// one goroutine that waits for their answers, so that the way from one to the
// next reads from top to bottom.
package lounge

import (
	"context"
	"image"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/calibrate"
	"github.com/gobancam/gobancam/challonge"
	"github.com/gobancam/gobancam/internal/app/account"
	"github.com/gobancam/gobancam/internal/app/audience"
	"github.com/gobancam/gobancam/internal/app/camera"
	"github.com/gobancam/gobancam/internal/app/face"
	"github.com/gobancam/gobancam/internal/app/games"
	"github.com/gobancam/gobancam/internal/app/seat"
	"github.com/gobancam/gobancam/internal/app/voices"
	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/reading"
	"github.com/gobancam/gobancam/internal/window"
	"github.com/gobancam/gobancam/ogs"
)

// Options are how the lounge is opened.
type Options struct {
	Seat   *seat.Seat // its Face is given window and voices
	Server account.Server
	Voices voices.Options
	Light  bool // begin with the light colours
	// Game is the one that was asked for; nil to choose one game after another.
	Game *games.Which
	// Program is a game against a program that was asked for; nil for none.
	Program *seat.ProgramGame
	// Review is what games are looked at with.
	Review Reviewing
	// ProgramGoesOn says what goes on with a game against a program that is kept
	// in a file; it may be nil.
	ProgramGoesOn func(program, strength string) func(file string) string
	// Chosen says that the camera was; else the one used last is taken.
	Chosen   bool
	Out      io.Writer          // of the demo
	Audience *audience.Audience // watches all games; nil for none
	// Phones opens the link to the phones that may be the camera, or returns the
	// one that is open; nil for that of this process.
	Phones func() (Phones, error)
	// Board is a game between two players at the board, but for what is chosen
	// on its page.
	Board seat.Board
	// DemoAgain says what makes a demo board show all of a game; see
	// seat.DemoBoard.
	DemoAgain func(id ogs.ID, file string) string
	// Challonge says where Challonge is asked.
	Challonge func() (challonge.Endpoints, error)
	// KeySignIn says how one signs in to Challonge with a personal key.
	KeySignIn string
	// Advised adds to an error what the user can do about it outside of the
	// window; nil adds nothing.
	Advised func(error) error
}

// Lounge is the window from its opening to its closing: page after page leads
// to a game, and the game back to the pages.
type Lounge struct {
	opt    Options
	seat   *seat.Seat
	window screen
	voices *voices.Voices

	hush        func()             // ends the dropping of lines that are typed between games; or nil
	handed      atomic.Bool        // clicks go to a simulated hand
	hand        chan board.Point   // where a simulated hand is to go, in the demo
	client      *ogs.Client        // nil before it is signed in
	session     *ogs.Session       // nil before it is connected
	force       bool               // calibrate, even if the saved calibration fits
	wanted      int                // lines of the board that is to be calibrated; 0 for whatever lies there
	afterwards  page               // what follows when it is; nil for the start
	lastAddress string             // the address of a camera, as it was typed last
	terms       programTerms       // of a game with a program, as chosen last
	pairing     pairing            // of two players at the board
	link        Phones             // to the phones; nil before it is wanted
	asking      sync.WaitGroup     // whoever asks the owner about phones
	unask       context.CancelFunc // ends that
	signedIn    page               // what a sign-in leads to; nil for the games
	stop        context.CancelFunc // ends the pages
	ctx         context.Context    // of the session, which outlives a page
	life        context.Context    // of the client, which outlives the session: something may be left to withdraw
}

// screen is what the pages need of a window.
type screen interface {
	ShowMenu(*window.Menu)
	Ask(m *window.Menu, answered func(window.Answer))
	Withdraw(name string)
	ShowWalk(*window.Walk)
	Answers() <-chan window.Answer
	Commands() <-chan match.Command
	Calibrate(*calibrate.Session, func(*calibrate.Profile) error)
	WantsPicture() (size image.Point, ok bool)
	ShowPicture(img *image.RGBA, width, height int, g *grid.Grid, r *reading.Reading)
	ShowSnapshot(*match.Snapshot)
	Announce(match.Event)
	Shown() *match.Snapshot
	Clear()
	Left() bool
	Leave()
	Close()
}

// page shows itself until something has been chosen, and returns what comes
// next; nil ends the program.
type page func(context.Context) (page, error)

// New furnishes the lounge; its voices count down until ctx ends.
func New(ctx context.Context, opt Options) (*Lounge, error) {
	l := &Lounge{opt: opt, seat: opt.Seat, hand: make(chan board.Point, 8)}
	var err error
	if l.voices, err = opt.Voices.Open(ctx, l.seat.Face.Note); err != nil {
		return nil, err
	}
	corner, linger := camera.Profiles(), time.Minute
	if opt.Review.Path != "" {
		linger = 0 // nothing happens of which the end would have to be read
	}
	var w *window.Window
	w = face.NewWindow(window.Options{
		Projector: &corner,
		Muted:     opt.Voices.Mute,
		Mute:      l.voices.Mute,
		Again:     l.voices.Again,
		Say:       l.voices.Tell,
		Games:     opt.Game == nil && opt.Program == nil,
		Reviews:   true,
		Light:     opt.Light, Linger: linger,
		Point: func(p board.Point) {
			if !l.handed.Load() {
				w.NoClick()
				return
			}
			select {
			case l.hand <- p:
			default:
			}
		},
		Corners: func(at [4]grid.Pt, size int) {
			if e := l.seat.Eyes.Load(); e != nil {
				e.Use(at, size)
			}
		},
	})
	l.window = w
	l.seat.Face.Open(w)
	l.seat.Face.Voices = l.voices
	return l, nil
}

// Open shows the window until it is closed. Its error wraps window.ErrNoDisplay
// when none could be opened.
func (l *Lounge) Open(ctx context.Context) error {
	defer l.voices.Close()
	l.life = ctx
	ctx, stop := context.WithCancel(ctx)
	var router sync.WaitGroup
	defer func() { stop(); router.Wait() }()
	l.ctx, l.stop = ctx, stop
	done := make(chan error, 1)
	router.Go(func() { l.route(ctx) })
	go func() {
		done <- l.walk(ctx)
		l.window.Close()
	}()
	err := window.Run(ctx, l.seat.Face.Window.Load())
	switch {
	case err != nil && !l.seat.Orders.On():
		stop()
		<-done
		l.seat.Face.Open(nil)
		l.seat.Face.Voices = nil
		return err
	case err != nil:
		l.seat.Face.Open(nil)
		l.seat.Face.Note("The window broke: " + err.Error() + ". The game goes on here.")
		return <-done
	}
	if !l.seat.Orders.On() {
		stop()
	}
	select {
	case err := <-done:
		return err
	case <-time.After(face.LeaveWithin):
		stop()
		return <-done
	}
}

// walk goes from page to page.
func (l *Lounge) walk(ctx context.Context) (err error) {
	defer func() {
		if l.hush != nil {
			l.hush()
		}
		if l.session != nil {
			l.session.Close()
		}
		l.leavePhones()
	}()
	next := l.first()
	for next != nil && ctx.Err() == nil {
		l.followPhone()
		if next, err = next(ctx); err != nil {
			return err
		}
	}
	return nil
}

// route takes the window's commands to the game, if one is on. Without one, the
// wish to close the window ends everything.
func (l *Lounge) route(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case c := <-l.window.Commands():
			if !l.seat.Orders.Give(ctx, c) && c.Kind == match.CmdQuit && l.window.Left() {
				l.stop()
			}
		}
	}
}

// first is the page that the window begins with.
func (l *Lounge) first() page {
	if l.opt.Review.Path != "" {
		return l.review(l.opt.Review.Path, nil)
	}
	if !l.opt.Chosen {
		last, err := camera.Last()
		if err != nil {
			return l.cameras
		}
		l.seat.Camera.Name, l.seat.Camera.Wanted = last.Name, last.Wanted
	}
	if camera.IsPhone(l.seat.Camera.Name) {
		return l.phone // it may have to be waited for
	}
	return l.calibrate
}

// ask shows a page and waits for what is chosen on it; ok is false when the
// window was closed.
func (l *Lounge) ask(ctx context.Context, m *window.Menu) (a window.Answer, ok bool) {
	l.window.ShowMenu(m)
	for {
		select {
		case a := <-l.window.Answers():
			if a.Menu == m.Name {
				return a, true
			}
		case <-ctx.Done():
			return window.Answer{}, false
		}
	}
}

// during works while the page of that name is shown. Whatever is pressed on it,
// and the window's closing, end the work; left says that it was ended so.
func (l *Lounge) during(ctx context.Context, name string, work func(context.Context) error) (left bool, err error) {
	working, stop := context.WithCancel(ctx)
	defer stop()
	done := make(chan error, 1)
	go func() { done <- work(working) }()
	for {
		select {
		case err := <-done:
			return left, err
		case a := <-l.window.Answers():
			if a.Menu == name {
				left = true
				stop()
			}
		case <-ctx.Done():
			return true, <-done
		}
	}
}

// trouble tells what went wrong, and lets the user try again or go back.
func (l *Lounge) trouble(title string, err error, again, back page, where string) page {
	return func(ctx context.Context) (page, error) {
		m := &window.Menu{Name: "trouble: " + title, Title: title, Text: sentence(err), Alarm: true,
			Buttons: []window.Choice{{Key: "Enter", Label: "Try again", Lead: true}}}
		if back != nil {
			m.Buttons = append(m.Buttons, window.Choice{Key: "Escape", Label: where})
		}
		a, ok := l.ask(ctx, m)
		switch {
		case !ok:
			return nil, nil
		case a.Key == "Escape":
			return back, nil
		}
		return again, nil
	}
}

// sentence makes an error begin and end as a sentence does.
func sentence(err error) string {
	r := []rune(err.Error())
	if len(r) == 0 {
		return ""
	}
	if r[0] >= 'a' && r[0] <= 'z' {
		r[0] += 'A' - 'a'
	}
	if last := r[len(r)-1]; last != '.' && last != '?' && last != '!' {
		r = append(r, '.')
	}
	return string(r)
}
