package match

import (
	"slices"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
)

// obey carries out a command of the user, or says why it cannot.
func (r *Referee) obey(c Command) {
	switch c.Kind {
	case CmdPass:
		if r.mayMove(true) {
			r.send(board.Move{Color: r.me(), Point: board.Pass}, 1)
		}
	case CmdPlay:
		r.play(c.Points)
	case CmdResign:
		if r.game != nil && r.result == nil {
			r.ask(Question{Kind: AskResign, Text: textAskResign})
		}
	case CmdUndo:
		r.askToTakeBack()
	case CmdCancelUndo:
		if r.mayAsk() && r.undo != nil && !r.undoIsTheirs() {
			r.request(Request{Kind: ReqCancelUndo})
		}
	case CmdAccept, CmdDeny:
		r.answer(c.Question, c.Kind == CmdAccept)
	case CmdCancel:
		r.cancel(c.Question)
	case CmdPause:
		if r.mayAsk() {
			r.request(Request{Kind: ReqPause})
		}
	case CmdResume:
		if r.mayAsk() {
			r.request(Request{Kind: ReqResume})
		}
	case CmdMark:
		r.markDead(c.Points)
	case CmdAcceptScore, CmdRejectScore:
		r.score(c.Kind == CmdAcceptScore)
	case CmdTrust:
		r.trust(c.Points)
	case CmdThere:
		r.there(slices.Concat(r.diff.missing, r.diff.owed))
	case CmdLook:
		r.lookAfresh()
	case CmdResync:
		r.resync(textResync)
	case CmdBoard, CmdBack:
		r.note(r.textRecordCounts())
	case CmdMode:
		r.setMode(c.Mode, c.Below)
	case CmdQuit:
		r.quit = true
	}
}

// play sends the move that the user names, whatever the eyes say.
func (r *Referee) play(ps []board.Point) {
	if len(ps) != 1 {
		r.note(textPlayOne)
		return
	}
	m := board.Move{Color: r.me(), Point: ps[0]}
	if !r.mayMove(true) {
		return
	}
	if err := r.game.Check(m); err != nil {
		r.note(textIllegal(err))
		return
	}
	r.decision(m, "you said so", false)
	r.send(m, 1)
}

// askToTakeBack asks the opponent.
func (r *Referee) askToTakeBack() {
	switch {
	case !r.mayAsk():
	case r.game.MoveCount() == 0:
		r.note(textNothingToUndo)
	default:
		r.request(Request{Kind: ReqUndo})
		r.note(textUndoRequested)
	}
}

// cancel says no to a question; with none open it withdraws my own request.
func (r *Referee) cancel(question int) {
	switch {
	case len(r.questions) > 0:
		r.answer(question, false)
	case r.undo != nil && !r.undoIsTheirs():
		r.obey(Command{Kind: CmdCancelUndo})
	case r.pending != nil:
		r.note(r.textTooLate(r.pending.Move))
	default:
		r.note(textNothingToCancel)
	}
}

// score agrees to the stones that are marked as dead, or plays on.
func (r *Referee) score(agree bool) {
	switch {
	case !r.mayAsk():
	case r.phase != game.StoneRemoval:
		r.note(textNotScoring)
	case agree:
		r.request(Request{Kind: ReqAcceptRemoval, Points: slices.Clone(r.dead)})
	default:
		r.request(Request{Kind: ReqRejectRemoval})
	}
}

func (r *Referee) setMode(m Mode, below float64) {
	switch m {
	case Auto, Ask, AskBelow:
		r.mode, r.below = m, below
		r.hold = hold{}
	}
}

// mayAsk reports whether requests can go out; if not, it tells the user why.
func (r *Referee) mayAsk() bool {
	switch {
	case r.game == nil || !r.online || !r.synced:
		r.note(textOffline)
	case r.result != nil || r.phase == game.Over:
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
	case r.result != nil || r.phase == game.Over || r.resigned:
		return textOver
	case r.phase != game.Playing:
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
	if r.phase != game.StoneRemoval {
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
	i := answered(r.questions, id)
	if r.edition < 2 {
		i = firstAnswered(r.questions, id)
	}
	if i < 0 {
		r.note(textNoQuestion)
		return
	}
	q := r.questions[i]
	r.closeQuestion(i)
	switch q.Kind {
	case AskMove:
		r.answerMove(q, yes)
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
	case AskTakeBack:
		r.ways = 1 // then it may be that it lies there
		if yes {
			r.ways = 2
			r.askToTakeBack()
		}
	case AskThere:
		r.ways = 2
		if yes {
			r.there(q.Moves)
		}
	case AskHandicap:
		r.answerPlacement(q.Moves, yes)
	}
}

func (r *Referee) answerMove(q Question, yes bool) {
	if !yes {
		r.marks[r.index(q.Move.Point)].denied = true
		return
	}
	if !r.mayMove(true) {
		return
	}
	if err := r.game.Check(q.Move); err != nil {
		r.note(textIllegal(err))
		return
	}
	r.decision(q.Move, "you said yes", false)
	r.send(q.Move, q.Confidence)
}

func (r *Referee) ask(q Question) {
	if i := slices.IndexFunc(r.questions, func(o Question) bool { return o.Kind == q.Kind }); i >= 0 {
		if r.questions[i].Move == q.Move && slices.Equal(r.questions[i].Moves, q.Moves) {
			return
		}
		r.closeQuestion(i)
	}
	if r.edition >= 2 && q.Kind != AskMove {
		r.putOff()
	}
	r.asked++
	q.ID = r.asked
	r.questions = append(slices.Clone(r.questions), q)
	r.event(Event{Kind: EventQuestion, Question: &q, Color: q.Move.Color, Point: q.Move.Point, Points: points(q.Moves), Confidence: q.Confidence,
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
