package ogs

// Refresh asks the server for the whole game; a Snapshot follows, before which
// nothing is sent. It reports whether the game is still followed.
func (g *Game) Refresh(reason string) bool {
	return g.do(func() { g.resync(reason) })
}
