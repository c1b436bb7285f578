package vision

import (
	"bytes"
	"image"
	_ "image/jpeg"
	_ "image/png"
	"math"
	"testing"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/reading"
)

// chanced is the evidence of a point that is so with this chance, and else empty.
func chanced(s reading.State, chance float64) reading.Evidence {
	var l [reading.States]float64
	for i := range l {
		l[i] = math.Inf(-1)
	}
	l[reading.Empty], l[s] = math.Log(1-chance), math.Log(chance)
	return reading.NewEvidence(l)
}

// The points whose reading is doubtful are named, the most doubtful first, and
// neither those that are clear nor those that are hidden.
func TestDoubt(t *testing.T) {
	g, err := grid.New(grid.Spec{Size: 9, Width: 320, Height: 320, Corners: [4]grid.Pt{{X: 30, Y: 30}, {X: 290, Y: 30}, {X: 290, Y: 290}, {X: 30, Y: 290}}})
	if err != nil {
		t.Fatal(err)
	}
	b := &Board{Grid: g, Points: make([]reading.Evidence, 81)}
	for i := range b.Points {
		b.Points[i] = chanced(reading.Black, 0.0001)
	}
	b.Points[3] = chanced(reading.Black, 0.9)
	b.Points[10] = chanced(reading.White, 0.6)
	b.Points[20] = chanced(reading.White, 0.9999)
	b.Points[30] = chanced(reading.Black, 0.03)
	b.Points[40] = reading.Hidden
	want := []board.Point{{X: 1, Y: 1}, {X: 3, Y: 0}, {X: 3, Y: 3}}
	got := b.Doubt()
	if len(got) != len(want) || got[0] != want[0] || got[1] != want[1] || got[2] != want[2] {
		t.Errorf("doubtful are %v, not %v", got, want)
	}

	img, err := ReadPicture("../testdata/images/odd-sloppy.jpg")
	if err != nil {
		t.Fatal(err)
	}
	defer img.Close()
	for name, format := range map[string]string{"a.png": "png", "b.PNG": "png", "c.b.jpg": "jpeg", "d.jpeg": "jpeg"} {
		data, err := EncodeReading(img, b, name)
		if err != nil {
			t.Fatal(err)
		}
		if c, f, err := image.DecodeConfig(bytes.NewReader(data)); err != nil || f != format || c.Width != img.Cols() || c.Height != img.Rows() {
			t.Errorf("%s is %s of %d×%d, %v", name, f, c.Width, c.Height, err)
		}
	}
	for _, name := range []string{"a.gif", "png", "", "a.png.exe"} {
		if _, err := EncodeReading(img, b, name); err == nil {
			t.Errorf("%q names a picture", name)
		}
	}
}
