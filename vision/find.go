package vision

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"math"

	"gocv.io/x/gocv"

	"github.com/gobancam/gobancam/internal/grid"
)

// FindOptions narrow what Find looks for. The zero value looks for any board.
type FindOptions struct {
	Size int        // lines per side; 0 tells the sizes that boards have apart (Sizes)
	Near *grid.Grid // where the board was before, if that is known: tried first
}

// Found is a board in a picture.
type Found struct {
	// Grid has its corners clockwise from the one nearest the picture's top
	// left, since a picture does not say which side is up, unless the caller
	// gave a grid whose turn it keeps.
	Grid *grid.Grid
	// Confidence is the probability that all four corner crossings are right
	// within a quarter of the line spacing, the number of lines included.
	Confidence float64
	// Fit is the median distance of the visible pieces of line from the
	// grid, in cells; 1 when no line is visible.
	Fit float64
	// Lines is the number of pieces of line between two crossings that Fit
	// was measured on.
	Lines int

	evidence evidence
}

// Clear is the Confidence at which Find stops: on a board that is likelier right
// than wrong, a second look has never been seen to help.
const Clear = 0.6

// ErrNoBoard is wrapped by the errors of Find and Snap when there is nothing
// in the picture that looks like a board.
var ErrNoBoard = errors.New("no board was found in the picture")

var black = color.RGBA{A: 255}

func sizeOf(w, h int) image.Point { return image.Pt(w, h) }

// smallestPicture is the least width and height in which a board is looked
// for: with fewer pixels a 9×9 board has no lines left.
const smallestPicture = 48

func checkPicture(img gocv.Mat) error {
	if img.Empty() || img.Cols() < smallestPicture || img.Rows() < smallestPicture {
		return fmt.Errorf("a picture of %d×%d pixels is too small for a board: %w", img.Cols(), img.Rows(), ErrNoBoard)
	}
	if img.Type() != gocv.MatTypeCV8UC3 {
		return fmt.Errorf("a board is looked for in BGR pictures of 8 bits, not in type %v", img.Type())
	}
	return nil
}

// Find looks for the board in a BGR picture. It returns the best explanation
// that it has with an honest Confidence, and ErrNoBoard when it has none.
func Find(img gocv.Mat, opt FindOptions) (Found, error) {
	if err := checkPicture(img); err != nil {
		return Found{}, err
	}
	if max(img.Cols(), img.Rows()) > enough {
		return inSmall(img, opt.Near, func(small gocv.Mat, near *grid.Grid) (Found, error) {
			opt.Near = near
			return Find(small, opt)
		})
	}
	sizes := Sizes
	if opt.Size != 0 {
		sizes = []int{opt.Size}
	}
	s, err := takeSurvey(img)
	if err != nil {
		return Found{}, err
	}
	var best Found
	for _, rough := range s.proposals(img, opt.Near) {
		f, err := settle(img, rough, sizes, s)
		if err != nil {
			return Found{}, err
		}
		best = best.orBetter(f)
		if best.Confidence > Clear {
			break
		}
	}
	if best.Grid == nil {
		return Found{}, fmt.Errorf("%w: nothing looks like nine or more evenly spaced lines each way; show the whole board, in focus", ErrNoBoard)
	}
	if best.Grid, err = upright(best.Grid); err != nil {
		return Found{}, err
	}
	return best, nil
}

// Sizes are the numbers of lines that Find tells apart by itself.
var Sizes = []int{19, 13, 9, 17, 15, 11, 7}

// plain is the Confidence from which on no rival is looked at.
const plain = 0.9

// orBetter returns the likelier of two, f unless there is another.
func (f Found) orBetter(other Found) Found {
	if other.Grid != nil && (f.Grid == nil || other.evidence.likelihood() > f.evidence.likelihood()) {
		return other
	}
	return f
}

// enough is the width or height beyond which more pixels cost time and say no
// more about where a board is: a line is still a pixel wide.
const enough = 1600

// inSmall calls look on a shrunken copy of the picture, with the large picture's
// grid (or nil) scaled to it, and scales the result back.
func inSmall(img gocv.Mat, g *grid.Grid, look func(gocv.Mat, *grid.Grid) (Found, error)) (Found, error) {
	w, h := img.Cols(), img.Rows()
	k := enough / float64(max(w, h))
	small, err := resized(img, max(1, int(math.Round(float64(w)*k))), max(1, int(math.Round(float64(h)*k))))
	if err != nil {
		return Found{}, err
	}
	defer small.Close()
	if g != nil {
		if g, err = scaled(g, small.Cols(), small.Rows()); err != nil {
			return Found{}, err
		}
	}
	f, err := look(small, g)
	if err != nil {
		return Found{}, err
	}
	f.Grid, err = scaled(f.Grid, w, h)
	return f, err
}

// scaled returns the same grid for the picture at another size.
func scaled(g *grid.Grid, w, h int) (*grid.Grid, error) {
	s := g.Spec()
	kx, ky := float64(w)/float64(s.Width), float64(h)/float64(s.Height)
	for i, c := range s.Corners {
		s.Corners[i] = grid.Pt{X: (c.X+0.5)*kx - 0.5, Y: (c.Y+0.5)*ky - 0.5}
	}
	s.Width, s.Height, s.Focal = w, h, s.Focal*kx
	return grid.New(s)
}

// settle looks closer and closer from a rough grid: the lattice in the flat
// view, which of its lines are the board's, another look from there, and at
// last the printed lines. Where the crossings seem to go on beyond the view, what
// was chosen is kept beside what a wider look says: wood with a strong grain has
// crossings too. A Found without Grid means there is no lattice.
func settle(img gocv.Mat, rough *grid.Grid, sizes []int, s *survey) (Found, error) {
	var last choice
	var rivals []choice
	score := math.Inf(-1)
	for look := 0; look < 3+len(rivals); look++ {
		f, err := lay(img, rough)
		if err != nil {
			return Found{}, err
		}
		g, now, reach, err := f.choose(img, sizes)
		if err != nil {
			return Found{}, err
		}
		if g == nil || now <= score {
			break // the last look was the better one
		}
		last = choice{f, g}
		if reach != nil && len(rivals) < 2 {
			// What was chosen among the crossings in view may be a part of the
			// board.
			rivals = append(rivals, last)
			rough, score = reach, math.Inf(-1)
			continue
		}
		score = now
		if look > 0 && steady(rough, g) {
			break
		}
		rough = g
	}
	if last.grid == nil {
		return Found{}, nil
	}
	best, err := last.judged(img, s)
	if err != nil {
		return Found{}, err
	}
	for _, c := range rivals {
		if best.Confidence > plain || c == last || steady(c.grid, best.Grid) {
			continue
		}
		f, err := c.judged(img, s)
		if err != nil {
			return Found{}, err
		}
		best = best.orBetter(f)
	}
	return best, nil
}

// choice is a board chosen in a flat view.
type choice struct {
	view *flat
	grid *grid.Grid
}

// judged fits the choice to the printed lines and weighs it.
func (c choice) judged(img gocv.Mat, s *survey) (Found, error) {
	f := Found{Grid: c.grid}
	err := f.judge(img, c.view, 0.3, s)
	return f, err
}

// choose returns the likeliest board in a flat view with its log-likelihood;
// nil when there is no lattice. Clear crossings alone are tried, and all. If
// the crossings go on where the view ends, reach is what they span.
func (f *flat) choose(img gocv.Mat, sizes []int) (best *grid.Grid, score float64, reach *grid.Grid, err error) {
	peaks := f.peaks()
	var clear []peak
	for _, p := range peaks {
		if p.p > 0.5 {
			clear = append(clear, p)
		}
	}
	for _, some := range [][]peak{clear, peaks} {
		l := f.weave(img, some)
		if l == nil {
			continue
		}
		n := float64(l.span-1) / 2
		k, err := newInk(img, l.g, l.g.Cell(n, n))
		if err != nil {
			return nil, 0, nil, err
		}
		t := f.table(l)
		t.lines(l, k)
		if half := l.halved(t); half != nil {
			l = half
			t = f.table(l)
			t.lines(l, k)
		}
		windows := t.frame(sizes)
		if len(windows) == 0 || best != nil && windows[0].score <= score {
			continue
		}
		g, err := l.cut(windows[0])
		if err != nil {
			continue // no camera sees such a board
		}
		best, score, reach = g, windows[0].score, t.reach(l)
		if len(clear) > 9*len(peaks)/10 {
			break
		}
	}
	return best, score, reach, nil
}

// steady reports whether the corners of two grids differ by less than half a
// cell.
func steady(a, b *grid.Grid) bool {
	if a.Size() != b.Size() {
		return false
	}
	p, q := a.Corners(), b.Corners()
	n := float64(b.Size() - 1)
	for i, uv := range [4][2]float64{{0, 0}, {n, 0}, {n, n}, {0, n}} {
		if p[i].Dist(q[i]) > 0.5*b.Cell(uv[0], uv[1]) {
			return false
		}
	}
	return true
}

// judge pulls the grid onto the printed lines, as far as they are within
// reach pitches, and says how much it can be trusted. The flat view must be
// one of this board.
func (f *Found) judge(img gocv.Mat, view *flat, reach float64, s *survey) error {
	n := float64(f.Grid.Size()-1) / 2
	k, err := newInk(img, f.Grid, f.Grid.Cell(n, n))
	if err != nil {
		return err
	}
	g, strokes := k.refine(f.Grid, reach, view.anchors(f.Grid))
	f.Grid = g
	f.Fit, f.Lines = fitness(strokes)
	f.evidence.crossings(view, k, g)
	f.evidence.lines(k, g, strokes)
	f.evidence.Overlap = s.overlap(g)
	f.Confidence = f.evidence.confidence()
	return nil
}

// upright turns a grid so that its corners start with the one nearest the
// picture's top left.
func upright(g *grid.Grid) (*grid.Grid, error) {
	c := g.Corners()
	best, at := math.Inf(1), 0
	for i, p := range c {
		if d := p.X + p.Y; d < best {
			best, at = d, i
		}
	}
	if at == 0 {
		return g, nil
	}
	return g.Rotate(at)
}

// Snap moves a grid whose corners are off by up to a third of a cell onto the
// right crossings. Size and turn stay as they are.
func Snap(img gocv.Mat, rough *grid.Grid) (Found, error) {
	if err := checkPicture(img); err != nil {
		return Found{}, err
	}
	if max(img.Cols(), img.Rows()) > enough {
		return inSmall(img, rough, Snap)
	}
	s, err := takeSurvey(img)
	if err != nil {
		return Found{}, err
	}
	f, err := lay(img, rough)
	if err != nil {
		return Found{}, err
	}
	found := Found{Grid: rough}
	reach := 0.4
	if l := f.weave(img, f.peaks()); l != nil {
		if g := l.nearest(rough); g != nil {
			found.Grid, reach = g, 0.25
		}
	}
	if err := found.judge(img, f, reach, s); err != nil {
		return Found{}, err
	}
	// Whoever set the corners has counted the lines.
	found.evidence.Verge = 0
	found.Confidence = found.evidence.confidence()
	return found, nil
}

// nearest makes the grid whose corners are the lattice's crossings nearest to
// those of g, or nil if they are not the corners of such a board, or more than
// half a cell away.
func (l *lattice) nearest(g *grid.Grid) *grid.Grid {
	n := g.Size() - 1
	c := g.Corners()
	u, v := l.g.Board(c[0])
	w := window{i0: int(math.Round(u)), j0: int(math.Round(v)), size: g.Size()}
	cut, err := l.cut(w)
	if err != nil {
		return nil
	}
	for i, uv := range [4][2]int{{0, 0}, {n, 0}, {n, n}, {0, n}} {
		if cut.Corners()[i].Dist(c[i]) > 0.6*cut.Cell(float64(uv[0]), float64(uv[1])) {
			return nil
		}
	}
	return cut
}
