package match

import (
	"slices"

	"github.com/gobancam/gobancam/board"
)

// change is a point that changed otherwise than by play.
type change struct {
	point   board.Point
	was, is board.Color
}

func changesOf(was, is board.Position) []change {
	var list []change
	for p := range was.Points() {
		if a, b := was.At(p), is.At(p); a != b {
			list = append(list, change{p, a, b})
		}
	}
	return list
}

// changes tells what a set-up of the record changed, before or after it was
// taken out.
func (r *Relay) changes(e board.Edit) []change {
	g := r.game.Clone()
	for g.MoveCount() > e.At {
		g.Undo()
	}
	if last, ok := g.Edited(); ok && last.Equal(e) {
		g.Undo()
	}
	was := g.Position()
	return changesOf(was, e.On(was))
}

// toldSetup tells of a set-up that has come into the record. What was asked about
// moves before it is not asked any more.
func (r *Relay) toldSetup(e board.Edit) {
	var open []Question
	for _, q := range r.questions {
		if q.Kind == AskSetup || q.Kind == AskOrder && q.From <= e.At {
			r.event(Event{Kind: EventAnswered, Question: &q})
			continue
		}
		open = append(open, q)
	}
	r.questions = open
	r.freeGhosts()
	r.event(Event{Kind: EventSetup, Number: e.At, Points: e.Points(), Text: e.Note, Say: textSaySetup})
}

// freeGhosts takes stones for stones again that were captured by what is not on
// the board any more: they have liberties.
func (r *Relay) freeGhosts() {
	pos := r.game.Position()
	for i, c := range r.ghosts {
		if p := r.watch.point(i); c != board.Empty && pos.At(p) == board.Empty {
			pos.Set(p, c)
		}
	}
	for i, c := range r.ghosts {
		if c != board.Empty && pos.Liberties(r.watch.point(i)) > 0 {
			r.ghosts[i] = board.Empty
		}
	}
}

// lapse closes questions about set-ups when something else is to be asked: an
// answer is to be about that.
func (r *Relay) lapse() {
	for i := 0; i < len(r.questions); i++ {
		if q := r.questions[i]; q.Kind == AskSetup {
			r.questions = slices.Delete(slices.Clone(r.questions), i, i+1)
			r.event(Event{Kind: EventAnswered, Question: &q})
			i--
		}
	}
}

// askSetup asks whether what was set up lies there.
func (r *Relay) askSetup(e board.Edit) {
	r.ask(Question{Kind: AskSetup, From: e.At, Text: textAskSetup})
	r.out.Events[len(r.out.Events)-1].Say = "" // quietly
}

// setUp sets up pos in the record, in one set-up with what was set up last.
func (r *Relay) setUp(pos board.Position) {
	g := r.game.Clone()
	next := g.ToMove()
	if _, ok := g.Edited(); ok {
		g.Undo()
	}
	if g.Edit(pos, next, textSetup(changesOf(g.Position(), pos), g.Size())) != nil {
		return
	}
	r.game = g
	e, _ := g.Edited()
	r.toldSetup(e)
}

// takeOff takes stones of the record off that are seen to be gone, before one
// of their colour is written down that may be one of them.
func (r *Relay) takeOff(missing []Stone) {
	if !r.catchesUp() {
		return
	}
	pos := r.game.Position()
	for _, x := range missing {
		if pos.At(x.Point) == x.Color {
			pos.Set(x.Point, board.Empty)
		}
	}
	if pos != r.game.Position() {
		r.setUp(pos)
	}
}

// takenOff returns the stones that the last set-up took off and did nothing
// else, if no more than one move was played since.
func (r *Relay) takenOff() (gone []Stone) {
	edits := r.game.Edits()
	if !r.catchesUp() || len(edits) == 0 {
		return nil
	}
	e := edits[len(edits)-1]
	if len(e.Black)+len(e.White) > 0 || e.At < r.game.MoveCount()-1 {
		return nil
	}
	for _, c := range r.changes(e) {
		if x := (Stone{Color: c.was, Point: c.point}); r.missing(x) {
			gone = append(gone, x)
		}
	}
	return gone
}

// ---- The record, written anew ----

// item is a move or a set-up of the record.
type item struct {
	number int // of the move, from 0; −1 for a set-up
	played Played
	edit   board.Edit
}

// items returns the record, piece by piece.
func (r *Relay) items() (list []item) {
	edits := r.game.Edits()
	for i := 0; i <= len(r.played); i++ {
		for ; len(edits) > 0 && edits[0].At == i; edits = edits[1:] {
			list = append(list, item{number: -1, edit: edits[0]})
		}
		if i < len(r.played) {
			list = append(list, item{number: i, played: r.played[i]})
		}
	}
	return list
}

// replay plays a record anew. A set-up that changes nothing any more is left
// out, and two that follow each other become one.
func (r *Relay) replay(list []item) (*board.Game, []Played, error) {
	g, err := board.NewGame(r.game.Setup())
	if err != nil {
		return nil, nil, err
	}
	var played []Played
	for _, x := range list {
		if x.number < 0 {
			pos := x.edit.On(g.Position())
			if pos == g.Position() {
				continue
			}
			if _, ok := g.Edited(); ok {
				g.Undo()
			}
			if err := g.Edit(pos, x.edit.ToMove, x.edit.Note); err != nil {
				return nil, nil, err
			}
			continue
		}
		m := x.played.Move
		if g.ToMove() != m.Color {
			g.Resume(m.Color)
		}
		if g.Play(m) != nil {
			if err := g.Force(m); err != nil {
				return nil, nil, err
			}
		}
		played = append(played, x.played)
	}
	return g, played, nil
}

// without returns the record without its set-up i, counted from 0.
func (r *Relay) without(i int) (*board.Game, []Played, error) {
	list := r.items()
	n := 0
	list = slices.DeleteFunc(list, func(x item) bool {
		if x.number < 0 {
			n++
		}
		return x.number < 0 && n == i+1
	})
	return r.replay(list)
}

// dropEdit makes g, which lacks set-up i, the record.
func (r *Relay) dropEdit(i int, g *board.Game, played []Played) {
	e := r.game.Edits()[i]
	text := textSetupUndo(r.changes(e), g.Size())
	r.game, r.played = g, played
	r.setTurn()
	r.stuck, r.stuckTold, r.story = -1, false, nil
	r.tried = board.Position{}
	r.event(Event{Kind: EventSetup, Number: e.At, Points: e.Points(), Text: text})
	r.dropQuestions()
}

// denySetup takes a set-up out, and overlooks what it set up.
func (r *Relay) denySetup(q *Question) {
	edits := r.game.Edits()
	i := slices.IndexFunc(edits, func(e board.Edit) bool { return e.At == q.From })
	g, played, err := r.without(i)
	if err != nil {
		r.event(Event{Kind: EventNote, Text: textSetupStays, Say: textSetupStays})
		return
	}
	ps := edits[i].Points()
	r.dropEdit(i, g, played)
	r.overlook(ps)
}

// denyPass makes a stone that was taken for a move after a pass one that was set
// up: nobody passed.
func (r *Relay) denyPass(q *Question) {
	list := r.items()
	n := slices.IndexFunc(list, func(x item) bool { return x.number == q.From-1 })
	e := board.Edit{ToMove: q.Moves[0].Color, Note: textSetup([]change{{q.Move.Point, board.Empty, q.Move.Color}}, r.game.Size())}
	if q.Move.Color == board.Black {
		e.Black = []board.Point{q.Move.Point}
	} else {
		e.White = []board.Point{q.Move.Point}
	}
	list[n] = item{number: -1, edit: e}
	list = slices.Delete(list, n+1, n+2)
	g, played, err := r.replay(list)
	if err != nil {
		note := textPlayedOn(q.Moves, r.game.Size())
		r.event(Event{Kind: EventNote, Text: note, Say: note})
		return
	}
	r.rewrite(g, played, q.From-1)
}

// overlook overlooks what differs at these points, while it stays so.
func (r *Relay) overlook(ps []board.Point) {
	if r.watch == nil {
		return
	}
	for _, p := range ps {
		if s := r.watch.spot(p); s.known && s.seen != r.game.At(p) {
			r.trusted[r.watch.index(p)] = trusted{on: true, color: s.seen}
		}
	}
}

// ---- Commands ----

// takeBoard makes what lies there the position of the record, however it came
// to be.
func (r *Relay) takeBoard() {
	if r.watch == nil || !r.watch.any {
		r.event(Event{Kind: EventNote, Text: textNothingSeen, Say: textNothingSeen})
		return
	}
	if r.goingOn != begunSettled {
		r.closeQuestions()
		r.goingOn = begunSettled
	}
	r.begun, r.bump = true, nil
	clear(r.trusted)
	clear(r.ghosts)
	r.stuck, r.stuckTold = -1, false
	view, diff := r.view()
	if len(diff) == 0 {
		r.event(Event{Kind: EventNote, Text: textBoardIs, Say: textBoardIs})
		return
	}
	if s := r.explain(view, diff); !s.doubtful() && s.undo == 0 && len(s.noise) == 0 && s.rival-s.cost >= 1 {
		r.tell(s, nil)
		return
	}
	if !r.catchesUp() {
		return
	}
	if r.playedOn(view) || r.follow(view, true) {
		return
	}
	r.event(Event{Kind: EventNote, Text: textBoardIs, Say: textBoardIs})
}

// goBack takes the game back to where n moves had been played.
func (r *Relay) goBack(n int) {
	if n > r.game.MoveCount() {
		text := textNoSuchMove(r.game.MoveCount())
		r.event(Event{Kind: EventNote, Text: text, Say: text})
		return
	}
	for {
		if _, ok := r.game.Edited(); !ok || r.game.MoveCount() != n {
			break
		}
		r.takeBack()
	}
	r.goTo(n)
	for {
		if _, ok := r.game.Edited(); !ok {
			break
		}
		r.takeBack()
	}
	if r.watch == nil {
		return
	}
	// Until the board is as it was then, what lies there is on its way off.
	pos := r.game.Position()
	for i := range r.watch.spots {
		s, p := &r.watch.spots[i], r.watch.point(i)
		r.ghosts[i], r.trusted[i] = board.Empty, trusted{}
		switch {
		case !s.known || s.seen == pos.At(p):
		case s.seen != board.Empty:
			r.ghosts[i] = s.seen
		default:
			r.trusted[i] = trusted{on: true, color: s.seen}
		}
	}
}

// goTo takes back all that came after move n, at once.
func (r *Relay) goTo(n int) {
	if n >= r.game.MoveCount() {
		return
	}
	m := r.game.Move(n)
	for r.game.MoveCount() > n {
		r.game.Undo()
	}
	r.played = r.played[:n]
	r.setTurn()
	clear(r.ghosts)
	r.stuck, r.stuckTold, r.story = -1, false, nil
	r.tried = board.Position{}
	r.event(Event{Kind: EventUndo, Number: n + 1, Color: m.Color, Point: m.Point, Text: textBackTo(n), Say: textBackTo(n)})
	r.dropQuestions()
}

// write writes down moves that certain positions show.
func (r *Relay) write(moves []board.Move) {
	s := &story{orders: [][]board.Move{moves}, rival: 1}
	for _, m := range moves {
		r.play(m, s, "")
	}
}
