package board

import (
	"fmt"
	"strings"
)

// naive is Go a second time, written for clarity only: boards are maps, every
// question is answered from scratch, the history is a list of drawings.
type naive struct {
	size    int
	rules   Rules
	stones  map[Point]Color
	toMove  Color
	free    int
	history []string // drawings, with the player to move in front
	taken   map[Color]int
}

func newNaive(size int, rules Rules, free int) *naive {
	n := &naive{size: size, rules: rules, stones: map[Point]Color{}, toMove: Black, free: free, taken: map[Color]int{}}
	n.history = []string{n.draw(Black)}
	return n
}

func (n *naive) draw(next Color) string {
	var b strings.Builder
	fmt.Fprint(&b, next, "\n")
	for y := range n.size {
		for x := range n.size {
			b.WriteByte(".XO"[n.stones[Point{int8(x), int8(y)}]])
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func (n *naive) beside(p Point) (ps []Point) {
	for _, d := range []Point{{0, 1}, {0, -1}, {1, 0}, {-1, 0}} {
		if q := (Point{p.X + d.X, p.Y + d.Y}); q.On(n.size) {
			ps = append(ps, q)
		}
	}
	return ps
}

// dead reports whether the chain at p has no liberty, and its stones.
func (n *naive) dead(p Point) (bool, map[Point]bool) {
	chain := map[Point]bool{p: true}
	for grown := true; grown; {
		grown = false
		for q := range chain {
			for _, r := range n.beside(q) {
				if n.stones[r] == n.stones[p] && !chain[r] {
					chain[r], grown = true, true
				}
			}
		}
	}
	for q := range chain {
		for _, r := range n.beside(q) {
			if n.stones[r] == Empty {
				return false, chain
			}
		}
	}
	return true, chain
}

// play plays the move and returns why it may not be played.
func (n *naive) play(m Move) error {
	if m.Color != n.toMove {
		return ErrTurn
	}
	moves := len(n.history) - 1
	next := m.Color.Opponent()
	if moves+1 < n.free {
		next = Black
	}
	if m.Point.IsPass() {
		if moves < n.free {
			return ErrHandicap
		}
		n.toMove = next
		n.history = append(n.history, n.draw(next))
		return nil
	}
	if !m.Point.On(n.size) {
		return ErrOffBoard
	}
	if n.stones[m.Point] != Empty {
		return ErrOccupied
	}
	before, taken := map[Point]Color{}, map[Color]int{}
	for p, c := range n.stones {
		before[p] = c
	}
	for c, k := range n.taken {
		taken[c] = k
	}
	back := func(err error) error {
		n.stones, n.taken = before, taken
		return err
	}
	n.stones[m.Point] = m.Color
	for _, q := range n.beside(m.Point) {
		if n.stones[q] != m.Color.Opponent() {
			continue
		}
		if dead, chain := n.dead(q); dead {
			for r := range chain {
				delete(n.stones, r)
				n.taken[m.Color]++
			}
		}
	}
	if dead, chain := n.dead(m.Point); dead {
		if !n.rules.Suicide {
			return back(ErrSuicide)
		}
		for r := range chain {
			delete(n.stones, r)
			n.taken[m.Color.Opponent()]++
		}
	}
	now := n.draw(next)
	_, board, _ := strings.Cut(now, "\n")
	if k := len(n.history); n.rules.Ko != KoFree && k >= 2 && n.history[k-2] == now {
		return back(ErrKo)
	}
	for _, h := range n.history {
		_, old, _ := strings.Cut(h, "\n")
		if n.rules.Ko == PositionalSuperko && old == board || n.rules.Ko == SituationalSuperko && h == now {
			return back(ErrSuperko)
		}
	}
	n.toMove = next
	n.history = append(n.history, now)
	return nil
}
