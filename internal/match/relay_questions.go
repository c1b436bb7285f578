package match

import (
	"cmp"
	"slices"
	"time"

	"github.com/gobancam/gobancam/board"
)

// What a relay is not sure of it writes down, marks as doubtful, and asks.

// takeBack takes what came last out of the record, a move or a set-up, and tells.
func (r *Relay) takeBack() board.Move {
	if e, ok := r.game.Edited(); ok {
		r.game.Undo()
		text := textSetupUndo(r.changes(e), r.game.Size())
		r.event(Event{Kind: EventSetup, Number: e.At, Points: e.Points(), Text: text})
		r.dropQuestions()
		return board.Move{}
	}
	m, _ := r.game.LastMove()
	r.game.Undo()
	r.played = r.played[:len(r.played)-1]
	if r.opt.Edition > FirstRelayEdition {
		r.setTurn()
	}
	r.event(Event{Kind: EventUndo, Number: r.game.MoveCount() + 1, Color: m.Color, Point: m.Point, Text: textRelayUndo(m, r.game.Size())})
	return m
}

// setTurn gives the turn to the opponent of whoever played last. A move out of
// turn had been given the turn for itself; it goes with it.
func (r *Relay) setTurn() {
	if _, ok := r.game.Edited(); ok {
		return // it told whose turn it is
	}
	next := r.game.Setup().First
	if m, ok := r.game.LastMove(); ok {
		if r.game.HandicapLeft() > 0 {
			return
		}
		next = m.Color.Opponent()
	}
	if r.game.ToMove() != next {
		r.game.Resume(next)
	}
}

// answer settles a question.
func (r *Relay) answer(c Command) {
	i := answered(r.questions, c.Question)
	if r.opt.Edition <= FirstRelayEdition {
		i = firstAnswered(r.questions, c.Question)
	}
	if i < 0 {
		r.event(Event{Kind: EventNote, Text: textNoQuestion})
		return
	}
	q := r.questions[i]
	r.questions = slices.Delete(slices.Clone(r.questions), i, i+1)
	if q.Kind == AskBegun {
		r.event(Event{Kind: EventAnswered, Question: &q})
		r.settle(c.Kind == CmdAccept)
		return
	}
	if r.opt.Edition <= FirstRelayEdition {
		q.From = 1 + slices.Index(r.game.Moves(), q.Moves[0])
	}
	yes := c.Kind == CmdAccept
	switch {
	case !r.stands(&q):
	case q.Kind == AskSetup && yes:
	case q.Kind == AskSetup:
		r.denySetup(&q)
	case q.Kind == AskPass && !yes:
		r.denyPass(&q)
	case q.Kind == AskMoved && yes:
		r.correct(&q)
	case q.Kind == AskMoved:
		r.askNextMoved(&q)
	case yes:
		r.believe(&q)
	default:
		r.takeOut(&q)
	}
	r.event(Event{Kind: EventAnswered, Question: &q})
}

// stands reports whether the moves that q is about are in the record.
func (r *Relay) stands(q *Question) bool {
	if q.Kind == AskSetup {
		return slices.ContainsFunc(r.game.Edits(), func(e board.Edit) bool { return e.At == q.From })
	}
	from := q.From - 1
	return from >= 0 && from+len(q.Moves) <= r.game.MoveCount() &&
		slices.Equal(r.game.Moves()[from:from+len(q.Moves)], q.Moves)
}

// believe takes the doubt off the moves that q is about.
func (r *Relay) believe(q *Question) {
	for i := range q.Moves {
		r.played[q.From-1+i].Doubt = ""
	}
}

// takeOut takes the moves that q is about back, to be entered by the user. What
// has been played since rests on them: then they stay, and are marked.
func (r *Relay) takeOut(q *Question) {
	if q.From-1+len(q.Moves) != r.game.MoveCount() {
		if r.opt.Edition <= FirstRelayEdition {
			return
		}
		note := textPlayedOn(q.Moves, r.game.Size())
		r.event(Event{Kind: EventNote, Text: note, Say: note})
		return
	}
	for range q.Moves {
		m := r.takeBack()
		if r.watch != nil && !m.Point.IsPass() {
			r.trusted[r.watch.index(m.Point)] = trusted{on: true, color: m.Color}
		}
	}
}

func (r *Relay) ask(q Question) {
	r.lapse()
	r.asked++
	q.ID = r.asked
	r.questions = append(slices.Clone(r.questions), q)
	r.event(Event{Kind: EventQuestion, Number: q.From, Question: &q, Text: q.Text, Say: q.Text})
}

func (r *Relay) closeQuestions() {
	for _, q := range r.questions {
		r.event(Event{Kind: EventAnswered, Question: &q})
	}
	r.questions = nil
}

// dropQuestions closes the questions whose moves are no longer in the record.
func (r *Relay) dropQuestions() {
	if r.opt.Edition <= FirstRelayEdition {
		return
	}
	var open []Question
	for _, q := range r.questions {
		if q.Kind == AskBegun || r.stands(&q) {
			open = append(open, q)
		} else {
			r.event(Event{Kind: EventAnswered, Question: &q})
		}
	}
	r.questions = open
}

// ---- Moved stones ----

// movedAfter is for how long a stone lies beside a missing one of its colour
// before it is written down as a move that may be none.
const movedAfter = 4 * time.Second

// displaced returns the stones of the record that the story leaves out though
// they are surely seen to be gone, and whose colour it plays: what it takes for
// a move may be one of them, moved. The one that went last comes first.
func (r *Relay) displaced(s *story) (missing []Stone) {
	if r.opt.Edition <= FirstRelayEdition || len(s.noise) == 0 && !r.catchesUp() {
		return nil
	}
	if s.undo == 0 {
		for _, x := range r.takenOff() {
			if slices.ContainsFunc(s.orders[0], func(m board.Move) bool { return m.Color == x.Color }) {
				missing = append(missing, x)
			}
		}
	}
	g := r.game.Clone()
	for range s.undo {
		g.Undo()
	}
	for _, p := range s.noise {
		c, spot := g.At(p), r.watch.spot(p)
		plays := slices.ContainsFunc(s.orders[0], func(m board.Move) bool { return m.Color == c })
		gone := spot.known && spot.seen != c && (spot.seen == board.Empty || !r.catchesUp())
		if c != board.Empty && plays && gone {
			missing = append(missing, Stone{Color: c, Point: p})
		}
	}
	slices.SortStableFunc(missing, func(a, b Stone) int {
		return cmp.Compare(r.watch.spot(b.Point).since, r.watch.spot(a.Point).since)
	})
	return missing
}

// waited reports whether a stone that may be a missing one has lain for long
// enough to be written down and asked about. The missing one may be put back
// until then. Where pictures are far apart there is no time to lose.
func (r *Relay) waited(s *story, missing []Stone) bool {
	if len(missing) == 0 || r.watch.apart >= time.Second {
		return true
	}
	since := time.Duration(0)
	for _, x := range missing {
		since = max(since, r.watch.spot(x.Point).sure)
		for _, m := range s.orders[0] {
			if m.Color == x.Color {
				since = max(since, r.watch.spot(m.Point).sure)
				break
			}
		}
	}
	return r.now-since >= movedAfter
}

// askMoved asks of one of the moves that a story played, written down after
// move number first, whether it is a missing stone. What is missing is
// overlooked from now on while it stays so.
func (r *Relay) askMoved(s *story, order []board.Move, first int, missing []Stone) {
	for n := range order {
		i := n
		if s.undo > 0 {
			i = len(order) - 1 - n // the first ones correct what was taken back
		}
		m := order[i]
		same := slices.DeleteFunc(slices.Clone(missing), func(x Stone) bool { return x.Color != m.Color })
		if len(same) == 0 {
			continue
		}
		for _, x := range same {
			if r.catchesUp() {
				break // it was taken off
			}
			r.trusted[r.watch.index(x.Point)] = trusted{on: true, color: r.watch.spot(x.Point).seen}
		}
		q := Question{Kind: AskMoved, Move: m, Moves: []board.Move{m}, From: first + i + 1, Missing: same}
		q.Text = textAskMoved(same[0], m, r.game.Size())
		r.ask(q)
		return
	}
}

// askNextMoved asks about the next missing stone, after it was not the first;
// if there is none, the move is one of its own.
func (r *Relay) askNextMoved(q *Question) {
	for rest := q.Missing[1:]; len(rest) > 0; rest = rest[1:] {
		if r.missing(rest[0]) && (!r.catchesUp() || r.watch.spot(rest[0].Point).seen == board.Empty) {
			next := Question{Kind: AskMoved, Move: q.Move, Moves: q.Moves, From: q.From, Missing: rest}
			next.Text = textAskMoved(rest[0], q.Move, r.game.Size())
			r.ask(next)
			return
		}
	}
	r.believeMoved(q)
}

// believeMoved takes the doubt off the move that q is about, and off all that
// were written down with it.
func (r *Relay) believeMoved(q *Question) {
	r.believe(q)
	if slices.ContainsFunc(r.questions, func(o Question) bool { return o.Kind == AskMoved }) {
		return
	}
	for i := range r.played {
		if r.played[i].Doubt == textMaybeMoved {
			r.played[i].Doubt = ""
		}
	}
}

// missing reports whether a stone that was played is surely seen to be gone.
func (r *Relay) missing(s Stone) bool {
	spot, at := r.watch.spot(s.Point), r.game.At(s.Point)
	return (at == s.Color || at == board.Empty && r.catchesUp()) && spot.known && spot.seen != s.Color
}

// back reports whether a stone of the record is seen to lie there.
func (r *Relay) back(s Stone) bool {
	spot := r.watch.spot(s.Point)
	return r.game.At(s.Point) == s.Color && spot.known && spot.seen == s.Color
}

// settleMoved closes questions about moved stones that have answered
// themselves: all that was missing lies there again, so the move is a move.
func (r *Relay) settleMoved() {
	for i := 0; i < len(r.questions); i++ {
		q := r.questions[i]
		if q.Kind != AskMoved || slices.ContainsFunc(q.Missing, func(s Stone) bool { return !r.back(s) }) {
			continue
		}
		r.questions = slices.Delete(slices.Clone(r.questions), i, i+1)
		i--
		if r.stands(&q) {
			r.believeMoved(&q)
		}
		r.event(Event{Kind: EventAnswered, Question: &q})
	}
}

// correct writes the record anew with the missing stone played where it lies
// now. Where that cannot be, the stone's own move is taken out.
func (r *Relay) correct(q *Question) {
	gone, at := q.Missing[0], q.From-1
	from := at - 1
	for from >= 0 && r.game.Move(from) != gone {
		from--
	}
	if from < 0 {
		r.takeOut(q) // it is not a move that put the stone there
		return
	}
	list := r.items()
	n := slices.IndexFunc(list, func(x item) bool { return x.number == from })
	list[n].played.Move, list[n].played.Doubt = q.Move, ""
	list = slices.DeleteFunc(list, func(x item) bool { return x.number == at })
	g, played, err := r.replay(list)
	if err != nil {
		r.takeOut(q)
		return
	}
	r.rewrite(g, played, from)
}

// rewrite makes g the record and tells it from move number from+1 on.
func (r *Relay) rewrite(g *board.Game, played []Played, from int) {
	size := g.Size()
	if from < r.game.MoveCount() {
		old := r.game.Move(from)
		r.game, r.played = g, played
		r.setTurn()
		r.event(Event{Kind: EventUndo, Number: from + 1, Color: old.Color, Point: old.Point, Text: textRelayUndo(old, size)})
	}
	r.game, r.played = g, played
	edits := g.Edits()
	for i := from; i <= g.MoveCount(); i++ {
		for _, e := range edits {
			if e.At == i {
				r.event(Event{Kind: EventSetup, Number: i, Points: e.Points(), Text: e.Note})
			}
		}
		if i == g.MoveCount() {
			break
		}
		m, captured := g.Move(i), g.CapturedBy(i)
		r.event(Event{Kind: EventMove, Number: i + 1, Color: m.Color, Point: m.Point, Points: captured.Points(),
			Confidence: played[i].Confidence, Text: textRelayMove(m, captured.Len(), size)})
	}
	r.dropQuestions()
}
