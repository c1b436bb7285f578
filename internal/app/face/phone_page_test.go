package face

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gobancam/gobancam/internal/window"
	"github.com/gobancam/gobancam/phone"
)

var anna = phone.Phone{ID: "annabcdefg", Name: "iPhone (Safari)"}

// What is said while a phone is waited for, and of what is in the way.
func TestWhatIsSaidWhileAPhoneIsWaitedFor(t *testing.T) {
	known := []phone.Known{{Phone: anna}}
	for _, c := range []struct {
		name  string
		s     phone.Status
		known []phone.Known
		since time.Duration
		words string
		alarm bool
	}{
		{"nobody", phone.Status{}, nil, 0, "Scan this code with the phone's camera", false},
		{"nobody for long", phone.Status{}, nil, time.Minute, "firewall", true},
		{"reached for long", phone.Status{Reached: true}, nil, time.Minute, "Scan this code", false},
		{"warned for long", phone.Status{Reached: true, Warned: true}, nil, time.Minute, "warns", false},
		{"somebody is known", phone.Status{}, known, 0, "phone that is known", false},
		{"the last one is away", phone.Status{Phone: &anna}, known, 0, "on iPhone (Safari) again", false},
		{"here", phone.Status{Phone: &anna, Here: true, Reached: true, Warned: true, Trouble: "It sends none."}, known, time.Second, "Let the page use its camera", false},
		{"here for long", phone.Status{Phone: &anna, Here: true, Trouble: "It sends none."}, known, time.Minute, "iPhone (Safari): It sends none.", true},
	} {
		if text, alarm := waitingFor(c.s, c.known, c.since); !strings.Contains(text, c.words) || alarm != c.alarm {
			t.Errorf("%s: %q is said, alarm %v", c.name, text, alarm)
		}
	}
}

// door is a link to phones of which none has come.
type door struct{}

func (door) Addresses() []string {
	return []string{"https://192.168.1.5:8362/", "https://10.0.0.7:8362/"}
}
func (door) Invitation() string   { return "https://192.168.1.5:8362/#k=secret" }
func (door) Known() []phone.Known { return []phone.Known{{Phone: anna}} }
func (door) Status() phone.Status { return phone.Status{} }

// pane is a window on which something lies.
type pane struct {
	mu       sync.Mutex
	menu     *window.Menu
	answered func(window.Answer)
	news     chan struct{}
}

func (p *pane) Ask(m *window.Menu, answered func(window.Answer)) { p.set(m, answered) }
func (p *pane) Withdraw(string)                                  { p.set(nil, nil) }

func (p *pane) set(m *window.Menu, answered func(window.Answer)) {
	p.mu.Lock()
	p.menu, p.answered = m, answered
	p.mu.Unlock()
	p.news <- struct{}{}
}

// A game that waits for a phone shows the code over its window; the other
// addresses can be had, and it goes when it is hidden and when the phone has come.
func TestTheCodeLiesOverAGameThatWaits(t *testing.T) {
	for _, end := range []string{"hidden", "come"} {
		ctx, stop := context.WithCancel(t.Context())
		p := &pane{news: make(chan struct{}, 16)}
		done := make(chan struct{})
		go func() {
			defer close(done)
			gate(ctx, p, door{})
		}()
		<-p.news
		if p.menu.Address != "https://192.168.1.5:8362/#k=secret" || p.menu.QR == nil || len(p.menu.Buttons) != 2 || p.menu.Buttons[1].Label != "Hide" {
			t.Errorf("%+v lies over it", p.menu)
		}
		p.answered(window.Answer{Menu: p.menu.Name, Key: "O"})
		<-p.news
		if p.menu.Address != "https://10.0.0.7:8362/#k=secret" {
			t.Errorf("the other address is %q", p.menu.Address)
		}
		if end == "hidden" {
			p.answered(window.Answer{Menu: p.menu.Name, Key: "Escape"})
		} else {
			stop()
		}
		<-done
		if p.menu != nil {
			t.Errorf("%s: %q lies over it still", end, p.menu.Name)
		}
		stop()
	}
}
