package board

import (
	"fmt"
	"iter"
	"math/bits"
	"strings"
)

// The sizes of board that the package knows.
const (
	MinSize = 2
	MaxSize = 25
)

const cells = MaxSize * MaxSize

// cell is a point's place in arrays that hold a board: the rows have MaxSize
// points whatever the board's size, so that a PointSet means the same on all.
func (p Point) cell() int { return int(p.Y)*MaxSize + int(p.X) }

func pointOf(cell int) Point { return Point{int8(cell % MaxSize), int8(cell / MaxSize)} }

// Position is what lies on a board: its size and the state of every point. It
// is a plain value: a copy is a snapshot, and == compares. The zero value has
// size 0 and no points.
type Position struct {
	size   uint8
	stones [cells]Color // row by row; Empty beyond size
}

// NewPosition returns the empty board of this size. It panics if the size is
// not between MinSize and MaxSize.
func NewPosition(size int) Position {
	if size < MinSize || size > MaxSize {
		panic(fmt.Sprintf("board: size %d is not between %d and %d", size, MinSize, MaxSize))
	}
	return Position{size: uint8(size)}
}

// ParsePosition reads a board drawn in text, top row first: '.' (also '+', ',')
// is an empty point, X, x, B, b or '#' black, O, o, W or w white. Spaces are
// skipped, as are empty rows; one string may hold several rows.
func ParsePosition(rows ...string) (Position, error) {
	var lines []string
	for _, r := range rows {
		for l := range strings.Lines(r) {
			if l = strings.Join(strings.Fields(l), ""); l != "" {
				lines = append(lines, l)
			}
		}
	}
	n := len(lines)
	if n < MinSize || n > MaxSize {
		return Position{}, fmt.Errorf("a board has %d to %d rows, this text has %d", MinSize, MaxSize, n)
	}
	pos := NewPosition(n)
	for y, l := range lines {
		if len(l) != n {
			return Position{}, fmt.Errorf("row %d, %q, has %d points where %d rows ask for %d", y+1, l, len(l), n, n)
		}
		for x := range len(l) {
			var c Color
			switch l[x] {
			case '.', '+', ',':
			case 'X', 'x', 'B', 'b', '#':
				c = Black
			case 'O', 'o', 'W', 'w':
				c = White
			default:
				return Position{}, fmt.Errorf("row %d, %q: %q is no state of a point", y+1, l, l[x])
			}
			pos.Set(Point{int8(x), int8(y)}, c)
		}
	}
	return pos, nil
}

// MustPosition is ParsePosition for boards drawn in source code: it panics.
func MustPosition(rows ...string) Position {
	pos, err := ParsePosition(rows...)
	if err != nil {
		panic("board: " + err.Error())
	}
	return pos
}

// Size returns the number of rows, which is that of columns.
func (pos *Position) Size() int { return int(pos.size) }

// On reports whether p is a point of this board.
func (pos *Position) On(p Point) bool { return p.On(int(pos.size)) }

// At returns the state of p: Empty for what is not on the board.
func (pos *Position) At(p Point) Color {
	if !pos.On(p) {
		return Empty
	}
	return pos.stones[p.cell()]
}

// Set puts c at p, whatever is there, and captures nothing. Points that are
// not on the board are left alone.
func (pos *Position) Set(p Point, c Color) {
	if pos.On(p) {
		pos.stones[p.cell()] = c
	}
}

// Count returns the number of points in state c.
func (pos *Position) Count(c Color) int {
	n := 0
	for y := range int(pos.size) {
		for _, s := range pos.stones[y*MaxSize:][:pos.size] {
			if s == c {
				n++
			}
		}
	}
	return n
}

// Points yields every point of the board, row by row from the top.
func (pos *Position) Points() iter.Seq[Point] {
	n := int8(pos.size)
	return func(yield func(Point) bool) {
		for y := range n {
			for x := range n {
				if !yield(Point{x, y}) {
					return
				}
			}
		}
	}
}

// Stones returns the set of points in state c.
func (pos *Position) Stones(c Color) PointSet {
	var s PointSet
	for p := range pos.Points() {
		if pos.stones[p.cell()] == c {
			s.Add(p)
		}
	}
	return s
}

// Rows draws the board, top row first: '.', 'X' for black, 'O' for white.
func (pos *Position) Rows() []string {
	rows := make([]string, pos.size)
	line := make([]byte, pos.size)
	for y := range rows {
		for x := range line {
			line[x] = ".XO"[pos.stones[y*MaxSize+x]]
		}
		rows[y] = string(line)
	}
	return rows
}

// String draws the board as Rows does, one row a line.
func (pos Position) String() string { return strings.Join(pos.Rows(), "\n") }

// Diff returns the points at which the two boards differ. Boards of different
// sizes differ at every point of the larger.
func (pos *Position) Diff(other *Position) PointSet {
	var s PointSet
	large := pos
	if other.size > pos.size {
		large = other
	}
	for p := range large.Points() {
		if pos.size != other.size || pos.stones[p.cell()] != other.stones[p.cell()] {
			s.Add(p)
		}
	}
	return s
}

// neighbours appends to buf the cells beside c; buf needs room for four.
func (pos *Position) neighbours(c int, buf *[4]int) []int {
	n, size := 0, int(pos.size)
	x, y := c%MaxSize, c/MaxSize
	if y > 0 {
		buf[n] = c - MaxSize
		n++
	}
	if x > 0 {
		buf[n] = c - 1
		n++
	}
	if x+1 < size {
		buf[n] = c + 1
		n++
	}
	if y+1 < size {
		buf[n] = c + MaxSize
		n++
	}
	return buf[:n]
}

// Neighbours returns the points beside p that are on the board.
func (pos *Position) Neighbours(p Point) []Point {
	if !pos.On(p) {
		return nil
	}
	var buf [4]int
	var ps []Point
	for _, c := range pos.neighbours(p.cell(), &buf) {
		ps = append(ps, pointOf(c))
	}
	return ps
}

// Group returns the points connected to p along lines in the state of p (its
// chain of stones, or its empty region) and the points beside them in other
// states. Both are empty if p is not on the board.
func (pos *Position) Group(p Point) (group, border PointSet) {
	if !pos.On(p) {
		return
	}
	var stack [cells]uint16
	var buf [4]int
	color := pos.stones[p.cell()]
	stack[0] = uint16(p.cell())
	group.add(p.cell())
	for n := 1; n > 0; {
		n--
		for _, c := range pos.neighbours(int(stack[n]), &buf) {
			switch {
			case pos.stones[c] != color:
				border.add(c)
			case !group.has(c):
				group.add(c)
				stack[n] = uint16(c)
				n++
			}
		}
	}
	return group, border
}

// Chain returns the chain of stones that the stone at p belongs to and its
// liberties. Both are empty if there is no stone at p.
func (pos *Position) Chain(p Point) (chain, liberties PointSet) {
	if pos.At(p) == Empty {
		return
	}
	chain, border := pos.Group(p)
	for c := range border.cells() {
		if pos.stones[c] == Empty {
			liberties.add(c)
		}
	}
	return chain, liberties
}

// Liberties returns the number of liberties of the chain at p, 0 if there is
// no stone.
func (pos *Position) Liberties(p Point) int {
	_, libs := pos.Chain(p)
	return libs.Len()
}

// Lawful reports whether every chain has a liberty: whether the position can
// stand on a board between two moves.
func (pos *Position) Lawful() bool {
	var done PointSet
	for p := range pos.Points() {
		if pos.At(p) == Empty || done.Has(p) {
			continue
		}
		chain, libs := pos.Chain(p)
		if libs.Len() == 0 {
			return false
		}
		done = done.Union(chain)
	}
	return true
}

// hasLiberty reports whether the chain at cell c, which holds a stone, has a
// liberty; it collects the chain's cells so far seen in chain and returns
// their number. When there is no liberty that is the whole chain.
func (pos *Position) hasLiberty(c int, chain *[cells]uint16) (n int, ok bool) {
	var seen PointSet
	var buf [4]int
	color := pos.stones[c]
	chain[0] = uint16(c)
	seen.add(c)
	n = 1
	for i := 0; i < n; i++ {
		for _, d := range pos.neighbours(int(chain[i]), &buf) {
			switch s := pos.stones[d]; {
			case s == Empty:
				return n, true
			case s == color && !seen.has(d):
				seen.add(d)
				chain[n] = uint16(d)
				n++
			}
		}
	}
	return n, false
}

// PointSet is a set of points of a board of any size. It is a plain value: a
// copy is a snapshot, == compares, and the zero value is the empty set.
type PointSet [(cells + 63) / 64]uint64

// SetOf returns the set of these points.
func SetOf(ps ...Point) PointSet {
	var s PointSet
	for _, p := range ps {
		s.Add(p)
	}
	return s
}

func (s *PointSet) add(c int)     { s[c>>6] |= 1 << (c & 63) }
func (s PointSet) has(c int) bool { return s[c>>6]&(1<<(c&63)) != 0 }

// Add puts p into the set. Passes and points beyond MaxSize are ignored.
func (s *PointSet) Add(p Point) {
	if p.On(MaxSize) {
		s.add(p.cell())
	}
}

// Remove takes p out of the set.
func (s *PointSet) Remove(p Point) {
	if p.On(MaxSize) {
		c := p.cell()
		s[c>>6] &^= 1 << (c & 63)
	}
}

// Has reports whether p is in the set.
func (s PointSet) Has(p Point) bool { return p.On(MaxSize) && s.has(p.cell()) }

// Len returns the number of points.
func (s PointSet) Len() int {
	n := 0
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

// Union returns the points in s, t or both.
func (s PointSet) Union(t PointSet) PointSet {
	for i := range s {
		s[i] |= t[i]
	}
	return s
}

// Intersect returns the points in both s and t.
func (s PointSet) Intersect(t PointSet) PointSet {
	for i := range s {
		s[i] &= t[i]
	}
	return s
}

// Minus returns the points in s that are not in t.
func (s PointSet) Minus(t PointSet) PointSet {
	for i := range s {
		s[i] &^= t[i]
	}
	return s
}

// IsEmpty reports whether there is no point in the set.
func (s PointSet) IsEmpty() bool { return s == PointSet{} }

func (s PointSet) cells() iter.Seq[int] {
	return func(yield func(int) bool) {
		for i, w := range s {
			for ; w != 0; w &= w - 1 {
				if !yield(i<<6 + bits.TrailingZeros64(w)) {
					return
				}
			}
		}
	}
}

// All yields the points row by row from the top.
func (s PointSet) All() iter.Seq[Point] {
	return func(yield func(Point) bool) {
		for c := range s.cells() {
			if !yield(pointOf(c)) {
				return
			}
		}
	}
}

// Points returns the points row by row from the top.
func (s PointSet) Points() []Point {
	ps := make([]Point, 0, s.Len())
	for p := range s.All() {
		ps = append(ps, p)
	}
	return ps
}
