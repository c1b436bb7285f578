package match

import (
	"cmp"
	"slices"
	"time"

	"github.com/gobancam/gobancam/board"
)

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

// follower works out how the record leads to target, with or without passes that
// nobody saw.
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
	force  bool     // the user says so
	passes bool     // passes that nobody saw may be written down
	edited bool     // something was set up
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
