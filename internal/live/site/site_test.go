package site

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/limits"
	"github.com/gobancam/gobancam/internal/live"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// place is a site at a port of its own.
type place struct {
	t      *testing.T
	feed   *live.Feed
	server *Server
	url    string
	client *http.Client
}

func open(t *testing.T, opt Options) *place {
	t.Helper()
	l, err := Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &place{t: t, feed: live.NewFeed(), client: &http.Client{Transport: &http.Transport{DisableCompression: true}}}
	p.server = Serve(l, New(p.feed, opt))
	p.url = strings.TrimSuffix(Addresses(l.Addr())[0], "/")
	t.Cleanup(func() {
		p.feed.Close()
		p.client.CloseIdleConnections()
		if err := p.server.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

func (p *place) do(method, path string, head ...string) *http.Response {
	p.t.Helper()
	ctx, stop := context.WithCancel(p.t.Context())
	r, err := http.NewRequestWithContext(ctx, method, p.url+path, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	for i := 0; i < len(head); i += 2 {
		r.Header.Set(head[i], head[i+1])
	}
	a, err := p.client.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { stop(); a.Body.Close() })
	return a
}

func (p *place) get(path string, head ...string) (*http.Response, string) {
	p.t.Helper()
	a := p.do("GET", path, head...)
	text, err := io.ReadAll(a.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return a, string(text)
}

// played is a game of n moves.
func played(n int) *live.Game {
	g := &live.Game{Head: live.Head{ID: "1", Size: 19}}
	for i := range n {
		g.Steps = append(g.Steps, live.Step{Color: board.Color(1 + i%2), Point: board.Point{X: int8(i % 19), Y: int8(i / 19)}})
	}
	return g
}

// TestPaths asks for everything there is, and for what there is not.
func TestPaths(t *testing.T) {
	p := open(t, Options{Title: "A & B", Version: "1", Delay: time.Minute, SGF: func(*live.Game) ([]byte, error) { return []byte("(;)"), nil }, Picture: func() []byte { return []byte("jpeg") }})
	if a, _ := p.get("/game.sgf"); a.StatusCode != http.StatusNotFound {
		t.Errorf("a game that has not begun has a record: %d", a.StatusCode)
	}
	p.feed.Tell(played(200))
	for path, want := range map[string]struct {
		kind string
		open bool
		has  string
	}{
		"/":                    {"text/html; charset=utf-8", false, "<html"},
		"/overlay":             {"text/html; charset=utf-8", false, "<html"},
		"/assets/overlay.html": {"text/html; charset=utf-8", false, "<html"},
		"/game.json":           {"application/json", true, `"steps":[{"color":"B","point":"A19"}`},
		"/game.sgf":            {"application/x-go-sgf", true, "(;)"},
		"/about.json":          {"application/json", true, `{"title":"A \u0026 B","camera":true,"delay":60,"version":"1"}`},
		"/camera.jpg":          {"image/jpeg", false, "jpeg"},
	} {
		a, text := p.get(path)
		h := a.Header
		if a.StatusCode != 200 || h.Get("Content-Type") != want.kind || !strings.Contains(text, want.has) || (h.Get("Access-Control-Allow-Origin") == "*") != want.open {
			t.Errorf("%s: %d, %v\n%.300s", path, a.StatusCode, h, text)
		}
		if !strings.HasPrefix(h.Get("Content-Security-Policy"), "default-src 'self'") || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s is not strict: %v", path, h)
		}
		b := p.do("HEAD", path)
		if none, err := io.ReadAll(b.Body); err != nil || len(none) > 0 || b.StatusCode != 200 || b.Header.Get("Content-Type") != want.kind {
			t.Errorf("HEAD %s: %d, %q, %v", path, b.StatusCode, none, err)
		}
		packed, text2 := p.get(path, "Accept-Encoding", "br;q=1.0, gzip;q=0.8")
		if packed.Header.Get("Content-Encoding") == "gzip" {
			z, err := gzip.NewReader(strings.NewReader(text2))
			if err != nil {
				t.Fatal(err)
			}
			if plain, err := io.ReadAll(z); err != nil || string(plain) != text {
				t.Errorf("%s unpacks to something else, %v", path, err)
			}
		} else if text2 != text {
			t.Errorf("%s is another text", path)
		} else if path == "/game.json" {
			t.Errorf("%s is not packed", path)
		}
		for _, method := range []string{"POST", "PUT", "DELETE", "PATCH", "OPTIONS"} {
			if a := p.do(method, path); a.StatusCode != http.StatusMethodNotAllowed {
				t.Errorf("%s %s: %d", method, path, a.StatusCode)
			}
		}
	}
	for _, path := range []string{"/x", "/assets", "/assets/", "/assets/none.js", "/assets/..%2fsite.go", "/assets/%2e%2e/", "/game.json/", "/events/1", "//game.json/x"} {
		if a := p.do("GET", path); a.StatusCode != http.StatusNotFound && a.StatusCode != http.StatusMovedPermanently {
			t.Errorf("%s: %d", path, a.StatusCode)
		}
	}
	if a, _ := p.get("/", "Accept-Encoding", "gzip;q=0, identity"); a.Header.Get("Content-Encoding") != "" {
		t.Error("packed for who does not want it")
	}
	tag := p.do("GET", "/").Header.Get("ETag")
	if a := p.do("GET", "/", "If-None-Match", tag); tag == "" || a.StatusCode != http.StatusNotModified {
		t.Errorf("the page %s is sent again: %d", tag, a.StatusCode)
	}
	r, err := http.NewRequest("GET", p.url+"/game.json", bytes.NewReader([]byte("x")))
	if err != nil {
		t.Fatal(err)
	}
	if a, err := p.client.Do(r); err != nil || a.StatusCode != http.StatusBadRequest {
		t.Errorf("a body is taken: %v", err)
	} else {
		a.Body.Close()
	}
	none := open(t, Options{})
	if a, _ := none.get("/camera.jpg"); a.StatusCode != http.StatusNotFound {
		t.Errorf("a picture that is not allowed: %d", a.StatusCode)
	}
	if _, text := none.get("/about.json"); !strings.Contains(text, `"camera":false`) {
		t.Error(text)
	}
	early := open(t, Options{Picture: func() []byte { return nil }})
	if a, _ := early.get("/camera.jpg"); a.StatusCode != http.StatusServiceUnavailable || a.Header.Get("Retry-After") == "" {
		t.Errorf("no picture yet: %d", a.StatusCode)
	}
}

// message is one server-sent event.
type message struct{ id, kind, data string }

// messages reads server-sent events as the standard says, until there are n or
// the stream ends.
func messages(t *testing.T, in *bufio.Scanner, n int) (all []message) {
	t.Helper()
	var m message
	for len(all) < n && in.Scan() {
		name, value, _ := strings.Cut(in.Text(), ":")
		value = strings.TrimPrefix(value, " ")
		switch name {
		case "id":
			m.id = value
		case "event":
			m.kind = value
		case "data":
			m.data += value
		case "retry":
		case "":
			if in.Text() == "" && m.data != "" {
				all = append(all, m)
				m = message{}
			}
		default:
			t.Fatalf("a line %q", in.Text())
		}
	}
	if err := in.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

func lines(a *http.Response) *bufio.Scanner {
	s := bufio.NewScanner(a.Body)
	s.Buffer(nil, limits.LiveEvent)
	return s
}

// TestEvents watches, loses the connection, and comes back with the id of what
// was seen last.
func TestEvents(t *testing.T) {
	p := open(t, Options{})
	p.feed.Tell(played(1))
	a := p.do("GET", "/events")
	if a.Header.Get("Content-Type") != "text/event-stream; charset=utf-8" || a.Header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("%v", a.Header)
	}
	in := lines(a)
	game := &live.Game{}
	take := func(in *bufio.Scanner, n int) (id string) {
		t.Helper()
		for _, m := range messages(t, in, n) {
			var e live.Event
			if err := json.Unmarshal([]byte(m.data), &e); err != nil {
				t.Fatalf("%v\n%s", err, m.data)
			}
			var err error
			if game, err = game.After(e); err != nil {
				t.Fatal(err)
			}
			id = m.id
		}
		return id
	}
	take(in, 1)
	for n := range 5 {
		p.feed.Tell(played(n + 2))
	}
	id := take(in, 5)
	if len(game.Steps) != 6 {
		t.Errorf("%d steps", len(game.Steps))
	}
	a.Body.Close()
	p.feed.Tell(played(3)) // meanwhile, three are taken back
	p.feed.Tell(played(4))
	back := lines(p.do("GET", "/events", "Last-Event-ID", id))
	m := messages(t, back, 2)
	if strings.Contains(m[0].data, `"game"`) || !strings.Contains(m[0].data, `"from":3`) {
		t.Errorf("who comes back is told %s", m[0].data)
	}
	for _, other := range []string{strings.Split(id, "-")[0], strings.Split(id, "-")[0] + "-other", "-", "x-" + strings.Split(id, "-")[1], "99999999999999999999-" + strings.Split(id, "-")[1], "1"} {
		if m := messages(t, lines(p.do("GET", "/events", "Last-Event-ID", other)), 1); !strings.Contains(m[0].data, `"game"`) {
			t.Errorf("who comes with %q is told %s", other, m[0].data)
		}
	}
	p.feed.Close()
	if m := messages(t, back, 9); len(m) != 1 || m[0].kind != "end" {
		t.Errorf("at the end is told %v", m)
	}
}

// TestStream reads lines of JSON to the end, with any decoder.
func TestStream(t *testing.T) {
	p := open(t, Options{})
	p.feed.Tell(played(0))
	a := p.do("GET", "/stream")
	in := json.NewDecoder(a.Body)
	game := &live.Game{}
	for n := range 100 {
		p.feed.Tell(played(n + 1))
	}
	p.feed.Close()
	for {
		var e live.Event
		if err := in.Decode(&e); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		var err error
		if game, err = game.After(e); err != nil {
			t.Fatal(err)
		}
	}
	if len(game.Steps) != 100 {
		t.Errorf("%d steps", len(game.Steps))
	}
}

// TestTheEndIsHeard closes while many watch: each is told the last move.
func TestTheEndIsHeard(t *testing.T) {
	p := open(t, Options{})
	p.feed.Tell(played(0))
	const many = 50
	ends := make(chan string, many)
	for range many {
		in := lines(p.do("GET", "/events"))
		messages(t, in, 1)
		go func() {
			var last string
			for in.Scan() {
				if strings.HasPrefix(in.Text(), "data: {\"n") {
					last = in.Text()
				}
			}
			ends <- last
		}()
	}
	g := played(1)
	g.Result = "B+R"
	p.feed.Tell(g)
	p.feed.Close()
	if err := p.server.Close(); err != nil {
		t.Error(err)
	}
	for range many {
		if last := <-ends; !strings.Contains(last, "B+R") {
			t.Errorf("one was told %q last", last)
		}
	}
}

// TestStuckClient has one client take nothing while much is told: another one
// is told all the same, and who is stuck does not hold up the end for long.
func TestStuckClient(t *testing.T) {
	p := open(t, Options{})
	p.feed.Tell(played(0))
	stuck, err := net.Dial("tcp", strings.TrimPrefix(p.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer stuck.Close()
	if _, err := io.WriteString(stuck, "GET /events HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	a := p.do("GET", "/stream")
	for p.feed.Watching() < 2 {
		time.Sleep(time.Millisecond)
	}
	for n := range 1500 { // 30 MB, more than any socket takes
		g := *played(361)
		g.ID = strconv.Itoa(n)
		p.feed.Tell(&g)
	}
	in := json.NewDecoder(a.Body)
	for id := ""; id != "1499"; {
		var e live.Event
		if err := in.Decode(&e); err != nil {
			t.Fatal(err)
		}
		id = e.Game.ID
	}
}

// TestFull has more watch than there is room for; one that leaves makes room.
func TestFull(t *testing.T) {
	s := &site{feed: live.NewFeed(), watching: limits.LiveWatchers - 1}
	first, second := &recorder{head: http.Header{}}, &recorder{head: http.Header{}}
	if !s.enter(first) || s.enter(second) || second.status != http.StatusServiceUnavailable || second.head.Get("Retry-After") == "" {
		t.Errorf("%d, %v", second.status, second.head)
	}
	s.leave()
	if !s.enter(second) {
		t.Error("no room, though one left")
	}
}

type recorder struct {
	head   http.Header
	status int
}

func (r *recorder) Header() http.Header         { return r.head }
func (r *recorder) WriteHeader(status int)      { r.status = status }
func (r *recorder) Write(b []byte) (int, error) { return len(b), nil }

// TestRude speaks as no browser does.
func TestRude(t *testing.T) {
	p := open(t, Options{})
	for name, said := range map[string]string{
		"a long head":  "GET / HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("x", 1<<20) + "\r\n\r\n",
		"no HTTP":      "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
		"a long body":  "GET /game.json HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nx",
		"a huge line":  "GET /" + strings.Repeat("x", 1<<20) + " HTTP/1.1\r\nHost: x\r\n\r\n",
		"other method": "BREW /pot HTTP/1.1\r\nHost: x\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			c, err := net.Dial("tcp", strings.TrimPrefix(p.url, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			go func() { _, _ = io.WriteString(c, said) }() // may be cut off
			_ = c.SetDeadline(time.Now().Add(30 * time.Second))
			answer, _ := io.ReadAll(io.LimitReader(c, 20))
			if a := string(answer); a != "" && !strings.HasPrefix(a, "HTTP/1.1 4") {
				t.Errorf("the answer is %q", a)
			}
		})
	}
	if a, _ := p.get("/about.json"); a.StatusCode != 200 {
		t.Errorf("after that: %d", a.StatusCode)
	}
}

// TestListen names ports in all ways, and takes the next one for one that is
// taken only where none was named.
func TestListen(t *testing.T) {
	for address, want := range map[string][2]string{"": {"", ""}, "8000": {"", "8000"}, ":0": {"", "0"}, "127.0.0.1:0": {"127.0.0.1", "0"}, "localhost": {"localhost", ""}, "[::1]:7": {"::1", "7"}, "::1": {"::1", ""}, "192.168.1.2": {"192.168.1.2", ""}} {
		if host, port, err := door.Split(address); err != nil || host != want[0] || port != want[1] {
			t.Errorf("%q is %q and %q, %v", address, host, port, err)
		}
	}
	for _, address := range []string{"http://x/", "a b", "x:http", "x:70000", "u@h:1"} {
		if _, _, err := door.Split(address); err == nil {
			t.Errorf("%q is an address", address)
		}
	}
	a, err := Listen("127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	b, err := Listen("127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if _, err := Listen(a.Addr().String()); err == nil {
		t.Error("a port was taken twice")
	}
	all := Addresses(&net.TCPAddr{IP: net.IPv4zero, Port: 8361})
	for _, at := range all {
		if !strings.HasPrefix(at, "http://") || !strings.HasSuffix(at, ":8361/") || strings.Contains(at, "//0.0.0.0") {
			t.Errorf("an address %s", at)
		}
	}
	if len(all) == 0 {
		t.Error("no address")
	}
}
