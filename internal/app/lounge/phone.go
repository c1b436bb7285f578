package lounge

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/gobancam/gobancam/internal/app/camera"
	"github.com/gobancam/gobancam/internal/qr"
	"github.com/gobancam/gobancam/internal/window"
	"github.com/gobancam/gobancam/phone"
)

// Phones is the link to the phones that may be the camera, as far as the pages
// need it.
type Phones interface {
	Addresses() []string
	Invitation() string
	Status() phone.Status
	Known() []phone.Known
	Expect(id string) bool
	Allow(id string, yes bool)
	Forget(id string) error
}

// lookAtPhones is how often the pages look at how the phones are doing.
const lookAtPhones = 200 * time.Millisecond

// nobodyCame is after how long without a phone the page says what may be in the
// way of one, and allows how long somebody may take to let the page use the
// camera.
const (
	nobodyCame = 40 * time.Second
	allows     = 6 * time.Second
)

// phones returns the link, which stays open until the lounge is left: phones
// come and go while a game is on.
func (l *Lounge) phones() (Phones, error) {
	if l.link != nil {
		return l.link, nil
	}
	open := l.opt.Phones
	if open == nil {
		open = func() (Phones, error) { return camera.Phones(l.seat.Face.Note) }
	}
	link, err := open()
	if err != nil {
		return nil, err
	}
	var ctx context.Context
	ctx, l.unask = context.WithCancel(l.ctx)
	l.link = link
	l.asking.Go(func() { l.takeover(ctx, link) })
	return link, nil
}

// leavePhones closes the link: no phone is wanted any more.
func (l *Lounge) leavePhones() {
	if l.link == nil {
		return
	}
	l.unask()
	l.asking.Wait()
	l.link = nil
	if l.opt.Phones == nil {
		camera.LeavePhones()
	}
}

// phoneHere is the phone that sends pictures, nil for none.
func (l *Lounge) phoneHere() *phone.Phone {
	if l.link == nil {
		return nil
	}
	if s := l.link.Status(); s.Sending {
		return s.Phone
	}
	return nil
}

// followPhone makes the phone that has taken over, during a game perhaps, the
// camera of what comes next.
func (l *Lounge) followPhone() {
	if l.link == nil || !camera.IsPhone(l.seat.Camera.Name) {
		return
	}
	if s := l.link.Status(); s.Phone != nil && camera.PhoneName(s.Phone.ID) != l.seat.Camera.Name {
		l.seat.Camera = camera.Choice{Name: camera.PhoneName(s.Phone.ID)}
	}
}

// anotherPhone waits for a phone to take the place of the one that is the camera.
func (l *Lounge) anotherPhone(ctx context.Context) (page, error) {
	return l.awaitPhone(ctx, l.phoneHere())
}

// phone waits for a phone that is to be the camera: it shows the code that lets
// one in, and what its browser will say. A phone that is known goes on at once.
func (l *Lounge) phone(ctx context.Context) (page, error) { return l.awaitPhone(ctx, nil) }

// awaitPhone shows the page until a phone other than not sends pictures.
func (l *Lounge) awaitPhone(ctx context.Context, not *phone.Phone) (page, error) {
	link, err := l.phones()
	if err != nil {
		return l.trouble("A phone cannot be the camera now", err, l.phone, l.cameras, "Cameras"), nil
	}
	if id, ok := camera.PhoneID(l.seat.Camera.Name); ok && id != "" && not == nil {
		link.Expect(id)
	}
	tick := time.NewTicker(lookAtPhones)
	defer tick.Stop()
	show := phonePage{link: link, not: not, since: time.Now()}
	for {
		s := link.Status()
		if s.Sending && s.Phone != nil && (not == nil || s.Phone.ID != not.ID) {
			l.seat.Camera = camera.Choice{Name: camera.PhoneName(s.Phone.ID)}
			return l.calibrate, nil
		}
		if m := show.menu(s, time.Now()); m != nil {
			l.window.ShowMenu(m)
		}
		select {
		case <-ctx.Done():
			return nil, nil
		case <-tick.C:
		case a := <-l.window.Answers():
			if a.Menu != "phone" {
				continue
			}
			switch a.Key {
			case "Enter":
				return l.phone, nil
			case "O":
				show.at++
			case "K":
				return l.knownPhones, nil
			case "Escape":
				return l.cameras, nil
			}
		}
	}
}

// phonePage is what the page says while it waits for a phone.
type phonePage struct {
	link  Phones
	not   *phone.Phone // that is the camera already; nil for none
	at    int          // of the addresses: the one that is shown
	since time.Time
	came  time.Time // when the phone did

	shown   string      // what the page said last
	address string      // that the code is of
	host    string      // of it
	full    window.Menu // with it, and nothing said yet
}

// menu returns the page if it has to be shown anew, else nil.
func (p *phonePage) menu(s phone.Status, now time.Time) *window.Menu {
	all, known := p.link.Addresses(), p.link.Known()
	address := invitation(p.link, all, p.at)
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
	if p.not != nil && s.Phone != nil && s.Phone.ID == p.not.ID {
		m.Text, m.Alarm = "Scan this code with a phone that is to take the place of "+s.Phone.Name+".", false
		m.Buttons = append(m.Buttons, window.Choice{Key: "Enter", Label: "Keep this one", Lead: true})
	}
	if len(all) > 1 {
		m.Sub = fmt.Sprintf("Waiting for a phone · address %d of %d", p.at%len(all)+1, len(all))
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
func invitation(link Phones, all []string, i int) string {
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

// knownPhones lists the phones that are known, to forget them.
func (l *Lounge) knownPhones(ctx context.Context) (page, error) {
	link, err := l.phones()
	if err != nil {
		return l.trouble("A phone cannot be the camera now", err, l.phone, l.cameras, "Cameras"), nil
	}
	for {
		m := &window.Menu{Name: "known phones", Title: "Known phones", Sub: "They come without a code. Choose one that is to be forgotten.",
			Empty: "No phone is known.", Buttons: []window.Choice{{Key: "Escape", Label: "Back"}}}
		known, s := link.Known(), link.Status()
		for _, k := range known {
			i := window.Item{Key: k.ID, Title: k.Name, Detail: "here last " + when(k.Last, time.Now()) + ", first " + when(k.First, time.Now())}
			if s.Phone != nil && s.Phone.ID == k.ID {
				i.Note = "The camera"
			}
			m.Items = append(m.Items, i)
		}
		a, ok := l.ask(ctx, m)
		switch {
		case !ok:
			return nil, nil
		case a.Key == "Escape":
			return l.phone, nil
		}
		for _, k := range known {
			if k.ID != a.Item {
				continue
			}
			a, ok := l.ask(ctx, &window.Menu{Name: "forget", Title: "Forget " + k.Name + "?",
				Text:    "It cannot be the camera then until it scans the code again. Then it gets a new name, and shows the board anew.",
				Buttons: []window.Choice{{Key: "F", Label: "Forget"}, {Key: "Escape", Label: "Keep"}}})
			if !ok {
				return nil, nil
			}
			if a.Key == "F" {
				if err := link.Forget(k.ID); err != nil {
					return l.trouble("The phone may be known still", err, l.knownPhones, l.phone, "Back"), nil
				}
			}
		}
	}
}

// when says a time as people do.
func when(at, now time.Time) string {
	at, now = at.Local(), now.Local()
	day := func(t time.Time) string { return t.Format(time.DateOnly) }
	switch {
	case at.IsZero():
		return "at an unknown time"
	case day(at) == day(now):
		return "today at " + at.Format("15:04")
	case day(at) == day(now.AddDate(0, 0, -1)):
		return "yesterday at " + at.Format("15:04")
	}
	return "on " + at.Format("2 January 2006")
}

// takeover has the person at this computer asked about another phone that wants
// to be the camera, whatever is shown, until ctx ends.
func (l *Lounge) takeover(ctx context.Context, link Phones) {
	const name = "another phone"
	tick := time.NewTicker(lookAtPhones)
	defer tick.Stop()
	asked := "" // the id of the phone that is asked about
	answered := make(chan struct{}, 1)
	for {
		id := ""
		s := link.Status()
		if s.Asking != nil {
			id = s.Asking.ID
		}
		if id != asked {
			asked = id
			if id == "" {
				l.window.Withdraw(name)
			} else {
				l.window.Ask(takeoverMenu(name, s), func(a window.Answer) {
					link.Allow(id, a.Key == "A")
					select {
					case answered <- struct{}{}:
					default:
					}
				})
			}
		}
		select {
		case <-ctx.Done():
			l.window.Withdraw(name)
			return
		case <-answered:
			asked = "" // the same phone may ask again
		case <-tick.C:
		}
	}
}

// takeoverMenu asks about the phone that wants to be the camera.
func takeoverMenu(name string, s phone.Status) *window.Menu {
	now := "The camera now is another phone."
	switch {
	case s.Phone != nil && s.Here:
		now = "The camera now is " + s.Phone.Name + "."
	case s.Phone != nil:
		now = s.Phone.Name + " was the camera last, and is not here."
	}
	return &window.Menu{Name: name, Title: "Another phone wants to be the camera", Alarm: true,
		Text:    s.Asking.Name + " asks to be the camera. " + now + " If that is not your doing, say no.",
		Buttons: []window.Choice{{Key: "A", Label: "Let it be the camera"}, {Key: "Escape", Label: "No"}}}
}
