package site

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/browsertest"
)

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
	lost() // the numbers of the new run may be those of the old one
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
	if got := tab.Text("#live .words") + ": " + tab.Text("#headline"); got != "Ended: The telling has ended" {
		t.Errorf("it says %q", got)
	}
	h.begin("2", 9)
	h.play(2)
	h.restart()
	tab.Await("document.documentElement.dataset.view === '2' && document.documentElement.dataset.state === 'live' && document.documentElement.dataset.link === 'open'")
	h.same(tab, "after the next telling has begun")
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
	// A device whose clock is wrong shows the same.
	h.game.Clocks[0].Main = 10 * time.Minute
	h.game.ClocksAt = time.Now()
	h.tell()
	for _, wrong := range []string{"- 3600e3", "+ 86400e3"} {
		tab := b.Tab(t, laptop)
		tab.Before("{ const now = Date.now; Date.now = () => now() " + wrong + "; }")
		tab.Go(h.server.URL)
		h.settle(tab)
		tab.Await("/^(9:|10:00)/.test(document.querySelector('#black .left').textContent)")
		h.game.Clocks[0].Main += time.Millisecond // something to tell
		h.tell()
		h.settle(tab)
		if got := tab.Text("#black .left"); !strings.HasPrefix(got, "9:") && got != "10:00" {
			t.Errorf("on a device whose clock is off by %s ms a clock of ten minutes shows %s", wrong, got)
		}
	}
	if !regexp.MustCompile(`^\d\.\d$`).MatchString(first) {
		t.Errorf("the clock showed %q", first)
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
