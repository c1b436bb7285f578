package vision

import (
	"errors"
	"slices"
	"time"

	"gocv.io/x/gocv"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/reading"
)

// stoneReader is what a Watcher needs of a Reader.
type stoneReader interface {
	Read(img gocv.Mat, g *grid.Grid) ([]reading.Evidence, error)
	ReadPoints(img gocv.Mat, g *grid.Grid, pts []board.Point) ([]reading.Evidence, error)
}

// WatchOptions configures a Watcher. The zero value is the usual one.
type WatchOptions struct {
	// Reader reads the stones; nil makes a new one.
	Reader *Reader
}

// Watcher follows one board through the pictures of one source. It compares
// each with the board as it last looked undisturbed: what changed and hangs
// together with something beyond the board is a hand and covers, what changed
// and stays within the board is read anew, and what did not change keeps its
// reading, which is renewed now and then. It follows the grid as board or camera
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
	thing     *view // what last came to rest over it, tile by tile
	now, last *view
	align     aligner
	tiles     []tile
	points    []point
	label     []int // tile → blob, −1 for none
	stack     []int // tiles of a blob that is being gathered
	blobs     []blob
	noise     float64 // usual difference of a tile between two pictures, grey levels
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
	renewed time.Duration // when unchanged points were last read anew
	learned time.Duration // when the reader last learnt from the whole board
	checked time.Duration // when the grid was last compared with the printed lines
	doubted bool          // the grid jumped since
	odd     *grid.Grid    // a board that was found and on which the known position does not stand
}

// tile is what is known of a tile of the view.
type tile struct {
	trusted bool          // still shows the board undisturbed, not whatever came first
	changed bool          // differs from still
	moving  bool          // differs from the picture before
	hand    bool          // was part of what reached in from outside, and has not moved since
	quiet   int           // pictures since it last moved
	since   time.Duration // when it did
	resting bool          // looks like thing
	rest    time.Duration // since when thing has been what it is; 0: there is none
	lies    bool          // resting for long: a cup, no hand
	lay     bool          // did, and has not looked like the board since
}

// point is what is known of a crossing.
type point struct {
	evidence reading.Evidence // as last read
	class    reading.State    // as last sure of
	taught   reading.State    // as the reader last learnt from it
	sure     bool             // evidence decides clearly
	fresh    bool             // read from the present picture
	moving   bool
	beside   bool          // something that came in from outside is within a line spacing
	by       bool          // something that lies there is
	under    bool          // what lies there hides it, and it has not been seen since
	quiet    int           // pictures since its surroundings last moved
	since    time.Duration // when they did
	blob     int           // the blob that hides or changed it, −1 for none
}

// blob is a connected set of changed tiles.
type blob struct {
	tiles   int
	rim     int  // of them, as far beyond the board as no stone reaches
	outside bool // reaches beyond the board: a hand, a sleeve
	border  bool // reaches the border of the picture
	lies    bool // has lain there for long
	lay     int  // of its tiles, how many showed what did
	touches bool // hangs together with something that does
	points  []int
	quiet   int           // the least of its tiles
	since   time.Duration // the latest of its tiles
	covers  bool          // hides its points
	adopt   bool          // is the board itself, from now on
}

// NewWatcher returns a Watcher of the board that g shows.
func NewWatcher(g *grid.Grid, opt WatchOptions) *Watcher {
	w := &Watcher{reader: NewReader(), trial: NewReader()}
	if opt.Reader != nil {
		w.reader = opt.Reader
	}
	w.g, w.n = g, g.Size()
	w.still, w.now, w.last, w.thing = newView(w.n), newView(w.n), newView(w.n), newView(w.n)
	w.tiles = make([]tile, len(w.now.valid))
	w.points = make([]point, w.n*w.n)
	w.label = make([]int, len(w.tiles))
	w.noise = 3
	return w
}

// Close frees the pictures that the Watcher keeps.
func (w *Watcher) Close() error {
	w.still, w.now, w.last, w.thing = nil, nil, nil, nil
	return nil
}

// Grid returns where the board is in the last picture.
func (w *Watcher) Grid() *grid.Grid { return w.g }

const (
	// A tile has changed when its pixels differ by this many grey levels, or by
	// this many times the usual noise.
	changeLevels = 9
	changeNoise  = 4
	// Pictures further apart than this show no motion: what was moving in one
	// has finished in the next.
	slow = 600 * time.Millisecond
	// A reading is clear when this many nats separate best and second best.
	sureNats = 2
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
		return w.turned(f)
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
		w.points[i].taught = w.points[i].class
	}
	for i := range w.tiles {
		w.tiles[i].since = f.Time
	}
	w.edgesOld = true
	w.learned, w.renewed = f.Time, f.Time
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

const (
	renewal = 2 * time.Second // after which every unchanged point is read anew
	lesson  = 5 * time.Second // after which the reader may learn from the whole board

	lessonSoon = time.Second // when something is new or not clear to it: the first stone of a colour
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
	if w.time-w.renewed > renewal {
		// All at once: one by one, each would have its neighbours looked at anew.
		w.renewed = w.time
		for i := range w.points {
			if w.points[i].blob < 0 {
				want(i)
			}
		}
	}
	pause := lesson
	if slices.ContainsFunc(w.points, func(p point) bool {
		return p.blob < 0 && (!p.sure && p.quiet > 2 || p.class != p.taught && (p.quiet > 2 || w.gap >= slow))
	}) {
		pause = lessonSoon
	}
	if w.time-w.learned >= pause && !slices.ContainsFunc(w.blobs, func(b blob) bool { return len(b.points) > 3 }) {
		all, err := w.reader.Read(img, w.g)
		if err != nil {
			return err
		}
		w.learned, w.renewed = w.time, w.time
		for i, e := range all {
			w.points[i].set(e)
			w.points[i].taught = w.points[i].class
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
			// Half a hand may look like a stone, half a cup too.
			(p.beside || p.by && p.blob < 0) && p.evidence.Best() != p.class,
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
