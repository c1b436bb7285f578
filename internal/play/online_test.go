package play

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/patient"
	"github.com/gobancam/gobancam/ogs"
	"github.com/gobancam/gobancam/ogs/ogstest"
)

// online joins a game on a server of its own and returns the adapter at work. It
// works in a bubble of synctest.
func online(t *testing.T, opponent ogstest.Opponent, faults ...ogstest.Fault) (*Online, *ogstest.Game, *ogstest.Server) {
	t.Helper()
	server, err := ogstest.New(ogstest.Options{Memory: true})
	if err != nil {
		t.Fatal(err)
	}
	me, they := server.AddUser("me"), server.AddUser("they")
	there, err := server.StartGame(ogstest.Setup{Name: "test", Black: me, White: they, Size: 9})
	if err != nil {
		t.Fatal(err)
	}
	there.SetOpponent(they, opponent)
	client, err := ogs.NewClient(ogs.Options{Server: server.URL(), Dial: server.Dial, Tokens: ogs.Bearer(server.Token(me)), Name: "gobancam", Version: "test", Address: "test"})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range faults {
		server.Inject(f)
	}
	ctx, cancel := context.WithCancel(context.Background())
	session, err := ogs.Connect(ctx, client)
	if err != nil {
		t.Fatal(err)
	}
	joined, err := session.Join(ctx, ogs.ID(there.ID))
	if err != nil {
		t.Fatal(err)
	}
	o := NewOnline(joined, session.ServerNow)
	done := make(chan error, 1)
	go func() { done <- o.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		session.Close()
		server.Close()
	})
	return o, there, server
}

// await returns the next event of type E; others are passed over.
func await[E game.Event](t *testing.T, o *Online) E {
	t.Helper()
	timeout := patient.After(30 * time.Second)
	for {
		select {
		case e, ok := <-o.Events():
			if !ok {
				t.Fatal("the events have ended")
			}
			if v, ok := e.(E); ok {
				return v
			}
		case <-timeout:
			t.Fatalf("no %T came", *new(E))
		}
	}
}

func TestOnlineCarriesAGame(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	synctest.Test(t, func(t *testing.T) {
		o, there, _ := online(t, ogstest.Opponent{Move: ogstest.Script(board.Point{X: 2, Y: 2}), Dead: func(*ogstest.View) []board.Point { return []board.Point{{X: 4, Y: 4}} }})
		data := await[game.Data](t, o)
		if data.Me != board.Black || data.ToMove != board.Black || data.Setup.Size != 9 || data.Players[1].Name != "they" || data.Phase != game.Playing {
			t.Fatalf("the game was told as %+v", data)
		}
		e5 := board.Move{Color: board.Black, Point: board.Point{X: 4, Y: 4}}
		o.Do(match.Request{Kind: match.ReqMove, Ref: 1, Epoch: data.Epoch, Number: 0, Move: e5})
		if m := await[game.Played](t, o); m.Number != 1 || m.Move != e5 {
			t.Fatalf("my move came back as %+v", m)
		}
		if m := await[game.Played](t, o); m.Number != 2 || m.Move.Color != board.White {
			t.Fatalf("the answer came as %+v", m)
		}
		// Resting on the past is not sent.
		o.Do(match.Request{Kind: match.ReqMove, Ref: 2, Epoch: data.Epoch, Number: 0, Move: board.Move{Color: board.Black, Point: board.Point{X: 6, Y: 6}}})
		if r := await[game.Refused](t, o); r.Ref != 2 {
			t.Fatalf("refused %+v", r)
		}
		o.Do(match.Request{Kind: match.ReqMove, Ref: 3, Epoch: data.Epoch - 1, Number: 2, Move: board.Move{Color: board.Black, Point: board.Point{X: 6, Y: 6}}})
		if r := await[game.Refused](t, o); r.Ref != 3 {
			t.Fatalf("refused %+v", r)
		}
		o.Do(match.Request{Kind: match.ReqMove, Ref: 4, Epoch: data.Epoch, Number: 2, Move: board.Move{Color: board.Black, Point: board.Pass}})
		if p := await[game.PhaseChanged](t, o); p.Phase != game.StoneRemoval {
			t.Fatalf("phase %+v", p)
		}
		removal := await[game.RemovalChanged](t, o)
		if len(removal.Dead) != 1 || removal.Dead[0] != e5.Point {
			t.Fatalf("marked %+v", removal)
		}
		// What was not seen is not agreed to.
		o.Do(match.Request{Kind: match.ReqAcceptRemoval, Ref: 6, Epoch: data.Epoch, Number: 4})
		if r := await[game.Refused](t, o); r.Ref != 6 {
			t.Fatalf("refused %+v", r)
		}
		o.Do(match.Request{Kind: match.ReqAcceptRemoval, Ref: 5, Epoch: data.Epoch, Number: 4, Points: removal.Dead})
		if f := await[game.Finished](t, o); f.Result.Winner != board.White {
			t.Fatalf("result %+v", f)
		}
		if got := len(there.Moves()); got != 4 {
			t.Errorf("the server has %d moves, want 4", got)
		}
	})
}

func TestOnlineComesBackWithANewEpoch(t *testing.T) {
	synctest.Test(t, comesBackWithANewEpoch)
}

func comesBackWithANewEpoch(t *testing.T) {
	o, there, server := online(t, ogstest.Opponent{})
	data := await[game.Data](t, o)
	server.DropConnections()
	await[game.Disconnected](t, o)
	fresh := await[game.Data](t, o)
	if fresh.Epoch <= data.Epoch {
		t.Errorf("epoch %d after %d", fresh.Epoch, data.Epoch)
	}
	o.Do(match.Request{Kind: match.ReqMove, Ref: 1, Epoch: data.Epoch, Move: board.Move{Color: board.Black, Point: board.Point{X: 4, Y: 4}}})
	await[game.Refused](t, o)
	o.Do(match.Request{Kind: match.ReqResync, Ref: 2, Epoch: fresh.Epoch})
	if again := await[game.Data](t, o); again.Epoch <= fresh.Epoch {
		t.Errorf("epoch %d after %d", again.Epoch, fresh.Epoch)
	}
	if n := len(there.Moves()); n != 0 {
		t.Errorf("the server has %d moves, want none", n)
	}
}

// TestOnlineKeepsTheOrder asks for a hundred things at once, while nobody takes
// the events: they are carried out in order, and nothing is left behind.
func TestOnlineKeepsTheOrder(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	synctest.Test(t, func(t *testing.T) {
		o, _, _ := online(t, ogstest.Opponent{})
		data := await[game.Data](t, o)
		const many = 1000
		for ref := range int64(many) {
			o.Do(match.Request{Kind: match.ReqPause, Ref: ref, Epoch: data.Epoch - 1})
		}
		for ref := range int64(many) {
			if r := await[game.Refused](t, o); r.Ref != ref || !r.Unsent {
				t.Fatalf("request %d: %+v", ref, r)
			}
		}
	})
}

// TestOnlineEndsWithRequestsOpen ends while requests are still being made: none
// of them waits for ever.
func TestOnlineEndsWithRequestsOpen(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	synctest.Test(t, func(t *testing.T) {
		o, _, _ := online(t, ogstest.Opponent{})
		await[game.Data](t, o)
		o.game.Leave()
		for range o.Events() {
		}
		for range 100 {
			o.Do(match.Request{Kind: match.ReqResync})
		}
	})
}

// TestOnlineOutlivesNonsense has the server send game data that cannot be, of
// every kind, in the middle of a game: it is said in words, nothing is sent, and
// the game goes on.
func TestOnlineOutlivesNonsense(t *testing.T) {
	for _, kind := range ogstest.Nonsense() {
		t.Run(fmt.Sprint(kind), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { outlivesNonsense(t, kind) })
		})
	}
}

func outlivesNonsense(t *testing.T, kind ogstest.Kind) {
	o, there, server := online(t, ogstest.Opponent{Move: ogstest.Script(board.Point{X: 2, Y: 2}, board.Point{X: 6, Y: 6})})
	data := await[game.Data](t, o)
	c3 := board.Move{Color: board.Black, Point: board.Point{X: 2, Y: 6}}
	o.Do(match.Request{Kind: match.ReqMove, Ref: 1, Epoch: data.Epoch, Move: c3})
	for m := await[game.Played](t, o); m.Number != 2; m = await[game.Played](t, o) {
	}
	server.Inject(ogstest.Fault{Kind: kind, Times: 3})
	there.TellNonsense(kind)
	if said := await[game.Said](t, o); !strings.Contains(said.Text, "makes no sense") {
		t.Errorf("said %q", said.Text)
	}
	if d := await[game.Disconnected](t, o); d.Reason != "" || !d.Nonsense {
		t.Errorf("said again: %+v", d)
	}
	g3 := board.Move{Color: board.Black, Point: board.Point{X: 6, Y: 2}}
	o.Do(match.Request{Kind: match.ReqMove, Ref: 2, Epoch: data.Epoch, Number: 2, Move: g3})
	if r := await[game.Refused](t, o); r.Ref != 2 || !r.Unsent {
		t.Errorf("refused %+v", r)
	}
	again := await[game.Data](t, o)
	if len(again.Moves) != 2 || again.Setup.Size != 9 || again.Me != board.Black {
		t.Errorf("the game came back as %+v", again)
	}
	if said := await[game.Said](t, o); !strings.Contains(said.Text, "makes sense again") {
		t.Errorf("said %q", said.Text)
	}
	o.Do(match.Request{Kind: match.ReqMove, Ref: 3, Epoch: again.Epoch, Number: 2, Move: g3})
	if m := await[game.Played](t, o); m.Number != 3 || m.Move != g3 {
		t.Errorf("my move came back as %+v", m)
	}
	if n := server.Count("game/move"); n != 2 {
		t.Errorf("%d moves were sent, want 2", n)
	}
}

// TestOnlineOutlivesAFirstLie has a server whose first game data is of another
// game, up to three times: the referee is told what counts, and that it does so
// anew, and a move goes out only then.
func TestOnlineOutlivesAFirstLie(t *testing.T) {
	for _, kind := range []ogstest.Kind{ogstest.OtherSize, ogstest.SwappedPlayers} {
		for times := 1; times <= 3; times++ {
			t.Run(fmt.Sprint(kind, " ", times), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { outlivesAFirstLie(t, kind, times) })
			})
		}
	}
}

func outlivesAFirstLie(t *testing.T, kind ogstest.Kind, times int) {
	o, _, server := online(t, ogstest.Opponent{}, ogstest.Fault{Kind: kind, Times: times})
	data := await[game.Data](t, o)
	for asked := 0; data.Anew == 0; asked++ {
		if data.Setup.Size == 9 && data.Me == board.Black || asked > times {
			t.Fatalf("the truth was told as %+v", data)
		}
		o.Do(match.Request{Kind: match.ReqResync, Epoch: data.Epoch})
		data = await[game.Data](t, o)
	}
	if data.Anew != 1 || data.Setup.Size != 9 || data.Me != board.Black {
		t.Errorf("the game was told anew as %+v", data)
	}
	c3 := board.Move{Color: board.Black, Point: board.Point{X: 2, Y: 6}}
	o.Do(match.Request{Kind: match.ReqMove, Ref: 1, Epoch: data.Epoch, Move: c3})
	if m := await[game.Played](t, o); m.Number != 1 || m.Move != c3 {
		t.Errorf("my move came back as %+v", m)
	}
	if n := server.Count("game/move"); n != 1 {
		t.Errorf("%d moves were sent, want 1", n)
	}
}

// TestOnlineTellsAPause: who paused, once, and that the game goes on, before the
// clock that stands or runs again.
func TestOnlineTellsAPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, there, _ := online(t, ogstest.Opponent{})
		data := await[game.Data](t, o)
		c3 := board.Move{Color: board.Black, Point: board.Point{X: 2, Y: 6}}
		o.Do(match.Request{Kind: match.ReqMove, Ref: 1, Epoch: data.Epoch, Move: c3})
		await[game.Played](t, o)
		o.Do(match.Request{Kind: match.ReqPause, Ref: 2, Epoch: data.Epoch, Number: 1})
		if p := await[game.PauseChanged](t, o).Pause; p == nil || p.By != board.Black || p.Why != "paused" {
			t.Errorf("paused by %+v", p)
		}
		if c := await[game.ClockChanged](t, o); c.Clocks[0].Running || c.Clocks[1].Running {
			t.Errorf("a clock runs in a pause: %+v", c)
		}
		o.Do(match.Request{Kind: match.ReqResume, Ref: 3, Epoch: data.Epoch, Number: 1})
		if p := await[game.PauseChanged](t, o).Pause; p != nil {
			t.Errorf("still paused by %+v", p)
		}
		if c := await[game.ClockChanged](t, o); c.ToMove != board.White || !c.Clocks[1].Running {
			t.Errorf("the clocks after the pause: %+v", c)
		}
		if n := len(there.Moves()); n != 1 {
			t.Errorf("the server has %d moves, want 1", n)
		}
	})
}
