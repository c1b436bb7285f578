package challonge

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
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

	"github.com/gobancam/gobancam/internal/credentials"
	"github.com/gobancam/gobancam/internal/plain"
	"github.com/gobancam/gobancam/internal/version"
)

// Endpoints are the addresses of one Challonge.
type Endpoints struct {
	API         string
	Authorize   string // the page where a person allows an application
	Token       string // code, refresh, client credentials
	Device      string // asks for a device code
	DeviceToken string // is polled for its token
}

// DefaultEndpoints are those of challonge.com.
var DefaultEndpoints = Endpoints{
	API:         DefaultAPI,
	Authorize:   "https://api.challonge.com/oauth/authorize",
	Token:       "https://api.challonge.com/oauth/token",
	Device:      "https://auth.challonge.com/oauth/authorize_device",
	DeviceToken: "https://auth.challonge.com/oauth/token",
}

// EndpointsAt are those of a server that answers for everything at one address,
// such as challongetest.
func EndpointsAt(server string) Endpoints {
	server = strings.TrimRight(server, "/")
	return Endpoints{server + "/v2.1", server + "/oauth/authorize", server + "/oauth/token",
		server + "/oauth/authorize_device", server + "/oauth/token"}
}

// Scopes are what a person is asked to allow.
var Scopes = []string{"me", "tournaments:read", "tournaments:write", "matches:read", "matches:write", "participants:read", "participants:write"}

// Scopes beyond those of a person.
const (
	ApplicationScope = "application:manage" // of client credentials, for the routes below /application
	CommunityScope   = "communities:manage" // for the routes of communities
)

// App is an application registered with Challonge.
type App struct {
	ID     string
	Secret string // empty for one that has none
	// Redirect is the address on this machine, registered with the
	// application, to which the browser comes back. Empty for DefaultRedirect.
	Redirect  string
	Scopes    []string // nil for Scopes
	Endpoints Endpoints
	HTTP      *http.Client // nil for one with a timeout of 30 s

	sleep func(context.Context, time.Duration) error // nil for real time
	now   func() time.Time
}

// DefaultRedirect is the address to register with an application.
const DefaultRedirect = "http://127.0.0.1:47712/challonge"

func (a *App) redirect() string {
	if a.Redirect == "" {
		return DefaultRedirect
	}
	return a.Redirect
}

func (a *App) scopes() string {
	if a.Scopes == nil {
		return strings.Join(Scopes, " ")
	}
	return strings.Join(a.Scopes, " ")
}

// Token asks for a token with a grant. Its failures are *oauth2.RetrieveError
// where OAuth's error was told, else they wrap ErrTrouble.
func (a *App) token(ctx context.Context, address string, form url.Values) (*oauth2.Token, error) {
	data, err := a.post(ctx, address, form)
	if err != nil {
		return nil, err
	}
	var t struct {
		oauth2.Token
		Expires number `json:"expires_in"`
		Scope   string `json:"scope"`
	}
	if err := json.Unmarshal(data, &t); err != nil {
		return nil, fmt.Errorf("%w: the token cannot be understood: %w", ErrTrouble, err)
	}
	if t.AccessToken == "" {
		return nil, fmt.Errorf("%w: it sent no token", ErrTrouble)
	}
	t.Token.ExpiresIn = 0
	if t.Expires > 0 {
		t.Expiry = a.clock().Add(time.Duration(t.Expires) * time.Second)
	}
	return t.Token.WithExtra(map[string]any{"scope": t.Scope}), nil
}

func (a *App) clock() time.Time {
	if a.now != nil {
		return a.now()
	}
	return time.Now()
}

// post sends a form to one of OAuth's addresses.
func (a *App) post(ctx context.Context, address string, form url.Values) ([]byte, error) {
	if _, err := checkAddress(address); err != nil {
		return nil, err
	}
	form.Set("client_id", a.ID)
	if a.Secret != "" {
		form.Set("client_secret", a.Secret)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", version.UserAgent)
	client := a.HTTP
	if client == nil {
		client = &http.Client{Timeout: 30 * time.Second, CheckRedirect: onlyReads}
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTrouble, err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return nil, fmt.Errorf("%w: its answer broke off: %w", ErrTrouble, err)
	}
	if isHTML(resp.Header.Get("Content-Type"), data) {
		return nil, &Error{Method: http.MethodPost, Path: req.URL.Path, Status: resp.StatusCode, HTML: true, RetryAfter: retryAfter(resp.Header, time.Now())}
	}
	if resp.StatusCode >= 200 && resp.StatusCode < 300 {
		return data, nil
	}
	var told struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}
	if json.Unmarshal(data, &told) == nil && told.Error != "" && resp.StatusCode < 500 {
		return nil, &oauth2.RetrieveError{Response: resp, Body: data, ErrorCode: plain.Name(told.Error), ErrorDescription: plain.Cut(told.Description, 300)}
	}
	return nil, &Error{Method: http.MethodPost, Path: req.URL.Path, Status: resp.StatusCode, Details: parseErrors(data), RetryAfter: retryAfter(resp.Header, time.Now())}
}

// Refresh is a credentials.RefreshFunc. A token of client credentials has no
// refresh token; it is asked for again.
func (a *App) Refresh(ctx context.Context, old *oauth2.Token) (*oauth2.Token, error) {
	if old.RefreshToken == "" {
		if a.Secret == "" {
			return nil, fmt.Errorf("%w: Challonge gave no refresh token", credentials.ErrSignInAgain)
		}
		return a.ClientCredentials(ctx)
	}
	t, err := a.token(ctx, a.Endpoints.Token, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {old.RefreshToken}, "redirect_uri": {a.redirect()}})
	if err == nil && t.RefreshToken == "" {
		t.RefreshToken = old.RefreshToken
	}
	return t, err
}

// ClientCredentials signs in as the application itself.
func (a *App) ClientCredentials(ctx context.Context) (*oauth2.Token, error) {
	if a.Secret == "" {
		return nil, errors.New("an application signs in with its secret: set GOBANCAM_CHALLONGE_CLIENT_SECRET, or GOBANCAM_CHALLONGE_CLIENT_SECRET_FILE")
	}
	scope := ApplicationScope
	if a.Scopes != nil {
		scope = a.scopes()
	}
	return a.token(ctx, a.Endpoints.Token, url.Values{"grant_type": {"client_credentials"}, "scope": {scope}})
}

// Authorize signs a person in with the browser. It listens at the redirect
// address for one answer, calls show with the address of the page to open,
// and waits until the person has answered or ctx ends.
func (a *App) Authorize(ctx context.Context, show func(address string)) (*oauth2.Token, error) {
	to, err := url.Parse(a.redirect())
	if err != nil || to.Scheme != "http" {
		return nil, fmt.Errorf("%q is no address on this machine to come back to; one looks like %s", a.redirect(), DefaultRedirect)
	}
	if _, err := checkAddress(to.String()); err != nil {
		return nil, err
	}
	var listen net.ListenConfig
	l, err := listen.Listen(ctx, "tcp", to.Host)
	if err != nil {
		return nil, fmt.Errorf("the browser could not come back to %s: %w; end the program that uses this port, or register another address and give it with --redirect", a.redirect(), err)
	}
	verifier, state := oauth2.GenerateVerifier(), rand.Text()
	type answer struct {
		code string
		err  error
	}
	answers := make(chan answer, 1)
	srv := &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if r.Method != http.MethodGet || strings.TrimSuffix(r.URL.Path, "/") != strings.TrimSuffix(to.Path, "/") {
			http.NotFound(w, r) // the browser asks for an icon
			return
		}
		var got answer
		switch {
		case subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(state)) != 1:
			// Not ours: an old tab, or somebody else's page.
			page(w, http.StatusBadRequest, "This answer belongs to another sign-in. Go back to gobancam and begin again.")
			return
		case q.Get("error") == "access_denied":
			got.err = errors.New("the sign-in was refused on Challonge's page")
		case q.Get("error") != "":
			got.err = fmt.Errorf("the sign-in was refused by Challonge: %s %s", q.Get("error"), q.Get("error_description"))
		case q.Get("code") == "":
			got.err = errors.New("the answer of Challonge has no code")
		default:
			got.code = q.Get("code")
		}
		if got.err != nil {
			page(w, http.StatusOK, "Not signed in: "+got.err.Error()+". You can close this page.")
		} else {
			page(w, http.StatusOK, "Signed in. You can close this page and go back to the board.")
		}
		select {
		case answers <- got:
		default:
		}
	})}
	done := make(chan struct{})
	go func() { defer close(done); srv.Serve(l) }()
	defer func() {
		// Let the page reach the browser.
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		srv.Shutdown(end)
		cancel()
		srv.Close()
		<-done
	}()

	cfg := oauth2.Config{ClientID: a.ID, RedirectURL: a.redirect(), Scopes: strings.Fields(a.scopes()), Endpoint: oauth2.Endpoint{AuthURL: a.Endpoints.Authorize}}
	show(cfg.AuthCodeURL(state, oauth2.S256ChallengeOption(verifier)))
	select {
	case <-ctx.Done():
		return nil, fmt.Errorf("nobody signed in on Challonge's page: %w", ctx.Err())
	case got := <-answers:
		if got.err != nil {
			return nil, got.err
		}
		return a.token(ctx, a.Endpoints.Token, url.Values{"grant_type": {"authorization_code"}, "code": {got.code},
			"redirect_uri": {a.redirect()}, "code_verifier": {verifier}})
	}
}

func page(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Connection", "close")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<!doctype html><meta name=viewport content=\"width=device-width\"><title>gobancam</title><body style=\"font:1.2em sans-serif;margin:3em\"><p>%s</p>\n", html.EscapeString(text))
}

// DeviceGrant is a sign-in under way on a second device (RFC 8628): the person
// opens Address and types UserCode, or scans a QR code of Complete.
type DeviceGrant struct {
	UserCode string
	Address  string    // verification_uri
	Complete string    // verification_uri_complete, or Address where none was sent
	Expires  time.Time // zero if Challonge does not say

	app      *App
	code     string
	interval time.Duration
}

// Errors of a device grant.
var (
	ErrDenied  = errors.New("the sign-in was refused on the phone")
	ErrExpired = errors.New("the code has run out before it was confirmed; begin again")
)

// Device begins a sign-in on a second device.
func (a *App) Device(ctx context.Context) (*DeviceGrant, error) {
	data, err := a.post(ctx, a.Endpoints.Device, url.Values{"scope": {a.scopes()}})
	if err != nil {
		return nil, err
	}
	return parseDevice(data, a)
}

func parseDevice(data []byte, a *App) (*DeviceGrant, error) {
	var d struct {
		Device   string `json:"device_code"`
		User     string `json:"user_code"`
		URI      string `json:"verification_uri"`
		URL      string `json:"verification_url"` // an old name of it
		Complete string `json:"verification_uri_complete"`
		Expires  number `json:"expires_in"`
		Interval number `json:"interval"`
	}
	if err := json.Unmarshal(data, &d); err != nil {
		return nil, fmt.Errorf("%w: the code cannot be understood: %w", ErrTrouble, err)
	}
	if d.URI == "" {
		d.URI = d.URL
	}
	if d.Device == "" || d.User == "" || d.URI == "" {
		return nil, fmt.Errorf("%w: it sent no code to sign in with", ErrTrouble)
	}
	if d.Complete == "" {
		d.Complete = d.URI
	}
	d.User, d.URI, d.Complete = plain.Cut(d.User, 40), plain.Line(d.URI), plain.Line(d.Complete)
	for _, address := range []string{d.URI, d.Complete} {
		if _, err := checkAddress(address); err != nil {
			return nil, err // nobody is sent to an address that is no safe page
		}
	}
	g := &DeviceGrant{UserCode: d.User, Address: d.URI, Complete: d.Complete, app: a, code: d.Device, interval: 5 * time.Second}
	if d.Interval > 0 {
		g.interval = min(time.Duration(d.Interval)*time.Second, 5*time.Minute)
	}
	if d.Expires > 0 {
		g.Expires = a.clock().Add(time.Duration(d.Expires) * time.Second)
	}
	return g, nil
}

const grantDevice = "urn:ietf:params:oauth:grant-type:device_code"

// Wait polls until the person has confirmed, refused, or let the code run out,
// no faster than Challonge asks. A network that fails for a while does not end
// it: the pause doubles, as RFC 8628 section 3.5 has it.
func (g *DeviceGrant) Wait(ctx context.Context) (*oauth2.Token, error) {
	a, grant := g.app, grantDevice
	sleep := a.sleep
	if sleep == nil {
		sleep = pause
	}
	backoff := time.Duration(0)
	for {
		if err := sleep(ctx, g.interval+backoff); err != nil {
			return nil, fmt.Errorf("nobody confirmed the code %s: %w", g.UserCode, err)
		}
		if !g.Expires.IsZero() && a.clock().After(g.Expires) {
			return nil, ErrExpired
		}
		t, err := a.token(ctx, a.Endpoints.DeviceToken, url.Values{"grant_type": {grant}, "device_code": {g.code}})
		if err == nil {
			return t, nil
		}
		var re *oauth2.RetrieveError
		if !errors.As(err, &re) {
			if ctx.Err() != nil || !Temporary(err) {
				return nil, err
			}
			backoff = min(max(2*backoff, g.interval), time.Minute)
			var e *Error
			if errors.As(err, &e) && e.RetryAfter > 0 {
				backoff = max(backoff, e.RetryAfter)
			}
			continue
		}
		backoff = 0
		switch re.ErrorCode {
		case "authorization_pending":
		case "slow_down":
			g.interval += 5 * time.Second
		case "access_denied":
			return nil, ErrDenied
		case "expired_token":
			return nil, ErrExpired
		case "unsupported_grant_type":
			// Challonge's page abbreviates the name of the grant.
			if grant == grantDevice {
				grant = "device_code"
				continue
			}
			return nil, err
		default:
			return nil, err
		}
	}
}

// pause waits for d, or until ctx ends.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
