package match

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/gobancam/gobancam/board"
)

// story is an explanation of a view: moves taken back, then moves played, with
// points left over that are overlooked.
type story struct {
	undo   int         // moves and set-ups
	turn   board.Color // who moves first where that is open; Empty: whose turn it is
	orders [][]board.Move
	noise  []board.Point
	cost   float64
	rival  float64 // cost of the next best story
}

// What the parts of a story cost, in units of a move. Points that are
// overlooked cost more than an undo, which costs more than two moves.
const (
	undoCost   = 2.2
	noiseCost  = 3.1
	mendCost   = -0.6 // of taking back a set-up: legal moves from before it win
	turnCost   = 0.9  // of a first move by the player whose turn it is not
	sightCost  = 1.5  // of an order in which the first stone was seen to come later
	maxUndo    = 3
	maxDiff    = 10 // points that are explained at once
	maxPlayed  = 6  // stones, likewise
	clearMatch = 0.9
)

// explain looks for the cheapest story that leads from the record to the view.
func (r *Relay) explain(view board.Position, diff []board.Point) *story {
	if len(diff) > maxDiff && !r.catchesUp() {
		return nil
	}
	var stories []*story
	g := r.game.Clone()
	back := 0.0
	for undo := 0; ; undo++ {
		r.leaveOut(g, view, diff, undo, back, &stories)
		back += undoCost
		if _, ok := g.Edited(); ok {
			back += mendCost - undoCost
		}
		if undo == maxUndo || !g.Undo() {
			break
		}
	}
	slices.SortStableFunc(stories, func(a, b *story) int { return cmp.Compare(a.cost, b.cost) })
	r.weighed = nil
	for _, s := range stories[:min(len(stories), 8)] {
		r.weighed = append(r.weighed, Hypothesis{Text: textStory(s, r.game.Size()), Prior: -s.cost})
	}
	if len(stories) == 0 {
		return nil
	}
	best := stories[0]
	best.rival = math.Inf(1)
	z := 0.0
	for i, s := range stories {
		z += math.Exp(2 * (best.cost - s.cost))
		if i > 0 && i < len(r.weighed) {
			r.weighed[i].Share = math.Exp(2 * (best.cost - s.cost))
		}
	}
	r.weighed[0].Share = 1
	for i := range r.weighed {
		r.weighed[i].Share /= z
	}
	if len(stories) > 1 {
		best.rival = stories[1].cost
	}
	return best
}

// doubtful reports whether a story is none, says nothing, or is hardly better
// than another.
func (s *story) doubtful() bool {
	return s == nil || s.rival-s.cost < 0.5 || s.undo == 0 && len(s.orders[0]) == 0
}

// explainFirst explains the differences that came first without those that came
// later, for a view that cannot be explained as a whole.
func (r *Relay) explainFirst(diff []board.Point) (*story, []board.Point) {
	diff = slices.Clone(diff)
	since := func(p board.Point) time.Duration { return r.watch.spot(p).since }
	slices.SortStableFunc(diff, func(a, b board.Point) int { return cmp.Compare(since(a), since(b)) })
	view := r.game.Position()
	for i, p := range diff[:min(len(diff)-1, 5)] {
		view.Set(p, r.watch.spot(p).seen)
		if since(p) == since(diff[i+1]) {
			continue
		}
		if s := r.explain(view, diff[:i+1]); !s.doubtful() && s.undo == 0 && len(s.noise) == 0 {
			return s, diff[:i+1]
		}
	}
	return nil, diff
}

// leaveOut explains the view from g, for which undo moves and set-ups were taken
// back at a cost, with none, one or two of the points that differ taken for
// noise.
func (r *Relay) leaveOut(g *board.Game, view board.Position, diff []board.Point, undo int, back float64, stories *[]*story) {
	pos := g.Position()
	other := r.otherFirst(g)
	try := func(noise ...board.Point) {
		seen := view
		for _, p := range noise {
			seen.Set(p, pos.At(p))
		}
		// Ghosts of before the undo are no ghosts after it.
		added := 0
		for p := range seen.Points() {
			if c := seen.At(p); c != pos.At(p) && c != board.Empty {
				added++
			}
		}
		if added > maxPlayed {
			return
		}
		cost := back + float64(len(noise))*noiseCost
		if len(*stories) > 0 && cost > 12 {
			return
		}
		found, _ := g.Explain(seen, added+1)
		fromOther := len(found)
		if other != nil {
			more, _ := other.Explain(seen, added+1)
			found = append(found, slices.DeleteFunc(more, func(e board.Explanation) bool { return len(e.Moves()) == 0 })...)
		}
		for i, e := range found {
			n := g.MoveCount()
			if n < r.game.MoveCount() && len(e.Moves()) > 0 && e.Moves()[0] == r.game.Move(n) {
				continue // taking back and playing the same
			}
			if undo == 0 && r.lifted(e) {
				continue
			}
			c := cost + float64(len(e.Moves())) + 0.1*float64(e.Unlifted.Len())
			for _, m := range e.Moves() {
				// A stone that was played and captured between two views.
				if seen.At(m.Point) != m.Color && !e.Unlifted.Has(m.Point) {
					c += r.unseenCost()
				}
			}
			one := &story{undo: undo, orders: e.Orders, noise: noise, cost: c}
			if i >= fromOther {
				one.turn, one.cost = other.ToMove(), c+turnCost
			}
			if other != nil && r.seenLater(e.Orders) {
				one.cost += sightCost
			}
			*stories = append(*stories, one)
		}
	}
	try()
	if len(diff) > maxDiff {
		return
	}
	for i, p := range diff {
		try(p)
		if len(diff) > 6 {
			continue
		}
		for _, q := range diff[i+1:] {
			try(p, q)
		}
	}
}

// lifted reports whether an explanation takes a stone for a prisoner that has
// been seen to be gone: then it is a stone that was played there since.
func (r *Relay) lifted(e board.Explanation) bool {
	pos := r.game.Position()
	for p := range e.Unlifted.All() {
		played := slices.ContainsFunc(e.Moves(), func(m board.Move) bool { return m.Point == p })
		if pos.At(p) == board.Empty && r.ghosts[r.watch.index(p)] == board.Empty && !played {
			return true
		}
	}
	return false
}

// unseenCost is what a move costs that nobody saw on the board: much, unless
// the pictures are far apart.
func (r *Relay) unseenCost() float64 {
	if r.watch.apart >= 2*time.Second {
		return 0.5
	}
	return noiseCost
}
