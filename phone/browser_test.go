package phone_test

import (
	"bytes"
	"flag"
	"fmt"
	"image"
	"image/jpeg"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gobancam/gobancam/internal/browsertest"
	"github.com/gobancam/gobancam/internal/sim"
	"github.com/gobancam/gobancam/phone"
)

var shots = flag.String("shots", "", "folder for pictures of the page")

var upright = browsertest.Screen{Width: 390, Height: 844}

// view is what a camera of a size sees of a board of 9 lines, and where in it the
// corners are, in parts of its width and height.
func view(t testing.TB, width, height int) (image.Image, *[4][2]float64) {
	t.Helper()
	cfg := sim.Default(9)
	cfg.Width, cfg.Height, cfg.Seed = width, height, 5
	w, err := sim.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	img, err := jpeg.Decode(bytes.NewReader(w.JPEG()))
	if err != nil {
		t.Fatal(err)
	}
	var corners [4][2]float64
	for i, c := range w.Spec().Corners {
		corners[i] = [2]float64{c.X / float64(width), c.Y / float64(height)}
	}
	return img, &corners
}

// scan opens the page as the code leads to it, and waits for its connection.
func scan(t testing.TB, r *room, l *phone.Link, s browsertest.Screen, before ...string) *browsertest.Tab {
	t.Helper()
	tab := r.Tab(t, s)
	for _, script := range before {
		tab.Before(script)
	}
	base := l.Addresses()[0]
	t.Cleanup(func() {
		for _, r := range tab.Requests() {
			if !strings.HasPrefix(r, base) && !strings.HasPrefix(r, "wss:"+strings.TrimPrefix(base, "https:")) && !strings.HasPrefix(r, "blob:") {
				t.Errorf("it asked for %s", r)
			}
		}
	})
	tab.Go(l.Invitation())
	tab.Await("document.getElementById('page').dataset.link === 'open'")
	return tab
}

// gadgets has a browser's camera offer what those of phones do: light, zoom,
// several lenses, focus and exposure by hand. What is set is kept in window.set.
const gadgets = `(() => {
  window.set = [];
  const can = { torch: true, zoom: { min: 1, max: 8, step: 0.1 }, focusMode: ["continuous", "manual"], focusDistance: { min: 0, max: 1 },
    exposureMode: ["continuous", "manual"], exposureTime: { min: 1, max: 1000 } };
  const now = { zoom: 1, focusDistance: 0.4, exposureTime: 330, focusMode: "continuous", exposureMode: "continuous" };
  const track = MediaStreamTrack.prototype;
  const capabilities = track.getCapabilities, settings = track.getSettings;
  track.getCapabilities = function () { return { ...capabilities.call(this), ...can }; };
  track.getSettings = function () { return { ...settings.call(this), ...now }; };
  track.applyConstraints = async function (c) { for (const a of c.advanced) { window.set.push(a); Object.assign(now, a); } };
  const list = navigator.mediaDevices.enumerateDevices.bind(navigator.mediaDevices);
  navigator.mediaDevices.enumerateDevices = async () => {
    const all = await list();
    return [...all, { kind: "videoinput", deviceId: "wide", label: "camera 2, facing back" }];
  };
})()`

// TestThePageInTheBrowser looks at the page as a player does who holds the phone.
// One browser serves all, and one board is before all their cameras.
func TestThePageInTheBrowser(t *testing.T) {
	cam := browsertest.NewCamera(t, 1280, 720)
	b := browsertest.OpenWith(t, browsertest.Options{Camera: cam, AnyCertificate: true, Hosts: map[string]string{"localhost": roadAddress}})
	img, corners := view(t, 1280, 720)
	cam.Show(img)
	here := &room{b, corners}
	for _, one := range []struct {
		name string
		test func(*testing.T, *room)
	}{ // those that take longest come first
		{"network", theNetwork},
		{"fits", fits},
		{"requests", requestsInstead},
		{"letting in", lettingIn},
		{"second phone", theSecondPhone},
		{"hidden", hidden},
		{"turned", turned},
		{"game", theGame},
		{"gadgets", theGadgets},
		{"voice", theVoice},
		{"still", stillByHand},
		{"pictures", thePictures},
	} {
		t.Run(one.name, func(t *testing.T) {
			t.Parallel()
			one.test(t, here)
		})
	}
}

// room is where the phones are.
type room struct {
	*browsertest.Browser
	corners *[4][2]float64 // of the board that they see
}

// screens are what the page is told, as awkward as it may be.
func screens(corners *[4][2]float64) map[string]phone.Screen {
	clocks := []phone.Clock{
		{Color: "black", Name: "Anna-Maria von und zu Hohenstein", Text: "9:59.0 + 5×30", Left: 599, Running: true},
		{Color: "white", Name: "Ben", Text: "25.4 last", Left: 25.4},
	}
	return map[string]phone.Screen{
		"aim":      {Mode: "aim", Size: 9, Advice: "No board is found yet: aim the phone so that all of it is in the picture.", AdviceKind: "cut"},
		"found":    {Mode: "aim", Size: 9, Corners: corners, Advice: "The board is found. Leave the phone where it is.", AdviceKind: "found"},
		"accept":   {Mode: "aim", Size: 9, Corners: corners, Advice: "The board is found. Leave the phone where it is.", AdviceKind: "found", Question: "Does the grid fit, and do you sit at the bottom of this picture?", Buttons: []string{"yes", "look"}},
		"play":     {Mode: "play", Size: 9, Corners: corners, Title: "Anna-Maria von und zu Hohenstein – Ben", Turn: "Your turn.", Last: "D4", LastColor: "white", Clocks: clocks, Buttons: []string{"pass", "undo", "pause", "resign"}},
		"question": {Mode: "play", Size: 9, Corners: corners, Title: "Anna – Ben", Turn: "White Q16 is still owed: put it down.", Last: "Q16", LastColor: "white", Clocks: clocks, Question: "Did you play D4, or has a stone only been straightened there?", Buttons: []string{"yes", "no", "pass", "undo", "pause", "resign"}},
		"passed":   {Mode: "play", Size: 9, Title: "Anna – Ben", Turn: "Ben has passed. Both agree on dead stones now.", Last: "pass", LastColor: "black", Buttons: []string{"accept-score", "reject-score", "resign"}},
		"closed":   {Mode: "closed"},
	}
}

// fits holds the page against the sizes of phones: nothing is cut off, nothing
// is to be scrolled, nothing lies over another thing, and what is to be touched
// is large enough. What axe-core finds serious is none of it.
func fits(t *testing.T, r *room) {
	l := open(t, t.TempDir())
	tab := scan(t, r, l, upright, gadgets)
	tab.Await("document.getElementById('link').textContent.includes('a second')")
	for _, size := range [][2]int64{{360, 740}, {390, 844}, {820, 1180}, {740, 360}, {844, 390}, {1180, 820}} {
		for name, s := range screens(r.corners) {
			where := fmt.Sprintf("%s-%dx%d", name, size[0], size[1])
			tab.Resize(browsertest.Screen{Width: size[0], Height: size[1], Dark: size[0] == 844})
			l.Show(s)
			tab.Await(fmt.Sprintf("document.getElementById('page').dataset.mode === %q && document.getElementById('advice').textContent === %q && document.getElementById('question').textContent === %q && document.getElementById('gate').hidden === %v",
				map[bool]string{true: "play", false: "aim"}[s.Mode == "play"], s.Advice, s.Question, s.Mode != "closed"))
			for _, wrong := range browsertest.Read[[]string](tab, misfits) {
				t.Errorf("%s: %s", where, wrong)
			}
			if size[0] == 390 || size[0] == 844 { // by day and by night
				for _, v := range tab.Axe() {
					t.Errorf("%s: %s", where, v)
				}
			}
			if *shots != "" {
				if err := os.WriteFile(filepath.Join(*shots, where+".png"), tab.Picture(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

// misfits lists what does not fit on the screen.
const misfits = `(() => {
  const wrong = [];
  const root = document.documentElement;
  if (root.scrollWidth > innerWidth || root.scrollHeight > innerHeight) wrong.push("it is to be scrolled: " + root.scrollWidth + "x" + root.scrollHeight);
  const seen = (e) => e.checkVisibility() && e.getBoundingClientRect().width > 1;
  const gate = document.getElementById("gate");
  const parts = gate.hidden ? [...document.querySelectorAll("#title, #link, #stage, #advice, #last, .clock, #turn, #question, #buttons button, #tools > *")] : [...gate.querySelectorAll("h2, p, button, label")];
  const shown = parts.filter((e) => seen(e) && (e.textContent !== "" || e.id === "stage"));
  for (const e of shown) {
    const r = e.getBoundingClientRect();
    const name = e.id || e.className || e.dataset.word || e.tagName;
    if (r.left < -1 || r.top < -1 || r.right > innerWidth + 1 || r.bottom > innerHeight + 1) wrong.push(name + " is cut off: " + [r.left, r.top, r.right, r.bottom].map(Math.round));
    if (e.scrollWidth > e.clientWidth + 1 && !["title", "stage"].includes(e.id) && getComputedStyle(e).display !== "inline" && !e.classList.contains("clock")) wrong.push(name + "'s words do not fit: " + e.scrollWidth + " in " + e.clientWidth);
    if (e.matches("button, label, select") && r.height < 43) wrong.push(name + " is only " + r.height + " high");
    for (const o of shown) {
      if (o === e || o.contains(e) || e.contains(o)) continue;
      const q = o.getBoundingClientRect();
      if (q.left < r.right - 1 && r.left < q.right - 1 && q.top < r.bottom - 1 && r.top < q.bottom - 1) wrong.push(name + " lies over " + (o.id || o.className || o.dataset.word));
    }
  }
  const stage = document.getElementById("stage").getBoundingClientRect();
  if (gate.hidden && (stage.width < innerWidth * 0.4 || stage.height < innerHeight * 0.25)) wrong.push("the picture has only " + Math.round(stage.width) + "x" + Math.round(stage.height));
  return wrong;
})()`
