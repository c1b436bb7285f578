package window

import (
	"context"
	"fmt"
	"image"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/gobancam/gobancam/calibrate"
	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/window/screentest"
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
	case "line": // one page after another asks for a line
		w = New(Options{})
		ask := func(n int) {
			w.ShowMenu(&Menu{Name: fmt.Sprint(n), Title: "A line", Field: "Anything", Buttons: []Choice{{Key: "Enter", Label: "Go on"}}})
		}
		ask(0)
		go func() {
			n := 0
			for a := range w.Answers() {
				ask(n + 1)
				fmt.Printf("line %s\n", a.Text)
				n++
			}
		}()
	case "play":
		s := midgameSnap()
		w = shown(tb, Options{Title: "gobancam"}, s, midgame)
		go func() {
			for c := range w.Commands() {
				next := *s
				if c.Kind == match.CmdResign {
					next.Questions = []match.Question{{ID: 3, Kind: match.AskResign, Text: "Do you really want to resign?"}}
				}
				w.ShowSnapshot(&next)
				fmt.Println("asked", c.Kind, c.Question)
				if c.Kind == match.CmdQuit {
					time.Sleep(300 * time.Millisecond) // something is being settled
					fmt.Println("settled")
					w.Close()
				}
			}
		}()
	}
	ctx, stop := context.WithTimeout(context.Background(), 4*time.Minute)
	defer stop()
	go screentest.Tell(w)
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

// open opens the window of act on a screen of its own.
func open(t *testing.T, what string) *screentest.Screen {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), actAs+"="+what)
	return screentest.Open(t, cmd)
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
	s.Move(from)
	s.Press()
	s.Move(from.Add(image.Pt(10, -5)))
	s.Move(to)
	s.Release()
	s.Key("r")
	s.Key("Return")
	var got [4]grid.Pt
	for i := range got {
		if _, err := fmt.Sscanf(s.Expect("corner"), "corner %f %f", &got[i].X, &got[i].Y); err != nil {
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
	s.Expect("saved")
	s.Expect("closed")
}

// Whoever types fast hits Enter within the tick of the last letter, of which
// Ebitengine does not tell the order.
func TestScreenLineTypedFast(t *testing.T) {
	s := open(t, "line")
	for _, want := range []string{"anna", "gobancamclientid", "x", "0123456789", "benandchie"} {
		s.TypeLine(want)
		if got := s.Expect("line"); got != "line "+want {
			t.Errorf("typed %q, taken as %q", want, got)
		}
	}
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
	s.Click(middle("Resign"))
	s.Expect("asked resign", "asked")
	sn := midgameSnap()
	sn.Questions = []match.Question{{ID: 3, Kind: match.AskResign}}
	w.ShowSnapshot(sn)
	u.look()
	s.Click(middle("Play on"))
	if l := s.Expect("asked deny", "asked"); !strings.HasSuffix(l, " 3") {
		t.Errorf("it answers no question: %q", l)
	}
	s.Close()
	s.Expect("asked quit", "asked")
	s.Expect("settled")
	s.Expect("closed")
}
