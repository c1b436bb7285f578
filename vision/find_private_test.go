package vision

import (
	"encoding/json"
	"fmt"
	"image"
	"math"
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
	for _, manifest := range []string{"photos/manifest.json", "photos2/manifest.json", "renders/stills/truth.json", "renders/stills2/truth.json"} {
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
					f.evidence.Lead = max(-100, min(100, f.evidence.Lead)) // no other choice of lines leads by infinity
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
	judgeGiven(t, img, p, say)
	judgeCut(t, img, p, say)
	s, err := takeSurvey(img)
	if err != nil {
		t.Fatal(err)
	}
	for k, rough := range s.proposals(img, nil) {
		if k > 3 {
			break
		}
		sizes := [][]int{Sizes}
		if k == 0 {
			sizes = [][]int{Sizes, {9}, {13}, {15}, {17}, {19}}
		}
		for n, sizes := range sizes {
			f, err := settle(img, rough, sizes, s)
			if err != nil {
				t.Fatal(err)
			}
			if f.Grid == nil || n > 0 && sizes[0] == p.Size {
				continue
			}
			say(fmt.Sprintf("found %d of %d sizes", k, len(sizes)), f)
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

// judgeGiven shows say what becomes of the corners of a label, and of the same
// moved by a line.
func judgeGiven(t *testing.T, img gocv.Mat, p eval.Picture, say func(kind string, f Found)) {
	g, err := grid.New(grid.Spec{Size: p.Size, Width: img.Cols(), Height: img.Rows(), Corners: p.Corners})
	if err != nil {
		t.Fatal(err)
	}
	m := float64(p.Size - 1)
	for q, d := range [5][2]float64{{0, 0}, {1, 0}, {0, 1}, {-1, 0}, {0, -1}} {
		spec := g.Spec()
		for i, uv := range [4][2]float64{{0, 0}, {m, 0}, {m, m}, {0, m}} {
			spec.Corners[i] = g.At(uv[0]+d[0], uv[1]+d[1], 0)
		}
		moved, err := grid.New(spec)
		if err != nil {
			continue
		}
		f, err := Snap(img, moved)
		if err != nil {
			t.Fatal(err)
		}
		kind := "given"
		if q > 0 {
			kind = "given moved"
		}
		say(kind, f)
	}
}

// judgeCut shows say what is found where the picture ends near a side of the
// board, or in it, and what is found moved by a line over that end.
func judgeCut(t *testing.T, img gocv.Mat, p eval.Picture, say func(kind string, f Found)) {
	g, err := grid.New(grid.Spec{Size: p.Size, Width: img.Cols(), Height: img.Rows(), Corners: p.Corners})
	if err != nil {
		t.Fatal(err)
	}
	n := float64(p.Size - 1)
	margins := [8]float64{-0.7, -0.3, 0.1, 0.25, 0.45, 0.7, 1, 1.4} // from the border line to the end of the picture, cells
	for side, uv := range [4][2]float64{{n / 2, 0}, {n, n / 2}, {n / 2, n}, {0, n / 2}} {
		margin := margins[(len(p.File)+3*side+int(p.Corners[side].X))%len(margins)]
		out := [2]float64{(uv[0] - n/2) / (n / 2), (uv[1] - n/2) / (n / 2)}
		at := g.At(uv[0]+margin*out[0], uv[1]+margin*out[1], 0)
		was := g.At(n/2, n/2, 0)
		keep := image.Rect(0, 0, img.Cols(), img.Rows())
		switch dx, dy := at.X-was.X, at.Y-was.Y; {
		case math.Abs(dx) > math.Abs(dy) && dx > 0:
			keep.Max.X = min(keep.Max.X, int(at.X))
		case math.Abs(dx) > math.Abs(dy):
			keep.Min.X = max(0, int(at.X))
		case dy > 0:
			keep.Max.Y = min(keep.Max.Y, int(at.Y))
		default:
			keep.Min.Y = max(0, int(at.Y))
		}
		if keep.Dx() < smallest || keep.Dy() < smallest {
			continue
		}
		part := img.Region(keep)
		cut := part.Clone()
		part.Close()
		move := func(q grid.Pt, by float64) grid.Pt {
			return grid.Pt{X: q.X + by*float64(keep.Min.X), Y: q.Y + by*float64(keep.Min.Y)}
		}
		back := func(f Found) (Found, bool) {
			spec := f.Grid.Spec()
			spec.Width, spec.Height, spec.Focal, spec.K1 = img.Cols(), img.Rows(), 0, 0
			for i := range spec.Corners {
				spec.Corners[i] = move(spec.Corners[i], 1)
			}
			g, err := grid.New(spec)
			f.Grid = g
			return f, err == nil
		}
		f, err := Find(cut, FindOptions{})
		if err == nil {
			if b, ok := back(f); ok {
				say(fmt.Sprintf("cut found %.2f", margin), b)
			}
			s, err := takeSurvey(cut)
			if err != nil {
				t.Fatal(err)
			}
			m := float64(f.Grid.Size() - 1)
			for _, d := range [2][2]float64{out, {-out[0], -out[1]}} {
				// along the way of the cut, on the grid as it was found
				best, dir := math.Inf(-1), [2]float64{}
				for _, e := range [4][2]float64{{1, 0}, {0, 1}, {-1, 0}, {0, -1}} {
					a, b := f.Grid.At(m/2, m/2, 0), f.Grid.At(m/2+e[0], m/2+e[1], 0)
					c, h := g.At(n/2, n/2, 0), g.At(n/2+d[0], n/2+d[1], 0)
					if dot := (b.X-a.X)*(h.X-c.X) + (b.Y-a.Y)*(h.Y-c.Y); dot > best {
						best, dir = dot, e
					}
				}
				spec := f.Grid.Spec()
				spec.Focal = 0
				for i, uv := range [4][2]float64{{0, 0}, {m, 0}, {m, m}, {0, m}} {
					spec.Corners[i] = f.Grid.At(uv[0]+dir[0], uv[1]+dir[1], 0)
				}
				moved, err := grid.New(spec)
				if err != nil {
					continue
				}
				w, err := inspect(cut, moved, 0.2, s)
				if err != nil {
					t.Fatal(err)
				}
				if b, ok := back(w); ok {
					say(fmt.Sprintf("cut moved %.2f", margin), b)
				}
			}
		}
		cut.Close()
	}
}
