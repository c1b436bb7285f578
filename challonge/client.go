// Package challonge is a client of Challonge's API v2.1: tournaments,
// participants, matches, their results and attachments, and the four ways of
// signing in. docs/challonge.md says which of its facts are sure.
//
// Two things follow from what is known of the service. A free account has 500
// requests a month, so nothing polls, lists are fetched with few large pages,
// and a 429 is remembered (Quota). And a change is never sent twice by this
// package: where its outcome is unknown the caller gets ErrTrouble and compares
// before trying again, as package outbox does.
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
	"strconv"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/gobancam/gobancam/internal/mask"
	"github.com/gobancam/gobancam/internal/version"
	"github.com/gobancam/gobancam/internal/web"
)

// DefaultAPI is the base address of the API.
const DefaultAPI = "https://api.challonge.com/v2.1"

// Auth signs requests.
type Auth interface {
	// Sign adds the headers that say who asks.
	Sign(ctx context.Context, h http.Header) error
	// Refused is told that a request signed with these headers was answered
	// 401. It reports whether signing anew may help.
	Refused(h http.Header) bool
}

// Options configure a Client. Only Auth is needed.
type Options struct {
	API  string // base address; empty for DefaultAPI
	Auth Auth
	HTTP *http.Client // nil for one with a timeout of 30 s
	// Quota is the memory of a spent quota; nil for one in memory.
	Quota *Quota
	// Pause is the time before a failed read is tried again, doubled before
	// the third attempt; 0 for half a second.
	Pause time.Duration
}

// Client speaks to one Challonge as one account. It may be used by several
// goroutines.
type Client struct {
	base   *url.URL
	auth   Auth
	http   *http.Client
	quota  *Quota
	pause  time.Duration
	prefix string // "", "/communities/x" or "/application"
}

// New returns a client.
func New(o Options) (*Client, error) {
	if o.API == "" {
		o.API = DefaultAPI
	}
	base, err := checkAddress(o.API)
	if err != nil {
		return nil, err
	}
	if o.Auth == nil {
		return nil, ErrSignIn
	}
	c := &Client{base: base, auth: o.Auth, http: web.Client(o.HTTP), quota: o.Quota, pause: o.Pause}
	if c.pause == 0 {
		c.pause = 500 * time.Millisecond
	}
	if c.quota == nil {
		c.quota = NewQuota("")
	}
	return c, nil
}

// checkAddress parses an address: https, or plain http to this machine.
func checkAddress(text string) (*url.URL, error) {
	u, err := web.CheckAddress(strings.TrimRight(text, "/"), "https", "http")
	if err != nil {
		return nil, fmt.Errorf("%q is not an address of Challonge: %w", mask.Address(text), err)
	}
	return u, nil
}

// Community returns a client for the tournaments that a community owns, named
// by its subdomain or id: its routes begin with /communities/{id}. An empty id
// gives the account's own tournaments.
func (c *Client) Community(id string) *Client {
	d := *c
	d.prefix = ""
	if id != "" {
		d.prefix = "/communities/" + url.PathEscape(id)
	}
	return &d
}

// Application returns a client for the routes below /application: the
// tournaments of everybody who used this application. It takes a token of the
// client credentials grant with the scope application:manage.
func (c *Client) Application() *Client {
	d := *c
	d.prefix = "/application"
	return &d
}

// API returns the base address.
func (c *Client) API() string { return c.base.String() }

// Quota returns the client's memory of the quota.
func (c *Client) Quota() *Quota { return c.quota }

// maxBody bounds a reply: a thousand matches are half a megabyte.
const maxBody = 16 << 20

// maxDepth bounds how deep a reply is nested; those seen are less than ten deep.
const maxDepth = 32

// get fetches a path below the prefix. It tries again, three times in all, on
// failures that ask for it.
func (c *Client) get(ctx context.Context, path string, query url.Values) ([]byte, error) {
	growing := &backoff.ExponentialBackOff{InitialInterval: c.pause, RandomizationFactor: 0.5, Multiplier: 2, MaxInterval: 10 * c.pause}
	return backoff.Retry(ctx, func() ([]byte, error) {
		data, err := c.send(ctx, http.MethodGet, path, query, nil)
		if err != nil && (!errors.Is(err, ErrTrouble) || ctx.Err() != nil) {
			err = backoff.Permanent(err)
		}
		return data, err
	}, backoff.WithMaxTries(3), backoff.WithBackOff(growing))
}

// change sends a request that changes something, once.
func (c *Client) change(ctx context.Context, method, path string, content any) ([]byte, error) {
	return c.send(ctx, method, path, nil, content)
}

// send makes one request, and a second one where the first was refused for its
// token, which is to say not looked at.
func (c *Client) send(ctx context.Context, method, path string, query url.Values, content any) ([]byte, error) {
	data, signed, err := c.once(ctx, method, path, query, content)
	if errors.Is(err, ErrSignIn) && signed != nil && c.auth.Refused(signed) {
		data, _, err = c.once(ctx, method, path, query, content)
	}
	return data, err
}

func (c *Client) once(ctx context.Context, method, path string, query url.Values, content any) ([]byte, http.Header, error) {
	u := *c.base
	u.Path += c.prefix + path
	if unescaped, err := url.PathUnescape(u.Path); err == nil {
		u.RawPath, u.Path = u.Path, unescaped
	}
	u.RawQuery = query.Encode()

	var reader io.Reader
	if content != nil {
		data, err := json.Marshal(content)
		if err != nil {
			return nil, nil, err
		}
		reader = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(ctx, method, u.String(), reader)
	if err != nil {
		return nil, nil, err
	}
	if err := c.auth.Sign(ctx, req.Header); err != nil {
		return nil, nil, err
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Content-Type", "application/vnd.api+json")
	req.Header.Set("User-Agent", version.UserAgent)
	if err := c.quota.take(); err != nil {
		return nil, nil, err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return nil, req.Header, fmt.Errorf("%w: %w", ErrTrouble, ctx.Err())
		}
		return nil, req.Header, fmt.Errorf("%w: %w", ErrTrouble, err)
	}
	defer resp.Body.Close()
	data, err := web.Body(resp.Body, maxBody)
	if err == nil {
		err = web.CheckDepth(data, maxDepth)
	}
	if err != nil {
		return nil, req.Header, fmt.Errorf("%w: %w", ErrTrouble, err)
	}
	if resp.StatusCode >= 200 && resp.StatusCode < 300 && !web.IsHTML(resp.Header.Get("Content-Type"), data) {
		c.quota.accepted()
		return data, req.Header, nil
	}
	e := newError(req, resp, data)
	if e.Status == http.StatusTooManyRequests {
		c.quota.refuse(e.RetryAfter)
	}
	return nil, req.Header, e
}

// newError is the error for an answer that is no success.
func newError(req *http.Request, resp *http.Response, body []byte) *Error {
	e := &Error{Method: req.Method, Path: req.URL.Path, Status: resp.StatusCode, HTML: web.IsHTML(resp.Header.Get("Content-Type"), body)}
	e.RetryAfter, _ = web.RetryAfter(resp.Header, time.Now())
	if !e.HTML {
		e.Details = parseErrors(body)
	}
	return e
}

// unreadable says that a reply with a good status could not be understood. The
// change it answers, if any, has most likely been made.
func unreadable(path string, err error) error {
	return fmt.Errorf("%w: its answer to %s cannot be understood: %w", ErrTrouble, path, err)
}

// fetch gets one thing.
func fetch[T any](ctx context.Context, c *Client, path string, from func(*resource) (T, error)) (T, error) {
	data, err := c.get(ctx, path, nil)
	return decoded(path, data, err, from)
}

// changed sends a change of one thing and returns the thing as it is then.
func changed[T any](ctx context.Context, c *Client, method, path string, content any, from func(*resource) (T, error)) (T, error) {
	data, err := c.change(ctx, method, path, content)
	return decoded(path, data, err, from)
}

// decoded is the one thing that a reply holds.
func decoded[T any](path string, data []byte, err error, from func(*resource) (T, error)) (T, error) {
	var zero T
	if err != nil {
		return zero, err
	}
	v, err := parseOne(data, from)
	if err != nil {
		return zero, unreadable(path, err)
	}
	return v, nil
}

// perPage is what is asked for; a server may give fewer. Its own default is 25.
const perPage = 100

// What a list may have at most: the largest tournament has 512 participants, and
// a round robin of 200 some 20,000 matches.
const (
	maxPages = 250
	maxItems = 25_000
)

// ErrEndless is wrapped by the error for a list that does not end.
var ErrEndless = errors.New("Challonge's list does not end")

// pages fetches a whole list. It ends by the count in the reply's meta where
// there is one, else with the first page that is not full, and in any case with
// a page that brings nothing new.
func pages[T any](ctx context.Context, c *Client, path string, query url.Values, id func(T) ID, from func(*resource) (T, error)) ([]T, error) {
	all := []T{}
	seen := map[ID]bool{}
	first := 0
	for page := 1; page <= maxPages && len(all) <= maxItems; page++ {
		q := url.Values{"page": {strconv.Itoa(page)}, "per_page": {strconv.Itoa(perPage)}}
		for name, values := range query {
			q[name] = values
		}
		data, err := c.get(ctx, path, q)
		if err != nil {
			return nil, err
		}
		list, count, err := parseList(data, from)
		if err != nil {
			return nil, unreadable(path, err)
		}
		news := 0
		for _, v := range list {
			if !seen[id(v)] {
				seen[id(v)] = true
				all = append(all, v)
				news++
			}
		}
		if page == 1 {
			first = len(list)
		}
		if news == 0 || count >= 0 && len(all) >= count || count < 0 && (len(list) < 25 || len(list) < first) {
			return all, nil
		}
	}
	return nil, fmt.Errorf("%w: %s has more than %d pages or %d entries; nothing of it was used", ErrEndless, path, maxPages, maxItems)
}
