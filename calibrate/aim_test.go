package calibrate

import (
	"fmt"
	"image"
	"strings"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/sim"
)

// aimed is what is said of a simulated board that is seen for a second. Found
// says how sure the eyes are of it; 0: they do not find it.
func aimed(t *testing.T, found float64, change func(*sim.Config)) Advice {
	t.Helper()
	cfg := sim.Default(9)
	cfg.Width, cfg.Height = 640, 360
	change(&cfg)
	w, err := sim.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	img, at := w.Render(), time.Unix(1000, 0)
	var a Aim
	s := NewSession("0", nil)
	s.Picture(cfg.Width, cfg.Height)
	for range 10 {
		a.Look(img, at)
		at = at.Add(100 * time.Millisecond)
	}
	if found > 0 {
		g, err := grid.New(w.Spec())
		if err != nil {
			t.Fatal(err)
		}
		s.Done(s.Job(), g, Fit{Confidence: found, Distance: 0.02}, nil)
		q := MeasurePicture(img, g)
		q.Rate = 12
		s.Seen(g, nil, q)
	} else {
		s.Done(s.Job(), nil, Fit{}, fmt.Errorf("no board"))
	}
	v := s.View()
	return a.Advice(&v, at)
}

// What is wrong with how the board is seen is said, and nothing where all is well.
func TestAdviceOfSimulatedBoards(t *testing.T) {
	dim := func(by float64) func(*sim.Config) {
		return func(c *sim.Config) {
			c.Sensor.AutoExposure = false
			c.Ambient.Power *= by
			for i := range c.Lights {
				c.Lights[i].Power *= by
			}
		}
	}
	for _, c := range []struct {
		name   string
		found  float64
		change func(*sim.Config)
		kind   AdviceKind
		words  string
	}{
		{"plain", 0.99, func(*sim.Config) {}, AdviceFound, "9×9. Fix the phone"},
		{"not found yet", 0, func(*sim.Config) {}, AdviceSearch, "show all of it"},
		{"not sure", 0.6, func(*sim.Config) {}, AdviceUnsure, "60 %"},
		{"dark", 0, dim(0.03), AdviceDark, "lamp"},
		{"dark, but found", 0.99, dim(0.03), AdviceDark, "lamp"},
		{"flat", 0.5, func(c *sim.Config) { c.Camera.Elevation = 18 }, AdviceOblique, "raise it"},
		{"flat, but found", 0.99, func(c *sim.Config) { c.Camera.Elevation = 18 }, AdviceOblique, "raise it"},
		{"cut off at the right", 0.7, func(c *sim.Config) { c.Camera.OffX = 0.33 }, AdviceCut, "at the right"},
		{"cut off below", 0.7, func(c *sim.Config) { c.Camera.OffY = 0.2 }, AdviceCut, "at the bottom"},
		{"not where it was", 0.02, func(*sim.Config) {}, AdviceSearch, "hold still"},
		{"too close", 0.1, func(c *sim.Config) { c.Camera.Fill = 1.4 }, AdviceCut, "more than one side"},
		{"blurred", 0, func(c *sim.Config) { c.Camera.Blur = 8 }, AdviceBlurred, "focus"},
		{"soft, but found", 0.95, func(c *sim.Config) { c.Camera.Blur = 5 }, AdviceFound, "9×9. It would be better so: The lines are blurred"},
		{"far away", 0.99, func(c *sim.Config) { c.Camera.Fill = 0.2 }, AdviceFar, "closer"},
	} {
		if got := aimed(t, c.found, c.change); got.Kind != c.kind || !strings.Contains(got.Text, c.words) {
			t.Errorf("%s: %q is said, of kind %q, want %q of kind %q", c.name, got.Text, got.Kind, c.words, c.kind)
		}
	}
}

// A phone that is moved is told from a hand over the board, and from a lamp.
func TestMovingIsToldFromHandsAndLamps(t *testing.T) {
	cfg := sim.Default(9)
	cfg.Width, cfg.Height = 320, 180
	cfg.Sensor.AutoExposure = false
	w, err := sim.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Unix(1000, 0)
	var a Aim
	v := View{Width: 320, Height: 180}
	look := func() bool {
		a.Look(w.Render(), at)
		k := a.Advice(&v, at).Kind
		w.Step(100 * time.Millisecond)
		at = at.Add(100 * time.Millisecond)
		return k == AdviceMoving
	}
	moving := 0
	w.Player(sim.South).Place(board.Point{X: 4, Y: 4}, board.Black)
	for range 25 {
		if look() {
			moving++
		}
	}
	if moving > 0 {
		t.Errorf("a hand was taken for a moving phone in %d of 25 pictures", moving)
	}
	w.Lamp(0, 0.3, 300*time.Millisecond)
	for range 6 {
		if look() {
			t.Error("a lamp was taken for a moving phone")
		}
	}
	w.Bump(14, 6, 2)
	if look(); !look() {
		t.Error("a bump is not noticed")
	}
	for range 12 {
		moving = 0
		if look() {
			moving++
		}
	}
	if moving > 0 {
		t.Error("it moves still, long after it was moved")
	}
}

// A picture of another size, and one too small to be measured, are no movement
// and no fault.
func TestAimTakesAnyPicture(t *testing.T) {
	var a Aim
	at := time.Unix(1000, 0)
	for _, size := range []image.Point{{0, 0}, {1, 1}, {48, 1}, {48, 2}, {640, 360}, {360, 640}, {49, 4000}} {
		a.Look(image.NewRGBA(image.Rectangle{Max: size}), at)
		v := View{Width: size.X, Height: size.Y}
		if k := a.Advice(&v, at).Kind; k == AdviceMoving {
			t.Errorf("%v: it moves", size)
		}
	}
	v := View{Width: 640, Height: 360, Stopped: true}
	if got := a.Advice(&v, at); got.Kind != AdviceStopped {
		t.Errorf("without new pictures %q is said", got.Text)
	}
	if got := a.Advice(&View{}, at); got.Kind != AdviceNone {
		t.Errorf("before the first picture %q is said", got.Text)
	}
}
