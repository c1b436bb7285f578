package ogstest

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// grant is a pair of tokens.
type grant struct {
	user            *User
	client          string
	scope           string
	access, refresh string
	ends            time.Time
}

// code is an authorization code, good for one use.
type code struct {
	user                        *User
	client, redirect, challenge string
	scope                       string
	ends                        time.Time
}

func (s *Server) grant(u *User, client, scope string) *grant {
	g := &grant{user: u, client: client, scope: scope, access: secret(), refresh: secret(), ends: time.Now().Add(s.opt.TokenLife)}
	s.tokens[g.access], s.refreshes[g.refresh] = g, g
	return g
}

// LoginAs says who signs in at the next visit of the authorization page; with
// deny, that person refuses with this OAuth error ("access_denied").
func (s *Server) LoginAs(u *User, deny string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.loginAs, s.denyLogin = u, deny
}

// client returns the registered application.
func (s *Server) client(id string) (OAuthClient, bool) {
	if len(s.opt.Clients) == 0 {
		return OAuthClient{ID: id}, id != ""
	}
	for _, c := range s.opt.Clients {
		if c.ID == id {
			return c, true
		}
	}
	return OAuthClient{}, false
}

var challengeForm = regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`)
var verifierForm = regexp.MustCompile(`^[A-Za-z0-9._~-]{43,128}$`)

func oauthError(w http.ResponseWriter, status int, name string) {
	reply(w, status, map[string]string{"error": name})
}

// oauth answers /oauth2/….
func (s *Server) oauth(w http.ResponseWriter, r *http.Request, body []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	form, _ := url.ParseQuery(string(body))
	switch r.Method + " " + r.URL.Path {
	case "GET /oauth2/authorize/":
		s.authorize(w, r)
		return
	case "GET /oauth2/userinfo/":
		if u := s.bearer(r); u != nil {
			reply(w, http.StatusOK, map[string]any{"sub": strconv.FormatInt(u.ID, 10), "preferred_username": u.Name})
		} else {
			oauthError(w, http.StatusUnauthorized, "invalid_token")
		}
		return
	case "POST /oauth2/token/", "POST /oauth2/revoke_token/", "POST /oauth2/introspect/":
	default:
		w.WriteHeader(http.StatusNotFound)
		return
	}
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		s.violation("%s with the content type %q", r.URL.Path, r.Header.Get("Content-Type"))
		oauthError(w, http.StatusBadRequest, "invalid_request")
		return
	}
	if r.URL.Path == "/oauth2/introspect/" {
		s.introspect(w, r, form.Get("token"))
		return
	}
	id, key := form.Get("client_id"), form.Get("client_secret")
	if u, p, ok := r.BasicAuth(); ok {
		id, key = u, p
	}
	client, ok := s.client(id)
	if !ok || client.Secret != key {
		oauthError(w, http.StatusUnauthorized, "invalid_client")
		return
	}
	if r.URL.Path == "/oauth2/revoke_token/" {
		s.revoke(form.Get("token"))
		w.WriteHeader(http.StatusOK)
		return
	}
	g, wrong := s.redeem(id, form)
	if wrong != "" {
		oauthError(w, http.StatusBadRequest, wrong)
		return
	}
	reply(w, http.StatusOK, map[string]any{"access_token": g.access, "token_type": "Bearer", "expires_in": int(s.opt.TokenLife.Seconds()),
		"refresh_token": g.refresh, "scope": g.scope})
}

func (s *Server) introspect(w http.ResponseWriter, r *http.Request, token string) {
	if s.bearer(r) == nil {
		oauthError(w, http.StatusForbidden, "insufficient_scope")
		return
	}
	g := s.tokens[token]
	if g == nil || time.Now().After(g.ends) {
		reply(w, http.StatusOK, map[string]any{"active": false})
		return
	}
	reply(w, http.StatusOK, map[string]any{"active": true, "scope": g.scope, "client_id": g.client, "username": g.user.Name, "exp": g.ends.Unix()})
}

// revoke ends a token: with a refresh token, the access token of its pair, too.
func (s *Server) revoke(token string) {
	for _, g := range []*grant{s.tokens[token], s.refreshes[token]} {
		if g != nil {
			delete(s.tokens, g.access)
			if g.refresh == token {
				delete(s.refreshes, g.refresh)
			}
		}
	}
}

// redeem turns a code or a refresh token of the client id into a pair of
// tokens, or says by the name of RFC 6749 what is wrong.
func (s *Server) redeem(id string, form url.Values) (g *grant, wrong string) {
	switch form.Get("grant_type") {
	case "authorization_code":
		c := s.codes[form.Get("code")]
		delete(s.codes, form.Get("code"))
		sum := sha256.Sum256([]byte(form.Get("code_verifier")))
		switch {
		case c == nil || time.Now().After(c.ends) || c.client != id || c.redirect != form.Get("redirect_uri"):
			return nil, "invalid_grant"
		case !verifierForm.MatchString(form.Get("code_verifier")) || base64.RawURLEncoding.EncodeToString(sum[:]) != c.challenge:
			s.violation("a code was exchanged with a wrong code_verifier")
			return nil, "invalid_grant"
		}
		return s.grant(c.user, id, c.scope), ""
	case "refresh_token":
		old := s.refreshes[form.Get("refresh_token")]
		if old == nil || old.client != id && old.client != "" {
			return nil, "invalid_grant"
		}
		delete(s.refreshes, old.refresh) // spent
		delete(s.tokens, old.access)
		return s.grant(old.user, id, old.scope), ""
	case "password":
		s.violation("a token was asked for with a password")
	}
	return nil, "unsupported_grant_type"
}

// authorize is the page at which a person signs in; here LoginAs has said who,
// and that person agrees at once.
func (s *Server) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	client, ok := s.client(q.Get("client_id"))
	back, err := url.Parse(q.Get("redirect_uri"))
	if !ok || err != nil || back.Host == "" || client.Redirect != "" && client.Redirect != q.Get("redirect_uri") {
		w.WriteHeader(http.StatusBadRequest)
		w.Write([]byte("<h1>Error: the application or its redirect address is not registered</h1>"))
		return
	}
	answer := back.Query()
	answer.Set("state", q.Get("state"))
	scopes := strings.Fields(q.Get("scope"))
	switch {
	case q.Get("response_type") != "code":
		answer.Set("error", "unsupported_response_type")
	case q.Get("code_challenge_method") != "S256" || !challengeForm.MatchString(q.Get("code_challenge")):
		s.violation("a sign-in without PKCE by S256")
		answer.Set("error", "invalid_request")
	case q.Get("state") == "":
		s.violation("a sign-in without state")
		answer.Set("error", "invalid_request")
	case slices.ContainsFunc(scopes, func(x string) bool { return x != "read" && x != "write" && x != "groups" }):
		answer.Set("error", "invalid_scope")
	case s.denyLogin != "":
		answer.Set("error", s.denyLogin)
		answer.Set("error_description", "The person did not agree.")
	case s.loginAs == nil:
		answer.Set("error", "access_denied")
	default:
		c := secret()
		s.codes[c] = &code{s.loginAs, client.ID, q.Get("redirect_uri"), q.Get("code_challenge"), q.Get("scope"), time.Now().Add(time.Minute)}
		answer.Set("code", c)
	}
	back.RawQuery = answer.Encode()
	http.Redirect(w, r, back.String(), http.StatusFound)
}
