// Package game has the words that a server, a referee and a face of the program
// use for one and the same game of Go: its phase, players, clocks and result,
// and the events of a game that is played at a server. They are plain values
// without behaviour of a server in them; the rules are those of package board.
//
// The JSON forms of the events, with the names of their fields, are those of the
// recordings, which are read for ever: a field is added with omitzero, and none
// is renamed.
package game

import "github.com/gobancam/gobancam/board"

// Phase is a stretch of a game.
type Phase string

// The phases, by the names that they have at online-go.com (docs/ogs.md).
const (
	Playing      Phase = "play"
	StoneRemoval Phase = "stone removal" // both passed; dead stones are being agreed on
	Over         Phase = "finished"
)

// Known reports whether p is one of the phases.
func (p Phase) Known() bool { return p == Playing || p == StoneRemoval || p == Over }

// Player is one of the two.
type Player struct {
	ID   int64 // the server's; 0 without one
	Name string
	Rank string // as players say it, "12k" or "3d"; empty if it is not known
}

// String is the name and, where it is known, the rank: "Ada (5k)".
func (p Player) String() string {
	if p.Rank == "" {
		return p.Name
	}
	return p.Name + " (" + p.Rank + ")"
}

// Pause says who paused the game.
type Pause struct {
	By  board.Color // Empty: the server or a weekend
	Why string      // the server's name of the reason: "paused", "weekend", …
}

// Undo is the wish of one player to take back Count moves when there were
// Number of them; Count 0 means 1.
type Undo struct {
	By     board.Color // Empty when the server does not say
	Number int
	Count  int
}
