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

func soak(t *testing.T, seed uint64, moves, faults, resent *atomic.Int64) {
	rng := rand.New(rand.NewPCG(seed, 1))
	their := rand.New(rand.NewPCG(seed, 2))
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
	const most = 30
	sg := w.start(setup, &ogstest.Opponent{
		Move: func(v *ogstest.View) ogstest.Reply {
			return ogstest.Reply{Point: randomMove(v.Game, their, most)}
		},
		Delay: time.Duration(rng.IntN(3)) * time.Millisecond,
	})
	s := w.connect()
	f := w.join(s, sg.ID)
	var intended []board.Point
	for {
		st := f.g.State()
		if !st.MyTurn() && st.Phase == ogs.Playing {
			f.until("a turn or the end", func(ogs.Update) bool {
				st := f.g.State()
				return st.MyTurn() || st.Phase != ogs.Playing
			})
			st = f.g.State()
		}
		if st.Phase != ogs.Playing {
			break
		}
		g, err := st.Game()
		if err != nil {
			t.Fatal(err)
		}
		p := randomMove(g, rng, most)
		if rng.IntN(4) == 0 {
			faults.Add(1)
			w.srv.Inject(ogstest.Fault{Kind: ogstest.Kind(rng.IntN(int(ogstest.Status))), Delay: time.Duration(rng.IntN(220)) * time.Millisecond})
		}
		switch rng.IntN(40) {
		case 0:
			faults.Add(1)
			w.srv.DropConnections()
		case 1:
			faults.Add(1)
			w.srv.Restart(10 * time.Millisecond)
		case 2:
			faults.Add(1)
			w.srv.Hush()
		case 3:
			faults.Add(1)
			w.srv.ExpireJWTs()
			w.srv.DropConnections()
		case 4:
			faults.Add(1)
			w.srv.Inject(ogstest.Fault{Kind: ogstest.NoGameData + ogstest.Kind(rng.IntN(2))})
			w.srv.DropConnections()
		case 5:
			faults.Add(1)
			sg.TellNonsense(anyNonsense(rng))
		case 6:
			faults.Add(1)
			w.srv.Inject(ogstest.Fault{Kind: anyNonsense(rng), Times: 1 + rng.IntN(3)})
			w.srv.DropConnections()
		}
		for settled := false; !settled; {
			switch r := f.move(p); r.Fate {
			case ogs.Played:
				settled = true
			case ogs.NotPlayed:
				resent.Add(1)
			case ogs.Displaced:
				t.Fatalf("seed %d: %+v", seed, r)
			}
		}
		intended = append(intended, p)
		moves.Add(1)
	}
	final := sg.Board()
	me := f.g.State().Me
	var counted []board.Point
	for _, m := range final.Moves() {
		if m.Color == me {
			counted = append(counted, m.Point)
		}
	}
	if fmt.Sprint(counted) != fmt.Sprint(intended) {
		t.Errorf("seed %d: the server has\n%v of mine, intended were\n%v", seed, counted, intended)
	}
	w.srv.Heal()
	f.g.Resync("the end")
	event[ogs.Snapshot](f)
	if st := f.g.State(); len(st.Moves) != final.MoveCount() {
		t.Errorf("seed %d: the client has %d moves, the server %d", seed, len(st.Moves), final.MoveCount())
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
