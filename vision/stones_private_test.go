package vision

import (
	"encoding/json"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"gocv.io/x/gocv"

	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/reading"
)

// labelled is a picture with its truth, of the photographs or the renders.
type labelled struct {
	File     string        `json:"file"`
	Scene    string        `json:"scene"`
	Size     int           `json:"size"`
	Board    int           `json:"board_size"`
	Corners  [4][2]float64 `json:"corners"`
	Truth    []string      `json:"truth"`
	State    []string      `json:"state"`
	Occluded [][2]int      `json:"occluded_points"` // row, column
	K1       float64       `json:"k1"`              // of renders: seen = undistorted·(1 + K1·r²), r in focal lengths
	FOV      float64       `json:"hfov"`            // of renders, degrees
}

// stateCount is how the points of one scene were read.
type stateCount struct{ boards, right, points, wrong, hidden int }

// add reads a picture with its corners given and compares. Points beside
// something hidden are passed over: nobody can tell.
func (s *stateCount) add(t *testing.T, dir string, l *labelled) {
	img := gocv.IMRead(filepath.Join(dir, l.File), gocv.IMReadColor)
	defer img.Close()
	n, truth := l.Size, l.State
	if truth == nil {
		n, truth = l.Board, l.Truth
	}
	spec := grid.Spec{Size: n, Width: img.Cols(), Height: img.Rows()}
	for i, c := range l.Corners {
		spec.Corners[i] = grid.Pt{X: c[0], Y: c[1]}
	}
	if l.FOV != 0 {
		focal := float64(img.Cols()) / 2 / math.Tan(l.FOV*math.Pi/360)
		half := math.Hypot(float64(img.Cols()), float64(img.Rows())) / 2
		spec.K1, spec.Aspect = -l.K1*(half/focal)*(half/focal), grid.Standard
	}
	g, err := grid.New(spec)
	if err != nil {
		t.Fatal(err)
	}
	doubtful := map[[2]int]bool{}
	for _, o := range l.Occluded {
		for k := range 9 {
			doubtful[[2]int{o[0] + k/3 - 1, o[1] + k%3 - 1}] = true
		}
	}
	before := s.wrong + s.hidden
	for i, e := range read(t, NewReader(), img, g) {
		at := [2]int{i / n, i % n}
		if doubtful[at] {
			continue
		}
		s.points++
		switch is := e.Best(); {
		case is == reading.Covered:
			s.hidden++
		case ".XO"[is] != truth[at[0]][at[1]]:
			s.wrong++
		}
	}
	s.boards++
	if s.wrong+s.hidden == before {
		s.right++
	}
}

// TestPrivateStones reads the photographs and renders with their corners
// given. The network has seen them in training, so the floors only say that
// what was learned is still there; train/stones/README.md has what it reads of
// boards that it has not seen.
func TestPrivateStones(t *testing.T) {
	dir := privateSet(t)
	for _, set := range []struct {
		truth  string
		points float64 // share of points wrong or hidden, over scenes
		boards float64 // share of boards wholly right, over scenes
	}{
		{"photos/manifest.json", 0.002, 0.92},
		{"renders/stills2/truth.json", 0.003, 0.88},
	} {
		t.Run(filepath.Base(filepath.Dir(set.truth)), func(t *testing.T) {
			b, err := os.ReadFile(filepath.Join(dir, set.truth))
			if err != nil {
				t.Skip(err)
			}
			var labels []labelled
			if err := json.Unmarshal(b, &labels); err != nil {
				t.Fatal(err)
			}
			scenes := map[string]*stateCount{}
			for i := range labels {
				s := scenes[labels[i].Scene]
				if s == nil {
					s = &stateCount{}
					scenes[labels[i].Scene] = s
				}
				s.add(t, filepath.Join(dir, filepath.Dir(set.truth)), &labels[i])
			}
			var bad, right float64
			for _, name := range slices.Sorted(maps.Keys(scenes)) {
				s := scenes[name]
				bad += float64(s.wrong+s.hidden) / float64(s.points) / float64(len(scenes))
				right += float64(s.right) / float64(s.boards) / float64(len(scenes))
				t.Logf("%-14s %3d boards, %3d right; of %6d points %3d wrong, %3d hidden", name, s.boards, s.right, s.points, s.wrong, s.hidden)
			}
			t.Logf("over scenes: %.4f %% of points wrong or hidden, %.1f %% of boards right", 100*bad, 100*right)
			if bad > set.points || right < set.boards {
				t.Errorf("less than was reached before: at most %v %% of points and at least %v %% of boards", 100*set.points, 100*set.boards)
			}
		})
	}
}
