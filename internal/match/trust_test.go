package match

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/reading"
)

// data is the server's game as it would tell it, changed.
func (s *server) dataBut(change func(*game.Data)) game.Data {
	d := s.data
	d.Epoch, d.Moves, d.Phase, d.ToMove = s.epoch+1, s.game.Moves(), s.phase, s.game.ToMove()
	change(&d)
	return d
}

// nonsense is what no server should say in the middle of a game on 9×9.
func nonsense(w *world) map[string]game.Event {
	s := w.srv
	e5 := board.Move{Color: black, Point: w.pt("E5")}
	return map[string]game.Event{
		"a move twice": s.dataBut(func(d *game.Data) {
			d.Moves = append(slices.Clone(d.Moves), d.Moves[0])
		}),
		"a stone set up twice": s.dataBut(func(d *game.Data) {
			d.Moves, d.Setup.Black = nil, []board.Point{{X: 1, Y: 1}, {X: 1, Y: 1}}
		}),
		"a stone off the board":    s.dataBut(func(d *game.Data) { d.Setup.White = []board.Point{{X: 9, Y: 0}} }),
		"a board of 1×1":           s.dataBut(func(d *game.Data) { d.Setup.Size, d.Moves = 1, nil }),
		"a board of a million":     s.dataBut(func(d *game.Data) { d.Setup.Size, d.Moves = 1_000_000, nil }),
		"another size":             s.dataBut(func(d *game.Data) { d.Setup.Size = 13 }),
		"another game":             s.dataBut(func(d *game.Data) { d.ID++ }),
		"another colour of mine":   s.dataBut(func(d *game.Data) { d.Me = white }),
		"a colour of mine that is": s.dataBut(func(d *game.Data) { d.Me = 7 }),
		"a turn of nobody":         s.dataBut(func(d *game.Data) { d.ToMove = 3 }),
		"an unknown phase":         s.dataBut(func(d *game.Data) { d.Phase = "tea" }),
		"no komi":                  s.dataBut(func(d *game.Data) { d.Setup.Komi = math.NaN() }),
		"dead stones elsewhere":    s.dataBut(func(d *game.Data) { d.Dead = []board.Point{{X: 3, Y: -1}} }),
		"a pause by nobody":        s.dataBut(func(d *game.Data) { d.Paused = &game.Pause{By: 9} }),
		"an undo by nobody":        s.dataBut(func(d *game.Data) { d.Undo = &game.Undo{By: 200} }),
		"a result of nobody":       s.dataBut(func(d *game.Data) { d.Result = &game.Result{Winner: 77} }),
		"a negative move":          game.Played{Number: -3, Move: e5},
		"a move on a stone":        game.Played{Number: 3, Move: board.Move{Color: white, Point: w.pt("C3")}},
		"a move off the board":     game.Played{Number: 3, Move: board.Move{Color: black, Point: board.Point{X: 12, Y: 3}}},
		"a move at -2":             game.Played{Number: 3, Move: board.Move{Color: black, Point: board.Point{X: -2, Y: 3}}},
		"a move of a third":        game.Played{Number: 3, Move: board.Move{Color: 3, Point: w.pt("J9")}},
		"an agreement of a third":  game.RemovalAccepted{By: 7},
		"a phase":                  game.PhaseChanged{Phase: "midnight"},
		"a pause":                  game.PauseChanged{Pause: &game.Pause{By: 5}},
		"a result":                 game.Finished{Result: game.Result{Winner: 3}},
		"an undo":                  game.UndoRequested{Undo: game.Undo{By: 3}},
		"an undo of -1":            game.UndoAccepted{Count: -1},
		"dead stones":              game.RemovalChanged{Dead: []board.Point{{X: 9, Y: 9}}},
		"a clock":                  game.ClockChanged{Clocks: [2]game.Clock{{Left: math.MaxInt64}}},
		"a clock of nobody":        game.ClockChanged{ToMove: 4},
		"a long story":             game.Said{Text: string(make([]byte, 1<<20))},
	}
}

// TestNonsenseOfTheServerIsOutlived tells each thing that cannot be in the
// middle of a game: it is said, the last good game stands, nothing of mine is
// sent, the game is asked for, and with it all goes on.
func TestNonsenseOfTheServerIsOutlived(t *testing.T) {
	names := []string{}
	for name := range nonsense(newWorldWithTwoMoves(t)) {
		names = append(names, name)
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			w := newWorldWithTwoMoves(t)
			w.run(time.Second)
			w.wantState(StateYourTurn)
			w.srv.push(nonsense(w)[name])
			w.srv.online = false // it does not answer for a while
			w.run(time.Second)
			w.put(w.pt("E5"), black)
			w.run(5 * time.Second)
			if count(w.events, EventAlarm) != 1 {
				t.Errorf("%d alarms\n%s", count(w.events, EventAlarm), w.story())
			}
			w.wantState(StateConnectionLost)
			if s := w.ref.Snapshot(); s.Number != 2 || s.Size != 9 || s.Me != black || s.Result != nil || s.Paused != nil || s.Phase != game.Playing {
				t.Errorf("the good game does not stand: %+v", s)
			}
			if slices.Contains(w.srv.log, ReqMove) || !slices.Contains(w.srv.log, ReqResync) {
				t.Errorf("it asked %v of the server", w.srv.log)
			}
			w.srv.connect()
			w.run(5 * time.Second)
			for _, q := range w.ref.Snapshot().Questions {
				w.feed(Input{At: w.now, Command: &Command{Kind: CmdAccept, Question: q.ID}})
			}
			w.run(3 * time.Second)
			w.wantMoves("C3", "G7", "E5")
		})
	}
}

func newWorldWithTwoMoves(t testing.TB) *world {
	w := newWorld(t, 9, black)
	for _, m := range []string{"C3", "G7"} {
		w.srv.play(board.Move{Color: w.srv.game.ToMove(), Point: w.pt(m)})
	}
	w.board = w.srv.game.Position()
	w.start()
	return w
}

// TestAServerThatTellsNothingElseIsNotAskedWithoutEnd answers every request for
// the game with the same nonsense, at once.
func TestAServerThatTellsNothingElseIsNotAskedWithoutEnd(t *testing.T) {
	w := newWorldWithTwoMoves(t)
	w.run(time.Second)
	bad := nonsense(w)["a move twice"]
	w.srv.push(bad)
	w.srv.online = false
	asked := 0
	for end := w.now + time.Minute; w.now < end; {
		w.step()
		if n := len(w.srv.log); n > asked {
			asked = n
			w.srv.push(bad)
		}
	}
	if asked < 3 || asked > 8 {
		t.Errorf("the server was asked %d times in a minute", asked)
	}
	if n := count(w.events, EventAlarm); n != 1 {
		t.Errorf("%d alarms\n%s", n, w.story())
	}
}

// TestTheFirstGameDataMayBeNonsense: there is no game yet.
func TestTheFirstGameDataMayBeNonsense(t *testing.T) {
	w := newWorld(t, 9, black)
	w.srv.line = nil
	w.srv.push(w.srv.dataBut(func(d *game.Data) { d.Setup.Size = 1 }))
	w.srv.online = false
	w.run(2 * time.Second)
	w.wantState(StateStarting)
	if !slices.Contains(w.srv.log, ReqResync) {
		t.Error("the game is not asked for again")
	}
	w.srv.connect()
	w.run(2 * time.Second)
	w.wantState(StateYourTurn)
}

// TestInputsThatCannotBe feeds a referee and a relay what no eyes and no user
// say.
func TestInputsThatCannotBe(t *testing.T) {
	points := func(n int) []reading.Evidence { return make([]reading.Evidence, n) }
	bad := []Input{
		{At: -time.Hour}, {At: math.MaxInt64}, {At: math.MinInt64},
		{Look: &Look{Reading: &reading.Reading{Size: -4, Lock: reading.Locked}}},
		{Look: &Look{Reading: &reading.Reading{Size: 1, Lock: reading.Locked, Points: points(1)}}},
		{Look: &Look{Reading: &reading.Reading{Size: 1 << 30, Lock: reading.Locked}}},
		{Look: &Look{Reading: &reading.Reading{Size: 9, Lock: reading.Locked, Points: points(80)}}},
		{Look: &Look{Reading: &reading.Reading{Size: 9, Lock: 77, Points: points(81)}}},
		{Command: &Command{Kind: CmdPlay, Points: []board.Point{{X: -7, Y: 3}}}},
		{Command: &Command{Kind: CmdMark, Points: []board.Point{{X: 100, Y: 100}}}},
		{Command: &Command{Kind: CmdMode, Mode: AskBelow, Below: math.NaN()}},
	}
	for i, in := range bad {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			if in.Validate() == nil {
				t.Errorf("%+v passes", in)
			}
			for _, known := range []bool{false, true} {
				w := newWorld(t, 9, black)
				relay, err := NewRelay(RelayOptions{})
				if err != nil {
					t.Fatal(err)
				}
				if known {
					w.run(time.Second)
					relay.Step(Input{At: w.now, Look: &Look{Reading: w.look()}})
				}
				for _, m := range []arbiter{w.ref, relay} {
					m.Step(in)
					m.Step(Input{At: w.now, Look: &Look{Reading: w.look()}})
					m.Snapshot()
				}
			}
		})
	}
}

// TestAJournalOfNonsenseIsPassedOver starts with entries that no referee wrote.
func TestAJournalOfNonsenseIsPassedOver(t *testing.T) {
	for _, e := range []Entry{{Number: -1, Color: black}, {Number: 0, Color: 9}, {Color: white, Point: board.Point{X: -5}}} {
		w := newWorld(t, 9, black)
		e.Kind, e.Game, e.Ref = EntryPending, 7, 3
		w.journal = []Entry{e}
		w.start()
		w.run(time.Second)
		w.wantState(StateYourTurn)
	}
}

// TestNoAfterAKoWasRetaken asks about a move that stands in the record twice:
// the later one is meant.
func TestNoAfterAKoWasRetaken(t *testing.T) {
	w := newWorld(t, 9, black)
	relay, err := NewRelay(RelayOptions{Setup: w.srv.data.Setup})
	if err != nil {
		t.Fatal(err)
	}
	w.relay = relay
	w.start()
	w.run(time.Second)
	play := func(names ...string) {
		for _, n := range names {
			p := board.Pass
			if n != "pass" {
				p = w.pt(n)
			}
			w.do(CmdPlay, p)
		}
	}
	// Black takes D5 from E5, White takes that back, Black takes again.
	play("D4", "E4", "D6", "E6", "C5", "F5", "A1", "D5", "E5", "A9", "J9", "D5", "J1", "A5", "E5")
	if g := relay.Game(); g.MoveCount() != 15 {
		t.Fatalf("%d moves\n%v\n%s", g.MoveCount(), g.Position(), w.story())
	}
	w.board = relay.Game().Position()
	w.run(2 * time.Second)
	again := board.Move{Color: black, Point: w.pt("E5")}
	relay.ask(Question{Kind: AskOrder, Moves: []board.Move{again}, From: 15, Text: "Is it?"})
	w.do(CmdDeny)
	if n := relay.Game().MoveCount(); n != 14 {
		t.Errorf("the record has %d moves, want 14\n%s", n, w.story())
	}
}

// TestACaptureOfManyStonesIsTold: the odds of a move with which four stones are
// lifted are beyond all bounds, and still there is something to say.
func TestACaptureOfManyStonesIsTold(t *testing.T) {
	w := newWorld(t, 9, black)
	for _, m := range []string{"A2", "A1", "B2", "B1", "C2", "C1", "D2", "D1", "J9", "E9"} {
		w.srv.play(board.Move{Color: w.srv.game.ToMove(), Point: w.pt(m)})
	}
	w.board = w.srv.game.Position()
	w.start()
	w.run(2 * time.Second)
	w.put(w.pt("E1"), black, w.pt("A1"), w.pt("B1"), w.pt("C1"), w.pt("D1"))
	w.run(3 * time.Second)
	if w.srv.moves != 1 {
		t.Errorf("%d moves were sent", w.srv.moves)
	}
	for _, e := range w.events {
		text, err := json.Marshal(e)
		if err != nil {
			t.Errorf("%+v cannot be told: %v", e, err)
		}
		if e.Kind == EventSent && !strings.Contains(string(text), `"confidence":1`) {
			t.Errorf("%s", text)
		}
	}
}

// TestTheLineSaysThatTheServerMakesNoSense, and not that the connection is
// lost, while the adapter asks the server again.
func TestTheLineSaysThatTheServerMakesNoSense(t *testing.T) {
	w := newWorldWithTwoMoves(t)
	w.run(time.Second)
	for _, step := range []struct {
		told game.Event
		says string
	}{
		{game.Disconnected{Nonsense: true}, "makes no sense"},
		{game.Disconnected{Reason: "the line is dead"}, "connection to the server is lost"},
		{game.Disconnected{Nonsense: true}, "makes no sense"},
		{w.srv.dataBut(func(*game.Data) {}), "Your turn."},
	} {
		w.srv.push(step.told)
		w.run(time.Second)
		if s := w.ref.Snapshot(); !strings.Contains(s.Text, step.says) || s.Online != (step.says == "Your turn.") {
			t.Errorf("after %+v it says %q, online %v", step.told, s.Text, s.Online)
		}
	}
	if text, _ := json.Marshal(game.Disconnected{Reason: "x"}); string(text) != `{"Reason":"x"}` {
		t.Errorf("it is recorded as %s", text)
	}
}

// TestInfiniteOddsAreShownAsCertain looks at a referee that has no doubt at all.
func TestInfiniteOddsAreShownAsCertain(t *testing.T) {
	w := newWorldWithTwoMoves(t)
	w.run(time.Second)
	r := w.ref.(*Referee)
	r.takeUp(board.Move{Color: black, Point: w.pt("E5")}, math.Inf(1))
	r.questions = []Question{{Kind: AskMove, Move: r.cand.Move, Confidence: r.cand.Confidence}}
	s := r.Snapshot()
	if s.Candidate.Confidence != 1 || s.Questions[0].Confidence != 1 {
		t.Errorf("shown are %v and %v", s.Candidate.Confidence, s.Questions[0].Confidence)
	}
	if !math.IsNaN(r.cand.Confidence) || !math.IsNaN(r.questions[0].Confidence) {
		t.Error("what is remembered was changed, which recorded games have")
	}
}
