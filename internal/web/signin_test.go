package web

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
	"testing"

	"golang.org/x/oauth2"
)

// signingIn signs in at a server that answers the exchange with status and
// answer, after its page has sent the browser back with query, in which STATE
// stands for the state of the sign-in. page is what the browser shows then.
func signingIn(t *testing.T, status int, answer, query string) (token *oauth2.Token, page string, err error) {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("code") != "c" || r.FormValue("code_verifier") == "" || r.Method != http.MethodPost {
			t.Errorf("asked for %v", r.Form)
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		io.WriteString(w, answer)
	}))
	defer srv.Close()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	redirect := "http://" + l.Addr().String() + "/back"
	l.Close()
	browser := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	seen := make(chan string, 1)
	g := CodeGrant{
		Config: &oauth2.Config{ClientID: "board", RedirectURL: redirect, Endpoint: oauth2.Endpoint{AuthURL: srv.URL, TokenURL: srv.URL, AuthStyle: oauth2.AuthStyleInParams}},
		Show: func(address string) {
			u, _ := url.Parse(address)
			if u.Query().Get("code_challenge_method") != "S256" {
				t.Errorf("the page is %s", address)
			}
			go func() {
				// What does not belong to the sign-in changes nothing.
				for _, stray := range []string{"/favicon.ico", "/back?code=theirs&state=guess", "/back?code=theirs", "/back/?code=c&state=" + u.Query().Get("state")} {
					if resp, err := browser.Get(strings.TrimSuffix(redirect, "/back") + stray); err == nil {
						resp.Body.Close()
						if resp.StatusCode < 400 {
							t.Errorf("%s: %s", stray, resp.Status)
						}
					}
				}
				resp, err := browser.Get(redirect + "?" + strings.ReplaceAll(query, "STATE", u.Query().Get("state")))
				if err != nil {
					seen <- err.Error()
					return
				}
				defer resp.Body.Close()
				b, _ := io.ReadAll(resp.Body)
				seen <- string(b)
			}()
		},
		Words: func(err error) error { return fmt.Errorf("<b>in words</b>: %w", err) },
	}
	token, err = g.SignIn(context.WithValue(t.Context(), oauth2.HTTPClient, Client(browser)))
	return token, <-seen, err
}

// The browser says that a person is signed in after the exchange, and not where
// it failed.
func TestCodeGrantSaysWhatCameOfIt(t *testing.T) {
	token, page, err := signingIn(t, 200, `{"access_token":"a","refresh_token":"r"}`, "code=c&state=STATE")
	if err != nil || token.AccessToken != "a" || !strings.Contains(page, "You are signed in") {
		t.Errorf("%v %v %q", token, err, page)
	}
	for _, c := range []struct {
		status        int
		answer, query string
	}{
		{400, `{"error":"invalid_grant"}`, "code=c&state=STATE"},
		{200, `{}`, "code=c&state=STATE"},
		{302, ``, "code=c&state=STATE"},
		{200, ``, "state=STATE"},
		{200, ``, "error=access_denied&error_description=no&state=STATE"},
	} {
		token, page, err := signingIn(t, c.status, c.answer, c.query)
		if err == nil || token != nil && token.AccessToken != "" {
			t.Errorf("%+v: %v %v", c, token, err)
		}
		if strings.Contains(page, "You are signed in") || !strings.Contains(page, "Signing in did not work") || !strings.Contains(page, "&lt;b&gt;in words") {
			t.Errorf("%+v: the browser shows %q", c, page)
		}
		var refused *RefusedError
		if strings.Contains(c.query, "denied") && (!errors.As(err, &refused) || refused.Code != "access_denied") {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

func TestCodeGrantListensHereOnly(t *testing.T) {
	for _, redirect := range []string{"", "http://example.org:80/back", "https://127.0.0.1:80/back", "http://127.0.0.1/back", "http://me:hush@127.0.0.1:9/", "http://127.0.0.1:9/?x=y"} {
		g := CodeGrant{Config: &oauth2.Config{RedirectURL: redirect}, Show: func(string) { t.Errorf("%s was shown", redirect) }}
		if _, err := g.SignIn(t.Context()); err == nil {
			t.Errorf("%s was listened at", redirect)
		}
	}
}
