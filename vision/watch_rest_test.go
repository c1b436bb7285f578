package vision

import (
	"slices"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/reading"
	"github.com/gobancam/gobancam/internal/sim"
)

// TestWatcherHoldsUnderAHandForAMinute has an arm, or something as large as a
// cat, lie on the board for half a minute, shift by a line and lie there for
// another. A stone is set under it meanwhile. Nothing may be said of what is
// hidden, and all of what was done when it is seen again.
func TestWatcherHoldsUnderAHandForAMinute(t *testing.T) {
	for _, test := range []struct {
		name   string
		seed   uint64 // 0: the usual board
		stones int
		seat   sim.Seat
		at     board.Point
		sleeve sim.RGB
		bare   float64
		scale  float64
	}{
		{"white sleeve over stones", 0, 20, sim.South, board.Point{X: 4, Y: 4}, sim.Gray(0.92), 0, 1},
		{"black sleeve on an empty board", 3, 0, sim.East, board.Point{X: 7, Y: 4}, sim.Gray(0.08), 0, 1},
		{"bare arm, sleeve like the wood, full board", 0, 40, sim.West, board.Point{X: 4, Y: 4}, sim.Default(9).Board.Wood, 150, 1},
		{"a black cat over most of the board", 0, 20, sim.East, board.Point{X: 4, Y: 4}, sim.Gray(0.08), 0, 2.4},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := sim.Default(9)
			if test.seed > 0 {
				c = sim.Random(test.seed, 9)
			}
			s := newScene(t, c, false)
			s.every = 500 * time.Millisecond
			position(s.world, 9, test.stones)
			s.steps(4)
			s.expectTruth()
			p := s.world.Player(test.seat)
			p.Arm.Sleeve, p.Arm.Stripe, p.Arm.Bare, p.Arm.Scale = test.sleeve, 0, test.bare, test.scale
			p.Rest(test.at, 4*time.Second)
			p.Rest(board.Point{X: test.at.X + 1, Y: test.at.Y}, 8*time.Second)
			s.steps(2)
			s.dwell(30 * time.Second)
			s.steps(5)
			under := slices.IndexFunc(s.points(), func(p shown) bool { return p.covered && p.stone == board.Empty })
			if under < 0 {
				t.Fatal("the hand hides no empty point")
			}
			s.world.Set(board.Point{X: int8(under % 9), Y: int8(under / 9)}, board.White)
			s.dwell(30 * time.Second)
			if s.points()[under].covered && s.last.Points[under].Best() == reading.White {
				t.Error("the stone under the hand was told of")
			}
			s.until(p.Busy)
			s.steps(8)
			s.calm()
			t.Logf("%d points seen: %d wrong, %d hidden; %d false under the hand", s.seen, s.wrong, s.hidden, s.falseStones)
		})
	}
}

// shown is what a picture shows of a point.
type shown struct {
	stone   board.Color
	covered bool
}

// points tells of the points of the last picture.
func (s *scene) points() []shown {
	truth := s.world.Truth()
	out := make([]shown, len(truth.Stones))
	for i := range out {
		out[i] = shown{truth.Stones[i], truth.Covered[i]}
	}
	return out
}

// TestWatcherReadsBesideWhatWasPutDown has a cup put down on the edge of the
// board, for good. After a while moves right beside it are read as anywhere;
// they were hidden as long as it stood there. It is no stone then, nor when it
// goes.
func TestWatcherReadsBesideWhatWasPutDown(t *testing.T) {
	for _, test := range []struct {
		name   string
		at     board.Point
		seat   sim.Seat
		colour sim.RGB
		moves  []board.Point
	}{
		{"white, over the rim", board.Point{X: -2, Y: 4}, sim.West, sim.Gray(0.9), []board.Point{{X: 0, Y: 6}, {X: 1, Y: 4}}},
		{"black, on the first line", board.Point{X: 9, Y: 4}, sim.East, sim.Gray(0.1), []board.Point{{X: 7, Y: 4}, {X: 7, Y: 6}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := sim.Default(9)
			c.Camera.Fill *= 0.85
			s := newScene(t, c, false)
			s.every = 250 * time.Millisecond
			position(s.world, 9, 10)
			s.steps(4)
			s.expectTruth()
			p := s.world.Player(test.seat)
			var remove func()
			p.Hover(test.at, board.Empty, 300*time.Millisecond)
			p.Do(func() { remove = s.world.Cup(test.at, test.colour) })
			s.until(p.Busy)
			s.dwell(23 * time.Second)
			p = s.world.Player(sim.North)
			for k, q := range test.moves {
				i := int(q.Y)*9 + int(q.X)
				if s.last.Points[i].Best() != reading.Empty {
					t.Errorf("%v beside the cup reads %v before the move", q, s.last.Points[i].Best())
				}
				p.Place(q, board.Color(1+k%2))
				s.until(p.Busy)
				s.steps(12)
				if got := s.last.Points[i].Best(); got != reading.State(1+k%2) {
					t.Errorf("%v beside the cup reads %v three seconds after the move", q, got)
				}
			}
			remove()
			s.steps(6)
			s.calm()
		})
	}
}
