package demoboard

import (
	"container/heap"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/live"
)

const me, somebody = 7, 8

// player makes a random game with corrections.
type player struct {
	r     *rand.Rand
	head  live.Head
	game  *board.Game
	steps []live.Step
	over  string
}

func newPlayer(r *rand.Rand) *player {
	size := []int{5, 9, 19}[r.IntN(3)]
	p := &player{r: r, head: live.Head{ID: "1", Size: size, Komi: 6.5, Rules: "japanese", First: board.Black}}
	p.game, _ = board.NewGame(board.Setup{Size: size, Rules: board.Rules{Name: "japanese"}})
	if size > 5 && r.IntN(2) == 0 {
		p.head.Black, p.head.First = board.HandicapPoints(size, 2+r.IntN(3)), board.White
		pos := p.game.Position()
		for _, b := range p.head.Black {
			pos.Set(b, board.Black)
		}
		if err := p.game.Edit(pos, board.White, ""); err != nil {
			panic(err)
		}
	}
	return p
}

func (p *player) point() board.Point {
	return board.Point{X: int8(p.r.IntN(p.head.Size)), Y: int8(p.r.IntN(p.head.Size))}
}

// change changes the game somehow.
func (p *player) change() {
	switch p.over = ""; p.r.IntN(12) {
	case 0: // taken back
		for range 1 + p.r.IntN(4) {
			p.back()
		}
	case 1: // another stone than was written down
		p.back()
		p.play()
	case 2:
		p.edit()
	case 3:
		if n := len(p.steps); n > 0 {
			i := n - 1 - p.r.IntN(min(n, 3))
			p.steps = append([]live.Step(nil), p.steps...)
			p.steps[i].Note = []string{"", "It is not sure.", "Nobody saw it."}[p.r.IntN(3)]
		}
	case 4:
		p.step(board.Move{Color: p.game.ToMove(), Point: board.Pass})
	case 5:
		p.over = "B+R"
	default:
		p.play()
	}
}

func (p *player) back() {
	if len(p.steps) > 0 && p.game.Undo() {
		p.steps = p.steps[: len(p.steps)-1 : len(p.steps)-1]
	}
}

func (p *player) step(m board.Move) {
	if p.game.Play(m) != nil {
		return
	}
	p.steps = append(p.steps[:len(p.steps):len(p.steps)], live.Step{Color: m.Color, Point: m.Point, Taken: p.game.LastCaptured().Points()})
}

func (p *player) play() {
	for range 30 {
		if m := (board.Move{Color: p.game.ToMove(), Point: p.point()}); p.game.Legal(m) {
			p.step(m)
			return
		}
	}
}

func (p *player) edit() {
	pos := p.game.Position()
	for range 1 + p.r.IntN(4) {
		pos.Set(p.point(), board.Color(p.r.IntN(3)))
	}
	if pos == p.game.Position() || p.game.Edit(pos, board.Color(1+p.r.IntN(2)), "") != nil {
		return
	}
	e, _ := p.game.Edited()
	if len(e.Black)+len(e.White)+len(e.Empty) == 0 {
		return
	}
	p.steps = append(p.steps[:len(p.steps):len(p.steps)], live.Step{Note: "set up",
		Setup: &live.Setup{Black: e.Black, White: e.White, Empty: e.Empty, ToMove: e.ToMove}})
}

func (p *player) now() *live.Game {
	g := &live.Game{Head: p.head, Steps: p.steps}
	g.Result = p.over
	return g
}

// due is something that happens at a time.
type due struct {
	at time.Time
	n  int
	do func()
}

type agenda []due

func (a agenda) Len() int { return len(a) }
func (a agenda) Less(i, j int) bool {
	return a[i].at.Before(a[j].at) || a[i].at.Equal(a[j].at) && a[i].n < a[j].n
}
func (a agenda) Swap(i, j int) { a[i], a[j] = a[j], a[i] }
func (a *agenda) Push(x any)   { *a = append(*a, x.(due)) }
func (a *agenda) Pop() any {
	last := (*a)[len(*a)-1]
	*a = (*a)[:len(*a)-1]
	return last
}

// world is a demo board's server, the way to it, and what can go wrong.
type world struct {
	t     *testing.T
	r     *rand.Rand
	now   time.Time
	todo  agenda
	count int

	f      *Follower
	kept   Memory
	view   *viewer // what is on the server, and who watches
	labels Labels
	holder int64 // the controller
	told   int64 // ... as the follower was told

	up     bool
	conn   int  // number of the connection
	epoch  int  // of the last state that was told
	read   bool // the state was told on this connection
	echoes bool // to the sender
	faults bool
	sent   []time.Time
	line   int
	notes  []string
	ours   map[string]bool // paths of nodes that we made
	theirs map[string]bool // ... that somebody else did
}

func newWorld(t *testing.T, r *rand.Rand, size int) *world {
	return &world{t: t, r: r, now: time.Date(2026, 11, 28, 10, 0, 0, 0, time.UTC), view: newViewer(size), holder: me, told: me,
		f: NewFollower(Memory{Made: true}, nil), kept: Memory{Made: true}, echoes: true,
		ours: map[string]bool{}, theirs: map[string]bool{}}
}

func (w *world) in(d time.Duration, do func()) {
	w.count++
	heap.Push(&w.todo, due{w.now.Add(d), w.count, do})
}

// run lets time pass.
func (w *world) run(d time.Duration) {
	until := w.now.Add(d)
	for {
		next := until
		if len(w.todo) > 0 && w.todo[0].at.Before(next) {
			next = w.todo[0].at
		}
		if wake := w.f.Wake(); !wake.IsZero() && wake.Before(next) {
			next = wake
			if next.Before(w.now) {
				next = w.now
			}
			if len(w.sent) > 100_000 {
				w.t.Fatal("it sends endlessly")
			}
			before := w.f.Wake()
			w.now = next
			w.step(Input{})
			if after := w.f.Wake(); after.Equal(before) {
				w.t.Fatalf("it wants to be woken at %s for nothing", before)
			}
			continue
		}
		w.now = next
		if next.Equal(until) {
			return
		}
		heap.Pop(&w.todo).(due).do()
	}
}

func (w *world) step(in Input) {
	in.Epoch = w.epoch
	out := w.f.Step(w.now, in)
	if out.Keep {
		w.kept = w.f.Memory()
	}
	w.notes = append(w.notes, out.Notes...)
	for _, r := range out.Requests {
		w.take(r)
	}
}

// take carries a request to the server.
func (w *world) take(r Request) {
	if r.Kind == Label {
		w.in(time.Second, func() { w.labels = r.Labels; w.step(Input{Labeled: &r.Labels}) })
		return
	}
	messages := r.Messages()
	for range messages {
		w.sent = append(w.sent, w.now)
		if n := len(w.sent); n > 4 && w.now.Sub(w.sent[n-5]) <= time.Second {
			w.t.Fatalf("five messages within a second, at %s", w.now)
		}
	}
	switch {
	case !w.up: // which the follower is told in a moment
		return
	case r.Kind != Refresh && r.Epoch != w.epoch:
		w.t.Fatalf("sent on a connection that is over: %+v", r)
	case r.Kind != Refresh && !w.read:
		w.t.Fatalf("sent blindly: %+v", r)
	case r.Kind != Refresh && w.told != me:
		w.t.Fatalf("sent while somebody else has control: %+v", r)
	}
	if r.Kind == Refresh {
		w.carry(w.tellAll)
		return
	}
	for _, m := range messages {
		w.carry(func(conn int) { w.arrive(m, conn) })
	}
}

// carry has a message arrive, or whatever becomes of it on the way. arrive is
// given conn 0 where nothing can be answered any more.
func (w *world) carry(arrive func(conn int)) {
	if !w.up {
		return
	}
	w.line++ // what is sent first arrives first, if nothing goes wrong
	delay := 50*time.Millisecond + time.Duration(w.line)*time.Microsecond
	conn, times := w.conn, 1
	if w.faults {
		switch w.r.IntN(12) {
		case 0:
			times = 0
		case 1:
			times = 2
		case 2:
			delay += time.Duration(w.r.IntN(4000)) * time.Millisecond
		case 3:
			w.cut(w.r.IntN(2) == 0)
			if w.r.IntN(2) == 0 {
				arrive(0) // it came before the line broke
			}
			return
		}
	}
	for range times {
		w.in(delay, func() {
			if w.conn == conn && w.up {
				arrive(conn)
			}
		})
		delay += time.Duration(w.r.IntN(500)) * time.Millisecond
	}
}

// arrive has the server do what a message says.
func (w *world) arrive(m Message, conn int) {
	if w.holder != me {
		return // only the controller's messages count
	}
	var moves *string
	if m.Points {
		line := strings.Join(m.Moves, "")
		moves = &line
		for i := range m.Moves {
			w.ours[strings.Join(m.Moves[:i+1], "")] = true
		}
	}
	w.view.told(moves, m.Text, "", m.Delete)
	if conn == 0 || !w.echoes || w.faults && w.r.IntN(10) == 0 {
		return
	}
	w.later(conn, func() { w.step(Input{Said: &m}) })
}

// later does something on a connection, if it is still up then.
func (w *world) later(conn int, do func()) {
	w.in(30*time.Millisecond, func() {
		if w.up && w.conn == conn {
			do()
		}
	})
}

// tellAll sends all that the server has at this moment.
func (w *world) tellAll(conn int) {
	if w.faults && w.r.IntN(10) == 0 {
		return
	}
	s := State{Root: copyTree(w.view.root), Controller: w.holder, Me: me, Size: w.view.size}
	s.At, _ = Moves(w.view.at.path())
	w.later(conn, func() {
		w.read, w.told = true, s.Controller
		w.epoch++
		w.step(Input{State: &s})
	})
}

func copyTree(s *seen) *Node {
	n := &Node{Text: s.text}
	if p := s.path(); p != "" {
		ms, _ := Moves(p)
		n.Move = ms[len(ms)-1]
	}
	for _, b := range s.branches {
		n.Children = append(n.Children, copyTree(b))
	}
	return n
}

// connect brings the line up.
func (w *world) connect() {
	if w.up {
		return
	}
	w.conn++
	w.up, w.read = true, false
	conn := w.conn
	w.in(50*time.Millisecond, func() {
		if w.up && w.conn == conn {
			w.tellAll(conn)
		}
	})
	w.in(5*time.Second, func() { // as ogs does
		if w.up && w.conn == conn && !w.read {
			w.cut(false)
		}
	})
}

// cut breaks the line, for a moment or for an hour.
func (w *world) cut(long bool) {
	if !w.up {
		return
	}
	w.up = false
	w.in(0, func() {
		if !w.up {
			w.step(Input{Offline: true})
		}
	})
	away := time.Duration(w.r.IntN(5000)) * time.Millisecond
	if long {
		away = time.Duration(w.r.IntN(3600)) * time.Second
	}
	w.in(away, w.connect)
}

// kill ends the follower at once and starts another one.
func (w *world) kill(g *live.Game) {
	w.up = false
	w.f = NewFollower(w.kept, nil)
	if g != nil {
		w.step(Input{Game: g})
	}
	w.in(time.Second, w.connect)
}

// give hands control on, and lets somebody draw.
func (w *world) give() {
	if w.holder != me {
		return
	}
	w.pass(somebody)
	at := w.view.at
	if w.r.IntN(2) == 0 && at.parent != nil {
		at = at.parent // beside the main line
	}
	w.in(3*time.Second, func() {
		if w.holder == me {
			return
		}
		size := w.view.size
		from := at.path()
		for range 1 + w.r.IntN(3) {
			from += board.Point{X: int8(w.r.IntN(size)), Y: int8(w.r.IntN(size))}.SGF()
			path := from
			w.theirs[path] = true
			w.view.told(&path, nil, "", false)
			if w.up && w.read {
				ms, _ := Moves(path)
				w.later(w.conn, func() { w.step(Input{Said: &Message{Points: true, Moves: ms}}) })
			}
		}
	})
	w.in(time.Duration(5+w.r.IntN(60))*time.Second, func() { w.pass(me) })
}

func (w *world) pass(to int64) {
	w.holder = to
	if w.up && w.read {
		w.later(w.conn, func() { w.told = to; w.step(Input{Said: &Message{Controller: to}}) })
	}
}
