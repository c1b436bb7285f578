package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/gtp"
	"github.com/gobancam/gobancam/internal/sim"
)

// engineSoak has TestPlayAgainstGNUGo play every game to its end, on 19×19, too;
// soakEngine with another program than GNU Go, by its command line.
const (
	engineSoak = "GOBANCAM_ENGINE_SOAK"
	soakEngine = "GOBANCAM_SOAK_ENGINE"
)

// bout is a game of the real program against GNU Go, before a camera on the
// network: the test is the person at the board, who knows what lies there, and
// GNU Go's moves from nothing but what gobancam says.
type bout struct {
	name   string
	size   int
	me     board.Color
	args   []string
	fixed  int // handicap stones
	free   int
	moves  int // then it is resigned; 0: to the end
	pass   int // after so many moves the person passes, whatever the program does
	kill   int // after so many moves GNU Go is killed
	stop   int // stopped, so that it hangs
	undo   int // the last two are taken back
	resume int // gobancam is killed, and goes on with the record
	time   string

	t      *testing.T
	room   *room
	p      *program
	g      *board.Game
	read   int // of what was said
	placed int // handicap stones that are not counted as moves any more
	home   string
	pid    string
	sgf    string
}

// TestPlayAgainstGNUGo plays whole games: what is kept is what the person put
// down and what GNU Go answered, through its deaths, a taking back, and a power
// cut of gobancam itself.
func TestPlayAgainstGNUGo(t *testing.T) {
	if testing.Short() {
		t.Skip("real programs at simulated boards take their time")
	}
	gnugo, err := gtp.Find("gnugo")
	if err != nil {
		t.Skip("GNU Go is not installed (Debian package gnugo)")
	}
	for _, b := range []bout{
		{name: "to the end", size: 9, me: board.Black, kill: 8, stop: 14, undo: 20, resume: 24, pass: 28},
		{name: "fixed handicap", size: 9, me: board.White, fixed: 4, moves: 16, kill: 6, time: "30m+5x30s", resume: 10},
		{name: "free handicap", size: 9, me: board.Black, free: 3, moves: 16, stop: 7},
		{name: "the program's free handicap", size: 9, me: board.White, free: 3, moves: 14},
		{name: "to the end", size: 19, me: board.Black, kill: 30, stop: 50, undo: 70, resume: 80},
		{name: "fixed handicap", size: 19, me: board.White, fixed: 9, kill: 40, stop: 80, undo: 60, resume: 100},
		{name: "free handicap", size: 19, me: board.Black, free: 4, kill: 40, stop: 80, undo: 60, resume: 100},
	} {
		t.Run(fmt.Sprintf("%d %s", b.size, b.name), func(t *testing.T) {
			switch soak := os.Getenv(engineSoak) != ""; {
			case soak:
				b.moves, b.pass = 0, 0
			case b.size > 9:
				t.Skip("takes minutes; make soak-engines plays it")
			}
			b.t = t
			b.play(gnugo)
		})
	}
}

func (b *bout) play(gnugo string) {
	t := b.t
	t.Parallel() // most of the time hands move, and GNU Go's answers are put down
	b.home = t.TempDir()
	b.room = newRoomOf(t, b.size)
	b.pid, b.sgf = filepath.Join(t.TempDir(), "pid"), filepath.Join(t.TempDir(), "a game.sgf")
	rules, err := board.ParseRules("japanese")
	if err != nil {
		t.Fatal(err)
	}
	rules.FreeHandicap = b.free > 0
	setup := board.Setup{Size: b.size, Rules: rules, Handicap: b.fixed + b.free, Komi: rules.KomiFor(b.fixed + b.free)}
	if b.g, err = board.NewGame(setup); err != nil {
		t.Fatal(err)
	}
	line := cmp.Or(os.Getenv(soakEngine), gnugo+" --mode gtp --level 1 --seed 5")
	b.args = []string{"play", "--camera", b.room.camera, "--headless", "--sgf", b.sgf, "--size", strconv.Itoa(b.size), "--name", "Ada L.", "--think", map[bool]string{true: "8s", false: "1m"}[b.size == 9],
		"--engine", `sh -c 'echo $$ >"` + b.pid + `"; exec ` + line + `'`, "--handicap", strconv.Itoa(setup.Handicap)}
	if b.free > 0 {
		b.args = append(b.args, "--free-handicap")
	}
	if b.time != "" {
		b.args = append(b.args, "--time", b.time)
	}
	b.p = startIn(t, b.home, append(slices.Clone(b.args), "--color", b.me.String())...)
	b.said("state", "")
	if b.fixed > 0 {
		pos := b.g.Position()
		b.room.live.Do(func(w *sim.World) {
			for _, at := range pos.Stones(board.Black).Points() {
				w.Player(sim.South).Place(at, board.Black)
			}
		})
	}
	b.run()
	b.finish()
}

// said waits for the next thing of this kind that gobancam says, which must be
// of this state unless that is empty; anything that must not happen ends the
// test.
func (b *bout) said(kind, state string) (e said) {
	b.t.Helper()
	asked := time.Now()
	for {
		all := b.p.text()
		for {
			line, _, whole := strings.Cut(all[b.read:], "\n")
			if !whole {
				break
			}
			b.read += len(line) + 1
			e = said{}
			if json.Unmarshal([]byte(line), &e) != nil {
				continue
			}
			if e.Event == "alarm" || e.Event == "refused" {
				b.t.Fatalf("%s\n%s", line, all)
			}
			if e.Event == kind && (state == "" || e.State == state) {
				return e
			}
		}
		select {
		case <-b.p.news:
		case <-time.After(50 * time.Millisecond):
		}
		if tooLate(asked) {
			b.t.Fatalf("gobancam does not say %s %s:\n%s", kind, state, all)
		}
	}
}

// said is what a line of --headless has that matters here.
type said struct {
	Event, State, Color, Point, Result, Text string
	Number                                   int
}

// moved waits for the next move to be in the record.
func (b *bout) moved() board.Move {
	b.t.Helper()
	e := b.said("move", "")
	p, err := gtp.ParseVertex(e.Point, b.size)
	if err != nil || e.Number != b.g.MoveCount()+1-b.placed {
		b.t.Fatalf("%+v after %d moves: %v", e, b.g.MoveCount(), err)
	}
	return board.Move{Color: map[string]board.Color{"B": board.Black, "W": board.White}[e.Color], Point: p}
}

func (b *bout) run() {
	chance := rand.New(rand.NewPCG(uint64(b.size), uint64(b.fixed+b.free)))
	for !b.g.Ended() && (b.moves == 0 || b.g.MoveCount() < b.moves || b.g.ToMove() != b.me) {
		if b.g.ToMove() != b.me {
			m := b.moved()
			b.room.play(b.g, m)
			if err := b.g.Play(m); err != nil {
				b.t.Fatalf("GNU Go's %v: %v", m, err)
			}
			continue
		}
		b.said("state", "your-turn")
		n := b.g.MoveCount()
		b.harm(n)
		if n != b.g.MoveCount() {
			continue
		}
		m := board.Move{Color: b.me, Point: aimless(chance, b.g, b.me)}
		if n > 0 && b.g.Move(n-1).Point.IsPass() || b.pass > 0 && n >= b.pass {
			m.Point = board.Pass
		}
		if m.Point.IsPass() {
			b.p.enter("pass")
		}
		b.room.play(b.g, m)
		if got := b.moved(); got != m {
			b.t.Fatalf("played was %v, in the record is %v:\n%s", m, got, b.p.text())
		}
		if err := b.g.Play(m); err != nil {
			b.t.Fatal(err)
		}
	}
}

// harm does what is due after n moves, once.
func (b *bout) harm(n int) {
	due := func(at *int) bool {
		if *at == 0 || n < *at {
			return false
		}
		*at = 0
		return true
	}
	switch {
	case due(&b.kill):
		b.signal(syscall.SIGKILL)
	case due(&b.stop):
		b.signal(syscall.SIGSTOP)
	case due(&b.undo):
		b.still()
		b.p.enter("undo")
		for range 2 {
			at := b.g.Move(b.g.MoveCount() - 1).Point
			taken := b.g.LastCaptured()
			b.g.Undo()
			pos := b.g.Position()
			b.room.live.Do(func(w *sim.World) {
				w.Player(sim.South).Take(at)
				for _, p := range taken.Points() {
					w.Player(sim.South).Place(p, pos.At(p))
				}
			})
		}
		b.said("state", "take-back")
	case due(&b.resume):
		b.still()
		b.p.kill()
		b.p, b.read = startIn(b.t, b.home, b.args...), 0
		b.p.expect("going on with the game in " + b.sgf)
		b.placed = b.free // in the root of the record, where they are no moves
		if b.time != "" {
			b.p.expect("the clocks go on: Black has 2") // some of the 30 minutes were used
		}
	}
}

// still waits until nobody's hand is at the board any more.
func (b *bout) still() {
	until(b.t, "the hands are at rest", func() (idle bool) {
		b.room.live.Do(func(w *sim.World) { idle = w.Idle() })
		return idle
	})
}

func (b *bout) signal(sig syscall.Signal) {
	text, err := os.ReadFile(b.pid)
	if err != nil {
		b.t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		b.t.Fatal(err)
	}
	if err := syscall.Kill(pid, sig); err != nil {
		b.t.Fatal(err)
	}
}

// finish brings the game to its end and compares the record.
func (b *bout) finish() {
	t := b.t
	if b.g.Ended() {
		b.p.expect(`"state":"stone-removal"`)
		b.p.expect("Counted like this")
		b.p.enter("accept-score")
	} else {
		b.p.enter("resign")
		b.p.expect(`"question":"resign"`)
		b.p.enter("yes")
	}
	b.p.expect(`"result":"`)
	b.p.ends(exitOK)
	text, err := os.ReadFile(b.sgf)
	if err != nil {
		t.Fatal(err)
	}
	trees, err := board.ParseSGF(text)
	if err != nil {
		t.Fatal(err)
	}
	kept, err := trees[0].Game()
	// Handicap stones that Black places stand in the root, as fixed ones do.
	if err != nil || !slices.Equal(kept.Moves(), b.g.Moves()[b.free:]) || kept.Position() != b.g.Position() {
		t.Errorf("kept is %v, %v\nplayed was %v", kept, err, b.g.Moves())
	}
	mine := map[board.Color]string{board.Black: "PB", board.White: "PW"}[b.me]
	if trees[0].Text(mine) != "Ada L." || trees[0].Text("RE") == "" {
		t.Errorf("the record says\n%s", text)
	}
	t.Logf("%d moves, %s", b.g.MoveCount(), trees[0].Text("RE"))
}

// aimless is a legal move of c that fills no eye of its own, or a pass.
func aimless(r *rand.Rand, g *board.Game, c board.Color) board.Point {
	pos, n := g.Position(), g.Size()
	for _, i := range r.Perm(n * n) {
		p := board.Point{X: int8(i % n), Y: int8(i / n)}
		own := true
		for _, q := range pos.Neighbours(p) {
			own = own && pos.At(q) == c
		}
		if !own && g.Legal(board.Move{Color: c, Point: p}) {
			return p
		}
	}
	return board.Pass
}
