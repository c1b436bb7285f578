package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/sim"
	"github.com/gobancam/gobancam/vision"
)

// Board is a simulated board as a source of pictures, with somebody at it who
// makes random moves: to try gobancam against a server without a goban.
type Board struct {
	vision.Source
	live   *sim.Live
	chance *rand.Rand
	ended  context.Context
	cancel context.CancelFunc
	done   sync.WaitGroup
	shown  atomic.Pointer[match.Snapshot]
}

// NewBoard sets up a board of the given size, as "9", "13" or "19"; of size
// lines (0: 19) when spec is empty. say is given what the player tells gobancam;
// nil leaves the board to itself, or to Two.
func NewBoard(ctx context.Context, spec string, size int, say func(match.Command)) (*Board, error) {
	lines := size
	if lines == 0 {
		lines = 19
	}
	if spec != "" {
		n, err := strconv.Atoi(spec)
		if err != nil {
			return nil, fmt.Errorf("sim:%s: after sim: comes the number of lines, as in sim:9", spec)
		}
		lines = n
	}
	cfg := sim.Default(lines)
	cfg.Width, cfg.Height = 960, 720
	cfg.Seed = rand.Uint64()
	world, err := sim.New(cfg)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	live := sim.NewLive(world, fps, 1)
	b := &Board{live: live, chance: rand.New(rand.NewPCG(cfg.Seed, 3)), ended: ctx, cancel: cancel}
	shots := make(chan vision.Encoded, 1)
	live.Watch(func(s sim.Shot) {
		select {
		case <-shots: // the newest wins
		default:
		}
		shots <- vision.Encoded{Data: s.JPEG, Time: s.Truth.Time, Taken: time.Now()}
	})
	b.done.Go(func() { live.Run(ctx) })
	b.Source = vision.FromEncoded(func(c context.Context) (vision.Encoded, error) {
		select {
		case s := <-shots:
			return s, nil
		case <-c.Done():
			return vision.Encoded{}, c.Err()
		case <-ctx.Done():
			return vision.Encoded{}, ctx.Err()
		}
	})
	if say != nil {
		someone := newPerson(live, wander(b.chance), cfg.Seed, say)
		b.done.Go(func() { someone.watch(ctx, &b.shown) })
	}
	return b, nil
}

// See shows the player what gobancam's face shows.
func (b *Board) See(s *match.Snapshot) { b.shown.Store(s) }

// Close puts the board away.
func (b *Board) Close() error {
	b.cancel()
	b.done.Wait()
	return b.Source.Close()
}

// watch acts on what the face shows until ctx ends.
func (p *person) watch(ctx context.Context, shown *atomic.Pointer[match.Snapshot]) {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			p.act(shown.Load())
		}
	}
}

// wander makes random legal moves that fill no eye of its own, and passes when
// the opponent did or when there are none.
func wander(chance *rand.Rand) mind {
	thought, number := board.Pass, -1
	return func(s *match.Snapshot) board.Point {
		if number == s.Number {
			return thought
		}
		number, thought = s.Number, board.Pass
		if s.HasLast && s.Last.Point.IsPass() {
			return thought
		}
		pos := s.Position
		for _, i := range chance.Perm(s.Size * s.Size) {
			p := board.Point{X: int8(i % s.Size), Y: int8(i / s.Size)}
			if pos.At(p) == board.Empty && !eye(&pos, p, s.Me) && breathes(pos, p, s.Me) {
				thought = p
				break
			}
		}
		return thought
	}
}

// eye reports whether all neighbours of p are of colour c.
func eye(pos *board.Position, p board.Point, c board.Color) bool {
	for _, n := range pos.Neighbours(p) {
		if pos.At(n) != c {
			return false
		}
	}
	return true
}

// breathes reports whether a stone at p would have two liberties, and so can
// be neither suicide nor take a ko.
func breathes(pos board.Position, p board.Point, c board.Color) bool {
	pos.Set(p, c)
	return pos.Liberties(p) >= 2
}
