// Package gtpboard makes an engine of the person at a real board: what a
// controller commands in the Go Text Protocol becomes the game of a server that
// the referee plays at (match.Server), and what the referee sends becomes the
// answer to genmove.
//
// The controller is right about the game. The referee sees to it that the board
// follows, and says what the person played; nothing else is ever answered.
package gtpboard

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/gtp"
	"github.com/gobancam/gobancam/internal/match"
)

// settles is how long a controller must be silent after it set up a game until
// the person is asked to set up the board: it sends several commands for that.
const settles = 500 * time.Millisecond

// beats is how often a running clock is told.
const beats = time.Second

// Table is what a seat needs for a game.
type Table struct {
	Server match.Server
	Record func() Record // the game as it is now; from any goroutine
	ID     int64
	Size   int
}

// Record is a game as the controller has it. It is immutable.
type Record struct {
	ID      int64
	Game    *board.Game
	Players [2]game.Player // black, white
	Result  *game.Result   // nil while there is none
}

// Options are how an engine is run. Sit and Keep are needed.
type Options struct {
	// Sit plays a game at the board, with a referee of its own, until ctx ends,
	// the game is over, or the person leaves. It is called for one game at a
	// time.
	Sit func(ctx context.Context, t Table) error
	// Keep is given the game after each change, from one goroutine. It must not
	// block.
	Keep func(Record)
	// Size is the only one that the board has; 0 for any.
	Size  int
	Rules board.Rules // until kgs-rules says others
	// Answers says that the person can agree to something: there is a window,
	// or a pipe that is listened to. Without it no dead stones are asked about.
	Answers bool
	// Me and Other are the names of the person and of the other side.
	Me, Other string
	Now       func() time.Time // nil: time.Now
}

// Engine is a person at a board as an engine. Run owns the game; the handlers of
// commands and the referee talk to its goroutine.
type Engine struct {
	opt   Options
	calls chan func()
	asked chan order
	done  chan struct{} // closed when Run has returned

	// Of Run's goroutine alone.
	ctx     context.Context
	id      int64
	game    *board.Game
	groups  []int       // how many moves of the record each move of the controller is
	me      board.Color // the person's; Empty while it is not known, or for both
	both    bool        // genmove was asked for both colours
	clocks  [2]clock
	told    [2]game.Clock
	result  *game.Result
	sitting *sitting
	due     <-chan time.Time // when the person is to be asked to set up
	want    *wanted          // what is waited for
	resigns board.Color      // the person has resigned as this colour, unasked
	dead    []board.Point
	agreed  bool // on the dead stones, in this position
	beat    *time.Ticker
}

// order is a request of a referee.
type order struct {
	from *sitting
	match.Request
}

// wanted is what a command waits for.
type wanted struct {
	color    board.Color // to move
	handicap int         // stones to be placed in one command; 0 for a move
	dead     bool        // the dead stones, instead
	late     error       // why nobody can wait any more; what is asked for is checked all the same
	answer   chan answer // of one place
}

type answer struct {
	text string
	err  error
}

// The errors of commands; their texts are the specification's where it has one.
var (
	errIllegal  = errors.New("illegal move")
	errSize     = errors.New("unacceptable size")
	errUndo     = errors.New("cannot undo")
	errNotEmpty = errors.New("board not empty")
	errStones   = errors.New("invalid number of stones")
	errVertices = errors.New("bad vertex list")
	errFile     = errors.New("cannot load file")
	errScore    = errors.New("cannot score")
	errClosed   = errors.New("the engine has ended")
	errLeft     = errors.New("the person has left the board")
	errPlaysOn  = errors.New("cannot score: the person wants to play on")
	errOther    = errors.New("interrupted: another game begins")
)

// New returns an engine with an empty board of 19 lines, or of the only size
// there is.
func New(o Options) *Engine {
	if o.Now == nil {
		o.Now = time.Now
	}
	e := &Engine{opt: o, calls: make(chan func()), asked: make(chan order), done: make(chan struct{})}
	size := o.Size
	if size == 0 {
		size = 19
	}
	g, err := board.NewGame(board.Setup{Size: size, Rules: o.Rules, Komi: o.Rules.Komi})
	if err != nil {
		panic(err) // the size is the program's own
	}
	e.game, e.id = g, o.Now().UnixMilli()
	return e
}

// Run is the engine until ctx ends. It is called once.
func (e *Engine) Run(ctx context.Context) error {
	defer close(e.done)
	e.ctx = ctx
	e.beat = time.NewTicker(beats)
	defer e.beat.Stop()
	defer e.rise()
	for {
		var first game.Event
		var events chan<- game.Event
		var over <-chan struct{}
		if s := e.sitting; s != nil {
			over = s.done
			if len(s.waiting) > 0 {
				first, events = s.waiting[0], s.events
			}
		}
		select {
		case <-ctx.Done():
			e.give(answer{err: context.Cause(ctx)})
			return ctx.Err()
		case f := <-e.calls:
			f()
		case events <- first:
			e.sitting.waiting = e.sitting.waiting[1:]
		case o := <-e.asked:
			if o.from == e.sitting {
				e.obey(o.Request)
			}
		case <-over:
			e.left()
		case <-e.due:
			e.due = nil
			e.sit()
		case <-e.beat.C:
			e.tellClocks(false)
		}
	}
}

// call has f run by Run's goroutine.
func (e *Engine) call(f func() error) error {
	result := make(chan error, 1)
	select {
	case e.calls <- func() { result <- f() }:
		return <-result
	case <-e.done:
		return errClosed
	}
}

// wait has w waited for, once begin has prepared that, until it comes or ctx
// ends.
func (e *Engine) wait(ctx context.Context, w *wanted, begin func() error) (string, error) {
	w.answer, w.late = make(chan answer, 1), context.Cause(ctx)
	if err := e.call(begin); err != nil {
		return "", err
	}
	select {
	case a := <-w.answer:
		return a.text, a.err
	case <-ctx.Done():
	case <-e.done:
	}
	_ = e.call(func() error { // what has ended waits for nothing
		if e.want == w {
			e.withdraw()
		}
		return nil
	})
	select {
	case a := <-w.answer: // it came at the last moment: it stands in the record
		return a.text, a.err
	default:
	}
	if err := context.Cause(ctx); err != nil {
		return "", err
	}
	return "", errClosed
}

// give answers the command that waits, if one does.
func (e *Engine) give(a answer) {
	if e.want == nil {
		return
	}
	e.want.answer <- a
	e.want = nil
}

// Handlers adds the commands of a board to a server of the protocol.
func (e *Engine) Handlers(s *gtp.Server) {
	plain := func(name string, args int, f func(args []string) (string, error)) {
		s.Handle(name, func(_ context.Context, got []string) (text string, err error) {
			if args >= 0 && len(got) < args {
				return "", gtp.ErrBadArguments
			}
			callErr := e.call(func() error { text, err = f(got); return nil })
			return text, errors.Join(callErr, err)
		})
	}
	plain("boardsize", 1, e.boardsize)
	plain("clear_board", 0, func([]string) (string, error) { return "", e.clear(e.game.Size()) })
	plain("komi", 1, e.komi)
	plain("play", 2, e.play)
	plain("undo", 0, func([]string) (string, error) { return "", e.undo(1) })
	plain("gg-undo", -1, e.undoSome)
	plain("fixed_handicap", 1, e.fixedHandicap)
	plain("set_free_handicap", 1, e.setFreeHandicap)
	plain("showboard", 0, func([]string) (string, error) { return e.showboard(), nil })
	plain("query_boardsize", 0, func([]string) (string, error) { return itoa(e.game.Size()), nil })
	plain("get_komi", 0, func([]string) (string, error) { return formatKomi(e.game.Setup().Komi), nil })
	plain("time_settings", 3, e.timeSettings)
	plain("kgs-time_settings", 1, e.kgsTimeSettings)
	plain("time_left", 3, e.timeLeft)
	plain("kgs-rules", 1, e.rules)
	plain("kgs-game_over", 0, func([]string) (string, error) { e.gameOver(); return "", nil })
	s.Handle("loadsgf", func(_ context.Context, args []string) (string, error) { return e.loadSGF(args) })
	s.Handle("genmove", e.genmove)
	s.Handle("place_free_handicap", e.placeFreeHandicap)
	s.Handle("final_score", e.finalScore)
	s.Handle("final_status_list", e.finalStatusList)
}

// players are the names of both sides.
func (e *Engine) players() [2]game.Player {
	me, other := game.Player{Name: e.opt.Me}, game.Player{Name: e.opt.Other}
	switch {
	case e.both:
		return [2]game.Player{me, me}
	case e.me == board.Black:
		return [2]game.Player{me, other}
	case e.me == board.White:
		return [2]game.Player{other, me}
	}
	return [2]game.Player{}
}

// record is the game for whoever keeps it.
func (e *Engine) record() Record {
	return Record{ID: e.id, Game: e.game.Clone(), Players: e.players(), Result: e.result}
}

// changed has the game kept, before anybody is told of it.
func (e *Engine) changed() {
	e.dead, e.agreed = nil, false
	e.keep()
}

func (e *Engine) keep() {
	r := e.record()
	if s := e.sitting; s != nil {
		s.record.Store(&r)
	}
	e.opt.Keep(r)
}

// showboard draws the position.
func (e *Engine) showboard() string {
	pos := e.game.Position()
	n := pos.Size()
	var b strings.Builder
	letters := func() {
		b.WriteString("\n  ")
		for x := range n {
			b.WriteString(" " + strings.TrimRight(board.Point{X: int8(x), Y: int8(n - 1)}.GTP(n), "0123456789"))
		}
	}
	stars := board.SetOf(board.Hoshi(n)...)
	letters()
	for y := range n {
		row := itoa(n - y)
		b.WriteString("\n" + strings.Repeat(" ", 2-len(row)) + row)
		for x := range n {
			p := board.Point{X: int8(x), Y: int8(y)}
			sign := map[board.Color]string{board.Empty: ".", board.Black: "X", board.White: "O"}[pos.At(p)]
			if sign == "." && stars.Has(p) {
				sign = "+"
			}
			b.WriteString(" " + sign)
		}
		b.WriteString(" " + row)
	}
	letters()
	b.WriteString("\nBlack (X) has captured " + itoa(e.game.Captures(board.Black)) + ", White (O) " + itoa(e.game.Captures(board.White)) + ".")
	return b.String()
}
