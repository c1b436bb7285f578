package vision

import "time"

// compare finds the tiles that changed and those that move.
func (w *Watcher) compare() {
	fixed := func(g [3]float64) (f [3]int32) {
		for c := range g {
			f[c] = int32(g[c]*256 + 0.5)
		}
		return f
	}
	gain := fixed(w.now.gains(w.still))
	step := fixed(w.now.gains(w.last))
	limit := max(changeLevels, changeNoise*w.noise)
	moves := make([]float64, 0, len(w.tiles)/7+1)
	for i := range w.tiles {
		t := &w.tiles[i]
		if !w.now.valid[i] {
			t.changed, t.moving = false, false
			continue
		}
		m := w.now.difference(w.last, i, &step)
		if i%7 == 0 {
			moves = append(moves, m)
		}
		t.moving = m > limit
		if t.moving {
			t.quiet, t.since = 0, w.time
		} else {
			t.quiet++
		}
		t.changed = t.trusted && w.differs(w.still, i, &gain, limit)
		w.settle(i, &step, limit)
	}
	if len(moves) > 0 {
		w.noise += 0.1 * (min(6, 1.5*quantile(moves, 0.5)) - w.noise)
	}
}

// differs reports whether tile i shows something else than in ref, rather than
// the same thing in another light.
func (w *Watcher) differs(ref *view, i int, gain *[3]int32, limit float64) bool {
	if w.now.difference(ref, i, gain) <= limit {
		return false
	}
	rho, contrast := w.now.likeness(ref, i)
	return rho < 0.9 || contrast < 5
}

// lain is how long something must lie perfectly still to be ruled out as a hand.
const lain = 20 * time.Second

const (
	leastThing = 6  // tiles that a thing hides at least
	leastInner = 20 // if it lies within the board: more than a stone and its shadow
)

// settle finds out whether what hides tile i is what has long hidden it. A hand
// that reaches over it meanwhile is not, and makes no difference when it is
// gone.
func (w *Watcher) settle(i int, gain *[3]int32, limit float64) {
	t := &w.tiles[i]
	if !t.changed {
		t.bare()
		return
	}
	t.resting = t.rest > 0 && !w.differs(w.thing, i, gain, limit)
	if !t.resting && t.quiet >= 3 && w.time-t.since > time.Second {
		w.thing.copyTile(w.now, i)
		t.resting, t.rest = true, w.time
	}
	t.lies = t.resting && w.time-t.rest > lain
	t.lay = t.lay || t.lies
}

// bare marks the tile as having nothing on it.
func (t *tile) bare() { t.resting, t.lies, t.lay, t.rest = false, false, false, 0 }

// forget treats the tiles of a blob as having only just come to rest.
func (w *Watcher) forget(id int) {
	for i, l := range w.label {
		if l == id {
			w.tiles[i].bare()
		}
	}
}

// lost reports whether the picture no longer shows the board where it was.
func (w *Watcher) lost() bool {
	return w.now.alike(w.still, w.now.valid) < 0.4
}

// group joins changed tiles into blobs and finds the points they touch.
func (w *Watcher) group() {
	for i := range w.label {
		w.label[i] = -1
	}
	w.blobs = w.blobs[:0]
	for start := range w.tiles {
		if w.tiles[start].changed && w.label[start] < 0 {
			w.blobs = append(w.blobs, w.gather(start, len(w.blobs)))
		}
	}
	w.hold()
	for i := range w.points {
		w.touch(i)
	}
}

// gather returns the blob of changed tiles connected to start, and labels them
// with id.
func (w *Watcher) gather(start, id int) blob {
	b := blob{quiet: 1 << 30, lies: w.tiles[start].lies}
	w.stack = append(w.stack[:0], start)
	w.label[start] = id
	for len(w.stack) > 0 {
		t := w.stack[len(w.stack)-1]
		w.stack = w.stack[:len(w.stack)-1]
		b.tiles++
		if w.tiles[t].lay {
			b.lay++
		}
		b.quiet = min(b.quiet, w.tiles[t].quiet)
		b.since = max(b.since, w.tiles[t].since)
		// Two and a half tiles beyond the outermost lines no stone reaches.
		const far = 2*viewRing - 3
		n := w.still.tiles
		if x, y := t%n, t/n; x <= far || y <= far || x >= n-1-far || y >= n-1-far {
			b.rim++
		}
		w.spread(&b, t, id)
	}
	if b.lies && (b.tiles < leastThing || b.rim < 2 && b.tiles < leastInner) {
		w.forget(id)
	}
	// What lay there was nudged, or it was a hand all the same.
	nudged := b.touches && !b.lies && b.lay >= 4
	b.outside = b.rim >= 2 || nudged
	return b
}

// spread grows the blob from tile t to its neighbours.
func (w *Watcher) spread(b *blob, t, id int) {
	n := w.still.tiles
	x, y := t%n, t/n
	for j := max(0, y-1); j <= min(n-1, y+1); j++ {
		for i := max(0, x-1); i <= min(n-1, x+1); i++ {
			k := j*n + i
			if !w.now.valid[k] {
				b.border = true
			}
			// What has lain there for long is no part of what comes to
			// lie next to it.
			switch {
			case !w.tiles[k].changed:
			case w.tiles[k].lies != b.lies:
				b.touches = true
			case w.label[k] < 0:
				w.label[k] = id
				w.stack = append(w.stack, k)
			}
		}
	}
}

// touch finds out which blob, if any, hides or changes a point.
func (w *Watcher) touch(i int) {
	p := &w.points[i]
	p.blob, p.fresh = -1, false
	t := w.still.tile(i%w.n, i/w.n)
	hidden, changed, moving := 0, 0, 0
	inner, outer := -1, -1
	p.beside, p.by = w.beside(t)
	for dy := -1; dy <= 1; dy++ {
		for dx := -1; dx <= 1; dx++ {
			k := t + dy*w.still.tiles + dx
			weight := 1
			if dx == 0 && dy == 0 {
				weight = 3
			}
			switch l := w.label[k]; {
			case l < 0:
			case w.blobs[l].outside && !w.blobs[l].lies:
				hidden += weight
				outer = l
			default:
				changed += weight
				if inner < 0 || weight > 1 {
					inner = l
				}
			}
			if w.tiles[k].moving {
				moving++
			}
		}
	}
	p.moving = moving >= 2
	if p.moving {
		p.quiet, p.since = 0, w.time
	} else {
		p.quiet++
	}
	// What comes from outside hides a point sooner than a change within
	// the board counts as one: a stone's neighbours see its edge.
	switch {
	case hidden >= 2:
		p.blob = outer
	case changed >= 5:
		p.blob = inner
	}
	if p.blob < 0 {
		p.under = false
		return
	}
	p.under = p.under || w.blobs[p.blob].lies
	w.blobs[p.blob].points = append(w.blobs[p.blob].points, i)
}

// hold keeps what came in from outside and lies still what it is, even if it
// no longer hangs together: a finger beyond a patch that looks like the board.
func (w *Watcher) hold() {
	v := w.still
	held := make([]int, len(w.blobs))
	for i := range w.tiles {
		t, l := &w.tiles[i], w.label[i]
		if t.hand && (l < 0 || w.stirs(i)) {
			t.hand = false
		}
		if t.hand {
			held[l]++
		}
	}
	for l := range w.blobs {
		b := &w.blobs[l]
		// What is left of it when all around was recognised is no hand.
		left := b.tiles <= 12 && b.quiet >= 3 && w.time-b.since > 3*time.Second
		b.outside = b.outside || 2*held[l] > b.tiles && !left
	}
	for i, l := range w.label {
		if l >= 0 && w.blobs[l].outside && v.valid[i] {
			w.tiles[i].hand = true
		}
	}
}

// beside reports whether something from outside, and whether something that
// lies there, is within two tiles of tile t.
func (w *Watcher) beside(t int) (hand, thing bool) {
	n := w.still.tiles
	for dy := -2; dy <= 2; dy++ {
		for dx := -2; dx <= 2; dx++ {
			if l := w.label[t+dy*n+dx]; l >= 0 {
				hand = hand || w.blobs[l].outside && !w.blobs[l].lies
				thing = thing || w.blobs[l].lies
			}
		}
	}
	return hand, thing
}

// stirs reports whether anything within two tiles of tile i moves.
func (w *Watcher) stirs(i int) bool {
	n := w.still.tiles
	for y := max(0, i/n-2); y <= min(n-1, i/n+2); y++ {
		for x := max(0, i%n-2); x <= min(n-1, i%n+2); x++ {
			if w.tiles[y*n+x].moving {
				return true
			}
		}
	}
	return false
}
