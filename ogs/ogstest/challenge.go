package ogstest

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"

	"github.com/gobancam/gobancam/board"
)

// challenge is one that stands.
type challenge struct {
	id, game int64
	uuid     string
	from, to *User // to is nil for an open one
	color    string
	spec     Setup
	speed    string
	alive    time.Time
	body     map[string]any
}

// challengeFields are what the body of a challenge has to hold: for want of
// one, the real server fails with a page.
var challengeFields = struct{ top, game []string }{
	[]string{"initialized", "min_ranking", "max_ranking", "challenger_color", "rengo_auto_start", "game"},
	[]string{"name", "rules", "ranked", "width", "height", "handicap", "komi_auto", "disable_analysis", "initial_state",
		"private", "rengo", "pause_on_weekends", "time_control", "time_control_parameters"},
}

// postedChallenge is the body of a challenge.
type postedChallenge struct {
	Color string `json:"challenger_color"`
	Game  struct {
		Name, Rules   string
		Width, Height int
		Ranked        bool
		Private       bool
		Handicap      int
		KomiAuto      string `json:"komi_auto"`
		Komi          *float64
		Initial       *struct{ Black, White string } `json:"initial_state"`
		System        string                         `json:"time_control"`
		Params        map[string]any                 `json:"time_control_parameters"`
	}
	raw, game map[string]json.RawMessage
	time      TimeControl
}

// parseChallenge reads the body of a challenge; its error is what a
// well-behaved client does not do, and the real server fails at.
func parseChallenge(body []byte) (*postedChallenge, error) {
	p := new(postedChallenge)
	if json.Unmarshal(body, &p.raw) != nil || json.Unmarshal(p.raw["game"], &p.game) != nil || json.Unmarshal(body, p) != nil {
		return nil, fmt.Errorf("a challenge that is no JSON of the right form: %.200s", body)
	}
	for _, f := range challengeFields.top {
		if _, ok := p.raw[f]; !ok {
			return nil, fmt.Errorf("a challenge without %s", f)
		}
	}
	for _, f := range challengeFields.game {
		if _, ok := p.game[f]; !ok {
			return nil, fmt.Errorf("a challenge without game.%s", f)
		}
	}
	g := &p.Game
	var err error
	if p.time, err = timeControl(g.Params); err != nil {
		return nil, fmt.Errorf("a challenge with time_control_parameters %v: %w", g.Params, err)
	}
	system, _ := g.Params["system"].(string)
	if _, hasSpeed := g.Params["speed"].(string); g.System == "" || g.System != system || g.Params["time_control"] != g.System || !hasSpeed {
		return nil, errors.New("a challenge whose clock system or speed does not stand in all its places")
	}
	if _, hasKomi := p.game["komi"]; g.KomiAuto != "automatic" && g.KomiAuto != "custom" || (g.KomiAuto == "custom") != hasKomi {
		return nil, fmt.Errorf("a challenge with komi_auto %q and komi there: %v", g.KomiAuto, hasKomi)
	}
	return p, nil
}

// refused says in the server's words why a challenge that is in order is not
// taken; empty if it is.
func (p *postedChallenge) refused() string {
	g := &p.Game
	switch {
	case g.Name == "", !slices.Contains([]string{"automatic", "black", "white", "random"}, p.Color),
		g.Width < 1, g.Width > 25, g.Height < 1, g.Height > 25, g.Handicap < -1, g.Handicap > 36:
		return "The challenge has values that are not allowed."
	case g.Ranked && (g.Width != g.Height || g.Width != 9 && g.Width != 13 && g.Width != 19 || g.KomiAuto == "custom" || g.Handicap > 9 || g.Private):
		return "A ranked game cannot have these settings."
	case g.Width != g.Height:
		return "This server has square boards only."
	}
	return ""
}

func (p *postedChallenge) setup() Setup {
	g := &p.Game
	spec := Setup{Name: g.Name, Size: g.Width, Rules: g.Rules, Komi: g.Komi, Handicap: max(g.Handicap, 0), Ranked: g.Ranked, Time: p.time}
	if g.Initial != nil {
		spec.SetupBlack, spec.SetupWhite = g.Initial.Black, g.Initial.White
	}
	return spec
}

func (s *Server) postChallenge(w http.ResponseWriter, u, to *User, body []byte) {
	p, err := parseChallenge(body)
	if err != nil {
		s.violation("%v", err)
		serverError(w)
		return
	}
	why := p.refused()
	if why == "" && to == u {
		why = "You cannot challenge yourself."
	}
	if why != "" {
		reply(w, http.StatusBadRequest, map[string]any{"error": why})
		return
	}
	g := &p.Game
	if _, err := board.ParseRules(g.Rules); err != nil {
		reply(w, http.StatusBadRequest, map[string]any{"rules": []string{err.Error()}})
		return
	}
	s.nextID += 2
	c := &challenge{id: s.nextID - 1, game: s.nextID, uuid: secret(), from: u, to: to, color: p.Color, spec: p.setup(), speed: p.time.Speed, alive: time.Now()}
	json.Unmarshal(body, &c.body)
	s.challenges[c.id] = c
	if by := s.hasty; by != nil {
		s.hasty = nil
		if _, err := s.begin(c, by); err != nil {
			reply(w, http.StatusBadRequest, map[string]any{"error": err.Error()})
			return
		}
	}
	reply(w, http.StatusOK, map[string]any{"status": "ok", "challenge": c.id, "game": c.game, "uuid": c.uuid})
	switch {
	case s.challenges[c.id] == nil: // taken already
	case to == nil:
		s.toSeekers([]any{c.seek()})
	default:
		s.notify(to, "challenge", map[string]any{"challenge_id": c.id, "game_id": c.game, "user": s.player(u), "time_control": g.Params,
			"width": g.Width, "height": g.Height, "ranked": g.Ranked, "handicap": g.Handicap, "rules": g.Rules, "challenger_color": p.Color, "min_ranking": 0})
	}
}

func timeControl(p map[string]any) (TimeControl, error) {
	t := TimeControl{}
	t.System, _ = p["system"].(string)
	t.Speed, _ = p["speed"].(string)
	var err error
	num := func(name string) float64 {
		f, ok := p[name].(float64)
		if !ok {
			err = fmt.Errorf("%s is missing", name)
		}
		return f
	}
	dur := func(name string) time.Duration { return time.Duration(num(name) * float64(time.Second)) }
	switch t.System {
	case "fischer":
		t.Main, t.Increment, t.Max = dur("initial_time"), dur("time_increment"), dur("max_time")
	case "byoyomi":
		t.Main, t.Period, t.Periods = dur("main_time"), dur("period_time"), int(num("periods"))
	case "canadian":
		t.Main, t.Period, t.Stones = dur("main_time"), dur("period_time"), int(num("stones_per_period"))
	case "simple":
		t.Main = dur("per_move")
	case "absolute":
		t.Main = dur("total_time")
	case "none":
	default:
		err = fmt.Errorf("there is no clock system %q", t.System)
	}
	if _, ok := p["pause_on_weekends"].(bool); !ok && err == nil {
		err = fmt.Errorf("pause_on_weekends is missing")
	}
	return t, err
}

// seek is the challenge in the seek graph.
func (c *challenge) seek() map[string]any {
	return map[string]any{"challenge_id": c.id, "user_id": c.from.ID, "username": c.from.Name, "ranking": c.from.Rank, "professional": 0,
		"min_rank": c.body["min_ranking"], "max_rank": c.body["max_ranking"], "game_id": c.game, "name": c.spec.Name, "ranked": c.spec.Ranked,
		"handicap": c.spec.Handicap, "komi": c.spec.Komi, "rules": c.spec.Rules, "width": c.spec.Size, "height": c.spec.Size,
		"challenger_color": c.color, "disable_analysis": false, "time_control": c.spec.Time.System,
		"time_control_parameters": c.spec.Time.params(), "time_per_move": 30, "invite_only": false, "uuid": c.uuid}
}

func (s *Server) toSeekers(items []any) {
	for c := range s.sockets {
		if c.seeking {
			c.send("seekgraph/global", items)
		}
	}
}

// dropChallenge removes a challenge; of that, only the seek graph tells.
func (s *Server) dropChallenge(c *challenge) {
	delete(s.challenges, c.id)
	var yes any = true
	if s.opt.OldForms {
		yes = 1
	}
	s.toSeekers([]any{map[string]any{"challenge_id": c.id, "delete": yes}})
}

func (s *Server) listChallenges(w http.ResponseWriter, u *User) {
	results := []any{}
	for _, c := range s.challenges {
		if c.from != u && c.to != u {
			continue
		}
		params, _ := json.Marshal(c.spec.Time.params())
		row := map[string]any{"id": c.id, "challenger": s.player(c.from), "challenged": nil, "game": map[string]any{"id": c.game, "name": c.spec.Name,
			"width": c.spec.Size, "height": c.spec.Size, "rules": c.spec.Rules, "handicap": c.spec.Handicap, "ranked": c.spec.Ranked,
			"time_control": c.spec.Time.System, "time_control_parameters": string(params)}}
		if c.to != nil {
			row["challenged"] = s.player(c.to)
		}
		results = append(results, row)
	}
	reply(w, http.StatusOK, map[string]any{"count": len(results), "next": nil, "previous": nil, "results": results})
}

func (s *Server) acceptChallenge(w http.ResponseWriter, u *User, id int64) {
	c := s.challenges[id]
	if c == nil || c.to != nil && c.to != u || c.from == u {
		detail(w, http.StatusNotFound, "Not found.")
		return
	}
	g, err := s.begin(c, u)
	if err != nil {
		reply(w, http.StatusBadRequest, map[string]any{"error": err.Error()})
		return
	}
	reply(w, http.StatusOK, map[string]any{"game": g.ID, "time_control": c.spec.Time.System})
}

// begin makes a challenge a game.
func (s *Server) begin(c *challenge, u *User) (*Game, error) {
	delete(s.challenges, c.id)
	spec := c.spec
	black := rand.IntN(2) == 0
	switch c.color {
	case "black":
		black = true
	case "white":
		black = false
	case "automatic":
		black = c.from.Rank <= u.Rank
	}
	spec.Black, spec.White = u, c.from
	if black {
		spec.Black, spec.White = c.from, u
	}
	id := c.game
	if s.opt.NewGameID {
		s.nextID++
		id = s.nextID
	}
	g, err := s.startGame(spec, id)
	if err != nil {
		return nil, err
	}
	s.toSeekers([]any{map[string]any{"challenge_id": c.id, "game_started": true, "game_id": g.ID,
		"black": s.player(spec.Black), "white": s.player(spec.White)}, map[string]any{"challenge_id": c.id, "delete": 1}})
	return g, nil
}

func (s *Server) deleteChallenge(w http.ResponseWriter, u *User, id int64) {
	c := s.challenges[id]
	if c == nil || c.from != u && c.to != u {
		detail(w, http.StatusNotFound, "Not found.")
		return
	}
	s.dropChallenge(c)
	if u != c.from {
		s.notify(c.from, "gameDeclined", map[string]any{"challenge_id": c.id, "game_id": c.game})
	}
	w.WriteHeader(http.StatusNoContent)
}

// Open returns the numbers of the challenges that stand.
func (s *Server) Open() []int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	var ids []int64
	for id := range s.challenges {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// AcceptFor makes u accept a challenge, and returns the game.
func (s *Server) AcceptFor(u *User, challenge int64) (*Game, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.challenges[challenge]
	if c == nil {
		return nil, fmt.Errorf("ogstest: there is no challenge %d", challenge)
	}
	return s.begin(c, u)
}

// AcceptNext makes u accept the next challenge before the server has even
// answered the one who makes it.
func (s *Server) AcceptNext(u *User) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hasty = u
}

// RejectFor makes u refuse a challenge as bots do, with words.
func (s *Server) RejectFor(u *User, challenge int64, message string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.challenges[challenge]; c != nil {
		delete(s.challenges, challenge)
		s.notify(c.from, "gameOfferRejected", map[string]any{"game_id": c.game, "message": message,
			"rejection_details": map[string]any{"rejection_code": "other", "details": map[string]any{}}})
	}
}

// ChallengeFor makes u challenge to (anybody, if to is nil).
func (s *Server) ChallengeFor(u, to *User, spec Setup) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if spec.Size == 0 {
		spec.Size = 19
	}
	if spec.Time.System == "" {
		spec.Time = TimeControl{System: "byoyomi", Speed: "live", Main: 10 * time.Minute, Period: 30 * time.Second, Periods: 5}
	}
	s.nextID += 2
	c := &challenge{id: s.nextID - 1, game: s.nextID, uuid: secret(), from: u, to: to, color: "automatic", spec: spec, speed: "live",
		alive: time.Now().Add(time.Hour), body: map[string]any{"min_ranking": 0, "max_ranking": 36}}
	s.challenges[c.id] = c
	if to != nil {
		s.notify(to, "challenge", map[string]any{"challenge_id": c.id, "game_id": c.game, "user": s.player(u), "time_control": spec.Time.params(),
			"width": spec.Size, "height": spec.Size, "ranked": spec.Ranked, "handicap": spec.Handicap, "rules": spec.Rules})
	} else {
		s.toSeekers([]any{c.seek()})
	}
	return c.id
}

// automatch handles automatch/….
func (c *socket) automatch(name string, body json.RawMessage) {
	s := c.s
	var d struct {
		UUID    *string
		Options []struct{ Size, Speed, System string } `json:"size_speed_options"`
		Lower   *float64                               `json:"lower_rank_diff"`
		Upper   *float64                               `json:"upper_rank_diff"`
		Rules   *struct{ Condition, Value string }
		Handi   *struct{ Condition, Value string } `json:"handicap"`
	}
	if json.Unmarshal(body, &d) != nil {
		s.violation("automatch/%s with %s", name, body)
		return
	}
	switch name {
	case "list":
		for _, entry := range s.searches[c] {
			c.send("automatch/entry", entry)
		}
	case "find_match":
		conditions := []string{"required", "preferred", "no-preference"}
		if d.UUID == nil || *d.UUID == "" || len(d.Options) == 0 || d.Lower == nil || d.Upper == nil || d.Rules == nil || d.Handi == nil ||
			!slices.Contains(conditions, d.Rules.Condition) || !slices.Contains(conditions, d.Handi.Condition) {
			s.violation("automatch/find_match with fields missing: %s", body)
			return
		}
		for _, o := range d.Options {
			if !slices.Contains([]string{"9x9", "13x13", "19x19"}, o.Size) || !slices.Contains([]string{"blitz", "rapid", "live", "correspondence"}, o.Speed) ||
				o.System != "fischer" && o.System != "byoyomi" {
				s.violation("automatch/find_match with the option %v", o)
				return
			}
		}
		if s.searches[c] == nil {
			s.searches[c] = map[string]json.RawMessage{}
		}
		s.searches[c][*d.UUID] = body
		c.send("automatch/entry", body)
	case "cancel":
		if d.UUID == nil {
			delete(s.searches, c)
			c.send("automatch/cancel", map[string]any{"uuid": nil})
			return
		}
		delete(s.searches[c], *d.UUID)
		c.send("automatch/cancel", map[string]any{"uuid": *d.UUID})
	default:
		s.violation("there is no command automatch/%s", name)
	}
}

// Searching returns the number of automatic searches that are on.
func (s *Server) Searching() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, m := range s.searches {
		n += len(m)
	}
	return n
}

// Match gives every automatic search of u a game against opponent.
func (s *Server) Match(u, opponent *User) (*Game, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c, m := range s.searches {
		for uuid := range m {
			if c.user != u {
				continue
			}
			delete(m, uuid)
			s.nextID++
			g, err := s.startGame(Setup{Black: u, White: opponent}, s.nextID)
			if err != nil {
				return nil, err
			}
			c.send("automatch/start", map[string]any{"uuid": uuid, "game_id": g.ID})
			return g, nil
		}
	}
	return nil, fmt.Errorf("ogstest: %s does not search", u.Name)
}
