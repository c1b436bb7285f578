package match

import (
	"encoding/json"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
)

// private returns a folder of the private picture set, or skips the test.
func private(t *testing.T, parts ...string) string {
	t.Helper()
	root := os.Getenv("GOBANCAM_PRIVATE")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	path := filepath.Join(append([]string{root}, parts...)...)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("no private pictures: %v", err)
	}
	return path
}

func readJSON(t *testing.T, path string, v any) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, v); err != nil {
		t.Fatal(err)
	}
}

// TestRelayOfRenderedGames replays the truth of the rendered games, with hands
// and misreadings of our own, as readings.
func TestRelayOfRenderedGames(t *testing.T) {
	for _, name := range []string{"dev_9x9", "dev_19x19"} {
		t.Run(name, func(t *testing.T) {
			var truth struct {
				Size   int
				Fps    float64
				States [][]string
				Setup  struct{ B, W [][2]int }
				Moves  []struct {
					Color          string
					Row, Col       int
					Release, Clear int
				}
				Frame []struct {
					T     float64
					State int
					Hand  bool
				}
				Events []struct {
					Type       string
					Start, End int
				}
			}
			readJSON(t, filepath.Join(private(t, "renders", name), "truth.json"), &truth)
			for _, noise := range []float64{1e-4, 0, 1e-3}[:lessWhenRaced(3)] {
				w := newWorld(t, truth.Size, black)
				w.noise = noise
				rules, _ := board.ParseRules("japanese")
				r, err := NewRelay(RelayOptions{Setup: board.Setup{Size: truth.Size, Rules: rules}})
				if err != nil {
					t.Fatal(err)
				}
				prev := board.NewPosition(truth.Size)
				var last *board.Point
				for i, f := range truth.Frame {
					pos := board.MustPosition(truth.States[f.State]...)
					if d := prev.Diff(&pos); !d.IsEmpty() {
						p := d.Points()[0]
						last = &p
					}
					w.board = pos
					w.away()
					if f.Hand && last != nil {
						w.reach(*last)
					}
					prev = pos
					w.now = time.Duration(f.T * float64(time.Second))
					w.frame = i
					for _, e := range truth.Events {
						if e.Type == "bump" && i == e.Start+2 {
							w.bump++
						}
					}
					w.events = append(w.events, r.Step(Input{At: w.now, Look: &Look{Reading: w.look()}}).Events...)
				}
				w.events = append(w.events, r.Step(Input{At: w.now, Look: &Look{Err: io.EOF}}).Events...)
				var want []board.Move
				for _, m := range truth.Moves {
					c := black
					if m.Color == "W" {
						c = white
					}
					want = append(want, board.Move{Color: c, Point: board.Point{X: int8(m.Col), Y: int8(m.Row)}})
				}
				if got := r.Game().Moves(); !slices.Equal(got, want) {
					t.Errorf("noise %g: record has %d moves, truth %d\n%v\n%v\n%s", noise, len(got), len(want), got, want, w.story())
				} else {
					t.Logf("noise %g: %d moves right, %d undone on the way", noise, len(got), count(w.events, EventUndo))
				}
			}
		})
	}
}

func count(events []Event, k EventKind) (n int) {
	for _, e := range events {
		if e.Kind == k {
			n++
		}
	}
	return n
}

// TestRelayOfPhotographedGames does the same with the labels of photographed
// games, pictures of which are up to many seconds apart.
func TestRelayOfPhotographedGames(t *testing.T) {
	for _, c := range []struct {
		name   string
		frames int // up to which the players play by the rules; 0: all
	}{
		{"gomrade-seq", 9}, {"gv-game3", 379}, {"gv-game4", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			var labels struct {
				BoardSize int `json:"board_size"`
				Frames    []struct {
					T     float64
					Truth []string
				}
			}
			readJSON(t, filepath.Join(private(t, "photos", "sequences", c.name), "labels.json"), &labels)
			if c.frames > 0 {
				labels.Frames = labels.Frames[:c.frames]
			}
			right := 0
			seeds := lessWhenRaced(5)
			for seed := range uint64(seeds) {
				w := newWorld(t, labels.BoardSize, black)
				w.rng = rand.New(rand.NewPCG(seed, 0))
				r, err := NewRelay(RelayOptions{Setup: board.Setup{Size: labels.BoardSize}})
				if err != nil {
					t.Fatal(err)
				}
				step := func(l Look) { w.events = append(w.events, r.Step(Input{At: w.now, Look: &l}).Events...) }
				for i, f := range labels.Frames {
					at := f.T
					if at == 0 {
						at = 10 * float64(i)
					}
					w.now = max(w.now+200*time.Millisecond, time.Duration(at*float64(time.Second)))
					w.frame = i
					if f.Truth == nil {
						continue
					}
					w.board = board.MustPosition(f.Truth...)
					step(Look{Reading: w.look()})
				}
				for range 3 {
					w.now += 10 * time.Second
					step(Look{Reading: w.look()})
				}
				step(Look{Err: io.EOF})
				pos := r.Game().Position()
				if d := pos.Diff(&w.board); d.IsEmpty() {
					right++
				} else {
					t.Logf("seed %d: the record ends with\n%v\nthe board with\n%v\n%s", seed, pos, w.board, w.story())
				}
			}
			t.Logf("%d of %d runs end with the right position", right, seeds)
			if right < max(1, seeds-1) {
				t.Fail()
			}
		})
	}
}
