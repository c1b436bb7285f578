package match

import (
	"cmp"
	"errors"
	"io"
	"slices"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/reading"
)

// RelayOptions are how a Relay works.
type RelayOptions struct {
	Tuning Tuning      `json:",omitzero"` // zero: Quick
	Setup  board.Setup // Size 0: that of the first reading, with Handicap and Rules as given
	// AsFound takes whatever lies on the board at first for the position that
	// the game starts from. Else up to four stones are taken for moves.
	AsFound bool
	// Begun is the record so far of a game that goes on, nil for a new one. Its
	// own set-up counts, and neither Setup nor AsFound. Played tells of the last
	// of its moves how they were seen; it may be shorter than the record.
	Begun  *board.Game `json:",omitempty"`
	Played []Played    `json:",omitempty"`
	// AskBegun asks whether Begun goes on where the board does not show its
	// end. Without it the board counts, and moves are taken back for it.
	// BegunName is what the question calls its record.
	AskBegun  bool   `json:",omitempty"`
	BegunName string `json:",omitempty"`
	// Edition names the rules that decide; 0 is the latest. A recording names
	// its own, and is decided by them again bit for bit.
	Edition int `json:",omitzero"`
}

// The editions of the rules by which a Relay decides.
const (
	// FirstRelayEdition took a stone for a move though one of its colour was
	// missing; left the turn with a player whose move out of turn was taken
	// back; and took the first of two equal moves for the one that was asked
	// about. Recordings that name no edition are of this one.
	FirstRelayEdition = 1
	// SecondRelayEdition waited for ever where no legal moves explained the
	// board, and wrote down no pass that nobody saw.
	SecondRelayEdition = 2
	// RelayEdition is the latest.
	RelayEdition = 3
)

// Relay watches two people play at one board and writes down what they play,
// without a server. Moves must alternate and be legal; stones that do not fit
// wait for the rest of the story. Where there is none, what lies there is set up
// in the record after a while, and it goes on from there. What turns out to have
// been wrong is taken back. It is not safe for concurrent use.
type Relay struct {
	opt  RelayOptions
	tune Tuning
	now  time.Duration
	out  Output

	game    *board.Game // nil before the first reading when Size is not given
	played  []Played    // one for each move of game
	watch   *watch
	begun   bool // the board was compared with the start once
	goingOn begunState
	anew    bool // the game that was begun does not go on
	ghosts  []board.Color
	trusted []trusted
	bump    *bump
	ended   bool

	unlocked   time.Duration
	covered    bool
	tried      board.Position // the view for which story was sought
	triedMove  int
	story      *story
	about      []board.Point // what story explains
	stuck      time.Duration // since when the view cannot be explained; <0: it can
	stuckLooks int
	stuckTold  bool
	slow       int           // looks that came long after the one before
	bumped     time.Duration // when last the board was moved; <0: never
	left       *abandoned    // the record before moves were last taken back for others
	swept      bool          // most stones had been taken off, and the board was plain
	questions  []Question
	asked      int
	weighed    []Hypothesis
	text       string
	eyesErr    error
	lastLook   time.Duration
	quit       bool
}

// Played is a move as the relay saw it.
type Played struct {
	Move       board.Move
	Frame      int
	Time       time.Duration // when the stone was first seen
	Confidence float64
	Doubt      string // what is not certain about it, for the record; empty when nothing
}

// trusted is a point that does not look as the record has it, and that the user
// wants overlooked while it stays so.
type trusted struct {
	on    bool
	color board.Color
}

// NewRelay returns a relay of a game that starts from o.Setup.
func NewRelay(o RelayOptions) (*Relay, error) {
	if o.Tuning == (Tuning{}) {
		o.Tuning = Quick()
	}
	if err := o.Tuning.Validate(); err != nil {
		return nil, err
	}
	if o.Edition == 0 {
		o.Edition = RelayEdition
	}
	r := &Relay{opt: o, tune: o.Tuning, unlocked: -1, stuck: -1}
	if r.catchesUp() {
		r.bumped = -1
	}
	if o.Begun != nil {
		return r, r.goOn(o.Begun, o.Played)
	}
	if o.Setup.Size != 0 {
		return r, r.begin(o.Setup)
	}
	return r, nil
}

// goOn takes g for the record so far.
func (r *Relay) goOn(g *board.Game, played []Played) error {
	if err := r.begin(g.Setup()); err != nil {
		return err
	}
	if r.opt.AskBegun {
		r.goingOn = begunUnseen
	}
	r.game = g.Clone()
	known := g.MoveCount() - len(played)
	for i, m := range g.Moves() {
		p := Played{Move: m, Frame: -1, Confidence: 1}
		if i >= known && played[i-known].Move == m {
			p = played[i-known]
		}
		r.played = append(r.played, p)
	}
	return nil
}

func (r *Relay) begin(s board.Setup) error {
	g, err := board.NewGame(s)
	if err != nil {
		return err
	}
	n := s.Size * s.Size
	r.game, r.played, r.begun = g, nil, false
	r.ghosts, r.trusted = make([]board.Color, n), make([]trusted, n)
	r.tried, r.story = board.Position{}, nil
	return nil
}

// Game returns a copy of the record; nil before the first reading when the
// size was not given.
func (r *Relay) Game() *board.Game {
	if r.game == nil {
		return nil
	}
	return r.game.Clone()
}

// Played returns when and how surely each move of the record was seen.
func (r *Relay) Played() []Played { return slices.Clone(r.played) }

// Step takes in one input. Only looks and commands mean something to a relay.
func (r *Relay) Step(in Input) Output {
	r.out = Output{}
	wrong := in.Validate()
	if timely(in.At) {
		r.now = max(r.now, in.At)
	}
	switch {
	case in.Look != nil && wrong != nil:
		r.look(Look{Err: wrong}, r.now)
	case in.Command != nil && wrong != nil:
		r.event(Event{Kind: EventNote, Text: textNoCommand(wrong)})
	case in.Look != nil:
		r.look(*in.Look, in.At)
	case in.Command != nil:
		r.obey(*in.Command)
	}
	r.out.Quit = r.quit
	return r.out
}

// look takes what the eyes say of a picture taken at the time at, which may lie
// before what has happened since: only the evidence is dated back.
func (r *Relay) look(l Look, at time.Duration) {
	at = min(at, r.now)
	switch {
	case errors.Is(l.Err, io.EOF):
		if !r.ended {
			r.ended = true
			r.decide(true)
			r.quit = true
		}
		return
	case l.Err != nil:
		if r.eyesErr == nil {
			r.event(Event{Kind: EventNote, Text: textCameraGone, Say: textCameraGone})
		}
		r.eyesErr = l.Err
		return
	case l.Reading == nil:
		return
	}
	r.eyesErr, r.lastLook = nil, max(r.lastLook, at)
	rd := l.Reading
	if rd.Size == 0 {
		return // no board was found yet
	}
	if r.game == nil {
		s := r.opt.Setup
		s.Size = rd.Size
		if err := r.begin(s); err != nil {
			r.event(Event{Kind: EventAlarm, Text: textNoSetup(err)})
			r.opt.Setup = board.Setup{Size: rd.Size, Rules: s.Rules, Komi: s.Komi}
			if r.begin(r.opt.Setup) != nil {
				return
			}
		}
	}
	if rd.Size != r.game.Size() {
		return
	}
	if r.watch == nil {
		r.watch = newWatch(rd.Size, r.tune)
		r.watch.bump = rd.Bump
	}
	w := r.watch
	if rd.Bump != w.bump {
		w.bump = rd.Bump
		if r.bump == nil {
			r.bump = &bump{}
		}
		r.bump.first, r.bump.looks = r.now, 0
		if r.catchesUp() {
			r.bumped = r.now
		}
		w.forget()
	}
	if rd.Lock != reading.Locked || len(rd.Points) != rd.Size*rd.Size {
		if r.unlocked < 0 {
			r.unlocked = r.now
		}
		w.locked = false
		return
	}
	r.unlocked, w.locked = -1, true
	slow := w.any && at-w.at >= time.Second
	r.pace(at)
	w.look(rd, at)
	if r.bump != nil {
		r.bump.looks++
	}
	r.cover()
	if r.settleBump(slow) {
		r.decide(false)
	}
}

func (r *Relay) cover() {
	w := r.watch
	is := w.blocked >= 0 && r.now-w.blocked >= r.tune.Blind
	if is && !r.covered {
		r.event(Event{Kind: EventCovered, Text: textCovered})
	}
	r.covered = is
}

// settleBump reports whether the view can be trusted, and tells when it can
// again.
func (r *Relay) settleBump(slow bool) bool {
	b := r.bump
	if b == nil {
		return true
	}
	if !slow && (b.looks < 2 || r.now-b.first < 2*r.tune.Dwell) {
		return false
	}
	match, visible := r.agreement()
	if visible < len(r.trusted)/2 {
		return false
	}
	if float64(match) < clearMatch*float64(visible) && r.now-b.first < 4*time.Second {
		return false
	}
	r.bump = nil
	r.event(Event{Kind: EventBump, Text: textBumpFine})
	return true
}

// agreement counts the points that are seen as the record has them.
func (r *Relay) agreement() (match, visible int) {
	pos := r.game.Position()
	for i := range r.watch.spots {
		s := &r.watch.spots[i]
		c := s.best()
		if s.hidden || s.margin(c) < 1 {
			continue
		}
		visible++
		if c == pos.At(r.watch.point(i)) {
			match++
		}
	}
	return match, visible
}

func (r *Relay) frame() int {
	if r.watch == nil || !r.watch.any {
		return -1
	}
	return r.watch.frame
}

func (r *Relay) event(e Event) {
	e.At, e.Frame = r.now, r.frame()
	if r.game != nil {
		e.Size = r.game.Size()
	}
	r.text = cmp.Or(e.Text, r.text)
	r.out.Events = append(r.out.Events, e)
}
