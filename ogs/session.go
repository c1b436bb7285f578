package ogs

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/gorilla/websocket"

	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/web"
)

// A Session keeps one authenticated socket to the server alive, over as many
// connections as it takes.
type Session struct {
	c      *Client
	log    *slog.Logger
	ctx    context.Context
	cancel context.CancelFunc
	done   chan struct{}

	mu      sync.Mutex
	conn    *conn // authenticated and alive, or nil
	me      Player
	jwt     string
	jwtAt   time.Time
	games   map[ID]*Game
	reviews map[ID]*Review
	subs    map[*Subscription]struct{}
	keeps   map[keep]struct{} // challenges to keep alive
	awaited map[ID]bool       // games that offers were to become, for good
	drift   time.Duration     // local time minus the server's
	latency time.Duration     // of a round trip
	closing bool

	seeks   sync.Mutex // guards seekers and the sending of what they want
	seekers int        // how many want the seek graph

	ending sync.WaitGroup // the goroutines of the games
}

type keep struct{ Challenge, Game ID }

// Connect signs in and returns when the socket is open and the server has said
// who we are. The session lasts until ctx ends or Close is called; a lost
// connection is opened again, for as long as it takes. The error of Connect
// wraps ErrSignIn when trying again is of no use.
func Connect(ctx context.Context, c *Client) (*Session, error) {
	s := &Session{c: c, log: c.log, done: make(chan struct{}), jwt: c.opt.JWT,
		games: map[ID]*Game{}, reviews: map[ID]*Review{}, subs: map[*Subscription]struct{}{}, keeps: map[keep]struct{}{}, awaited: map[ID]bool{}}
	s.ctx, s.cancel = context.WithCancel(ctx)
	first := make(chan error, 1)
	go s.run(first)
	if err := <-first; err != nil {
		s.cancel()
		<-s.done
		return nil, err
	}
	return s, nil
}

// Close ends the session and everything that belongs to it, and returns when
// all of it has ended.
func (s *Session) Close() {
	s.cancel()
	<-s.done
}

// Done is closed when the session has ended.
func (s *Session) Done() <-chan struct{} { return s.done }

// Client returns the client that the session belongs to.
func (s *Session) Client() *Client { return s.c }

// Me returns who is signed in.
func (s *Session) Me() Player {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.me
}

// ServerNow returns the server's time, as far as pings can tell.
func (s *Session) ServerNow() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Now().Add(-s.drift)
}

// Ping returns how far the local clock is ahead of the server's, and how long
// a round trip takes. Both are 0 before the first answer.
func (s *Session) Ping() (drift, latency time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.drift, s.latency
}

// Online reports whether there is an authenticated connection now.
func (s *Session) Online() bool { return s.live() != nil }

func (s *Session) live() *conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.conn
}

// run is the supervisor.
func (s *Session) run(first chan<- error) {
	defer s.end()
	t := s.c.timing
	bo := &backoff.ExponentialBackOff{InitialInterval: t.BackoffMin, RandomizationFactor: 0.5, Multiplier: 2, MaxInterval: t.BackoffMax}
	bo.Reset()
	opened, refused := false, false
	for s.ctx.Err() == nil {
		conn, err := s.open()
		if err == nil {
			s.up(conn)
			if !opened {
				opened = true
				first <- nil
			}
			err = s.serve(conn)
			<-conn.quiet
			s.down(conn)
			if conn.good(t) {
				bo.Reset()
			}
		} else if !opened {
			if refused || s.ctx.Err() != nil || !errors.Is(err, ErrSignIn) {
				first <- err
				return
			}
			refused = true
			continue // once more, with a fresh jwt
		}
		if s.ctx.Err() != nil {
			break
		}
		pause := max(bo.NextBackOff(), s.c.gate.left())
		s.log.Info("ogs: not connected", "reason", err, "retry in", pause)
		s.publish(Offline{Err: err, RetryIn: pause})
		sleep(s.ctx, pause)
	}
	if !opened {
		first <- s.ctx.Err()
	}
}

// end closes all that belongs to the session.
func (s *Session) end() {
	s.mu.Lock()
	s.closing = true
	subs := s.subs
	s.subs = nil
	s.mu.Unlock()
	s.ending.Wait()
	for sub := range subs {
		sub.box.shut()
	}
	s.c.http.CloseIdleConnections()
	close(s.done)
}

// open makes one attempt to get an authenticated connection.
func (s *Session) open() (*conn, error) {
	jwt, err := s.token()
	if err != nil {
		return nil, err
	}
	ws, err := s.dial()
	if err != nil {
		return nil, err
	}
	conn := newConn(ws, s.c.timing.Write, s.log, s.c.traced)
	go conn.read(s.dispatch)
	me, err := s.authenticate(conn, jwt)
	if err != nil {
		conn.kill(err)
		<-conn.quiet
		if errors.Is(err, ErrSignIn) {
			s.mu.Lock()
			s.jwtAt = time.Time{} // fetch another one
			s.mu.Unlock()
		}
		return nil, err
	}
	s.mu.Lock()
	s.me.ID, s.me.Username = me.ID, me.Username
	s.mu.Unlock()
	return conn, nil
}

// token returns the jwt for the socket: the one that was given, or that of
// ui/config, fetched anew when it is old or was refused.
func (s *Session) token() (string, error) {
	s.mu.Lock()
	jwt, age := s.jwt, time.Since(s.jwtAt)
	s.mu.Unlock()
	if s.c.opt.JWT != "" {
		return jwt, nil
	}
	if jwt != "" && age < s.c.timing.TokenMaxAge {
		return jwt, nil
	}
	cfg, err := s.c.Config(s.ctx)
	switch {
	case err == nil:
		s.setJWT(cfg.JWT)
		s.mu.Lock()
		s.me = cfg.User
		s.mu.Unlock()
		return cfg.JWT, nil
	case jwt != "" && age < 24*time.Hour && !errors.Is(err, ErrSignIn):
		return jwt, nil // HTTP is out of order; the old one may do
	}
	return "", err
}

func (s *Session) setJWT(jwt string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.jwt, s.jwtAt = jwt, time.Now()
}

// dial opens a socket at the first address that answers.
func (s *Session) dial() (ws *websocket.Conn, err error) {
	if err := s.c.gate.wait(s.ctx, 24*time.Hour); err != nil {
		return nil, err
	}
	for _, address := range s.c.sockets {
		ctx, cancel := context.WithTimeout(s.ctx, s.c.timing.Handshake)
		conn, resp, e := s.c.dialer.DialContext(ctx, address, http.Header{"User-Agent": {s.c.agent}})
		cancel()
		if e == nil {
			return conn, nil
		}
		if resp != nil {
			body, _ := io.ReadAll(io.LimitReader(resp.Body, 4096))
			resp.Body.Close()
			e = newAPIError("GET", address, resp, body)
			pause, asked := web.RetryAfter(resp.Header, time.Now())
			if !asked && resp.StatusCode == http.StatusTooManyRequests {
				pause, asked = 2*s.c.timing.Retry, true
			}
			if asked {
				s.c.gate.shut(time.Now().Add(pause))
				return nil, e
			}
		}
		err = errors.Join(err, &UnreachableError{Server: address, Err: e})
		if s.ctx.Err() != nil {
			break
		}
	}
	return nil, err
}

// authenticate is the first message on every connection. Only an answer that
// names a player is a success: a server answers a guest with nothing.
func (s *Session) authenticate(conn *conn, jwt string) (Player, error) {
	type answer struct {
		data json.RawMessage
		err  error
	}
	answers := make(chan answer, 1)
	_, err := conn.request("authenticate", map[string]any{
		"jwt": jwt, "device_id": s.c.opt.DeviceID, "user_agent": s.c.agent, "language": s.c.opt.Language,
		"language_version": "", "client": s.c.opt.Name, "client_version": s.c.opt.Version,
	}, func(data json.RawMessage, err error) { answers <- answer{data, err} })
	if err == nil {
		err = s.ping(conn)
	}
	if err != nil {
		return Player{}, &UnreachableError{Server: s.c.base.Host, Err: err}
	}
	timer := time.NewTimer(s.c.timing.Handshake)
	defer timer.Stop()
	select {
	case a := <-answers:
		if a.err != nil {
			return Player{}, fmt.Errorf("%w: %w", ErrSignIn, a.err)
		}
		var who struct {
			ID        ID
			Username  text
			Anonymous flag
		}
		if len(a.data) == 0 || json.Unmarshal(a.data, &who) != nil || who.ID <= 0 || bool(who.Anonymous) {
			return Player{}, fmt.Errorf("%w: the socket took us for a guest", ErrSignIn)
		}
		if want := playerOfJWT(jwt); want != 0 && want != who.ID {
			return Player{}, fmt.Errorf("%w: the socket took player %d for player %d", ErrSignIn, want, who.ID)
		}
		return Player{ID: who.ID, Username: playerName(who.Username)}, nil
	case <-timer.C:
		return Player{}, &UnreachableError{Server: s.c.base.Host, Err: errors.New("the socket does not answer the sign-in")}
	case <-conn.closed:
		return Player{}, &UnreachableError{Server: s.c.base.Host, Err: conn.reason()}
	case <-s.ctx.Done():
		return Player{}, s.ctx.Err()
	}
}

// playerOfJWT reads the player's id out of a jwt, whose signature only the
// server can check; 0 if there is none.
func playerOfJWT(jwt string) ID {
	parts := strings.Split(jwt, ".")
	if len(parts) != 3 {
		return 0
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return 0
	}
	var claims struct {
		ID        ID
		Anonymous flag
		User      struct{ ID ID }
	}
	if json.Unmarshal(payload, &claims) != nil {
		return 0
	}
	return max(claims.ID, claims.User.ID)
}

// up makes a connection the live one and subscribes to everything again.
func (s *Session) up(conn *conn) {
	s.mu.Lock()
	s.conn = conn
	games := slices.Collect(maps.Values(s.games))
	reviews := slices.Collect(maps.Values(s.reviews))
	me := s.me
	s.mu.Unlock()
	s.publish(Online{Me: me})
	conn.send("automatch/list", nil)
	s.seekAgain(conn)
	for _, g := range games {
		g.inbox.put(connUp{conn})
	}
	for _, r := range reviews {
		r.inbox.put(connUp{conn})
	}
}

func (s *Session) down(conn *conn) {
	s.mu.Lock()
	s.conn = nil
	games := slices.Collect(maps.Values(s.games))
	reviews := slices.Collect(maps.Values(s.reviews))
	s.mu.Unlock()
	for _, g := range games {
		g.inbox.put(connDown{conn, conn.reason()})
	}
	for _, r := range reviews {
		r.inbox.put(connDown{conn, conn.reason()})
	}
}

// serve looks after a connection until it ends: pings, and the keep-alives of
// challenges.
func (s *Session) serve(conn *conn) error {
	t := s.c.timing
	ping, alive := time.NewTicker(t.Ping), time.NewTicker(t.Keepalive)
	defer ping.Stop()
	defer alive.Stop()
	wall := time.Now().Round(0)
	for {
		select {
		case <-s.ctx.Done():
			conn.leave()
			return s.ctx.Err()
		case <-conn.closed:
			return &UnreachableError{Server: s.c.base.Host, Err: conn.reason()}
		case <-alive.C:
			now := time.Now().Round(0)
			if now.Sub(wall) > 2*t.Ping+5*t.Keepalive {
				// The wall clock ran on while we did not: the machine slept.
				conn.kill(errors.New("this machine was asleep"))
				continue
			}
			wall = now
			for _, k := range s.kept() {
				conn.send("challenge/keepalive", map[string]any{"challenge_id": k.Challenge, "game_id": k.Game})
			}
		case <-ping.C:
			if silent := millis(time.Now()) - conn.heard.Load(); silent > (t.Ping * 5 / 2).Milliseconds() {
				conn.kill(fmt.Errorf("nothing was heard for %.1f s", float64(silent)/1000))
				continue
			}
			s.ping(conn)
		}
	}
}

func (s *Session) kept() []keep {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []keep
	for k := range s.keeps {
		list = append(list, k)
	}
	return list
}

func (s *Session) ping(conn *conn) error {
	drift, latency := s.Ping()
	_, err := conn.send("net/ping", map[string]any{
		"client": millis(time.Now()), "drift": drift.Milliseconds(), "latency": latency.Milliseconds(),
	})
	return err
}

func (s *Session) pong(data json.RawMessage) {
	var p struct{ Client, Server number }
	if json.Unmarshal(data, &p) != nil || p.Client <= 0 || p.Server <= 0 {
		return
	}
	now := time.Now()
	latency := now.Sub(fromServer(float64(p.Client)))
	if latency < 0 || latency > time.Minute {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.latency = latency
	s.drift = now.Add(-latency / 2).Sub(fromServer(float64(p.Server)))
}

// dispatch takes one event from the reading goroutine of conn.
func (s *Session) dispatch(conn *conn, f frame) {
	bad := func(err error) {
		s.log.Warn("ogs: an event that cannot be read was ignored", "event", clip(f.event), "error", err)
	}
	switch f.event {
	case "net/pong":
		s.pong(f.data)
	case "active_game":
		var a ActiveGame
		if err := json.Unmarshal(f.data, &a); err != nil || a.ID == 0 {
			bad(err)
			return
		}
		s.publish(a)
		s.toGame(a.ID, hint{conn: conn, from: "active_game", phase: a.Phase, moveNumber: a.MoveNumber, width: a.Width, height: a.Height, players: ids(a.Players)})
	case "notification":
		var n Notification
		if err := json.Unmarshal(f.data, &n); err != nil {
			bad(err)
			return
		}
		s.publish(n)
		if n.Type == "gameEnded" {
			s.toGame(n.GameID, hint{conn: conn, from: "notification", phase: game.Over})
		}
	case "user/jwt":
		var jwt string
		if json.Unmarshal(f.data, &jwt) == nil && jwt != "" {
			s.setJWT(jwt)
		}
	case "seekgraph/global":
		s.publish(decodeSeeks(f.data))
	case "automatch/entry", "automatch/start", "automatch/cancel":
		var a AutomatchEvent
		if len(f.data) > 0 {
			if err := json.Unmarshal(f.data, &a); err != nil {
				bad(err)
				return
			}
		}
		a.Kind = strings.TrimPrefix(f.event, "automatch/")
		s.publish(a)
	case "ERROR":
		e := decodeServerError(f.data)
		s.publish(ServerMessage{Text: e.Error()})
		s.log.Warn("ogs: the server complains", "message", e.Error())
	default:
		if rest, ok := strings.CutPrefix(f.event, "game/"); ok {
			number, name, ok := strings.Cut(rest, "/")
			if id, err := strconv.ParseInt(number, 10, 64); ok && err == nil {
				if name == "move" || name == "gamedata" {
					conn.used.Store(true)
				}
				s.toGame(ID(id), gameEvent{conn, name, f.data})
				return
			}
		}
		if s.toReview(conn, f) {
			return
		}
		s.log.Debug("ogs: an unknown event was ignored", "event", clip(f.event))
	}
}

func (s *Session) toGame(id ID, v any) {
	s.mu.Lock()
	g := s.games[id]
	s.mu.Unlock()
	if g != nil {
		g.inbox.put(v)
	}
}

// send writes a message on the live connection, or fails.
func (s *Session) send(command string, data any) error {
	conn := s.live()
	if conn == nil {
		return &NotSentError{NotConnected, "there is no connection to the server"}
	}
	if touched, err := conn.send(command, data); err != nil && !touched {
		return &NotSentError{NotConnected, err.Error()}
	} else if err != nil {
		return &UnreachableError{Server: s.c.base.Host, Err: err}
	}
	return nil
}

// Online and Offline tell of the connection. Offline.RetryIn is how long the
// session waits before it tries again.
type (
	Online  struct{ Me Player }
	Offline struct {
		Err     error
		RetryIn time.Duration
	}
	// ServerMessage is a complaint that the server addresses to the user.
	ServerMessage struct{ Text string }
)

// A SessionEvent is one of Online, Offline, ServerMessage, ActiveGame,
// Notification, SeekGraph and AutomatchEvent.
type SessionEvent interface{ sessionEvent() }

func (Online) sessionEvent()         {}
func (Offline) sessionEvent()        {}
func (ServerMessage) sessionEvent()  {}
func (ActiveGame) sessionEvent()     {}
func (Notification) sessionEvent()   {}
func (SeekGraph) sessionEvent()      {}
func (AutomatchEvent) sessionEvent() {}

// A Subscription delivers what happens in a session from Subscribe on.
type Subscription struct {
	s   *Session
	box *mailbox[SessionEvent]
}

// Subscribe returns a new subscription. Its channel is closed when the session
// ends. A receiver that does not keep up loses the oldest events.
func (s *Session) Subscribe() *Subscription {
	sub := &Subscription{s, newMailbox(4096, func(q []SessionEvent) []SessionEvent { return q[len(q)/2:] })}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		go sub.box.shut()
	} else {
		s.subs[sub] = struct{}{}
	}
	return sub
}

// Events returns the channel of the subscription.
func (sub *Subscription) Events() <-chan SessionEvent { return sub.box.out }

// Close ends the subscription and closes its channel.
func (sub *Subscription) Close() {
	sub.s.mu.Lock()
	delete(sub.s.subs, sub)
	sub.s.mu.Unlock()
	sub.box.shut()
}

func (s *Session) publish(e SessionEvent) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for sub := range s.subs {
		sub.box.put(e)
	}
}
