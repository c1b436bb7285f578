package window

import (
	"flag"
	"fmt"
	"image"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/calibrate"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/reading"
	"github.com/gobancam/gobancam/internal/sim"
)

var update = flag.Bool("update", false, "draw the golden pictures, and those of the documentation, anew")

// on is a picture of a simulated board with a position on it.
// It is drawn once for all tests, without noise, and in few colours: the golden
// pictures stay small.
func on(t testing.TB, pos board.Position) (*image.RGBA, *grid.Grid, *reading.Reading) {
	t.Helper()
	if drawn.img != nil && drawn.pos == pos {
		return drawn.img, drawn.grid, drawn.reading
	}
	cfg := sim.Default(pos.Size())
	cfg.Seed = 3
	cfg.Sensor.Noise = 0
	w, err := sim.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	for p := range pos.Points() {
		w.Set(p, pos.At(p))
	}
	g, err := grid.New(w.Spec())
	if err != nil {
		t.Fatal(err)
	}
	r := &reading.Reading{Size: pos.Size(), Lock: reading.Locked}
	for p := range pos.Points() {
		e := reading.Evidence{255, 255, 255, 255}
		e[pos.At(p)] = 0
		r.Points = append(r.Points, e)
	}
	img := w.Render()
	for i, v := range img.Pix {
		if i%4 != 3 {
			img.Pix[i] = v&^7 | 4
		}
	}
	drawn.pos, drawn.img, drawn.grid, drawn.reading = pos, img, g, r
	return img, g, r
}

var drawn struct {
	pos     board.Position
	img     *image.RGBA
	grid    *grid.Grid
	reading *reading.Reading
}

var midgame = board.MustPosition(
	". . . . . . . . .",
	". . . X . . . . .",
	". . O . . X . . .",
	". . . X . . . . .",
	". . O . X . . . .",
	". . O X . . . . .",
	". O . O . . X . .",
	". O X X O O . . .",
	". . O . . . . . .")

// midgameSnap is a snapshot in the middle of a game.
func midgameSnap() *match.Snapshot {
	return &match.Snapshot{Frame: 9, State: match.StateYourTurn, Text: "Your turn.", Size: 9, ID: 7, Name: "friendly", Komi: 6.5,
		Position: midgame, Number: 19, HasLast: true, Last: board.Move{Color: board.White, Point: board.Point{X: 5, Y: 7}},
		Captures: [2]int{0, 1}, Me: board.Black, ToMove: board.Black, MyTurn: true, Phase: game.Playing,
		Players: [2]game.Player{{ID: 1, Name: "you", Rank: "5k"}, {ID: 2, Name: "Хонинбо", Rank: "4k"}},
		Clocks:  [2]game.Clock{{Text: "6:12.0 + 5×30.0", Left: 6 * time.Minute}, {Text: "4×21.0", Left: 2 * time.Minute}},
		Online:  true, Camera: true, Locked: true}
}

// scenes are windows in the states that are worth looking at.
var scenes = []struct {
	name string
	make func(t testing.TB) *Window
	size image.Point
}{
	{"play", func(t testing.TB) *Window {
		w := shown(t, Options{Mute: func(bool) {}, Corners: func([4]grid.Pt, int) {}}, midgameSnap(), midgame)
		return w
	}, image.Pt(800, 600)},
	{"owed", func(t testing.TB) *Window {
		s := midgameSnap()
		s.State, s.Text = match.StateMisplaced, "G3 should be F2."
		s.Owed = []match.Stone{s.Last}
		s.Misplaced = &match.Misplaced{Stone: s.Last, Actual: board.Point{X: 6, Y: 6}}
		s.Prisoners = []match.Stone{{Color: board.Black, Point: board.Point{X: 2, Y: 6}}}
		s.Missing = []match.Stone{{Color: board.White, Point: board.Point{X: 2, Y: 2}}}
		s.Clocks[0] = game.Clock{Text: "1×12.0", Left: 12 * time.Second, Running: true}
		return shown(t, Options{Light: true}, s, midgame)
	}, image.Pt(800, 600)},
	{"question", func(t testing.TB) *Window {
		s := midgameSnap()
		s.Questions = []match.Question{{ID: 4, Kind: match.AskResign, Text: "Do you really want to resign?"}}
		s.Players[1].Name = "囲碁太郎"
		return shown(t, Options{}, s, midgame)
	}, image.Pt(640, 800)},
	{"removal", removal, image.Pt(800, 600)},
	{"result", func(t testing.TB) *Window {
		s := midgameSnap()
		s.State, s.Text, s.Phase = match.StateFinished, "You lose: W+1.5.", game.Over
		s.Result = &game.Result{Winner: board.White, Points: 1.5, Words: "1.5 points"}
		return shown(t, Options{}, s, midgame)
	}, image.Pt(800, 600)},
	{"calibrate", calibrating, image.Pt(800, 600)},
	{"cameras", func(t testing.TB) *Window { w := New(Options{}); w.ShowMenu(camerasMenu(t)); return w }, image.Pt(800, 600)},
	{"games", func(t testing.TB) *Window { w := New(Options{Light: true}); w.ShowMenu(gamesMenu()); return w }, image.Pt(800, 600)},
	{"device", func(t testing.TB) *Window {
		w := New(Options{})
		w.ShowMenu(&Menu{Name: "device", Title: "Sign in to Challonge", Sub: "The code is good until 20:15:00", QR: checkered(),
			Text: "Scan the code with a phone; or open this page on any device and type the letters.", Address: "https://connect.challonge.com/device", Code: "WXYZ-1234",
			Buttons: []Choice{{Key: "Escape", Label: "Cancel"}}})
		return w
	}, image.Pt(800, 600)},
	{"phone", func(t testing.TB) *Window { w := New(Options{}); w.ShowMenu(phoneMenu(t)); return w }, image.Pt(800, 600)},
	{"projector", func(t testing.TB) *Window {
		s := midgameSnap()
		s.Owed = []match.Stone{s.Last}
		s.Prisoners = []match.Stone{{Color: board.Black, Point: board.Point{X: 2, Y: 6}}}
		w := New(Options{})
		w.ShowSnapshot(s)
		return w
	}, image.Pt(800, 600)},
}

// checkered stands for a QR code.
func checkered() *image.Gray {
	img := image.NewGray(image.Rect(0, 0, 33, 33))
	for i := range img.Pix {
		img.Pix[i] = 255 * uint8((i%33/2+i/66)%2)
	}
	return img
}

func shown(t testing.TB, opt Options, s *match.Snapshot, wood board.Position) *Window {
	w := New(opt)
	img, g, r := on(t, wood)
	w.ShowPicture(img, img.Bounds().Dx(), img.Bounds().Dy(), g, r)
	w.ShowSnapshot(s)
	return w
}

func removal(t testing.TB) *Window {
	s := midgameSnap()
	s.State, s.Phase = match.StateRemoval, game.StoneRemoval
	s.Text = "Mark the dead stones on the screen, then agree. 2 points marked as dead."
	s.Dead = []board.Point{{X: 3, Y: 6}, {X: 2, Y: 8}}
	s.Accepted[1] = true
	return shown(t, Options{}, s, midgame)
}

func calibrating(t testing.TB) *Window {
	w := New(Options{})
	img, g, r := on(t, midgame)
	size := img.Bounds().Size()
	s := calibrate.NewSession("0", nil)
	w.Calibrate(s, func(*calibrate.Profile) error { return nil })
	s.Picture(size.X, size.Y)
	s.Done(s.Job(), g, calibrate.Fit{Confidence: 0.99, Distance: 0.012}, nil)
	s.Choose(0)
	q := calibrate.MeasurePicture(img, g)
	q.Rate = 3
	s.Seen(g, r, q)
	w.ShowPicture(img, size.X, size.Y, g, r)
	return w
}

// timeless forgets when picture and snapshot came.
func (w *Window) timeless() {
	w.change(func(s *state) {
		s.snapAt = time.Time{}
		if s.picture != nil {
			p := *s.picture
			p.at = time.Time{}
			s.picture = &p
		}
	})
}

// still draws a scene, without a screen and at no time of its own.
func still(t testing.TB, name string, w *Window, size image.Point) *image.RGBA {
	t.Helper()
	w.timeless()
	u := newUI(w)
	u.fixed = true // no fonts but the program's own
	u.state, _ = w.load()
	u.resize(size, 1)
	if name == "projector" {
		u.shown = "projector"
	}
	return u.render()
}

// Golden pictures may differ by what rounding makes of a line's edge.
func TestScenesLookAsTheyDid(t *testing.T) {
	for _, sc := range scenes {
		t.Run(sc.name, func(t *testing.T) {
			file := filepath.Join("testdata", sc.name+".png")
			got := still(t, sc.name, sc.make(t), sc.size)
			if *update {
				write(t, file, got)
				return
			}
			f, err := os.Open(file)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			want, err := png.Decode(f)
			if err != nil {
				t.Fatal(err)
			}
			if err := differs(got, want); err != nil {
				out := filepath.Join(t.TempDir(), sc.name+".png")
				write(t, out, got)
				t.Errorf("%v\nif that is meant, draw them anew: go test ./internal/window -run 'Scenes|Documentation' -update", err)
			}
		})
	}
}

func differs(got *image.RGBA, want image.Image) error {
	if got.Bounds() != want.Bounds() {
		return fmt.Errorf("the picture is %v, was %v", got.Bounds(), want.Bounds())
	}
	off := 0
	b := got.Bounds()
	for y := range b.Dy() {
		for x := range b.Dx() {
			r0, g0, b0, _ := got.At(x, y).RGBA()
			r1, g1, b1, _ := want.At(x, y).RGBA()
			d := math.Abs(float64(r0)-float64(r1)) + math.Abs(float64(g0)-float64(g1)) + math.Abs(float64(b0)-float64(b1))
			if d > 48*257 {
				off++
			}
		}
	}
	if share := float64(off) / float64(b.Dx()*b.Dy()); share > 0.002 {
		return fmt.Errorf("%.2f %% of the picture looks different", 100*share)
	}
	return nil
}

func write(t testing.TB, file string, img image.Image) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(f, img); err != nil {
		t.Fatal(err)
	}
}

// The documentation's pictures are drawn by the same code.
func TestDocumentationPictures(t *testing.T) {
	if !*update {
		t.Skip("drawn with -update only")
	}
	for _, sc := range scenes {
		if slices.Contains([]string{"owed", "question", "result", "device"}, sc.name) {
			continue
		}
		write(t, filepath.Join("..", "..", "docs", "pictures", sc.name+".png"), still(t, sc.name, sc.make(t), image.Pt(1120, 720)))
	}
}
