package ogstest

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gobancam/gobancam/board"
)

// rest answers /api/v1/….
func (s *Server) rest(w http.ResponseWriter, r *http.Request, body []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	path, ok := strings.CutPrefix(strings.TrimRight(r.URL.Path, "/"), "/api/v1/")
	if !ok {
		w.WriteHeader(http.StatusNotFound)
		io.WriteString(w, "<!DOCTYPE html><title>Not found</title>")
		return
	}
	u, part := s.bearer(r), strings.Split(path, "/")
	key := r.Method + " " + shape(part)
	if s.restOpen(w, r, u, key, part) {
		return
	}
	if u == nil {
		detail(w, http.StatusUnauthorized, "Authentication credentials were not provided.")
		return
	}
	if s.uploads(w, r, u, key, part, body) {
		return
	}
	if (r.Method == http.MethodPost || r.Method == http.MethodPut || r.Method == http.MethodPatch) && r.Header.Get("Content-Type") != "application/json" {
		detail(w, http.StatusUnsupportedMediaType, "Unsupported media type in request.")
		return
	}
	s.restSigned(w, u, key, part, body)
}

// number is the id in a part of a path.
func number(part string) int64 {
	n, _ := strconv.ParseInt(part, 10, 64)
	return n
}

// restOpen answers what anybody may ask, true if it was such.
func (s *Server) restOpen(w http.ResponseWriter, r *http.Request, u *User, key string, part []string) bool {
	switch key {
	case "GET ui/config":
		s.config(w, u)
	case "GET players":
		results := []any{}
		for _, p := range s.users {
			if strings.EqualFold(p.Name, r.URL.Query().Get("username")) {
				results = append(results, s.player(p))
			}
		}
		reply(w, http.StatusOK, page(results))
	case "GET games/#", "GET games/#/sgf", "GET games/#/state":
		g := s.games[number(part[1])]
		switch {
		case g == nil:
			detail(w, http.StatusNotFound, "Not found.")
		case strings.HasSuffix(key, "/sgf"):
			w.Header().Set("Content-Type", "application/x-go-sgf")
			w.Write(g.sgf())
		case strings.HasSuffix(key, "/state"):
			reply(w, http.StatusOK, g.restState())
		default:
			reply(w, http.StatusOK, g.restRecord())
		}
	default:
		return s.reviewOpen(w, r, u, key, part)
	}
	return true
}

// page is a list of the REST interface, all on one page.
func page(results []any) map[string]any {
	return map[string]any{"count": len(results), "next": nil, "previous": nil, "results": results}
}

// gamesOf lists what of each game of u that fits is to be told.
func (s *Server) gamesOf(u *User, fits func(*Game) bool, tell func(*Game) map[string]any) []any {
	games := []any{}
	for _, g := range s.sortedGames() {
		if g.color(u) != board.Empty && fits(g) {
			games = append(games, tell(g))
		}
	}
	return games
}

// restSigned answers what an account is needed for.
func (s *Server) restSigned(w http.ResponseWriter, u *User, key string, part []string, body []byte) {
	switch key {
	case "GET me":
		reply(w, http.StatusOK, s.player(u))
	case "GET ui/overview":
		running := s.gamesOf(u, func(g *Game) bool { return g.phase != "finished" }, (*Game).overview)
		reply(w, http.StatusOK, map[string]any{"active_games": running, "challenges": []any{}})
	case "GET me/games":
		reply(w, http.StatusOK, page(s.gamesOf(u, func(*Game) bool { return true }, (*Game).restRecord)))
	case "GET me/challenges":
		s.listChallenges(w, u)
	case "POST challenges":
		s.postChallenge(w, u, nil, body)
	case "POST players/#/challenge":
		to := s.user(number(part[1]))
		if to == nil {
			detail(w, http.StatusNotFound, "Not found.")
			return
		}
		s.postChallenge(w, u, to, body)
	case "POST me/challenges/#/accept", "POST challenges/#/accept":
		s.acceptChallenge(w, u, number(part[len(part)-2]))
	case "DELETE me/challenges/#", "DELETE challenges/#":
		s.deleteChallenge(w, u, number(part[len(part)-1]))
	case "POST me/challenges/#":
		if bytes.Contains(body, []byte(`"delete"`)) {
			s.deleteChallenge(w, u, number(part[2]))
			return
		}
		detail(w, http.StatusBadRequest, "Bad request.")
	default:
		if !s.reviewSigned(w, u, key, part, body) && !s.recordSigned(w, u, key, part, body) {
			detail(w, http.StatusNotFound, "Not found.")
		}
	}
}

// shape is a path with # in place of its numbers.
func shape(part []string) string {
	out := slices.Clone(part)
	for i, p := range out {
		if _, err := strconv.ParseInt(p, 10, 64); err == nil {
			out[i] = "#"
		}
	}
	return strings.Join(out, "/")
}

func (s *Server) player(u *User) map[string]any {
	return map[string]any{"id": u.ID, "username": u.Name, "ranking": u.Rank, "country": "un", "professional": false, "ui_class": ""}
}

func (s *Server) config(w http.ResponseWriter, u *User) {
	if u == nil {
		reply(w, http.StatusOK, map[string]any{"user": map[string]any{"id": 0, "username": "Guest", "anonymous": true}, "user_jwt": "", "version": "test"})
		return
	}
	user := s.player(u)
	user["anonymous"] = false
	reply(w, http.StatusOK, map[string]any{"user": user, "user_jwt": s.newJWT(u), "chat_auth": "old", "notification_auth": "old", "version": "test"})
}

func (s *Server) sortedGames() []*Game {
	list := make([]*Game, 0, len(s.games))
	for _, g := range s.games {
		list = append(list, g)
	}
	slices.SortFunc(list, func(a, b *Game) int { return int(a.ID - b.ID) })
	return list
}
