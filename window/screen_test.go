package window

import (
	"bufio"
	"context"
	"fmt"
	"image"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/gobancam/gobancam/calibrate"
	"github.com/gobancam/gobancam/grid"
	"github.com/gobancam/gobancam/match"
)

// The test program is also the program that the tests on a real screen look at.
const actAs = "GOBANCAM_WINDOW_TEST"

func TestMain(m *testing.M) {
	if what := os.Getenv(actAs); what != "" {
		os.Exit(act(what))
	}
	os.Exit(m.Run())
}

// act opens a window and tells on standard output what is asked for.
func act(what string) int {
	tb := &outside{}
	var w *Window
	switch what {
	case "calibrate":
		w = calibrating(tb)
		w.st.cal.session.ToggleSnap()
		w.st.cal.accept = func(p *calibrate.Profile) error {
			for _, c := range p.Grid.Corners {
				fmt.Printf("corner %.3f %.3f\n", c.X, c.Y)
			}
			fmt.Println("saved")
			w.Close()
			return nil
		}
	case "film": // the play view with a new picture ten times a second, to measure what that costs
		w = shown(tb, Options{Title: "gobancam"}, midgameSnap(), midgame)
		st, _ := w.load()
		other := *st.picture.img
		go func() {
			for range time.Tick(100 * time.Millisecond) {
				img := other
				w.ShowPicture(&img, other.Rect.Dx(), other.Rect.Dy(), st.picture.grid, st.picture.reading)
			}
		}()
	case "play":
		s := midgameSnap()
		w = shown(tb, Options{Title: "gobancam"}, s, midgame)
		go func() {
			for c := range w.Commands() {
				fmt.Println("asked", c.Kind, c.Question)
				next := *s
				switch c.Kind {
				case match.CmdResign:
					next.Questions = []match.Question{{ID: 3, Kind: match.AskResign, Text: "Do you really want to resign?"}}
				case match.CmdQuit:
					time.Sleep(300 * time.Millisecond) // something is being settled
					fmt.Println("settled")
					w.Close()
				}
				w.ShowSnapshot(&next)
			}
		}()
	}
	ctx, stop := context.WithTimeout(context.Background(), 4*time.Minute)
	defer stop()
	fmt.Println("ready")
	if err := Run(ctx, w); err != nil {
		fmt.Println(err)
		return 1
	}
	fmt.Println("closed")
	return 0
}

// outside stands in for a test where there is none.
type outside struct{ testing.TB }

func (*outside) Helper()           {}
func (*outside) Fatal(args ...any) { panic(fmt.Sprint(args...)) }

// screen is an X server of its own with a window on it.
type screen struct {
	t       *testing.T
	display string
	window  string
	lines   chan string
}

func open(t *testing.T, what string) *screen {
	t.Helper()
	if testing.Short() {
		t.Skip("a window on a real screen takes seconds")
	}
	for _, tool := range []string{"Xvfb", "xdotool"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed; scripts/setup.sh test installs it", tool)
		}
	}
	s := &screen{t: t, lines: make(chan string, 1000)}
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

	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), actAs+"="+what, "DISPLAY="+s.display, "WAYLAND_DISPLAY=")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer close(s.lines)
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			s.lines <- lines.Text()
		}
		io.Copy(io.Discard, out)
		if err := cmd.Wait(); err != nil {
			s.lines <- err.Error()
		}
	}()
	t.Cleanup(func() { cmd.Process.Kill(); <-ended })
	s.expect("ready")
	s.window = strings.TrimSpace(s.xdo("search", "--sync", "--onlyvisible", "--name", "gobancam"))
	s.window, _, _ = strings.Cut(s.window, "\n")
	time.Sleep(2 * time.Second) // for the first frames
	return s
}

func (s *screen) xdo(args ...string) string {
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

// expect waits for a line that begins with want.
func (s *screen) expect(want string) string {
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
			if strings.HasPrefix(l, "asked") {
				s.t.Fatalf("it said %q, want %q", l, want)
			}
		case <-late:
			s.t.Fatalf("it never said %q", want)
		}
	}
}

// hold does what hands do, slowly enough for a busy machine: a press that ends
// within one tick would not be seen.
func (s *screen) hold(args ...string) { s.xdo(args...); time.Sleep(400 * time.Millisecond) }

func (s *screen) move(p image.Point) {
	s.hold("mousemove", "--window", s.window, fmt.Sprint(p.X), fmt.Sprint(p.Y))
}

func (s *screen) click(p image.Point) {
	s.move(p)
	s.hold("mousedown", "1")
	s.hold("mouseup", "1")
}

func (s *screen) key(k string) {
	s.hold("keydown", k)
	s.hold("keyup", k)
}

// likeIt is the ui of the same window.
func likeIt(w *Window) *ui { return ready(w, image.Pt(1120, 720)) }

func TestScreenDragACornerAndTurn(t *testing.T) {
	s := open(t, "calibrate")
	w := calibrating(t)
	u := likeIt(w)
	f := u.face().(*calibrateFace)
	before := w.st.cal.session.Grid().Corners()
	x, y := f.at.out(before[1])
	from := image.Pt(int(x), int(y))
	to := from.Add(image.Pt(23, -11))
	s.move(from)
	s.hold("mousedown", "1")
	s.move(from.Add(image.Pt(10, -5)))
	s.move(to)
	s.hold("mouseup", "1")
	s.key("r")
	s.key("Return")
	var got [4]grid.Pt
	for i := range got {
		if _, err := fmt.Sscanf(s.expect("corner"), "corner %f %f", &got[i].X, &got[i].Y); err != nil {
			t.Fatal(err)
		}
	}
	k := float64(f.at.scale())
	want := before[1].Add(grid.Pt{X: 23 / k, Y: -11 / k})
	if d := got[0].Dist(want); d > 1 { // turned: the second corner is the first
		t.Errorf("the corner was saved at %v, %.2f pixels from where it was dragged, %v", got[0], d, want)
	}
	for i, c := range []int{2, 3, 0} {
		if d := got[i+1].Dist(before[c]); d > 0.01 {
			t.Errorf("corner %d moved by %.2f", c, d)
		}
	}
	s.expect("saved")
	s.expect("closed")
}

func TestScreenResignAsksTwiceAndCloseSettles(t *testing.T) {
	s := open(t, "play")
	w := scenes[0].make(t)
	w.opt = Options{}
	u := likeIt(w)
	middle := func(label string) image.Point {
		for _, b := range u.buttons() {
			if b.label == label {
				return b.rect.Min.Add(b.rect.Size().Div(2))
			}
		}
		t.Fatalf("no button %q", label)
		return image.Point{}
	}
	s.click(middle("Resign"))
	s.expect("asked resign")
	sn := midgameSnap()
	sn.Questions = []match.Question{{ID: 3, Kind: match.AskResign}}
	w.ShowSnapshot(sn)
	u.look()
	s.click(middle("Play on"))
	if l := s.expect("asked deny"); !strings.HasSuffix(l, " 3") {
		t.Errorf("it answers no question: %q", l)
	}
	s.key("ctrl+q")
	s.expect("asked quit")
	s.expect("settled")
	s.expect("closed")
}
