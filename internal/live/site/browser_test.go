package site

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/browsertest"
)

var laptop = browsertest.Screen{Width: 1280, Height: 800}

// TestInTheBrowser looks at the page as people do. One browser serves all.
func TestInTheBrowser(t *testing.T) {
	b := browsertest.Open(t)
	for _, one := range []struct {
		name string
		test func(*testing.T, *browsertest.Browser)
	}{ // those that take longest come first
		{"random game", theRandomGame},
		{"overlay", theOverlay},
		{"camera", theCamera},
		{"clocks", clocksCountOn},
		{"connections", connections},
		{"barriers", barriers},
		{"stepping", stepping},
		{"corrections", corrections},
		{"misbehaviour", misbehaviour},
		{"hostile names", hostileNames},
		{"said", said},
		{"sizes", everySize},
		{"keyboard", keyboardOnly},
		{"weight", weight},
		{"fits", fits},
		{"end of telling", endOfTelling},
		{"delay", delayed},
	} {
		t.Run(one.name, func(t *testing.T) {
			t.Parallel()
			one.test(t, b)
		})
	}
}

// visit opens a page of the house, and sees to it afterwards that it asked for
// nothing elsewhere.
func visit(t *testing.T, b *browsertest.Browser, h *house, s browsertest.Screen, path string) *browsertest.Tab {
	t.Helper()
	tab := b.Tab(t, s)
	t.Cleanup(func() {
		for _, r := range tab.Requests() {
			if !strings.HasPrefix(r, h.server.URL+"/") {
				t.Errorf("it asked for %s", r)
			}
		}
	})
	tab.Go(h.server.URL + path)
	h.settle(tab)
	return tab
}

// view is after how many steps the board is shown.
func view(t *testing.T, tab *browsertest.Tab) int {
	t.Helper()
	n, err := strconv.Atoi(browsertest.Read[string](tab, "document.documentElement.dataset.view"))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func state(tab *browsertest.Tab) string {
	return browsertest.Read[string](tab, "document.documentElement.dataset.state")
}

// same compares what is drawn, and what the table says, with the game.
func (h *house) same(tab *browsertest.Tab, when string) {
	h.t.Helper()
	n := view(h.t.(*testing.T), tab)
	if n > len(h.game.Steps) {
		h.t.Fatalf("%s: it shows %d steps of %d", when, n, len(h.game.Steps))
	}
	if got, want := shown(tab), h.stones(n); got != want {
		h.t.Fatalf("%s: after %d of %d steps it shows\n%s\nthere is\n%s", when, n, len(h.game.Steps), got, want)
	}
}

// theRandomGame tells a game with everything that happens to one, to somebody
// who is at the end and to somebody who steps about.
func theRandomGame(t *testing.T, b *browsertest.Browser) {
	h := newHouse(t, Options{})
	h.begin("1", 9)
	h.tell()
	end := visit(t, b, h, laptop, "/")
	about := visit(t, b, h, browsertest.Screen{Width: 360, Height: 740, Still: true}, "/")
	browsertest.Read[bool](end, "(document.getElementById('as-text').open = true)")
	for i := range 100 {
		what := h.something(i)
		switch i {
		case 30, 70:
			h.cut()
			what += ", and a cut"
		case 50:
			h.restart()
			h.cut()
			for _, tab := range []*browsertest.Tab{end, about} {
				tab.Await("document.documentElement.dataset.link === 'lost'") // numbers begin anew
			}
			what += ", and another run of the program"
		}
		h.tell()
		h.settle(end)
		h.same(end, what)
		if n := view(t, end); n != len(h.game.Steps) || state(end) == "past" {
			t.Fatalf("%s: who looks at the end sees %d of %d steps", what, n, len(h.game.Steps))
		}
		if got, want := table(end), rows(h.position()); got != want {
			t.Fatalf("%s: the table says\n%s\nthere is\n%s", what, got, want)
		}
		if got, want := end.Text("#black .count")+" "+end.Text("#white .count"), fmt.Sprintf("%d %d", h.game.Captures[0], h.game.Captures[1]); got != want {
			t.Fatalf("%s: taken %s, want %s", what, got, want)
		}
		about.Press([]string{kb.ArrowLeft, kb.ArrowLeft, kb.ArrowRight, kb.PageUp, kb.End, kb.Home, "n"}[h.r.IntN(7)])
		h.settle(about)
		h.same(about, what+", stepping")
		if past := view(t, about) < len(h.game.Steps); past != (state(about) == "past") {
			t.Fatalf("%s: %s after %d of %d steps", what, state(about), view(t, about), len(h.game.Steps))
		}
	}
	for _, tab := range []*browsertest.Tab{end, about} {
		tab.Forgive("net::ERR", "Failed to load resource")
	}
	about.Press(kb.End)
	h.begin("last", 9)
	h.tell()
	h.play(1)
	h.tell()
	h.settle(about)
	h.settle(end)
	const motion = "getComputedStyle(document.querySelector('#board .fresh')).animationName"
	if a, e := browsertest.Read[string](about, motion), browsertest.Read[string](end, motion); a != "none" || e != "fresh" {
		t.Errorf("who wants no motion sees %s, others %s", a, e)
	}
}

// something happens to the game.
func (h *house) something(i int) string {
	n := len(h.game.Steps)
	switch k := h.r.IntN(20); {
	case k < 10:
		h.playOne()
		return "a move"
	case k < 12:
		h.play(1 + h.r.IntN(4))
		return "some moves"
	case k == 12:
		h.move(h.game.ToMove, board.Pass)
		return "a pass"
	case k == 13:
		h.back(max(0, n-1))
		return "a move taken back"
	case k == 14:
		h.back(max(0, n-h.r.IntN(6)))
		h.playOne()
		return "a correction"
	case k == 15:
		h.back(max(0, n-1-h.r.IntN(5)))
		h.play(n - len(h.game.Steps))
		return "another course as long"
	case k == 16:
		stones := map[board.Point]board.Color{}
		for range 1 + h.r.IntN(4) {
			stones[board.Point{X: int8(h.r.IntN(h.game.Size)), Y: int8(h.r.IntN(h.game.Size))}] = board.Color(h.r.IntN(3))
		}
		h.setUp("by hand", stones, board.White)
		return "a set-up"
	case k == 17:
		h.game.Players[0].Name = fmt.Sprint("Player ", i)
		h.game.Camera = []string{"", "A hand is over the board."}[i%2]
		return "another name"
	case k == 18 && h.game.Phase == game.Playing:
		h.game.Phase, h.game.Result, h.game.Ending = game.Over, "B+R", "Black wins by resignation"
		return "a result"
	}
	size := []int{9, 13, 9, 5}[h.r.IntN(4)]
	h.begin(fmt.Sprint("game ", i), size)
	if size > 5 {
		h.game.Black, h.game.First = board.HandicapPoints(size, 3), board.White
		h.count()
	}
	return "another game"
}

// table is what the position says as text.
func table(tab *browsertest.Tab) string {
	return browsertest.Read[string](tab, "[...document.querySelectorAll('#as-text tbody tr')].map((r) => [...r.querySelectorAll('td')].map((c) => c.textContent[0]).join('')).join('\\n')")
}

func rows(pos board.Position) string {
	var s strings.Builder
	for p := range pos.Points() {
		if p.X == 0 && p.Y > 0 {
			s.WriteByte('\n')
		}
		s.WriteByte("eBW"[pos.At(p)])
	}
	return s.String()
}

// stepping goes back and forth in every way there is.
func stepping(t *testing.T, b *browsertest.Browser) {
	h := newHouse(t, Options{})
	h.begin("1", 19)
	h.play(40)
	h.tell()
	tab := visit(t, b, h, laptop, "/")
	at := func(want int, how string) {
		t.Helper()
		tab.Await(fmt.Sprintf("document.documentElement.dataset.view === '%d'", want))
		h.same(tab, how)
		if got := browsertest.Read[string](tab, "document.getElementById('slider').value"); got != strconv.Itoa(want) {
			t.Errorf("%s: the slider stands at %s, not %d", how, got, want)
		}
	}
	tab.Click("#back")
	at(39, "back")
	tab.Press(kb.ArrowLeft, kb.ArrowLeft)
	at(37, "left")
	tab.Press(kb.PageUp)
	at(27, "page up")
	tab.Press(kb.PageDown, kb.ArrowRight)
	at(38, "page down, right")
	tab.Wheel("#board", -100)
	at(37, "wheel")
	tab.Wheel("#board", 100)
	at(38, "wheel")
	tab.Swipe("#board", 48)
	at(37, "swipe to the right")
	tab.Swipe("#board", -48)
	at(38, "swipe to the left")
	tab.Click("#first")
	at(0, "start")
	tab.Press(kb.ArrowLeft)
	at(0, "before the start")
	tab.Click("#forward")
	at(1, "on")
	tab.Press(kb.End)
	at(40, "end")
	tab.Press(kb.Home)
	at(0, "home")
	browsertest.Read[bool](tab, "(() => { const s = document.getElementById('slider'); s.value = 17; s.dispatchEvent(new Event('input')); return true })()")
	at(17, "slider")

	h.play(3)
	h.tell()
	h.settle(tab)
	at(17, "moves come while one looks at the past")
	if got := tab.Text("#live .words"); got != "Live · 3 new" {
		t.Errorf("the button to the end says %q", got)
	}
	tab.Click("#live")
	at(43, "live")
	if got := tab.Text("#live .words"); got != "Live" {
		t.Errorf("at the end the button says %q", got)
	}
	tab.Press("n")
	got := browsertest.Read[[]string](tab, "[...document.querySelectorAll('#board .number')].map((e) => e.dataset.point + ' ' + e.textContent).sort()")
	if want := h.numbers(); !slices.Equal(got, want) {
		t.Errorf("numbers %v, want %v", got, want)
	}
	tab.Click("#numbers")
	if n := browsertest.Read[int](tab, "document.querySelectorAll('#board .number').length"); n != 0 {
		t.Errorf("%d numbers are left", n)
	}
}

// numbers are those of the stones that lie on the board.
func (h *house) numbers() []string {
	var words []string
	pos := h.position()
	for p := range pos.Points() {
		for i := len(h.game.Steps) - 1; i >= 0 && pos.At(p) != board.Empty; i-- {
			if s := h.game.Steps[i]; s.Setup == nil && s.Point == p {
				words = append(words, fmt.Sprintf("%s %d", p.GTP(h.game.Size), i+1))
				break
			}
		}
	}
	slices.Sort(words)
	return words
}

// corrections change the game under the eyes of one who looks at the past.
func corrections(t *testing.T, b *browsertest.Browser) {
	h := newHouse(t, Options{})
	tab := b.Tab(t, laptop)
	for _, c := range []struct {
		name                  string
		look, back, play      int // of 30 steps: where one looks, what is left of them, what comes instead
		seen                  int
		words, state, instead string
	}{
		{name: "after what one looks at", look: 10, back: 25, play: 2, seen: 10, state: "past", words: "Live · 2 new"},
		{name: "what one looks at", look: 20, back: 15, play: 8, seen: 15, state: "past", words: "Live · 8 new"},
		{name: "what one looks at is taken back", look: 20, back: 15, seen: 15, state: "live", words: "Live"},
		{name: "all of it", look: 5, back: 0, seen: 0, state: "live", words: "Live"},
		{name: "down to where one looks", look: 10, back: 10, seen: 10, state: "live", words: "Live"},
		{name: "a note only", look: 20, back: 30, seen: 20, state: "past", words: "Live", instead: "note"},
	} {
		h.begin(c.name, 13)
		h.play(30)
		h.tell()
		if c.look == 10 && c.back == 25 {
			tab.Go(h.server.URL)
		}
		h.settle(tab)
		tab.Press(kb.Home)
		for range c.look {
			tab.Press(kb.ArrowRight)
		}
		h.same(tab, c.name)
		h.back(c.back)
		h.play(c.play)
		if c.instead == "note" {
			h.game.Steps[5].Note = "perhaps"
		}
		h.tell()
		h.settle(tab)
		h.same(tab, c.name)
		if got := view(t, tab); got != c.seen || state(tab) != c.state || tab.Text("#live .words") != c.words {
			t.Errorf("%s: it shows step %d, %s, %q; want %d, %s, %q", c.name, got, state(tab), tab.Text("#live .words"), c.seen, c.state, c.words)
		}
	}
	tab.Press(kb.Home)
	h.begin("another", 9)
	h.play(3)
	h.tell()
	h.settle(tab)
	h.same(tab, "another game")
	if got := view(t, tab); got != 3 || state(tab) != "live" {
		t.Errorf("of another game step %d is shown, %s", got, state(tab))
	}
}
