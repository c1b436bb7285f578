package gtpboard

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/gtp"
	"github.com/gobancam/gobancam/internal/match"
)

var firstGame = flag.Int("firstgame", 0, "number of the first of them")

var games = flag.Int("games", 1, "how often each kind of game is played in TestTwoGTP")

// TestTwoGTP has GNU Go play GNU Go through two engines, each of which is a
// person at a board of their own: what GNU Go thinks of, a hand puts down before
// simulated eyes, and a controller carries it to the other board. A third GNU Go
// looks on: it is the judge of every move, and of what lies on the boards.
func TestTwoGTP(t *testing.T) {
	if testing.Short() {
		t.Skip("whole games take their time")
	}
	for i := *firstGame; i < *firstGame+*games; i++ {
		for _, c := range []contest{
			{name: "even", size: 9},
			{name: "taken back", size: 9, undo: []int{6, 21, 40}},
			{name: "fixed handicap", size: 9, fixed: 4},
			{name: "free handicap", size: 9, free: 3},
			{name: "resigned", size: 9, resign: 20},
			{name: "wild", size: 9, wild: true, most: 90, undo: []int{15, 16, 33, 50, 71}},
			{name: "even", size: 13, most: 60},
		} {
			c.seed = uint64(100*i + c.size + len(c.undo) + c.fixed + c.free)
			t.Run(fmt.Sprintf("%s %d×%d %d", c.name, c.size, c.size, i), c.play)
		}
	}
}

// contest is a game of two engines.
type contest struct {
	name        string
	size        int
	fixed, free int
	undo        []int // numbers of moves after which the last two are taken back
	resign      int
	most        int // moves; 0: to the end
	seed        uint64
	wild        bool // two of three moves are made at random

	t        *testing.T
	houses   [2]*house // black, white
	judge    *gnugo
	moves    []board.Move
	captures int
}

// minded has a house think as GNU Go does.
func (c *contest) minded(h *house, g *gnugo) {
	g.ask("boardsize %d", c.size)
	g.ask("clear_board")
	g.ask("komi 6.5")
	if c.fixed > 0 {
		g.ask("fixed_handicap %d", c.fixed)
	}
	free := gtp.FixedHandicap(c.size, c.free)
	if c.free > 0 {
		g.ask("set_free_handicap %s", vertices(free, c.size))
	}
	var thought board.Point
	at := "" // the game that it was thought of
	follow := func(s *match.Snapshot) {
		moves := s.Moves
		if s.Handicap > 0 && c.free > 0 && len(moves) >= c.free && h == c.houses[0] {
			moves = moves[c.free:] // they are set-up to GNU Go
		}
		g.follow(moves, c.size)
	}
	h.mind = func(s *match.Snapshot) board.Point {
		if c.free > 0 && s.Number < c.free && h == c.houses[0] {
			return free[s.Number]
		}
		if key := fmt.Sprint(s.Moves); key != at {
			follow(s)
			if c.wild && s.Number%3 != 0 {
				at, thought = key, c.wildMove(s, g)
				return thought
			}
			p, err := gtp.ParseVertex(g.ask("reg_genmove %s", s.ToMove), c.size)
			if err != nil {
				panic(err)
			}
			at, thought = key, p
		}
		return thought
	}
	h.dead = func(s *match.Snapshot) []board.Point {
		follow(s)
		ps, err := gtp.ParseVertices(g.ask("final_status_list dead"), c.size)
		if err != nil {
			panic(err)
		}
		return ps
	}
}

// wildMove is any legal move, the same for the same game.
func (c *contest) wildMove(s *match.Snapshot, g *gnugo) board.Point {
	for _, i := range rand.New(rand.NewPCG(c.seed, uint64(s.Number))).Perm(c.size * c.size) {
		p := board.Point{X: int8(i % c.size), Y: int8(i / c.size)}
		if s.Position.At(p) == board.Empty && g.ask("is_legal %s %s", s.ToMove, p.GTP(c.size)) == "1" {
			return p
		}
	}
	return board.Pass
}

func (c contest) play(t *testing.T) {
	c.t = t
	c.judge = startGNUGo(t)
	minds := [2]*gnugo{startGNUGo(t, "--seed", fmt.Sprint(c.seed)), startGNUGo(t, "--seed", fmt.Sprint(c.seed+7))}
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		begun := time.Now()
		var closed [2]func()
		for i, name := range []string{"black", "white"} {
			c.houses[i] = newHouse(t, name, c.size, c.seed+uint64(i))
		}
		for i, h := range c.houses {
			c.minded(h, minds[i])
			closed[i] = h.open(ctx, Options{Answers: true, Me: h.name})
		}
		defer func() {
			stop()
			for _, f := range closed {
				f()
			}
		}()
		c.setUp()
		result := c.run()
		c.compare()
		t.Logf("%d moves, %d stones captured, %s, %.0f s at the boards", len(c.moves), c.captures, result, time.Since(begun).Seconds())
	})
}

func (c *contest) both(format string, args ...any) {
	c.t.Helper()
	for _, h := range c.houses {
		h.must(format, args...)
	}
}

func (c *contest) setUp() {
	c.both("boardsize %d", c.size)
	c.both("clear_board")
	c.both("komi 6.5")
	c.both("time_settings 600 300 20")
	c.judge.ask("boardsize %d", c.size)
	c.judge.ask("clear_board")
	c.judge.ask("komi 6.5")
	switch {
	case c.fixed > 0:
		want := strings.Fields(c.judge.ask("fixed_handicap %d", c.fixed))
		for _, h := range c.houses {
			got := strings.Fields(h.must("fixed_handicap %d", c.fixed))
			if slices.Sort(got); !sameWords(got, want) {
				c.t.Errorf("handicap %v, GNU Go's is %v", got, want)
			}
		}
	case c.free > 0:
		stones := c.houses[0].must("place_free_handicap %d", c.free)
		c.houses[1].must("set_free_handicap %s", stones)
		c.judge.ask("set_free_handicap %s", stones)
	}
}

func sameWords(a, b []string) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

// run plays until both have passed or one resigns.
func (c *contest) run() (result string) {
	color, passes := board.Black, 0
	if c.fixed+c.free > 0 {
		color = board.White
	}
	if c.resign > 0 {
		c.houses[1].resign = c.resign
	}
	for passes < 2 && (c.most == 0 || len(c.moves) < c.most) {
		me, other := c.houses[color-board.Black], c.houses[color.Opponent()-board.Black]
		me.must("time_left %s 600 0", color)
		move := me.must("genmove %s", color)
		if move == "resign" {
			if c.resign == 0 {
				c.t.Fatalf("%s resigned", me.name)
			}
			return strings.ToUpper(color.Opponent().String()[:1]) + "+R"
		}
		before := c.stones()
		c.judge.ask("play %s %s", color, move)
		other.must("play %s %s", color, move)
		p, err := gtp.ParseVertex(move, c.size)
		if err != nil {
			c.t.Fatal(err)
		}
		passes++
		if !p.IsPass() {
			passes = 0
			c.captures += before + 1 - c.stones()
		}
		c.moves = append(c.moves, board.Move{Color: color, Point: p})
		color = color.Opponent()
		if i := slices.Index(c.undo, len(c.moves)); i >= 0 {
			c.undo = slices.Delete(slices.Clone(c.undo), i, i+1)
			for range 2 {
				c.both("undo")
				c.judge.ask("undo")
			}
			c.moves = c.moves[:len(c.moves)-2]
		}
	}
	if c.most > 0 {
		return "not finished"
	}
	scores := [2]string{}
	for i, h := range c.houses {
		scores[i] = h.must("final_score")
		dead := strings.Fields(h.must("final_status_list dead"))
		if want := strings.Fields(c.judge.ask("final_status_list dead")); !sameWords(dead, want) {
			c.t.Errorf("dead are %v at %s's board, for GNU Go %v", dead, h.name, want)
		}
		if seki := h.must("final_status_list seki"); seki != "" {
			c.t.Error("seki", seki)
		}
	}
	if scores[0] != scores[1] {
		c.t.Errorf("the boards count %v", scores)
	}
	return scores[0] + " (GNU Go counts " + c.judge.ask("final_score") + ")"
}

// stones counts those on the judge's board.
func (c *contest) stones() int {
	return len(strings.Fields(c.judge.ask("list_stones black"))) + len(strings.Fields(c.judge.ask("list_stones white")))
}

// compare compares records and boards with what the judge has.
func (c *contest) compare() {
	time.Sleep(time.Minute) // the last stones are put down
	for _, h := range c.houses {
		r := h.kept.Load()
		moves := r.Game.Moves()
		if c.free > 0 && h == c.houses[0] {
			moves = moves[c.free:]
		}
		if !slices.Equal(moves, c.moves) {
			c.t.Errorf("%s's record is\n%v\nnot\n%v", h.name, moves, c.moves)
		}
		pos := r.Game.Position()
		for color := board.Black; color <= board.White; color++ {
			set := pos.Stones(color)
			if want := strings.Fields(c.judge.ask("list_stones %s", color)); !sameWords(strings.Fields(vertices(set.Points(), c.size)), want) {
				c.t.Errorf("%s's record has %s stones at %s, GNU Go at %v", h.name, color, vertices(set.Points(), c.size), want)
			}
		}
		if c.resign == 0 { // the board is left when somebody resigns
			h.live.Lock()
			for p := range pos.Points() {
				if got := h.world.Stone(p); got != pos.At(p) {
					c.t.Errorf("on %s's board %s is %v, in the record %v", h.name, p.GTP(c.size), got, pos.At(p))
				}
			}
			h.live.Unlock()
		}
		if len(h.alarms) > 0 {
			c.t.Errorf("%s: %q", h.name, h.alarms)
		}
		if h.sat > 3 {
			c.t.Errorf("a referee sat down %d times at %s's board", h.sat, h.name)
		}
	}
	if c.t.Failed() {
		for _, h := range c.houses {
			c.t.Log(h.story())
		}
	}
}
