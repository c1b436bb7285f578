package camera

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/gobancam/gobancam/calibrate"
	"github.com/gobancam/gobancam/internal/grid"
)

// What a phone draws lies where the grid is, through a lens that bends it, and
// is small enough to be sent with every picture.
func TestWhatAPhoneShowsWhileItIsAimed(t *testing.T) {
	for _, k1 := range []float64{0, -0.2} {
		g, err := grid.New(grid.Spec{Size: 19, Width: 1280, Height: 720, K1: k1,
			Corners: [4]grid.Pt{{X: 300, Y: 80}, {X: 960, Y: 85}, {X: 1180, Y: 650}, {X: 110, Y: 640}}})
		if err != nil {
			t.Fatal(err)
		}
		s := AimScreen(&calibrate.View{Grid: g, Width: 1280, Height: 720}, calibrate.Advice{Kind: calibrate.AdviceFound, Text: "It is found."})
		if s.Mode != "aim" || s.Size != 19 || s.AdviceKind != "found" || s.Corners == nil || math.Abs(s.Corners[2][0]-1180.5/1280) > 1e-4 {
			t.Fatalf("the screen is %+v", s)
		}
		for i, l := range s.Lines {
			for _, end := range l {
				u, v := g.Board(grid.Pt{X: end[0]*1280 - 0.5, Y: end[1]*720 - 0.5})
				if math.Abs(u-math.Round(u)) > 0.01 && math.Abs(v-math.Round(v)) > 0.01 || u < -0.01 || v < -0.01 || u > 18.01 || v > 18.01 {
					t.Fatalf("K1 %v: line %d ends at %.3f, %.3f of the board", k1, i, u, v)
				}
			}
			// Its middle is where the drawn piece is, to a tenth of a cell.
			mid := grid.Pt{X: (l[0][0]+l[1][0])*640 - 0.5, Y: (l[0][1]+l[1][1])*360 - 0.5}
			if u, v := g.Board(mid); math.Abs(u-math.Round(u)) > 0.1 && math.Abs(v-math.Round(v)) > 0.1 {
				t.Errorf("K1 %v: the middle of line %d is at %.2f, %.2f of the board", k1, i, u, v)
			}
		}
		text, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("K1 %v: %d lines, %d bytes", k1, len(s.Lines), len(text))
		if len(text) > 8000 {
			t.Errorf("K1 %v: a screen of %d bytes", k1, len(text))
		}
	}
	if s := AimScreen(&calibrate.View{Width: 1280, Height: 720}, calibrate.Advice{Kind: calibrate.AdviceSearch}); s.Lines != nil || s.Corners != nil {
		t.Errorf("without a board there is a grid: %+v", s)
	}
}
