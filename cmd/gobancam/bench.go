package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/gobancam/gobancam/internal/app/camera"
	"github.com/gobancam/gobancam/internal/eval"
	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/play"
	"github.com/gobancam/gobancam/internal/sim"
	"github.com/gobancam/gobancam/vision"
)

// bench is what a machine and a camera can do.
type bench struct {
	Source        string  `json:"source"`
	Width         int     `json:"width"`
	Height        int     `json:"height"`
	Size          int     `json:"size,omitempty"` // of the board
	Confidence    float64 `json:"confidence,omitempty"`
	Pictures      int     `json:"pictures"`
	Rate          float64 `json:"pictures_per_s"` // that arrived, or that can be worked through
	Live          bool    `json:"live"`
	Decode        stage   `json:"decode"`
	Find          stage   `json:"find"`
	Read          stage   `json:"read"`
	Steady        stage   `json:"steady"`             // a picture of a game, decoding included
	Core          float64 `json:"share_of_a_core"`    // at ten pictures a second
	MemoryStart   int64   `json:"memory_start_bytes"` // with OpenCV loaded
	MemoryMost    int64   `json:"memory_most_bytes"`
	CPUs          int     `json:"cpus"`
	OpenCV        string  `json:"opencv"`
	Error         string  `json:"error,omitempty"`
	decode, watch []time.Duration
}

// stage is the processor time of one picture, milliseconds.
type stage struct {
	Median float64 `json:"cpu_ms_median"`
	Most   float64 `json:"cpu_ms_most"`
}

func stageOf(d []time.Duration) stage {
	if len(d) == 0 {
		return stage{}
	}
	d = slices.Sorted(slices.Values(d))
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	return stage{ms(d[len(d)/2]), ms(d[len(d)-1])}
}

func newBenchCommand() *cobra.Command {
	var where boardFlags
	var format string
	var long time.Duration
	cmd := &cobra.Command{
		Use:   "bench [SOURCE]",
		Short: "Measure what this machine and a camera can do",
		Long: `Bench looks at a board as in a game and says what each stage costs the
processor: decoding a picture, finding the board, reading all its stones, and a
picture of steady play with all of it; how many pictures a second arrive, and
how much memory is used. Times are of processor time, which other programs do
not blur.

SOURCE is a camera, a stream, a video or a directory of pictures. Without one, a
simulated board is measured in pictures of 1280×720.

Exit code 0: done. 2: the source could not be read. 3: no board was found; the
numbers are then those of decoding alone.`,
		Example: `  gobancam bench
  gobancam bench 0 --time 30s
  gobancam bench --format json http://192.168.1.20:8080/video`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			corners, err := where.parse()
			if err != nil {
				return err
			}
			if format != "text" && format != "json" {
				return withCode(exitUsage, fmt.Errorf("--format %s: text or json", format))
			}
			if long <= 0 {
				return withCode(exitUsage, fmt.Errorf("--time %v: how long to look", long))
			}
			b := bench{Source: "simulated board", CPUs: runtime.NumCPU(), OpenCV: vision.OpenCVVersion()}
			var src vision.Source
			if len(args) == 0 {
				src, err = simulated(cmd.Context(), long)
			} else {
				b.Source, b.Live = camera.Name(args[0]), vision.IsLive(args[0])
				src, err = camera.OpenSource(cmd.Context(), b.Source, vision.OpenOptions{})
			}
			if err != nil {
				return camera.Failure(err)
			}
			defer src.Close()
			debug.FreeOSMemory() // what it took to draw a board is none of ours
			b.MemoryStart = eval.Memory()
			err = b.run(cmd.Context(), src, corners, where.size, long)
			if err != nil {
				b.Error = err.Error()
			}
			if b.Pictures > 0 {
				print := b.writeText
				if format == "json" {
					print = func(w io.Writer) error { return json.NewEncoder(w).Encode(b) }
				}
				if werr := print(cmd.OutOrStdout()); werr != nil {
					return werr
				}
			}
			if err != nil {
				return camera.Failure(err)
			}
			return nil
		},
	}
	where.register(cmd)
	f := cmd.Flags()
	f.DurationVar(&long, "time", 10*time.Second, "how long to look")
	f.StringVar(&format, "format", "text", "text or json")
	completeWith(cmd, "format", "text", "json")
	return cmd
}

// simulated is a source of ready pictures of a simulated board, on which
// nothing happens.
func simulated(ctx context.Context, long time.Duration) (vision.Source, error) {
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

// run looks at src for so long.
func (b *bench) run(ctx context.Context, src vision.Source, corners *[4]grid.Pt, size int, long time.Duration) error {
	var w *vision.Watcher
	defer func() {
		if w != nil {
			w.Close()
		}
	}()
	var first, begun time.Time
	var find, read []time.Duration
	searched := 0
	defer func() {
		b.MemoryMost = max(b.MemoryMost, eval.Memory())
		if n := b.Pictures - 1; n > 0 {
			b.Rate = float64(n) / time.Since(first).Seconds()
		}
		b.Decode, b.Find, b.Read, b.Steady = stageOf(b.decode), stageOf(find), stageOf(read), stageOf(b.watch)
		b.Core = 10 * b.Steady.Median / 1000
	}()
	for {
		cpu := eval.CPUTime()
		f, err := src.Next(ctx)
		took := eval.CPUTime() - cpu
		switch {
		case errors.Is(err, vision.ErrNotPictures) && b.Pictures > 0:
			continue
		case errors.Is(err, io.EOF) || err != nil && ctx.Err() != nil:
			if w == nil && b.Pictures > 0 {
				return vision.ErrNoBoard
			}
			return ctx.Err()
		case err != nil:
			return err
		}
		if b.Pictures == 0 {
			b.Width, b.Height = f.Img.Cols(), f.Img.Rows()
		}
		b.Pictures++
		if b.Pictures%10 == 1 {
			b.MemoryMost = max(b.MemoryMost, eval.Memory())
		}
		b.decode = append(b.decode, took)
		if w == nil {
			cpu = eval.CPUTime()
			g, confidence, err := benchGrid(f, corners, size)
			find = append(find, eval.CPUTime()-cpu)
			searched++
			switch {
			case err == nil && (confidence >= play.Sure || searched == lookouts):
				cpu = eval.CPUTime()
				if _, err := vision.NewReader().Read(f.Img, g); err == nil {
					read = append(read, eval.CPUTime()-cpu)
				}
				b.Size, b.Confidence = g.Size(), confidence
				w = vision.NewWatcher(g, vision.WatchOptions{})
			case searched >= lookouts:
				f.Close()
				return vision.ErrNoBoard
			}
			// Searching is no part of the rate.
			first, begun = time.Now(), time.Now()
			b.Pictures = 1
			f.Close()
			continue
		}
		cpu = eval.CPUTime()
		_, err = w.Look(f)
		b.watch = append(b.watch, took+eval.CPUTime()-cpu)
		f.Close()
		if err != nil {
			return err
		}
		if time.Since(begun) >= long {
			return nil
		}
	}
}

// benchGrid finds the board in a picture, or takes it from corners.
func benchGrid(f *vision.Frame, corners *[4]grid.Pt, size int) (*grid.Grid, float64, error) {
	if corners != nil {
		g, _, err := vision.GridFromCorners(f.Img, *corners, size)
		return g, 1, err
	}
	found, err := vision.Find(f.Img, vision.FindOptions{Size: size})
	if err != nil {
		return nil, 0, err
	}
	return found.Grid, found.Confidence, nil
}

// writeText writes the numbers for a reader.
func (b *bench) writeText(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintf(t, "%s\t%d×%d, %d CPUs, OpenCV %s\n", b.Source, b.Width, b.Height, b.CPUs, b.OpenCV)
	if b.Size > 0 {
		fmt.Fprintf(t, "board\t%d×%d, %.1f %% sure\n", b.Size, b.Size, 100*b.Confidence)
	}
	what := "were worked through, as fast as this machine can"
	if b.Live {
		what = "arrived"
	}
	fmt.Fprintf(t, "pictures a second\t%.1f %s\n", b.Rate, what)
	line := func(name string, s stage) {
		if s.Most > 0 {
			fmt.Fprintf(t, "%s\t%.1f ms of CPU, %.1f at most\n", name, s.Median, s.Most)
		}
	}
	line("decode a picture", b.Decode)
	line("find the board", b.Find)
	line("read all stones", b.Read)
	line("a picture of steady play", b.Steady)
	if b.Steady.Median > 0 {
		fmt.Fprintf(t, "at ten pictures a second\t%.0f %% of a core\n", 100*b.Core)
	}
	fmt.Fprintf(t, "memory\t%d MB at most, %d MB more than at the start\n", b.MemoryMost>>20, (b.MemoryMost-b.MemoryStart)>>20)
	switch {
	case b.Steady.Median == 0:
		fmt.Fprintln(t, "no board was found:\tshow the whole board, or give --corners")
	case b.Live && b.Rate < 4:
		fmt.Fprintln(t, "note\tthe camera sends few pictures: more light, or a smaller resolution, gives more")
	case b.Steady.Median > 100:
		fmt.Fprintln(t, "note\tthis machine is slow: choose a smaller resolution")
	}
	return t.Flush()
}
