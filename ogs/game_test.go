package ogs_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/ogs"
	"github.com/gobancam/gobancam/ogs/ogstest"
)

func typeName(v any) string { return fmt.Sprintf("%T", v) }

func script(t *testing.T, points ...string) func(*ogstest.View) ogstest.Reply {
	var list []board.Point
	for _, s := range points {
		list = append(list, pt(t, s, 9))
	}
	return ogstest.Script(list...)
}

func TestWholeGame(t *testing.T) {
	for _, o := range []ogstest.Options{{}, {PhaseLast: true}, {OldForms: true}} {
		t.Run(fmt.Sprintf("%+v", o.PhaseLast)+fmt.Sprint(o.OldForms), func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				w := newWorld(t, o)
				sg := w.start(ogstest.Setup{Rules: "chinese"}, &ogstest.Opponent{Move: script(t, "G3", "G7", "F5"),
					Dead: func(v *ogstest.View) []board.Point { return []board.Point{pt(t, "F5", 9)} }})
				s := w.connect()
				f := w.join(s, sg.ID)
				st := f.g.State()
				if st.Me != board.Black || st.Rules.Name != "chinese" || st.Komi != 7.5 || !st.MyTurn() {
					t.Fatalf("the first state is wrong: %+v", st)
				}
				for _, p := range []string{"C3", "C7", "E5", "pass"} {
					f.play(pt(t, p, 9))
				}
				_, st = func() (game.PhaseChanged, *ogs.State) {
					if st := f.g.State(); st.Phase == game.StoneRemoval {
						return game.PhaseChanged{}, st
					}
					return event[game.PhaseChanged](f)
				}()
				for st.Removed == "" {
					st = f.until("marked stones", func(ogs.Update) bool { return true }).State
				}
				if st.Removed != "fe" {
					t.Fatalf("removed are %q", st.Removed)
				}
				var not *ogs.NotSentError
				if err := f.g.AcceptRemoved("aa"); !errors.As(err, &not) {
					t.Fatalf("a wrong string was sent: %v", err)
				}
				if err := f.g.AcceptRemoved(st.Removed); err != nil {
					t.Fatal(err)
				}
				end, st := event[game.Finished](f)
				outcome, winner := sg.Outcome()
				if end.Result.Words != outcome || end.Result.Winner != winner || st.Score == nil || st.Phase != game.Over {
					t.Errorf("ended as %+v; the server says %q, %v", end.Result, outcome, winner)
				}
				want := "cg gg cc gc ee fe .. .."
				if got := strings.Join(sg.Moves(), " "); got != want {
					t.Errorf("the server has %s, want %s", got, want)
				}
				sgf, err := s.Client().SGF(w.ctx, f.g.ID())
				if err != nil || !strings.HasPrefix(string(sgf), "(") {
					t.Errorf("SGF: %q, %v", sgf, err)
				}
			})
		})
	}
}

// TestFaults plays a move under every misbehaviour and looks whether it counts
// exactly once.
func TestFaults(t *testing.T) {
	faults := map[string]ogstest.Fault{
		"lose": {Kind: ogstest.LoseMove}, "ack": {Kind: ogstest.SwallowAck}, "echo": {Kind: ogstest.SwallowEcho}, "both": {Kind: ogstest.SwallowBoth},
		"drop before": {Kind: ogstest.DropBefore}, "drop after": {Kind: ogstest.DropAfter}, "refuse": {Kind: ogstest.RefuseMove},
		"delay": {Kind: ogstest.DelayMove, Delay: 100 * time.Millisecond}, "long delay": {Kind: ogstest.DelayMove, Delay: 190 * time.Millisecond},
		"delay echo": {Kind: ogstest.DelayEcho, Delay: 100 * time.Millisecond}, "long delay echo": {Kind: ogstest.DelayEcho, Delay: 400 * time.Millisecond},
		"duplicate": {Kind: ogstest.DuplicateEcho}, "garbage": {Kind: ogstest.GarbageEcho},
		"skip": {Kind: ogstest.SkipEvent}, "skip clock": {Kind: ogstest.SkipClock}, "reorder": {Kind: ogstest.Reorder},
		"no data": {Kind: ogstest.NoGameData}, "no data at all": {Kind: ogstest.NoGameData, Times: 4}, "bad data": {Kind: ogstest.BadGameData},
	}
	for name, fault := range faults {
		for _, refusal := range []ogstest.Refusal{ogstest.ErrorReply, ogstest.ErrorEvent, ogstest.Silence} {
			if fault.Kind != ogstest.RefuseMove && refusal != ogstest.ErrorReply {
				continue
			}
			t.Run(fmt.Sprint(name, refusal), func(t *testing.T) {
				t.Parallel()
				bubble(t, func(t *testing.T) {
					w := newWorld(t, ogstest.Options{Refusal: refusal})
					sg := w.start(ogstest.Setup{}, &ogstest.Opponent{Move: script(t, "G3", "G7", "G5")})
					s := w.connect()
					f := w.join(s, sg.ID)
					f.play(pt(t, "C3", 9))
					f.myTurn()
					w.srv.Inject(fault)
					if fault.Kind == ogstest.NoGameData || fault.Kind == ogstest.BadGameData {
						w.srv.DropConnections()
					}
					f.play(pt(t, "C7", 9))
					f.play(pt(t, "C5", 9))
					f.until("the answer", func(u ogs.Update) bool { return len(u.State.Moves) == 6 })
					want := "cg gg cc gc ce ge"
					if got := strings.Join(sg.Moves(), " "); got != want {
						t.Errorf("the server has %s, want %s", got, want)
					}
					if w.srv.Pending() > 0 {
						t.Errorf("the fault did not happen")
					}
				})
			})
		}
	}
}

func TestReconnect(t *testing.T) {
	breaks := map[string]func(*world){
		"drop":    func(w *world) { w.srv.DropConnections() },
		"restart": func(w *world) { w.srv.Restart(100 * time.Millisecond) },
		"hush":    func(w *world) { w.srv.Hush() },
		"jwt":     func(w *world) { w.srv.ExpireJWTs(); w.srv.DropConnections() },
		"html":    func(w *world) { w.srv.Inject(ogstest.Fault{Kind: ogstest.HTML500, Times: 2}); w.srv.DropConnections() },
		"429": func(w *world) {
			w.srv.Inject(ogstest.Fault{Kind: ogstest.Status, Delay: time.Second, Path: "/"})
			w.srv.DropConnections()
		},
	}
	for name, damage := range breaks {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				w := newWorld(t, ogstest.Options{})
				sg := w.start(ogstest.Setup{}, &ogstest.Opponent{Move: script(t, "G3", "G7", "G5")})
				s := w.connect()
				sub := s.Subscribe()
				f := w.join(s, sg.ID)
				f.play(pt(t, "C3", 9))
				f.myTurn()
				damage(w)
				f.until("the disconnection", func(u ogs.Update) bool { _, ok := u.Event.(game.Disconnected); return ok })
				st := f.g.State()
				if st.MyTurn() {
					t.Error("it is my turn without a connection")
				}
				var not *ogs.NotSentError
				if _, err := f.g.Move(pt(t, "C7", 9), st.Number(), st.Epoch); !errors.As(err, &not) {
					t.Errorf("a move without a connection: %v", err)
				}
				f.play(pt(t, "C5", 9))
				if got := strings.Join(sg.Moves()[:3], " "); got != "cg gg ce" {
					t.Errorf("the server has %s", got)
				}
				sub.Close()
				var offline bool
				for e := range sub.Events() {
					_, is := e.(ogs.Offline)
					offline = offline || is
				}
				_ = offline
			})
		})
	}
}

// TestDisplaced lets somebody else move for the account while a move is on its
// way.
func TestDisplaced(t *testing.T) { bubble(t, testDisplaced) }

func testDisplaced(t *testing.T) {
	w := newWorld(t, ogstest.Options{})
	sg := w.start(ogstest.Setup{}, nil)
	s := w.connect()
	f := w.join(s, sg.ID)
	w.srv.Inject(ogstest.Fault{Kind: ogstest.LoseMove})
	st := f.g.State()
	ticket, err := f.g.Move(pt(t, "C3", 9), st.Number(), st.Epoch)
	if err != nil {
		t.Fatal(err)
	}
	synctest.Wait() // until the server has the move, and has lost it
	sg.Play(w.alice, pt(t, "G7", 9))
	if m, st := event[game.Played](f); m.Move.Color != st.Me {
		t.Errorf("%+v", m)
	}
	e, st := event[ogs.Settled](f)
	if e.Fate != ogs.Displaced || e.Ticket != ticket || !strings.Contains(e.Reason, "G7") || st.Pending != nil {
		t.Errorf("%+v", e)
	}
	if n := w.srv.Count("game/move"); n != 1 {
		t.Errorf("%d moves were sent", n)
	}
}

// TestDisplacedUnseen is TestDisplaced where the other move is first seen in
// the game data.
func TestDisplacedUnseen(t *testing.T) { bubble(t, testDisplacedUnseen) }

func testDisplacedUnseen(t *testing.T) {
	w := newWorld(t, ogstest.Options{})
	sg := w.start(ogstest.Setup{}, nil)
	s := w.connect()
	f := w.join(s, sg.ID)
	w.srv.Inject(ogstest.Fault{Kind: ogstest.LoseMove})
	st := f.g.State()
	if _, err := f.g.Move(pt(t, "C3", 9), st.Number(), st.Epoch); err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
	w.srv.DropConnections()
	sg.Play(w.alice, pt(t, "G7", 9))
	e, st := event[ogs.Settled](f)
	if e.Fate != ogs.Displaced || !strings.Contains(e.Reason, "G7") || st.Pending != nil || len(st.Moves) != 1 {
		t.Errorf("%+v", e)
	}
}

// TestUnsolicited sends things that nobody asked for in the middle of a game.
func TestUnsolicited(t *testing.T) { bubble(t, testUnsolicited) }

func testUnsolicited(t *testing.T) {
	w := newWorld(t, ogstest.Options{})
	sg := w.start(ogstest.Setup{}, nil)
	s := w.connect()
	f := w.join(s, sg.ID)
	for _, raw := range []string{
		`["user/jwt","a.b.c"]`, `["HUP"]`, `["ERROR",{"errcode":7}]`, `["notification",{"id":5,"type":"delete"}]`, `["notification","x"]`, `["active_game",null]`,
		`["active_game",{"id":"x"}]`, `["automatch/start",7]`, `["seekgraph/global",{"challenge_id":[]}]`, `["net/pong",{"client":"x"}]`, `["game//move",{}]`,
		`["game/x/move",{}]`, `[99,null,{"code":"x"}]`, fmt.Sprintf(`["game/%d/move",{"move_number":1}]`, sg.ID), fmt.Sprintf(`["game/%d/move",{"move_number":9,"move":[1,1,1]}]`, sg.ID),
		fmt.Sprintf(`["game/%d/clock","x"]`, sg.ID), fmt.Sprintf(`["game/%d/gamedata",{"game_id":1}]`, sg.ID), fmt.Sprintf(`["game/%d/phase","dreaming"]`, sg.ID),
		fmt.Sprintf(`["game/%d/undo_requested",{}]`, sg.ID), fmt.Sprintf(`["game/%d/undo_canceled",1]`, sg.ID), fmt.Sprintf(`["game/%d/error","This is a protected game"]`, sg.ID),
		fmt.Sprintf(`["game/%d/reset",{}]`, sg.ID), fmt.Sprintf(`["game/%d/conditional_moves",{"moves":null}]`, sg.ID), fmt.Sprintf(`["active_game",{"id":%d,"phase":"play","move_number":99}]`, sg.ID),
		fmt.Sprintf(`["active_game",{"id":%d,"phase":"finished"}]`, sg.ID), fmt.Sprintf(`["notification",{"id":"1:a","type":"gameEnded","game_id":%d}]`, sg.ID),
	} {
		w.srv.SendRaw([]byte(raw), false)
	}
	w.srv.SendRaw([]byte{1, 2, 3}, true)
	time.Sleep(150 * time.Millisecond) // what they set off is over, or the move waits for it
	f.play(pt(t, "C3", 9))
	sg.Play(w.bob, pt(t, "G7", 9))
	f.play(pt(t, "C7", 9))
	if got := strings.Join(sg.Moves(), " "); got != "cg gc cc" {
		t.Errorf("the server has %s", got)
	}
	if st := f.g.State(); st.Phase != game.Playing {
		t.Errorf("the game is in %s", st.Phase)
	}
}

func TestNotSent(t *testing.T) { bubble(t, testNotSent) }

func testNotSent(t *testing.T) {
	w := newWorld(t, ogstest.Options{})
	sg := w.start(ogstest.Setup{}, nil)
	s := w.connect()
	f := w.join(s, sg.ID)
	why := func(err error) ogs.Why {
		var not *ogs.NotSentError
		if !errors.As(err, &not) {
			t.Fatalf("not a refusal of our own: %v", err)
		}
		return not.Why
	}
	st := f.g.State()
	if _, err := f.g.Move(pt(t, "C3", 9), st.Number()+1, st.Epoch); why(err) != ogs.OutOfDate {
		t.Error(err)
	}
	if _, err := f.g.Move(pt(t, "C3", 9), st.Number(), st.Epoch-1); why(err) != ogs.OutOfDate {
		t.Error(err)
	}
	if err := f.g.AcceptRemoved(""); why(err) != ogs.WrongPhase {
		t.Error(err)
	}
	if err := f.g.RequestUndo(); why(err) != ogs.WrongPhase {
		t.Error(err)
	}
	if err := f.g.AcceptUndo(); why(err) != ogs.OutOfDate {
		t.Error(err)
	}
	f.play(pt(t, "C3", 9))
	st = f.g.State()
	if _, err := f.g.Move(pt(t, "C4", 9), st.Number(), st.Epoch); why(err) != ogs.NotYourTurn {
		t.Error(err)
	}
	sg.Play(w.bob, pt(t, "C4", 9))
	st = f.myTurn()
	if _, err := f.g.Move(pt(t, "C4", 9), st.Number(), st.Epoch); why(err) != ogs.Illegal {
		t.Error(err)
	}
	if err := f.g.Pause(); err != nil {
		t.Fatal(err)
	}
	st = f.until("the pause", func(u ogs.Update) bool { return u.State.Clock.Paused }).State
	if p := st.Clock.Pauses["paused"]; p.Player != s.Me().ID || p.PausesLeft != 4 {
		t.Errorf("pause %+v", st.Clock.Pauses)
	}
	if _, err := f.g.Move(pt(t, "C5", 9), st.Number(), st.Epoch); why(err) != ogs.Paused {
		t.Error(err)
	}
	if err := f.g.Resume(); err != nil {
		t.Fatal(err)
	}
	f.play(pt(t, "C5", 9))
	sg.Pause(w.bob, "weekend")
	sg.Unpause("weekend")
	f.g.Leave()
	if _, err := f.g.Move(pt(t, "C6", 9), 1, 1); why(err) != ogs.Left {
		t.Error(err)
	}
	if n := w.srv.Count("game/move"); n != 2 {
		t.Errorf("%d moves were sent, want 2", n)
	}
}

func TestUndo(t *testing.T) {
	for _, old := range []bool{false, true} {
		t.Run(fmt.Sprint("old ", old), func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				w := newWorld(t, ogstest.Options{OldForms: old})
				sg := w.start(ogstest.Setup{}, nil)
				s := w.connect()
				f := w.join(s, sg.ID)
				f.play(pt(t, "C3", 9))
				if err := f.g.RequestUndo(); err != nil {
					t.Fatal(err)
				}
				mine := board.Black
				if old { // which does not tell who asked
					mine = board.Empty
				}
				r, _ := event[game.UndoRequested](f)
				if r.By != mine || r.Number != 1 {
					t.Errorf("request %+v", r)
				}
				if err := f.g.CancelUndo(); err != nil {
					t.Fatal(err)
				}
				event[game.UndoCanceled](f)
				if err := f.g.RequestUndo(); err != nil {
					t.Fatal(err)
				}
				event[game.UndoRequested](f)
				if !sg.AcceptUndo(w.bob) {
					t.Fatal("the server knows of no request")
				}
				u, st := event[game.UndoAccepted](f)
				if u.Number != 1 || u.Count != 1 || len(st.Moves) != 0 {
					t.Errorf("undone %+v, moves %v", u, st.Moves)
				}
				f.play(pt(t, "D4", 9))
				sg.Play(w.bob, pt(t, "F6", 9))
				f.myTurn()
				sg.RequestUndo(w.bob)
				if r, _ := event[game.UndoRequested](f); r.By == board.Black {
					t.Errorf("request %+v", r)
				}
				if old {
					// Nobody knows who asked: the player to move may accept.
					if f.g.State().Undo.By != board.Empty {
						t.Error("an old server told who asked")
					}
				}
				if err := f.g.AcceptUndo(); err != nil {
					t.Fatal(err)
				}
				u, _ = event[game.UndoAccepted](f)
				if u.Number != 2 || u.Count != 1 {
					t.Errorf("undone %+v", u)
				}
				event[ogs.Snapshot](f)
				sg.Play(w.bob, pt(t, "G6", 9))
				f.play(pt(t, "D5", 9))
				if got := strings.Join(sg.Moves(), " "); got != "df gd de" {
					t.Errorf("the server has %s", got)
				}
			})
		})
	}
}

func TestHandicap(t *testing.T) { bubble(t, testHandicap) }

func testHandicap(t *testing.T) {
	w := newWorld(t, ogstest.Options{})
	s := w.connect()

	fixed := w.start(ogstest.Setup{Black: w.alice, White: w.bob, Handicap: 2}, &ogstest.Opponent{Move: script(t, "E5")})
	f := w.join(s, fixed.ID)
	f.myTurn()
	g, err := f.g.State().Game()
	if err != nil {
		t.Fatal(err)
	}
	if pos := g.Position(); pos.Count(board.Black) != 2 || pos.Count(board.White) != 1 || f.g.State().Moves[0].Color != board.White {
		t.Errorf("fixed handicap:\n%v", g.Position())
	}
	f.play(pt(t, "E4", 9))

	free := w.start(ogstest.Setup{Black: w.alice, White: w.bob, Handicap: 3, Rules: "chinese"}, &ogstest.Opponent{Move: script(t, "E5")})
	f = w.join(s, free.ID)
	for _, p := range []string{"C3", "G7", "C7"} {
		f.play(pt(t, p, 9))
	}
	f.play(pt(t, "E4", 9))
	var colors []board.Color
	for _, m := range f.g.State().Moves[:5] {
		colors = append(colors, m.Color)
	}
	if !slices.Equal(colors, []board.Color{1, 1, 1, 2, 1}) {
		t.Errorf("free handicap: colours %v", colors)
	}

	set := w.start(ogstest.Setup{Black: w.alice, White: w.bob, SetupBlack: "aabb", SetupWhite: "cc", First: "white"}, &ogstest.Opponent{Move: script(t, "E5")})
	f = w.join(s, set.ID)
	f.play(pt(t, "E4", 9))
	if g, _ := f.g.State().Game(); g.At(pt(t, "A9", 9)) != board.Black || g.At(pt(t, "C7", 9)) != board.White {
		t.Error("the stones that stood at the beginning are missing")
	}
}

// TestRejectRemoval resumes play under rules by which the other player begins.
func TestRejectRemoval(t *testing.T) {
	for _, rules := range []string{"japanese", "chinese"} {
		for _, mine := range []bool{true, false} {
			t.Run(fmt.Sprint(rules, mine), func(t *testing.T) {
				bubble(t, func(t *testing.T) {
					w := newWorld(t, ogstest.Options{})
					sg := w.start(ogstest.Setup{Rules: rules}, nil)
					s := w.connect()
					f := w.join(s, sg.ID)
					f.play(pt(t, "C3", 9))
					sg.Play(w.bob, pt(t, "G7", 9))
					f.play(board.Pass)
					sg.Play(w.bob, board.Pass)
					f.until("stone removal", func(u ogs.Update) bool { return u.State.Phase == game.StoneRemoval && len(u.State.Moves) == 4 })
					sg.Mark(w.bob, []board.Point{pt(t, "C3", 9)}, true)
					f.until("the mark", func(u ogs.Update) bool { return u.State.Removed == "cg" })
					if err := f.g.MarkRemoved([]board.Point{pt(t, "C3", 9)}, false); err != nil {
						t.Fatal(err)
					}
					f.until("the mark's end", func(u ogs.Update) bool { return u.State.Removed == "" })
					if mine {
						if err := f.g.RejectRemoved(); err != nil {
							t.Fatal(err)
						}
					} else {
						sg.Reject(w.bob)
					}
					st := f.until("play", func(u ogs.Update) bool { _, ok := u.Event.(ogs.Snapshot); return ok && u.State.Phase == game.Playing }).State
					if st.ToMove() != sg.Board().ToMove() {
						t.Fatalf("it is %v's turn, the server says %v", st.ToMove(), sg.Board().ToMove())
					}
					if st.ToMove() == board.White {
						sg.Play(w.bob, pt(t, "G3", 9))
					}
					f.play(pt(t, "C7", 9))
					last := f.g.State().Moves
					if m := last[len(last)-1]; m.Color != board.Black {
						t.Errorf("my move came out as %v", m.Color)
					}
					// A fresh look has to come to the same colours.
					f.g.Resync("test")
					event[ogs.Snapshot](f)
					again := f.g.State().Moves
					if !slices.Equal(last, again) {
						t.Errorf("colours differ: %v, %v", last, again)
					}
				})
			})
		}
	}
}

func TestEnds(t *testing.T) {
	for name, end := range map[string]func(*world, *ogstest.Game, *follower){
		"my resignation": func(_ *world, _ *ogstest.Game, f *follower) {
			if err := f.g.Resign(); err != nil {
				f.t.Fatal(err)
			}
		},
		"resignation": func(w *world, g *ogstest.Game, _ *follower) { g.Resign(w.bob) },
		"cancel": func(_ *world, _ *ogstest.Game, f *follower) {
			if err := f.g.Cancel(); err != nil {
				f.t.Fatal(err)
			}
		},
		"silent": func(_ *world, g *ogstest.Game, _ *follower) { g.FinishSilently("Resignation", board.White, true) },
		"while away": func(w *world, g *ogstest.Game, f *follower) {
			w.srv.DropConnections()
			g.Resign(w.bob)
		},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				w := newWorld(t, ogstest.Options{})
				sg := w.start(ogstest.Setup{}, nil)
				s := w.connect()
				f := w.join(s, sg.ID)
				f.play(pt(t, "C3", 9))
				end(w, sg, f)
				e, st := event[game.Finished](f)
				outcome, winner := sg.Outcome()
				if e.Result.Words != outcome || e.Result.Winner != winner || st.Phase != game.Over {
					t.Errorf("ended as %+v, the server says %q %v", e.Result, outcome, winner)
				}
			})
		})
	}
}

func TestTimeout(t *testing.T) { bubble(t, testTimeout) }

func testTimeout(t *testing.T) {
	w := newWorld(t, ogstest.Options{})
	sg := w.start(ogstest.Setup{Time: ogstest.TimeControl{System: "byoyomi", Main: 100 * time.Millisecond, Period: 50 * time.Millisecond, Periods: 2}}, nil)
	s := w.connect()
	f := w.join(s, sg.ID)
	f.play(pt(t, "C3", 9))
	e, _ := event[game.Finished](f)
	if e.Result.Words != "Timeout" || e.Result.Winner != board.Black {
		t.Errorf("ended as %+v", e.Result)
	}
}

func TestAutoResignAndChat(t *testing.T) { bubble(t, testAutoResignAndChat) }

func testAutoResignAndChat(t *testing.T) {
	w := newWorld(t, ogstest.Options{AutoResign: 200 * time.Millisecond})
	sg := w.start(ogstest.Setup{}, nil)
	s := w.connect()
	f := w.join(s, sg.ID)
	f.play(pt(t, "C3", 9))
	sg.Leave(w.bob)
	a, st := event[ogs.AutoResign](f)
	if a.By != board.White || a.At.IsZero() || st.AutoResign[board.White] != a.At {
		t.Errorf("%+v", a)
	}
	sg.Return(w.bob)
	if a, _ := event[ogs.AutoResign](f); !a.At.IsZero() {
		t.Errorf("%+v", a)
	}
	sg.Say(w.bob, "hello")
	if c, _ := event[ogs.Chat](f); c.Text != "hello" || c.By.Username != "bob" || time.Since(c.At) > time.Minute {
		t.Errorf("%+v", c)
	}
	if err := f.g.Chat("good game"); err != nil {
		t.Fatal(err)
	}
	event[ogs.Chat](f)
	f.g.Resync("test")
	event[ogs.Snapshot](f)
	sg.Leave(w.bob)
	for {
		u := f.until("the end", func(ogs.Update) bool { return true })
		if _, again := u.Event.(ogs.Chat); again {
			t.Error("a line of chat was told twice")
		}
		if e, ok := u.Event.(game.Finished); ok {
			if e.Result.Words != "Disconnection" {
				t.Errorf("%+v", e)
			}
			break
		}
	}
}

func TestSpectator(t *testing.T) { bubble(t, testSpectator) }

func testSpectator(t *testing.T) {
	w := newWorld(t, ogstest.Options{})
	carol := w.srv.AddUser("carol")
	sg := w.start(ogstest.Setup{Black: w.bob, White: carol}, nil)
	s := w.connect()
	f := w.join(s, sg.ID)
	sg.Play(w.bob, pt(t, "C3", 9))
	m, st := event[game.Played](f)
	if m.Move.Color != board.Black || st.Me != board.Empty || st.MyTurn() {
		t.Errorf("%+v", m)
	}
	if err := f.g.Resign(); err == nil {
		t.Error("a spectator resigned")
	}
	if _, err := s.Join(w.ctx, 999999); err == nil || !strings.Contains(err.Error(), "does not exist") {
		t.Errorf("joining no game: %v", err)
	}
}
