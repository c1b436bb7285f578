package web

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"html"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"
)

// A CodeGrant lets a person sign in with the system's browser: authorization
// code (RFC 6749, section 4.1) with PKCE (S256) and state, and one answer taken
// on loopback (RFC 8252).
type CodeGrant struct {
	// Config names the application. Its RedirectURL is an address on this
	// machine with a port.
	Config *oauth2.Config
	// Show is handed the address of the page to open, and returns at once.
	Show func(address string)
	// Words puts an error into words for the person: a *RefusedError, one of
	// the exchange, or another one. Nil leaves them as they are.
	Words func(error) error
}

// RefusedError is what the server's page sent the browser back with instead of
// a code (RFC 6749, section 4.1.2.1).
type RefusedError struct{ Code, Description string }

func (e *RefusedError) Error() string {
	return strings.TrimSpace("the sign-in was refused: " + e.Code + " " + e.Description)
}

// SignIn waits until the person has answered on the page, or ctx ends. The HTTP
// client that redeems the code is taken from ctx as package oauth2 does. The
// browser is told the outcome after the code has been redeemed.
func (g CodeGrant) SignIn(ctx context.Context) (*oauth2.Token, error) {
	listener, path, err := listenAt(ctx, g.Config.RedirectURL)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	verifier, state := oauth2.GenerateVerifier(), rand.Text()
	answers := make(chan visit)
	srv := &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		receive(ctx, w, r, path, state, answers)
	})}
	srv.SetKeepAlivesEnabled(false)
	served := make(chan struct{})
	go func() {
		defer close(served)
		srv.Serve(listener)
	}()
	defer func() {
		// Let the page reach the browser before the listener goes.
		grace, end := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer end()
		srv.Shutdown(grace)
		srv.Close()
		<-served
	}()
	g.Show(g.Config.AuthCodeURL(state, oauth2.S256ChallengeOption(verifier)))
	select {
	case <-ctx.Done():
		return nil, fmt.Errorf("nobody signed in: %w", context.Cause(ctx))
	case v := <-answers:
		token, err := g.redeem(ctx, v.values, verifier)
		if err != nil && g.Words != nil {
			err = g.Words(err)
		}
		v.done <- err
		return token, err
	}
}

// redeemWithin bounds the exchange of the code: the browser waits for it.
const redeemWithin = time.Minute

// redeem turns the browser's answer into tokens.
func (g CodeGrant) redeem(ctx context.Context, q url.Values, verifier string) (*oauth2.Token, error) {
	if name := q.Get("error"); name != "" {
		return nil, &RefusedError{name, q.Get("error_description")}
	}
	if q.Get("code") == "" {
		return nil, errors.New("the server sent the browser back without a code; try again")
	}
	ctx, cancel := context.WithTimeout(ctx, redeemWithin)
	defer cancel()
	return g.Config.Exchange(ctx, q.Get("code"), oauth2.VerifierOption(verifier))
}

// listenAt listens where the browser is to come back to.
func listenAt(ctx context.Context, redirect string) (l net.Listener, path string, err error) {
	to, err := url.Parse(redirect)
	if err != nil || to.Scheme != "http" || !IsLoopback(to.Hostname()) || to.Port() == "" || to.RawQuery != "" || to.User != nil {
		return nil, "", fmt.Errorf("the redirect address %q cannot be listened at: it has to be one of this machine with a port, like http://127.0.0.1:12345/callback", redirect)
	}
	host := to.Hostname()
	if strings.EqualFold(host, "localhost") {
		host = "127.0.0.1"
	}
	l, err = (&net.ListenConfig{}).Listen(ctx, "tcp", net.JoinHostPort(host, to.Port()))
	if err != nil {
		return nil, "", fmt.Errorf("the browser could not come back to %s (%w); end the program that uses this port, or register another redirect address and name it", redirect, err)
	}
	if path = to.Path; path == "" {
		path = "/"
	}
	return l, path, nil
}

// visit is the answer that the browser brought; done takes what came of it.
type visit struct {
	values url.Values
	done   chan error
}

// receive takes the browser's visit, if it belongs to this sign-in, and shows a
// page with what came of it. Visits that do not belong to it change nothing.
func receive(ctx context.Context, w http.ResponseWriter, r *http.Request, path, state string, answers chan<- visit) {
	q := r.URL.Query()
	switch {
	case r.Method != http.MethodGet || r.URL.Path != path:
		http.NotFound(w, r) // the browser asks for an icon
		return
	case subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(state)) != 1:
		// An old tab, or somebody else's page.
		showPage(w, http.StatusBadRequest, "This is not the sign-in that gobancam waits for.", "Start again with the address that gobancam shows.")
		return
	}
	v := visit{q, make(chan error, 1)}
	select {
	case answers <- v:
	case <-ctx.Done():
		return
	}
	select {
	case err := <-v.done:
		if err != nil {
			showPage(w, http.StatusOK, "Signing in did not work.", err.Error()+". You can close this page.")
			return
		}
		showPage(w, http.StatusOK, "You are signed in.", "You can close this page and go back to the board.")
	case <-ctx.Done():
	}
}

func showPage(w http.ResponseWriter, status int, title, text string) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<!DOCTYPE html><html lang=en><meta charset=utf-8><meta name=viewport content=\"width=device-width\"><title>gobancam</title>"+
		"<body style=\"font: 1.2em sans-serif; margin: 4em\"><h1>%s</h1><p>%s</p>", html.EscapeString(title), html.EscapeString(text))
}
