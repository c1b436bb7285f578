package club

import (
	"fmt"
	"strings"
)

// Scene is a tournament with all that is in it.
type Scene struct {
	Tournament Tournament
	Players    []Player
	Matches    []Match
}

// WrongNameError says that what somebody named is not there, or not once.
type WrongNameError struct{ Text string }

func (e *WrongNameError) Error() string { return e.Text }

func wrongName(format string, args ...any) error {
	return &WrongNameError{fmt.Sprintf(format, args...)}
}

// Player finds a player by id, name or account.
func (s Scene) Player(text string) (Player, error) {
	var names []string
	for _, p := range s.Players {
		if p.Is(text) || strings.EqualFold(p.Name, text) || p.Account != "" && strings.EqualFold(p.Account, text) {
			return p, nil
		}
		names = append(names, p.Name)
	}
	return Player{}, wrongName("nobody here is called %q: %s", text, strings.Join(names, ", "))
}

// Match finds a match by its id or its letter in the bracket. Where groups have
// the same letters, one that is open comes first.
func (s Scene) Match(text string) (Match, error) {
	var fit, open []Match
	for _, m := range s.Matches {
		switch {
		case m.ID == text:
			return m, nil
		case strings.EqualFold(m.Identifier, text):
			fit = append(fit, m)
			if m.State == Open {
				open = append(open, m)
			}
		}
	}
	if len(open) == 1 {
		fit = open
	}
	switch len(fit) {
	case 0:
		return Match{}, wrongName("%s has no match %q", s.Tournament.Name, text)
	case 1:
		return fit[0], nil
	}
	var which []string
	for _, m := range fit {
		which = append(which, fmt.Sprintf("%s (%s – %s)", m.ID, s.Name(m.Player1), s.Name(m.Player2)))
	}
	return Match{}, wrongName("more than one match of %s is called %s; name it by its id: %s", s.Tournament.Name, text, strings.Join(which, ", "))
}

// Name is what people call the player with an id; a question mark where there is
// none yet.
func (s Scene) Name(id string) string {
	if id == "" {
		return "?"
	}
	for _, p := range s.Players {
		if p.Is(id) {
			return p.Name
		}
	}
	return id
}

// Result works out the result of m that somebody reports: the winner's name,
// empty for a tie, and the score, empty for 1-0.
func (s Scene) Result(m Match, winner, score string) (Result, error) {
	r := Result{Player1: m.Player1, Player2: m.Player2, Sets: [][2]int{{0, 0}}}
	if m.Player1 == "" || m.Player2 == "" {
		return r, fmt.Errorf("the players of match %s are not known yet", m.Identifier)
	}
	if winner != "" {
		p, err := s.Player(winner)
		if err != nil {
			return r, err
		}
		switch {
		case p.Is(m.Player1):
			r.Winner, r.Sets = m.Player1, [][2]int{{1, 0}}
		case p.Is(m.Player2):
			r.Winner, r.Sets = m.Player2, [][2]int{{0, 1}}
		default:
			return r, wrongName("%s does not play in match %s: %s – %s", p.Name, m.Identifier, s.Name(m.Player1), s.Name(m.Player2))
		}
	}
	if score != "" {
		var err error
		if r.Sets, err = ParseScore(score); err != nil {
			return r, &WrongNameError{err.Error()}
		}
	}
	return r, nil
}

// Losses says what goes when the result of m goes.
func (s Scene) Losses(doing string, m Match) string {
	says := func(m Match) string {
		return fmt.Sprintf("%s (%s %s %s)", m.Identifier, s.Name(m.Player1), m.Score(), s.Name(m.Player2))
	}
	text := fmt.Sprintf("%s match %s drops its result", doing, says(m))
	var names []string
	for _, x := range Branches(s.Tournament, s.Matches, m) {
		names = append(names, says(x))
	}
	if names == nil {
		return text + "; no other match rests on it."
	}
	return text + " and those that rest on it: " + strings.Join(names, ", ") + "."
}
