package match

import (
	"slices"

	"github.com/gobancam/gobancam/board"
)

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
	case CmdCancel:
		switch {
		case len(r.questions) > 0:
			r.answer(c.Question, false)
		case r.undo != nil && !r.undoIsTheirs():
			r.obey(Command{Kind: CmdCancelUndo})
		case r.pending != nil:
			r.note(r.textTooLate(r.pending.Move))
		default:
			r.note(textNothingToCancel)
		}
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
