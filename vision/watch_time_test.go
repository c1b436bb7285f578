package vision

import (
	"image"
	"math"
	"testing"
	"time"

	"gocv.io/x/gocv"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/reading"
	"github.com/gobancam/gobancam/internal/sim"
)

// calm fails the test if what happened was taken for more than it was.
func (s *scene) calm() {
	s.t.Helper()
	s.expectTruth()
	if s.wrong > 0 || s.falseStones > 0 || s.last.Bump > 0 || s.last.Lock != reading.Locked {
		s.t.Errorf("%d points wrong, %d false stones, %d bumps, %v", s.wrong, s.falseStones, s.last.Bump, s.last.Lock)
	}
}

func TestWatcherIgnoresShake(t *testing.T) {
	s := newScene(t, sim.Default(9), false)
	position(s.world, 9, 20)
	s.steps(4)
	s.world.Shake(2, 1500*time.Millisecond)
	s.steps(24)
	s.calm()
}

// TestWatcherIgnoresBreathing has the focus hunt: the picture swells, shrinks
// and blurs.
func TestWatcherIgnoresBreathing(t *testing.T) {
	s := newScene(t, sim.Default(9), false)
	position(s.world, 9, 20)
	s.lens = func(img *gocv.Mat) {
		k := math.Sin(float64(s.frame) / 4)
		m := gocv.GetRotationMatrix2D(image.Pt(img.Cols()/2, img.Rows()/2), 0, 1+0.006*k)
		defer m.Close()
		if err := gocv.WarpAffine(*img, img, m, image.Pt(img.Cols(), img.Rows())); err != nil {
			t.Fatal(err)
		}
		if err := gocv.GaussianBlur(*img, img, image.Point{}, 0.4+math.Abs(k), 0, gocv.BorderDefault); err != nil {
			t.Fatal(err)
		}
	}
	s.steps(40)
	s.lens = nil
	s.steps(4)
	s.calm()
}

// TestWatcherFollowsTheColourOfLight has white balance and exposure drift, each
// by a third, within four seconds.
func TestWatcherFollowsTheColourOfLight(t *testing.T) {
	s := newScene(t, sim.Default(9), false)
	position(s.world, 9, 20)
	s.lens = func(img *gocv.Mat) {
		pix, err := img.DataPtrUint8()
		if err != nil {
			t.Fatal(err)
		}
		k := min(1, float64(s.frame)/40)
		gain := [3]float64{1 - 0.33*k, 1 - 0.1*k, 1 - 0.2*k}
		for i, v := range pix {
			pix[i] = uint8(float64(v) * gain[i%3])
		}
	}
	s.steps(50)
	s.calm()
}

// TestWatcherIsNotDraggedByAnArm has black sleeves sweep over half the board of
// a low camera, quickly.
func TestWatcherIsNotDraggedByAnArm(t *testing.T) {
	s := newScene(t, sim.Random(112, 9), false)
	s.every = 150 * time.Millisecond
	s.steps(4)
	for k := range 4 {
		p, c := s.world.Player(sim.South), board.Black
		if k%2 == 1 {
			p, c = s.world.Player(sim.North), board.White
		}
		p.Speed = 1.4
		p.Place(board.Point{X: int8(2 + k), Y: int8(5 - k)}, c)
		for p.Busy() {
			s.step()
			if far := s.off(); far > 0.15 {
				t.Errorf("picture %d: the grid is %.2f of a cell off", s.frame, far)
			}
		}
		s.steps(3)
	}
	if s.last.Bump > 0 {
		t.Errorf("%d bumps where there was none", s.last.Bump)
	}
}

// TestWatcherFindsABoardThatWasBumpedAfterAMove has two stones come between
// the last look and the bump.
func TestWatcherFindsABoardThatWasBumpedAfterAMove(t *testing.T) {
	s := newScene(t, sim.Default(9), false)
	s.steps(5)
	s.world.Set(board.Point{X: 5, Y: 2}, board.Black)
	s.world.Set(board.Point{X: 4, Y: 2}, board.White)
	s.world.Bump(0.7, -0.6, 4)
	for s.last.Lock == reading.Locked && s.frame < 20 {
		s.step()
	}
	noticed := s.frame
	for s.last.Lock != reading.Locked && s.frame < 80 {
		s.step()
	}
	s.steps(3)
	s.expectTruth()
	if s.last.Lock != reading.Locked || s.off() > 0.1 || noticed > 15 {
		t.Errorf("%v, %.2f of a cell off; noticed in picture %d", s.last.Lock, s.off(), noticed)
	}
}
