package match

import (
	"fmt"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
)

// TestKilledAtEveryStepOfSending kills the program at every chance there is
// while a move is sent, with every fault of the server at the same time. The
// move must be in the record exactly once.
func TestKilledAtEveryStepOfSending(t *testing.T) {
	faults := map[string]func(*server){
		"no fault":     func(*server) {},
		"ack lost":     func(s *server) { s.swallowAck++ },
		"echo lost":    func(s *server) { s.swallowEcho++ },
		"both lost":    func(s *server) { s.swallowAck++; s.swallowEcho++ },
		"move lost":    func(s *server) { s.swallowMove++ },
		"slow":         func(s *server) { s.slow = 1500 * time.Millisecond },
		"refused once": func(s *server) { s.refuse++ },
	}
	drops := []time.Duration{0, 50 * time.Millisecond, time.Second, 6 * time.Second}
	if raced {
		drops = drops[2:3]
	}
	for name, fault := range faults {
		for kill := range 8 {
			for _, drop := range drops {
				t.Run(fmt.Sprintf("%s/kill %d/drop %v", name, kill, drop), func(t *testing.T) {
					w := newWorld(t, 9, black)
					w.run(time.Second)
					fault(w.srv)
					w.kill = kill
					w.put(w.pt("E5"), black)
					for w.srv.moves == 0 && w.now < 10*time.Second {
						w.step()
					}
					if drop > 0 {
						w.run(drop / 2)
						w.srv.disconnect()
						w.run(drop)
						w.srv.connect()
					}
					for end := w.now + 25*time.Second; w.now < end; {
						w.step()
						if s := w.ref.Snapshot(); s.State == StateOpponentsTurn {
							end = min(end, w.now+4*time.Second) // what comes late comes now
						}
						for _, q := range w.ref.Snapshot().Questions {
							if q.Kind != AskMove || q.Move.Point != w.pt("E5") {
								t.Fatalf("asked %v\n%s", q, w.story())
							}
							w.do(CmdAccept)
						}
					}
					w.wantMoves("E5")
					w.kill = 0
					// The game goes on.
					w.srv.play(board.Move{Color: white, Point: w.pt("C3")})
					w.run(time.Second)
					w.put(w.pt("C3"), white)
					w.run(time.Second)
					w.put(w.pt("G3"), black)
					w.run(4 * time.Second)
					w.wantMoves("E5", "C3", "G3")
				})
			}
		}
	}
}

// TestAnAnswerCannotMakeALostMoveLegalTwice is the trap of resending: the move
// arrived after all, the opponent captured its stone, and now the same move
// would be legal again.
func TestAnAnswerCannotMakeALostMoveLegalTwice(t *testing.T) {
	w := newWorld(t, 9, black)
	for _, m := range []string{"J9", "E6", "J8", "D5", "J7", "F5", "J6"} {
		w.srv.play(board.Move{Color: w.srv.game.ToMove(), Point: w.pt(m)})
	}
	w.srv.play(board.Move{Color: white, Point: w.pt("A1")})
	w.board = w.srv.game.Position()
	w.start()
	w.run(time.Second)
	w.srv.swallowEcho++
	w.srv.swallowAck++
	w.put(w.pt("E5"), black)
	for w.srv.moves == 0 {
		w.step()
	}
	w.srv.disconnect()
	w.srv.play(board.Move{Color: white, Point: w.pt("E4")}) // takes E5
	w.run(time.Second)
	w.srv.connect()
	w.run(2 * time.Second)
	if w.srv.game.At(w.pt("E5")) != board.Empty {
		t.Fatal("E5 was not captured")
	}
	w.put(w.pt("E4"), white)
	w.run(20 * time.Second) // the prisoner still lies on E5
	if w.srv.moves != 1 {
		t.Fatalf("%d moves were sent\n%s", w.srv.moves, w.story())
	}
	w.wantState(StatePrisoners)
}

// TestAnHourOfHands lets hands wander over a board on which it is my turn, with
// flickering points, lamps and bumps.
func TestAnHourOfHands(t *testing.T) {
	d := time.Hour
	if testing.Short() || raced {
		d = 5 * time.Minute
	}
	w := newWorld(t, 19, black)
	for _, m := range []string{"Q16", "D4", "Q4", "D16", "K10", "C6"} {
		w.srv.play(board.Move{Color: w.srv.game.ToMove(), Point: w.pt(m)})
	}
	w.board = w.srv.game.Position()
	w.noise = 1e-3
	w.start()
	p := &person{world: w, me: black}
	asked := 0
	for w.now < d {
		p.idle()
		p.pause(0, 2)
		for _, q := range w.ref.Snapshot().Questions {
			asked++
			w.feed(Input{At: w.now, Command: &Command{Kind: CmdDeny, Question: q.ID}})
		}
	}
	if w.srv.moves != 0 {
		t.Fatalf("%d moves were sent\n%s", w.srv.moves, p.tail())
	}
	t.Logf("%v: 0 moves, %d questions", d, asked)
}

// TestTwoBoards plays one game between two referees, each with a board of its
// own, through one server.
func TestTwoBoards(t *testing.T) {
	a, b := newWorld(t, 9, black), newWorld(t, 9, white)
	moves := []string{"E5", "C3", "G3", "G7", "C7", "D5"}
	both := func(d time.Duration) {
		for end := a.now + d; a.now < end; {
			a.step()
			b.step()
			// What one server has, the other gets.
			for _, x := range [][2]*world{{a, b}, {b, a}} {
				for n := x[1].srv.game.MoveCount(); n < x[0].srv.game.MoveCount(); n++ {
					x[1].srv.play(x[0].srv.game.Move(n))
				}
			}
		}
	}
	both(time.Second)
	for i, name := range moves {
		w, o, c := a, b, black
		if i%2 == 1 {
			w, o, c = b, a, white
		}
		set := func(w *world) {
			w.reach(w.pt(name))
			both(500 * time.Millisecond)
			w.board.Set(w.pt(name), c)
			both(200 * time.Millisecond)
			w.away()
			both(1500 * time.Millisecond)
		}
		set(w)
		o.wantState(StateOwed)
		set(o)
	}
	a.wantMoves(moves...)
	b.wantMoves(moves...)
	if a.srv.moves != 3 || b.srv.moves != 3 {
		t.Fatalf("%d and %d moves were sent", a.srv.moves, b.srv.moves)
	}
}

// TestTheSameInputsGiveTheSameDecisions replays all inputs of a lively game.
func TestTheSameInputsGiveTheSameDecisions(t *testing.T) {
	var inputs []Input
	w := newWorld(t, 9, black)
	w.tap = func(in Input) { inputs = append(inputs, in) }
	p := &person{world: w, me: black, mischief: true}
	p.game(20)
	again := New(Options{})
	var events []Event
	for _, in := range inputs {
		events = append(events, again.Step(in).Events...)
	}
	if len(events) != len(w.events) {
		t.Fatalf("%d events, then %d", len(w.events), len(events))
	}
	for i, e := range events {
		x, _ := e.MarshalJSON()
		y, _ := w.events[i].MarshalJSON()
		if string(x) != string(y) {
			t.Fatalf("event %d: %s, then %s", i, y, x)
		}
	}
}

// TestGameDataTwiceOnOneLine tells the game once more while my move is on its
// way on the same connection: that says nothing about the move.
func TestGameDataTwiceOnOneLine(t *testing.T) {
	w := newWorld(t, 9, black)
	w.run(time.Second)
	w.srv.slow = 1500 * time.Millisecond
	w.put(w.pt("E5"), black)
	for len(w.srv.arrive) == 0 {
		w.step()
	}
	w.srv.epoch--
	w.srv.sendData()
	w.run(500 * time.Millisecond)
	w.wantState(StateSending)
	w.run(2 * time.Second)
	w.wantMoves("E5")
	if w.srv.moves != 1 {
		t.Fatalf("%d moves were sent", w.srv.moves)
	}
}
