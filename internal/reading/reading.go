// Package reading holds what the eyes tell the referee: per picture and per
// point, how likely the pixels are under each state of the point. It says
// nothing about moves.
package reading

import (
	"time"

	"github.com/gobancam/gobancam/board"
)

// State is what a point may look like.
type State uint8

// The states of a point in a picture. The first three share their values with
// board.Empty, board.Black and board.White.
const (
	Empty State = iota
	Black
	White
	Covered // a hand, a sleeve, a cup: the point cannot be seen
	States  // how many there are
)

// Step is the resolution of a log-likelihood in nats. Readings are rounded to
// it where they are made, so that what was decided live and what is decided
// from a recording rest on the very same numbers.
const Step = 1.0 / 8

// Floor is the smallest log-likelihood that is kept.
const Floor = -255 * Step

// Evidence holds the natural log-likelihoods of the pixels around one point
// under each State, in units of -Step: 0 is the best state, 8 is one nat less
// likely, 255 stands for everything beyond.
type Evidence [States]uint8

// NewEvidence rounds natural log-likelihoods (any common offset) to Evidence.
// A NaN counts as impossible; if all are impossible, the point is covered.
func NewEvidence(ll [States]float64) Evidence {
	best, found := 0.0, false
	for _, v := range ll {
		if v == v && (!found || v > best) {
			best, found = v, true
		}
	}
	if !found || best < -1e300 {
		return Hidden
	}
	var e Evidence
	for s, v := range ll {
		d := (best - v) / Step
		switch {
		case !(d < 255): // NaN too
			e[s] = 255
		default:
			e[s] = uint8(d + 0.5)
		}
	}
	return e
}

// Hidden is the evidence at a point of which nothing is seen.
var Hidden = Evidence{Empty: 255, Black: 255, White: 255, Covered: 0}

// LogLik returns the log-likelihood of s in nats, relative to the best state.
func (e Evidence) LogLik(s State) float64 { return -Step * float64(e[s]) }

// Best returns the most likely state, the first of equals.
func (e Evidence) Best() State {
	best := Empty
	for s := Black; s < States; s++ {
		if e[s] < e[best] {
			best = s
		}
	}
	return best
}

// Lock says how far the grid can be trusted in a picture.
type Lock uint8

// The states of the grid.
const (
	Lost   Lock = iota // no grid: the evidence is void
	Unsure             // a grid was found but does not explain the picture well, or is just being found again
	Locked             // the grid fits
)

func (l Lock) String() string {
	switch l {
	case Locked:
		return "locked"
	case Unsure:
		return "unsure"
	}
	return "lost"
}

// Reading is what one picture says. It is immutable once made.
type Reading struct {
	Frame int           // number of the picture in its source, from 0
	Time  time.Duration // when it was taken, since the source began
	Size  int           // lines per side
	Lock  Lock
	// Bump counts how often the grid was found again at another place than
	// before; a reading with a new count may show another board.
	Bump int
	// Motion is the share of points (0..1) whose surroundings changed since
	// the picture before.
	Motion float64
	// Points holds Size×Size pieces of evidence, row by row from the top
	// left of the position as players see it. Nil when Lock is Lost.
	Points []Evidence
}

// At returns the evidence at p; Hidden where the reading has none.
func (r *Reading) At(p board.Point) Evidence {
	if p.X < 0 || p.Y < 0 || int(p.X) >= r.Size || int(p.Y) >= r.Size || r.Points == nil {
		return Hidden
	}
	return r.Points[int(p.Y)*r.Size+int(p.X)]
}

// Covered returns the share of points (0..1) that are most likely covered; 1
// when there is no grid.
func (r *Reading) Covered() float64 {
	if len(r.Points) == 0 {
		return 1
	}
	n := 0
	for _, e := range r.Points {
		if e.Best() == Covered {
			n++
		}
	}
	return float64(n) / float64(len(r.Points))
}

// Rows draws the most likely state of each point as text, top row first:
// '.' empty, 'X' black, 'O' white, '?' covered.
func (r *Reading) Rows() []string {
	rows := make([]string, 0, r.Size)
	line := make([]byte, r.Size)
	for y := range r.Size {
		for x := range r.Size {
			line[x] = ".XO?"[r.At(board.Point{X: int8(x), Y: int8(y)}).Best()]
		}
		rows = append(rows, string(line))
	}
	return rows
}
