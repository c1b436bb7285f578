package demoboard

import (
	"fmt"
	"strconv"

	"github.com/gobancam/gobancam/board"
)

// viewer is what somebody who watches a demo board sees. It is written after the
// engine of the viewers' page (npm goban 8.3, MoveTree.ts, GobanEngine.ts and
// OGSConnectivity.ts), and shares nothing with this package.
type viewer struct {
	size int
	root *seen
	at   *seen // cur_review_move
}

// seen is a node of its tree.
type seen struct {
	x, y, player int
	edited       bool
	parent       *seen
	branches     []*seen
	text         string
	board        [25][25]int
	turn         int // state.player
}

func newViewer(size int) *viewer {
	root := &seen{x: -1, y: -1, turn: 1}
	return &viewer{size: size, root: root, at: root}
}

// told is process_r.
func (v *viewer) told(moves *string, text *string, more string, remove bool) {
	if moves != nil {
		v.followPath(*moves)
	}
	if text != nil {
		v.at.text = *text
	}
	v.at.text += more
	if remove && v.at.parent != nil {
		p := v.at.parent
		for i, b := range p.branches {
			if b == v.at {
				p.branches = append(p.branches[:i:i], p.branches[i+1:]...)
				break
			}
		}
		v.at = p
	}
}

func (v *viewer) followPath(moves string) {
	cur := v.root
	num := func(c byte) int {
		if c == '.' {
			return -1
		}
		return int(c - 'a')
	}
	for i := 0; i < len(moves); i += 2 {
		edited, color := false, 0
		if moves[i] == '!' {
			edited, color = true, int(moves[i+1]-'0')
			i += 2
		}
		x, y := num(moves[i]), num(moves[i+1])
		if x >= v.size || y >= v.size {
			x, y = -1, -1
		}
		next := cur.lookup(x, y, color, edited)
		if next == nil {
			if next = v.place(cur, x, y, color, edited); next == nil {
				v.at = v.root // an error: jumpTo(last_official_move)
				return
			}
		}
		cur = next
	}
	v.at = cur
}

func (s *seen) lookup(x, y, player int, edited bool) *seen {
	for _, b := range s.branches {
		if b.x == x && b.y == y && (!edited || b.player == player) && b.edited == edited {
			return b
		}
	}
	return nil
}

func (v *viewer) place(from *seen, x, y, color int, edited bool) *seen {
	n := &seen{x: x, y: y, player: color, edited: edited, parent: from, board: from.board, turn: from.turn}
	if edited {
		if x >= 0 {
			n.board[y][x] = color
		}
	} else {
		n.player = from.turn
		n.turn = 3 - from.turn
		if x >= 0 && !v.capture(n) {
			return nil
		}
	}
	for _, b := range from.branches {
		if b.x == x && b.y == y && b.player == n.player { // the same stone, otherwise put down
			b.edited, b.board, b.turn = n.edited, n.board, n.turn
			return b
		}
	}
	from.branches = append(from.branches, n)
	return n
}

// capture puts a stone down by the rules; false where one lies already.
func (v *viewer) capture(n *seen) bool {
	if n.board[n.y][n.x] != 0 {
		return false
	}
	n.board[n.y][n.x] = n.player
	taken := false
	for _, d := range [][2]int{{1, 0}, {-1, 0}, {0, 1}, {0, -1}} {
		x, y := n.x+d[0], n.y+d[1]
		if v.on(x, y) && n.board[y][x] == 3-n.player && v.lift(n, x, y) {
			taken = true
		}
	}
	if !taken {
		v.lift(n, n.x, n.y)
	}
	return true
}

func (v *viewer) on(x, y int) bool { return x >= 0 && y >= 0 && x < v.size && y < v.size }

// lift takes a group off if it has no liberty.
func (v *viewer) lift(n *seen, x, y int) bool {
	color := n.board[y][x]
	group := map[[2]int]bool{}
	var spread func(x, y int) bool
	spread = func(x, y int) bool {
		if !v.on(x, y) || group[[2]int{x, y}] {
			return false
		}
		if n.board[y][x] == 0 {
			return true
		}
		if n.board[y][x] != color {
			return false
		}
		group[[2]int{x, y}] = true
		a, b, c, d := spread(x+1, y), spread(x-1, y), spread(x, y+1), spread(x, y-1)
		return a || b || c || d
	}
	if spread(x, y) {
		return false
	}
	for p := range group {
		n.board[p[1]][p[0]] = 0
	}
	return true
}

// main is the last node of the main line.
func (v *viewer) main() *seen {
	n := v.root
	for len(n.branches) > 0 {
		n = n.branches[0]
	}
	return n
}

// path is how a message names n.
func (s *seen) path() string {
	if s.parent == nil {
		return ""
	}
	at := ".."
	if s.x >= 0 {
		at = string([]byte{byte('a' + s.x), byte('a' + s.y)})
	}
	if s.edited {
		at = "!" + strconv.Itoa(s.player) + at
	}
	return s.parent.path() + at
}

// position is the stones that n shows.
func (s *seen) position(size int) board.Position {
	pos := board.NewPosition(size)
	for y := range size {
		for x := range size {
			pos.Set(board.Point{X: int8(x), Y: int8(y)}, board.Color(s.board[y][x]))
		}
	}
	return pos
}

// moves are the stones that were played on the way to n, with the colours that
// viewers give them.
func (s *seen) moves() []string {
	if s.parent == nil {
		return nil
	}
	before := s.parent.moves()
	if s.edited || s.x < 0 {
		return before
	}
	return append(before, fmt.Sprint(board.Color(s.player), board.Point{X: int8(s.x), Y: int8(s.y)}.SGF()))
}

// all are the nodes below s, named by their paths.
func (s *seen) all() (paths []string) {
	for _, b := range s.branches {
		paths = append(append(paths, b.path()), b.all()...)
	}
	return paths
}
