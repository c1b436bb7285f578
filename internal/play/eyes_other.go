package play

import (
	"time"

	"github.com/gobancam/gobancam/vision"
)

// A board of another size than the game's is looked for when none of the right
// size has been found for otherAfter, in every otherEvery-th search: that takes
// longer. It is certain once it was found otherAgree times in a row.
const (
	otherAfter = 4 * time.Second
	otherEvery = 3
	otherAgree = 2
)

// other is what the eyes know of a board of another size than they are to find.
type other struct {
	begun    bool
	since    time.Duration // the first search in vain
	searches int           // in vain since otherAfter
	seen     int           // the size found last
	times    int           // in a row
	told     int           // the size that is certain; 0 for none
}

// lookForOther is called after each search in vain.
func (e *Eyes) lookForOther(f *vision.Frame) {
	o := &e.other
	if !o.begun {
		o.begun, o.since = true, f.Time
	}
	if !e.opt.Doubt || e.opt.Size == 0 || o.told != 0 || f.Time-o.since < otherAfter {
		return
	}
	if o.searches++; o.searches%otherEvery != 1 {
		return
	}
	size := 0
	if found, err := vision.Find(f.Img, vision.FindOptions{}); err == nil && found.Grid != nil && found.Confidence >= Sure {
		size = found.Grid.Size()
	}
	switch {
	case size == 0 || size == e.opt.Size:
		o.seen, o.times = 0, 0
	case size == o.seen:
		o.times++
	default:
		o.seen, o.times = size, 1
	}
	if o.times == otherAgree {
		o.told = size
	}
}
