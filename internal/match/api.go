// Package match is the referee of a game on a real board, and the relay of a
// game between two people who sit at one.
//
// The Referee holds the position that the server's record and the rules say
// must be on the board, and asks which legal continuation explains the eyes'
// readings best. It sends a move when the odds are high enough, the hand is
// gone and the stone has lain for a moment; else it asks, or says what is wrong
// on the board. The Relay does the same without a server, for both colours.
//
// Both are plain state machines: every input carries its time, nothing reads a
// clock, nothing is concurrent, so the same inputs always give the same
// decisions. Run connects a Referee with the world.
package match

import (
	"slices"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/reading"
)

// ---- What the referee needs of the world ----

// Eyes look at the board. Looks is closed when there will be no more: the end
// of a file. A camera that is gone for now is a Look with an error.
type Eyes interface {
	Looks() <-chan Look
}

// Look is one thing the eyes have to say: a reading, or why there is none. An
// io.EOF says that there will be no more.
type Look struct {
	Reading *reading.Reading
	Err     error
	// Taken is when the picture was taken, by the clock of this machine. Zero
	// for one that was not taken now, such as a file's: it counts as taken
	// when it arrives.
	Taken time.Time
}

// Server is the other side of an online game. Do starts a request and returns
// at once; what comes of it arrives as events. Every change of the game arrives
// as an event, in the server's order, starting with game.Data.
//
// Exactly-once rests on one rule that the adapter keeps: a request whose Epoch
// is not that of the latest game.Data it delivered is not sent but answered with
// game.Refused and Unsent. Whenever a connection is lost, or anything happened
// that may have lost an event, the adapter delivers game.Disconnected, and a
// game.Data with a new Epoch once the game is connected again. It never sends a
// request twice.
type Server interface {
	Do(Request)
	Events() <-chan game.Event
}

// Voice says, shows or prints what happens. Announce must not block.
type Voice interface {
	Announce(Event)
}

// Journal keeps what must survive a crash. Append returns when the entry is on
// disk; no request for a move leaves before that.
type Journal interface {
	Append(Entry) error
}

// Recorder is told every input before it is acted on. What it keeps, replayed
// into a new Referee with the same Options, gives the same decisions.
type Recorder interface {
	Record(Input)
}

// Ports are a referee's connections to the world. All but
// Server may be nil.
type Ports struct {
	Eyes     Eyes
	Server   Server
	Voice    Voice
	Journal  Journal
	Recorder Recorder
	Commands <-chan Command
	Publish  func(*Snapshot) // called with each new snapshot, from Run's goroutine; must not block
	Explain  func(Decision)  // called with each decision, likewise
}

// Input is one thing that happened. At most one of the fields after At is set;
// none is a tick of the clock.
type Input struct {
	// At is when it happened, since the referee was made. It never decreases,
	// but for a look: that is stamped with when its picture was taken, which
	// may be before what was told meanwhile, though not before the last look.
	At      time.Duration
	Look    *Look
	Server  game.Event
	Command *Command
	// Failed tells that the journal could not keep the entry of the request
	// with this Ref, which was therefore not sent.
	Failed int64
}

// Output is what one input led to: entries to keep, then requests to send, then
// events to tell, in this order.
type Output struct {
	Entries   []Entry
	Requests  []Request
	Events    []Event
	Decisions []Decision // what was decided, and why
	Quit      bool       // the game is over and settled, or the user leaves
}

// Decision is why a move was sent, asked about, or taken to be played.
type Decision struct {
	Move   board.Move
	Number int // of the move, from 1
	Frame  int
	At     time.Duration
	Asked  bool // it was asked, not sent
	Why    string
	// Hypotheses are the explanations of what was seen that were weighed,
	// the likeliest first; those of next to no weight are left out.
	Hypotheses []Hypothesis
}

// Hypothesis is one explanation of what the eyes saw.
type Hypothesis struct {
	Text     string  // "nothing happened", "black Q16", "white Q16 that is no move"
	Prior    float64 // natural logarithms, up to a common constant
	Evidence float64
	Share    float64 // posterior probability, 0..1
}

// ---- What the referee asks of the server ----

// RequestKind names a Request.
type RequestKind string

// The requests.
const (
	ReqMove          RequestKind = "move" // a stone or a pass
	ReqResign        RequestKind = "resign"
	ReqUndo          RequestKind = "undo"
	ReqAcceptUndo    RequestKind = "accept-undo"
	ReqCancelUndo    RequestKind = "cancel-undo"
	ReqPause         RequestKind = "pause"
	ReqResume        RequestKind = "resume"
	ReqMark          RequestKind = "mark" // Points as dead or alive
	ReqAcceptRemoval RequestKind = "accept-removal"
	ReqRejectRemoval RequestKind = "reject-removal"
	ReqResync        RequestKind = "resync" // leave the game's channel, join again, deliver game.Data with a new Epoch
)

// Request is one thing to ask of the server, once.
type Request struct {
	Kind   RequestKind
	Ref    int64 // unique within a referee
	Epoch  int   // of the game.Data it rests on
	Number int   // moves in the server's record it rests on
	Move   board.Move
	Points []board.Point
	Dead   bool // for ReqMark
}

// ---- What the user asks ----

// CommandKind names a Command. They are also the words typed in a headless
// session.
type CommandKind string

// The commands.
const (
	CmdPass        CommandKind = "pass"
	CmdResign      CommandKind = "resign" // asks once more before it is sent
	CmdUndo        CommandKind = "undo"   // ask the opponent; in a relay, take back the last move
	CmdCancelUndo  CommandKind = "cancel-undo"
	CmdAccept      CommandKind = "accept" // yes to the first open question
	CmdDeny        CommandKind = "deny"   // no to it
	CmdCancel      CommandKind = "cancel" // no to it, or else withdraw my own request to take back
	CmdPause       CommandKind = "pause"
	CmdResume      CommandKind = "resume"
	CmdPlay        CommandKind = "play" // Points[0] is my move, whatever the eyes say
	CmdMark        CommandKind = "mark" // turn Points dead or alive in stone removal
	CmdAcceptScore CommandKind = "accept-score"
	CmdRejectScore CommandKind = "reject-score" // play on
	CmdTrust       CommandKind = "trust"        // the board is right: overlook what seems wrong now, at Points or everywhere
	CmdThere       CommandKind = "there"        // the stones that seem to be missing lie there: go on with what else is seen
	CmdLook        CommandKind = "look"         // forget what was seen and look afresh
	CmdResync      CommandKind = "resync"       // ask the server for the whole game
	CmdMode        CommandKind = "mode"         // Mode (and Below) from now on
	CmdBoard       CommandKind = "board"        // relay: what lies there now is the position, however it came to be
	CmdBack        CommandKind = "back"         // relay: take back all that came after move Number
	CmdQuit        CommandKind = "quit"
)

// Command is what the user asks for, by key, click, speech or standard input.
type Command struct {
	Kind   CommandKind
	Points []board.Point
	Mode   Mode
	Below  float64 // for AskBelow
	Number int     `json:",omitzero"` // for CmdBack; 0: the beginning
	// Question, when not 0, is the ID of the one that accept or deny answers;
	// an answer to a question that is no longer open is dropped. 0 answers the
	// one that was asked last: see Asked.
	Question int
}

// Mode says when the user is asked before a move is sent.
type Mode string

// The modes.
const (
	Auto     Mode = "auto"      // send what passes the bound, ask below it
	Ask      Mode = "ask"       // always ask
	AskBelow Mode = "ask-below" // ask below a confidence of the user's own choosing
)

// ---- What the referee says ----

// State is where the game stands.
type State string

// The states, in the order in which they are named when several hold at once.
const (
	StateStarting       State = "starting"        // no word from the server yet
	StateFinished       State = "finished"        // the result is known
	StateConnectionLost State = "connection-lost" // the server cannot be reached
	StateRemoval        State = "stone-removal"   // both passed; dead stones are being agreed on
	StatePaused         State = "paused"
	StateCameraLost     State = "camera-lost"
	StateBoardMoved     State = "board-moved" // the grid does not fit, or the board was bumped and is being compared
	StateUndoAsked      State = "undo-asked"  // by the opponent
	StateTakeBack       State = "take-back"   // an undo was agreed; stones are to be taken off
	StateSetup          State = "set-up"      // the board is being set to the position of the record, or to the handicap
	StateMisplaced      State = "misplaced"   // the owed stone lies on a wrong point
	StateOwed           State = "owed"        // a stone of the record, usually the opponent's last, is to be put down
	StateMissing        State = "missing"     // a stone was there and is not
	StateUnexpected     State = "unexpected"  // a stone is there and should not be
	StateCovered        State = "covered"     // a hand or a thing hides the board
	StatePrisoners      State = "prisoners"   // captured stones are to be lifted; never blocks play
	StateSending        State = "sending"     // my move is on its way
	StateYourTurn       State = "your-turn"
	StateOpponentsTurn  State = "opponents-turn"

	// No state of a game: what an alarm and a note tell of its record.
	StateUnkept State = "unkept" // it is not in the file where it belongs
	StateKept   State = "kept"   // it is again
)

// EventKind names an Event.
type EventKind string

// The events.
const (
	EventState    EventKind = "state"    // State was entered, or its points changed
	EventSent     EventKind = "sent"     // my move left for the server
	EventMove     EventKind = "move"     // a move counts: the server echoed it, or the relay decided it
	EventUndo     EventKind = "undo"     // the move Number and those after it are taken back
	EventSetup    EventKind = "set-up"   // relay: Points changed otherwise than by play, after move Number
	EventBump     EventKind = "bump"     // the board was moved and found again
	EventCovered  EventKind = "covered"  // the board was hidden for longer than a move takes
	EventQuestion EventKind = "question" // Question was asked
	EventAnswered EventKind = "answered" // ... and is no longer open
	EventRefused  EventKind = "refused"  // the server, or the rules, refused Move
	EventClock    EventKind = "clock"    // the game was paused or resumed
	EventRemoval  EventKind = "removal"  // the marked stones, or who agreed, changed
	EventResult   EventKind = "result"   // the game is over
	EventNote     EventKind = "note"     // anything else worth a sentence
	EventAlarm    EventKind = "alarm"    // something that must not happen did; the sentence says what
)

// Event is something that happened, for the screen, for speech, for a log. Its
// JSON form is the one of the command line.
type Event struct {
	Kind       EventKind
	At         time.Duration // of the input that led to it
	Frame      int           // number of the reading it rests on; −1 for none
	Size       int           // lines per side, to name points by
	State      State
	Number     int // of the move, from 1
	Color      board.Color
	Point      board.Point
	Points     []board.Point // what a state or question is about, the same order each time
	Confidence float64       // 0..1
	Mine       bool          // it is my own move
	Question   *Question
	Result     *game.Result
	Text       string // the sentence for the screen, in English
	Say        string // what a voice says; empty when it keeps silent
	// Aside says that it does not come from the inputs (of a file that cannot
	// be written, say): a replay does not say it again.
	Aside bool
}

// QuestionKind names a Question.
type QuestionKind string

// The questions.
const (
	AskMove   QuestionKind = "move"   // is Move what you played?
	AskUndo   QuestionKind = "undo"   // the opponent asks to take back: agree?
	AskResign QuestionKind = "resign" // really?
	AskPass   QuestionKind = "pass"   // your pass did not reach the server: pass? In a relay: did the other player pass before Move?
	AskOrder  QuestionKind = "order"  // relay: were Moves played in this order?

	// A stone of mine is missing, Move, and another one has come.
	AskTakeBack QuestionKind = "take-back" // ask the opponent to take Move back?
	AskThere    QuestionKind = "there"     // do Moves lie there, though they are not seen?

	AskHandicap QuestionKind = "handicap" // are Moves, which lie there already, the handicap stones?
	AskBegun    QuestionKind = "begun"    // relay: does the game go on that was begun before?
	AskSetup    QuestionKind = "set-up"   // relay: is what was set up after move From what lies there?
	AskMoved    QuestionKind = "moved"    // relay: is Move, which stands in the record, the first of Missing, moved there?
)

// Question waits for accept or deny.
type Question struct {
	ID         int
	Kind       QuestionKind
	Move       board.Move
	Moves      []board.Move
	From       int     // in a relay: number of the first of Moves in the record, from 1
	Missing    []Stone // for AskMoved: stones of the record that are not on the board
	Confidence float64
	Text       string
}

// Asked returns the question that is before the user: of several open ones, the
// one that was asked last, since that is what was heard. An answer that names
// none is to this one. ok is false where nothing is asked.
func (s *Snapshot) Asked() (q Question, ok bool) {
	if len(s.Questions) == 0 {
		return Question{}, false
	}
	return s.Questions[len(s.Questions)-1], true
}

// answered returns the index of the open question that an answer names, the last
// one for 0; negative if there is none.
func answered(open []Question, id int) int {
	if id == 0 {
		return len(open) - 1
	}
	return slices.IndexFunc(open, func(q Question) bool { return q.ID == id })
}

// firstAnswered is the rule of the first editions, in which an answer that named
// none was to the oldest question.
func firstAnswered(open []Question, id int) int {
	return slices.IndexFunc(open, func(q Question) bool { return id == 0 || q.ID == id })
}

// Spot is what the eyes make of one point.
type Spot struct {
	Seen       reading.State // the most likely state over the last frames
	Confidence float64       // 0..1 that it is that
}

// Stone is a stone on a point.
type Stone = board.Move

// Candidate is the move that the board would show, if it is one.
type Candidate struct {
	Move       board.Move
	Confidence float64 // posterior probability
	Held       float64 // 0..1: how much of the dwell has passed
	Why        string  // what it waits for; empty when nothing
}

// Snapshot is everything there is to show, at one instant. It and all it refers
// to are immutable.
type Snapshot struct {
	At       time.Duration
	Frame    int // of the last reading; −1 before the first
	State    State
	Text     string // State's sentence
	Other    string // Options.Other
	Size     int    // 0 before the game is known
	ID       int64
	Name     string
	Rules    string
	Komi     float64
	Handicap int

	Position board.Position // of the server; of size 0 before the game is known
	Spots    []Spot         // of the eyes, row by row from the top left, Size×Size; nil before the first reading
	Number   int            // moves played
	Last     board.Move     // the last of them
	HasLast  bool
	Moves    []board.Move
	Captures [2]int // stones taken by black, by white

	Me      board.Color // Empty when both colours are played here
	ToMove  board.Color
	MyTurn  bool
	Phase   game.Phase
	Players [2]game.Player
	Clocks  [2]game.Clock
	Paused  *game.Pause
	Mode    Mode

	Owed       []Stone // stones of the record that are still to be put down
	Prisoners  []Stone // captured stones still on the board
	TakeBack   []Stone // stones of an agreed undo still on the board
	Missing    []Stone // stones that were there and are not
	Unexpected []Stone // stones that should not be there
	Misplaced  *Misplaced
	Overlooked []board.Point // by CmdTrust

	Pending   *Pending
	Candidate *Candidate
	Questions []Question
	Undo      *game.Undo // open request, by whomever

	Dead     []board.Point
	Accepted [2]bool // stone removal agreed, by black, by white
	Result   *game.Result

	Online  bool    // the server is connected and its record is known
	Camera  bool    // pictures come
	Locked  bool    // the grid fits
	Covered float64 // share of points hidden, 0..1
}

// Misplaced is an owed stone on a wrong point.
type Misplaced struct {
	Stone  Stone       // as it should be
	Actual board.Point // where it lies
}

// Pending is a move that was sent and has no echo yet.
type Pending struct {
	Ref    int64
	Number int // moves in the record before it
	Move   board.Move
	At     time.Duration
}

// EntryKind names an Entry.
type EntryKind string

// The entries of a journal.
const (
	EntryPending EntryKind = "pending" // Move is about to be sent as number Number+1
	EntrySettled EntryKind = "settled" // it is in the record, or certainly is not
)

// Entry is a line of the journal.
type Entry struct {
	Kind   EntryKind   `json:"kind"`
	Game   int64       `json:"game"`
	Ref    int64       `json:"ref"`
	Number int         `json:"number"`
	Color  board.Color `json:"color"`
	Point  board.Point `json:"point"`
	Time   time.Time   `json:"time,omitzero"` // filled in by the journal
}
