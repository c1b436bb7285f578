package vision

import (
	"cmp"
	"errors"
	"math"
	"slices"
	"time"

	"gocv.io/x/gocv"

	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/reading"
)

const (
	reach     = 3.5 // line spacings within which a bumped board is looked for
	turnReach = 12  // degrees
	flatCell  = 4   // pixels per line spacing of the search
)

// displaced is a guess at where a bumped board went: turned about its middle,
// then shifted, in line spacings of the old grid.
type displaced struct {
	angle  float64 // radians
	du, dv float64
	score  float64
}

// apply returns where the place (u, v) of a board of n lines went.
func (d displaced) apply(n int, u, v float64) (float64, float64) {
	m := float64(n-1) / 2
	s, c := math.Sincos(d.angle)
	return m + c*(u-m) - s*(v-m) + d.du, m + s*(u-m) + c*(v-m) + d.dv
}

// grid returns the grid of the board where d says that it went.
func (d displaced) grid(g *grid.Grid) (*grid.Grid, error) {
	s := g.Spec()
	n := float64(g.Size() - 1)
	for i, c := range [4][2]float64{{0, 0}, {n, 0}, {n, n}, {0, n}} {
		u, v := d.apply(g.Size(), c[0], c[1])
		s.Corners[i] = g.At(u, v, 0)
	}
	return grid.New(s)
}

// boardGray samples brightness in board coordinates: side×side pixels, flatCell to
// the line spacing, around the middle of the board, each the picture's at what
// place says of its board coordinates.
func boardGray(n, side int, at func(u, v float64) uint8) (gocv.Mat, error) {
	m := gocv.NewMatWithSize(side, side, gocv.MatTypeCV8UC1)
	pix, err := m.DataPtrUint8()
	if err != nil {
		m.Close()
		return gocv.Mat{}, err
	}
	mid := float64(n-1) / 2
	half := float64(side-1) / 2
	for y := range side {
		for x := range side {
			pix[y*side+x] = at(mid+(float64(x)-half)/flatCell, mid+(float64(y)-half)/flatCell)
		}
	}
	return m, nil
}

// search looks for the board as it last looked in the present picture, shifted
// and turned, and returns the best few guesses, best first.
func (w *Watcher) search(img gocv.Mat) ([]displaced, error) {
	n := w.n
	small := gocv.NewMat()
	defer small.Close()
	mid := float64(n-1) / 2
	f := max(1, w.g.Cell(mid, mid)/flatCell)
	sw, sh := max(8, int(float64(img.Cols())/f)), max(8, int(float64(img.Rows())/f))
	gray := gocv.NewMat()
	defer gray.Close()
	if err := gocv.CvtColor(img, &gray, gocv.ColorBGRToGray); err != nil {
		return nil, err
	}
	if err := gocv.Resize(gray, &small, sizeOf(sw, sh), 0, 0, gocv.InterpolationArea); err != nil {
		return nil, err
	}
	pix, err := small.DataPtrUint8()
	if err != nil {
		return nil, err
	}
	sx, sy := float64(sw)/float64(img.Cols()), float64(sh)/float64(img.Rows())
	wideSide := (n + 1 + int(2*reach)) * flatCell
	wide, err := boardGray(n, wideSide, func(u, v float64) uint8 {
		p := w.g.At(u, v, viewLift)
		return pickGray(pix, sw, sh, (p.X+0.5)*sx-0.5, (p.Y+0.5)*sy-0.5)
	})
	if err != nil {
		return nil, err
	}
	defer wide.Close()

	side := (n + 1) * flatCell
	result, none := gocv.NewMat(), gocv.NewMat()
	defer result.Close()
	defer none.Close()
	var all []displaced
	for deg := -turnReach; deg <= turnReach; deg += 2 {
		d := displaced{angle: float64(deg) * math.Pi / 180}
		back := displaced{angle: -d.angle}
		tmpl, err := boardGray(n, side, func(u, v float64) uint8 {
			x, y := w.still.pixel(back.apply(n, u, v))
			return w.still.mean(x, y)
		})
		if err != nil {
			return nil, err
		}
		err = gocv.MatchTemplate(wide, tmpl, &result, gocv.TmCcoeffNormed, none)
		tmpl.Close()
		if err != nil {
			return nil, err
		}
		score, err := result.DataPtrFloat32()
		if err != nil {
			return nil, err
		}
		rows, cols := result.Rows(), result.Cols()
		for y := range rows {
			for x := range cols {
				s := score[y*cols+x]
				if s < 0.2 || !isPeak(score, cols, rows, x, y) {
					continue
				}
				d.du = float64(x-(cols-1)/2) / flatCell
				d.dv = float64(y-(rows-1)/2) / flatCell
				d.score = float64(s)
				all = append(all, d)
			}
		}
	}
	return fewBest(all), nil
}

// fewBest returns the best six clearly different guesses, best first.
func fewBest(all []displaced) []displaced {
	slices.SortStableFunc(all, func(a, b displaced) int { return cmp.Compare(b.score, a.score) })
	var best []displaced
	for _, d := range all {
		near := func(e displaced) bool {
			return math.Hypot(d.du-e.du, d.dv-e.dv) < 0.4 && math.Abs(d.angle-e.angle) < 0.06
		}
		if !slices.ContainsFunc(best, near) {
			best = append(best, d)
		}
		if len(best) == 6 {
			break
		}
	}
	return best
}

func isPeak(score []float32, cols, rows, x, y int) bool {
	s := score[y*cols+x]
	for j := max(0, y-1); j <= min(rows-1, y+1); j++ {
		for i := max(0, x-1); i <= min(cols-1, x+1); i++ {
			if score[j*cols+i] > s {
				return false
			}
		}
	}
	return true
}

func pickGray(pix []uint8, w, h int, x, y float64) uint8 {
	ix := int(max(0, min(x+0.5, float64(w-1))))
	iy := int(max(0, min(y+0.5, float64(h-1))))
	return pix[iy*w+ix]
}

// mean returns the brightness around a pixel.
func (v *view) mean(x, y float64) uint8 {
	ix := int(max(1, min(x+0.5, float64(v.side-2))))
	iy := int(max(1, min(y+0.5, float64(v.side-2))))
	var s float32
	for j := iy - 1; j <= iy+1; j++ {
		for i := ix - 1; i <= ix+1; i++ {
			s += v.lum[j*v.side+i]
		}
	}
	return uint8(s / 9)
}

// blur smooths the brightness of a view over 5×5 pixels.
func (v *view) blur(from *view) {
	const r = 2
	tmp := make([]float32, len(v.lum))
	for pass, step := range [2]int{1, v.side} {
		src, dst := from.lum, tmp
		if pass == 1 {
			src, dst = tmp, v.lum
		}
		for i := range dst {
			k := i % v.side
			if pass == 1 {
				k = i / v.side
			}
			a, b := max(-r, -k), min(r, v.side-1-k)
			var s float32
			for o := a; o <= b; o++ {
				s += src[i+o*step]
			}
			dst[i] = s / float32(b-a+1)
		}
	}
}

// candidate is a grid that the board may have moved to.
type candidate struct {
	grid  *grid.Grid
	alike float64 // share of the crossings that look as before
}

// refine fits a guess to the picture.
func (w *Watcher) refine(img gocv.Mat, d displaced) (candidate, error) {
	g, err := d.grid(w.g)
	if err != nil {
		return candidate{}, nil // no camera sees a board like that
	}
	now, soft, ref := newView(w.n), newView(w.n), newView(w.n)
	inside := func(v *view) func(x, y int) bool {
		return func(x, y int) bool {
			u, t := v.board(float64(x), float64(y))
			lo, hi := -0.8, float64(w.n)-0.2
			return u > lo && t > lo && u < hi && t < hi
		}
	}
	if err := now.sample(img, g); err != nil {
		return candidate{}, err
	}
	ref.blur(w.still)
	var coarse, fine aligner
	coarse.reference(ref, inside(ref))
	fine.reference(w.still, inside(w.still))
	for step := range 5 {
		a, r, c := &fine, w.still, now
		if step < 3 {
			soft.blur(now)
			a, r, c = &coarse, ref, soft
		}
		f := a.align(r, c, warp{}, nil)
		moved, far, err := a.move(w.still, g, &f.warp)
		if err != nil || f.n < 60 || far > 1 {
			return candidate{}, nil
		}
		g = moved
		if err := now.sample(img, g); err != nil {
			return candidate{}, err
		}
		if step >= 3 && far < 0.02 {
			break
		}
	}
	return candidate{g, now.alike(w.still, now.valid)}, nil
}

// alike returns the share of the crossings in valid tiles that look like ref.
func (v *view) alike(ref *view, valid []bool) float64 {
	all, same := 0, 0
	for y := range v.n {
		for x := range v.n {
			t := v.tile(x, y)
			if !valid[t] {
				continue
			}
			all++
			if rho, contrast := v.likeness(ref, t); rho > 0.6 || contrast < 3 {
				same++
			}
		}
	}
	if all < v.n*v.n/3 {
		return 0
	}
	return float64(same) / float64(all)
}

const (
	searchEvery = 400 * time.Millisecond // how often a bumped board is looked for near where it was
	findAfter   = 1500 * time.Millisecond
	findEvery   = 3 * time.Second // how often it is looked for everywhere
)

// recover looks for a board that is no longer where it was: first nearby, as it
// last looked, then as any board in the whole picture.
func (w *Watcher) recover(f *Frame) (*reading.Reading, error) {
	if w.known() < 0.5 {
		// The first pictures showed something else: the board is new.
		w.frames, w.adrift = 0, 0
		return w.begin(f)
	}
	if w.adrift == 0 {
		w.tried, w.found, w.left, w.odd = w.time-searchEvery, w.time, w.time, nil
	}
	w.adrift++
	w.lock = reading.Unsure
	for i := range w.points {
		w.points[i].fresh = false
		w.points[i].quiet = 0
	}
	if w.time-w.tried < searchEvery {
		return w.report(f), nil
	}
	w.tried = w.time
	best, err := w.near(f.Img)
	if err == nil && best == nil && w.time-w.left >= findAfter && w.time-w.found >= findEvery {
		w.found = w.time
		best, err = w.anywhere(f.Img)
	}
	if err != nil {
		return nil, err
	}
	if best != nil {
		if err := w.relock(f, best); err != nil {
			return nil, err
		}
	}
	return w.report(f), nil
}

// turned looks for the board in a picture of another shape: a phone was turned
// from lying to standing, say, and with it the camera. That is a bump like any
// other, but that nothing is near where it was. Until the board is found nothing
// is known of it; pictures of the old shape show it where it was.
func (w *Watcher) turned(f *Frame) (*reading.Reading, error) {
	nothing := &reading.Reading{Frame: f.Number, Time: f.Time, Size: w.n, Lock: reading.Lost, Bump: w.bump}
	if w.frames == 0 || w.time-w.found < findAfter {
		return nothing, nil
	}
	w.found = w.time
	best, err := w.anywhere(f.Img)
	if err != nil || best == nil {
		return nothing, err
	}
	w.lock = reading.Unsure
	for i := range w.points {
		w.points[i].fresh = false
		w.points[i].quiet = 0
	}
	if err := w.relock(f, best); err != nil {
		return nil, err
	}
	return w.report(f), nil
}

// known returns the share of the board that was ever seen undisturbed.
func (w *Watcher) known() float64 {
	n := 0
	for i := range w.points {
		if w.tiles[w.still.tile(i%w.n, i/w.n)].trusted {
			n++
		}
	}
	return float64(n) / float64(len(w.points))
}

// near looks for a board that was bumped.
func (w *Watcher) near(img gocv.Mat) (*grid.Grid, error) {
	here := w.now.alike(w.still, w.now.valid)
	guesses, err := w.search(img)
	if err != nil {
		return nil, err
	}
	var best candidate
	var all []candidate
	for _, d := range guesses {
		c, err := w.refine(img, d)
		if err != nil {
			return nil, err
		}
		if c.grid == nil {
			continue
		}
		all = append(all, c)
		if c.alike > best.alike {
			best = c
		}
	}
	if best.alike < 0.5 || best.alike < here+0.15 {
		return nil, nil
	}
	// Half of a nearly empty board looks like half of it elsewhere; then the
	// printed lines must say so.
	lines, missing := Snap(img, best.grid)
	if best.alike < 0.75 && (missing != nil || lines.Confidence < 0.9) {
		return nil, nil
	}
	rival := 0.0 // the likest elsewhere
	for _, c := range all {
		if c.grid.Corners()[0].Dist(best.grid.Corners()[0]) > 0.3*c.grid.Cell(0, 0) {
			rival = max(rival, c.alike)
		}
	}
	if missing == nil {
		if g, ok := w.better(&lines, best.grid); ok {
			best.grid = g
		}
	}
	s, err := w.stands(img, best.grid)
	if err != nil || !s.clear {
		return nil, err
	}
	// A picture that is the old one all over, and nowhere else, is proof enough
	// when a stone was captured just before.
	if !s.fits && (s.differ > 3 || best.alike < 0.95 || best.alike < rival+0.1) {
		return nil, nil
	}
	return best.grid, nil
}

// anywhere looks for the board in the whole picture, in whichever turn the
// known position stands on it; of equals, the turn nearest to the old one. A
// board on which it stands in no turn is the board all the same when it is
// found twice at the same place: then something else happened to it, and those
// who know the game see what.
func (w *Watcher) anywhere(img gocv.Mat) (*grid.Grid, error) {
	f, err := Find(img, FindOptions{Size: w.n})
	if errors.Is(err, ErrNoBoard) || err == nil && f.Confidence < 0.9 {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var best *grid.Grid
	fits, fewest, nearest := false, 0, 0.0
	// In a picture of another shape, its middle is what was the middle.
	was := w.g.Spec()
	shift := grid.Pt{X: float64(img.Cols()-was.Width) / 2, Y: float64(img.Rows()-was.Height) / 2}
	for q := range 4 {
		g, err := f.Grid.Rotate(q)
		if err != nil {
			return nil, err
		}
		s, err := w.stands(img, g)
		if err != nil {
			return nil, err
		}
		if !s.clear {
			continue
		}
		far := 0.0
		for i, c := range g.Corners() {
			far += c.Dist(was.Corners[i].Add(shift))
		}
		better := best == nil || s.fits && !fits || s.fits == fits && (s.differ < fewest || s.differ == fewest && far < nearest)
		if better {
			best, fits, fewest, nearest = g, s.fits, s.differ, far
		}
	}
	if best == nil || fits {
		w.odd = nil
		return best, nil
	}
	again := w.odd != nil
	for i := range 4 {
		again = again && w.odd.Corners()[i].Dist(best.Corners()[i]) < 0.3*best.Cell(0, 0)
	}
	w.odd = best
	if !again {
		return nil, nil
	}
	w.odd = nil
	return best, nil
}

// standing is how well the known position agrees with a board.
type standing struct {
	clear  bool // enough is seen to tell
	fits   bool // it does, but for what may have happened meanwhile
	differ int  // points that differ
}

// stands compares the known position with the board that g shows. A fifth of
// the stones may have slid; stones may have come, as a move that was made just
// before. On a board with few stones that went, that is no proof: a board
// beside the right one differs by one stone that went for each that came.
func (w *Watcher) stands(img gocv.Mat, g *grid.Grid) (standing, error) {
	// A reader of its own: what the other knows of the stones must not be
	// spoilt by a look at the wrong places.
	if r, ok := w.trial.(interface{ Reset() }); ok {
		r.Reset()
	}
	evidence, err := w.trial.Read(img, g)
	if err != nil {
		return standing{}, err
	}
	clear, stones, differ, came := 0, 0, 0, 0
	for i, e := range evidence {
		if !sure(e) {
			continue
		}
		clear++
		is, was := e.Best(), w.points[i].class
		if is != reading.Empty || was != reading.Empty {
			stones++
		}
		if is != was {
			differ++
			if was == reading.Empty {
				came++
			}
		}
	}
	return standing{
		clear:  clear >= len(evidence)/3,
		fits:   differ <= max(1, stones/5) || differ == came && came <= 3+stones/5,
		differ: differ,
	}, nil
}

// relock continues with a new grid.
func (w *Watcher) relock(f *Frame, g *grid.Grid) error {
	evidence, err := w.reader.Read(f.Img, g)
	if err != nil {
		return err
	}
	if err := w.now.sample(f.Img, g); err != nil {
		return err
	}
	// What the board looked like is void if it is seen from elsewhere.
	if w.now.alike(w.still, w.now.valid) < 0.5 {
		w.still.copyAll(w.now)
		for i := range w.tiles {
			w.tiles[i] = tile{since: w.time}
		}
		w.edgesOld = true
	}
	// What differed differed where the board no longer is. The next picture may
	// show it a little further on, and following it needs its edges.
	for i := range w.tiles {
		w.tiles[i].changed = false
	}
	w.g = g
	w.bump++
	w.doubted = true
	w.checked = w.time
	w.adrift = 0
	w.odd = nil
	for i, e := range evidence {
		w.points[i].set(e)
	}
	return nil
}
