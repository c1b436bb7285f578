package game

import "github.com/gobancam/gobancam/board"

// Event is something that a server says of a game: one of Data, Played,
// Acknowledged, Refused, PhaseChanged, UndoRequested, UndoCanceled,
// UndoAccepted, ClockChanged, PauseChanged, RemovalChanged, RemovalAccepted,
// Finished, Connected, Disconnected and Said. There are no others.
type Event interface{ event() }

// Data is all that the server knows of the game. It replaces whatever was
// believed before.
type Data struct {
	Epoch int // grows with each Data that follows a new connection to the game
	ID    int64
	Name  string
	// Setup is what the game started from: size, rules (with the server's own
	// flags), komi, handicap, stones, who was first.
	Setup   board.Setup
	Moves   []board.Move // in order, passes included, taken-back ones not
	Phase   Phase
	Players [2]Player   // black, white
	Me      board.Color // my colour; Empty when the account plays both, or none
	ToMove  board.Color // by the server's clock; Empty when it does not say
	Paused  *Pause
	Undo    *Undo         // open request
	Dead    []board.Point // marked as dead in stone removal
	Result  *Result       // when finished
}

// Played is the server's word that a move counts, mine as well as the
// opponent's. Number is the count of moves with it.
type Played struct {
	Number int
	Move   board.Move
}

// Acknowledged says that the server has handled the request, and nothing more:
// a move counts with its Played.
type Acknowledged struct{ Ref int64 }

// Refused says that the request was not carried out, as far as the adapter can
// know. Unsent says that it certainly never left.
type Refused struct {
	Ref     int64
	Message string
	Unsent  bool
}

// PhaseChanged announces a new phase.
type PhaseChanged struct{ Phase Phase }

// UndoRequested brings a request that is open from now on.
type UndoRequested struct{ Undo }

// UndoCanceled says that the request was withdrawn.
type UndoCanceled struct{}

// UndoAccepted says that the last Count moves are taken back; Count 0 means
// that of the request, else 1. Number is that of the move which is next.
type UndoAccepted struct {
	Number int
	Count  int
}

// ClockChanged brings new values for the display, and whose turn it is by the
// server's clock.
type ClockChanged struct {
	Clocks [2]Clock    // black, white
	ToMove board.Color // Empty when unknown
}

// PauseChanged says that the game was paused, or, with nil, goes on.
type PauseChanged struct{ Pause *Pause }

// RemovalChanged gives the whole set of points now marked as dead (or as
// neutral). Earlier agreements are void.
type RemovalChanged struct{ Dead []board.Point }

// RemovalAccepted says that a player agreed to the marked set; Empty is both,
// or the server.
type RemovalAccepted struct{ By board.Color }

// Finished brings the result.
type Finished struct{ Result Result }

// Connected says that the server can be reached. Requests still wait for Data.
type Connected struct{}

// Disconnected says why it cannot; without a Reason, that was said already.
// With Nonsense the line stands, but what the server sends makes no sense: it is
// asked again.
type Disconnected struct {
	Reason   string
	Nonsense bool `json:",omitzero"`
}

// Said is a sentence for humans, from the server or about it.
type Said struct{ Text string }

func (Data) event()            {}
func (Played) event()          {}
func (Acknowledged) event()    {}
func (Refused) event()         {}
func (PhaseChanged) event()    {}
func (UndoRequested) event()   {}
func (UndoCanceled) event()    {}
func (UndoAccepted) event()    {}
func (ClockChanged) event()    {}
func (PauseChanged) event()    {}
func (RemovalChanged) event()  {}
func (RemovalAccepted) event() {}
func (Finished) event()        {}
func (Connected) event()       {}
func (Disconnected) event()    {}
func (Said) event()            {}
