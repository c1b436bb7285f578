package challonge

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/gobancam/gobancam/challonge/challongetest"
	"github.com/gobancam/gobancam/internal/credentials"
)

// registered is a server with an account and an application whose time is the
// server's: sleeping moves its clock.
func registered(t *testing.T, secret string) (*challongetest.Server, *challongetest.User, *App) {
	t.Helper()
	srv := challongetest.New()
	t.Cleanup(func() {
		srv.Close()
		if v := srv.Violations(); len(v) > 0 {
			t.Errorf("the server complains: %q", v)
		}
	})
	u := srv.AddUser("Dosaku")
	redirect := fmt.Sprintf("http://127.0.0.1:%d/back", freePort(t))
	srv.AddApp("board", secret, redirect)
	offset := time.Duration(0)
	a := &App{ID: "board", Secret: secret, Redirect: redirect, Endpoints: EndpointsAt(srv.URL), HTTP: srv.Client()}
	a.now = func() time.Time { return time.Now().Add(offset) }
	a.sleep = func(ctx context.Context, d time.Duration) error {
		offset += d
		srv.Advance(d)
		return ctx.Err()
	}
	return srv, u, a
}

func freePort(t *testing.T) int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func TestAuthorizationCode(t *testing.T) {
	for _, secret := range []string{"", "secret"} {
		srv, u, a := registered(t, secret)
		srv.Visit(u, false)
		page := make(chan string, 1)
		browser := func(address string) {
			go func() {
				resp, err := srv.Client().Get(address)
				if err != nil {
					t.Error(err)
					return
				}
				data, _ := io.ReadAll(resp.Body)
				resp.Body.Close()
				page <- string(data)
			}()
		}
		tok, err := a.Authorize(t.Context(), browser)
		if err != nil {
			t.Fatal(err)
		}
		if tok.RefreshToken == "" || time.Until(tok.Expiry) < 6*24*time.Hour {
			t.Errorf("%+v", tok)
		}
		if text := <-page; !strings.Contains(text, "You can close this page") {
			t.Errorf("the browser shows %q", text)
		}
		c, _ := New(Options{API: a.Endpoints.API, Auth: Bearer(oauth2.StaticTokenSource(tok)), HTTP: srv.Client()})
		if me, err := c.Me(t.Context()); err != nil || me.Username != "Dosaku" {
			t.Errorf("%v %v", me, err)
		}
	}
}

func TestAuthorizationCodeGoesWrong(t *testing.T) {
	srv, u, a := registered(t, "")
	get := func(address string) {
		go func() {
			if resp, err := srv.Client().Get(address); err == nil {
				io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
			}
		}()
	}
	srv.Visit(u, true)
	if _, err := a.Authorize(t.Context(), get); err == nil || !strings.Contains(err.Error(), "refused on Challonge's page") {
		t.Errorf("refused: %v", err)
	}
	// Somebody else's page sends the browser here with a code of theirs; then
	// nobody comes.
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	_, err := a.Authorize(ctx, func(string) {
		get(a.Redirect + "?code=theirs&state=guess")
		get(a.Redirect + "?code=theirs")
		get(strings.Replace(a.Redirect, "/back", "/favicon.ico", 1))
	})
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "nobody signed in") {
		t.Errorf("a forged answer: %v", err)
	}
	for _, r := range srv.Requests() {
		if strings.Contains(r.Body, "theirs") {
			t.Error("a forged code was used")
		}
	}
	// The port is taken.
	l, err := net.Listen("tcp", strings.TrimSuffix(strings.TrimPrefix(a.Redirect, "http://"), "/back"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if _, err := a.Authorize(t.Context(), func(string) { t.Error("the page was shown") }); err == nil || !strings.Contains(err.Error(), "--redirect") {
		t.Errorf("port taken: %v", err)
	}
	a.Redirect = "https://example.org/back"
	if _, err := a.Authorize(t.Context(), nil); err == nil {
		t.Error("an address that is not here was taken")
	}
}

func TestDeviceGrant(t *testing.T) {
	pass := func(g *DeviceGrant, srv *challongetest.Server, u *challongetest.User, do func(poll int)) {
		polls := 0
		sleep := g.app.sleep
		g.app.sleep = func(ctx context.Context, d time.Duration) error {
			if err := sleep(ctx, d); err != nil {
				return err
			}
			polls++
			do(polls)
			return ctx.Err()
		}
	}
	for _, c := range []struct {
		name string
		do   func(srv *challongetest.Server, u *challongetest.User, g *DeviceGrant, poll int)
		want error
		min  time.Duration // how long it takes at least
	}{
		{"confirmed after a while", func(srv *challongetest.Server, u *challongetest.User, g *DeviceGrant, poll int) {
			if poll == 4 {
				srv.Confirm(g.UserCode, u)
			}
		}, nil, 20 * time.Second},
		{"told to slow down", func(srv *challongetest.Server, u *challongetest.User, g *DeviceGrant, poll int) {
			if poll < 3 {
				srv.SlowDown(g.UserCode)
			} else {
				srv.Confirm(g.UserCode, u)
			}
		}, nil, 30 * time.Second},
		{"refused", func(srv *challongetest.Server, u *challongetest.User, g *DeviceGrant, poll int) {
			if poll == 2 {
				srv.Deny(g.UserCode)
			}
		}, ErrDenied, 10 * time.Second},
		{"run out", func(*challongetest.Server, *challongetest.User, *DeviceGrant, int) {}, ErrExpired, 5 * time.Minute},
		{"through a bad network", func(srv *challongetest.Server, u *challongetest.User, g *DeviceGrant, poll int) {
			switch poll {
			case 1:
				srv.Break(challongetest.Fault{Path: "/oauth/token", Drop: challongetest.Before})
			case 2:
				srv.Break(challongetest.Fault{Path: "/oauth/token", Status: 502, HTML: true})
			case 3:
				srv.Confirm(g.UserCode, u)
			}
		}, nil, 25 * time.Second},
		{"a server in trouble for long", func(srv *challongetest.Server, u *challongetest.User, g *DeviceGrant, poll int) {
			srv.Break(challongetest.Fault{Path: "/oauth/token", Status: 503})
		}, ErrExpired, 5 * time.Minute},
	} {
		t.Run(c.name, func(t *testing.T) {
			srv, u, a := registered(t, "")
			start := a.now()
			g, err := a.Device(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			pass(g, srv, u, func(poll int) { c.do(srv, u, g, poll) })
			tok, err := g.Wait(t.Context())
			if !errors.Is(err, c.want) || (tok == nil) != (c.want != nil) {
				t.Errorf("got %v %v, want %v", tok, err, c.want)
			}
			if took := a.now().Sub(start); took < c.min || took > c.min+2*time.Minute {
				t.Errorf("took %v, want about %v", took, c.min)
			}
		})
	}
	t.Run("given up", func(t *testing.T) {
		_, _, a := registered(t, "")
		g, err := a.Device(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := g.Wait(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
	})
	t.Run("no such application", func(t *testing.T) {
		_, _, a := registered(t, "")
		a.ID = "unknown"
		var re *oauth2.RetrieveError
		if _, err := a.Device(t.Context()); !errors.As(err, &re) || re.ErrorCode != "invalid_client" {
			t.Errorf("%v", err)
		}
	})
}

// A server that knows the grant only by the short name of Challonge's page.
func TestDeviceGrantByItsShortName(t *testing.T) {
	var asked []string
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.FormValue("grant_type"))
		if r.FormValue("grant_type") != "device_code" {
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `{"error":"unsupported_grant_type"}`)
			return
		}
		fmt.Fprint(w, `{"access_token":"t","expires_in":"604800"}`)
	})}
	go srv.Serve(l)
	defer srv.Close()
	hc := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	a := &App{ID: "board", Endpoints: Endpoints{DeviceToken: "http://" + l.Addr().String()}, HTTP: hc, sleep: func(context.Context, time.Duration) error { return nil }}
	g := &DeviceGrant{app: a, code: "d", interval: time.Second}
	tok, err := g.Wait(t.Context())
	if err != nil || tok.AccessToken != "t" || time.Until(tok.Expiry) < 6*24*time.Hour || len(asked) != 2 {
		t.Errorf("%+v %v, asked %q", tok, err, asked)
	}
}

func TestClientCredentials(t *testing.T) {
	srv, u, a := registered(t, "secret")
	_ = u
	tok, err := a.ClientCredentials(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c, _ := New(Options{API: a.Endpoints.API, Auth: Bearer(oauth2.StaticTokenSource(tok)), HTTP: srv.Client()})
	if list, err := c.Application().Tournaments(t.Context(), TournamentFilter{}); err != nil || len(list) != 0 {
		t.Errorf("%v %v", list, err)
	}
	if _, err := c.Tournaments(t.Context(), TournamentFilter{}); !errors.Is(err, ErrForbidden) {
		t.Errorf("a person's routes: %v", err)
	}
	a.Secret = "wrong"
	if _, err := a.ClientCredentials(t.Context()); err == nil {
		t.Error("a wrong secret was taken")
	}
	a.Secret = ""
	if _, err := a.ClientCredentials(t.Context()); err == nil || !strings.Contains(err.Error(), "GOBANCAM_CHALLONGE_CLIENT_SECRET") {
		t.Errorf("no secret: %v", err)
	}
}

// Each way is remembered, and works after a restart and after its token ended.
func TestStoredSignIns(t *testing.T) {
	for _, way := range []string{WayCode, WayDevice, WayApplication, WayKey} {
		t.Run(way, func(t *testing.T) {
			srv, u, a := registered(t, "secret")
			a.now, a.sleep = nil, nil
			store := credentials.New(credentials.Options{Dir: filepath.Join(t.TempDir(), "c"), NoKeyring: true, Notice: func(s string) { t.Log(s) }})
			if _, _, err := Stored(t.Context(), store, a.Endpoints, srv.Client()); !errors.Is(err, ErrSignIn) {
				t.Fatalf("nothing stored: %v", err)
			}
			var tok *oauth2.Token
			var err error
			switch way {
			case WayCode:
				srv.Visit(u, false)
				tok, err = a.Authorize(t.Context(), func(address string) {
					go func() {
						if resp, err := srv.Client().Get(address); err == nil {
							resp.Body.Close()
						}
					}()
				})
			case WayDevice:
				a.sleep = func(ctx context.Context, d time.Duration) error { srv.Advance(d); return nil }
				var g *DeviceGrant
				if g, err = a.Device(t.Context()); err == nil {
					srv.Confirm(g.UserCode, u)
					tok, err = g.Wait(t.Context())
				}
			case WayApplication:
				tok, err = a.ClientCredentials(t.Context())
			}
			if err != nil {
				t.Fatal(err)
			}
			if err := Remember(store, a.Endpoints, way, a, tok, u.Key); err != nil {
				t.Fatal(err)
			}
			for _, after := range []func(){func() {}, srv.ExpireTokens, srv.ExpireTokens} {
				after()
				auth, got, err := Stored(t.Context(), store, a.Endpoints, srv.Client())
				if err != nil || got != way {
					t.Fatalf("%s %v", got, err)
				}
				c, _ := New(Options{API: a.Endpoints.API, Auth: auth, HTTP: srv.Client()})
				if way == WayApplication {
					c = c.Application()
				}
				if _, err := c.Tournaments(t.Context(), TournamentFilter{}); err != nil {
					t.Error(err)
				}
			}
			if way == WayCode || way == WayDevice {
				srv.RevokeTokens()
				auth, _, _ := Stored(t.Context(), store, a.Endpoints, srv.Client())
				c, _ := New(Options{API: a.Endpoints.API, Auth: auth, HTTP: srv.Client()})
				if _, err := c.Me(t.Context()); !errors.Is(err, ErrSignIn) {
					t.Errorf("revoked: %v", err)
				}
			}
		})
	}
}

func TestDeviceRepliesThatAreRefused(t *testing.T) {
	for _, text := range []string{``, `{}`, `<html>`, `{"device_code":"d","user_code":"u"}`,
		`{"device_code":"d","user_code":"u","verification_uri":"javascript:alert(1)"}`,
		`{"device_code":"d","user_code":"u","verification_uri":"https://challonge.com","verification_uri_complete":"http://evil.example"}`} {
		if g, err := parseDevice([]byte(text), &App{}); err == nil {
			t.Errorf("%s: %+v", text, g)
		}
	}
}
