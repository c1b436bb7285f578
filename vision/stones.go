package vision

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"

	"gocv.io/x/gocv"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/reading"
)

// Reader reads the stones of one board. It learns the look of the set and the
// light from the pictures it is given, so a Reader belongs to one board, and to
// one goroutine at a time. The same pictures in the same order give
// the same readings.
//
// The board is rectified with its pose (canvas), a small network turns what
// surrounds each crossing into a vector, and the vectors are judged against
// what empty, black and white look like on this very board, and together with
// their neighbours: a stone between two crossings belongs to one of them. This
// is done in four ways and averaged: what is really there looks the same
// mirrored, shifted a little, darker or brighter; the network's mistakes do not.
// It halves the errors on boards that the network was not trained on.
type Reader struct {
	n      int
	canvas canvas
	grid   *grid.Grid // turned so that what is high appears further up
	turn   int        // quarter turns from the caller's grid to that one
	wood   [3]float64 // the board's reference colour

	looks   [len(ways)]opinion
	learned bool

	scratch nearScratch
	in      []float32
	lean    []float32
}

// way is a way of looking at the canvas.
type way struct {
	mirrored bool
	dx, dy   int     // pixels by which the canvas is moved first, right and down
	gamma    float64 // exponent of brightness: below 1 the darks are raised
}

// ways are those that together read boards best that the network was not
// trained on; which shift goes with which gamma and mirror matters little.
// train/stones/train.py has the same.
var ways = [...]way{
	{dx: 1, gamma: 0.75},
	{mirrored: true, dx: -1, gamma: 1.33},
	{dy: 1, gamma: 1.33},
	{mirrored: true, dy: -1, gamma: 0.75},
}

// opinion is the result of one way of looking at the board. Its columns count
// from the right where it is mirrored.
type opinion struct {
	way
	log  [256]float64        // of grey levels as this way sees them
	tone [netIn][256]float32 // the same, relative to the wood's: what the network is shown

	// What is made of the present picture, fresh where computed: near vectors
	// with a ring of one crossing around the board, vectors of the board, and
	// thoughts with a ring of zeros.
	near, vector, thought                []float32
	nearFresh, vectorFresh, thoughtFresh []bool

	known  prototypes // this board's
	weight [3]float32 // points that they rest on
}

func newOpinion(n int, w way) opinion {
	o := opinion{
		way:  w,
		near: make([]float32, (n+2)*(n+2)*netNear), nearFresh: make([]bool, (n+2)*(n+2)),
		vector: make([]float32, n*n*netVector), vectorFresh: make([]bool, n*n),
		thought: make([]float32, (n+2)*(n+2)*netHidden), thoughtFresh: make([]bool, n*n),
	}
	for i := range o.log {
		o.log[i] = w.logLevel(float64(i))
	}
	return o
}

// logLevel returns the logarithm of a grey level as this way sees it.
func (w way) logLevel(v float64) float64 {
	const offset = 10 // keeps the noise of the dark small
	return math.Log(255*math.Pow(v/255, w.gamma) + offset)
}

// NewReader returns a Reader that has seen nothing yet.
func NewReader() *Reader { return &Reader{} }

// Reset forgets the board, as after the camera was turned to another.
func (r *Reader) Reset() { *r = Reader{} }

// Read returns the evidence of all points of the board that g finds in the
// BGR picture img, row by row from the top left, and learns from them.
func (r *Reader) Read(img gocv.Mat, g *grid.Grid) ([]reading.Evidence, error) {
	net, err := loadStoneNet()
	if err != nil {
		return nil, err
	}
	if err := r.begin(img, g); err != nil {
		return nil, err
	}
	for i := range r.looks {
		o := &r.looks[i]
		for y := range r.n {
			r.look(net, o, 0, r.n, y)
		}
		o.learn(net, r.n)
		for y := range r.n {
			o.think(net, r.n, 0, r.n, y)
		}
	}
	r.learned = true
	out := make([]reading.Evidence, 0, r.n*r.n)
	for y := range r.n {
		for x := range r.n {
			out = append(out, r.judge(net, board.Point{X: int8(x), Y: int8(y)}))
		}
	}
	return out, nil
}

// ReadPoints returns the evidence of some points only, in their order, at a
// cost that grows with their number. What the Reader knows of the board is
// what Read last taught it; before the first Read it reads the whole board.
func (r *Reader) ReadPoints(img gocv.Mat, g *grid.Grid, pts []board.Point) ([]reading.Evidence, error) {
	if g == nil {
		return nil, errNoGrid
	}
	n := g.Size()
	for _, p := range pts {
		if p.X < 0 || p.Y < 0 || int(p.X) >= n || int(p.Y) >= n {
			return nil, fmt.Errorf("point (%d, %d) is not on a board of %d lines", p.X, p.Y, n)
		}
	}
	if len(pts) == 0 {
		return nil, nil
	}
	out := make([]reading.Evidence, len(pts))
	if !r.learned || r.n != n {
		all, err := r.Read(img, g)
		if err != nil {
			return nil, err
		}
		for i, p := range pts {
			out[i] = all[int(p.Y)*n+int(p.X)]
		}
		return out, nil
	}
	net, err := loadStoneNet()
	if err != nil {
		return nil, err
	}
	if err := r.begin(img, g); err != nil {
		return nil, err
	}
	want := make([]bool, n*n)
	for _, p := range pts {
		x, y := r.turned(p)
		want[y*n+x] = true
	}
	for y := range n {
		for x, end := range runs(want[y*n:(y+1)*n], true, 0, n) {
			// Its neighbours are asked as well.
			x, end := max(0, x-1), min(n, end+1)
			for row := max(0, y-1); row <= min(n-1, y+1); row++ {
				for i := range r.looks {
					o := &r.looks[i]
					x, end := x, end
					if o.mirrored {
						x, end = n-end, n-x
					}
					r.look(net, o, x, end, row)
					o.think(net, n, x, end, row)
				}
			}
		}
	}
	for i, p := range pts {
		out[i] = r.judge(net, p)
	}
	return out, nil
}

// runs yields the ends [x, end) of the runs of is in row[x0:x1].
func runs(row []bool, is bool, x0, x1 int) iter.Seq2[int, int] {
	return func(yield func(int, int) bool) {
		for x := x0; x < x1; x++ {
			if row[x] != is {
				continue
			}
			end := x + 1
			for end < x1 && row[end] == is {
				end++
			}
			if !yield(x, end) {
				return
			}
			x = end
		}
	}
}

var errNoGrid = errors.New("reading stones needs a grid")

// begin takes up a picture.
func (r *Reader) begin(img gocv.Mat, g *grid.Grid) error {
	if g == nil {
		return errNoGrid
	}
	n := g.Size()
	if r.n != n {
		*r = Reader{n: n, lean: make([]float32, 2*n)}
		for i := range r.looks {
			r.looks[i] = newOpinion(n, ways[i])
		}
	}
	m := float64(n-1) / 2
	du, dv := lean(g, m, m)
	r.turn = 0
	for q, up := range []float64{-dv, du, dv, -du} {
		if up > []float64{-dv, du, dv, -du}[r.turn] {
			r.turn = q
		}
	}
	t, err := g.Rotate(r.turn)
	if err != nil {
		return fmt.Errorf("reading stones: %w", err)
	}
	r.grid = t
	if err := r.canvas.begin(img, t); err != nil {
		return err
	}
	r.measureWood()
	for i := range r.looks {
		r.looks[i].begin(r.wood)
	}
	return nil
}

// lean returns how far one column pitch of height displaces things at (u, v),
// in lines.
func lean(g *grid.Grid, u, v float64) (du, dv float64) {
	const h = 0.4
	a, b := g.Board(g.At(u, v, h))
	return (a - u) / h, (b - v) / h
}

// turned returns where a point of the caller's board lies on the turned one.
func (r *Reader) turned(p board.Point) (x, y int) {
	x, y = int(p.X), int(p.Y)
	for range r.turn {
		x, y = y, r.n-1-x
	}
	return x, y
}

// measureWood takes as the board's colour the median over the middles of the
// cells, where stones cover least, leaving out those that are less than half
// as bright as the brighter quarter: black stones and their shadows.
func (r *Reader) measureWood() {
	var pix [][3]uint8
	var bright []int
	for y := range r.n - 1 {
		for x := range r.n - 1 {
			s := r.canvas.corner(x+canvasRing+1, y+canvasRing+1)
			pix = append(pix, s)
			bright = append(bright, int(s[0])+int(s[1])+int(s[2]))
		}
	}
	sorted := slices.Sorted(slices.Values(bright))
	upper := sorted[len(sorted)*3/4]
	var v [3][]uint8
	for i, s := range pix {
		if 2*bright[i] >= upper {
			for c := range v {
				v[c] = append(v[c], s[c])
			}
		}
	}
	for c := range v {
		slices.Sort(v[c])
		k := len(v[c])
		r.wood[c] = (float64(v[c][(k-1)/2]) + float64(v[c][k/2])) / 2
	}
}

// begin takes up a picture on whose board the wood has a colour.
func (o *opinion) begin(wood [netIn]float64) {
	clear(o.nearFresh)
	clear(o.vectorFresh)
	clear(o.thoughtFresh)
	for c := range o.tone {
		ref := o.logLevel(wood[c])
		for i, l := range o.log {
			o.tone[c][i] = float32(l - ref)
		}
	}
}

// look ensures that the vectors of crossings x0 to x1−1 of row y of the turned
// board, as o counts them, are computed.
func (r *Reader) look(net *stoneNet, o *opinion, x0, x1, y int) {
	w := r.n + 2
	fresh := o.vectorFresh[y*r.n : (y+1)*r.n]
	for x0, x1 := range runs(fresh, false, x0, x1) {
		for row := y; row < y+3; row++ { // of near, one beyond the board's
			for x, end := range runs(o.nearFresh[row*w:(row+1)*w], false, x0, x1+2) {
				r.lookNear(net, o, x, end, row)
			}
		}
		for x := x0; x < x1; x++ {
			fresh[x] = true
			u, side := x, float32(1)
			if o.mirrored {
				u, side = r.n-1-x, -1
			}
			du, dv := lean(r.grid, float64(u), float64(y))
			r.lean[2*(x-x0)], r.lean[2*(x-x0)+1] = side*float32(du), float32(dv)
		}
		net.vectorsRow(o.near[(y*w+x0)*netNear:], w*netNear, r.lean, o.vector[(y*r.n+x0)*netVector:], x1-x0)
	}
}

// lookNear computes near vectors x0 to x1−1 of a row, both counted with the
// ring of one.
func (r *Reader) lookNear(net *stoneNet, o *opinion, x0, x1, row int) {
	const reach = netSight / 2
	left := (x0-1+canvasRing)*cellPixels + cellPixels/2 - reach
	right := (x1-2+canvasRing)*cellPixels + cellPixels/2 + reach + 1
	top := (row-1+canvasRing)*cellPixels + cellPixels/2 - reach - o.dy
	first, step := left-o.dx, netIn
	if o.mirrored { // a crossing's pixel stays one: x becomes side − x
		first, step = r.canvas.side-left-o.dx, -netIn
		r.canvas.show(r.canvas.side-right+1-o.dx, top, first+1, top+netSight)
	} else {
		r.canvas.show(first, top, right-o.dx, top+netSight)
	}
	width := (right - left) * netIn
	r.in = grow(r.in, netSight*width)
	for y := range netSight {
		src := ((top+y)*r.canvas.side + first) * netIn
		dst := r.in[y*width : (y+1)*width]
		for i := 0; i < width; i += netIn {
			p := r.canvas.pix[src : src+netIn]
			dst[i] = o.tone[0][p[0]]
			dst[i+1] = o.tone[1][p[1]]
			dst[i+2] = o.tone[2][p[2]]
			src += step
		}
	}
	w := r.n + 2
	net.nearRow(&r.scratch, r.in, x1-x0, o.near[(row*w+x0)*netNear:])
	for x := x0; x < x1; x++ {
		o.nearFresh[row*w+x] = true
	}
}

const (
	usualWeight = 2 // points that the usual look of a state is worth
	memory      = 4 // and what was seen in earlier pictures, at most
)

// learn works out what empty, black and white look like on this board, from
// the first opinions on a whole picture and what was known before.
func (o *opinion) learn(net *stoneNet, n int) {
	var sum [3][netVector]float64
	var count [3]float64
	for i := range n * n {
		v := o.vector[i*netVector : (i+1)*netVector]
		p := net.firstOpinion(v)
		for c := range sum {
			count[c] += float64(p[c])
			for k, x := range v {
				sum[c][k] += float64(p[c]) * float64(x)
			}
		}
	}
	for c := range sum {
		before := float64(min(memory, o.weight[c]))
		for k := range sum[c] {
			o.known[c][k] = float32((sum[c][k] + usualWeight*float64(net.usual[c][k]) + before*float64(o.known[c][k])) /
				(count[c] + usualWeight + before))
		}
		o.weight[c] = float32(min(memory, count[c]+before))
	}
}

// think ensures that the thoughts of crossings x0 to x1−1 of row y are computed,
// from their vectors.
func (o *opinion) think(net *stoneNet, n, x0, x1, y int) {
	for x := x0; x < x1; x++ {
		if k := y*n + x; !o.thoughtFresh[k] {
			o.thoughtFresh[k] = true
			at := ((y+1)*(n+2) + x + 1) * netHidden
			net.think(o.vector[k*netVector:(k+1)*netVector], &o.known, o.thought[at:at+netHidden])
		}
	}
}

// judge returns the evidence of a point of the caller's board, whose
// thoughts and its neighbours' have been computed. What lies outside the picture is hidden.
func (r *Reader) judge(net *stoneNet, p board.Point) reading.Evidence {
	x, y := r.turned(p)
	u, v := float64(x), float64(y)
	at, slack := r.grid.At(u, v, canvasHeight), 0.25*r.grid.Cell(u, v)
	if !(at.X > -slack && at.X < float64(r.canvas.w)+slack && at.Y > -slack && at.Y < float64(r.canvas.h)+slack) {
		return reading.Hidden
	}
	var mean [netClass]float64
	for i := range r.looks {
		o := &r.looks[i]
		column := x
		if o.mirrored {
			column = r.n - 1 - x
		}
		w := r.n + 2
		for s, l := range logSoftmax(net.lastOpinion(o.thought[(y*w+column)*netHidden:], w*netHidden)) {
			mean[s] += l / float64(len(r.looks))
		}
	}
	return reading.NewEvidence(net.logLik(mean))
}
