package ogs

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gobancam/gobancam/internal/plain"
)

// ErrSignIn is wrapped by errors that only a new sign-in (or another token)
// can mend: no token, a refused one, or a server that answers as to a guest.
var ErrSignIn = errors.New("not signed in at the server")

// UnreachableError says that no answer came.
type UnreachableError struct {
	Server string
	Err    error
}

func (e *UnreachableError) Error() string {
	return fmt.Sprintf("the server %s cannot be reached (%v); look at the network connection", e.Server, e.Err)
}

func (e *UnreachableError) Unwrap() error { return e.Err }

// APIError is an answer over HTTP that was not a success, or that was not what
// was asked for.
type APIError struct {
	Method, Path string
	Status       int           // HTTP status
	Message      string        // the server's own words, or ours for what it sent instead
	RetryAfter   time.Duration // how long the server asked to wait; 0 if it did not
}

func (e *APIError) Error() string {
	s := fmt.Sprintf("the server answered %s %s with ", e.Method, e.Path)
	if e.Status >= 200 && e.Status < 300 {
		return s + "something unusable: " + e.Message
	}
	s += fmt.Sprintf("%d %s", e.Status, strings.ToLower(http.StatusText(e.Status)))
	if e.Message != "" {
		s += ": " + e.Message
	}
	switch {
	case e.Status == http.StatusUnauthorized:
		s += "; sign in with 'gobancam login'"
	case e.RetryAfter > 0:
		s += fmt.Sprintf("; try again in %v", e.RetryAfter.Round(time.Second))
	case e.Status >= 500:
		s += "; the fault is the server's, try again later"
	}
	return s
}

// Is makes a 401 match ErrSignIn.
func (e *APIError) Is(target error) bool {
	return target == ErrSignIn && e.Status == http.StatusUnauthorized
}

func unauthorized(err error) bool {
	var api *APIError
	return errors.As(err, &api) && api.Status == http.StatusUnauthorized
}

func newAPIError(method, path string, resp *http.Response, body []byte) *APIError {
	e := &APIError{Method: method, Path: path, Status: resp.StatusCode, Message: errorMessage(body)}
	e.RetryAfter, _ = retryAfter(resp.Header, time.Now())
	return e
}

var htmlTag = regexp.MustCompile(`(?s)<(script|style).*?</(script|style)>|<[^>]*>`)

// errorMessage finds the words in the body of a refusal: Django REST
// framework's {"detail": …}, {"error": …}, a map of fields to complaints, or
// the text of a page.
func errorMessage(body []byte) string {
	var fields map[string]json.RawMessage
	if json.Unmarshal(body, &fields) != nil {
		return excerpt(body)
	}
	for _, name := range []string{"detail", "error", "error_description", "message"} {
		if s := words(fields[name]); s != "" {
			return s
		}
	}
	var parts []string
	for name, raw := range fields {
		if s := words(raw); s != "" {
			parts = append(parts, name+": "+s)
		}
	}
	slices.Sort(parts)
	return clip(strings.Join(parts, "; "))
}

// words returns the text in a JSON string, or in a list of them.
func words(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return clip(s)
	}
	var list []string
	if json.Unmarshal(raw, &list) == nil {
		return clip(strings.Join(list, " "))
	}
	return ""
}

// excerpt is the beginning of a body that is no JSON, without tags.
func excerpt(body []byte) string {
	if !utf8.Valid(body) {
		return fmt.Sprintf("%d bytes that are no text", len(body))
	}
	if len(body) > 4096 {
		body = body[:4096]
	}
	s := htmlTag.ReplaceAllString(string(body), " ")
	return clip(strings.Join(strings.Fields(s), " "))
}

// clip makes the server's text plain: all that a person may see comes through
// it.
func clip(s string) string { return plain.Cut(s, 300) }

// playerName makes the name of a player plain. One of which nothing is left to
// be seen is "?".
func playerName(t text) string { return plain.Name(string(t)) }

// ChatText is how a line of chat comes back in a Chat: made plain, and cut.
func ChatText(line string) string { return clip(line) }
