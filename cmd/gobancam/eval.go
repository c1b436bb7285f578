package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/gobancam/gobancam/internal/app/camera"
	"github.com/gobancam/gobancam/internal/eval"
	"github.com/gobancam/gobancam/internal/eval/eyes"
)

func newEvalCommand() *cobra.Command {
	var format string
	var given, alone bool
	var opt eval.Options
	cmd := &cobra.Command{
		Use:   "eval MANIFEST...",
		Short: "Measure on labelled pictures and games",
		Long: `Eval looks at the pictures that a manifest labels, and prints how many boards it
finds, how often it is sure and wrong, how many points it reads wrong and how
many boards fully right, and the processor time of a picture; over pictures, and
over scenes, so that a long series of one scene counts once.

A manifest is a JSON array of objects with file, board_size, corners and truth,
the truth.json of rendered stills, or the labels.json of a sequence; files are
looked for beside it. A board is found when all four corner crossings are
within a quarter of the line spacing, under any of the four turns.

A game is a video with its truth.json or a sequence of photographs with its
labels.json: it is watched from the first picture to the last, as replay does,
and the record compared with the moves that were played: how many are missing,
how many extra, how many games come out fully right, and how long after the hand
had left each move was told. Pictures of a sequence are taken at the times that
it gives. With --stills the pictures of a sequence are measured one by one.

Both ways are measured unless one is asked for: with the corners of the label
given, and from the picture alone.`,
		Example: `  gobancam eval --no-corners photos/manifest.json
  gobancam eval --format json stills/truth.json > stills.json
  gobancam eval games/*/truth.json`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if format != "text" && format != "json" {
				return withCode(exitUsage, fmt.Errorf("--format %s: text or json", format))
			}
			opt.Given, opt.Alone = !alone, !given
			opt.Eyes, opt.Players = eyes.Eyes{}, eyes.Players{Place: camera.PlaceCorners}
			opt.Told = func(r eval.Told) error {
				if format == "json" {
					return r.WriteJSON(cmd.OutOrStdout())
				}
				return r.WriteText(cmd.OutOrStdout())
			}
			err := eval.Measure(cmd.Context(), args, opt)
			if wrong := new(eval.LoadError); errors.As(err, &wrong) {
				return withCode(exitUsage, err)
			}
			return err
		},
	}
	f := cmd.Flags()
	f.BoolVar(&given, "corners", false, "only with the labels' corners given")
	f.BoolVar(&alone, "no-corners", false, "only from the picture alone")
	f.BoolVar(&opt.Stills, "stills", false, "measure the pictures of a sequence one by one, not its game")
	f.StringVar(&format, "format", "text", "text or json, an object per line")
	cmd.MarkFlagsMutuallyExclusive("corners", "no-corners")
	return cmd
}
