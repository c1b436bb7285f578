// Package challongetest is a Challonge in process: the routes of API v2.1 that
// package challonge uses, OAuth with its four grants, brackets that advance, a
// quota, and faults on demand. It refuses what Challonge refuses and writes down
// what a client does wrong (Violations). Its data are in memory.
//
// Single and double elimination, round robin and Swiss are played, and groups
// before them. Where a loser goes in the losers' bracket, who is dealt to which
// group, and in what order the groups' first and second go on are guesses.
// Left out: free for all is answered with 422; check-in, predictions and
// stations are unknown, and grand finals take two matches if they must.
package challongetest

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Server is a Challonge on a loopback port. Its methods may be called while
// clients use it.
type Server struct {
	// URL is the address under which everything is served: the API below
	// /v2.1, OAuth below /oauth. challonge.EndpointsAt makes the rest of it.
	URL string

	http *httptest.Server

	mu         sync.Mutex
	offset     time.Duration // of the server's clock
	interval   time.Duration // of polls by devices
	nextID     int
	users      []*User
	apps       map[string]*App
	codes      map[string]*grant // authorization codes
	devices    map[string]*grant // device codes
	access     map[string]*session
	refresh    map[string]*session
	visitor    *User // who answers the authorization page, nil for nobody
	refuse     bool  // the visitor refuses
	tournament []*tournament
	community  []string

	quirks     Quirks
	quota      int // requests left, -1 for any number
	faults     []*Fault
	log        []Request
	violations []string
}

// User is an account.
type User struct {
	ID   int
	Name string
	Key  string // personal key
}

// App is a registered application.
type App struct {
	ID, Secret string
	Redirects  []string
}

// Quirks are the forms in which Challonge's replies have been seen. The zero
// value is the documented form.
type Quirks struct {
	RelationshipsInside bool // players among a match's attributes
	NoRelationships     bool // players only with the points
	NumericIDs          bool // ids as numbers everywhere
	ErrorsAsObject      bool // {"errors":{…}} instead of a list
	NoCount             bool // no meta.count
	PageLimit           int  // the largest page, whatever is asked for; 0 for any
	NoUnderway          bool // match change_state answers 500
}

// Request is one request as the server saw it.
type Request struct {
	Method, Path string // with the query
	Status       int    // of the answer; 0 if it was dropped
	Body         string
}

// Drop says when a connection is closed without an answer.
type Drop int

// The moments.
const (
	Before Drop = 1 + iota // nothing has been done
	After                  // everything has been done: only the answer is lost
)

// Fault is something that goes wrong. The first that fits a request is used.
type Fault struct {
	Method string // empty for any
	Path   string // part of the path; empty for any
	Times  int    // how often; 0 for once, below 0 for ever

	Status     int           // answer this instead of doing anything
	HTML       bool          // with a web page
	RetryAfter time.Duration // with this header
	Drop       Drop
	Delay      time.Duration // do this first
	Garble     bool          // do all, then send half of the answer
	Page       bool          // do all, then answer 200 with a web page
}

// New starts a server without users or applications. Close ends it.
func New() *Server {
	s := &Server{apps: map[string]*App{}, codes: map[string]*grant{}, devices: map[string]*grant{},
		access: map[string]*session{}, refresh: map[string]*session{}, quota: -1, nextID: 1000, interval: 5 * time.Second}
	s.http = httptest.NewServer(http.HandlerFunc(s.serve))
	s.URL = s.http.URL
	return s
}

// Close ends the server.
func (s *Server) Close() {
	s.http.CloseClientConnections()
	s.http.Close()
}

// Client is an HTTP client whose connections Close ends.
func (s *Server) Client() *http.Client { return s.http.Client() }

// AddUser makes an account.
func (s *Server) AddUser(name string) *User {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := &User{ID: s.id(), Name: name, Key: rand.Text()}
	s.users = append(s.users, u)
	return u
}

// AddApp registers an application. A secret may be empty.
func (s *Server) AddApp(id, secret string, redirects ...string) *App {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := &App{id, secret, redirects}
	s.apps[id] = a
	return a
}

// AddCommunity makes a community by its subdomain.
func (s *Server) AddCommunity(subdomain string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.community = append(s.community, subdomain)
}

// SetQuirks changes the form of the replies.
func (s *Server) SetQuirks(q Quirks) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.quirks = q
}

// SetQuota leaves n requests to the API, then answers 429; -1 for any number.
func (s *Server) SetQuota(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.quota = n
}

// Break makes something go wrong.
func (s *Server) Break(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.Times == 0 {
		f.Times = 1
	}
	s.faults = append(s.faults, &f)
}

// Mend forgets every fault.
func (s *Server) Mend() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// Advance moves the server's clock.
func (s *Server) Advance(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.offset += d
}

func (s *Server) now() time.Time { return time.Now().Add(s.offset) }

// Requests returns what was asked so far.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.log)
}

// Violations lists what clients did against Challonge's rules.
func (s *Server) Violations() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.violations)
}

// Reports returns how often a result of a match was accepted, however often it
// was the same one.
func (s *Server) Reports(match string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.tournament {
		for _, m := range t.matches() {
			if strconv.Itoa(m.id) == match {
				return m.reports
			}
		}
	}
	return 0
}

func (s *Server) id() int { s.nextID++; return s.nextID }

func (s *Server) violate(format string, args ...any) {
	s.violations = append(s.violations, fmt.Sprintf(format, args...))
}

// reply is an answer in the making.
type reply struct {
	status int
	header http.Header
	body   []byte
}

func (r *reply) json(status int, v any) {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	r.status, r.body = status, data
	r.header.Set("Content-Type", "application/vnd.api+json; charset=utf-8")
}

func (r *reply) page(status int) {
	r.status, r.body = status, []byte("<!DOCTYPE html>\n<html><body><h1>We're sorry, but something went wrong</h1></body></html>\n")
	r.header.Set("Content-Type", "text/html; charset=utf-8")
}

// serve is every request: faults first, then the routes.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	data, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return
	}
	seen := Request{Method: r.Method, Path: r.URL.RequestURI(), Body: string(data)}
	s.mu.Lock()
	var f Fault
	for _, have := range s.faults {
		if have.Times != 0 && (have.Method == "" || have.Method == r.Method) && strings.Contains(r.URL.Path, have.Path) {
			f = *have
			if have.Times > 0 {
				have.Times--
			}
			break
		}
	}
	s.mu.Unlock()
	if f.Delay > 0 {
		select {
		case <-time.After(f.Delay):
		case <-r.Context().Done():
			return
		}
	}

	s.mu.Lock()
	answer := &reply{header: http.Header{}}
	switch {
	case f.Drop == Before:
	case f.Status != 0 && f.HTML:
		answer.page(f.Status)
	case f.Status != 0:
		s.fail(answer, f.Status, "this was asked for by a test", "")
	case strings.HasPrefix(r.URL.Path, "/oauth/"):
		s.oauth(answer, r, string(data))
	default:
		s.api(answer, r, data)
	}
	if f.RetryAfter > 0 {
		answer.header.Set("Retry-After", strconv.Itoa(int(f.RetryAfter/time.Second)))
	}
	if f.Page {
		answer.page(http.StatusOK)
	}
	if f.Drop == 0 {
		seen.Status = answer.status
	}
	s.log = append(s.log, seen)
	s.mu.Unlock()

	if f.Drop != 0 {
		panic(http.ErrAbortHandler)
	}
	for name, values := range answer.header {
		w.Header()[name] = values
	}
	if f.Garble {
		answer.body = answer.body[:len(answer.body)/2]
	}
	w.WriteHeader(answer.status)
	w.Write(answer.body)
}

// fail answers with an error in the form of JSON:API.
func (s *Server) fail(w *reply, status int, detail, pointer string) {
	e := map[string]any{"status": status, "detail": detail}
	if pointer != "" {
		e["source"] = map[string]string{"pointer": "/data/attributes/" + pointer}
	}
	if s.quirks.ErrorsAsObject {
		w.json(status, map[string]any{"errors": e})
		return
	}
	w.json(status, map[string]any{"errors": []any{e}})
}

// problem is an error with a status.
type problem struct {
	status          int
	detail, pointer string
}

func (p problem) Error() string { return p.detail }

func invalid(pointer, format string, args ...any) error {
	return problem{http.StatusUnprocessableEntity, fmt.Sprintf(format, args...), pointer}
}

var missing = problem{status: http.StatusNotFound, detail: "Requested tournament not found"}

// call is a request to the API that has passed the doorkeeper.
type call struct {
	method string
	path   []string // after the prefix, without .json
	query  func(string) string
	who    *session
	own    string // community, if the route or the query names one
	app    bool   // a route below /application
	body   []byte

	// What the path names.
	tournament  *tournament
	participant *participant
	match       *match
	attachment  *attachment
}

// api checks what holds for every request and finds the route.
func (s *Server) api(w *reply, r *http.Request, data []byte) {
	if s.quota == 0 {
		s.fail(w, http.StatusTooManyRequests, "API quota exceeded for this billing period", "")
		return
	}
	if s.quota > 0 {
		s.quota--
	}
	if ua := r.UserAgent(); ua == "" || strings.HasPrefix(ua, "Go-http-client") {
		s.violate("%s %s: User-Agent %q says nothing", r.Method, r.URL.Path, ua)
	}
	if !strings.Contains(r.Header.Get("Accept"), "application/json") {
		s.violate("%s %s: no Accept: application/json", r.Method, r.URL.Path)
		s.fail(w, http.StatusNotAcceptable, "Accept must be application/json", "")
		return
	}
	if r.Header.Get("Content-Type") != "application/vnd.api+json" {
		s.violate("%s %s: Content-Type %q", r.Method, r.URL.Path, r.Header.Get("Content-Type"))
		s.fail(w, http.StatusUnsupportedMediaType, "Content-Type must be application/vnd.api+json", "")
		return
	}
	who := s.signedIn(r)
	if who == nil {
		s.fail(w, http.StatusUnauthorized, "authentication required", "")
		return
	}
	path, ok := strings.CutPrefix(r.URL.Path, "/v2.1/")
	if !ok || !strings.HasSuffix(path, ".json") {
		s.violate("%s %s: paths are below /v2.1 and end in .json", r.Method, r.URL.Path)
		w.page(http.StatusNotFound)
		return
	}
	c := call{method: r.Method, path: strings.Split(strings.TrimSuffix(path, ".json"), "/"), query: r.URL.Query().Get, who: who, body: data}
	switch {
	case c.path[0] == "communities" && len(c.path) > 2:
		c.own, c.path = c.path[1], c.path[2:]
		if !slices.Contains(s.community, c.own) {
			s.fail(w, http.StatusNotFound, "no such community", "")
			return
		}
	case c.path[0] == "application":
		c.app, c.path = true, c.path[1:]
		if !who.may("application:manage") {
			s.fail(w, http.StatusForbidden, "the scope application:manage is needed", "")
			return
		}
	default:
		c.own = c.query("community_id")
	}
	status, v, err := s.route(&c)
	var p problem
	switch {
	case errors.As(err, &p):
		s.fail(w, p.status, p.detail, p.pointer)
	case err != nil:
		s.fail(w, http.StatusInternalServerError, err.Error(), "")
	case status == http.StatusNoContent:
		w.status = status
	default:
		w.json(status, v)
	}
}

// need returns an error unless the caller has a scope, if any is needed.
func (c *call) need(scope string) error {
	if scope == "" || c.who.key || c.who.may(scope) || c.app {
		return nil
	}
	return problem{http.StatusForbidden, "the scope " + scope + " is needed", ""}
}

// attributes decodes the body of a request and checks its type.
func (s *Server) attributes(c *call, kind string, v any) error {
	var doc struct {
		Data *struct {
			Type       string          `json:"type"`
			Attributes json.RawMessage `json:"attributes"`
		} `json:"data"`
	}
	if err := json.Unmarshal(c.body, &doc); err != nil || doc.Data == nil || len(doc.Data.Attributes) == 0 {
		s.violate("%s %v: the body is not a JSON:API document", c.method, c.path)
		return problem{http.StatusBadRequest, "the body is not a JSON:API document", ""}
	}
	if !strings.EqualFold(doc.Data.Type, kind) {
		s.violate("%s %v: type %q instead of %q", c.method, c.path, doc.Data.Type, kind)
		return problem{http.StatusBadRequest, "wrong type of data", ""}
	}
	if err := json.Unmarshal(doc.Data.Attributes, v); err != nil {
		return problem{http.StatusBadRequest, err.Error(), ""}
	}
	return nil
}

// ident writes an id as the quirks have it.
func (s *Server) ident(id int) any {
	if s.quirks.NumericIDs {
		return id
	}
	return strconv.Itoa(id)
}

func (s *Server) thing(kind string, id int, attributes map[string]any) map[string]any {
	return map[string]any{"id": s.ident(id), "type": kind, "attributes": attributes}
}

// list answers with one page.
func (s *Server) list(c *call, all []map[string]any) any {
	size, _ := strconv.Atoi(c.query("per_page"))
	page, _ := strconv.Atoi(c.query("page"))
	if size <= 0 {
		size = 25
	}
	if s.quirks.PageLimit > 0 {
		size = min(size, s.quirks.PageLimit)
	}
	from := min(max(page-1, 0)*size, len(all))
	doc := map[string]any{"data": append([]map[string]any{}, all[from:min(from+size, len(all))]...)}
	if !s.quirks.NoCount {
		doc["meta"] = map[string]int{"count": len(all)}
	}
	return doc
}

func single(v map[string]any) any { return map[string]any{"data": v} }
