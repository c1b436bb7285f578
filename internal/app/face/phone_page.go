package face

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gobancam/gobancam/internal/app/camera"
	"github.com/gobancam/gobancam/internal/qr"
	"github.com/gobancam/gobancam/internal/window"
	"github.com/gobancam/gobancam/phone"
)

// PhoneGate is the link to phones, as far as it lets them in.
type PhoneGate interface {
	Addresses() []string
	Invitation() string
	Known() []phone.Known
}

// nobodyCame is after how long without a phone the page says what may be in the
// way of one, and allows how long somebody may take to let the page use the
// camera.
const (
	nobodyCame = 40 * time.Second
	allows     = 6 * time.Second
)

// Meet waits for the phone that is to be the camera, as camera.Meet does, and
// shows how one becomes it: in the terminal, and over whatever the window shows.
func (f *Face) Meet(ctx context.Context, c *camera.Choice) error {
	if !camera.IsPhone(c.Name) {
		return nil
	}
	ctx, stop := context.WithCancel(ctx)
	var once sync.Once
	var shown sync.WaitGroup
	defer shown.Wait()
	defer stop()
	return c.Meet(ctx, f.Note, func(l *phone.Link) {
		f.Invite(l)
		if w := f.Window.Load(); w != nil {
			once.Do(func() { shown.Go(func() { gate(ctx, w, l) }) })
		}
	})
}

// overlay is where a phone is waited for over another page.
type overlay interface {
	Ask(m *window.Menu, answered func(window.Answer))
	Withdraw(name string)
}

// gate shows the page of a phone over whatever is shown, until ctx ends or it is
// hidden.
func gate(ctx context.Context, w overlay, l interface {
	PhoneGate
	Status() phone.Status
}) {
	const name = "a phone to come"
	defer w.Withdraw(name)
	answers := make(chan window.Answer, 4)
	page := PhonePage{Link: l}
	tick := time.NewTicker(gateEvery)
	defer tick.Stop()
	for {
		if m := page.Menu(l.Status(), time.Now()); m != nil {
			m.Name = name
			m.Buttons = slices.DeleteFunc(m.Buttons, func(c window.Choice) bool { return c.Key != "O" })
			m.Buttons = append(m.Buttons, window.Choice{Key: "Escape", Label: "Hide"})
			w.Ask(m, func(a window.Answer) {
				select {
				case answers <- a:
				case <-ctx.Done():
				}
			})
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case a := <-answers:
			if a.Key == "Escape" {
				return
			}
			page.At++
		}
	}
}

// gateEvery is how often it looks at how the phone is doing.
const gateEvery = 200 * time.Millisecond

// PhonePage is what the page says while it waits for a phone.
type PhonePage struct {
	Link PhoneGate
	Not  *phone.Phone // that is the camera already; nil for none
	At   int          // of the addresses: the one that is shown

	since time.Time
	came  time.Time // when the phone did

	shown   string      // what the page said last
	address string      // that the code is of
	host    string      // of it
	full    window.Menu // with it, and nothing said yet
}

// Menu returns the page if it has to be shown anew, else nil.
func (p *PhonePage) Menu(s phone.Status, now time.Time) *window.Menu {
	if p.since.IsZero() {
		p.since = now
	}
	all, known := p.Link.Addresses(), p.Link.Known()
	address := invitation(p.Link, all, p.At)
	if address != p.address {
		code, err := qr.Image(address, 1)
		if err != nil {
			code = nil // it is too long for one; the address stands there
		}
		host := address
		if u, err := url.Parse(address); err == nil {
			host = u.Hostname()
		}
		p.full = window.Menu{Name: "phone", Title: "A phone as the camera", Address: address, QR: code, Warned: host}
		p.address, p.host = address, host
	}
	m := p.full
	if !s.Here {
		p.came = now
	}
	since := p.since
	if s.Here {
		since = p.came
	}
	m.Text, m.Alarm = waitingFor(s, known, now.Sub(since))
	if !s.Here && loopback(p.host) {
		m.QR, m.Warned = nil, ""
		m.Text, m.Alarm = "No phone can reach this address: this computer is in no network, or was told to listen for itself alone. Connect it to the Wi-Fi that the phone is in; the code follows.", true
	}
	m.Sub = "Waiting for a phone"
	m.Buttons = nil
	if p.Not != nil && s.Phone != nil && s.Phone.ID == p.Not.ID {
		m.Text, m.Alarm = "Scan this code with a phone that is to take the place of "+s.Phone.Name+".", false
		m.Buttons = append(m.Buttons, window.Choice{Key: "Enter", Label: "Keep this one", Lead: true})
	}
	if len(all) > 1 {
		m.Sub = fmt.Sprintf("Waiting for a phone · address %d of %d", p.At%len(all)+1, len(all))
		m.Buttons = append(m.Buttons, window.Choice{Key: "O", Label: "Other address"})
	}
	if len(known) > 0 {
		m.Buttons = append(m.Buttons, window.Choice{Key: "K", Label: "Known phones"})
	}
	m.Buttons = append(m.Buttons, window.Choice{Key: "Escape", Label: "Cameras"})
	if says := fmt.Sprint(m.Address, m.Text, m.Alarm, m.Sub, len(m.Buttons)); says != p.shown {
		p.shown = says
		return &m
	}
	return nil
}

// invitation is the address that lets a phone in, at the i-th of all addresses:
// this computer may be in several networks, and only the person before it knows
// which of them is the phone's.
func invitation(link PhoneGate, all []string, i int) string {
	whole := link.Invitation()
	if len(all) == 0 {
		return whole
	}
	if _, secret, ok := strings.Cut(whole, "#"); ok {
		return all[i%len(all)] + "#" + secret
	}
	return whole
}

// loopback reports whether a host leads whoever goes there to himself.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// waitingFor says what is waited for, since when, and what to do.
func waitingFor(s phone.Status, known []phone.Known, since time.Duration) (text string, alarm bool) {
	switch {
	case s.Phone != nil && s.Here && s.Trouble != "" && since >= allows:
		return s.Phone.Name + ": " + s.Trouble, true
	case s.Phone != nil && s.Here:
		return s.Phone.Name + " is here. Let the page use its camera, and its picture follows.", false
	case s.Warned:
		return "A phone is here, and its browser warns. Tap what is numbered below.", false
	case since >= nobodyCame && !s.Reached:
		return "No phone has come yet. Is it in the same network as this computer, and not in one for guests? A firewall on this computer may stand in the way, too.", true
	case s.Phone != nil:
		return "Open gobancam's page on " + s.Phone.Name + " again: it is known. Or scan this code with any phone in this network.", false
	case len(known) > 0:
		return "Open gobancam's page on a phone that is known, or scan this code with any phone in this network.", false
	}
	return "Scan this code with the phone's camera. It must be in the same network as this computer.", false
}
