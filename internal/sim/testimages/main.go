// Command testimages makes the recorded picture sets that the tests replay:
//
//	go run ./internal/sim/testimages DIR
//
// For each size and set-up it records a short game with hands that come and
// go, a captured stone and a little mischief, and one still picture in the
// middle of a random game; and single boards that look odd, as players' do. All
// is drawn from fixed seeds.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/recording"
	"github.com/gobancam/gobancam/internal/sim"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: testimages DIR")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// games are the moves, Black first; each holds a capture.
var games = map[int]string{
	9:  "F5 E5 E6 G3 D5 C3 E4",
	13: "D4 K10 N2 N1 M1",
	19: "Q16 D4 T2 T1 S1",
}

// picture is an entry of manifest.json, in the words that gobancam eval reads.
type picture struct {
	ID         string        `json:"id"`
	File       string        `json:"file"`
	BoardSize  int           `json:"board_size"`
	Width      int           `json:"width"`
	Height     int           `json:"height"`
	Corners    [4][2]float64 `json:"corners"`
	Truth      []string      `json:"truth"`
	Occluded   [][2]int      `json:"occluded_points,omitempty"` // row, column
	Conditions []string      `json:"conditions"`
	Scene      string        `json:"scene"`
	Group      string        `json:"group"`
	CellPx     float64       `json:"cell_px"`
}

func run(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	var manifest []picture
	for _, size := range []int{9, 13, 19} {
		for k, preset := range []string{"easy", "oblique", "dim"} {
			c, err := sim.Preset(preset, size)
			if err != nil {
				return err
			}
			c.Seed = uint64(1000*size + k)
			c.Sensor.Quality = 60
			c.Width = map[int]int{9: 384, 13: 416, 19: 576}[size]
			c.Height = c.Width * 3 / 4
			name := fmt.Sprintf("%dx%d-%s", size, size, preset)
			ps, err := game(filepath.Join(dir, name), name, preset, c)
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			manifest = append(manifest, ps...)
			p, err := still(dir, name, preset, c)
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			manifest = append(manifest, p)
		}
	}
	for k, o := range odds {
		p, err := o.draw(dir, k)
		if err != nil {
			return fmt.Errorf("%s: %w", o.name, err)
		}
		manifest = append(manifest, p)
	}
	text, err := json.MarshalIndent(manifest, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "manifest.json"), append(text, '\n'), 0o644)
}

// game records a game, a picture every 0.7 s, and returns some of its
// pictures for the manifest: the first, the last, and one with a hand.
func game(dir, name, preset string, c sim.Config) ([]picture, error) {
	f, err := newFilm(dir, name, preset, c)
	if err != nil {
		return nil, err
	}
	defer f.rec.Close()
	if err := f.rest(2); err != nil {
		return nil, err
	}
	for i, s := range strings.Fields(games[c.Size]) {
		if err := f.move(i, s); err != nil {
			return nil, err
		}
	}
	for i := range f.pics {
		f.pics[i].ID = strings.TrimPrefix(f.pics[i].ID, "~")
	}
	root, _ := f.game.SGF()
	out, err := os.Create(filepath.Join(dir, "game.sgf"))
	if err != nil {
		return nil, err
	}
	return f.pics, errors.Join(board.WriteSGF(out, root), out.Close(), f.rec.Close())
}

// film is a game that is being recorded.
type film struct {
	name, preset string
	size         int
	world        *sim.World
	game         *board.Game
	rec          *recording.Writer
	pics         []picture // for the manifest; the last clear one bears a ~ before its id
	handShown    bool
}

func newFilm(dir, name, preset string, c sim.Config) (*film, error) {
	if err := os.RemoveAll(dir); err != nil {
		return nil, err
	}
	w, err := sim.New(c)
	if err != nil {
		return nil, err
	}
	rules, err := board.ParseRules("japanese")
	if err != nil {
		return nil, err
	}
	g, err := board.NewGame(board.Setup{Size: c.Size, Rules: rules, Komi: 6.5})
	if err != nil {
		return nil, err
	}
	setup, err := json.Marshal(map[string]any{"rules": "japanese", "komi": 6.5, "moves": games[c.Size]})
	if err != nil {
		return nil, err
	}
	head := recording.Header{Created: time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC), Source: "sim: " + preset,
		Size: c.Size, Width: c.Width, Height: c.Height, Grid: recording.FromSpec(w.Spec()), Game: setup,
		Versions: map[string]string{"sim": version()}}
	rec, err := recording.Create(dir, head, recording.Options{})
	if err != nil {
		return nil, err
	}
	return &film{name: name, preset: preset, size: c.Size, world: w, game: g, rec: rec}, nil
}

// shoot lets 0.7 s pass and takes a picture.
func (f *film) shoot() error {
	f.world.Step(700 * time.Millisecond)
	jpg := f.world.JPEG()
	t := f.world.Truth()
	err := errors.Join(f.rec.Frame(t.Time, t.Frame, jpg), f.rec.Truth(t.Time, truth(&t)))
	p := entry(&t, f.name, f.preset)
	p.ID, p.File = fmt.Sprintf("%s-%03d", f.name, t.Frame), fmt.Sprintf("%s/frames/%06d.jpg", f.name, t.Frame)
	hand := len(p.Occluded) > 3
	if t.Frame == 0 || hand && !f.handShown && len(f.game.Moves()) > 1 {
		f.pics = append(f.pics, p)
		f.handShown = f.handShown || hand
	}
	if t.Frame > 0 && !t.Hand { // the last clear one stays
		if n := len(f.pics); n > 0 && f.pics[n-1].ID[0] == '~' {
			f.pics = f.pics[:n-1]
		}
		p.ID = "~" + p.ID
		f.pics = append(f.pics, p)
	}
	return err
}

// rest takes n pictures.
func (f *film) rest(n int) error {
	for range n {
		if err := f.shoot(); err != nil {
			return err
		}
	}
	return nil
}

// move has move i of the game played, with what befalls the board meanwhile.
func (f *film) move(i int, at string) error {
	point, err := board.ParseGTP(at, f.size)
	if err != nil {
		return err
	}
	m := board.Move{Color: f.game.ToMove(), Point: point}
	if err := f.game.Play(m); err != nil {
		return err
	}
	p := f.world.Player(map[board.Color]sim.Seat{board.Black: sim.South, board.White: sim.North}[m.Color])
	p.Place(point, m.Color)
	if gone := f.game.LastCaptured().Points(); len(gone) > 0 {
		p.Take(gone...)
	}
	switch {
	case i == 3 && f.preset == "easy":
		p.Rest(board.Point{X: int8(f.size / 2), Y: 1}, time.Second)
	case i == 3 && f.preset == "dim":
		p.Hover(board.Point{X: 2, Y: 2}, board.Empty, 700*time.Millisecond)
		f.world.Lamp(0, 0.75, time.Second)
	case i == 4 && f.preset == "oblique":
		p.Do(func() { f.world.Bump(0.3, -0.2, 1.5) })
	}
	for p.Busy() {
		if err := f.shoot(); err != nil {
			return err
		}
	}
	return f.rest(4)
}

// still draws one picture in the middle of a game of random moves.
func still(dir, name, preset string, c sim.Config) (picture, error) {
	w, err := sim.New(c)
	if err != nil {
		return picture{}, err
	}
	g, err := board.NewGame(board.Setup{Size: c.Size})
	if err != nil {
		return picture{}, err
	}
	r := rand.New(rand.NewPCG(c.Seed, 99))
	for tries := 0; tries < 10000 && g.MoveCount() < c.Size*c.Size*2/5; tries++ {
		// An illegal move is not played; another is tried.
		_ = g.Play(board.Move{Color: g.ToMove(), Point: board.Point{X: int8(r.IntN(c.Size)), Y: int8(r.IntN(c.Size))}})
	}
	pos := g.Position()
	for p := range pos.Points() {
		w.Set(p, pos.At(p))
	}
	w.Step(time.Second)
	jpg := w.JPEG()
	t := w.Truth()
	p := entry(&t, name+"-still", preset)
	p.ID, p.File = name+"-still", name+"-still.jpg"
	return p, os.WriteFile(filepath.Join(dir, p.File), jpg, 0o644)
}

func entry(t *sim.Truth, scene, preset string) picture {
	n := t.Spec.Size
	p := picture{BoardSize: n, Width: t.Spec.Width, Height: t.Spec.Height, Truth: t.Rows(),
		Conditions: []string{"simulated", preset}, Scene: scene, Group: "sim-" + preset}
	p.Corners = corners(t)
	for i, c := range t.Covered {
		if c {
			p.Occluded = append(p.Occluded, [2]int{i / n, i % n})
		}
	}
	if g, err := grid.New(t.Spec); err == nil {
		p.CellPx = math.Round(10*g.Cell(float64(n-1)/2, float64(n-1)/2)) / 10
	}
	return p
}

// corners rounds to hundredths of a pixel.
func corners(t *sim.Truth) (c [4][2]float64) {
	for i, q := range t.Spec.Corners {
		c[i] = [2]float64{math.Round(q.X*100) / 100, math.Round(q.Y*100) / 100}
	}
	return c
}

func truth(t *sim.Truth) recording.Truth {
	n := t.Spec.Size
	out := recording.Truth{Frame: t.Frame, Corners: corners(t), Rows: t.Rows(), Hand: t.Hand, Moving: t.Moving}
	for y := range n {
		row := make([]byte, n)
		for x := range row {
			row[x] = ".#"[map[bool]int{true: 1}[t.Covered[y*n+x]]]
		}
		out.Covered = append(out.Covered, string(row))
	}
	if !strings.Contains(strings.Join(out.Covered, ""), "#") {
		out.Covered = nil
	}
	return out
}

func version() string {
	if b, ok := debug.ReadBuildInfo(); ok {
		return b.GoVersion
	}
	return "unknown"
}
