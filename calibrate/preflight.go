package calibrate

import (
	"fmt"
	"image"
	"math"
	"slices"

	"github.com/gobancam/gobancam/internal/grid"
)

// Verdict says how good something is for reading a board.
type Verdict uint8

// The verdicts.
const (
	Good Verdict = iota
	Poor         // it works, with more doubts and questions
	Bad          // it will not work
)

// Check is one line of the check before a game.
type Check struct {
	Name    string
	Verdict Verdict
	Text    string // what it means, and what to do about it
}

// Quality holds the measurements of a picture of a board.
type Quality struct {
	Light     float64 // mean brightness of the board, 0..255
	Glare     float64 // share of the board that is burnt out, 0..1
	Contrast  float64 // of the printed lines, 0..255; 0 when none can be seen
	Sharpness float64 // steepest step across a line as a share of its contrast, 0..1
	Cell      float64 // smallest line spacing, pixels
	Elevation float64 // of the camera above the board, degrees
	Rate      float64 // pictures a second; 0 when not known
	Colours   *Colours
}

// The bounds of the verdicts.
const (
	darkBad, darkPoor     = 35.0, 65.0
	brightPoor            = 225.0
	glareBad, glarePoor   = 0.12, 0.03
	contrastBad, contrast = 6.0, 14.0
	blurBad, blurPoor     = 0.10, 0.17
	cellBad, cellPoor     = 9.0, 14.0
	rateBad, ratePoor     = 1.5, 4.0
	lowPoor               = 25.0
)

const textBright = "The picture is too bright: lower the exposure."

// MeasurePicture measures a picture of the board that g shows. The work is some
// thousand pixels, whatever the picture's size.
func MeasurePicture(img *image.RGBA, g *grid.Grid) *Quality {
	q := &Quality{Elevation: g.Elevation()}
	n := g.Size() - 1
	q.Cell = math.Inf(1)
	for _, uv := range [4][2]int{{0, 0}, {n, 0}, {n, n}, {0, n}} {
		q.Cell = min(q.Cell, g.Cell(float64(uv[0]), float64(uv[1])))
	}
	// The surface, sampled where the board is and lines are not.
	var sum, burnt, count float64
	const per = 5
	for i := range n * per {
		for j := range n * per {
			u, v := (float64(i)+0.5)/per, (float64(j)+0.5)/per
			r, gr, b, ok := pixel(img, g.At(u, v, 0))
			if !ok {
				continue
			}
			y := luma(r, gr, b)
			sum += y
			count++
			if min(r, gr, b) >= 251 {
				burnt++
			}
		}
	}
	if count > 0 {
		q.Light, q.Glare = sum/count, burnt/count
		q.Colours = colours(img, g)
	}
	q.lines(img, g)
	return q
}

// lines measures the printed lines across, halfway between crossings.
func (q *Quality) lines(img *image.RGBA, g *grid.Grid) {
	n := g.Size() - 1
	var contrasts, sharps []float64
	for i := range n + 1 {
		for k := range n {
			for _, across := range []bool{true, false} {
				u, v := float64(k)+0.5, float64(i)
				du, dv := 0.0, 1.0
				if !across {
					u, v, du, dv = v, u, 1, 0
				}
				// A third of a cell to both sides, pixel by pixel.
				reach := 0.33
				steps := int(math.Ceil(2 * reach * g.Cell(u, v)))
				if steps < 4 {
					continue
				}
				low, high, steep := 255.0, 0.0, 0.0
				last := math.NaN()
				for s := range steps + 1 {
					t := -reach + 2*reach*float64(s)/float64(steps)
					r, gr, b, ok := pixel(img, g.At(u+du*t, v+dv*t, 0))
					if !ok {
						continue
					}
					y := luma(r, gr, b)
					low, high = min(low, y), max(high, y)
					if !math.IsNaN(last) {
						steep = max(steep, math.Abs(y-last))
					}
					last = y
				}
				if high > low {
					contrasts = append(contrasts, high-low)
					sharps = append(sharps, steep/(high-low))
				}
			}
		}
	}
	if len(contrasts) == 0 {
		return
	}
	slices.Sort(contrasts)
	slices.Sort(sharps)
	q.Contrast, q.Sharpness = contrasts[len(contrasts)/2], sharps[len(sharps)/2]
}

// colours returns the board's colour as the median of what lies between the
// lines; those of the stones are not known without a reading.
func colours(img *image.RGBA, g *grid.Grid) *Colours {
	var c [3][]float64
	n := g.Size() - 1
	for i := range n {
		for j := range n {
			if r, gr, b, ok := pixel(img, g.At(float64(i)+0.5, float64(j)+0.5, 0)); ok {
				c[0], c[1], c[2] = append(c[0], r), append(c[1], gr), append(c[2], b)
			}
		}
	}
	if len(c[0]) == 0 {
		return nil
	}
	var out Colours
	for i := range c {
		slices.Sort(c[i])
		out.Board[i] = uint8(c[i][len(c[i])/2])
	}
	out.Black, out.White = RGB{35, 35, 36}, RGB{230, 230, 226}
	return &out
}

func luma(r, g, b float64) float64 { return 0.299*r + 0.587*g + 0.114*b }

// pixel reads the picture between its pixels.
func pixel(img *image.RGBA, p grid.Pt) (r, g, b float64, ok bool) {
	x0, y0 := math.Floor(p.X), math.Floor(p.Y)
	x, y := int(x0), int(y0)
	size := img.Bounds().Size()
	if x < 0 || y < 0 || x+1 >= size.X || y+1 >= size.Y {
		return 0, 0, 0, false
	}
	fx, fy := p.X-x0, p.Y-y0
	at := func(c int) float64 {
		i := y*img.Stride + 4*x + c
		a, b := float64(img.Pix[i]), float64(img.Pix[i+4])
		i += img.Stride
		d, e := float64(img.Pix[i]), float64(img.Pix[i+4])
		return (a*(1-fx)+b*fx)*(1-fy) + (d*(1-fx)+e*fx)*fy
	}
	return at(0), at(1), at(2), true
}

// Checks turns the measurements into sentences.
func (q *Quality) Checks() []Check {
	var out []Check
	add := func(name string, v Verdict, text string) { out = append(out, Check{name, v, text}) }
	switch {
	case q.Light < darkBad:
		add("Light", Bad, "It is too dark: put a lamp on, not behind the board.")
	case q.Light < darkPoor:
		add("Light", Poor, "It is rather dark: with more light, moves are read more reliably.")
	case q.Light > brightPoor:
		add("Light", Poor, textBright)
	default:
		add("Light", Good, "There is enough light.")
	}
	switch {
	case q.Glare >= glareBad:
		add("Glare", Bad, fmt.Sprintf("%.0f %% of the board is burnt out: move the lamp or the camera.", 100*q.Glare))
	case q.Glare >= glarePoor:
		add("Glare", Poor, "There is a reflection on the board: white stones may be missed there.")
	default:
		add("Glare", Good, "No reflections.")
	}
	switch {
	case q.Light < darkBad:
		add("Focus", Poor, "It is too dark to tell.")
	case q.Contrast < contrastBad || q.Sharpness < blurBad:
		add("Focus", Bad, "The lines are a blur: focus the camera, clean its lens.")
	case q.Contrast < contrast || q.Sharpness < blurPoor:
		add("Focus", Poor, "The lines are soft: focus the camera if it lets you.")
	default:
		add("Focus", Good, "The lines are sharp.")
	}
	switch {
	case q.Cell < cellBad:
		add("Resolution", Bad, fmt.Sprintf("Only %.0f pixels between the far lines: move closer, or choose a higher resolution.", q.Cell))
	case q.Cell < cellPoor:
		add("Resolution", Poor, fmt.Sprintf("%.0f pixels between the far lines: closer would be better.", q.Cell))
	default:
		add("Resolution", Good, fmt.Sprintf("%.0f pixels or more between lines.", q.Cell))
	}
	if q.Elevation < lowPoor {
		add("Height", Poor, "The camera is low: stones hide each other. Raise it.")
	}
	switch {
	case q.Rate == 0:
	case q.Rate < rateBad:
		add("Speed", Bad, fmt.Sprintf("%.1f pictures a second are too few to tell hands from stones.", q.Rate))
	case q.Rate < ratePoor:
		add("Speed", Poor, fmt.Sprintf("%.1f pictures a second: moves are seen late.", q.Rate))
	default:
		add("Speed", Good, fmt.Sprintf("%.0f pictures a second.", q.Rate))
	}
	return out
}

// check says how well a grid fits.
func (f *Fit) check(g *grid.Grid) Check {
	switch {
	case f.Confidence >= sureEnough && f.Distance < 0.1:
		return Check{"Fit", Good, fmt.Sprintf("The grid fits the lines to within %.2f of a cell.", math.Ceil(100*f.Distance)/100)}
	case f.Confidence >= sureEnough:
		return Check{"Fit", Poor, fmt.Sprintf("The grid is off by %.2f of a cell.", f.Distance)}
	case f.Confidence >= 0.5:
		return Check{"Fit", Poor, "The grid may be off: check that it covers every line."}
	}
	return Check{"Fit", Bad, "The grid does not fit the lines of the board."}
}
