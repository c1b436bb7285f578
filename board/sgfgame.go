package board

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// SGF returns the game as an SGF tree of one line, and for every move of the
// game its node, to add comments and times to. Handicap stones that Black
// placed stand in the root, as FF[4] has it: their node is the root. A set-up in
// the middle has a node of its own, with its note as comment.
func (g *Game) SGF() (root *Node, moves []*Node) {
	s := g.setup
	root = &Node{}
	root.Set("FF", "4")
	root.Set("GM", "1")
	root.Set("CA", "UTF-8")
	root.Set("AP", "gobancam")
	root.Set("SZ", Value(strconv.Itoa(s.Size)))
	root.SetReal("KM", s.Komi)
	if s.Rules.Name != "" {
		name := s.Rules.Name
		if known, ok := sgfRules[name]; ok {
			name = known
		}
		root.SetText("RU", name)
	}
	if s.Handicap > 1 {
		root.Set("HA", Value(strconv.Itoa(s.Handicap)))
	}
	black, placed := s.Black, 0
	if g.free > 0 && len(g.turns) >= g.free && (len(g.edits) == 0 || g.edits[0].at >= g.free) && g.freeLawful() {
		for placed < g.free {
			black = append(black[:len(black):len(black)], g.turns[placed].move.Point)
			placed++
		}
	}
	root.setPoints("AB", black)
	root.setPoints("AW", s.White)
	first := s.First
	if placed > 0 {
		first = White
	}
	if first == White || len(black) > 0 {
		root.Set("PL", Value(first.letter()))
	}
	moves = make([]*Node, len(g.turns))
	node := root
	edits := g.Edits()
	edit := func(moves int) {
		for ; len(edits) > 0 && edits[0].At == moves; edits = edits[1:] {
			node = node.Add()
			edits[0].sgf(node)
		}
	}
	for i, t := range g.turns {
		edit(i)
		if i >= placed {
			node = node.Add(Property{t.move.Color.letter(), []Value{Value(t.move.Point.SGF())}})
		}
		moves[i] = node
	}
	edit(len(g.turns))
	return root, moves
}

// sgf writes the set-up into its node.
func (e *Edit) sgf(n *Node) {
	n.setPoints("AB", e.Black)
	n.setPoints("AW", e.White)
	n.setPoints("AE", e.Empty)
	n.Set("PL", Value(e.ToMove.letter()))
	if e.Note != "" {
		n.SetText("C", e.Note)
	}
}

// setPoints gives the property a list of points; none are no property.
func (n *Node) setPoints(id string, ps []Point) {
	vs := make([]Value, len(ps))
	for i, p := range ps {
		vs[i] = Value(p.SGF())
	}
	if len(vs) > 0 {
		n.Set(id, vs...)
	}
}

// freeLawful reports whether the first moves are Black's handicap stones and
// nothing else.
func (g *Game) freeLawful() bool {
	for _, t := range g.turns[:g.free] {
		if t.move.Color != Black || t.move.Point.IsPass() {
			return false
		}
	}
	return true
}

var sgfRules = map[string]string{"japanese": "Japanese", "chinese": "Chinese", "korean": "Korean",
	"aga": "AGA", "nz": "NZ", "ing": "GOE"}

// maxSGFMoves is how many moves Game plays: many times the longest game known,
// which has 411, and those that engines play on to the last point.
const maxSGFMoves = 10_000

// Game replays the main line of the tree whose root the node is. Moves are
// played as they stand, also where today's rules would refuse them. Rules that
// are not said or not known are taken as Japanese.
//
// Stones that are added or removed in the middle are an Edit. Where the tree
// cannot be followed (a move on a stone, a set-up with a chain that has no
// liberty, another game than Go) the game so far comes back together with an
// error that wraps ErrSGF.
func (n *Node) Game() (*Game, error) {
	if gm := strings.TrimSpace(n.Text("GM")); gm != "" && gm != "1" {
		return nil, fmt.Errorf("%w: GM[%.10q] is another game than Go", ErrSGF, gm)
	}
	s, err := n.setup()
	if err != nil {
		return nil, err
	}
	line := n.MainLine()
	// Stones may be set up in several nodes before the first move.
	start := 0
	for ; start < len(line); start++ {
		if err := line[start].setUp(&s); err != nil {
			return nil, err
		}
		if line[start].hasMove() {
			break
		}
	}
	if len(s.Black)+len(s.White) == 0 && s.Handicap >= 2 {
		// Without AB there are no stones but those that are played.
		switch {
		case start == len(line) || line[start].Has("B"):
			s.Rules.FreeHandicap = true
		case s.First == Empty:
			s.First = White
		}
	}
	if s.First == Empty && start < len(line) && !(s.Rules.FreeHandicap && len(s.Black) == 0) {
		s.First = White
		if line[start].Has("B") {
			s.First = Black
		}
	}
	g, err := NewGame(s)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSGF, err)
	}
	for i, node := range line[start:] {
		if g.MoveCount() == maxSGFMoves && node.hasMove() {
			return g, fmt.Errorf("%w: it has more than the %d moves that are played", ErrSGF, maxSGFMoves)
		}
		if i > 0 && node.SetsUp() {
			if err := g.editSGF(node); err != nil {
				return g, fmt.Errorf("%w: after move %d: %w", ErrSGF, g.MoveCount(), err)
			}
		}
		for _, p := range node.Props {
			color := Black
			switch p.ID {
			case "W":
				color = White
			case "B":
			default:
				continue
			}
			var where string
			if len(p.Values) > 0 {
				where = p.Values[0].SimpleText()
			}
			at, err := ParseSGFPoint(where, s.Size)
			if err == nil {
				err = g.Force(Move{color, at})
			}
			if err != nil {
				return g, fmt.Errorf("%w: move %d: %w", ErrSGF, g.MoveCount()+1, err)
			}
		}
	}
	return g, nil
}

// SetsUp reports whether the node adds or removes stones.
func (n *Node) SetsUp() bool { return n.Has("AB") || n.Has("AW") || n.Has("AE") }

// editSGF does what a node sets up in the middle of the game.
func (g *Game) editSGF(n *Node) error {
	black, white := g.pos.Stones(Black), g.pos.Stones(White)
	s := Setup{Size: g.Size(), Black: black.Points(), White: white.Points(), First: g.now.toMove}
	if err := n.setUp(&s); err != nil {
		return err
	}
	if next := n.next(); !n.Has("PL") && next != nil && next.Has("B") != next.Has("W") {
		s.First = White
		if next.Has("B") {
			s.First = Black
		}
	}
	pos := NewPosition(s.Size)
	for c, stones := range [...][]Point{Black: s.Black, White: s.White} {
		for _, p := range stones {
			pos.Set(p, Color(c))
		}
	}
	return g.Edit(pos, s.First, n.Text("C"))
}

func (n *Node) hasMove() bool { return n.Has("B") || n.Has("W") }

// setup reads the root's properties, stones excepted.
func (n *Node) setup() (Setup, error) {
	s := Setup{Size: 19}
	if sz := n.Text("SZ"); sz != "" {
		columns, rows, both := strings.Cut(sz, ":")
		size, err := strconv.Atoi(strings.TrimSpace(columns))
		if err != nil || both && strings.TrimSpace(rows) != strings.TrimSpace(columns) || size < MinSize || size > MaxSize {
			return s, fmt.Errorf("%w: SZ[%.10q]: boards are square, %d×%d to %d×%d", ErrSGF, sz, MinSize, MinSize, MaxSize, MaxSize)
		}
		s.Size = size
	}
	var err error
	if s.Rules, err = ParseRules(n.Text("RU")); err != nil {
		s.Rules, _ = ParseRules("japanese")
	}
	// A comma stands for the point in some countries; what is no number is
	// no komi.
	km, err := strconv.ParseFloat(strings.Replace(strings.TrimSpace(n.Text("KM")), ",", ".", 1), 64)
	if err == nil && !math.IsNaN(km) && !math.IsInf(km, 0) {
		s.Komi = km
		if km == 375 { // Fox counts in hundredths of two points
			s.Komi = 7.5
		}
	}
	if ha, err := strconv.Atoi(strings.TrimSpace(n.Text("HA"))); err == nil && ha > 0 && ha < s.Size*s.Size {
		s.Handicap = ha
	}
	return s, nil
}

// setUp puts the node's set-up stones into s, and who is to play.
func (n *Node) setUp(s *Setup) error {
	sets := [...]PointSet{Black: SetOf(s.Black...), White: SetOf(s.White...), Empty: {}}
	for _, p := range n.Props {
		var color Color
		switch p.ID {
		case "AB":
			color = Black
		case "AW":
			color = White
		case "AE":
		default:
			continue
		}
		stones, err := parsePoints(p.Values, s.Size)
		if err != nil {
			return fmt.Errorf("%w: %s: %w", ErrSGF, p.ID, err)
		}
		for c := range sets {
			sets[c] = sets[c].Minus(stones)
		}
		sets[color] = sets[color].Union(stones)
	}
	s.Black, s.White = sets[Black].Points(), sets[White].Points()
	switch strings.ToLower(strings.TrimSpace(n.Text("PL"))) {
	case "b", "black", "1":
		s.First = Black
	case "w", "white", "2":
		s.First = White
	}
	return nil
}

// Points reads a property that lists points, rectangles ("aa:cc") included, on
// a board of this size: AB, TW, TR and such. The error wraps ErrCoord.
func (n *Node) Points(id string, size int) (PointSet, error) {
	return parsePoints(n.Values(id), size)
}

func parsePoints(vs []Value, size int) (PointSet, error) {
	var set PointSet
	for _, v := range vs {
		if v.SimpleText() == "" {
			continue // an empty list, as DD[] has
		}
		left, right, both := v.Compose()
		if !both {
			right = left
		}
		a, err1 := ParseSGFPoint(left.SimpleText(), size)
		b, err2 := ParseSGFPoint(right.SimpleText(), size)
		if err := errors.Join(err1, err2); err != nil {
			return set, err
		}
		if a.IsPass() || b.IsPass() {
			return set, fmt.Errorf("%q: %w: a pass is no point", string(v), ErrCoord)
		}
		for y := min(a.Y, b.Y); y <= max(a.Y, b.Y); y++ {
			for x := min(a.X, b.X); x <= max(a.X, b.X); x++ {
				set.Add(Point{x, y})
			}
		}
	}
	return set, nil
}
