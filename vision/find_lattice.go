package vision

import (
	"math"
	"sort"

	"gocv.io/x/gocv"

	"github.com/gobancam/gobancam/internal/grid"
)

// knot is a peak with its place in a lattice of arbitrary origin.
type knot struct {
	i, j int
	peak
}

// knit grows a lattice over the peaks: from a seed, step by step to the
// neighbour where the last steps say it should be. It returns the largest
// lattice that any seed grew to.
func knit(peaks []peak) []knot {
	if len(peaks) < 9 {
		return nil
	}
	sx, sy := spacing(peaks, false), spacing(peaks, true)
	if sx == 0 || sy == 0 {
		return nil
	}
	seeds := make([]int, len(peaks))
	for i := range seeds {
		seeds[i] = i
	}
	sort.Slice(seeds, func(a, b int) bool { return peaks[seeds[a]].p > peaks[seeds[b]].p })
	yarn := newYarn(peaks)
	var best []knot
	covered := make([]bool, len(peaks))
	tried := 0
	for _, s := range seeds {
		if covered[s] || tried == 16 {
			continue
		}
		tried++
		all := yarn.grow(s, sx, sy)
		for _, n := range all {
			covered[n.index] = true
		}
		if len(all) > len(best) {
			best = best[:0]
			for _, n := range all {
				best = append(best, n.knot)
			}
		}
		if 2*len(best) > len(peaks) {
			break
		}
	}
	return best
}

// yarn is a spatial index of peaks.
type yarn struct {
	peaks []peak
	bins  map[[2]int][]int // indices of peaks, by squares of yarnBin pixels
}

const yarnBin = 8

func newYarn(peaks []peak) *yarn {
	bins := map[[2]int][]int{}
	for i, p := range peaks {
		b := [2]int{int(p.x) / yarnBin, int(p.y) / yarnBin}
		bins[b] = append(bins[b], i)
	}
	return &yarn{peaks, bins}
}

// near returns the index of the peak nearest to (x, y) within r, or -1.
func (k *yarn) near(x, y, r float64) int {
	best, at := r*r, -1
	for by := int(y-r) / yarnBin; by <= int(y+r)/yarnBin; by++ {
		for bx := int(x-r) / yarnBin; bx <= int(x+r)/yarnBin; bx++ {
			for _, i := range k.bins[[2]int{bx, by}] {
				dx, dy := k.peaks[i].x-x, k.peaks[i].y-y
				if d := dx*dx + dy*dy; d < best {
					best, at = d, i
				}
			}
		}
	}
	return at
}

// grown is a knot of a growing lattice.
type grown struct {
	knot
	index  int     // of its peak
	ax, ay float64 // step to the right
	bx, by float64 // step down
}

// grow returns the lattice that grows from the peak seed, whose first steps are
// sx to the right and sy down.
func (k *yarn) grow(seed int, sx, sy float64) []grown {
	used := make([]bool, len(k.peaks))
	taken := map[[2]int]bool{{0, 0}: true}
	used[seed] = true
	queue := []grown{{knot{0, 0, k.peaks[seed]}, seed, sx, 0, 0, sy}}
	for q := 0; q < len(queue); q++ {
		c := queue[q]
		for d := range 4 { // right, left, down, up
			i, j, x, y := c.i, c.j, c.ax, c.ay
			if d >= 2 {
				x, y = c.bx, c.by
			}
			sign := 1.0
			if d%2 == 1 {
				sign = -1
			}
			if d < 2 {
				i += int(sign)
			} else {
				j += int(sign)
			}
			if taken[[2]int{i, j}] {
				continue
			}
			at := k.near(c.x+sign*x, c.y+sign*y, 0.3*math.Hypot(x, y))
			if at < 0 || used[at] {
				continue
			}
			n := grown{knot{i, j, k.peaks[at]}, at, c.ax, c.ay, c.bx, c.by}
			fx, fy := sign*(n.x-c.x), sign*(n.y-c.y)
			if d < 2 {
				n.ax, n.ay = (n.ax+fx)/2, (n.ay+fy)/2
			} else {
				n.bx, n.by = (n.bx+fx)/2, (n.by+fy)/2
			}
			used[at] = true
			taken[[2]int{i, j}] = true
			queue = append(queue, n)
		}
	}
	return queue
}

// spacing is the usual distance from a peak to the next on its right, or
// below; 0 when peaks have no neighbours.
func spacing(peaks []peak, down bool) float64 {
	var d []float64
	for i, p := range peaks {
		best := 0.0
		for j, q := range peaks {
			x, y := q.x-p.x, q.y-p.y
			if down {
				x, y = y, x
			}
			if i != j && x > 2 && math.Abs(y) < 0.4*x && (best == 0 || x < best) {
				best = x
			}
		}
		if best > 0 && best < flatSide/flatStride/5 {
			d = append(d, best)
		}
	}
	if len(d) < 4 {
		return 0
	}
	sort.Float64s(d)
	return d[len(d)/2]
}

// lattice is a pose that explains the knots: a grid over span lines whose
// (0, 0) is the lattice's (i0, j0). Which of its lines are the board's is not
// yet said.
type lattice struct {
	g    *grid.Grid
	span int
}

// weave finds the lattice that the peaks lie on: a pose fitted to what knit
// grew, which then takes up the peaks that were not reached.
func (f *flat) weave(img gocv.Mat, peaks []peak) *lattice {
	knots := knit(peaks)
	i0, i1, j0, j1 := 0, 0, 0, 0
	for _, k := range knots {
		i0, i1, j0, j1 = min(i0, k.i), max(i1, k.i), min(j0, k.j), max(j1, k.j)
	}
	if i1-i0 < 3 || j1-j0 < 3 || i1-i0 > 40 || j1-j0 > 40 {
		return nil
	}
	span := min(25, max(i1-i0, j1-j0)+1)
	// Start from the affine map that fits best.
	var a [9][10]float64
	for _, k := range knots {
		row := [6]float64{float64(k.i - i0), float64(k.j - j0), 1, 0, 0, 0}
		for r := range 3 {
			for c := range 3 {
				a[r][c] += row[r] * row[c]
				a[r+3][c+3] += row[r] * row[c]
			}
			a[r][9] += row[r] * k.x
			a[r+3][9] += row[r] * k.y
		}
	}
	x, ok := solvePivot(&a, 6)
	if !ok {
		return nil
	}
	n := float64(span - 1)
	spec := grid.Spec{Size: span, Width: img.Cols(), Height: img.Rows(), K1: f.rough.Spec().K1}
	for c, uv := range [4][2]float64{{0, 0}, {n, 0}, {n, n}, {0, n}} {
		spec.Corners[c] = f.pixel(x[0]*uv[0]+x[1]*uv[1]+x[2], x[3]*uv[0]+x[4]*uv[1]+x[5])
	}
	g, err := grid.New(spec)
	if err != nil {
		return nil
	}
	var seen []sight
	for _, k := range knots {
		seen = append(seen, sight{u: float64(k.i - i0), v: float64(k.j - j0), p: f.pixel(k.x, k.y), weight: k.p})
	}
	g = fitPose(g, seen, false, 0.5, 10)
	g = fitPose(g, seen, true, 0.2, 10)
	// Every peak near a place of the lattice counts, reached or not.
	seen = seen[:0]
	for _, k := range peaks {
		p := f.pixel(k.x, k.y)
		u, v := g.Board(p)
		ru, rv := math.Round(u), math.Round(v)
		if math.Hypot(u-ru, v-rv) < 0.3 && math.Abs(ru) <= 30 && math.Abs(rv) <= 30 {
			seen = append(seen, sight{u: ru, v: rv, p: p, weight: k.p})
		}
	}
	if len(seen) < 9 {
		return nil
	}
	g = fitPose(g, seen, true, 0.15, 10)
	return &lattice{g: g, span: span}
}

// anchors are the peaks that lie on crossings of g, at little weight: a peak is
// less exact than a line.
func (f *flat) anchors(g *grid.Grid) []sight {
	n := float64(g.Size() - 1)
	var out []sight
	for _, k := range f.peaks() {
		p := f.pixel(k.x, k.y)
		u, v := g.Board(p)
		ru, rv := math.Round(u), math.Round(v)
		if ru < 0 || rv < 0 || ru > n || rv > n || math.Hypot(u-ru, v-rv) > 0.3 {
			continue
		}
		out = append(out, sight{u: ru, v: rv, p: p, weight: 0.2 * k.p})
	}
	return out
}
