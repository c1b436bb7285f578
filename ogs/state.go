package ogs

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
)

// Player is somebody in a game, a challenge or a list.
type Player struct {
	ID           ID
	Username     string
	Rank         float64 // 0 = 30 kyu, 29 = 1 kyu, 30 = 1 dan
	Professional bool
}

// UnmarshalJSON decodes a player, or a bare id.
func (p *Player) UnmarshalJSON(b []byte) error {
	var w struct {
		ID           ID
		Username     text
		Rank         *number
		Ranking      *number
		Professional flag
	}
	*p = Player{}
	if len(b) > 0 && b[0] != '{' {
		return p.ID.UnmarshalJSON(b)
	}
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	*p = Player{ID: w.ID, Username: playerName(w.Username), Professional: bool(w.Professional)}
	if w.Rank != nil {
		p.Rank = float64(*w.Rank)
	} else if w.Ranking != nil {
		p.Rank = float64(*w.Ranking)
	}
	return nil
}

// Game is the player as one of a game's two.
func (p Player) Game() game.Player {
	g := game.Player{ID: int64(p.ID), Name: p.Username}
	if p.Rank > 0 { // 0 where the server does not say
		g.Rank = FormatRank(p.Rank)
	}
	return g
}

// WithRank is the player's name and, where it is known, the rank: "Ada (5k)".
func (p Player) WithRank() string { return p.Game().String() }

// wireUndo is an open request to take moves back.
type wireUndo struct {
	number int // moves when it was made
	by     ID  // who asked; 0 if the server does not say
	count  int // moves to take back, at least 1
}

// UnmarshalJSON decodes {move_number, requested_by, undo_move_count}, or the
// bare number of older servers.
func (u *wireUndo) UnmarshalJSON(b []byte) error {
	var w struct {
		MoveNumber integer `json:"move_number"`
		By         ID      `json:"requested_by"`
		Count      integer `json:"undo_move_count"`
	}
	*u = wireUndo{}
	if len(b) > 0 && b[0] == '{' {
		if err := json.Unmarshal(b, &w); err != nil {
			return err
		}
	} else if err := w.MoveNumber.UnmarshalJSON(b); err != nil {
		return err
	}
	*u = wireUndo{int(w.MoveNumber), w.By, max(int(w.Count), 1)}
	return nil
}

// in is the request in the game s. It fails for one that cannot be about it.
func (u wireUndo) in(s *State) (*game.Undo, error) {
	if u.number < 1 || u.number > len(s.Moves) || u.count > u.number {
		return nil, fmt.Errorf("an undo of %d moves at move %d was asked for after %d moves", u.count, u.number, len(s.Moves))
	}
	return &game.Undo{By: s.side(u.by), Number: u.number, Count: u.count}, nil
}

// Score is one side's score, as the server counted it.
type Score struct {
	Total, Stones, Territory, Prisoners, Handicap, Komi float64
}

// UnmarshalJSON decodes a side of a score.
func (s *Score) UnmarshalJSON(b []byte) error {
	var w struct{ Total, Stones, Territory, Prisoners, Handicap, Komi number }
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	*s = Score{float64(w.Total), float64(w.Stones), float64(w.Territory), float64(w.Prisoners), float64(w.Handicap), float64(w.Komi)}
	return nil
}

// State is a game as the server tells it. It is never changed once it has been
// handed out; its slices and maps are shared and not to be written to.
type State struct {
	ID            ID
	Name          string
	Width, Height int
	Rules         board.Rules // with the switches that this game's server sets
	Komi          float64
	Handicap      int
	Ranked        bool
	Private       bool
	Time          TimeControl

	Players [3]Player   // by board.Color
	Me      board.Color // Empty for an observer, and in a game that one account plays alone

	Phase    game.Phase
	Moves    []PlayedMove
	Clock    Clock
	Undo     *game.Undo  // an open one, or nil
	Removed  string      // points marked as dead or neutral, in the server's own spelling
	Accepted [3]*string  // the spelling that each side agreed to, or nil
	Result   game.Result // when Phase is game.Over
	Score    *[3]Score   // as the server counted, by board.Color; nil unless it did

	// AutoResign is when the server will resign for a side that it has lost;
	// zero while it will not.
	AutoResign [3]time.Time

	// Live says that the game data of the connection that stands now is in
	// here. Without it nothing is sent.
	Live bool
	// Epoch grows each time that the game is entered anew, after a lost
	// connection or a doubt.
	Epoch int
	// Pending is the move that was sent and not yet settled, or nil.
	Pending *Pending

	game *board.Game // the moves played out; nil if this board cannot
	odd  error       // why game is nil or not to be trusted
}

// MyTurn reports whether the player may move: the server's clock and the
// moves played out agree that it is their turn, the game is in play and not
// paused, and the connection stands.
func (s *State) MyTurn() bool { return s.mayMove() == nil }

func (s *State) mayMove() error {
	switch {
	case !s.Live:
		return &NotSentError{NotConnected, "the connection to the game is being restored"}
	case s.Phase != game.Playing:
		return &NotSentError{WrongPhase, fmt.Sprintf("the game is in %s", s.Phase)}
	case s.Me == board.Empty:
		return &NotSentError{NotPlaying, "you are watching this game, not playing it"}
	case s.game == nil:
		return &NotSentError{Unplayable, s.odd.Error()}
	case s.game.ToMove() != s.Me:
		return &NotSentError{NotYourTurn, "it is " + s.game.ToMove().String() + "'s turn"}
	case s.Clock.Current != 0 && s.Clock.Current != s.Players[s.Me].ID:
		return &NotSentError{NotYourTurn, "the server's clock runs for the opponent"}
	case s.Clock.stops():
		return &NotSentError{Paused, "the game is paused"}
	case s.Pending != nil:
		return &NotSentError{Busy, "the move before is not settled yet"}
	}
	return nil
}

// ToMove returns whose turn it is by the moves; Empty if they cannot be played
// out.
func (s *State) ToMove() board.Color {
	if s.game == nil {
		return board.Empty
	}
	return s.game.ToMove()
}

// Game returns the moves played out on a board of its own, which the caller
// may change. It fails for boards that are not square.
func (s *State) Game() (*board.Game, error) {
	if s.game == nil {
		return nil, s.odd
	}
	return s.game.Clone(), nil
}

// Setup returns what the game starts from, with the server's own switches of
// the rules.
func (s *State) Setup() (board.Setup, error) {
	if s.game == nil {
		return board.Setup{}, s.odd
	}
	return s.game.Setup(), nil
}

// Number is the number that the next move has: 1 for the first.
func (s *State) Number() int { return len(s.Moves) + 1 }

// wireGame is the JSON form of game data.
type wireGame struct {
	GameID  ID         `json:"game_id"`
	Name    text       `json:"game_name"`
	Width   integer    `json:"width"`
	Height  integer    `json:"height"`
	Rules   text       `json:"rules"`
	Ranked  flag       `json:"ranked"`
	Private flag       `json:"private"`
	Phase   game.Phase `json:"phase"`
	BlackID ID         `json:"black_player_id"`
	WhiteID ID         `json:"white_player_id"`
	Players struct {
		Black wireSide `json:"black"`
		White wireSide `json:"white"`
	} `json:"players"`
	InitialPlayer text `json:"initial_player"`
	InitialState  *struct {
		Black text `json:"black"`
		White text `json:"white"`
	} `json:"initial_state"`
	Handicap     integer                    `json:"handicap"`
	Komi         *number                    `json:"komi"`
	Moves        moveList                   `json:"moves"`
	Time         TimeControl                `json:"time_control"`
	Clock        *wireClock                 `json:"clock"`
	PauseControl map[string]json.RawMessage `json:"pause_control"`
	PausedSince  instant                    `json:"paused_since"`
	Undo         json.RawMessage            `json:"undo_requested"`
	Removed      text                       `json:"removed"`
	wireResult

	FreeHandicap    *flag `json:"free_handicap_placement"`
	SelfCapture     *flag `json:"allow_self_capture"`
	AllowKo         *flag `json:"allow_ko"`
	AllowSuperko    *flag `json:"allow_superko"`
	Superko         text  `json:"superko_algorithm"`
	ScoreStones     *flag `json:"score_stones"`
	ScorePrisoners  *flag `json:"score_prisoners"`
	ScoreHandicap   *flag `json:"score_handicap"`
	LessOne         *flag `json:"aga_handicap_scoring"`
	TerritoryInSeki *flag `json:"score_territory_in_seki"`
	WhiteLast       *flag `json:"white_must_pass_last"`
	OpponentResumes *flag `json:"opponent_plays_first_after_resume"`
}

type wireSide struct {
	Player
	Accepted *string
}

func (s *wireSide) UnmarshalJSON(b []byte) error {
	if err := s.Player.UnmarshalJSON(b); err != nil || len(b) == 0 || b[0] != '{' {
		return err
	}
	var w struct {
		Stones *string `json:"accepted_stones"`
	}
	_ = json.Unmarshal(b, &w) // anything but a string is no acceptance
	s.Accepted = w.Stones
	return nil
}

type wireResult struct {
	Outcome   text            `json:"outcome"`
	Winner    json.RawMessage `json:"winner"`
	Annulled  flag            `json:"annulled"`
	BlackLost *flag           `json:"black_lost"`
	WhiteLost *flag           `json:"white_lost"`
	Score     *struct{ Black, White Score }
}

// result is what is told, and the score, or nil.
func (w *wireResult) result(players [3]ID) (game.Result, *[3]Score) {
	var score *[3]Score
	if w.Score != nil {
		score = &[3]Score{board.Black: w.Score.Black, board.White: w.Score.White}
	}
	return resultOf(w.winner(players), clip(string(w.Outcome)), score != nil, bool(w.Annulled)), score
}

// winner works out who won: winner is a player's id, or in old records a
// colour's name; REST tells who lost.
func (w *wireResult) winner(players [3]ID) board.Color {
	var id ID
	var name string
	switch {
	case len(w.Winner) == 0 || isNull(w.Winner):
	case json.Unmarshal(w.Winner, &name) == nil && name == "black":
		return board.Black
	case name == "white":
		return board.White
	case json.Unmarshal(w.Winner, &id) == nil && id != 0 && players[board.Black] != players[board.White]:
		if i := slices.Index(players[:], id); i > 0 {
			return board.Color(i)
		}
	}
	if w.BlackLost != nil && w.WhiteLost != nil && bool(*w.BlackLost) != bool(*w.WhiteLost) {
		if *w.BlackLost {
			return board.White
		}
		return board.Black
	}
	return board.Empty
}

// decodeGameData turns game data into a State for the player me. What it
// cannot do without (the id, the size, the phase, moves that can be read) is
// an error.
func decodeGameData(b []byte, me ID) (*State, error) {
	var w wireGame
	if err := json.Unmarshal(b, &w); err != nil {
		return nil, fmt.Errorf("game data that cannot be read: %w", err)
	}
	s := &State{
		ID: w.GameID, Name: clip(string(w.Name)), Width: int(w.Width), Height: int(w.Height), Handicap: int(w.Handicap),
		Ranked: bool(w.Ranked), Private: bool(w.Private), Time: w.Time, Phase: game.Phase(clip(string(w.Phase))), Moves: w.Moves, Removed: string(w.Removed),
		Players:  [3]Player{board.Black: w.Players.Black.Player, board.White: w.Players.White.Player},
		Accepted: [3]*string{board.Black: w.Players.Black.Accepted, board.White: w.Players.White.Accepted},
	}
	switch {
	case s.ID == 0:
		return nil, errors.New("game data without a game's id")
	case s.Width < 1 || s.Width > 25 || s.Height < 1 || s.Height > 25:
		return nil, fmt.Errorf("game data with a board of %d×%d", s.Width, s.Height)
	case len(s.Moves) > maxMoves:
		return nil, errTooLong
	case !s.Phase.Known():
		return nil, fmt.Errorf("game data with the unknown phase %.40q", s.Phase)
	}
	if w.BlackID != 0 {
		s.Players[board.Black].ID = w.BlackID
	}
	if w.WhiteID != 0 {
		s.Players[board.White].ID = w.WhiteID
	}
	ids := [3]ID{board.Black: s.Players[board.Black].ID, board.White: s.Players[board.White].ID}
	if me != 0 && ids[board.Black] != ids[board.White] {
		s.Me = board.Color(max(slices.Index(ids[:], me), 0))
	}
	s.Rules = w.rules()
	s.Komi = s.Rules.KomiFor(s.Handicap)
	if w.Komi != nil {
		s.Komi = float64(*w.Komi)
	}
	if w.Clock != nil {
		s.Clock = w.Clock.over(Clock{})
	}
	if s.Clock.Players[board.Black] == 0 {
		s.Clock.Players = ids
	}
	if (w.Clock == nil || w.Clock.Pause == nil) && len(w.PauseControl) > 0 {
		s.Clock.setPause(&wirePause{PausedSince: w.PausedSince, Control: w.PauseControl}, w.PausedSince.Time)
	}
	if len(w.Undo) > 0 && !isNull(w.Undo) && s.Phase == game.Playing {
		var u wireUndo
		if json.Unmarshal(w.Undo, &u) == nil {
			s.Undo, _ = u.in(s) // one that cannot be is none
		}
	}
	if s.Phase == game.Over {
		s.Result, s.Score = w.result(ids)
	}
	s.replay(&w)
	return s, nil
}

// rules returns the set that the game names, with the switches that its data
// sets, which count more than the name.
func (w *wireGame) rules() board.Rules {
	r, err := board.ParseRules(string(w.Rules))
	if err != nil {
		r, _ = board.ParseRules("japanese")
		r.Name = clip(string(w.Rules))
	}
	set := func(to *bool, f *flag) {
		if f != nil {
			*to = bool(*f)
		}
	}
	set(&r.FreeHandicap, w.FreeHandicap)
	set(&r.Suicide, w.SelfCapture)
	set(&r.ScoreStones, w.ScoreStones)
	set(&r.ScorePrisoners, w.ScorePrisoners)
	set(&r.ScoreHandicap, w.ScoreHandicap)
	set(&r.HandicapLessOne, w.LessOne)
	set(&r.TerritoryInSeki, w.TerritoryInSeki)
	set(&r.WhitePassesLast, w.WhiteLast)
	set(&r.OpponentResumes, w.OpponentResumes)
	switch {
	case w.AllowKo != nil && bool(*w.AllowKo):
		r.Ko = board.KoFree
	case w.AllowSuperko != nil && bool(*w.AllowSuperko), w.Superko == "noresult":
		r.Ko = board.SimpleKo
	case w.Superko == "psk", w.Superko == "csk", w.Superko == "ing":
		r.Ko = board.PositionalSuperko
	case w.Superko == "ssk":
		r.Ko = board.SituationalSuperko
	}
	return r
}

// replay plays the moves out on a board and works out who played each.
func (s *State) replay(w *wireGame) {
	if s.Width != s.Height || s.Width < board.MinSize || s.Width > board.MaxSize {
		s.odd = fmt.Errorf("a board of %d×%d crossings cannot be played here", s.Width, s.Height)
		return
	}
	setup := board.Setup{Size: s.Width, Rules: s.Rules, Komi: s.Komi}
	if w.InitialState != nil {
		var err1, err2 error
		setup.Black, err1 = board.ParseOGSPoints(string(w.InitialState.Black), s.Width)
		setup.White, err2 = board.ParseOGSPoints(string(w.InitialState.White), s.Width)
		if err := errors.Join(err1, err2); err != nil {
			s.odd = fmt.Errorf("the stones that stand at the beginning cannot be read: %w", err)
			return
		}
	}
	switch {
	case len(setup.Black)+len(setup.White) > 0:
		setup.First = board.Black
		if w.InitialPlayer == "white" || w.InitialPlayer == "" && s.Handicap > 1 {
			setup.First = board.White
		}
	case s.Handicap > 1 && w.InitialPlayer != "white":
		setup.Rules.FreeHandicap = true // nothing stands, so Black puts them
		setup.Handicap = s.Handicap
	case w.InitialPlayer == "white":
		setup.First = board.White
	}
	played, moves, err := playOut(setup, s.Moves, -1)
	// After two passes and an agreement to go on, either player may have been
	// first. Moves carry no colour, but the clock tells whose turn it is now.
	if c := s.Clock.Color(); err == nil && s.Phase == game.Playing && c != board.Empty && c != played.ToMove() {
		for i := len(s.Moves) - 1; i > 0; i-- {
			if s.Moves[i].Point.IsPass() && s.Moves[i-1].Point.IsPass() {
				played, moves, err = playOut(setup, s.Moves, i+1)
				break
			}
		}
	}
	if err != nil {
		s.odd = fmt.Errorf("the server's moves cannot be played out: %w", err)
		return
	}
	s.game, s.Moves = played, moves
}

// playOut plays moves from setup, with the other player first at move number
// swap (from 0).
func playOut(setup board.Setup, moves []PlayedMove, swap int) (*board.Game, []PlayedMove, error) {
	g, err := board.NewGame(setup)
	if err != nil {
		return nil, nil, err
	}
	out := slices.Clone(moves)
	for i := range out {
		if i == swap {
			g.Resume(g.ToMove().Opponent())
		}
		if !out[i].Edited {
			out[i].Color = g.ToMove()
		}
		if err := g.Force(board.Move{Color: out[i].Color, Point: out[i].Point}); err != nil {
			return nil, nil, fmt.Errorf("move %d: %w", i+1, err)
		}
	}
	if swap == len(moves) {
		g.Resume(g.ToMove().Opponent())
	}
	return g, out, nil
}

// with returns a copy of s with one more move.
func (s *State) with(m PlayedMove) (*State, error) {
	n := *s
	if s.game != nil {
		n.game = s.game.Clone()
		if !m.Edited {
			m.Color = n.game.ToMove()
		}
		if err := n.game.Force(board.Move{Color: m.Color, Point: m.Point}); err != nil {
			return nil, err
		}
	}
	n.Moves = append(slices.Clip(s.Moves), m)
	n.Undo = nil
	return &n, nil
}

// without returns a copy of s without its last count moves.
func (s *State) without(count int) *State {
	n := *s
	n.Moves = s.Moves[:max(len(s.Moves)-count, 0)]
	if s.game != nil {
		n.game = s.game.Clone()
		for range len(s.Moves) - len(n.Moves) {
			n.game.Undo()
		}
	}
	n.Undo = nil
	return &n
}
