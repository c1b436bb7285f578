package match

import (
	"testing"
	"time"
)

// BenchmarkStep is a reading of a quiet 19×19 board, and the snapshot of it.
func BenchmarkStep(b *testing.B) {
	w := newWorld(b, 19, black)
	w.run(2 * time.Second)
	rd := w.look()
	b.ReportAllocs()
	for b.Loop() {
		w.now += 100 * time.Millisecond
		r := *rd
		w.ref.Step(Input{At: w.now, Look: &Look{Reading: &r}})
		w.ref.Snapshot()
	}
}
