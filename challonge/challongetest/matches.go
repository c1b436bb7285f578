package challongetest

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

func (s *Server) listMatches(c *call) (any, error) {
	var list []map[string]any
	for _, m := range c.tournament.matches() {
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
	return s.list(c, list), nil
}

func (s *Server) oneMatch(c *call) (any, error) { return single(s.showMatch(c.match)), nil }

// told is what a report says of a match: the players' sets in the order of the
// match, and who goes on, 1 or 2.
type told struct {
	sets   [2][]int
	winner int
}

// readSide reads what a report says of one player.
func (r *told) readSide(m *match, player any, sets string, advancing bool) error {
	id := ""
	switch v := player.(type) {
	case string:
		id = v
	case float64:
		id = strconv.Itoa(int(v))
	}
	i := slices.IndexFunc(m.players[:], func(p *participant) bool { return strconv.Itoa(m.idOf(p)) == id })
	if i < 0 || r.sets[i] != nil {
		return invalid("match", "%v does not play in this match", player)
	}
	for text := range strings.SplitSeq(sets, ",") {
		n, err := strconv.Atoi(text)
		if err != nil {
			return invalid("match/score_set", "Scores can't be blank")
		}
		r.sets[i] = append(r.sets[i], n)
	}
	if advancing {
		if r.winner != 0 {
			return invalid("match/advancing", "only one can advance")
		}
		r.winner = i + 1
	}
	return nil
}

// reportMatch takes a result.
func (s *Server) reportMatch(c *call) (any, error) {
	var a struct {
		Match []struct {
			Participant any    `json:"participant_id"`
			Sets        string `json:"score_set"`
			Advancing   bool   `json:"advancing"`
		} `json:"match"`
		Tie bool `json:"tie"`
	}
	if err := s.attributes(c, "Match", &a); err != nil {
		return nil, err
	}
	t, m := c.tournament, c.match
	switch {
	case !t.open(m):
		return nil, invalid("", "the tournament is %s", t.state)
	case m.state() == "pending":
		return nil, invalid("", "the players of this match are not known yet")
	case len(a.Match) != 2:
		return nil, invalid("match", "two participants are required")
	}
	var r told
	for _, side := range a.Match {
		if err := r.readSide(m, side.Participant, side.Sets, side.Advancing); err != nil {
			return nil, err
		}
	}
	switch {
	case len(r.sets[0]) != len(r.sets[1]):
		return nil, invalid("match/score_set", "both need the same number of sets")
	case a.Tie && r.winner != 0:
		return nil, invalid("tie", "nobody advances from a tie")
	case a.Tie && strings.HasSuffix(m.stage.kind, "elimination"):
		return nil, invalid("tie", "there are no ties in an elimination")
	}
	m.sets = nil
	for i := range r.sets[0] {
		m.sets = append(m.sets, [2]int{r.sets[0][i], r.sets[1][i]})
	}
	if r.winner == 0 && !a.Tie {
		return s.oneMatch(c) // the score of a match that goes on
	}
	if m.done && (m.winner != r.winner || m.tie != a.Tie) {
		branchSwiss(m)
	}
	m.winner, m.tie, m.done, m.underway = r.winner, a.Tie, true, time.Time{}
	m.reports++
	s.advance(t)
	return s.oneMatch(c)
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

func (s *Server) changeMatch(c *call) (any, error) {
	var a struct {
		State string `json:"state"`
	}
	if err := s.attributes(c, "MatchState", &a); err != nil {
		return nil, err
	}
	if s.quirks.NoUnderway && a.State != "reopen" {
		return nil, problem{http.StatusInternalServerError, "", ""}
	}
	t, m := c.tournament, c.match
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
		return nil, invalid("state", "the match is %s: it cannot %s", m.state(), a.State)
	}
	return s.oneMatch(c)
}

func (s *Server) listAttachments(c *call) (any, error) {
	var list []map[string]any
	for _, a := range c.match.files {
		list = append(list, s.showAttachment(a))
	}
	return s.list(c, list), nil
}

func (s *Server) attach(c *call) (any, error) {
	if !c.tournament.attachments {
		return nil, invalid("", "this tournament accepts no attachments")
	}
	var f struct {
		URL         string `json:"url"`
		Description string `json:"description"`
	}
	if err := s.attributes(c, "MatchAttachment", &f); err != nil {
		return nil, err
	}
	if f.URL == "" && f.Description == "" {
		return nil, invalid("url", "an attachment needs a link or a text")
	}
	a := &attachment{s.id(), f.URL, f.Description}
	c.match.files = append(c.match.files, a)
	return single(s.showAttachment(a)), nil
}

func (s *Server) detach(c *call) (any, error) {
	c.match.files = without(c.match.files, c.attachment)
	return nil, nil
}

func (s *Server) showAttachment(a *attachment) map[string]any {
	return s.thing("match_attachment", a.id, map[string]any{"url": a.url, "description": a.text})
}

func (s *Server) showMatch(m *match) map[string]any {
	scores, sets, points := "", [][2]int{}, []any{}
	for i, set := range m.sets {
		if i > 0 {
			scores += ", "
		}
		scores += strconv.Itoa(set[0]) + " - " + strconv.Itoa(set[1])
		sets = append(sets, set)
	}
	rel := map[string]any{}
	for i, p := range m.players {
		side := map[string]any{"participant_id": nil, "scores": []int{}}
		to := map[string]any{"data": nil}
		if p != nil {
			list := []int{}
			for _, set := range m.sets {
				list = append(list, set[i])
			}
			side = map[string]any{"participant_id": m.idOf(p), "scores": list} // a number here
			to = map[string]any{"data": map[string]any{"id": s.ident(m.idOf(p)), "type": "participant"}}
		}
		points = append(points, side)
		rel["player"+strconv.Itoa(i+1)] = to
	}
	stamps := map[string]any{"underway_at": nil}
	if !m.underway.IsZero() {
		stamps["underway_at"] = m.underway.UTC().Format(time.RFC3339)
	}
	a := map[string]any{"state": m.state(), "round": m.round, "identifier": m.name, "suggested_play_order": m.order, "scores": scores,
		"score_in_sets": sets, "points_by_participant": points, "timestamps": stamps, "winner_id": nil, "tie": m.tie}
	if w := m.won(); w != nil {
		a["winner_id"] = m.idOf(w)
	}
	if m.stage.group != 0 {
		a["group_id"] = m.stage.group
	}
	v := s.thing("match", m.id, a)
	switch {
	case s.quirks.NoRelationships:
	case s.quirks.RelationshipsInside:
		a["relationships"] = rel
	default:
		v["relationships"] = rel
	}
	return v
}
