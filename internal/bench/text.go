package bench

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// WriteText writes the numbers for a reader.
func (b *Result) WriteText(w io.Writer) error {
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
	line := func(name string, s Stage) {
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
