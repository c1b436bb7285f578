package match

import (
	"math"
	"slices"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
)

func (r *Referee) hear(e game.Event) {
	switch e := e.(type) {
	case game.Connected:
		r.online, r.senseless = true, false
		r.askedSync = r.now
	case game.Disconnected:
		if r.online || r.game == nil {
			r.offline = r.now
		}
		r.online, r.synced, r.senseless = false, false, e.Nonsense
		if e.Reason != "" {
			r.event(Event{Kind: EventNote, Text: textDisconnected(e.Reason)})
		}
	case game.Data:
		r.gameData(e)
	case game.Played:
		r.played(e)
	case game.Acknowledged:
		// Handled, which proves nothing: the echo does.
	case game.Refused:
		r.refusal(e)
	case game.PhaseChanged:
		r.setPhase(e.Phase)
	case game.UndoRequested:
		r.askUndo(e.Undo)
	case game.UndoCanceled:
		if r.undo != nil {
			r.closeUndo()
			r.event(Event{Kind: EventNote, Text: textUndoCanceled})
		}
	case game.UndoAccepted:
		r.undone(e)
	case game.ClockChanged:
		r.clocks = e.Clocks // to be shown: nothing is decided by them
		if e.ToMove != board.Empty {
			r.toMove = e.ToMove
		}
	case game.PauseChanged:
		if (r.paused == nil) != (e.Pause == nil) {
			text := textResumed
			if e.Pause != nil {
				text = textPaused(*e.Pause, r.data)
			}
			r.event(Event{Kind: EventClock, Text: text, Say: text})
		}
		r.paused = e.Pause
	case game.RemovalChanged:
		if r.game != nil {
			if err := validPoints(e.Dead, r.size()); err != nil {
				r.distrust(err)
				return
			}
		}
		r.dead = slices.Clone(e.Dead)
		r.accepted = [2]bool{}
		r.event(Event{Kind: EventRemoval, Points: r.dead, Text: r.textDead()})
	case game.RemovalAccepted:
		if e.By == board.Empty {
			r.accepted = [2]bool{true, true}
		} else {
			r.accepted[e.By-board.Black] = true
		}
		r.event(Event{Kind: EventRemoval, Color: e.By, Points: r.dead, Text: textAgreed(e.By)})
	case game.Finished:
		r.finish(e.Result)
	case game.Said:
		r.event(Event{Kind: EventNote, Text: e.Text, Say: e.Text})
	}
}

func (r *Referee) gameData(d game.Data) {
	g, err := playOut(&d)
	if err == nil && r.game != nil && d.ID == r.data.ID && d.Anew > r.data.Anew {
		r.beginAnew(&d, g)
	}
	if err == nil {
		err = r.sameGame(&d, g)
	}
	if err != nil {
		r.online = true
		r.distrust(err)
		return
	}
	r.nonsense = ""
	if d.Phase == game.Playing && g.Ended() && d.ToMove != board.Empty {
		g.Resume(d.ToMove)
	}
	first := r.game == nil
	before := 0
	if !first {
		before = r.game.MoveCount()
	}
	again := !first && d.Epoch == r.epoch
	r.online, r.synced, r.senseless, r.epoch = true, true, false, d.Epoch
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
	if p := r.pending; p == nil || !again || p.Number < g.MoveCount() {
		r.settlePending()
	} // else it is told again on the very line that the move left by: the echo may still come
	r.setExpect(gone)
	if first {
		r.guessPrisoners()
	}
	if r.resigned && d.Phase != game.Over {
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

// recover turns the journal's entry for this game into the pending move.
func (r *Referee) recover() {
	if r.journal == nil {
		return
	}
	var open *Pending
	for _, e := range r.journal {
		if e.Game != r.data.ID || e.Validate() != nil {
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

// settlePending decides from the record what became of the pending move.
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
		if p.Move.Point.IsPass() && r.phase == game.Playing {
			r.ask(Question{Kind: AskPass, Move: p.Move, Text: r.of(textAskPass)})
		}
	}
}

// confirmed announces that the pending move counts.
func (r *Referee) confirmed(p *Pending) {
	r.lost = nil
	r.event(Event{Kind: EventMove, Number: p.Number + 1, Color: p.Move.Color, Point: p.Move.Point, Mine: true,
		Frame: r.frame(), Confidence: 1, Text: r.textMove(p.Number, true)})
}

func (r *Referee) played(e game.Played) {
	if r.game == nil || !r.synced {
		return // the game.Data that is on its way has it
	}
	n := r.game.MoveCount()
	switch {
	case e.Number <= n && e.Number > 0 && r.game.Move(e.Number-1) == e.Move:
		return // told twice
	case e.Number != n+1:
		r.resync(r.textOutOfStep(e.Number, n))
		return
	}
	if err := r.game.Check(e.Move); err != nil && e.Move.Point.On(r.size()) && e.Move.Color != r.game.ToMove() {
		// The record knows whose turn it was; ours may not, after a resumption.
		r.event(Event{Kind: EventNote, Text: r.textOddMove(err)})
	}
	if err := r.game.Force(e.Move); err != nil {
		r.distrust(err)
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

func (r *Referee) refusal(e game.Refused) {
	p := r.pending
	if p == nil || p.Ref != e.Ref {
		if r.lost != nil && r.lost.Ref == e.Ref {
			return // the game data told already
		}
		if e.Message != "" {
			r.event(Event{Kind: EventRefused, Text: r.textRefused(e.Message), Say: r.textRefused(e.Message)})
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

func (r *Referee) setPhase(p game.Phase) {
	if r.phase == p {
		return
	}
	before := r.phase
	r.phase, r.phaseAt = p, r.now
	if before == game.StoneRemoval && p == game.Playing {
		// Who plays first is for the server to say.
		r.dead, r.accepted = nil, [2]bool{}
		r.resync("")
	}
}

func (r *Referee) askUndo(u game.Undo) {
	if r.game == nil {
		return
	}
	r.closeUndo()
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

func (r *Referee) undone(e game.UndoAccepted) {
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

func (r *Referee) finish(res game.Result) {
	if r.result != nil {
		return
	}
	r.result = &res
	if r.phase != game.Over {
		r.phase, r.phaseAt = game.Over, r.now
	}
	r.questions = nil
	text := textResult(res, r.data, r.edition)
	r.event(Event{Kind: EventResult, Result: r.result, Color: res.Winner, Text: text, Say: text})
}

// resync asks for the whole record and holds everything back until it is here.
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

// wait handles the deadlines.
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
	if r.phase == game.Over && r.result == nil && r.synced && r.now-r.phaseAt >= r.tune.Echo {
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

// send sends my move, after writing it to the journal.
func (r *Referee) send(m board.Move, confidence float64) {
	if math.IsNaN(confidence) {
		confidence = 1 // of odds beyond all bounds
	}
	r.request(Request{Kind: ReqMove, Move: m})
	r.pending = &Pending{Ref: r.ref, Number: r.game.MoveCount(), Move: m, At: r.now}
	r.sentAt, r.lost = r.now, nil
	r.out.Entries = append(r.out.Entries, r.entry(EntryPending, r.pending))
	r.closeQuestions(AskMove, AskPass)
	if r.edition >= 2 {
		r.closeQuestions(AskResign) // whoever plays does not resign
	}
	r.hold, r.cand = hold{}, nil
	r.setExpect(gone)
	r.event(Event{Kind: EventSent, Number: r.pending.Number + 1, Color: m.Color, Point: m.Point, Mine: true,
		Frame: r.frame(), Confidence: confidence, Text: r.textSent(m), Say: r.saySent(m)})
}

func (r *Referee) entry(k EntryKind, p *Pending) Entry {
	return Entry{Kind: k, Game: r.data.ID, Ref: p.Ref, Number: p.Number, Color: p.Move.Color, Point: p.Move.Point}
}

// unkept takes back a move that was not sent because the journal could not keep
// it.
func (r *Referee) unkept(ref int64) {
	if r.pending == nil || r.pending.Ref != ref {
		return
	}
	r.refused[r.pending.Move]++
	r.pending = nil
	r.setExpect(unsent)
	r.alarm(textUnkept)
}
