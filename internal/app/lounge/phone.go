package lounge

import (
	"context"
	"time"

	"github.com/gobancam/gobancam/internal/app/camera"
	"github.com/gobancam/gobancam/internal/app/face"
	"github.com/gobancam/gobancam/internal/window"
	"github.com/gobancam/gobancam/phone"
)

// Phones is the link to the phones that may be the camera, as far as the pages
// need it.
type Phones interface {
	face.PhoneGate
	Status() phone.Status
	Expect(id string) bool
	Allow(id string, yes bool)
	Forget(id string) error
}

// lookAtPhones is how often the pages look at how the phones are doing.
const lookAtPhones = 200 * time.Millisecond

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
	l.seat.Face.Asks.Store(true)
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
	l.seat.Face.Asks.Store(false)
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
	show := face.PhonePage{Link: link, Not: not}
	for {
		s := link.Status()
		if s.Sending && s.Phone != nil && (not == nil || s.Phone.ID != not.ID) {
			l.seat.Camera = camera.Choice{Name: camera.PhoneName(s.Phone.ID)}
			return l.calibrate, nil
		}
		if m := show.Menu(s, time.Now()); m != nil {
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
				show.At++
			case "K":
				return l.knownPhones, nil
			case "Escape":
				return l.cameras, nil
			}
		}
	}
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
