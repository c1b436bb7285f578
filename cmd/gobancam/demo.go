package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/gobancam/gobancam/demo"
)

func newDemoCommand() *cobra.Command {
	var opt demo.Options
	var plain bool
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Play a whole simulated game, without camera, account or network",
		Long: `Demo plays a whole 9×9 game. A simulated board is streamed over loopback HTTP
like a phone camera; an OGS-compatible server runs in the same process, with a
scripted opponent. Gobancam sees the stones, decides, submits, hears the reply
and sees the opponent's stones being set down, while hands come and go.

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
			if f, ok := opt.Out.(*os.File); ok && !plain {
				opt.Live = term.IsTerminal(int(f.Fd()))
			}
			return demo.Run(cmd.Context(), opt)
		},
	}
	f := cmd.Flags()
	f.StringVar(&opt.Dir, "out", "", "keep the game record and the recording in `DIR` (default: a new temporary one)")
	f.Uint64Var(&opt.Seed, "seed", 1, "of the simulated board, hands and noise")
	f.BoolVar(&plain, "plain", false, "print events only, without the board")
	return cmd
}
