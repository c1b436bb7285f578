package match

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/gobancam/gobancam/board"
)

// view is the record's position with everything on it that was last seen
// otherwise, but prisoners that still lie there and points that the user
// overlooks. What is hidden now is remembered.
func (r *Relay) view() (view board.Position, diff []board.Point) {
	view = r.game.Position()
	for i := range r.watch.spots {
		s := &r.watch.spots[i]
		if !s.known {
			continue
		}
		p := r.watch.point(i)
		c, want := s.seen, view.At(p)
		if r.ghosts[i] != board.Empty && (c != r.ghosts[i] || c == want) {
			r.ghosts[i] = board.Empty
		}
		if r.trusted[i].on && (c != r.trusted[i].color || c == want) {
			r.trusted[i].on = false
		}
		if c == want || c != board.Empty && r.ghosts[i] == c || r.trusted[i].on {
			continue
		}
		view.Set(p, c)
		diff = append(diff, p)
	}
	return view, diff
}

// decide explains the view, if it differs from the record, and writes down
// what is certain enough; at the end everything that can be explained. Where
// pictures are far apart, what is left after that is not put off.
func (r *Relay) decide(last bool) {
	for n := 0; r.decideOnce(last) && r.hurried() && n < 4; n++ {
	}
}

// decideOnce decides one story, and reports whether it wrote something down.
func (r *Relay) decideOnce(last bool) bool {
	if r.game == nil || r.watch == nil || !r.watch.any || r.bump != nil {
		return false
	}
	w := r.watch
	r.settleMoved()
	view, diff := r.view()
	if !r.begun {
		if !r.start(view, diff) {
			return false
		}
		view, diff = r.view()
	}
	if !r.settled(view, diff, last) {
		return false
	}
	if len(diff) == 0 {
		r.stuck, r.stuckTold, r.story, r.swept = -1, false, nil, false
		r.tried = board.Position{}
		return false
	}
	if r.mend(view, diff, last) {
		return true
	}
	if view != r.tried || r.triedMove != r.game.MoveCount() {
		r.tried, r.triedMove = view, r.game.MoveCount()
		r.story, r.about = r.explain(view, diff), diff
		if r.story.doubtful() && len(diff) > 1 {
			r.story, r.about = r.explainFirst(diff)
		}
	}
	s := r.story
	if s.doubtful() {
		if r.catchesUp() {
			return r.catchUp(view, diff, last)
		}
		r.puzzled(diff, last)
		return false
	}
	if s.undo > 0 && (last || r.game.Ended()) {
		return false // stones are being put away
	}
	missing := r.displaced(s)
	if !last {
		for _, p := range r.about {
			if !r.ripe(p, s) {
				return false
			}
		}
		if (s.undo > 0 || len(s.noise) > 0) && w.handOver() || !r.waited(s, missing) || !r.turned(s) {
			return false
		}
	}
	r.stuck, r.stuckTold = -1, false
	r.tell(s, missing)
	return true
}

// ripe reports whether what is seen at p has been seen for long enough to be
// acted upon as s says.
func (r *Relay) ripe(p board.Point, s *story) bool {
	w := r.watch
	spot := w.spot(p)
	age := r.now - spot.sure
	if c := spot.best(); spot.margin(c) > 1 && spot.seen != c {
		return false // it is changing
	}
	if r.hurried() && !spot.hidden {
		return true
	}
	need := r.tune.Dwell
	slow := spot.since-spot.before >= time.Second // pictures are far apart
	plays := slices.ContainsFunc(s.orders[0], func(m board.Move) bool { return m.Point == p })
	switch {
	case plays && spot.hidden:
		return false
	case plays && slow:
		need = 0
	case plays && !spot.hand && w.hands:
		need = 8 * r.tune.Dwell // no hand was seen there, though hands are seen
	case plays:
		// A hand beside the stone may still hold it.
		if w.hiddenBeside(p, 1) && r.now-w.still < r.tune.Rest {
			return false
		}
	case s.undo > 0 || slices.Contains(s.noise, p):
		need = 4 * r.tune.Dwell
		if r.now == spot.sure {
			return false // one reading is not enough
		}
	}
	return age >= need
}

// start compares the first view of the board with the position that the game
// starts from. It returns false while too little is seen.
func (r *Relay) start(view board.Position, diff []board.Point) bool {
	known := 0
	for i := range r.watch.spots {
		if r.watch.spots[i].known {
			known++
		}
	}
	if 5*known < 4*len(r.watch.spots) {
		return false
	}
	r.begun = true
	stones := len(diff)
	if stones == 0 || r.opt.Begun != nil || stones <= 4 && !r.opt.AsFound {
		return true
	}
	if !r.opt.AsFound && r.explain(view, diff) != nil && stones <= maxPlayed {
		return true
	}
	// A game that began before we looked.
	s := r.game.Setup()
	b, w := view.Stones(board.Black), view.Stones(board.White)
	s.Black, s.White = b.Points(), w.Points()
	s.First = board.Black
	if len(s.Black) > len(s.White) {
		s.First = board.White
	}
	if err := r.begin(s); err != nil {
		return true // not a lawful position: wait for a better view
	}
	r.begun = true
	r.event(Event{Kind: EventNote, Points: append(slices.Clone(s.Black), s.White...), Text: textFound(len(s.Black), len(s.White))})
	return true
}

// tell writes a story down. missing are the stones of the record that one of
// those it plays may be.
func (r *Relay) tell(s *story, missing []Stone) {
	if s.undo > 0 && len(s.orders[0]) > 0 {
		r.leave()
	}
	for range s.undo {
		if _, ok := r.game.Edited(); ok {
			r.takeBack()
			continue
		}
		captured := r.game.LastCaptured()
		for p := range captured.All() {
			r.ghosts[r.watch.index(p)] = board.Empty
		}
		r.closeQuestions()
		r.takeBack()
	}
	r.takeOff(missing)
	if s.turn != board.Empty {
		r.game.Resume(s.turn)
	}
	order, doubt := r.order(s.orders)
	first := r.game.MoveCount()
	for _, m := range order {
		why := doubt
		if slices.ContainsFunc(missing, func(x Stone) bool { return x.Color == m.Color }) {
			why = textMaybeMoved
		}
		r.play(m, s, why)
	}
	if doubt != "" {
		r.ask(Question{Kind: AskOrder, Moves: order, From: first + 1, Text: textAskOrder(order, r.game.Size())})
	}
	r.askMoved(s, order, first, missing)
	r.tried, r.story = board.Position{}, nil
}

func (r *Relay) play(m board.Move, s *story, doubt string) {
	spot := r.watch.spot(m.Point)
	// How surely the stone is seen, and that this and no other story is true.
	confidence := 1 / (1 + math.Exp(2*(s.cost-s.rival)))
	if spot.best() == m.Color {
		confidence *= spot.share(m.Color)
	}
	if doubt != "" {
		confidence /= 2
	}
	if r.game.Play(m) != nil && r.game.Force(m) != nil {
		return
	}
	captured := r.game.LastCaptured()
	for p := range captured.All() {
		i := r.watch.index(p)
		if c := m.Color.Opponent(); r.watch.spots[i].known && r.watch.spots[i].seen == c {
			r.ghosts[i] = c
		}
	}
	at := spot.since
	if spot.best() != m.Color {
		at = r.now
	}
	r.played = append(r.played, Played{Move: m, Frame: r.watch.frame, Time: at, Confidence: confidence, Doubt: doubt})
	n := r.game.MoveCount()
	r.out.Decisions = append(r.out.Decisions, Decision{Move: m, Number: n, Frame: r.watch.frame, At: r.now, Why: doubt, Hypotheses: r.weighed})
	r.event(Event{Kind: EventMove, Number: n, Color: m.Color, Point: m.Point, Points: captured.Points(), Confidence: confidence,
		Text: textRelayMove(m, captured.Len(), r.game.Size())})
}

// order picks the order in which the stones were first seen. doubt says why
// another one may be true.
func (r *Relay) order(orders [][]board.Move) (best []board.Move, doubt string) {
	if len(orders) == 1 {
		return orders[0], ""
	}
	wrong := func(o []board.Move) (n int) {
		for i := range o {
			for j := i + 1; j < len(o); j++ {
				if r.watch.spot(o[i].Point).since > r.watch.spot(o[j].Point).since {
					n++
				}
			}
		}
		return n
	}
	slices.SortStableFunc(orders, func(a, b []board.Move) int { return cmp.Compare(wrong(a), wrong(b)) })
	if wrong(orders[0]) == wrong(orders[1]) {
		doubt = textOrderUnknown
	}
	return orders[0], doubt
}

// puzzled asks about a view that cannot be explained, when it stays.
func (r *Relay) puzzled(diff []board.Point, last bool) {
	if r.stuck < 0 {
		r.stuck, r.stuckLooks = r.now, 0
	}
	r.stuckLooks++
	w := r.watch
	if last || r.stuckTold || r.stuckLooks < 10 || w.clear < 0 || r.now-w.clear < 2*time.Second || r.now-r.stuck < 5*time.Second {
		return
	}
	r.stuckTold = true
	// A second stone of one colour in a row: the other player passed, or a
	// stone was missed. It is written down and marked.
	if m, ok := r.outOfTurn(diff); ok {
		r.game.Resume(m.Color)
		s := &story{orders: [][]board.Move{{m}}, rival: 0.5}
		if r.game.Legal(m) {
			r.play(m, s, textOutOfTurn)
			r.tried, r.story = board.Position{}, nil
			r.ask(Question{Kind: AskOrder, Moves: []board.Move{m}, From: r.game.MoveCount(), Text: textAskOutOfTurn(m, r.game.Size())})
			r.stuck, r.stuckTold = -1, false
			return
		}
		r.game.Resume(m.Color.Opponent())
	}
	r.event(Event{Kind: EventQuestion, Points: diff, Text: textPuzzled(diff, r.game.Size()), Say: textPuzzled(diff, r.game.Size())})
}

// outOfTurn returns the only new stone, if it is of the player whose turn it is
// not.
func (r *Relay) outOfTurn(diff []board.Point) (m board.Move, ok bool) {
	if len(diff) != 1 {
		return m, false
	}
	p := diff[0]
	c := r.watch.spot(p).best()
	if c == board.Empty || r.game.At(p) != board.Empty || c == r.game.ToMove() {
		return m, false
	}
	return board.Move{Color: c, Point: p}, true
}
