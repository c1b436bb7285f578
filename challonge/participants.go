package challonge

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
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
	if p.ID == id {
		return true
	}
	for _, g := range p.GroupIDs {
		if g == id {
			return true
		}
	}
	return false
}

// ParticipantFields are what is given when a participant is added or changed. A
// change sends only what is set.
type ParticipantFields struct {
	Name     string `json:"name,omitempty"`
	Seed     int    `json:"seed,omitempty"` // from 1; at the end if 0
	Misc     string `json:"misc,omitempty"`
	Email    string `json:"email,omitempty"`    // invites
	Username string `json:"username,omitempty"` // invites
}

func participantsPath(t ID) string { return tournamentPath(t) + "/participants" }

func participantPath(t, id ID) string {
	return participantsPath(t) + "/" + url.PathEscape(string(id)) + ".json"
}

// Participants lists everybody in a tournament.
func (c *Client) Participants(ctx context.Context, tournament ID) ([]Participant, error) {
	return pages(ctx, c, participantsPath(tournament)+".json", nil, func(p Participant) ID { return p.ID }, participant)
}

// Participant fetches one.
func (c *Client) Participant(ctx context.Context, tournament, id ID) (Participant, error) {
	path := participantPath(tournament, id)
	return one(path, participant)(c.get(ctx, path, nil))
}

// AddParticipant adds one; Name is needed unless Email or Username invites.
func (c *Client) AddParticipant(ctx context.Context, tournament ID, f ParticipantFields) (Participant, error) {
	path := participantsPath(tournament) + ".json"
	return one(path, participant)(c.change(ctx, http.MethodPost, path, body("Participants", f)))
}

// maxBulk is how many participants one request may add.
const maxBulk = 20

// AddParticipants adds any number, twenty to a request. When a later request
// fails, those of the earlier ones are in: they are returned with the error.
func (c *Client) AddParticipants(ctx context.Context, tournament ID, list []ParticipantFields) ([]Participant, error) {
	path := participantsPath(tournament) + "/bulk_add.json"
	var added []Participant
	for len(list) > 0 {
		n := min(maxBulk, len(list))
		data, err := c.change(ctx, http.MethodPost, path, body("Participants", map[string]any{"participants": list[:n]}))
		if err != nil {
			return added, err
		}
		got, _, err := parseList(data, participant)
		if err != nil {
			return added, unreadable(path, err)
		}
		added, list = append(added, got...), list[n:]
	}
	return added, nil
}

// UpdateParticipant changes what f sets.
func (c *Client) UpdateParticipant(ctx context.Context, tournament, id ID, f ParticipantFields) (Participant, error) {
	path := participantPath(tournament, id)
	return one(path, participant)(c.change(ctx, http.MethodPut, path, body("Participants", f)))
}

// DeleteParticipant takes one out. Before the start the participant is gone;
// afterwards Challonge keeps and deactivates it, which forfeits what is left of
// its matches.
func (c *Client) DeleteParticipant(ctx context.Context, tournament, id ID) error {
	_, err := c.change(ctx, http.MethodDelete, participantPath(tournament, id), nil)
	return err
}

// ClearParticipants takes everybody out of a tournament that has not started.
func (c *Client) ClearParticipants(ctx context.Context, tournament ID) error {
	_, err := c.change(ctx, http.MethodDelete, participantsPath(tournament)+"/clear.json", nil)
	return err
}

// RandomizeParticipants gives everybody a new seed by lot, before the start,
// and returns them as they are then.
func (c *Client) RandomizeParticipants(ctx context.Context, tournament ID) ([]Participant, error) {
	path := participantsPath(tournament) + "/randomize.json"
	data, err := c.change(ctx, http.MethodPut, path, nil)
	if err != nil {
		return nil, err
	}
	list, _, err := parseList(data, participant)
	if err != nil {
		return nil, fmt.Errorf("the seeds were drawn, but %w", unreadable(path, err))
	}
	return list, nil
}
