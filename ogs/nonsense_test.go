package ogs_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gobancam/gobancam/ogs"
	"github.com/gobancam/gobancam/ogs/ogstest"
)

// commands counts what was sent to the server that could change a game.
func commands(w *world) int {
	n := 0
	for _, r := range w.srv.Records() {
		switch r.Command {
		case "game/connect", "game/disconnect", "game/latency":
		default:
			if strings.HasPrefix(r.Command, "game/") {
				n++
			}
		}
	}
	return n
}

// TestNonsense plays through every kind of game data that cannot be true. The
// last good game stands, nothing is sent, and the game goes on afterwards.
func TestNonsense(t *testing.T) {
	for _, kind := range ogstest.Nonsense() {
		for name, spoil := range map[string]func(*world, *ogstest.Game){
			"unasked": func(_ *world, g *ogstest.Game) { g.TellNonsense(kind) },
			"unasked, and when asked": func(w *world, g *ogstest.Game) {
				w.srv.Inject(ogstest.Fault{Kind: kind, Times: 4})
				g.TellNonsense(kind)
			},
			"on a new connection": func(w *world, _ *ogstest.Game) {
				w.srv.Inject(ogstest.Fault{Kind: kind, Times: 2})
				w.srv.DropConnections()
			},
		} {
			t.Run(fmt.Sprint(kind, " ", name), func(t *testing.T) {
				bubble(t, func(t *testing.T) { outlive(t, spoil) })
			})
		}
	}
}

func outlive(t *testing.T, spoil func(*world, *ogstest.Game)) {
	w := newWorld(t, ogstest.Options{})
	sg := w.start(ogstest.Setup{}, &ogstest.Opponent{Move: script(t, "G3", "G7", "G5")})
	s := w.connect()
	f := w.join(s, sg.ID)
	f.play(pt(t, "C3", 9))
	good, sent := f.myTurn(), commands(w)
	spoil(w, sg)
	e, st := event[ogs.Unusable](f)
	if e.Err == nil || e.Again <= 0 || st.Live || len(st.Moves) != len(good.Moves) || st.Width != good.Width || st.Me != good.Me {
		t.Errorf("told %+v, with %d moves on %d×%d", e, len(st.Moves), st.Width, st.Height)
	}
	if _, err := st.Game(); err != nil {
		t.Errorf("the last good game is gone: %v", err)
	}
	var not *ogs.NotSentError
	if _, err := f.g.Move(pt(t, "C7", 9), st.Number(), st.Epoch); !errors.As(err, &not) {
		t.Errorf("a move was sent: %v", err)
	}
	if err := f.g.Resign(); !errors.As(err, &not) {
		t.Errorf("resigned: %v", err)
	}
	f.until("good game data", func(u ogs.Update) bool {
		if !u.State.Live && commands(w) != sent {
			t.Errorf("something was sent meanwhile: %+v", w.srv.Records()[len(w.srv.Records())-1])
		}
		_, snapshot := u.Event.(ogs.Snapshot)
		return snapshot && u.State.Live
	})
	f.play(pt(t, "C7", 9))
	f.play(pt(t, "C5", 9))
	f.until("the answer", func(u ogs.Update) bool { return len(u.State.Moves) == 6 })
	if got := strings.Join(sg.Moves(), " "); got != "cg gg cc gc ce ge" {
		t.Errorf("the server has %s", got)
	}
	if w.srv.Pending() > 0 {
		t.Error("the fault did not happen")
	}
}

// TestNonsenseWhilePending has the game data spoilt while a move is on its way:
// it counts once, whether it arrived or not.
func TestNonsenseWhilePending(t *testing.T) {
	for _, kind := range ogstest.Nonsense() {
		for _, fate := range []ogstest.Kind{ogstest.LoseMove, ogstest.SwallowBoth} {
			t.Run(fmt.Sprint(kind, " ", fate), func(t *testing.T) {
				bubble(t, func(t *testing.T) {
					w := newWorld(t, ogstest.Options{})
					sg := w.start(ogstest.Setup{}, nil)
					f := w.join(w.connect(), sg.ID)
					w.srv.Inject(ogstest.Fault{Kind: fate})
					w.srv.Inject(ogstest.Fault{Kind: kind, Times: 3})
					st := f.g.State()
					if _, err := f.g.Move(pt(t, "C3", 9), st.Number(), st.Epoch); err != nil {
						t.Fatal(err)
					}
					synctest.Wait()
					sg.TellNonsense(kind)
					e, _ := event[ogs.Settled](f)
					if want := map[ogstest.Kind]ogs.Fate{ogstest.LoseMove: ogs.NotPlayed, ogstest.SwallowBoth: ogs.Played}[fate]; e.Fate != want {
						t.Errorf("%+v, want %v", e, want)
					}
					if n := w.srv.Count("game/move"); n != 1 {
						t.Errorf("%d moves were sent", n)
					}
				})
			})
		}
	}
}

// TestNonsenseFirst joins games whose first data cannot be true.
func TestNonsenseFirst(t *testing.T) {
	for _, kind := range ogstest.Nonsense() {
		if kind == ogstest.OtherSize || kind == ogstest.SwappedPlayers {
			continue // nobody can know it before the game is known: TestFirstLie
		}
		t.Run(fmt.Sprint(kind), func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				w := newWorld(t, ogstest.Options{})
				sg := w.start(ogstest.Setup{}, nil)
				w.srv.Inject(ogstest.Fault{Kind: kind, Times: 2})
				f := w.join(w.connect(), sg.ID)
				f.play(pt(t, "C3", 9))
			})
		})
	}
}

// lies are the kinds of first game data that nobody can see to be false.
func lies() []ogstest.Kind { return []ogstest.Kind{ogstest.OtherSize, ogstest.SwappedPlayers} }

// TestFirstLie joins games whose first data is plausible and false, up to three
// times in a row. As soon as the server tells the truth twice, that counts;
// before that nothing can be sent.
func TestFirstLie(t *testing.T) {
	for _, kind := range lies() {
		for times := 1; times <= 3; times++ {
			t.Run(fmt.Sprint(kind, " ", times), func(t *testing.T) {
				bubble(t, func(t *testing.T) { outliveFirst(t, kind, times) })
			})
		}
	}
}

func outliveFirst(t *testing.T, kind ogstest.Kind, times int) {
	w := newWorld(t, ogstest.Options{})
	sg := w.start(ogstest.Setup{}, &ogstest.Opponent{Move: script(t, "G3", "G7")})
	w.srv.Inject(ogstest.Fault{Kind: kind, Times: times})
	f := w.join(w.connect(), sg.ID)
	lie := f.g.State()
	rivals, began := 0, time.Now()
	for told := 0; ; told++ {
		f.g.Resync("the user asks for it")
		var st *ogs.State
		f.until("an answer", func(u ogs.Update) bool {
			e, bad := u.Event.(ogs.Unusable)
			if bad && (!e.Rival || u.State.Live || u.State.Width != lie.Width || u.State.Me != lie.Me) {
				t.Errorf("told %+v", e)
			}
			if bad {
				rivals++
			}
			_, good := u.Event.(ogs.Snapshot)
			st = u.State
			return good
		})
		if st.Anew == 1 {
			break
		}
		if st.Anew != 0 || told > times {
			t.Fatalf("after %d answers: %+v", told, st)
		}
	}
	st := f.g.State()
	if st.Width != 9 || st.Me != 1 || !st.Live || rivals != 1 {
		t.Errorf("%d×%d as %v, %d contradictions told", st.Width, st.Width, st.Me, rivals)
	}
	if n := commands(w); n != 0 {
		t.Errorf("%d commands were sent", n)
	}
	f.play(pt(t, "C3", 9))
	f.play(pt(t, "C7", 9))
	if got := strings.Join(sg.Moves()[:3], " "); got != "cg gg cc" {
		t.Errorf("the server has %s", got)
	}
	if d := time.Since(began); d > time.Minute {
		t.Errorf("it took %v", d)
	}
}

// TestFirstLieIsSeen: players who are swapped in the first game data and not in
// its clock make the client ask by itself, but not for ever.
func TestFirstLieIsSeen(t *testing.T) {
	for times := 1; times <= 3; times++ {
		t.Run(fmt.Sprint(times), func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				w := newWorld(t, ogstest.Options{})
				sg := w.start(ogstest.Setup{}, nil)
				w.srv.Inject(ogstest.Fault{Kind: ogstest.SwappedPlayers, Times: times})
				f := w.join(w.connect(), sg.ID)
				f.until("the truth", func(u ogs.Update) bool { return u.State.Anew == 1 && u.State.Live })
				f.play(pt(t, "C3", 9))
			})
		})
	}
	bubble(t, func(t *testing.T) {
		w := newWorld(t, ogstest.Options{})
		sg := w.start(ogstest.Setup{}, nil)
		w.srv.Inject(ogstest.Fault{Kind: ogstest.SwappedPlayers, Times: 1 << 20})
		w.join(w.connect(), sg.ID)
		time.Sleep(10 * time.Minute)
		if n := w.srv.Count("game/connect"); n < 6 || n > 8 {
			t.Errorf("the game data was asked for %d times", n)
		}
	})
}

// TestTruthIsNotOutweighed has a server lie later on, as often as it likes within
// one answer, and twice in a row only with the truth in between: the first game
// stands as long as nobody says the same twice.
func TestTruthIsNotOutweighed(t *testing.T) {
	for _, kind := range lies() {
		t.Run(fmt.Sprint(kind), func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				w := newWorld(t, ogstest.Options{})
				sg := w.start(ogstest.Setup{}, nil)
				f := w.join(w.connect(), sg.ID)
				for range 4 {
					for range 5 {
						sg.TellNonsense(kind)
					}
					f.until("the truth again", func(u ogs.Update) bool {
						_, good := u.Event.(ogs.Snapshot)
						return good && u.State.Live
					})
				}
				if st := f.g.State(); st.Anew != 0 || st.Width != 9 || st.Me != 1 {
					t.Errorf("%d×%d as %v, anew %d", st.Width, st.Width, st.Me, st.Anew)
				}
				f.play(pt(t, "C3", 9))
			})
		})
	}
}

// TestFirstLieAfterMove has a server tell another game for good after a move was
// sent: the first one stands, and nothing more is sent.
func TestFirstLieAfterMove(t *testing.T) {
	for _, kind := range lies() {
		t.Run(fmt.Sprint(kind), func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				w := newWorld(t, ogstest.Options{})
				sg := w.start(ogstest.Setup{}, nil)
				f := w.join(w.connect(), sg.ID)
				f.play(pt(t, "C3", 9))
				sent := commands(w)
				w.srv.Inject(ogstest.Fault{Kind: kind, Times: 1 << 20})
				sg.TellNonsense(kind)
				if e, _ := event[ogs.Unusable](f); e.Rival {
					t.Errorf("told %+v", e)
				}
				time.Sleep(5 * time.Minute)
				if st := f.g.State(); st.Live || st.Anew != 0 || st.Width != 9 || commands(w) != sent {
					t.Errorf("live %v, anew %d, %d×%d, %d commands", st.Live, st.Anew, st.Width, st.Width, commands(w)-sent)
				}
			})
		})
	}
}

// TestOblong joins a game on a board that is not square, to watch it.
func TestOblong(t *testing.T) { bubble(t, testOblong) }

func testOblong(t *testing.T) {
	w := newWorld(t, ogstest.Options{})
	sg := w.start(ogstest.Setup{}, nil)
	w.srv.Inject(ogstest.Fault{Kind: ogstest.OblongBoard, Times: 100})
	f := w.join(w.connect(), sg.ID)
	st := f.g.State()
	if _, err := st.Game(); err == nil || st.Height != 13 || st.MyTurn() {
		t.Errorf("%d×%d, my turn %v, error %v", st.Width, st.Height, st.MyTurn(), err)
	}
}

// TestOddClock plays a game whose clock was absurd from the beginning, and stays
// so: the server may mean something by it, and the moves are in order.
func TestOddClock(t *testing.T) { bubble(t, testOddClock) }

func testOddClock(t *testing.T) {
	w := newWorld(t, ogstest.Options{})
	sg := w.start(ogstest.Setup{}, &ogstest.Opponent{Move: script(t, "G3", "G7")})
	w.srv.Inject(ogstest.Fault{Kind: ogstest.AbsurdClock, Times: 100})
	f := w.join(w.connect(), sg.ID)
	sg.TellNonsense(ogstest.AbsurdClock)
	f.g.Resync("a test")
	event[ogs.Snapshot](f)
	f.play(pt(t, "C3", 9))
	f.play(pt(t, "C7", 9))
	if got := strings.Join(sg.Moves()[:3], " "); got != "cg gg cc" {
		t.Errorf("the server has %s", got)
	}
}

// TestNonsenseForever has a server that never comes to its senses: it is asked
// again and again, but less and less often, and told once.
func TestNonsenseForever(t *testing.T) { bubble(t, testNonsenseForever) }

func testNonsenseForever(t *testing.T) {
	w := newWorld(t, ogstest.Options{AutoResign: 24 * time.Hour})
	sg := w.start(ogstest.Setup{Time: ogstest.TimeControl{System: "fischer", Main: 24 * time.Hour, Max: 24 * time.Hour}}, nil)
	s, err := ogs.Connect(w.ctx, w.client(func(o *ogs.Options) { o.Timing = ogs.Timing{} }))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	f := w.join(s, sg.ID)
	f.play(pt(t, "C3", 9))
	asked := w.srv.Count("game/connect")
	w.srv.Inject(ogstest.Fault{Kind: ogstest.DoubleMove, Times: 1 << 20})
	for range 100 {
		sg.TellNonsense(ogstest.DoubleMove)
	}
	told := 0
	for end := time.After(5 * time.Minute); end != nil; {
		select {
		case u := <-f.g.Updates():
			if _, ok := u.Event.(ogs.Unusable); ok {
				told++
			}
		case <-end:
			end = nil
		}
	}
	if more := w.srv.Count("game/connect") - asked; told != 1 || more < 8 || more > 20 {
		t.Errorf("told %d times, asked %d times in five minutes", told, more)
	}
	if st := f.g.State(); st.Live || len(st.Moves) != 1 || !s.Online() {
		t.Errorf("live %v after %d moves", st.Live, len(st.Moves))
	}
}

// TestBreaks breaks the line every 12 to 30 seconds for an hour, with the times
// that users have. Moves come in between, so that each wait is a first one.
func TestBreaks(t *testing.T) { bubble(t, testBreaks) }

func testBreaks(t *testing.T) {
	w := newWorld(t, ogstest.Options{JWTLife: 48 * time.Hour})
	rng := rand.New(rand.NewPCG(1, 2))
	sg := w.start(ogstest.Setup{Size: 19, Time: ogstest.TimeControl{System: "fischer", Main: 24 * time.Hour, Max: 24 * time.Hour}},
		&ogstest.Opponent{Move: func(v *ogstest.View) ogstest.Reply { return ogstest.Reply{Point: randomMove(v.Game, rng, 1000)} }})
	s, err := ogs.Connect(w.ctx, w.client(func(o *ogs.Options) { o.Timing = ogs.Timing{} }))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	sub := s.Subscribe()
	defer sub.Close()
	f := w.join(s, sg.ID)
	mine := rand.New(rand.NewPCG(3, 4))
	breaks := 0
	for began := time.Now(); time.Since(began) < time.Hour; breaks++ {
		g, err := f.myTurn().Game()
		if err != nil {
			t.Fatal(err)
		}
		f.play(randomMove(g, mine, 1000))
		time.Sleep(12*time.Second + time.Duration(mine.Int64N(int64(18*time.Second))))
		w.srv.DropConnections()
		for {
			off, ok := (<-sub.Events()).(ogs.Offline)
			if !ok {
				continue
			}
			if off.RetryIn > 375*time.Millisecond {
				t.Fatalf("break %d: the wait is %v", breaks, off.RetryIn)
			}
			break
		}
	}
	if breaks < 100 || len(sg.Moves()) < 2*breaks-1 {
		t.Errorf("%d breaks, %d moves", breaks, len(sg.Moves()))
	}
}
