package challongetest

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

func (s *Server) listTournaments(c *call) (any, error) {
	var list []map[string]any
	for _, t := range s.tournament {
		phase := "in_progress"
		switch t.state {
		case "pending":
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
	return s.list(c, list), nil
}

func (s *Server) createTournament(c *call) (any, error) {
	id := s.id()
	t := &tournament{id: id, owner: c.who.user, app: c.who.app, community: c.own, state: "pending", made: s.now(), url: "t" + strconv.Itoa(id), rounds: 2,
		groupKind: "round robin", groupSize: 4, groupAdvance: 2}
	if err := s.fill(c, t, true); err != nil {
		return nil, err
	}
	s.tournament = append(s.tournament, t)
	return single(s.showTournament(t)), nil
}

func (s *Server) oneTournament(c *call) (any, error) {
	return single(s.showTournament(c.tournament)), nil
}

func (s *Server) updateTournament(c *call) (any, error) {
	if err := s.fill(c, c.tournament, false); err != nil {
		return nil, err
	}
	return s.oneTournament(c)
}

func (s *Server) deleteTournament(c *call) (any, error) {
	s.tournament = without(s.tournament, c.tournament)
	return nil, nil
}

var slug = regexp.MustCompile(`^[A-Za-z0-9_]+$`)

// tournamentFields are the attributes of a tournament that a request may give.
type tournamentFields struct {
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
	Grouped *bool `json:"group_stage_enabled"`
	Groups  struct {
		Type    string `json:"stage_type"`
		Size    int    `json:"group_size"`
		Advance int    `json:"participant_count_to_advance_per_group"`
	} `json:"group_stage_options"`
}

// fill takes the attributes of a tournament from a request.
func (s *Server) fill(c *call, t *tournament, fresh bool) error {
	var a tournamentFields
	if err := s.attributes(c, "tournaments", &a); err != nil {
		return err
	}
	switch {
	case fresh && a.Name == nil, a.Name != nil && *a.Name == "":
		return invalid("name", "Name can't be blank")
	case fresh && a.Type == nil:
		return invalid("tournament_type", "Tournament type can't be blank")
	}
	if err := t.setKind(a.Type); err != nil {
		return err
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
	set(&t.grouped, a.Grouped)
	t.groupKind, t.groupSize, t.groupAdvance = cmp.Or(a.Groups.Type, t.groupKind), cmp.Or(a.Groups.Size, t.groupSize), cmp.Or(a.Groups.Advance, t.groupAdvance)
	switch {
	case !slices.Contains([]string{"round robin", "single elimination", "double elimination"}, t.groupKind):
		return invalid("group_stage_options/stage_type", "%s is not a type of groups", t.groupKind)
	case t.groupSize < 2 || t.groupAdvance < 1 || t.groupAdvance > t.groupSize:
		return invalid("group_stage_options/group_size", "of groups of %d, %d cannot go on", t.groupSize, t.groupAdvance)
	}
	if a.Match.Third != nil {
		if *a.Match.Third < 3 {
			return invalid("match_options/consolation_matches_target_rank", "must be at least 3")
		}
		t.third = true
	}
	set(&t.attachments, a.Match.Accept)
	set(&t.name, a.Name)
	set(&t.game, a.Game)
	set(&t.about, a.Description)
	set(&t.private, a.Private)
	if a.Starts != nil {
		t.starts = a.Starts
	}
	t.iterations = cmp.Or(a.RoundRobin.Iterations, t.iterations)
	t.rounds = cmp.Or(a.Swiss.Rounds, t.rounds)
	return nil
}

// setKind takes the form of a tournament that has not started.
func (t *tournament) setKind(kind *string) error {
	switch {
	case kind == nil:
		return nil
	case t.state != "pending":
		return invalid("tournament_type", "the tournament has started")
	}
	switch *kind {
	case "single elimination", "double elimination", "round robin", "swiss":
		t.kind = *kind
		return nil
	case "free for all":
		return invalid("tournament_type", "this test server knows no %s", *kind)
	}
	return invalid("tournament_type", "%s is not a type of tournament", *kind)
}

func (s *Server) changeTournament(c *call) (any, error) {
	var a struct {
		State string `json:"state"`
	}
	if err := s.attributes(c, "TournamentState", &a); err != nil {
		return nil, err
	}
	t := c.tournament
	before := t.state == "pending"
	switch {
	case len(t.players) < 2 && (a.State == "start" || a.State == "start_group_stage"):
		return nil, invalid("state", "at least 2 participants are required")
	case a.State == "start" && (before && !t.grouped || t.state == "group_stages_finalized"):
		t.state, t.started = "underway", s.now()
		s.drawFinal(t)
	case a.State == "start_group_stage" && before && t.grouped:
		t.state, t.started = "group_stages_underway", s.now()
		s.drawGroups(t)
	case a.State == "finalize_group_stage" && t.state == "group_stages_underway":
		if slices.ContainsFunc(t.stages, func(st *stage) bool { return !st.over() }) {
			return nil, invalid("state", "there are matches of groups without a result")
		}
		t.state = "group_stages_finalized"
	case a.State == "finalize" && t.state == "awaiting_review":
		t.state, t.completed = "complete", s.now()
		t.rank()
	case a.State == "reset" && !before:
		t.state, t.stages = "pending", nil
		for _, p := range t.players {
			p.rank, p.inGroup = 0, 0
		}
	default:
		return nil, invalid("state", "the tournament is %s: it cannot %s", t.state, a.State)
	}
	return s.oneTournament(c)
}

func (s *Server) showTournament(t *tournament) map[string]any {
	stamp := func(at time.Time) any {
		if at.IsZero() {
			return nil
		}
		return at.UTC().Format(time.RFC3339)
	}
	a := map[string]any{"name": t.name, "tournament_type": t.kind, "url": t.url, "full_challonge_url": s.URL + "/" + t.url, "game_name": t.game,
		"private": t.private, "description": t.about, "state": t.state, "starts_at": t.starts, "participants_count": len(t.players),
		"group_stage_enabled": t.grouped,
		"match_options":       map[string]any{"accept_attachments": t.attachments},
		"timestamps":          map[string]any{"created_at": stamp(t.made), "started_at": stamp(t.started), "completed_at": stamp(t.completed)}}
	if t.grouped {
		a["group_stage_options"] = map[string]any{"stage_type": t.groupKind, "group_size": t.groupSize, "participant_count_to_advance_per_group": t.groupAdvance}
	}
	return s.thing("tournament", t.id, a)
}
