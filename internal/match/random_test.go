package match

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/reading"
)

var (
	games    = flag.Int("games", 6, "random games to play")
	gameSeed = flag.Uint64("seed", 1, "seed of the first random game")
	bound    = flag.Float64("bound", 0, "odds at which a move is sent; 0: as usual")
	edition  = flag.Int("edition", 0, "rules to decide by; 0: the latest")
	noise    = flag.Float64("noise", 1e-4, "share of points of each reading that are plainly wrong")
)

func lessWhenRaced(n int) int {
	if raced {
		return min(n, 1)
	}
	return n
}

// person sits at the board of a world, plays random moves, and does all that
// people do to boards.
type person struct {
	*world
	me       board.Color
	mischief bool
	faults   bool
	meant    []board.Move // every move of mine that I meant
	late     []board.Point
	asked    int  // questions answered
	fixed    int  // times that the board was set right because the program said so
	careless bool // also moves stones that were sent, before eyes that are wrong for long

	displaced int // stones that were sent and then moved
	delays    []time.Duration
}

// legal returns the legal moves that do not fill one's own eyes.
func (p *person) legal(c board.Color) []board.Point {
	g := p.srv.game
	pos := g.Position()
	var ps []board.Point
	for q := range pos.Points() {
		if pos.At(q) != board.Empty {
			continue
		}
		eye := true
		for _, n := range pos.Neighbours(q) {
			eye = eye && pos.At(n) == c
		}
		if !eye && g.Legal(board.Move{Color: c, Point: q}) {
			ps = append(ps, q)
		}
	}
	return ps
}

func (p *person) chance(x float64) bool { return p.rng.Float64() < x }

func (p *person) pause(lo, hi float64) {
	p.run(time.Duration((lo + (hi-lo)*p.rng.Float64()) * float64(time.Second)))
}

// should is the board as the player takes it to be: the record, with what he
// meant to play on it, and prisoners that he has not lifted yet.
func (p *person) should() board.Position {
	g := p.srv.game
	if p.srv.game.ToMove() == p.me && p.pendingMeant() {
		g = g.Clone()
		_ = g.Play(p.meant[len(p.meant)-1])
	}
	pos := g.Position()
	for _, q := range p.late {
		if pos.At(q) == board.Empty {
			pos.Set(q, p.board.At(q))
		}
	}
	return pos
}

// pendingMeant reports whether my last move is not in the record yet.
func (p *person) pendingMeant() bool { return len(p.meant) > p.mine() }

// mine counts my moves in the record.
func (p *person) mine() (n int) {
	for _, m := range p.srv.game.Moves() {
		if m.Color == p.me {
			n++
		}
	}
	return n
}

// tidy makes the board what it should be, stone by stone.
func (p *person) tidy() {
	want := p.should()
	d := p.board.Diff(&want)
	for _, q := range d.Points() {
		p.put(q, want.At(q))
	}
}

// place sets stones of the opponent's move and takes off what it captured, with
// mischief.
func (p *person) place(m board.Move) {
	pos := p.srv.game.Position()
	if p.mischief && p.chance(0.08) {
		// On a wrong point; the program says so.
		if free := p.freeNear(m.Point, pos); free != nil {
			p.put(*free, m.Color)
			p.pause(1, 6)
			p.take(*free)
		}
	}
	var off []board.Point
	for q := range pos.Points() {
		if pos.At(q) == board.Empty && p.board.At(q) != board.Empty && q != m.Point {
			off = append(off, q)
		}
	}
	if p.mischief && p.chance(0.3) {
		p.late = append(p.late, off...)
		off = nil
	}
	p.put(m.Point, m.Color, off...)
}

func (p *person) freeNear(q board.Point, pos board.Position) *board.Point {
	for _, n := range pos.Neighbours(q) {
		if p.board.At(n) == board.Empty && pos.At(n) == board.Empty {
			return &n
		}
	}
	return nil
}

// idle does harmless things over the board.
func (p *person) idle() {
	n := p.board.Size()
	any := func() board.Point { return board.Point{X: int8(p.rng.IntN(n)), Y: int8(p.rng.IntN(n))} }
	switch p.rng.IntN(10) {
	case 0: // points at something
		p.reach(any())
		p.pause(0.3, 3)
		p.away()
	case 1: // wanders
		for range 5 {
			p.reach(any())
			p.step()
		}
		p.away()
	case 2: // straightens a stone
		q := any()
		p.reach(q)
		p.pause(0.3, 1)
		p.away()
	case 3: // switches a lamp
		p.motion = 0.9
		p.misread[any()] = reading.State(p.rng.IntN(3))
		p.step()
		p.motion = 0
		p.pause(0.1, 0.6)
		clear(p.misread)
	case 4: // bumps the board
		p.lock = reading.Unsure
		p.pause(0.2, 1.5)
		p.lock = reading.Locked
		p.bump++
		p.pause(0.2, 3)
	case 5: // a point that is hard to read
		q := any()
		p.flicker[q] = reading.State(p.rng.IntN(3))
		p.pause(0.5, 3)
		clear(p.flicker)
	case 6: // leans over the board
		for q := range p.board.Points() {
			if int(q.Y) > n/3 {
				p.hand.Add(q)
			}
		}
		p.pause(0.5, 6)
		p.away()
	case 7: // lifts prisoners that were left
		for _, q := range p.late {
			if pos := p.srv.game.Position(); pos.At(q) == board.Empty {
				p.take(q)
			}
		}
		p.late = nil
	case 9: // a hand leaves a shadow or a gleam behind
		q := any()
		p.reach(q)
		p.pause(0.3, 1)
		p.away()
		p.ghost[q] = reading.State(1 + p.rng.IntN(2))
		p.pause(0.5, 5)
		clear(p.ghost)
	case 8: // the camera hiccups
		p.dark = true
		p.pause(0.2, 5)
		p.dark = false
	}
}

// displace takes up a stone of mine that was sent long ago or just now, and puts
// it down elsewhere, as if it could still be moved. Often the player sees it
// only when it is said, or not before the next move.
func (p *person) displace() {
	pos := p.srv.game.Position()
	var own []board.Point
	for q := range pos.Points() {
		// Nobody could tell that a stone is gone that was not seen before.
		_, unseen := p.misread[q]
		unseen = unseen || slices.Contains(p.ref.Snapshot().Overlooked, q)
		if pos.At(q) == p.me && p.board.At(q) == p.me && !unseen {
			own = append(own, q)
		}
	}
	free := p.legal(p.me)
	if len(own) == 0 || len(free) == 0 {
		return
	}
	from, to := own[p.rng.IntN(len(own))], free[p.rng.IntN(len(free))]
	if last, ok := p.srv.game.LastMove(); ok && last.Color == p.me && !last.Point.IsPass() && p.chance(0.5) {
		from = last.Point
	}
	p.displaced++
	p.take(from)
	p.pause(0, 8)
	if p.board.At(to) != board.Empty {
		return
	}
	p.put(to, p.me)
	p.pause(0, 12)
	p.check()
	if p.chance(0.5) {
		p.take(to)
		p.put(from, p.me)
	}
}

// blur makes a stone of mine look like an empty point until it is said to be
// there, or longer.
func (p *person) blur() {
	pos := p.srv.game.Position()
	for q := range p.board.Points() {
		if p.board.At(q) == p.me && pos.At(q) == p.me && p.chance(0.2) {
			p.misread[q] = reading.Empty
			p.pause(1, 8)
			return
		}
	}
}

// trouble makes the line, the server or the program fail.
func (p *person) trouble() {
	s := p.srv
	switch p.rng.IntN(8) {
	case 0:
		s.swallowAck++
	case 1:
		s.swallowEcho++
	case 2:
		s.swallowMove++
	case 3:
		s.disconnect()
		if p.chance(0.5) {
			p.pause(0.1, 8)
		}
		p.step()
		s.connect()
	case 4:
		p.kill = 1 + p.rng.IntN(4)
	case 5:
		s.slow = time.Duration(p.rng.IntN(1500)) * time.Millisecond
	case 6:
		s.refuse++
	case 7:
		p.start() // killed while idle
	}
}

// move plays one move of mine and sees that it arrives.
func (p *person) move() {
	free := p.legal(p.me)
	var q board.Point
	if len(free) == 0 {
		p.meant = append(p.meant, board.Move{Color: p.me, Point: board.Pass})
		p.do(CmdPass)
		p.arrives()
		return
	}
	q = free[p.rng.IntN(len(free))]
	m := board.Move{Color: p.me, Point: q}
	if p.mischief && p.chance(0.15) {
		// Somewhere else first, without letting go.
		if other := free[p.rng.IntN(len(free))]; other != q {
			p.reach(other)
			p.pause(0.2, 0.5)
			p.board.Set(other, p.me)
			p.pause(0.1, 1.5)
			p.board.Set(other, board.Empty)
		}
	}
	if p.mischief && p.chance(0.1) {
		// Down and up again before the dwell.
		p.put(q, p.me)
		p.run(200 * time.Millisecond)
		p.board.Set(q, board.Empty)
		p.reach(q)
		p.pause(0.3, 1)
	}
	if p.mischief && p.chance(0.1) {
		// Slides along a line under the hand.
		for x := q.X - 2; x < q.X; x++ {
			at := board.Point{X: x, Y: q.Y}
			if at.On(p.board.Size()) && p.board.At(at) == board.Empty {
				p.reach(at)
				p.board.Set(at, p.me)
				p.step()
				p.board.Set(at, board.Empty)
			}
		}
	}
	g := p.srv.game.Clone()
	if err := g.Play(m); err != nil {
		p.t.Fatal(err)
	}
	captured := g.LastCaptured()
	off := captured.Points()
	p.meant = append(p.meant, m)
	if p.mischief && p.chance(0.4) {
		p.late = append(p.late, off...)
		off = nil
	}
	p.put(q, p.me, off...)
	p.arrives()
}

// arrives waits until the last meant move is in the record, answering what is
// asked and mending what is said to be wrong.
func (p *person) arrives() {
	from := p.now
	m := p.meant[len(p.meant)-1]
	for i := 0; p.pendingMeant(); i++ {
		p.step()
		p.check()
		s := p.ref.Snapshot()
		for _, q := range s.Questions {
			there := !slices.ContainsFunc(q.Moves, func(s Stone) bool { return p.board.At(s.Point) != s.Color })
			yes := q.Kind == AskMove && q.Move == m || q.Kind == AskPass && m.Point.IsPass() || q.Kind == AskThere && there
			p.asked++
			kind := CmdDeny
			if yes {
				kind = CmdAccept
			}
			p.feed(Input{At: p.now, Command: &Command{Kind: kind, Question: q.ID}})
		}
		if i%80 == 79 {
			// Nothing happens: look what the screen says.
			p.fixed++
			p.late = nil
			want := p.should()
			if p.board.Diff(&want) != (board.PointSet{}) {
				p.tidy()
			} else if len(s.Missing)+len(s.Owed) > 0 && p.careless {
				p.do(CmdThere) // all lies there
			} else if m.Point.IsPass() && s.Pending == nil {
				p.do(CmdPass)
			} else if s.State == StateUnexpected || s.State == StateMissing || i > 400 {
				p.take(m.Point)
				p.pause(1, 2)
				p.put(m.Point, p.me)
			}
		}
		if i > 3000 {
			p.t.Fatalf("%s never arrived: %s\n%s", m.Point.GTP(p.board.Size()), s.Text, p.tail())
		}
	}
	p.delays = append(p.delays, p.now-from)
	p.srv.slow = 0
}

func (p *person) tail() string {
	p.events = p.events[max(0, len(p.events)-60):]
	return p.story()
}

// check compares the record with what was meant.
func (p *person) check() {
	i := 0
	for n, m := range p.srv.game.Moves() {
		if m.Color != p.me {
			continue
		}
		if i >= len(p.meant) || p.meant[i] != m {
			p.t.Fatalf("FALSE MOVE: move %d of the record is %v; meant were %v\n%v\n%s", n+1, m, p.meant[max(0, i-1):], p.board, p.tail())
		}
		i++
	}
}

// game plays a whole game.
func (p *person) game(moves int) {
	p.pause(1, 2)
	passes := 0
	for n := 0; passes < 2 && n < 4*moves; n++ {
		if p.mischief && p.chance(0.3) {
			p.idle()
		}
		if p.faults && p.chance(0.1) {
			p.trouble()
		}
		if p.careless && p.chance(0.1) {
			p.displace()
		}
		if p.careless && p.chance(0.05) {
			p.blur()
		}
		p.check()
		long := p.srv.game.MoveCount() >= moves
		if p.srv.game.ToMove() == p.me {
			if long {
				p.meant = append(p.meant, board.Move{Color: p.me, Point: board.Pass})
				p.do(CmdPass)
				p.arrives()
				passes++
			} else {
				p.move()
				passes = 0
			}
			continue
		}
		p.pause(0.2, 2)
		if p.srv.game.ToMove() == p.me {
			continue // a request was late
		}
		free := p.legal(p.me.Opponent())
		if len(free) == 0 || long {
			p.srv.play(board.Move{Color: p.me.Opponent(), Point: board.Pass})
			passes++
			continue
		}
		m := board.Move{Color: p.me.Opponent(), Point: free[p.rng.IntN(len(free))]}
		p.srv.play(m)
		if p.mischief && p.chance(0.1) {
			p.idle() // before he listens
		}
		passes = 0
		if p.mischief && p.chance(0.15) {
			// The answer goes down in the same go.
			p.reach(m.Point)
			p.pause(0.3, 0.6)
			p.board.Set(m.Point, m.Color)
			pos := p.srv.game.Position()
			for q := range pos.Points() {
				if pos.At(q) == board.Empty && p.board.At(q) != board.Empty && !slices.Contains(p.late, q) {
					p.board.Set(q, board.Empty)
				}
			}
			continue
		}
		p.place(m)
	}
	p.run(3 * time.Second)
	p.check()
	if p.srv.phase == game.StoneRemoval {
		p.do(CmdAcceptScore)
		p.run(2 * time.Second)
	}
}

// TestRandomGamesOfTheCareless plays games in which stones that were sent are
// moved to other points, at all times and for long, and stones are not seen for
// long: neither is ever a move, and each is got out of.
func TestRandomGamesOfTheCareless(t *testing.T) {
	var moved atomic.Int64
	t.Cleanup(func() {
		if moved.Load() == 0 {
			t.Error("no stone was moved")
		}
	})
	for i := range lessWhenRaced(*games) {
		seed := *gameSeed + uint64(i)
		size := []int{9, 9, 13}[seed%3]
		t.Run(fmt.Sprintf("%d-%dx%d", seed, size, size), func(t *testing.T) {
			t.Parallel()
			me := board.Color(1 + seed/3%2)
			w := newWorld(t, size, me)
			w.rng = rand.New(rand.NewPCG(seed, 8))
			w.noise = *noise
			w.opt.Edition = *edition
			w.start()
			p := &person{world: w, me: me, mischief: true, careless: true, faults: seed%3 != 0}
			p.game(size * size / 2)
			moved.Add(int64(p.displaced))
			t.Logf("%d moves of mine, %d stones moved, %d questions, %d times set right", len(p.meant), p.displaced, p.asked, p.fixed)
		})
	}
}

// TestRandomGames plays whole games with random mischief and random faults. The
// record must be exactly what was meant.
func TestRandomGames(t *testing.T) {
	var sum struct {
		sync.Mutex
		games, moves, asked, fixed, killed int
		delays                             []time.Duration
	}
	for i := range lessWhenRaced(*games) {
		seed := *gameSeed + uint64(i)
		size := []int{9, 9, 13, 19}[seed%4]
		t.Run(fmt.Sprintf("%d-%dx%d", seed, size, size), func(t *testing.T) {
			t.Parallel()
			me := board.Color(1 + seed/4%2)
			w := newWorld(t, size, me)
			w.rng = rand.New(rand.NewPCG(seed, 7))
			w.noise = *noise
			if *bound > 0 {
				w.opt.Tuning = Live()
				w.opt.Tuning.Bound = *bound
				w.start()
			}
			p := &person{world: w, me: me, mischief: true, faults: seed%3 != 0}
			p.game(size * size * 3 / 5)
			sum.Lock()
			defer sum.Unlock()
			sum.games++
			sum.moves += len(p.meant)
			sum.asked += p.asked
			sum.fixed += p.fixed
			sum.killed += w.killed
			sum.delays = append(sum.delays, p.delays...)
		})
	}
	t.Cleanup(func() {
		slices.Sort(sum.delays)
		if n := len(sum.delays); n > 0 {
			t.Logf("%d of %d games exact: %d moves of mine, %d questions, %d times set right by hand, killed %d times; hand gone to record p50 %v, p95 %v",
				sum.games, lessWhenRaced(*games), sum.moves, sum.asked, sum.fixed, sum.killed, sum.delays[n/2], sum.delays[n*95/100])
		}
	})
}
