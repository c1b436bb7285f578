package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/gtp"
	"github.com/gobancam/gobancam/internal/match"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rules by name, for tests.
func rules(t *testing.T, name string) board.Rules {
	t.Helper()
	r, err := board.ParseRules(name)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// table sits on the referee's side: it has what the game tells, replayed.
type table struct {
	t      *testing.T
	game   *Game
	g      *board.Game // as the events tell it
	epoch  int
	me     board.Color
	phase  game.Phase
	dead   []board.Point
	agreed map[board.Color]bool
	result *game.Result
	clocks [2]game.Clock
	data   game.Data
	said   []string
	ref    int64
	refuse []string
	ended  chan error
}

// sit plays a game that is not over when the test is.
func sit(t *testing.T, o Options) *table {
	t.Helper()
	if o.Me == board.Empty {
		o.Me = board.Black
	}
	e, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	tb := &table{t: t, game: e, me: o.Me, ended: make(chan error, 1), agreed: map[board.Color]bool{}}
	go func() { tb.ended <- e.Run(ctx) }()
	t.Cleanup(func() { stop(); <-tb.ended })
	return tb
}

// next takes one event; false after long without one.
func (tb *table) next() bool {
	tb.t.Helper()
	long := 4 * time.Minute
	if time.Now().Year() == 2000 { // in synctest's time
		long = 10 * time.Minute
	}
	select {
	case ev, ok := <-tb.game.Events():
		if !ok {
			return false
		}
		if err := match.ValidateEvent(ev); err != nil {
			tb.t.Fatalf("%#v: %v", ev, err)
		}
		tb.hear(ev)
		return true
	case <-time.After(long):
		return false
	}
}

func (tb *table) hear(ev game.Event) {
	switch ev := ev.(type) {
	case game.Data:
		g, err := board.NewGame(ev.Setup)
		if err != nil {
			tb.t.Fatal(err)
		}
		for _, m := range ev.Moves {
			if err := g.Force(m); err != nil {
				tb.t.Fatal(err)
			}
		}
		if g.Ended() && ev.Phase == game.Playing {
			g.Resume(ev.ToMove)
		}
		if ev.Epoch <= tb.epoch {
			tb.t.Errorf("epoch %d after %d", ev.Epoch, tb.epoch)
		}
		tb.g, tb.epoch, tb.phase, tb.dead, tb.data = g, ev.Epoch, ev.Phase, ev.Dead, ev
	case game.Played:
		if err := tb.g.Play(ev.Move); err != nil {
			tb.t.Fatalf("%v was played: %v", ev.Move, err)
		}
		if ev.Number != tb.g.MoveCount() {
			tb.t.Fatalf("move %d has the number %d", tb.g.MoveCount(), ev.Number)
		}
	case game.UndoAccepted:
		for range ev.Count {
			tb.g.Undo()
		}
	case game.PhaseChanged:
		tb.phase, tb.agreed = ev.Phase, map[board.Color]bool{}
	case game.RemovalChanged:
		tb.dead, tb.agreed = ev.Dead, map[board.Color]bool{}
	case game.RemovalAccepted:
		tb.agreed[ev.By] = true
	case game.Finished:
		tb.result = &ev.Result
	case game.ClockChanged:
		tb.clocks = ev.Clocks
	case game.Said:
		tb.said = append(tb.said, ev.Text)
	case game.Refused:
		tb.refuse = append(tb.refuse, ev.Message)
	}
}

// until takes events until something is so.
func (tb *table) until(what string, so func() bool) {
	tb.t.Helper()
	for !so() {
		if !tb.next() {
			tb.t.Fatalf("%s: that never came; said was %q", what, tb.said)
		}
	}
}

func (tb *table) ask(k match.RequestKind, fill func(*match.Request)) {
	tb.ref++
	r := match.Request{Kind: k, Ref: tb.ref, Epoch: tb.epoch}
	if tb.g != nil {
		r.Number = tb.g.MoveCount()
	}
	if fill != nil {
		fill(&r)
	}
	tb.game.Do(r)
}

func (tb *table) myTurn() bool {
	return tb.g != nil && tb.phase == game.Playing && tb.g.ToMove() == tb.me
}

// play plays my move and waits for its echo.
func (tb *table) play(at board.Point) {
	tb.t.Helper()
	n := tb.g.MoveCount()
	tb.ask(match.ReqMove, func(r *match.Request) { r.Move = board.Move{Color: tb.me, Point: at} })
	tb.until("the echo", func() bool { return tb.g.MoveCount() > n || tb.result != nil })
	if tb.result == nil && tb.g.Move(n) != (board.Move{Color: tb.me, Point: at}) {
		tb.t.Fatalf("another move was echoed: %v", tb.g.Move(n))
	}
}

func (tb *table) playAt(s string) {
	tb.t.Helper()
	tb.play(at(tb.t, s, tb.g.Size()))
}

func (tb *table) saying(part string) bool {
	return slices.ContainsFunc(tb.said, func(s string) bool { return strings.Contains(s, part) })
}

func at(t *testing.T, s string, size int) board.Point {
	t.Helper()
	p, err := gtp.ParseVertex(s, size)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// puppet is a program that is not there. It keeps to the rules; what it answers
// to a command first is what its habits say.
type puppet struct {
	t     *testing.T
	theat *theatre
	g     *board.Game
	size  int
	dead  bool
	calls []string
}

// theatre starts puppets.
type theatre struct {
	t      *testing.T
	mu     sync.Mutex
	shows  []*puppet
	lacks  string // commands that are not listed
	script func(p *puppet, name string, args []string) (string, error, bool)
	moves  []string // that are answered to genmove
	think  time.Duration
}

func (th *theatre) start(context.Context) (Program, error) {
	th.mu.Lock()
	defer th.mu.Unlock()
	p := &puppet{t: th.t, theat: th}
	th.shows = append(th.shows, p)
	return p, nil
}

func (th *theatre) count() int {
	th.mu.Lock()
	defer th.mu.Unlock()
	return len(th.shows)
}

func (p *puppet) Close() { p.dead = true }

var errGone = &gtp.CrashError{Program: "puppet", Command: "genmove", How: "signal: killed"}

func (p *puppet) Ask(ctx context.Context, within time.Duration, name string, args ...string) (string, error) {
	if p.dead {
		p.t.Errorf("a dead program was asked %s", name)
	}
	p.calls = append(p.calls, strings.TrimSpace(name+" "+strings.Join(args, " ")))
	th := p.theat
	th.mu.Lock()
	defer th.mu.Unlock()
	if th.script != nil {
		if text, err, done := th.script(p, name, args); done {
			return text, err
		}
	}
	refuse := func(why string) (string, error) {
		return "", &gtp.RefusedError{Program: "puppet", Command: name, Text: why}
	}
	switch name {
	case "protocol_version":
		return "2", nil
	case "name":
		return "Puppet", nil
	case "version":
		return "1", nil
	case "list_commands":
		var list []string
		for _, c := range strings.Fields("undo fixed_handicap set_free_handicap place_free_handicap final_status_list final_score time_settings time_left kgs-time_settings level") {
			if !strings.Contains(th.lacks, c) {
				list = append(list, c)
			}
		}
		return strings.Join(list, "\n"), nil
	case "boardsize":
		fmt.Sscan(args[0], &p.size)
	case "clear_board":
		p.g, _ = board.NewGame(board.Setup{Size: p.size})
	case "play":
		m, err := gtp.ParseMove(strings.Join(args, " "), p.size)
		if err != nil || p.g.Force(m) != nil {
			return refuse("illegal move")
		}
	case "undo":
		if !p.g.Undo() {
			return refuse("cannot undo")
		}
	case "fixed_handicap", "place_free_handicap":
		var n int
		fmt.Sscan(args[0], &n)
		ps := board.HandicapPoints(p.size, n)
		for _, at := range ps {
			if p.g.Force(board.Move{Color: board.Black, Point: at}) != nil {
				return refuse("board not empty")
			}
		}
		return gtp.FormatVertices(ps, p.size), nil
	case "set_free_handicap":
		for _, a := range args {
			at, err := gtp.ParseVertex(a, p.size)
			if err != nil || p.g.Force(board.Move{Color: board.Black, Point: at}) != nil {
				return refuse("no such stones")
			}
		}
	case "genmove":
		if th.think > 0 {
			select {
			case <-time.After(th.think):
			case <-ctx.Done():
				return "", context.Cause(ctx)
			}
			if th.think > within {
				return "", &gtp.HangError{Program: "puppet", Command: name, After: within}
			}
		}
		answer := "pass"
		if len(th.moves) > 0 {
			answer, th.moves = th.moves[0], th.moves[1:]
		}
		c, err := gtp.ParseColor(args[0])
		if err != nil {
			return refuse("no colour")
		}
		if choice, err := gtp.ParseChoice(answer, p.size); err == nil && !choice.Resign {
			_ = p.g.Force(board.Move{Color: c, Point: choice.Point})
		}
		return answer, nil
	case "final_status_list":
		return "", nil
	case "final_score":
		return "B+5.5", nil
	}
	return "", nil
}

func options(t *testing.T, th *theatre, size int) Options {
	r := rules(t, "japanese")
	return Options{Start: th.start, Setup: board.Setup{Size: size, Rules: r, Komi: 6.5}, You: "You", ID: 7}
}

func TestPlainGame(t *testing.T) {
	th := &theatre{t: t, moves: []string{"C3", "G7"}}
	tb := sit(t, options(t, th, 9))
	tb.until("the game", tb.myTurn)
	if tb.data.Players[1].Name != "Puppet 1" || tb.data.Players[0].Name != "You" {
		t.Error(tb.data.Players)
	}
	tb.playAt("E5")
	tb.until("C3", tb.myTurn)
	// A move that cannot be is refused, and one of an older game is not played.
	tb.ask(match.ReqMove, func(r *match.Request) { r.Move = board.Move{Color: board.Black, Point: at(t, "C3", 9)} })
	tb.until("a refusal", func() bool { return len(tb.refuse) == 1 })
	tb.ask(match.ReqMove, func(r *match.Request) { r.Epoch--; r.Move = board.Move{Color: board.Black, Point: at(t, "A1", 9)} })
	tb.until("a refusal", func() bool { return len(tb.refuse) == 2 })
	tb.playAt("D4")
	tb.until("G7", tb.myTurn)
	tb.play(board.Pass)
	tb.until("which are dead", func() bool { return tb.agreed[board.White] })
	tb.until("the count", func() bool { return tb.saying("Counted like this, it is") })
	if !tb.saying("Puppet 1 counts B+5.5") {
		t.Errorf("%q", tb.said)
	}
	tb.ask(match.ReqMark, func(r *match.Request) { r.Points, r.Dead = []board.Point{at(t, "C3", 9)}, true })
	tb.until("the mark", func() bool { return len(tb.dead) == 1 && tb.agreed[board.White] })
	if !tb.saying("what you mark is what counts") {
		t.Errorf("%q", tb.said)
	}
	tb.ask(match.ReqAcceptRemoval, func(r *match.Request) { r.Points = nil })
	tb.until("a refusal", func() bool { return len(tb.refuse) == 3 })
	tb.ask(match.ReqRejectRemoval, nil)
	tb.until("the game goes on", func() bool { return tb.phase == game.Playing && tb.epoch == 2 })
	tb.until("it passes", tb.myTurn)
	tb.play(board.Pass)
	tb.until("the dead again", func() bool { return tb.agreed[board.White] })
	tb.ask(match.ReqAcceptRemoval, func(r *match.Request) { r.Points = tb.dead })
	tb.until("the result", func() bool { return tb.result != nil })
	want := tb.g.Score(board.SetOf(tb.dead...)).Result()
	if got := tb.result.SGF(); got != want {
		t.Errorf("%v, want %v", got, want)
	}
	if th.count() != 1 {
		t.Errorf("%d programs were started", th.count())
	}
}

// TestAgreedAtOnce: whoever agrees before the program has said which stones are
// dead has agreed, if it marks none.
func TestAgreedAtOnce(t *testing.T) {
	th := &theatre{t: t, script: func(_ *puppet, name string, _ []string) (string, error, bool) {
		time.Sleep(map[bool]time.Duration{true: 100 * time.Millisecond}[name == "final_status_list"])
		return "", nil, false
	}}
	tb := sit(t, options(t, th, 9))
	tb.until("the game", tb.myTurn)
	tb.play(board.Pass)
	tb.until("both passed", func() bool { return tb.phase == game.StoneRemoval })
	tb.ask(match.ReqAcceptRemoval, nil)
	tb.until("the result", func() bool { return tb.result != nil })
	if tb.result.String() != "W+6.5" {
		t.Error(tb.result)
	}
}

// TestUndo takes back while it is my turn and while the program thinks; the
// program is brought into step.
func TestUndo(t *testing.T) {
	for _, lacks := range []string{"", "undo"} {
		synctest.Test(t, func(t *testing.T) {
			th := &theatre{t: t, moves: []string{"C3", "G7", "G3", "A9"}, lacks: lacks}
			tb := sit(t, options(t, th, 9))
			tb.until("the game", tb.myTurn)
			tb.ask(match.ReqUndo, nil)
			tb.until("nothing to take back", func() bool { return tb.saying("no move of yours") })
			tb.playAt("E5")
			tb.until("C3", tb.myTurn)
			tb.ask(match.ReqUndo, nil)
			tb.until("nothing", func() bool { return tb.g.MoveCount() == 0 })
			tb.playAt("D5")
			tb.until("G7", tb.myTurn)
			th.mu.Lock()
			th.think = time.Minute
			th.mu.Unlock()
			tb.playAt("D6")
			time.Sleep(10 * time.Second) // it thinks
			tb.ask(match.ReqUndo, nil)
			tb.until("my move is gone", func() bool { return tb.g.MoveCount() == 2 })
			tb.playAt("D7")
			tb.until("an answer", tb.myTurn)
			p := th.shows[0]
			if p.g.Position() != tb.g.Position() || !slices.Equal(p.g.Moves(), tb.g.Moves()) {
				t.Errorf("the program has\n%v\nand the record\n%v", p.g.Position(), tb.g.Position())
			}
			if m, _ := tb.g.LastMove(); m.Point != at(t, "A9", 9) {
				t.Error("what was thought of for a move that was taken back was played:", m)
			}
		})
	}
}

// TestFailures: whatever the program does, the record has my moves and only
// legal ones, and the game goes on with a program that is told it.
func TestFailures(t *testing.T) {
	for name, bad := range map[string]struct {
		script func(p *puppet) (string, error)
		says   string
	}{
		"crash":    {func(*puppet) (string, error) { return "", errGone }, "signal: killed"},
		"hang":     {func(*puppet) (string, error) { return "", &gtp.HangError{Program: "p", Command: "genmove", After: 1} }, "not answered"},
		"nonsense": {func(*puppet) (string, error) { return "", &gtp.NonsenseError{Program: "p", What: "prose"} }, "does not keep"},
		"no move":  {func(*puppet) (string, error) { return "Q16", nil }, `answers "Q16" when asked for a move`},
		"prose":    {func(*puppet) (string, error) { return "let me think", nil }, "and that is none"},
		"occupied": {func(*puppet) (string, error) { return "E5", nil }, "wants to play E5, which cannot be"},
		"refusal": {func(*puppet) (string, error) {
			return "", &gtp.RefusedError{Program: "p", Command: "genmove white", Text: "not now"}
		}, "not now"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				th := &theatre{t: t, moves: []string{"C3", "G7"}}
				fails := 2
				th.script = func(p *puppet, name string, args []string) (string, error, bool) {
					if name != "genmove" || fails == 0 {
						return "", nil, false
					}
					fails--
					text, err := bad.script(p)
					return text, err, true
				}
				tb := sit(t, options(t, th, 9))
				tb.until("the game", tb.myTurn)
				tb.playAt("E5")
				tb.until("C3", tb.myTurn)
				if !tb.saying(bad.says) || !tb.saying("The game is kept; in 1s the program is started again and told the 1 move so far") || !tb.saying("goes on with the game") {
					t.Errorf("%q", tb.said)
				}
				tb.playAt("D4")
				tb.until("G7", tb.myTurn)
				if th.count() != 3 {
					t.Errorf("%d programs were started", th.count())
				}
				if p := th.shows[2]; !slices.Equal(p.g.Moves(), tb.g.Moves()) {
					t.Errorf("the program has %v, the record %v", p.g.Moves(), tb.g.Moves())
				}
			})
		})
	}
}

// TestGivenUp: a program that fails always is left alone, with my move kept,
// until the game is asked for again.
func TestGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := true
		th := &theatre{t: t, moves: []string{"C3"}}
		th.script = func(_ *puppet, name string, _ []string) (string, error, bool) {
			return "", errGone, broken && name == "genmove"
		}
		o := options(t, th, 9)
		o.Again = "type resync"
		o.Time = Time{System: game.MainTime, Main: time.Hour}
		tb := sit(t, o)
		tb.until("the game", tb.myTurn)
		tb.playAt("E5")
		tb.until("it is given up", func() bool { return tb.saying("to have the program started once more, type resync") })
		if th.count() != attempts {
			t.Errorf("it was tried %d times", th.count())
		}
		time.Sleep(2 * time.Hour) // its clock stands still
		if tb.result != nil || tb.g.MoveCount() != 1 {
			t.Error(tb.result, tb.g.Moves())
		}
		th.mu.Lock()
		broken = false
		th.mu.Unlock()
		tb.ask(match.ReqResync, nil)
		tb.until("C3", func() bool { return tb.g.MoveCount() == 2 })
		if tb.g.Move(0).Point != at(t, "E5", 9) {
			t.Error(tb.g.Moves())
		}
	})
}

// TestUnusable: a program that cannot be used at all ends the game before it
// begins.
func TestUnusable(t *testing.T) {
	th := &theatre{t: t, script: func(_ *puppet, name string, _ []string) (string, error, bool) {
		return "", &gtp.RefusedError{Program: "p", Command: name, Text: "unacceptable size"}, name == "boardsize"
	}}
	for name, o := range map[string]Options{
		"size":  options(t, th, 25),
		"start": {Start: Command("/nowhere/at/all"), Setup: board.Setup{Size: 9}},
	} {
		o.Me = board.Black
		e, err := New(o)
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "there is no game with that program") {
			t.Error(name, err)
		}
		e.Do(match.Request{Kind: match.ReqResync}) // does not wait for ever
	}
	o := options(t, &theatre{t: t}, 9)
	o.Me, o.Strength = board.Black, "9d"
	e, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Run(t.Context()); !errors.Is(err, errStrength) {
		t.Error(err)
	}
}

func TestHandicaps(t *testing.T) {
	hoshi := func(size, n int) string { return gtp.FormatVertices(board.HandicapPoints(size, n), size) }
	for name, c := range map[string]struct {
		me    board.Color
		free  bool
		n     int
		lacks string
		mine  []string
		calls string // that must be among those of the program
	}{
		"fixed, mine":           {board.Black, false, 3, "", nil, "fixed_handicap 3"},
		"fixed, its":            {board.White, false, 2, "", nil, "fixed_handicap 2"},
		"fixed, not understood": {board.White, false, 2, "fixed_handicap", nil, "set_free_handicap " + hoshi(9, 2)},
		"fixed, none of both":   {board.White, false, 2, "fixed_handicap set_free_handicap", nil, "play black " + strings.Fields(hoshi(9, 2))[0]},
		"free, mine":            {board.Black, true, 2, "", []string{"E5", "C7"}, "set_free_handicap E5 C7"},
		"free, its":             {board.White, true, 4, "", nil, "place_free_handicap 4"},
		"free, move by move":    {board.White, true, 2, "place_free_handicap", nil, "genmove black"},
	} {
		t.Run(name, func(t *testing.T) {
			th := &theatre{t: t, lacks: c.lacks, moves: []string{"E3", "F7", "F3", "B2"}}
			o := options(t, th, 9)
			o.Me, o.Setup.Handicap, o.Setup.Rules.FreeHandicap = c.me, c.n, c.free
			tb := sit(t, o)
			tb.until("the game", func() bool { return tb.g != nil })
			for _, s := range c.mine {
				tb.playAt(s)
			}
			tb.until("my turn", tb.myTurn)
			tb.playAt("A1")
			tb.until("my turn again", tb.myTurn)
			p := th.shows[0]
			if !slices.ContainsFunc(p.calls, func(s string) bool { return strings.HasPrefix(s, c.calls) }) {
				t.Errorf("%q was not asked in %q", c.calls, p.calls)
			}
			if p.g.Position() != tb.g.Position() {
				t.Errorf("the program has\n%v\nand the record\n%v", p.g.Position(), tb.g.Position())
			}
			if n := tb.g.Position(); n.Stones(board.Black).Len() < c.n {
				t.Errorf("there are too few stones:\n%v", n)
			}
		})
	}
}
