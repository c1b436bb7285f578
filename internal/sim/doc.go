// Package sim simulates a goban on a table, seen by a camera, with people whose
// hands come and go, and knows the exact truth of every picture. Code that reads
// its pictures well has a chance with real ones; code that does not has none.
//
// A World is made from a Config (Default, Preset or Random) and changes only
// when Step lets time pass:
//
//	w, err := sim.New(sim.Default(9))
//	black := w.Player(sim.South)
//	black.Place(board.Point{X: 2, Y: 6}, board.Black) // queued: the hand comes, sets it down, leaves
//	for black.Busy() {
//		w.Step(time.Second / 12)
//		jpg, truth := w.JPEG(), w.Truth()
//	}
//
// Live runs a World in real time (or faster) in a goroutine of its own and
// serves it over HTTP as phone cameras do, as multipart/x-mixed-replace.
//
// # How a picture is made
//
// Every pixel's ray goes through a pinhole and one radial lens term (the model
// of package grid) to a board with grain, lines and thickness, to lens-shaped
// stones that stand on it, or to the table. Each lamp's light is kept in a
// layer of its own, with soft shadows and highlights in it, so that lamps are
// turned up and down without tracing rays again; stones that come and go
// redraw only their surroundings. Hands are drawn over that, one smooth body
// of round cones, with their shadows on the board below. A sensor adds blur,
// noise, exposure and JPEG. The same Config and the same calls give the same
// bytes.
//
// The picture sets in testdata/images are made by testimages.
package sim

//go:generate go run ./testimages ../../testdata/images
