package ogstest

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

// socket is one connection of a client. All fields but out are guarded by the
// server's lock.
type socket struct {
	s       *Server
	n       int
	ws      *websocket.Conn
	user    *User // nil until authenticate
	games   map[int64]bool
	reviews map[int64]bool
	appends []time.Time // of the last second
	seeking bool
	hushed  bool
	gone    bool
	out     chan outgoing
}

type outgoing struct {
	kind int
	data []byte
}

func (s *Server) serveSocket(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/" {
		s.mu.Lock()
		s.violation("a socket was opened at %s instead of /", r.URL.Path)
		s.mu.Unlock()
	}
	up := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	ws, err := up.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	ws.SetReadLimit(1 << 20)
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		ws.Close()
		return
	}
	s.nextConn++
	c := &socket{s: s, n: s.nextConn, ws: ws, games: map[int64]bool{}, reviews: map[int64]bool{}, out: make(chan outgoing, 1024)}
	s.sockets[c] = true
	s.wg.Add(2)
	s.mu.Unlock()
	go c.write()
	go c.read()
}

func (c *socket) write() {
	defer c.s.wg.Done()
	for m := range c.out {
		c.ws.SetWriteDeadline(time.Now().Add(5 * time.Second))
		if c.ws.WriteMessage(m.kind, m.data) != nil {
			break
		}
	}
	c.ws.Close()
	for range c.out { // until read closes it
	}
}

func (c *socket) read() {
	defer c.s.wg.Done()
	for {
		kind, data, err := c.ws.ReadMessage()
		if err != nil {
			break
		}
		c.s.mu.Lock()
		c.receive(kind, data)
		c.s.mu.Unlock()
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.gone = true
	delete(c.s.sockets, c)
	delete(c.s.searches, c)
	close(c.out)
	c.ws.Close()
	for id := range c.games {
		if g := c.s.games[id]; g != nil {
			g.left(c.user)
		}
	}
}

// drop breaks the connection off as a failing network does.
func (c *socket) drop() {
	if t, ok := c.ws.NetConn().(*net.TCPConn); ok {
		t.SetLinger(0)
	}
	c.ws.NetConn().Close()
	c.hushed = true
}

func (c *socket) queue(m outgoing) {
	if c.gone || c.hushed {
		return
	}
	select {
	case c.out <- m:
	default:
		c.s.violation("socket %d does not read what it is sent", c.n)
		c.drop()
	}
}

// send writes one message.
func (c *socket) send(parts ...any) {
	b, err := json.Marshal(parts)
	if err != nil {
		panic(err) // our own data
	}
	c.queue(outgoing{websocket.TextMessage, b})
}

// receive handles one frame under the server's lock.
func (c *socket) receive(kind int, data []byte) {
	s := c.s
	var parts []json.RawMessage
	var name string
	if kind != websocket.TextMessage || json.Unmarshal(data, &parts) != nil || len(parts) == 0 || len(parts) > 3 || json.Unmarshal(parts[0], &name) != nil {
		s.violation("socket %d sent a frame that is no [command, data, id]: %.80q", c.n, data)
		return
	}
	body := json.RawMessage("{}")
	if len(parts) > 1 {
		body = parts[1]
	}
	var id json.RawMessage
	if len(parts) > 2 {
		id = parts[2]
		var n float64
		if json.Unmarshal(id, &n) != nil {
			s.violation("socket %d sent the request id %s, which is no number", c.n, id)
		}
	}
	rec := Received{At: time.Now(), Conn: c.n, Command: name, Data: body}
	if c.user != nil {
		rec.User = c.user.Name
	}
	s.record = append(s.record, rec)
	if c.hushed {
		return
	}
	answer := func(v any, err *refusal) { c.answer(id, v, err) }
	if c.user == nil && name != "authenticate" && name != "net/ping" && name != "hostinfo" {
		s.violation("socket %d sent %s before it was signed in", c.n, name)
		answer(nil, &refusal{"unauthenticated", "You must be signed in."})
		return
	}
	switch room, rest, _ := strings.Cut(name, "/"); {
	case name == "authenticate":
		c.authenticate(body, answer)
	case room == "game":
		c.gameCommand(rest, body, answer)
	case room == "review":
		c.reviewCommand(rest, body)
		answer(nil, nil) // of which nothing is to be learnt
	case room == "automatch":
		c.automatch(rest, body)
	default:
		c.plain(name, body)
	}
}

// answer replies to the request id, if it was one.
func (c *socket) answer(id json.RawMessage, v any, err *refusal) {
	switch {
	case id == nil:
	case err != nil:
		c.send(id, nil, map[string]any{"code": err.code, "message": err.message})
	case v == nil:
		c.send(id)
	default:
		c.send(id, v)
	}
}

// plain handles what gets no reply.
func (c *socket) plain(name string, body json.RawMessage) {
	s := c.s
	switch name {
	case "net/ping":
		c.pong(body)
	case "hostinfo":
		c.send("hostinfo", map[string]any{"hostname": "ogstest", "clients": len(s.sockets), "uptime": 1})
	case "challenge/keepalive":
		c.keepAlive(body)
	case "seek_graph/connect":
		c.seeking = true
		list := []any{}
		for _, ch := range s.challenges {
			if ch.to == nil {
				list = append(list, ch.seek())
			}
		}
		c.send("seekgraph/global", list)
	case "seek_graph/disconnect":
		c.seeking = false
	case "notification/delete":
		var d struct {
			ID string `json:"notification_id"`
		}
		json.Unmarshal(body, &d)
		s.notes[c.user.ID] = slices.DeleteFunc(s.notes[c.user.ID], func(n map[string]any) bool { return n["id"] == d.ID })
	case "net/timeout", "net/connects", "chat/join":
	default:
		s.violation("there is no command %q", name)
	}
}

func (c *socket) pong(body json.RawMessage) {
	var p struct {
		Client         *float64
		Drift, Latency *float64
	}
	if json.Unmarshal(body, &p) != nil || p.Client == nil || p.Drift == nil || p.Latency == nil {
		c.s.violation("socket %d sent a net/ping without client, drift and latency", c.n)
		return
	}
	c.send("net/pong", map[string]any{"client": *p.Client, "server": time.Now().UnixMilli()})
}

func (c *socket) keepAlive(body json.RawMessage) {
	var k struct {
		Challenge *int64 `json:"challenge_id"`
		Game      *int64 `json:"game_id"`
	}
	if json.Unmarshal(body, &k) != nil || k.Challenge == nil || k.Game == nil {
		c.s.violation("challenge/keepalive without challenge_id and game_id")
		return
	}
	if ch := c.s.challenges[*k.Challenge]; ch != nil && ch.from == c.user && ch.game == *k.Game {
		ch.alive = time.Now()
	}
}

// refusal is why something is not done.
type refusal struct{ code, message string }

func (c *socket) authenticate(body json.RawMessage, answer func(any, *refusal)) {
	s := c.s
	var a struct {
		JWT       *string
		UserAgent string `json:"user_agent"`
		Client    string
	}
	if json.Unmarshal(body, &a) != nil || a.JWT == nil {
		s.violation("authenticate without a jwt")
		answer(nil, nil)
		return
	}
	if a.Client == "" {
		s.violation("authenticate without the name of the client")
	}
	g := s.jwts[*a.JWT]
	if g == nil || time.Now().After(g.ends) {
		answer(nil, nil) // as for a guest
		return
	}
	c.user = g.user
	answer(map[string]any{"id": g.user.ID, "username": g.user.Name}, nil)
	for _, p := range s.sortedGames() {
		if p.color(g.user) == 0 || p.phase == "finished" {
			continue
		}
		c.send("active_game", p.entry())
	}
	for _, n := range s.notes[g.user.ID] {
		c.send("notification", n)
	}
	c.send("active-bots", map[string]any{})
	c.send("an-event/that-nobody-knows", []any{1, nil, "x"})
}

// to sends an event to all sockets of a user.
func (s *Server) to(u *User, parts ...any) {
	for c := range s.sockets {
		if c.user == u {
			c.send(parts...)
		}
	}
}

// notify sends a notification to a user and keeps it until it is deleted.
func (s *Server) notify(u *User, kind string, fields map[string]any) {
	n := map[string]any{"id": fmt.Sprintf("%d:%s", u.ID, secret()[:12]), "type": kind, "read": 0}
	for k, v := range fields {
		n[k] = v
	}
	s.notes[u.ID] = append(s.notes[u.ID], n)
	s.to(u, "notification", n)
}
