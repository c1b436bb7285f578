package match

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
)

// rogues are two people at a relayed board who do not keep to the rules.
type rogues struct {
	*couple
	did map[string]int
}

// TestRandomRogues relays games of players who move twice, add stones, take them
// off, move and exchange them, try variations and put them back, and set up
// positions by hand: whatever they do, the record ends with the board's position
// and is a game that can be written down and read.
func TestRandomRogues(t *testing.T) {
	did := map[string]int{}
	for i := range lessWhenRaced((*games + 1) / 2) {
		seed := *gameSeed + uint64(i)
		size := []int{9, 13, 9, 19}[seed%4]
		fps := []int{5, 10, 15}[seed%3]
		t.Run(fmt.Sprintf("%d-%dx%d-%dfps", seed, size, size, fps), func(t *testing.T) {
			w := newWorld(t, size, black)
			w.rng = rand.New(rand.NewPCG(seed, 31))
			w.dt = time.Second / time.Duration(fps)
			w.noise = *noise
			tuning := Quick()
			if seed%2 == 0 {
				tuning = Live()
			}
			relay, err := NewRelay(RelayOptions{Setup: w.srv.data.Setup, Tuning: tuning, Edition: *edition})
			if err != nil {
				t.Fatal(err)
			}
			w.relay = relay
			w.start()
			s := &shadow{t: t, w: w, rng: rand.New(rand.NewPCG(seed, 32))}
			w.tap = s.see
			c := &rogues{couple: &couple{person: &person{world: w, me: black}, game: w.srv.game}, did: did}
			c.play(size * size / 3)
			w.run(90 * time.Second)
			g := relay.Game()
			if got := g.Position(); got != w.board {
				t.Fatalf("the record ends with\n%v\nthe board with\n%v\n%s", got, w.board, c.tail())
			}
			text, err := json.Marshal(g)
			var again board.Game
			if err != nil || json.Unmarshal(text, &again) != nil || again.Position() != g.Position() {
				t.Errorf("the game does not come back: %v", err)
			}
			root, _ := g.SGF()
			if read, err := root.Game(); err != nil || read.Position() != g.Position() || !slices.Equal(read.Moves(), g.Moves()) {
				t.Errorf("the record does not come back: %v", err)
			}
			if snap := relay.Snapshot(); len(snap.Unexpected)+len(snap.Missing) > 0 || snap.HasLast && !snap.Last.Point.IsPass() && g.At(snap.Last.Point) == board.Empty {
				t.Errorf("it shows %s: %s", snap.State, snap.Text)
			}
			t.Logf("%d moves, %d set-ups, %d questions", g.MoveCount(), len(g.Edits()), count(w.events, EventQuestion))
		})
	}
	t.Logf("they %v", did)
}

func (c *rogues) play(moves int) {
	c.pause(1, 2)
	for n := 0; n < moves; n++ {
		if c.chance(0.1) {
			c.fuss()
		}
		if c.chance(0.2) {
			c.breakRule()
		}
		color := c.game.ToMove()
		free := c.legal(color)
		if len(free) == 0 {
			return
		}
		m := board.Move{Color: color, Point: free[c.rng.IntN(len(free))]}
		_ = c.game.Play(m)
		captured := c.game.LastCaptured()
		c.put(m.Point, color, captured.Points()...)
		c.pause(0.3, 3)
	}
}

// any returns a random point that holds c.
func (c *rogues) any(color board.Color) (board.Point, bool) {
	stones := c.board.Stones(color)
	ps := stones.Points()
	if len(ps) == 0 {
		return board.Point{}, false
	}
	return ps[c.rng.IntN(len(ps))], true
}

// lay changes points of the board one by one, if what comes of it can be on a
// board, and goes on from there.
func (c *rogues) lay(what string, next board.Color, change map[board.Point]board.Color) {
	pos := c.board
	var ps []board.Point
	for p, to := range change {
		pos.Set(p, to)
		ps = append(ps, p)
	}
	if !pos.Lawful() || c.game.Edit(pos, next, "") != nil {
		return
	}
	slices.SortFunc(ps, func(a, b board.Point) int { return int(a.Y-b.Y)*100 + int(a.X-b.X) })
	said := c.chance(0.1)
	c.rng.Shuffle(len(ps), func(i, j int) { ps[i], ps[j] = ps[j], ps[i] })
	for _, p := range ps {
		c.put(p, change[p])
		c.pause(0, 2)
	}
	c.did[what]++
	if said {
		c.pause(1, 2)
		c.do(CmdBoard)
		c.did["said so"]++
	}
	c.pause(0.3, 20)
}

func (c *rogues) breakRule() {
	next := c.game.ToMove()
	color := black + board.Color(c.rng.IntN(2))
	stone, ok := c.any(color)
	free, room := c.any(board.Empty)
	if !room {
		return
	}
	change := map[board.Point]board.Color{}
	switch c.rng.IntN(9) {
	case 8:
		c.back()
	case 0:
		change[free] = next.Opponent()
		c.lay("moved twice", next, change)
	case 1:
		change[free] = color
		c.lay("added a stone", next, change)
	case 2:
		for range 1 + c.rng.IntN(3) {
			if p, ok := c.any(color); ok {
				change[p] = board.Empty
			}
		}
		c.lay("took stones off", next, change)
	case 3:
		if ok {
			change[stone], change[free] = board.Empty, color
			c.lay("moved a stone", next, change)
		}
	case 4:
		if ok {
			change[stone] = color.Opponent()
			c.lay("exchanged a stone", next, change)
		}
	case 5:
		c.variation()
	case 6:
		c.together()
	case 7:
		for range 3 + c.rng.IntN(5) {
			if p, ok := c.any(board.Empty); ok {
				change[p] = black + board.Color(c.rng.IntN(2))
			}
		}
		c.lay("set up stones", next, change)
	}
}

// back takes the game back, and sets the board to it.
func (c *rogues) back() {
	n := c.relay.Game().MoveCount()
	if n == 0 {
		return
	}
	c.feed(Input{At: c.now, Command: &Command{Kind: CmdBack, Number: n - 1 - c.rng.IntN(min(n, 6))}})
	g := c.relay.Game()
	want := g.Position()
	for d := c.board.Diff(&want); !d.IsEmpty(); d = c.board.Diff(&want) {
		p := d.Points()[0]
		c.put(p, want.At(p))
		c.pause(0, 1)
	}
	_ = c.game.Edit(want, g.ToMove(), "")
	c.did["went back"]++
	c.pause(1, 3)
}

// variation tries some moves and puts the board back.
func (c *rogues) variation() {
	before := c.board
	g := c.game.Clone()
	n := 2 + c.rng.IntN(6)
	for range n {
		color := c.game.ToMove()
		free := c.legal(color)
		if len(free) == 0 {
			break
		}
		m := board.Move{Color: color, Point: free[c.rng.IntN(len(free))]}
		_ = c.game.Play(m)
		captured := c.game.LastCaptured()
		c.put(m.Point, color, captured.Points()...)
		c.pause(0.3, 2)
	}
	d := c.board.Diff(&before)
	for _, p := range d.Points() {
		c.put(p, before.At(p))
	}
	*c.game = *g
	c.did["tried a variation"]++
	c.pause(0.3, 10)
}

// together plays some moves behind a hand that stays.
func (c *rogues) together() {
	for q := range c.board.Points() {
		c.hand.Add(q)
	}
	for range 2 + c.rng.IntN(4) {
		color := c.game.ToMove()
		free := c.legal(color)
		if len(free) == 0 {
			break
		}
		_ = c.game.Play(board.Move{Color: color, Point: free[c.rng.IntN(len(free))]})
		c.board = c.game.Position()
		c.step()
	}
	c.away()
	c.did["moved behind a hand"]++
	c.pause(0.3, 5)
}

// TestHandsSetNothingUp lets hands, lamps, bumps, things and flickering points
// come and go over a board on which nothing changes: nothing is set up, and the
// record is what it was.
func TestHandsSetNothingUp(t *testing.T) {
	for seed := range uint64(lessWhenRaced(4)) {
		size := []int{9, 13, 19, 9}[seed]
		w := newWorld(t, size, black)
		w.rng = rand.New(rand.NewPCG(seed, 41))
		w.noise = 1e-3
		p := &person{world: w, me: black}
		g := w.srv.game
		for range size * size / 4 {
			free := p.legal(g.ToMove())
			if err := g.Play(board.Move{Color: g.ToMove(), Point: free[w.rng.IntN(len(free))]}); err != nil {
				t.Fatal(err)
			}
		}
		w.board = g.Position()
		relay, err := NewRelay(RelayOptions{Begun: g, Tuning: Live()})
		if err != nil {
			t.Fatal(err)
		}
		w.relay = relay
		w.start()
		w.run(3 * time.Second)
		for end := w.now + 20*time.Minute; w.now < end; {
			p.idle()
			if p.chance(0.05) { // a cup, for long
				at := board.Point{X: int8(w.rng.IntN(size - 1)), Y: int8(w.rng.IntN(size - 1))}
				for _, q := range []board.Point{at, {X: at.X + 1, Y: at.Y}, {X: at.X, Y: at.Y + 1}, {X: at.X + 1, Y: at.Y + 1}} {
					w.hand.Add(q)
				}
				p.pause(20, 90)
				p.away()
			}
			p.pause(0, 8)
		}
		w.run(10 * time.Second)
		// A shadow may be taken for a move while it lasts.
		if n := count(w.events, EventSetup); n > 0 || !slices.Equal(relay.Game().Moves(), g.Moves()) || relay.Game().Position() != w.board {
			t.Errorf("seed %d: %d set-ups\n%s", seed, n, w.story())
		}
	}
}
