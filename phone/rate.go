package phone

import "time"

// bucket allows so much at once and so much over time. Its owner's lock guards it.
type bucket struct {
	size  float64       // tries at once
	every time.Duration // until one more is allowed
	left  float64
	at    time.Time
}

func newBucket(size int, every time.Duration) *bucket {
	return &bucket{size: float64(size), every: every, left: float64(size)}
}

// take reports whether one more is allowed now.
func (b *bucket) take(now time.Time) bool {
	if !b.at.IsZero() {
		b.left = min(b.size, b.left+float64(now.Sub(b.at))/float64(b.every))
	}
	b.at = now
	if b.left < 1 {
		return false
	}
	b.left--
	return true
}

// full reports whether nothing has been taken for so long that b says nothing.
func (b *bucket) full(now time.Time) bool {
	return b.at.IsZero() || b.left+float64(now.Sub(b.at))/float64(b.every) >= b.size
}
