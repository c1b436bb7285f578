// Package club has the words of a club's tournament: who plays whom, what came
// out, and what rests on it. They are no site's own: package site translates
// between them and a site's.
package club

import (
	"cmp"
	"slices"
	"time"
)

// Form is how a tournament, or one of its stages, decides.
type Form string

// The forms.
const (
	SingleElimination Form = "single elimination"
	DoubleElimination Form = "double elimination"
	RoundRobin        Form = "round robin"
	Swiss             Form = "swiss"
	FreeForAll        Form = "free for all"
)

// KnockOut reports whether a match of this form needs a winner.
func (f Form) KnockOut() bool { return f == SingleElimination || f == DoubleElimination }

// Tournament is one at a site, which knows it by its ID.
type Tournament struct {
	ID          string
	Short       string // what a person types for it
	Name        string
	Game        string
	Description string
	Page        string // its address for people; empty if unknown
	Form        Form
	GroupForm   Form // of the groups before the last stage; empty without groups
	TakesGames  bool // games can be attached to its matches
}

// FormOf is the form of the stage that a match belongs to.
func (t Tournament) FormOf(m Match) Form {
	if m.Group != "" {
		return cmp.Or(t.GroupForm, RoundRobin)
	}
	return t.Form
}

// Player is somebody who plays in a tournament.
type Player struct {
	ID      string
	Aliases []string // other ids of the same player, as in a stage of groups
	Name    string
	Account string // at the site; empty if none
	Remark  string // what the organiser noted
	Seed    int    // from 1, the strongest
	Rank    int    // in the end; 0 while unknown
}

// Is reports whether id names p.
func (p Player) Is(id string) bool { return p.ID == id || slices.Contains(p.Aliases, id) }

// Ranked returns players by their final ranks, and by their seeds where those
// are the same.
func Ranked(players []Player) []Player {
	return slices.SortedStableFunc(slices.Values(players), func(a, b Player) int {
		return cmp.Or(cmp.Compare(a.Rank, b.Rank), cmp.Compare(a.Seed, b.Seed))
	})
}

// State is how far a match has come.
type State string

// The states.
const (
	Pending  State = "pending" // its players are not both known
	Open     State = "open"
	Complete State = "complete"
)

// Match is a match of two, who keep their places for as long as it exists.
type Match struct {
	ID         string
	Identifier string // its letter in the bracket, if it has one
	State      State
	Round      int       // from 1; below 0 in the losers' bracket
	PlayOrder  int       // from 1; 0 if unknown
	Group      string    // empty for the last stage
	Player1    string    // empty while unknown
	Player2    string    // likewise
	Sets       [][2]int  // the scores, player 1's first, a pair for each set
	Winner     string    // empty while there is none
	Tie        bool      // nobody won
	Underway   time.Time // since when it is shown as being played; zero if it is not
}

// Has reports whether a player plays in m.
func (m Match) Has(id string) bool { return id != "" && (m.Player1 == id || m.Player2 == id) }

// Score writes the sets as 2-1 or 4-2,2-4,4-0.
func (m Match) Score() string { return ScoreText(m.Sets) }

// Label is what a person types for m.
func (m Match) Label() string { return cmp.Or(m.Identifier, m.ID) }
