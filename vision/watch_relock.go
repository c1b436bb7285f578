package vision

import (
	"github.com/gobancam/gobancam/reading"
)

// recover looks for the board that is no longer where it was.
func (w *Watcher) recover(f *Frame) (*reading.Reading, error) {
	w.adrift++
	w.lock = reading.Unsure
	for i := range w.points {
		w.points[i].fresh = false
		w.points[i].quiet = 0
	}
	return w.report(f), nil
}
