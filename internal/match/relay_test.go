package match

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/reading"
)

// couple sits at a relayed board: two people who play random moves with random
// mischief.
type couple struct {
	*person
	game *board.Game // what they really play
}

// TestRandomRelays relays whole random games. The record must be exact.
func TestRandomRelays(t *testing.T) {
	exact := 0
	for i := range lessWhenRaced(*games) {
		seed := *gameSeed + uint64(i)
		size := []int{9, 13, 9, 19}[seed%4]
		fps := []int{5, 10, 15}[seed%3]
		t.Run(fmt.Sprintf("%d-%dx%d-%dfps", seed, size, size, fps), func(t *testing.T) {
			w := newWorld(t, size, black)
			w.rng = rand.New(rand.NewPCG(seed, 8))
			w.dt = time.Second / time.Duration(fps)
			w.noise = 1e-4
			relay, err := NewRelay(RelayOptions{Setup: w.srv.data.Setup})
			if err != nil {
				t.Fatal(err)
			}
			w.relay = relay
			w.start()
			c := &couple{person: &person{world: w, me: black, mischief: true}, game: w.srv.game}
			c.play(size * size / 2)
			w.run(5 * time.Second)
			got, want := relay.Game().Moves(), c.game.Moves()
			if !slices.Equal(got, want) {
				n := 0
				for n < min(len(got), len(want)) && got[n] == want[n] {
					n++
				}
				t.Errorf("the record has %d moves, %d were played; they differ from move %d on: %v\n%v\n%v\n%s",
					len(got), len(want), n+1, want[n:min(n+3, len(want))], relay.Game().Position(), w.board, c.tail())
				return
			}
			if edits := relay.Game().Edits(); len(edits) > 0 {
				t.Errorf("set up was %+v", edits)
			}
			exact++
			t.Logf("%d moves, %d taken back on the way", len(got), count(w.events, EventUndo))
		})
	}
	t.Logf("%d of %d records are exact", exact, lessWhenRaced(*games))
}

func (c *couple) play(moves int) {
	c.pause(1, 2)
	for n := 0; n < moves; n++ {
		if c.chance(0.15) {
			c.fuss()
		}
		color := c.game.ToMove()
		free := c.legal(color)
		if len(free) == 0 {
			return
		}
		p := free[c.rng.IntN(len(free))]
		if c.chance(0.05) {
			// Set down on a wrong point, and moved.
			if q := c.freeNear(p, c.game.Position()); q != nil && c.game.Legal(board.Move{Color: color, Point: *q}) {
				g := c.game.Clone()
				_ = g.Play(board.Move{Color: color, Point: *q})
				if s := g.LastCaptured(); s.IsEmpty() {
					c.put(*q, color)
					c.pause(0.3, 2)
					c.reach(*q)
					c.pause(0.2, 0.4)
					c.board.Set(*q, board.Empty)
				}
			}
		}
		_ = c.game.Play(board.Move{Color: color, Point: p})
		captured := c.game.LastCaptured()
		off := captured.Points()
		c.put(p, color, off...)
		c.pause(0.3, 2)
		if c.chance(0.03) {
			// Taken back.
			c.game.Undo()
			c.take(p)
			for _, q := range off {
				c.put(q, color.Opponent())
			}
			c.pause(1, 2)
		}
	}
}

// fuss is what happens besides.
func (c *couple) fuss() {
	n := c.board.Size()
	any := func() board.Point { return board.Point{X: int8(c.rng.IntN(n)), Y: int8(c.rng.IntN(n))} }
	switch c.rng.IntN(4) {
	case 0:
		c.reach(any())
		c.pause(0.3, 3)
		c.away()
	case 1:
		c.lock = reading.Unsure
		c.pause(0.2, 1)
		c.lock = reading.Locked
		c.bump++
		c.pause(0.5, 2)
	case 2:
		q := any()
		c.flicker[q] = reading.State(c.rng.IntN(3))
		c.pause(0.3, 1)
		clear(c.flicker)
	case 3:
		q := any()
		c.reach(q)
		c.pause(0.3, 0.6)
		was := c.board.At(q)
		c.board.Set(q, board.Empty) // straightened
		c.step()
		c.board.Set(q, was)
		c.away()
	}
	c.pause(0.2, 1)
}

// TestARelaysLooksCountFromTheirPictures has a picture read late, behind a tick
// of the clock: its evidence is of when it was taken, and time never goes back.
func TestARelaysLooksCountFromTheirPictures(t *testing.T) {
	w := newWorld(t, 9, black)
	relay, err := NewRelay(RelayOptions{Setup: w.srv.data.Setup, Tuning: Live()})
	if err != nil {
		t.Fatal(err)
	}
	look := func(at time.Duration) {
		w.now = at
		relay.Step(Input{At: at, Look: &Look{Reading: w.look()}})
	}
	look(900 * time.Millisecond)
	relay.Step(Input{At: 2600 * time.Millisecond})
	look(2500 * time.Millisecond)
	if got, want := relay.watch.at, 2500*time.Millisecond; got != want || relay.lastLook != want {
		t.Errorf("the evidence is of %v, the last look of %v, want %v", got, relay.lastLook, want)
	}
	if relay.now != 2600*time.Millisecond {
		t.Errorf("the relay's time is %v", relay.now)
	}
}
