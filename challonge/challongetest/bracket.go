package challongetest

import (
	"slices"
	"time"
)

type participant struct {
	id, seed, rank int
	inGroup        int // the id in matches of a group; 0 without groups
	name, misc     string
	inactive       bool
}

type tournament struct {
	id                       int
	name, kind, url, game    string
	about, state, community  string
	private, attachments     bool
	third                    bool
	rounds, iterations       int
	grouped                  bool
	groupKind                string
	groupSize, groupAdvance  int
	owner                    *User
	app                      *App
	starts                   *time.Time
	started, completed, made time.Time
	players                  []*participant
	stages                   []*stage // groups first, then the stage that decides
}

// A stage is a part of a tournament that is drawn and ranked by itself: a group,
// or all that comes after the groups.
type stage struct {
	group              int // id of the group; 0 for the stage that decides
	kind               string
	third              bool
	rounds, iterations int
	players            []*participant // by seed
	matches            []*match
}

func (t *tournament) matches() (list []*match) {
	for _, st := range t.stages {
		list = append(list, st.matches...)
	}
	return list
}

// A slot is where a player of a match comes from: known from the start, or the
// winner or loser of another match. The zero slot stays empty.
type slot struct {
	player *participant
	from   *match
	loser  bool
	// The second match of a double elimination's grand finals: the side of the
	// first one, 1 or 2, if who came through the losers' bracket won that.
	again int
}

func (s slot) who() *participant {
	switch {
	case s.from == nil:
		return s.player
	case s.again > 0 && (!s.from.done || s.from.winner != 2):
		return nil
	case s.again > 0:
		return s.from.players[s.again-1]
	case s.loser:
		return s.from.lost()
	}
	return s.from.won()
}

type match struct {
	id, round, order int
	name             string
	stage            *stage
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

// idle reports whether m is a second grand final that is not needed.
func (m *match) idle() bool {
	first := m.slots[0].from
	return m.slots[0].again > 0 && first.done && first.winner == 1
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

// id is the name of p in m.
func (m *match) idOf(p *participant) int {
	if m.stage.group != 0 {
		return p.inGroup
	}
	return p.id
}

func (m *match) clear() {
	m.sets, m.winner, m.tie, m.done, m.underway = nil, 0, false, false, time.Time{}
}

// drawGroups deals the players out to groups of the given size, there and back,
// so that the seeds are spread.
func (s *Server) drawGroups(t *tournament) {
	n := max(1, (len(t.players)+t.groupSize-1)/t.groupSize)
	for range n {
		t.stages = append(t.stages, &stage{group: s.id(), kind: t.groupKind, iterations: 1})
	}
	for i, p := range t.players {
		p.inGroup = s.id()
		at := i % n
		if i/n%2 == 1 {
			at = n - 1 - at
		}
		t.stages[at].players = append(t.stages[at].players, p)
	}
	for _, st := range t.stages {
		s.draw(st)
	}
}

// through are those who go on from the groups: first all winners, then all
// seconds, and so on.
func (t *tournament) through() (list []*participant) {
	for place := range t.groupAdvance {
		for _, st := range t.stages {
			if ranked := st.ranked(); st.group != 0 && place < len(ranked) {
				list = append(list, ranked[place].who)
			}
		}
	}
	return list
}

// drawFinal makes the stage that decides.
func (s *Server) drawFinal(t *tournament) {
	players := t.players
	if len(t.stages) > 0 {
		players = t.through()
	}
	st := &stage{kind: t.kind, third: t.third, rounds: t.rounds, iterations: t.iterations, players: slices.Clone(players)}
	t.stages = append(t.stages, st)
	s.draw(st)
	s.advance(t)
}

func (s *Server) draw(st *stage) {
	switch st.kind {
	case "single elimination", "double elimination":
		s.drawElimination(st)
	case "round robin":
		for i := range max(1, st.iterations) {
			s.drawRoundRobin(st, i)
		}
	case "swiss":
		s.drawSwiss(st)
	}
	st.advance()
}

func (s *Server) add(st *stage, round int, a, b slot) *match {
	m := &match{id: s.id(), round: round, order: len(st.matches) + 1, stage: st, slots: [2]slot{a, b}}
	for n := m.order - 1; ; n = n/26 - 1 {
		m.name = string(rune('A'+n%26)) + m.name
		if n < 26 {
			break
		}
	}
	st.matches = append(st.matches, m)
	return m
}

// meet makes a match of two slots, if both can be filled; else whoever is there
// goes on. It returns where the winner and the loser come from.
func (s *Server) meet(st *stage, round int, a, b slot) (win, lose slot) {
	switch (slot{}) {
	case a:
		return b, slot{}
	case b:
		return a, slot{}
	}
	m := s.add(st, round, a, b)
	return slot{from: m}, slot{from: m, loser: true}
}

// drawElimination makes a bracket in which the first seeds meet last; where
// the number of players is no power of two the first seeds have no match in
// the first round.
func (s *Server) drawElimination(st *stage) {
	order := []int{1}
	for len(order) < len(st.players) {
		n := 2*len(order) + 1
		var next []int
		for _, seed := range order {
			next = append(next, seed, n-seed)
		}
		order = next
	}
	var slots []slot
	for _, seed := range order {
		if seed <= len(st.players) {
			slots = append(slots, slot{player: st.players[seed-1]})
		} else {
			slots = append(slots, slot{})
		}
	}
	var losers [][]slot // of each round
	for round := 1; len(slots) > 1; round++ {
		var next, lost []slot
		for i := 0; i < len(slots); i += 2 {
			w, l := s.meet(st, round, slots[i], slots[i+1])
			next, lost = append(next, w), append(lost, l)
		}
		slots, losers = next, append(losers, lost)
	}
	switch {
	case st.kind == "double elimination":
		s.drawLosers(st, slots[0], losers)
	case st.third && len(st.players) > 3:
		final := st.matches[len(st.matches)-1]
		m := s.add(st, final.round, slot{from: final.slots[0].from, loser: true}, slot{from: final.slots[1].from, loser: true})
		m.name = "3P"
	}
}

// drawLosers makes the losers' bracket of a double elimination and its grand
// finals. The losers' rounds count down from -1. Both grand finals are in the
// last round; the second one is played if the first makes it one loss each.
func (s *Server) drawLosers(st *stage, champion slot, losers [][]slot) {
	round := 0
	next := func(pairs [][2]slot) (through []slot) {
		made := len(st.matches)
		for _, p := range pairs {
			w, _ := s.meet(st, round-1, p[0], p[1])
			through = append(through, w)
		}
		if len(st.matches) > made {
			round--
		}
		return through
	}
	pair := func(list []slot) (pairs [][2]slot) {
		for i := 0; i+1 < len(list); i += 2 {
			pairs = append(pairs, [2]slot{list[i], list[i+1]})
		}
		return pairs
	}
	left := losers[0]
	if len(left) > 1 {
		left = next(pair(left))
	}
	for r, fallen := range losers[1:] {
		// Every other time from the other end, so that nobody meets at once
		// whom they lost to before.
		if r%2 == 0 {
			fallen = slices.Clone(fallen)
			slices.Reverse(fallen)
		}
		var pairs [][2]slot
		for i := range left {
			pairs = append(pairs, [2]slot{fallen[i], left[i]})
		}
		if left = next(pairs); len(left) > 1 {
			left = next(pair(left))
		}
	}
	first := s.add(st, len(losers)+1, champion, left[0])
	s.add(st, len(losers)+1, slot{from: first, again: 1}, slot{from: first, again: 2})
}

// drawRoundRobin makes a round for each turn of the circle.
func (s *Server) drawRoundRobin(st *stage, iteration int) {
	circle := slices.Clone(st.players)
	if len(circle)%2 == 1 {
		circle = append(circle, nil)
	}
	n := len(circle)
	for round := range n - 1 {
		for i := range n / 2 {
			if a, b := circle[i], circle[n-1-i]; a != nil && b != nil {
				s.add(st, iteration*(n-1)+round+1, slot{player: a}, slot{player: b})
			}
		}
		last := circle[n-1]
		copy(circle[2:], circle[1:n-1])
		circle[1] = last
	}
}

// drawSwiss adds the next round: neighbours in the standings that have not met.
func (s *Server) drawSwiss(st *stage) {
	round := 1
	met := map[[2]int]bool{}
	free := map[int]bool{}
	for _, m := range st.matches {
		round = max(round, m.round+1)
		a, b := m.players[0].id, m.players[1].id
		met[[2]int{a, b}], met[[2]int{b, a}] = true, true
	}
	for r := 1; r < round; r++ {
		for _, p := range st.players {
			if !slices.ContainsFunc(st.matches, func(m *match) bool { return m.round == r && slices.Contains(m.players[:], p) }) {
				free[p.id] = true
			}
		}
	}
	table := st.standings()
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
		s.add(st, round, slot{player: p[0]}, slot{player: p[1]})
	}
}

// advance fills in who has come through. A match whose players are not those
// of its result loses the result, and so on to the end of the branch.
func (st *stage) advance() {
	for _, m := range st.matches { // sources come before what they lead to
		for i, from := range m.slots {
			if who := from.who(); who != m.players[i] {
				m.players[i] = who
				m.clear()
			}
		}
	}
}

// over reports whether every match of the stage is played that has to be.
func (st *stage) over() bool {
	return !slices.ContainsFunc(st.matches, func(m *match) bool { return !m.done && !m.idle() })
}

func (s *Server) advance(t *tournament) {
	for _, st := range t.stages {
		st.advance()
	}
	if len(t.stages) == 0 {
		return
	}
	last := t.stages[len(t.stages)-1]
	if last.group != 0 {
		return // the organiser says when the groups are over
	}
	all := last.over()
	if all && last.kind == "swiss" {
		if last.matches[len(last.matches)-1].round < last.rounds {
			s.drawSwiss(last)
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
