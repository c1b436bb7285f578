package gtpboard

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/gtp"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/sim"
)

// gnugo is GNU Go as a mind: it thinks for a person, or looks on.
type gnugo struct {
	t     *testing.T
	in    io.Writer
	out   *bufio.Reader
	moves []board.Move // that it was told
}

// startGNUGo starts GNU Go; without it the test is skipped. It is started before
// a bubble of synthetic time, whose clock stands while it thinks.
func startGNUGo(t *testing.T, options ...string) *gnugo {
	t.Helper()
	path, err := exec.LookPath("gnugo")
	if err != nil {
		path, err = exec.LookPath("/usr/games/gnugo")
	}
	if err != nil {
		t.Skip("GNU Go is not installed (Debian package gnugo)")
	}
	cmd := exec.Command(path, append([]string{"--mode", "gtp", "--quiet", "--level", "1", "--japanese-rules"}, options...)...)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		io.Copy(io.Discard, out)
		cmd.Wait()
	})
	return &gnugo{t: t, in: in, out: bufio.NewReader(out)}
}

func (o *gnugo) try(format string, args ...any) (string, bool) {
	fmt.Fprintf(o.in, format+"\n", args...)
	var lines []string
	for {
		line, err := o.out.ReadString('\n')
		if err != nil {
			panic(fmt.Sprint("gnugo: ", err))
		}
		if line = strings.TrimRight(line, "\r\n"); line == "" {
			break
		}
		lines = append(lines, line)
	}
	text := strings.Join(lines, "\n")
	return strings.TrimLeft(text, "=? "), strings.HasPrefix(text, "=")
}

func (o *gnugo) ask(format string, args ...any) string {
	text, ok := o.try(format, args...)
	if !ok {
		panic("gnugo refuses " + fmt.Sprintf(format, args...) + ": " + text)
	}
	return text
}

// follow tells it the moves of a game, and what was taken back.
func (o *gnugo) follow(moves []board.Move, size int) {
	n := 0
	for n < min(len(moves), len(o.moves)) && moves[n] == o.moves[n] {
		n++
	}
	for range o.moves[n:] {
		o.ask("undo")
	}
	for _, m := range moves[n:] {
		o.ask("play %s %s", m.Color, m.Point.GTP(size))
	}
	o.moves = slices.Clone(moves)
}

// house is a board with a person at it, before a referee and an engine, on a
// clock that is the bubble's.
type house struct {
	t       *testing.T
	name    string
	live    sync.Mutex // guards world
	world   *sim.World
	eyes    *sim.Eyes
	looks   chan match.Look
	shown   atomic.Pointer[match.Snapshot]
	say     chan match.Command
	mind    func(*match.Snapshot) board.Point
	dead    func(*match.Snapshot) []board.Point
	kept    atomic.Pointer[Record]
	sat     int // how often a referee sat down
	alarms  []string
	resign  int // the move at which the person resigns; 0: never
	in      *io.PipeWriter
	out     *gtp.ResponseReader
	pipe    *io.PipeWriter // on its other side
	log     []string
	stories []string
}

const storyLines = 60

const picture = 100 * time.Millisecond

func newHouse(t *testing.T, name string, size int, seed uint64) *house {
	cfg := sim.Default(size)
	cfg.Seed = seed
	world, err := sim.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	world.Player(sim.South).Speed = 2
	return &house{t: t, name: name, world: world, eyes: sim.NewEyes(seed), looks: make(chan match.Look, 1), say: make(chan match.Command)}
}

// Looks implements match.Eyes.
func (h *house) Looks() <-chan match.Look { return h.looks }

// Announce implements match.Voice.
func (h *house) Announce(e match.Event) {
	h.stories = append(h.stories, fmt.Sprintf("%s %7.1f %s %s %s", h.name, e.At.Seconds(), e.Kind, e.State, e.Text))
	if e.Kind == match.EventAlarm {
		h.alarms = append(h.alarms, e.Text)
	}
}

// sit is Options.Sit.
func (h *house) sit(ctx context.Context, t Table) error {
	h.sat++
	return match.Run(ctx, match.New(match.Options{}), match.Ports{Eyes: h, Server: t.Server, Voice: h, Commands: h.say,
		Publish: func(s *match.Snapshot) { h.shown.Store(s) }})
}

// open runs everything until ctx ends, which the function that it returns waits
// for.
func (h *house) open(ctx context.Context, o Options) (closed func()) {
	o.Sit, o.Keep = h.sit, func(r Record) { h.kept.Store(&r) }
	if o.Rules.Name == "" {
		o.Rules, _ = board.ParseRules("japanese")
	}
	e := New(o)
	s := &gtp.Server{Name: "gobancam", Version: "0"}
	e.Handlers(s)
	toIn, in := io.Pipe()
	out, fromOut := io.Pipe()
	h.in, h.out, h.pipe = in, gtp.NewResponseReader(out), fromOut
	var all sync.WaitGroup
	all.Go(func() { e.Run(ctx) })
	all.Go(func() { s.Serve(ctx, toIn, fromOut); fromOut.Close() })
	all.Go(func() { h.film(ctx) })
	all.Go(func() { h.live_(ctx) })
	return func() { in.Close(); all.Wait() }
}

// film makes the time of the board pass and reads pictures.
func (h *house) film(ctx context.Context) {
	tick := time.NewTicker(picture)
	defer tick.Stop()
	for {
		h.live.Lock()
		h.world.Step(picture)
		r := h.eyes.Read(h.world.Look())
		h.live.Unlock()
		select {
		case <-h.looks: // the newest wins
		default:
		}
		h.looks <- match.Look{Reading: r, Taken: time.Now()}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// live_ is the person, who does what the face tells and plays what comes to mind.
func (h *house) live_(ctx context.Context) {
	tick := time.NewTicker(picture / 2)
	defer tick.Stop()
	said := map[string]time.Time{} // what was asked for again later is said again
	once := func(key string, c match.Command) {
		if !said[key].IsZero() && time.Since(said[key]) < 2*time.Second {
			return
		}
		said[key] = time.Now()
		select {
		case h.say <- c:
		case <-ctx.Done():
		}
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		s := h.shown.Load()
		if s == nil || s.Size == 0 || s.Result != nil {
			continue
		}
		for _, q := range s.Questions {
			yes := q.Kind == match.AskResign || q.Kind == match.AskHandicap || q.Kind == match.AskMove && q.Move.Point == h.mind(s)
			once(fmt.Sprint("answer", h.sat, q.ID), match.Command{Kind: map[bool]match.CommandKind{true: match.CmdAccept, false: match.CmdDeny}[yes], Question: q.ID})
		}
		h.live.Lock()
		busy := h.world.Player(sim.South).Busy() || h.tidy(s)
		h.live.Unlock()
		at := fmt.Sprint(s.ID, s.Number, s.Moves)
		switch {
		case busy:
		case s.State == match.StateYourTurn && h.resign > 0 && s.Number >= h.resign:
			once("resign"+at, match.Command{Kind: match.CmdResign})
		case s.State == match.StateYourTurn:
			p := h.mind(s)
			if p.IsPass() {
				once("pass"+at, match.Command{Kind: match.CmdPass})
				continue
			}
			h.live.Lock()
			if h.world.Stone(p) == board.Empty {
				me := s.Me
				if me == board.Empty {
					me = s.ToMove
				}
				h.world.Player(sim.South).Place(p, me)
				if taken := captures(s, board.Move{Color: me, Point: p}); taken != nil {
					h.world.Player(sim.South).Take(taken...)
				}
			}
			h.live.Unlock()
		case s.State == match.StateRemoval:
			want := h.dead(s)
			var wrong []board.Point
			set, marked := board.SetOf(want...), board.SetOf(s.Dead...)
			for p := range s.Position.Points() {
				if set.Has(p) != marked.Has(p) {
					wrong = append(wrong, p)
				}
			}
			if len(wrong) > 0 { // one of a chain marks all of it
				once(fmt.Sprint("mark", at, s.Dead), match.Command{Kind: match.CmdMark, Points: wrong[:1]})
			} else {
				once(fmt.Sprint("agree", at, s.Dead), match.Command{Kind: match.CmdAcceptScore})
			}
		}
	}
}

// captures are the stones that a move takes, which players lift with it.
func captures(s *match.Snapshot, m board.Move) []board.Point {
	black, white := s.Position.Stones(board.Black), s.Position.Stones(board.White)
	g, err := board.NewGame(board.Setup{Size: s.Size, Black: black.Points(), White: white.Points(), First: m.Color})
	if err != nil || g.Play(m) != nil {
		return nil
	}
	taken := g.LastCaptured()
	return taken.Points()
}

// tidy puts owed stones down and lifts what is to be lifted.
func (h *house) tidy(s *match.Snapshot) (busy bool) {
	me := h.world.Player(sim.South)
	for _, st := range slices.Concat(s.Owed, s.Missing) {
		if h.world.Stone(st.Point) == board.Empty {
			me.Place(st.Point, st.Color)
			busy = true
		}
	}
	var lift []board.Point
	lists := slices.Concat(s.Prisoners, s.TakeBack)
	if s.State == match.StateSetup || s.State == match.StateUnexpected {
		lists = append(lists, s.Unexpected...)
	}
	for _, st := range lists {
		if h.world.Stone(st.Point) == st.Color {
			lift = append(lift, st.Point)
		}
	}
	if lift != nil {
		me.Take(lift...)
	}
	return busy || lift != nil
}

// do sends a command and returns its response.
func (h *house) do(format string, args ...any) (string, bool) {
	h.t.Helper()
	line := fmt.Sprintf(format, args...)
	io.WriteString(h.in, line+"\n")
	late := time.AfterFunc(20*time.Minute, func() { h.pipe.CloseWithError(errors.New("nothing is answered for 20 minutes")) })
	r, err := h.out.Next()
	late.Stop()
	if err != nil {
		h.t.Fatalf("%s: %s: %v\n%s", h.name, line, err, h.story())
	}
	h.log = append(h.log, fmt.Sprintf("%s: %s → %s", h.name, line, r.Text))
	return r.Text, !r.Failed
}

func (h *house) must(format string, args ...any) string {
	h.t.Helper()
	text, ok := h.do(format, args...)
	if !ok {
		h.t.Fatalf("%s refuses %s: %s\n%s", h.name, fmt.Sprintf(format, args...), text, h.story())
	}
	return text
}

func (h *house) story() string {
	return strings.Join(h.stories[max(0, len(h.stories)-storyLines):], "\n")
}
