// Package board is the game of Go: points, colours, positions, captures, ko,
// handicap, scoring, the moves that explain a difference between two
// positions, and SGF. It knows nothing of cameras, servers or windows.
package board

import "strconv"

// Color is the state of a point, or the side of a player.
type Color uint8

// The states of a point. Black and White also name the players.
const (
	Empty Color = iota
	Black
	White
)

// Opponent returns the other player, and Empty for Empty.
func (c Color) Opponent() Color {
	switch c {
	case Black:
		return White
	case White:
		return Black
	}
	return Empty
}

// String returns "empty", "black" or "white".
func (c Color) String() string {
	switch c {
	case Empty:
		return "empty"
	case Black:
		return "black"
	case White:
		return "white"
	}
	return "Color(" + strconv.Itoa(int(c)) + ")"
}

// Point is a crossing of the board: X counts columns from the left, Y counts
// rows from the top, both from 0, as SGF and OGS do. The zero value is the top
// left corner.
type Point struct{ X, Y int8 }

// Pass stands in a Move for the decision to play no stone.
var Pass = Point{-1, -1}

// IsPass reports whether p stands for a pass.
func (p Point) IsPass() bool { return p == Pass }

// Move is one player's turn: a stone of Color at Point, or a pass.
type Move struct {
	Color Color
	Point Point
}
