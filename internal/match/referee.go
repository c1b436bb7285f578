package match

import (
	"errors"
	"io"
	"slices"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/reading"
)

// Options configure a Referee.
type Options struct {
	Tuning Tuning  `json:",omitzero"` // zero: Live
	Mode   Mode    `json:",omitzero"` // empty: Auto
	Below  float64 `json:",omitzero"` // for AskBelow: the confidence below which it asks
	// Journal is what was in the journal at the start; see OpenJournal.
	Journal []Entry `json:",omitzero"`
	// Edition names the rules that decide; 0 is the latest. A recording names
	// its own, and is decided by them again bit for bit.
	Edition int `json:",omitzero"`
	// Other is what the other side is called in what is said: "program" for
	// "the program"; empty for a server.
	Other string `json:",omitzero"`
}

// The editions of the rules by which a Referee decides.
const (
	// FirstEdition took a stone of mine for a move though another one was
	// missing, if that was gone for three seconds or more; had handicap
	// stones that lay there taken off; did not mind how old a picture was; and
	// did not ask the server about a board of another size.
	// Recordings that name no edition are of this one.
	FirstEdition = 1
	// Edition is the latest.
	Edition = 2
)

// Referee owns the state of one online game. It is not safe for concurrent
// use: one goroutine, usually Run's, calls Step.
type Referee struct {
	tune    Tuning
	mode    Mode
	below   float64
	edition int // 0 in checkpoints of the first
	other   string
	now     time.Duration
	begun   bool
	out     Output

	// What the server says.
	online    bool // connected
	synced    bool // its record is known and requests may go out
	epoch     int
	data      game.Data
	game      *board.Game // its record, replayed; nil before the first game.Data
	phase     game.Phase
	phaseAt   time.Duration
	toMove    board.Color // by its clock
	clocks    [2]game.Clock
	paused    *game.Pause
	undo      *game.Undo
	dead      []board.Point
	accepted  [2]bool
	result    *game.Result
	turnAt    time.Duration // when the number of moves last changed
	askedSync time.Duration // when the record was last asked for
	// nonsense is what the server last said that cannot be, until it tells the
	// game again; nonsenseAt is when it was last asked at once because of that.
	nonsense   string
	nonsenseAt time.Duration
	offline    time.Duration // when the connection was lost
	senseless  bool          // not online, for the server sends what makes no sense

	// What is on its way there.
	ref      int64
	pending  *Pending
	sentAt   time.Duration // when pending left, or its record was last asked for
	settle   time.Duration // no move before this time
	lost     *Pending      // what did not arrive the last time
	refused  map[board.Move]int
	resigned bool
	resignAt time.Duration
	resumed  time.Duration // when the end of my pause was last asked for
	journal  []Entry       // of pending moves of an earlier run, until the record decides

	// What is on the board.
	watch    *watch
	expect   board.Position // the record's position, with the pending move
	marks    []mark
	setup    bool // many things are to be set right before play goes on
	viewed   bool // the whole board was compared with the record once
	eyesErr  error
	eyesEnd  bool
	lastLook time.Duration
	unlocked time.Duration // since when the grid does not fit; <0: it fits
	bump     *bump
	diff     differences
	sizeTold int

	// What is decided.
	hold      hold
	cand      *Candidate
	rival     bool // cand has a rival that is as good
	weighed   []Hypothesis
	questions []Question
	asked     int
	ways      int // out of a missing stone of mine that need not be offered again: 1 the undo, 2 all

	// What was said.
	state    State
	text     string
	reminded time.Duration
	quit     bool
}

// mark is what the referee remembers of a point besides what is seen there.
type mark struct {
	placed   bool          // the stone of the record was seen here since it is in the record
	ghost    board.Color   // a stone that was here and is gone from the record, and was not seen to be lifted yet
	undone   bool          // ... by an undo; else it was captured
	changed  time.Duration // when the record last changed here
	trusted  bool          // what is seen here is to be overlooked while it stays
	trustedC board.Color
	denied   bool // the user said that the stone here is no move
	meant    bool // the user said that the stone here is a handicap stone of mine
}

// bump is a board that was found again at another place, until it is certain
// that it is the same board.
type bump struct {
	first  time.Duration // the first reading after it
	looks  int
	before []spot
}

// New returns the referee of a game that the server has yet to send.
func New(o Options) *Referee {
	if o.Tuning == (Tuning{}) {
		o.Tuning = Live()
	}
	if o.Mode == "" {
		o.Mode = Auto
	}
	if o.Edition == 0 {
		o.Edition = Edition
	}
	return &Referee{tune: o.Tuning, mode: o.Mode, below: o.Below, edition: o.Edition, other: o.Other, journal: slices.Clone(o.Journal),
		toMove: board.Empty, unlocked: -1, resumed: never,
		refused: map[board.Move]int{}, state: StateStarting, phase: game.Playing}
}

// Game returns a copy of the game as the referee knows it; nil before the first
// game.Data.
func (r *Referee) Game() *board.Game {
	if r.game == nil {
		return nil
	}
	return r.game.Clone()
}

// Step takes one input and returns what to do about it.
func (r *Referee) Step(in Input) Output {
	r.out = Output{}
	wrong := in.Validate()
	if !timely(in.At) {
		in.At = r.now
	}
	if !r.begun {
		r.begun, r.lastLook = true, in.At
	}
	r.now = max(r.now, in.At)
	switch {
	case wrong != nil:
		r.refuse(in, wrong)
	case in.Look != nil:
		r.look(*in.Look, in.At)
	case in.Server != nil:
		r.hear(in.Server)
	case in.Command != nil:
		r.obey(*in.Command)
	case in.Failed != 0:
		r.unkept(in.Failed)
	}
	r.wait()
	r.compare()
	r.decide()
	r.offer()
	r.say()
	r.leave()
	return r.out
}

// look takes in what the eyes say of a picture.
func (r *Referee) look(l Look, at time.Duration) {
	at = min(at, r.now)
	switch {
	case errors.Is(l.Err, io.EOF):
		r.eyesEnd = true
		return
	case l.Err != nil:
		r.eyesErr = l.Err
		return
	case l.Reading == nil:
		return
	}
	r.eyesErr, r.lastLook = nil, max(r.lastLook, at)
	rd := l.Reading
	if rd.Size == 0 { // no board was found yet
		if r.unlocked < 0 {
			r.unlocked = r.now
		}
		return
	}
	if r.game != nil && rd.Size != r.game.Size() {
		if r.sizeTold != rd.Size {
			r.sizeTold = rd.Size
			r.otherSize(rd.Size)
		}
		return
	}
	if r.watch == nil || r.watch.size != rd.Size {
		r.watch = newWatch(rd.Size, r.tune)
		r.watch.bump = rd.Bump
	}
	w := r.watch
	if rd.Bump != w.bump {
		w.bump = rd.Bump
		if r.bump == nil {
			r.bump = &bump{before: slices.Clone(w.spots)}
		}
		r.bump.first, r.bump.looks = r.now, 0
		w.forget()
		r.hold = hold{}
	}
	if rd.Lock != reading.Locked || len(rd.Points) != rd.Size*rd.Size {
		if r.unlocked < 0 {
			r.unlocked = r.now
		}
		w.locked = false
		return
	}
	r.unlocked, w.locked = -1, true
	w.look(rd, max(at, w.at))
	if r.bump != nil {
		r.bump.looks++
	}
}

// otherSize tells that the eyes see a board of another size than the game's, and
// asks the server for the game once more: it may have been wrong.
func (r *Referee) otherSize(seen int) {
	switch {
	case r.edition < 2 || r.result != nil:
		r.alarm(textOtherSize(seen, r.size()))
	default:
		r.alarm(r.textSizeAsked(seen, r.size()))
		if r.online && r.synced && r.pending == nil {
			r.resync("")
		}
	}
}

func (r *Referee) lookAfresh() {
	if r.watch == nil {
		return
	}
	r.watch.forget()
	r.hold, r.bump = hold{}, nil
	for i := range r.watch.spots {
		r.watch.spots[i].known = false
	}
	for i := range r.marks {
		r.marks[i].trusted, r.marks[i].denied = false, false
		if r.edition >= 2 {
			r.marks[i].placed = false // what is not seen again is not there
		}
	}
	r.viewed = false
}

func (r *Referee) frame() int {
	if r.watch == nil || !r.watch.any {
		return -1
	}
	return r.watch.frame
}

func (r *Referee) index(p board.Point) int { return int(p.Y)*r.game.Size() + int(p.X) }

func (r *Referee) event(e Event) {
	e.At = r.now
	if e.Frame == 0 {
		e.Frame = r.frame()
	}
	if r.game != nil {
		e.Size = r.game.Size()
	}
	if e.Kind != EventState {
		e.State = r.state
	}
	r.out.Events = append(r.out.Events, e)
}

func (r *Referee) note(text string) {
	if text != "" {
		r.event(Event{Kind: EventNote, Text: text, Say: text})
	}
}

func (r *Referee) alarm(text string) { r.event(Event{Kind: EventAlarm, Text: text, Say: text}) }

func (r *Referee) decision(m board.Move, why string, asked bool) {
	r.out.Decisions = append(r.out.Decisions, Decision{Move: m, Number: r.game.MoveCount() + 1, Frame: r.frame(), At: r.now,
		Asked: asked, Why: why, Hypotheses: r.weighed})
}

// leave decides whether it is time to go.
func (r *Referee) leave() {
	switch {
	case r.quit && r.pending == nil, r.quit && !r.online:
		r.out.Quit = true
	case r.result != nil && r.phase == game.Over:
		r.out.Quit = true
	case r.eyesEnd && r.pending == nil && r.now-r.lastLook > 2*r.tune.Ponder && (!r.hold.on || r.now-r.lastLook > long):
		// Nobody is left to answer an open question.
		r.out.Quit = true
	}
}
