package credentials

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"
	"golang.org/x/oauth2"

	"github.com/gobancam/gobancam/internal/plain"
)

// Lock waits until no other process (or goroutine) holds the lock of k, takes
// it, and returns what gives it back. Put and Get are safe without it; it is
// for reading, changing and writing in one go.
func (s *Store) Lock(ctx context.Context, k Key) (unlock func(), err error) {
	s.mu.Lock()
	err = s.makeDir()
	s.mu.Unlock()
	if err != nil {
		return nil, err
	}
	l := flock.New(filepath.Join(s.dir, k.file()+".lock"), flock.SetPermissions(0o600))
	if _, err := l.TryLockContext(ctx, 20*time.Millisecond); err != nil {
		return nil, fmt.Errorf("another gobancam is refreshing the sign-in and did not finish: %w", err)
	}
	return func() { l.Unlock() }, nil
}

// A RefreshFunc fetches the successor of old from the server. What it returns
// replaces old as a whole; where the server sends no new refresh token, it
// carries the old one.
type RefreshFunc func(ctx context.Context, old *oauth2.Token) (*oauth2.Token, error)

// Refresh is the RefreshFunc of RFC 6749 section 6 for an application. The
// HTTP client is taken from ctx as golang.org/x/oauth2 does.
func Refresh(cfg *oauth2.Config) RefreshFunc {
	return func(ctx context.Context, old *oauth2.Token) (*oauth2.Token, error) {
		token, err := cfg.TokenSource(ctx, &oauth2.Token{RefreshToken: old.RefreshToken}).Token()
		var re *oauth2.RetrieveError
		if errors.As(err, &re) { // its words may be a whole page, and are the server's
			re.Body, re.ErrorDescription = []byte(plain.Cut(string(re.Body), 200)), plain.Cut(re.ErrorDescription, 200)
		}
		return token, err
	}
}

// ErrSignInAgain is wrapped by the error of a Source whose refresh token was
// refused: only the user can help.
var ErrSignInAgain = errors.New("the sign-in has ended; sign in again")

// ErrNotYet is wrapped by the error of a Source that could not reach the server
// to refresh a token that is no longer of use: trying again later may help.
var ErrNotYet = errors.New("the sign-in could not be refreshed yet")

// A Source is an oauth2.TokenSource over a stored record.
//
//   - A token with less than MinLife left is refreshed. If that fails while the
//     token still lives, the token is used and the failure told as a notice.
//   - Two processes never refresh at the same time, and the second one takes
//     what the first one stored.
//   - The new pair is stored before anybody sees it. If it cannot be stored it
//     is kept in memory, said, and tried again at every call.
type Source struct {
	store   *Store
	key     Key
	refresh RefreshFunc
	minLife time.Duration
	ctx     context.Context

	mu      sync.Mutex
	current *Credential
	unsaved bool
	refused string    // an access token that the server would not take
	retry   time.Time // no new attempt at an early refresh before this
}

// Source returns a token source for k. ctx bounds every refresh of Token.
// Tokens are refreshed when less than minLife is left of them, but never in
// the first half of their life, whatever minLife says.
func (s *Store) Source(ctx context.Context, k Key, refresh RefreshFunc, minLife time.Duration) *Source {
	return &Source{store: s, key: k, refresh: refresh, minLife: minLife, ctx: ctx}
}

// margin is how long before its end a token counts as expired, so that it does
// not end on the way.
const margin = 30 * time.Second

// pause is the least time between two failed attempts to refresh early. After
// a refusal it is an hour.
const pause = time.Minute

// Token implements oauth2.TokenSource.
func (s *Source) Token() (*oauth2.Token, error) { return s.TokenContext(s.ctx) }

// TokenContext is Token under another context.
func (s *Source) TokenContext(ctx context.Context) (*oauth2.Token, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.unsaved {
		s.save(ctx)
	}
	if s.current == nil {
		c, err := s.store.Get(s.key)
		if err != nil {
			return nil, err
		}
		s.current = &c
	}
	if s.current.Token == nil {
		return nil, fmt.Errorf("%w: what is stored for %s is no OAuth token", ErrSignInAgain, s.key)
	}
	if s.fresh(s.current) || s.usable(s.current) && s.store.now().Before(s.retry) {
		return copyToken(s.current.Token), nil
	}
	err := s.renew(ctx)
	switch {
	case err == nil:
		return copyToken(s.current.Token), nil
	case s.current != nil && s.usable(s.current):
		s.retry = s.store.now().Add(pause)
		if errors.Is(err, ErrSignInAgain) {
			s.retry = s.store.now().Add(time.Hour)
		}
		s.store.notice(fmt.Sprintf("The sign-in for %s could not be refreshed early and still works until %s: %s.",
			s.key.Server, s.current.Token.Expiry.Local().Format("2 January 15:04"), MaskText(err.Error())))
		return copyToken(s.current.Token), nil
	}
	return nil, err
}

// Refused tells the source that the server answered 401 to an access token:
// the next Token fetches another one, unless another process has done so.
func (s *Source) Refused(accessToken string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refused = accessToken
	s.retry = time.Time{}
}

// fresh reports whether c can be used without a thought of refreshing.
func (s *Source) fresh(c *Credential) bool {
	if !s.usable(c) {
		return false
	}
	if c.Token.Expiry.IsZero() {
		return true
	}
	left, want := c.Token.Expiry.Sub(s.store.now()), s.minLife
	if half := c.Token.Expiry.Sub(c.Saved) / 2; !c.Saved.IsZero() && want > half {
		want = half
	}
	return left > want
}

// usable reports whether the server can be expected to take c.
func (s *Source) usable(c *Credential) bool {
	t := c.Token
	return t != nil && t.AccessToken != "" && t.AccessToken != s.refused &&
		(t.Expiry.IsZero() || t.Expiry.Sub(s.store.now()) > margin)
}

// renew takes the lock, looks whether somebody else has refreshed, and if not
// refreshes and stores.
func (s *Source) renew(ctx context.Context) error {
	unlock, err := s.store.Lock(ctx, s.key)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNotYet, err)
	}
	defer unlock()
	if !s.unsaved {
		c, err := s.store.Get(s.key)
		if errors.Is(err, ErrNone) {
			s.current = nil // signed out meanwhile
			return err
		} else if err != nil {
			return err
		}
		if c.Token == nil {
			return fmt.Errorf("%w: what is stored for %s is no OAuth token any more", ErrSignInAgain, s.key)
		}
		s.current = &c
		if s.fresh(s.current) {
			return nil
		}
	}
	if s.refresh == nil {
		return fmt.Errorf("%w: this token cannot be refreshed", ErrSignInAgain)
	}
	next, err := s.refresh(ctx, copyToken(s.current.Token))
	if err != nil {
		if refusal(err) {
			return fmt.Errorf("%w (the server refused to refresh it: %s)", ErrSignInAgain, MaskText(err.Error()))
		}
		return fmt.Errorf("%w: %w", ErrNotYet, err)
	}
	if next == nil || next.AccessToken == "" {
		return fmt.Errorf("%w: the server sent no token", ErrNotYet)
	}
	c := *s.current
	c.Token = copyToken(next)
	if c.Token.RefreshToken == "" {
		c.Token.RefreshToken = s.current.Token.RefreshToken
	}
	c.Saved = s.store.now().UTC()
	s.current, s.unsaved = &c, true
	s.put()
	return nil
}

// save tries again to store a pair that could not be stored, unless another
// process has stored a later one.
func (s *Source) save(ctx context.Context) {
	unlock, err := s.store.Lock(ctx, s.key)
	if err != nil {
		return
	}
	defer unlock()
	if c, err := s.store.Get(s.key); err == nil && c.Saved.After(s.current.Saved) && c.Token != nil {
		s.current, s.unsaved = &c, false
		return
	}
	s.put()
}

func (s *Source) put() {
	if err := s.store.Put(s.key, *s.current); err != nil {
		s.store.notice(fmt.Sprintf("The refreshed sign-in for %s works but is in memory only (%v): it will be lost if the program ends now.", s.key.Server, err))
		return
	}
	s.unsaved = false
}

// refusal reports whether the server said that the refresh token itself is no
// good, as opposed to being unreachable or out of order.
func refusal(err error) bool {
	if errors.Is(err, ErrSignInAgain) {
		return true
	}
	var re *oauth2.RetrieveError
	if !errors.As(err, &re) {
		return false
	}
	switch re.ErrorCode {
	case "invalid_grant", "invalid_client", "unauthorized_client", "invalid_request", "unsupported_grant_type", "access_denied":
		return true
	case "":
		return re.Response != nil && (re.Response.StatusCode == http.StatusUnauthorized || re.Response.StatusCode == http.StatusBadRequest)
	}
	return false
}

func copyToken(t *oauth2.Token) *oauth2.Token {
	c := *t
	return &c
}
