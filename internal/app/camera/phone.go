package camera

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gobancam/gobancam/internal/app/failure"
	"github.com/gobancam/gobancam/internal/app/state"
	"github.com/gobancam/gobancam/internal/version"
	"github.com/gobancam/gobancam/phone"
	"github.com/gobancam/gobancam/vision"
)

// AnyPhone is the name of the camera of whichever phone comes. Once one is the
// camera, its name is AnyPhone and its id: that is what calibrations, recordings
// and the next start know it by, whatever address it or this computer has then.
const AnyPhone = "phone:"

// IsPhone reports whether a camera's name is that of a phone whose browser shows
// our page.
func IsPhone(name string) bool { _, ok := PhoneID(name); return ok }

// PhoneID returns the id of the phone that a camera is, "" for any; ok is false
// for another camera.
func PhoneID(name string) (id string, ok bool) {
	if id, ok = strings.CutPrefix(name, AnyPhone); ok && (id == "" || phone.IsID(id)) {
		return id, true
	}
	return "", false
}

// PhoneName is the camera's name of the phone with an id.
func PhoneName(id string) string { return AnyPhone + id }

// phones is the link to phones. It is opened when the first one is wanted, and
// stays open from game to game until LeavePhones: a phone keeps its page open.
var phones struct {
	sync.Mutex
	opt  PhoneOptions
	link *phone.Link
	note atomic.Pointer[func(string)] // is told what the link has to say
}

// PhoneOptions say how the page for phones is served; see phone.Options.
type PhoneOptions struct{ Address, Cert, Key string }

// ServePhones says how the page is served, from the next Phones on that opens it.
func ServePhones(o PhoneOptions) {
	phones.Lock()
	defer phones.Unlock()
	phones.opt = o
}

// Phones opens the link to phones, or returns the one that is open. note is told
// from now on what its owner should know; nil for whoever was told before.
func Phones(note func(string)) (*phone.Link, error) {
	phones.Lock()
	defer phones.Unlock()
	if note != nil {
		phones.note.Store(&note)
	}
	if phones.link != nil {
		return phones.link, nil
	}
	l, err := phone.Open(context.Background(), phone.Options{
		Dir: state.Phones(), Address: phones.opt.Address, Cert: phones.opt.Cert, Key: phones.opt.Key,
		Name: "gobancam", Version: version.Version,
		Note: func(text string) {
			if note := phones.note.Load(); note != nil {
				(*note)(text)
			}
		},
	})
	if err != nil {
		return nil, failure.As(failure.Misuse, err)
	}
	phones.link = l
	return l, nil
}

// OpenedPhones is the link that is open, nil for none.
func OpenedPhones() *phone.Link {
	phones.Lock()
	defer phones.Unlock()
	return phones.link
}

// LeavePhones closes the link, if it is open.
func LeavePhones() {
	phones.Lock()
	l := phones.link
	phones.link = nil
	phones.note.Store(nil)
	phones.Unlock()
	if l != nil {
		_ = l.Close() // there is nothing that could be lost
	}
}

// Meet waits for the phone that is to be the camera, and returns its name; that
// of another camera comes back at once. invite is called when there is something
// to be shown to the person with the phone, first and when the invitation is
// another one; note is told what the link has to say.
func Meet(ctx context.Context, name string, note func(string), invite func(*phone.Link)) (string, error) {
	id, ok := PhoneID(name)
	if !ok {
		return name, nil
	}
	l, err := Phones(note)
	if err != nil {
		return name, err
	}
	if id != "" && !l.Expect(id) {
		note("This phone is not known any more: another one, or the same with a new name, has to scan the code.")
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	type met struct {
		who phone.Phone
		err error
	}
	here := make(chan met, 1)
	go func() {
		who, err := l.Wait(ctx)
		here <- met{who, err}
	}()
	tick := time.NewTicker(meetEvery)
	defer tick.Stop()
	shown, trouble := "", ""
	var since time.Time // that another invitation holds, which a phone that is being let in causes too
	for {
		s, at := l.Status(), l.Invitation()
		switch {
		case at == shown || s.Sending:
			since = time.Time{}
		case since.IsZero() && shown != "":
			since = time.Now()
		case shown == "", time.Since(since) > letIn && !s.Here:
			shown = at
			invite(l)
		}
		if s.Here && s.Trouble != trouble {
			if trouble = s.Trouble; trouble != "" {
				note(trouble)
			}
		}
		select {
		case m := <-here:
			if m.err != nil {
				return name, m.err
			}
			return PhoneName(m.who.ID), nil
		case <-tick.C:
		}
	}
}

// Times of Meet.
const (
	meetEvery = 200 * time.Millisecond // it looks how the link is doing
	letIn     = 3 * time.Second        // a phone that was let in opens its page
)

// Meet makes the choice that of the phone that came; see the function Meet.
func (c *Choice) Meet(ctx context.Context, note func(string), invite func(*phone.Link)) (err error) {
	c.Name, err = Meet(ctx, c.Name, note, invite)
	return err
}

// openPhone opens the camera of a phone, which may still be away: its pictures
// come when it does. note is told when they stop and come again; nil reads them
// as they come, until they stop.
func openPhone(ctx context.Context, name string, note func(string)) (vision.Source, error) {
	l, err := Phones(note)
	if err != nil {
		return nil, err
	}
	if id, _ := PhoneID(name); id != "" {
		l.Expect(id)
	}
	open := func(ctx context.Context) (vision.Source, error) {
		if _, err := l.Wait(ctx); err != nil {
			return nil, err
		}
		return phonePictures(l), nil
	}
	if note == nil {
		return open(ctx)
	}
	return vision.NewLive(ctx, open, vision.LiveOptions{Notify: func(s vision.Status) { note(s.Text) }}), nil
}

// phonePictures are the pictures that a phone sends.
func phonePictures(l *phone.Link) vision.Source {
	var began time.Time
	return vision.FromEncoded(func(ctx context.Context) (vision.Encoded, error) {
		p, err := l.Next(ctx)
		if err != nil {
			return vision.Encoded{}, err
		}
		if began.IsZero() {
			began = p.Taken
		}
		return vision.Encoded{Data: p.JPEG, Taken: p.Taken, Time: p.Taken.Sub(began)}, nil
	})
}

// phoneTitle is how a phone is called.
func phoneTitle(name string) string {
	id, _ := PhoneID(name)
	if l := OpenedPhones(); l != nil && id != "" {
		for _, k := range l.Known() {
			if k.ID == id {
				return "the phone " + k.Name
			}
		}
	}
	return "the phone"
}

// PhoneSays tells what a phone sends, as "the phone sends 1280×720, 12 pictures a
// second"; empty for nothing.
func PhoneSays(s phone.Status) string {
	if !s.Sending || s.Rate == 0 {
		return ""
	}
	return fmt.Sprintf("the phone sends %d×%d, %.0f pictures a second", s.Width, s.Height, s.Rate)
}
