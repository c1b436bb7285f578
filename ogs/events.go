package ogs

import (
	"fmt"
	"time"

	"github.com/gobancam/gobancam/board"
)

// An Update is an event of a game together with the game's state after it.
type Update struct {
	State *State
	Event Event
}

// An Event is what happened in a game: a game.Event, of which game.Played,
// PhaseChanged, UndoRequested, UndoCanceled, UndoAccepted, ClockChanged,
// PauseChanged, RemovalChanged, RemovalAccepted, Finished and Disconnected
// come, or one of the types below, which only this client has. After
// game.Disconnected nothing can be sent until the next Snapshot; game.Finished
// comes once.
type Event any

type (
	// Snapshot says that the state was replaced as a whole by the server's
	// game data: on joining, after every reconnection, and whenever the server
	// or a doubt asks for it. It also stands for events that a slow receiver
	// did not take in time.
	Snapshot struct{ Reason string }

	// Unusable says that the server sent game data that cannot be read, cannot
	// be played out, or cannot be of this game. The last good state stands,
	// nothing is sent until the next Snapshot, and the data is asked for again
	// in Again. It is told once for each reason.
	Unusable struct {
		Err   error
		Again time.Duration
		// Rival says that the data contradicts what the server said at first, and
		// will count if the next says the same: nothing of mine has been sent yet.
		Rival bool
	}

	// Acknowledged is the server's answer to a move, which is no proof yet:
	// Settled follows.
	Acknowledged struct {
		Ticket Ticket
		Err    error // the refusal, or nil
	}

	// Settled is what became of a move that Game.Move sent. Each ticket has
	// exactly one, unless the game is left before.
	Settled struct {
		Ticket Ticket
		Number int
		Point  board.Point
		Fate   Fate
		Reason string // for what was not played
	}

	// AutoResign says that the server has lost By and will resign for it at
	// At, in the server's time; a zero At takes that back.
	AutoResign struct {
		By board.Color
		At time.Time
	}

	// Chat is a line in the game's chat. On joining, the old lines come, too.
	Chat struct {
		By      Player
		Channel string
		Text    string
		At      time.Time // the server's time; zero if it does not say
	}

	// Trouble is a complaint of the server about this game, in its words.
	Trouble struct{ Text string }
)

// A Ticket names one sending of a move.
type Ticket uint64

// Pending is a move that was handed to the network and is not settled.
type Pending struct {
	Ticket Ticket
	Number int
	Point  board.Point
	Sent   time.Time
}

// Fate is what became of a move that was sent.
type Fate int

// The fates of a move.
const (
	// Played: the server's list has it, at the number it was sent for.
	Played Fate = iota
	// NotPlayed: the server's list does not have it, looked at twice with a
	// pause between, or once after a refusal. It may be sent again.
	NotPlayed
	// Displaced: the server's list has another move at its number. Somebody
	// else moves for this account, or the board is behind.
	Displaced
)

// String is the fate in words.
func (f Fate) String() string {
	switch f {
	case Played:
		return "played"
	case NotPlayed:
		return "not played"
	case Displaced:
		return "another move is in its place"
	}
	return fmt.Sprintf("Fate(%d)", int(f))
}

// Why nothing was sent.
type Why int

// The reasons why a command was not sent.
const (
	NotConnected Why = iota // no connection, or its game data has not come yet
	WrongPhase              // the game's phase does not allow it
	NotPlaying              // we have no colour in this game
	NotYourTurn             // by the moves or by the server's clock
	Paused                  // the game is paused
	Busy                    // a move before is not settled
	OutOfDate               // the state has changed since the caller looked
	Illegal                 // the rules of this game forbid it
	Unplayable              // the game cannot be followed here
	Left                    // the game or the session has ended
	NotInControl            // somebody else has the control of the review
)

// NotSentError says that a command was not sent: not one byte of it has left,
// and it will not be sent later.
type NotSentError struct {
	Why    Why
	Reason string
}

func (e *NotSentError) Error() string { return "not sent: " + e.Reason }
