package sim

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/reading"
)

// Looking without a picture must see what the picture shows.
func TestLookAgreesWithRender(t *testing.T) {
	cfg := small(9)
	cfg.Width, cfg.Height = 240, 180
	cfg.Sensor.Shutter = 0
	w := newWorld(t, cfg)
	w.Player(South).Place(board.Point{X: 4, Y: 3}, board.Black)
	w.Player(North).Rest(board.Point{X: 6, Y: 2}, time.Second)
	w.Cup(board.Point{X: 1, Y: 7}, Gray(0.9))
	points, differ := 0, 0
	for range 12 {
		w.Step(150 * time.Millisecond)
		w.Render()
		a := w.Truth()
		b := w.Look()
		if b.Frame != a.Frame+1 || a.Spec != b.Spec || a.Hand != b.Hand {
			t.Fatalf("%+v, %+v", a, b)
		}
		for i := range a.Covered {
			if a.Covered[i] {
				points++
			}
			if a.Covered[i] != b.Covered[i] {
				differ++
			}
		}
	}
	if points < 100 || differ*12 > points {
		t.Errorf("%d covered points, %d differ", points, differ)
	}
}

func TestEyes(t *testing.T) {
	w := newWorld(t, small(9))
	g := rand.New(rand.NewPCG(1, 1))
	for range 25 {
		w.Set(board.Point{X: int8(g.IntN(9)), Y: int8(g.IntN(9))}, board.Color(1+g.IntN(2)))
	}
	e := NewEyes(1)
	p := w.Player(South)
	p.Hover(board.Point{X: 4, Y: 4}, board.White, 5*time.Second)
	points, wrong, covered := 0, 0, 0
	for range 2000 {
		w.Step(50 * time.Millisecond)
		truth := w.Look()
		r := e.Read(truth)
		if r.Lock != reading.Locked || r.Bump != 0 || len(r.Points) != 81 {
			t.Fatalf("%+v", r)
		}
		for i, ev := range r.Points {
			if truth.Covered[i] {
				covered++
				continue
			}
			points++
			if ev.Best() != reading.State(truth.Stones[i]) {
				wrong++
			}
		}
	}
	rate := float64(wrong) / float64(points)
	if covered == 0 || rate < 2e-4 || rate > 4e-3 {
		t.Errorf("%d points covered; %.2g of the others misread", covered, rate)
	}

	w.Bump(1, 0, 2)
	var lost, unsure bool
	for range 30 {
		w.Step(50 * time.Millisecond)
		r := e.Read(w.Look())
		lost = lost || r.Lock == reading.Lost
		unsure = unsure || r.Lock == reading.Unsure
		if r.Lock == reading.Locked && lost && r.Bump != 1 {
			t.Fatalf("after the bump: %+v", r)
		}
	}
	if !lost || !unsure {
		t.Error("the eyes do not notice a bump")
	}
}

// BenchmarkLook is what a moment of a simulated game costs without a picture.
func BenchmarkLook(b *testing.B) {
	w := newWorld(b, Default(19))
	w.Player(South).Hover(board.Point{X: 9, Y: 9}, board.Black, time.Hour)
	w.Step(time.Second)
	e := NewEyes(1)
	for b.Loop() {
		w.Step(time.Millisecond)
		e.Read(w.Look())
	}
}
