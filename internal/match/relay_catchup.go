package match

import (
	"cmp"
	"slices"
	"time"

	"github.com/gobancam/gobancam/board"
)

// Players break the rules: they move twice, put stones back in other places,
// try variations and put them back. When what lies there has been plain for a
// while and no legal moves explain it, the record goes on from it: with moves as
// far as there are some, a pass that nobody saw where a player moved twice, and
// set-up stones for the rest. What later pictures explain by play is mended.

// How long what no legal moves explain has to lie there in plain view.
const (
	catchUpPlain   = 2 * time.Second  // with no hand over the board
	catchUpThing   = 15 * time.Second // with a thing over it that lies still
	catchUpOne     = 5 * time.Second  // what was put down, or taken back to an earlier position
	catchUpChanged = 8 * time.Second  // what changed otherwise
	catchUpGone    = 12 * time.Second // what only went: it may be put back
	catchUpBump    = 30 * time.Second // for so long after a bump, patience is trebled
	catchUpOther   = time.Minute      // what looks like another board altogether
	catchUpAlone   = 5 * time.Minute  // for so long after a bump, that is a bump's
	catchUpApart   = 2 * time.Second  // between pictures each of which shows what has settled
	hurriedAfter   = 3                // such pictures, from which on nothing is waited for
)

// What is no position to go on from.
const (
	clearedStones = 6 // that went, while hardly any came: the board is being cleared
	clearedAdded  = 3
	manyBack      = 60 // moves that may be taken back at once
	recentPasses  = 1  // unseen passes in eight moves, from which on a stone is set up instead
)

// catchesUp reports whether the relay goes on from what it cannot explain.
func (r *Relay) catchesUp() bool { return r.opt.Edition > SecondRelayEdition }

// pace counts looks that are far apart, up to the first that follow each other
// as those of a camera do.
func (r *Relay) pace() {
	apart := r.now - r.watch.at
	switch {
	case !r.catchesUp() || !r.watch.any:
	case apart >= catchUpApart:
		r.slow = min(r.slow+1, hurriedAfter)
	case apart < time.Second:
		r.slow = 0
	}
}

// hurried reports whether pictures are so far apart that each of them shows what
// has settled, and none like it will follow.
func (r *Relay) hurried() bool { return r.slow >= hurriedAfter }

// otherFirst returns g with the other player to move, where it is open who
// moves first: at the beginning, and after a set-up. Else it returns nil.
func (r *Relay) otherFirst(g *board.Game) *board.Game {
	if !r.catchesUp() || g.HandicapLeft() > 0 {
		return nil
	}
	if _, ok := g.Edited(); !ok && (g.MoveCount() > 0 || g.Setup().Handicap > 1) {
		return nil
	}
	other := g.Clone()
	other.Resume(g.ToMove().Opponent())
	return other
}

// seenLater reports whether in all of these orders the first stone was seen to
// be lacking when the second lay there.
func (r *Relay) seenLater(orders [][]board.Move) bool {
	for _, o := range orders {
		if len(o) < 2 || r.watch.spot(o[0].Point).before <= r.watch.spot(o[1].Point).since {
			return false
		}
	}
	return true
}

// turned reports whether it is plain that the player whose turn it is not moved
// first: the other's stone may lie under a hand.
func (r *Relay) turned(s *story) bool {
	w := r.watch
	return s.turn == board.Empty || r.hurried() || w.clear >= 0 && r.now-w.clear >= 4*r.tune.Dwell
}

// catchUp goes on from a view that no legal moves explain, when it is plain for
// long enough. It reports whether it did.
func (r *Relay) catchUp(view board.Position, diff []board.Point, last bool) bool {
	if r.stuck < 0 {
		r.stuck, r.stuckLooks = r.now, 0
	}
	r.stuckLooks++
	if last || !r.plain() {
		return false
	}
	target := r.game.Position()
	added, removed := 0, 0
	patience := time.Duration(0)
	var old []board.Point
	for _, p := range diff {
		if r.lies(p) < catchUpOne {
			continue
		}
		old = append(old, p)
		if target.At(p) != board.Empty {
			removed++
		}
		if view.At(p) != board.Empty {
			added++
		}
		patience = max(patience, r.lies(p))
		target.Set(p, view.At(p))
	}
	if len(old) == 0 {
		return false
	}
	if r.game.Ended() && removed > 0 {
		return false // stones are being put away
	}
	if r.playedOn(target) {
		return true
	}
	if r.cleared(target, added, removed) {
		return false
	}
	need := catchUpOne
	switch {
	case added == 0:
		need = catchUpGone
	case removed > 0 || added > 1:
		need = catchUpChanged
	}
	for _, p := range old {
		if r.lies(p) < need {
			r.puzzle(diff)
			return false
		}
	}
	return r.follow(target, false)
}

// plain reports whether nothing is over the board or about it that makes it look
// like what it is not.
func (r *Relay) plain() bool {
	w := r.watch
	if r.hurried() {
		return w.clear >= 0 && !slices.ContainsFunc(w.spots, func(s spot) bool {
			c := s.best()
			return !s.hidden && s.known && s.seen != c && s.margin(c) > 1 // the next picture tells
		})
	}
	if r.stuckLooks < 10 || r.now-w.light < catchUpPlain || r.now-w.shut < catchUpPlain {
		return false
	}
	if w.clear < 0 {
		return w.at-w.still >= catchUpThing
	}
	return r.now-w.clear >= catchUpPlain
}

// lies returns for how long p has been seen as it is; 0 while it is hidden or
// changes. Where pictures are far apart, that is for ever.
func (r *Relay) lies(p board.Point) time.Duration {
	s := r.watch.spot(p)
	switch {
	case s.hidden || s.best() != s.seen || s.margin(s.seen) < 1:
		return 0
	case r.hurried():
		return catchUpAlone
	case r.bumped >= 0 && r.now-r.bumped < catchUpBump:
		return (r.now - s.sure) / 3
	}
	return r.now - s.sure
}

// puzzle tells once that nothing explains the view.
func (r *Relay) puzzle(diff []board.Point) {
	if r.stuckTold || r.now-r.stuck < catchUpOne {
		return
	}
	r.stuckTold = true
	r.event(Event{Kind: EventQuestion, Points: diff, Text: textPuzzled(diff, r.game.Size()), Say: textPuzzled(diff, r.game.Size())})
}

// cleared reports whether the board is being cleared, or is not the one that was
// there: no position to go on from. It tells so once.
func (r *Relay) cleared(target board.Position, added, removed int) bool {
	pos := r.game.Position()
	stones := stonesOn(pos)
	switch {
	case removed < clearedStones:
		return false
	case added < clearedAdded && !r.swept:
		r.swept, r.stuckTold = true, true
		r.event(Event{Kind: EventNote, Text: textCleared, Say: textCleared})
		return true
	case added < clearedAdded:
	case r.swept || 2*removed <= stones || 2*added <= removed:
		return false
	case r.bumped >= 0 && r.now-r.bumped < catchUpAlone:
	case r.hurried() || r.now-r.stuck >= catchUpOther:
		return false
	}
	if !r.stuckTold {
		r.stuckTold = true
		r.event(Event{Kind: EventNote, Text: textOtherBoard, Say: textOtherBoard})
	}
	return true
}

func stonesOn(pos board.Position) int {
	b, w := pos.Stones(board.Black), pos.Stones(board.White)
	return b.Len() + w.Len()
}

// playedOn looks for legal moves to target from earlier in the game: the players
// tried something and put it back, or a set-up was none. It reports whether the
// record was corrected so.
func (r *Relay) playedOn(target board.Position) bool {
	now := r.game.MoveCount()
	for n := now - 1; n >= max(0, now-manyBack); n-- {
		pos := r.game.PositionAt(n)
		if stones := stonesOn(pos); stones < 2 && stonesOn(r.game.Position())-stones > clearedStones {
			break
		}
		g := r.game.Clone()
		for g.MoveCount() > n {
			g.Undo()
		}
		if moves, ok := r.fewMoves(g, target); ok && !r.plays(n, moves) {
			r.leave()
			r.goTo(n)
			r.write(moves)
			return true
		}
	}
	if l := r.left; l != nil {
		if moves, ok := r.fewMoves(l.game, target); ok {
			r.comeBack()
			r.write(moves)
			return true
		}
	}
	for i := len(r.game.Edits()) - 1; i >= 0; i-- {
		g, played, err := r.without(i)
		if err != nil {
			continue
		}
		if moves, ok := r.fewMoves(g, target); ok {
			r.dropEdit(i, g, played)
			r.write(moves)
			return true
		}
	}
	return false
}

// plays reports whether one of the moves was played after move n.
func (r *Relay) plays(n int, moves []board.Move) bool {
	return slices.ContainsFunc(moves, func(m board.Move) bool { return slices.Contains(r.game.Moves()[n:], m) })
}

// fewMoves returns the moves, at most two, that alone lead from g to target.
func (r *Relay) fewMoves(g *board.Game, target board.Position) ([]board.Move, bool) {
	pos := g.Position()
	if pos == target {
		return nil, true
	}
	d := pos.Diff(&target)
	added := 0
	for p := range d.All() {
		if target.At(p) != board.Empty {
			added++
		}
	}
	if added == 0 || added > 2 {
		return nil, false
	}
	found, _ := g.Explain(target, added)
	if len(found) != 1 || len(found[0].Moves()) == 0 || !found[0].Unlifted.IsEmpty() {
		return nil, false
	}
	orders := slices.Clone(found[0].Orders)
	best, _ := r.order(orders)
	return best, true
}

// mend takes out a set-up that the view shows to have been none: it shows what
// was played without it. It reports whether it did.
func (r *Relay) mend(view board.Position, diff []board.Point, last bool) bool {
	if !r.catchesUp() || last || r.watch.handOver() {
		return false
	}
	if l := r.left; l != nil && l.game.Position() == view && r.shown(diff, false) {
		r.comeBack()
		return true
	}
	edits := r.game.Edits()
	for i := len(edits) - 1; i >= max(0, len(edits)-8); i-- {
		back := len(edits[i].Black)+len(edits[i].White) == 0
		if !r.shown(diff, back) {
			continue
		}
		if g, played, err := r.without(i); err == nil && g.Position() == view {
			r.dropEdit(i, g, played)
			return true
		}
	}
	return false
}

// shown reports whether these points are seen for long enough, as they are, to
// take back what was decided otherwise; at once where stones are only back.
func (r *Relay) shown(ps []board.Point, back bool) bool {
	return !slices.ContainsFunc(ps, func(p board.Point) bool {
		s := r.watch.spot(p)
		long := r.now-s.sure >= 4*r.tune.Dwell || back && r.now > s.sure || r.hurried()
		return s.hidden || s.best() != s.seen || !long
	})
}

// abandoned is a record that was left for another one.
type abandoned struct {
	game   *board.Game
	played []Played
}

// leave keeps the record as it is, in case that what it is left for turns out
// wrong.
func (r *Relay) leave() {
	if r.catchesUp() {
		r.left = &abandoned{r.game.Clone(), slices.Clone(r.played)}
	}
}

// comeBack makes the record that was left the record again.
func (r *Relay) comeBack() {
	l := r.left
	n := 0
	for n < min(len(l.played), len(r.played)) && l.played[n].Move == r.played[n].Move {
		n++
	}
	r.left = nil
	clear(r.ghosts)
	r.rewrite(l.game, l.played, n)
	r.stuck, r.stuckTold, r.story = -1, false, nil
	r.tried = board.Position{}
}

// follow makes the record lead to target: by legal moves in the order of first
// sight as far as there are some, by passes that nobody saw where a stone came
// alone, by set-up stones for the rest. force is set when the user says so.
func (r *Relay) follow(target board.Position, force bool) bool {
	f := r.follower(target, force, !force)
	if len(f.asks) > 1 { // who passes twice within seconds does not play
		f = r.follower(target, force, false)
	}
	return f.write()
}

// follower works out how the record leads to target.
func (r *Relay) follower(target board.Position, force, passes bool) *follower {
	f := &follower{r: r, g: r.game.Clone(), target: target, force: force, passes: passes}
	// A set-up that came last is made anew: two are never in a row.
	if _, f.again = f.g.Edited(); f.again {
		f.g.Undo()
	}
	for n := len(r.trusted); n > 0 && f.step(); n-- {
	}
	return f
}

// follower works out how a record leads to a position.
type follower struct {
	r      *Relay
	g      *board.Game // the record, so far
	target board.Position
	force  bool
	passes bool // passes that nobody saw may be written down
	edited bool
	again  bool     // a set-up that came last was taken back for it
	fresh  []Played // the moves that g got
	asks   []Question
	ghosts []board.Point // stones that are captured and still lie there
}

// left returns the points that still differ, those that were seen first first,
// stones that came before those that went.
func (f *follower) left() []board.Point {
	pos := f.g.Position()
	d := pos.Diff(&f.target)
	ps := slices.DeleteFunc(d.Points(), func(p board.Point) bool { return slices.Contains(f.ghosts, p) })
	since := func(p board.Point) time.Duration { return f.r.watch.spot(p).since }
	gone := func(p board.Point) int {
		if f.target.At(p) == board.Empty {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(ps, func(a, b board.Point) int {
		return cmp.Or(cmp.Compare(since(a), since(b)), cmp.Compare(gone(a), gone(b)))
	})
	return ps
}

// step explains some of what is left; false when there is nothing left.
func (f *follower) step() bool {
	ps := f.left()
	if len(ps) == 0 {
		return false
	}
	// Those that were seen at once belong together.
	since := func(i int) time.Duration { return f.r.watch.spot(ps[i]).since }
	first := 0
	for n := 1; n <= len(ps); n++ {
		if n < len(ps) && since(n) == since(n-1) {
			continue
		}
		if first == 0 {
			first = n
		}
		if f.moves(ps[:n]) {
			return true
		}
		if n >= maxPlayed {
			break
		}
	}
	if f.pass(ps) {
		return true
	}
	return f.allButOne(ps[:first]) || f.edit(ps, first)
}

// allButOne sets up one of some points that were seen at once, where moves
// explain the others, and only those.
func (f *follower) allButOne(ps []board.Point) bool {
	if len(ps) < 3 || len(ps) > maxPlayed+1 {
		return false
	}
	before := *f
	var found []follower
	for i := range ps {
		*f = before
		f.g, f.fresh, f.ghosts = before.g.Clone(), slices.Clone(before.fresh), slices.Clone(before.ghosts)
		if f.edit(ps[i:i+1], 1) && f.moves(slices.Concat(ps[:i], ps[i+1:])) {
			found = append(found, *f)
		}
	}
	*f = before
	if len(found) != 1 {
		return false
	}
	*f = found[0]
	return true
}

// moves plays what came at these points, if legal moves explain it.
func (f *follower) moves(ps []board.Point) bool {
	r := f.r
	seen := f.g.Position()
	added := 0
	for _, p := range ps {
		seen.Set(p, f.target.At(p))
		if seen.At(p) != board.Empty {
			added++
		}
	}
	if added == 0 {
		return false
	}
	other := r.otherFirst(f.g)
	if f.edited {
		other = nil // it was guessed whose turn it is, and the guess is kept
	}
	for _, g := range []*board.Game{f.g, other} {
		if g == nil {
			continue
		}
		found, _ := g.Explain(seen, added)
		for _, e := range found {
			if len(e.Moves()) != added {
				continue
			}
			if g == f.g && other != nil && r.seenLater(e.Orders) {
				continue
			}
			order, doubt := r.order(slices.Clone(e.Orders))
			f.g = g
			for _, m := range order {
				_ = f.g.Play(m)
				f.told(m, doubt, 0.5)
				captured := f.g.LastCaptured()
				for p := range captured.All() {
					if f.target.At(p) == m.Color.Opponent() && !slices.Contains(f.ghosts, p) {
						f.ghosts = append(f.ghosts, p)
					}
				}
			}
			return true
		}
	}
	return false
}

// told notes a move that g got.
func (f *follower) told(m board.Move, doubt string, confidence float64) {
	at := f.r.now
	if !m.Point.IsPass() {
		at = f.r.watch.spot(m.Point).since
	}
	f.fresh = append(f.fresh, Played{Move: m, Frame: f.r.watch.frame, Time: at, Confidence: confidence, Doubt: doubt})
}

// pass takes a stone that came alone, of the player whose turn it is not, for
// one after a pass that nobody saw.
func (f *follower) pass(ps []board.Point) bool {
	r, p := f.r, ps[0]
	m := board.Move{Color: f.target.At(p), Point: p}
	alone := len(ps) == 1 || r.watch.spot(ps[1]).since > r.watch.spot(p).since
	if m.Color == board.Empty || f.g.At(p) != board.Empty || m.Color == f.g.ToMove() || !alone || f.g.HandicapLeft() > 0 {
		return false
	}
	if !f.passes || r.otherFirst(f.g) != nil {
		return false // it is open whose turn it is, and this was no move
	}
	passes := 0
	for i := max(0, f.g.MoveCount()-8); i < f.g.MoveCount(); i++ {
		if k := i - (f.g.MoveCount() - len(f.fresh)); f.g.Move(i).Point.IsPass() &&
			(k >= 0 && f.fresh[k].Doubt == textPassUnseen || k < 0 && i < len(r.played) && r.played[i].Doubt == textPassUnseen) {
			passes++
		}
	}
	g := f.g.Clone()
	pass := board.Move{Color: m.Color.Opponent(), Point: board.Pass}
	if passes >= recentPasses || g.Play(pass) != nil || g.Play(m) != nil {
		return false
	}
	captured := g.LastCaptured()
	for q := range captured.All() {
		if f.target.At(q) == pass.Color {
			f.ghosts = append(f.ghosts, q)
		}
	}
	f.g = g
	f.told(pass, textPassUnseen, 0.5)
	f.told(m, textAfterPass, 0.5)
	f.asks = append(f.asks, Question{Kind: AskPass, Move: m, Moves: []board.Move{pass, m}, From: g.MoveCount() - 1, Text: textAskPassed(m, g.Size())})
	return true
}

// edit sets up the first n of the points, with as many more as it takes to leave
// every chain a liberty. What cannot lie there so is a prisoner.
func (f *follower) edit(ps []board.Point, n int) bool {
	g := f.g.Clone()
	pos := g.Position()
	if _, ok := g.Edited(); ok {
		g.Undo()
	}
	for i, p := range ps {
		pos.Set(p, f.target.At(p))
		if i+1 < n || !pos.Lawful() {
			continue
		}
		note := textSetup(changesOf(g.Position(), pos), g.Size())
		if g.Edit(pos, f.turn(g, pos), note) != nil {
			break
		}
		f.g, f.edited = g, true
		return true
	}
	// The chains that have no liberty when all is set up are not.
	pos = f.target
	for _, p := range f.ghosts {
		pos.Set(p, f.g.At(p))
	}
	for !pos.Lawful() {
		before := pos
		for p := range pos.Points() {
			if pos.At(p) == board.Empty || pos.Liberties(p) > 0 {
				continue
			}
			chain, _ := pos.Chain(p)
			if f.newest(chain) && pos != before {
				continue
			}
			for q := range chain.All() {
				pos.Set(q, board.Empty)
				f.ghosts = append(f.ghosts, q)
			}
			break
		}
		if pos == before {
			return false
		}
	}
	f.target = pos
	f.ghosts = slices.Compact(f.ghosts)
	return len(f.left()) < len(ps)
}

// newest reports whether a chain holds the stone that was seen last.
func (f *follower) newest(chain board.PointSet) bool {
	ps := f.left()
	return len(ps) > 0 && chain.Has(ps[len(ps)-1])
}

// turn is whose turn it is after a set-up: of the opponent of the one colour that
// got more stones, else of who it was.
func (f *follower) turn(g *board.Game, pos board.Position) board.Color {
	was := g.Position()
	more := [3]int{}
	for c := board.Black; c <= board.White; c++ {
		before, after := was.Stones(c), pos.Stones(c)
		more[c] = after.Len() - before.Len()
	}
	switch {
	case more[board.Black] > 0 && more[board.White] <= 0:
		return board.White
	case more[board.White] > 0 && more[board.Black] <= 0:
		return board.Black
	}
	return g.ToMove()
}

// write makes what was worked out the record, and tells it.
func (f *follower) write() bool {
	r := f.r
	if f.g.Position() == r.game.Position() && f.g.MoveCount() == r.game.MoveCount() {
		for _, p := range f.ghosts { // prisoners, and nothing else
			r.ghosts[r.watch.index(p)] = r.watch.spot(p).seen
		}
		return false
	}
	from := r.game.MoveCount()
	edits := f.g.Edits()
	if f.again && !slices.ContainsFunc(edits, func(e board.Edit) bool { return e.At == from }) {
		r.takeBack()
	}
	r.game = f.g
	told := 0
	tell := func(n int) {
		for _, e := range edits {
			if e.At == n {
				r.toldSetup(e)
				told++
			}
		}
	}
	for i, p := range f.fresh {
		tell(from + i)
		r.played = append(r.played, p)
		captured := f.g.CapturedBy(from + i)
		why := cmp.Or(p.Doubt, textFollowed)
		r.out.Decisions = append(r.out.Decisions, Decision{Move: p.Move, Number: from + i + 1, Frame: r.watch.frame, At: r.now, Why: why})
		r.event(Event{Kind: EventMove, Number: from + i + 1, Color: p.Move.Color, Point: p.Move.Point, Points: captured.Points(),
			Confidence: p.Confidence, Text: textRelayMove(p.Move, captured.Len(), f.g.Size())})
	}
	tell(from + len(f.fresh))
	for _, p := range f.ghosts {
		r.ghosts[r.watch.index(p)] = r.watch.spot(p).seen
	}
	r.stuck, r.stuckTold, r.swept = -1, false, false
	r.tried, r.story = board.Position{}, nil
	r.dropQuestions()
	for _, q := range f.asks {
		r.ask(q)
	}
	if told > 0 && !f.force {
		r.askSetup(edits[len(edits)-1])
	}
	return true
}
