package calibrate

import (
	"fmt"
	"image"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/gobancam/gobancam/internal/grid"
)

// AdviceKind is what an Advice is about, in a word.
type AdviceKind string

// The kinds.
const (
	AdviceNone    AdviceKind = ""          // there is no picture yet
	AdviceStopped AdviceKind = "stopped"   // there are no new pictures
	AdviceSearch  AdviceKind = "searching" // no board was found, and nothing says why
	AdviceDark    AdviceKind = "dark"
	AdviceBright  AdviceKind = "bright"
	AdviceMoving  AdviceKind = "moving"
	AdviceCut     AdviceKind = "cut"
	AdviceBlurred AdviceKind = "blurred"
	AdviceOblique AdviceKind = "oblique"
	AdviceFar     AdviceKind = "far"
	AdviceGlare   AdviceKind = "glare"
	AdviceSlow    AdviceKind = "slow"
	AdviceUnsure  AdviceKind = "unsure" // it may be the board
	AdviceFound   AdviceKind = "found"
)

// Advice is the one thing to say to somebody who holds the camera in a hand: what
// is wrong with what it sees and what to do about it, worst first.
type Advice struct {
	Kind AdviceKind
	Text string
}

// Aim watches a camera that somebody is pointing at a board. It needs no board
// to be found in the picture. It is safe for concurrent use.
type Aim struct {
	mu       sync.Mutex
	small    []float64 // the last picture's brightness, in blocks
	size     image.Point
	light    float64 // mean brightness, 0..255
	sharp    float64 // of the steepest steps in the picture, as a share of its contrast
	measured time.Time
	moved    time.Time // when it last did
}

// What a picture without a board is judged by. The numbers were taken from
// simulated boards: see the tests.
const (
	aimBlocks    = 48   // across the picture
	aimRegion    = 6    // blocks that are compared together, each way
	textureLeast = 2.0  // mean difference from the mean, of a region that can be compared
	movedFrom    = 0.20 // change of a region that moves, as a share of its texture
	movedFor     = 700 * time.Millisecond
	sharpEvery   = 400 * time.Millisecond
	sharpLeast   = 0.062
	viewDark     = 28.0 // mean brightness of a view whose board is not known
)

// Look takes a picture, taken at a time that does not go back.
func (a *Aim) Look(img *image.RGBA, at time.Time) {
	b := img.Bounds()
	if b.Dx() < aimBlocks || b.Dy() < 2 {
		return
	}
	small, light := blocks(img)
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.size == b.Size() && moves(a.small, small) {
		a.moved = at
	}
	a.small, a.size, a.light = small, b.Size(), light
	if a.measured.IsZero() || at.Sub(a.measured) >= sharpEvery {
		a.measured, a.sharp = at, steepest(img)
	}
}

// blocks returns the mean brightness of aimBlocks columns of square blocks, and
// of all.
func blocks(img *image.RGBA) (small []float64, mean float64) {
	const per = 4 // samples a block and direction
	b := img.Bounds()
	rows := max(1, aimBlocks*b.Dy()/b.Dx())
	small = make([]float64, 0, aimBlocks*rows)
	for j := range rows {
		for i := range aimBlocks {
			sum := 0.0
			for k := range per * per {
				x := b.Min.X + ((i*per+k%per)*2+1)*b.Dx()/(2*per*aimBlocks)
				y := b.Min.Y + ((j*per+k/per)*2+1)*b.Dy()/(2*per*rows)
				sum += lumaAt(img, x, y)
			}
			small = append(small, sum/(per*per))
			mean += sum / (per * per)
		}
	}
	return small, mean / float64(len(small))
}

func lumaAt(img *image.RGBA, x, y int) float64 {
	i := img.PixOffset(x, y)
	return luma(float64(img.Pix[i]), float64(img.Pix[i+1]), float64(img.Pix[i+2]))
}

// moves reports whether two pictures differ wherever there is something to be
// seen. A lamp changes all of it alike, and a hand a part of it.
func moves(before, now []float64) bool {
	rows := len(now) / aimBlocks
	if len(before) != len(now) || rows < aimRegion {
		return false
	}
	mean := func(v []float64) (m float64) {
		for _, x := range v {
			m += x / float64(len(v))
		}
		return m
	}
	gain := mean(now) / max(1, mean(before)) // of the light
	seen, changed := 0, 0
	for y := 0; y+aimRegion <= rows; y += aimRegion {
		for x := 0; x+aimRegion <= aimBlocks; x += aimRegion {
			var one, other []float64
			for j := range aimRegion {
				i := (y+j)*aimBlocks + x
				one, other = append(one, before[i:i+aimRegion]...), append(other, now[i:i+aimRegion]...)
			}
			m0, m1 := mean(one), mean(other)
			diff, texture := 0.0, 0.0
			for i := range one {
				diff += math.Abs((other[i]-m1)-gain*(one[i]-m0)) / float64(len(one))
				texture += math.Abs(gain*(one[i]-m0)) / float64(len(one))
			}
			if texture < textureLeast {
				continue
			}
			seen++
			if diff > movedFrom*texture {
				changed++
			}
		}
	}
	return seen >= 3 && changed*3 >= seen*2
}

// steepest measures how sharp the sharpest things of a picture are.
func steepest(img *image.RGBA) float64 {
	b := img.Bounds()
	var steps, values []float64
	for j := range 40 {
		y := b.Min.Y + (2*j+1)*b.Dy()/80
		last := lumaAt(img, b.Min.X, y)
		for x := b.Min.X + 1; x < b.Max.X; x++ {
			v := lumaAt(img, x, y)
			steps = append(steps, math.Abs(v-last))
			last = v
			if x%8 == 0 {
				values = append(values, v)
			}
		}
	}
	slices.Sort(steps)
	slices.Sort(values)
	return steps[len(steps)*995/1000] / max(20, values[len(values)*95/100]-values[len(values)*5/100])
}

// Advice says what to do next, where the calibration stands at v.
func (a *Aim) Advice(v *View, now time.Time) Advice {
	a.mu.Lock()
	light, sharp, moving := a.light, a.sharp, !a.moved.IsZero() && now.Sub(a.moved) < movedFor
	a.mu.Unlock()
	unsure := v.Grid == nil || v.Fit == nil || v.Fit.Confidence < sureEnough
	dark := unsure && light < viewDark
	if k := v.check("Light"); !unsure && k != nil && k.Verdict == Bad {
		dark = true
	}
	switch {
	case v.Stopped:
		return Advice{AdviceStopped, "No new pictures arrive. Keep this page open and the screen on."}
	case v.Width == 0:
		return Advice{AdviceNone, "Waiting for the first picture."}
	case dark:
		return Advice{AdviceDark, "It is too dark: put a lamp on."}
	case moving:
		return Advice{AdviceMoving, "The picture moves: hold the phone still."}
	}
	if v.Grid != nil && v.Fit != nil && v.Fit.Confidence >= lost {
		if side := cutAt(v.Grid, v.Width, v.Height); side != "" {
			return Advice{AdviceCut, fmt.Sprintf("The board is cut off %s: show all of it, or move away a little.", side)}
		}
	}
	switch {
	case unsure && sharp < sharpLeast && sharp > 0:
		return Advice{AdviceBlurred, "The picture is blurred: tap the board to focus, and wipe the lens."}
	case v.Grid == nil:
		return Advice{AdviceSearch, fmt.Sprintf("No %sboard is seen yet: show all of it, from above.", v.lines())}
	case v.Fit == nil:
		return Advice{AdviceSearch, "This may be the board: hold still."}
	case v.Fit.Confidence < lost:
		return Advice{AdviceSearch, fmt.Sprintf("No %sboard is seen: show all of it, and hold still.", v.lines())}
	case v.Fit.Confidence < sureEnough && v.Grid.Elevation() < lowPoor:
		return Advice{AdviceOblique, "The phone is too low: raise it, and look down on the board."}
	case v.Fit.Confidence < sureEnough:
		return Advice{AdviceUnsure, fmt.Sprintf("This may be the board, %.0f %% sure: take hands and things away.", 100*v.Fit.Confidence)}
	}
	if k := v.bad(); k != nil {
		return advised(k)
	}
	return v.foundAdvice()
}

// lines names the size that the user chose, with a blank behind it; empty for any.
func (v *View) lines() string {
	if v.Size == 0 {
		return ""
	}
	return fmt.Sprintf("%d×%d ", v.Size, v.Size)
}

// foundAdvice is about a board that can be played on.
func (v *View) foundAdvice() Advice {
	words := fmt.Sprintf("The board is found: %d×%d.", v.Grid.Size(), v.Grid.Size())
	for i := range v.Checks {
		if k := &v.Checks[i]; k.Verdict == Poor && k.Name != "Fit" {
			better := advised(k)
			if better.Kind == AdviceOblique { // the one thing that cannot be mended later
				return better
			}
			return Advice{AdviceFound, words + " It would be better so: " + better.Text}
		}
	}
	return Advice{AdviceFound, words + " Fix the phone like this."}
}

// check returns the check of a name, nil where it was not made.
func (v *View) check(name string) *Check {
	for i := range v.Checks {
		if v.Checks[i].Name == name {
			return &v.Checks[i]
		}
	}
	return nil
}

// advised says what to do about a check that is not good, to somebody who holds
// the camera.
func advised(k *Check) Advice {
	switch k.Name {
	case "Light":
		if k.Text == textBright {
			return Advice{AdviceBright, "It is too bright: turn a lamp away, or lower the exposure."}
		}
		return Advice{AdviceDark, "It is rather dark: give the board more light."}
	case "Glare":
		return Advice{AdviceGlare, "A lamp is reflected on the board: move the phone or the lamp."}
	case "Focus":
		return Advice{AdviceBlurred, "The lines are blurred: tap the board to focus, and wipe the lens."}
	case "Resolution":
		return Advice{AdviceFar, "The board is small in the picture: come closer."}
	case "Height":
		return Advice{AdviceOblique, "The phone is low, and stones hide each other: raise it."}
	case "Speed":
		return Advice{AdviceSlow, "The pictures come slowly: come closer to the Wi-Fi."}
	}
	return Advice{AdviceUnsure, k.Text}
}

// cutAt says at which side of the picture the board leaves it, empty for at none.
// A stone on an outer line reaches half a cell beyond it.
func cutAt(g *grid.Grid, width, height int) string {
	n := float64(g.Size() - 1)
	var over [4]float64 // by how far: left, right, above, below
	for _, c := range [4][2]float64{{-0.4, -0.4}, {n + 0.4, -0.4}, {n + 0.4, n + 0.4}, {-0.4, n + 0.4}} {
		p := g.At(c[0], c[1], 0)
		for i, d := range [4]float64{-p.X, p.X - float64(width-1), -p.Y, p.Y - float64(height-1)} {
			over[i] = max(over[i], d)
		}
	}
	names := [4]string{"at the left", "at the right", "at the top", "at the bottom"}
	worst, sides := 0, 0
	for i, d := range over {
		if d > over[worst] {
			worst = i
		}
		if d > 0 {
			sides++
		}
	}
	switch {
	case sides == 0:
		return ""
	case sides > 1:
		return "at more than one side"
	}
	return names[worst]
}
