package ogs_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/ogs"
	"github.com/gobancam/gobancam/ogs/ogstest"
)

// TestSoak plays random games under random faults. Every move that the player
// intended has to be in the server's record, once, in order, and nothing else
// of that player. GOBANCAM_SOAK is the number of games, 60 without it;
// GOBANCAM_SEED repeats one of them. With GOBANCAM_SOAK_SOCKETS the server
// listens at a port and the time is real, as in real life.
func TestSoak(t *testing.T) {
	games := 60
	if sockets() {
		games = 12
	}
	if n, err := strconv.Atoi(os.Getenv("GOBANCAM_SOAK")); err == nil {
		games = n
	} else if testing.Short() {
		games = 4
	}
	first := rand.Uint64N(1 << 40)
	if n, err := strconv.ParseUint(os.Getenv("GOBANCAM_SEED"), 10, 64); err == nil {
		first, games = n, 1
	}
	var moves, faults, resent atomic.Int64
	t.Run("games", func(t *testing.T) {
		limit := make(chan struct{}, 8)
		for i := range uint64(games) {
			t.Run(fmt.Sprint("seed", first+i), func(t *testing.T) {
				t.Parallel()
				limit <- struct{}{}
				defer func() { <-limit }()
				play := func(t *testing.T) { soak(t, first+i, &moves, &faults, &resent) }
				if sockets() {
					play(t)
				} else {
					bubble(t, play)
				}
			})
		}
	})
	t.Logf("%d games, %d moves of ours, %d faults, %d moves sent again after being found not played", games, moves.Load(), faults.Load(), resent.Load())
}

func sockets() bool { return os.Getenv("GOBANCAM_SOAK_SOCKETS") != "" }

// soaker plays one random game.
type soaker struct {
	*world
	f        *follower
	sg       *ogstest.Game
	rng      *rand.Rand
	seed     uint64
	intended []board.Point

	moves, faults, resent *atomic.Int64 // of all games
}

const mostMoves = 30

func soak(t *testing.T, seed uint64, moves, faults, resent *atomic.Int64) {
	s := &soaker{rng: rand.New(rand.NewPCG(seed, 1)), seed: seed, moves: moves, faults: faults, resent: resent}
	s.sit(t)
	for {
		st := s.f.g.State()
		if !st.MyTurn() && st.Phase == game.Playing {
			s.f.until("a turn or the end", func(ogs.Update) bool {
				st := s.f.g.State()
				return st.MyTurn() || st.Phase != game.Playing
			})
			st = s.f.g.State()
		}
		if st.Phase != game.Playing {
			break
		}
		g, err := st.Game()
		if err != nil {
			t.Fatal(err)
		}
		p := randomMove(g, s.rng, mostMoves)
		s.misbehave()
		s.play(p)
	}
	s.compare()
}

// sit starts a game by some rules, on a server with some habits, and joins it.
func (s *soaker) sit(t *testing.T) {
	rng, their := s.rng, rand.New(rand.NewPCG(s.seed, 2))
	rules := []string{"japanese", "chinese", "aga", "korean", "ing", "nz"}[rng.IntN(6)]
	addr := ""
	if sockets() {
		addr = loopback.Addr
	}
	w := newWorld(t, ogstest.Options{Addr: addr, Refusal: ogstest.Refusal(rng.IntN(3)), PhaseLast: rng.IntN(2) == 0, OldForms: rng.IntN(4) == 0})
	setup := ogstest.Setup{Rules: rules, Size: 9, Black: w.alice, White: w.bob}
	if rng.IntN(2) == 0 {
		setup.Black, setup.White = w.bob, w.alice
	}
	if rng.IntN(3) == 0 {
		setup.Handicap = 2 + rng.IntN(3)
	}
	s.world = w
	s.sg = w.start(setup, &ogstest.Opponent{
		Move: func(v *ogstest.View) ogstest.Reply {
			return ogstest.Reply{Point: randomMove(v.Game, their, mostMoves)}
		},
		Delay: time.Duration(rng.IntN(3)) * time.Millisecond,
	})
	s.f = w.join(w.connect(), s.sg.ID)
}

// misbehave lets something go wrong, now and then.
func (s *soaker) misbehave() {
	rng, srv := s.rng, s.srv
	if rng.IntN(4) == 0 {
		s.faults.Add(1)
		srv.Inject(ogstest.Fault{Kind: ogstest.Kind(rng.IntN(int(ogstest.Status))), Delay: time.Duration(rng.IntN(220)) * time.Millisecond})
	}
	n := rng.IntN(40)
	switch n {
	case 0:
		srv.DropConnections()
	case 1:
		srv.Restart(10 * time.Millisecond)
	case 2:
		srv.Hush()
	case 3:
		srv.ExpireJWTs()
		srv.DropConnections()
	case 4:
		srv.Inject(ogstest.Fault{Kind: ogstest.NoGameData + ogstest.Kind(rng.IntN(2))})
		srv.DropConnections()
	case 5:
		s.sg.TellNonsense(anyNonsense(rng))
	case 6:
		f := ogstest.Fault{Kind: anyNonsense(rng), Times: 1 + rng.IntN(3)}
		if len(s.intended) == 0 {
			f.Times = 1 // before a move, what is said twice in a row would count
		}
		srv.Inject(f)
		srv.DropConnections()
	}
	if n <= 6 {
		s.faults.Add(1)
	}
}

// play makes a move count.
func (s *soaker) play(p board.Point) {
	for settled := false; !settled; {
		switch r := s.f.move(p); r.Fate {
		case ogs.Played:
			settled = true
		case ogs.NotPlayed:
			s.resent.Add(1)
		case ogs.Displaced:
			s.t.Fatalf("seed %d: %+v", s.seed, r)
		}
	}
	s.intended = append(s.intended, p)
	s.moves.Add(1)
}

// compare looks whether the server has what was intended, and the client what
// the server has.
func (s *soaker) compare() {
	final, me := s.sg.Board(), s.f.g.State().Me
	var counted []board.Point
	for _, m := range final.Moves() {
		if m.Color == me {
			counted = append(counted, m.Point)
		}
	}
	if fmt.Sprint(counted) != fmt.Sprint(s.intended) {
		s.t.Errorf("seed %d: the server has\n%v of mine, intended were\n%v", s.seed, counted, s.intended)
	}
	s.srv.Heal()
	s.f.g.Resync("the end")
	event[ogs.Snapshot](s.f)
	if st := s.f.g.State(); len(st.Moves) != final.MoveCount() {
		s.t.Errorf("seed %d: the client has %d moves, the server %d", s.seed, len(st.Moves), final.MoveCount())
	}
}

func anyNonsense(rng *rand.Rand) ogstest.Kind {
	all := ogstest.Nonsense()
	return all[rng.IntN(len(all))]
}

// randomMove returns a legal move, or a pass when the game has gone on for
// most moves.
func randomMove(g *board.Game, rng *rand.Rand, most int) board.Point {
	if g.MoveCount() >= most {
		return board.Pass
	}
	for range 50 {
		p := board.Point{X: int8(rng.IntN(g.Size())), Y: int8(rng.IntN(g.Size()))}
		if g.Legal(board.Move{Color: g.ToMove(), Point: p}) {
			return p
		}
	}
	return board.Pass
}
