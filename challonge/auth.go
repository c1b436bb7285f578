package challonge

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"github.com/gobancam/gobancam/internal/credentials"
)

// Key signs requests with a personal key of the developer settings page
// ("v1" in Challonge's words): no "Bearer" before it.
func Key(key string) Auth { return keyAuth(strings.TrimSpace(key)) }

type keyAuth string

func (k keyAuth) Sign(_ context.Context, h http.Header) error {
	if k == "" {
		return ErrSignIn
	}
	h.Set("Authorization-Type", "v1")
	h.Set("Authorization", string(k))
	return nil
}

func (k keyAuth) Refused(http.Header) bool { return false }

// Bearer signs requests with OAuth tokens. A *credentials.Source is told of
// refused ones.
func Bearer(source oauth2.TokenSource) Auth { return bearerAuth{source} }

type bearerAuth struct{ source oauth2.TokenSource }

func (b bearerAuth) Sign(ctx context.Context, h http.Header) error {
	var t *oauth2.Token
	var err error
	if s, ok := b.source.(*credentials.Source); ok {
		t, err = s.TokenContext(ctx)
	} else {
		t, err = b.source.Token()
	}
	switch {
	case err == nil:
	case errors.Is(err, credentials.ErrNone), errors.Is(err, credentials.ErrSignInAgain):
		return fmt.Errorf("%w: %w", ErrSignIn, err)
	case errors.Is(err, credentials.ErrNotYet):
		return fmt.Errorf("%w: %w", ErrTrouble, err)
	default:
		return err
	}
	h.Set("Authorization-Type", "v2")
	h.Set("Authorization", "Bearer "+t.AccessToken)
	return nil
}

func (b bearerAuth) Refused(h http.Header) bool {
	s, ok := b.source.(*credentials.Source)
	if ok {
		s.Refused(strings.TrimPrefix(h.Get("Authorization"), "Bearer "))
	}
	return ok
}

// The ways of signing in, as they are remembered with a credential.
const (
	WayCode        = "code"        // a person, with the browser
	WayDevice      = "device"      // a person, with a phone
	WayApplication = "application" // the application itself
	WayKey         = "key"         // a personal key
)

const extraWay = "way"

// refreshBefore is how long before its end a token, which lives for seven days,
// is refreshed.
const refreshBefore = 12 * time.Hour

// StoreKey is the key under which the sign-in at e is stored.
func StoreKey(e Endpoints) credentials.Key {
	return credentials.Key{Service: "challonge", Server: e.API}
}

// Remember stores what signs in to Challonge from now on: a token that was got
// one of the ways by a, or, with WayKey, the personal key.
func Remember(store *credentials.Store, e Endpoints, way string, a *App, token *oauth2.Token, key string) error {
	c := credentials.Credential{Token: token, Extra: map[string]string{extraWay: way}}
	if way == WayKey {
		c.Secret = strings.TrimSpace(key)
	} else {
		c.ClientID, c.Secret = a.ID, a.Secret
		if a.Redirect != "" {
			c.Extra["redirect"] = a.Redirect
		}
	}
	return store.Put(StoreKey(e), c)
}

// Stored returns the Auth of the sign-in stored for e, and the way it was got.
// It is ErrSignIn where there is none. ctx bounds the refreshing of tokens, and
// hc, which may be nil, is what they are refreshed with.
func Stored(ctx context.Context, store *credentials.Store, e Endpoints, hc *http.Client) (Auth, string, error) {
	c, err := store.Get(StoreKey(e))
	if errors.Is(err, credentials.ErrNone) {
		return nil, "", ErrSignIn
	}
	if err != nil {
		return nil, "", err
	}
	way := c.Extra[extraWay]
	if way == WayKey {
		return Key(c.Secret), way, nil
	}
	a := &App{ID: c.ClientID, Secret: c.Secret, Redirect: c.Extra["redirect"], Endpoints: e, HTTP: hc}
	return Bearer(store.Source(ctx, StoreKey(e), a.Refresh, refreshBefore)), way, nil
}
