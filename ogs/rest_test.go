package ogs_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/gobancam/gobancam/internal/credentials"
	"github.com/gobancam/gobancam/internal/patient"
	"github.com/gobancam/gobancam/ogs"
	"github.com/gobancam/gobancam/ogs/ogstest"
)

func TestAddresses(t *testing.T) {
	for address, ok := range map[string]bool{
		"https://online-go.com": true, "https://online-go.com/": true, "http://127.0.0.1:8080": true, "http://localhost:80": true, "http://[::1]:80": true,
		"http://online-go.com": false, "http://127.0.0.1.example.org": false, "http://192.168.1.5": false, "online-go.com": false, "ftp://127.0.0.1": false,
		"https://": false, "https://user:secret@online-go.com": false, "://": false,
	} {
		if _, err := ogs.NewClient(ogs.Options{Server: address}); (err == nil) != ok {
			t.Errorf("server %q: %v", address, err)
		}
	}
	for address, ok := range map[string]bool{
		"wss://online-go.com": true, "ws://127.0.0.1:8080/": true, "ws://online-go.com": false, "https://online-go.com": false, "ws://10.0.0.1": false,
	} {
		if _, err := ogs.NewClient(ogs.Options{Socket: address}); (err == nil) != ok {
			t.Errorf("socket %q: %v", address, err)
		}
	}
}

func TestHTTPFaults(t *testing.T) {
	for name, tt := range map[string]struct {
		fault ogstest.Fault
		ok    bool
		words string
	}{
		"429 with a time":    {ogstest.Fault{Kind: ogstest.Status, Delay: time.Second}, true, ""},
		"429 without":        {ogstest.Fault{Kind: ogstest.Status}, true, ""},
		"429 for long":       {ogstest.Fault{Kind: ogstest.Status, Delay: time.Hour}, false, "try again in 60 minutes"},
		"503 with a time":    {ogstest.Fault{Kind: ogstest.Status, Status: 503, Delay: time.Second}, true, ""},
		"502":                {ogstest.Fault{Kind: ogstest.Status, Status: 502, Times: 2}, true, ""},
		"502 for long":       {ogstest.Fault{Kind: ogstest.Status, Status: 502, Times: 20}, false, "502 bad gateway"},
		"500 page":           {ogstest.Fault{Kind: ogstest.HTML500}, false, "Server Error (500)"},
		"page":               {ogstest.Fault{Kind: ogstest.HTML200}, false, "We will be back"},
		"cut":                {ogstest.Fault{Kind: ogstest.Cut}, false, "broke off"},
		"teapot":             {ogstest.Fault{Kind: ogstest.Status, Status: 418}, false, "418"},
		"unauthorized":       {ogstest.Fault{Kind: ogstest.Status, Status: 401, Times: 2}, false, "not signed in"},
		"slow, but it comes": {ogstest.Fault{Kind: ogstest.Stall, Delay: 300 * time.Millisecond}, true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				w := newWorld(t, ogstest.Options{})
				c := w.client(nil)
				w.srv.Inject(tt.fault)
				me, err := c.Me(w.ctx)
				switch {
				case tt.ok && (err != nil || me.Username != "alice"):
					t.Errorf("%+v, %v", me, err)
				case !tt.ok && (err == nil || !strings.Contains(err.Error(), tt.words)):
					t.Errorf("error %v, want %q in it", err, tt.words)
				case !tt.ok && strings.ContainsAny(err.Error(), "<>\n"):
					t.Errorf("the error holds a page: %v", err)
				}
				if strings.Contains(fmt.Sprint(err), "broke off") && !errors.As(err, new(*ogs.UnreachableError)) {
					t.Errorf("%T", err)
				}
			})
		})
	}
}

// TestRetryAfter looks that one refusal holds back all that follow, and that
// a client that may not wait that long says so without asking again.
func TestRetryAfter(t *testing.T) { bubble(t, testRetryAfter) }

func testRetryAfter(t *testing.T) {
	w := newWorld(t, ogstest.Options{})
	c := w.client(nil)
	w.srv.Inject(ogstest.Fault{Kind: ogstest.Status, Delay: time.Hour})
	for range 3 {
		var api *ogs.APIError
		if _, err := c.Me(w.ctx); !errors.As(err, &api) || api.RetryAfter < 59*time.Minute {
			t.Errorf("%v", err)
		}
	}
	if n := w.srv.Count("GET /api/v1/me"); n != 1 {
		t.Errorf("%d requests were made, want 1", n)
	}
}

func TestPostIsNotRepeated(t *testing.T) { bubble(t, testPostIsNotRepeated) }

func testPostIsNotRepeated(t *testing.T) {
	w := newWorld(t, ogstest.Options{})
	c := w.client(nil)
	w.srv.Inject(ogstest.Fault{Kind: ogstest.Status, Status: 502, Path: "/api/v1/challenges"})
	if _, err := c.Challenge(w.ctx, ogs.NewChallenge(9), 0); err == nil {
		t.Error("a 502 was taken for a success")
	}
	if n := w.srv.Count("POST /api/v1/challenges"); n != 1 {
		t.Errorf("%d challenges were sent, want 1", n)
	}
	w.srv.Inject(ogstest.Fault{Kind: ogstest.Status, Delay: time.Second, Path: "/api/v1/challenges"})
	if _, err := c.Challenge(w.ctx, ogs.NewChallenge(9), 0); err != nil {
		t.Errorf("turned away with 429: %v", err)
	}
}

// TestRedirects looks that neither a token nor the secret of an application nor
// the socket follows a redirect to another origin: another host, another port.
func TestRedirects(t *testing.T) {
	var strays atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { strays.Add(1) }))
	defer other.Close()
	for _, to := range []string{other.URL, strings.Replace(other.URL, "127.0.0.1", "localhost", 1)} {
		front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, to+r.URL.Path, http.StatusTemporaryRedirect)
		}))
		defer front.Close()
		c, err := ogs.NewClient(ogs.Options{Server: front.URL, Tokens: ogs.Bearer("secret"), JWT: "secret", Timing: fast()})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := patient.Context(t.Context(), 10*time.Second)
		defer cancel()
		_, me := c.Me(ctx)
		_, sgf := c.SGF(ctx, 1)
		_, intro := c.Introspect(ctx, "secret")
		_, refresh := credentials.Refresh(c.OAuth(ogs.App{ClientID: "x", Secret: "secret"}))(c.Context(ctx), &oauth2.Token{RefreshToken: "secret"})
		session, socket := ogs.Connect(ctx, c)
		if socket == nil {
			session.Close()
		}
		for name, err := range map[string]error{"a read": me, "a download": sgf, "a form": intro, "a change": c.Withdraw(ctx, 1),
			"a refresh": refresh, "revoking": c.Revoke(ctx, ogs.App{ClientID: "x", Secret: "secret"}, "secret"), "the socket": socket} {
			if err == nil {
				t.Errorf("%s followed to %s", name, to)
			}
		}
	}
	if n := strays.Load(); n != 0 {
		t.Errorf("%d requests went to another server", n)
	}
}

// TestAbsurdRetryAfter looks that a server cannot stop the client for years.
func TestAbsurdRetryAfter(t *testing.T) {
	for _, header := range []string{"9223372036854775807", "1e300", "Fri, 31 Dec 9999 23:59:59 GMT"} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Retry-After", header)
			w.WriteHeader(http.StatusTooManyRequests)
		}))
		defer srv.Close()
		c, err := ogs.NewClient(ogs.Options{Server: srv.URL, Tokens: ogs.Bearer("secret"), Timing: fast()})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // from the server, then from the gate
			var api *ogs.APIError
			if _, err := c.Me(t.Context()); !errors.As(err, &api) || api.RetryAfter <= 0 || api.RetryAfter > 31*24*time.Hour {
				t.Errorf("%s: %v", header, err)
			}
		}
		var api *ogs.APIError
		if _, err := c.Me(t.Context()); !errors.As(err, &api) || api.RetryAfter > time.Hour {
			t.Errorf("%s: all requests are held back by %v", header, err)
		}
	}
}

func TestProxyFromEnvironment(t *testing.T) {
	// Loopback is never proxied, so that only the setting can be looked at.
	c, err := ogs.NewClient(ogs.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if ogs.ProxyOf(c) == nil {
		t.Error("the client does not ask the environment for a proxy")
	}
}

func TestConnectFails(t *testing.T) {
	w := newWorld(t, loopback)
	for name, tt := range map[string]struct {
		o    func(*ogs.Options)
		sign bool
	}{
		"no token":     {func(o *ogs.Options) { o.Tokens = nil }, true},
		"bad token":    {func(o *ogs.Options) { o.Tokens = ogs.Bearer("wrong") }, true},
		"bad jwt":      {func(o *ogs.Options) { o.Tokens, o.JWT = nil, "a.b.c" }, true},
		"nobody there": {func(o *ogs.Options) { o.Server = "http://127.0.0.1:1" }, false},
		"other socket": {func(o *ogs.Options) { o.Socket = "ws://127.0.0.1:1/" }, false},
	} {
		s, err := ogs.Connect(w.ctx, w.client(tt.o))
		if err == nil {
			s.Close()
			t.Errorf("%s: connected", name)
		} else if errors.Is(err, ogs.ErrSignIn) != tt.sign {
			t.Errorf("%s: %v", name, err)
		}
	}
	ctx, cancel := context.WithCancel(w.ctx)
	cancel()
	if _, err := ogs.Connect(ctx, w.client(nil)); err == nil {
		t.Error("connected after the end")
	}
	// With a jwt alone, the socket works.
	s, err := ogs.Connect(w.ctx, w.client(func(o *ogs.Options) { o.Tokens, o.JWT = nil, w.srv.JWT(w.alice) }))
	if err != nil {
		t.Fatal(err)
	}
	if s.Me().Username != "alice" {
		t.Errorf("%+v", s.Me())
	}
	s.Close()
}

func TestClose(t *testing.T) { bubble(t, testClose) }

func testClose(t *testing.T) {
	w := newWorld(t, ogstest.Options{})
	sg := w.start(ogstest.Setup{}, nil)
	ctx, cancel := context.WithCancel(w.ctx)
	s, err := ogs.Connect(ctx, w.client(nil))
	if err != nil {
		t.Fatal(err)
	}
	sub := s.Subscribe()
	g, err := s.Join(w.ctx, ogs.ID(sg.ID))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Join(w.ctx, ogs.ID(sg.ID)); err == nil {
		t.Error("a game was joined twice")
	}
	cancel()
	<-s.Done()
	for range g.Updates() { // closed, once it is empty
	}
	for range sub.Events() {
	}
	if _, err := s.Join(w.ctx, ogs.ID(sg.ID)); err == nil {
		t.Error("a game was joined after the end")
	}
	if err := g.Resign(); err == nil {
		t.Error("resigned after the end")
	}
}

// TestPing needs a network: in a bubble, an answer takes no time. Pings count
// in milliseconds.
func TestPing(t *testing.T) {
	w := newWorld(t, loopback)
	began := time.Now()
	s := w.connect()
	for {
		if drift, latency := s.Ping(); latency > 0 {
			if took := time.Since(began) + time.Millisecond; drift.Abs() > took || latency > took {
				t.Errorf("drift %v, latency %v on one machine, within %v", drift, latency, took)
			}
			break
		}
		if w.ctx.Err() != nil {
			t.Fatal("no pong was taken")
		}
		time.Sleep(time.Millisecond)
	}
	if took, d := time.Since(began)+time.Millisecond, time.Until(s.ServerNow()).Abs(); d > took {
		t.Errorf("the server's time is %v away", d)
	}
}

// freeAddress is a redirect address at a port that is free now.
func freeAddress(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return "http://" + ln.Addr().String() + "/callback"
}

// visit opens an address as a browser does and returns the page.
func visit(address string) string {
	resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Get(address)
	if err != nil {
		return err.Error()
	}
	defer resp.Body.Close()
	b, _ := io.ReadAll(resp.Body)
	return string(b)
}

func TestSignIn(t *testing.T) {
	redirect := freeAddress(t)
	for name, tt := range map[string]struct {
		app   ogs.App
		deny  string
		fault *ogstest.Fault
		words string // of the error
	}{
		"public":       {app: ogs.App{ClientID: "public"}},
		"confidential": {app: ogs.App{ClientID: "confidential", Secret: "s3cret"}},
		"wrong secret": {app: ogs.App{ClientID: "confidential", Secret: "guess"}, words: "does not know this client id"},
		"denied":       {app: ogs.App{ClientID: "public"}, deny: "access_denied", words: "you did not agree"},
		"html":         {app: ogs.App{ClientID: "public"}, fault: &ogstest.Fault{Kind: ogstest.HTML500, Path: "/oauth2/token"}, words: "Server Error (500)"},
		"429":          {app: ogs.App{ClientID: "public"}, fault: &ogstest.Fault{Kind: ogstest.Status, Delay: time.Second, Path: "/oauth2/token"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, ogstest.Options{Addr: loopback.Addr, Clients: []ogstest.OAuthClient{
				{ID: "public", Redirect: redirect}, {ID: "confidential", Secret: "s3cret", Redirect: redirect}}})
			w.srv.LoginAs(w.alice, tt.deny)
			if tt.fault != nil {
				w.srv.Inject(*tt.fault)
			}
			c := w.client(func(o *ogs.Options) { o.Tokens = nil })
			tt.app.Redirect = redirect
			pages := make(chan string, 1)
			token, err := c.SignIn(w.ctx, tt.app, func(address string) {
				go func() {
					// Strangers change nothing.
					if page := visit(redirect + "?code=x&state=guess"); !strings.Contains(page, "not the sign-in") {
						t.Errorf("a stranger saw %q", page)
					}
					if page := visit(strings.Replace(redirect, "callback", "other", 1)); !strings.Contains(page, "404") {
						t.Errorf("another path gave %q", page)
					}
					pages <- visit(address)
				}()
			})
			page := <-pages
			if tt.words != "" {
				if err == nil || !strings.Contains(err.Error(), tt.words) || !strings.Contains(page, "did not work") {
					t.Fatalf("error %v, page %q", err, page)
				}
				return
			}
			if err != nil || !strings.Contains(page, "You can close this page") {
				t.Fatalf("error %v, page %q", err, page)
			}
			if life := time.Until(token.Expiry); token.AccessToken == "" || token.RefreshToken == "" || life < 29*24*time.Hour {
				t.Errorf("token lives %v, refresh %q", life, token.RefreshToken)
			}
			signed := w.client(func(o *ogs.Options) { o.Tokens = ogs.Bearer(token.AccessToken) })
			if me, err := signed.Me(w.ctx); err != nil || me.Username != "alice" {
				t.Errorf("%+v, %v", me, err)
			}
			if info, err := signed.Introspect(w.ctx, token.AccessToken); err != nil || !info.Active || info.Scope != "read write" || info.Username != "alice" {
				t.Errorf("introspection %+v, %v", info, err)
			}
			if err := c.Revoke(w.ctx, tt.app, token.AccessToken); err != nil {
				t.Error(err)
			}
			if _, err := signed.Me(w.ctx); !errors.Is(err, ogs.ErrSignIn) {
				t.Errorf("a revoked token: %v", err)
			}
		})
	}
}

func TestSignInGivenUp(t *testing.T) {
	w := newWorld(t, loopback)
	c := w.client(func(o *ogs.Options) { o.Tokens = nil })
	ctx, cancel := context.WithTimeoutCause(w.ctx, 50*time.Millisecond, errors.New("nobody came"))
	defer cancel()
	redirect := freeAddress(t)
	if _, err := c.SignIn(ctx, ogs.App{ClientID: "x", Redirect: redirect}, func(string) {}); err == nil || !strings.Contains(err.Error(), "nobody came") {
		t.Error(err)
	}
	u, _ := url.Parse(redirect)
	ln, err := net.Listen("tcp", u.Host)
	if err != nil {
		t.Fatalf("the port is still taken: %v", err)
	}
	defer ln.Close()
	for _, app := range []ogs.App{{ClientID: "x", Redirect: redirect}, {Redirect: redirect}, {ClientID: "x", Redirect: "http://example.org:80/callback"},
		{ClientID: "x", Redirect: "https://127.0.0.1:80/callback"}, {ClientID: "x", Redirect: "http://127.0.0.1/callback"}} {
		if _, err := c.SignIn(w.ctx, app, func(string) { t.Errorf("%+v was shown", app) }); err == nil {
			t.Errorf("%+v worked", app)
		}
	}
}

// TestRefresh keeps a sign-in alive over an expired token, with both tokens
// replaced together.
func TestRefresh(t *testing.T) {
	redirect := freeAddress(t)
	w := newWorld(t, loopback)
	plain := w.client(func(o *ogs.Options) { o.Tokens = nil })
	app := ogs.App{ClientID: "public", Redirect: redirect}
	token, err := plain.SignIn(w.ctx, app, func(address string) { go visit(address) })
	if err != nil {
		t.Fatal(err)
	}
	store := credentials.New(credentials.Options{Dir: t.TempDir(), NoKeyring: true, Notice: func(s string) { t.Log(s) }})
	key := credentials.Key{Service: "ogs", Server: w.srv.URL()}
	if err := store.Put(key, credentials.Credential{Token: token, ClientID: app.ClientID}); err != nil {
		t.Fatal(err)
	}
	source := func() *credentials.Source {
		return store.Source(plain.Context(w.ctx), key, credentials.Refresh(plain.OAuth(app)), 7*24*time.Hour)
	}
	c := w.client(func(o *ogs.Options) { o.Tokens = source() })
	if _, err := c.Me(w.ctx); err != nil || w.srv.Count("POST /oauth2/token/") != 1 {
		t.Fatalf("a fresh token: %v, %d token requests", err, w.srv.Count("POST /oauth2/token/"))
	}

	w.srv.ExpireTokens() // 401: refreshed and tried again
	if _, err := c.Me(w.ctx); err != nil {
		t.Fatal(err)
	}
	now, err := store.Get(key)
	if err != nil || now.Token.AccessToken == token.AccessToken || now.Token.RefreshToken == token.RefreshToken {
		t.Errorf("the pair was not replaced: %v, %v", now, err)
	}

	w.srv.ExpireTokens() // ui/config answers as to a guest: refreshed, too
	s, err := ogs.Connect(w.ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
}
