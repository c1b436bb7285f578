package ogs

import (
	"encoding/json"
	"time"
)

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

// WatchSeeks asks for the seek graph, which comes to the subscriptions until the
// session ends.
func (s *Session) WatchSeeks() error { return s.seek() }

// seek asks for the seek graph, and unseek ends that; it comes for as long as
// somebody wants it.
func (s *Session) seek() error {
	s.seeks.Lock()
	defer s.seeks.Unlock()
	if s.seekers++; s.seekers > 1 && s.Online() {
		s.send("seek_graph/disconnect", map[string]any{"channel": "global"}) // the first answer lists all
	}
	return s.send("seek_graph/connect", map[string]any{"channel": "global"})
}

func (s *Session) unseek() {
	s.seeks.Lock()
	defer s.seeks.Unlock()
	if s.seekers--; s.seekers == 0 {
		s.send("seek_graph/disconnect", map[string]any{"channel": "global"})
	}
}

// seekAgain asks for the seek graph on a new connection, if somebody wants it.
func (s *Session) seekAgain(conn *conn) {
	s.seeks.Lock()
	defer s.seeks.Unlock()
	if s.seekers > 0 {
		conn.send("seek_graph/connect", map[string]any{"channel": "global"})
	}
}
