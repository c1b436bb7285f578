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
		t.changed = false
		if t.trusted && w.now.difference(w.still, i, &gain) > limit {
			rho, contrast := w.now.likeness(w.still, i)
			t.changed = rho < 0.9 || contrast < 5
		}
	}
	if len(moves) > 0 {
		w.noise += 0.1 * (min(6, 1.5*quantile(moves, 0.5)) - w.noise)
	}
}

// lost reports whether the picture no longer shows the board where it was.
func (w *Watcher) lost() bool {
	return w.now.alike(w.still, w.now.valid) < 0.4
}

// group gathers changed tiles to blobs and finds out which points they touch.
func (w *Watcher) group() {
	v := w.still
	for i := range w.label {
		w.label[i] = -1
	}
	w.blobs = w.blobs[:0]
	for i := range w.tiles {
		t := &w.tiles[i]
		t.aside = t.aside && t.changed && !t.moving
	}
	var stack []int
	for start := range w.tiles {
		if !w.tiles[start].changed || w.label[start] >= 0 {
			continue
		}
		id := len(w.blobs)
		b := blob{quiet: 1 << 30}
		stack = append(stack[:0], start)
		w.label[start] = id
		for len(stack) > 0 {
			t := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			b.tiles++
			b.quiet = min(b.quiet, w.tiles[t].quiet)
			b.since = max(b.since, w.tiles[t].since)
			x, y := t%v.tiles, t/v.tiles
			// Two and a half tiles beyond the outermost lines no stone reaches.
			const far = 2*viewRing - 3
			if x <= far || y <= far || x >= v.tiles-1-far || y >= v.tiles-1-far {
				b.rim++
			}
			for dy := -1; dy <= 1; dy++ {
				for dx := -1; dx <= 1; dx++ {
					i, j := x+dx, y+dy
					if i < 0 || j < 0 || i >= v.tiles || j >= v.tiles {
						continue
					}
					k := j*v.tiles + i
					if !w.now.valid[k] {
						b.border = true
					}
					// What has lain beside the board for some time is no part of
					// what comes to lie next to it on the board.
					if w.tiles[k].changed && w.label[k] < 0 && w.tiles[k].aside == w.tiles[start].aside {
						w.label[k] = id
						stack = append(stack, k)
					}
				}
			}
		}
		b.outside = b.rim >= 2
		w.blobs = append(w.blobs, b)
	}
	w.hold()
	for i := range w.points {
		p := &w.points[i]
		p.blob, p.fresh = -1, false
		t := v.tile(i%w.n, i/w.n)
		hidden, changed, moving := 0, 0, 0
		inner, outer := -1, -1
		p.beside = w.beside(t)
		for dy := -1; dy <= 1; dy++ {
			for dx := -1; dx <= 1; dx++ {
				k := t + dy*v.tiles + dx
				weight := 1
				if dx == 0 && dy == 0 {
					weight = 3
				}
				switch l := w.label[k]; {
				case l < 0:
				case w.blobs[l].outside:
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
		if p.blob >= 0 {
			w.blobs[p.blob].points = append(w.blobs[p.blob].points, i)
		}
	}
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

// beside reports whether something from outside is within two tiles of tile t.
func (w *Watcher) beside(t int) bool {
	n := w.still.tiles
	for dy := -2; dy <= 2; dy++ {
		for dx := -2; dx <= 2; dx++ {
			if l := w.label[t+dy*n+dx]; l >= 0 && w.blobs[l].outside {
				return true
			}
		}
	}
	return false
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
