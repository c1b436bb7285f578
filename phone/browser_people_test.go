package phone_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/gobancam/gobancam/internal/browsertest"
	"github.com/gobancam/gobancam/internal/patient"
	"github.com/gobancam/gobancam/phone"
)

// command is what the page's buttons said next.
func command(t *testing.T, l *phone.Link) string {
	t.Helper()
	select {
	case c := <-l.Commands():
		return c
	case <-patient.After(30 * time.Second):
		t.Fatal("no command came")
		return ""
	}
}

// theGame shows a game, counts its clocks on, and commands.
func theGame(t *testing.T, r *room) {
	l := open(t, t.TempDir())
	tab := scan(t, r, l, upright)
	s := screens(r.corners)["play"]
	l.Show(s)
	tab.Await("document.querySelector('#last .point').textContent === 'D4'")
	if got := tab.Text("#last .who") + ", " + tab.Text("#turn"); got != "White, Your turn." {
		t.Errorf("it says %q", got)
	}
	tab.Await("document.querySelector('.clock.running .time').textContent === '9:58 + 5×30'") // from 9:59
	if got := tab.Text(".clock:not(.running) .time"); got != "0:25 last" {
		t.Errorf("the clock that stands shows %q", got)
	}

	tab.Click("[data-word=undo]")
	if got := command(t, l); got != "undo" {
		t.Errorf("undo came as %q", got)
	}
	tab.Click("[data-word=pass]") // a sleeve
	tab.Await("document.querySelector('[data-word=pass]').textContent === 'Pass: sure?'")
	tab.Click("[data-word=pause]") // by which the other is called off
	if got := command(t, l); got != "pause" {
		t.Fatalf("after one touch of pass came %q", got)
	}
	tab.Await("document.querySelector('[data-word=pass]').textContent === 'Pass'")
	tab.Click("[data-word=pass]")
	tab.Click("[data-word=pass]")
	if got := command(t, l); got != "pass" {
		t.Errorf("two touches of pass came as %q", got)
	}
	tab.Click("[data-word=resign]")
	tab.Click("[data-word=resign]")
	if got := command(t, l); got != "resign" {
		t.Errorf("two touches of resign came as %q", got)
	}

	l.Show(screens(r.corners)["question"])
	tab.Await("!document.getElementById('question').hidden")
	tab.Click("[data-word=yes]")
	if got := command(t, l); got != "yes" {
		t.Errorf("yes came as %q", got)
	}

	// What the computer has no time for is said, and can be said again.
	browsertest.Read[bool](tab, "(async () => { for (let i = 0; i < 40; i++) { document.querySelector('[data-word=pause]').click(); await new Promise((d) => setTimeout(d, 30)); } return true })()")
	tab.Await("document.getElementById('advice').textContent.includes('does not take commands')")
	for len(l.Commands()) > 0 {
		command(t, l)
	}
	tab.Await("document.querySelector('[data-word=no]').getAttribute('aria-disabled') === 'false'")
	tab.Click("[data-word=no]")
	if got := command(t, l); got != "no" {
		t.Errorf("no came as %q", got)
	}
}

// theGadgets turns on the light, zooms, and holds focus and exposure as long as
// the board is found and not dark.
func theGadgets(t *testing.T, r *room) {
	l := open(t, t.TempDir())
	tab := scan(t, r, l, upright, gadgets)
	tab.Await("!document.getElementById('torch').hidden")
	set := func(what string) { t.Helper(); tab.Await("window.set.some((s) => " + what + ")") }
	tab.Click("#torch")
	set("s.torch === true")
	tab.Await("document.getElementById('torch').getAttribute('aria-pressed') === 'true'")
	browsertest.Read[bool](tab, "(() => { const z = document.getElementById('zoom'); z.value = 2; z.dispatchEvent(new Event('input')); return true })()")
	set("s.zoom === 2")
	if n := browsertest.Read[int](tab, "document.getElementById('lens').options.length"); n != 2 {
		t.Errorf("%d lenses can be chosen", n)
	}
	if browsertest.Read[bool](tab, "window.set.some((s) => s.exposureMode)") {
		t.Error("the exposure is held before the board is found")
	}
	l.Show(screens(r.corners)["found"])
	set("s.exposureMode === 'manual' && s.exposureTime === 330")
	set("s.focusMode === 'manual' && s.focusDistance === 0.4")
	dark := screens(r.corners)["found"]
	dark.Advice, dark.AdviceKind = "It is too dark: turn on a lamp.", "dark"
	l.Show(dark)
	set("s.exposureMode === 'continuous'")
	tab.Click("#lock")
	tab.Await("document.getElementById('lock').getAttribute('aria-pressed') === 'true'")
	// A lens that is not there any more is not waited for.
	browsertest.Read[bool](tab, "(() => { const l = document.getElementById('lens'); l.value = 'wide'; l.dispatchEvent(new Event('change')); return true })()")
	tab.Await("document.getElementById('view').srcObject?.active && document.getElementById('lens').value !== 'wide'")
}

// listening notes what a browser is given to speak.
const listening = `(() => {
  window.spoken = [];
  speechSynthesis.speak = (u) => { window.spoken.push([u.text, u.lang, u.volume]); setTimeout(() => u.onend?.(), 20); };
})()`

// theVoice speaks in order, after a touch and not before it, and is quiet when
// it is told to be.
func theVoice(t *testing.T, r *room) {
	l := open(t, t.TempDir())
	tab := scan(t, r, l, upright, listening)
	said := func() string {
		return browsertest.Read[string](tab, "window.spoken.filter((s) => s[2] > 0).map((s) => s[0] + '/' + s[1]).join(', ')")
	}
	tab.Await("document.querySelector('#voice .words').textContent === 'Tap to hear'")
	l.Say(phone.Sentence{Text: "Unheard", Lang: "en"})
	l.Show(phone.Screen{Mode: "aim", Advice: "Here."})
	tab.Await("document.getElementById('advice').textContent === 'Here.'")
	tab.Click("#voice")
	tab.Await("document.querySelector('#voice .words').textContent === 'Voice on'")
	heard(t, l, true)
	l.Say(phone.Sentence{Text: "White, D 4", Lang: "en", Click: "stone"})
	l.Say(phone.Sentence{Text: "黒、三々", Lang: "ja"})
	l.Say(phone.Sentence{Click: "alarm"})
	tab.Await("window.spoken.filter((s) => s[2] > 0).length === 3")
	if got, want := said(), "The phone speaks./en, White, D 4/en, 黒、三々/ja"; got != want {
		t.Errorf("it said %q, not %q", got, want)
	}
	tab.Click("#voice")
	tab.Await("document.querySelector('#voice .words').textContent === 'Voice off'")
	heard(t, l, false)
	l.Say(phone.Sentence{Text: "Too loud", Lang: "en"})
	l.Show(phone.Screen{Mode: "aim", Advice: "Still here."})
	tab.Await("document.getElementById('advice').textContent === 'Still here.'")
	tab.Go(browsertest.Read[string](tab, "location.href")) // the choice is remembered
	tab.Await("document.querySelector('#voice .words').textContent === 'Voice off'")
	if got := said(); got != "" {
		t.Errorf("a voice that is off said %q", got)
	}
}

// heard waits until the link knows whether the phone is heard.
func heard(t *testing.T, l *phone.Link, want bool) {
	t.Helper()
	for begin := time.Now(); l.Status().Speaking != want; time.Sleep(5 * time.Millisecond) {
		if time.Since(begin) > 30*time.Second {
			t.Fatalf("the link never knows that the phone's voice is on: %v", want)
		}
	}
}

// stillByHand is for a browser that gives pages no camera.
func stillByHand(t *testing.T, r *room) {
	l := open(t, t.TempDir())
	tab := scan(t, r, l, upright, `navigator.mediaDevices.getUserMedia = async () => { throw new DOMException("no", "NotAllowedError") }`)
	tab.Await("!document.getElementById('gate').hidden && !document.getElementById('gate-still').hidden")
	if got := tab.Text("#gate .words"); got != "The camera may not be used." {
		t.Errorf("it says %q", got)
	}
	large := image.NewRGBA(image.Rect(0, 0, 5000, 2500))
	for i := range large.Pix {
		large.Pix[i] = byte(i % 4 / 3 * 255)
	}
	large.Set(10, 10, color.White)
	var b bytes.Buffer
	if err := jpeg.Encode(&b, large, nil); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "still.jpg")
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	tab.Upload("#gate-file", file)
	p, err := l.Next(t.Context())
	if err != nil || p.Width != 4096 || p.Height != 2048 {
		t.Errorf("the still came as %dx%d, %v", p.Width, p.Height, err)
	}
	tab.Await("document.getElementById('gate').hidden && document.getElementById('advice').textContent === 'The still has been sent.'")
}

// thePictures come as the camera takes them, and are stamped with when that was.
func thePictures(t *testing.T, r *room) {
	l := open(t, t.TempDir())
	tab := scan(t, r, l, upright)
	who, err := l.Wait(t.Context())
	if err != nil || who.ID != browsertest.Read[string](tab, "document.getElementById('page').dataset.phone") {
		t.Fatalf("the camera is %v, %v", who, err)
	}
	var last time.Time
	want, _ := view(t, 1280, 720)
	for range 5 {
		p, err := l.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if p.Width != 1280 || p.Height != 720 || !p.Taken.After(last) || time.Since(p.Taken) > 9*time.Second {
			t.Errorf("a picture of %dx%d, taken %v ago, %v after the one before", p.Width, p.Height, time.Since(p.Taken), p.Taken.Sub(last))
		}
		last = p.Taken
		got, err := jpeg.Decode(bytes.NewReader(p.JPEG))
		if err != nil {
			t.Fatal(err)
		}
		if d := difference(got, want); d > 6 {
			t.Errorf("it differs from what is before the camera by %.1f of 255 at a pixel", d)
		}
	}
	tab.Await("document.getElementById('link').textContent.includes('1280×720')")
}

// difference is the mean one of brightness, at every eighth pixel.
func difference(a, b image.Image) float64 {
	var sum float64
	n := 0
	for y := 0; y < a.Bounds().Dy(); y += 8 {
		for x := 0; x < a.Bounds().Dx(); x += 8 {
			p, q := color.GrayModel.Convert(a.At(x, y)).(color.Gray), color.GrayModel.Convert(b.At(x, y)).(color.Gray)
			sum += math.Abs(float64(p.Y) - float64(q.Y))
			n++
		}
	}
	return sum / float64(n)
}

// turned is a phone that is held upright and laid on its side in mid-game: its
// pictures change their size, and the grid that was found goes.
func turned(t *testing.T, r *room) {
	l := open(t, t.TempDir())
	tab := scan(t, r, l, upright, turnable)
	s := screens(r.corners)["play"]
	l.Show(s)
	tab.Await("document.querySelector('#grid .frame')")
	browsertest.Read[bool](tab, "window.turned = true")
	tab.Await("!document.querySelector('#grid path')")
	var sizes []image.Point
	for range 100 {
		p, err := l.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if at := image.Pt(p.Width, p.Height); !slices.Contains(sizes, at) {
			sizes = append(sizes, at)
		}
		if sizes[len(sizes)-1] == image.Pt(720, 1280) {
			break
		}
	}
	if got := sizes[len(sizes)-1]; got != image.Pt(720, 1280) {
		t.Errorf("after it was turned, pictures have %v", got)
	}
	s.Turn = "Found again."
	l.Show(s)
	tab.Await("document.querySelector('#grid .frame')")
}

// turnable has a browser's camera turn when window.turned is set, as the
// cameras of phones do: the track stays, its picture has another size.
const turnable = `(() => {
  window.turned = false;
  const media = navigator.mediaDevices, get = media.getUserMedia.bind(media);
  media.getUserMedia = async (c) => {
    const video = document.createElement("video");
    video.muted = true;
    video.srcObject = await get(c);
    await video.play();
    const canvas = Object.assign(document.createElement("canvas"), { width: 1280, height: 720 });
    const pen = canvas.getContext("2d");
    const step = () => {
      const [w, h] = window.turned ? [720, 1280] : [1280, 720];
      if (canvas.width !== w) Object.assign(canvas, { width: w, height: h });
      pen.fillRect(0, 0, w, h);
      const by = Math.min(w / 1280, h / 720);
      pen.drawImage(video, 0, (h - 720 * by) / 2, 1280 * by, 720 * by);
      video.requestVideoFrameCallback(step);
    };
    step();
    return canvas.captureStream();
  };
})()`
