package challonge

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/oauth2"

	"github.com/gobancam/gobancam/challonge/challongetest"
	"github.com/gobancam/gobancam/internal/credentials"
)

// registered is a server with an account and an application.
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
	return srv, u, &App{ID: "board", Secret: secret, Redirect: redirect, Endpoints: EndpointsAt(srv.URL), HTTP: srv.Client()}
}

// polled is a client for a test in a synctest bubble: before each request for a
// token it moves the server's clock on by what has passed in the bubble, and
// calls do with the number of that request.
func polled(srv *challongetest.Server, do func(poll int)) *http.Client {
	n, last := 0, time.Now()
	real := &http.Transport{DisableKeepAlives: true}
	return &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		if strings.HasSuffix(r.URL.Path, "/oauth/token") {
			srv.Advance(time.Since(last))
			last = time.Now()
			n++
			do(n)
		}
		return real.RoundTrip(r)
	})}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

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
	if _, err := a.Authorize(t.Context(), func(string) { t.Error("the page was shown") }); err == nil || !strings.Contains(err.Error(), "another redirect address") {
		t.Errorf("port taken: %v", err)
	}
	a.Redirect = "https://example.org/back"
	if _, err := a.Authorize(t.Context(), nil); err == nil {
		t.Error("an address that is not here was taken")
	}
}

func TestDeviceGrant(t *testing.T) {
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
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				var g *DeviceGrant
				var err error
				a.HTTP = polled(srv, func(poll int) { c.do(srv, u, g, poll) })
				if g, err = a.Device(t.Context()); err != nil {
					t.Fatal(err)
				}
				tok, err := g.Wait(t.Context())
				if !errors.Is(err, c.want) || (tok == nil) != (c.want != nil) {
					t.Errorf("got %v %v, want %v", tok, err, c.want)
				}
				if took := time.Since(start); took < c.min || took > c.min+2*time.Minute {
					t.Errorf("took %v, want about %v", took, c.min)
				}
			})
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

// answering is an application at a server that is asked for nothing but tokens
// and codes. It can be used in a synctest bubble.
func answering(answer func(form url.Values) (status int, body string)) *App {
	return &App{ID: "board", Secret: "hush", Endpoints: EndpointsAt("https://challonge.test"), HTTP: &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		data, _ := io.ReadAll(r.Body)
		form, _ := url.ParseQuery(string(data))
		status, body := answer(form)
		return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {"text/plain"}}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
	})}}
}

const deviceReply = `{"device_code":"d","user_code":"u","verification_uri":"https://challonge.com/device","expires_in":300,"interval":%s}`

// A server that knows the grant only by the short name of Challonge's page.
func TestDeviceGrantByItsShortName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked []string
		a := answering(func(form url.Values) (int, string) {
			switch kind := form.Get("grant_type"); kind {
			case "":
				return 200, fmt.Sprintf(deviceReply, "5")
			case "device_code":
				asked = append(asked, kind)
				return 200, `{"access_token":"t","expires_in":"604800"}`
			default:
				asked = append(asked, kind)
				return 400, `{"error":"unsupported_grant_type"}`
			}
		})
		g, err := a.Device(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		tok, err := g.Wait(t.Context())
		if err != nil || tok.AccessToken != "t" || time.Until(tok.Expiry) != 7*24*time.Hour || len(asked) != 2 {
			t.Errorf("%+v %v, asked %q", tok, err, asked)
		}
	})
}

// Whatever a server says about how often to ask, it is asked in time and not all
// the time.
func TestDeviceGrantAbsurdIntervals(t *testing.T) {
	for _, interval := range []string{"-1", "0", "1", "9000000000", "-9223372036854775808"} {
		synctest.Test(t, func(t *testing.T) {
			n := 0
			a := answering(func(form url.Values) (int, string) {
				if form.Get("grant_type") == "" {
					return 200, fmt.Sprintf(deviceReply, interval)
				}
				n++
				return 400, `{"error":"authorization_pending"}`
			})
			g, err := a.Device(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := g.Wait(t.Context()); !errors.Is(err, ErrExpired) || n > 300 {
				t.Errorf("interval %s: %v after %d requests", interval, err, n)
			}
		})
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
	if _, err := a.ClientCredentials(t.Context()); err == nil || !errors.Is(err, ErrNoSecret) {
		t.Errorf("no secret: %v", err)
	}
}

// Each way is remembered, and works after a restart and after its token ended.
func TestStoredSignIns(t *testing.T) {
	for _, way := range []string{WayCode, WayDevice, WayApplication, WayKey} {
		t.Run(way, func(t *testing.T) {
			srv, u, a := registered(t, "secret")
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
				srv.SetInterval(time.Second)
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

func TestRepliesThatAreRefused(t *testing.T) {
	for _, text := range []string{``, `{}`, `null`, `[]`, `"x"`, `<html>`, `{"device_code":"d","user_code":"u"}`, `access_token=x&device_code=y`,
		`{"device_code":"d","user_code":"u","verification_uri":"javascript:alert(1)"}`,
		`{"device_code":"d","user_code":"u","verification_uri":"https://challonge.com","verification_uri_complete":"http://evil.example"}`,
		`{"device_code":"` + strings.Repeat("d", 2<<20) + `"}`, `{"a":` + strings.Repeat("[", 100000)} {
		for _, status := range []int{200, 302, 400, 503} {
			a := answering(func(url.Values) (int, string) { return status, text })
			if g, err := a.Device(t.Context()); err == nil || len(err.Error()) > 500 {
				t.Errorf("%.100s: %+v %v", text, g, err)
			}
			if tok, err := a.ClientCredentials(t.Context()); err == nil || len(err.Error()) > 500 {
				t.Errorf("%.100s: %+v %v", text, tok, err)
			}
			if tok, err := a.Refresh(t.Context(), &oauth2.Token{RefreshToken: "r"}); err == nil || !errors.Is(err, ErrTrouble) && status != 302 && status != 400 {
				t.Errorf("%.100s: %+v %v", text, tok, err)
			}
		}
	}
}
