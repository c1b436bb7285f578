package evening

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/club/desk"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/sim"
)

// Simulated plays a match at a board that is not there. Two simulated people
// put stones down and lift prisoners; simulated eyes, which are unsure beside
// hands and now and then wrong, make readings ten times a second; the relay
// writes down what was played, as it does at a real board, and what it wrote
// down is counted. A game of 9×9 takes some seconds. It fails if the relay's
// record is not what the two have played.
func Simulated(seed uint64) desk.Play {
	return func(ctx context.Context, t *desk.Table) (desk.Game, error) {
		name := fnv.New64a()
		name.Write([]byte(t.String()))
		g, err := simulate(ctx, cmp.Or(t.Size, 9), seed^name.Sum64())
		if err != nil {
			return desk.Game{}, err
		}
		over := desk.Counted(g, board.PointSet{}) // played on until nothing is dead
		root, _ := g.SGF()
		t.Sign(root, time.Now())
		root.SetText("RE", over.Result.String())
		var sgf bytes.Buffer
		if err := board.WriteSGF(&sgf, root); err != nil {
			return desk.Game{}, err
		}
		over.SGF = sgf.Bytes()
		return over, nil
	}
}

// tick is the time between two readings.
const tick = 100 * time.Millisecond

// simulate returns the relay's record of a game.
func simulate(ctx context.Context, size int, seed uint64) (*board.Game, error) {
	rules, err := board.ParseRules("chinese")
	if err != nil {
		return nil, err
	}
	setup := board.Setup{Size: size, Rules: rules, Komi: 6.5}
	mind, err := board.NewGame(setup) // what the two have played
	if err != nil {
		return nil, err
	}
	cfg := sim.Default(size)
	cfg.Seed = seed
	w, err := sim.New(cfg)
	if err != nil {
		return nil, err
	}
	relay, err := match.NewRelay(match.RelayOptions{Setup: setup})
	if err != nil {
		return nil, err
	}
	eyes, chance := sim.NewEyes(seed), rand.New(rand.NewPCG(seed, 1))
	hands := [3]*sim.Player{board.Black: w.Player(sim.South), board.White: w.Player(sim.North)}
	for _, p := range hands[board.Black:] {
		p.Speed = 1.7
	}
	next := time.Duration(0) // when the next move is thought out
	for !mind.Ended() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		w.Step(tick)
		out := relay.Step(match.Input{At: w.Now(), Look: &match.Look{Reading: eyes.Read(w.Look())}})
		for _, e := range out.Events {
			if e.Kind == match.EventAlarm {
				return nil, fmt.Errorf("the relay gave up: %s", e.Text)
			}
		}
		if !w.Idle() {
			next = w.Now() + time.Duration(300+chance.IntN(1200))*time.Millisecond
			if !mind.LastCaptured().IsEmpty() {
				next += 2 * time.Second // prisoners go into the lid first
			}
			continue
		}
		if w.Now() < next {
			continue
		}
		m := board.Move{Color: mind.ToMove(), Point: think(mind, chance)}
		if err := mind.Play(m); err != nil {
			return nil, err
		}
		if m.Point.IsPass() {
			// Whoever passes looks whether the board was read to the end.
			for end := w.Now() + 20*time.Second; w.Now() < end && relay.Game().MoveCount() < mind.MoveCount()-1; {
				w.Step(tick)
				relay.Step(match.Input{At: w.Now(), Look: &match.Look{Reading: eyes.Read(w.Look())}})
			}
			relay.Step(match.Input{At: w.Now(), Command: &match.Command{Kind: match.CmdPass}})
			continue
		}
		hands[m.Color].Place(m.Point, m.Color)
		if lifted := mind.LastCaptured(); !lifted.IsEmpty() {
			hands[m.Color].Take(lifted.Points()...)
		}
	}
	got := relay.Game()
	if want := mind.Moves(); !slices.Equal(got.Moves(), want) {
		i := 0
		for i < min(len(want), got.MoveCount()) && got.Move(i) == want[i] {
			i++
		}
		return nil, fmt.Errorf("the relay has written down %d moves where %d were played; they differ from move %d on", got.MoveCount(), len(want), i+1)
	}
	return got, nil
}

// think picks a move at random that takes stones if any does, does not fill an
// eye of its own, and is not at once taken back; a pass when there is none.
func think(g *board.Game, chance *rand.Rand) board.Point {
	me, size := g.ToMove(), int8(g.Size())
	if g.MoveCount() > 2*g.Size()*g.Size() {
		return board.Pass // no end in sight
	}
	var takes, others []board.Point
	for y := range size {
		for x := range size {
			p := board.Point{X: x, Y: y}
			if g.At(p) != board.Empty || eye(g, p, me) || !g.Legal(board.Move{Color: me, Point: p}) {
				continue
			}
			try := g.Clone()
			if try.Play(board.Move{Color: me, Point: p}) != nil {
				continue
			}
			switch lifted := try.LastCaptured(); {
			case !lifted.IsEmpty():
				takes = append(takes, p)
			case breathes(try, p):
				others = append(others, p)
			}
		}
	}
	if len(takes) > 0 {
		return takes[chance.IntN(len(takes))]
	}
	if len(others) > 0 {
		return others[chance.IntN(len(others))]
	}
	return board.Pass
}

// neighbours calls f for each point beside p.
func neighbours(g *board.Game, p board.Point, f func(board.Point)) {
	n := int8(g.Size())
	for _, d := range [4][2]int8{{1, 0}, {-1, 0}, {0, 1}, {0, -1}} {
		if q := (board.Point{X: p.X + d[0], Y: p.Y + d[1]}); q.X >= 0 && q.Y >= 0 && q.X < n && q.Y < n {
			f(q)
		}
	}
}

// eye reports whether an empty point is surrounded by c.
func eye(g *board.Game, p board.Point, c board.Color) bool {
	all := true
	neighbours(g, p, func(q board.Point) { all = all && g.At(q) == c })
	return all
}

// breathes reports whether the chain at p has two liberties at least.
func breathes(g *board.Game, p board.Point) bool {
	color, seen, free := g.At(p), map[board.Point]bool{p: true}, map[board.Point]bool{}
	for todo := []board.Point{p}; len(todo) > 0; {
		at := todo[0]
		todo = todo[1:]
		neighbours(g, at, func(q board.Point) {
			switch c := g.At(q); {
			case c == board.Empty:
				free[q] = true
			case c == color && !seen[q]:
				seen[q] = true
				todo = append(todo, q)
			}
		})
	}
	return len(free) >= 2
}
