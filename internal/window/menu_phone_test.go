package window

import (
	"image"
	"strings"
	"testing"
	"time"

	"github.com/gobancam/gobancam/internal/qr"
	"github.com/gobancam/gobancam/internal/qr/qrtest"
)

const invitation = "https://192.168.178.23:8362/#k=Zm9vYmFyYmF6cXV4MTIzNA"

func phoneMenu(t testing.TB) *Menu {
	t.Helper()
	code, err := qr.Image(invitation, 1)
	if err != nil {
		t.Fatal(err)
	}
	return &Menu{Name: "phone", Title: "A phone as the camera", Sub: "Waiting for a phone", QR: code, Address: invitation, Warned: "192.168.178.23",
		Text:    "Scan this code with the phone. It must be in the same network as this computer.",
		Buttons: []Choice{{Key: "O", Label: "Other address"}, {Key: "K", Label: "Known phones"}, {Key: "Escape", Label: "Cameras"}}}
}

// A phone reads the code off the page, in every size and in both themes.
func TestThePhonesCodeCanBeScanned(t *testing.T) {
	for _, light := range []bool{false, true} {
		for _, size := range []image.Point{{800, 600}, {1120, 720}, {1920, 1080}} {
			w := New(Options{Light: light})
			w.ShowMenu(phoneMenu(t))
			if got := qrtest.Scan(t, still(t, "phone", w, size)); got != invitation {
				t.Errorf("%v, light %v: the code is read as %q", size, light, got)
			}
		}
	}
}

// Whatever the window's size, what is to be tapped on the phone is drawn whole,
// with its number; the words around it may go.
func TestWhatIsToBeTappedIsDrawn(t *testing.T) {
	want := map[string]int{"1": 3, "2": 3, "3": 1}
	for _, g := range guides("192.168.178.23") {
		for _, tap := range g.phone.Taps {
			if tap.Number > 0 {
				for _, word := range strings.Fields(tap.Text) {
					want[word]++
				}
			}
		}
	}
	for _, size := range []image.Point{{800, 600}, {1120, 720}, {1920, 1080}, {600, 900}, {1600, 600}, {3840, 2160}} {
		w := New(Options{})
		w.ShowMenu(phoneMenu(t))
		u := ready(w, size)
		left := map[string]int{}
		for k, n := range want {
			left[k] = n
		}
		u.write.Drawn = func(_ float32, s string) {
			for _, word := range strings.Fields(s) {
				left[word]--
			}
		}
		u.render()
		for word, n := range left {
			if want[word] > 0 && n > 0 {
				t.Errorf("at %v %q lacks %d times", size, word, n)
			}
		}
	}
}

// Who does not see the drawings hears what they say.
func TestWhatIsToBeTappedIsSaid(t *testing.T) {
	var heard []string
	w, u := offered(phoneMenu(t), Options{Say: func(s string) { heard = append(heard, s) }})
	u.narrate(time.Now())
	if len(heard) != 1 {
		t.Fatalf("heard %q", heard)
	}
	for _, words := range []string{"In Safari, 1: Show Details, 2: visit this website, 3: Visit Website.", "Accept the Risk and Continue", "O: Other address"} {
		if !strings.Contains(heard[0], words) {
			t.Errorf("%q is not said: %q", words, heard[0])
		}
	}
	heard = nil
	m := phoneMenu(t)
	m.Text = "Pixel 7 (Chrome) is here."
	w.ShowMenu(m)
	u.look()
	u.narrate(time.Now())
	if len(heard) != 1 || heard[0] != m.Text {
		t.Errorf("of what the phone does next is heard %q", heard)
	}
}
