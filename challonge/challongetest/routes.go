package challongetest

import (
	"cmp"
	"math/rand/v2"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// route finds and does what is asked for.
func (s *Server) route(c *call) (int, any, error) {
	p := c.path
	what := c.method + " " + p[0]
	switch {
	case what == "GET me" && len(p) == 1:
		if err := c.need("me"); err != nil {
			return 0, nil, err
		}
		if c.who.user == nil {
			return 0, nil, problem{http.StatusNotFound, "an application is no user", ""}
		}
		u := c.who.user
		return single(http.StatusOK, s.thing("user", u.ID, map[string]any{"username": u.Name, "email": strings.ToLower(u.Name) + "@example.org"}))
	case what == "GET communities" && len(p) == 1:
		var list []map[string]any
		for i, name := range s.community {
			list = append(list, s.thing("community", i+1, map[string]any{"name": name, "subdomain": name}))
		}
		return s.list(c, list)
	case p[0] != "tournaments":
		return 0, nil, problem{http.StatusNotFound, "no such route", ""}
	case len(p) == 1:
		return s.tournaments(c)
	}
	i := slices.IndexFunc(s.tournament, func(t *tournament) bool { return strconv.Itoa(t.id) == p[1] || t.url == p[1] })
	if i < 0 || !s.mine(c, s.tournament[i]) {
		return 0, nil, missing
	}
	t := s.tournament[i]
	switch {
	case len(p) == 2:
		return s.oneTournament(c, t)
	case p[2] == "change_state":
		return s.changeTournament(c, t)
	case p[2] == "participants":
		return s.participants(c, t)
	case p[2] == "matches" && len(p) == 3:
		return s.matches(c, t)
	case p[2] == "matches":
		all := t.matches()
		i := slices.IndexFunc(all, func(m *match) bool { return strconv.Itoa(m.id) == p[3] })
		if i < 0 {
			return 0, nil, missing
		}
		return s.oneMatch(c, t, all[i])
	}
	return 0, nil, problem{http.StatusNotFound, "no such route", ""}
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

func (s *Server) tournaments(c *call) (int, any, error) {
	switch c.method {
	case http.MethodGet:
		if err := c.need("tournaments:read"); err != nil {
			return 0, nil, err
		}
		var list []map[string]any
		for _, t := range s.tournament {
			phase := "in_progress"
			switch t.state {
			case "pending", "checking_in", "checked_in", "accepting_predictions":
				phase = "pending"
			case "complete":
				phase = "ended"
			}
			if !s.mine(c, t) || c.query("state") != "" && c.query("state") != phase ||
				c.query("type") != "" && c.query("type") != strings.ReplaceAll(t.kind, " ", "_") {
				continue
			}
			if after, err := time.Parse("01/02/2006", c.query("created_after")); err == nil && t.made.Before(after) {
				continue
			}
			if before, err := time.Parse("01/02/2006", c.query("created_before")); err == nil && t.made.After(before) {
				continue
			}
			list = append(list, s.showTournament(t))
		}
		return s.list(c, list)
	case http.MethodPost:
		if err := c.need("tournaments:write"); err != nil {
			return 0, nil, err
		}
		id := s.id()
		t := &tournament{id: id, owner: c.who.user, app: c.who.app, community: c.own, state: "pending", made: s.now(), url: "t" + strconv.Itoa(id), rounds: 2,
			groupKind: "round robin", groupSize: 4, groupAdvance: 2}
		if err := s.fill(c, t, true); err != nil {
			return 0, nil, err
		}
		s.tournament = append(s.tournament, t)
		return single(http.StatusCreated, s.showTournament(t))
	}
	return 0, nil, problem{http.StatusMethodNotAllowed, "", ""}
}

var slug = regexp.MustCompile(`^[A-Za-z0-9_]+$`)

// fill takes the attributes of a tournament from a request.
func (s *Server) fill(c *call, t *tournament, fresh bool) error {
	var a struct {
		Name        *string    `json:"name"`
		Type        *string    `json:"tournament_type"`
		URL         *string    `json:"url"`
		Game        *string    `json:"game_name"`
		Description *string    `json:"description"`
		Private     *bool      `json:"private"`
		Starts      *time.Time `json:"starts_at"`
		Match       struct {
			Third  *int  `json:"consolation_matches_target_rank"`
			Accept *bool `json:"accept_attachments"`
		} `json:"match_options"`
		RoundRobin struct {
			Iterations int `json:"iterations"`
		} `json:"round_robin_options"`
		Swiss struct {
			Rounds int `json:"rounds"`
		} `json:"swiss_options"`
		Double struct {
			GrandFinals *string `json:"grand_finals_modifier"`
		} `json:"double_elimination_options"`
		Grouped *bool `json:"group_stage_enabled"`
		Groups  struct {
			Type    string `json:"stage_type"`
			Size    int    `json:"group_size"`
			Advance int    `json:"participant_count_to_advance_per_group"`
		} `json:"group_stage_options"`
	}
	if err := s.attributes(c, "tournaments", &a); err != nil {
		return err
	}
	if fresh && (a.Name == nil || *a.Name == "") || a.Name != nil && *a.Name == "" {
		return invalid("name", "Name can't be blank")
	}
	if fresh && a.Type == nil {
		return invalid("tournament_type", "Tournament type can't be blank")
	}
	if a.Type != nil {
		if t.state != "pending" {
			return invalid("tournament_type", "the tournament has started")
		}
		switch *a.Type {
		case "single elimination", "double elimination", "round robin", "swiss":
			t.kind = *a.Type
		case "free for all":
			return invalid("tournament_type", "this test server knows no %s", *a.Type)
		default:
			return invalid("tournament_type", "%s is no type of tournament", *a.Type)
		}
	}
	if a.URL != nil {
		if !slug.MatchString(*a.URL) {
			return invalid("url", "URL may hold letters, digits and underscores only")
		}
		if slices.ContainsFunc(s.tournament, func(o *tournament) bool { return o != t && o.url == *a.URL }) {
			return invalid("url", "URL is already taken")
		}
		t.url = *a.URL
	}
	if m := a.Double.GrandFinals; m != nil {
		if !slices.Contains([]string{"", "single match", "single", "skip"}, *m) {
			return invalid("double_elimination_options/grand_finals_modifier", "%q is not one of them", *m)
		}
		t.grandFinals = *m
	}
	if a.Grouped != nil {
		t.grouped = *a.Grouped
	}
	t.groupKind, t.groupSize, t.groupAdvance = cmp.Or(a.Groups.Type, t.groupKind), cmp.Or(a.Groups.Size, t.groupSize), cmp.Or(a.Groups.Advance, t.groupAdvance)
	switch {
	case !slices.Contains([]string{"round robin", "single elimination", "double elimination"}, t.groupKind):
		return invalid("group_stage_options/stage_type", "%s is no type of groups", t.groupKind)
	case t.groupSize < 2 || t.groupAdvance < 1 || t.groupAdvance > t.groupSize:
		return invalid("group_stage_options/group_size", "of groups of %d, %d cannot go on", t.groupSize, t.groupAdvance)
	}
	if a.Match.Third != nil {
		if *a.Match.Third < 3 {
			return invalid("match_options/consolation_matches_target_rank", "must be at least 3")
		}
		t.third = true
	}
	if a.Match.Accept != nil {
		t.attachments = *a.Match.Accept
	}
	for _, set := range []struct {
		from *string
		to   *string
	}{{a.Name, &t.name}, {a.Game, &t.game}, {a.Description, &t.about}} {
		if set.from != nil {
			*set.to = *set.from
		}
	}
	if a.Private != nil {
		t.private = *a.Private
	}
	if a.Starts != nil {
		t.starts = a.Starts
	}
	t.iterations = cmp.Or(a.RoundRobin.Iterations, t.iterations)
	t.rounds = cmp.Or(a.Swiss.Rounds, t.rounds)
	return nil
}

func (s *Server) oneTournament(c *call, t *tournament) (int, any, error) {
	switch c.method {
	case http.MethodGet:
		if err := c.need("tournaments:read"); err != nil {
			return 0, nil, err
		}
		return single(http.StatusOK, s.showTournament(t))
	case http.MethodPut:
		if err := c.need("tournaments:write"); err != nil {
			return 0, nil, err
		}
		if err := s.fill(c, t, false); err != nil {
			return 0, nil, err
		}
		return single(http.StatusOK, s.showTournament(t))
	case http.MethodDelete:
		if err := c.need("tournaments:write"); err != nil {
			return 0, nil, err
		}
		s.tournament = slices.DeleteFunc(s.tournament, func(o *tournament) bool { return o == t })
		return http.StatusNoContent, nil, nil
	}
	return 0, nil, problem{http.StatusMethodNotAllowed, "", ""}
}

func (s *Server) changeTournament(c *call, t *tournament) (int, any, error) {
	if err := c.need("tournaments:write"); err != nil {
		return 0, nil, err
	}
	if c.method != http.MethodPut {
		return 0, nil, problem{http.StatusMethodNotAllowed, "", ""}
	}
	var a struct {
		State string `json:"state"`
	}
	if err := s.attributes(c, "TournamentState", &a); err != nil {
		return 0, nil, err
	}
	before := slices.Contains([]string{"pending", "checking_in", "checked_in", "accepting_predictions"}, t.state)
	switch {
	case a.State == "process_checkin" && before:
		t.state = "checked_in"
	case a.State == "abort_checkin" && before:
		t.state = "pending"
	case a.State == "open_predictions" && before:
		t.state = "accepting_predictions"
	case len(t.players) < 2 && (a.State == "start" || a.State == "start_group_stage"):
		return 0, nil, invalid("state", "at least 2 participants are required")
	case a.State == "start" && (before && !t.grouped || t.state == "group_stages_finalized"):
		t.state, t.started = "underway", s.now()
		s.drawFinal(t)
	case a.State == "start_group_stage" && before && t.grouped:
		t.state, t.started = "group_stages_underway", s.now()
		s.drawGroups(t)
	case a.State == "finalize_group_stage" && t.state == "group_stages_underway":
		if !slices.ContainsFunc(t.stages, func(st *stage) bool { return !st.over() }) {
			t.state = "group_stages_finalized"
			break
		}
		return 0, nil, invalid("state", "there are matches of groups without a result")
	case a.State == "reset_group_stage" && strings.HasPrefix(t.state, "group_stages"):
		t.reset()
	case a.State == "finalize" && t.state == "awaiting_review":
		t.state, t.completed = "complete", s.now()
		t.rank()
	case a.State == "reset" && !before:
		t.reset()
	default:
		return 0, nil, invalid("state", "the tournament is %s: it cannot %s", t.state, a.State)
	}
	return single(http.StatusOK, s.showTournament(t))
}

// reset takes a tournament back to before its start.
func (t *tournament) reset() {
	t.state, t.stages = "pending", nil
	for _, p := range t.players {
		p.rank, p.inGroup = 0, 0
	}
}

type participantFields struct {
	Name     *string `json:"name"`
	Seed     *int    `json:"seed"`
	Misc     *string `json:"misc"`
	Email    *string `json:"email"`
	Username *string `json:"username"`
}

// enter puts a new participant in.
func (s *Server) enter(t *tournament, f participantFields) (*participant, error) {
	p := &participant{id: s.id(), seed: len(t.players) + 1}
	if f.Username != nil {
		p.username, p.name = *f.Username, *f.Username
	}
	if f.Name != nil {
		p.name = *f.Name
	}
	switch {
	case p.name == "" && f.Email == nil:
		return nil, invalid("name", "Name can't be blank")
	case slices.ContainsFunc(t.players, func(o *participant) bool { return o.name == p.name }):
		return nil, invalid("name", "Name has already been taken")
	}
	if f.Misc != nil {
		p.misc = *f.Misc
	}
	t.players = append(t.players, p)
	if f.Seed != nil {
		t.seed(p, *f.Seed)
	}
	return p, nil
}

// seed puts p at a place and moves the others.
func (t *tournament) seed(p *participant, seed int) {
	slices.SortFunc(t.players, func(a, b *participant) int { return a.seed - b.seed })
	t.players = slices.DeleteFunc(t.players, func(o *participant) bool { return o == p })
	t.players = slices.Insert(t.players, min(max(seed, 1), len(t.players)+1)-1, p)
	t.renumber()
}

func (t *tournament) renumber() {
	for i, p := range t.players {
		p.seed = i + 1
	}
}

func (s *Server) participants(c *call, t *tournament) (int, any, error) {
	rest := c.path[3:]
	what := c.method
	if len(rest) > 0 {
		what += " " + rest[0]
	}
	scope := "participants:write"
	if c.method == http.MethodGet {
		scope = "participants:read"
	}
	if err := c.need(scope); err != nil {
		return 0, nil, err
	}
	show := func() (int, any, error) {
		var list []map[string]any
		for _, p := range t.players {
			list = append(list, s.showParticipant(t, p))
		}
		return s.list(c, list)
	}
	running := t.state != "pending" && t.state != "checked_in" && t.state != "accepting_predictions"
	closed := invalid("", "the tournament has started")
	switch what {
	case "GET":
		return show()
	case "POST":
		var f participantFields
		if err := s.attributes(c, "participants", &f); err != nil {
			return 0, nil, err
		}
		if running {
			return 0, nil, closed
		}
		p, err := s.enter(t, f)
		if err != nil {
			return 0, nil, err
		}
		return single(http.StatusOK, s.showParticipant(t, p))
	case "POST bulk_add":
		var a struct {
			Participants []participantFields `json:"participants"`
		}
		if err := s.attributes(c, "participants", &a); err != nil {
			return 0, nil, err
		}
		if running {
			return 0, nil, closed
		}
		if n := len(a.Participants); n < 1 || n > 20 {
			return 0, nil, invalid("participants", "between 1 and 20 participants can be added, not %d", n)
		}
		was := slices.Clone(t.players)
		list := []map[string]any{}
		for _, f := range a.Participants {
			p, err := s.enter(t, f)
			if err != nil {
				t.players = was
				return 0, nil, err
			}
			list = append(list, s.showParticipant(t, p))
		}
		return http.StatusOK, map[string]any{"data": list}, nil
	case "DELETE clear":
		if running {
			return 0, nil, closed
		}
		t.players = nil
		return http.StatusNoContent, nil, nil
	case "PUT randomize":
		if running {
			return 0, nil, closed
		}
		rand.Shuffle(len(t.players), func(i, j int) { t.players[i], t.players[j] = t.players[j], t.players[i] })
		t.renumber()
		return show()
	}
	i := slices.IndexFunc(t.players, func(p *participant) bool { return len(rest) == 1 && strconv.Itoa(p.id) == rest[0] })
	if i < 0 {
		return 0, nil, missing
	}
	p := t.players[i]
	switch c.method {
	case http.MethodGet:
		return single(http.StatusOK, s.showParticipant(t, p))
	case http.MethodPut:
		var f participantFields
		if err := s.attributes(c, "participants", &f); err != nil {
			return 0, nil, err
		}
		if f.Name != nil {
			p.name = *f.Name
		}
		if f.Misc != nil {
			p.misc = *f.Misc
		}
		if f.Seed != nil {
			if running {
				return 0, nil, closed
			}
			t.seed(p, *f.Seed)
		}
		return single(http.StatusOK, s.showParticipant(t, p))
	case http.MethodDelete:
		if running {
			p.inactive = true
			return single(http.StatusOK, s.showParticipant(t, p))
		}
		t.players = slices.Delete(t.players, i, i+1)
		t.renumber()
		return http.StatusNoContent, nil, nil
	}
	return 0, nil, problem{http.StatusMethodNotAllowed, "", ""}
}

func (s *Server) matches(c *call, t *tournament) (int, any, error) {
	if err := c.need("matches:read"); err != nil {
		return 0, nil, err
	}
	if c.method != http.MethodGet {
		return 0, nil, problem{http.StatusMethodNotAllowed, "", ""}
	}
	var list []map[string]any
	for _, m := range t.matches() {
		if q := c.query("state"); q != "" && q != m.state() {
			continue
		}
		if q := c.query("participant_id"); q != "" && !slices.ContainsFunc(m.players[:], func(p *participant) bool {
			return p != nil && (strconv.Itoa(p.id) == q || strconv.Itoa(m.idOf(p)) == q)
		}) {
			continue
		}
		list = append(list, s.showMatch(m))
	}
	return s.list(c, list)
}

func (s *Server) oneMatch(c *call, t *tournament, m *match) (int, any, error) {
	scope := "matches:write"
	if c.method == http.MethodGet {
		scope = "matches:read"
	}
	if err := c.need(scope); err != nil {
		return 0, nil, err
	}
	rest := c.path[4:]
	switch {
	case len(rest) == 0 && c.method == http.MethodGet:
		return single(http.StatusOK, s.showMatch(m))
	case len(rest) == 0 && c.method == http.MethodPut:
		if err := s.report(c, t, m); err != nil {
			return 0, nil, err
		}
		return single(http.StatusOK, s.showMatch(m))
	case len(rest) == 1 && rest[0] == "change_state" && c.method == http.MethodPut:
		if err := s.changeMatch(c, t, m); err != nil {
			return 0, nil, err
		}
		return single(http.StatusOK, s.showMatch(m))
	case len(rest) > 0 && rest[0] == "attachments":
		return s.attachments(c, t, m, rest[1:])
	}
	return 0, nil, problem{http.StatusNotFound, "no such route", ""}
}

// report takes a result.
func (s *Server) report(c *call, t *tournament, m *match) error {
	var a struct {
		Match []struct {
			Participant any    `json:"participant_id"`
			Sets        string `json:"score_set"`
			Rank        int    `json:"rank"`
			Advancing   bool   `json:"advancing"`
		} `json:"match"`
		Tie bool `json:"tie"`
	}
	if err := s.attributes(c, "Match", &a); err != nil {
		return err
	}
	switch {
	case !t.open(m):
		return invalid("", "the tournament is %s", t.state)
	case m.state() == "pending":
		return invalid("", "the players of this match are not known yet")
	case len(a.Match) != 2:
		return invalid("match", "two participants are required")
	}
	var sets [2][]int
	var filled [2]bool
	winner := 0
	for _, side := range a.Match {
		id := ""
		switch v := side.Participant.(type) {
		case string:
			id = v
		case float64:
			id = strconv.Itoa(int(v))
		}
		i := slices.IndexFunc(m.players[:], func(p *participant) bool { return strconv.Itoa(m.idOf(p)) == id })
		if i < 0 || filled[i] {
			return invalid("match", "%v does not play in this match", side.Participant)
		}
		filled[i] = true
		for text := range strings.SplitSeq(side.Sets, ",") {
			n, err := strconv.Atoi(text)
			if err != nil {
				return invalid("match/score_set", "Scores can't be blank")
			}
			sets[i] = append(sets[i], n)
		}
		if side.Advancing {
			if winner != 0 {
				return invalid("match/advancing", "only one can advance")
			}
			winner = i + 1
		}
	}
	switch {
	case len(sets[0]) != len(sets[1]):
		return invalid("match/score_set", "both need the same number of sets")
	case a.Tie && winner != 0:
		return invalid("tie", "nobody advances from a tie")
	case a.Tie && strings.HasSuffix(m.stage.kind, "elimination"):
		return invalid("tie", "there are no ties in an elimination")
	}
	m.sets = nil
	for i := range sets[0] {
		m.sets = append(m.sets, [2]int{sets[0][i], sets[1][i]})
	}
	if winner == 0 && !a.Tie {
		return nil // the score of a match that goes on
	}
	if m.done && (m.winner != winner || m.tie != a.Tie) {
		branchSwiss(m)
	}
	m.winner, m.tie, m.done, m.underway = winner, a.Tie, true, time.Time{}
	m.reports++
	s.advance(t)
	return nil
}

// open reports whether results of m are taken: those of groups until the
// groups are over, the others until the tournament is.
func (t *tournament) open(m *match) bool {
	if m.stage.group != 0 {
		return t.state == "group_stages_underway"
	}
	return t.state == "underway" || t.state == "awaiting_review"
}

// branchSwiss drops the rounds that rest on a result which changes.
func branchSwiss(m *match) {
	if st := m.stage; st.kind == "swiss" {
		st.matches = slices.DeleteFunc(st.matches, func(o *match) bool { return o.round > m.round })
	}
}

func (s *Server) changeMatch(c *call, t *tournament, m *match) error {
	var a struct {
		State string `json:"state"`
	}
	if err := s.attributes(c, "MatchState", &a); err != nil {
		return err
	}
	if s.quirks.NoUnderway && a.State != "reopen" {
		return problem{http.StatusInternalServerError, "", ""}
	}
	switch {
	case a.State == "mark_as_underway" && m.state() == "open":
		m.underway = s.now()
	case a.State == "unmark_as_underway" && m.state() == "open":
		m.underway = time.Time{}
	case a.State == "reopen" && m.done && t.open(m):
		m.clear()
		branchSwiss(m)
		s.advance(t)
	default:
		return invalid("state", "the match is %s: it cannot %s", m.state(), a.State)
	}
	return nil
}

func (s *Server) attachments(c *call, t *tournament, m *match, rest []string) (int, any, error) {
	show := func(a *attachment) map[string]any {
		return s.thing("match_attachment", a.id, map[string]any{"url": a.url, "description": a.text})
	}
	switch {
	case c.method == http.MethodGet && len(rest) == 0:
		var list []map[string]any
		for _, a := range m.files {
			list = append(list, show(a))
		}
		return s.list(c, list)
	case c.method == http.MethodPost && len(rest) == 0:
		if !t.attachments {
			return 0, nil, invalid("", "this tournament accepts no attachments")
		}
		var f struct {
			URL         string `json:"url"`
			Description string `json:"description"`
		}
		if err := s.attributes(c, "MatchAttachment", &f); err != nil {
			return 0, nil, err
		}
		if f.URL == "" && f.Description == "" {
			return 0, nil, invalid("url", "an attachment needs a link or a text")
		}
		a := &attachment{s.id(), f.URL, f.Description}
		m.files = append(m.files, a)
		return single(http.StatusCreated, show(a))
	case c.method == http.MethodDelete && len(rest) == 1:
		i := slices.IndexFunc(m.files, func(a *attachment) bool { return strconv.Itoa(a.id) == rest[0] })
		if i < 0 {
			return 0, nil, missing
		}
		m.files = slices.Delete(m.files, i, i+1)
		return http.StatusNoContent, nil, nil
	}
	return 0, nil, problem{http.StatusMethodNotAllowed, "", ""}
}
