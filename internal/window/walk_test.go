package window

import (
	"flag"
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gobancam/gobancam/board"
)

var walkPictures = flag.String("walkpictures", "", "draw the review at all sizes into this directory")

// strolled is a game at random, judged up to a step by an engine that is made up.
func strolled(t testing.TB, size, moves, judged int) *Walk {
	t.Helper()
	g, err := board.NewGame(board.Setup{Size: size})
	if err != nil {
		t.Fatal(err)
	}
	chance := rand.New(rand.NewPCG(uint64(size), 5))
	k := &Walk{Name: fmt.Sprint("game ", size), Title: "Anna Schmidt 3k – 囲碁太郎 2d", Sub: "B+3.5 · 2026-11-28 · a game.sgf", Size: size, Scored: true,
		Steps:  []Step{{Board: g.Position()}},
		Swings: []int{moves / 3, moves / 2, moves / 5}, Engine: "KataGo has looked at all moves."}
	for len(k.Steps) <= moves {
		m := board.Move{Color: g.ToMove(), Point: board.Point{X: int8(chance.IntN(size)), Y: int8(chance.IntN(size))}}
		if g.Play(m) == nil {
			k.Steps = append(k.Steps, Step{Board: g.Position(), Move: m, Number: g.MoveCount(), Captures: [2]int{g.Captures(board.Black), g.Captures(board.White)}})
		}
	}
	for i := range k.Steps[:min(judged, len(k.Steps))] {
		s := &k.Steps[i]
		s.Judged, s.Win, s.Score = true, 0.5+0.45*math.Sin(float64(i)/9), 24*math.Sin(float64(i)/9+0.2)
		s.Next = board.Point{X: int8(i % size), Y: int8(i / 7 % size)}
		s.Words = "Black wins with 63.2 %, B+4.5. This move cost 12.1 % and 5.5 points. The engine prefers Q16."
	}
	k.Steps[moves/3].Comment = "What a mistake! " + strings.Repeat("White could have cut here. ", 4)
	return k
}

func walking(k *Walk, opt Options) *Window {
	w := New(opt)
	w.ShowWalk(k)
	return w
}

// press sends keys to a face.
func press(u *ui, keys ...string) {
	for _, key := range keys {
		if notch, ok := strings.CutPrefix(key, "wheel "); ok {
			u.handle(event{kind: wheeled, key: notch})
			continue
		}
		u.handle(event{kind: keyDown, key: key})
	}
}

func walkUI(w *Window, size image.Point) *ui {
	u := newUI(w)
	u.fixed = true
	u.state, _ = w.load()
	u.resize(size, 1)
	u.scene()
	return u
}

func TestWalkPictures(t *testing.T) {
	for _, size := range []image.Point{{800, 600}, {1120, 720}, {1920, 1080}, {3840, 2160}, {700, 1000}} {
		for _, light := range []bool{false, true} {
			for _, lines := range []int{9, 19} {
				u := walkUI(walking(strolled(t, lines, lines*lines/2, lines*lines/3), Options{Light: light}), size)
				press(u, "1")
				if lines == 9 {
					press(u, "N")
				}
				img := u.render()
				for i, b := range u.faces["walk"].(*walkFace).keys {
					for _, o := range u.faces["walk"].(*walkFace).keys[:i] {
						if b.rect.Overlaps(o.rect) {
							t.Errorf("%v: %s is over %s", size, b.label, o.label)
						}
					}
					if !b.rect.In(img.Bounds()) {
						t.Errorf("%v: %s is outside", size, b.label)
					}
				}
				l := u.faces["walk"].(*walkFace).laid
				for _, r := range []image.Rectangle{l.board, l.title, l.graph, l.words, l.buttons} {
					if r.Empty() || !r.In(img.Bounds()) {
						t.Errorf("%v: a part of the view is at %v", size, r)
					}
				}
				if *walkPictures != "" {
					write(t, filepath.Join(*walkPictures, fmt.Sprintf("review-%d-%dx%d-%s.png", lines, size.X, size.Y, u.theme.name)), img)
				}
			}
		}
	}
}

// Every key, click and turn of the wheel leads to the step that it should.
func TestWalkSteps(t *testing.T) {
	k := strolled(t, 9, 30, 31)
	w := walking(k, Options{})
	u := walkUI(w, image.Pt(800, 600))
	f := u.faces["walk"].(*walkFace)
	for _, c := range []struct {
		key  string
		want int
	}{{"ArrowLeft", 0}, {"ArrowRight", 1}, {"wheel ArrowDown", 2}, {"wheel ArrowUp", 1}, {"ArrowDown", 11}, {"PageDown", 21}, {"PageDown", 30}, {"ArrowRight", 30},
		{"ArrowUp", 20}, {"Home", 0}, {"End", 30}, {"1", 10}, {"2", 15}, {"3", 6}, {"4", 6}, {"F5", 6}} {
		if press(u, c.key); f.at != c.want {
			t.Errorf("%s leads to %d, not %d", c.key, f.at, c.want)
		}
	}
	plot := graphPlot(u, f.laid.graph)
	for step := range k.Steps {
		at := image.Pt(plot.Min.X+plot.Dx()*step/30, plot.Min.Y+5)
		u.handle(event{kind: pressed, at: at})
		u.handle(event{kind: released, at: at})
		if f.at != step {
			t.Errorf("a click at step %d of the graph leads to %d", step, f.at)
		}
	}
	u.handle(event{kind: pressed, at: image.Pt(plot.Min.X, plot.Min.Y+1)})
	u.handle(event{kind: moved, at: image.Pt(plot.Max.X+50, 0)})
	if f.at != 30 {
		t.Errorf("drawn along the graph, it is at %d", f.at)
	}
	u.handle(event{kind: released})
	u.handle(event{kind: moved, at: image.Pt(plot.Min.X, plot.Min.Y)})
	if f.at != 30 {
		t.Errorf("let go of, it follows to %d", f.at)
	}
	// What the engine finds out meanwhile moves nothing.
	press(u, "Home", "ArrowRight")
	more := *k
	more.Engine = "more"
	w.ShowWalk(&more)
	u.state, _ = w.load()
	if u.scene(); f.at != 1 {
		t.Errorf("more of the engine leads to %d", f.at)
	}
	press(u, "Escape")
	if a := <-w.Answers(); a.Menu != "walk" || a.Key != "Escape" {
		t.Errorf("%+v", a)
	}
	// Another game begins anew, one without an engine at its end.
	other := strolled(t, 19, 12, 0)
	other.Engine, other.Swings = "", nil
	w.ShowWalk(other)
	u.state, _ = w.load()
	if u.scene(); f.at != 12 {
		t.Errorf("another game begins at %d", f.at)
	}
	// Without an engine there is a slider in the graph's place.
	plot = graphPlot(u, f.laid.graph)
	for _, step := range []int{0, 5, 12} {
		u.handle(event{kind: pressed, at: image.Pt(plot.Min.X+plot.Dx()*step/12, f.laid.graph.Min.Y+1)})
		u.handle(event{kind: released})
		if f.at != step {
			t.Errorf("the slider at %d leads to %d", step, f.at)
		}
	}
	press(u, "1")
	if f.at != 12 {
		t.Errorf("without swings 1 leads to %d", f.at)
	}
	w.ShowWalk(nil)
	u.state, _ = w.load()
	if u.face() != u.faces["play"] {
		t.Error("the game is still shown")
	}
}

// What is asked for about variations, by keys and by clicks, and where another
// line is shown from.
func TestWalkVariations(t *testing.T) {
	k := strolled(t, 9, 20, 0)
	k.Engine, k.Swings = "", nil
	k.Steps[5].Ways = []Way{{Point: k.Steps[6].Move.Point, Text: "A", On: true}, {Point: board.Pass, Text: "pass"}, {Point: board.Pass, Text: "a set-up"}}
	k.Steps[9].Own, k.Steps[9].Line = true, "variation after move 8"
	k.Steps[3].Comment, k.Steps[12].Comment = "three", "twelve"
	w := walking(k, Options{})
	u := walkUI(w, image.Pt(1120, 720))
	f := u.faces["walk"].(*walkFace)
	want := func(a Answer) {
		t.Helper()
		a.Menu, a.Item = "walk", k.Name
		select {
		case got := <-w.Answers():
			if got != a {
				t.Errorf("asked for is %+v, not %+v", got, a)
			}
		default:
			if a.Key != "" {
				t.Errorf("nothing is asked for instead of %+v", a)
			}
		}
	}
	to := func(step int) { f.at = step; u.scene() }
	for _, step := range []int{5, 6} {
		to(step)
		press(u, "V")
		want(Answer{Key: "way", Step: 5, Way: 1})
	}
	to(7)
	press(u, "V", "X")
	want(Answer{})
	to(9)
	press(u, "X")
	want(Answer{Key: "drop", Step: 9})
	press(u, "G")
	want(Answer{Key: "main", Step: 9})
	to(4)
	for _, step := range []int{6, 12, 3, 6} { // strolled says something at 6
		if press(u, "C"); f.at != step {
			t.Errorf("C leads to %d, not %d", f.at, step)
		}
	}
	// A click on an empty point, one on a stone.
	lay := layBoard(f.laid.board, 9)
	click := func(p board.Point) {
		x, y := lay.at(p)
		u.handle(event{kind: pressed, at: image.Pt(int(x), int(y))})
		u.handle(event{kind: released})
	}
	var empty, stone board.Point
	for p := range k.Steps[12].Board.Points() {
		if k.Steps[12].Board.At(p) == board.Empty {
			empty = p
		} else {
			stone = p
		}
	}
	to(12)
	click(stone)
	want(Answer{})
	click(empty)
	want(Answer{Key: "play", Step: 12, Point: empty})
	u.render()

	other := *k
	other.Line, other.At = 1, 7
	w.ShowWalk(&other)
	u.state, _ = w.load()
	if u.scene(); f.at != 7 {
		t.Errorf("the other line is shown from %d on", f.at)
	}
	press(u, "ArrowRight")
	again := other
	again.Engine = "more of it"
	w.ShowWalk(&again)
	u.state, _ = w.load()
	if u.scene(); f.at != 8 {
		t.Errorf("the same line leads to %d", f.at)
	}
}

// Records without a move, on the smallest and the largest boards, can be shown.
func TestWalkOddGames(t *testing.T) {
	for _, size := range []int{2, 5, 25} {
		for _, moves := range []int{0, 1, 2} {
			k := strolled(t, size, moves, 1)
			k.Swings = nil
			u := walkUI(walking(k, Options{}), image.Pt(800, 600))
			press(u, "ArrowRight", "N", "End", "1")
			u.render()
		}
	}
}
