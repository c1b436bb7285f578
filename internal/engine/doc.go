// Package engine is a program that speaks GTP as the other side of a game: a
// match.Server, as online-go.com is one, which the referee cannot tell from any
// other.
//
// The record is kept here, and the program is brought into step with it before
// anything is asked of it: what it has too much is undone, what it lacks is
// played. So a program that was taken back a move, that played what cannot be,
// that crashed, hung or was killed and started again are one case, and no move
// of the player's depends on what becomes of it.
//
// Game owns the record, the clocks and what is told; driver, on a goroutine of
// its own, asks the program.
package engine
