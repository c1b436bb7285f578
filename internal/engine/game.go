package engine

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/gtp"
	"github.com/gobancam/gobancam/internal/match"
)

// Options are how a game is played against a program.
type Options struct {
	// Start starts the program, at first and again; it ends with the context.
	Start func(context.Context) (Program, error)
	Setup board.Setup
	Moves []board.Move // that were played already, of a game that goes on
	Me    board.Color
	You   string // my name
	ID    int64  // of the game, for recordings
	Time  Time   // of each player
	// Times are the clocks of a game that goes on, whose Time counts then; nil
	// begins anew.
	Times *Times
	// Strength is how strong the program is to play, in its own terms; ""
	// leaves it alone.
	Strength string
	// Think is the longest that a program may take for a move without a clock;
	// 0 is five minutes. With one, that is its time.
	Think time.Duration
	// Again says what the user can do to have a program started again that was
	// given up: "type resync".
	Again string
}

const (
	thinking = 5 * time.Minute
	beats    = time.Second     // the clocks are told
	attempts = 5               // in a row without anything done, then it is waited for the user
	backoff  = time.Second     // before the first of them; twice that before each other
	mostKomi = 1000            // or it is a slip
	slack    = 2 * time.Second // that the limit for a move is later than the flag's fall
)

// Game lets a referee play against a program: it implements match.Server.
type Game struct {
	opt    Options
	asked  chan match.Request
	events chan game.Event
	done   chan struct{} // closed when Run has returned

	// Of Run's goroutine alone.
	waiting []game.Event // for the referee to take
	game    *board.Game
	name    string // of the program
	phase   game.Phase
	epoch   int
	result  *game.Result
	paused  bool

	dead    []board.Point
	marked  bool     // by the player
	verdict *Verdict // of the program; nil before it was asked
	agreed  [2]bool

	clocks  [2]clock
	running board.Color // whose clock runs
	since   time.Time   // when it was counted last
	told    game.ClockChanged

	job     *job // whose outcome is wanted
	next    *job // the same, until the driver has taken it
	anew    bool // the program is to be ended before the next one
	failed  int  // attempts in a row
	pausing bool // before the next attempt
	retry   *time.Timer
	gaveUp  bool
	begun   bool // a move was made here, since when the clocks run

	mu    sync.Mutex
	after map[int]clock // of whoever played it, after a move of the record
	left  *[2]clock     // of a game that was left
}

// job is one thing to be done by the program.
type job struct {
	kind   jobKind
	ctx    context.Context // ends with the program
	stop   context.CancelFunc
	anew   bool // it is ended and started again first
	plan   plan
	color  board.Color
	left   [2]Left
	within time.Duration

	// What came of it.
	choice  gtp.Choice
	points  []board.Point
	verdict Verdict
	name    string
	err     error
}

type jobKind uint8

const (
	jobBegin jobKind = iota
	jobMove
	jobPlace
	jobJudge
)

// New makes a game; its error is about the setup or the moves.
func New(o Options) (*Game, error) {
	g, err := board.NewGame(o.Setup)
	if err != nil {
		return nil, err
	}
	for i, m := range o.Moves {
		if err := g.Force(m); err != nil {
			return nil, fmt.Errorf("move %d: %w", i+1, err)
		}
	}
	if k := o.Setup.Komi; math.IsNaN(k) || math.Abs(k) > mostKomi {
		return nil, fmt.Errorf("the komi is %v; it is at most %d", k, mostKomi)
	}
	if o.Me != board.Black && o.Me != board.White {
		return nil, errors.New("whoever plays against a program has black or white")
	}
	if o.Think == 0 {
		o.Think = thinking
	}
	if o.Times != nil {
		o.Time = o.Times.Time
	}
	e := &Game{opt: o, game: g, phase: game.Playing,
		asked: make(chan match.Request, 16), events: make(chan game.Event, 64), done: make(chan struct{}),
		clocks: [2]clock{newClock(o.Time), newClock(o.Time)}, after: map[int]clock{}}
	if o.Times != nil {
		e.clocks = o.Times.left
	}
	if g.Ended() {
		e.phase = game.StoneRemoval
	}
	return e, nil
}

// Events implements match.Server. The channel is closed when Run's context has
// ended; after a program that cannot be used Run's error says more than the end
// of a connection would.
func (e *Game) Events() <-chan game.Event { return e.events }

// Do implements match.Server: Run takes requests even while nobody takes its
// events.
func (e *Game) Do(r match.Request) {
	select {
	case e.asked <- r:
	case <-e.done:
	}
}

// Run plays until ctx ends. It is called once, and none of its goroutines
// outlives it. Its error is that of a program that cannot be used at all: which
// does not start, or does not play such a game.
func (e *Game) Run(ctx context.Context) error {
	defer close(e.done)
	outer := ctx
	defer func() {
		if outer.Err() != nil {
			close(e.events)
		}
	}()
	ctx, stop := context.WithCancel(ctx)
	jobs, results := make(chan *job), make(chan *job)
	says := make(chan string)
	d := &driver{start: func() (Program, error) { return e.opt.Start(ctx) }, strength: e.opt.Strength, time: e.opt.Time, say: func(s string) {
		select {
		case says <- s:
		case <-ctx.Done():
		}
	}}
	var worker sync.WaitGroup
	worker.Go(func() { d.work(ctx, jobs, results) })
	defer func() { stop(); worker.Wait() }()
	defer e.leave()

	e.retry = time.NewTimer(time.Hour)
	e.retry.Stop()
	defer e.retry.Stop()
	beat := time.NewTicker(beats)
	defer beat.Stop()
	flag := time.NewTimer(time.Hour)
	defer flag.Stop()
	e.say("The program is being started.")
	e.newJob(ctx, jobBegin)
	for {
		e.count(time.Now())
		if left := e.untilFall(); left >= 0 {
			flag.Reset(left)
		} else {
			flag.Stop()
		}
		var first game.Event
		var events chan<- game.Event
		if len(e.waiting) > 0 {
			first, events = e.waiting[0], e.events
		}
		var todo chan<- *job
		if e.next != nil {
			todo = jobs
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case events <- first:
			e.waiting = e.waiting[1:]
		case r := <-e.asked:
			e.count(time.Now())
			if refused := e.do(r); refused != nil {
				e.tell(game.Refused{Ref: r.Ref, Message: refused.Error(), Unsent: true})
			}
		case todo <- e.next:
			e.next = nil
		case j := <-results:
			j.stop()
			e.count(time.Now())
			if err := e.take(j); err != nil {
				return err
			}
		case s := <-says:
			e.say("%s", s)
		case <-e.retry.C:
			e.pausing = false
		case <-beat.C:
			e.tellClocks()
		case <-flag.C:
		}
		e.due(ctx)
	}
}

func (e *Game) newJob(ctx context.Context, kind jobKind) {
	j := &job{kind: kind, anew: e.anew, plan: planOf(e.game), color: e.engine(), within: e.opt.Think}
	j.ctx, j.stop = context.WithCancel(ctx)
	for i := range e.clocks {
		j.left[i] = e.clocks[i].gtp()
	}
	if left := e.clocks[e.engine()-board.Black].left(); left >= 0 {
		j.within = left + slack
	}
	e.job, e.next, e.anew = j, j, false
}

// due begins the next job, if there is something for the program to do now.
func (e *Game) due(ctx context.Context) {
	switch {
	case e.job != nil || e.epoch == 0 || e.result != nil || e.gaveUp || e.pausing:
	case e.phase == game.StoneRemoval && e.verdict == nil:
		e.newJob(ctx, jobJudge)
	case e.phase != game.Playing || e.paused || e.game.ToMove() != e.engine():
	case e.game.HandicapLeft() > 0:
		e.newJob(ctx, jobPlace)
	default:
		e.newJob(ctx, jobMove)
	}
}

// drop forgets the job that is on. What the program answers is undone when it is
// brought into step the next time; over says that there will be no next time.
func (e *Game) drop(over bool) {
	if e.job != nil && (over || e.next != nil) {
		e.job.stop()
	}
	e.job, e.next = nil, nil
	e.failed, e.pausing, e.gaveUp = 0, false, false
}

func (e *Game) engine() board.Color { return e.opt.Me.Opponent() }

// tell queues an event for the referee.
func (e *Game) tell(ev game.Event) { e.waiting = append(e.waiting, ev) }

// say tells a sentence.
func (e *Game) say(format string, args ...any) {
	e.tell(game.Said{Text: fmt.Sprintf(format, args...)})
}

// tellGame tells the whole game.
func (e *Game) tellGame() {
	e.epoch++
	d := game.Data{Epoch: e.epoch, ID: e.opt.ID, Name: "a game with " + e.name, Setup: e.game.Setup(), Moves: e.game.Moves(),
		Phase: e.phase, Me: e.opt.Me, ToMove: e.game.ToMove(), Dead: slices.Clone(e.dead), Result: e.result}
	d.Players[e.opt.Me-board.Black] = game.Player{ID: 1, Name: e.opt.You}
	d.Players[e.engine()-board.Black] = game.Player{ID: 2, Name: e.name}
	if e.paused {
		d.Paused = &game.Pause{By: e.opt.Me, Why: "paused"}
	}
	e.tell(game.Connected{})
	e.tell(d)
	if e.phase == game.StoneRemoval && e.agreed[e.engine()-board.Black] {
		e.tell(game.RemovalAccepted{By: e.engine()})
	}
	e.told = game.ClockChanged{}
	e.tellClocks()
}
