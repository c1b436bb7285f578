package engine

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/gtp"
	"github.com/gobancam/gobancam/internal/match"
)

var longGames = flag.Bool("longgames", false, "play GNU Go's games to their end on 19×19, too")

// gnugos starts GNU Go, again and again, and can do harm to the one that runs.
type gnugos struct {
	mu   sync.Mutex
	last Program
	n    int
}

func (s *gnugos) start(ctx context.Context) (Program, error) {
	p, err := Command("gnugo --mode gtp --level 0 --seed 7")(ctx)
	if err == nil {
		s.mu.Lock()
		s.last, s.n = p, s.n+1
		s.mu.Unlock()
	}
	return p, err
}

func (s *gnugos) signal(t *testing.T, sig syscall.Signal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := syscall.Kill(s.last.(interface{ PID() int }).PID(), sig); err != nil {
		t.Error(err)
	}
}

// wander is a legal move of c that fills no eye of its own, or a pass.
func wander(r *rand.Rand, g *board.Game, c board.Color) board.Point {
	pos := g.Position()
	n := g.Size()
	for _, i := range r.Perm(n * n) {
		p := board.Point{X: int8(i % n), Y: int8(i / n)}
		own := true
		for _, q := range pos.Neighbours(p) {
			own = own && pos.At(q) == c
		}
		if !own && g.Legal(board.Move{Color: c, Point: p}) {
			return p
		}
	}
	return board.Pass
}

// TestWholeGamesWithGNUGo plays whole games at random against GNU Go, which is
// killed and stopped on the way; in the end its own account of the game is what
// the record has.
func TestWholeGamesWithGNUGo(t *testing.T) {
	if _, err := gtp.Find("gnugo"); err != nil {
		t.Skip("GNU Go is not installed: ", err)
	}
	for _, c := range []struct {
		size, handicap int
		free           bool
		me             board.Color
		moves          int // after which it is resigned; 0: to the end
	}{
		{9, 0, false, board.Black, 0}, {9, 0, false, board.White, 0}, {9, 4, false, board.White, 0}, {9, 3, true, board.Black, 0},
		{9, 2, true, board.White, 0}, {19, 9, false, board.Black, 40}, {19, 5, true, board.White, 40}, {19, 4, true, board.Black, 40},
	} {
		t.Run(fmt.Sprintf("%d-%d-%v-%v", c.size, c.handicap, c.free, c.me), func(t *testing.T) {
			if !*longGames && c.size == 9 && c.handicap == 4 {
				t.Skip("with -longgames")
			}
			t.Parallel()
			if *longGames {
				c.moves = 0
			}
			programs := &gnugos{}
			r := rules(t, "japanese")
			r.FreeHandicap = c.free
			tb := sit(t, Options{Start: programs.start, Setup: board.Setup{Size: c.size, Rules: r, Komi: 0.5, Handicap: c.handicap}, Me: c.me, You: "You", ID: 3,
				Think: 2 * time.Minute})
			chance := rand.New(rand.NewPCG(uint64(c.size), uint64(c.handicap)))
			tb.until("the game", func() bool { return tb.g != nil })
			killed, stopped, undone := false, false, false
			for tb.result == nil {
				tb.until("my turn", func() bool {
					return tb.result != nil || tb.myTurn() || tb.phase == game.StoneRemoval && tb.agreed[c.me.Opponent()]
				})
				n := tb.g.MoveCount()
				switch {
				case tb.result != nil:
				case tb.phase == game.StoneRemoval:
					compareWithProgram(t, programs, tb)
					tb.ask(match.ReqAcceptRemoval, func(r *match.Request) { r.Points = tb.dead })
					tb.until("the result", func() bool { return tb.result != nil })
				case c.moves > 0 && n > c.moves:
					compareWithProgram(t, programs, tb)
					tb.ask(match.ReqResign, nil)
					tb.until("the result", func() bool { return tb.result != nil })
				case n > 12 && !killed:
					killed = true
					programs.signal(t, syscall.SIGKILL)
				case n > 20 && !stopped:
					stopped = true
					programs.signal(t, syscall.SIGSTOP)
				case n > 26 && !undone:
					undone = true
					tb.ask(match.ReqUndo, nil)
					tb.until("the undo", func() bool { return tb.g.MoveCount() < n })
				default:
					tb.play(wander(chance, tb.g, c.me))
				}
			}
			if programs.n < 3 || !undone {
				t.Errorf("%d programs were started, after %d moves", programs.n, tb.g.MoveCount())
			}
			t.Logf("%d moves, %v, %d programs", tb.g.MoveCount(), tb.result, programs.n)
		})
	}
}

// compareWithProgram compares the record with what the program says that it has
// on its board, and how many stones were taken.
func compareWithProgram(t *testing.T, s *gnugos, tb *table) {
	t.Helper()
	s.mu.Lock()
	p := s.last
	s.mu.Unlock()
	ask := func(name string, args ...string) string {
		text, err := p.Ask(t.Context(), 20*time.Second, name, args...)
		if err != nil {
			t.Error(err)
		}
		return text
	}
	for _, c := range []board.Color{board.Black, board.White} {
		has := strings.Fields(ask("list_stones", c.String()))
		pos := tb.g.Position()
		var want []string
		for _, q := range pos.Stones(c).Points() {
			want = append(want, q.GTP(tb.g.Size()))
		}
		slices.Sort(has)
		slices.Sort(want)
		if !slices.Equal(has, want) {
			t.Errorf("%v stones: the program has\n%v, the record\n%v", c, has, want)
		}
		if got := ask("captures", c.String()); got != fmt.Sprint(tb.g.Captures(c)) {
			t.Errorf("%v took %s by the program, %d by the record", c, got, tb.g.Captures(c))
		}
	}
	var history []string
	for _, m := range planOf(tb.g).moves {
		history = append([]string{m.Color.String() + " " + strings.ToUpper(m.Point.GTP(tb.g.Size()))}, history...)
	}
	var has []string
	for _, line := range strings.Split(ask("move_history"), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			c, at, _ := strings.Cut(line, " ")
			has = append(has, c+" "+strings.ToUpper(at))
		}
	}
	if len(has) < len(history) || !slices.Equal(has[:len(history)], history) {
		t.Errorf("the program has the moves\n%q, the record\n%q", has, history)
	}
}
