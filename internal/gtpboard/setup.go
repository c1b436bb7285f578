package gtpboard

import (
	"context"
	"strconv"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/gtp"
	"github.com/gobancam/gobancam/internal/limits"
)

// handicap sets black stones on an empty board; White moves first.
func (e *Engine) handicap(stones []board.Point) error {
	s := e.game.Setup()
	return e.anew(board.Setup{Size: s.Size, Rules: e.opt.Rules, Komi: s.Komi, Handicap: len(stones), Black: stones, First: board.White})
}

func (e *Engine) fixedHandicap(args []string) (string, error) {
	n, err := strconv.Atoi(args[0])
	if err != nil {
		return "", gtp.ErrBadArguments
	}
	if !e.untouched() {
		return "", errNotEmpty
	}
	stones := gtp.FixedHandicap(e.game.Size(), n)
	if stones == nil {
		return "", errStones
	}
	if err := e.handicap(stones); err != nil {
		return "", err
	}
	return vertices(stones, e.game.Size()), nil
}

func vertices(ps []board.Point, size int) string {
	words := make([]string, len(ps))
	for i, p := range ps {
		words[i] = gtp.FormatVertex(p, size)
	}
	return joined(words)
}

func (e *Engine) setFreeHandicap(args []string) (string, error) {
	if !e.untouched() {
		return "", errNotEmpty
	}
	size := e.game.Size()
	var stones []board.Point
	var set board.PointSet
	for _, a := range args {
		p, err := gtp.ParseVertex(a, size)
		if err != nil || p.IsPass() || set.Has(p) {
			return "", errVertices
		}
		set.Add(p)
		stones = append(stones, p)
	}
	if len(stones) < 2 || len(stones) >= size*size || e.handicap(stones) != nil {
		return "", errVertices
	}
	return "", nil
}

// placeFreeHandicap waits until the person has placed the stones.
func (e *Engine) placeFreeHandicap(ctx context.Context, args []string) (string, error) {
	if len(args) == 0 {
		return "", gtp.ErrBadArguments
	}
	n, err := strconv.Atoi(args[0])
	if err != nil {
		return "", gtp.ErrBadArguments
	}
	w := &wanted{color: board.Black, handicap: n}
	return e.wait(ctx, w, func() error {
		s := e.game.Setup()
		switch {
		case !e.untouched():
			return errNotEmpty
		case n < 2 || n >= s.Size*s.Size:
			return errStones
		case w.late != nil:
			return w.late
		}
		rules := e.opt.Rules
		rules.FreeHandicap = true
		if err := e.anew(board.Setup{Size: s.Size, Rules: rules, Komi: s.Komi, Handicap: n}); err != nil {
			return err
		}
		e.me, e.want = board.Black, w
		e.sit()
		return nil
	})
}

// loadSGF reads the file before the game is touched.
func (e *Engine) loadSGF(args []string) (string, error) {
	if len(args) == 0 {
		return "", gtp.ErrBadArguments
	}
	upTo := 0
	if len(args) > 1 {
		n, err := strconv.Atoi(args[len(args)-1])
		if err != nil || n < 1 {
			return "", gtp.ErrBadArguments
		}
		upTo, args = n, args[:len(args)-1]
	}
	g, err := readSGF(joined(args)) // a name may have spaces
	if err != nil {
		return "", errFile
	}
	for upTo > 0 && g.MoveCount() >= upTo {
		if !g.Undo() {
			break
		}
	}
	if g, err = flat(g); err != nil {
		return "", errFile
	}
	return "", e.call(func() error {
		if e.opt.Size != 0 && g.Size() != e.opt.Size {
			return errSize
		}
		e.begin(g)
		return nil
	})
}

func readSGF(name string) (*board.Game, error) {
	data, err := limits.ReadFile(name, limits.Record)
	if err != nil {
		return nil, err
	}
	trees, err := board.ParseSGF(data)
	if err != nil {
		return nil, err
	}
	return trees[0].Game()
}

// flat is a game that a server can tell: without set-ups in its middle, behind
// which it begins anew, and with all handicap stones that Black was to place.
func flat(g *board.Game) (*board.Game, error) {
	if len(g.Edits()) == 0 && g.HandicapLeft() == 0 {
		return g, nil
	}
	s, pos := g.Setup(), g.Position()
	black, white := pos.Stones(board.Black), pos.Stones(board.White)
	return board.NewGame(board.Setup{Size: s.Size, Rules: s.Rules, Komi: s.Komi, Black: black.Points(), White: white.Points(), First: g.ToMove()})
}
