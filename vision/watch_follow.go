package vision

import (
	"time"

	"gocv.io/x/gocv"

	"github.com/gobancam/gobancam/internal/grid"
)

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

// follow moves the grid with the board, by less than a tile per picture.
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
		// A hand drags the fit along a little; a motion of the board itself
		// improves the fit everywhere at once.
		switch {
		case err != nil || f.n < 60 || f.good < 0.5 || far > 0.5 || far < 0.02:
			return nil
		case f.gain < 0.3 && (f.good < 0.95 || f.gain < 0.05):
			return nil
		}
		before, here := 0.0, w.g
		if far >= farStep {
			before = w.now.alike(w.still, w.now.valid)
		}
		w.g = g
		if err := w.now.sample(img, w.g); err != nil {
			return err
		}
		if far < farStep {
			return nil
		}
		// An arm that comes in quickly may look like a board that is moving.
		// The part of the board that is still visible tells which it is.
		if w.now.alike(w.still, w.now.valid) <= before {
			w.g = here
			return w.now.sample(img, w.g)
		}
		w.doubted = w.doubted || far > 0.12
		if far > bumpStep {
			w.bump++
		}
	}
	return nil
}

// farStep is how far, in line spacings, a grid may move without further proof.
const farStep = 0.06

// bumpStep is the motion, in line spacings, above which the board was bumped
// and not merely shaken.
const bumpStep = 0.2

const (
	checkEvery = 20 * time.Second // how often the grid is compared with the printed lines
	checkSoon  = time.Second      // and after it jumped
)

// anchor removes the drift that following has accumulated, using the printed
// lines when nothing hides them.
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

// snap returns the grid that fits the printed lines near g, if they determine
// one and it differs from g.
func (w *Watcher) snap(img gocv.Mat, g *grid.Grid) (*grid.Grid, bool) {
	f, err := Snap(img, g)
	if err != nil {
		return nil, false
	}
	return w.better(&f, g)
}

// better returns the grid fitted to the printed lines near g, if they determine
// one and it differs from g.
func (w *Watcher) better(f *Found, g *grid.Grid) (*grid.Grid, bool) {
	if f.Grid.Size() != w.n || f.Fit > 0.03 || f.Lines < w.n*(w.n-1)/2 {
		return nil, false
	}
	mid := float64(w.n-1) / 2
	far := 0.0
	for i, c := range f.Grid.Corners() {
		far = max(far, c.Dist(g.Corners()[i])/g.Cell(mid, mid))
	}
	return f.Grid, far > 0.02 && far < 0.35
}
