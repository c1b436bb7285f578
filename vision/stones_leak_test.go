//go:build matprofile

package vision

import (
	"testing"

	"gocv.io/x/gocv"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/sim"
)

func TestReaderLeavesNoMat(t *testing.T) {
	img, g, _ := pose(t, sim.Default(9), 0.3, nil)
	before := gocv.MatProfile.Count()
	r := NewReader()
	for range 3 {
		read(t, r, img, g)
		if _, err := r.ReadPoints(img, g, []board.Point{{X: 1, Y: 2}}); err != nil {
			t.Fatal(err)
		}
	}
	if n := gocv.MatProfile.Count() - before; n != 0 {
		t.Errorf("%d Mats left open", n)
	}
}
