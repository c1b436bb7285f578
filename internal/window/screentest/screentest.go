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

	"github.com/gobancam/gobancam/internal/patient"
)

// Screen is a screen with a program on it.
type Screen struct {
	t       testing.TB
	display string
	window  string
	lines   chan string
	frames  chan time.Time // when the program began them, as far as it told
	ended   chan struct{}
	err     error // of the program, once it has ended
}

// Tell has the program on the screen say on standard output when its window
// began a frame, for as long as the program runs. Screen waits for that, not for
// so and so many milliseconds: a busy machine may need more.
func Tell(w interface{ Frame() time.Time }) {
	last := time.Time{}
	for range time.Tick(10 * time.Millisecond) {
		if f := w.Frame(); !f.Equal(last) {
			last = f
			fmt.Printf("%s%d\n", frameLine, f.UnixNano())
		}
	}
}

const frameLine = "frame "

// Open starts a program on a screen of 1280×800 pixels and waits for its window,
// whose title holds "gobancam". The program must call Tell, and must not have
// been given standard output; its other lines are for Expect. Where Xvfb or xdotool are not installed the
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
	s := &Screen{t: t, lines: make(chan string, 1000), frames: make(chan time.Time, 1000), ended: make(chan struct{})}
	// Without -noreset it begins anew when a program ends as a key goes down, and
	// the key's going up finds no display.
	x := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset")
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
			s.told(lines.Text())
		}
		io.Copy(io.Discard, out)
		s.err = cmd.Wait()
	}()
	t.Cleanup(func() { cmd.Process.Kill(); <-s.ended })
	s.window = strings.TrimSpace(s.xdo("search", "--sync", "--onlyvisible", "--name", "gobancam"))
	s.window, _, _ = strings.Cut(s.window, "\n")
	for range 3 {
		s.settle()
	}
	return s
}

// told takes a line of the program.
func (s *Screen) told(line string) {
	var nanos int64
	if n, _ := fmt.Sscanf(line, frameLine+"%d", &nanos); n == 1 {
		select {
		case s.frames <- time.Unix(0, nanos):
			return
		default: // nobody has waited for long: the oldest goes
		}
		select {
		case <-s.frames:
		default:
		}
		select {
		case s.frames <- time.Unix(0, nanos):
		default:
		}
		return
	}
	select {
	case s.lines <- line:
	default: // nobody expects so many
	}
}

// settle waits until the program has seen what hands have done up to now: until
// two frames have begun since.
func (s *Screen) settle() {
	s.t.Helper()
	now, late := time.Now(), patient.After(2*time.Minute)
	for seen := 0; seen < 2; {
		select {
		case f := <-s.frames:
			if f.After(now) {
				seen++
			}
		case <-s.ended:
			return
		case <-late:
			s.t.Fatal("the window begins no frames any more")
		}
	}
}

func (s *Screen) xdo(args ...string) string {
	s.t.Helper()
	ctx, stop := patient.Context(context.Background(), time.Minute)
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
	late := patient.After(90 * time.Second)
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
	case <-patient.After(time.Minute):
		s.t.Fatal("it does not end")
		return nil
	}
}

// hold does what hands do, and waits until it was seen: of a press that ends
// within one frame nothing would be.
func (s *Screen) hold(args ...string) {
	s.t.Helper()
	s.xdo(args...)
	s.settle()
}

// TypeLine types a line with Enter as fast as keys can be sent, once the window
// shows what it was last told to.
func (s *Screen) TypeLine(text string) {
	s.settle()
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
