package vision

import (
	"errors"
	"strings"
	"testing"

	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/sim"
)

// TestCornersALineOffAreNotSure gives ReadBoard the corners of a board, and the
// same moved by one line: those read without a doubtful point, perhaps, and are
// the wrong board.
func TestCornersALineOffAreNotSure(t *testing.T) {
	for _, size := range []int{9, 13, 19} {
		config := sim.Default(size)
		config.Width, config.Height = 960, 540
		v := shoot(t, config, 0.35)
		truth, err := grid.New(v.spec)
		if err != nil {
			t.Fatal(err)
		}
		n := float64(size - 1)
		for _, by := range [5][2]float64{{0, 0}, {1, 0}, {0, 1}, {-1, 0}, {0, -1}} {
			var corners [4]grid.Pt
			for i, uv := range [4][2]float64{{0, 0}, {n, 0}, {n, n}, {0, n}} {
				corners[i] = truth.At(uv[0]+by[0], uv[1]+by[1], 0)
			}
			b, err := ReadBoard(v.img, BoardOptions{Corners: &corners, Size: size})
			switch moved := by != [2]float64{}; {
			case errors.Is(err, grid.ErrCorners) && moved:
			case err != nil:
				t.Errorf("%d lines, moved by %v: %v", size, by, err)
			case moved && b.Confidence >= 0.5:
				t.Errorf("%d lines, moved by %v: read with confidence %.3f", size, by, b.Confidence)
			case !moved && b.Confidence < 0.9:
				t.Errorf("%d lines: right, and read with confidence %.3f", size, b.Confidence)
			}
		}
	}
}

// TestOtherSizeIsNamed looks for a board of more lines than there are.
func TestOtherSizeIsNamed(t *testing.T) {
	config := sim.Default(13)
	config.Width, config.Height = 960, 540
	v := shoot(t, config, 0.35)
	_, err := ReadBoard(v.img, BoardOptions{Size: 19})
	if !errors.Is(err, ErrNoBoard) || !strings.Contains(err.Error(), "one of 13") {
		t.Errorf("a board of 13 lines, looked for with 19: %v", err)
	}
}
