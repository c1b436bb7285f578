package vision

import (
	"fmt"
	"math"
	"sort"

	"gocv.io/x/gocv"

	"github.com/gobancam/gobancam/internal/grid"
)

// The flat view: the board laid square by a rough grid, for the fine network.
const (
	flatSide   = 320
	flatEdge   = 40 // around the rough board
	flatBoard  = flatSide - 2*flatEdge
	flatStride = 2 // of the crossing planes
)

// flat is the fine network's look at the flat view of a board.
type flat struct {
	rough *grid.Grid // what it was laid out by; its whole side is flatBoard

	crossing, border, corner heat // stride 2
	inside                   heat // stride 4
}

// lay takes the board flat by a rough grid and looks at it.
func lay(img gocv.Mat, rough *grid.Grid) (*flat, error) {
	n := float64(rough.Size() - 1)
	// Averaged to the view's scale first, so that nothing is skipped.
	c := rough.Corners()
	area := 0.0
	for i := range c {
		d := c[(i+1)%4]
		area += (c[i].X*d.Y - c[i].Y*d.X) / 2
	}
	src, sx, sy := img, 1.0, 1.0
	if shrink := math.Sqrt(math.Abs(area)) / flatBoard; shrink > 1.3 {
		w := max(1, int(math.Round(float64(img.Cols())*1.15/shrink)))
		h := max(1, int(math.Round(float64(img.Rows())*1.15/shrink)))
		small, err := resized(img, w, h)
		if err != nil {
			return nil, err
		}
		defer small.Close()
		src = small
		sx, sy = float64(w)/float64(img.Cols()), float64(h)/float64(img.Rows())
	}
	mx := gocv.NewMatWithSize(flatSide, flatSide, gocv.MatTypeCV32F)
	defer mx.Close()
	my := gocv.NewMatWithSize(flatSide, flatSide, gocv.MatTypeCV32F)
	defer my.Close()
	xs, err := mx.DataPtrFloat32()
	if err != nil {
		return nil, fmt.Errorf("flat view: %w", err)
	}
	ys, err := my.DataPtrFloat32()
	if err != nil {
		return nil, fmt.Errorf("flat view: %w", err)
	}
	// Straight between every eighth pixel: the map bends far less than that.
	const every = 8
	var knots [flatSide/every + 1][flatSide/every + 1]grid.Pt
	for j := range knots {
		for i := range knots[j] {
			p := rough.At(float64(i*every-flatEdge)/flatBoard*n, float64(j*every-flatEdge)/flatBoard*n, 0)
			knots[j][i] = grid.Pt{X: clampTo((p.X+0.5)*sx-0.5, 1e5), Y: clampTo((p.Y+0.5)*sy-0.5, 1e5)}
		}
	}
	for y := range flatSide {
		j, fy := y/every, float64(y%every)/every
		for x := range flatSide {
			i, fx := x/every, float64(x%every)/every
			top := knots[j][i].Scale(1 - fx).Add(knots[j][i+1].Scale(fx))
			low := knots[j+1][i].Scale(1 - fx).Add(knots[j+1][i+1].Scale(fx))
			p := top.Scale(1 - fy).Add(low.Scale(fy))
			xs[y*flatSide+x], ys[y*flatSide+x] = float32(p.X), float32(p.Y)
		}
	}
	view := gocv.NewMat()
	defer view.Close()
	if err := gocv.Remap(src, &view, &mx, &my, gocv.InterpolationLinear, gocv.BorderConstant, black); err != nil {
		return nil, fmt.Errorf("flat view: %w", err)
	}
	in, err := planes(view)
	if err != nil {
		return nil, err
	}
	const coarse, fine = flatSide / surveyStride, flatSide / flatStride
	out, err := fineNet.run(in, 3, flatSide, flatSide, 13*coarse*coarse)
	if err != nil {
		return nil, err
	}
	f := &flat{rough: rough}
	for k, m := range []*heat{&f.crossing, &f.border, &f.corner} {
		*m = heat{fine, fine, make([]float32, fine*fine)}
		for q := range 4 {
			part := out[(4*k+q)*coarse*coarse:]
			for y := range coarse {
				for x := range coarse {
					m.p[(2*y+q/2)*fine+2*x+q%2] = sigmoid(part[y*coarse+x])
				}
			}
		}
	}
	f.inside = heat{coarse, coarse, out[12*coarse*coarse:]}
	for i, v := range f.inside.p {
		f.inside.p[i] = sigmoid(v)
	}
	return f, nil
}

func clampTo(x, limit float64) float64 {
	if !(x > -limit) {
		return -limit
	}
	return min(x, limit)
}

// pixel returns the picture's pixel that a pixel of the crossing planes shows.
func (f *flat) pixel(x, y float64) grid.Pt {
	n := float64(f.rough.Size() - 1)
	to := func(a float64) float64 { return ((a+0.5)*flatStride - 0.5 - flatEdge) / flatBoard * n }
	return f.rough.At(to(x), to(y), 0)
}

// place is the inverse of pixel.
func (f *flat) place(p grid.Pt) (x, y float64) {
	n := float64(f.rough.Size() - 1)
	u, v := f.rough.Board(p)
	to := func(a float64) float64 { return (a/n*flatBoard+flatEdge+0.5)/flatStride - 0.5 }
	return to(u), to(v)
}

// peak is a likely crossing in the flat view.
type peak struct{ x, y, p float64 }

// peaks are the local maxima of the crossing plane, to a part of a pixel.
func (f *flat) peaks() []peak {
	m := &f.crossing
	var out []peak
	for y := 1; y < m.h-1; y++ {
		for x := 1; x < m.w-1; x++ {
			c := m.get(x, y)
			if c < 0.2 {
				continue
			}
			l, r, u, d := m.get(x-1, y), m.get(x+1, y), m.get(x, y-1), m.get(x, y+1)
			if c < l || c <= r || c < u || c <= d ||
				c < m.get(x-1, y-1) || c <= m.get(x+1, y+1) || c < m.get(x+1, y-1) || c <= m.get(x-1, y+1) {
				continue
			}
			out = append(out, peak{float64(x) + summit(l, c, r), float64(y) + summit(u, c, d), c})
		}
	}
	return out
}

// summit is where a parabola through the logarithms of three values at -1, 0
// and 1 is highest.
func summit(a, b, c float64) float64 {
	la, lb, lc := math.Log(a+1e-4), math.Log(b+1e-4), math.Log(c+1e-4)
	if d := la - 2*lb + lc; d < 0 {
		return max(-0.5, min(0.5, (la-lc)/(2*d)))
	}
	return 0
}

// knot is a peak with its place in a lattice whose origin means nothing.
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
	const bin = 8
	bins := map[[2]int][]int{}
	for i, p := range peaks {
		b := [2]int{int(p.x) / bin, int(p.y) / bin}
		bins[b] = append(bins[b], i)
	}
	near := func(x, y, r float64) int {
		best, at := r*r, -1
		for by := int(y-r) / bin; by <= int(y+r)/bin; by++ {
			for bx := int(x-r) / bin; bx <= int(x+r)/bin; bx++ {
				for _, i := range bins[[2]int{bx, by}] {
					dx, dy := peaks[i].x-x, peaks[i].y-y
					if d := dx*dx + dy*dy; d < best {
						best, at = d, i
					}
				}
			}
		}
		return at
	}
	type grown struct {
		knot
		index  int
		ax, ay float64 // step to the right
		bx, by float64 // step down
	}
	seeds := make([]int, len(peaks))
	for i := range seeds {
		seeds[i] = i
	}
	sort.Slice(seeds, func(a, b int) bool { return peaks[seeds[a]].p > peaks[seeds[b]].p })
	var best []knot
	covered := make([]bool, len(peaks))
	tried := 0
	for _, s := range seeds {
		if covered[s] || tried == 16 {
			continue
		}
		tried++
		used := make([]bool, len(peaks))
		taken := map[[2]int]bool{{0, 0}: true}
		used[s] = true
		queue := []grown{{knot{0, 0, peaks[s]}, s, sx, 0, 0, sy}}
		for q := 0; q < len(queue); q++ {
			c := queue[q]
			for d := range 4 {
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
				k := near(c.x+sign*x, c.y+sign*y, 0.3*math.Hypot(x, y))
				if k < 0 || used[k] {
					continue
				}
				n := grown{knot{i, j, peaks[k]}, k, c.ax, c.ay, c.bx, c.by}
				fx, fy := sign*(n.x-c.x), sign*(n.y-c.y)
				if d < 2 {
					n.ax, n.ay = (n.ax+fx)/2, (n.ay+fy)/2
				} else {
					n.bx, n.by = (n.bx+fx)/2, (n.by+fy)/2
				}
				used[k] = true
				taken[[2]int{i, j}] = true
				queue = append(queue, n)
			}
		}
		for _, n := range queue {
			covered[n.index] = true
		}
		if len(queue) > len(best) {
			best = best[:0]
			for _, n := range queue {
				best = append(best, n.knot)
			}
		}
		if 2*len(best) > len(peaks) {
			break
		}
	}
	return best
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

// window is a choice of the lattice's lines as the board's.
type window struct {
	i0, j0, size int
	score        float64 // twice the log-likelihood, up to a constant
}

// unseen is what a crossing outside the picture says: boards are mostly shown
// whole.
const unseen = -1

// most is how many lines each way a table has.
const most = 31

// node is what the fine network saw at one place of a lattice: probabilities.
type node struct {
	seen                  bool // it lies in the picture and in the flat view
	beyond                bool // it lies in the picture, but not in the flat view
	cross, border, corner float64
	right, down           float64 // what the pieces of line to the next nodes say for being on the board
}

// table is what was seen at the places of a lattice, from its line lo on.
type table struct {
	lo    int
	nodes [most][most]node
}

func (t *table) at(i, j int) *node {
	i, j = i-t.lo, j-t.lo
	if i < 0 || j < 0 || i >= most || j >= most {
		return nil
	}
	return &t.nodes[j][i]
}

// table looks the places of a lattice up in the flat view.
func (f *flat) table(l *lattice) *table {
	t := &table{lo: l.span/2 - most/2}
	spec := l.g.Spec()
	for j := range most {
		for i := range most {
			u, v := float64(t.lo+i), float64(t.lo+j)
			p := l.g.At(u, v, 0)
			if !(p.X >= 0 && p.Y >= 0 && p.X <= float64(spec.Width-1) && p.Y <= float64(spec.Height-1)) {
				continue
			}
			if qu, qv := l.g.Board(p); math.Hypot(qu-u, qv-v) > 0.1 {
				continue // behind the camera, or beyond the lens
			}
			x, y := f.place(p)
			if !(x >= 0 && y >= 0 && x <= float64(f.crossing.w-1) && y <= float64(f.crossing.h-1)) {
				t.nodes[j][i].beyond = true
				continue
			}
			px, py := f.place(l.g.At(u+0.5, v, 0))
			r := max(1, 0.5*math.Hypot(px-x, py-y))
			t.nodes[j][i] = node{
				seen:   true,
				cross:  f.crossing.best(x, y, r),
				border: f.border.best(x, y, r),
				corner: f.corner.best(x, y, r),
			}
		}
	}
	return t
}

// reach returns the square of the lattice that the clear crossings span, if
// they go on where the flat view ends, and nil if the view shows them all.
func (t *table) reach(l *lattice) *grid.Grid {
	var rows, columns [most]int
	var open [4]int // clear crossings at the view's left, right, upper and lower end
	for j := 1; j < most-1; j++ {
		for i := 1; i < most-1; i++ {
			if !(t.nodes[j][i].cross > 0.5) {
				continue
			}
			rows[j]++
			columns[i]++
			for k, n := range [4]*node{&t.nodes[j][i-1], &t.nodes[j][i+1], &t.nodes[j-1][i], &t.nodes[j+1][i]} {
				if n.beyond {
					open[k]++
				}
			}
		}
	}
	const few = 3
	if max(open[0], open[1], open[2], open[3]) < few {
		return nil
	}
	span := func(count *[most]int) (lo, hi int) {
		lo, hi = most, -1
		for i, n := range count {
			if n >= few {
				lo, hi = min(lo, i), max(hi, i)
			}
		}
		return lo, hi
	}
	i0, i1 := span(&columns)
	j0, j1 := span(&rows)
	if i1-i0 < few || j1-j0 < few {
		return nil
	}
	// What is not in view may be as much again as the view has around.
	more := func(lo, hi *int, low, high int) {
		by := (*hi - *lo + 5) / 6
		if low >= few {
			*lo -= by
		}
		if high >= few {
			*hi += by
		}
	}
	more(&i0, &i1, open[0], open[1])
	more(&j0, &j1, open[2], open[3])
	// A board is square: the shorter way lacks what is not in view.
	widen := func(lo, hi *int, by, low, high int) {
		switch {
		case low < few && high >= few:
			*hi += by
		case high < few && low >= few:
			*lo -= by
		default:
			*lo -= by / 2
			*hi += by - by/2
		}
	}
	if w, h := i1-i0, j1-j0; w < h {
		widen(&i0, &i1, h-w, open[0], open[1])
	} else {
		widen(&j0, &j1, w-h, open[2], open[3])
	}
	g, err := l.cut(window{i0: t.lo + i0, j0: t.lo + j0, size: i1 - i0 + 1})
	if err != nil {
		return nil
	}
	return g
}

// lines looks for the printed lines between the nodes of the table.
func (t *table) lines(l *lattice, k *ink) {
	say := func(s stroke) float64 {
		switch {
		case !s.seen:
			return 0
		case !s.found:
			return -0.25 // stones hide lines
		case math.Abs(s.offset) < 0.12:
			return 1.2
		}
		return 0
	}
	for j := range most {
		for i := range most {
			u, v := float64(t.lo+i), float64(t.lo+j)
			n := &t.nodes[j][i]
			if i+1 < most && n.seen && t.nodes[j][i+1].seen {
				n.right = say(k.look(l.g, u+0.5, v, true, 0.25))
			}
			if j+1 < most && n.seen && t.nodes[j+1][i].seen {
				n.down = say(k.look(l.g, u, v+0.5, false, 0.25))
			}
		}
	}
}

// halved returns the lattice of every other line each way, if the printed lines
// say that those between do not exist: wide cells of an empty board can be
// taken for two.
func (l *lattice) halved(t *table) *lattice {
	which := func(piece func(*node) float64, line func(i, j int) int) (parity int, ok bool) {
		var seen, found [2]float64
		for j := range most {
			for i := range most {
				p := (line(i, j) + t.lo) & 1
				switch x := piece(&t.nodes[j][i]); {
				case x > 0:
					found[p]++
					seen[p]++
				case x < 0:
					seen[p]++
				}
			}
		}
		if seen[0] < 16 || seen[1] < 16 {
			return 0, false
		}
		a, b := found[0]/seen[0], found[1]/seen[1]
		if b > a {
			a, b, parity = b, a, 1
		}
		if !(a > 0.4 && b < 0.2*a) {
			return 0, false
		}
		return parity, true
	}
	v0, rows := which(func(n *node) float64 { return n.right }, func(_, j int) int { return j })
	u0, columns := which(func(n *node) float64 { return n.down }, func(i, _ int) int { return i })
	if !rows && !columns {
		return nil
	}
	spec := l.g.Spec()
	spec.Size, spec.Focal = max(2, l.span/2), 0
	step := func(halve bool) float64 {
		if halve {
			return 2 * float64(spec.Size-1)
		}
		return float64(spec.Size - 1)
	}
	u, v, du, dv := float64(u0), float64(v0), step(columns), step(rows)
	spec.Corners = [4]grid.Pt{l.g.At(u, v, 0), l.g.At(u+du, v, 0), l.g.At(u+du, v+dv, 0), l.g.At(u, v+dv, 0)}
	g, err := grid.New(spec)
	if err != nil {
		return nil
	}
	return &lattice{g: g, span: spec.Size}
}

// frame weighs every choice of the lattice's lines as the board's, for boards
// of the given sizes, and returns them best first.
func (t *table) frame(sizes []int) []window {
	// What each node says when it is on the board, on its border, a corner,
	// against when it is not; summed up to the left and above.
	type sums [most + 1][most + 1]float64
	var cross, border, corner, right, down, seen sums
	for j := range most {
		for i := range most {
			c := &t.nodes[j][i]
			add := func(s *sums, v float64) {
				s[j+1][i+1] = v + s[j][i+1] + s[j+1][i] - s[j][i]
			}
			if c.seen {
				add(&cross, logit(c.cross))
			} else {
				add(&cross, unseen)
			}
			if c.seen {
				add(&border, logit(c.border))
				add(&corner, 2*logit(c.corner))
			} else {
				add(&border, 0)
				add(&corner, 0)
			}
			if c.seen {
				add(&seen, 1)
			} else {
				add(&seen, 0)
			}
			add(&right, c.right)
			add(&down, c.down)
		}
	}
	box := func(s *sums, i0, j0, i1, j1 int) float64 { // half open
		return s[j1][i1] - s[j0][i1] - s[j1][i0] + s[j0][i0]
	}
	var out []window
	for _, n := range sizes {
		for j0 := 0; j0+n <= most; j0++ {
			for i0 := 0; i0+n <= most; i0++ {
				i1, j1 := i0+n, j0+n
				if box(&seen, i0, j0, i1, j1) < 0.4*float64(n*n) {
					continue
				}
				score := box(&cross, i0, j0, i1, j1) +
					box(&right, i0, j0, i1-1, j1) + box(&down, i0, j0, i1, j1-1) +
					box(&border, i0, j0, i1, j1) - box(&border, i0+1, j0+1, i1-1, j1-1)
				for _, q := range [4][2]int{{i0, j0}, {i1 - 1, j0}, {i0, j1 - 1}, {i1 - 1, j1 - 1}} {
					score += box(&corner, q[0], q[1], q[0]+1, q[1]+1)
				}
				out = append(out, window{t.lo + i0, t.lo + j0, n, score})
			}
		}
	}
	sort.Slice(out, func(a, b int) bool { return out[a].score > out[b].score })
	return out
}

// logit bounds what one place can say.
func logit(p float64) float64 {
	return max(-3, min(3, math.Log((p+1e-4)/(1-p+1e-4))))
}

// cut makes the board's grid of a window of the lattice.
func (l *lattice) cut(w window) (*grid.Grid, error) {
	spec := l.g.Spec()
	spec.Size, spec.Focal = w.size, 0
	n := float64(w.size - 1)
	u, v := float64(w.i0), float64(w.j0)
	spec.Corners = [4]grid.Pt{l.g.At(u, v, 0), l.g.At(u+n, v, 0), l.g.At(u+n, v+n, 0), l.g.At(u, v+n, 0)}
	return grid.New(spec)
}
