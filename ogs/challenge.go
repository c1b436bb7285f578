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

	"github.com/google/uuid"

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
		return Offer{}, &APIError{Method: http.MethodPost, Path: path, Status: http.StatusOK,
			Message: "the answer names no challenge; it may have been made all the same, see 'gobancam challenge list'"}
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

// RejectedError says that an offer will not become a game.
type RejectedError struct{ Reason string }

func (e *RejectedError) Error() string { return e.Reason }

// Offer makes a challenge, tells it to made, and waits for its game. If ctx ends
// first, the offer is left standing: see Withdraw.
func (s *Session) Offer(ctx context.Context, ch Challenge, opponent ID, made func(Offer)) (ID, error) {
	known, err := s.running(ctx)
	if err != nil {
		return 0, err
	}
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	// Once it is asked for, the answer is waited for: a challenge of which
	// nobody knows the number could not be withdrawn.
	o, err := s.c.Challenge(context.WithoutCancel(ctx), ch, opponent)
	if err != nil {
		return 0, err
	}
	delete(known, o.Game)
	if made != nil {
		made(o)
	}
	return s.await(ctx, o, known)
}

// AcceptAndAwait accepts a challenge, see Client.Accept, and returns the number
// of the game that begins.
func (s *Session) AcceptAndAwait(ctx context.Context, challenge ID, open bool) (ID, error) {
	known, err := s.running(ctx)
	if err != nil {
		return 0, err
	}
	game, err := s.c.accept(ctx, challenge, open)
	if err != nil {
		return 0, err
	}
	return s.await(ctx, Offer{Challenge: challenge, Game: game, Speed: Correspondence}, known)
}

// running are the games that run already, and so do not come of an offer.
func (s *Session) running(ctx context.Context) (map[ID]bool, error) {
	view, err := s.c.Overview(ctx)
	if err != nil {
		return nil, err
	}
	known := map[ID]bool{}
	for _, a := range view.Games {
		known[a.ID] = true
	}
	return known, nil
}

// await waits until the offer has become a game, none of those known, and
// returns its number, from whoever tells first: the game's own data,
// active_game, the notification, or at long intervals ui/overview. Meanwhile a
// live offer is kept alive, which the server asks for every second or so.
func (s *Session) await(ctx context.Context, o Offer, known map[ID]bool) (ID, error) {
	sub := s.Subscribe()
	defer sub.Close()
	if o.Speed != Correspondence {
		k := keep{o.Challenge, o.Game}
		s.mu.Lock()
		s.keeps[k] = struct{}{}
		s.seeking = true // its deletion is announced there
		s.mu.Unlock()
		defer func() {
			s.mu.Lock()
			delete(s.keeps, k)
			s.seeking = false
			s.mu.Unlock()
			s.send("seek_graph/disconnect", map[string]any{"channel": "global"})
		}()
		s.send("seek_graph/connect", map[string]any{"channel": "global"})
		s.send("challenge/keepalive", map[string]any{"challenge_id": k.Challenge, "game_id": k.Game})
	}
	// Connecting to the game to be is how the server tells first.
	started := make(chan ID, 1)
	watch, stop := context.WithCancel(ctx)
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		s.watchFor(watch, o.Game, started)
	}()
	defer func() { stop(); <-finished }()

	me := s.Me().ID
	fits := func(a ActiveGame) bool {
		if known[a.ID] || a.Phase == Finished || a.Side(me) == board.Empty {
			return false
		}
		return a.ID == o.Game || o.To == 0 || a.Side(o.To) != board.Empty
	}
	poll := time.NewTicker(s.c.timing.Poll)
	defer poll.Stop()
	gone := "the challenge is gone: it was withdrawn or declined, or the server dropped it"
	var doubt <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case id := <-started:
			return id, nil
		case <-doubt:
			return 0, &RejectedError{gone}
		case <-poll.C:
			if view, err := s.c.Overview(ctx); err == nil {
				for _, a := range view.Games {
					if fits(a) {
						return a.ID, nil
					}
				}
			}
		case e, ok := <-sub.Events():
			if !ok {
				return 0, &NotSentError{Left, "the session has ended"}
			}
			switch e := e.(type) {
			case ActiveGame:
				if fits(e) {
					return e.ID, nil
				}
			case Notification:
				switch mine := e.GameID == o.Game || e.Challenge == o.Challenge; {
				case e.Type == "gameStarted" && mine, e.Type == "gameStarted" && o.To == 0 && !known[e.GameID] && e.GameID != 0:
					return e.GameID, nil
				case mine && (e.Type == "gameDeclined" || e.Type == "gameOfferRejected"):
					reason := "the challenge was declined"
					if e.Message != "" {
						reason += ": " + e.Message
					}
					return 0, &RejectedError{reason}
				}
			case SeekGraph:
				for _, seek := range e.Seeks {
					if seek.Challenge != o.Challenge {
						continue
					}
					switch {
					case seek.Started && seek.Game != 0:
						return seek.Game, nil
					case seek.Deleted && doubt == nil:
						// A start deletes it, too: give that a moment to be told.
						doubt = time.After(s.c.timing.Doubt)
					}
				}
			}
		}
	}
}

// watchFor follows game id until its data comes, which means that it has
// started.
func (s *Session) watchFor(ctx context.Context, id ID, started chan<- ID) {
	for id != 0 && ctx.Err() == nil {
		g, err := s.Join(ctx, id)
		if err == nil {
			g.Leave()
			started <- id
			return
		}
		sleep(ctx, s.c.timing.Doubt)
	}
}

// A Seek is one entry of the seek graph: an open challenge, or the end of one.
type Seek struct {
	Challenge ID
	Game      ID
	Player    Player
	Name      string
	Width     int
	Height    int
	Rules     string
	Ranked    bool
	Handicap  int
	Komi      *float64
	Color     string
	MinRank   float64
	MaxRank   float64
	Time      TimeControl
	PerMove   time.Duration

	Deleted bool // it is no longer open
	Started bool // it has become a game
}

// SeekGraph is news of open challenges; the first after WatchSeeks lists all.
type SeekGraph struct{ Seeks []Seek }

// decodeSeeks decodes a list of entries, or a single one; what cannot be read
// is left out.
func decodeSeeks(data json.RawMessage) SeekGraph {
	var raws []json.RawMessage
	if json.Unmarshal(data, &raws) != nil {
		raws = []json.RawMessage{data}
	}
	var g SeekGraph
	for _, raw := range raws {
		var w struct {
			Challenge  ID `json:"challenge_id"`
			Game       ID `json:"game_id"`
			UserID     ID `json:"user_id"`
			Username   text
			Ranking    number
			Name       text
			Width      integer
			Height     integer
			Rules      text
			Ranked     flag
			Handicap   integer
			Komi       *number
			Color      text        `json:"challenger_color"`
			MinRank    number      `json:"min_rank"`
			MaxRank    number      `json:"max_rank"`
			TimeName   text        `json:"time_control"`
			Time       TimeControl `json:"time_control_parameters"`
			PerMove    seconds     `json:"time_per_move"`
			Delete     flag
			Started    flag `json:"game_started"`
			InviteOnly flag `json:"invite_only"`
		}
		if json.Unmarshal(raw, &w) != nil || w.Challenge == 0 {
			continue
		}
		k := Seek{Challenge: w.Challenge, Game: w.Game, Player: Player{ID: w.UserID, Username: playerName(w.Username), Rank: float64(w.Ranking)},
			Name: clip(string(w.Name)), Width: int(w.Width), Height: int(w.Height), Rules: clip(string(w.Rules)), Ranked: bool(w.Ranked),
			Handicap: int(w.Handicap), Color: clip(string(w.Color)), MinRank: float64(w.MinRank), MaxRank: float64(w.MaxRank),
			Time: w.Time, PerMove: time.Duration(w.PerMove), Deleted: bool(w.Delete), Started: bool(w.Started)}
		if w.Komi != nil {
			komi := float64(*w.Komi)
			k.Komi = &komi
		}
		if k.Time.System == "" {
			k.Time.System = clip(string(w.TimeName))
		}
		g.Seeks = append(g.Seeks, k)
	}
	return g
}

// WatchSeeks asks for the seek graph, which comes to the subscriptions, until
// UnwatchSeeks.
func (s *Session) WatchSeeks() error {
	s.mu.Lock()
	s.seeking = true
	s.mu.Unlock()
	return s.send("seek_graph/connect", map[string]any{"channel": "global"})
}

// UnwatchSeeks ends WatchSeeks.
func (s *Session) UnwatchSeeks() error {
	s.mu.Lock()
	s.seeking = false
	s.mu.Unlock()
	return s.send("seek_graph/disconnect", map[string]any{"channel": "global"})
}

// Automatch is the wish for any opponent.
type Automatch struct {
	UUID           string // made by FindMatch if it is empty
	Sizes          []int  // 9, 13 and 19
	Speeds         []string
	Systems        []string // fischer and byoyomi
	LowerRankDiff  int      // how much weaker the opponent may be
	UpperRankDiff  int
	Rules          string // empty for no preference
	Handicap       *bool  // nil for no preference
	HandicapStrict bool   // the wish for Handicap is a condition
}

// MarshalJSON gives the body of automatch/find_match.
func (a Automatch) MarshalJSON() ([]byte, error) {
	type option struct {
		Size   string `json:"size"`
		Speed  string `json:"speed"`
		System string `json:"system"`
	}
	type wish struct {
		Condition string `json:"condition"`
		Value     string `json:"value"`
	}
	var options []option
	for _, size := range a.Sizes {
		for _, speed := range a.Speeds {
			for _, system := range a.Systems {
				options = append(options, option{fmt.Sprintf("%dx%d", size, size), speed, system})
			}
		}
	}
	rules, handicap := wish{"no-preference", "japanese"}, wish{"no-preference", "enabled"}
	if a.Rules != "" {
		rules = wish{"required", a.Rules}
	}
	if a.Handicap != nil {
		handicap.Condition = "preferred"
		if a.HandicapStrict {
			handicap.Condition = "required"
		}
		if !*a.Handicap {
			handicap.Value = "disabled"
		}
	}
	return json.Marshal(map[string]any{
		"uuid": a.UUID, "size_speed_options": options, "lower_rank_diff": a.LowerRankDiff, "upper_rank_diff": a.UpperRankDiff,
		"rules": rules, "handicap": handicap,
	})
}

// Check says what the server would not understand, or nil.
func (a *Automatch) Check() error {
	if len(a.Sizes) == 0 || len(a.Speeds) == 0 || len(a.Systems) == 0 {
		return errors.New("a size, a speed and a clock system are needed")
	}
	for _, n := range a.Sizes {
		if n != 9 && n != 13 && n != 19 {
			return fmt.Errorf("automatic pairing has no boards of %d×%d: 9, 13 or 19", n, n)
		}
	}
	for _, speed := range a.Speeds {
		if !slices.Contains([]string{Blitz, Rapid, Live, Correspondence}, speed) {
			return fmt.Errorf("there is no speed %q", speed)
		}
	}
	for _, system := range a.Systems {
		if system != Fischer && system != ByoYomi {
			return fmt.Errorf("automatic pairing has no %q clocks: fischer or byoyomi", system)
		}
	}
	return nil
}

// AutomatchEvent is news of an automatic pairing. Kind is "entry" (the search
// is on), "start" (Game exists) or "cancel" (UUID is empty for all).
type AutomatchEvent struct {
	Kind string
	UUID string
	Game ID
}

// UnmarshalJSON decodes the data of any of the three events.
func (a *AutomatchEvent) UnmarshalJSON(b []byte) error {
	var w struct {
		UUID text
		Game ID `json:"game_id"`
	}
	if isNull(b) {
		return nil
	}
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	a.UUID, a.Game = clip(string(w.UUID)), w.Game
	return nil
}

// FindMatch searches for an opponent and returns the game that was started. A
// live search ends with the connection: it is begun again on the next one.
// When ctx ends, the search is cancelled.
func (s *Session) FindMatch(ctx context.Context, a Automatch) (ID, error) {
	if err := a.Check(); err != nil {
		return 0, err
	}
	if a.UUID == "" {
		a.UUID = uuid.NewString()
	}
	sub := s.Subscribe()
	defer sub.Close()
	if err := s.send("automatch/find_match", a); err != nil {
		return 0, err
	}
	for {
		select {
		case <-ctx.Done():
			s.CancelMatch(a.UUID)
			return 0, ctx.Err()
		case e, ok := <-sub.Events():
			if !ok {
				return 0, &NotSentError{Left, "the session has ended"}
			}
			switch e := e.(type) {
			case Online:
				if err := s.send("automatch/find_match", a); err != nil {
					s.log.Info("ogs: the search could not be begun again yet", "error", err)
				}
			case AutomatchEvent:
				switch {
				case e.Kind == "start" && e.UUID == a.UUID && e.Game != 0:
					return e.Game, nil
				case e.Kind == "cancel" && (e.UUID == a.UUID || e.UUID == ""):
					return 0, &RejectedError{"the server ended the search"}
				}
			}
		}
	}
}

// ListMatches asks for the searches that are on; they come to the
// subscriptions as AutomatchEvents.
func (s *Session) ListMatches() error { return s.send("automatch/list", nil) }

// CancelMatch ends a search.
func (s *Session) CancelMatch(uuid string) error {
	return s.send("automatch/cancel", map[string]any{"uuid": uuid})
}
