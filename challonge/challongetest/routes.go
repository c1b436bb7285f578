package challongetest

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// A route is a call of the API: its method, its path, in which a word in braces
// stands for the id of such a thing, and the scope that an OAuth token needs.
type route struct {
	method, path, scope string
	// do answers: with nil for 204, else with status, or 200 if that is 0.
	do     func(*Server, *call) (any, error)
	status int
}

// routes are tried in this order.
var routes = []route{
	{"GET", "me", "me", (*Server).me, 0},
	{"GET", "communities", "", (*Server).communities, 0},

	{"GET", "tournaments", "tournaments:read", (*Server).listTournaments, 0},
	{"POST", "tournaments", "tournaments:write", (*Server).createTournament, http.StatusCreated},
	{"GET", "tournaments/{tournament}", "tournaments:read", (*Server).oneTournament, 0},
	{"PUT", "tournaments/{tournament}", "tournaments:write", (*Server).updateTournament, 0},
	{"DELETE", "tournaments/{tournament}", "tournaments:write", (*Server).deleteTournament, 0},
	{"PUT", "tournaments/{tournament}/change_state", "tournaments:write", (*Server).changeTournament, 0},

	{"GET", "tournaments/{tournament}/participants", "participants:read", (*Server).listParticipants, 0},
	{"POST", "tournaments/{tournament}/participants/bulk_add", "participants:write", (*Server).addParticipants, 0},
	{"DELETE", "tournaments/{tournament}/participants/clear", "participants:write", (*Server).clearParticipants, 0},
	{"PUT", "tournaments/{tournament}/participants/randomize", "participants:write", (*Server).shuffleParticipants, 0},
	{"PUT", "tournaments/{tournament}/participants/{participant}", "participants:write", (*Server).updateParticipant, 0},
	{"DELETE", "tournaments/{tournament}/participants/{participant}", "participants:write", (*Server).deleteParticipant, 0},

	{"GET", "tournaments/{tournament}/matches", "matches:read", (*Server).listMatches, 0},
	{"GET", "tournaments/{tournament}/matches/{match}", "matches:read", (*Server).oneMatch, 0},
	{"PUT", "tournaments/{tournament}/matches/{match}", "matches:write", (*Server).reportMatch, 0},
	{"PUT", "tournaments/{tournament}/matches/{match}/change_state", "matches:write", (*Server).changeMatch, 0},
	{"GET", "tournaments/{tournament}/matches/{match}/attachments", "matches:read", (*Server).listAttachments, 0},
	{"POST", "tournaments/{tournament}/matches/{match}/attachments", "matches:write", (*Server).attach, http.StatusCreated},
	{"DELETE", "tournaments/{tournament}/matches/{match}/attachments/{attachment}", "matches:write", (*Server).detach, 0},
}

// route finds and does what is asked for.
func (s *Server) route(c *call) (int, any, error) {
	wrong := problem{http.StatusNotFound, "no such route", ""}
	for _, r := range routes {
		ids, ok := r.fits(c.path)
		if !ok {
			continue
		}
		if r.method != c.method {
			wrong = problem{http.StatusMethodNotAllowed, "", ""}
			continue
		}
		if !s.find(c, ids) {
			return 0, nil, missing
		}
		if err := c.need(r.scope); err != nil {
			return 0, nil, err
		}
		v, err := r.do(s, c)
		if v == nil {
			return http.StatusNoContent, nil, err
		}
		return cmp.Or(r.status, http.StatusOK), v, err
	}
	return 0, nil, wrong
}

// fits reports whether a path is that of r, and the ids in it.
func (r route) fits(path []string) (ids map[string]string, ok bool) {
	words := strings.Split(r.path, "/")
	if len(words) != len(path) {
		return nil, false
	}
	ids = map[string]string{}
	for i, w := range words {
		if strings.HasPrefix(w, "{") {
			ids[strings.Trim(w, "{}")] = path[i]
		} else if w != path[i] {
			return nil, false
		}
	}
	return ids, true
}

// find looks up what the ids of a call name.
func (s *Server) find(c *call, ids map[string]string) bool {
	for _, kind := range []string{"tournament", "participant", "match", "attachment"} {
		id, ok := ids[kind]
		if !ok {
			continue
		}
		switch kind {
		case "tournament":
			c.tournament = pick(s.tournament, func(t *tournament) bool { return strconv.Itoa(t.id) == id || t.url == id })
			ok = c.tournament != nil && s.mine(c, c.tournament)
		case "participant":
			c.participant = pick(c.tournament.players, func(p *participant) bool { return strconv.Itoa(p.id) == id })
			ok = c.participant != nil
		case "match":
			c.match = pick(c.tournament.matches(), func(m *match) bool { return strconv.Itoa(m.id) == id })
			ok = c.match != nil
		case "attachment":
			c.attachment = pick(c.match.files, func(a *attachment) bool { return strconv.Itoa(a.id) == id })
			ok = c.attachment != nil
		}
		if !ok {
			return false
		}
	}
	return true
}

// pick returns the first that fits, or nil.
func pick[T any](list []*T, fits func(*T) bool) *T {
	if i := slices.IndexFunc(list, fits); i >= 0 {
		return list[i]
	}
	return nil
}

func without[T any](list []*T, x *T) []*T {
	return slices.DeleteFunc(list, func(o *T) bool { return o == x })
}

// set takes what a request gives.
func set[T any](to, given *T) {
	if given != nil {
		*to = *given
	}
}

// mine reports whether a tournament can be seen by a call: everybody sees
// their own, an application those made with it, and a community's are seen by
// its routes alone.
func (s *Server) mine(c *call, t *tournament) bool {
	switch {
	case c.app:
		return t.app == c.who.app
	case t.community != c.own:
		return false
	}
	return t.owner == c.who.user
}

func (s *Server) me(c *call) (any, error) {
	u := c.who.user
	if u == nil {
		return nil, problem{http.StatusNotFound, "an application is not a user", ""}
	}
	return single(s.thing("user", u.ID, map[string]any{"username": u.Name, "email": strings.ToLower(u.Name) + "@example.org"})), nil
}

func (s *Server) communities(c *call) (any, error) {
	var list []map[string]any
	for i, name := range s.community {
		list = append(list, s.thing("community", i+1, map[string]any{"name": name, "subdomain": name}))
	}
	return s.list(c, list), nil
}
