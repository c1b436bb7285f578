package phone

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/gobancam/gobancam/internal/limits"
)

// Transports of a page.
const (
	bySocket   = "socket"
	byRequests = "requests"
)

// page is one page that is open on a phone, with its connection.
type page struct {
	id        string
	phone     Phone
	key       hash // of its cookie
	transport string
	out       *outbox
	ctx       context.Context // ends with the connection, and ends it
	end       context.CancelFunc

	// Link.mu guards these.
	state    pageState
	pictures int  // that it has sent
	refusals int  // of its pictures in a row
	parted   bool // the browser closed the connection in good order
	rate     *bucket
	messages *bucket
}

func newPage(ctx context.Context, who Phone, key hash, transport string) *page {
	p := &page{
		id: newSecret(12), phone: who, key: key, transport: transport, out: newOutbox(),
		rate:     newBucket(limits.PhoneRate, time.Second/limits.PhoneRate),
		messages: newBucket(limits.PhoneMessages, time.Second/limits.PhoneMessages),
	}
	p.ctx, p.end = context.WithCancel(ctx)
	return p
}

// dismiss tells the page what it is to the link.
func (p *page) dismiss(r role) { p.out.control(encode("role", r)) }

// leave ends the connection after what has been said.
func (p *page) leave() { p.out.last() }

// leaving reports whether leave has been called.
func (p *page) leaving() bool {
	p.out.mu.Lock()
	defer p.out.mu.Unlock()
	return p.out.over
}

// Why something that a page sent was not taken.
var (
	errNotCamera = errors.New("this phone is not the camera")
	errTooMuch   = errors.New("too much at once: wait a moment")
	errBusy      = errors.New("the computer does not take commands at the moment: try again")
)

// message does what a page says; reply is what it is told at once, nil for
// nothing.
func (l *Link) message(p *page, text []byte) (reply []byte, err error) {
	m, err := parseMessage(text)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.closed:
		return nil, errClosed
	case !p.messages.take(time.Now()):
		return nil, errTooMuch
	case m.Ping != nil:
		return l.clock.pong(*m.Ping), nil
	case m.State != nil:
		p.state = *m.State
		l.touch()
	case m.Cmd != "":
		return encode("told", m.Cmd), l.command(p, m.Cmd)
	}
	return nil, nil // something that a newer page says
}

// command hands on what a button says. l.mu is held.
func (l *Link) command(p *page, words string) error {
	if p != l.camera {
		return errNotCamera
	}
	select {
	case l.commands <- words:
		return nil
	default:
		return errBusy
	}
}

// outbox is what a page is still to be told: the newest screen, and in order, up
// to a limit, all else.
type outbox struct {
	mu       sync.Mutex
	controls [][]byte
	screen   []byte
	says     [][]byte
	over     bool          // nothing follows
	wake     chan struct{} // cap 1
}

// Limits of an outbox.
const (
	maxControls = 64 // beyond it, the page does not listen, and goes
	maxSays     = 8  // beyond it, the oldest is not said
)

func newOutbox() *outbox { return &outbox{wake: make(chan struct{}, 1)} }

// change changes it under its lock, and wakes who writes.
func (o *outbox) change(how func()) {
	o.mu.Lock()
	if !o.over {
		how()
	}
	o.mu.Unlock()
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

func (o *outbox) control(text []byte) {
	o.change(func() {
		if o.controls = append(o.controls, text); len(o.controls) > maxControls {
			o.over = true
		}
	})
}

func (o *outbox) show(text []byte) {
	o.change(func() {
		if text != nil {
			o.screen = text
		}
	})
}

func (o *outbox) say(text []byte) {
	o.change(func() {
		o.says = append(o.says, text)
		o.says = o.says[max(0, len(o.says)-maxSays):]
	})
}

// last has the connection end when all has been told.
func (o *outbox) last() { o.change(func() { o.over = true }) }

// next takes what is to be told next; over reports that nothing will follow.
func (o *outbox) next() (text []byte, over bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case len(o.controls) > 0:
		text, o.controls = o.controls[0], o.controls[1:]
	case o.screen != nil:
		text, o.screen = o.screen, nil
	case len(o.says) > 0:
		text, o.says = o.says[0], o.says[1:]
	default:
		return nil, o.over
	}
	return text, false
}

// alive is the pause after which a page is told something even if there is
// nothing.
const alive = 4 * time.Second

// tell writes what is in the outbox of p until its end, an error or the end of
// its connection; every now and then beat.
func (p *page) tell(write func(text []byte) error, beat func() error) error {
	tick := time.NewTicker(alive)
	defer tick.Stop()
	for {
		for {
			text, over := p.out.next()
			if over {
				return nil
			}
			if text == nil {
				break
			}
			if err := write(text); err != nil {
				return err
			}
		}
		select {
		case <-p.out.wake:
		case <-tick.C:
			if err := beat(); err != nil {
				return err
			}
		case <-p.ctx.Done():
			return p.ctx.Err()
		}
	}
}
