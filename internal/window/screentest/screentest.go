// Package screentest opens a program on a screen of its own, an X server without
// hardware, and does what hands do there.
package screentest

import (
	"bufio"
	"context"
	"fmt"
	"image"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// Screen is a screen with a program on it.
type Screen struct {
	t       testing.TB
	display string
	window  string
	lines   chan string
	ended   chan struct{}
	err     error // of the program, once it has ended
}

// Open starts a program on a screen of 1280×800 pixels and waits for its window,
// whose title holds "gobancam". The program must not have been given standard
// output; its lines are for Expect. Where Xvfb or xdotool are not installed the
// test is skipped.
func Open(t testing.TB, cmd *exec.Cmd) *Screen {
	t.Helper()
	if testing.Short() {
		t.Skip("a window on a real screen takes seconds")
	}
	for _, tool := range []string{"Xvfb", "xdotool"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed; scripts/setup.sh test installs it", tool)
		}
	}
	s := &Screen{t: t, lines: make(chan string, 1000), ended: make(chan struct{})}
	x := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1280x800x24", "-nolisten", "tcp")
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	x.ExtraFiles = []*os.File{w}
	if err := x.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	t.Cleanup(func() { x.Process.Kill(); x.Wait() })
	number, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Skipf("Xvfb does not start: %v", err)
	}
	s.display = ":" + strings.TrimSpace(number)

	if cmd.Env == nil {
		cmd.Env = os.Environ()
	}
	cmd.Env = append(cmd.Env, "DISPLAY="+s.display, "WAYLAND_DISPLAY=")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(s.ended)
		defer close(s.lines)
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			select {
			case s.lines <- lines.Text():
			default: // nobody expects so many
			}
		}
		io.Copy(io.Discard, out)
		s.err = cmd.Wait()
	}()
	t.Cleanup(func() { cmd.Process.Kill(); <-s.ended })
	s.window = strings.TrimSpace(s.xdo("search", "--sync", "--onlyvisible", "--name", "gobancam"))
	s.window, _, _ = strings.Cut(s.window, "\n")
	time.Sleep(2 * time.Second) // for the first frames
	return s
}

func (s *Screen) xdo(args ...string) string {
	s.t.Helper()
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	cmd := exec.CommandContext(ctx, "xdotool", args...)
	cmd.Env = append(os.Environ(), "DISPLAY="+s.display)
	out, err := cmd.CombinedOutput()
	if err != nil {
		s.t.Fatalf("xdotool %v: %v\n%s", args, err, out)
	}
	return string(out)
}

// Expect waits for a line that begins with want. A line that begins with one of
// never fails the test.
func (s *Screen) Expect(want string, never ...string) string {
	s.t.Helper()
	late := time.After(90 * time.Second)
	for {
		select {
		case l, ok := <-s.lines:
			if !ok {
				s.t.Fatalf("the window is gone before it said %q", want)
			}
			if strings.HasPrefix(l, want) {
				return l
			}
			for _, n := range never {
				if strings.HasPrefix(l, n) {
					s.t.Fatalf("it said %q, want %q", l, want)
				}
			}
		case <-late:
			s.t.Fatalf("it never said %q", want)
		}
	}
}

// Ended waits until the program has ended and returns its error.
func (s *Screen) Ended() error {
	s.t.Helper()
	select {
	case <-s.ended:
		return s.err
	case <-time.After(60 * time.Second):
		s.t.Fatal("it does not end")
		return nil
	}
}

// hold does what hands do, slowly enough for a busy machine: a press that ends
// within one tick would not be seen.
func (s *Screen) hold(args ...string) { s.xdo(args...); time.Sleep(400 * time.Millisecond) }

// TypeLine types a line with Enter as fast as keys can be sent.
func (s *Screen) TypeLine(text string) {
	s.xdo("type", "--delay", "1", "--args", "1", text, "key", "Return")
}

// Move puts the pointer somewhere in the window.
func (s *Screen) Move(p image.Point) {
	s.hold("mousemove", "--window", s.window, fmt.Sprint(p.X), fmt.Sprint(p.Y))
}

// Press and Release are the left button's.
func (s *Screen) Press() { s.hold("mousedown", "1") }

// Release lets the left button go.
func (s *Screen) Release() { s.hold("mouseup", "1") }

// Click clicks somewhere in the window.
func (s *Screen) Click(p image.Point) {
	s.Move(p)
	s.Press()
	s.Release()
}

// Key presses a key, as X names it: "Return", "ctrl+q".
func (s *Screen) Key(k string) {
	s.hold("keydown", k)
	s.hold("keyup", k)
}

// Close clicks on the window's close button: it asks the program to close it,
// as a window manager does (ICCCM 4.2.8.1). There is none on the screen, and
// xdotool can only destroy windows.
func (s *Screen) Close() {
	s.t.Helper()
	x, err := xgb.NewConnDisplay(s.display)
	if err != nil {
		s.t.Fatal(err)
	}
	defer x.Close()
	atom := func(name string) uint32 {
		r, err := xproto.InternAtom(x, false, uint16(len(name)), name).Reply()
		if err != nil {
			s.t.Fatal(err)
		}
		return uint32(r.Atom)
	}
	id, err := strconv.ParseUint(s.window, 10, 32)
	if err != nil {
		s.t.Fatal(err)
	}
	e := xproto.ClientMessageEvent{Format: 32, Window: xproto.Window(id), Type: xproto.Atom(atom("WM_PROTOCOLS")),
		Data: xproto.ClientMessageDataUnionData32New([]uint32{atom("WM_DELETE_WINDOW"), 0, 0, 0, 0})}
	if err := xproto.SendEventChecked(x, false, xproto.Window(id), 0, string(e.Bytes())).Check(); err != nil {
		s.t.Fatal(err)
	}
}
