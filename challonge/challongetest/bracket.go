package challongetest

import (
	"slices"
	"sort"
	"strconv"
	"time"
)

type participant struct {
	id, seed, rank       int
	name, misc, username string
	inactive             bool
}

type tournament struct {
	id                       int
	name, kind, url, game    string
	about, state, community  string
	private, attachments     bool
	third                    bool
	rounds, iterations       int
	owner                    *User
	app                      *App
	starts                   *time.Time
	started, completed, made time.Time
	players                  []*participant
	matches                  []*match
}

// A slot is where a player of a match comes from: known from the start, or the
// winner or loser of another match.
type slot struct {
	player *participant
	from   *match
	loser  bool
}

func (s slot) who() *participant {
	if s.from == nil {
		return s.player
	}
	if s.loser {
		return s.from.lost()
	}
	return s.from.won()
}

type match struct {
	id, round, order int
	name             string
	slots            [2]slot
	players          [2]*participant // as far as known
	sets             [][2]int
	winner           int // 1 or 2; 0 for none
	tie, done        bool
	underway         time.Time
	files            []*attachment
	reports          int
}

type attachment struct {
	id        int
	url, text string
}

func (m *match) state() string {
	switch {
	case m.done:
		return "complete"
	case m.players[0] != nil && m.players[1] != nil:
		return "open"
	}
	return "pending"
}

func (m *match) won() *participant {
	if !m.done || m.winner == 0 {
		return nil
	}
	return m.players[m.winner-1]
}

func (m *match) lost() *participant {
	if !m.done || m.winner == 0 {
		return nil
	}
	return m.players[2-m.winner]
}

func (m *match) clear() {
	m.sets, m.winner, m.tie, m.done, m.underway = nil, 0, false, false, time.Time{}
}

// draw makes the matches of a tournament that starts.
func (s *Server) draw(t *tournament) {
	t.matches = nil
	players := slices.Clone(t.players)
	slices.SortFunc(players, func(a, b *participant) int { return a.seed - b.seed })
	switch t.kind {
	case "single elimination":
		s.drawElimination(t, players)
	case "round robin":
		for i := range max(1, t.iterations) {
			s.drawRoundRobin(t, players, i)
		}
	case "swiss":
		s.drawSwiss(t)
	}
	s.advance(t)
}

func (s *Server) add(t *tournament, round int, a, b slot) *match {
	m := &match{id: s.id(), round: round, order: len(t.matches) + 1, slots: [2]slot{a, b}}
	for n := m.order - 1; ; n = n/26 - 1 {
		m.name = string(rune('A'+n%26)) + m.name
		if n < 26 {
			break
		}
	}
	t.matches = append(t.matches, m)
	return m
}

// drawElimination makes a bracket in which the first seeds meet last; where
// the number of players is no power of two the first seeds have no match in
// the first round.
func (s *Server) drawElimination(t *tournament, players []*participant) {
	order := []int{1}
	for len(order) < len(players) {
		n := 2*len(order) + 1
		var next []int
		for _, seed := range order {
			next = append(next, seed, n-seed)
		}
		order = next
	}
	var slots []slot
	for _, seed := range order {
		if seed <= len(players) {
			slots = append(slots, slot{player: players[seed-1]})
		} else {
			slots = append(slots, slot{})
		}
	}
	round := 1
	for ; len(slots) > 1; round++ {
		var next []slot
		for i := 0; i < len(slots); i += 2 {
			a, b := slots[i], slots[i+1]
			switch (slot{}) {
			case a:
				next = append(next, b)
			case b:
				next = append(next, a)
			default:
				next = append(next, slot{from: s.add(t, round, a, b)})
			}
		}
		slots = next
	}
	if t.third && len(players) > 3 {
		final := t.matches[len(t.matches)-1]
		m := s.add(t, final.round, slot{from: final.slots[0].from, loser: true}, slot{from: final.slots[1].from, loser: true})
		m.name = "3P"
	}
}

// drawRoundRobin makes a round for each turn of the circle.
func (s *Server) drawRoundRobin(t *tournament, players []*participant, iteration int) {
	circle := slices.Clone(players)
	if len(circle)%2 == 1 {
		circle = append(circle, nil)
	}
	n := len(circle)
	for round := range n - 1 {
		for i := range n / 2 {
			if a, b := circle[i], circle[n-1-i]; a != nil && b != nil {
				s.add(t, iteration*(n-1)+round+1, slot{player: a}, slot{player: b})
			}
		}
		last := circle[n-1]
		copy(circle[2:], circle[1:n-1])
		circle[1] = last
	}
}

// drawSwiss adds the next round: neighbours in the standings that have not met.
func (s *Server) drawSwiss(t *tournament) {
	round := 1
	met := map[[2]int]bool{}
	free := map[int]bool{}
	for _, m := range t.matches {
		round = max(round, m.round+1)
		a, b := m.players[0].id, m.players[1].id
		met[[2]int{a, b}], met[[2]int{b, a}] = true, true
	}
	for r := 1; r < round; r++ {
		for _, p := range t.players {
			if !slices.ContainsFunc(t.matches, func(m *match) bool { return m.round == r && slices.Contains(m.players[:], p) }) {
				free[p.id] = true
			}
		}
	}
	table := t.standings()
	if round == 1 { // the first half meets the second
		half := (len(table) + 1) / 2
		var mixed []*participant
		for i := range half {
			mixed = append(mixed, table[i])
			if half+i < len(table) {
				mixed = append(mixed, table[half+i])
			}
		}
		table = mixed
	}
	if len(table)%2 == 1 {
		for i := len(table) - 1; i >= 0; i-- {
			if !free[table[i].id] || i == 0 {
				table = slices.Delete(table, i, i+1)
				break
			}
		}
	}
	var pairs [][2]*participant
	var pair func(rest []*participant) bool
	pair = func(rest []*participant) bool {
		if len(rest) == 0 {
			return true
		}
		for i := 1; i < len(rest); i++ {
			if met[[2]int{rest[0].id, rest[i].id}] {
				continue
			}
			pairs = append(pairs, [2]*participant{rest[0], rest[i]})
			if pair(slices.Delete(slices.Clone(rest[1:]), i-1, i)) {
				return true
			}
			pairs = pairs[:len(pairs)-1]
		}
		return false
	}
	if !pair(table) {
		for i := 0; i+1 < len(table); i += 2 { // everybody has met: again, then
			pairs = append(pairs, [2]*participant{table[i], table[i+1]})
		}
	}
	for _, p := range pairs {
		s.add(t, round, slot{player: p[0]}, slot{player: p[1]})
	}
}

// points counts a win as 2, a tie or a free round as 1 (of Swiss: 2).
func (t *tournament) points(p *participant) int {
	n, rounds := 0, map[int]bool{}
	last := 0
	for _, m := range t.matches {
		last = max(last, m.round)
		if !slices.Contains(m.players[:], p) {
			continue
		}
		rounds[m.round] = true
		switch {
		case m.won() == p:
			n += 2
		case m.done && m.tie:
			n++
		}
	}
	if t.kind == "swiss" {
		n += 2 * (last - len(rounds))
	}
	return n
}

// standings orders the players by points, then by seed.
func (t *tournament) standings() []*participant {
	table := slices.Clone(t.players)
	sort.SliceStable(table, func(i, j int) bool {
		if a, b := t.points(table[i]), t.points(table[j]); a != b {
			return a > b
		}
		return table[i].seed < table[j].seed
	})
	return table
}

// advance fills in who has come through. A match whose players are not those
// of its result loses the result, and so on to the end of the branch.
func (s *Server) advance(t *tournament) {
	for _, m := range t.matches { // sources come before what they lead to
		for i, from := range m.slots {
			if who := from.who(); who != m.players[i] {
				m.players[i] = who
				m.clear()
			}
		}
	}
	all := len(t.matches) > 0 && !slices.ContainsFunc(t.matches, func(m *match) bool { return !m.done })
	if all && t.kind == "swiss" {
		if last := t.matches[len(t.matches)-1].round; last < t.rounds {
			s.drawSwiss(t)
			s.advance(t)
			return
		}
	}
	switch {
	case t.state == "underway" && all:
		t.state = "awaiting_review"
	case t.state == "awaiting_review" && !all:
		t.state = "underway"
	}
}

// rank gives everybody a final rank.
func (t *tournament) rank() {
	if t.kind != "single elimination" {
		table := t.standings()
		for i, p := range table {
			p.rank = i + 1
			if i > 0 && t.points(table[i-1]) == t.points(p) {
				p.rank = table[i-1].rank
			}
		}
		return
	}
	last := 0
	for _, m := range t.matches {
		last = max(last, m.round)
	}
	for _, m := range t.matches {
		if m.name == "3P" {
			continue
		}
		// Whoever falls in a round shares the place behind those who go on:
		// 2 after the final, 3 after the semi-finals, 5, 9, …
		place := 2
		if m.round < last {
			place = 1<<(last-m.round) + 1
		}
		m.lost().rank = place
		if m.round == last {
			m.won().rank = 1
		}
	}
	for _, m := range t.matches {
		if m.name == "3P" {
			m.won().rank, m.lost().rank = 3, 4
		}
	}
}

func (s *Server) showParticipant(t *tournament, p *participant) map[string]any {
	a := map[string]any{"name": p.name, "seed": p.seed, "group_id": nil, "tournament_id": t.id, "username": nil, "final_rank": nil,
		"states": map[string]any{"active": !p.inactive}, "misc": p.misc}
	if p.username != "" {
		a["username"] = p.username
	}
	if p.rank > 0 {
		a["final_rank"] = p.rank
	}
	return s.thing("participant", p.id, a)
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
			side = map[string]any{"participant_id": p.id, "scores": list} // a number here
			to = map[string]any{"data": map[string]any{"id": s.ident(p.id), "type": "participant"}}
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
		a["winner_id"] = w.id
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

func (s *Server) showTournament(t *tournament) map[string]any {
	stamp := func(at time.Time) any {
		if at.IsZero() {
			return nil
		}
		return at.UTC().Format(time.RFC3339)
	}
	a := map[string]any{"name": t.name, "tournament_type": t.kind, "url": t.url, "full_challonge_url": s.URL + "/" + t.url, "game_name": t.game,
		"private": t.private, "description": t.about, "state": t.state, "starts_at": t.starts, "participants_count": len(t.players),
		"match_options": map[string]any{"accept_attachments": t.attachments},
		"timestamps":    map[string]any{"created_at": stamp(t.made), "started_at": stamp(t.started), "completed_at": stamp(t.completed)}}
	return s.thing("tournament", t.id, a)
}
