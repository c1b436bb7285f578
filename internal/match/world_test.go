package match

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/reading"
)

// world is a board, a camera and a server that are not there, on a clock of
// their own.
type world struct {
	t   testing.TB
	rng *rand.Rand
	now time.Duration
	dt  time.Duration // between pictures

	// The board as it is, and how it looks.
	board   board.Position
	hand    board.PointSet // hidden points
	misread map[board.Point]reading.State
	flicker map[board.Point]reading.State // misread half of the time
	ghost   map[board.Point]reading.State // looks a little like it: a shadow, a gleam
	weak    map[board.Point]bool          // is read right, but hardly
	certain bool                          // all that is seen is seen for sure
	lock    reading.Lock
	bump    int
	motion  float64
	dark    bool          // the camera gives nothing
	late    time.Duration // how long it takes to read a picture
	camErr  error
	noise   float64 // share of points of each reading that are plainly wrong
	frame   int
	reading []Input // pictures that are being read
	before  []reading.State

	srv     *server
	opt     Options
	ref     arbiter
	relay   *Relay // it is one, and there is no server
	journal []Entry
	kill    int // >0: the program dies at the kill-th chance (entries kept, requests sent)
	killed  int // how often it died
	events  []Event
	decided []Decision
	quit    bool
	tap     func(Input)
}

// arbiter is a referee or a relay.
type arbiter interface {
	Step(Input) Output
	Snapshot() *Snapshot
}

// server is the other end: a record, and a line that may fail.
type server struct {
	w       *world
	game    *board.Game
	data    game.Data
	phase   game.Phase
	undo    *game.Undo
	online  bool
	epoch   int
	line    []delivery
	arrive  []arrival
	latency time.Duration

	swallowAck, swallowEcho, swallowMove int // how many of the next ones to swallow
	refuse                               int // how many of the next moves to refuse
	slow                                 time.Duration
	moves                                int // requests for moves that arrived
	dead                                 []board.Point
	paused                               *game.Pause
	result                               *game.Result
	log                                  []RequestKind
}

type delivery struct {
	at time.Duration
	e  game.Event
}

type arrival struct {
	at time.Duration
	q  Request
}

func newWorld(t testing.TB, size int, me board.Color) *world {
	rules, _ := board.ParseRules("japanese")
	return newWorldOf(t, board.Setup{Size: size, Rules: rules, Komi: 6.5}, me)
}

func newWorldOf(t testing.TB, setup board.Setup, me board.Color) *world {
	t.Helper()
	g, err := board.NewGame(setup)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, rng: rand.New(rand.NewPCG(1, 2)), dt: 100 * time.Millisecond, board: board.NewPosition(setup.Size),
		misread: map[board.Point]reading.State{}, flicker: map[board.Point]reading.State{}, ghost: map[board.Point]reading.State{}, weak: map[board.Point]bool{}, lock: reading.Locked}
	w.srv = &server{w: w, game: g, phase: game.Playing, latency: 40 * time.Millisecond,
		data: game.Data{ID: 7, Setup: setup, Me: me, Players: [2]game.Player{{ID: 1, Name: "Anna", Rank: "3k"}, {ID: 2, Name: "Bo", Rank: "2k"}}}}
	w.start()
	return w
}

// start starts the program, for the first time or again after a crash.
func (w *world) start() {
	if w.relay != nil {
		w.ref = w.relay
		return
	}
	o := w.opt
	o.Journal = slices.Clone(w.journal)
	w.ref = New(o)
	w.srv.connect()
}

func (s *server) connect() {
	s.online = true
	s.line = nil
	s.push(game.Connected{})
	s.sendData()
}

func (s *server) disconnect() {
	s.online = false
	s.line = []delivery{{s.w.now, game.Disconnected{Reason: "the line is dead"}}}
}

func (s *server) push(e game.Event) {
	at := s.w.now + s.latency
	if n := len(s.line); n > 0 {
		at = max(at, s.line[n-1].at)
	}
	s.line = append(s.line, delivery{at, e})
}

func (s *server) sendData() {
	s.epoch++
	d := s.data
	d.Epoch = s.epoch
	d.Moves = s.game.Moves()
	d.Phase, d.Paused, d.Dead, d.Result = s.phase, s.paused, s.dead, s.result
	d.ToMove = s.game.ToMove()
	if s.undo != nil {
		d.Undo = s.undo
	}
	s.push(d)
}

// do takes a request from the program.
func (s *server) do(q Request) {
	s.log = append(s.log, q.Kind)
	switch {
	case q.Kind == ReqResync && s.online:
		s.sendData()
		return
	case q.Kind == ReqResync:
		return
	case !s.online || q.Epoch != s.epoch:
		s.push(game.Refused{Ref: q.Ref, Unsent: true, Message: "not connected"})
		return
	}
	s.arrive = append(s.arrive, arrival{s.w.now + s.latency + s.slow, q})
}

// play puts a move of the opponent into the record.
func (s *server) play(m board.Move) {
	s.w.t.Helper()
	if err := s.game.Play(m); err != nil {
		s.w.t.Fatal(err)
	}
	s.echo(m)
}

func (s *server) echo(m board.Move) {
	s.undo = nil
	if s.game.Ended() && s.phase == game.Playing {
		s.phase = game.StoneRemoval
		s.push(game.PhaseChanged{Phase: game.StoneRemoval})
	}
	s.push(game.ClockChanged{ToMove: s.game.ToMove()})
	if s.swallowEcho > 0 && m.Color == s.data.Me {
		s.swallowEcho--
		return
	}
	s.push(game.Played{Number: s.game.MoveCount(), Move: m})
}

func (s *server) handle(q Request) {
	switch q.Kind {
	case ReqMove:
		s.moves++
		if s.swallowMove > 0 {
			s.swallowMove--
			return
		}
		if s.refuse > 0 {
			s.refuse--
			s.push(game.Refused{Ref: q.Ref, Message: "no"})
			return
		}
		if s.phase != game.Playing || s.paused != nil || s.game.Play(q.Move) != nil {
			s.push(game.Refused{Ref: q.Ref, Message: "illegal move"})
			return
		}
		if s.swallowAck > 0 {
			s.swallowAck--
		} else {
			s.push(game.Acknowledged{Ref: q.Ref})
		}
		s.echo(q.Move)
	case ReqResign:
		s.phase = game.Over
		s.result = &game.Result{Winner: s.data.Me.Opponent(), By: board.ByResignation, Words: "Resignation"}
		s.push(game.PhaseChanged{Phase: game.Over})
		s.push(game.Finished{Result: *s.result})
	case ReqUndo:
		s.undo = &game.Undo{By: s.data.Me, Number: s.game.MoveCount(), Count: 1}
		s.push(game.UndoRequested{Undo: *s.undo})
	case ReqCancelUndo:
		s.undo = nil
		s.push(game.UndoCanceled{})
	case ReqAcceptUndo:
		s.takeBack()
	case ReqPause:
		s.paused = &game.Pause{By: s.data.Me}
		s.push(game.PauseChanged{Pause: s.paused})
	case ReqResume:
		s.paused = nil
		s.push(game.PauseChanged{})
	case ReqMark:
		for _, p := range q.Points {
			s.dead = slices.DeleteFunc(slices.Clone(s.dead), func(d board.Point) bool { return d == p })
			if q.Dead {
				s.dead = append(s.dead, p)
			}
		}
		s.push(game.RemovalChanged{Dead: slices.Clone(s.dead)})
	case ReqAcceptRemoval:
		s.push(game.RemovalAccepted{By: s.data.Me})
		s.phase = game.Over
		s.result = &game.Result{Winner: board.Black, Points: 3.5, Words: "3.5 points"}
		s.push(game.RemovalAccepted{})
		s.push(game.Finished{Result: *s.result})
	case ReqRejectRemoval:
		s.phase = game.Playing
		s.game.Resume(board.Black)
		s.push(game.PhaseChanged{Phase: game.Playing})
	}
}

// takeBack undoes the moves of the open request.
func (s *server) takeBack() {
	if s.undo == nil {
		return
	}
	n := max(1, s.undo.Count)
	for range n {
		s.game.Undo()
	}
	s.undo = nil
	s.push(game.UndoAccepted{Number: s.game.MoveCount(), Count: n})
	s.push(game.ClockChanged{ToMove: s.game.ToMove()})
}

// step lets one picture's time pass.
func (w *world) step() {
	w.now += w.dt
	s := w.srv
	for len(s.arrive) > 0 && s.arrive[0].at <= w.now {
		q := s.arrive[0].q
		s.arrive = s.arrive[1:]
		s.handle(q)
	}
	for len(s.line) > 0 && s.line[0].at <= w.now {
		e := s.line[0].e
		s.line = s.line[1:]
		w.feed(Input{At: w.now, Server: e})
	}
	switch {
	case w.camErr != nil:
		w.feed(Input{At: w.now, Look: &Look{Err: w.camErr}})
	case w.dark:
		w.feed(Input{At: w.now})
	case w.late > 0:
		l := &Look{Reading: w.look()}
		at := w.now
		w.reading = append(w.reading, Input{At: at, Look: l})
		w.feed(Input{At: w.now})
		for len(w.reading) > 0 && w.reading[0].At+w.late <= w.now {
			in := w.reading[0]
			w.reading = w.reading[1:]
			w.feed(in)
		}
	default:
		w.feed(Input{At: w.now, Look: &Look{Reading: w.look()}})
	}
}

func (w *world) run(d time.Duration) {
	for end := w.now + d; w.now < end; {
		w.step()
	}
}

// feed hands an input to the referee and does as it says, or dies on the way.
func (w *world) feed(in Input) {
	if w.tap != nil {
		w.tap(in)
	}
	out := w.ref.Step(in)
	w.events = append(w.events, out.Events...)
	w.decided = append(w.decided, out.Decisions...)
	w.quit = w.quit || out.Quit
	for _, e := range out.Entries {
		if w.dies() {
			return
		}
		w.journal = append(w.journal, e)
	}
	for _, q := range out.Requests {
		if w.dies() {
			return
		}
		w.srv.do(q)
	}
	if len(out.Entries)+len(out.Requests) > 0 {
		w.dies()
	}
}

func (w *world) dies() bool {
	if w.kill == 0 {
		return false
	}
	w.kill--
	if w.kill > 0 {
		return false
	}
	w.killed++
	w.start()
	return true
}

func (w *world) do(k CommandKind, ps ...board.Point) {
	w.feed(Input{At: w.now, Command: &Command{Kind: k, Points: ps}})
}

// look makes a reading of the board as it is.
func (w *world) look() *reading.Reading {
	n := w.board.Size()
	r := &reading.Reading{Frame: w.frame, Time: w.now, Size: n, Lock: w.lock, Bump: w.bump, Motion: w.motion}
	w.frame++
	if w.lock == reading.Lost {
		return r
	}
	r.Points = make([]reading.Evidence, n*n)
	now := make([]reading.State, n*n)
	changed := 0
	for i := range r.Points {
		p := board.Point{X: int8(i % n), Y: int8(i / n)}
		s := reading.State(w.board.At(p))
		if m, ok := w.misread[p]; ok {
			s = m
		}
		if m, ok := w.flicker[p]; ok && w.rng.IntN(2) == 0 {
			s = m
		}
		if w.hand.Has(p) {
			s = reading.Covered
		}
		if w.noise > 0 && w.rng.Float64() < w.noise {
			s = reading.State(w.rng.IntN(int(reading.States)))
		}
		var ll [reading.States]float64
		for o := range ll {
			if reading.State(o) != s {
				ll[o] = -(3 + 6*w.rng.Float64())
				if w.certain {
					ll[o] = -9
				}
			}
		}
		if w.weak[p] {
			for o := range ll {
				ll[o] /= 6
			}
		}
		if m, ok := w.ghost[p]; ok && s == reading.Empty {
			s = m
			for o := range ll {
				ll[o] = -(3 + 6*w.rng.Float64())
			}
			ll[s], ll[reading.Empty] = 0, -4*w.rng.Float64()
		}
		r.Points[i] = reading.NewEvidence(ll)
		now[i] = s
		if w.before != nil && w.before[i] != s {
			changed++
		}
	}
	w.before = now
	if w.motion == 0 {
		r.Motion = float64(changed) / float64(n*n)
	}
	return r
}

// ---- What people do ----

// reach lays a hand over p, the arm coming from the bottom edge.
func (w *world) reach(p board.Point) {
	n := int8(w.board.Size())
	w.hand = board.PointSet{}
	for y := p.Y - 1; y < n; y++ {
		for x := p.X - 1; x <= p.X+1; x++ {
			if q := (board.Point{X: x, Y: y}); q.On(int(n)) {
				w.hand.Add(q)
			}
		}
	}
}

func (w *world) away() { w.hand = board.PointSet{} }

// put sets a stone down on p and takes the hand away; lifted stones go with it.
func (w *world) put(p board.Point, c board.Color, lift ...board.Point) {
	w.reach(p)
	w.run(500 * time.Millisecond)
	w.board.Set(p, c)
	w.run(200 * time.Millisecond)
	for _, l := range lift {
		w.reach(l)
		w.run(200 * time.Millisecond)
		w.board.Set(l, board.Empty)
	}
	w.away()
	w.step()
}

// take takes the stone at p off.
func (w *world) take(p board.Point) { w.put(p, board.Empty) }

func (w *world) pt(s string) board.Point {
	w.t.Helper()
	p, err := board.ParseGTP(s, w.board.Size())
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

func (w *world) wantState(want State) {
	w.t.Helper()
	if s := w.ref.Snapshot(); s.State != want {
		w.t.Fatalf("at %v: state %s (%s), want %s\n%s", w.now, s.State, s.Text, want, w.story())
	}
}

// wantMoves checks the server's record.
func (w *world) wantMoves(names ...string) {
	w.t.Helper()
	var got []string
	for _, m := range w.srv.game.Moves() {
		got = append(got, m.Point.GTP(w.board.Size()))
	}
	if !slices.Equal(got, names) {
		w.t.Fatalf("at %v: the record is %v, want %v\n%s", w.now, got, names, w.story())
	}
}

// story lists what was told, for a failing test.
func (w *world) story() string {
	s := ""
	for _, e := range w.events {
		s += fmt.Sprintf("  %7.2fs %-9s %-16s %s\n", e.At.Seconds(), e.Kind, e.State, e.Text)
	}
	return s
}
