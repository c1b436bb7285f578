package ogs

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/gobancam/gobancam/internal/plain"
)

// ErrUnnamedRecord says that a tournament record, or a part of one, may have been
// made of which nobody knows the number.
var ErrUnnamedRecord = errors.New("the server did not say what it made; it may have made it all the same: look at the group's page, or at the record, before you make it again")

// A TournamentRecord lists the games of a tournament that is played over the
// board, in rounds. It belongs to a group.
type TournamentRecord struct {
	ID          ID
	Name        string
	Description string // perhaps of several lines
	Location    string
	Group       ID   // 0 where the server does not say
	Editable    bool // by who asked
	Players     []RecordPlayer
	Rounds      []RecordRound // in the server's order, the newest first
}

// RecordPlayer is a player of a tournament record, who need not have an account.
type RecordPlayer struct {
	ID           ID
	Name         string
	Rank         int // as in DemoPlayer
	Professional bool
}

// RecordRound is a round of a tournament record.
type RecordRound struct {
	ID      ID
	Name    string
	Notes   string // perhaps of several lines
	Entries []RecordEntry
}

// RecordEntry is a game, review or demo board in a round.
type RecordEntry struct {
	ID           ID
	Name         string
	URL          string
	Notes        string
	Game, Review ID // 0 for none
	Black, White Player
}

// recordPath is where the calls of a tournament record are.
func recordPath(id ID, rest string) string {
	return "/api/v1/tournament_records/" + id.String() + rest
}

// CreateRecord makes a tournament record in a group and returns its number. Where
// the answer was lost, the error wraps ErrUnnamedRecord.
func (c *Client) CreateRecord(ctx context.Context, group ID, name string) (ID, error) {
	if group <= 0 {
		return 0, errors.New("a tournament record belongs to a group: give the group's number, which is in the address of its page")
	}
	if name = strings.TrimSpace(name); name == "" {
		return 0, errors.New("a tournament record needs a name")
	}
	return c.create(ctx, "/api/v1/tournament_records/", map[string]any{"group": group, "name": name}, ErrUnnamedRecord)
}

// RecordPage is the address of a tournament record for a browser.
func (c *Client) RecordPage(id ID) string {
	return c.base.String() + "/tournament-record/" + id.String()
}

// RecordSettings say what is to be changed about a tournament record; what is nil
// stays.
type RecordSettings struct{ Name, Description, Location *string }

// EditRecord changes a tournament record's name, description or place. The server
// takes only all three together, so that what stays is fetched before; who else
// changes it in between is overwritten.
func (c *Client) EditRecord(ctx context.Context, id ID, r RecordSettings) error {
	var now struct{ Name, Description, Location text }
	if err := c.call(ctx, http.MethodGet, recordPath(id, ""), nil, &now); err != nil {
		return err
	}
	name, description, location := string(now.Name), string(now.Description), string(now.Location)
	set(&name, r.Name)
	set(&description, r.Description)
	set(&location, r.Location)
	if name = strings.TrimSpace(name); name == "" {
		return errors.New("a tournament record needs a name")
	}
	return c.call(ctx, http.MethodPut, recordPath(id, ""),
		map[string]any{"name": name, "description": description, "location": location}, nil)
}

// AddRound adds a round to a tournament record and returns it.
func (c *Client) AddRound(ctx context.Context, record ID, name, notes string) (RecordRound, error) {
	if name = strings.TrimSpace(name); utf8.RuneCountInString(name) < 2 {
		return RecordRound{}, errors.New("the name of a round has at least two characters")
	}
	id, err := c.create(ctx, recordPath(record, "/rounds"), map[string]any{"name": name, "notes": notes}, ErrUnnamedRecord)
	return RecordRound{ID: id, Name: plain.Name(name), Notes: plain.Text(notes)}, err
}

// AddPlayer adds a player to a tournament record and returns the player's number
// in it.
func (c *Client) AddPlayer(ctx context.Context, record ID, p RecordPlayer) (ID, error) {
	if p.Name = strings.TrimSpace(p.Name); utf8.RuneCountInString(p.Name) < 2 {
		return 0, errors.New("the name of a player has at least two characters")
	}
	rank := p.Rank
	if p.Professional {
		rank += proOffset
	}
	return c.create(ctx, recordPath(record, "/players/"), map[string]any{"name": p.Name, "rank": rank}, ErrUnnamedRecord)
}

// Link puts a game, review or demo board, named by the address of its page, into a
// round of a tournament record, and returns the entry's number.
func (c *Client) Link(ctx context.Context, record, round ID, page, notes string) (ID, error) {
	if strings.TrimSpace(page) == "" {
		return 0, errors.New("the address of a game, review or demo board is needed")
	}
	path := recordPath(record, "/round/"+round.String()+"/")
	return c.create(ctx, path, map[string]any{"url": strings.TrimSpace(page), "notes": notes}, ErrUnnamedRecord)
}

// Record fetches a tournament record with its rounds and players.
func (c *Client) Record(ctx context.Context, id ID) (*TournamentRecord, error) {
	path := recordPath(id, "")
	data, err := c.raw(ctx, http.MethodGet, path, nil)
	if err != nil {
		return nil, err
	}
	r := new(TournamentRecord)
	if err := json.Unmarshal(data, r); err != nil || r.ID != id {
		return nil, &APIError{Method: http.MethodGet, Path: path, Status: http.StatusOK,
			Message: "the answer is no tournament record of this number (" + excerpt(data) + ")"}
	}
	return r, nil
}
