package challonge

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// The states of a match, which are the filters of the list as well.
const (
	MatchPending  = "pending" // its players are not both known
	MatchOpen     = "open"
	MatchComplete = "complete"
)

// Match is a match of two. The two places keep their order for as long as the
// match exists.
type Match struct {
	ID         ID     `json:"id"`
	State      string `json:"state"` // MatchPending, MatchOpen, MatchComplete
	Round      int    `json:"round"` // from 1; below 0 in the losers' bracket
	Identifier string `json:"identifier,omitempty"`
	PlayOrder  int    `json:"play_order,omitempty"`
	Group      ID     `json:"group_id,omitempty"` // in a stage of groups; the players have other ids there (Participant.GroupIDs)
	Player1    ID     `json:"player1"`            // empty while unknown
	Player2    ID     `json:"player2"`
	// Sets are the scores, player 1's first, one pair per set.
	Sets     [][2]int  `json:"sets,omitempty"`
	Winner   ID        `json:"winner,omitempty"`
	Tie      bool      `json:"tie,omitempty"`
	Underway time.Time `json:"underway_at,omitzero"` // zero when nobody said that it is being played
}

// Score writes the sets as 2-1 or 4-2,2-4,4-0.
func (m Match) Score() string {
	var parts []string
	for _, s := range m.Sets {
		parts = append(parts, fmt.Sprintf("%d-%d", s[0], s[1]))
	}
	return strings.Join(parts, ",")
}

// sideOfMatch is what a match says of one player.
type sideOfMatch struct {
	ID     ID        `json:"participant_id"`
	Scores []*number `json:"scores"`
}

func match(r *resource) (Match, error) {
	var a struct {
		State      string                 `json:"state"`
		Round      number                 `json:"round"`
		Identifier string                 `json:"identifier"`
		PlayOrder  number                 `json:"suggested_play_order"`
		Group      ID                     `json:"group_id"`
		Player1    ID                     `json:"player1_id"`
		Player2    ID                     `json:"player2_id"`
		Sets       lenient[[][]*number]   `json:"score_in_sets"`
		Points     lenient[[]sideOfMatch] `json:"points_by_participant"`
		Winner     winner                 `json:"winner_id"`
		Tie        truth                  `json:"tie"`
		Underway   moment                 `json:"underway_at"`
		Timestamps struct {
			Underway moment `json:"underway_at"`
		} `json:"timestamps"`
	}
	rel, err := r.attributes(&a)
	if err != nil {
		return Match{}, err
	}
	if r.ID == "" {
		return Match{}, errors.New("a match has no id")
	}
	m := Match{ID: r.ID, State: a.State, Round: int(a.Round), Identifier: a.Identifier, PlayOrder: int(a.PlayOrder), Group: a.Group,
		Player1: rel["player1"].ID, Player2: rel["player2"].ID, Winner: a.Winner.id, Tie: bool(a.Tie) || a.Winner.tie,
		Underway: time.Time(a.Underway)}
	if m.Underway.IsZero() {
		m.Underway = time.Time(a.Timestamps.Underway)
	}
	// Without relationships the players stand among the attributes, or with
	// the points.
	points := a.Points.v
	for i, p := range []*ID{&m.Player1, &m.Player2} {
		if *p == "" {
			*p = []ID{a.Player1, a.Player2}[i]
		}
		if *p == "" && i < len(points) && (m.Player1 != points[i].ID || i == 0) {
			*p = points[i].ID
		}
	}
	// The points name their participants, which the sets do not.
	if len(points) == 2 && m.Player1 != "" && m.Player2 != "" {
		p1, p2 := points[0], points[1]
		if p1.ID == m.Player2 && p2.ID == m.Player1 {
			p1, p2 = p2, p1
		}
		if p1.ID == m.Player1 && p2.ID == m.Player2 {
			for i := range min(len(p1.Scores), len(p2.Scores)) {
				if p1.Scores[i] != nil && p2.Scores[i] != nil {
					m.Sets = append(m.Sets, [2]int{int(*p1.Scores[i]), int(*p2.Scores[i])})
				}
			}
		}
	}
	if m.Sets == nil {
		for _, s := range a.Sets.v {
			if len(s) == 2 && s[0] != nil && s[1] != nil {
				m.Sets = append(m.Sets, [2]int{int(*s[0]), int(*s[1])})
			}
		}
	}
	return m, nil
}

// winner decodes winner_id: an id, null, or the word "tie".
type winner struct {
	id  ID
	tie bool
}

func (w *winner) UnmarshalJSON(data []byte) error {
	if err := json.Unmarshal(data, &w.id); err != nil {
		return err
	}
	if w.id == "tie" {
		w.id, w.tie = "", true
	}
	return nil
}

// MatchFilter narrows a list; zero fields do not.
type MatchFilter struct {
	State       string // MatchPending, MatchOpen, MatchComplete
	Participant ID
}

// Result is what is reported of a match.
type Result struct {
	Player1 ID       `json:"player1"` // in any order
	Player2 ID       `json:"player2"`
	Sets    [][2]int `json:"sets"`             // player 1's score first; at least one
	Winner  ID       `json:"winner,omitempty"` // empty for a tie
}

// A MatchStep takes a match from one state to another.
type MatchStep string

// The steps. Marking a match as being played is a courtesy to spectators: this
// route has answered 500 for long stretches, and nothing may depend on it.
const (
	MarkUnderway   MatchStep = "mark_as_underway"
	UnmarkUnderway MatchStep = "unmark_as_underway"
	Reopen         MatchStep = "reopen" // drops its result, and those of all matches that branch from it
)

// attributes are what a report of the result says.
func (r Result) attributes() any {
	type side struct {
		Participant ID     `json:"participant_id"`
		Sets        string `json:"score_set"`
		Rank        int    `json:"rank"`
		Advancing   bool   `json:"advancing"`
	}
	sides := [2]side{{Participant: r.Player1}, {Participant: r.Player2}}
	for i := range sides {
		s := &sides[i]
		var scores []string
		for _, set := range r.Sets {
			scores = append(scores, strconv.Itoa(set[i]))
		}
		s.Sets = strings.Join(scores, ",")
		s.Advancing = s.Participant == r.Winner
		s.Rank = 1
		if r.Winner != "" && !s.Advancing {
			s.Rank = 2
		}
	}
	return struct {
		Match [2]side `json:"match"`
		Tie   bool    `json:"tie"`
	}{sides, r.Winner == ""}
}

func (f MatchFilter) query() url.Values {
	q := url.Values{}
	if f.State != "" {
		q.Set("state", f.State)
	}
	if f.Participant != "" {
		q.Set("participant_id", string(f.Participant))
	}
	return q
}
