package lounge

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gobancam/gobancam/internal/app/apptest"
	"github.com/gobancam/gobancam/internal/app/camera"
	"github.com/gobancam/gobancam/internal/app/seat"
	"github.com/gobancam/gobancam/internal/patient"
	"github.com/gobancam/gobancam/internal/qr"
	"github.com/gobancam/gobancam/internal/sim"
	"github.com/gobancam/gobancam/internal/window"
	"github.com/gobancam/gobancam/phone"
	"github.com/gobancam/gobancam/phone/phonetest"
)

// shelf is a link to phones that are not there.
type shelf struct {
	mu       sync.Mutex
	status   phone.Status
	secret   string
	known    []phone.Known
	expected string
	answers  []string
	broken   error // of Forget
}

func (s *shelf) Addresses() []string {
	return []string{"https://192.168.1.5:8362/", "https://10.0.0.7:8362/"}
}
func (s *shelf) Invitation() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return "https://192.168.1.5:8362/#k=" + s.secret
}
func (s *shelf) Status() phone.Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.status
}
func (s *shelf) Known() []phone.Known {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.known
}
func (s *shelf) Expect(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expected = id
	return true
}
func (s *shelf) Allow(id string, yes bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers = append(s.answers, map[bool]string{true: "yes ", false: "no "}[yes]+id)
	s.status.Asking = nil
}
func (s *shelf) Forget(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken == nil {
		s.known = nil
	}
	return s.broken
}

func (s *shelf) set(change func(*shelf)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
}

var anna = phone.Phone{ID: "annabcdefg", Name: "iPhone (Safari)"}

// guests opens a lounge that takes phones.
func guests(t *testing.T, s *shelf, opt Options) *visit {
	t.Helper()
	opt.Phones = func() (Phones, error) { return s, nil }
	camera.ServePhones(camera.PhoneOptions{Address: "127.0.0.1:0"}) // whoever opens the camera in earnest
	t.Cleanup(func() {
		camera.LeavePhones()
		camera.ServePhones(camera.PhoneOptions{})
	})
	return enter(t, apptest.NewWorld(t), opt)
}

// says waits for a page that says something.
func says(words string) func(*window.Menu) bool {
	return func(m *window.Menu) bool { return strings.Contains(m.Text, words) }
}

// The page leads a phone here: its code is that of the address that is shown, it
// changes with the secret and with the network, and it says what the phone does.
func TestAPhoneIsLedHere(t *testing.T) {
	s := &shelf{secret: "one"}
	u := guests(t, s, Options{})
	u.answer("cameras", "Enter", itemPhone, "")
	m := u.page(t, "phone", says("Scan this code"))
	const address = "https://192.168.1.5:8362/#k=one"
	if code, _ := qr.Image(address, 1); m.Address != address || m.Warned != "192.168.1.5" || !reflect.DeepEqual(m.QR, code) {
		t.Errorf("the address is %q, the code is of it: %v, warned of %q", m.Address, reflect.DeepEqual(m.QR, code), m.Warned)
	}
	s.set(func(s *shelf) { s.secret = "two" })
	u.page(t, "phone", func(m *window.Menu) bool { return strings.HasSuffix(m.Address, "#k=two") })
	u.answer("phone", "O", "", "")
	u.page(t, "phone", func(m *window.Menu) bool {
		return m.Address == "https://10.0.0.7:8362/#k=two" && m.Warned == "10.0.0.7"
	})
	s.set(func(s *shelf) { s.status.Reached, s.status.Warned = true, true })
	u.page(t, "phone", says("its browser warns"))
	s.set(func(s *shelf) { s.status.Phone, s.status.Here = &anna, true })
	u.page(t, "phone", says("iPhone (Safari) is here"))
	s.set(func(s *shelf) { s.status.Trouble = "Its browser was not given the camera." })
	if m := u.page(t, "phone", says("not given the camera")); !m.Alarm {
		t.Error("the trouble is none")
	}
	u.answer("phone", "Escape", "", "")
	u.page(t, "cameras", nil)
}

// A phone that comes is the camera: its picture is calibrated, it shows the grid
// and what is to be done meanwhile, and it is known by its own name afterwards.
// Where its pictures stop, the page says what the phone has said.
func TestAPhoneIsCalibrated(t *testing.T) {
	w := apptest.NewWorld(t)
	camera.ServePhones(camera.PhoneOptions{Address: "127.0.0.1:0"})
	t.Cleanup(func() { camera.ServePhones(camera.PhoneOptions{}) })
	u := enter(t, w, Options{})
	u.answer("cameras", "Enter", itemPhone, "")
	m := u.page(t, "phone", says("No phone can reach"))
	ctx, stop := patient.Context(t.Context(), 2*time.Minute)
	defer stop()
	p := phonetest.New()
	defer p.Close()
	if err := p.PairAs(m.Address, "Pixel 7", ""); err != nil {
		t.Fatal(err)
	}
	page, err := p.Open(ctx)
	if err != nil {
		t.Fatal(err)
	}
	u.page(t, "phone", says("is here"))
	cfg := sim.Default(9)
	cfg.Width, cfg.Height = 640, 360
	world, err := sim.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	picture := world.JPEG()
	filming, cut := context.WithCancel(ctx)
	var film sync.WaitGroup
	film.Go(func() {
		for filming.Err() == nil {
			if err := page.Send(filming, picture, time.Time{}); err != nil {
				return
			}
			select {
			case <-time.After(50 * time.Millisecond):
			case <-filming.Done():
			}
		}
	})
	c := <-u.calibrating
	for s := (phone.Screen{}); s.AdviceKind != "found"; {
		if err := page.Await(ctx, "screen", &s); err != nil {
			t.Fatal(err)
		}
		if s.AdviceKind == "found" && (s.Mode != "aim" || s.Size != 9 || len(s.Lines) == 0) {
			t.Errorf("the phone shows %+v", s)
		}
	}
	v := c.session.View()
	if !v.Ready || !strings.HasPrefix(v.Title, "phone Pixel 7") || !strings.HasPrefix(v.Camera, "phone:") {
		t.Errorf("ready %v, camera %q, called %q", v.Ready, v.Camera, v.Title)
	}
	cut()
	film.Wait()
	if err := page.Say(`{"state":{"hidden":true}}`); err != nil {
		t.Fatal(err)
	}
	for v := c.session.View(); !v.Stopped || !strings.Contains(v.Text, "locked or its page is hidden"); v = c.session.View() {
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			t.Fatalf("stopped %v: %q", v.Stopped, v.Text)
		}
	}
	if err := page.Say(`{"state":{"hidden":false}}`); err != nil {
		t.Fatal(err)
	}
	if err := page.Send(ctx, picture, time.Time{}); err != nil {
		t.Fatal(err)
	}
	for s := (phone.Screen{}); !slices.Contains(s.Buttons, "yes"); { // once it has been looked at again
		if err := page.Await(ctx, "screen", &s); err != nil {
			t.Fatal(err)
		}
		if slices.Contains(s.Buttons, "yes") && !strings.Contains(s.Question, "you sit at the bottom") {
			t.Errorf("the phone asks %q", s.Question)
		}
	}
	if err := page.Say(`{"cmd":"yes"}`); err != nil {
		t.Fatal(err)
	}
	if m := u.page(t, "start", nil); !strings.Contains(m.Sub, "Pixel 7") {
		t.Errorf("the games begin from %q", m.Sub)
	}
	last, err := camera.Last()
	if err != nil || last.Name != v.Camera {
		t.Errorf("the next start takes %q: %v", last.Name, err)
	}
	if p, err := camera.Profiles().Load(v.Camera); err != nil || p.Grid.Size != 9 {
		t.Errorf("the calibration is %+v: %v", p, err)
	}
	page.Leave()
	u.answer("start", "Escape", "", "")
	u.answer("cameras", "Enter", itemAddress, "") // no phone is wanted any more
	u.answer("address", "Enter", "", "http://127.0.0.1:1/video")
	u.page(t, "trouble: No picture", nil)
	if camera.OpenedPhones() != nil {
		t.Error("the page for phones is served still")
	}
}

// While one phone is the camera, another one can be let in, or the one that is
// there be kept.
func TestAnotherPhoneCanBeLetIn(t *testing.T) {
	s := &shelf{secret: "one"}
	u := guests(t, s, Options{})
	u.answer("cameras", "Enter", itemPhone, "")
	u.answer("phone", "Escape", "", "")
	s.set(func(s *shelf) { s.status.Phone, s.status.Here, s.status.Sending = &anna, true, true })
	u.answer("cameras", "S", "", "")
	m := u.page(t, "cameras", func(m *window.Menu) bool { return m.Items[0].Title == anna.Name })
	if m.Items[0].Key != "phone:"+anna.ID {
		t.Errorf("the phone is %+v", m.Items[0])
	}
	u.answer("cameras", "Enter", itemPhone, "")
	m = u.page(t, "phone", says("take the place of iPhone (Safari)"))
	if m.Buttons[0].Key != "Enter" {
		t.Errorf("the buttons are %+v", m.Buttons)
	}
	ben := phone.Phone{ID: "benbcdefgh", Name: "Pixel 7 (Chrome)"}
	s.set(func(s *shelf) { s.status.Phone, s.status.Sending = &ben, false })
	u.page(t, "phone", says("Pixel 7 (Chrome) is here"))
	s.set(func(s *shelf) { s.status.Sending = true })
	<-u.calibrating
	if got := u.l.seat.Camera.Name; got != "phone:"+ben.ID {
		t.Errorf("the camera is %q", got)
	}
}

// The phone that took over during a game is the camera of the next one.
func TestThePhoneThatTookOverIsFollowed(t *testing.T) {
	s := &shelf{status: phone.Status{Phone: &anna, Here: true, Sending: true}}
	l := &Lounge{seat: &seat.Seat{}}
	l.seat.Camera.Name = "0"
	if l.followPhone(); l.seat.Camera.Name != "0" {
		t.Errorf("without a link the camera is %q", l.seat.Camera.Name)
	}
	l.link = s
	if l.followPhone(); l.seat.Camera.Name != "0" {
		t.Errorf("where the camera is none, it becomes %q", l.seat.Camera.Name)
	}
	l.seat.Camera = camera.Choice{Name: "phone:benbcdefgh", Corners: &camera.Corners{}}
	if l.followPhone(); l.seat.Camera.Name != "phone:"+anna.ID || l.seat.Camera.Corners != nil {
		t.Errorf("the camera is %+v", l.seat.Camera)
	}
	s.status.Phone = nil
	if l.followPhone(); l.seat.Camera.Name != "phone:"+anna.ID {
		t.Errorf("with nobody there the camera is %q", l.seat.Camera.Name)
	}
}

// On the next evening the phone of the last is waited for.
func TestTheLastPhoneIsWaitedFor(t *testing.T) {
	w := apptest.NewWorld(t)
	camera.Choice{Name: "phone:" + anna.ID}.Remember()
	s := &shelf{secret: "one", known: []phone.Known{{Phone: anna, First: time.Now().AddDate(0, 0, -3), Last: time.Now().AddDate(0, 0, -1)}}}
	u := enter(t, w, Options{Phones: func() (Phones, error) { return s, nil }})
	u.page(t, "phone", says("a phone that is known"))
	s.mu.Lock()
	if s.expected != anna.ID {
		t.Errorf("%q is expected", s.expected)
	}
	s.mu.Unlock()
	u.answer("phone", "K", "", "")
	m := u.page(t, "known phones", nil)
	if len(m.Items) != 1 || m.Items[0].Title != anna.Name || !strings.HasPrefix(m.Items[0].Detail, "here last yesterday at ") {
		t.Errorf("known are %+v", m.Items)
	}
	u.answer("known phones", "Enter", anna.ID, "")
	u.answer("forget", "Escape", "", "")
	s.set(func(s *shelf) { s.broken = errors.New("the disk is full") })
	u.answer("known phones", "Enter", anna.ID, "")
	u.answer("forget", "F", "", "")
	u.answer("trouble: The phone may be known still", "Enter", "", "")
	s.set(func(s *shelf) { s.broken = nil })
	u.answer("known phones", "Enter", anna.ID, "")
	u.answer("forget", "F", "", "")
	u.page(t, "known phones", func(m *window.Menu) bool { return len(m.Items) == 0 })
}

// Another phone is asked about whatever page is shown; what is asked about a
// phone that has gone is withdrawn.
func TestAnotherPhoneIsAskedAbout(t *testing.T) {
	s := &shelf{secret: "one"}
	u := guests(t, s, Options{})
	u.answer("cameras", "Enter", itemPhone, "")
	u.answer("phone", "Escape", "", "")
	ben := phone.Phone{ID: "benbcdefgh", Name: "Pixel 7 (Chrome)"}
	for _, key := range []string{"A", "Escape"} {
		s.set(func(s *shelf) { s.status.Phone, s.status.Asking = &anna, &ben })
		m, answered := u.asked(t)
		if !strings.Contains(m.Text, ben.Name) || !strings.Contains(m.Text, anna.Name) {
			t.Errorf("the question is %q", m.Text)
		}
		answered(window.Answer{Menu: m.Name, Key: key})
		u.Withdraw(m.Name) // as the window does
	}
	s.set(func(s *shelf) { s.status.Asking = &ben })
	u.asked(t)
	s.set(func(s *shelf) { s.status.Asking = nil })
	late := patient.After(time.Minute)
	for {
		u.mu.Lock()
		q, news := u.question, u.news
		u.mu.Unlock()
		if q == nil {
			break
		}
		select {
		case <-news:
		case <-late:
			t.Fatal("the question stays though the phone has gone")
		}
	}
	if got := strings.Join(s.answers, ", "); got != "yes "+ben.ID+", no "+ben.ID {
		t.Errorf("the phone was told %q", got)
	}
}

// asked waits for a question over the page.
func (s *sheet) asked(t *testing.T) (*window.Menu, func(window.Answer)) {
	t.Helper()
	late := patient.After(time.Minute)
	for {
		s.mu.Lock()
		q, answered, news := s.question, s.answered, s.news
		s.mu.Unlock()
		if q != nil {
			return q, answered
		}
		select {
		case <-news:
		case <-late:
			t.Fatal("nothing is asked")
		}
	}
}

// A link that cannot be opened is a page with the reason, and not the end.
func TestNoLinkToPhones(t *testing.T) {
	fails := errors.New("no port from 8362 to 8371 is free")
	u := enter(t, apptest.NewWorld(t), Options{Phones: func() (Phones, error) { return nil, fails },
		Seat: &seat.Seat{Options: seat.Options{Camera: camera.Choice{Name: "phone:"}}}, Chosen: true})
	m := u.answer("trouble: A phone cannot be the camera now", "Escape", "", "")
	if !strings.Contains(m.Text, "8362 to 8371") {
		t.Errorf("the trouble is %q", m.Text)
	}
	u.page(t, "cameras", nil)
}
