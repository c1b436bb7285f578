package match

import (
	"slices"
	"time"

	"github.com/gobancam/gobancam/board"
)

// hold is the explanation that has been the best one for a while.
type hold struct {
	on    bool
	move  board.Move
	since time.Duration // since when it is the best, in plain view
	good  time.Duration // since when its odds pass the bound; <0: they do not
}

// Priors. With N legal moves, each is played in the time that evidence counts
// with probability play/N. A stone that is no move comes to lie on a given
// point, or is seen there without being there, with probability stray/N when a
// hand was over the board at the time, and with wonder/N when none was: stones
// do not come by themselves. So the odds of a move over a stray stone are at
// most play/stray, which is above any sensible bound, and play/wonder, which
// asks.
const (
	play   = 0.4
	stray  = 1e-5
	wonder = 0.04
)

// decide looks for the move that explains what is seen, and sends it once all
// conditions hold.
func (r *Referee) decide() {
	r.cand = nil
	top, odds := r.likeliest()
	if odds < 0.25 {
		r.hold = hold{}
		r.closeQuestions(AskMove)
		return
	}
	r.takeUp(top, odds)
	if r.mustWait(top) {
		return
	}
	why := r.doubt(top, odds)
	if why == textUnsure {
		r.hold.good = -1
	}
	other, mine := r.amiss(top.Point)
	switch {
	case mine:
		r.cand.Why = r.textOwnMissing(*other, top)
		if r.edition >= 2 {
			r.closeQuestions(AskMove)
		}
		return
	case other != nil:
		why = r.textAlsoWrong(*other)
	}
	if why != "" {
		r.askAbout(top, odds, why)
		return
	}
	if r.hold.good < 0 {
		r.hold.good = r.now
	}
	r.letOut(top)
}

// likeliest returns the move of mine that explains best what is seen, and its
// odds; odds of 0 where there is none or it is not the time for one.
func (r *Referee) likeliest() (top board.Move, odds float64) {
	if r.blocked() {
		return top, 0
	}
	top, odds = r.weigh()
	if !top.Point.On(r.game.Size()) {
		return top, 0
	}
	return top, odds
}

// takeUp makes top the candidate. A question about another move is closed.
func (r *Referee) takeUp(top board.Move, odds float64) {
	if !r.hold.on || r.hold.move != top {
		r.hold = hold{on: true, move: top, since: r.now, good: -1}
	}
	r.cand, r.rival = &Candidate{Move: top, Confidence: odds / (1 + odds)}, odds < r.tune.Doubt
	if q, ok := r.question(AskMove); ok && q.Move != top {
		r.closeQuestions(AskMove)
	}
}

// mustWait reports whether it is too early to decide about the candidate: it is
// not in plain view, the view is old, another stone is about to be missed, or all
// handicap stones are asked about together.
func (r *Referee) mustWait(top board.Move) bool {
	switch {
	case !r.inView(top.Point):
		r.hold.since, r.hold.good = r.now, -1
		r.cand.Why = textHand
	case r.outOfDate():
		r.cand.Why = textOldPicture
	case r.vanishing():
		r.cand.Why = textVanishing
	case len(r.placed()) > 0:
		r.cand.Why = textHandicapAsked
		r.closeQuestions(AskMove)
	default:
		return false
	}
	return true
}

// doubt returns the reason to ask about the candidate instead of sending it;
// empty for none.
func (r *Referee) doubt(top board.Move, odds float64) string {
	meant := r.marks[r.index(top.Point)].meant
	known := meant || r.lost != nil && r.lost.Move == top
	switch spot := r.watch.spot(top.Point); {
	case r.mode == Ask && !meant:
		return textModeAsks
	case r.refused[top] > 0:
		return textRefusedBefore
	case odds < r.bound():
		return textUnsure
	case r.beforeTurn(spot) && !known:
		return textBeforeTurn
	case spot.long && !known:
		return textUnwatched
	}
	return ""
}

// bound is the odds to one from which on a move is sent without a question.
func (r *Referee) bound() float64 {
	if r.mode == AskBelow {
		return max(r.tune.Bound, r.below/(1-min(r.below, 1-1e-9)))
	}
	return r.tune.Bound
}

// beforeTurn reports whether what lies there came before my turn did.
func (r *Referee) beforeTurn(s *spot) bool { return s.since < r.turnAt && !r.handicapping() }

// letOut sends the candidate, of which nothing is in doubt, once it has dwelt.
func (r *Referee) letOut(top board.Move) {
	c, held := r.cand, r.now-r.hold.since
	c.Held = min(1, float64(max(held, 0))/float64(r.tune.Dwell))
	switch {
	case held < r.tune.Dwell || r.now-r.hold.good < r.tune.Dwell/4 || r.now < r.settle:
		c.Why = textDwell
	case r.paused != nil:
		// My own pause ends with my move.
		if r.now-r.resumed >= r.tune.Echo {
			r.resumed = r.now
			r.request(Request{Kind: ReqResume})
		}
	default:
		r.decision(top, textSure, false)
		r.send(top, c.Confidence)
	}
}

// askAbout asks whether the candidate is my move, once it has lain for a while.
func (r *Referee) askAbout(top board.Move, odds float64, why string) {
	c := r.cand
	// A slow camera needs longer for as many readings.
	patience := max(r.tune.Ponder, 10*min(r.watch.apart, time.Second))
	if r.mode == Ask && odds >= r.bound() {
		patience = r.tune.Dwell
	}
	if r.edition >= 2 && r.otherAsked() {
		// It is asked a while after that, when a late answer to it has come.
		c.Why, r.hold.since = why, r.now+max(0, r.tune.Ponder-patience)
		return
	}
	held := r.now - r.hold.since
	c.Held = min(1, float64(max(held, 0))/float64(patience))
	c.Why = why
	if held < patience || r.paused != nil || odds < r.tune.Doubt {
		return
	}
	if _, open := r.question(AskMove); !open {
		r.decision(top, why, true)
		r.ask(Question{Kind: AskMove, Move: top, Confidence: c.Confidence, Text: r.textAskMove(top, why)})
	}
}

// otherAsked reports whether the user has something else to answer first, so that
// a yes to it cannot be taken for one to a question about a move that comes up
// just then.
func (r *Referee) otherAsked() bool {
	return slices.ContainsFunc(r.questions, func(q Question) bool { return q.Kind != AskMove })
}

// putOff closes the question about a move, because something else is asked. It
// is asked again when that is answered, not before some time has passed.
func (r *Referee) putOff() {
	r.closeQuestions(AskMove)
	r.hold = hold{}
}

func (r *Referee) question(k QuestionKind) (Question, bool) {
	i := slices.IndexFunc(r.questions, func(q Question) bool { return q.Kind == k })
	if i < 0 {
		return Question{}, false
	}
	return r.questions[i], true
}

// outOfDate reports whether the last picture is so old that the board may have
// changed. A slow camera is given more time.
func (r *Referee) outOfDate() bool {
	w := r.watch
	return r.edition >= 2 && r.now-w.at > max(r.tune.Gap, 5*min(w.apart, time.Second)/2)
}

// blocked reports whether it is not the time to look for a move of mine.
func (r *Referee) blocked() bool {
	d := &r.diff
	return r.obstacle(true) != "" || r.eyesBlind() || !r.viewed || r.bump != nil || r.setup ||
		len(d.owed) > 0 || len(d.takeBack) > 0 ||
		r.now-r.watch.light < time.Second
}

// handicapping reports whether I am in the middle of setting handicap stones.
func (r *Referee) handicapping() bool {
	n := r.game.HandicapLeft()
	return n > 0 && n < r.data.Setup.Handicap
}

// inView reports whether p lies in plain view and no hand is about. A cup, or
// an arm at rest, lies still, and not beside the stone.
func (r *Referee) inView(p board.Point) bool {
	w := r.watch
	return !w.spot(p).hidden && (w.clear >= 0 || !w.handOver() && !w.hiddenBeside(p, 2))
}
