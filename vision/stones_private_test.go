package vision

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"testing"

	"gocv.io/x/gocv"

	"github.com/gobancam/gobancam/grid"
	"github.com/gobancam/gobancam/reading"
)

// labelled is a picture with its truth.
type labelled struct {
	File     string        `json:"file"`
	Size     int           `json:"size"`
	Board    int           `json:"board_size"`
	Corners  [4][2]float64 `json:"corners"`
	Truth    []string      `json:"truth"`
	State    []string      `json:"state"`
	Scene    string        `json:"scene"`
	Group    string        `json:"group"`
	Radial   float64       `json:"radial_cells"`
	Occluded [][2]int      `json:"occluded_points"`
}

func loadLabels(t testing.TB, path string) []labelled {
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var l []labelled
	if err := json.Unmarshal(b, &l); err != nil {
		t.Fatal(err)
	}
	for i := range l {
		if l[i].Size == 0 {
			l[i].Size = l[i].Board
		}
		if l[i].Truth == nil {
			l[i].Truth = l[i].State
		}
	}
	return l
}

// TestPrivateStones measures the reading of photographs and renders with the
// corners given.
func TestPrivateStones(t *testing.T) {
	for _, set := range []string{"photos/manifest.json", "renders/stills2/truth.json"} {
		t.Run(filepath.Base(filepath.Dir(set)), func(t *testing.T) {
			path := filepath.Join(privateSet(t), set)
			type tally struct{ wrong, points, boards, right int }
			scenes := map[string]*tally{}
			var kinds [3][4]int
			for _, l := range loadLabels(t, path) {
				img := gocv.IMRead(filepath.Join(filepath.Dir(path), l.File), gocv.IMReadColor)
				spec := grid.Spec{Size: l.Size, Width: img.Cols(), Height: img.Rows()}
				for i, c := range l.Corners {
					spec.Corners[i] = grid.Pt{X: c[0], Y: c[1]}
				}
				g, err := grid.New(spec)
				if err != nil {
					t.Fatal(err)
				}
				ev, err := NewReader().Read(img, g)
				img.Close()
				if err != nil {
					t.Fatal(err)
				}
				hid := map[[2]int]bool{}
				for _, o := range l.Occluded {
					hid[o] = true
				}
				scene := l.Scene
				if scene == "" {
					scene = "renders"
				}
				s := scenes[scene]
				if s == nil {
					s = &tally{}
					scenes[scene] = s
				}
				wrong := 0
				for i, e := range ev {
					x, y := i%l.Size, i/l.Size
					if hid[[2]int{y, x}] {
						continue
					}
					want := reading.Empty
					for k := range 3 {
						if ".XO"[k] == l.Truth[y][x] {
							want = reading.State(k)
						}
					}
					kinds[want][e.Best()]++
					if e.Best() != want {
						wrong++
					}
					s.points++
				}
				s.wrong += wrong
				s.boards++
				if wrong == 0 {
					s.right++
				}
			}
			var names []string
			for k := range scenes {
				names = append(names, k)
			}
			sort.Strings(names)
			var per, right float64
			for _, k := range names {
				s := scenes[k]
				per += float64(s.wrong) / float64(s.points) / float64(len(names))
				right += float64(s.right) / float64(s.boards) / float64(len(names))
				t.Logf("%-14s %3d boards, %3d right, %5d of %6d points wrong", k, s.boards, s.right, s.wrong, s.points)
			}
			t.Logf("over scenes: %.3f %% of points wrong, %.1f %% of boards right; truth × read: %v", 100*per, 100*right, fmt.Sprint(kinds))
		})
	}
}
