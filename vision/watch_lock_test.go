package vision

import (
	"flag"
	"fmt"
	"image"
	"image/color"
	"math/rand/v2"
	"testing"
	"time"

	"gocv.io/x/gocv"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/reading"
	"github.com/gobancam/gobancam/internal/sim"
)

var bumps = flag.Int("bumps", 2, "how many boards TestWatcherLocks… bump")

// TestWatcherLocksWhereTheBoardIs bumps boards with few stones, which look
// nearly the same a line further on. Whenever the watcher says that it is
// locked on a board that lies still, it is.
func TestWatcherLocksWhereTheBoardIs(t *testing.T) {
	locked := 0
	for seed := range uint64(*bumps) {
		rng := rand.New(rand.NewPCG(seed, 77))
		n := []int{9, 9, 13, 19}[seed%4]
		s := newScene(t, sim.Default(n), false)
		position(s.world, n, rng.IntN(n))
		s.steps(3)
		for range 2 {
			between := func(a, b float64) float64 { return a + (b-a)*rng.Float64() }
			s.world.Bump(between(-2, 2), between(-2, 2), between(-8, 8))
			s.world.Step(500 * time.Millisecond)
			s.frame += 5
			for range 26 {
				s.world.Step(s.every)
				s.step()
				if s.last.Lock != reading.Locked {
					continue
				}
				locked++
				s.expectInPlace()
			}
		}
	}
	t.Logf("%d bumps, %d pictures of %d locked", 2**bumps, locked, 52**bumps)
	if locked < 26**bumps {
		t.Error("the board was hardly found again")
	}
}

// TestWatcherLocksAroundAHand has the hand that sets a stone bump the board.
// When it has left the board is found and reads as it is, and before that the
// watcher is never locked on a board that lies still elsewhere.
func TestWatcherLocksAroundAHand(t *testing.T) {
	late := 0
	for seed := range uint64(*bumps) {
		rng := rand.New(rand.NewPCG(seed, 5))
		n := []int{9, 13, 19}[seed%3]
		c := sim.Default(n)
		c.Camera.Fill *= 0.75
		s := newScene(t, c, false)
		position(s.world, n, rng.IntN(n*n/2))
		s.steps(5)
		p := randomPoint(rng, n)
		for s.world.Stone(p) != board.Empty {
			p = randomPoint(rng, n)
		}
		me := s.world.Player(sim.South)
		me.Place(p, board.Black)
		s.steps(1 + rng.IntN(15))
		between := func(a, b float64) float64 { return a + (b-a)*rng.Float64() }
		s.world.Bump(between(-2, 2), between(-2, 2), between(-8, 8))
		s.until(func() bool {
			if s.world.Still() {
				s.expectInPlace()
			}
			return me.Busy()
		})
		truth := s.world.Truth()
		for range 40 {
			if s.rows() == fmt.Sprint(truth.Rows()) {
				break
			}
			s.step()
			s.expectInPlace()
			late++
		}
		s.expectTruth()
	}
	t.Logf("%d bumps, read as they are %.1f pictures after the hand has left", *bumps, float64(late)/float64(*bumps))
}

func randomPoint(rng *rand.Rand, n int) board.Point {
	return board.Point{X: int8(rng.IntN(n)), Y: int8(rng.IntN(n))}
}

// expectInPlace fails if the watcher is locked where the board is not.
func (s *scene) expectInPlace() {
	s.t.Helper()
	if off := s.off(); s.last.Lock == reading.Locked && off > 0.3 {
		s.t.Fatalf("picture %d: locked with a corner %.2f cells off", s.frame, off)
	}
}

// TestAPhoneIsTurned has the pictures change from lying to standing and back, as
// those of a phone do that is turned: that is a bump. The position stays, and no
// stone is read elsewhere meanwhile. On a board with few stones, nothing but where
// they were in the picture tells which way round it lies.
func TestAPhoneIsTurned(t *testing.T) {
	for _, stones := range []int{0, 1, 20} {
		s := newScene(t, sim.Default(9), false)
		position(s.world, 9, stones)
		s.steps(8)
		img, err := Decode(s.world.JPEG())
		if err != nil {
			t.Fatal(err)
		}
		defer img.Close()
		up := gocv.NewMat()
		defer up.Close()
		small := gocv.NewMat()
		defer small.Close()
		if err := gocv.Resize(img, &small, image.Pt(480, 360), 0, 0, gocv.InterpolationArea); err != nil {
			t.Fatal(err)
		}
		if err := gocv.CopyMakeBorder(small, &up, 140, 140, 0, 0, gocv.BorderReplicate, color.RGBA{}); err != nil {
			t.Fatal(err)
		}
		truth := s.world.Truth()
		want, frame, at := fmt.Sprint(truth.Rows()), s.frame, time.Duration(s.frame)*s.every
		look := func(m gocv.Mat) {
			t.Helper()
			for n := range 100 {
				frame, at = frame+1, at+s.every
				r, err := s.w.Look(&Frame{Number: frame, Time: at, Img: m})
				if err != nil {
					t.Fatal(err)
				}
				if r.Lock != reading.Locked {
					continue
				}
				if got := fmt.Sprint(r.Rows()); got != want {
					t.Errorf("%d stones: it reads\n%s\nthere are\n%s", stones, got, want)
				}
				t.Logf("%d stones: found in %d pictures, bump %d", stones, n, r.Bump)
				return
			}
			t.Errorf("%d stones: it is not found", stones)
		}
		look(up)
		look(img)
		look(up)
	}
}
