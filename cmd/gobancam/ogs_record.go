package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/disk"
	"github.com/gobancam/gobancam/internal/gamefile"
	"github.com/gobancam/gobancam/internal/plain"
	"github.com/gobancam/gobancam/ogs"
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
			client, id, err := f.chosen(cmd.Context(), cmd, args[0])
			if err != nil {
				return err
			}
			data, err := client.SGF(cmd.Context(), id)
			if err != nil {
				return err
			}
			if out == "" {
				to := cmd.OutOrStdout()
				if !isTerminal(to) {
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
			diff, err := compareSGF(ours, data)
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

// compareSGF says in words where the main lines of two records differ first;
// "" if they do not.
func compareSGF(ours, theirs []byte) (string, error) {
	load := func(data []byte, whose string) (*board.Game, error) {
		trees, err := board.ParseSGF(data)
		if err != nil {
			return nil, fmt.Errorf("%s record: %w", whose, err)
		}
		if len(trees) == 0 {
			return nil, fmt.Errorf("%s record holds no game", whose)
		}
		g, err := trees[0].Game()
		if err != nil {
			return nil, fmt.Errorf("%s record: %w", whose, err)
		}
		return g, nil
	}
	a, err := load(ours, "our")
	if err != nil {
		return "", err
	}
	b, err := load(theirs, "the server's")
	if err != nil {
		return "", err
	}
	if a.Size() != b.Size() {
		return fmt.Sprintf("our board is %d×%d, the server's %d×%d", a.Size(), a.Size(), b.Size(), b.Size()), nil
	}
	// Handicap stones may stand in the set-up of one record and be the first
	// moves of the other.
	setA, movesA := opening(a)
	setB, movesB := opening(b)
	if setA != setB {
		return "the records begin with different stones", nil
	}
	for i := range max(len(movesA), len(movesB)) {
		word := func(moves []board.Move) string {
			if i >= len(moves) {
				return "no move"
			}
			return moves[i].Color.String() + " " + moves[i].Point.GTP(a.Size())
		}
		if wa, wb := word(movesA), word(movesB); wa != wb {
			return fmt.Sprintf("the records differ from move %d on: ours has %s, the server's %s", i+1, wa, wb), nil
		}
	}
	return "", nil
}

// opening splits a game into the stones that stand before the play, freely
// placed handicap among them, and the moves after that.
func opening(g *board.Game) (stones [3]board.PointSet, moves []board.Move) {
	setup := g.Setup()
	stones[board.Black], stones[board.White] = board.SetOf(setup.Black...), board.SetOf(setup.White...)
	moves = g.Moves()
	for len(moves) > 1 && moves[0].Color == board.Black && moves[1].Color == board.Black && !moves[0].Point.IsPass() ||
		len(moves) > 0 && stones[board.Black].Len() > 0 && stones[board.Black].Len() < setup.Handicap && moves[0].Color == board.Black {
		stones[board.Black].Add(moves[0].Point)
		moves = moves[1:]
	}
	return stones, moves
}

// keepServerRecord fetches the server's SGF of a finished game, writes it
// beside ours as NAME.server.sgf, and says where the two differ ("" if they
// do not). mine is our record, in the file ours.
func keepServerRecord(ctx context.Context, c *ogs.Client, id ogs.ID, ours string, mine []byte) (diff string, err error) {
	data, err := c.SGF(ctx, id)
	if err != nil {
		return "", err
	}
	if _, err := gamefile.SaveBeside(disk.OS, strings.TrimSuffix(ours, ".sgf")+".server.sgf", data); err != nil {
		return "", fmt.Errorf("the server's record was fetched, and is not kept: %w", err)
	}
	return compareSGF(bytes.TrimSpace(mine), data)
}
