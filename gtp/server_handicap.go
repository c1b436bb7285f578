package gtp

import "github.com/gobancam/gobancam/board"

// FixedHandicap returns the vertices of n fixed handicap stones, as section
// 4.1.1 of the specification has them; nil where it has none: fewer than 2
// stones or more than 9, a board smaller than 7×7, more than 4 stones on a board
// of even size or of 7×7. (It fills the corners in another order than servers
// do: the third stone is at the top left.)
func FixedHandicap(size, n int) []board.Point {
	if n < 2 || n > 9 || size < 7 || size > MaxSize || n > 4 && (size%2 == 0 || size == 7) {
		return nil
	}
	near := int8(3) // the fourth line, the third on small boards
	if size < 12 {  // as GNU Go has it
		near = 2
	}
	far, mid := int8(size)-1-near, int8(size/2)
	ps := []board.Point{{X: near, Y: far}, {X: far, Y: near}, {X: near, Y: near}, {X: far, Y: far}}
	if n <= 4 {
		return ps[:n]
	}
	if n >= 6 {
		ps = append(ps, board.Point{X: near, Y: mid}, board.Point{X: far, Y: mid})
	}
	if n >= 8 {
		ps = append(ps, board.Point{X: mid, Y: near}, board.Point{X: mid, Y: far})
	}
	if n%2 == 1 {
		ps = append(ps, board.Point{X: mid, Y: mid})
	}
	return ps
}
