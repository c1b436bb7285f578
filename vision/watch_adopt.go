package vision

import "time"

// adopt decides which blobs cover the board, and copies into still what is the
// board itself.
func (w *Watcher) adopt() {
	for l := range w.blobs {
		w.judge(l)
	}
	tiles, points := w.adoptTiles(), w.adoptPoints()
	for i := range w.points {
		p := &w.points[i]
		if p.sure && p.fresh && (p.blob < 0 && !p.by || p.blob >= 0 && w.blobs[p.blob].adopt) && !p.beside && !w.rash(p) {
			p.class = p.evidence.Best()
		}
	}
	w.edgesOld = w.edgesOld || tiles || points
}

// settled reports whether something that has been quiet for this many pictures
// has come to rest.
func (w *Watcher) settled(quiet int) bool { return quiet >= 2 || w.gap >= slow }

// judge decides whether blob l covers the board, and whether it is the board.
func (w *Watcher) judge(l int) {
	b := &w.blobs[l]
	clear, same, under := 0, true, false // points read surely; all as before; one under what lies there
	for _, i := range b.points {
		under = under || w.points[i].under
		if p := &w.points[i]; p.fresh && p.sure {
			clear++
			same = same && p.evidence.Best() == p.class
		}
	}
	allClear := clear == len(b.points)
	long := time.Duration(0)
	if b.quiet >= 3 {
		long = w.time - b.since
	}
	// Next to what lies there a stone looks like a part of it, until it has
	// stood for a while where the board was seen before.
	bound := b.touches && !b.lies && (under || w.gap < slow && !(b.quiet >= 3 && w.time-b.since > time.Second))
	switch {
	case len(b.points) == 0:
		b.adopt = !b.lies && !b.touches && w.settled(b.quiet) && (!b.outside && !b.border || long > 2*time.Second)
	case same && allClear && !b.lies: // light
		b.covers = !w.settled(b.quiet)
		b.adopt = !b.covers
	case bound:
		b.covers = true
	case b.outside:
		// A hand is never clear all over for long. Where it lies on few
		// points that is no proof, and time must be.
		b.adopt = allClear && !b.lies && (long > 90*time.Second || w.gap >= slow && b.quiet >= 2) ||
			long > 3*time.Second && len(b.points) >= 8 && float64(clear) >= 0.95*float64(len(b.points))
		b.covers = !b.adopt
	case w.explained(l):
		b.adopt = w.settled(b.quiet)
		b.covers = b.border && !b.adopt
	default:
		// A blur, a stone far off its crossing: it may be read, for what that
		// is worth, when it has come to rest. What has lain still for long and
		// is read surely all over is the board, whatever its shadows do beside
		// it.
		b.adopt = allClear && !b.border && long > time.Second
		b.covers = !b.adopt && (b.quiet < 3 || len(b.points) > 3 || b.border || b.touches)
	}
}

// adoptTiles takes over the tiles that show the board, and reports whether
// there were any.
func (w *Watcher) adoptTiles() bool {
	took := false
	for i := range w.tiles {
		t := &w.tiles[i]
		if !w.now.valid[i] {
			continue
		}
		l := w.label[i]
		switch {
		case l >= 0 && w.blobs[l].adopt && (len(w.blobs[l].points) == 0 || w.onBoard(i)):
			w.still.copyTile(w.now, i)
			took = true
		case !t.trusted && t.quiet >= 1:
			w.still.copyTile(w.now, i)
			t.trusted = t.quiet >= 2 && w.clear(i)
			took = true
		}
	}
	return took
}

// adoptPoints takes over the points that are visible although the blob that hides
// or changed them is not entirely board, and reports whether there were any.
func (w *Watcher) adoptPoints() bool {
	took := false
	for i := range w.points {
		if !w.peels(&w.points[i]) {
			continue
		}
		n := w.still.tiles
		t := w.still.tile(i%w.n, i/w.n)
		for _, k := range []int{t, t - 1, t + 1, t - n, t + n} {
			if w.now.valid[k] {
				w.still.copyTile(w.now, k)
			}
		}
		w.points[i].class = w.points[i].evidence.Best()
		took = true
	}
	return took
}

// peels reports whether a point is visible although the blob that hides or
// changed it is not entirely board.
func (w *Watcher) peels(p *point) bool {
	if p.blob < 0 || w.blobs[p.blob].adopt || !p.fresh || !p.sure {
		return false
	}
	b, still := &w.blobs[p.blob], w.time-p.since
	if p.evidence.Best() == p.class {
		// What has long looked surely as before is no hand, but light, or a
		// stone that was nudged.
		return p.quiet >= 2 && still >= 800*time.Millisecond
	}
	// A stone next to what lies there, where the board was seen before.
	return b.touches && !b.lies && !b.outside && !p.under && !p.beside && p.quiet >= 3 && still > 2*time.Second
}

// onBoard reports whether tile t belongs to the board or what stands on it,
// rather than to what lies beside.
func (w *Watcher) onBoard(t int) bool {
	const edge = 2*viewRing - 2
	x, y, far := t%w.still.tiles, t/w.still.tiles, w.still.tiles-1-edge
	return x >= edge && y >= edge && x <= far && y <= far
}

// rash reports whether a point reads differently from before although its
// surroundings have only just come to rest, or have not yet.
func (w *Watcher) rash(p *point) bool {
	return p.evidence.Best() != p.class && p.quiet < 2 && w.gap < slow
}

// clear reports whether the points around tile t are read clearly; beside the
// board there is nothing to read.
func (w *Watcher) clear(t int) bool {
	v := w.still
	x, y := t%v.tiles-2*viewRing, t/v.tiles-2*viewRing
	for py := y >> 1; py <= (y+1)>>1; py++ {
		for px := x >> 1; px <= (x+1)>>1; px++ {
			if px >= 0 && py >= 0 && px < w.n && py < w.n && !w.points[py*w.n+px].sure {
				return false
			}
		}
	}
	return true
}

// explained reports whether a blob within the board is the board itself: its
// tiles lie by stones that surely came or went, or where all that is around is
// read surely, as before, only in another light.
func (w *Watcher) explained(l int) bool {
	v := w.still
	known, all := 0, 0
	for t, label := range w.label {
		if label != l {
			continue
		}
		all++
		x, y := t%v.tiles-2*viewRing, t/v.tiles-2*viewRing
		near, unclear, new := 0, 0, false
		for py := (y - 1) >> 1; py <= (y+3)>>1; py++ {
			for px := (x - 1) >> 1; px <= (x+3)>>1; px++ {
				d := max(abs(2*px-x), abs(2*py-y))
				if px < 0 || py < 0 || px >= w.n || py >= w.n || d > 2 {
					continue
				}
				p := &w.points[py*w.n+px]
				if d <= 1 {
					near++
					if !p.sure {
						unclear++
					}
				}
				new = new || p.sure && p.evidence.Best() != p.class
			}
		}
		if new || near > 0 && unclear == 0 {
			known++
		}
	}
	return float64(known) >= 0.7*float64(all)
}

func abs(x int) int { return max(x, -x) }
