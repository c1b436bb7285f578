package board

import "slices"

// Explanation is a set of moves that leads from one position to another.
type Explanation struct {
	// Orders are the legal orders of the moves. Where order matters, for a
	// capture or a ko, the wrong ones are not among them. At most MaxOrders
	// are listed; Count is the number of all.
	Orders [][]Move
	Count  int
	// Unlifted are stones that the moves, or the last moves before them,
	// captured and that still lie on the board.
	Unlifted PointSet
}

// Moves returns the moves in the first legal order; none when nothing was
// played.
func (e Explanation) Moves() []Move { return e.Orders[0] }

// MaxOrders is the number of orders that an Explanation lists at most.
const MaxOrders = 6

// explainNodes bounds the points that Explain looks at: a hundredth of a second
// or so. Four moves on a board that shows them cost a tenth of that.
const explainNodes = 1 << 15

// Explain returns the ways in which legal moves, at most limit of them, lead
// from the game's position to seen: the players alternate from whose turn it
// is (Black places what is left of a free handicap), nobody passes. Stones
// that were captured on the way may still lie there, and so may prisoners of
// the last two moves of the game. The shortest explanations come first, then
// those of one move more; longer ones are not looked for. One of no moves says
// that seen is the game's position.
//
// complete is false when the search was given up: then nothing, or not
// everything, was found, and there may be explanations of three moves or more
// in which stones are played and captured unseen.
func (g *Game) Explain(seen Position, limit int) (found []Explanation, complete bool) {
	if seen.size != g.pos.size {
		return nil, true
	}
	s := search{game: g.Clone(), seen: &seen, nodes: explainNodes}
	for i := max(len(g.turns)-2, g.lastEdit()); i < len(g.turns); i++ {
		s.addCaptured(i)
	}
	for n := 0; n <= limit && s.nodes > 0; n++ {
		if len(s.found) > 0 {
			limit = min(limit, len(s.found[0].Moves())+1)
		}
		s.moves(n)
	}
	slices.SortStableFunc(s.found, func(a, b Explanation) int {
		if d := len(a.Moves()) - len(b.Moves()); d != 0 {
			return d
		}
		return a.Unlifted.Len() - b.Unlifted.Len()
	})
	return s.found, s.nodes > 0
}

// search looks for the moves that lead to seen, depth first.
type search struct {
	game  *Game // with line played
	seen  *Position
	line  []Move
	nodes int // still to be tried
	found []Explanation
	// captured are the points where stones of each colour were captured, on
	// the way or shortly before: they may still lie there.
	captured [3]PointSet
}

// addCaptured notes what move i captured. Where it put its stone no prisoner
// lies any more.
func (s *search) addCaptured(i int) {
	at := s.game.turns[i].move.Point
	s.captured[Black].Remove(at)
	s.captured[White].Remove(at)
	stones, color := s.game.captured(i)
	for _, c := range stones {
		s.captured[color].add(int(c))
	}
}

// moves tries all lines of n more moves.
func (s *search) moves(n int) {
	g, pos := s.game, &s.game.pos
	need, gone := s.difference()
	if n == 0 {
		if gone.IsEmpty() && need[Black].IsEmpty() && need[White].IsEmpty() {
			s.report()
		}
		return
	}
	// spare are the moves of each colour that do not put a stone that is seen.
	spare := g.share(n)
	for c := Black; c <= White; c++ {
		if spare[c] -= need[c].Len(); spare[c] < 0 {
			return
		}
	}
	needed := need[Black].Union(need[White])
	doomed := func(pos *Position, p Point, n, spare int) bool {
		_, libs := pos.Chain(p)
		extra := libs.Minus(needed)
		return libs.Len() <= n && extra.Len() <= spare
	}
	for p := range gone.All() {
		if !doomed(pos, p, n, spare[Black]+spare[White]) {
			return
		}
	}
	color := g.now.toMove
	for p := range pos.Points() {
		if pos.At(p) != Empty {
			continue
		}
		if s.nodes--; s.nodes <= 0 {
			return
		}
		if s.seen.At(p) != color {
			// The stone will have to vanish: the moves that are left must
			// fill the liberties of its chain.
			if spare[color] == 0 || n == 1 && !g.setup.Rules.Suicide {
				continue
			}
			trial := *pos
			trial.Set(p, color)
			if !doomed(&trial, p, n-1, spare[Black]+spare[White]-1) {
				continue
			}
		}
		if g.Play(Move{color, p}) != nil {
			continue
		}
		// A suicide of one stone leaves no trace and explains nothing.
		if last := &g.turns[len(g.turns)-1]; g.now.hash != last.before.hash {
			before := s.captured
			s.addCaptured(len(g.turns) - 1)
			s.line = append(s.line, last.move)
			s.moves(n - 1)
			s.line = s.line[:len(s.line)-1]
			s.captured = before
		}
		g.Undo()
	}
}

// difference returns the stones of each colour that are seen and have still to
// be played, and the stones on the game's board that are not seen.
func (s *search) difference() (need [3]PointSet, gone PointSet) {
	pos := &s.game.pos
	for y := range int(pos.size) {
		for c := y * MaxSize; c < y*MaxSize+int(pos.size); c++ {
			is, seen := pos.stones[c], s.seen.stones[c]
			if is == seen {
				continue
			}
			if is != Empty {
				gone.add(c)
			}
			if seen != Empty && !(is == Empty && s.captured[seen].has(c)) {
				need[seen].add(c)
			}
		}
	}
	return need, gone
}

// share returns how many of the next n moves each colour has.
func (g *Game) share(n int) (moves [3]int) {
	if left := min(g.HandicapLeft(), n); left > 0 {
		moves[Black], moves[White] = left, (n-left+1)/2
		moves[Black] += (n - left) / 2
		return moves
	}
	moves[g.now.toMove], moves[g.now.toMove.Opponent()] = (n+1)/2, n/2
	return moves
}

// report adds the line to what was found.
func (s *search) report() {
	line := slices.Clone(s.line)
	var left PointSet
	for p := range s.seen.Points() {
		if s.game.pos.At(p) != s.seen.At(p) {
			left.Add(p)
		}
	}
	for i := range s.found {
		e := &s.found[i]
		if e.Unlifted == left && sameMoves(e.Moves(), line) {
			if e.Count++; len(e.Orders) < MaxOrders {
				e.Orders = append(e.Orders, line)
			}
			return
		}
	}
	s.found = append(s.found, Explanation{Orders: [][]Move{line}, Count: 1, Unlifted: left})
}

// sameMoves reports whether a and b hold the same moves in any order.
func sameMoves(a, b []Move) bool {
	if len(a) != len(b) {
		return false
	}
	order := func(a, b Move) int {
		if a.Color != b.Color {
			return int(a.Color) - int(b.Color)
		}
		return a.Point.cell() - b.Point.cell()
	}
	a, b = slices.Clone(a), slices.Clone(b)
	slices.SortFunc(a, order)
	slices.SortFunc(b, order)
	return slices.Equal(a, b)
}
