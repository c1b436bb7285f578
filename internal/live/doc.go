// Package live tells a game while it is played, to all who want to watch: a
// page, a demo board, another program, a hub.
//
// There is one vocabulary for all of them. A Game is everything there is to tell
// at one moment; an Event is how it differs from the moment before, and a Game
// with an Event applied (Game.After) is the next one. That a stone was taken
// back, moved, or added by hand is no event of its own: the event says from
// which step on the game now takes another course. So a watcher that knows any
// earlier moment, or none, always comes to the same game.
package live
