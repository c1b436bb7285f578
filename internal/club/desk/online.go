package desk

import (
	"cmp"
	"context"
	"fmt"

	"github.com/gobancam/gobancam/internal/club/outbox"
)

// Online is a finished game of a server.
type Online struct {
	Black, White string // the players' names there
	Game
}

// FinishOnline reports a finished online game as the result of the match that
// spec names. The players are told apart by their names; where that leaves a
// doubt the room is asked who is who.
func (d *Desk) FinishOnline(ctx context.Context, spec string, g Online) (*Table, outbox.Report, error) {
	t, err := d.pickMatch(ctx, spec)
	if err != nil {
		return nil, outbox.Report{}, err
	}
	one := called(t.Black, g.Black) || called(t.White, g.White)
	two := called(t.White, g.Black) || called(t.Black, g.White)
	if one == two {
		i, err := d.choose(ctx, fmt.Sprintf("Who is %s, who had Black in that game?", cmp.Or(g.Black, "the player")), []string{t.Black.Name, t.White.Name}, "")
		if err != nil {
			return nil, outbox.Report{}, err
		}
		two = i == 1
	}
	if two {
		t.swap()
	}
	r, err := d.Finish(ctx, t, g.Game)
	return t, r, err
}
