// Package ogstest is a server in process, on loopback, that speaks what
// online-go.com (OGS) speaks to its clients: OAuth2, the REST interface, and
// the real-time socket. It knows the rules, keeps clocks, pairs players, refuses
// what OGS refuses, keeps a record of everything that it was sent, notes what a
// well-behaved client would not have done, and misbehaves on demand.
//
//	srv, err := ogstest.New(ogstest.Options{})
//	alice, bob := srv.AddUser("alice"), srv.AddUser("bob")
//	g, err := srv.StartGame(ogstest.Setup{Black: alice, White: bob, Size: 9})
//	g.SetOpponent(bob, ogstest.Opponent{Move: func(v *ogstest.View) ogstest.Reply { … }})
//	// … a client plays at srv.URL() with srv.Token(alice) …
//	fmt.Println(g.Moves(), g.Outcome(), srv.Violations())
//
// It is for tests and demonstrations: it checks no passwords and holds nothing
// that outlives it. Where the real server's behaviour is not known, Options or
// a Fault choose between the readings.
package ogstest

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Options say how a Server behaves. The zero value is right for most tests.
type Options struct {
	Addr string // to listen at; empty for a free port of 127.0.0.1
	// Memory makes the server listen in memory instead of at a port: clients
	// connect with Server.Dial, and everything works in a bubble of
	// testing/synctest.
	Memory bool

	// Keepalive is how long a live challenge stands without one; 8 s if 0.
	Keepalive time.Duration
	// AutoResign is how long a player may be gone from a live game; 2 minutes
	// if 0.
	AutoResign time.Duration
	// StartClock is how long the first move of a live game may take; 5
	// minutes if 0.
	StartClock time.Duration
	// RemovalClock is how long the agreement on dead stones may take; 5
	// minutes if 0.
	RemovalClock time.Duration
	// TokenLife is how long access tokens live; 30 days if 0.
	TokenLife time.Duration
	// JWTLife is how long the socket's tokens live; a day if 0.
	JWTLife time.Duration

	Refusal Refusal // how a bad move is answered
	// PhaseLast sends the end of play after the second pass's own event
	// instead of before it.
	PhaseLast bool
	// OldForms makes the server write as older ones did: undo requests as bare
	// numbers, booleans as 0 and 1, ids as strings.
	OldForms bool
	// NewGameID gives an accepted challenge a game with another number than
	// the one announced, as was seen with bots.
	NewGameID bool
	// NoReviewEcho tells a message of a review to all who watch but the connection
	// that it came from.
	NoReviewEcho bool
	// NoController names who controls a review only after a change: until then it is
	// its owner.
	NoController bool

	// Clients are the applications that may sign in. With none, any
	// client_id is taken for a public client.
	Clients []OAuthClient
}

// Refusal is a way to answer a move that is not accepted.
type Refusal int

// The ways that were seen or guessed.
const (
	ErrorReply Refusal = iota // [id, null, {code, message}]
	ErrorEvent                // game/<id>/error
	Silence                   // nothing at all
)

// OAuthClient is a registered application.
type OAuthClient struct {
	ID       string
	Secret   string // empty for a public client
	Redirect string // must match exactly
}

// A User is an account.
type User struct {
	ID   int64
	Name string
	Rank float64
}

// A Server is a running server. Its methods may be called from any goroutine.
type Server struct {
	opt  Options
	http *http.Server
	wg   sync.WaitGroup
	quit chan struct{}

	mu         sync.Mutex
	addr       string
	ln         net.Listener
	users      []*User
	tokens     map[string]*grant // access tokens
	refreshes  map[string]*grant // refresh tokens
	codes      map[string]*code
	jwts       map[string]*jwtGrant
	games      map[int64]*Game
	reviews    map[int64]*Review
	groups     map[int64]*group
	records    map[int64]*TournamentRecord
	challenges map[int64]*challenge
	libraries  map[*User][]Upload
	searches   map[*socket]map[string]json.RawMessage
	sockets    map[*socket]bool
	nextID     int64
	nextConn   int
	record     []Received
	violations []string
	faults     []*Fault
	notes      map[int64][]map[string]any // notifications by user
	loginAs    *User
	hasty      *User // accepts the next challenge
	denyLogin  string
	waitUntil  time.Time // when a client that was sent a 429 may come back
	hushed     bool
	closed     bool
}

// Received is one message that came from a client.
type Received struct {
	At      time.Time
	Conn    int    // number of the socket; 0 for HTTP
	User    string // empty before sign-in
	Command string // "game/move", or "POST /api/v1/challenges"
	Data    json.RawMessage
	Agent   string // User-Agent, for HTTP and the socket's opening
}

// New starts a server.
func New(o Options) (*Server, error) {
	def := func(d *time.Duration, v time.Duration) {
		if *d == 0 {
			*d = v
		}
	}
	def(&o.Keepalive, 8*time.Second)
	def(&o.AutoResign, 2*time.Minute)
	def(&o.StartClock, 5*time.Minute)
	def(&o.RemovalClock, 5*time.Minute)
	def(&o.TokenLife, 30*24*time.Hour)
	def(&o.JWTLife, 24*time.Hour)
	if o.Addr == "" {
		o.Addr = "127.0.0.1:0"
	}
	s := &Server{opt: o, quit: make(chan struct{}), tokens: map[string]*grant{}, refreshes: map[string]*grant{},
		codes: map[string]*code{}, jwts: map[string]*jwtGrant{}, games: map[int64]*Game{}, reviews: map[int64]*Review{},
		groups: map[int64]*group{}, records: map[int64]*TournamentRecord{}, challenges: map[int64]*challenge{},
		searches: map[*socket]map[string]json.RawMessage{}, sockets: map[*socket]bool{}, nextID: 1000, notes: map[int64][]map[string]any{}}
	if err := s.listen(o.Addr); err != nil {
		return nil, err
	}
	s.wg.Add(1)
	go s.reap()
	return s, nil
}

func (s *Server) listen(addr string) error {
	var ln net.Listener = newMemory()
	if !s.opt.Memory {
		host, _, err := net.SplitHostPort(addr)
		if ip := net.ParseIP(host); err != nil || host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			return fmt.Errorf("ogstest: %q is no address of this machine's loopback", addr)
		}
		if ln, err = net.Listen("tcp", addr); err != nil {
			return fmt.Errorf("ogstest: %w", err)
		}
	}
	srv := &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	s.mu.Lock()
	s.ln, s.addr, s.http = ln, ln.Addr().String(), srv
	s.mu.Unlock()
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		srv.Serve(ln)
	}()
	return nil
}

// URL returns the base address for clients.
func (s *Server) URL() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return "http://" + s.addr
}

// Close ends the server and everything in it.
func (s *Server) Close() {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return
	}
	s.closed = true
	close(s.quit)
	for _, g := range s.games {
		g.stopTimers()
	}
	srv := s.http
	s.mu.Unlock()
	srv.Close()
	s.DropConnections()
	s.wg.Wait()
}

// after runs f under the server's lock after d, unless the server is closed.
func (s *Server) after(d time.Duration, f func()) {
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		t := time.NewTimer(d)
		defer t.Stop()
		select {
		case <-t.C:
			s.mu.Lock()
			defer s.mu.Unlock()
			if !s.closed {
				f()
			}
		case <-s.quit:
		}
	}()
}

// reap removes live challenges that nobody keeps alive.
func (s *Server) reap() {
	defer s.wg.Done()
	t := time.NewTicker(max(s.opt.Keepalive/8, 10*time.Millisecond))
	defer t.Stop()
	for {
		select {
		case <-s.quit:
			return
		case <-t.C:
			s.mu.Lock()
			for _, c := range s.challenges {
				if c.speed != "correspondence" && time.Since(c.alive) > s.opt.Keepalive {
					s.dropChallenge(c)
				}
			}
			s.mu.Unlock()
		}
	}
}

// AddUser makes an account. Each further user is a little stronger.
func (s *Server) AddUser(name string) *User {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.nextID++
	u := &User{ID: s.nextID, Name: name, Rank: 25 + float64(len(s.users)%8)}
	s.users = append(s.users, u)
	if s.loginAs == nil {
		s.loginAs = u
	}
	return u
}

// Token returns a fresh access token for u.
func (s *Server) Token(u *User) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.grant(u, "", "read write").access
}

// JWT returns a fresh token for the socket.
func (s *Server) JWT(u *User) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.newJWT(u)
}

func (s *Server) user(id int64) *User {
	for _, u := range s.users {
		if u.ID == id {
			return u
		}
	}
	return nil
}

// Records returns everything that was received, in order.
func (s *Server) Records() []Received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.record)
}

// Count returns how many messages with this command were received.
func (s *Server) Count(command string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, r := range s.record {
		if r.Command == command {
			n++
		}
	}
	return n
}

// Violations returns what clients did that a well-behaved one does not do, a
// sentence each.
func (s *Server) Violations() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.violations)
}

func (s *Server) violation(format string, args ...any) {
	s.violations = append(s.violations, fmt.Sprintf(format, args...))
}

func secret() string {
	var b [20]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

type jwtGrant struct {
	user *User
	ends time.Time
}

func (s *Server) newJWT(u *User) string {
	part := func(v any) string {
		b, _ := json.Marshal(v)
		return base64.RawURLEncoding.EncodeToString(b)
	}
	ends := time.Now().Add(s.opt.JWTLife)
	jwt := part(map[string]string{"alg": "RS256", "typ": "JWT"}) + "." +
		part(map[string]any{"id": u.ID, "username": u.Name, "anonymous": false, "exp": ends.Unix(), "jti": secret()}) + "." + secret()
	s.jwts[jwt] = &jwtGrant{u, ends}
	return jwt
}

// ServeHTTP answers HTTP requests and opens sockets.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return
	}
	s.mu.Lock()
	u := s.bearer(r)
	rec := Received{At: time.Now(), Command: r.Method + " " + r.URL.Path, Data: body, Agent: r.UserAgent()}
	if u != nil {
		rec.User = u.Name
	}
	s.record = append(s.record, rec)
	agent := strings.ToLower(r.UserAgent())
	if (agent == "" || strings.HasPrefix(agent, "go-http-client")) && !strings.HasPrefix(r.URL.Path, "/oauth2/authorize") {
		s.violation("%s %s with the User-Agent %q, which names no program", r.Method, r.URL.Path, r.UserAgent())
	}
	if early := time.Until(s.waitUntil); early > 20*time.Millisecond && !strings.HasPrefix(r.URL.Path, "/oauth2/authorize") {
		s.violation("%s %s came %v before the time that Retry-After named", r.Method, r.URL.Path, early.Round(time.Millisecond))
	}
	f := s.httpFault(r)
	s.mu.Unlock()
	if f != nil && !s.misbehave(w, r, f) {
		return
	}
	if strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		s.serveSocket(w, r)
		return
	}
	if strings.HasPrefix(r.URL.Path, "/oauth2/") {
		s.oauth(w, r, body)
		return
	}
	s.rest(w, r, body)
}

// bearer returns who signed the request; nil for a guest.
func (s *Server) bearer(r *http.Request) *User {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if g := s.tokens[token]; ok && g != nil && time.Now().Before(g.ends) {
		return g.user
	}
	return nil
}

func reply(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(v)
}

func detail(w http.ResponseWriter, status int, text string) {
	reply(w, status, map[string]string{"detail": text})
}

// serverError is what Django sends for an exception: a page.
func serverError(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(http.StatusInternalServerError)
	io.WriteString(w, "<h1>Server Error (500)</h1>")
}
