// Package ogs is a client of online-go.com (OGS) for the person at a board:
// signing in, challenges, and playing over the real-time socket.
//
// A Client speaks HTTP. Connect opens a Session, which keeps one authenticated
// socket alive, and Session.Join gives a Game. Two goroutines belong to a
// Session, one that keeps the connection and one that reads it, and one to each
// Game and Review; their channels and a Subscription's are fed by one more each. All of
// them end when the context of Connect ends or Close is called, and the channels
// that were handed out are closed.
//
// A Game's goroutine alone changes the game's state. What it hands out, a
// *State, is never changed afterwards and may be kept and shared.
//
// The server's list of moves is the truth. A move is written to the socket at
// most once for each call of Game.Move, only while the game data of this very
// connection is known, and nothing is queued for a later connection.
package ogs

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
	"golang.org/x/oauth2"

	"github.com/gobancam/gobancam/internal/web"
)

// DefaultServer is the base address of online-go.com.
const DefaultServer = "https://online-go.com"

// TokenSource gives the access token for a request. A *credentials.Source is
// one, and so is Bearer.
type TokenSource interface {
	// TokenContext returns a token that is expected to be valid.
	TokenContext(ctx context.Context) (*oauth2.Token, error)
	// Refused tells that the server answered 401 to accessToken.
	Refused(accessToken string)
}

// Bearer is a TokenSource for one access token given from outside, which
// cannot be refreshed.
func Bearer(accessToken string) TokenSource { return &bearer{token: accessToken} }

type bearer struct {
	token   string
	mu      sync.Mutex
	refused bool
}

func (b *bearer) TokenContext(context.Context) (*oauth2.Token, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.refused {
		return nil, fmt.Errorf("%w: the server does not take the access token that was given; make a new one, or give none", ErrSignIn)
	}
	return &oauth2.Token{AccessToken: b.token, TokenType: "Bearer"}, nil
}

func (b *bearer) Refused(accessToken string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.refused = b.refused || accessToken == b.token
}

// Options say how a Client reaches the server. The zero value is an anonymous
// client of online-go.com.
type Options struct {
	// Server is the base address; empty for DefaultServer. Plain http is
	// accepted for loopback only.
	Server string
	// Socket is the address of the real-time socket; empty to follow from
	// Server. Plain ws is accepted for loopback only.
	Socket string
	// Name, Version and Address identify the program to the server.
	Name, Version, Address string
	// Tokens signs the requests; nil for none.
	Tokens TokenSource
	// JWT is a real-time token given from outside. With it the socket needs
	// no access token; calls over HTTP that need one still do.
	JWT string
	// DeviceID is a stable name of this installation, made by the caller;
	// empty for a random one.
	DeviceID string
	// Language is sent at sign-in; empty for "en".
	Language string
	// Log gets what is worth knowing afterwards; nil for none. Secrets are
	// not logged.
	Log *slog.Logger
	// Dial opens the connections for HTTP and the socket; nil for the network.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Timing overrides the waiting times, for tests.
	Timing Timing
}

// Timing holds every waiting time of the package. A zero field has the default
// that its comment gives.
type Timing struct {
	Request     time.Duration // one HTTP request: 20 s
	Handshake   time.Duration // opening the socket and signing in, each: 10 s
	Write       time.Duration // handing one frame to the network: 5 s
	Ping        time.Duration // between two pings: 10 s. Dead after two and a half
	Latency     time.Duration // between two game/latency: 5 s
	Echo        time.Duration // a move's echo, before the game data is asked for: 5 s
	Settle      time.Duration // between two looks that find a move not played: 2 s
	GameData    time.Duration // game data after game/connect, before asking again: 5 s
	Rejoin      time.Duration // between leaving a game and entering it again: 500 ms
	Doubt       time.Duration // a contradiction, before the game data is asked for: 2 s
	BackoffMin  time.Duration // first wait before reconnecting: 250 ms
	BackoffMax  time.Duration // longest wait before reconnecting: 30 s
	Stable      time.Duration // a connection this old resets the back-off, over which no game was played: 60 s
	Retry       time.Duration // before a request is repeated, if the server names no time: 1 s
	RetryMax    time.Duration // longest Retry-After that is waited for: 60 s
	Keepalive   time.Duration // between two challenge/keepalive: 1 s
	Poll        time.Duration // between two looks at ui/overview: 45 s
	TokenMaxAge time.Duration // a jwt this old is fetched anew before reconnecting: 6 h
}

func (t Timing) withDefaults() Timing {
	def := func(d *time.Duration, v time.Duration) {
		if *d <= 0 {
			*d = v
		}
	}
	def(&t.Request, 20*time.Second)
	def(&t.Handshake, 10*time.Second)
	def(&t.Write, 5*time.Second)
	def(&t.Ping, 10*time.Second)
	def(&t.Latency, 5*time.Second)
	def(&t.Echo, 5*time.Second)
	def(&t.Settle, 2*time.Second)
	def(&t.GameData, 5*time.Second)
	def(&t.Rejoin, 500*time.Millisecond)
	def(&t.Doubt, 2*time.Second)
	def(&t.BackoffMin, 250*time.Millisecond)
	def(&t.BackoffMax, 30*time.Second)
	def(&t.Stable, time.Minute)
	def(&t.Retry, time.Second)
	def(&t.RetryMax, time.Minute)
	def(&t.Keepalive, time.Second)
	def(&t.Poll, 45*time.Second)
	def(&t.TokenMaxAge, 6*time.Hour)
	return t
}

// A Client makes the HTTP requests and holds what Sessions need to sign in. It
// may be used by several goroutines.
type Client struct {
	base    *url.URL
	sockets []string
	opt     Options
	agent   string
	timing  Timing
	log     *slog.Logger
	trace   atomic.Pointer[func(sent bool, message []byte)]
	http    *http.Client
	gate    *gate
	dialer  *websocket.Dialer
}

// NewClient checks the addresses and returns a client. It sends nothing.
func NewClient(o Options) (*Client, error) {
	if o.Server == "" {
		o.Server = DefaultServer
	}
	if o.Name == "" {
		o.Name, o.Version, o.Address = "gobancam-ogs", "0", "https://github.com/gobancam/gobancam"
	}
	if o.Language == "" {
		o.Language = "en"
	}
	if o.DeviceID == "" {
		o.DeviceID = randomID()
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	base, err := web.CheckAddress(o.Server, "https", "http")
	if err != nil {
		return nil, fmt.Errorf("the server's address %q: %w", o.Server, err)
	}
	base.Path = strings.TrimRight(base.Path, "/")
	sockets, err := socketAddresses(base, o.Socket)
	if err != nil {
		return nil, err
	}
	c := &Client{
		base: base, sockets: sockets, opt: o, timing: o.Timing.withDefaults(), log: o.Log,
		agent: o.Name + "/" + o.Version + " (" + o.Address + ")", gate: new(gate),
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()  // its proxy is the environment's
	transport.DisableKeepAlives = web.IsLoopback(base.Hostname()) // a test server's goroutines end with it
	c.dialer = &websocket.Dialer{Proxy: http.ProxyFromEnvironment, HandshakeTimeout: c.timing.Handshake}
	if o.Dial != nil {
		transport.DialContext, c.dialer.NetDialContext = o.Dial, o.Dial
	}
	c.http = &http.Client{
		Transport:     &polite{next: transport, agent: c.agent, gate: c.gate, first: c.timing.Retry, max: c.timing.RetryMax, log: c.log},
		CheckRedirect: web.CheckRedirect,
	}
	return c, nil
}

// Server returns the base address.
func (c *Client) Server() string { return c.base.String() }

// HTTP returns the HTTP client, which identifies the program and heeds
// Retry-After, for oauth2.HTTPClient.
func (c *Client) HTTP() *http.Client { return c.http }

func randomID() string {
	var b [16]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// socketAddresses lists the addresses of the socket in the order in which they
// are tried. online-go.com has three routes; every other server has one, at
// the root of its host.
func socketAddresses(base *url.URL, given string) ([]string, error) {
	if given != "" {
		u, err := web.CheckAddress(given, "wss", "ws")
		if err != nil {
			return nil, fmt.Errorf("the socket's address %q: %w", given, err)
		}
		if u.Path == "" {
			u.Path = "/"
		}
		return []string{u.String()}, nil
	}
	if base.Scheme == "https" && (base.Host == "online-go.com" || base.Host == "www.online-go.com") {
		return []string{"wss://wsp.online-go.com/", "wss://online-go.com/", "wss://wss.online-go.com/"}, nil
	}
	u := url.URL{Scheme: "wss", Host: base.Host, Path: "/"}
	if base.Scheme == "http" {
		u.Scheme = "ws"
	}
	return []string{u.String()}, nil
}

// maxBody bounds an answer over HTTP and a frame of the socket, in bytes.
const maxBody = 16 << 20

// call makes one request of the API below path, with body as JSON if it is not
// nil, and decodes the answer into result if that is not nil. A 401 gets one
// more try with another token.
func (c *Client) call(ctx context.Context, method, path string, body, result any) error {
	data, err := c.raw(ctx, method, path, body)
	if err != nil || result == nil {
		return err
	}
	if err := json.Unmarshal(data, result); err != nil {
		return &APIError{Method: method, Path: path, Status: http.StatusOK,
			Message: "the answer is not the JSON that was expected (" + excerpt(data) + ")"}
	}
	return nil
}

func (c *Client) raw(ctx context.Context, method, path string, body any) ([]byte, error) {
	var payload []byte
	if body != nil {
		var err error
		if payload, err = json.Marshal(body); err != nil {
			return nil, fmt.Errorf("ogs: %s %s: %w", method, path, err)
		}
	}
	for again := false; ; again = true {
		data, token, err := c.once(ctx, method, path, payload)
		if again || token == "" || !unauthorized(err) {
			return data, err
		}
		c.opt.Tokens.Refused(token)
	}
}

// once makes one request and returns the body of a 2xx answer, and the access
// token that was used.
func (c *Client) once(ctx context.Context, method, path string, payload []byte) (data []byte, token string, err error) {
	ctx, cancel := context.WithTimeout(c.Context(ctx), c.timing.Request+c.timing.RetryMax)
	defer cancel()
	var body io.Reader
	if payload != nil {
		body = strings.NewReader(string(payload))
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base.String()+path, body)
	if err != nil {
		return nil, "", fmt.Errorf("ogs: %w", err)
	}
	req.Header.Set("Accept", "application/json")
	if payload != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.opt.Tokens != nil {
		t, err := c.opt.Tokens.TokenContext(ctx)
		if err != nil {
			return nil, "", fmt.Errorf("ogs: %w", err)
		}
		if token = t.AccessToken; token != "" {
			req.Header.Set("Authorization", "Bearer "+token)
		}
	}
	resp, err := c.http.Do(req)
	if wait, ok := asWait(err); ok {
		return nil, token, &APIError{Method: method, Path: path, Status: http.StatusTooManyRequests, RetryAfter: wait}
	} else if err != nil {
		return nil, token, &UnreachableError{Server: c.base.Host, Err: err}
	}
	defer resp.Body.Close()
	data, err = web.Body(resp.Body, maxBody)
	if errors.Is(err, web.ErrTooLarge) {
		return nil, token, &APIError{Method: method, Path: path, Status: resp.StatusCode, Message: err.Error()}
	} else if err != nil {
		return nil, token, &UnreachableError{Server: c.base.Host, Err: fmt.Errorf("%s %s: %w", method, path, err)}
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return nil, token, newAPIError(method, path, resp, data)
	}
	return data, token, nil
}

// Trace has f told every message of the socket as it goes over the wire,
// secrets and all, from now on; nil ends it. f must not block, and not keep the
// message.
func (c *Client) Trace(f func(sent bool, message []byte)) {
	if f == nil {
		c.trace.Store(nil)
		return
	}
	c.trace.Store(&f)
}

func (c *Client) traced(sent bool, message []byte) {
	if f := c.trace.Load(); f != nil {
		(*f)(sent, message)
	}
}
