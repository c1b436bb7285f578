package ogs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"
)

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
