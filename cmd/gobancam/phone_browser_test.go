//go:build !windows

package main

import (
	"bytes"
	"context"
	"fmt"
	"image/jpeg"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/browsertest"
	"github.com/gobancam/gobancam/internal/sim"
	"github.com/gobancam/gobancam/ogs/ogstest"
)

// film has a phone's camera see the room until the test ends.
func film(t *testing.T, r *room, cam *browsertest.Camera) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	t.Cleanup(func() {
		stop()
		running.Wait()
	})
	running.Go(func() {
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		var last time.Time
		for {
			if shot, ok := r.live.Shot(); ok && shot.Taken.After(last) {
				last = shot.Taken
				img, err := jpeg.Decode(bytes.NewReader(shot.JPEG))
				if err != nil {
					t.Error(err)
					return
				}
				cam.Show(img)
			}
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
		}
	})
}

// TestProgramWithAPhoneInABrowser plays a game by the real program, whose camera,
// ear and hand is a phone's browser: let in by the code, aimed, played, with its
// page loaded again, locked and turned meanwhile and another phone at the door,
// passed and agreed by its buttons. The record must be what was played. On
// another evening the phone is known.
func TestProgramWithAPhoneInABrowser(t *testing.T) {
	h := newHall(t)
	size := sim.Default(9)
	cam := browsertest.NewCamera(t, size.Width, size.Height)
	b := browsertest.OpenWith(t, browsertest.Options{Camera: cam, AnyCertificate: true})
	r := newRoom(t)
	film(t, r, cam)
	home := t.TempDir()
	r.camera = "phone:"
	address := freeAddress(t)
	p := h.sit(t, h.me, r, home, "--phone-address", address)
	tab := b.Tab(t, browsertest.Screen{Width: 390, Height: 844})
	tab.Before(phoneScript)
	began := time.Now()
	tab.Go(p.invitation())
	tab.Await("document.querySelector('#grid .frame')")
	t.Logf("from the scan to the grid on the phone: %v", time.Since(began).Round(10*time.Millisecond))
	p.expect(`"state":"your-turn"`)
	tab.Await("document.querySelector('[data-word=pass]')")
	tab.Click("#voice")
	tab.Await("document.querySelector('#voice .words').textContent === 'Voice on'")

	var want []string
	turn := func(mine, theirs string, taken ...string) {
		t.Helper()
		r.put(t, board.Black, mine)
		for _, at := range taken {
			r.live.Do(func(w *sim.World) { w.Player(sim.South).Take(point(t, at)) })
		}
		until(t, mine+" counts", func() bool { return len(h.game.Moves()) == len(want)+1 })
		want = append(want, mine)
		if !h.game.Play(h.they, point(t, theirs)) {
			t.Fatalf("%s is refused", theirs)
		}
		want = append(want, theirs)
		p.expect(`"state":"owed"`)
		tab.Await(fmt.Sprintf("document.querySelector('#last .point').textContent === %q && document.querySelector('#last .who').textContent === 'White'", theirs))
		r.put(t, board.White, theirs)
		p.expect(`"state":"your-turn"`)
		h.record(t, p, want)
	}
	turn("E5", "C3")
	tab.Await("window.spoken.some((s) => s.includes('C') && s.includes('3'))")

	tab.Go(browsertest.Read[string](tab, "location.href")) // loaded again
	tab.Await("document.querySelector('[data-word=pass]')?.getAttribute('aria-disabled') === 'false'")
	turn("G3", "C7")

	browsertest.Read[bool](tab, "(Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true }), document.getElementById('view').pause(), document.dispatchEvent(new Event('visibilitychange')), true)")
	p.expect("locked or its page is hidden")
	browsertest.Read[bool](tab, "(Object.defineProperty(document, 'visibilityState', { value: 'visible', configurable: true }), document.dispatchEvent(new Event('visibilitychange')), true)")
	turn("G7", "E3")

	turned := func(yes bool) { // on its side, and back
		t.Helper()
		browsertest.Read[bool](tab, fmt.Sprintf("(window.turned = %v, true)", yes))
		p.expect(`"state":"board-moved"`)
		p.expect(`"state":"your-turn"`)
		tab.Await(fmt.Sprintf("(document.getElementById('view').videoHeight > document.getElementById('view').videoWidth) === %v && document.querySelector('#grid .frame')", yes))
	}
	turned(true)
	turn("E7", "C5")
	turned(false)
	turn("A2", "A1")
	turn("B1", "E2", "A1")

	p.enter("phone invite") // another one may not take over
	other := b.Tab(t, browsertest.Screen{Width: 844, Height: 390})
	other.Go(p.invitation())
	other.Await("document.getElementById('advice').textContent.includes('Another phone is the camera')")
	p.expect("wants to be the camera instead")
	p.enter("phone no")
	other.Await("!document.getElementById('gate').hidden && document.getElementById('gate').textContent.includes('has refused this phone')")

	tab.Click("[data-word=pass]")
	tab.Click("[data-word=pass]")
	until(t, "the pass counts", func() bool { return len(h.game.Moves()) == len(want)+1 })
	want = append(want, "pass")
	if !h.game.Play(h.they, board.Pass) {
		t.Fatal("their pass is refused")
	}
	want = append(want, "pass")
	tab.Await("document.querySelector('[data-word=accept-score]')")
	h.game.SetOpponent(h.they, ogstest.Opponent{}) // who agrees to what I agree to
	tab.Click("[data-word=accept-score]")
	p.expect(`"event":"result"`)
	p.ends(exitOK)
	h.record(t, p, want)
	if v := h.Violations(); len(v) > 0 {
		t.Errorf("what a well-behaved client does not do: %q", v)
	}
	tab.Await("document.getElementById('gate').textContent.includes('has ended')")

	// Another evening: the page that was left open comes back by itself.
	var err error
	if h.game, err = h.StartGame(ogstest.Setup{Name: "another", Black: h.me, White: h.they, Size: 9}); err != nil {
		t.Fatal(err)
	}
	p = h.sit(t, h.me, r, home, "--phone-address", address)
	p.expect("the phone sends")
	tab.Await("document.getElementById('gate').hidden && document.getElementById('page').dataset.mode === 'play'")
	p.kill()
	for _, tab := range []*browsertest.Tab{tab, other} {
		tab.Forgive("net::ERR", "WebSocket", "Failed to load")
	}
}

// freeAddress is one of this machine that nobody listens at.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// phoneScript notes what the phone speaks, and turns its camera when
// window.turned says so, as phones do: the track stays, its picture has another
// size.
const phoneScript = `(() => {
  window.spoken = [];
  speechSynthesis.speak = (u) => { window.spoken.push(u.text); setTimeout(() => u.onend?.(), 20); };
  window.turned = false;
  const media = navigator.mediaDevices, get = media.getUserMedia.bind(media);
  media.getUserMedia = async (c) => {
    const video = document.createElement("video");
    video.muted = true;
    video.srcObject = await get(c);
    await video.play();
    const { videoWidth: wide, videoHeight: high } = video;
    const canvas = Object.assign(document.createElement("canvas"), { width: wide, height: high });
    const pen = canvas.getContext("2d");
    const step = () => {
      const [w, h] = window.turned ? [high, wide] : [wide, high];
      if (canvas.width !== w) Object.assign(canvas, { width: w, height: h });
      pen.fillRect(0, 0, w, h);
      pen.drawImage(video, (w - wide) / 2, (h - high) / 2); // less at the sides, more above and below
      video.requestVideoFrameCallback(step);
    };
    step();
    return canvas.captureStream();
  };
})()`
