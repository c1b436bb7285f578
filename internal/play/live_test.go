package play

import (
	"context"
	"encoding/json"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/disk"
	"github.com/gobancam/gobancam/internal/gamefile"
	"github.com/gobancam/gobancam/internal/live"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/reading"
)

// watched is a relay at work in a bubble of synctest, with a watcher who has
// nothing but the events as they are on the wire.
type watched struct {
	t        *testing.T
	table    *relayTable
	feed     *live.Feed
	keeper   *gamefile.Keeper
	pos      board.Position
	looks    chan match.Look
	commands chan match.Command
	frame    int
	watcher  *live.Watcher
	seen     *live.Game
	number   int64
	ids      []string // of the games that were told, in order
	done     chan error
}

func watch(t *testing.T, file string, size int) *watched {
	w := &watched{t: t, feed: live.NewFeed(), pos: board.NewPosition(size), looks: make(chan match.Look), commands: make(chan match.Command), seen: &live.Game{}, done: make(chan error, 1)}
	var err error
	if w.keeper, err = gamefile.Open(gamefile.Options{Path: file}); err != nil {
		t.Fatal(err)
	}
	opt := match.RelayOptions{Tuning: match.Live(), AskBegun: true}
	if f := w.keeper.Found(); f != nil {
		opt.Begun, opt.Played = f.Game, f.Played
	}
	relay, err := match.NewRelay(opt)
	if err != nil {
		t.Fatal(err)
	}
	w.table = &relayTable{relay: relay, begun: time.Now(), Relay: &Relay{Options: opt, Commands: w.commands, Voice: func(match.Event) {}, Record: w.keeper, Live: w.feed,
		Labels: gamefile.Labels{Black: game.Player{Name: "Anna"}, White: game.Player{Name: "Ben", Rank: "4k"}}}}
	w.watcher = w.feed.Watch()
	ctx, stop := context.WithCancel(context.Background())
	go func() { w.done <- w.table.loop(ctx, w.looks) }()
	t.Cleanup(func() {
		stop()
		<-w.done
		w.watcher.Close()
		w.keeper.Close()
	})
	return w
}

// look has the camera see the board n times, and follows what is told.
func (w *watched) look(n int) {
	w.t.Helper()
	for range n {
		time.Sleep(100 * time.Millisecond)
		w.looks <- match.Look{Reading: see(w.pos, w.frame, time.Since(w.table.begun)), Taken: time.Now()}
		w.frame++
	}
	w.follow()
}

func (w *watched) say(c match.Command) {
	w.t.Helper()
	w.commands <- c
	w.follow()
}

func (w *watched) follow() {
	w.t.Helper()
	synctest.Wait()
	for _, number := w.feed.Game(); w.number < number; {
		e, err := w.watcher.Next(w.t.Context())
		if err != nil {
			w.t.Fatal(err)
		}
		w.number = e.Number
		text, err := json.Marshal(e)
		if err != nil {
			w.t.Fatal(err)
		}
		var heard live.Event
		if err := json.Unmarshal(text, &heard); err != nil {
			w.t.Fatalf("%v\n%s", err, text)
		}
		if w.seen, err = w.seen.After(heard); err != nil {
			w.t.Fatal(err)
		}
		if id := w.seen.ID; id != "" && !slices.Contains(w.ids, id) {
			w.ids = append(w.ids, id)
		}
	}
}

func (w *watched) put(x, y int8, c board.Color) { w.pos.Set(board.Point{X: x, Y: y}, c) }

// same fails unless page, record and board are of the same game.
func (w *watched) same() {
	w.t.Helper()
	if now, want := w.seen.Position(len(w.seen.Steps)), w.table.relay.Game().Position(); now != want || want != w.pos {
		w.t.Fatalf("the page shows\n%v\nthe record says\n%v\nthe board is\n%v", now, want, w.pos)
	}
	sgf, err := gamefile.ComposeLive(w.seen)
	if err != nil {
		w.t.Fatal(err)
	}
	if diff, err := gamefile.Compare(w.keeper.Settle().Data, sgf); err != nil || diff != "" {
		w.t.Fatalf("the file is not what the page has: %s, %v\n%s\n%s", diff, err, w.keeper.Settle().Data, sgf)
	}
}

// TestARelayIsWatched plays moves, takes back, breaks the rules, goes back to an
// earlier move and resigns, and compares at each step.
func TestARelayIsWatched(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := watch(t, filepath.Join(t.TempDir(), "a.sgf"), 9)
		w.look(20)
		if w.seen.Size != 9 || len(w.seen.Steps) != 0 || w.seen.Players[1] != (game.Player{Name: "Ben", Rank: "4k"}) || w.seen.ToMove != board.Black {
			t.Fatalf("an empty board is told as %+v", w.seen)
		}
		for i := range int8(6) {
			w.put(i+1, i+2, board.Color(1+i%2))
			w.look(30)
			w.same()
			if n := len(w.seen.Steps); n != int(i)+1 || w.seen.Steps[i].At <= 0 {
				t.Fatalf("%d steps, the last %v after the beginning", n, w.seen.Steps[n-1].At)
			}
		}
		w.put(6, 7, board.Empty) // the last one is taken back, and put elsewhere
		w.look(60)
		w.put(7, 1, board.White)
		w.look(60)
		w.same()
		w.put(1, 2, board.White) // exchanged
		w.look(200)
		w.same()
		if s := w.seen.Steps[len(w.seen.Steps)-1]; s.Setup == nil || s.Note == "" {
			t.Errorf("what nobody played is told as %+v", s)
		}
		w.say(match.Command{Kind: match.CmdBack, Number: 3})
		if n := len(w.seen.Steps); n != 3 {
			t.Errorf("after going back to move 3 there are %d steps", n)
		}
		w.pos = w.table.relay.Game().Position()
		w.look(30)
		w.same()
		w.say(match.Command{Kind: match.CmdPass})
		w.say(match.Command{Kind: match.CmdPass})
		if w.seen.Phase != game.StoneRemoval || w.seen.ToMove != board.Empty {
			t.Errorf("after both passed the phase is %q", w.seen.Phase)
		}
		w.say(match.Command{Kind: match.CmdMark, Points: []board.Point{{X: 1, Y: 2}}})
		if len(w.seen.Dead) != 1 {
			t.Errorf("dead are %v", w.seen.Dead)
		}
		w.say(match.Command{Kind: match.CmdAcceptScore})
		w.same()
		if w.seen.Phase != game.Over || w.seen.Result == "" || w.seen.Ending == "" || len(w.ids) != 1 {
			t.Errorf("the end is told as %+v, of the games %q", w.seen.Status, w.ids)
		}
	})
}

// TestNobodyIsToldBeforeItIsKnown begins with a record of another game than the
// one on the board: until somebody says which is on, none is told.
func TestNobodyIsToldBeforeItIsKnown(t *testing.T) {
	for answer, steps := range map[match.CommandKind]int{match.CmdAccept: 4, match.CmdDeny: 0} {
		t.Run(string(answer), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g, err := board.NewGame(board.Setup{Size: 9})
				if err != nil {
					t.Fatal(err)
				}
				for i := range int8(4) {
					if err := g.Play(board.Move{Color: g.ToMove(), Point: board.Point{X: i + 2, Y: i + 2}}); err != nil {
						t.Fatal(err)
					}
				}
				sgf, err := gamefile.Compose(nil, g, gamefile.Labels{})
				if err != nil {
					t.Fatal(err)
				}
				file := filepath.Join(t.TempDir(), "a.sgf")
				if err := gamefile.Save(disk.OS, file, sgf, false); err != nil {
					t.Fatal(err)
				}
				w := watch(t, file, 9)
				w.looks <- match.Look{Reading: &reading.Reading{Size: 9, Lock: reading.Lost}}
				time.Sleep(100 * time.Millisecond)
				synctest.Wait()
				for range 60 {
					time.Sleep(100 * time.Millisecond)
					w.looks <- match.Look{Reading: see(w.pos, w.frame, time.Since(w.table.begun)), Taken: time.Now()}
					w.frame++
				}
				synctest.Wait()
				if told, _ := w.feed.Game(); !w.table.relay.Unsettled() || told.Size != 0 {
					t.Fatalf("asked: %v; told was %+v", w.table.relay.Unsettled(), told)
				}
				w.say(match.Command{Kind: answer})
				if len(w.seen.Steps) != steps || len(w.ids) != 1 {
					t.Errorf("%d steps were told, of the games %q", len(w.seen.Steps), w.ids)
				}
			})
		})
	}
}

// TestClocksAreToldWhenTheyJump has an online game of which a clock is told each
// second: those who watch are told it only where they could not count it.
func TestClocksAreToldWhenTheyJump(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		feed := live.NewFeed()
		tell := teller{feed: feed}
		clock := func(left time.Duration, runs bool) game.Clock {
			return game.Clock{System: game.MainTime, Left: left, Main: left, Running: runs}
		}
		s := &match.Snapshot{ID: 7, Size: 9, Phase: game.Playing, ToMove: board.Black, Clocks: [2]game.Clock{clock(time.Minute, true), clock(time.Minute, false)}}
		tell.tell(&live.Game{Head: live.Head{Size: 9}}, s)
		step := func(black, white time.Duration, blackRuns bool, told bool) {
			t.Helper()
			_, before := feed.Game()
			now := *s
			defer func() { // nothing new is heard for a while
				time.Sleep(700 * time.Millisecond)
				_, before := feed.Game()
				tell.goOn(&now)
				if _, after := feed.Game(); after != before {
					t.Error("old clocks are told again")
				}
				time.Sleep(-700*time.Millisecond + time.Second)
			}()
			now.Clocks = [2]game.Clock{clock(black, blackRuns), clock(white, !blackRuns)}
			tell.goOn(&now)
			g, after := feed.Game()
			if (after > before) != told {
				t.Errorf("told: %v", after > before)
			}
			for i, c := range g.Clocks {
				if c.Running {
					c.Left -= time.Since(g.ClocksAt)
				}
				if off := c.Left - now.Clocks[i].Left; off.Abs() > clockDrift {
					t.Errorf("clock %d is counted to %v, and is %v", i, c.Left, now.Clocks[i].Left)
				}
			}
		}
		if g, _ := feed.Game(); g.ID != "game-7" || g.Clocks[0].Left != time.Minute {
			t.Errorf("%+v", g)
		}
		for n := range 20 {
			step(time.Minute-time.Duration(n)*time.Second+time.Duration(n%7)*50*time.Millisecond, time.Minute, true, false)
		}
		step(50*time.Second, time.Minute, false, true) // a move: an increment, and the other one runs
		step(50*time.Second, 59*time.Second, false, false)
		step(50*time.Second, 50*time.Second, false, true) // the server found that it was late
		s.Result = &game.Result{Winner: board.White, By: board.ByTime}
		s.Phase = game.Over
		tell.tell(&live.Game{Head: live.Head{Size: 9}}, s)
		if g, _ := feed.Game(); g.Ending != "White wins on time" || g.ToMove != board.Empty {
			t.Errorf("%+v", g.Status)
		}
	})
}
