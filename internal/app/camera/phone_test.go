package camera_test

import (
	"strings"
	"testing"
	"time"

	"github.com/gobancam/gobancam/internal/app/apptest"
	"github.com/gobancam/gobancam/internal/app/camera"
	"github.com/gobancam/gobancam/internal/patient"
	"github.com/gobancam/gobancam/internal/sim"
	"github.com/gobancam/gobancam/phone"
	"github.com/gobancam/gobancam/phone/phonetest"
	"github.com/gobancam/gobancam/vision"
)

func TestPhoneNames(t *testing.T) {
	for name, want := range map[string]string{"phone:": "any", "phone:abcdefghjk": "abcdefghjk", "phone:../../etc/x": "", "phone:192.168.1.5": "", "0": "", "http://phone/": "", "sim:9": ""} {
		id, ok := camera.PhoneID(name)
		if ok && id == "" {
			id = "any"
		}
		if id != want || ok != camera.IsPhone(name) {
			t.Errorf("%q is the phone %q, %v", name, id, ok)
		}
	}
}

// A phone is met, is a camera whose pictures were taken when it says, goes and
// comes back; on another evening it is met again by its name.
func TestAPhoneIsMet(t *testing.T) {
	apptest.Home(t)
	camera.ServePhones(camera.PhoneOptions{Address: "127.0.0.1:0"})
	t.Cleanup(camera.LeavePhones)
	ctx, stop := patient.Context(t.Context(), time.Minute)
	defer stop()
	world, err := sim.New(sim.Default(9))
	if err != nil {
		t.Fatal(err)
	}
	jpeg := world.JPEG()
	p := phonetest.New()
	defer p.Close()
	invited := make(chan string, 8)
	meet := func(name string) chan string {
		met := make(chan string, 1)
		go func() {
			name, err := camera.Meet(ctx, name, func(s string) { t.Log(s) }, func(l *phone.Link) { invited <- l.Invitation() })
			if err != nil {
				t.Error(err)
			}
			met <- name
		}()
		return met
	}
	open := func() *phonetest.Page {
		page, err := p.Open(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return page
	}
	send := func(page *phonetest.Page, taken time.Time) {
		t.Helper()
		if err := page.Send(ctx, jpeg, taken); err != nil {
			t.Fatal(err)
		}
	}

	met := meet(camera.AnyPhone)
	if err := p.Pair(<-invited); err != nil {
		t.Fatal(err)
	}
	page := open()
	send(page, time.Time{})
	name := <-met
	if id, ok := camera.PhoneID(name); !ok || id == "" {
		t.Fatalf("the camera is called %q", name)
	}
	if title := camera.Title(name); title != "the phone Pixel 7 (Chrome)" {
		t.Errorf("people call it %q", title)
	}

	said := make(chan string, 16)
	src, _, err := camera.Open(ctx, name, vision.OpenOptions{}, 9, func(s string) { said <- s }, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	time.Sleep(300 * time.Millisecond) // else it were older than the one before
	taken := time.Now().Add(-200 * time.Millisecond)
	send(page, taken)
	for {
		f, err := src.Next(ctx)
		if err != nil {
			t.Fatal(err)
		}
		off := f.Taken.Sub(taken).Abs()
		f.Close()
		if off < 5*time.Millisecond {
			break
		}
	}
	hear := func(words string) {
		t.Helper()
		for {
			select {
			case s := <-said:
				if strings.Contains(s, words) {
					return
				}
			case <-ctx.Done():
				t.Fatalf("nobody says %q", words)
			}
		}
	}
	hear("is sending pictures")
	if err := page.Say(`{"state":{"hidden":true}}`); err != nil {
		t.Fatal(err)
	}
	hear("the phone's screen is locked or its page is hidden")
	page.Cut()
	page = open()
	send(page, time.Time{})
	hear("is sending pictures")
	page.Leave()

	src.Close()
	camera.LeavePhones()
	met = meet(name) // another evening
	invitation := <-invited
	p.Base, _, _ = strings.Cut(invitation, "/#")
	page = open()
	send(page, time.Time{})
	if again := <-met; again != name {
		t.Errorf("on another evening it is %q, not %q", again, name)
	}
	page.Leave()
}
