package camera

import (
	"math"
	"strings"
	"time"

	"github.com/gobancam/gobancam/calibrate"
	"github.com/gobancam/gobancam/calibrate/live"
	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/phone"
)

// AimPhone has the phone that a camera is show what its calibration comes to, and
// the calibration call it by its name and say what is wrong with it. Another
// camera is left alone. It must be called before the calibration begins, with the
// link to phones open.
func AimPhone(name string, session *calibrate.Session, eyes *live.Eyes) {
	link := OpenedPhones()
	if !IsPhone(name) || link == nil {
		return
	}
	session.Title = strings.TrimPrefix(Title(name), "the ")
	session.Why = func() string { return link.Status().Trouble }
	eyes.Aimed = func(v *calibrate.View, a calibrate.Advice) { link.Show(AimScreen(v, a)) }
}

// AimScreen is what a phone shows while it is pointed at the board: the grid over
// what its camera sees, and the one thing to do about that.
func AimScreen(v *calibrate.View, a calibrate.Advice) phone.Screen {
	s := phone.Screen{Mode: "aim", Advice: a.Text, AdviceKind: string(a.Kind)}
	if v.Ready && a.Kind != calibrate.AdviceMoving {
		s.Question = "Does the grid fit, and do you sit " + seatAt(v.Grid) + " of this picture?"
		s.Buttons = []string{"yes", "look"}
	}
	if v.Grid == nil || v.Stopped || a.Kind == calibrate.AdviceMoving || a.Kind == calibrate.AdviceSearch {
		return s // nor is it known where the board is just now
	}
	s.Size = v.Grid.Size()
	s.Corners, s.Lines = Gridded(v.Grid)
	return s
}

// AimedPhone has the phone that a camera is say that its calibration is over.
func AimedPhone(name string) {
	if link := OpenedPhones(); link != nil && IsPhone(name) {
		link.Show(phone.Screen{Mode: "aim", Advice: "The camera is set. Leave the phone where it is, and choose a game on the computer.", AdviceKind: string(calibrate.AdviceFound)})
	}
}

// PhoneWords are what the buttons say of the phone that a camera is, while no
// game is on; nil for another camera.
func PhoneWords(name string) <-chan string {
	if link := OpenedPhones(); link != nil && IsPhone(name) {
		return link.Commands()
	}
	return nil
}

// Heed does what the phone that is being aimed says: yes accepts the grid, if it
// is one still, and look has the board found again.
func Heed(word string, session *calibrate.Session, accept func(*calibrate.Profile) error) error {
	switch {
	case word == "look":
		session.Again()
	case word == "yes" && session.View().Ready:
		p, err := session.Accept(time.Now())
		if err != nil {
			return err
		}
		return accept(p)
	}
	return nil
}

// seatAt says at which side of the picture the player sits, for whom the position
// is upright.
func seatAt(g *grid.Grid) string {
	n := float64(g.Size() - 1)
	d := g.At(n/2, n, 0).Sub(g.At(n/2, 0, 0))
	switch {
	case math.Abs(d.Y) >= math.Abs(d.X) && d.Y >= 0:
		return "at the bottom"
	case math.Abs(d.Y) >= math.Abs(d.X):
		return "at the top"
	case d.X >= 0:
		return "on the right"
	}
	return "on the left"
}

// Gridded returns the corners and the lines of a grid as fractions of its
// pictures, as a phone's page draws them.
func Gridded(g *grid.Grid) (*[4][2]float64, [][2][2]float64) {
	corners := new([4][2]float64)
	for i, p := range g.Corners() {
		corners[i] = fraction(g, p)
	}
	return corners, gridLines(g)
}

// gridLines are the lines of a grid as fractions of the picture. Where the lens
// bends them, each is drawn in pieces.
func gridLines(g *grid.Grid) [][2][2]float64 {
	n := g.Size() - 1
	pieces := 1
	if math.Abs(g.Spec().K1) > 0.004 {
		pieces = 4
	}
	lines := make([][2][2]float64, 0, 2*(n+1)*pieces)
	for i := range n + 1 {
		for k := range pieces {
			a, b := float64(n*k)/float64(pieces), float64(n*(k+1))/float64(pieces)
			lines = append(lines, [2][2]float64{fraction(g, g.At(float64(i), a, 0)), fraction(g, g.At(float64(i), b, 0))},
				[2][2]float64{fraction(g, g.At(a, float64(i), 0)), fraction(g, g.At(b, float64(i), 0))})
		}
	}
	return lines
}

// fraction is a place in the picture as a share of its width and height, from
// the edge of its first pixel on, to a tenth of a thousandth.
func fraction(g *grid.Grid, p grid.Pt) [2]float64 {
	s := g.Spec()
	to := func(v float64, of int) float64 { return math.Round((v+0.5)/float64(of)*1e4) / 1e4 }
	return [2]float64{to(p.X, s.Width), to(p.Y, s.Height)}
}
