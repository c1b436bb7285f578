package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/gobancam/gobancam/internal/app/face"
	"github.com/gobancam/gobancam/internal/gamefile"
	"github.com/gobancam/gobancam/internal/plain"
)

func newGamesSGFCommand() *cobra.Command {
	var f ogsFlags
	var out, with string
	var force bool
	cmd := &cobra.Command{
		Use:   "sgf [flags] GAME",
		Short: "Fetch the server's record of a game",
		Long: `Sgf prints the server's own SGF of a game, or writes it to a file. A file that is
there already and holds something else is replaced only with --force, and kept
as NAME~. With --compare it also looks whether a record of ours has the same
moves.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			client, id, err := f.chosen(cmd, args[0])
			if err != nil {
				return err
			}
			data, err := client.SGF(cmd.Context(), id)
			if err != nil {
				return err
			}
			if out == "" {
				to := cmd.OutOrStdout()
				if !face.IsTerminal(to) {
					to = plain.Unwrap(to) // a file gets the record as it is
				}
				if _, err := to.Write(data); err != nil {
					return err
				}
			} else if err := saveSGF(out, data, force); err != nil {
				return err
			}
			if with == "" {
				return nil
			}
			ours, err := os.ReadFile(with)
			if err != nil {
				return withCode(exitUsage, err)
			}
			diff, err := gamefile.Compare(ours, data)
			if err != nil {
				return err
			}
			if diff != "" {
				return withCode(exitUnsure, errors.New(diff))
			}
			fmt.Fprintln(cmd.ErrOrStderr(), "Both records have the same moves.")
			return nil
		},
	}
	f.register(cmd)
	cmd.Flags().StringVarP(&out, "output", "o", "", "`file` to write to")
	cmd.Flags().BoolVar(&force, "force", false, "replace the file; what it held is kept as NAME~")
	cmd.Flags().StringVar(&with, "compare", "", "`file` with a record of ours")
	return cmd
}
