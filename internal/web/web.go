// Package web holds the rules for everything that crosses the network over
// HTTP: which addresses are taken, where a redirect may lead, how long a server
// may ask to wait, and how large and how deep an answer may be. Package ogs and
// package challonge keep them alike.
package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gobancam/gobancam/internal/limits"
)

// CheckAddress parses the base address of a server and refuses what would carry
// a secret over a plain connection: secure ("https", "wss") is the scheme for
// every host, and plain that for this machine alone. Query and fragment are
// dropped.
func CheckAddress(address, secure, plain string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil {
		var parsing *url.Error
		if errors.As(err, &parsing) {
			err = parsing.Err // without the address, which may hold a password
		}
		return nil, fmt.Errorf("it cannot be parsed: %w", err)
	}
	switch {
	case u.Hostname() == "" || u.Scheme != secure && u.Scheme != plain:
		return nil, fmt.Errorf("it has to begin with %s:// and to name a host", secure)
	case u.User != nil:
		return nil, errors.New("it must not hold a name or a password")
	case u.Scheme == plain && !IsLoopback(u.Hostname()):
		return nil, fmt.Errorf("%s:// would send the sign-in over the network readably; use %s://", plain, secure)
	}
	u.RawQuery, u.Fragment = "", ""
	return u, nil
}

// IsLoopback reports whether a host is this machine.
func IsLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// SameOrigin reports whether two addresses have scheme, host and port in common.
func SameOrigin(a, b *url.URL) bool {
	return strings.EqualFold(a.Scheme, b.Scheme) && strings.EqualFold(a.Hostname(), b.Hostname()) && port(a) == port(b)
}

func port(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	switch strings.ToLower(u.Scheme) {
	case "https", "wss":
		return "443"
	}
	return "80"
}

// A RedirectError says that a server sent a request on to where it does not go.
type RedirectError struct {
	From, To *url.URL
}

func (e *RedirectError) Error() string {
	return fmt.Sprintf("%s redirects to %s://%s, which is another server: nothing was sent there", e.From.Host, e.To.Scheme, e.To.Host)
}

// CheckRedirect is for http.Client.CheckRedirect. Every request may carry a
// secret, in a header, its address or its form, so that one rule serves all: a
// redirect is followed within the origin of the first request, and only that of
// a GET, at most five times. The redirect of a change is handed to the caller as
// the answer: a GET in its place would look like a success.
func CheckRedirect(req *http.Request, via []*http.Request) error {
	switch first := via[0]; {
	case first.Method != http.MethodGet:
		return http.ErrUseLastResponse
	case !SameOrigin(first.URL, req.URL):
		return &RedirectError{first.URL, req.URL}
	case len(via) > 5:
		return errors.New("the server redirects in circles")
	}
	return nil
}

// Client returns a copy of c, or of a client with a timeout of 30 s, that keeps
// the rule of CheckRedirect and takes no cookies.
func Client(c *http.Client) *http.Client {
	d := http.Client{Timeout: 30 * time.Second}
	if c != nil {
		d = *c
	}
	d.CheckRedirect, d.Jar = CheckRedirect, nil
	return &d
}

// LongestWait is the longest that RetryAfter returns: beyond a month nothing is
// gained by believing a server.
const LongestWait = 31 * 24 * time.Hour

// RetryAfter reads the header of that name, in seconds or as a date. asked is
// false where there is none, or none that can be understood. The time is from
// zero to LongestWait, whatever the server says.
func RetryAfter(h http.Header, now time.Time) (wait time.Duration, asked bool) {
	text := strings.TrimSpace(h.Get("Retry-After"))
	if s, err := strconv.ParseFloat(text, 64); err == nil {
		if !(s >= 0) {
			return 0, false // negative, or not a number
		}
		return time.Duration(min(s, LongestWait.Seconds()) * float64(time.Second)), true
	}
	if t, err := http.ParseTime(text); err == nil {
		return min(max(t.Sub(now), 0), LongestWait), true
	}
	return 0, false
}

// ErrTooLarge is wrapped by the errors for answers beyond a limit.
var ErrTooLarge = errors.New("the answer is beyond what can be right")

// Body reads an answer of at most limit bytes.
func Body(r io.Reader, limit int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, fmt.Errorf("the answer broke off: %w", err)
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("%w: it is larger than %d kB", ErrTooLarge, limit>>10)
	}
	return data, nil
}

// CheckDepth refuses JSON whose objects and lists are nested more than limit
// deep.
func CheckDepth(data []byte, limit int) error {
	if limits.Deeper(data, limit) {
		return fmt.Errorf("%w: it is nested more than %d deep", ErrTooLarge, limit)
	}
	return nil
}

// IsHTML reports whether an answer is a web page, whatever its header says.
func IsHTML(contentType string, body []byte) bool {
	body = bytes.TrimSpace(body)
	return len(body) > 0 && body[0] == '<' || strings.Contains(contentType, "html") && !json.Valid(body)
}
