package site

import (
	"bytes"
	"fmt"
	"image/png"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/browsertest"
)

// hostileNames are text, wherever they stand.
func hostileNames(t *testing.T, b *browsertest.Browser) {
	const evil = `<img src=x onerror="window.hit=1"><script>window.hit=1</script>"'&amp;`
	h := newHouse(t, Options{Title: evil, Version: evil})
	h.begin("1", 9)
	h.game.Players = [2]game.Player{{Name: evil, Rank: evil}, {Name: strings.Repeat("W", 300), Rank: "\u202e3k"}}
	h.game.Event, h.game.Name, h.game.Camera = evil, evil, evil
	h.play(3)
	h.game.Steps[2].Note = evil
	h.tell()
	for _, path := range []string{"/", "/overlay?names=1&clocks=1", "/?theme=%22%3E%3Cscript%3E"} {
		tab := visit(t, b, h, browsertest.Screen{Width: 360, Height: 740}, path)
		if got := browsertest.Read[string](tab, "document.querySelector('#black .name').textContent"); !strings.HasPrefix(got, evil[:40]) {
			t.Errorf("%s: the name is shown as %q", path, got)
		}
		if browsertest.Read[bool](tab, "window.hit !== undefined || document.querySelectorAll('main img[src=x], main script').length > 0") {
			t.Errorf("%s: a name is more than text", path)
		}
		if wide := browsertest.Read[int](tab, "document.documentElement.scrollWidth"); wide > 360 {
			t.Errorf("%s: a long name makes the page %d wide", path, wide)
		}
	}
}

// said is what a screen reader says of what happens.
func said(t *testing.T, b *browsertest.Browser) {
	h := newHouse(t, Options{})
	h.begin("1", 9)
	h.tell()
	tab := visit(t, b, h, laptop, "/")
	hears := func(words string) {
		t.Helper()
		tab.Await(fmt.Sprintf("document.getElementById('announce').textContent.includes(%q)", words))
	}
	play := func(color board.Color, point string) {
		p := board.Pass
		if point != "pass" {
			p = h.point(point)
		}
		if !h.move(color, p) {
			t.Fatal(point)
		}
		h.tell()
		h.settle(tab)
	}
	play(board.Black, "A2")
	hears("Black A2. Move 1.")
	play(board.White, "A1")
	play(board.Black, "B1")
	hears("Black B1, takes 1. Move 3.")
	if got := tab.Text("title"); got != "3 B B1 · Anna – Ben" {
		t.Errorf("the title is %q", got)
	}
	play(board.White, "pass")
	hears("White passes. Move 4.")
	h.back(3)
	h.tell()
	hears("the game goes back after move 3.")
	h.setUp("Nobody saw how.", map[board.Point]board.Color{h.point("C3"): board.White, h.point("A2"): board.Empty}, board.White)
	h.tell()
	hears("Set up by hand: 1 stone placed, 1 removed. Nobody saw how.")
	tab.Press(kb.ArrowLeft)
	hears("Black B1, takes 1. Move 3.")
	tab.Press(kb.End)
	hears("Live.")
	h.game.Phase, h.game.Result = game.Over, "W+4.5"
	h.tell()
	hears("White wins by 4.5.")
	tab.Await("document.title.startsWith('W+4.5')")
	if got := browsertest.Read[string](tab, "document.getElementById('board').getAttribute('aria-label')"); !strings.HasPrefix(got, "Board of 9 by 9, after move 3.") {
		t.Errorf("the board is called %q", got)
	}
}

// barriers are looked for by axe-core, in every state of the page.
func barriers(t *testing.T, b *browsertest.Browser) {
	h := newHouse(t, Options{Picture: photograph, Version: "1.0"})
	tab := visit(t, b, h, laptop, "/")
	checked := 0
	check := func(state string) {
		t.Helper()
		for i, s := range []browsertest.Screen{{Width: 360, Height: 740, Still: true}, {Width: 1280, Height: 800, Still: true}} {
			checked++
			s.Dark = (i+checked/2)%2 == 0
			tab.Resize(s)
			for _, v := range tab.Axe() {
				t.Errorf("%s, dark %v, %d wide: %s", state, s.Dark, s.Width, v)
			}
		}
	}
	check("no game")
	h.begin("1", 9)
	h.play(20)
	h.game.Steps[19].Note = "Uncertain."
	h.game.Camera = "A hand is over the board."
	clocks(h)
	h.tell()
	h.settle(tab)
	browsertest.Read[bool](tab, "document.querySelectorAll('details').forEach((d) => { d.open = true }) ?? true")
	tab.Press("n")
	check("live")
	tab.Press(kb.ArrowLeft, kb.ArrowLeft)
	check("past")
	tab.Press(kb.End)
	h.game.Phase, h.game.Result, h.game.Dead = game.Over, "B+R", []board.Point{h.game.Steps[18].Point}
	h.tell()
	h.settle(tab)
	check("ended")
	h.begin("2", 9)
	h.play(3)
	h.tell()
	h.settle(tab)
	h.fault.Store(-1)
	h.cut()
	tab.Await("document.documentElement.dataset.link === 'lost'")
	check("lost")
	tab.Forgive("net::ERR", "Failed to load resource")
}

// everySize draws boards of every size.
func everySize(t *testing.T, b *browsertest.Browser) {
	h := newHouse(t, Options{})
	h.begin("0", 2)
	h.tell()
	tab := visit(t, b, h, browsertest.Screen{Width: 360, Height: 740}, "/")
	for size := 2; size <= 25; size++ {
		h.begin(strconv.Itoa(size), size)
		for _, p := range []board.Point{{}, {X: int8(size - 1), Y: int8(size - 1)}, {X: 1}} {
			h.move(h.game.ToMove, p)
		}
		h.tell()
		h.settle(tab)
		h.same(tab, fmt.Sprint(size, " lines"))
		if cut := browsertest.Read[string](tab, `(() => {
			const svg = document.getElementById("board"), all = svg.getBoundingClientRect();
			return [...svg.querySelectorAll("text, .stone .body")].filter((e) => { const r = e.getBoundingClientRect();
				return r.left < all.left - .5 || r.right > all.right + .5 || r.top < all.top - .5 || r.bottom > all.bottom + .5 }).map((e) => e.textContent || "stone").join(" ");
		})()`); cut != "" {
			t.Errorf("of %d lines it cuts off %s", size, cut)
		}
		if size == 9 || size == 13 || size == 19 {
			dots := browsertest.Read[int](tab, "document.querySelectorAll('#board .grid circle').length")
			if want := len(board.Hoshi(size)); dots != want {
				t.Errorf("%d lines have %d dots, want %d", size, dots, want)
			}
		}
	}
}

// theCamera is beside the board where it is allowed, and nowhere else.
func theCamera(t *testing.T, b *browsertest.Browser) {
	h := newHouse(t, Options{})
	tab := visit(t, b, h, laptop, "/")
	tab.Await("document.getElementById('camera').hidden")
	for _, r := range tab.Requests() {
		if strings.Contains(r, "camera.jpg") {
			t.Error("it asked for a picture that is not allowed")
		}
	}
	h = newHouse(t, Options{Picture: photograph})
	tab = visit(t, b, h, laptop, "/")
	tab.Await("document.querySelector('#camera img').naturalWidth === 400 && !document.getElementById('camera').hidden")
	first := browsertest.Read[string](tab, "document.querySelector('#camera img').src")
	tab.Await(fmt.Sprintf("document.querySelector('#camera img').src !== %q", first))
	// Nobody looks: nothing is asked for.
	if browsertest.Read[bool](tab, `(async () => {
		Object.defineProperty(document, "visibilityState", { get: () => "hidden", configurable: true });
		document.dispatchEvent(new Event("visibilitychange"));
		const img = document.querySelector("#camera img");
		await img.decode().catch(() => {});
		const before = img.src;
		await new Promise((ok) => setTimeout(ok, 1300));
		return img.src !== before;
	})()`) {
		t.Error("it asks for pictures that nobody sees")
	}
	browsertest.Read[bool](tab, "delete document.visibilityState && document.dispatchEvent(new Event('visibilitychange'))")
	hidden := browsertest.Read[string](tab, "document.querySelector('#camera img').src")
	tab.Await(fmt.Sprintf("document.querySelector('#camera img').src !== %q", hidden))
}

// theOverlay is the board alone, on nothing.
func theOverlay(t *testing.T, b *browsertest.Browser) {
	h := newHouse(t, Options{})
	h.begin("1", 19)
	h.play(30)
	clocks(h)
	h.tell()
	tab := visit(t, b, h, browsertest.Screen{Width: 600, Height: 600}, "/overlay")
	h.sameEnd(tab)
	if got := browsertest.Read[string](tab, "getComputedStyle(document.body).backgroundColor + getComputedStyle(document.documentElement).backgroundColor"); got != "rgba(0, 0, 0, 0)rgba(0, 0, 0, 0)" {
		t.Errorf("the ground is %s", got)
	}
	visible := "[...document.querySelectorAll('main > *')].filter((e) => e.getClientRects().length > 0 && !e.matches('.unseen')).map((e) => e.id).join(' ')"
	if got := browsertest.Read[string](tab, visible); got != "board" {
		t.Errorf("it shows %s", got)
	}
	h.back(20)
	h.play(5)
	h.tell()
	h.settle(tab)
	h.sameEnd(tab)
	tab = visit(t, b, h, browsertest.Screen{Width: 600, Height: 700}, "/overlay?names=1&clocks=1&theme=dark")
	if got := browsertest.Read[string](tab, visible); got != "board players" {
		t.Errorf("it shows %s", got)
	}
	if got := tab.Text("#white"); got != "Ben4k0 taken0:27 3 periods" {
		t.Errorf("of White it says %q", got)
	}
	for _, query := range []string{"", "?theme=dark", "?theme=dark&names=1"} {
		tab := b.Tab(t, browsertest.Screen{Width: 600, Height: 300, Dark: true})
		tab.SeeThrough()
		tab.Go(h.server.URL + "/overlay" + query)
		h.settle(tab)
		img, err := png.Decode(bytes.NewReader(tab.Picture()))
		if err != nil {
			t.Fatal(err)
		}
		if _, _, _, a := img.At(5, 150).RGBA(); a != 0 {
			t.Errorf("%q: beside the board it is not transparent: %v", query, img.At(5, 150))
		}
		if r, g, b, a := img.At(300, 150).RGBA(); a != 0xffff || r+g+b == 0 {
			t.Errorf("%q: there is no board: %v", query, img.At(300, 150))
		}
	}
}

func (h *house) sameEnd(tab *browsertest.Tab) {
	h.t.Helper()
	if got, want := shown(tab), h.stones(len(h.game.Steps)); got != want {
		h.t.Fatalf("it shows\n%s\nthere is\n%s", got, want)
	}
}

// keyboardOnly reaches everything with the tabulator, sees where it is, and uses
// it.
func keyboardOnly(t *testing.T, b *browsertest.Browser) {
	h := newHouse(t, Options{})
	h.begin("1", 9)
	h.play(8)
	h.tell()
	tab := visit(t, b, h, laptop, "/")
	var reached []string
	for range 20 {
		tab.Press(kb.Tab)
		at := browsertest.Read[string](tab, "document.activeElement.id || document.activeElement.parentElement?.id || document.activeElement.tagName")
		if slices.Contains(reached, at) || at == "BODY" {
			break
		}
		reached = append(reached, at)
		if !browsertest.Read[bool](tab, "document.activeElement.matches(':focus-visible') && getComputedStyle(document.activeElement).outlineStyle !== 'none'") {
			t.Errorf("at %s nobody sees where the keys go", at)
		}
		switch at {
		case "slider":
			tab.Press(kb.ArrowLeft)
			tab.Await("document.documentElement.dataset.view === '7'")
		case "back":
			tab.Press(kb.Enter)
			tab.Await("document.documentElement.dataset.view === '6'")
		case "live":
			tab.Press(" ")
			tab.Await("document.documentElement.dataset.view === '8'")
		case "theme":
			tab.Press(kb.Enter)
			tab.Await("document.documentElement.dataset.theme === 'dark' && localStorage.getItem('theme') === 'dark' && localStorage.length === 1")
			tab.Press("t")
			tab.Await("localStorage.length === 0")
		}
	}
	for _, want := range []string{"stage", "slider", "first", "back", "forward", "live", "numbers", "theme", "sgf", "as-text", "keys"} {
		if !slices.Contains(reached, want) {
			t.Errorf("%s is not reached; reached are %v", want, reached)
		}
	}
	tab.Press("n")
	tab.Await("document.querySelectorAll('#board .number').length > 0")
	browsertest.Read[bool](tab, "(document.getElementById('letters').checked = false) || true")
	tab.Press("n")
	if browsertest.Read[int](tab, "document.querySelectorAll('#board .number').length") == 0 {
		t.Error("letters are keys although that is off")
	}
}

// fits: on every screen of the house the whole board is seen, and on those that
// lie on a table nothing lies outside.
func fits(t *testing.T, b *browsertest.Browser) {
	h := newHouse(t, Options{})
	h.begin("1", 19)
	h.play(60)
	clocks(h)
	h.tell()
	tab := visit(t, b, h, laptop, "/")
	for _, s := range screens {
		tab.Resize(s)
		browsertest.Read[bool](tab, "new Promise((ok) => requestAnimationFrame(() => requestAnimationFrame(() => ok(true))))")
		got := browsertest.Read[map[string]float64](tab, `(() => {
			const r = document.getElementById("board").getBoundingClientRect(), c = document.getElementById("live").getBoundingClientRect();
			const text = document.querySelector("#board text").getBoundingClientRect();
			return { top: r.top, left: r.left, right: r.right, bottom: r.bottom, live: c.bottom, side: document.documentElement.scrollWidth, letter: text.height };
		})()`)
		w, tall := float64(s.Width), float64(s.Height)
		if got["top"] < 0 || got["left"] < 0 || got["right"] > w || got["bottom"] > tall || got["live"] > tall || got["side"] > w {
			t.Errorf("%d×%d: %v", s.Width, s.Height, got)
		}
		if share := (got["right"] - got["left"]) / min(w, tall); share < .9 {
			t.Errorf("%d×%d: the board takes %.2f of the shorter side", s.Width, s.Height, share)
		}
		if got["letter"] < 9 {
			t.Errorf("%d×%d: coordinates are %.1f high", s.Width, s.Height, got["letter"])
		}
	}
}
