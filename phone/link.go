package phone

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gobancam/gobancam/internal/disk"
	"github.com/gobancam/gobancam/internal/limits"
)

// ErrGone is wrapped by Next's error while no pictures come. What it says is why,
// and what to do on the phone.
var ErrGone = errors.New("no picture from the phone")

// goneError says why; the clause stands for itself.
type goneError string

func (e goneError) Error() string { return string(e) }
func (e goneError) Unwrap() error { return ErrGone }

// errClosed is about a link that has been closed.
var errClosed = errors.New("the link to the phone is closed")

// Link serves the page and speaks with it. Its methods may be called from any
// goroutine; none but Wait and Next waits for a phone.
type Link struct {
	opt   Options
	clock clock
	own   *tls.Certificate // of the user's own; nil for ours
	cert  atomic.Pointer[tls.Certificate]
	at    atomic.Pointer[place]

	listener net.Listener
	server   *http.Server
	stop     context.CancelFunc // of all that is answered
	detach   func() bool        // from the context of Open
	ended    chan struct{}      // closed when everything has
	running  sync.WaitGroup     // all goroutines but those of requests
	serving  sync.WaitGroup     // pages with a connection

	conns    atomic.Int64
	reached  atomic.Bool
	warned   atomic.Bool
	commands chan string
	changed  chan struct{}

	mu      sync.Mutex // guards what follows
	closed  bool
	mem     *memory
	secret  string // of the invitation
	wrong   int    // tries since it was made
	tries   map[string]*bucket
	pages   map[string]*page
	seat    seat
	camera  *page // the seat's page that is open; nil for none
	asking  *page
	refused map[string]time.Time // ids, and until when
	gone    string               // why the camera's page is not here
	screen  []byte
	held    []heldSentence // said while no page was open
	shots
}

// seat is who is the camera, also while the page is away.
type seat struct {
	id  string
	key hash // of the page's cookie; "" where another one of the same phone will do
}

// heldSentence waits for a page.
type heldSentence struct {
	text []byte
	at   time.Time
}

// maxHeld and heldFor are how many sentences wait for a page that has gone, and
// for how long they are still news.
const (
	maxHeld = 8
	heldFor = 10 * time.Second
)

// Open begins to serve the page, until Close is called or ctx ends. Its error
// says what is in the way of that: a port, a certificate.
func Open(ctx context.Context, o Options) (*Link, error) {
	if o.Note == nil {
		o.Note = func(string) {}
	}
	l := &Link{
		opt: o, clock: newClock(), secret: newSecret(secretBytes), commands: make(chan string, 16), changed: make(chan struct{}, 1),
		ended: make(chan struct{}), pages: map[string]*page{}, refused: map[string]time.Time{}, tries: map[string]*bucket{}, gone: nobodyText,
		shots: shots{news: make(chan struct{})},
	}
	if o.Cert != "" || o.Key != "" {
		own, err := loadOwn(o.Cert, o.Key)
		if err != nil {
			return nil, err
		}
		l.own = own
	}
	l.mem = openMemory(disk.OS, o.Dir, o.Note)
	var err error
	if l.listener, err = door.Listen(o.Address, l.mem.Port); err != nil {
		return nil, err
	}
	if err := l.locate(); err != nil {
		l.listener.Close()
		return nil, err
	}
	_, asked, _ := door.Split(o.Address) // a port that was asked for is asked for again, and need not be remembered
	if tcp, ok := l.listener.Addr().(*net.TCPAddr); ok && asked == "" && tcp.Port != l.mem.Port {
		l.mem.Port = tcp.Port
		_ = l.mem.keep() // has told
	}
	// What is answered ends after Close has told the pages, not with ctx.
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	l.stop = stop
	l.serve(serving)
	l.running.Go(func() { l.watch(serving) })
	l.mu.Lock()
	defer l.mu.Unlock()
	l.detach = context.AfterFunc(ctx, func() { _ = l.Close() })
	return l, nil
}

// locate finds out where this machine can be reached, and sees to it that the
// certificate is for there.
func (l *Link) locate() error {
	at := placeOf(l.listener.Addr(), l.opt.Address, leafOf(l.own))
	if l.own != nil {
		l.cert.Store(l.own)
	} else {
		c, err := ourCertificate(disk.OS, l.opt.Dir, at.hosts, time.Now(), l.opt.Note)
		if err != nil {
			return err
		}
		l.cert.Store(c)
	}
	l.at.Store(&at)
	return nil
}

// Times of watch.
const (
	lookEvery  = 250 * time.Millisecond // whether the status has changed by time alone
	tellEvery  = time.Second            // a rate that is a little different
	placeEvery = 15 * time.Second       // where this machine is
)

// watch tells of what changes by time alone, until ctx ends.
func (l *Link) watch(ctx context.Context) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	var told Status
	var toldAt time.Time
	placed := time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			s := l.Status()
			if s.Sending != told.Sending || s.Trouble != told.Trouble || s.Reached != told.Reached || s.Warned != told.Warned ||
				s.Sending && now.Sub(toldAt) >= tellEvery {
				told, toldAt = s, now
				l.touch()
			}
			if now.Sub(placed) >= placeEvery {
				placed = now
				l.relocate()
			}
		}
	}
}

// relocate notices that this machine has come to another network.
func (l *Link) relocate() {
	was := l.at.Load()
	now := placeOf(l.listener.Addr(), l.opt.Address, leafOf(l.own))
	if slices.Equal(was.hosts, now.hosts) {
		return
	}
	if err := l.locate(); err != nil {
		l.opt.Note(err.Error())
		return
	}
	l.touch()
}

// Close tells the page that it is over and stops serving. It waits until
// everything has ended.
func (l *Link) Close() error {
	l.mu.Lock()
	first, detach := !l.closed, l.detach
	l.closed = true
	if first {
		over := encode("screen", Screen{Mode: "closed"})
		for _, p := range l.pages {
			p.out.show(over)
			p.leave()
		}
		l.newsHere()
		close(l.commands)
	}
	l.mu.Unlock()
	if !first {
		<-l.ended
		return nil
	}
	detach()
	late := time.AfterFunc(closeWait, l.stop) // a phone that does not listen
	l.serving.Wait()
	late.Stop()
	l.stop()
	l.shutdown()
	l.running.Wait()
	close(l.ended)
	return nil
}

// touch tells that something has changed.
func (l *Link) touch() {
	select {
	case l.changed <- struct{}{}:
	default:
	}
}

// Changed has a value when Status or Invitation may have changed since the last
// one; who reads it looks at both.
func (l *Link) Changed() <-chan struct{} { return l.changed }

// Addresses are the page's addresses, without the secret: the one that a phone
// reaches most likely first.
func (l *Link) Addresses() []string { return l.at.Load().addresses() }

// Invitation is the address that lets one phone in, the secret in its fragment.
// It is for the QR code and the screen, not for logs. It changes when it has been
// used, or somebody has guessed at it.
func (l *Link) Invitation() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.Addresses()[0] + "#k=" + l.secret
}

// Known are the phones that are known, the one that was here last first.
func (l *Link) Known() []Known {
	l.mu.Lock()
	defer l.mu.Unlock()
	var all []Known
	for _, p := range l.mem.Phones {
		all = append(all, Known{Phone{p.ID, p.Name}, p.First, p.Last})
	}
	slices.SortStableFunc(all, func(a, b Known) int { return b.Last.Compare(a.Last) })
	return all
}

// Expect reserves the camera for a phone that is known, until another one is
// allowed. It reports whether the phone is known; whichever comes takes the
// camera where it is not, or the id is "".
func (l *Link) Expect(id string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.mem.byID(id) == nil {
		return false
	}
	if l.seat.id == id {
		return true
	}
	l.seat = seat{id: id}
	if l.camera != nil {
		l.camera.dismiss(role{isWaiting, waitingText})
		l.camera = nil
	}
	for _, p := range l.pages {
		if p.phone.ID == id {
			l.become(p)
			break
		}
	}
	l.touch()
	return true
}

// Forget makes a phone unknown: its cookie is refused from now on, and its page
// loses its connection.
func (l *Link) Forget(id string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.mem.forget(id) {
		return errors.New("no such phone is known")
	}
	err := l.mem.keep()
	if l.seat.id == id {
		l.seat, l.camera, l.gone = seat{}, nil, nobodyText
	}
	for _, p := range l.pages {
		if p.phone.ID == id {
			p.dismiss(role{isRefused, forgottenText})
			p.leave()
		}
	}
	l.touch()
	return err
}

// Allow answers the phone with this id, which is Status.Asking: with yes it
// becomes the camera in place of the other.
func (l *Link) Allow(id string, yes bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := l.asking
	if p == nil || p.phone.ID != id {
		return
	}
	defer l.touch()
	l.asking = nil
	if !yes {
		l.refused[id] = time.Now().Add(refusedFor)
		p.dismiss(role{isRefused, refusedText})
		p.leave()
		l.askNext()
		return
	}
	if old := l.camera; old != nil {
		old.dismiss(role{isReplaced, takenOverText})
		old.leave()
	}
	l.seat = seat{p.phone.ID, p.key}
	l.become(p)
}

// refusedFor is how long a phone that was refused need not ask again.
const refusedFor = time.Minute

// What a page is told of its role.
const (
	waitingText   = "Another phone is the camera. Allow this one on the computer, if it is to take over."
	refusedText   = "The computer has refused this phone: another one is the camera."
	takenOverText = "Another phone is the camera now."
	otherTabText  = "This page is open elsewhere on this phone: the camera is there now."
	forgottenText = "The computer has forgotten this phone: scan the code again."
)

// enter gives a page that has connected its role; an error is why it may not.
func (l *Link) enter(p *page) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.closed:
		return errClosed
	case len(l.pages) >= limits.PhonePages:
		return limits.Exceed("close some of them", "more than %d pages of phones are open", limits.PhonePages)
	}
	l.pages[p.id] = p
	l.serving.Add(1)
	if k := l.mem.find(p.key); k != nil {
		if k.Last = time.Now(); l.camera == nil {
			_ = l.mem.keep() // has told
		}
	}
	p.out.control(encode("welcome", welcome{p.id, p.phone.ID, p.phone.Name, l.opt.Name, l.opt.Version, l.clock.millis(time.Now())}))
	defer l.touch()
	switch {
	case l.seat.id == "", l.seat.id == p.phone.ID && (l.seat.key == "" || l.seat.key == p.key || l.camera == nil):
		if old := l.camera; old != nil {
			old.dismiss(role{isReplaced, otherTabText})
			old.leave()
		}
		l.seat = seat{p.phone.ID, p.key}
		l.become(p)
	case time.Now().Before(l.refused[p.phone.ID]):
		p.dismiss(role{isRefused, refusedText})
		p.leave()
	default:
		p.dismiss(role{isWaiting, waitingText})
		if l.asking == nil {
			l.asking = p
		}
	}
	return nil
}

// become makes a page the camera. l.mu is held.
func (l *Link) become(p *page) {
	l.camera = p
	if l.by != p.phone.ID {
		l.shots = shots{by: p.phone.ID, news: l.news}
	}
	if l.asking == p {
		l.asking = nil
		l.askNext()
	}
	p.out.control(encode("role", role{Is: isCamera}))
	p.out.show(l.screen)
	for _, s := range l.held {
		if time.Since(s.at) < heldFor {
			p.out.say(s.text)
		}
	}
	l.held = nil
}

// askNext has the next page ask that waits. l.mu is held.
func (l *Link) askNext() {
	for _, p := range l.pages {
		if p != l.camera && !p.leaving() && !time.Now().Before(l.refused[p.phone.ID]) {
			l.asking = p
			return
		}
	}
}

// exit forgets a page whose connection has ended; said is whether it took its
// leave.
func (l *Link) exit(p *page) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.pages, p.id)
	l.serving.Done()
	if l.asking == p {
		l.asking = nil
		l.askNext()
	}
	if l.camera == p {
		l.camera = nil
		switch {
		case p.state.Hidden:
			l.gone = hiddenText
		case p.state.Closing || p.parted:
			l.gone = closedText
		default:
			l.gone = goneText
		}
	}
	l.touch()
}

// Show has the page show s; the newest one counts.
func (l *Link) Show(s Screen) {
	text := encode("screen", s)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed || string(text) == string(l.screen) {
		return
	}
	l.screen = text
	if l.camera != nil {
		l.camera.out.show(text)
	}
}

// Say has the phone speak or click, after what it was told before. What nobody
// hears is no news after a while.
func (l *Link) Say(s Sentence) {
	text := encode("say", s)
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.closed:
	case l.camera != nil:
		l.camera.out.say(text)
	default:
		l.held = append(l.held, heldSentence{text, time.Now()})
		l.held = l.held[max(0, len(l.held)-maxHeld):]
	}
}

// Commands are what the page's buttons say: words as somebody would type them.
// It is closed by Close.
func (l *Link) Commands() <-chan string { return l.commands }
