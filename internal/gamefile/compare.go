package gamefile

import (
	"fmt"

	"github.com/gobancam/gobancam/board"
)

// Compare says in words where the main lines of two records differ first;
// "" if they do not.
func Compare(ours, theirs []byte) (string, error) {
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
