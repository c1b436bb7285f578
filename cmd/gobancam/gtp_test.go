package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/gtp"
	"github.com/gobancam/gobancam/internal/patient"
	"github.com/gobancam/gobancam/internal/play"
	"github.com/gobancam/gobancam/internal/recording"
	"github.com/gobancam/gobancam/internal/sim"
)

// speaker is a program that speaks GTP: gobancam before a simulated board, or
// GNU Go.
type speaker struct {
	t   *testing.T
	cmd *exec.Cmd
	in  io.WriteCloser
	out *gtp.ResponseReader
	err *strings.Builder
}

func startEngine(t *testing.T, name string, args ...string) *speaker {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if path, err = exec.LookPath("/usr/games/" + name); err != nil {
			t.Skipf("%s is not installed", name)
		}
	}
	e := &speaker{t: t, cmd: exec.Command(path, args...), err: &strings.Builder{}}
	e.cmd.Stderr, e.cmd.WaitDelay = e.err, 10*time.Second
	if e.in, err = e.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := e.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := e.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.cmd.Process.Kill() })
	e.out = gtp.NewResponseReader(bufio.NewReader(out))
	return e
}

func (e *speaker) send(format string, args ...any) {
	e.t.Helper()
	if _, err := fmt.Fprintf(e.in, format+"\n", args...); err != nil {
		e.t.Fatal(err)
	}
}

// patiently kills a program that does not answer, until the function it returns
// is called.
func (e *speaker) patiently() (answered func()) {
	ctx, stop := patient.Context(context.Background(), patience)
	context.AfterFunc(ctx, func() {
		if !errors.Is(context.Cause(ctx), context.Canceled) {
			e.cmd.Process.Kill()
		}
	})
	return stop
}

// answer waits for a response.
func (e *speaker) answer() gtp.Response {
	e.t.Helper()
	defer e.patiently()()
	r, err := e.out.Next()
	if err != nil {
		e.in.Close()
		e.cmd.Wait()
		e.t.Fatalf("no answer: %v\n%s", err, e.err.String())
	}
	return r
}

func (e *speaker) ask(format string, args ...any) string {
	e.t.Helper()
	e.send(format, args...)
	r := e.answer()
	if r.Failed {
		e.t.Fatalf("%s: %s", fmt.Sprintf(format, args...), r.Text)
	}
	return r.Text
}

// ends closes the input, and waits for the end of the program.
func (e *speaker) ends() {
	e.t.Helper()
	e.in.Close()
	defer e.patiently()()
	if r, err := e.out.Next(); err != io.EOF {
		e.t.Errorf("after the last answer it says %+v, %v", r, err)
	}
	if err := e.cmd.Wait(); err != nil {
		e.t.Errorf("it ended with %v\n%s", err, e.err.String())
	}
}

// put has a stone put down in a room, and what it captures lifted.
func (r *room) play(g *board.Game, m board.Move) {
	after := g.Clone()
	if after.Force(m) != nil || m.Point.IsPass() {
		return
	}
	taken := after.LastCaptured()
	r.live.Do(func(w *sim.World) {
		p := w.Player(map[board.Color]sim.Seat{board.Black: sim.South, board.White: sim.North}[m.Color])
		p.Place(m.Point, m.Color)
		if !taken.IsEmpty() {
			p.Take(taken.Points()...)
		}
	})
}

// TestProgramsAsEngines has two GNU Gos play each other through two gobancams,
// each of which looks at a board of its own through a camera on the network:
// the moves of one are put down there, and answered by gobancam; a controller
// tells them to the other.
func TestProgramsAsEngines(t *testing.T) {
	if testing.Short() {
		t.Skip("real programs at simulated boards take their time")
	}
	opening := strings.Fields("B1 A1 A2") // the third captures
	const moves = 12
	minds := [2]*speaker{startEngine(t, "gnugo", "--mode", "gtp", "--level", "1", "--seed", "3"), startEngine(t, "gnugo", "--mode", "gtp", "--level", "1", "--seed", "4")}
	rooms := [2]*room{newRoom(t), newRoom(t)}
	home := t.TempDir()
	var engines [2]*speaker
	for i := range engines {
		for _, dir := range []string{"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"} {
			t.Setenv(dir, filepath.Join(home, fmt.Sprint(i), dir))
		}
		engines[i] = startEngine(t, "gobancam", "gtp", "--json", "--camera", rooms[i].camera, "--sgf", filepath.Join(home, fmt.Sprint(i)+".sgf"))
	}
	for _, e := range slices.Concat(engines[:], minds[:]) {
		e.ask("boardsize 9")
		e.ask("clear_board")
		e.ask("komi 6.5")
	}
	g, err := board.NewGame(board.Setup{Size: 9})
	if err != nil {
		t.Fatal(err)
	}
	taken := false
	for n := 0; n < moves; n++ {
		me, other, color := n%2, 1-n%2, board.Black+board.Color(n%2)
		name := ""
		if n < len(opening) {
			name = opening[n]
			minds[me].ask("play %s %s", color, name)
		} else {
			name = minds[me].ask("genmove %s", color)
		}
		p, err := gtp.ParseVertex(name, 9)
		if err != nil || p.IsPass() {
			t.Fatal(name, err)
		}
		m := board.Move{Color: color, Point: p}
		engines[me].ask("time_left %s 300 0", color)
		engines[me].send("genmove %s", color)
		rooms[me].play(g, m)
		if r := engines[me].answer(); r.Failed || r.Text != gtp.FormatVertex(p, 9) {
			t.Fatalf("played was %s, answered %+v\n%s", name, r, engines[me].err.String())
		}
		engines[other].ask("play %s %s", color, name)
		rooms[other].play(g, m)
		minds[other].ask("play %s %s", color, name)
		if err := g.Play(m); err != nil {
			t.Fatal(err)
		}
		if n == 7 && !taken { // the last two are taken back, on both boards
			taken = true
			for _, e := range slices.Concat(engines[:], minds[:]) {
				e.ask("undo")
				e.ask("undo")
			}
			for _, r := range rooms {
				until(t, "the last stone lies there", func() (lies bool) {
					r.live.Do(func(w *sim.World) { lies = w.Stone(p) == color && w.Idle() })
					return lies
				})
				r.live.Do(func(w *sim.World) { w.Player(sim.South).Take(g.Move(n).Point, g.Move(n-1).Point) })
				until(t, "the stones are off", func() (off bool) {
					r.live.Do(func(w *sim.World) {
						off = w.Idle() && w.Stone(p) == board.Empty && w.Stone(g.Move(n-1).Point) == board.Empty
					})
					return off
				})
			}
			time.Sleep(2 * time.Second) // the same stones may come again, and must be seen to have gone
			g.Undo()
			g.Undo()
			n -= 2
		}
	}
	for i, e := range engines {
		e.ends()
		text, err := os.ReadFile(filepath.Join(home, fmt.Sprint(i)+".sgf"))
		if err != nil {
			t.Fatal(err)
		}
		trees, err := board.ParseSGF(text)
		if err != nil {
			t.Fatal(err)
		}
		kept, err := trees[0].Game()
		if err != nil || !slices.Equal(kept.Moves(), g.Moves()) {
			t.Errorf("engine %d kept %v, %v\nnot %v", i, kept, err, g.Moves())
		}
		if strings.Contains(e.err.String(), `"event":"alarm"`) || strings.Contains(e.err.String(), `"event":"refused"`) {
			t.Errorf("engine %d:\n%s", i, e.err.String())
		}
		// The flight recorder has what a referee decides again in the same way.
		flights, _ := filepath.Glob(filepath.Join(home, fmt.Sprint(i), "XDG_STATE_HOME", "gobancam", "flights", "*"))
		if len(flights) == 0 {
			t.Errorf("engine %d has recorded nothing", i)
		}
		for _, dir := range flights {
			s, err := recording.Open(dir)
			if err != nil {
				t.Fatal(err)
			}
			run, err := play.Again(t.Context(), s, nil, nil)
			s.Close()
			if err != nil || run.Differs != "" || len(run.Damaged) > 0 {
				t.Errorf("%s: %v %s %v", dir, err, run.Differs, run.Damaged)
			}
		}
	}
}

// TestEngineInterrupted ends the program while it waits for the person.
func TestEngineInterrupted(t *testing.T) {
	if testing.Short() {
		t.Skip("a simulated board takes its time")
	}
	home := t.TempDir()
	for _, dir := range []string{"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"} {
		t.Setenv(dir, filepath.Join(home, dir))
	}
	sgf := filepath.Join(home, "game.sgf")
	// Nobody plays at a board without a person; and a camera that is not there is
	// the answer to genmove.
	e := startEngine(t, "gobancam", "gtp", "--json", "--camera", "http://127.0.0.1:1/none.mjpg")
	e.ask("boardsize 9")
	e.send("genmove b")
	if r := e.answer(); !r.Failed || !strings.Contains(r.Text, "127.0.0.1:1") {
		t.Errorf("%+v", r)
	}
	e.ends()

	r := newRoom(t)
	e = startEngine(t, "gobancam", "gtp", "--json", "--camera", r.camera, "--sgf", sgf)
	e.ask("boardsize 9")
	e.ask("play b E5")
	e.send("genmove w")
	time.Sleep(2 * time.Second)
	if err := e.cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if r := e.answer(); !r.Failed {
		t.Errorf("%+v", r)
	}
	e.ends()
	if text, err := os.ReadFile(sgf); err != nil || !strings.Contains(string(text), ";B[ee]") {
		t.Errorf("%s %v", text, err)
	}
}
