package challongetest

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// session is what a token stands for.
type session struct {
	user    *User // nil for an application's own
	app     *App
	key     bool // a personal key: everything of its user
	scopes  []string
	expires time.Time
}

func (s *session) may(scope string) bool { return slices.Contains(s.scopes, scope) }

// grant is a sign-in on its way.
type grant struct {
	app       *App
	scope     string
	redirect  string
	challenge string // PKCE
	user      *User  // who confirmed
	denied    bool
	expires   time.Time

	userCode string
	interval time.Duration
	polled   time.Time
	slow     bool
}

// TokenLife is how long an access token lives, as Challonge's do.
const TokenLife = 7 * 24 * time.Hour

// Visit makes u answer the authorization page from now on: it agrees, or with
// refuse says no. With nil the page stays open.
func (s *Server) Visit(u *User, refuse bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.visitor, s.refuse = u, refuse
}

// Confirm lets u confirm a code on the second device; it reports whether that
// code waits for it.
func (s *Server) Confirm(userCode string, u *User) bool {
	return s.device(userCode, func(g *grant) { g.user = u })
}

// Deny refuses a code on the second device.
func (s *Server) Deny(userCode string) bool {
	return s.device(userCode, func(g *grant) { g.denied = true })
}

// SetInterval is how often a device may poll, in whole seconds; 5 s at first.
func (s *Server) SetInterval(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.interval = d
}

// SlowDown makes the next poll for a code be answered with slow_down.
func (s *Server) SlowDown(userCode string) bool {
	return s.device(userCode, func(g *grant) { g.slow = true })
}

func (s *Server) device(userCode string, do func(*grant)) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, g := range s.devices {
		if g.userCode == userCode {
			do(g)
			return true
		}
	}
	return false
}

// ExpireTokens ends every access token; refresh tokens live on.
func (s *Server) ExpireTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.access)
}

// RevokeTokens ends every access and refresh token.
func (s *Server) RevokeTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.access)
	clear(s.refresh)
}

func (s *Server) oauth(w *reply, r *http.Request, data string) {
	form, _ := url.ParseQuery(data)
	switch r.Method + " " + r.URL.Path {
	case "GET /oauth/authorize":
		s.authorizePage(w, r.URL.Query())
	case "POST /oauth/authorize_device":
		s.startDevice(w, form)
	case "POST /oauth/token":
		if ua := r.UserAgent(); ua == "" || strings.HasPrefix(ua, "Go-http-client") {
			s.violate("POST /oauth/token: User-Agent %q says nothing", ua)
		}
		s.token(w, form)
	default:
		w.page(http.StatusNotFound)
	}
}

func oauthError(w *reply, status int, code string) {
	w.json(status, map[string]string{"error": code, "error_description": "a test server says " + code})
	w.header.Set("Content-Type", "application/json")
}

// authorizePage is the page on which a person allows an application.
func (s *Server) authorizePage(w *reply, q url.Values) {
	app := s.apps[q.Get("client_id")]
	if app == nil || !slices.Contains(app.Redirects, q.Get("redirect_uri")) || q.Get("response_type") != "code" {
		w.page(http.StatusUnauthorized)
		return
	}
	if s.visitor == nil {
		w.page(http.StatusOK)
		return
	}
	to, err := url.Parse(q.Get("redirect_uri"))
	if err != nil {
		w.page(http.StatusBadRequest)
		return
	}
	back := to.Query()
	back.Set("state", q.Get("state"))
	if s.refuse {
		back.Set("error", "access_denied")
	} else {
		code := rand.Text()
		s.codes[code] = &grant{app: app, scope: q.Get("scope"), redirect: q.Get("redirect_uri"), challenge: q.Get("code_challenge"),
			user: s.visitor, expires: s.now().Add(10 * time.Minute)}
		back.Set("code", code)
	}
	to.RawQuery = back.Encode()
	w.status = http.StatusFound
	w.header.Set("Location", to.String())
}

func (s *Server) startDevice(w *reply, form url.Values) {
	app := s.apps[form.Get("client_id")]
	if app == nil {
		oauthError(w, http.StatusUnauthorized, "invalid_client")
		return
	}
	text := rand.Text()
	g := &grant{app: app, scope: form.Get("scope"), userCode: text[:4] + "-" + text[4:8], interval: s.interval,
		expires: s.now().Add(5 * time.Minute), polled: s.now()}
	code := rand.Text()
	s.devices[code] = g
	page := s.URL + "/oauth/device"
	w.json(http.StatusOK, map[string]any{"device_code": code, "user_code": g.userCode, "verification_uri": page,
		"verification_uri_complete": page + "?user_code=" + g.userCode, "expires_in": 300, "interval": int(s.interval / time.Second)})
	w.header.Set("Content-Type", "application/json")
}

func (s *Server) token(w *reply, form url.Values) {
	app := s.apps[form.Get("client_id")]
	if app == nil || app.Secret != "" && form.Get("client_secret") != "" && form.Get("client_secret") != app.Secret {
		oauthError(w, http.StatusUnauthorized, "invalid_client")
		return
	}
	switch form.Get("grant_type") {
	case "authorization_code":
		g := s.codes[form.Get("code")]
		delete(s.codes, form.Get("code"))
		sum := sha256.Sum256([]byte(form.Get("code_verifier")))
		switch {
		case g == nil || g.app != app || g.expires.Before(s.now()) || g.redirect != form.Get("redirect_uri"):
			oauthError(w, http.StatusBadRequest, "invalid_grant")
		case g.challenge != "" && g.challenge != base64.RawURLEncoding.EncodeToString(sum[:]):
			oauthError(w, http.StatusBadRequest, "invalid_grant")
		case app.Secret != "" && form.Get("client_secret") == "":
			oauthError(w, http.StatusUnauthorized, "invalid_client")
		default:
			s.issue(w, app, g.user, g.scope, true)
		}
	case "refresh_token":
		old := s.refresh[form.Get("refresh_token")]
		if old == nil || old.app != app {
			oauthError(w, http.StatusBadRequest, "invalid_grant")
			return
		}
		delete(s.refresh, form.Get("refresh_token")) // each works once
		s.issue(w, app, old.user, strings.Join(old.scopes, " "), true)
	case "client_credentials":
		if app.Secret == "" || form.Get("client_secret") != app.Secret {
			oauthError(w, http.StatusUnauthorized, "invalid_client")
			return
		}
		s.issue(w, app, nil, form.Get("scope"), false)
	case "urn:ietf:params:oauth:grant-type:device_code", "device_code":
		s.pollDevice(w, app, form.Get("device_code"))
	default:
		oauthError(w, http.StatusBadRequest, "unsupported_grant_type")
	}
}

func (s *Server) pollDevice(w *reply, app *App, code string) {
	g := s.devices[code]
	now := s.now()
	switch {
	case g == nil || g.app != app:
		oauthError(w, http.StatusBadRequest, "invalid_grant")
	case now.After(g.expires):
		oauthError(w, http.StatusBadRequest, "expired_token")
	case g.denied:
		delete(s.devices, code)
		oauthError(w, http.StatusBadRequest, "access_denied")
	case g.slow, now.Sub(g.polled) < g.interval-100*time.Millisecond:
		if !g.slow {
			s.violate("device: polled after %v, the interval is %v", now.Sub(g.polled), g.interval)
		}
		g.slow = false
		g.interval += 5 * time.Second
		g.polled = now
		oauthError(w, http.StatusBadRequest, "slow_down")
	case g.user == nil:
		g.polled = now
		oauthError(w, http.StatusBadRequest, "authorization_pending")
	default:
		delete(s.devices, code)
		s.issue(w, app, g.user, g.scope, true)
	}
}

func (s *Server) issue(w *reply, app *App, u *User, scope string, refreshable bool) {
	ses := &session{user: u, app: app, scopes: strings.Fields(scope), expires: s.now().Add(TokenLife)}
	access := rand.Text()
	s.access[access] = ses
	doc := map[string]any{"access_token": access, "token_type": "Bearer", "expires_in": int(TokenLife / time.Second), "scope": scope, "created_at": s.now().Unix()}
	if refreshable {
		again := rand.Text()
		s.refresh[again] = ses
		doc["refresh_token"] = again
	}
	w.json(http.StatusOK, doc)
	w.header.Set("Content-Type", "application/json")
}

// signedIn finds out who asks, by either scheme of headers.
func (s *Server) signedIn(r *http.Request) *session {
	text := r.Header.Get("Authorization")
	switch r.Header.Get("Authorization-Type") {
	case "v1":
		for _, u := range s.users {
			if text == u.Key {
				return &session{user: u, key: true}
			}
		}
	case "v2":
		token, ok := strings.CutPrefix(text, "Bearer ")
		if ses := s.access[token]; ok && ses != nil && s.now().Before(ses.expires) {
			return ses
		}
	default:
		s.violate("%s %s: Authorization-Type %q", r.Method, r.URL.Path, r.Header.Get("Authorization-Type"))
	}
	return nil
}
