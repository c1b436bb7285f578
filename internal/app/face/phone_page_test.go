package face

import (
	"strings"
	"testing"
	"time"

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
