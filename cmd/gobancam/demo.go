package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/app/face"
	"github.com/gobancam/gobancam/internal/club/evening"
	"github.com/gobancam/gobancam/internal/demo"
	"github.com/gobancam/gobancam/internal/window"
)

func newDemoCommand() *cobra.Command {
	var opt demo.Options
	var plain, text, tournament, yours bool
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Play a whole simulated game, without camera, account or network",
		Long: `Demo plays a whole 9×9 game. A simulated board is streamed over loopback HTTP
like a phone camera; an OGS-compatible server runs in the same process, with a
scripted opponent. Gobancam sees the stones, decides, submits, hears the reply
and sees the opponent's stones being set down, while hands come and go. With a
display it is shown in a window, else as text.

With --tournament it is a club evening instead: a knock-out of four at simulated
boards, drawn, reported and finished on a Challonge in the same process.

Exit code 0: the server's record is exactly what the simulated players played.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if opt.Dir == "" {
				dir, err := os.MkdirTemp("", "gobancam-demo-")
				if err != nil {
					return fmt.Errorf("there is no place for the game record: %w", err)
				}
				opt.Dir = dir
			} else if err := os.MkdirAll(opt.Dir, 0o755); err != nil {
				return withCode(exitUsage, fmt.Errorf("--out: %w", err))
			}
			opt.Out = cmd.OutOrStdout()
			opt.Live = !plain && face.IsTerminal(opt.Out)
			if tournament {
				return evening.Run(cmd.Context(), evening.Options{Dir: opt.Dir, Out: opt.Out, Boards: 2, Play: evening.Simulated(opt.Seed)})
			}
			note := func(s string) { fmt.Fprintln(cmd.ErrOrStderr(), s) }
			if text {
				return demo.Run(cmd.Context(), opt)
			}
			if err := window.Available(); err != nil {
				note("No window: " + err.Error() + ".")
				return demo.Run(cmd.Context(), opt)
			}
			hand := make(chan board.Point, 8)
			w := face.NewWindow(window.Options{Title: "gobancam demo", Linger: 5 * time.Second, Point: func(p board.Point) {
				select {
				case hand <- p:
				default:
				}
			}})
			if yours {
				opt.Hand = hand
			}
			opt.Publish, opt.Voice, opt.Seen, opt.Commands = w.ShowSnapshot, w.Announce, face.Film(w, note), w.Commands()
			return face.Beside(cmd.Context(), w, note, func(ctx context.Context) error {
				err := demo.Run(ctx, opt)
				if w.Left() && errors.Is(err, demo.ErrDiffers) {
					return errors.New("the demo was left before its end")
				}
				return err
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&opt.Dir, "out", "", "keep the game record and the recording in `DIR` (default: a new temporary one)")
	f.Uint64Var(&opt.Seed, "seed", 1, "of the simulated board, hands and noise")
	f.BoolVar(&tournament, "tournament", false, "play a club's knock-out on simulated boards")
	f.BoolVar(&yours, "hand", false, "play it yourself: click where a simulated hand is to put a stone (needs the window)")
	f.BoolVar(&plain, "plain", false, "print events only, without the board")
	f.BoolVar(&text, "text", false, "no window, even if there is a display")
	return cmd
}
