package vision

import (
	"testing"

	"gocv.io/x/gocv"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/grid"
)

// benchBoard is a grey picture of a 19×19 board seen from 50° or so above.
func benchBoard(b *testing.B, w, h int) (gocv.Mat, *grid.Grid) {
	b.Helper()
	img := gocv.NewMatWithSizeFromScalar(gocv.NewScalar(90, 150, 190, 0), h, w, gocv.MatTypeCV8UC3)
	x, y := float64(w), float64(h)
	g, err := grid.New(grid.Spec{Size: 19, Width: w, Height: h, Aspect: grid.Standard, Corners: [4]grid.Pt{
		{X: 0.33 * x, Y: 0.12 * y}, {X: 0.67 * x, Y: 0.12 * y}, {X: 0.76 * x, Y: 0.92 * y}, {X: 0.24 * x, Y: 0.92 * y}}})
	if err != nil {
		b.Fatal(err)
	}
	return img, g
}

func benchRead(b *testing.B, w, h int) {
	img, g := benchBoard(b, w, h)
	defer img.Close()
	r := NewReader()
	for b.Loop() {
		if _, err := r.Read(img, g); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRead720p(b *testing.B)  { benchRead(b, 1280, 720) }
func BenchmarkRead1080p(b *testing.B) { benchRead(b, 1920, 1080) }

func benchReadPoints(b *testing.B, pts []board.Point) {
	img, g := benchBoard(b, 1280, 720)
	defer img.Close()
	r := NewReader()
	if _, err := r.Read(img, g); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := r.ReadPoints(img, g, pts); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReadPoint(b *testing.B) { benchReadPoints(b, []board.Point{{X: 9, Y: 9}}) }

// BenchmarkReadHand reads what changes under a hand.
func BenchmarkReadHand(b *testing.B) {
	var pts []board.Point
	for i := range 60 {
		pts = append(pts, board.Point{X: int8(5 + i%6), Y: int8(3 + i/6)})
	}
	benchReadPoints(b, pts)
}
