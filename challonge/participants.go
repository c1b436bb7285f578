package challonge

import (
	"errors"
	"slices"
)

// Participant is somebody who plays in a tournament.
type Participant struct {
	ID        ID     `json:"id"`
	Name      string `json:"name"`
	Seed      int    `json:"seed"`
	Username  string `json:"username,omitempty"`   // of the Challonge account, if any
	Misc      string `json:"misc,omitempty"`       // whatever the organiser's program put there
	GroupID   ID     `json:"group_id,omitempty"`   // in a stage of groups
	GroupIDs  []ID   `json:"group_ids,omitempty"`  // names of this participant in matches of groups
	FinalRank int    `json:"final_rank,omitempty"` // 0 while unknown
	Active    bool   `json:"active"`
}

func participant(r *resource) (Participant, error) {
	var a struct {
		Name      string `json:"name" plain:"name"`
		Seed      number `json:"seed"`
		Username  string `json:"username" plain:"name"`
		Misc      string `json:"misc"`
		GroupID   ID     `json:"group_id"`
		GroupIDs  []ID   `json:"group_player_ids"`
		FinalRank number `json:"final_rank"`
		States    struct {
			Active *truth `json:"active"`
		} `json:"states"`
	}
	if _, err := r.attributes(&a); err != nil {
		return Participant{}, err
	}
	if r.ID == "" {
		return Participant{}, errors.New("a participant has no id")
	}
	p := Participant{ID: r.ID, Name: a.Name, Seed: int(a.Seed), Username: a.Username, Misc: a.Misc,
		GroupID: a.GroupID, GroupIDs: a.GroupIDs, FinalRank: int(a.FinalRank),
		Active: a.States.Active == nil || bool(*a.States.Active)}
	if p.Name == "" {
		p.Name = p.Username
	}
	return p, nil
}

// Is reports whether id names p, in the last stage or in a stage of groups.
func (p Participant) Is(id ID) bool {
	return p.ID == id || slices.Contains(p.GroupIDs, id)
}

// ParticipantFields are what is given when a participant is added or changed. A
// change sends only what is set.
type ParticipantFields struct {
	Name string `json:"name,omitempty"`
	Seed int    `json:"seed,omitempty"` // from 1; at the end if 0
	Misc string `json:"misc,omitempty"`
}

// maxBulk is how many participants one request may add.
const maxBulk = 20
