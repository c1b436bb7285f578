// Package account signs the user in to a server of online games, and out again.
package account

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/pkg/browser"
	"golang.org/x/oauth2"

	"github.com/gobancam/gobancam/internal/app/failure"
	"github.com/gobancam/gobancam/internal/app/state"
	"github.com/gobancam/gobancam/internal/credentials"
	"github.com/gobancam/gobancam/internal/version"
	"github.com/gobancam/gobancam/ogs"
)

// The environment variables that sign a script or a bot in. Each may have the
// suffix _FILE and then names a file.
const (
	TokenVariable  = "GOBANCAM_OGS_TOKEN"         // an access token
	JWTVariable    = "GOBANCAM_OGS_JWT"           // a token of the socket itself
	SecretVariable = "GOBANCAM_OGS_CLIENT_SECRET" // of a confidential application
)

// Server says which server, and how its socket is reached.
type Server struct {
	Address string
	Socket  string            // "" where it follows from Address
	Notice  func(text string) // is told what the user should know
}

// Key is what the sign-in is stored by.
func (s Server) Key() credentials.Key { return credentials.Key{Service: "ogs", Server: s.Address} }

// Store is where sign-ins are kept.
func (s Server) Store() *credentials.Store {
	return credentials.New(credentials.Options{Notice: s.Notice})
}

// Options are a client's but for the sign-in.
func (s Server) Options(log *slog.Logger) ogs.Options {
	return ogs.Options{Server: s.Address, Socket: s.Socket, Name: "gobancam", Version: version.Version, Address: version.Address,
		DeviceID: state.DeviceID(), Log: log}
}

// SignedOutError says that nobody is signed in at a server.
type SignedOutError struct{ Server string }

func (e *SignedOutError) Error() string { return "nobody is signed in at " + e.Server }

// Client returns a client that is signed in as long as ctx lasts: by the
// environment if it names a token, else by what SignIn has stored. Where neither
// is, its error is a *SignedOutError.
func (s Server) Client(ctx context.Context, log *slog.Logger) (*ogs.Client, error) {
	o := s.Options(log)
	token, _, err := credentials.FromEnvironment(TokenVariable)
	if err != nil {
		return nil, err
	}
	jwt, _, err := credentials.FromEnvironment(JWTVariable)
	if err != nil {
		return nil, err
	}
	switch o.JWT = jwt; {
	case token != "":
		o.Tokens = ogs.Bearer(token)
	case jwt == "":
		if o.Tokens, err = s.stored(ctx, o); err != nil {
			return nil, err
		}
	}
	client, err := ogs.NewClient(o)
	if err != nil {
		return nil, failure.As(failure.Misuse, err)
	}
	return client, nil
}

// stored are the tokens that SignIn has stored, refreshed when they are old.
func (s Server) stored(ctx context.Context, o ogs.Options) (*credentials.Source, error) {
	store := s.Store()
	c, err := store.Get(s.Key())
	if errors.Is(err, credentials.ErrNone) {
		return nil, &SignedOutError{s.Address}
	} else if err != nil {
		return nil, err
	}
	plain, err := ogs.NewClient(o) // for the refreshing, without a token of its own
	if err != nil {
		return nil, failure.As(failure.Misuse, err)
	}
	app := ogs.App{ClientID: c.ClientID, Secret: c.Secret}
	source := store.Source(plain.Context(ctx), s.Key(), credentials.Refresh(plain.OAuth(app)), 7*24*time.Hour)
	source.Discard = func(ctx context.Context, t *oauth2.Token) { // signed out while it was on its way
		if err := revoke(ctx, plain, app, t); err != nil {
			s.Notice(fmt.Sprintf("A token that came after signing out could not be revoked (%v); %s lists it.", err, s.authorizedPage()))
		}
	}
	return source, nil
}

// SignedIn returns a client and whom the server takes it for.
func (s Server) SignedIn(ctx context.Context) (*ogs.Client, ogs.Player, error) {
	client, err := s.Client(ctx, nil)
	if err != nil {
		return nil, ogs.Player{}, err
	}
	me, err := client.Me(ctx)
	return client, me, err
}

// clientID is the id of an application that is registered at online-go.com for
// everybody who has this build: client type public, grant type authorization
// code, redirect address ogs.DefaultRedirect. Packagers set it at link time:
//
//	-ldflags "-X github.com/gobancam/gobancam/internal/app/account.clientID=ID"
var clientID string

// HasApp reports whether this build comes with an application.
func HasApp() bool { return clientID != "" }

// App is the client id of the application that asks to play: the one that was
// chosen, if any, else the one that was signed in last at this server, else the
// one that came with this build, which is known to online-go.com alone. "" for
// none.
func (s Server) App(chosen string) string {
	if id := cmp.Or(chosen, s.LastApp()); id != "" {
		return id
	}
	if strings.TrimRight(s.Address, "/") == ogs.DefaultServer {
		return clientID
	}
	return ""
}

// LastApp is the client id of the application that was signed in last; "" if
// none is stored.
func (s Server) LastApp() string {
	if old, err := s.Store().Get(s.Key()); err == nil {
		return old.ClientID
	}
	return ""
}

// SignIn gets a token by the browser, keeps it in a store, and tries it. show is given the address of the page on
// which the user allows it.
func (s Server) SignIn(ctx context.Context, store *credentials.Store, app ogs.App, show func(address string)) (ogs.Player, error) {
	client, err := ogs.NewClient(s.Options(nil))
	if err != nil {
		return ogs.Player{}, failure.As(failure.Misuse, err)
	}
	token, err := client.SignIn(ctx, app, show)
	if err != nil {
		return ogs.Player{}, err
	}
	record := credentials.Credential{Token: token, ClientID: app.ClientID, Secret: app.Secret}
	if err := store.Put(s.Key(), record); err != nil {
		return ogs.Player{}, err
	}
	signed, err := s.Client(ctx, nil)
	if err != nil {
		return ogs.Player{}, err
	}
	me, err := signed.Me(ctx)
	if err != nil {
		return ogs.Player{}, fmt.Errorf("the sign-in was stored, but it could not be tried: %w", err)
	}
	return me, nil
}

// SignOut removes the tokens from this computer and has the server take them no
// more. Where nobody is signed in, its error is credentials.ErrNone.
func (s Server) SignOut(ctx context.Context) error {
	client, err := ogs.NewClient(s.Options(nil))
	if err != nil {
		return failure.As(failure.Misuse, err)
	}
	// First here, so that a refresh that is running cannot keep its pair.
	c, err := s.Store().Take(s.Key())
	if err != nil {
		return err
	}
	if err := revoke(ctx, client, ogs.App{ClientID: c.ClientID, Secret: c.Secret}, c.Token); err != nil {
		return fmt.Errorf("the tokens are removed from this machine, but the server was not told: %w; revoke them at %s", err, s.authorizedPage())
	}
	return nil
}

// revoke tells the server that a pair is not to be taken any more.
func revoke(ctx context.Context, client *ogs.Client, app ogs.App, t *oauth2.Token) error {
	if t == nil {
		return nil
	}
	var refresh error
	if t.RefreshToken != "" {
		refresh = client.Revoke(ctx, app, t.RefreshToken)
	}
	return errors.Join(refresh, client.Revoke(ctx, app, t.AccessToken))
}

// authorizedPage is where a person sees and ends the sign-ins of applications.
func (s Server) authorizedPage() string {
	return strings.TrimRight(s.Address, "/") + "/oauth2/authorized_tokens/"
}

// OpenPage opens an address in the browser. It is also shown, to be opened by
// hand where there is none. An error says that no browser could be started.
func OpenPage(address string) error {
	browser.Stdout, browser.Stderr = io.Discard, io.Discard
	return browser.OpenURL(address)
}
