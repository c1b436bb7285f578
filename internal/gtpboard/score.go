package gtpboard

import (
	"context"
	"slices"
	"strings"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/gtp"
)

// agree waits until the person has marked the dead stones, once for a position.
func (e *Engine) agree(ctx context.Context) error {
	var known bool
	if err := e.call(func() error { known = e.agreed || e.untouched(); return nil }); err != nil || known {
		return err
	}
	w := &wanted{dead: true}
	_, err := e.wait(ctx, w, func() error {
		if !e.opt.Answers {
			return errScore
		}
		if w.late != nil {
			return w.late
		}
		e.goesOn()
		dead := board.EstimateDead(e.game.Position()) // to be corrected
		e.dead, e.want = dead.Points(), w
		had := e.sitting
		if e.sit(); e.sitting != had {
			return nil // it was told with the game
		}
		e.sitting.removal = true
		e.tell(game.PhaseChanged{Phase: game.StoneRemoval}, game.RemovalChanged{Dead: slices.Clone(e.dead)})
		return nil
	})
	return err
}

// mark turns stones dead or alive.
func (e *Engine) mark(points []board.Point, dead bool) {
	if e.want == nil || !e.want.dead {
		return
	}
	set := board.SetOf(e.dead...)
	for _, p := range points {
		switch {
		case e.game.At(p) == board.Empty:
		case dead:
			set.Add(p)
		default:
			set.Remove(p)
		}
	}
	e.dead = set.Points()
	e.tell(game.RemovalChanged{Dead: slices.Clone(e.dead)})
}

// finalScore asks for the dead stones and counts.
func (e *Engine) finalScore(ctx context.Context, _ []string) (text string, err error) {
	if err := e.agree(ctx); err != nil {
		return "", err
	}
	err = e.call(func() error {
		r := e.game.Score(board.SetOf(e.dead...)).Result()
		text = r.String()
		if r.Winner == board.Empty {
			text = "0"
		}
		if counted := game.Counted(r); e.game.Ended() && (e.result == nil || *e.result != counted) {
			e.result = &counted
			e.keep()
		}
		return nil
	})
	return text, err
}

// finalStatusList lists the stones of a status, a chain a line. The person is
// not asked about seki: no stones are in it.
func (e *Engine) finalStatusList(ctx context.Context, args []string) (text string, err error) {
	if len(args) != 1 || !slices.Contains([]string{"alive", "seki", "dead"}, args[0]) {
		return "", gtp.ErrBadArguments
	}
	if err := e.agree(ctx); err != nil {
		return "", err
	}
	err = e.call(func() error {
		text = chains(e.game.Position(), board.SetOf(e.dead...), args[0])
		return nil
	})
	return text, err
}

func chains(pos board.Position, dead board.PointSet, status string) string {
	var lines []string
	var done board.PointSet
	for p := range pos.Points() {
		if pos.At(p) == board.Empty || done.Has(p) || status == "seki" {
			continue
		}
		chain, _ := pos.Chain(p)
		done = done.Union(chain)
		if dead.Has(p) == (status == "dead") {
			lines = append(lines, vertices(chain.Points(), pos.Size()))
		}
	}
	return strings.Join(lines, "\n")
}
