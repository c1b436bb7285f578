package challongetest

import (
	"math/rand/v2"
	"slices"
)

type participantFields struct {
	Name *string `json:"name"`
	Seed *int    `json:"seed"`
	Misc *string `json:"misc"`
}

// enter puts a new participant in.
func (s *Server) enter(t *tournament, f participantFields) (*participant, error) {
	p := &participant{id: s.id(), seed: len(t.players) + 1}
	set(&p.name, f.Name)
	set(&p.misc, f.Misc)
	switch {
	case p.name == "":
		return nil, invalid("name", "Name can't be blank")
	case slices.ContainsFunc(t.players, func(o *participant) bool { return o.name == p.name }):
		return nil, invalid("name", "Name has already been taken")
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
	t.players = without(t.players, p)
	t.players = slices.Insert(t.players, min(max(seed, 1), len(t.players)+1)-1, p)
	t.renumber()
}

func (t *tournament) renumber() {
	for i, p := range t.players {
		p.seed = i + 1
	}
}

// closed is an error once the tournament runs.
func (t *tournament) closed() error {
	if t.state != "pending" {
		return invalid("", "the tournament has started")
	}
	return nil
}

func (s *Server) listParticipants(c *call) (any, error) {
	var list []map[string]any
	for _, p := range c.tournament.players {
		list = append(list, s.showParticipant(c.tournament, p))
	}
	return s.list(c, list), nil
}

func (s *Server) addParticipants(c *call) (any, error) {
	var a struct {
		Participants []participantFields `json:"participants"`
	}
	if err := s.attributes(c, "participants", &a); err != nil {
		return nil, err
	}
	t := c.tournament
	if err := t.closed(); err != nil {
		return nil, err
	}
	if n := len(a.Participants); n < 1 || n > 20 {
		return nil, invalid("participants", "between 1 and 20 participants can be added, not %d", n)
	}
	was := slices.Clone(t.players)
	list := []map[string]any{}
	for _, f := range a.Participants {
		p, err := s.enter(t, f)
		if err != nil {
			t.players = was
			return nil, err
		}
		list = append(list, s.showParticipant(t, p))
	}
	return map[string]any{"data": list}, nil
}

func (s *Server) clearParticipants(c *call) (any, error) {
	if err := c.tournament.closed(); err != nil {
		return nil, err
	}
	c.tournament.players = nil
	return nil, nil
}

func (s *Server) shuffleParticipants(c *call) (any, error) {
	t := c.tournament
	if err := t.closed(); err != nil {
		return nil, err
	}
	rand.Shuffle(len(t.players), func(i, j int) { t.players[i], t.players[j] = t.players[j], t.players[i] })
	t.renumber()
	return s.listParticipants(c)
}

func (s *Server) updateParticipant(c *call) (any, error) {
	var f participantFields
	if err := s.attributes(c, "participants", &f); err != nil {
		return nil, err
	}
	t, p := c.tournament, c.participant
	set(&p.name, f.Name)
	set(&p.misc, f.Misc)
	if f.Seed != nil {
		if err := t.closed(); err != nil {
			return nil, err
		}
		t.seed(p, *f.Seed)
	}
	return single(s.showParticipant(t, p)), nil
}

func (s *Server) deleteParticipant(c *call) (any, error) {
	t, p := c.tournament, c.participant
	if t.closed() != nil {
		p.inactive = true
		return single(s.showParticipant(t, p)), nil
	}
	t.players = without(t.players, p)
	t.renumber()
	return nil, nil
}

func (s *Server) showParticipant(t *tournament, p *participant) map[string]any {
	a := map[string]any{"name": p.name, "seed": p.seed, "group_id": nil, "group_player_ids": []int{}, "tournament_id": t.id, "username": nil, "final_rank": nil,
		"states": map[string]any{"active": !p.inactive}, "misc": p.misc}
	if p.inGroup != 0 {
		a["group_player_ids"] = []int{p.inGroup}
	}
	for _, st := range t.stages {
		if st.group != 0 && slices.Contains(st.players, p) {
			a["group_id"] = st.group
		}
	}
	if p.rank > 0 {
		a["final_rank"] = p.rank
	}
	return s.thing("participant", p.id, a)
}
