package ogs

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
)

// A ReviewMessage is one entry of a review's log. What it does not say is nil,
// zero or false. Its texts are as they came; who shows them takes ReviewText.
type ReviewMessage struct {
	At time.Time // by the server's clock

	Data  *ReviewData // the board to be reviewed; all that came before is void
	Owner *Player     // who made the review; only ID and Username
	// Controller is whose messages count from now on; only ID and Username.
	Controller *Player

	// From and Moves point at a node, which is made if there is none: all moves
	// after node number From of the trunk. Pointed says that they are there.
	Pointed bool
	From    int
	Moves   string

	Text   *string // the node's text is replaced
	Append string  // and added to
	Marks  map[string]string
	Delete bool // the node goes, with all that hangs on it

	Official *PlayedMove // of a review of a game that is being played: its next move
	Undo     bool        // likewise: its last move was taken back

	// Other says that it holds something that changes no node: chat, drawings.
	Other bool
}

// ReviewData is the board that a review begins with.
type ReviewData struct {
	Game          ID // the game that is reviewed; 0 for a demo board
	Name          string
	Width, Height int
	Rules         string
	Komi          float64
	Handicap      int
	Players       [3]Player     // by board.Color
	Black, White  []board.Point // stones that lie there before the first move
	First         board.Color   // who has the first move
	Moves         []PlayedMove  // the trunk
	FreeHandicap  bool          // Black plays the handicap stones one after the other
	Private       bool
	Outcome       string // in the server's words; "" while there is none
}

var errNoReview = errors.New("this is no message of a review")

// UnmarshalJSON decodes an entry of review/<id>/full_state or a review/<id>/r.
func (m *ReviewMessage) UnmarshalJSON(b []byte) error {
	*m = ReviewMessage{}
	var w struct {
		TS         instant
		F          json.RawMessage
		M          json.RawMessage
		T          json.RawMessage
		Append     text `json:"t+"`
		K          json.RawMessage
		Delete     json.RawMessage
		Owner      json.RawMessage
		Controller json.RawMessage
		GameData   json.RawMessage `json:"gamedata"`
		OM         json.RawMessage
		Undo       json.RawMessage
		Chat       json.RawMessage
		RemoveChat json.RawMessage `json:"remove-chat"`
		PP         json.RawMessage
		Pen        json.RawMessage
		ClearPen   json.RawMessage `json:"clearpen"`
		Update     json.RawMessage `json:"player_update"`
	}
	if b = bytes.TrimSpace(b); len(b) == 0 || b[0] != '{' {
		return errNoReview
	}
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	m.At, m.Append = w.TS.Time, string(w.Append)
	if words, ok := stringIn(w.T); ok {
		m.Text = &words
	}
	m.Delete, m.Undo = w.Delete != nil, w.Undo != nil
	if moves, ok := stringIn(w.M); ok && w.F != nil {
		var from integer
		if err := json.Unmarshal(w.F, &from); err != nil || from < 0 || from > maxMoves {
			return fmt.Errorf("there is no node %.20q to begin at", w.F)
		}
		m.Pointed, m.From, m.Moves = true, int(from), moves
	}
	if json.Unmarshal(w.K, &m.Marks) != nil {
		m.Marks = nil // drawings are not worth a move
	}
	m.Other = slices.ContainsFunc([]json.RawMessage{w.Chat, w.RemoveChat, w.PP, w.Pen, w.ClearPen, w.Update}, func(r json.RawMessage) bool { return r != nil })
	var err error
	if m.Owner, err = reviewer(w.Owner); err != nil {
		return err
	}
	if m.Controller, err = reviewer(w.Controller); err != nil {
		return err
	}
	if w.OM != nil {
		m.Official = new(PlayedMove)
		if err := json.Unmarshal(w.OM, m.Official); err != nil {
			return err
		}
	}
	if w.GameData != nil && !isNull(w.GameData) {
		m.Data = new(ReviewData)
		return json.Unmarshal(w.GameData, m.Data)
	}
	return nil
}

// stringIn is the string in raw, if it is one.
func stringIn(raw json.RawMessage) (string, bool) {
	var s *string
	if raw == nil || json.Unmarshal(raw, &s) != nil || s == nil {
		return "", false
	}
	return *s, true
}

// reviewer reads who owns or controls a review: a number, or an object with id
// and username.
func reviewer(raw json.RawMessage) (*Player, error) {
	if raw == nil || isNull(raw) {
		return nil, nil
	}
	p := new(Player)
	if err := json.Unmarshal(raw, p); err != nil {
		return nil, err
	}
	if p.ID <= 0 {
		return nil, nil // as the server's page takes it
	}
	return p, nil
}

// reviewPlayer is one of the two at a demo board, who has a name instead of a
// username, or at a game.
type reviewPlayer Player

// UnmarshalJSON implements json.Unmarshaler.
func (p *reviewPlayer) UnmarshalJSON(b []byte) error {
	var w struct {
		Name text
		Pro  flag
	}
	if err := (*Player)(p).UnmarshalJSON(b); err != nil {
		return err
	}
	if len(b) > 0 && b[0] == '{' && json.Unmarshal(b, &w) == nil {
		if p.Username == "" {
			p.Username = playerName(w.Name)
		}
		p.Professional = p.Professional || bool(w.Pro)
	}
	return nil
}

// UnmarshalJSON decodes the gamedata of a review, of which a demo board's has no
// clocks, and no ids of players.
func (d *ReviewData) UnmarshalJSON(b []byte) error {
	var w struct {
		Game          ID   `json:"game_id"`
		Name          text `json:"game_name"`
		Width, Height integer
		Rules         text
		Komi          number
		Handicap      integer
		Players       struct{ Black, White reviewPlayer }
		Initial       struct{ Black, White text } `json:"initial_state"`
		First         text                        `json:"initial_player"`
		Moves         moveList
		Free          flag `json:"free_handicap_placement"`
		Private       flag
		Outcome       text
	}
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	*d = ReviewData{Game: w.Game, Name: clip(string(w.Name)), Width: int(w.Width), Height: int(w.Height), Rules: clip(string(w.Rules)),
		Komi: float64(w.Komi), Handicap: int(w.Handicap), Players: [3]Player{board.Black: Player(w.Players.Black), board.White: Player(w.Players.White)},
		First: board.Black, Moves: w.Moves, FreeHandicap: bool(w.Free), Private: bool(w.Private), Outcome: clip(string(w.Outcome))}
	if w.First == "white" {
		d.First = board.White
	}
	switch {
	case d.Width < board.MinSize || d.Width > board.MaxSize || d.Height < board.MinSize || d.Height > board.MaxSize:
		return fmt.Errorf("a board of %d×%d cannot be shown here: %d to %d lines", d.Width, d.Height, board.MinSize, board.MaxSize)
	case d.Width != d.Height:
		return fmt.Errorf("a board of %d×%d cannot be shown here: it is not square", d.Width, d.Height)
	case len(d.Moves) > maxMoves:
		return errTooLong
	}
	var err error
	if d.Black, err = board.ParseOGSPoints(string(w.Initial.Black), d.Width); err != nil {
		return fmt.Errorf("the first black stones cannot be read: %w", err)
	}
	if d.White, err = board.ParseOGSPoints(string(w.Initial.White), d.Width); err != nil {
		return fmt.Errorf("the first white stones cannot be read: %w", err)
	}
	return nil
}

// Player is one of the two, as package game says it.
func (d *ReviewData) Player(c board.Color) game.Player {
	p := d.Players[c].Game()
	if d.Players[c].Professional {
		p.Rank = FormatDemoRank(int(d.Players[c].Rank), true)
	}
	return p
}
