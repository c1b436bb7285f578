package site

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/browsertest"
)

var laptop = browsertest.Screen{Width: 1280, Height: 800}

// TestInTheBrowser looks at the page as people do. One browser serves all.
func TestInTheBrowser(t *testing.T) {
	b := browsertest.Open(t)
	for name, test := range map[string]func(*testing.T, *browsertest.Browser){
		"random game":    theRandomGame,
		"stepping":       stepping,
		"corrections":    corrections,
		"connections":    connections,
		"misbehaviour":   misbehaviour,
		"clocks":         clocksCountOn,
		"hostile names":  hostileNames,
		"said":           said,
		"barriers":       barriers,
		"sizes":          everySize,
		"camera":         theCamera,
		"overlay":        theOverlay,
		"keyboard":       keyboardOnly,
		"weight":         weight,
		"fits":           fits,
		"end of telling": endOfTelling,
		"delay":          delayed,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, b)
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
	for i := range 120 {
		what := h.something(i)
		switch i {
		case 30, 70:
			h.cut()
			what += ", and a cut"
		case 50:
			h.restart()
			h.cut()
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

// connections come and go; the page says so, and comes to the game as it is.
func connections(t *testing.T, b *browsertest.Browser) {
	h := newHouse(t, Options{})
	h.begin("1", 13)
	h.play(20)
	clocks(h)
	h.tell()
	tab := visit(t, b, h, laptop, "/")
	lost := func() { t.Helper(); tab.Await("document.documentElement.dataset.link === 'lost'") }
	open := func(when string) {
		t.Helper()
		tab.Await("document.documentElement.dataset.link === 'open'")
		h.settle(tab)
		h.same(tab, when)
	}
	h.fault.Store(-1)
	h.cut()
	lost()
	if got := tab.Text("#live .words") + ", " + tab.Text("#headline") + ", " + tab.Text("#black .left"); got != "No connection, No connection, –:––" {
		t.Errorf("without a connection it says %q", got)
	}
	h.back(12)
	h.play(4)
	h.tell() // nobody hears it
	h.fault.Store(0)
	open("after a cut, with a correction meanwhile")
	for _, fault := range []int64{503, 500, 404} {
		h.fault.Store(fault)
		h.cut()
		lost()
		h.play(1)
		h.tell()
		h.fault.Store(0)
		open(fmt.Sprint("after ", fault))
	}
	// The past stays as it is over a connection that is lost.
	tab.Press(kb.Home, kb.ArrowRight)
	h.fault.Store(-1)
	h.cut()
	lost()
	h.play(2)
	h.fault.Store(0)
	h.restart() // another run of the program, with the same game
	open("after another run of the program")
	if got := view(t, tab); got != 1 || tab.Text("#live .words") != "Live · 2 new" {
		t.Errorf("it shows step %d, and %q", got, tab.Text("#live .words"))
	}
	h.begin("2", 9)
	h.play(5)
	h.restart()
	h.cut()
	open("after another run of the program, with another game")
	if got := view(t, tab); got != 5 {
		t.Errorf("of another game it shows step %d", got)
	}
	tab.Forgive("net::ERR", "Failed to load resource", "EventSource")
}

// endOfTelling: a program that ends says so; its last game stays, and the next
// run is found.
func endOfTelling(t *testing.T, b *browsertest.Browser) {
	h := newHouse(t, Options{})
	h.begin("1", 9)
	h.play(4)
	h.tell()
	tab := visit(t, b, h, laptop, "/")
	h.feed.Close()
	tab.Await("document.documentElement.dataset.link === 'ended'")
	h.same(tab, "after the end")
	if got := tab.Text("#live .words") + ": " + tab.Text("#trouble"); !strings.HasPrefix(got, "Ended: The telling has ended") {
		t.Errorf("it says %q", got)
	}
}

// misbehaviour: what does not fit to what came before, or is no event, costs a
// connection and nothing else.
func misbehaviour(t *testing.T, b *browsertest.Browser) {
	h := newHouse(t, Options{})
	h.begin("1", 9)
	h.play(6)
	h.tell()
	right := *h.handler.Load()
	tab := b.Tab(t, laptop)
	for _, bad := range []string{`{"number":9,"course":{"from":1,"steps":[]}}`, `{"number":3,"course":{"from":2,"steps":[]}}`, `{"number":3,"cou`} {
		var asked atomic.Int64
		var rogue http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/events" || asked.Add(1) > 1 {
				right.ServeHTTP(w, r)
				return
			}
			w.Header().Set("Content-Type", "text/event-stream")
			fmt.Fprintf(w, "data: {\"number\":2,\"game\":{\"head\":{\"id\":\"1\",\"size\":9},\"steps\":[{\"color\":\"B\",\"point\":\"A1\"}],\"status\":{}}}\n\ndata: %s\n\n", bad)
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		})
		h.handler.Store(&rogue)
		tab.Go(h.server.URL)
		tab.Await(fmt.Sprintf("document.documentElement.dataset.view === '%d' && document.documentElement.dataset.link === 'open'", len(h.game.Steps)))
		h.same(tab, bad)
		if asked.Load() < 2 {
			t.Errorf("%s was taken for an event", bad)
		}
	}
}

// delayed says that it is late, and that the clocks are as late.
func delayed(t *testing.T, b *browsertest.Browser) {
	h := newHouse(t, Options{Delay: 10 * time.Minute})
	h.begin("1", 9)
	h.play(5)
	clocks(h)
	h.game.ClocksAt = h.game.ClocksAt.Add(-2 * time.Minute)
	h.tell()
	tab := visit(t, b, h, laptop, "/")
	tab.Await("document.querySelector('#live .words').textContent === '10 minutes behind'")
	if got := tab.Text("#black .left"); !strings.HasPrefix(got, "9:") {
		t.Errorf("a clock that was told two minutes ago at 11:42 shows %s", got)
	}
	tab.Press(kb.ArrowLeft)
	if got := tab.Text("#live .words") + ", " + tab.Text("#about"); got != "Newest, 10 minutes behind" {
		t.Errorf("in the past it says %q", got)
	}
}

// clocksCountOn reads every clock there is, at once and later.
func clocksCountOn(t *testing.T, b *browsertest.Browser) {
	h := newHouse(t, Options{})
	h.begin("1", 9)
	h.tell()
	tab := visit(t, b, h, laptop, "/")
	read := func(clock string, age, full float64) string {
		t.Helper()
		return browsertest.Read[string](tab, fmt.Sprintf(`import("/assets/clock.js").then(({ readClock, clockText }) => {
			const r = readClock(%s, %v, %v);
			return r ? [r.text ?? clockText(r.left), r.reserve, r.overtime ? "overtime" : ""].filter(Boolean).join("|") : "none";
		})`, clock, age, full))
	}
	for _, c := range []struct {
		clock     string
		age, full float64
		want      string
	}{
		{`null`, 0, 0, "none"},
		{`{"system":"none"}`, 0, 0, "none"},
		{`{"system":"","text":"10:00 + 5×30"}`, 0, 0, "10:00 + 5×30"},
		{`{"system":"main","main":600,"running":false}`, 5, 0, "10:00"},
		{`{"system":"main","main":600,"running":true}`, 5.2, 0, "9:54"},
		{`{"system":"main","main":12,"running":true}`, 5.26, 0, "6.7"},
		{`{"system":"main","main":12,"running":true}`, 50, 0, "0.0"},
		{`{"system":"main","main":12,"running":true}`, -50, 0, "0:12"},
		{`{"system":"main","main":7200,"running":true}`, 1, 0, "1:59:59"},
		{`{"system":"main","main":259200,"running":true}`, 1, 0, "2 d 23 h"},
		{`{"system":"main","main":0,"out":true}`, 0, 0, "0.0|time is up"},
		{`{"system":"byoyomi","main":60,"period":30,"periods":5,"running":true}`, 10, 0, "0:50|+ 5×30 s"},
		{`{"system":"byoyomi","main":60,"period":30,"periods":5,"running":true}`, 70, 0, "0:20|5 periods|overtime"},
		{`{"system":"byoyomi","main":60,"period":30,"periods":5,"running":true}`, 100, 0, "0:20|4 periods|overtime"},
		{`{"system":"byoyomi","main":60,"period":30,"periods":5,"running":true}`, 1000, 0, "0.0|last period|overtime"},
		{`{"system":"byoyomi","period":12,"periods":3,"overtime":true,"running":true}`, 2, 30, "0:10|3 periods|overtime"},
		{`{"system":"byoyomi","period":12,"periods":3,"overtime":true,"running":true}`, 14, 30, "0:28|2 periods|overtime"},
		{`{"system":"byoyomi","period":12.5,"periods":1,"overtime":true,"running":true}`, 4, 30, "8.5|last period|overtime"},
		{`{"system":"canadian","main":60,"period":300,"stones":20,"running":true}`, 10, 0, "0:50|+ 5 min for 20 stones"},
		{`{"system":"canadian","main":60,"period":300,"stones":20,"running":true}`, 70, 0, "4:50|for 20 stones|overtime"},
		{`{"system":"canadian","period":90,"stones":1,"overtime":true,"running":true}`, 10, 0, "1:20|for 1 stone|overtime"},
	} {
		if got := read(c.clock, c.age, c.full); got != c.want {
			t.Errorf("%s after %v s reads %q, want %q", c.clock, c.age, got, c.want)
		}
	}

	h.game.Clocks = [2]game.Clock{{System: game.MainTime, Main: 9900 * time.Millisecond, Running: true}, {System: game.MainTime, Main: time.Minute}}
	h.game.ClocksAt = time.Now()
	h.tell()
	h.settle(tab)
	first := tab.Text("#black .left")
	tab.Await(fmt.Sprintf("document.querySelector('#black .left').textContent !== %q", first))
	if got := tab.Text("#white .left"); got != "1:00" {
		t.Errorf("the clock that stands shows %s", got)
	}
	if got := browsertest.Read[bool](tab, "document.getElementById('black').matches('.running') && !document.getElementById('white').matches('.running')"); !got {
		t.Error("the running side is not marked")
	}
	if !regexp.MustCompile(`^\d\.\d$`).MatchString(first) {
		t.Errorf("the clock showed %q", first)
	}
}

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
}

// theOverlay is the board alone, on nothing.
func theOverlay(t *testing.T, b *browsertest.Browser) {
	h := newHouse(t, Options{})
	h.begin("1", 19)
	h.play(30)
	clocks(h)
	h.tell()
	tab := visit(t, b, h, browsertest.Screen{Width: 600, Height: 600}, "/overlay")
	h.same2(tab)
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
	h.same2(tab)
	tab = visit(t, b, h, browsertest.Screen{Width: 600, Height: 700}, "/overlay?names=1&clocks=1&theme=dark")
	if got := browsertest.Read[string](tab, visible); got != "board players" {
		t.Errorf("it shows %s", got)
	}
	if got := tab.Text("#white"); got != "Ben4k0 taken0:27 3 periods" {
		t.Errorf("of White it says %q", got)
	}
	if got := browsertest.Read[string](tab, "document.documentElement.dataset.theme"); got != "dark" {
		t.Errorf("it is %s", got)
	}
}

func (h *house) same2(tab *browsertest.Tab) {
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

// weight is what the page and a move cost.
func weight(t *testing.T, b *browsertest.Browser) {
	h := newHouse(t, Options{})
	h.begin("1", 19)
	h.tell()
	tab := visit(t, b, h, laptop, "/")
	tab.Await("document.readyState === 'complete'")
	page := h.sent.Load()
	const moves = 50
	for range moves {
		h.playOne()
		clocks(h)
		h.tell()
		h.settle(tab)
	}
	each := (h.sent.Load() - page) / moves
	t.Logf("the page weighs %d bytes packed, a move with its clocks %d", page, each)
	if page > 40_000 || each > 2000 {
		t.Errorf("the page weighs %d bytes, a move %d", page, each)
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
