// Package bench measures what a machine and a camera can do: what each stage of
// a game costs the processor, how many pictures arrive, how much memory is used.
package bench

import (
	"context"
	"errors"
	"io"
	"runtime"
	"runtime/debug"
	"slices"
	"time"

	"github.com/gobancam/gobancam/internal/eval"
	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/play"
	"github.com/gobancam/gobancam/internal/sim"
	"github.com/gobancam/gobancam/vision"
)

// Options say what is looked at.
type Options struct {
	Source  string        // its name
	Live    bool          // pictures arrive in their own time
	Corners *[4]grid.Pt   // where the board is; nil to look for it
	Size    int           // of the board; 0 for any
	For     time.Duration // how long to look once the board is found
}

// Result is what was measured.
type Result struct {
	Source      string  `json:"source"`
	Width       int     `json:"width"`
	Height      int     `json:"height"`
	Size        int     `json:"size,omitempty"` // of the board
	Confidence  float64 `json:"confidence,omitempty"`
	Pictures    int     `json:"pictures"`
	Rate        float64 `json:"pictures_per_s"` // that arrived, or that can be worked through
	Live        bool    `json:"live"`
	Decode      Stage   `json:"decode"`
	Find        Stage   `json:"find"`
	Read        Stage   `json:"read"`
	Steady      Stage   `json:"steady"`             // a picture of a game, decoding included
	Core        float64 `json:"share_of_a_core"`    // at ten pictures a second
	MemoryStart int64   `json:"memory_start_bytes"` // with OpenCV loaded
	MemoryMost  int64   `json:"memory_most_bytes"`
	CPUs        int     `json:"cpus"`
	OpenCV      string  `json:"opencv"`
	Error       string  `json:"error,omitempty"`
}

// Stage is the processor time of one picture, milliseconds.
type Stage struct {
	Median float64 `json:"cpu_ms_median"`
	Most   float64 `json:"cpu_ms_most"`
}

func stageOf(d []time.Duration) Stage {
	if len(d) == 0 {
		return Stage{}
	}
	d = slices.Sorted(slices.Values(d))
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	return Stage{ms(d[len(d)/2]), ms(d[len(d)-1])}
}

// Simulated is a source of ready pictures of a simulated board, 1280×720, on
// which nothing happens.
func Simulated(ctx context.Context) (vision.Source, error) {
	c := sim.Default(19)
	c.Width, c.Height = 1280, 720
	w, err := sim.New(c)
	if err != nil {
		return nil, err
	}
	var pictures [][]byte
	for range 8 {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		w.Step(time.Second / 30)
		pictures = append(pictures, w.JPEG())
	}
	n := 0
	return vision.FromEncoded(func(context.Context) (vision.Encoded, error) {
		n++
		return vision.Encoded{Data: pictures[n%len(pictures)], Time: time.Duration(n) * time.Second / 30}, nil
	}), nil
}

// lookouts is in how many pictures the board is looked for.
const lookouts = 30

// Run looks at a source. Where no board is found, decoding alone is measured and
// the error is vision.ErrNoBoard.
func Run(ctx context.Context, src vision.Source, o Options) (Result, error) {
	debug.FreeOSMemory() // what drawing a board took is not counted
	b := &bench{Options: o, src: src, start: eval.Memory()}
	defer b.close()
	err := b.find(ctx)
	if err == nil {
		err = b.play(ctx)
	}
	r := b.result()
	if err != nil {
		r.Error = err.Error()
	}
	return r, err
}

// bench is a measurement that goes on.
type bench struct {
	Options
	src           vision.Source
	watcher       *vision.Watcher // nil until the board is found
	width, height int             // of a picture
	size          int             // of the board
	confidence    float64
	pictures      int // since the first, or since the board was found
	since         time.Time
	start, most   int64 // memory

	decode, search, read, steady []time.Duration
}

func (b *bench) close() {
	if b.watcher != nil {
		b.watcher.Close()
	}
}

// errOver says that the source has ended.
var errOver = errors.New("no more pictures")

// next returns the next picture that can be decoded, and what that took.
func (b *bench) next(ctx context.Context) (*vision.Frame, time.Duration, error) {
	for {
		cpu := eval.CPUTime()
		f, err := b.src.Next(ctx)
		took := eval.CPUTime() - cpu
		switch {
		case errors.Is(err, vision.ErrNotPictures) && b.pictures > 0:
			continue
		case errors.Is(err, io.EOF) || err != nil && ctx.Err() != nil:
			return nil, 0, errOver
		case err != nil:
			return nil, 0, err
		}
		if b.pictures == 0 {
			b.width, b.height = f.Img.Cols(), f.Img.Rows()
		}
		if b.pictures++; b.pictures%10 == 1 {
			b.most = max(b.most, eval.Memory())
		}
		b.decode = append(b.decode, took)
		return f, took, nil
	}
}

// find looks for the board until it is surely found, and reads it once.
func (b *bench) find(ctx context.Context) error {
	for b.watcher == nil {
		f, _, err := b.next(ctx)
		if errors.Is(err, errOver) && b.pictures > 0 {
			return vision.ErrNoBoard
		}
		if errors.Is(err, errOver) {
			return ctx.Err()
		}
		if err != nil {
			return err
		}
		err = b.lookFor(f)
		f.Close()
		if err != nil {
			return err
		}
		// Searching is no part of the rate.
		b.since, b.pictures = time.Now(), 1
	}
	return nil
}

// lookFor looks for the board in one picture.
func (b *bench) lookFor(f *vision.Frame) error {
	cpu := eval.CPUTime()
	g, confidence, err := b.grid(f)
	b.search = append(b.search, eval.CPUTime()-cpu)
	last := len(b.search) >= lookouts
	if err != nil || confidence < play.Sure && !last {
		if last {
			return vision.ErrNoBoard
		}
		return nil
	}
	cpu = eval.CPUTime()
	if _, err := vision.NewReader().Read(f.Img, g); err == nil {
		b.read = append(b.read, eval.CPUTime()-cpu)
	}
	b.size, b.confidence = g.Size(), confidence
	b.watcher = vision.NewWatcher(g, vision.WatchOptions{})
	return nil
}

// grid finds the board in a picture, or takes it from the corners.
func (b *bench) grid(f *vision.Frame) (*grid.Grid, float64, error) {
	if b.Corners != nil {
		g, _, err := vision.GridFromCorners(f.Img, *b.Corners, b.Size)
		return g, 1, err
	}
	found, err := vision.Find(f.Img, vision.FindOptions{Size: b.Size})
	if err != nil {
		return nil, 0, err
	}
	return found.Grid, found.Confidence, nil
}

// play watches the board as in a game.
func (b *bench) play(ctx context.Context) error {
	for {
		f, took, err := b.next(ctx)
		if errors.Is(err, errOver) {
			return ctx.Err()
		}
		if err != nil {
			return err
		}
		cpu := eval.CPUTime()
		_, err = b.watcher.Look(f)
		b.steady = append(b.steady, took+eval.CPUTime()-cpu)
		f.Close()
		if err != nil {
			return err
		}
		if time.Since(b.since) >= b.For {
			return nil
		}
	}
}

// result sums up.
func (b *bench) result() Result {
	r := Result{Source: b.Source, Width: b.width, Height: b.height, Size: b.size, Confidence: b.confidence, Pictures: b.pictures, Live: b.Live,
		Decode: stageOf(b.decode), Find: stageOf(b.search), Read: stageOf(b.read), Steady: stageOf(b.steady),
		MemoryStart: b.start, MemoryMost: max(b.most, eval.Memory()), CPUs: runtime.NumCPU(), OpenCV: vision.OpenCVVersion()}
	if n := b.pictures - 1; n > 0 {
		r.Rate = float64(n) / time.Since(b.since).Seconds()
	}
	r.Core = 10 * r.Steady.Median / 1000
	return r
}
