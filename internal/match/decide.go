package match

import (
	"cmp"
	"math"
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

// decide looks for the move that explains what is seen, and lets it out when
// everything that must hold does.
func (r *Referee) decide() {
	r.cand = nil
	if r.blocked() {
		r.hold = hold{}
		r.closeQuestions(AskMove)
		return
	}
	top, odds := r.weigh()
	if !top.Point.On(r.game.Size()) || odds < 0.25 {
		r.hold = hold{}
		r.closeQuestions(AskMove)
		return
	}
	if !r.hold.on || r.hold.move != top {
		r.hold = hold{on: true, move: top, since: r.now, good: -1}
	}
	c := &Candidate{Move: top, Confidence: odds / (1 + odds)}
	r.cand, r.rival = c, odds < r.tune.Doubt
	if q, ok := r.question(AskMove); ok && q.Move != top {
		r.closeQuestions(AskMove)
	}
	if !r.inView(top.Point) {
		r.hold.since, r.hold.good = r.now, -1
		c.Why = textHand
		return
	}
	bound := r.tune.Bound
	if r.mode == AskBelow {
		bound = max(bound, r.below/(1-min(r.below, 1-1e-9)))
	}
	why := ""
	switch spot := r.watch.spot(top.Point); {
	case r.mode == Ask:
		why = textModeAsks
	case r.refused[top] > 0:
		why = textRefusedBefore
	case odds < bound:
		why = textUnsure
		r.hold.good = -1
	case spot.since < r.turnAt && !r.handicapping() && (r.lost == nil || r.lost.Move != top):
		why = textBeforeTurn
	case spot.long && (r.lost == nil || r.lost.Move != top):
		why = textUnwatched
	}
	if other, own := r.fresh(top.Point); other != nil {
		if own {
			c.Why = r.textOwnMissing(*other, top)
			return
		}
		why = r.textAlsoWrong(*other)
	}
	if why == "" && r.hold.good < 0 {
		r.hold.good = r.now
	}
	held := r.now - r.hold.since
	if why == "" {
		c.Held = min(1, float64(held)/float64(r.tune.Dwell))
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
		return
	}
	// A slow camera needs longer for as many readings.
	patience := max(r.tune.Ponder, 10*min(r.watch.apart, time.Second))
	if r.mode == Ask && odds >= bound {
		patience = r.tune.Dwell
	}
	c.Held = min(1, float64(held)/float64(patience))
	c.Why = why
	if held >= patience && r.paused == nil && odds >= r.tune.Doubt {
		if _, open := r.question(AskMove); !open {
			r.decision(top, why, true)
			r.ask(Question{Kind: AskMove, Move: top, Confidence: c.Confidence, Text: r.textAskMove(top, why)})
		}
	}
}

func (r *Referee) question(k QuestionKind) (Question, bool) {
	i := slices.IndexFunc(r.questions, func(q Question) bool { return q.Kind == k })
	if i < 0 {
		return Question{}, false
	}
	return r.questions[i], true
}

// blocked reports whether no move of mine is to be looked for now.
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

// weigh compares the explanations of what is seen: nothing happened, or a
// legal move of mine at p with what it captures. It returns the best move and
// its odds against all others together.
//
// With S the summed log-likelihoods, the weight of a move at p against nothing
// is
//
//	play/N · e^S(mine) · Π_captured ½(e^S(stone) + e^S(empty))/e^S(stone)
//	────────────────────────────────────────────────────────────────────
//	e^S(expected) + stray/N · (e^S(mine) + e^S(theirs))
//
// where the denominator is what p looks like without a move: as expected, or
// with a stone that came there by accident. Stray stones elsewhere weigh the
// same in all explanations and cancel.
func (r *Referee) weigh() (top board.Move, odds float64) {
	me, w := r.me(), r.watch
	n := float64(r.expect.Count(board.Empty) + 1)
	type guess struct {
		m               board.Move
		weight          float64
		prior, evidence float64
	}
	var guesses []guess
	total := 1.0
	r.diff.illegal = nil
	for i := range w.spots {
		s, m := &w.spots[i], &r.marks[i]
		p := w.point(i)
		if r.expect.At(p) != board.Empty || m.denied || m.trusted || m.ghost == me {
			continue
		}
		if c := r.diff.capturing; !c.IsPass() && c != p {
			continue // a stone is owed unless this is the move
		}
		seen := s.sum[me] - max(s.sum[board.Empty], s.ghostly(m.ghost))
		if seen < -3 {
			continue
		}
		move := board.Move{Color: me, Point: p}
		if seen > 0 && !r.game.Legal(move) {
			r.diff.illegal = append(r.diff.illegal, move)
			continue
		}
		odd := stray
		if !s.hand && s.known && s.seen == me || s.flickers() {
			odd = wonder
		}
		evidence := s.sum[me] - logSum(max(s.sum[board.Empty], s.ghostly(m.ghost)),
			math.Log(odd/n)+s.sum[me], math.Log(odd/n)+s.sum[me.Opponent()])
		if seen > 2 {
			evidence += r.lifted(move)
		}
		g := guess{m: move, prior: math.Log(play / n), evidence: evidence}
		g.weight = math.Exp(min(g.prior+evidence, 50))
		total += g.weight
		if seen > 2 {
			guesses = append(guesses, g)
		}
	}
	slices.SortStableFunc(guesses, func(a, b guess) int { return cmp.Compare(b.weight, a.weight) })
	r.weighed = []Hypothesis{{Text: textNothing, Share: 1 / total}}
	for _, g := range guesses {
		if g.weight/total > 1e-6 && len(r.weighed) < 8 {
			r.weighed = append(r.weighed, Hypothesis{Text: r.nameMove(g.m), Prior: g.prior, Evidence: g.evidence, Share: g.weight / total})
		}
	}
	slices.SortStableFunc(r.weighed, func(a, b Hypothesis) int { return cmp.Compare(b.Share, a.Share) })
	if len(guesses) == 0 {
		return board.Move{Point: board.Pass}, 0
	}
	best := guesses[0]
	if left := r.game.HandicapLeft(); left > 0 && len(guesses) <= left {
		// Handicap stones have no order: the others are no rivals.
		slices.SortStableFunc(guesses, func(a, b guess) int {
			return cmp.Compare(w.spot(a.m.Point).since, w.spot(b.m.Point).since)
		})
		for _, g := range guesses {
			if g.weight >= 1 {
				best = g
				break
			}
		}
		total = 1 + best.weight
	}
	return best.m, best.weight / (total - best.weight)
}

// ghostly is the log-likelihood that a captured stone still lies there.
func (s *spot) ghostly(ghost board.Color) float64 {
	if ghost == board.Empty {
		return math.Inf(-1)
	}
	return s.sum[ghost]
}

// lifted returns what the stones that the move captures add to its evidence:
// they may still lie there, or be gone already.
func (r *Referee) lifted(m board.Move) float64 {
	captured := r.captures(m)
	sum := 0.0
	for p := range captured.All() {
		s := r.watch.spot(p)
		stone := s.sum[m.Color.Opponent()]
		sum += logSum(stone, s.sum[board.Empty], math.Inf(-1)) - math.Ln2 - stone
	}
	return sum
}

func logSum(a, b, c float64) float64 {
	m := max(a, b, c)
	return m + math.Log(math.Exp(a-m)+math.Exp(b-m)+math.Exp(c-m))
}

// fresh looks for something else that went wrong on the board about when the
// stone at p came, which makes it doubtful what happened. own says that a
// stone of mine is missing: then the stone at p may be that one.
func (r *Referee) fresh(p board.Point) (other *Stone, own bool) {
	captured := r.captures(board.Move{Color: r.me(), Point: p})
	from := r.watch.spot(p).since - 3*time.Second
	for _, s := range r.diff.missing {
		if captured.Has(s.Point) || r.watch.spot(s.Point).since < from {
			continue
		}
		if s.Color == r.me() {
			return &s, true
		}
		other = &s
	}
	for _, s := range r.diff.unexpected {
		if s.Point == p || r.watch.spot(s.Point).since < from || r.marks[r.index(s.Point)].denied {
			continue
		}
		if s.Color == r.me() && r.game.HandicapLeft() > 1 {
			continue
		}
		other = &s
	}
	return other, false
}
