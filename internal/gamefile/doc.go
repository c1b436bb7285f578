// Package gamefile keeps the record of a game in a file, and says the truth
// about it.
//
// What it says to be kept has been synced and read back (package disk). What is
// not kept is said at once, tried again, and kept elsewhere meanwhile. A file
// that gobancam did not write is never written to: the game is kept beside it.
// What people added to one that gobancam did write stays in it, and the version
// before is kept as NAME~.
package gamefile
