package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/gobancam/gobancam/internal/eval"
	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/reading"
	"github.com/gobancam/gobancam/vision"
)

func newEvalCommand() *cobra.Command {
	var format string
	var given, alone, stills bool
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
			print := func(r report) error {
				if format == "json" {
					return r.WriteJSON(cmd.OutOrStdout())
				}
				return r.WriteText(cmd.OutOrStdout())
			}
			var games []*eval.Game
			ways := []bool{true, false}
			switch {
			case given:
				ways = ways[:1]
			case alone:
				ways = ways[1:]
			}
			for _, name := range args {
				if !stills {
					g, err := eval.LoadGame(name)
					if err == nil {
						games = append(games, g)
						continue
					}
					if !errors.Is(err, eval.ErrManifest) {
						return withCode(exitUsage, err)
					}
				}
				pics, err := eval.Load(name)
				if err != nil {
					return withCode(exitUsage, err)
				}
				for _, corners := range ways {
					results, err := eval.Run(cmd.Context(), eyes{}, pics, corners, nil)
					if err != nil {
						return err
					}
					if err := print(eval.NewReport(name, corners, results)); err != nil {
						return err
					}
				}
			}
			for _, corners := range ways {
				if len(games) == 0 {
					break
				}
				results, err := eval.RunGames(cmd.Context(), players{}, games, corners)
				if err != nil {
					return err
				}
				if err := print(eval.NewGameReport(corners, results)); err != nil {
					return err
				}
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.BoolVar(&given, "corners", false, "only with the labels' corners given")
	f.BoolVar(&alone, "no-corners", false, "only from the picture alone")
	f.BoolVar(&stills, "stills", false, "measure the pictures of a sequence one by one, not its game")
	f.StringVar(&format, "format", "text", "text or json, an object per line")
	cmd.MarkFlagsMutuallyExclusive("corners", "no-corners")
	return cmd
}

// report is a set of pictures or games, measured.
type report interface {
	WriteText(io.Writer) error
	WriteJSON(io.Writer) error
}

// eyes are those of the read command.
type eyes struct{}

func (eyes) Look(file string, given *[4]grid.Pt, size int) (a eval.Answer, err error) {
	img, err := vision.ReadPicture(file)
	if err != nil {
		return a, err
	}
	defer img.Close()
	begun := eval.CPUTime()
	defer func() { a.CPU = eval.CPUTime() - begun }()
	var g *grid.Grid
	var points []reading.Evidence
	if given != nil {
		b, err := vision.ReadBoard(img, vision.BoardOptions{Corners: given, Size: size})
		if err != nil {
			return a, err
		}
		g, points, a.Confidence = b.Grid, b.Points, b.Confidence
	} else {
		found, err := vision.Find(img, vision.FindOptions{})
		if err != nil {
			return a, err
		}
		g, a.Confidence = found.Grid, found.Confidence
		if points, err = vision.NewReader().Read(img, g); err != nil && !errors.Is(err, grid.ErrCorners) {
			return a, err
		}
	}
	a.Size, a.Corners = g.Size(), g.Corners()
	r := reading.Reading{Size: a.Size, Points: points}
	a.Rows = r.Rows()
	return a, nil
}
