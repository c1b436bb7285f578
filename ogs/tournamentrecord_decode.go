package ogs

import (
	"encoding/json"

	"github.com/gobancam/gobancam/internal/plain"
)

// UnmarshalJSON decodes the answer of tournament_records/<id>. A player, round or
// entry that cannot be read is left out.
func (r *TournamentRecord) UnmarshalJSON(b []byte) error {
	var w struct {
		ID          ID
		Name        text
		Description text
		Location    text
		Group       Player // a number, or an object with one
		Editable    flag   `json:"editable_by_current_user"`
		Players     []json.RawMessage
		Rounds      []json.RawMessage
	}
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	*r = TournamentRecord{ID: w.ID, Name: plain.Line(string(w.Name)), Description: plain.Text(string(w.Description)),
		Location: plain.Line(string(w.Location)), Group: w.Group.ID, Editable: bool(w.Editable)}
	r.Players, r.Rounds = readable[RecordPlayer](w.Players), readable[RecordRound](w.Rounds)
	return nil
}

// readable decodes the members of a list that can be.
func readable[T any](list []json.RawMessage) []T {
	var all []T
	for _, raw := range list {
		var v T
		if json.Unmarshal(raw, &v) == nil {
			all = append(all, v)
		}
	}
	return all
}

// UnmarshalJSON decodes a player, whose rank says by being above 1000 that it is a
// professional's.
func (p *RecordPlayer) UnmarshalJSON(b []byte) error {
	var w struct {
		ID   ID
		Name text
		Rank number
		Pro  flag
	}
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	*p = RecordPlayer{ID: w.ID, Name: playerName(w.Name), Professional: bool(w.Pro)}
	rank := float64(w.Rank)
	if rank >= proOffset {
		p.Professional, rank = true, rank-proOffset
	}
	p.Rank = int(min(max(rank, 0), lastPro))
	return nil
}

// UnmarshalJSON decodes a round.
func (r *RecordRound) UnmarshalJSON(b []byte) error {
	var w struct {
		ID      ID
		Name    text
		Notes   text
		Entries []json.RawMessage
	}
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	*r = RecordRound{ID: w.ID, Name: plain.Line(string(w.Name)), Notes: plain.Text(string(w.Notes)), Entries: readable[RecordEntry](w.Entries)}
	return nil
}

// UnmarshalJSON decodes an entry of a round.
func (e *RecordEntry) UnmarshalJSON(b []byte) error {
	var w struct {
		ID           ID
		Name         text
		URL          text
		Notes        text
		Game         ID `json:"game_id"`
		Review       ID `json:"review_id"`
		Black, White Player
	}
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	*e = RecordEntry{ID: w.ID, Name: plain.Line(string(w.Name)), URL: plain.Line(string(w.URL)), Notes: plain.Text(string(w.Notes)),
		Game: w.Game, Review: w.Review, Black: w.Black, White: w.White}
	return nil
}
