package phone_test

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gobancam/gobancam/internal/browsertest"
	"github.com/gobancam/gobancam/internal/patient"
	"github.com/gobancam/gobancam/phone"
)

// roadAddress is where a road is, by the name localhost.
const roadAddress = "127.0.0.2"

// road is the network between a phone and a computer that it calls localhost.
type road struct {
	to string

	mu    sync.Mutex
	open  bool
	conns map[net.Conn]bool
}

// newRoad builds one to the computer of a link.
func newRoad(t *testing.T, l *phone.Link) *road {
	t.Helper()
	u, err := url.Parse(l.Addresses()[0])
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(roadAddress, u.Port()))
	if err != nil {
		t.Skipf("this system has no second loopback address: %v", err)
	}
	r := &road{to: u.Host, open: true, conns: map[net.Conn]bool{}}
	var running sync.WaitGroup
	t.Cleanup(func() {
		listener.Close()
		r.end()
		running.Wait()
	})
	running.Go(func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			running.Go(func() { r.carry(c) })
		}
	})
	return r
}

// carry carries a connection for as long as the road is open. On one that is
// not, what is sent is lost, and nobody is told.
func (r *road) carry(c net.Conn) {
	far, err := net.Dial("tcp", r.to)
	if err != nil {
		c.Close()
		return
	}
	r.mu.Lock()
	r.conns[c], r.conns[far] = true, true
	r.mu.Unlock()
	var both sync.WaitGroup
	for _, way := range [][2]net.Conn{{c, far}, {far, c}} {
		both.Go(func() {
			defer way[0].Close()
			defer way[1].Close()
			b := make([]byte, 64<<10)
			for {
				n, err := way[0].Read(b)
				if err != nil {
					return
				}
				r.mu.Lock()
				open := r.open
				r.mu.Unlock()
				if !open {
					continue
				}
				if _, err := way[1].Write(b[:n]); err != nil {
					return
				}
			}
		})
	}
	both.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.conns, c)
	delete(r.conns, far)
}

// cut has nothing arrive any more, as where the phone has left the network.
func (r *road) cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.open = false
}

// mend opens it again; what was on its way is lost.
func (r *road) mend() {
	r.end()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.open = true
}

func (r *road) end() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for c := range r.conns {
		c.Close()
	}
}

// by is an address by way of a road.
func by(address string) string { return strings.Replace(address, "127.0.0.1", "localhost", 1) }

// sending waits until the link has a picture that is newer than now.
func sending(t *testing.T, l *phone.Link) {
	t.Helper()
	ctx, stop := patient.Context(t.Context(), 30*time.Second)
	defer stop()
	for now := time.Now(); ; {
		p, err := l.Next(ctx)
		if err == nil && p.Taken.After(now) {
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("no picture came: %v", err)
		}
	}
}

// gone waits until the link has no pictures, and returns why.
func gone(t *testing.T, l *phone.Link) string {
	t.Helper()
	ctx, stop := patient.Context(t.Context(), 30*time.Second)
	defer stop()
	for {
		_, err := l.Next(ctx)
		if errors.Is(err, phone.ErrGone) {
			return err.Error()
		}
		if ctx.Err() != nil {
			t.Fatal("pictures still come")
		}
	}
}

// theNetwork goes, is missed on both sides, and comes back; nobody touches
// anything.
func theNetwork(t *testing.T, r *room) {
	l := open(t, t.TempDir())
	way := newRoad(t, l)
	tab := r.Tab(t, upright)
	tab.Go(by(l.Invitation()))
	sending(t, l)
	l.Show(screens(r.corners)["play"])
	tab.Await("document.querySelector('[data-word=undo]')?.getAttribute('aria-disabled') === 'false'")
	way.cut()
	if why := gone(t, l); !strings.Contains(why, "network") && !strings.Contains(why, "sends no pictures") {
		t.Errorf("without a network the computer says %q", why)
	}
	tab.Await("document.getElementById('page').dataset.link === 'lost' && document.getElementById('advice').textContent.includes('No connection')")
	if browsertest.Read[string](tab, "document.querySelector('[data-word=undo]').getAttribute('aria-disabled')") != "true" {
		t.Error("a button can be pressed that nobody hears")
	}
	s := screens(r.corners)["play"]
	s.Last = "E5"
	l.Show(s)
	way.mend()
	sending(t, l)
	tab.Await("document.getElementById('page').dataset.link === 'open' && document.querySelector('#last .point').textContent === 'E5'")
	tab.Click("[data-word=undo]")
	if got := command(t, l); got != "undo" {
		t.Errorf("after that, undo came as %q", got)
	}
	tab.Forgive("net::ERR", "WebSocket", "Failed to load")
}

// requestsInstead is for browsers that make no WebSocket to a certificate that
// they do not trust.
func requestsInstead(t *testing.T, r *room) {
	l := open(t, t.TempDir())
	for name, script := range map[string]string{
		"that fails":       `window.WebSocket = class { constructor() { setTimeout(() => { this.onerror?.(new Event("error")); this.onclose?.(new Event("close")); }, 10); } close() {} }`,
		"that never opens": `window.WebSocket = class { close() {} }`,
	} {
		tab := scan(t, r, l, upright, script)
		sending(t, l)
		if got := l.Status().Transport; got != "requests" {
			t.Errorf("with a WebSocket %s it comes by %q", name, got)
		}
		l.Show(screens(r.corners)["play"])
		tab.Await("document.querySelector('[data-word=undo]')?.getAttribute('aria-disabled') === 'false'")
		tab.Click("[data-word=undo]")
		if got := command(t, l); got != "undo" {
			t.Errorf("undo came as %q", got)
		}
		tab.Await("document.querySelector('[data-word=undo]').getAttribute('aria-disabled') === 'false'")
		browsertest.Read[bool](tab, hide)
		if why := gone(t, l); !strings.Contains(why, "hidden") {
			t.Errorf("of a page that is hidden the computer says %q", why)
		}
		if err := l.Forget(l.Status().Phone.ID); err != nil {
			t.Fatal(err)
		}
		tab.Await("!document.getElementById('gate').hidden")
		tab.Forgive("401", "409") // of what it was about to say
	}
}

// hide is what a browser does with a page whose screen is locked, as far as a
// page can see it; show is the reverse.
const (
	hide = `(() => {
  Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
  window.held = HTMLVideoElement.prototype.requestVideoFrameCallback;
  document.getElementById("view").pause();
  document.dispatchEvent(new Event("visibilitychange"));
  return true;
})()`
	show = `(() => {
  Object.defineProperty(document, "visibilityState", { value: "visible", configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
  return true;
})()`
)

// hidden is a phone that is locked and taken up again, with and without its
// camera having been ended meanwhile.
func hidden(t *testing.T, r *room) {
	l := open(t, t.TempDir())
	tab := scan(t, r, l, upright)
	for _, ended := range []string{"true", "(document.getElementById('view').srcObject.getVideoTracks()[0].stop(), true)"} {
		sending(t, l)
		browsertest.Read[bool](tab, hide)
		if why := gone(t, l); !strings.Contains(why, "locked or its page is hidden") {
			t.Errorf("of a phone that is locked the computer says %q", why)
		}
		browsertest.Read[bool](tab, ended)
		browsertest.Read[bool](tab, show)
	}
	sending(t, l)
	tab.Await("document.getElementById('page').dataset.awake === 'true'")
}

// lettingIn goes through the ways of a secret: used, wrong, known, forgotten.
func lettingIn(t *testing.T, r *room) {
	l := open(t, t.TempDir())
	first := l.Invitation()
	secret := first[strings.Index(first, "#k=")+3:]
	tab := scan(t, r, l, upright)
	sending(t, l)
	if at := browsertest.Read[string](tab, "location.href + ' ' + JSON.stringify({ ...localStorage }) + ' ' + document.cookie + ' ' + history.length"); strings.Contains(at, secret) || !strings.Contains(at, "\"phone\"") {
		t.Errorf("of the secret and what is kept there is left: %s", at)
	}
	if l.Invitation() == first {
		t.Error("the code can be used again")
	}
	id := l.Status().Phone.ID
	tab.Go(l.Addresses()[0]) // another evening: no code
	tab.Await("document.getElementById('page').dataset.link === 'open'")
	sending(t, l)
	if got := l.Status().Phone.ID; got != id {
		t.Errorf("the phone %s came back as %s", id, got)
	}
	other := r.Tab(t, upright)
	other.Go(first)
	other.Await("document.getElementById('page').dataset.link === 'unknown' && document.querySelector('#gate .more').textContent.includes('scan the one that the computer shows now')")
	other.Go(l.Addresses()[0])
	other.Await("document.getElementById('page').dataset.link === 'unknown' && document.querySelector('#gate .words').textContent === 'Scan the code on the computer.'")
	other.Forgive("401", "403")
	if err := l.Forget(id); err != nil {
		t.Fatal(err)
	}
	tab.Await("!document.getElementById('gate').hidden && /scan the code/i.test(document.getElementById('gate').textContent)") // told so, or no longer let in
	tab.Go(l.Addresses()[0])
	tab.Await("document.getElementById('page').dataset.link === 'unknown'")
	tab.Forgive("401", "WebSocket")
	tab.Go("about:blank")
	tab.Go(l.Invitation())
	sending(t, l)
}

// theSecondPhone waits until the computer allows it; the first one is told, and
// so is a second page of one phone.
func theSecondPhone(t *testing.T, r *room) {
	l := open(t, t.TempDir())
	first := scan(t, r, l, upright)
	sending(t, l)
	second := scan(t, r, l, upright)
	second.Await("document.getElementById('advice').textContent.includes('Another phone is the camera')")
	id := browsertest.Read[string](second, "document.getElementById('page').dataset.phone")
	if a := l.Status().Asking; a == nil || a.ID != id {
		t.Fatalf("the phone %s waits, and %v asks", id, a)
	}
	if browsertest.Read[string](second, "document.getElementById('link').textContent") != "Connected" {
		t.Error("a phone that is not the camera sends pictures")
	}
	l.Allow(id, true)
	first.Await("!document.getElementById('gate').hidden && document.getElementById('gate').textContent.includes('Another phone is the camera now')")
	sending(t, l)
	if got := l.Status().Phone.ID; got != id {
		t.Errorf("the camera is %s, not %s", got, id)
	}
	tab := second.Beside(t, upright)
	tab.Go(l.Addresses()[0])
	second.Await("!document.getElementById('gate').hidden && document.getElementById('gate').textContent.includes('open elsewhere')")
	sending(t, l)
	second.Click("#again") // this page is to be it
	tab.Await("!document.getElementById('gate').hidden")
	sending(t, l)
}

// TestTheBrowserWarns: without leave a browser goes no further than the
// certificate, and the link knows that somebody is there.
func TestTheBrowserWarns(t *testing.T) {
	b := browsertest.Open(t)
	l := open(t, t.TempDir())
	tab := b.Tab(t, upright)
	if said := tab.Try(l.Addresses()[0]); !strings.Contains(said, "ERR_CERT_AUTHORITY_INVALID") {
		t.Errorf("the browser says %q", said)
	}
	for wait := time.Now(); !l.Status().Warned; time.Sleep(10 * time.Millisecond) {
		if patient.Over(wait, 30*time.Second) {
			t.Fatal("the link does not know of it")
		}
	}
	tab.Forgive("ERR_CERT")
}

// TestALargeCamera has its pictures brought to a size that the network carries.
func TestALargeCamera(t *testing.T) {
	cam := browsertest.NewCamera(t, 3840, 2160)
	b := browsertest.OpenWith(t, browsertest.Options{Camera: cam, AnyCertificate: true})
	l := open(t, t.TempDir())
	scan(t, &room{Browser: b}, l, upright)
	if _, err := l.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	p, err := l.Next(t.Context())
	if err != nil || max(p.Width, p.Height) > 1920 || fmt.Sprintf("%.3f", float64(p.Width)/float64(p.Height)) != "1.778" {
		t.Errorf("a picture of %dx%d, %v", p.Width, p.Height, err)
	}
}
