package match

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/reading"
)

// private returns a folder of the private picture set, or skips the test.
func private(t *testing.T, parts ...string) string {
	t.Helper()
	root := os.Getenv("GOBANCAM_PRIVATE")
	if root == "" {
		root = filepath.Join("..", "..", "shared")
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
			for _, noise := range []float64{0, 1e-4, 1e-3} {
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
				w.events = append(w.events, r.Step(Input{At: w.now, Look: &Look{Err: errEOF}}).Events...)
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

var errEOF = io.EOF

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
	for _, name := range []string{"gomrade-seq", "gv-game3", "gv-game4"} {
		t.Run(name, func(t *testing.T) {
			var labels struct {
				BoardSize int `json:"board_size"`
				Frames    []struct {
					T     float64
					Truth []string
				}
				Moves []json.RawMessage
			}
			readJSON(t, filepath.Join(private(t, "photos", "sequences", name), "labels.json"), &labels)
			w := newWorld(t, labels.BoardSize, black)
			r, err := NewRelay(RelayOptions{Setup: board.Setup{Size: labels.BoardSize}})
			if err != nil {
				t.Fatal(err)
			}
			for i, f := range labels.Frames {
				at := f.T
				if name == "gomrade-seq" {
					at = 10 * float64(i)
				}
				w.now = max(w.now+200*time.Millisecond, time.Duration(at*float64(time.Second)))
				w.frame = i
				w.lock = reading.Locked
				if f.Truth == nil {
					w.lock = reading.Lost
				} else {
					w.board = board.MustPosition(f.Truth...)
				}
				w.events = append(w.events, r.Step(Input{At: w.now, Look: &Look{Reading: w.look()}}).Events...)
			}
			w.events = append(w.events, r.Step(Input{At: w.now, Look: &Look{Err: errEOF}}).Events...)
			pos := r.Game().Position()
			t.Logf("%d moves, %d labelled; %d undone\n%s", r.Game().MoveCount(), len(labels.Moves), count(w.events, EventUndo), w.story())
			if d := pos.Diff(&w.board); !d.IsEmpty() {
				t.Errorf("the record ends with\n%v\nthe board with\n%v", pos, strings.Join(w.board.Rows(), "\n"))
			}
		})
	}
}
