package vision

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gobancam/gobancam/eval"
	"github.com/gobancam/gobancam/grid"
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
	begun := time.Now()
	f.last, err = Find(img, FindOptions{})
	a := eval.Answer{CPU: time.Since(begun)}
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
		{"photos/manifest.json", 0},
		{"renders/stills/truth.json", 0},
		{"renders/stills2/truth.json", 0},
	} {
		if only := os.Getenv("FIND_SET"); only != "" && !strings.Contains(set.manifest, only) {
			continue
		}
		pics, err := eval.Load(filepath.Join(dir, set.manifest))
		if err != nil {
			t.Fatal(err)
		}
		if os.Getenv("FIND_SCENES") != "" { // the first picture of each scene
			var some []eval.Picture
			seen := map[string]bool{}
			for _, p := range pics {
				if !seen[p.Scene] {
					some = append(some, p)
				}
				seen[p.Scene] = true
			}
			pics = some
		}
		eyes := &finder{}
		results, err := eval.Run(t.Context(), eyes, pics, false, func(r eval.Result) {
			if os.Getenv("FIND_LOG") != "" {
				fmt.Printf("%-50s size %d saw %d off %.3f conf %.4f fit %.3f lines %d %4.0f ms %+v %s\n", r.Picture[len(dir)+1:], r.Size, r.Saw, r.Offset, r.Surety,
					eyes.last.Fit, eyes.last.Lines, r.MS, eyes.last.evidence, r.Error)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		s := eval.Summarize(results)
		t.Logf("%s: found %d of %d, %.1f %% of %d scenes; sure and wrong %d, sure and right %d; %.0f ms a picture, at most %.0f",
			set.manifest, s.Found, s.Pictures, 100*s.Scenes.Found, s.Scenes.Count, s.SureWrong, s.SureRight, s.MeanMS, s.MostMS)
	}
}
