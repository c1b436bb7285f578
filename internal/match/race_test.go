//go:build race

package match

// The race detector makes everything ten times slower, and the referee has one
// goroutine: the long tests are cut short under it.
const raced = true
