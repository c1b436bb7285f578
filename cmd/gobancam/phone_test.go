package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/image/draw"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/phone"
	"github.com/gobancam/gobancam/phone/phonetest"
)

// holder is a phone that somebody has set up above a board that is not there: it
// sends what there is to be seen, and keeps what it is told.
type holder struct {
	t     *testing.T
	phone *phonetest.Phone
	room  *room

	mu     sync.Mutex
	page   *phonetest.Page
	away   bool // nothing is sent
	turned bool // into portrait
	screen phone.Screen
	said   []phone.Sentence
	roles  []string
}

// hold sets a phone up above a board.
func hold(t *testing.T, r *room) *holder {
	t.Helper()
	h := &holder{t: t, phone: phonetest.New(), room: r}
	ctx, stop := context.WithCancel(t.Context())
	var filming sync.WaitGroup
	filming.Go(func() { h.film(ctx) })
	t.Cleanup(func() {
		stop()
		filming.Wait()
		if h.page != nil {
			h.page.Cut()
		}
		h.phone.Close()
	})
	return h
}

// invitation is what a program says that lets a phone in, without a face by the
// address on its error output.
func (p *program) invitation() string {
	p.t.Helper()
	p.expect("/#k=")
	all := regexp.MustCompile(`https://[^ "\\]+/#k=[\w-]+`).FindAllString(p.text(), -1)
	return all[len(all)-1]
}

// enter lets the phone in, and opens its page.
func (h *holder) enter(invitation string) {
	h.t.Helper()
	if err := h.phone.Pair(invitation); err != nil {
		h.t.Fatal(err)
	}
	h.open()
}

// open opens the page, anew where it is open.
func (h *holder) open() {
	h.t.Helper()
	page, err := h.phone.Open(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	h.mu.Lock()
	old := h.page
	h.page = page
	h.mu.Unlock()
	if old != nil {
		old.Cut()
	}
	go func() {
		for m := range page.Said() {
			h.mu.Lock()
			var role struct{ Is string }
			var said phone.Sentence
			switch {
			case m["screen"] != nil:
				h.screen = phone.Screen{}
				_ = json.Unmarshal(m["screen"], &h.screen) // else the tests miss it
			case m["say"] != nil:
				_ = json.Unmarshal(m["say"], &said)
				h.said = append(h.said, said)
			case m["role"] != nil:
				_ = json.Unmarshal(m["role"], &role)
				h.roles = append(h.roles, role.Is)
			}
			h.mu.Unlock()
		}
	}()
}

// film sends a picture after the other until ctx ends.
func (h *holder) film(ctx context.Context) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		h.mu.Lock()
		page, away, turned := h.page, h.away, h.turned
		h.mu.Unlock()
		shot, ok := h.room.live.Shot()
		if page == nil || away || !ok {
			continue
		}
		picture := shot.JPEG
		if turned {
			picture = portrait(h.t, picture)
		}
		_ = page.Send(ctx, picture, time.Now()) // what a page that has gone did not send is no loss
	}
}

// portrait is what a phone sees that stands upright where it lay, a little
// farther away: the board is smaller, with the table above and below it.
func portrait(t *testing.T, picture []byte) []byte {
	m, err := jpeg.Decode(bytes.NewReader(picture))
	if err != nil {
		t.Error(err)
		return picture
	}
	was := m.Bounds()
	up := image.NewRGBA(image.Rect(0, 0, was.Dy(), was.Dx()))
	draw.Draw(up, up.Bounds(), image.NewUniform(m.At(4, 4)), image.Point{}, draw.Src)
	high := was.Dy() * was.Dy() / was.Dx()
	top := (was.Dx() - high) / 2
	draw.BiLinear.Scale(up, image.Rect(0, top, was.Dy(), top+high), m, was, draw.Src, nil)
	var b bytes.Buffer
	if err := jpeg.Encode(&b, up, &jpeg.Options{Quality: 90}); err != nil {
		t.Error(err)
	}
	return b.Bytes()
}

func (h *holder) set(how func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	how()
}

// shows waits until the phone shows something.
func (h *holder) shows(what string, holds func(phone.Screen) bool) {
	h.t.Helper()
	for asked := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		h.mu.Lock()
		s := h.screen
		h.mu.Unlock()
		if holds(s) {
			return
		}
		if tooLate(asked) {
			h.t.Fatalf("the phone never shows %s, but %+v", what, s)
		}
	}
}

// says waits until the phone was told to say something.
func (h *holder) says(text string) {
	h.t.Helper()
	for asked := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		h.mu.Lock()
		said := slices.Clone(h.said)
		h.mu.Unlock()
		if slices.ContainsFunc(said, func(s phone.Sentence) bool { return strings.Contains(s.Text, text) }) {
			return
		}
		if tooLate(asked) {
			h.t.Fatalf("the phone never says %q, but %q", text, said)
		}
	}
}

// tap presses a button of the page.
func (h *holder) tap(button string) {
	h.t.Helper()
	if err := h.page.Say(fmt.Sprintf(`{"cmd":%q}`, button)); err != nil {
		h.t.Fatal(err)
	}
}

// TestProgramWithAPhone plays with a phone as the camera, the ear and the hand,
// and has everything happen to the phone that does: a network that goes away, a
// page that is loaded again, a screen that is locked, a phone that is turned
// round, and others that want its place. The record must be exact.
func TestProgramWithAPhone(t *testing.T) {
	h := newHall(t)
	r := newRoom(t)
	r.camera = "phone:"
	p := h.sit(t, h.me, r, t.TempDir(), "--phone-address", "127.0.0.1:0")
	invitation := p.invitation()
	stranger := phonetest.New()
	defer stranger.Close()
	var refused *phonetest.Refused
	if err := stranger.Pair(invitation + "x"); !errors.As(err, &refused) || refused.Code != http.StatusForbidden {
		t.Errorf("a wrong code: %v", err)
	}
	me := hold(t, r)
	me.enter(invitation)
	p.expect(`"state":"your-turn"`)
	me.shows("the grid", func(s phone.Screen) bool { return s.Mode == "play" && s.Size == 9 && len(s.Lines) == 18 })
	until(t, "it is said what the phone sends", func() bool { return strings.Contains(p.text(), "the phone sends 640×480") })

	var want []string
	play := func(mine, theirs string) {
		t.Helper()
		r.put(t, board.Black, mine)
		want = append(want, mine)
		until(t, mine+" counts", func() bool { return len(h.game.Moves()) == len(want) })
		if !h.game.Play(h.they, point(t, theirs)) {
			t.Fatal("the answer is refused")
		}
		want = append(want, theirs)
		p.expect(`"state":"owed"`)
		me.shows(theirs, func(s phone.Screen) bool { return s.Last == theirs && s.LastColor == "white" })
		r.put(t, board.White, theirs)
		p.expect(`"state":"your-turn"`)
		h.record(t, p, want)
	}
	play("E5", "C3")
	me.says("white ") // the opponent's move
	lost := func(why string) {
		t.Helper()
		p.expect(why)
		p.expect(`"state":"camera-lost"`)
	}
	back := func() {
		t.Helper()
		p.expect("The camera is sending pictures.")
		p.expect(`"state":"your-turn"`)
	}

	me.open() // the page is loaded again: so quickly that nobody misses a picture
	play("G3", "C7")

	me.page.Cut()
	me.set(func() { me.away = true })
	lost("the phone's network is gone")
	me.set(func() { me.away = false })
	me.open()
	back()

	if err := me.page.Say(`{"state":{"hidden":true}}`); err != nil {
		t.Fatal(err)
	}
	me.set(func() { me.away = true })
	lost("the phone's screen is locked")
	if err := me.page.Say(`{"state":{"hidden":false,"battery":0.08}}`); err != nil {
		t.Fatal(err)
	}
	me.set(func() { me.away = false })
	back()
	play("G7", "E3")

	// Another phone, which is let in, is not the camera.
	other := hold(t, newRoom(t))
	p.enter("phone")
	p.expect("no other phone asks")
	p.enter("phone invite")
	other.enter(p.invitation())
	p.expect("wants to be the camera instead")
	p.enter("phone no")
	until(t, "the other phone hears that it was refused", func() bool {
		other.mu.Lock()
		defer other.mu.Unlock()
		return slices.Equal(other.roles, []string{"waiting", "refused"})
	})

	me.set(func() { me.turned = true })
	p.expect(`"state":"board-moved"`)
	p.expect(`"state":"your-turn"`)
	play("E7", "C5")
	h.record(t, p, want)

	me.tap("undo")
	me.shows("that an undo was asked for, or may be", func(s phone.Screen) bool { return len(s.Buttons) > 0 })
	me.tap("leave the game") // which is no command, and hurts nothing
	p.expect("from the phone: there is no command")
	me.tap("resign")
	me.shows("that it asks", func(s phone.Screen) bool { return s.Question != "" && slices.Contains(s.Buttons, "yes") })
	me.tap("yes")
	p.expect("W+R")
	p.ends(exitOK)
	h.record(t, p, want)
	if v := h.Violations(); len(v) > 0 {
		t.Errorf("what a well-behaved client does not do: %q", v)
	}
	if text := p.text(); strings.Contains(text, "#k=") && strings.Count(text, "#k=") > 4 {
		t.Errorf("the invitation is said more often than it is asked for:\n%s", text)
	}
}

// TestAPhoneIsCalibratedAndKnown shows the board once and plays on another
// evening, by the same phone.
func TestAPhoneIsCalibratedAndKnown(t *testing.T) {
	if testing.Short() {
		t.Skip("a simulated board takes its time")
	}
	home(t)
	r := newRoom(t)
	me := hold(t, r)
	p := start(t, "calibrate", "--text", "--camera", "phone:", "--phone-address", "127.0.0.1:0")
	me.enter(p.invitation())
	p.expect("saved in")
	p.ends(exitOK)
	profiles, err := filepath.Glob(filepath.Join(os.Getenv("XDG_CONFIG_HOME"), "gobancam", "cameras", "phone-*.json"))
	if err != nil || len(profiles) != 1 {
		t.Fatalf("profiles: %q, %v", profiles, err)
	}
	me.set(func() { me.away = true })

	p = start(t, "record", "--headless", "--camera", "phone:", "--phone-address", "127.0.0.1:0")
	at := p.invitation()
	me.phone.Base, _, _ = strings.Cut(at, "/#")
	me.set(func() { me.away = false })
	me.open()
	p.expect("the board is where it was when the camera was calibrated")
	r.put(t, board.Black, "E5")
	p.expect(`"number":1`)
	me.tap("resign")
	p.ends(exitOK)
}

// TestReadAPhone reads the position before a phone.
func TestReadAPhone(t *testing.T) {
	if testing.Short() {
		t.Skip("a simulated board takes its time")
	}
	home(t)
	r := newRoom(t)
	r.put(t, board.Black, "E5")
	time.Sleep(3 * time.Second) // the hand is gone
	me := hold(t, r)
	overlay := filepath.Join(t.TempDir(), "read.png")
	p := start(t, "read", "phone:", "--phone-address", "127.0.0.1:0", "--format", "json", "--overlay", overlay)
	me.enter(p.invitation())
	text := p.ends(exitOK)
	contains(t, text, `"size":9`, `"....X...."`)
	if _, err := os.Stat(overlay); err != nil {
		t.Error(err)
	}
}
