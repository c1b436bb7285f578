package ogs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gobancam/gobancam/board"
)

// Challenge is the offer of a game. NewChallenge gives one with the defaults
// for a person at a real board; a zero one is not valid.
type Challenge struct {
	Name  string
	Rules string // japanese, chinese, aga, korean, ing or nz
	// Width and Height are 2 to 25 here (the server takes 1, too); the camera
	// sees square boards.
	Width, Height int
	Handicap      int      // 0 none, 1 to 36 stones, -1 as the ranks ask for
	Komi          *float64 // nil for that of the rules
	Color         string   // the challenger's: automatic, black, white or random
	Time          TimeControl
	Ranked        bool
	Private       bool
	NoAnalysis    bool // neither player may try variations on the server
	InviteOnly    bool
	// MinRank and MaxRank bound who may accept, in the server's numbers (0 =
	// 30 kyu, 29 = 1 kyu, 30 = 1 dan, 36 = 7 dan and more); -1000 and 1000
	// for anybody.
	MinRank, MaxRank int
	// Black and White are stones that stand at the beginning.
	Black, White []board.Point
}

// The bounds of a challenge that anybody may accept.
const (
	AnyMinRank = -1000
	AnyMaxRank = 1000
)

// NewChallenge returns a friendly game of 20 minutes and five times 30 seconds
// by Japanese rules: time enough to set stones down with care.
func NewChallenge(size int) Challenge {
	return Challenge{
		Name: "Friendly game", Rules: "japanese", Width: size, Height: size, Color: "automatic",
		Time:    TimeControl{System: ByoYomi, Main: 20 * time.Minute, Period: 30 * time.Second, Periods: 5},
		MinRank: AnyMinRank, MaxRank: AnyMaxRank,
	}
}

// Check says what the server would refuse, or nil.
func (c *Challenge) Check() error {
	var errs []error
	bad := func(when bool, format string, args ...any) {
		if when {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	_, err := board.ParseRules(c.Rules)
	bad(err != nil, "%w", err)
	bad(strings.TrimSpace(c.Name) == "", "a game has to have a name")
	bad(c.Width < board.MinSize || c.Width > board.MaxSize || c.Height < board.MinSize || c.Height > board.MaxSize,
		"a board of %d×%d is not possible: %d to %d", c.Width, c.Height, board.MinSize, board.MaxSize)
	bad(c.Handicap < -1 || c.Handicap > 36, "handicap %d is not possible: 0 to 36, or -1 for automatic", c.Handicap)
	bad(!slices.Contains([]string{"automatic", "black", "white", "random"}, c.Color), "the colour %q is none of automatic, black, white, random", c.Color)
	bad(c.MinRank > c.MaxRank, "the lowest rank is above the highest")
	bad(c.Komi != nil && (*c.Komi < -1000 || *c.Komi > 1000 || *c.Komi*2 != float64(int(*c.Komi*2))), "komi must be a whole or a half number")
	if c.Ranked {
		bad(c.Width != c.Height || c.Width != 9 && c.Width != 13 && c.Width != 19, "a ranked game is 9×9, 13×13 or 19×19")
		bad(c.Komi != nil, "a ranked game has the komi of its rules")
		bad(c.Handicap > 9, "a ranked game has at most 9 handicap stones")
		bad(c.Private, "a ranked game cannot be private")
		bad(len(c.Black)+len(c.White) > 0, "a ranked game begins with an empty board")
	}
	errs = append(errs, c.Time.Check())
	return errors.Join(errs...)
}

// MarshalJSON gives the body of the request. The server needs every field of
// it: without disable_analysis, or with the clock system in only one of its
// two places, it answers with a bare 500.
func (c Challenge) MarshalJSON() ([]byte, error) {
	t := c.Time
	t.Speed = t.Classify(c.Width, c.Height)
	t.PauseOnWeekends = t.PauseOnWeekends && t.Speed == Correspondence
	game := map[string]any{
		"name": c.Name, "rules": c.Rules, "ranked": c.Ranked, "width": c.Width, "height": c.Height,
		"handicap": c.Handicap, "komi_auto": "automatic", "disable_analysis": c.NoAnalysis,
		"initial_state": nil, "private": c.Private, "rengo": false, "rengo_casual_mode": true,
		"pause_on_weekends": t.PauseOnWeekends, "time_control": t.System, "time_control_parameters": t,
	}
	if c.Komi != nil {
		game["komi_auto"], game["komi"] = "custom", *c.Komi
	}
	if len(c.Black)+len(c.White) > 0 {
		game["initial_state"] = map[string]string{"black": board.FormatOGSPoints(c.Black), "white": board.FormatOGSPoints(c.White)}
	}
	return json.Marshal(map[string]any{
		"initialized": false, "min_ranking": c.MinRank, "max_ranking": c.MaxRank, "challenger_color": c.Color,
		"rengo_auto_start": 0, "invite_only": c.InviteOnly, "aga_ranked": c.Ranked && c.Rules == "aga", "game": game,
	})
}

// Offer is a challenge that stands on the server.
type Offer struct {
	Challenge ID
	Game      ID // the game that it will be; a bot may start another one
	UUID      string
	Speed     string
	To        ID // whom it is addressed to; 0 for anybody
}

// Challenge offers a game to the player opponent (bots included), or to
// anybody if that is 0.
func (c *Client) Challenge(ctx context.Context, ch Challenge, opponent ID) (Offer, error) {
	if err := ch.Check(); err != nil {
		return Offer{}, err
	}
	path := "/api/v1/challenges"
	if opponent != 0 {
		path = "/api/v1/players/" + opponent.String() + "/challenge"
	}
	var w struct {
		Challenge, Game json.RawMessage
		UUID            text
	}
	if err := c.call(ctx, http.MethodPost, path, ch, &w); err != nil {
		return Offer{}, err
	}
	o := Offer{Challenge: looseID(w.Challenge), Game: looseID(w.Game), UUID: clip(string(w.UUID)),
		Speed: ch.Time.Classify(ch.Width, ch.Height), To: opponent}
	if o.Challenge == 0 {
		return Offer{}, ErrUnnamedOffer
	}
	return o, nil
}

// looseID reads an id, or the id member of an object.
func looseID(raw json.RawMessage) ID {
	var id ID
	if len(raw) > 0 && json.Unmarshal(raw, &id) == nil {
		return id
	}
	var o struct{ ID ID }
	_ = json.Unmarshal(raw, &o)
	return o.ID
}

// Withdraw takes an offer of ours back.
func (c *Client) Withdraw(ctx context.Context, challenge ID) error {
	return c.call(ctx, http.MethodDelete, "/api/v1/me/challenges/"+challenge.String(), nil, nil)
}

// Decline refuses a challenge made to us.
func (c *Client) Decline(ctx context.Context, challenge ID) error { return c.Withdraw(ctx, challenge) }

// Accept takes a challenge made to us, or with open one that anybody may take.
func (c *Client) Accept(ctx context.Context, challenge ID, open bool) error {
	_, err := c.accept(ctx, challenge, open)
	return err
}

// accept returns the game's number if the answer tells it; it need not.
func (c *Client) accept(ctx context.Context, challenge ID, open bool) (ID, error) {
	path := "/api/v1/me/challenges/" + challenge.String() + "/accept"
	if open {
		path = "/api/v1/challenges/" + challenge.String() + "/accept"
	}
	data, err := c.raw(ctx, http.MethodPost, path, struct{}{})
	if err != nil {
		return 0, err
	}
	var w struct{ Game json.RawMessage }
	_ = json.Unmarshal(data, &w)
	return looseID(w.Game), nil
}

// PendingChallenge is one row of me/challenges.
type PendingChallenge struct {
	ID       ID
	Game     ID
	From, To Player
	Name     string
	Width    int
	Height   int
	Rules    string
	Handicap int
	Ranked   bool
	Time     TimeControl
}

// UnmarshalJSON decodes a row.
func (p *PendingChallenge) UnmarshalJSON(b []byte) error {
	var w struct {
		ID         ID
		Challenger Player
		Challenged Player
		Game       struct {
			ID       ID
			Name     text
			Width    integer
			Height   integer
			Rules    text
			Handicap integer
			Ranked   flag
			Time     TimeControl `json:"time_control_parameters"`
		}
	}
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	*p = PendingChallenge{w.ID, w.Game.ID, w.Challenger, w.Challenged, clip(string(w.Game.Name)), int(w.Game.Width), int(w.Game.Height),
		clip(string(w.Game.Rules)), int(w.Game.Handicap), bool(w.Game.Ranked), w.Game.Time}
	return nil
}

// Challenges lists the challenges made by and to us that stand.
func (c *Client) Challenges(ctx context.Context) ([]PendingChallenge, error) {
	var list []PendingChallenge
	for page := 1; page <= 10; page++ {
		var w struct {
			Next    text
			Results []PendingChallenge
		}
		if err := c.call(ctx, http.MethodGet, fmt.Sprintf("/api/v1/me/challenges?page_size=30&page=%d", page), nil, &w); err != nil {
			return nil, err
		}
		list = append(list, w.Results...)
		if w.Next == "" {
			break
		}
	}
	return list, nil
}
