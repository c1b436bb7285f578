package ogs_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/patient"
	"github.com/gobancam/gobancam/ogs"
	"github.com/gobancam/gobancam/ogs/ogstest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// bubble runs f on a clock of its own, which goes on when everybody waits: no
// test in it depends on how fast the machine is.
func bubble(t *testing.T, f func(*testing.T)) {
	t.Helper()
	synctest.Test(t, f)
}

// loopback are options of a server at a port, for tests that need one. They
// cannot run in a bubble.
var loopback = ogstest.Options{Addr: "127.0.0.1:0"}

// fast is a Timing for tests: the same proportions, a fraction of the length.
func fast() ogs.Timing {
	return ogs.Timing{
		Request: 5 * time.Second, Handshake: 5 * time.Second, Write: time.Second, Ping: 200 * time.Millisecond, Latency: 150 * time.Millisecond,
		Echo: 150 * time.Millisecond, Settle: 80 * time.Millisecond, GameData: 200 * time.Millisecond, Rejoin: 10 * time.Millisecond, Doubt: 60 * time.Millisecond,
		BackoffMin: 5 * time.Millisecond, BackoffMax: 50 * time.Millisecond, Stable: time.Second, Retry: 20 * time.Millisecond,
		RetryMax: 3 * time.Second, Keepalive: 50 * time.Millisecond, Poll: time.Minute, TokenMaxAge: time.Minute,
	}
}

func testLog(t *testing.T) *slog.Logger {
	if os.Getenv("OGS_TEST_LOG") == "" {
		return nil
	}
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// world is a server with two accounts, of which the client plays alice. Unless
// its options have an address, it listens in memory.
type world struct {
	t          *testing.T
	srv        *ogstest.Server
	alice, bob *ogstest.User
	ctx        context.Context
	memory     bool
}

func newWorld(t *testing.T, o ogstest.Options) *world {
	t.Helper()
	o.Memory = o.Addr == ""
	srv, err := ogstest.New(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Hour)
	w := &world{t: t, memory: o.Memory, srv: srv, alice: srv.AddUser("alice"), bob: srv.AddUser("bob"), ctx: ctx}
	t.Cleanup(func() {
		cancel()
		for _, v := range srv.Violations() {
			t.Errorf("the server noted: %s", v)
		}
		srv.Close()
	})
	return w
}

func (w *world) client(change func(*ogs.Options)) *ogs.Client {
	w.t.Helper()
	o := ogs.Options{Server: w.srv.URL(), Name: "gobancam-test", Version: "1", Address: "https://example.org/contact",
		Tokens: ogs.Bearer(w.srv.Token(w.alice)), Timing: fast(), Log: testLog(w.t)}
	if change != nil {
		change(&o)
	}
	if w.memory {
		o.Dial = w.srv.Dial
	}
	c, err := ogs.NewClient(o)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

func (w *world) connect() *ogs.Session {
	w.t.Helper()
	s, err := ogs.Connect(w.ctx, w.client(nil))
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(s.Close)
	return s
}

func (w *world) start(spec ogstest.Setup, o *ogstest.Opponent) *ogstest.Game {
	w.t.Helper()
	if spec.Black == nil {
		spec.Black, spec.White = w.alice, w.bob
	}
	if spec.Size == 0 {
		spec.Size = 9
	}
	g, err := w.srv.StartGame(spec)
	if err != nil {
		w.t.Fatal(err)
	}
	if o != nil {
		g.SetOpponent(w.bob, *o)
	}
	return g
}

// follower reads the updates of a game.
type follower struct {
	t *testing.T
	g *ogs.Game
}

func (w *world) join(s *ogs.Session, id int64) *follower {
	w.t.Helper()
	g, err := s.Join(w.ctx, ogs.ID(id))
	if err != nil {
		w.t.Fatal(err)
	}
	return &follower{w.t, g}
}

// until reads updates until one satisfies ok.
func (f *follower) until(what string, ok func(ogs.Update) bool) ogs.Update {
	f.t.Helper()
	timeout := patient.After(time.Minute)
	for {
		select {
		case u, open := <-f.g.Updates():
			if !open {
				f.t.Fatalf("the updates ended while waiting for %s", what)
			}
			if ok(u) {
				return u
			}
		case <-timeout:
			st := f.g.State()
			f.t.Fatalf("%s did not come; %d moves, phase %s, live %v, pending %v", what, len(st.Moves), st.Phase, st.Live, st.Pending)
		}
	}
}

func event[E ogs.Event](f *follower) (E, *ogs.State) {
	f.t.Helper()
	var zero E
	u := f.until(typeName(zero), func(u ogs.Update) bool { _, ok := u.Event.(E); return ok })
	return u.Event.(E), u.State
}

func (f *follower) myTurn() *ogs.State {
	f.t.Helper()
	if st := f.g.State(); st.MyTurn() {
		return st
	}
	return f.until("my turn", func(u ogs.Update) bool { return u.State.MyTurn() }).State
}

// move sends one move and returns what became of it.
func (f *follower) move(p board.Point) ogs.Settled {
	f.t.Helper()
	for {
		st := f.myTurn()
		ticket, err := f.g.Move(p, st.Number(), st.Epoch)
		var not *ogs.NotSentError
		if errors.As(err, &not) && (not.Why == ogs.OutOfDate || not.Why == ogs.NotConnected || not.Why == ogs.NotYourTurn) {
			f.until("news", func(ogs.Update) bool { return true })
			continue
		}
		if err != nil {
			f.t.Fatal(err)
		}
		return f.until("the settlement", func(u ogs.Update) bool {
			s, ok := u.Event.(ogs.Settled)
			return ok && s.Ticket == ticket
		}).Event.(ogs.Settled)
	}
}

// play makes a move count, sending it again after it was found not played.
func (f *follower) play(p board.Point) {
	f.t.Helper()
	for range 5 {
		switch s := f.move(p); s.Fate {
		case ogs.Played:
			return
		case ogs.Displaced:
			f.t.Fatalf("%v: %s", p, s.Reason)
		}
	}
	f.t.Fatalf("%v could not be played", p)
}

func pt(t *testing.T, s string, size int) board.Point {
	t.Helper()
	p, err := board.ParseGTP(s, size)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
