package match

import (
	"cmp"
	"math"
	"slices"

	"github.com/gobancam/gobancam/board"
)

// weigh compares the explanations of what is seen: nothing happened, or a
// legal move of mine at p with what it captures. It returns the best move and
// its odds against all others together, which are infinite where the others
// weigh less than a float64 can tell.
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
		if i := slices.IndexFunc(guesses, func(g guess) bool { return r.hold.on && g.m == r.hold.move && g.weight >= 1 }); i >= 0 && r.edition >= 2 {
			best = guesses[i] // of those that came at once, the one that has dwelt
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
