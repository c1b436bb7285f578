package ogstest

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gobancam/gobancam/board"
)

// vertex is a node of a review, as OGS's page builds it from the log.
type vertex struct {
	parent *vertex
	kids   []*vertex // that of the trunk first, then in the order in which they were made
	point  board.Point
	edited bool        // put down or taken away by hand
	color  board.Color // who played, or what lies there after an edit
	trunk  bool
	text   string
}

// write is the node as OGS writes it.
func (v *vertex) write() string {
	if v.edited {
		return fmt.Sprintf("!%d%s", v.color, v.point.OGS())
	}
	return v.point.OGS()
}

// path lists the nodes from the first after the root to v.
func (v *vertex) path() []*vertex {
	var list []*vertex
	for ; v.parent != nil; v = v.parent {
		list = append(list, v)
	}
	slices.Reverse(list)
	return list
}

// line is the path as text, nodes with a blank in between.
func (v *vertex) line() string {
	var words []string
	for _, n := range v.path() {
		words = append(words, n.write())
	}
	return strings.Join(words, " ")
}

// all writes v and what hangs on it, variations in brackets, texts in quotes.
func (v *vertex) all(b *strings.Builder) {
	if v.parent != nil {
		b.WriteString(v.write())
	}
	if v.text != "" {
		fmt.Fprintf(b, "%q", v.text)
	}
	for i, k := range v.kids {
		switch {
		case len(v.kids) > 1:
			b.WriteString("(")
			k.all(b)
			b.WriteString(")")
		default:
			if i == 0 && (v.parent != nil || v.text != "") {
				b.WriteString(" ")
			}
			k.all(b)
		}
	}
}

// mainEnd is where one comes to who always goes on.
func (v *vertex) mainEnd() *vertex {
	for len(v.kids) > 0 {
		v = v.kids[0]
	}
	return v
}

// sketch is a tree with the pointer that the log moves about.
type sketch struct {
	size    int
	start   board.Position
	first   board.Color
	free    int // handicap stones that Black plays at first
	root    *vertex
	now     *vertex // where the log points
	pointed bool
	trunk   *vertex // its end
}

func newSketch(size int, start board.Position, first board.Color, free int) *sketch {
	root := &vertex{trunk: true, point: board.Pass}
	return &sketch{size: size, start: start, first: first, free: free, root: root, now: root, trunk: root}
}

// turn says who plays after v.
func (s *sketch) turn(v *vertex) board.Color {
	n := 0
	for _, w := range v.path() {
		if !w.edited {
			n++
		}
	}
	if n < s.free {
		return board.Black
	}
	if s.free > 1 {
		n -= s.free - 1
	}
	if n%2 == 0 {
		return s.first
	}
	return s.first.Opponent()
}

// board is what lies there after v.
func (s *sketch) board(v *vertex) board.Position {
	pos := s.start
	for _, w := range v.path() {
		pos.Set(w.point, w.color)
		if w.edited || w.point.IsPass() {
			continue
		}
		var dead board.PointSet
		for _, beside := range append(pos.Neighbours(w.point), w.point) {
			own := beside == w.point
			if c := pos.At(beside); c == board.Empty || !own && c == w.color || own && dead.Len() > 0 {
				continue
			}
			if chain, liberties := pos.Chain(beside); liberties.Len() == 0 {
				dead = dead.Union(chain)
			}
		}
		for p := range dead.All() {
			pos.Set(p, board.Empty)
		}
	}
	return pos
}

var errLine = errors.New("this is no line of moves")

// parseLine reads a line; what a good client never writes is an error.
func (s *sketch) parseLine(m string) ([]*vertex, error) {
	var list []*vertex
	for len(m) > 0 {
		v := new(vertex)
		if rest, ok := strings.CutPrefix(m, "!"); ok {
			if len(rest) < 3 || !strings.Contains("012", rest[:1]) {
				return nil, errLine
			}
			v.edited, v.color, m = true, board.Color(rest[0]-'0'), rest[1:]
		}
		if len(m) < 2 {
			return nil, errLine
		}
		var err error
		if v.point, err = board.ParseOGS(m[:2], s.size); err != nil || v.point.IsPass() && (m[:2] != ".." || v.edited) {
			return nil, errLine
		}
		list, m = append(list, v), m[2:]
	}
	return list, nil
}

// goTo makes the log point at the end of a line; what is not there of it is made,
// if all of it can be.
func (s *sketch) goTo(from int, list []*vertex) error {
	at := s.root
	for ; from > 0 && len(at.kids) > 0; from-- {
		at = at.kids[0]
	}
	base, hang := at, (*vertex)(nil)
	for _, v := range list {
		i := slices.IndexFunc(at.kids, func(k *vertex) bool {
			return hang == nil && k.point == v.point && k.edited == v.edited && (!v.edited || k.color == v.color)
		})
		if i >= 0 {
			at = at.kids[i]
			base = at
			continue
		}
		if !v.edited {
			v.color = s.turn(at)
			pos := s.board(at)
			if !v.point.IsPass() && pos.At(v.point) != board.Empty {
				return fmt.Errorf("%s is played onto a stone", v.point.OGS())
			}
		}
		v.parent = at
		if hang == nil {
			hang = v
		} else {
			at.kids = []*vertex{v}
		}
		at = v
	}
	if hang != nil {
		// The page takes a stone put down for one played at the same point.
		if i := slices.IndexFunc(base.kids, func(k *vertex) bool { return k.point == hang.point && k.color == hang.color && !k.trunk }); i >= 0 {
			same := base.kids[i]
			same.edited = hang.edited
			for _, k := range hang.kids {
				k.parent = same
				same.kids = append(same.kids, k)
			}
			if at == hang {
				at = same
			}
		} else {
			base.kids = append(base.kids, hang)
		}
	}
	s.now, s.pointed = at, true
	return nil
}

// cut removes the node that the log points at; false for one of the trunk.
func (s *sketch) cut() bool {
	v := s.now
	if v.trunk {
		return false
	}
	v.parent.kids = slices.DeleteFunc(v.parent.kids, func(k *vertex) bool { return k == v })
	s.now = v.parent
	return true
}

// extend adds a move to the trunk.
func (s *sketch) extend(p board.Point) {
	v := &vertex{parent: s.trunk, point: p, color: s.turn(s.trunk), trunk: true}
	s.trunk.kids = append([]*vertex{v}, s.trunk.kids...)
	s.trunk, s.now = v, v
}
