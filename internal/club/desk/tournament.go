package desk

import (
	"context"
	"fmt"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/gobancam/gobancam/internal/club"
	"github.com/gobancam/gobancam/internal/club/outbox"
)

// Play plays the game at a table to its end.
type Play func(ctx context.Context, t *Table) (Game, error)

// Organiser is what running a whole tournament needs beyond a desk.
type Organiser interface {
	Site
	// Advance takes a tournament whose matches are all played a step further;
	// over is true when that ended it.
	Advance(ctx context.Context, tournament string) (t club.Tournament, over bool, err error)
}

// Run plays a tournament that has been started to its end: the open matches on
// up to boards boards at a time, round after round, until none is left; then
// the stage after its groups, if it has any; then it is finalized. The lower
// seed has Black. It ends with the first game or report that fails.
func Run(ctx context.Context, d *Desk, o Organiser, id string, boards int, play Play) error {
	t, err := o.Tournament(ctx, id)
	if err != nil {
		return err
	}
	people, err := o.Players(ctx, id)
	if err != nil {
		return err
	}
	var reporting sync.Mutex // one result at a time is shown, confirmed and sent
	for {
		open, err := o.Matches(ctx, id, club.Open)
		if err != nil {
			return err
		}
		if len(open) == 0 {
			over := false
			if t, over, err = o.Advance(ctx, id); err != nil || over {
				return err
			}
			continue
		}
		g, gctx := errgroup.WithContext(ctx)
		g.SetLimit(max(1, boards))
		for _, m := range open {
			g.Go(func() error {
				if gctx.Err() != nil {
					return gctx.Err()
				}
				return d.playMatch(gctx, bySeed(t, m, people), play, &reporting)
			})
		}
		if err := g.Wait(); err != nil {
			return err
		}
	}
}

// bySeed seats the players of a match: the lower seed has Black.
func bySeed(t club.Tournament, m club.Match, people []club.Player) *Table {
	table := &Table{Tournament: t, Match: m, Black: find(people, m.Player1), White: find(people, m.Player2),
		ids: [2]string{m.Player1, m.Player2}, Size: sizeOf(t)}
	if table.Black.Seed < table.White.Seed {
		table.swap()
	}
	return table
}

// playMatch plays the game at a table and brings its result in.
func (d *Desk) playMatch(ctx context.Context, table *Table, play Play, reporting *sync.Mutex) error {
	d.Begin(ctx, table)
	game, err := play(ctx, table)
	if err != nil {
		return fmt.Errorf("%s: %w", table, err)
	}
	reporting.Lock()
	defer reporting.Unlock()
	r, err := d.Finish(ctx, table, game)
	if err != nil {
		return err
	}
	if r.State != outbox.Done && r.State != outbox.Taken {
		return fmt.Errorf("%s: the result is %s: %s", table, r.State, r.Problem)
	}
	return nil
}
