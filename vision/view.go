package vision

import (
	"fmt"
	"math"

	"gocv.io/x/gocv"

	"github.com/gobancam/gobancam/internal/grid"
)

const (
	viewCell = 10 // pixels of a view per line spacing
	viewRing = 2  // line spacings that a view shows beyond the outermost lines
	viewTile = 5  // side of a tile; tiles are centred on crossings and half way between
	viewLift = 0.2
)

// view is a small picture of the board seen straight from above, at half the
// height of a stone, with a ring of what lies around the board. It is what
// changes are looked for in: small enough for every frame, and free of the
// noise of single pixels.
type view struct {
	n      int // lines per side
	side   int // pixels per side
	tiles  int // per side
	blocks int // per side, a line spacing wide, to sample it by
	pix    []uint8
	lum    []float32
	valid  []bool    // tiles that lie within the picture
	nodes  []grid.Pt // corners of the blocks that it is sampled by, in the picture
}

func newView(n int) *view {
	side := (n-1+2*viewRing)*viewCell + viewTile
	tiles := 2*(n-1+2*viewRing) + 1
	blocks := (side + viewCell - 1) / viewCell
	return &view{
		n: n, side: side, tiles: tiles, blocks: blocks,
		pix:   make([]uint8, side*side*3),
		lum:   make([]float32, side*side),
		valid: make([]bool, tiles*tiles),
		nodes: make([]grid.Pt, (blocks+1)*(blocks+1)),
	}
}

// board returns the board coordinates of the centre of pixel (x, y).
func (v *view) board(x, y float64) (float64, float64) {
	const o = (viewTile - 1) / 2
	return (x-o)/viewCell - viewRing, (y-o)/viewCell - viewRing
}

// pixel is the inverse of board.
func (v *view) pixel(u, w float64) (float64, float64) {
	const o = (viewTile - 1) / 2
	return (u+viewRing)*viewCell + o, (w+viewRing)*viewCell + o
}

// tile returns the index of the tile on the crossing (x, y).
func (v *view) tile(x, y int) int { return 2*(y+viewRing)*v.tiles + 2*(x+viewRing) }

// sample fills the view from a BGR picture.
func (v *view) sample(img gocv.Mat, g *grid.Grid) error {
	if img.Empty() || img.Type() != gocv.MatTypeCV8UC3 {
		return fmt.Errorf("a picture must have 8 bits each of blue, green and red; this one has type %v", img.Type())
	}
	w, h := img.Cols(), img.Rows()
	if s := g.Spec(); s.Width != w || s.Height != h {
		return fmt.Errorf("the grid belongs to pictures of %d×%d pixels, this one has %d×%d", s.Width, s.Height, w, h)
	}
	pix, err := img.DataPtrUint8()
	if err != nil {
		return err
	}
	// Nearly a sample for every pixel of the picture does as well as one, and
	// spares a quarter of the time.
	const thrift = 0.85
	count := v.blocks
	for k := range v.nodes {
		x, y := v.board(float64(k%(count+1)*viewCell), float64(k/(count+1)*viewCell))
		v.nodes[k] = within(g.At(x, y, viewLift), w, h)
	}
	for k := range count * count {
		i, j := k%count, k/count
		at := v.nodes[j*(count+1)+i:]
		b := block{at[0], at[1], at[count+1], at[count+2]}
		x0, y0 := i*viewCell, j*viewCell
		b.sample(pix, w, h, viewCell, thrift*b.scale(viewCell), min(viewCell, v.side-x0), min(viewCell, v.side-y0), v.pix[3*(y0*v.side+x0):], 3*v.side)
	}
	for t := range v.valid {
		u, q := v.board(float64(t%v.tiles*viewTile+viewTile/2), float64(t/v.tiles*viewTile+viewTile/2))
		p := g.At(u, q, viewLift)
		v.valid[t] = p.X >= 1 && p.Y >= 1 && p.X < float64(w-2) && p.Y < float64(h-2)
	}
	for i := range v.lum {
		p := v.pix[3*i : 3*i+3]
		v.lum[i] = 0.114*float32(p[0]) + 0.587*float32(p[1]) + 0.299*float32(p[2])
	}
	return nil
}

// copyTile takes a tile over from another view of the same board.
func (v *view) copyTile(from *view, t int) {
	x0, y0 := t%v.tiles*viewTile, t/v.tiles*viewTile
	for y := y0; y < y0+viewTile; y++ {
		k := y*v.side + x0
		copy(v.lum[k:k+viewTile], from.lum[k:k+viewTile])
		copy(v.pix[3*k:3*(k+viewTile)], from.pix[3*k:3*(k+viewTile)])
	}
}

// copyAll takes everything over from another view of the same board.
func (v *view) copyAll(from *view) {
	copy(v.pix, from.pix)
	copy(v.lum, from.lum)
	copy(v.valid, from.valid)
}

// gains returns by how much each channel is brighter than in ref: medians over
// the tiles, so that what moved does not count.
func (v *view) gains(ref *view) [3]float64 {
	const every = 7 // enough of them, and no divisor of a row
	var ratio [3][]float64
	for c := range ratio {
		ratio[c] = make([]float64, 0, len(v.valid)/every+1)
	}
	for t := 0; t < len(v.valid); t += every {
		if !v.valid[t] || !ref.valid[t] {
			continue
		}
		k := (t/v.tiles*viewTile+viewTile/2)*v.side + t%v.tiles*viewTile + viewTile/2
		for c := range 3 {
			a, b := 0, 0
			for _, o := range [...]int{0, -1, 1, -v.side, v.side} {
				a += int(v.pix[3*(k+o)+c])
				b += int(ref.pix[3*(k+o)+c])
			}
			ratio[c] = append(ratio[c], float64(a+40)/float64(b+40))
		}
	}
	g := [3]float64{1, 1, 1}
	for c := range g {
		if len(ratio[c]) > 0 {
			g[c] = quantile(ratio[c], 0.5)
		}
	}
	return g
}

// difference returns the mean over a tile's pixels of the largest channel's
// distance from ref made brighter by gain, in grey levels.
func (v *view) difference(ref *view, t int, gain *[3]int32) float64 {
	x0, y0 := t%v.tiles*viewTile, t/v.tiles*viewTile
	sum := int32(0)
	for y := y0; y < y0+viewTile; y++ {
		a := v.pix[3*(y*v.side+x0):][:3*viewTile]
		b := ref.pix[3*(y*v.side+x0):][:3*viewTile]
		for i := 0; i+2 < len(a) && i+2 < len(b); i += 3 {
			d0 := abs32(int32(a[i])<<8 - int32(b[i])*gain[0])
			d1 := abs32(int32(a[i+1])<<8 - int32(b[i+1])*gain[1])
			d2 := abs32(int32(a[i+2])<<8 - int32(b[i+2])*gain[2])
			sum += max(d0, d1, d2) >> 4
		}
	}
	return float64(sum) / (16 * viewTile * viewTile)
}

func abs32(x int32) int32 {
	if x < 0 {
		return -x
	}
	return x
}

// likeness returns the correlation of brightness with ref over the patch of a
// line spacing and a half around a tile, −1 to 1, and the contrast in ref as a
// standard deviation in grey levels.
func (v *view) likeness(ref *view, t int) (rho, contrast float64) {
	cx, cy := t%v.tiles*viewTile+viewTile/2, t/v.tiles*viewTile+viewTile/2
	const r = 7
	x0, x1 := max(0, cx-r), min(v.side, cx+r+1)
	y0, y1 := max(0, cy-r), min(v.side, cy+r+1)
	var sa, sb, saa, sbb, sab float32
	for y := y0; y < y1; y++ {
		a := v.lum[y*v.side+x0 : y*v.side+x1]
		b := ref.lum[y*v.side+x0 : y*v.side+x1]
		for i, p := range a {
			q := b[i]
			sa += p
			sb += q
			saa += p * p
			sbb += q * q
			sab += p * q
		}
	}
	n := float64((x1 - x0) * (y1 - y0))
	va := float64(saa)/n - float64(sa)*float64(sa)/(n*n)
	vb := float64(sbb)/n - float64(sb)*float64(sb)/(n*n)
	cov := float64(sab)/n - float64(sa)*float64(sb)/(n*n)
	return cov / math.Sqrt((va+4)*(vb+4)), math.Sqrt(max(0, vb))
}
