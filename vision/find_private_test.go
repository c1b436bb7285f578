package vision

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gocv.io/x/gocv"

	"github.com/gobancam/gobancam/internal/eval"
	"github.com/gobancam/gobancam/internal/grid"
)

// privateSet returns the directory of the private pictures, or skips.
func privateSet(t testing.TB) string {
	dir := os.Getenv("GOBANCAM_PRIVATE")
	if dir == "" {
		dir = "../../shared"
	}
	if _, err := os.Stat(filepath.Join(dir, "photos", "manifest.json")); err != nil {
		t.Skip("no private pictures: set GOBANCAM_PRIVATE to a directory that holds photos/manifest.json")
	}
	return dir
}

// finder is Find as eval wants it.
type finder struct{ last Found }

func (f *finder) Look(file string, _ *[4]grid.Pt, _ int) (eval.Answer, error) {
	img, err := ReadPicture(file)
	if err != nil {
		return eval.Answer{}, err
	}
	defer img.Close()
	begun := eval.CPUTime()
	f.last, err = Find(img, FindOptions{})
	a := eval.Answer{CPU: eval.CPUTime() - begun}
	if err != nil {
		return a, err
	}
	a.Size, a.Corners, a.Confidence = f.last.Grid.Size(), f.last.Grid.Corners(), f.last.Confidence
	return a, nil
}

func TestPrivateFind(t *testing.T) {
	dir := privateSet(t)
	for _, set := range []struct {
		manifest string
		floor    float64 // share of scenes
	}{
		{"photos/manifest.json", 0.9},
		{"renders/stills/truth.json", 0.85},
	} {
		pics, err := eval.Load(filepath.Join(dir, set.manifest))
		if err != nil {
			t.Fatal(err)
		}
		var some []eval.Picture // the first of each scene
		seen := map[string]bool{}
		for _, p := range pics {
			if !seen[p.Scene] {
				some = append(some, p)
			}
			seen[p.Scene] = true
		}
		eyes := &finder{}
		var fits []float64 // median reprojection errors, cells
		results, err := eval.Run(t.Context(), eyes, some, false, func(r eval.Result) {
			if r.Found {
				fits = append(fits, eyes.last.Fit)
			}
			if !r.Found || !r.Sure {
				t.Logf("%s: size %d seen as %d, off %.2f, confidence %.3f %s: %+v", r.Picture, r.Size, r.Saw, r.Offset, r.Surety, r.Error, eyes.last.evidence)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		s := eval.Summarize(results)
		t.Logf("%s: found %d of %d, %.1f %% of %d scenes; sure and wrong %d, sure and right %d; %.0f ms a picture, at most %.0f",
			set.manifest, s.Found, s.Pictures, 100*s.Scenes.Found, s.Scenes.Count, s.SureWrong, s.SureRight, s.MeanMS, s.MostMS)
		t.Logf("%s: printed lines off by %.4f cells in the median, %.4f at 95 %%, %.4f at most", set.manifest,
			quantile(fits, 0.5), quantile(fits, 0.95), quantile(fits, 1))
		if s.SureWrong > 0 {
			t.Errorf("%s: %d boards are wrong and sure", set.manifest, s.SureWrong)
		}
		if s.Scenes.Found < set.floor {
			t.Errorf("%s: boards found in %.1f %% of scenes", set.manifest, 100*s.Scenes.Found)
		}
	}
}

// TestPrivateJudge writes the evidence for right and wrong grids, one JSON
// object a line, to the file that GOBANCAM_JUDGE names: what train/judge.py
// weighs evidence by.
func TestPrivateJudge(t *testing.T) {
	name := os.Getenv("GOBANCAM_JUDGE")
	if name == "" {
		t.Skip("GOBANCAM_JUDGE names no file to write to")
	}
	dir := privateSet(t)
	out, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	enc := json.NewEncoder(out)
	for _, manifest := range []string{"photos/manifest.json", "renders/stills/truth.json", "renders/stills2/truth.json"} {
		pics, err := eval.Load(filepath.Join(dir, manifest))
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]int{}
		for i, p := range pics {
			if seen[p.Scene]++; seen[p.Scene] > 1 || strings.Contains(manifest, "stills2") && i%4 != 0 {
				continue
			}
			img, err := ReadPicture(p.File)
			if err != nil {
				t.Fatal(err)
			}
			// As it is, and as a small camera would have taken it.
			for _, width := range []int{min(img.Cols(), enough), 640} {
				seen, err := resized(img, width, img.Rows()*width/img.Cols())
				if err != nil {
					t.Fatal(err)
				}
				label := p
				k := float64(width) / float64(img.Cols())
				for i, c := range p.Corners {
					label.Corners[i] = grid.Pt{X: (c.X+0.5)*k - 0.5, Y: (c.Y+0.5)*k - 0.5}
				}
				judgePicture(t, seen, label, func(kind string, f Found) {
					r := eval.Judge(label, eval.Answer{Size: f.Grid.Size(), Corners: f.Grid.Corners()}, false)
					err := enc.Encode(struct {
						Picture, Scene, Kind string
						Right                bool
						Offset               float64
						evidence
					}{fmt.Sprintf("%s at %d", p.File[len(dir)+1:], width), p.Scene, kind, r.Found, r.Offset, f.evidence})
					if err != nil {
						t.Fatal(err)
					}
				})
				seen.Close()
			}
			img.Close()
		}
	}
}

// judgePicture shows say what is found in a picture, what would be found if
// its size were another, and what is found moved by a line or with the lines
// of another size between its corners.
func judgePicture(t *testing.T, img gocv.Mat, p eval.Picture, say func(kind string, f Found)) {
	s, err := takeSurvey(img)
	if err != nil {
		t.Fatal(err)
	}
	for k, rough := range s.proposals(img, nil) {
		if k > 1 {
			break
		}
		sizes := [][]int{{9, 13, 19}}
		if k == 0 {
			sizes = [][]int{{9, 13, 19}, {9}, {13}, {19}}
		}
		for n, sizes := range sizes {
			f, err := settle(img, rough, sizes, s)
			if err != nil {
				t.Fatal(err)
			}
			if f.Grid == nil || n > 0 && sizes[0] == p.Size {
				continue
			}
			say(fmt.Sprintf("found %d of %v", k, sizes), f)
			if k > 0 || n > 0 {
				continue
			}
			wrong := func(kind string, size int, u, v float64) {
				m := float64(f.Grid.Size() - 1)
				spec := f.Grid.Spec()
				spec.Size, spec.Focal = size, 0
				for i, uv := range [4][2]float64{{0, 0}, {m, 0}, {m, m}, {0, m}} {
					spec.Corners[i] = f.Grid.At(uv[0]+u, uv[1]+v, 0)
				}
				g, err := grid.New(spec)
				if err != nil {
					return
				}
				f, err := inspect(img, g, 0.2, s)
				if err != nil {
					t.Fatal(err)
				}
				say(kind, f)
			}
			for q, d := range [4][2]float64{{1, 0}, {0, 1}, {-1, 0}, {0, -1}} {
				if (q+len(p.File))%2 == 0 {
					wrong("moved", f.Grid.Size(), d[0], d[1])
				}
			}
			for _, n := range []int{9, 13, 19} {
				if n != f.Grid.Size() {
					wrong("other lines", n, 0, 0)
				}
			}
		}
	}
}
