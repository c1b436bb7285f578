package challonge

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sort"
	"strings"
	"time"

	"github.com/gobancam/gobancam/internal/plain"
)

// The kinds of failure, for errors.Is.
var (
	ErrSignIn    = errors.New("not signed in to Challonge")
	ErrForbidden = errors.New("not allowed")
	ErrNotFound  = errors.New("not found")
	ErrInvalid   = errors.New("refused by Challonge")
	ErrQuota     = errors.New("the quota of requests is used up")
	// ErrTrouble is a failure of the way or of the server: no network, a 5xx, a
	// web page where data should be. Whether a change was made is unknown:
	// compare before trying again.
	ErrTrouble = errors.New("no answer from Challonge, or one that cannot be used")
)

// A Detail is one of the errors that a reply lists.
type Detail struct {
	Detail string // in words
	Source string // the attribute at fault, if told
}

// Error is a reply of Challonge that is no success.
type Error struct {
	Method, Path string
	Status       int
	Details      []Detail
	HTML         bool          // a web page came where data should be
	RetryAfter   time.Duration // as the server asked; 0 if it did not
}

// Error says what happened and what to do.
func (e *Error) Error() string {
	var said []string
	for _, d := range e.Details {
		switch {
		case d.Source != "" && d.Detail != "":
			said = append(said, d.Source+": "+d.Detail)
		case d.Detail != "":
			said = append(said, d.Detail)
		}
	}
	words := strings.Join(said, "; ")
	if e.HTML {
		words = "it sent a web page instead of data"
	}
	if words == "" {
		words = http.StatusText(e.Status)
	}
	var then string
	switch {
	case errors.Is(e, ErrSignIn):
		then = "sign in again: gobancam challonge login"
	case errors.Is(e, ErrForbidden):
		then = "this account, or the scopes it granted, may not do that"
	case errors.Is(e, ErrNotFound):
		then = "look at the id; a tournament of a community needs --community"
	case errors.Is(e, ErrQuota):
		then = "the requests of this plan are used up for now; reports wait in the outbox"
	case errors.Is(e, ErrTrouble):
		then = "try again later; reports wait in the outbox"
	}
	if then != "" {
		then = " (" + then + ")"
	}
	return fmt.Sprintf("Challonge answered %d to %s %s: %s%s", e.Status, e.Method, e.Path, words, then)
}

// Is makes errors.Is(err, ErrSignIn) and its like work.
func (e *Error) Is(target error) bool {
	switch target {
	case ErrSignIn:
		return e.Status == http.StatusUnauthorized && !e.HTML
	case ErrForbidden:
		return e.Status == http.StatusForbidden && !e.HTML
	case ErrNotFound:
		return e.Status == http.StatusNotFound && !e.HTML
	case ErrQuota:
		return e.Status == http.StatusTooManyRequests
	case ErrTrouble:
		return e.Status >= 500 || e.HTML && e.Status != http.StatusTooManyRequests || e.Status == http.StatusRequestTimeout
	case ErrInvalid:
		return !e.HTML && e.Status >= 400 && e.Status < 500 && e.Status != http.StatusUnauthorized && e.Status != http.StatusForbidden &&
			e.Status != http.StatusNotFound && e.Status != http.StatusTooManyRequests && e.Status != http.StatusRequestTimeout
	}
	return false
}

// Temporary reports whether time alone may mend err: no network, a server that
// is out of order, a spent quota.
func Temporary(err error) bool { return errors.Is(err, ErrTrouble) || errors.Is(err, ErrQuota) }

// isHTML reports whether a body is a web page, whatever its header says.
func isHTML(contentType string, body []byte) bool {
	body = bytes.TrimSpace(body)
	return len(body) > 0 && body[0] == '<' || strings.Contains(contentType, "html") && (len(body) == 0 || body[0] != '{' && body[0] != '[')
}

// maxDetails is how many errors of one reply are told.
const maxDetails = 10

// parseErrors reads the errors of a reply in each of the forms that Challonge
// and JSON:API know: a list of objects, one object, texts, a map of attributes
// to texts, and OAuth's error with its description.
func parseErrors(data []byte) []Detail {
	var doc struct {
		Errors      json.RawMessage `json:"errors"`
		Error       json.RawMessage `json:"error"`
		Description string          `json:"error_description"`
	}
	if json.Unmarshal(data, &doc) != nil {
		return nil
	}
	details := errorsIn(doc.Errors)
	if len(details) == 0 {
		details = errorsIn(doc.Error)
	}
	if doc.Description != "" {
		details = append(details, Detail{Detail: doc.Description})
	}
	details = details[:min(len(details), maxDetails)]
	for i, d := range details {
		details[i] = Detail{Detail: plain.Cut(d.Detail, 300), Source: plain.Cut(d.Source, 80)}
	}
	return details
}

func errorsIn(data json.RawMessage) []Detail {
	var text string
	if json.Unmarshal(data, &text) == nil {
		if text == "" {
			return nil
		}
		return []Detail{{Detail: text}}
	}
	var list []json.RawMessage
	if json.Unmarshal(data, &list) == nil {
		var details []Detail
		for _, item := range list {
			details = append(details, errorsIn(item)...)
		}
		return details
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(data, &fields) != nil {
		return nil
	}
	if _, ok := fields["detail"]; !ok && fields["title"] == nil && fields["status"] == nil {
		// {"name":["can't be blank"]}
		var details []Detail
		for name, what := range fields {
			for _, d := range errorsIn(what) {
				details = append(details, Detail{Detail: d.Detail, Source: name})
			}
		}
		sort.Slice(details, func(i, j int) bool { return details[i].Source < details[j].Source })
		return details
	}
	var d Detail
	for _, name := range []string{"title", "detail"} {
		for _, in := range errorsIn(fields[name]) {
			d.Detail = in.Detail
		}
	}
	var source struct {
		Pointer   string `json:"pointer"`
		Parameter string `json:"parameter"`
	}
	if json.Unmarshal(fields["source"], &source) == nil {
		d.Source = strings.TrimPrefix(source.Pointer, "/data/attributes/")
		if d.Source == "" {
			d.Source = source.Parameter
		}
	}
	if d == (Detail{}) {
		return nil
	}
	return []Detail{d}
}
