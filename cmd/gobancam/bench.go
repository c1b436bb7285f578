package main

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/gobancam/gobancam/internal/app/camera"
	"github.com/gobancam/gobancam/internal/bench"
	"github.com/gobancam/gobancam/vision"
)

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
how much memory is used. Times are processor times, which other programs do not
affect.

SOURCE is a camera, a stream, a video, a directory of pictures, or phone: for a
phone's browser. Without one, a
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
			opt := bench.Options{Source: "simulated board", Corners: corners, Size: where.size, For: long}
			var src vision.Source
			if len(args) == 0 {
				src, err = bench.Simulated(cmd.Context())
			} else {
				if opt.Source, err = meetPhone(cmd, camera.Name(args[0])); err != nil {
					return err
				}
				opt.Live = camera.IsLive(opt.Source)
				src, err = camera.OpenSource(cmd.Context(), opt.Source, vision.OpenOptions{})
			}
			if err != nil {
				return camera.Failure(err)
			}
			defer src.Close()
			found, err := bench.Run(cmd.Context(), src, opt)
			if found.Pictures > 0 {
				print := found.WriteText
				if format == "json" {
					print = func(w io.Writer) error { return json.NewEncoder(w).Encode(found) }
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
	registerPhone(cmd)
	f := cmd.Flags()
	f.DurationVar(&long, "time", 10*time.Second, "how long to look")
	f.StringVar(&format, "format", "text", "text or json")
	completeWith(cmd, "format", "text", "json")
	return cmd
}
