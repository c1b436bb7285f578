package vision

import (
	"cmp"
	"math"
	"slices"
	"time"

	"gocv.io/x/gocv"

	"github.com/gobancam/gobancam/grid"
	"github.com/gobancam/gobancam/reading"
)

const (
	reach     = 3.5 // line spacings within which a bumped board is looked for
	turnReach = 12  // degrees
	flatCell  = 4   // pixels per line spacing of the search
)

// displaced is a guess where a bumped board went: turned about its middle,
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
	return best, nil
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
	defer now.Close()
	defer soft.Close()
	defer ref.Close()
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

// recover looks for the board that is no longer where it was.
func (w *Watcher) recover(f *Frame) (*reading.Reading, error) {
	if w.adrift == 0 {
		w.tried = w.time - time.Hour
	}
	w.adrift++
	w.lock = reading.Unsure
	for i := range w.points {
		w.points[i].fresh = false
		w.points[i].quiet = 0
	}
	if w.time-w.tried < 400*time.Millisecond {
		return w.report(f), nil
	}
	w.tried = w.time
	here := w.now.alike(w.still, w.now.valid)
	guesses, err := w.search(f.Img)
	if err != nil {
		return nil, err
	}
	var best candidate
	for _, d := range guesses {
		c, err := w.refine(f.Img, d)
		if err != nil {
			return nil, err
		}
		if c.grid != nil && c.alike > best.alike {
			best = c
		}
	}
	if best.grid == nil || best.alike < 0.5 || best.alike < here+0.15 {
		return w.report(f), nil
	}
	return w.relock(f, best)
}

// relock goes on at a new grid if the position known from before is there.
func (w *Watcher) relock(f *Frame, c candidate) (*reading.Reading, error) {
	if g, ok := w.snap(f.Img, c.grid); ok {
		c.grid = g
	}
	evidence, err := w.reader.Read(f.Img, c.grid)
	if err != nil {
		return nil, err
	}
	agree, all := 0, 0
	for i, e := range evidence {
		if sure(e) {
			all++
			if e.Best() == w.points[i].class {
				agree++
			}
		}
	}
	if all < len(evidence)/3 || float64(agree) < 0.9*float64(all) {
		return w.report(f), nil
	}
	if err := w.now.sample(f.Img, c.grid); err != nil {
		return nil, err
	}
	w.g = c.grid
	w.bump++
	w.doubted = true
	w.checked = w.time
	w.adrift = 0
	for i, e := range evidence {
		w.points[i].set(e)
	}
	return w.report(f), nil
}
