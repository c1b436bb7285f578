package phone_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/jpeg"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/gobancam/gobancam/internal/patient"
	"github.com/gobancam/gobancam/phone"
	"github.com/gobancam/gobancam/phone/phonetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// picture is a JPEG of a size.
func picture(t testing.TB, width, height int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, width, height)), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// open opens a link on the loopback.
func open(t *testing.T, dir string) *phone.Link {
	t.Helper()
	l, err := phone.Open(t.Context(), phone.Options{Dir: dir, Address: "127.0.0.1:0", Name: "gobancam", Version: "1", Note: func(s string) { t.Log("note:", s) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// arrive lets a new phone in, which opens its page.
func arrive(t *testing.T, l *phone.Link) (*phonetest.Phone, *phonetest.Page) {
	t.Helper()
	p := phonetest.New()
	t.Cleanup(p.Close)
	if err := p.Pair(l.Invitation()); err != nil {
		t.Fatal(err)
	}
	return p, visit(t, p)
}

func visit(t *testing.T, p *phonetest.Phone) *phonetest.Page {
	t.Helper()
	page, err := p.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(page.Cut)
	return page
}

// is waits until the page is told its role.
func is(t *testing.T, page *phonetest.Page, want string) {
	t.Helper()
	var role struct{ Is, Text string }
	if err := page.Await(patience(t), "role", &role); err != nil {
		t.Fatal(err)
	}
	if role.Is != want {
		t.Fatalf("it is %q (%s), want %q", role.Is, role.Text, want)
	}
}

func patience(t *testing.T) context.Context {
	ctx, stop := patient.Context(t.Context(), 20*time.Second)
	t.Cleanup(stop)
	return ctx
}

func send(t *testing.T, page *phonetest.Page, jpeg []byte, taken time.Time) {
	t.Helper()
	if err := page.Send(patience(t), jpeg, taken); err != nil {
		t.Fatal(err)
	}
}

// TestAPhoneIsTheCamera goes the whole way once, from the code to the words.
func TestAPhoneIsTheCamera(t *testing.T) {
	l := open(t, t.TempDir())
	if s := l.Status(); s.Phone != nil || s.Sending {
		t.Errorf("before anybody came it says %+v", s)
	}
	l.Show(phone.Screen{Mode: "aim", Advice: "It is too dark."})
	invitation := l.Invitation()
	_, page := arrive(t, l)
	is(t, page, "camera")
	var screen phone.Screen
	if err := page.Await(patience(t), "screen", &screen); err != nil || screen.Advice != "It is too dark." {
		t.Errorf("the page shows %+v, %v", screen, err)
	}
	if l.Invitation() == invitation {
		t.Error("the invitation was used, and stands as it was")
	}
	taken := time.Now().Add(-100 * time.Millisecond)
	send(t, page, picture(t, 640, 480), taken)
	who, err := l.Wait(patience(t))
	if err != nil || who.Name != "Pixel 7 (Chrome)" || !phone.IsID(who.ID) {
		t.Errorf("the camera is %+v, %v", who, err)
	}
	got, err := l.Next(patience(t))
	if err != nil || got.Width != 640 || got.Height != 480 {
		t.Fatalf("the picture is %d×%d, %v", got.Width, got.Height, err)
	}
	if off := got.Taken.Sub(taken).Abs(); off > 2*time.Millisecond {
		t.Errorf("it was taken %v beside the time that the page said", off)
	}
	if s := l.Status(); !s.Sending || s.Width != 640 || s.Transport != "socket" || s.Phone.ID != who.ID {
		t.Errorf("while it sends it says %+v", s)
	}
	if err := page.Say(`{"cmd":"pass"}`); err != nil {
		t.Fatal(err)
	}
	if words := <-l.Commands(); words != "pass" {
		t.Errorf("the button said %q", words)
	}
	for _, text := range []string{"D4.", "Your turn."} {
		l.Say(phone.Sentence{Text: text, Lang: "en"})
	}
	var heard []string
	for range 2 {
		var s phone.Sentence
		if err := page.Await(patience(t), "say", &s); err != nil {
			t.Fatal(err)
		}
		heard = append(heard, s.Text)
	}
	if !slices.Equal(heard, []string{"D4.", "Your turn."}) {
		t.Errorf("the phone said %q", heard)
	}
	if _, err := l.Next(patience(t)); !errors.Is(err, phone.ErrGone) || !strings.Contains(err.Error(), "sends no pictures") {
		t.Errorf("the camera stands: %v", err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if err := page.Await(patience(t), "screen", &screen); err != nil || screen.Mode != "closed" {
		t.Errorf("at the end the page shows %+v, %v", screen, err)
	}
	if _, ok := <-l.Commands(); ok {
		t.Error("there are commands after the end")
	}
}

func mustURL(t *testing.T, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
