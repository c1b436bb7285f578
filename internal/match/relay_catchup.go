package match

import (
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
	catchUpPlain   = 2 * time.Second        // with no hand over the board
	catchUpBrief   = 500 * time.Millisecond // the same, when nothing was explained for catchUpLong
	catchUpLong    = 30 * time.Second
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
	clearedLeft   = 4  // stones that have to lie there still, for the game to be back there
	manyBack      = 60 // moves that may be taken back at once
	recentPasses  = 1  // unseen passes in eight moves, from which on a stone is set up instead
)

// catchesUp reports whether the relay goes on from what it cannot explain.
func (r *Relay) catchesUp() bool { return r.opt.Edition > SecondRelayEdition }

// pace counts looks that are far apart, up to the first that follow each other
// as those of a camera do.
func (r *Relay) pace(at time.Duration) {
	apart := at - r.watch.at
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
	if r.now-r.stuck >= catchUpLong {
		return r.now-w.clear >= catchUpBrief
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
		if stonesOn(pos) < clearedLeft && stonesOn(r.game.Position()) >= clearedStones {
			break // a board that is cleared looks like one on which little was played
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
