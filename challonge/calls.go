package challonge

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
)

// Every call of the API that a club needs, in the order of what it is about:
// where it goes, what is sent, and what the reply is decoded by. What is sent
// and decoded stands in the file of the thing itself.

func tournamentPath(id ID) string  { return "/tournaments/" + url.PathEscape(string(id)) }
func participantsPath(t ID) string { return tournamentPath(t) + "/participants" }
func participantPath(t, id ID) string {
	return participantsPath(t) + "/" + url.PathEscape(string(id)) + ".json"
}
func matchesPath(t ID) string        { return tournamentPath(t) + "/matches" }
func matchPath(t, id ID) string      { return matchesPath(t) + "/" + url.PathEscape(string(id)) }
func attachmentsPath(t, m ID) string { return matchPath(t, m) + "/attachments" }

// Tournaments lists the tournaments that the account (or the community, or the
// application) has.
func (c *Client) Tournaments(ctx context.Context, f TournamentFilter) ([]Tournament, error) {
	return pages(ctx, c, "/tournaments.json", f.query(), func(t Tournament) ID { return t.ID }, tournament)
}

// Tournament fetches one tournament by its id or the last part of its address.
func (c *Client) Tournament(ctx context.Context, id ID) (Tournament, error) {
	return fetch(ctx, c, tournamentPath(id)+".json", tournament)
}

// CreateTournament makes a tournament. Name and Type have to be given.
func (c *Client) CreateTournament(ctx context.Context, f TournamentFields) (Tournament, error) {
	if f.Name == "" || f.Type == "" {
		return Tournament{}, errors.New("a tournament needs a name and a type")
	}
	return changed(ctx, c, http.MethodPost, "/tournaments.json", body("Tournaments", f), tournament)
}

// UpdateTournament changes what f sets.
func (c *Client) UpdateTournament(ctx context.Context, id ID, f TournamentFields) (Tournament, error) {
	return changed(ctx, c, http.MethodPut, tournamentPath(id)+".json", body("Tournaments", f), tournament)
}

// DeleteTournament deletes a tournament with its participants and results.
// There is no way back.
func (c *Client) DeleteTournament(ctx context.Context, id ID) error {
	_, err := c.change(ctx, http.MethodDelete, tournamentPath(id)+".json", nil)
	return err
}

// ChangeState takes a tournament a step further, or back.
func (c *Client) ChangeState(ctx context.Context, id ID, s Step) (Tournament, error) {
	return changed(ctx, c, http.MethodPut, tournamentPath(id)+"/change_state.json", body("TournamentState", map[string]Step{"state": s}), tournament)
}

// Participants lists everybody in a tournament.
func (c *Client) Participants(ctx context.Context, tournament ID) ([]Participant, error) {
	return pages(ctx, c, participantsPath(tournament)+".json", nil, func(p Participant) ID { return p.ID }, participant)
}

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
	return changed(ctx, c, http.MethodPut, participantPath(tournament, id), body("Participants", f), participant)
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

// Matches lists the matches of a tournament.
func (c *Client) Matches(ctx context.Context, tournament ID, f MatchFilter) ([]Match, error) {
	return pages(ctx, c, matchesPath(tournament)+".json", f.query(), func(m Match) ID { return m.ID }, match)
}

// Match fetches one.
func (c *Client) Match(ctx context.Context, tournament, id ID) (Match, error) {
	return fetch(ctx, c, matchPath(tournament, id)+".json", match)
}

// Report reports the result of a match. Reporting another result of a match
// that is complete resets every match that branches from it: ask first.
//
// The request is sent once. After ErrTrouble it is unknown whether it counted:
// fetch the match and compare.
func (c *Client) Report(ctx context.Context, tournament, id ID, r Result) (Match, error) {
	return changed(ctx, c, http.MethodPut, matchPath(tournament, id)+".json", body("Match", r.attributes()), match)
}

// ChangeMatch takes a step.
func (c *Client) ChangeMatch(ctx context.Context, tournament, id ID, s MatchStep) (Match, error) {
	return changed(ctx, c, http.MethodPut, matchPath(tournament, id)+"/change_state.json", body("MatchState", map[string]MatchStep{"state": s}), match)
}

// Me says who is signed in. An application's own token has no user.
func (c *Client) Me(ctx context.Context) (User, error) {
	return fetch(ctx, c.Community(""), "/me.json", user)
}

// Communities lists the communities of the account.
func (c *Client) Communities(ctx context.Context) ([]Community, error) {
	return pages(ctx, c.Community(""), "/communities.json", nil, func(x Community) ID { return x.ID }, community)
}

// Attachments lists the attachments of a match.
func (c *Client) Attachments(ctx context.Context, tournament, match ID) ([]Attachment, error) {
	return pages(ctx, c, attachmentsPath(tournament, match)+".json", nil, func(a Attachment) ID { return a.ID }, attachment)
}

// Attach adds a link, a text or both to a match. The tournament has to accept
// attachments (Tournament.AcceptAttachments).
func (c *Client) Attach(ctx context.Context, tournament, match ID, link, text string) (Attachment, error) {
	if link == "" && text == "" {
		return Attachment{}, errors.New("an attachment needs a link or a text")
	}
	content := struct {
		URL         string `json:"url,omitempty"`
		Description string `json:"description,omitempty"`
	}{link, text}
	return changed(ctx, c, http.MethodPost, attachmentsPath(tournament, match)+".json", body("MatchAttachment", content), attachment)
}

// Detach deletes an attachment.
func (c *Client) Detach(ctx context.Context, tournament, match, id ID) error {
	_, err := c.change(ctx, http.MethodDelete, attachmentsPath(tournament, match)+"/"+url.PathEscape(string(id))+".json", nil)
	return err
}
