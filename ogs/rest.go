package ogs

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
)

// Config is what ui/config tells about the signed-in user.
type Config struct {
	User Player
	JWT  string // for the socket
}

// Config fetches ui/config. An answer as to a guest means that the access
// token was not accepted: another one is tried, then the error wraps ErrSignIn.
func (c *Client) Config(ctx context.Context) (Config, error) {
	const path = "/api/v1/ui/config"
	if c.opt.Tokens == nil {
		return Config{}, fmt.Errorf("%w: there is no access token", ErrSignIn)
	}
	for again := false; ; again = true {
		data, token, err := c.once(ctx, http.MethodGet, path, nil)
		if err != nil && (again || token == "" || !unauthorized(err)) {
			return Config{}, err
		}
		if err == nil {
			var w struct {
				User Player
				JWT  text `json:"user_jwt"`
			}
			var u struct{ User struct{ Anonymous flag } }
			if json.Unmarshal(data, &w) != nil || json.Unmarshal(data, &u) != nil {
				return Config{}, &APIError{Method: http.MethodGet, Path: path, Status: http.StatusOK,
					Message: "the answer is not the JSON that was expected (" + excerpt(data) + ")"}
			}
			if !bool(u.User.Anonymous) && w.User.ID > 0 && w.JWT != "" {
				return Config{w.User, string(w.JWT)}, nil
			}
			if again {
				return Config{}, fmt.Errorf("%w: it took us for a guest", ErrSignIn)
			}
		}
		c.opt.Tokens.Refused(token)
	}
}

// Me fetches the signed-in user.
func (c *Client) Me(ctx context.Context) (Player, error) {
	var p Player
	err := c.call(ctx, http.MethodGet, "/api/v1/me", nil, &p)
	if err == nil && p.ID <= 0 {
		err = fmt.Errorf("%w: it took us for a guest", ErrSignIn)
	}
	return p, err
}

// FindPlayer looks a player up by name.
func (c *Client) FindPlayer(ctx context.Context, name string) (Player, error) {
	var page struct{ Results []Player }
	if err := c.call(ctx, http.MethodGet, "/api/v1/players?username="+url.QueryEscape(name), nil, &page); err != nil {
		return Player{}, err
	}
	for _, p := range page.Results {
		if p.Username == name || len(page.Results) == 1 {
			return p, nil
		}
	}
	return Player{}, fmt.Errorf("the server knows no player %q; mind capitals", name)
}

// ActiveGame is a running game in a list.
type ActiveGame struct {
	ID            ID
	Name          string
	Phase         game.Phase
	Width, Height int
	MoveNumber    int // moves so far
	Players       [3]Player
	ToMove        ID            // a player
	PerMove       time.Duration // on average
	Expiration    time.Time     // of the clock that runs, at the server; zero if unknown
	Paused        bool
	Ranked        bool
	Time          TimeControl // empty in entries of the socket
}

// UnmarshalJSON decodes an entry of active_game, or of ui/overview, whose
// json member holds the game data.
func (a *ActiveGame) UnmarshalJSON(b []byte) error {
	var w struct {
		ID           ID
		Name         text
		Phase        game.Phase
		Width        integer
		Height       integer
		MoveNumber   integer `json:"move_number"`
		Black, White Player
		ToMove       ID      `json:"player_to_move"`
		PerMove      seconds `json:"time_per_move"`
		Expiration   instant `json:"clock_expiration"`
		Paused       flag
		Ranked       flag
		JSON         *struct {
			Phase  game.Phase
			Moves  moveList
			Ranked flag
			Time   TimeControl `json:"time_control"`
			Clock  wireClock
		}
	}
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	*a = ActiveGame{ID: w.ID, Name: clip(string(w.Name)), Phase: w.Phase, Width: int(w.Width), Height: int(w.Height),
		MoveNumber: int(w.MoveNumber), Players: [3]Player{board.Black: w.Black, board.White: w.White}, ToMove: w.ToMove,
		PerMove: time.Duration(w.PerMove), Expiration: w.Expiration.Time, Paused: bool(w.Paused), Ranked: bool(w.Ranked)}
	if j := w.JSON; j != nil {
		a.Phase, a.MoveNumber, a.ToMove = j.Phase, len(j.Moves), j.Clock.Current
		a.Expiration, a.Ranked, a.Time = j.Clock.Expiration.Time, bool(j.Ranked), j.Time
		a.Paused = j.Clock.over(Clock{}).Paused
	}
	return nil
}

// Side returns the colour that player has; Empty if none.
func (a *ActiveGame) Side(player ID) board.Color {
	switch player {
	case 0:
	case a.Players[board.Black].ID:
		return board.Black
	case a.Players[board.White].ID:
		return board.White
	}
	return board.Empty
}

// Overview is the user's running games.
type Overview struct{ Games []ActiveGame }

// Overview fetches ui/overview. It is not to be polled; the socket tells of
// changes.
func (c *Client) Overview(ctx context.Context) (Overview, error) {
	var w struct {
		Games []json.RawMessage `json:"active_games"`
	}
	if err := c.call(ctx, http.MethodGet, "/api/v1/ui/overview", nil, &w); err != nil {
		return Overview{}, err
	}
	var o Overview
	for _, raw := range w.Games {
		var a ActiveGame
		if err := json.Unmarshal(raw, &a); err != nil || a.ID == 0 {
			c.log.Warn("ogs: a game of the overview cannot be read", "error", err)
			continue
		}
		o.Games = append(o.Games, a)
	}
	return o, nil
}

// GameRecord is what games/<id> tells of a game.
type GameRecord struct {
	ID      ID
	Name    string
	Players [3]Player
	Started time.Time
	Ended   time.Time // zero while the game runs
	Result  game.Result
	Score   *[3]Score // as the server counted, by board.Color; nil unless it did
}

// Game fetches the record of a game.
func (c *Client) Game(ctx context.Context, id ID) (GameRecord, error) {
	var w struct {
		ID      ID
		Name    text
		Players struct{ Black, White Player }
		Black   ID
		White   ID
		Started text
		Ended   text
		wireResult
		GameData *struct{ wireResult } `json:"gamedata"`
	}
	path := "/api/v1/games/" + id.String()
	data, err := c.raw(ctx, http.MethodGet, path, nil)
	if err != nil {
		return GameRecord{}, err
	}
	if err := json.Unmarshal(data, &w); err != nil || w.ID != id {
		return GameRecord{}, &APIError{Method: http.MethodGet, Path: path, Status: http.StatusOK,
			Message: "the answer is no record of this game (" + excerpt(data) + ")"}
	}
	r := GameRecord{ID: w.ID, Name: clip(string(w.Name)), Players: [3]Player{board.Black: w.Players.Black, board.White: w.Players.White}}
	for color, id := range [3]ID{board.Black: w.Black, board.White: w.White} {
		if id != 0 {
			r.Players[color].ID = id
		}
	}
	r.Started, r.Ended = looseDate(string(w.Started)), looseDate(string(w.Ended))
	ids := [3]ID{board.Black: r.Players[board.Black].ID, board.White: r.Players[board.White].ID}
	r.Result, r.Score = w.result(ids)
	if w.GameData != nil {
		d, score := w.GameData.result(ids)
		if r.Result.Winner != board.Empty {
			d.Winner = r.Result.Winner
		}
		if score != nil {
			r.Score = score
		}
		r.Result = resultOf(d.Winner, r.Result.Words, r.Score != nil, r.Result.Annulled)
	}
	return r, nil
}

// looseDate reads a date of the REST interface; what is there but cannot be
// read is the moment of asking.
func looseDate(s string) time.Time {
	if s == "" {
		return time.Time{}
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05.999999", "2006-01-02 15:04:05"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t
		}
	}
	return time.Now()
}

// SGF fetches the server's own record of a game.
func (c *Client) SGF(ctx context.Context, id ID) ([]byte, error) {
	return c.sgf(ctx, "/api/v1/games/"+id.String()+"/sgf")
}

// sgf fetches what has to be SGF.
func (c *Client) sgf(ctx context.Context, path string) ([]byte, error) {
	data, err := c.raw(ctx, http.MethodGet, path, nil)
	if err != nil {
		return nil, err
	}
	for _, b := range data {
		switch b {
		case ' ', '\t', '\r', '\n', 0xef, 0xbb, 0xbf:
			continue
		case '(':
			return data, nil
		}
		break
	}
	return nil, &APIError{Method: http.MethodGet, Path: path, Status: http.StatusOK,
		Message: "the answer is no SGF (" + excerpt(data) + ")"}
}

// Notification is a message to the user. All that were not deleted come again
// on every connection; ID tells them apart.
type Notification struct {
	ID        string
	Type      string // challenge, gameStarted, gameEnded, gameDeclined, gameOfferRejected, …
	GameID    ID
	Challenge ID
	User      Player // who challenges
	Message   string // why an offer was rejected
	Outcome   string // of a game that ended
	Raw       json.RawMessage
}

// UnmarshalJSON decodes a notification of any type.
func (n *Notification) UnmarshalJSON(b []byte) error {
	var w struct {
		ID        text
		Type      text
		GameID    ID `json:"game_id"`
		Game      ID
		Challenge ID `json:"challenge_id"`
		User      Player
		Message   text
		Outcome   text
	}
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	*n = Notification{ID: string(w.ID), Type: clip(string(w.Type)), GameID: max(w.GameID, w.Game), Challenge: w.Challenge,
		User: w.User, Message: clip(string(w.Message)), Outcome: clip(string(w.Outcome)), Raw: append(json.RawMessage(nil), b...)}
	return nil
}
