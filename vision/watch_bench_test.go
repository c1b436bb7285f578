package vision

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/sim"
)

// cpu runs f b.N times and reports what it costs the processor, which a busy
// machine does not blur as it does the time on the wall.
func cpu(b *testing.B, f func()) {
	b.Helper()
	used := func() time.Duration {
		var r syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
			b.Fatal(err)
		}
		return time.Duration(r.Utime.Nano() + r.Stime.Nano())
	}
	b.ReportAllocs()
	b.ResetTimer()
	start := used()
	for range b.N {
		f()
	}
	b.ReportMetric(float64((used()-start).Microseconds())/1000/float64(b.N), "cpu-ms/op")
}

// drawn are the pictures that quiet made, by format: drawing one costs as much
// as looking at a hundred, and every benchmark is begun several times.
var drawn = map[[2]int][][]byte{}

// quiet returns pictures of a board on which nothing happens, as JPEG, and
// its grid.
func quiet(b *testing.B, width, height, pictures int) ([][]byte, *grid.Grid) {
	b.Helper()
	c := sim.Default(19)
	c.Width, c.Height = width, height
	w, err := sim.New(c)
	if err != nil {
		b.Fatal(err)
	}
	g, err := grid.New(w.Spec())
	if err != nil {
		b.Fatal(err)
	}
	format := [2]int{width, height}
	if len(drawn[format]) < pictures {
		position(w, 19, 120)
		drawn[format] = nil
		for range pictures {
			w.Step(time.Second / 30)
			drawn[format] = append(drawn[format], w.JPEG())
		}
	}
	return drawn[format][:pictures], g
}

var formats = []struct{ width, height int }{{1280, 720}, {1920, 1080}}

// BenchmarkSteadyPlay is the whole cost of a picture on which nothing happens:
// decoding, comparing, following, reading.
func BenchmarkSteadyPlay(b *testing.B) {
	for _, f := range formats {
		b.Run(fmt.Sprint(f.height, "p"), func(b *testing.B) {
			jpegs, g := quiet(b, f.width, f.height, 8)
			w := NewWatcher(g, WatchOptions{})
			defer w.Close()
			n := 0
			look := func() {
				img, err := Decode(jpegs[n%len(jpegs)])
				if err != nil {
					b.Fatal(err)
				}
				fr := &Frame{Number: n, Time: time.Duration(n) * time.Second / 30, Img: img}
				defer fr.Close()
				n++
				if _, err := w.Look(fr); err != nil {
					b.Fatal(err)
				}
			}
			for range 10 {
				look()
			}
			cpu(b, look)
		})
	}
}

func BenchmarkDecode(b *testing.B) {
	for _, f := range formats {
		b.Run(fmt.Sprint(f.height, "p"), func(b *testing.B) {
			jpegs, _ := quiet(b, f.width, f.height, 1)
			cpu(b, func() {
				img, err := Decode(jpegs[0])
				if err != nil {
					b.Fatal(err)
				}
				img.Close()
			})
		})
	}
}

func BenchmarkViewSample(b *testing.B) {
	for _, f := range formats {
		b.Run(fmt.Sprint(f.height, "p"), func(b *testing.B) {
			jpegs, g := quiet(b, f.width, f.height, 1)
			img, err := Decode(jpegs[0])
			if err != nil {
				b.Fatal(err)
			}
			defer img.Close()
			v := newView(19)
			cpu(b, func() {
				if err := v.sample(img, g); err != nil {
					b.Fatal(err)
				}
			})
		})
	}
}

func BenchmarkAlign(b *testing.B) {
	jpegs, g := quiet(b, 1280, 720, 2)
	views := [2]*view{newView(19), newView(19)}
	for i, v := range views {
		img, err := Decode(jpegs[i])
		if err != nil {
			b.Fatal(err)
		}
		if err := v.sample(img, g); err != nil {
			b.Fatal(err)
		}
		img.Close()
	}
	var a aligner
	a.reference(views[0], func(int, int) bool { return true })
	cpu(b, func() { a.align(views[0], views[1], warp{}, nil) })
	b.ReportMetric(float64(len(a.edges)), "edges")
}

// BenchmarkFindBumped is the search for a board that was knocked away.
func BenchmarkFindBumped(b *testing.B) {
	jpegs, g := quiet(b, 1280, 720, 1)
	img, err := Decode(jpegs[0])
	if err != nil {
		b.Fatal(err)
	}
	defer img.Close()
	w := NewWatcher(g, WatchOptions{})
	defer w.Close()
	if _, err := w.Look(&Frame{Img: img}); err != nil {
		b.Fatal(err)
	}
	cpu(b, func() {
		guesses, err := w.search(img)
		if err != nil {
			b.Fatal(err)
		}
		for _, d := range guesses {
			if _, err := w.refine(img, d); err != nil {
				b.Fatal(err)
			}
		}
	})
}
