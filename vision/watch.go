package vision

import (
	"errors"
	"slices"
	"time"

	"gocv.io/x/gocv"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/grid"
	"github.com/gobancam/gobancam/reading"
)

// stoneReader is what a Watcher needs of a Reader.
type stoneReader interface {
	Read(img gocv.Mat, g *grid.Grid) ([]reading.Evidence, error)
	ReadPoints(img gocv.Mat, g *grid.Grid, pts []board.Point) ([]reading.Evidence, error)
}

// WatchOptions says how a Watcher works. The zero value is usual.
type WatchOptions struct {
	// Reader reads the stones; nil makes a new one.
	Reader *Reader
}

// Watcher follows one board through the pictures of one source. It compares
// each with the board as it last looked undisturbed: what changed and hangs
// together with something beyond the board is a hand and covers, what changed
// and stays within the board is read anew, and what did not change keeps its
// reading, which is renewed bit by bit. It follows the grid as board or camera
// drift, and finds it again when they are bumped.
//
// A Watcher belongs to one goroutine. The same pictures give the same readings
// bit for bit.
type Watcher struct {
	g      *grid.Grid
	n      int
	reader stoneReader
	trial  stoneReader // reads where the board may be

	still     *view // the board as it last looked undisturbed, tile by tile
	now, last *view
	align     aligner
	tiles     []tile
	points    []point
	label     []int // tile → blob, −1 for none
	blobs     []blob
	noise     float64 // usual difference of a tile between two pictures, grey levels
	turn      int     // next point whose reading is renewed
	edgesOld  bool    // the aligner's edges are not of the present still

	frames  int
	time    time.Duration
	gap     time.Duration // since the picture before
	bump    int
	lock    reading.Lock
	adrift  int           // pictures since the grid last fitted
	left    time.Duration // when it stopped fitting
	tried   time.Duration // when the board was last looked for near by
	found   time.Duration // and anywhere
	learned time.Duration // when the reader last learnt from the whole board
	checked time.Duration // when the grid was last compared with the printed lines
	doubted bool          // the grid jumped since
}

// tile is what is known of a tile of the view.
type tile struct {
	trusted bool // still shows the board undisturbed, not whatever came first
	changed bool // differs from still
	moving  bool // differs from the picture before
	hand    bool // was part of what reached in from outside, and has not moved since
	quiet   int  // pictures since it last moved
	since   time.Duration
}

// point is what is known of a crossing.
type point struct {
	evidence reading.Evidence // as last read
	class    reading.State    // as last sure of
	sure     bool             // evidence decides clearly
	fresh    bool             // read from the present picture
	moving   bool
	beside   bool // something that came in from outside is within a line spacing
	quiet    int  // pictures since its surroundings last moved
	since    time.Duration
	blob     int // the blob that hides or changed it, −1 for none
}

// blob is a connected set of changed tiles.
type blob struct {
	tiles   int
	outside bool // reaches beyond the board: a hand, a sleeve
	border  bool // reaches the border of the picture
	points  []int
	quiet   int // the least of its tiles
	since   time.Duration
	covers  bool
	adopt   bool
}

// NewWatcher returns a Watcher of the board that g shows.
func NewWatcher(g *grid.Grid, opt WatchOptions) *Watcher {
	w := &Watcher{reader: NewReader(), trial: NewReader()}
	if opt.Reader != nil {
		w.reader = opt.Reader
	}
	w.setGrid(g)
	return w
}

// setGrid begins anew with a board of which nothing is known.
func (w *Watcher) setGrid(g *grid.Grid) {
	w.Close()
	w.g, w.n = g, g.Size()
	w.still, w.now, w.last = newView(w.n), newView(w.n), newView(w.n)
	w.tiles = make([]tile, len(w.now.valid))
	w.points = make([]point, w.n*w.n)
	w.label = make([]int, len(w.tiles))
	w.frames, w.adrift = 0, 0
	w.noise = 3
}

// Close frees the pictures that the Watcher keeps.
func (w *Watcher) Close() error {
	for _, v := range []*view{w.still, w.now, w.last} {
		if v != nil {
			v.Close()
		}
	}
	w.still, w.now, w.last = nil, nil, nil
	return nil
}

// Grid returns where the board is in the last picture.
func (w *Watcher) Grid() *grid.Grid { return w.g }

const (
	// A tile changed when its pixels differ by so much, in grey levels, or by
	// so many times the usual noise.
	changeLevels = 9
	changeNoise  = 4
	// Pictures further apart than this show no motion: what was under way in
	// the one is done in the next.
	slow = 600 * time.Millisecond
	// A reading decides clearly with so many nats between best and second.
	sureNats = 3
)

// Look returns what one picture says. It keeps nothing of f.
func (w *Watcher) Look(f *Frame) (*reading.Reading, error) {
	if w.still == nil {
		return nil, errors.New("the watcher is closed")
	}
	if f == nil || f.Img.Empty() {
		return nil, errors.New("no picture to look at")
	}
	w.gap = f.Time - w.time
	w.time = f.Time
	if !w.fits(f.Img) {
		return &reading.Reading{Frame: f.Number, Time: f.Time, Size: w.n, Lock: reading.Lost, Bump: w.bump}, nil
	}
	w.now, w.last = w.last, w.now
	if err := w.now.sample(f.Img, w.g); err != nil {
		return nil, err
	}
	defer func() { w.frames++ }()
	if w.frames == 0 {
		return w.begin(f)
	}
	if err := w.follow(f.Img); err != nil {
		return nil, err
	}
	w.compare()
	if w.lost() {
		return w.recover(f)
	}
	w.adrift = 0
	w.lock = reading.Locked
	w.group()
	if err := w.anchor(f.Img); err != nil {
		return nil, err
	}
	if err := w.read(f.Img); err != nil {
		return nil, err
	}
	w.adopt()
	return w.report(f), nil
}

// fits reports whether pictures of this size can show the board where it was,
// after scaling the grid if the camera came back with another resolution.
func (w *Watcher) fits(img gocv.Mat) bool {
	s := w.g.Spec()
	if s.Width == img.Cols() && s.Height == img.Rows() {
		return true
	}
	k := float64(img.Cols()) / float64(s.Width)
	if r := float64(img.Rows()) / float64(s.Height); r < k*0.99 || r > k*1.01 {
		return false
	}
	s.Width, s.Height, s.Focal = img.Cols(), img.Rows(), s.Focal*k
	for i, c := range s.Corners {
		s.Corners[i] = grid.Pt{X: (c.X+0.5)*k - 0.5, Y: (c.Y+0.5)*k - 0.5}
	}
	g, err := grid.New(s)
	if err != nil {
		return false
	}
	w.g = g
	return true
}

// begin reads the first picture.
func (w *Watcher) begin(f *Frame) (*reading.Reading, error) {
	evidence, err := w.reader.Read(f.Img, w.g)
	if err != nil {
		return nil, err
	}
	w.still.copyAll(w.now)
	w.last.copyAll(w.now)
	clear(w.tiles)
	for i, e := range evidence {
		w.points[i] = point{blob: -1}
		w.points[i].set(e)
		w.points[i].class = w.points[i].evidence.Best()
	}
	for i := range w.tiles {
		w.tiles[i].since = f.Time
	}
	w.edgesOld = true
	w.learned = f.Time
	w.lock = reading.Locked
	return w.report(f), nil
}

func (p *point) set(e reading.Evidence) {
	p.evidence = e
	p.fresh = true
	p.sure = sure(e)
}

// sure reports whether e decides clearly for empty, black or white.
func sure(e reading.Evidence) bool {
	best := e.Best()
	if best == reading.Covered {
		return false
	}
	for s := reading.Empty; s < reading.States; s++ {
		if s != best && float64(e[s])*reading.Step < sureNats {
			return false
		}
	}
	return true
}

// follow moves the grid with the board, as far as that is a matter of less
// than a tile.
func (w *Watcher) follow(img gocv.Mat) error {
	if w.edgesOld {
		w.align.reference(w.still, func(x, y int) bool {
			t := y/viewTile*w.still.tiles + x/viewTile
			u, v := w.still.board(float64(x), float64(y))
			lo, hi := -0.8, float64(w.n)-0.2
			return w.still.valid[t] && u > lo && v > lo && u < hi && v < hi
		})
		w.edgesOld = false
	}
	for range 2 {
		skipped := 0
		f := w.align.align(w.still, w.now, warp{}, func(i int) bool {
			skip := w.tiles[i/w.still.side/viewTile*w.still.tiles+i%w.still.side/viewTile].changed
			if skip {
				skipped++
			}
			return skip
		})
		g, far, err := w.align.move(w.still, w.g, &f.warp)
		// A hand drags the fit along a little; what moves with the board makes
		// everything fit better at once.
		switch {
		case err != nil || f.n < 60 || f.good < 0.5 || far > 0.5 || far < 0.02:
			return nil
		case f.gain < 0.3 && (f.good < 0.95 || f.gain < 0.05):
			return nil
		}
		w.g = g
		if err := w.now.sample(img, w.g); err != nil {
			return err
		}
		if far > 0.12 {
			w.bump++
			w.doubted = true
		}
		if far < 0.06 {
			return nil
		}
	}
	return nil
}

const (
	checkEvery = 20 * time.Second // how often the grid is compared with the printed lines
	checkSoon  = time.Second      // and after it jumped
)

// anchor corrects what following has added up to by what it is all about, the
// printed lines, when nothing hides them.
func (w *Watcher) anchor(img gocv.Mat) error {
	wait := checkEvery
	if w.doubted {
		wait = checkSoon
	}
	if w.time-w.checked < wait {
		return nil
	}
	for _, b := range w.blobs {
		if len(b.points) > 0 {
			return nil
		}
	}
	for i := range w.points {
		if w.points[i].quiet < 2 {
			return nil
		}
	}
	w.checked = w.time
	w.doubted = false
	g, ok := w.snap(img, w.g)
	if !ok {
		return nil
	}
	w.g = g
	if err := w.now.sample(img, g); err != nil {
		return err
	}
	w.still.copyAll(w.now)
	w.edgesOld = true
	return nil
}

// snap returns the grid that fits the printed lines near g, if they say
// anything, and if that is another.
func (w *Watcher) snap(img gocv.Mat, g *grid.Grid) (*grid.Grid, bool) {
	f, err := Snap(img, g)
	if err != nil || f.Grid.Size() != w.n || f.Fit > 0.03 || f.Lines < w.n*(w.n-1)/2 {
		return nil, false
	}
	mid := float64(w.n-1) / 2
	far := 0.0
	for i, c := range f.Grid.Corners() {
		far = max(far, c.Dist(g.Corners()[i])/g.Cell(mid, mid))
	}
	return f.Grid, far > 0.02 && far < 0.35
}

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
				b.outside = true
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
					if w.tiles[k].changed && w.label[k] < 0 {
						w.label[k] = id
						stack = append(stack, k)
					}
				}
			}
		}
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

const (
	renewal = 2 * time.Second // within which every unchanged point is read anew
	lesson  = 5 * time.Second // after which the reader may learn from the whole board

	lessonSoon = time.Second // when something is not clear to it: the first stone of a colour
)

// read renews the evidence of the points that need it.
func (w *Watcher) read(img gocv.Mat) error {
	var pts []board.Point
	want := func(i int) {
		if !w.points[i].fresh {
			w.points[i].fresh = true
			pts = append(pts, board.Point{X: int8(i % w.n), Y: int8(i / w.n)})
		}
	}
	for i := range w.points {
		p := &w.points[i]
		switch {
		case p.moving && p.blob >= 0 && w.gap < slow:
		case p.blob >= 0, p.quiet <= 2, !p.sure:
			want(i)
		}
	}
	for range min(len(w.points), 1+int(int64(len(w.points))*int64(w.gap)/int64(renewal))) {
		if w.points[w.turn].blob < 0 {
			want(w.turn)
		}
		w.turn = (w.turn + 1) % len(w.points)
	}
	var evidence []reading.Evidence
	pause := lesson
	if slices.ContainsFunc(w.points, func(p point) bool { return !p.sure && p.blob < 0 && p.quiet > 2 }) {
		pause = lessonSoon
	}
	if w.time-w.learned > pause && !slices.ContainsFunc(w.blobs, func(b blob) bool { return len(b.points) > 3 }) {
		all, err := w.reader.Read(img, w.g)
		if err != nil {
			return err
		}
		w.learned = w.time
		for i, e := range all {
			w.points[i].set(e)
		}
		return nil
	}
	evidence, err := w.reader.ReadPoints(img, w.g, pts)
	if err != nil {
		return err
	}
	for k, p := range pts {
		w.points[int(p.Y)*w.n+int(p.X)].set(evidence[k])
	}
	return nil
}

// adopt decides which blobs cover, and takes over into still what is the board
// itself.
func (w *Watcher) adopt() {
	settled := func(quiet int) bool { return quiet >= 2 || w.gap >= slow }
	v := w.still
	for l := range w.blobs {
		b := &w.blobs[l]
		clear, same := 0, true
		for _, i := range b.points {
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
		switch {
		case len(b.points) == 0:
			b.adopt = settled(b.quiet) && (!b.outside && !b.border || long > 2*time.Second)
		case same && allClear: // light
			b.covers = !settled(b.quiet)
			b.adopt = !b.covers
		case b.outside:
			// A hand is never clear all over for long. Where it lies on few
			// points that is no proof, and time must be.
			b.adopt = long > 90*time.Second && allClear ||
				long > 3*time.Second && len(b.points) >= 8 && float64(clear) >= 0.95*float64(len(b.points))
			b.covers = !b.adopt
		case w.explained(l):
			b.adopt = settled(b.quiet)
			b.covers = b.border && !b.adopt
		default:
			// A blur, a stone far off its crossing: it may be read, for what
			// that is worth, when it has come to rest. What has lain still for long and is read surely all over is the
			// board, whatever its shadows do beside it.
			b.adopt = allClear && !b.border && long > time.Second
			b.covers = !b.adopt && (b.quiet < 3 || len(b.points) > 3 || b.border)
		}
	}
	took := false
	for i := range w.tiles {
		t := &w.tiles[i]
		if !w.now.valid[i] {
			continue
		}
		l := w.label[i]
		switch {
		case l >= 0 && w.blobs[l].adopt && (len(w.blobs[l].points) == 0 || w.onBoard(i)):
			v.copyTile(w.now, i)
			took = true
		case !t.trusted && t.quiet >= 1:
			v.copyTile(w.now, i)
			t.trusted = t.quiet >= 2 && w.clear(i)
			took = true
		}
	}
	for i := range w.points {
		// A point that has long looked still and surely as before is no hand,
		// but light, or a stone that was nudged.
		p := &w.points[i]
		if p.blob < 0 || w.blobs[p.blob].adopt || !p.fresh || !p.sure || p.quiet < 2 || w.time-p.since < 800*time.Millisecond || p.evidence.Best() != p.class {
			continue
		}
		t := v.tile(i%w.n, i/w.n)
		for _, k := range []int{t, t - 1, t + 1, t - v.tiles, t + v.tiles} {
			if w.now.valid[k] {
				v.copyTile(w.now, k)
			}
		}
		took = true
	}
	for i := range w.points {
		p := &w.points[i]
		if p.sure && p.fresh && (p.blob < 0 || w.blobs[p.blob].adopt) && !p.beside && !w.rash(p) {
			p.class = p.evidence.Best()
		}
	}
	w.edgesOld = w.edgesOld || took
}

// onBoard reports whether tile t belongs to the board or what stands on it,
// rather than to what lies beside.
func (w *Watcher) onBoard(t int) bool {
	const edge = 2*viewRing - 2
	x, y, far := t%w.still.tiles, t/w.still.tiles, w.still.tiles-1-edge
	return x >= edge && y >= edge && x <= far && y <= far
}

// rash reports whether a point reads otherwise than before though its
// surroundings have only just come to rest, or not yet.
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

// report makes the reading of the present picture.
func (w *Watcher) report(f *Frame) *reading.Reading {
	r := &reading.Reading{
		Frame: f.Number, Time: f.Time, Size: w.n, Lock: w.lock, Bump: w.bump,
		Points: make([]reading.Evidence, len(w.points)),
	}
	moving := 0
	for i := range w.points {
		p := &w.points[i]
		if p.moving {
			moving++
		}
		switch {
		case w.lock != reading.Locked, p.blob >= 0 && w.blobs[p.blob].covers, p.moving && !p.fresh,
			// Half a hand may look like a stone.
			p.beside && p.evidence.Best() != p.class,
			p.blob < 0 && w.rash(p):
			r.Points[i] = reading.Hidden
		default:
			r.Points[i] = p.evidence
		}
	}
	r.Motion = float64(moving) / float64(len(w.points))
	return r
}

// quantile returns the value below which the share q of v lies, and sorts v.
func quantile(v []float64, q float64) float64 {
	if len(v) == 0 {
		return 0
	}
	slices.Sort(v)
	return v[int(q*float64(len(v)-1))]
}
