package gtpboard

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/gtp"
	"github.com/gobancam/gobancam/internal/match"
)

// desk is an engine whose referee is the test.
type desk struct {
	t      *testing.T
	e      *Engine
	s      gtp.Server
	tables chan Table
	stop   context.CancelFunc
	now    Table
	ends   chan error // what Sit returns
	record Record
	ctx    context.Context
}

func newDesk(t *testing.T, o Options) *desk {
	d := &desk{t: t, tables: make(chan Table, 10), ends: make(chan error)}
	d.ctx, d.stop = context.WithCancel(t.Context())
	if o.Rules.Name == "" {
		o.Rules, _ = board.ParseRules("japanese")
	}
	o.Sit = func(ctx context.Context, t Table) error {
		d.tables <- t
		select {
		case <-ctx.Done():
			return nil
		case err := <-d.ends:
			return err
		}
	}
	o.Keep = func(r Record) { d.record = r }
	d.e = New(o)
	d.e.Handlers(&d.s)
	go d.e.Run(d.ctx)
	return d
}

// do carries out a script of lines through the protocol, and returns what it
// answers.
func (d *desk) do(script string) string {
	var out strings.Builder
	if err := d.s.Serve(d.ctx, strings.NewReader(script), &out); err != nil {
		d.t.Error(err)
	}
	return out.String()
}

// later has a command carried out; its answer comes by the channel.
func (d *desk) later(ctx context.Context, h func(context.Context, []string) (string, error), args ...string) chan string {
	answers := make(chan string, 1)
	go func() {
		text, err := h(ctx, args)
		if err != nil {
			text = "? " + err.Error()
		}
		answers <- text
	}()
	synctest.Wait()
	return answers
}

// sits takes the table that a referee is given, and the events to the last.
func (d *desk) sits() {
	d.t.Helper()
	synctest.Wait()
	for {
		select {
		case d.now = <-d.tables:
			continue
		default:
		}
		break
	}
}

func (d *desk) events() (all []game.Event, data game.Data) {
	d.t.Helper()
	d.sits()
	for {
		synctest.Wait()
		select {
		case e := <-d.now.Server.Events():
			if g, ok := e.(game.Data); ok {
				data = g
			}
			all = append(all, e)
			continue
		default:
		}
		return all, data
	}
}

func move(c board.Color, s string) board.Move {
	p, err := board.ParseGTP(s, 9)
	if err != nil {
		panic(err)
	}
	return board.Move{Color: c, Point: p}
}

// turn is whose turn the referee was told last that it is.
func turn(events []game.Event) (c board.Color) {
	for _, e := range events {
		if k, ok := e.(game.ClockChanged); ok {
			c = k.ToMove
		}
	}
	return c
}

func refused(events []game.Event) (unsent, ok bool) {
	for _, e := range events {
		if r, is := e.(game.Refused); is {
			unsent, ok = r.Unsent, true
		}
	}
	return unsent, ok
}

// TestOnlyWhatIsAskedFor: a move that the referee sends is the answer to a
// genmove that is open, of its colour and in its position, or it is nothing.
func TestOnlyWhatIsAskedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, Options{})
		defer d.stop()
		d.do("boardsize 9\nplay w E5\n")
		events, data := d.events()
		if data.Me != board.Black || len(data.Moves) != 1 || turn(events) != board.White {
			t.Fatalf("told were %+v", events)
		}
		send := func(r match.Request) (unsent, no bool) {
			d.now.Server.Do(r)
			events, _ := d.events()
			return refused(events)
		}
		ask := match.Request{Kind: match.ReqMove, Ref: 1, Epoch: data.Epoch, Number: 1, Move: move(board.Black, "C3")}
		if unsent, no := send(ask); !unsent || !no {
			t.Error("a move was taken that nobody asked for")
		}
		answer := d.later(t.Context(), d.e.genmove, "b")
		if events, _ := d.events(); turn(events) != board.Black {
			t.Errorf("told were %+v", events)
		}
		for name, r := range map[string]match.Request{
			"of another epoch":    {Kind: match.ReqMove, Ref: 2, Epoch: data.Epoch + 1, Number: 1, Move: ask.Move},
			"in another position": {Kind: match.ReqMove, Ref: 3, Epoch: data.Epoch, Number: 0, Move: ask.Move},
			"of White":            {Kind: match.ReqMove, Ref: 4, Epoch: data.Epoch, Number: 1, Move: move(board.White, "C3")},
			"on a stone":          {Kind: match.ReqMove, Ref: 5, Epoch: data.Epoch, Number: 1, Move: move(board.Black, "E5")},
			"a wish":              {Kind: match.ReqUndo, Ref: 6, Epoch: data.Epoch, Number: 1},
		} {
			if _, no := send(r); !no || len(answer) > 0 {
				t.Errorf("a request %s was carried out", name)
			}
		}
		d.now.Server.Do(ask)
		if a := <-answer; a != "C3" {
			t.Error(a)
		}
		if events, _ := d.events(); turn(events) != board.Black { // i.e. not White's, whose turn it is in the record
			t.Errorf("told were %+v", events)
		}
		if unsent, no := send(match.Request{Kind: match.ReqMove, Ref: 7, Epoch: data.Epoch, Number: 2, Move: move(board.White, "G3")}); !unsent || !no {
			t.Error("a second move was taken")
		}
		if got := d.record.Game.MoveCount(); got != 2 {
			t.Errorf("%d moves are kept", got)
		}
	})
}

// TestWaiting: whoever waits for the person is told why nothing comes.
func TestWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, Options{Answers: true})
		d.do("boardsize 9\n")
		ctx, leave := context.WithCancelCause(t.Context())
		answer := d.later(ctx, d.e.genmove, "b")
		_, data := d.events()
		leave(gtp.ErrQuit)
		if a := <-answer; a != "? interrupted by quit" {
			t.Error(a)
		}
		d.now.Server.Do(match.Request{Kind: match.ReqMove, Ref: 1, Epoch: data.Epoch, Move: move(board.Black, "C3")})
		if events, _ := d.events(); d.record.Game.MoveCount() != 0 || turn(events) != board.White {
			t.Errorf("a move was taken after its time: %+v", events)
		}
		// The person leaves, or the camera breaks; the next command sits down again.
		for _, end := range []error{nil, errors.New("the camera is gone")} {
			answer = d.later(t.Context(), d.e.genmove, "b")
			d.ends <- end
			want := "? " + errLeft.Error()
			if end != nil {
				want = "? the camera is gone"
			}
			if a := <-answer; a != want {
				t.Errorf("%v: %s", end, a)
			}
		}
		// Resignation before it is asked for is the answer to the next genmove.
		d.do("play w E5\n")
		_, data = d.events()
		d.now.Server.Do(match.Request{Kind: match.ReqResign, Ref: 2, Epoch: data.Epoch, Number: 1})
		if a := <-d.later(t.Context(), d.e.genmove, "b"); a != "resign" || d.record.Result == nil || d.record.Result.Winner != board.White {
			t.Error(a, d.record.Result)
		}
		if got := d.do("undo\nshowboard\n"); !strings.HasPrefix(got, "=\n") || d.record.Result != nil {
			t.Error(got, d.record.Result)
		}
		// The person wants to play on instead of counting.
		answer = d.later(t.Context(), d.e.finalScore)
		if len(answer) > 0 {
			t.Log(<-answer) // an empty board is counted without asking
		}
		d.do("play b E5\n")
		answer = d.later(t.Context(), d.e.finalStatusList, "dead")
		_, data = d.events()
		d.now.Server.Do(match.Request{Kind: match.ReqRejectRemoval, Ref: 3, Epoch: data.Epoch, Number: 1})
		if a := <-answer; a != "? "+errPlaysOn.Error() {
			t.Error(a)
		}
		answer = d.later(t.Context(), d.e.genmove, "w")
		d.stop() // Ctrl-C
		if a := <-answer; !strings.HasPrefix(a, "? ") {
			t.Error(a)
		}
	})
}

// TestBothColours: a controller may ask for moves of both colours, and for two
// of one colour in a row.
func TestBothColours(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, Options{Me: "Ada"})
		defer d.stop()
		d.do("boardsize 9\n")
		for i, m := range []board.Move{move(board.White, "C3"), move(board.Black, "D4"), move(board.Black, "E5"), move(board.White, "pass"), move(board.Black, "pass"), move(board.White, "G7")} {
			answer := d.later(t.Context(), d.e.genmove, m.Color.String())
			d.events()
			d.now.Server.Do(match.Request{Kind: match.ReqResync, Ref: 1})
			events, data := d.events()
			if turn(events) != m.Color || data.ToMove != m.Color {
				t.Fatalf("%d: told were %+v", i, events)
			}
			d.now.Server.Do(match.Request{Kind: match.ReqMove, Ref: 2, Epoch: data.Epoch, Number: len(data.Moves), Move: m})
			select {
			case a := <-answer:
				if a != m.Point.GTP(9) {
					t.Errorf("%d: %s", i, a)
				}
			case <-time.After(time.Minute):
				events, _ := d.events()
				t.Fatalf("%d: no answer; told were %+v", i, events)
			}
		}
		var moves []string
		for _, m := range d.record.Game.Moves() {
			moves = append(moves, m.Color.String()[:1]+" "+m.Point.GTP(9))
		}
		if got := strings.Join(moves, ", "); got != "b pass, w C3, b D4, w pass, b E5, w pass, b pass, w G7" {
			t.Error(got)
		}
		if p := d.record.Players; p[0].Name != "Ada" || p[1].Name != "Ada" {
			t.Error(p)
		}
	})
}

// TestClocks: what the controller says of time is shown, and runs while the
// person thinks.
func TestClocks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, Options{})
		defer d.stop()
		read := func(c board.Color) string {
			var s string
			if err := d.e.call(func() error { s = d.e.clocks[c-board.Black].read(d.e.opt.Now()).String(); return nil }); err != nil {
				t.Fatal(err)
			}
			return s
		}
		for script, want := range map[string]string{
			"time_settings 600 300 25\n":                    "10:00.0 + 5:00.0/25",
			"time_settings 600 0 0\n":                       "10:00.0",
			"time_settings 0 300 0\n":                       "no clock",
			"kgs-time_settings byoyomi 600 30 5\n":          "10:00.0 + 5×30.0",
			"kgs-time_settings byoyomi 0 30 5\n":            "5×30.0",
			"kgs-time_settings none\n":                      "no clock",
			"time_settings 600 300 25\ntime_left b 12 3\n":  "12.0/3",
			"time_settings 600 300 25\ntime_left b 1.5 0\n": "1.5 + 5:00.0/25",
			"kgs-time_settings none\ntime_left b 90 0\n":    "1:30.0",
		} {
			d.do(script)
			if got := read(board.Black); got != want {
				t.Errorf("%q shows %q, want %q", script, got, want)
			}
		}
		d.do("boardsize 9\nkgs-time_settings byoyomi 10 30 2\n")
		answer := d.later(t.Context(), d.e.genmove, "b")
		for wait, want := range map[time.Duration]string{0: "10.0 + 2×30.0"} {
			time.Sleep(wait)
			if got := read(board.Black); got != want {
				t.Error(got)
			}
		}
		for _, c := range []struct {
			wait time.Duration
			want string
		}{{4 * time.Second, "6.0 + 2×30.0"}, {10 * time.Second, "2×26.0"}, {30 * time.Second, "1×26.0"}, {time.Minute, "0.0 (time is up)"}} {
			time.Sleep(c.wait)
			if got := read(board.Black); got != c.want {
				t.Errorf("after %v more it shows %q, want %q", c.wait, got, c.want)
			}
			if got := read(board.White); got != "10.0 + 2×30.0" {
				t.Error("White's clock ran:", got)
			}
		}
		if len(answer) > 0 {
			t.Error("the engine decides about time: ", <-answer)
		}
	})
}

// FuzzEngine: whatever a controller says gets one response each, in the form of
// the protocol, and the record stays a game.
func FuzzEngine(f *testing.F) {
	f.Add("boardsize 9\nplay b D4\nundo\nshowboard\n")
	f.Add("fixed_handicap 9\nset_free_handicap A1 B2\nkomi nan\ntime_settings 1 2 3\ntime_left b 9e99 1\n1 2 3\n")
	f.Add("boardsize 25\nplay w Z25\ngenmove b\nfinal_score\nkgs-rules ing\nplay w A1\ngg-undo 1000000\nloadsgf /dev/zero 1\n")
	rules, _ := board.ParseRules("japanese")
	f.Fuzz(func(t *testing.T, script string) {
		if strings.Contains(script, "loadsgf") {
			script = strings.ReplaceAll(script, "loadsgf", "loadsgf /nowhere")
		}
		ctx, stop := context.WithCancel(context.Background())
		var last Record
		e := New(Options{Rules: rules, Keep: func(r Record) { last = r },
			Sit: func(ctx context.Context, _ Table) error { <-ctx.Done(); return nil }})
		var s gtp.Server
		e.Handlers(&s)
		ran := make(chan struct{})
		go func() { e.Run(ctx); close(ran) }()
		var out strings.Builder
		if err := s.Serve(ctx, strings.NewReader(script), &out); err != nil {
			t.Fatal(err)
		}
		stop()
		<-ran
		commands := gtp.NewCommandReader(strings.NewReader(script))
		answers := gtp.NewResponseReader(strings.NewReader(out.String()))
		for {
			c, err := commands.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			a, answered := answers.Next()
			if answered != nil {
				t.Fatalf("%q: %v after %q", script, answered, out.String())
			}
			if a.HasID != c.HasID || a.ID != c.ID {
				t.Fatalf("%q: %+v answers %+v", script, a, c)
			}
			if err == nil && c.Name == "quit" {
				break
			}
		}
		if _, err := answers.Next(); err != io.EOF {
			t.Fatalf("%q: more is answered than asked: %q", script, out.String())
		}
		if last.Game != nil && !func() bool { pos := last.Game.Position(); return pos.Lawful() }() {
			t.Fatalf("%q leaves a board that cannot be", script)
		}
	})
}
