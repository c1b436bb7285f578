// Package demoboard shows a game that is played at a board on a demo board of a
// Go server, so that the main line there always says what the record says.
//
// A demo board is a tree of moves that all begin at its empty start. A message
// names a whole line from there, and who watches walks along the nodes that
// exist and gets what is new; so a line is sent as often as need be, and never a
// single move that rests on what may not be there. Where the record takes another course, the
// wrong branch is removed first and the right one sent then: for a moment the
// board shows less than was played, and never a stone that was not.
//
// The Follower decides what to send. It is a plain state machine without clock
// or socket: it is told the game, what the server has, what the server says, and
// the time, and asks for messages. After every connection it reads what the
// server has before it sends anything. Nothing is acknowledged there, so what
// was sent counts as done when the server repeats it, or when it is found there
// by reading again. The Runner connects a Follower with a Server.
package demoboard
