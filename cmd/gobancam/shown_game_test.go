package main

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/browsertest"
	"github.com/gobancam/gobancam/ogs/ogstest"
)

// TestRecordedAndShown plays a game at a board of which the page, the demo board
// and the file have to say the same at every move, through everything that may
// happen: a server that fails, moves that are taken back and corrected, stones
// that nobody played, and a program that is killed at every step of it all. The
// page is opened once, and never loaded again.
func TestRecordedAndShown(t *testing.T) {
	s := newShown(t, 9, browsertest.Open(t))
	fault := func(k ogstest.Kind, delay time.Duration) { s.srv.Inject(ogstest.Fault{Kind: k, Delay: delay}) }
	// The server is out of order when the demo board is to be made.
	for _, status := range []int{http.StatusInternalServerError, http.StatusTooManyRequests} {
		s.srv.Inject(ogstest.Fault{Kind: ogstest.Status, Status: status, Delay: time.Second, Path: "/api/v1/"})
	}
	for _, at := range []string{"E5", "C3"} {
		s.move(at)
		s.inFile()
	}
	s.agree("two moves while the server was out of order")

	for _, step := range []struct {
		fault ogstest.Kind
		delay time.Duration
		at    string
	}{
		{ogstest.LoseAppend, 0, "G3"}, {ogstest.DoubleAppend, 0, "C7"}, {ogstest.ReorderAppend, 0, "G7"},
		{ogstest.DelayAppend, 3 * time.Second, "E7"}, {ogstest.DropBeforeAppend, 0, "E3"}, {ogstest.DropAfterAppend, 0, "C5"},
	} {
		fault(step.fault, step.delay)
		s.move(step.at)
		s.agree(step.at)
	}

	// A stone is lifted again; while that is told, the program is killed.
	fault(ogstest.DelayAppend, time.Second)
	s.takenBack(7)
	s.lift()
	s.inFile()
	s.again()
	s.agree("a stone is lifted, and the program is killed")
	s.move("G5")
	time.Sleep(700 * time.Millisecond) // perhaps seen, perhaps not
	s.again()
	s.agree("killed as a stone was put down")

	// Two moves are taken back by a word, and one by another.
	s.takenBack(6)
	s.p.enter("back 6")
	s.lift()
	s.agree("back to move 6")
	s.takenBack(5)
	s.p.enter("undo")
	s.lift()
	s.agree("undo")

	// The server goes away; stones come that nobody played; the program is killed.
	go s.srv.Restart(4 * time.Second)
	s.add(board.Black, "H8", "J9")
	s.inFile()
	s.again()
	s.agree("stones that nobody played, no server, and a kill")
	s.move("J8")
	s.agree("a move after them")
	s.move("B2")
	s.pass()
	s.agree("a pass")

	// Sent, lost, and killed.
	fault(ogstest.LoseAppend, 0)
	s.move("B8")
	s.inFile()
	s.again()
	s.agree("lost, and killed")

	// The end is lost, and the program is killed; what is missing is shown when the
	// file is given again.
	fault(ogstest.LoseAppend, 0)
	s.resign()
	s.over()
	t.Logf("%d moves, killed %d times", s.moves(), s.kills)
}

// TestRandomGameShown plays at random, with everything that happens at a board,
// before a server that hardly ever works, and has the program killed after every
// other step. GOBANCAM_SHOWN says how many steps; `make soak-shown` sets it.
func TestRandomGameShown(t *testing.T) {
	steps, _ := strconv.Atoi(os.Getenv("GOBANCAM_SHOWN"))
	if steps == 0 {
		t.Skip("takes ten seconds a step; GOBANCAM_SHOWN says how many")
	}
	browser := browsertest.Open(t)
	for _, size := range []int{9, 19} {
		t.Run(fmt.Sprintf("%d lines", size), func(t *testing.T) {
			s := newShown(t, size, browser)
			r := rand.New(rand.NewPCG(uint64(size), uint64(steps)))
			s.random(r, steps)
			s.inject(r)
			s.resign()
			s.srv.Heal()
			s.over()
			t.Logf("%d steps, %d moves left, killed %d times", steps, s.moves(), s.kills)
		})
	}
}

// inject has the server misbehave in some way, or in none.
func (s *shown) inject(r *rand.Rand) string {
	kinds := []ogstest.Kind{ogstest.LoseAppend, ogstest.DoubleAppend, ogstest.ReorderAppend, ogstest.DelayAppend,
		ogstest.DropBeforeAppend, ogstest.DropAfterAppend, ogstest.SkipReviewEvent}
	switch n := r.IntN(len(kinds) + 5); {
	case n < len(kinds):
		s.srv.Inject(ogstest.Fault{Kind: kinds[n], Delay: time.Duration(r.IntN(4000)) * time.Millisecond})
		return fmt.Sprintf("fault %d of messages", n)
	case n == len(kinds):
		s.srv.DropConnections()
		return "connections dropped"
	case n == len(kinds)+1:
		for _, status := range []int{http.StatusInternalServerError, http.StatusTooManyRequests, http.StatusBadGateway} {
			s.srv.Inject(ogstest.Fault{Kind: ogstest.Status, Status: status, Path: "/api/v1/"})
		}
		s.srv.DropConnections()
		return "500, 429, 502"
	case n == len(kinds)+2:
		if err := s.srv.Restart(time.Duration(r.IntN(2000)) * time.Millisecond); err != nil {
			s.t.Fatal(err)
		}
		return "another run of the server"
	}
	return "nothing wrong"
}

func (s *shown) random(r *rand.Rand, steps int) {
	for i := range steps {
		what := s.inject(r) + ", " + s.something(r)
		if r.IntN(2) == 0 {
			s.inFile()
			time.Sleep(time.Duration(r.IntN(1500)) * time.Millisecond)
			what += ", killed"
			s.again()
		}
		begun := time.Now()
		s.agree(what)
		s.t.Logf("%d: %s; all agree %v later", i+1, what, time.Since(begun).Round(100*time.Millisecond))
	}
}

// something happens at the board.
func (s *shown) something(r *rand.Rand) string {
	last := 0 // after it nothing was taken, set up or passed
	for i, d := range s.done {
		if d.added != nil || d.point.IsPass() || d.took {
			last = i + 1
		}
	}
	n := len(s.done)
	switch kind := r.IntN(12); {
	case kind == 0 && n > last:
		s.takenBack(n - 1)
		s.lift()
		s.inFile()
		return "a stone is lifted again"
	case kind == 1 && n > last:
		s.takenBack(n - 1)
		s.p.enter("undo")
		s.lift()
		s.inFile()
		return "undo"
	case kind == 2 && n > last+1:
		to := max(last, n-2-r.IntN(3))
		s.takenBack(to)
		s.p.enter(fmt.Sprintf("back %d", s.moves()))
		s.lift()
		s.inFile()
		return fmt.Sprintf("back to %d", s.moves())
	case kind == 3 && n > 2 && !s.done[n-1].point.IsPass():
		s.pass()
		s.inFile()
		return "a pass"
	case kind == 4 && n > 2:
		var free []string
		pos := s.position()
		for p := range pos.Points() {
			alone := pos.At(p) == board.Empty
			for _, q := range pos.Neighbours(p) {
				alone = alone && pos.At(q) == board.Empty
			}
			if alone && len(free) < 40 {
				free = append(free, p.GTP(s.size))
			}
		}
		if len(free) > 4 {
			r.Shuffle(len(free), func(i, j int) { free[i], free[j] = free[j], free[i] })
			s.add(s.turn.Opponent(), free[:2]...)
			s.inFile()
			return "stones that nobody played"
		}
	}
	for {
		p := board.Point{X: int8(r.IntN(s.size)), Y: int8(r.IntN(s.size))}
		if r.IntN(3) > 0 && n > 0 { // beside another stone
			now := s.position()
			near := now.Neighbours(s.done[r.IntN(n)].point)
			if len(near) == 0 {
				continue
			}
			p = near[r.IntN(len(near))]
		}
		pos, _, ok := playOn(s.position(), s.turn, p)
		for _, d := range s.done {
			ok = ok && d.pos != pos
		}
		if ok && s.movePoint(p) {
			return s.done[n].color.String() + " " + p.GTP(s.size)
		}
	}
}
