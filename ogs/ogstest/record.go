package ogstest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// group is one whose members keep tournament records.
type group struct {
	id      int64
	name    string
	editors []*User
}

// A TournamentRecord is one of a group.
type TournamentRecord struct {
	s                           *Server
	ID                          int64
	Name, Description, Location string
	Players                     []RecordPlayer
	Rounds                      []*RecordRound // the newest first
	group                       *group
}

// RecordPlayer is a player of a tournament record; of a professional's rank 37, or
// 1 dan, it has 1037.
type RecordPlayer struct {
	ID   int64
	Name string
	Rank float64
}

// RecordRound is a round of a tournament record.
type RecordRound struct {
	ID          int64
	Name, Notes string
	Entries     []*RecordEntry // the newest first
}

// RecordEntry is a game, review or demo board in a round.
type RecordEntry struct {
	ID                 int64
	URL, Notes         string
	Game, Review       int64
	Name, Black, White string
}

// AddGroup makes a group in which editors may keep tournament records, and returns
// its number.
func (s *Server) AddGroup(name string, editors ...*User) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.nextID++
	s.groups[s.nextID] = &group{s.nextID, name, editors}
	return s.nextID
}

// Record returns a copy of a tournament record; nil if there is none.
func (s *Server) Record(id int64) *TournamentRecord {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.records[id]
	if t == nil {
		return nil
	}
	c := *t
	c.Players, c.Rounds = slices.Clone(t.Players), nil
	for _, r := range t.Rounds {
		round := *r
		round.Entries = slices.Clone(r.Entries)
		c.Rounds = append(c.Rounds, &round)
	}
	return &c
}

func (t *TournamentRecord) edits(u *User) bool { return slices.Contains(t.group.editors, u) }

func (t *TournamentRecord) round(id int64) *RecordRound {
	for _, r := range t.Rounds {
		if r.ID == id {
			return r
		}
	}
	return nil
}

// json is the record as it is told.
func (t *TournamentRecord) json(u *User) map[string]any {
	players, rounds := []any{}, []any{}
	for _, p := range t.Players {
		players = append(players, p.json())
	}
	for _, r := range t.Rounds {
		rounds = append(rounds, r.json())
	}
	return map[string]any{"id": t.ID, "name": t.Name, "description": t.Description, "location": t.Location, "group": t.group.id,
		"players": players, "rounds": rounds, "editable_by_current_user": t.edits(u)}
}

func (p RecordPlayer) json() map[string]any {
	return map[string]any{"id": p.ID, "name": p.Name, "rank": p.Rank}
}

func (r *RecordRound) json() map[string]any {
	entries := []any{}
	for _, e := range r.Entries {
		entries = append(entries, e.json())
	}
	return map[string]any{"id": r.ID, "name": r.Name, "notes": r.Notes, "entries": entries}
}

func (e *RecordEntry) json() map[string]any {
	m := map[string]any{"id": e.ID, "url": e.URL, "name": e.Name, "notes": e.Notes, "game_id": nil, "review_id": nil,
		"black": map[string]any{"id": 0, "username": e.Black}, "white": map[string]any{"id": 0, "username": e.White}}
	if e.Game != 0 {
		m["game_id"] = e.Game
	}
	if e.Review != 0 {
		m["review_id"] = e.Review
	}
	return m
}

// enter adds an entry for a review or a game to a round.
func (s *Server) enter(round *RecordRound, r *Review, g *Game, notes string) *RecordEntry {
	s.nextID++
	e := &RecordEntry{ID: s.nextID, Notes: notes}
	switch {
	case g != nil:
		e.Game, e.Name, e.Black, e.White = g.ID, g.spec.Name, g.players[1].Name, g.players[2].Name
		e.URL = "/game/" + decimal(g.ID)
	default:
		e.Review, e.Name, e.Black, e.White = r.ID, r.setup.Name, r.setup.Black, r.setup.White
		e.URL = "/review/" + decimal(r.ID)
		if r.demo {
			e.URL = "/demo/" + decimal(r.ID)
		}
	}
	round.Entries = append([]*RecordEntry{e}, round.Entries...)
	return e
}

var pagePath = regexp.MustCompile(`^/(game|review|demo|demo/view|review/view|game/view)/(\d+)(/.*)?$`)

// named finds what the address of a page is about.
func (s *Server) named(page string) (*Review, *Game) {
	u, err := url.Parse(strings.TrimSpace(page))
	if err != nil {
		return nil, nil
	}
	m := pagePath.FindStringSubmatch(u.Path)
	switch {
	case m == nil:
		return nil, nil
	case strings.HasPrefix(m[1], "game"):
		return nil, s.games[number(m[2])]
	}
	return s.reviews[number(m[2])], nil
}

// recordSigned answers what is asked about tournament records by who is signed in;
// false if it is nothing of it.
func (s *Server) recordSigned(w http.ResponseWriter, u *User, key string, part []string, body []byte) bool {
	if key == "POST tournament_records" {
		s.postRecord(w, u, body)
		return true
	}
	if part[0] != "tournament_records" || len(part) < 2 || !slices.Contains([]string{"PUT tournament_records/#", "POST tournament_records/#/rounds",
		"POST tournament_records/#/players", "POST tournament_records/#/round/#"}, key) {
		return false
	}
	t := s.records[number(part[1])]
	switch {
	case t == nil:
		detail(w, http.StatusNotFound, "Not found.")
		return true
	case !t.edits(u):
		detail(w, http.StatusForbidden, "You do not have permission to perform this action.")
		return true
	}
	var d struct {
		Name, Description, Location, Notes, URL *string
		Rank                                    *float64
	}
	if err := json.Unmarshal(body, &d); err != nil {
		s.violation("%s that is no JSON of the right form: %.80s", key, body)
		detail(w, http.StatusBadRequest, "Bad request.")
		return true
	}
	missing := func(fields ...*string) bool {
		if !slices.Contains(fields, nil) {
			return false
		}
		s.violation("%s with fields missing: %.120s", key, body)
		detail(w, http.StatusBadRequest, "Bad request.")
		return true
	}
	switch {
	case key == "PUT tournament_records/#":
		if !missing(d.Name, d.Description, d.Location) {
			t.Name, t.Description, t.Location = *d.Name, *d.Description, *d.Location
			reply(w, http.StatusOK, t.json(u))
		}
	case strings.HasSuffix(key, "/rounds"):
		if !missing(d.Name, d.Notes) {
			s.nextID++
			r := &RecordRound{ID: s.nextID, Name: *d.Name, Notes: *d.Notes}
			t.Rounds = append([]*RecordRound{r}, t.Rounds...)
			reply(w, http.StatusOK, r.json())
		}
	case strings.HasSuffix(key, "/players"):
		if missing(d.Name) {
			break
		}
		if d.Rank == nil || *d.Rank < 0 || *d.Rank > 45 && (*d.Rank < 1037 || *d.Rank > 1045) {
			s.violation("a player with a rank that there is not: %.120s", body)
			detail(w, http.StatusBadRequest, "Bad request.")
			break
		}
		s.nextID++
		p := RecordPlayer{ID: s.nextID, Name: *d.Name, Rank: *d.Rank}
		t.Players = append(t.Players, p)
		reply(w, http.StatusOK, p.json())
	default:
		s.postEntry(w, t.round(number(part[3])), d.URL, d.Notes, missing)
	}
	return true
}

func (s *Server) postEntry(w http.ResponseWriter, round *RecordRound, page, notes *string, missing func(...*string) bool) {
	if missing(page, notes) {
		return
	}
	r, g := s.named(*page)
	switch {
	case round == nil:
		detail(w, http.StatusNotFound, "Not found.")
	case r == nil && g == nil:
		detail(w, http.StatusBadRequest, "This is no link to a game, review, or demo board.")
	default:
		reply(w, http.StatusOK, s.enter(round, r, g, *notes).json())
	}
}

func (s *Server) postRecord(w http.ResponseWriter, u *User, body []byte) {
	var d struct {
		Group *int64
		Name  *string
	}
	if json.Unmarshal(body, &d) != nil || d.Group == nil || d.Name == nil || *d.Name == "" {
		s.violation("POST tournament_records without group and name: %.80s", body)
		detail(w, http.StatusBadRequest, "Bad request.")
		return
	}
	g := s.groups[*d.Group]
	switch {
	case g == nil:
		detail(w, http.StatusNotFound, "Not found.")
		return
	case !slices.Contains(g.editors, u):
		detail(w, http.StatusForbidden, "You do not have permission to perform this action.")
		return
	}
	s.nextID++
	t := &TournamentRecord{s: s, ID: s.nextID, Name: *d.Name, group: g}
	s.records[t.ID] = t
	reply(w, http.StatusOK, t.json(u))
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }
