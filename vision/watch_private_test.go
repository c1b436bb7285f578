package vision

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/reading"
)

// renderSet returns a folder of the private picture set, or skips the test.
func renderSet(t testing.TB, sub string) string {
	t.Helper()
	root := os.Getenv("GOBANCAM_PRIVATE")
	if root == "" {
		root = filepath.Join("..", "..", "shared")
	}
	dir := filepath.Join(root, sub)
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("the private picture set is not here: %v", err)
	}
	return dir
}

// rendered is the truth of a rendered game, as far as it is needed here.
type rendered struct {
	Size          int
	FPS           float64
	Width, Height int
	States        [][]string
	Frame         []struct {
		State    int
		Corners  [4][2]float64
		Hand     bool
		Occluded bool
		Points   int `json:"occluded_points"`
	}
}

func readRendered(t testing.TB, dir string) rendered {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "truth.json"))
	if err != nil {
		t.Fatal(err)
	}
	var r rendered
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *rendered) grid(t testing.TB, frame int) *grid.Grid {
	t.Helper()
	s := grid.Spec{Size: r.Size, Width: r.Width, Height: r.Height}
	for i, c := range r.Frame[frame].Corners {
		s.Corners[i] = grid.Pt{X: c[0], Y: c[1]}
	}
	g, err := grid.New(s)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// watched counts what a watcher said against the truth.
type watched struct {
	frames, points int // seen whole: no hand in the picture, the grid locked
	wrong, hidden  int // of these points: another state, covered
	handFrames     int
	handWrong      int // points that read as something they are not, nor were, while a hand is about
	unlocked       int
	far            float64 // worst distance of a corner, line spacings, while locked and seen whole
	worstShown     int
}

func watch(t testing.TB, r rendered, w *Watcher, src Source, log func(string, ...any)) (out watched) {
	t.Helper()
	ctx := context.Background()
	for {
		f, err := src.Next(ctx)
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		rd, err := w.Look(f)
		took := time.Since(start)
		if err != nil {
			t.Fatal(err)
		}
		f.Close()
		tr := r.Frame[f.Number]
		truth := r.States[tr.State]
		whole := !tr.Hand && !tr.Occluded
		wrong, hidden := 0, 0
		for i, e := range rd.Points {
			x, y := i%r.Size, i/r.Size
			got := ".XO?"[e.Best()]
			switch {
			case e.Best() == reading.Covered:
				hidden++
			case got != truth[y][x]:
				// Under a hand, what was there before may still be reported.
				if !whole {
					before := r.States[max(0, tr.State-1)]
					if got == before[y][x] {
						continue
					}
				}
				wrong++
				if out.worstShown < 60 {
					out.worstShown++
					log("frame %d (%v): %d,%d reads %c, is %c: %v", f.Number, whole, x, y, got, truth[y][x], e)
				}
			}
		}
		far := 0.0
		for i, c := range tr.Corners {
			far = max(far, grid.Pt{X: c[0], Y: c[1]}.Dist(w.Grid().Corners()[i])/w.Grid().Cell(float64(r.Size-1)/2, float64(r.Size-1)/2))
		}
		switch {
		case rd.Lock != reading.Locked:
			out.unlocked++
		case whole:
			out.frames++
			out.points += len(rd.Points)
			out.wrong += wrong
			out.hidden += hidden
			out.far = max(out.far, far)
		default:
			out.handFrames++
			out.handWrong += wrong
		}
		if os.Getenv("WATCH_VERBOSE") != "" {
			log("%3d state %2d hand %-5v occluded %2d: %v wrong %d hidden %d motion %.2f bump %d off %.3f blobs %d %v", f.Number, tr.State, tr.Hand, tr.Points, rd.Lock, wrong, hidden, rd.Motion, rd.Bump, far, len(w.blobs), took.Round(100*time.Microsecond))
		}
	}
}

func TestWatcherFollowsRenderedGames(t *testing.T) {
	for _, name := range []string{"dev_9x9", "dev_19x19"} {
		t.Run(name, func(t *testing.T) {
			dir := renderSet(t, filepath.Join("renders", name))
			r := readRendered(t, dir)
			src, err := Open(t.Context(), filepath.Join(dir, "video.mp4"), OpenOptions{})
			if err != nil {
				t.Fatal(err)
			}
			defer src.Close()
			w := NewWatcher(r.grid(t, 0), WatchOptions{})
			defer w.Close()
			got := watch(t, r, w, src, t.Logf)
			t.Logf("%+v", got)
			if got.wrong > got.points/1000 || got.handWrong > 3 || got.hidden > got.points/50 || got.far > 0.08 {
				t.Error("worse than it was")
			}
		})
	}
}

// TestWatcherFollowsRealGames runs over pictures taken seconds apart, with
// the board fixed.
func TestWatcherFollowsRealGames(t *testing.T) {
	for _, name := range []string{"gv-game3", "gv-game4", "gomrade-seq"} {
		t.Run(name, func(t *testing.T) {
			dir := renderSet(t, filepath.Join("photos", "sequences", name))
			data, err := os.ReadFile(filepath.Join(dir, "labels.json"))
			if err != nil {
				t.Fatal(err)
			}
			var labels struct {
				Size   int `json:"board_size"`
				Frames []struct {
					File    string
					T       float64
					Corners [4][2]float64
					Truth   []string
				}
			}
			if err := json.Unmarshal(data, &labels); err != nil {
				t.Fatal(err)
			}
			var w *Watcher
			points, wrong, hidden, far, unlocked := 0, 0, 0, 0.0, 0
			for i, l := range labels.Frames {
				img, err := ReadPicture(filepath.Join(dir, l.File))
				if err != nil {
					t.Fatal(err)
				}
				s := grid.Spec{Size: labels.Size, Width: img.Cols(), Height: img.Rows()}
				for k, c := range l.Corners {
					s.Corners[k] = grid.Pt{X: c[0], Y: c[1]}
				}
				g, err := grid.New(s)
				if err != nil {
					t.Fatal(err)
				}
				if w == nil {
					w = NewWatcher(g, WatchOptions{})
					defer w.Close()
				}
				f := &Frame{Number: i, Time: time.Duration(l.T * float64(time.Second)), Img: img}
				r, err := w.Look(f)
				if err != nil {
					t.Fatal(err)
				}
				f.Close()
				off := 0.0
				for k, c := range g.Corners() {
					off = max(off, c.Dist(w.Grid().Corners()[k])/g.Cell(4, 4))
				}
				bad, covered := 0, 0
				for k, e := range r.Points {
					if l.Truth == nil {
						break
					}
					x, y := k%labels.Size, k/labels.Size
					want := l.Truth[y][x]
					if want == '?' {
						continue
					}
					points++
					switch got := ".XO?"[e.Best()]; {
					case got == '?':
						covered++
					case got != want:
						bad++
						if wrong+bad < 40 {
							t.Logf("frame %d: %d,%d reads %c, is %c: %v", i, x, y, got, want, e)
						}
					}
				}
				wrong += bad
				hidden += covered
				far = max(far, off)
				if r.Lock != reading.Locked {
					unlocked++
				}
				if os.Getenv("WATCH_VERBOSE") != "" {
					t.Logf("%3d t %.0f state %v: %v wrong %d hidden %d motion %.2f bump %d off %.3f blobs %d", i, l.T, l.Truth != nil, r.Lock, bad, covered, r.Motion, r.Bump, off, len(w.blobs))
				}
			}
			t.Logf("%d frames, %d points: %d wrong, %d hidden; %d frames not locked; corners off by %.3f at most", len(labels.Frames), points, wrong, hidden, unlocked, far)
			if wrong > points/5000 || hidden > points/30 || far > 0.2 {
				t.Error("worse than it was")
			}
		})
	}
}
