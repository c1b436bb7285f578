package desk

import (
	"context"
	"fmt"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/gobancam/gobancam/challonge"
	"github.com/gobancam/gobancam/internal/club/outbox"
)

// Play plays the game at a table to its end.
type Play func(ctx context.Context, t *Table) (Game, error)

// Organiser is what running a whole tournament needs beyond a desk.
type Organiser interface {
	Client
	ChangeState(ctx context.Context, id challonge.ID, s challonge.Step) (challonge.Tournament, error)
}

// Run plays a tournament that has been started to its end: the open matches on
// up to boards boards at a time, round after round, until none is left; then
// the stage after its groups, if it has any; then it is finalized. The lower
// seed has Black. It ends with the first game or report
// that fails.
func Run(ctx context.Context, d *Desk, o Organiser, id challonge.ID, boards int, play Play) (challonge.Tournament, error) {
	t, err := o.Tournament(ctx, id)
	if err != nil {
		return t, err
	}
	people, err := o.Participants(ctx, id)
	if err != nil {
		return t, err
	}
	var reporting sync.Mutex // one result at a time is shown, confirmed and sent
	for {
		open, err := o.Matches(ctx, id, challonge.MatchFilter{State: challonge.MatchOpen})
		if err != nil {
			return t, err
		}
		if len(open) == 0 {
			if t, err = o.Tournament(ctx, id); err != nil {
				return t, err
			}
			step := t.Next()
			if t, err = o.ChangeState(ctx, id, step); err != nil || step == challonge.Finalize {
				return t, err
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
				table := &Table{Tournament: t, Match: m, Black: find(people, m.Player1), White: find(people, m.Player2),
					ids: [2]challonge.ID{m.Player1, m.Player2}, Size: sizeOf(t)}
				if table.Black.Seed < table.White.Seed {
					table.Black, table.White = table.White, table.Black
					table.ids[0], table.ids[1] = table.ids[1], table.ids[0]
				}
				d.Begin(gctx, table)
				game, err := play(gctx, table)
				if err != nil {
					return fmt.Errorf("%s: %w", table, err)
				}
				reporting.Lock()
				defer reporting.Unlock()
				r, err := d.Finish(gctx, table, game)
				if err != nil {
					return err
				}
				if r.State != outbox.Done && r.State != outbox.Taken {
					return fmt.Errorf("%s: the result is %s: %s", table, r.State, r.Problem)
				}
				return nil
			})
		}
		if err := g.Wait(); err != nil {
			return t, err
		}
	}
}
