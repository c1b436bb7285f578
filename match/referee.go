package match

import (
	"errors"
	"io"
	"slices"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/reading"
)

// Options are how a Referee works.
type Options struct {
	Tuning Tuning  // zero: Live
	Mode   Mode    // empty: Auto
	Below  float64 // for AskBelow: the confidence below which it asks
	// Journal is what was in the journal at the start; see OpenJournal.
	Journal []Entry
}

// Referee owns the state of one online game. It is not safe for concurrent
// use: one goroutine, usually Run's, calls Step.
type Referee struct {
	tune  Tuning
	mode  Mode
	below float64
	now   time.Duration
	begun bool
	out   Output

	// What the server says.
	online    bool // connected
	synced    bool // its record is known and requests may go out
	epoch     int
	data      GameData
	game      *board.Game // its record, replayed; nil before the first GameData
	phase     Phase
	phaseAt   time.Duration
	toMove    board.Color // by its clock
	clocks    [2]Clock
	paused    *Pause
	undo      *UndoRequested
	dead      []board.Point
	accepted  [2]bool
	result    *Result
	turnAt    time.Duration // when the number of moves last changed
	askedSync time.Duration // when the record was last asked for
	offline   time.Duration // when the connection was lost

	// What is on its way there.
	ref      int64
	pending  *Pending
	sentAt   time.Duration // when pending left, or its record was last asked for
	acked    bool
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

	// What was said.
	state    State
	text     string
	stateAt  time.Duration
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
}

type bump struct {
	at     time.Duration
	first  time.Duration // the first reading after it
	looks  int
	before []spot
	told   bool
}

// New returns the referee of a game that is yet to be told by the server.
func New(o Options) *Referee {
	if o.Tuning == (Tuning{}) {
		o.Tuning = Live()
	}
	if o.Mode == "" {
		o.Mode = Auto
	}
	return &Referee{tune: o.Tuning, mode: o.Mode, below: o.Below, journal: slices.Clone(o.Journal),
		toMove: board.Empty, unlocked: -1, resumed: never,
		refused: map[board.Move]int{}, state: StateStarting, phase: Play}
}

// Step takes in one input and says what is to be done about it.
func (r *Referee) Step(in Input) Output {
	r.out = Output{}
	if !r.begun {
		r.begun, r.lastLook = true, in.At
	}
	r.now = max(r.now, in.At)
	switch {
	case in.Look != nil:
		r.look(*in.Look)
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
	r.say()
	r.leave()
	return r.out
}

// ---- The server ----

func (r *Referee) hear(e ServerEvent) {
	switch e := e.(type) {
	case Connected:
		r.online = true
		r.askedSync = r.now
	case Disconnected:
		if r.online || r.game == nil {
			r.offline = r.now
		}
		r.online, r.synced = false, false
		if e.Reason != "" {
			r.event(Event{Kind: EventNote, Text: textDisconnected(e.Reason)})
		}
	case GameData:
		r.gameData(e)
	case MovePlayed:
		r.played(e)
	case Acknowledged:
		if r.pending != nil && r.pending.Ref == e.Ref {
			r.acked = true
		}
	case Refused:
		r.refusal(e)
	case PhaseChanged:
		r.setPhase(e.Phase)
	case UndoRequested:
		r.askUndo(e)
	case UndoCanceled:
		if r.undo != nil {
			r.closeUndo()
			r.event(Event{Kind: EventNote, Text: textUndoCanceled})
		}
	case UndoAccepted:
		r.undone(e)
	case ClockChanged:
		r.clocks = e.Clocks
		if e.ToMove != board.Empty {
			r.toMove = e.ToMove
		}
	case PauseChanged:
		if (r.paused == nil) != (e.Pause == nil) {
			text := textResumed
			if e.Pause != nil {
				text = textPaused(*e.Pause, r.data)
			}
			r.event(Event{Kind: EventClock, Text: text, Say: text})
		}
		r.paused = e.Pause
	case RemovalChanged:
		r.dead = slices.Clone(e.Dead)
		r.accepted = [2]bool{}
		r.event(Event{Kind: EventRemoval, Points: r.dead, Text: r.textDead()})
	case RemovalAccepted:
		if e.By == board.Empty {
			r.accepted = [2]bool{true, true}
		} else {
			r.accepted[e.By-board.Black] = true
		}
		r.event(Event{Kind: EventRemoval, Color: e.By, Points: r.dead, Text: textAgreed(e.By)})
	case GameFinished:
		r.finish(e.Result)
	case ServerSaid:
		r.event(Event{Kind: EventNote, Text: e.Text, Say: e.Text})
	}
}

func (r *Referee) gameData(d GameData) {
	g, err := board.NewGame(d.Setup)
	if err == nil {
		for _, m := range d.Moves {
			if err = g.Force(m); err != nil {
				break
			}
		}
	}
	if err != nil {
		r.alarm(textBadRecord(err))
		r.askedSync = r.now
		return
	}
	if d.Phase == Play && g.Ended() && d.ToMove != board.Empty {
		g.Resume(d.ToMove)
	}
	first := r.game == nil || r.data.ID != d.ID
	before := 0
	if !first {
		before = r.game.MoveCount()
	}
	r.online, r.synced, r.epoch = true, true, d.Epoch
	r.data, r.game = d, g
	if first {
		r.expect = board.NewPosition(g.Size())
		r.marks = make([]mark, g.Size()*g.Size())
		r.viewed = false
		r.turnAt = r.now
		if r.watch != nil && r.watch.size != g.Size() {
			r.watch = nil
		}
	}
	if g.MoveCount() != before {
		r.turnAt = r.now
	}
	r.toMove, r.paused = d.ToMove, d.Paused
	r.dead = slices.Clone(d.Dead)
	if r.phase != d.Phase {
		r.phase, r.phaseAt = d.Phase, r.now
	}
	if d.Undo == nil {
		r.closeUndo()
	}
	r.recover()
	r.settlePending()
	r.setExpect(gone)
	if first {
		r.guessPrisoners()
	}
	if r.resigned && d.Phase != Finished {
		r.request(Request{Kind: ReqResign})
	}
	if d.Undo != nil {
		r.askUndo(*d.Undo)
	}
	if d.Result != nil {
		r.finish(*d.Result)
	}
}

// guessPrisoners takes into account, at the start, that captured stones may
// still lie there: those of the last two moves, and older ones of the
// opponent's, which cannot be moves of mine.
func (r *Referee) guessPrisoners() {
	g := r.game
	for i := range g.MoveCount() {
		c := g.Move(i).Color.Opponent()
		if c == r.data.Me && i < g.MoveCount()-2 {
			continue
		}
		set := g.CapturedBy(i)
		for p := range set.All() {
			if g.At(p) == board.Empty {
				r.marks[r.index(p)].ghost = c
			}
		}
	}
}

// recover turns what the journal holds of this game into the pending move.
func (r *Referee) recover() {
	if r.journal == nil {
		return
	}
	var open *Pending
	for _, e := range r.journal {
		if e.Game != r.data.ID {
			continue
		}
		r.ref = max(r.ref, e.Ref)
		switch e.Kind {
		case EntryPending:
			open = &Pending{Ref: e.Ref, Number: e.Number, Move: board.Move{Color: e.Color, Point: e.Point}}
		case EntrySettled:
			if open != nil && open.Ref == e.Ref {
				open = nil
			}
		}
	}
	r.journal = nil
	if open != nil && r.pending == nil {
		r.pending = open
	}
}

// settlePending decides by the record what became of the pending move.
func (r *Referee) settlePending() {
	p := r.pending
	if p == nil {
		return
	}
	r.pending = nil
	r.out.Entries = append(r.out.Entries, r.entry(EntrySettled, p))
	n := r.game.MoveCount()
	switch {
	case p.Number < n && r.game.Move(p.Number) == p.Move:
		r.confirmed(p)
	case p.Number < n:
		r.alarm(r.textOtherMove(p.Move, r.game.Move(p.Number)))
	case p.Number > n:
		r.alarm(r.textMissingMoves(p.Number, n))
	default:
		// It never arrived. The stone still lies there and is decided about
		// anew; a pass is not seen on the board.
		r.lost, r.settle = p, r.now+r.tune.Settle
		r.setExpect(unsent)
		r.event(Event{Kind: EventNote, Color: p.Move.Color, Point: p.Move.Point, Number: p.Number + 1, Mine: true,
			Text: r.textLost(p.Move)})
		if p.Move.Point.IsPass() && r.phase == Play {
			r.ask(Question{Kind: AskPass, Move: p.Move, Text: textAskPass})
		}
	}
}

// confirmed tells that the pending move counts.
func (r *Referee) confirmed(p *Pending) {
	r.lost = nil
	r.event(Event{Kind: EventMove, Number: p.Number + 1, Color: p.Move.Color, Point: p.Move.Point, Mine: true,
		Frame: r.frame(), Confidence: 1, Text: r.textMove(p.Number, true)})
}

func (r *Referee) played(e MovePlayed) {
	if r.game == nil || !r.synced {
		return // the GameData that is on its way has it
	}
	n := r.game.MoveCount()
	switch {
	case e.Number <= n && e.Number > 0 && r.game.Move(e.Number-1) == e.Move:
		return // told twice
	case e.Number != n+1:
		r.resync(textOutOfStep(e.Number, n))
		return
	}
	if err := r.game.Check(e.Move); err != nil && e.Move.Color != r.game.ToMove() {
		// The record knows whose turn it was; ours may not, after a resumption.
		r.event(Event{Kind: EventNote, Text: textOddMove(err)})
	}
	if err := r.game.Force(e.Move); err != nil {
		r.alarm(textBadRecord(err))
		r.resync("")
		return
	}
	r.turnAt = r.now
	clear(r.refused)
	r.closeUndo()
	mine := r.data.Me != board.Empty && e.Move.Color == r.data.Me
	if p := r.pending; p != nil {
		r.pending = nil
		r.out.Entries = append(r.out.Entries, r.entry(EntrySettled, p))
		if p.Number == n && p.Move == e.Move {
			r.setExpect(gone)
			r.confirmed(p)
			return
		}
		r.alarm(r.textOtherMove(p.Move, e.Move))
	}
	r.lost = nil
	r.setExpect(gone)
	text := r.textMove(n, mine)
	r.event(Event{Kind: EventMove, Number: e.Number, Color: e.Move.Color, Point: e.Move.Point, Mine: mine, Frame: r.frame(),
		Points: r.capturedPoints(), Confidence: 1, Text: text, Say: text})
}

func (r *Referee) capturedPoints() []board.Point {
	s := r.game.LastCaptured()
	return s.Points()
}

func (r *Referee) refusal(e Refused) {
	p := r.pending
	if p == nil || p.Ref != e.Ref {
		if r.lost != nil && r.lost.Ref == e.Ref {
			return // the game data told already
		}
		if e.Message != "" {
			r.event(Event{Kind: EventRefused, Text: textRefused(e.Message), Say: textRefused(e.Message)})
		}
		return
	}
	if e.Unsent {
		r.pending = nil
		r.out.Entries = append(r.out.Entries, r.entry(EntrySettled, p))
		r.lost = p
		r.settle = r.now + r.tune.Dwell
		r.setExpect(unsent)
		return
	}
	r.refused[p.Move]++
	r.event(Event{Kind: EventRefused, Color: p.Move.Color, Point: p.Move.Point, Number: p.Number + 1, Mine: true,
		Text: r.textMoveRefused(p.Move, e.Message), Say: r.textMoveRefused(p.Move, e.Message)})
	r.resync("")
}

func (r *Referee) setPhase(p Phase) {
	if r.phase == p {
		return
	}
	before := r.phase
	r.phase, r.phaseAt = p, r.now
	if before == Removal && p == Play {
		// Who plays first is for the server to say.
		r.dead, r.accepted = nil, [2]bool{}
		r.resync("")
	}
}

func (r *Referee) askUndo(e UndoRequested) {
	if r.game == nil {
		return
	}
	r.closeUndo()
	u := e
	r.undo = &u
	if r.undoIsTheirs() {
		text := r.textUndoAsked(u)
		r.ask(Question{Kind: AskUndo, Text: text})
	}
}

// undoIsTheirs reports whether the open request is the opponent's.
func (r *Referee) undoIsTheirs() bool {
	if r.undo == nil || r.data.Me == board.Empty {
		return false
	}
	if r.undo.By == board.Empty {
		// OGS: whoever is to move may accept.
		return r.game.ToMove() == r.data.Me
	}
	return r.undo.By != r.data.Me
}

func (r *Referee) closeUndo() {
	r.undo = nil
	r.closeQuestions(AskUndo)
}

func (r *Referee) undone(e UndoAccepted) {
	if r.game == nil || !r.synced {
		return
	}
	count := e.Count
	if count <= 0 && r.undo != nil {
		count = r.undo.Count
	}
	count = max(count, 1)
	r.closeUndo()
	if count > r.game.MoveCount() || r.pending != nil {
		r.resync("")
		return
	}
	for range count {
		r.game.Undo()
	}
	n := r.game.MoveCount()
	r.turnAt = r.now
	r.toMove = board.Empty
	r.lost = nil
	r.setExpect(takenBack)
	text := r.textUndone(count)
	r.event(Event{Kind: EventUndo, Number: n + 1, Frame: r.frame(), Text: text, Say: text})
}

func (r *Referee) finish(res Result) {
	if r.result != nil {
		return
	}
	r.result = &res
	if r.phase != Finished {
		r.phase, r.phaseAt = Finished, r.now
	}
	r.questions = nil
	text := textResult(res, r.data)
	r.event(Event{Kind: EventResult, Result: r.result, Color: res.Winner, Text: text, Say: text})
}

// resync asks for the whole record and lets nothing out before it is here.
func (r *Referee) resync(why string) {
	if why != "" {
		r.event(Event{Kind: EventNote, Text: why})
	}
	r.synced = false
	r.askedSync = r.now
	if r.online {
		r.request(Request{Kind: ReqResync})
	}
}

// wait does what the passing of time asks for.
func (r *Referee) wait() {
	if p := r.pending; p != nil && r.synced && r.now-r.sentAt >= r.tune.Echo {
		r.resync(r.textNoEcho(p.Move))
	}
	if r.online && !r.synced && r.now-r.askedSync >= 2*r.tune.Echo {
		r.resync("")
	}
	if r.resigned && r.result == nil && r.synced && r.now-r.resignAt >= r.tune.Echo {
		r.resignAt = r.now
		r.resync("") // and resign again if it did not arrive
	}
	if !r.myTurn() {
		r.closeQuestions(AskPass)
	}
	if r.phase == Finished && r.result == nil && r.synced && r.now-r.phaseAt >= r.tune.Echo {
		r.resync("")
	}
}

func (r *Referee) request(q Request) {
	r.ref++
	q.Ref, q.Epoch = r.ref, r.epoch
	if r.game != nil {
		q.Number = r.game.MoveCount()
	}
	r.out.Requests = append(r.out.Requests, q)
}

// send lets my move out: into the journal first.
func (r *Referee) send(m board.Move, confidence float64) {
	r.request(Request{Kind: ReqMove, Move: m})
	r.pending = &Pending{Ref: r.ref, Number: r.game.MoveCount(), Move: m, At: r.now}
	r.sentAt, r.acked, r.lost = r.now, false, nil
	r.out.Entries = append(r.out.Entries, r.entry(EntryPending, r.pending))
	r.closeQuestions(AskMove, AskPass)
	r.hold, r.cand = hold{}, nil
	r.setExpect(gone)
	r.event(Event{Kind: EventSent, Number: r.pending.Number + 1, Color: m.Color, Point: m.Point, Mine: true,
		Frame: r.frame(), Confidence: confidence, Text: r.textSent(m), Say: r.saySent(m)})
}

func (r *Referee) entry(k EntryKind, p *Pending) Entry {
	return Entry{Kind: k, Game: r.data.ID, Ref: p.Ref, Number: p.Number, Color: p.Move.Color, Point: p.Move.Point}
}

// unkept takes back a move that the journal could not keep and that therefore
// did not leave.
func (r *Referee) unkept(ref int64) {
	if r.pending == nil || r.pending.Ref != ref {
		return
	}
	r.refused[r.pending.Move]++
	r.pending = nil
	r.setExpect(unsent)
	r.alarm(textUnkept)
}

// ---- The user ----

func (r *Referee) obey(c Command) {
	switch c.Kind {
	case CmdPass:
		if r.mayMove(true) {
			r.send(board.Move{Color: r.me(), Point: board.Pass}, 1)
		}
	case CmdPlay:
		if len(c.Points) != 1 {
			r.note(textPlayOne)
			return
		}
		m := board.Move{Color: r.me(), Point: c.Points[0]}
		if !r.mayMove(true) {
			return
		}
		if err := r.game.Check(m); err != nil {
			r.note(textIllegal(err))
			return
		}
		r.decision(m, "you said so", false)
		r.send(m, 1)
	case CmdResign:
		if r.game != nil && r.result == nil {
			r.ask(Question{Kind: AskResign, Text: textAskResign})
		}
	case CmdUndo:
		switch {
		case !r.mayAsk():
		case r.game.MoveCount() == 0:
			r.note(textNothingToUndo)
		default:
			r.request(Request{Kind: ReqUndo})
			r.note(textUndoRequested)
		}
	case CmdCancelUndo:
		if r.mayAsk() && r.undo != nil && !r.undoIsTheirs() {
			r.request(Request{Kind: ReqCancelUndo})
		}
	case CmdAccept, CmdDeny:
		r.answer(c.Question, c.Kind == CmdAccept)
	case CmdPause, CmdResume:
		if r.mayAsk() {
			kind := ReqPause
			if c.Kind == CmdResume {
				kind = ReqResume
			}
			r.request(Request{Kind: kind})
		}
	case CmdMark:
		r.markDead(c.Points)
	case CmdAcceptScore, CmdRejectScore:
		switch {
		case !r.mayAsk():
		case r.phase != Removal:
			r.note(textNotScoring)
		case c.Kind == CmdAcceptScore:
			r.request(Request{Kind: ReqAcceptRemoval, Points: slices.Clone(r.dead)})
		default:
			r.request(Request{Kind: ReqRejectRemoval})
		}
	case CmdTrust:
		r.trust(c.Points)
	case CmdLook:
		r.lookAfresh()
	case CmdResync:
		r.resync(textResync)
	case CmdMode:
		switch c.Mode {
		case Auto, Ask, AskBelow:
			r.mode, r.below = c.Mode, c.Below
			r.hold = hold{}
		}
	case CmdQuit:
		r.quit = true
	}
}

// mayAsk reports whether requests can go out, and says why not.
func (r *Referee) mayAsk() bool {
	switch {
	case r.game == nil || !r.online || !r.synced:
		r.note(textOffline)
	case r.result != nil || r.phase == Finished:
		r.note(textOver)
	default:
		return true
	}
	return false
}

// mayMove reports whether a move of mine can go out now; tell says why not.
func (r *Referee) mayMove(tell bool) bool {
	why := r.obstacle(false)
	if why != "" && tell {
		r.note(why)
	}
	return why == ""
}

// obstacle says why no move of mine can go out now. My own pause is none when
// resume is true.
func (r *Referee) obstacle(resume bool) string {
	switch {
	case r.game == nil || !r.online || !r.synced:
		return textOffline
	case r.result != nil || r.phase == Finished || r.resigned:
		return textOver
	case r.phase != Play:
		return textScoring
	case r.paused != nil && !(resume && r.paused.By != board.Empty && r.paused.By == r.data.Me):
		return textIsPaused
	case r.pending != nil:
		return r.textStillSending(r.pending.Move)
	case !r.myTurn():
		return textNotYourTurn
	}
	return ""
}

// me is the colour that I play next.
func (r *Referee) me() board.Color {
	if r.data.Me == board.Empty && r.game != nil {
		return r.game.ToMove()
	}
	return r.data.Me
}

// myTurn reports whether it is my turn, by our replay and by the server's
// clock.
func (r *Referee) myTurn() bool {
	return r.game != nil && r.game.ToMove() == r.me() && (r.toMove == board.Empty || r.toMove == r.me())
}

func (r *Referee) markDead(ps []board.Point) {
	if !r.mayAsk() {
		return
	}
	if r.phase != Removal {
		r.note(textNotScoring)
		return
	}
	pos := r.game.Position()
	for _, p := range ps {
		if !pos.On(p) {
			continue
		}
		points := []board.Point{p}
		if pos.At(p) != board.Empty {
			chain, _ := pos.Chain(p)
			points = chain.Points()
		}
		r.request(Request{Kind: ReqMark, Points: points, Dead: !slices.Contains(r.dead, p)})
	}
}

func (r *Referee) answer(id int, yes bool) {
	i := slices.IndexFunc(r.questions, func(q Question) bool { return id == 0 || q.ID == id })
	if i < 0 {
		r.note(textNoQuestion)
		return
	}
	q := r.questions[i]
	r.closeQuestion(i)
	switch q.Kind {
	case AskMove:
		if !yes {
			r.marks[r.index(q.Move.Point)].denied = true
			return
		}
		if r.mayMove(true) {
			if err := r.game.Check(q.Move); err != nil {
				r.note(textIllegal(err))
				return
			}
			r.decision(q.Move, "you said yes", false)
			r.send(q.Move, q.Confidence)
		}
	case AskPass:
		if yes && r.mayMove(true) {
			r.send(q.Move, 1)
		}
	case AskUndo:
		if yes && r.mayAsk() {
			r.request(Request{Kind: ReqAcceptUndo})
		}
	case AskResign:
		if yes && r.result == nil {
			r.resigned, r.resignAt = true, r.now
			if r.synced {
				r.request(Request{Kind: ReqResign})
			}
		}
	}
}

func (r *Referee) ask(q Question) {
	if i := slices.IndexFunc(r.questions, func(o Question) bool { return o.Kind == q.Kind }); i >= 0 {
		if r.questions[i].Move == q.Move {
			return
		}
		r.closeQuestion(i)
	}
	r.asked++
	q.ID = r.asked
	r.questions = append(slices.Clone(r.questions), q)
	r.event(Event{Kind: EventQuestion, Question: &q, Color: q.Move.Color, Point: q.Move.Point, Confidence: q.Confidence,
		Frame: r.frame(), Text: q.Text, Say: q.Text})
}

func (r *Referee) closeQuestion(i int) {
	q := r.questions[i]
	r.questions = slices.Delete(slices.Clone(r.questions), i, i+1)
	r.event(Event{Kind: EventAnswered, Question: &q, Color: q.Move.Color, Point: q.Move.Point})
}

func (r *Referee) closeQuestions(kinds ...QuestionKind) {
	for i := len(r.questions) - 1; i >= 0; i-- {
		if slices.Contains(kinds, r.questions[i].Kind) {
			r.closeQuestion(i)
		}
	}
}

// ---- The eyes ----

func (r *Referee) look(l Look) {
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
	r.eyesErr, r.lastLook = nil, r.now
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
			r.alarm(textOtherSize(rd.Size, r.game.Size()))
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
			r.bump = &bump{at: r.now, before: slices.Clone(w.spots)}
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
	w.look(rd, r.now)
	if r.bump != nil {
		r.bump.looks++
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

// ---- Telling ----

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
	case r.result != nil && r.phase == Finished:
		r.out.Quit = true
	case r.eyesEnd && r.pending == nil && r.now-r.lastLook > 2*r.tune.Ponder && (!r.hold.on || r.now-r.lastLook > long):
		// What is still asked about then, nobody answers.
		r.out.Quit = true
	}
}
