package challonge

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/gobancam/gobancam/internal/credentials"
	"github.com/gobancam/gobancam/internal/plain"
	"github.com/gobancam/gobancam/internal/version"
	"github.com/gobancam/gobancam/internal/web"
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
}

// DefaultRedirect is the address to register with an application.
const DefaultRedirect = "http://127.0.0.1:47712/challonge"

// config is the application for package oauth2, with the address of a token
// endpoint.
func (a *App) config(token string) *oauth2.Config {
	c := &oauth2.Config{ClientID: a.ID, ClientSecret: a.Secret, RedirectURL: a.Redirect, Scopes: a.Scopes,
		Endpoint: oauth2.Endpoint{AuthURL: a.Endpoints.Authorize, DeviceAuthURL: a.Endpoints.Device, TokenURL: token, AuthStyle: oauth2.AuthStyleInParams}}
	if c.RedirectURL == "" {
		c.RedirectURL = DefaultRedirect
	}
	if c.Scopes == nil {
		c.Scopes = Scopes
	}
	return c
}

// context carries the HTTP client of the application for package oauth2.
func (a *App) context(ctx context.Context) context.Context {
	c := web.Client(a.HTTP)
	next := c.Transport
	if next == nil {
		next = http.DefaultTransport
	}
	c.Transport = &careful{ctx, next}
	return context.WithValue(ctx, oauth2.HTTPClient, c)
}

// careful is a RoundTripper that hands package oauth2 only answers that it can
// take: JSON of a sane size, tokens or the errors of OAuth. All else is an error
// of this package: no network, web pages, a server out of order. It ends with
// its context, which package oauth2 does not heed in every request.
type careful struct {
	ctx  context.Context
	next http.RoundTripper
}

// maxTokenBody bounds an answer about tokens, in bytes.
const maxTokenBody = 1 << 20

func (c *careful) RoundTrip(req *http.Request) (*http.Response, error) {
	if _, err := checkAddress(req.URL.String()); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(req.Context())
	defer cancel() // the body has been read by then
	defer context.AfterFunc(c.ctx, cancel)()
	req = req.Clone(ctx)
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", version.UserAgent)
	resp, err := c.next.RoundTrip(req)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTrouble, err)
	}
	data, err := web.Body(resp.Body, maxTokenBody)
	resp.Body.Close()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTrouble, err)
	}
	var told struct {
		Error string `json:"error"`
	}
	object := web.CheckDepth(data, maxDepth) == nil && bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) && json.Unmarshal(data, &told) == nil
	html := web.IsHTML(resp.Header.Get("Content-Type"), data)
	success := resp.StatusCode >= 200 && resp.StatusCode < 300
	switch {
	case success && !html && !object:
		return nil, fmt.Errorf("%w: its answer about the sign-in cannot be understood", ErrTrouble)
	case !success && !(object && told.Error != "" && resp.StatusCode < 500), html:
		return nil, newError(req, resp, data)
	}
	resp.Header.Set("Content-Type", "application/json")
	resp.Body = io.NopCloser(bytes.NewReader(data))
	return resp, nil
}

// understood takes the wrapping of net/http off an error of careful. What package
// oauth2 itself cannot understand becomes ErrTrouble; an error that OAuth tells
// is left as *oauth2.RetrieveError.
func understood(err error) error {
	var re *oauth2.RetrieveError
	var ue *url.Error
	var refused *web.RefusedError
	switch {
	case errors.As(err, &re): // its words are the server's
		re.ErrorCode, re.ErrorDescription = plain.Name(re.ErrorCode), plain.Cut(re.ErrorDescription, 300)
		return err
	case err == nil, errors.As(err, &refused), errors.Is(err, ErrTrouble) && !errors.As(err, &ue):
		return err
	case errors.As(err, &ue):
		return ue.Err
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	}
	return fmt.Errorf("%w: its answer about the sign-in cannot be understood: %w", ErrTrouble, err)
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
	t, err := credentials.Refresh(a.config(a.Endpoints.Token))(a.context(ctx), old)
	return t, understood(err)
}

// ErrNoSecret says that an application cannot sign in as itself without its
// secret.
var ErrNoSecret = errors.New("an application signs in as itself with its secret, and none was given")

// ClientCredentials signs in as the application itself.
func (a *App) ClientCredentials(ctx context.Context) (*oauth2.Token, error) {
	if a.Secret == "" {
		return nil, ErrNoSecret
	}
	cfg := clientcredentials.Config{ClientID: a.ID, ClientSecret: a.Secret, TokenURL: a.Endpoints.Token, Scopes: a.Scopes, AuthStyle: oauth2.AuthStyleInParams}
	if cfg.Scopes == nil {
		cfg.Scopes = []string{ApplicationScope}
	}
	t, err := cfg.Token(a.context(ctx))
	return t, understood(err)
}

// Authorize signs a person in with the browser. It listens at the redirect
// address for one answer, calls show with the address of the page to open,
// and waits until the person has answered or ctx ends.
func (a *App) Authorize(ctx context.Context, show func(address string)) (*oauth2.Token, error) {
	words := func(err error) error {
		var refused *web.RefusedError
		if errors.As(err, &refused) && refused.Code == "access_denied" {
			return errors.New("the sign-in was refused on Challonge's page")
		}
		return understood(err)
	}
	return web.CodeGrant{Config: a.config(a.Endpoints.Token), Show: show, Words: words}.SignIn(a.context(ctx))
}

// DeviceGrant is a sign-in under way on a second device (RFC 8628): the person
// opens Address and types UserCode, or scans a QR code of Complete.
type DeviceGrant struct {
	UserCode string
	Address  string    // verification_uri
	Complete string    // verification_uri_complete, or Address where none was sent
	Expires  time.Time // zero if Challonge does not say

	app *App
	got *oauth2.DeviceAuthResponse
}

// Errors of a device grant.
var (
	ErrDenied  = errors.New("the sign-in was refused on the phone")
	ErrExpired = errors.New("the code has run out before it was confirmed; begin again")
)

// Device begins a sign-in on a second device.
func (a *App) Device(ctx context.Context) (*DeviceGrant, error) {
	var opts []oauth2.AuthCodeOption
	if a.Secret != "" {
		opts = append(opts, oauth2.SetAuthURLParam("client_secret", a.Secret))
	}
	d, err := a.config("").DeviceAuth(a.context(ctx), opts...)
	if err != nil {
		return nil, understood(err)
	}
	if d.DeviceCode == "" || d.UserCode == "" || d.VerificationURI == "" {
		return nil, fmt.Errorf("%w: it sent no code to sign in with", ErrTrouble)
	}
	if d.VerificationURIComplete == "" {
		d.VerificationURIComplete = d.VerificationURI
	}
	d.UserCode, d.VerificationURI, d.VerificationURIComplete = plain.Cut(d.UserCode, 40), plain.Line(d.VerificationURI), plain.Line(d.VerificationURIComplete)
	for _, address := range []string{d.VerificationURI, d.VerificationURIComplete} {
		if _, err := checkAddress(address); err != nil {
			return nil, err // nobody is sent to an address that is no safe page
		}
	}
	if d.Interval <= 0 {
		d.Interval = 5 // RFC 8628, section 3.2
	}
	d.Interval = min(d.Interval, 300)
	return &DeviceGrant{UserCode: d.UserCode, Address: d.VerificationURI, Complete: d.VerificationURIComplete, Expires: d.Expiry, app: a, got: d}, nil
}

// Wait polls until the person has confirmed, refused, or let the code run out,
// no faster than Challonge asks. A network that fails for a while does not end
// it: the pause doubles, as RFC 8628 section 3.5 has it.
func (g *DeviceGrant) Wait(ctx context.Context) (*oauth2.Token, error) {
	cfg := g.app.config(g.app.Endpoints.DeviceToken)
	cfg.Scopes = nil // they were asked for with the code
	var opts []oauth2.AuthCodeOption
	interval := time.Duration(g.got.Interval) * time.Second
	pause := time.Duration(0)
	for {
		t, err := cfg.DeviceAccessToken(g.app.context(ctx), g.got, opts...)
		var re *oauth2.RetrieveError
		switch err = understood(err); {
		case err == nil:
			return t, nil
		case ctx.Err() != nil:
			return nil, fmt.Errorf("nobody confirmed the code %s: %w", g.UserCode, context.Cause(ctx))
		case errors.Is(err, context.DeadlineExceeded) && g.over():
			return nil, ErrExpired
		case errors.As(err, &re):
			switch re.ErrorCode {
			case "access_denied":
				return nil, ErrDenied
			case "expired_token":
				return nil, ErrExpired
			case "unsupported_grant_type":
				if opts == nil { // Challonge's page abbreviates the name of the grant
					opts = []oauth2.AuthCodeOption{oauth2.SetAuthURLParam("grant_type", "device_code")}
					continue
				}
			}
			return nil, err
		case !Temporary(err):
			return nil, err
		}
		pause = min(max(2*pause, interval), time.Minute)
		var e *Error
		if errors.As(err, &e) {
			pause = min(max(pause, e.RetryAfter), 5*time.Minute)
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
	}
}

// over reports whether the code has run out.
func (g *DeviceGrant) over() bool { return !g.Expires.IsZero() && !time.Now().Before(g.Expires) }
