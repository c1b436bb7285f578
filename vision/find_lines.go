package vision

import (
	"fmt"
	"math"
	"sort"

	"gocv.io/x/gocv"

	"github.com/gobancam/gobancam/internal/grid"
)

// ink is a grey copy of a picture in which lines are looked for, small enough
// that a line is a few pixels wide at most. Of a board with light lines it is a
// negative.
type ink struct {
	w, h   int
	px     []uint8
	sx, sy float64 // its pixels per picture pixel
}

// newInk copies img, in which a board lies about where g has it. Lines of the
// printed grid are thin: a cell of 40 pixels shows them as well as one of 100.
func newInk(img gocv.Mat, g *grid.Grid, cell float64) (*ink, error) {
	scale := 1.0
	if cell > 40 {
		scale = 40 / cell
	}
	w, h := max(1, int(math.Round(float64(img.Cols())*scale))), max(1, int(math.Round(float64(img.Rows())*scale)))
	gray := gocv.NewMat()
	defer gray.Close()
	src := img
	if w != img.Cols() || h != img.Rows() {
		small, err := resized(img, w, h)
		if err != nil {
			return nil, err
		}
		defer small.Close()
		src = small
	}
	if err := gocv.CvtColor(src, &gray, gocv.ColorBGRToGray); err != nil {
		return nil, fmt.Errorf("grey picture: %w", err)
	}
	px, err := gray.DataPtrUint8()
	if err != nil {
		return nil, fmt.Errorf("grey picture: %w", err)
	}
	k := &ink{w: w, h: h, px: make([]uint8, len(px))}
	copy(k.px, px)
	k.sx, k.sy = float64(w)/float64(img.Cols()), float64(h)/float64(img.Rows())
	k.develop(g)
	return k, nil
}

// develop makes a negative of a board whose lines are lighter than its wood.
func (k *ink) develop(g *grid.Grid) {
	dark := k.traced(g)
	k.invert()
	if light := k.traced(g); light < 3 || light < 2*dark {
		k.invert()
	}
}

// traced weighs the lines that are seen where g has them, of a part of the board.
func (k *ink) traced(g *grid.Grid) (weight float64) {
	n := g.Size()
	step := max(1, n*n/90)
	for i := 0; i < n*(n-1); i += step {
		u, v := float64(i%(n-1))+0.5, float64(i/(n-1))
		for _, s := range []stroke{k.look(g, u, v, true, 0.3), k.look(g, v, u, false, 0.3)} {
			if s.found {
				weight += min(1, s.strength/12)
			}
		}
	}
	return weight
}

func (k *ink) invert() {
	for i, v := range k.px {
		k.px[i] = 255 - v
	}
}

// at returns the grey value at a pixel of the original picture, and false
// outside.
func (k *ink) at(x, y float64) (float64, bool) {
	x, y = (x+0.5)*k.sx-0.5, (y+0.5)*k.sy-0.5
	if !(x >= 0 && y >= 0 && x < float64(k.w-1) && y < float64(k.h-1)) {
		return 0, false
	}
	i, j := int(x), int(y)
	fx, fy := x-float64(i), y-float64(j)
	p := k.px[j*k.w+i:]
	q := p[k.w:]
	return (1-fy)*((1-fx)*float64(p[0])+fx*float64(p[1])) + fy*((1-fx)*float64(q[0])+fx*float64(q[1])), true
}

// stroke is what was seen of the piece of line between two crossings.
type stroke struct {
	u, v     float64 // its middle
	along    bool    // true: a row (v constant)
	seen     bool    // its surroundings lie in the picture
	found    bool    // there is a line
	offset   float64 // of the line from where it should be, in pitches across
	strength float64 // grey levels
	p        grid.Pt // where its middle was seen
	normal   grid.Pt
}

// strokeSamples is how many cuts across a piece of line are looked at.
const strokeSamples = 7

// cuts are grey levels along lines that cross a piece of line, from one side to
// the other.
type cuts struct {
	rows  [strokeSamples][256]float64
	n     int     // values in a row; the middle one lies where the grid has the line
	flank int     // values from the middle of a line to where the wood is bare
	step  float64 // pitches between values
}

// look measures the piece of row v (along) or column u between two crossings,
// searching within reach pitches of where g has it: the darkest thin line there,
// if most of its length is darker than both sides.
func (k *ink) look(g *grid.Grid, u, v float64, along bool, reach float64) stroke {
	s := stroke{u: u, v: v, along: along}
	du, dv := g.Axes(u, v)
	dir, across := du, dv
	if !along {
		dir, across = dv, du
	}
	l := math.Hypot(dir.X, dir.Y)
	pitch := math.Abs(dir.X*across.Y-dir.Y*across.X) / l // pixels between this line and the next
	if !(l > 1 && pitch > 1) {
		return s
	}
	s.normal = grid.Pt{X: -dir.Y / l, Y: dir.X / l}
	var c cuts
	mid := g.At(u, v, 0)
	if !k.cut(&c, mid, dir, across, pitch, reach) {
		return s
	}
	s.seen = true
	var response [256]float64
	best, at := c.darkest(&response)
	if at < 0 || best < 2.5 || !c.plain(at, best) {
		return s
	}
	// The centre of what stands out by more than half.
	mass, moment := 0.0, 0.0
	for i := max(c.flank, at-c.flank); i <= min(c.n-c.flank-1, at+c.flank); i++ {
		if x := response[i] - best/2; x > 0 {
			mass += x
			moment += x * float64(i-c.n/2)
		}
	}
	s.found, s.strength = true, best
	s.offset = moment / mass * c.step
	s.p = mid.Add(across.Scale(s.offset))
	return s
}

// cut reads the cuts across the piece of line centred at mid; false where they
// leave the picture, or where the board is too small to show lines.
func (k *ink) cut(c *cuts, mid, dir, across grid.Pt, pitch, reach float64) bool {
	const side = 0.13 // pitches from the middle of a line to where the wood is bare
	flank := max(side, 1.3/(pitch*math.Min(k.sx, 1)))
	c.step = max(0.015, 0.4/(pitch*k.sx))
	half := int((reach + flank) / c.step)
	c.n = 2*half + 1
	if c.n > 256 || flank > 0.4 {
		return false
	}
	c.flank = int(math.Round(flank / c.step))
	for t := range strokeSamples {
		f := (float64(t)/(strokeSamples-1) - 0.5) * 0.56
		base := mid.Add(dir.Scale(f))
		for i := range c.n {
			o := float64(i-half) * c.step
			val, ok := k.at(base.X+across.X*o, base.Y+across.Y*o)
			if !ok {
				return false
			}
			c.rows[t][i] = val
		}
	}
	return true
}

// darkest returns by how many grey levels the darkest thin line stands out from
// both its sides, and where; -1 if there is none along most of the piece.
// response is the line response at every place across the piece.
func (c *cuts) darkest(response *[256]float64) (best float64, at int) {
	at = -1
	for i := c.flank; i < c.n-c.flank; i++ {
		left, right, here := 0.0, 0.0, 0.0
		votes := 0
		for t := range strokeSamples {
			r := &c.rows[t]
			left, right, here = left+r[i-c.flank], right+r[i+c.flank], here+r[i]
			if r[i] < r[i-c.flank] && r[i] < r[i+c.flank] {
				votes++
			}
		}
		response[i] = (min(left, right) - here) / strokeSamples
		if votes >= strokeSamples-2 && response[i] > best {
			best, at = response[i], i
		}
	}
	return best, at
}

// plain reports whether what lies on both sides of the line at place at looks
// like wood, plain and alike: beside a gap between two stones there are stones.
func (c *cuts) plain(at int, best float64) bool {
	var sum, sum2 [2]float64
	for t := range strokeSamples {
		for side, i := range [2]int{at - c.flank, at + c.flank} {
			v := c.rows[t][i]
			sum[side] += v / strokeSamples
			sum2[side] += v * v / strokeSamples
		}
	}
	for side := range 2 {
		limit := 3 + 0.05*sum[side]
		if sum2[side]-sum[side]*sum[side] > limit*limit {
			return false
		}
	}
	return !(math.Abs(sum[0]-sum[1]) > 6+best/2)
}

// strokes looks at all pieces of lines of the board.
func (k *ink) strokes(g *grid.Grid, reach float64) []stroke {
	n := g.Size()
	out := make([]stroke, 0, 2*n*(n-1))
	for j := range n {
		for i := range n - 1 {
			out = append(out,
				k.look(g, float64(i)+0.5, float64(j), true, reach),
				k.look(g, float64(j), float64(i)+0.5, false, reach))
		}
	}
	return out
}

// sights turns the strokes that were found into evidence for fitPose.
func sights(strokes []stroke) []sight {
	var out []sight
	for _, s := range strokes {
		if s.found {
			out = append(out, sight{s.u, s.v, s.p, s.normal, min(1, s.strength/12)})
		}
	}
	return out
}

// refine moves g onto the lines of the picture, which may be up to reach
// pitches away, and returns it with the strokes seen from there. Between
// crowded stones there are gaps that look like lines; anchors, the crossings
// that the fine network sees, keep the grid from following those.
func (k *ink) refine(g *grid.Grid, reach float64, anchors []sight) (*grid.Grid, []stroke) {
	best, strokes := k.settle(shift(g, k.strokes(g, 0.45), reach), anchors)
	hits, share := aligned(strokes)
	if share > 0.5 {
		return best, strokes
	}
	// Few lines are seen, and a lens that bends them out of reach is not found
	// step by step.
	for _, lens := range []float64{-0.1, 0.05} {
		spec := best.Spec()
		spec.K1, spec.Focal = lens, 0
		bent, err := grid.New(spec)
		if err != nil {
			continue
		}
		strokes := k.strokes(best, 0.3)
		bent = fitPose(bent, append(sights(strokes), trusted(anchors, strokes)...), false, 0.12, 8)
		bent, strokes = k.settle(bent, anchors)
		if n, _ := aligned(strokes); n > 1.05*hits {
			hits = n
			best = bent
		}
	}
	return best, k.strokes(best, 0.2)
}

// settle fits g to the strokes near it and to the anchors.
func (k *ink) settle(g *grid.Grid, anchors []sight) (*grid.Grid, []stroke) {
	for _, r := range []float64{0.3, 0.2} {
		strokes := k.strokes(g, r)
		g = fitPose(g, append(sights(strokes), trusted(anchors, strokes)...), true, min(0.12, r/3), 8)
	}
	return g, k.strokes(g, 0.2)
}

// aligned weighs the strokes that lie where they should, and returns their
// share of all strokes.
func aligned(strokes []stroke) (weight, share float64) {
	n := 0.0
	for _, s := range strokes {
		if s.found && math.Abs(s.offset) < 0.08 {
			weight += min(1, s.strength/12)
			n++
		}
	}
	return weight, n / float64(max(1, len(strokes)))
}

// trusted weighs anchors: where no line leads to a crossing there is a stone,
// whose foot is not well seen.
func trusted(anchors []sight, strokes []stroke) []sight {
	bare := map[[2]float64]bool{}
	for _, s := range strokes {
		switch {
		case s.found && s.along:
			bare[[2]float64{s.u - 0.5, s.v}], bare[[2]float64{s.u + 0.5, s.v}] = true, true
		case s.found:
			bare[[2]float64{s.u, s.v - 0.5}], bare[[2]float64{s.u, s.v + 0.5}] = true, true
		}
	}
	out := make([]sight, len(anchors))
	for i, a := range anchors {
		if !bare[[2]float64{a.u, a.v}] {
			a.weight /= 8
		}
		out[i] = a
	}
	return out
}

// shift moves g by up to reach of a pitch each way to where most strokes agree
// with it: over stones the crossings look displaced, all to the same side.
func shift(g *grid.Grid, strokes []stroke, reach float64) *grid.Grid {
	best := func(along bool) float64 {
		votes := func(at float64) (sum float64) {
			for _, s := range strokes {
				if s.found && s.along == along && math.Abs(s.offset-at) < 0.1 {
					sum += min(1, s.strength/12)
				}
			}
			return sum
		}
		most, at := 1.3*votes(0), 0.0
		for o := -reach; o <= reach; o += 0.05 {
			if v := votes(o); v > most {
				most, at = v, o
			}
		}
		return at
	}
	u, v := best(false), best(true)
	if u == 0 && v == 0 {
		return g
	}
	spec := g.Spec()
	spec.Focal = 0
	n := float64(spec.Size - 1)
	for i, uv := range [4][2]float64{{0, 0}, {n, 0}, {n, n}, {0, n}} {
		spec.Corners[i] = g.At(uv[0]+u, uv[1]+v, 0)
	}
	if moved, err := grid.New(spec); err == nil {
		return moved
	}
	return g
}

// fitness is the median distance of the strokes from the grid's lines, in
// pitches, and how many there are.
func fitness(strokes []stroke) (median float64, n int) {
	var d []float64
	for _, s := range strokes {
		if s.found {
			d = append(d, math.Abs(s.offset))
		}
	}
	if len(d) == 0 {
		return 1, 0
	}
	sort.Float64s(d)
	return d[len(d)/2], len(d)
}
