package ogs

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"
)

// DefaultRedirect is where the browser comes back to after signing in, unless
// another address is registered. OGS compares it letter by letter.
const DefaultRedirect = "http://127.0.0.1:19361/callback"

// App is an application registered at the server, which a person signs in to
// their account with.
type App struct {
	ClientID string
	Secret   string // of a confidential application; empty for a public one
	Redirect string // as registered; empty for DefaultRedirect
}

// OAuth returns the application's configuration at this server. Requests have
// to be made with a context that carries Client.HTTP, see Context.
func (c *Client) OAuth(a App) *oauth2.Config {
	base := c.base.String() + "/oauth2/"
	redirect := a.Redirect
	if redirect == "" {
		redirect = DefaultRedirect
	}
	return &oauth2.Config{ClientID: a.ClientID, ClientSecret: a.Secret, RedirectURL: redirect, Scopes: []string{"read", "write"},
		Endpoint: oauth2.Endpoint{AuthURL: base + "authorize/", TokenURL: base + "token/", AuthStyle: oauth2.AuthStyleInParams}}
}

// Context returns ctx with the client's HTTP client for package oauth2.
func (c *Client) Context(ctx context.Context) context.Context {
	return context.WithValue(ctx, oauth2.HTTPClient, c.http)
}

// SignIn lets a person sign in with the system's browser: authorization code
// with PKCE (S256) and state, and one answer taken on loopback. show is handed
// the address to open and returns at once. SignIn waits until ctx ends.
func (c *Client) SignIn(ctx context.Context, a App, show func(address string)) (*oauth2.Token, error) {
	if a.ClientID == "" {
		return nil, errors.New("signing in needs the client id of an application that is registered at the server")
	}
	cfg := c.OAuth(a)
	back, err := url.Parse(cfg.RedirectURL)
	if err != nil || back.Scheme != "http" || !isLoopback(back.Hostname()) || back.Port() == "" || back.RawQuery != "" {
		return nil, fmt.Errorf("the redirect address %q cannot be listened at: it has to be like %s", cfg.RedirectURL, DefaultRedirect)
	}
	host := back.Hostname()
	if strings.EqualFold(host, "localhost") {
		host = "127.0.0.1"
	}
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", net.JoinHostPort(host, back.Port()))
	if err != nil {
		return nil, fmt.Errorf("nothing can be listened for at %s (%w); end the program that uses this port, or register another redirect address and name it", cfg.RedirectURL, err)
	}
	verifier, state := oauth2.GenerateVerifier(), randomState()
	path := back.Path
	if path == "" {
		path = "/"
	}
	answers := make(chan callback)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	srv := &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answerCallback(ctx, w, r, path, state, answers)
	})}
	srv.SetKeepAlivesEnabled(false)
	served := make(chan struct{})
	go func() {
		defer close(served)
		srv.Serve(ln)
	}()
	defer func() {
		// Let the page reach the browser before the listener goes.
		grace, end := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer end()
		srv.Shutdown(grace)
		srv.Close()
		<-served
	}()
	show(cfg.AuthCodeURL(state, oauth2.S256ChallengeOption(verifier)))
	select {
	case <-ctx.Done():
		return nil, fmt.Errorf("nobody signed in: %w", context.Cause(ctx))
	case back := <-answers:
		token, err := c.redeem(ctx, cfg, back.values, verifier)
		back.done <- err
		return token, err
	}
}

// callback is the answer that the browser brought; done takes what came of it.
type callback struct {
	values url.Values
	done   chan error
}

func randomState() string {
	var b [24]byte
	rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// answerCallback takes the browser's visit, if it belongs to this sign-in, and
// shows a page. Visits that do not belong to it change nothing.
func answerCallback(ctx context.Context, w http.ResponseWriter, r *http.Request, path, state string, answers chan<- callback) {
	page := func(status int, title, text string) {
		h := w.Header()
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Cache-Control", "no-store")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
		w.WriteHeader(status)
		fmt.Fprintf(w, "<!DOCTYPE html><html lang=en><meta charset=utf-8><title>gobancam</title>"+
			"<body style=\"font: 1.2em sans-serif; margin: 4em\"><h1>%s</h1><p>%s</p>", html.EscapeString(title), html.EscapeString(text))
	}
	q := r.URL.Query()
	switch {
	case r.Method != http.MethodGet || r.URL.Path != path:
		http.NotFound(w, r)
		return
	case subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(state)) != 1:
		page(http.StatusBadRequest, "This is not the sign-in that gobancam waits for.", "Start again with the address that gobancam shows.")
		return
	}
	cb := callback{q, make(chan error, 1)}
	select {
	case answers <- cb:
	case <-ctx.Done():
		return
	}
	select {
	case err := <-cb.done:
		if err != nil {
			page(http.StatusOK, "Signing in did not work.", err.Error())
			return
		}
		page(http.StatusOK, "You are signed in.", "You can close this page and go back to the board.")
	case <-ctx.Done():
	}
}

// redeem turns the browser's answer into tokens.
func (c *Client) redeem(ctx context.Context, cfg *oauth2.Config, q url.Values, verifier string) (*oauth2.Token, error) {
	if name := q.Get("error"); name != "" {
		return nil, &AuthError{Code: name, Description: clip(q.Get("error_description"))}
	}
	if q.Get("code") == "" {
		return nil, errors.New("the server sent the browser back without a code; try again")
	}
	ctx, cancel := context.WithTimeout(c.Context(ctx), c.timing.Request+c.timing.RetryMax)
	defer cancel()
	token, err := cfg.Exchange(ctx, q.Get("code"), oauth2.VerifierOption(verifier))
	if err != nil {
		return nil, authError(err)
	}
	if token.RefreshToken == "" {
		c.log.Warn("ogs: the server sent no refresh token: signing in again will be needed when this one ends")
	}
	return token, nil
}

// AuthError is a refusal of the sign-in by the server, by RFC 6749.
type AuthError struct {
	Code        string
	Description string
}

func (e *AuthError) Error() string {
	words := map[string]string{
		"access_denied":             "you did not agree, or the server does not let this account in",
		"invalid_client":            "the server does not know this client id, or the secret is wrong; look at the application's page there",
		"invalid_grant":             "the sign-in has expired or was used already; sign in again",
		"invalid_scope":             "the application may not ask for reading and writing",
		"invalid_request":           "the server did not understand the request; look whether the redirect address is registered letter by letter",
		"unauthorized_client":       "the application is not registered for sign-ins by authorization code",
		"unsupported_response_type": "the application is not registered for sign-ins by authorization code",
		"server_error":              "the server failed; try again later",
		"temporarily_unavailable":   "the server has no time; try again later",
	}
	s, ok := words[e.Code]
	if !ok {
		s = "the server refused the sign-in with the code " + clip(e.Code)
	}
	if e.Description != "" {
		s += " (" + e.Description + ")"
	}
	return s
}

// authError puts an error of package oauth2 into words, without the body of
// the answer, which may hold a page.
func authError(err error) error {
	var re *oauth2.RetrieveError
	switch {
	case !errors.As(err, &re):
		return err
	case re.ErrorCode != "":
		return &AuthError{Code: re.ErrorCode, Description: clip(re.ErrorDescription)}
	case re.Response != nil:
		return newAPIError(http.MethodPost, "/oauth2/token/", re.Response, re.Body)
	}
	return err
}

// Revoke tells the server that a token, access or refresh, is not to be taken
// any more.
func (c *Client) Revoke(ctx context.Context, a App, token string) error {
	form := url.Values{"token": {token}, "client_id": {a.ClientID}}
	if a.Secret != "" {
		form.Set("client_secret", a.Secret)
	}
	_, err := c.form(ctx, "/oauth2/revoke_token/", form, false)
	return err
}

// Introspection is what the server knows of a token.
type Introspection struct {
	Active   bool
	Scope    string
	ClientID string
	Username string
	Expires  time.Time
}

// Introspect asks the server about a token.
func (c *Client) Introspect(ctx context.Context, token string) (Introspection, error) {
	data, err := c.form(ctx, "/oauth2/introspect/", url.Values{"token": {token}}, true)
	if err != nil {
		return Introspection{}, err
	}
	var w struct {
		Active   flag
		Scope    text
		ClientID text `json:"client_id"`
		Username text
		Expires  instant `json:"exp"`
	}
	if err := json.Unmarshal(data, &w); err != nil {
		return Introspection{}, &APIError{Method: http.MethodPost, Path: "/oauth2/introspect/", Status: http.StatusOK, Message: excerpt(data)}
	}
	return Introspection{bool(w.Active), string(w.Scope), string(w.ClientID), clip(string(w.Username)), w.Expires.Time}, nil
}

// form posts a form, signed with the access token if signed is set.
func (c *Client) form(ctx context.Context, path string, form url.Values, signed bool) ([]byte, error) {
	ctx, cancel := context.WithTimeout(c.Context(ctx), c.timing.Request+c.timing.RetryMax)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base.String()+path, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	if signed && c.opt.Tokens != nil {
		t, err := c.opt.Tokens.TokenContext(ctx)
		if err != nil {
			return nil, err
		}
		t.SetAuthHeader(req)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, &UnreachableError{Server: c.base.Host, Err: err}
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxBody))
	if err != nil {
		return nil, &UnreachableError{Server: c.base.Host, Err: err}
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return nil, newAPIError(http.MethodPost, path, resp, data)
	}
	return data, nil
}
