package eval

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/grid"
)

// square is a board of n lines, 20 pixels apart, with rows of text.
func square(rows ...string) Picture {
	n := float64(len(rows) - 1)
	return Picture{
		File: "a.jpg", Scene: "s", Size: len(rows), Rows: rows,
		Corners: [4]grid.Pt{{X: 100, Y: 100}, {X: 100 + 20*n, Y: 100}, {X: 100 + 20*n, Y: 100 + 20*n}, {X: 100, Y: 100 + 20*n}},
	}
}

func TestJudge(t *testing.T) {
	p := square(
		"X..",
		"O.?",
		"..O",
	)
	shift := func(dx float64) (c [4]grid.Pt) {
		for i, q := range p.Corners {
			c[i] = grid.Pt{X: q.X + dx, Y: q.Y}
		}
		return c
	}
	turned := [4]grid.Pt{p.Corners[1], p.Corners[2], p.Corners[3], p.Corners[0]}
	for name, c := range map[string]struct {
		a     Answer
		given bool
		want  Result
	}{
		"right":                     {Answer{3, p.Corners, 0.99, []string{"X..", "O..", "..O"}, 0, nil}, false, Result{Found: true, Sure: true, Points: 8, Right: true}},
		"what nobody knows":         {Answer{3, p.Corners, 0.99, []string{"X..", "O.X", "..O"}, 0, nil}, false, Result{Found: true, Sure: true, Points: 8, Right: true}},
		"a little off":              {Answer{3, shift(4.9), 0.5, nil, 0, nil}, false, Result{Found: true}},
		"too far off":               {Answer{3, shift(5.1), 0.95, nil, 0, nil}, false, Result{Sure: true}},
		"a turned board":            {Answer{3, turned, 0.9, []string{"..O", "...", "XO."}, 0, nil}, false, Result{Found: true, Sure: true, Points: 8, Right: true}},
		"turned, corners given":     {Answer{3, turned, 0.9, []string{"..O", "...", "XO."}, 0, nil}, true, Result{Sure: true, Points: 8, Wrong: 6}},
		"a stone missed, one false": {Answer{3, p.Corners, 0.9, []string{"...", "OX.", "..O"}, 0, nil}, false, Result{Found: true, Sure: true, Points: 8, Wrong: 2}},
		"covered":                   {Answer{3, p.Corners, 0.9, []string{"?..", "O..", "..O"}, 0, nil}, false, Result{Found: true, Sure: true, Points: 8, Wrong: 1, Hidden: 1}},
		"doubtful":                  {Answer{3, p.Corners, 0.9, []string{"...", "OX.", "..O"}, 0, []board.Point{{X: 0}, {X: 2}, {X: 2, Y: 1}}}, false, Result{Found: true, Sure: true, Points: 8, Wrong: 2, Doubted: 2, Caught: 1}},
		"doubtful, turned":          {Answer{3, turned, 0.9, []string{"..O", "...", "X.."}, 0, []board.Point{{X: 1, Y: 2}}}, false, Result{Found: true, Sure: true, Points: 8, Wrong: 1, Doubted: 1, Caught: 1}},
		"another size":              {Answer{2, p.Corners, 0.95, []string{"..", ".."}, 0, nil}, false, Result{Sure: true, Points: 8, Wrong: 8}},
		"rows too short":            {Answer{3, p.Corners, 0.9, []string{"X", "", "..O"}, 0, nil}, false, Result{Found: true, Sure: true, Points: 8, Wrong: 4, Hidden: 4}},
		"read well, found badly":    {Answer{3, shift(9), 0.2, []string{"..O", "...", "XO."}, 0, nil}, false, Result{Points: 8, Right: true}},
	} {
		got := Judge(p, c.a, c.given)
		if got.Found != c.want.Found || got.Sure != c.want.Sure || got.Points != c.want.Points || got.Wrong != c.want.Wrong ||
			got.Doubted != c.want.Doubted || got.Caught != c.want.Caught || got.Hidden != c.want.Hidden || got.Right != c.want.Right {
			t.Errorf("%s: got %+v, want %+v", name, got, c.want)
		}
	}
}

// TestJudgeTurns turns a board by quarters, corners and rows together: every
// turn is the same board.
func TestJudgeTurns(t *testing.T) {
	p := square("XO..", "..O.", "X...", "...O")
	rows, corners := p.Rows, p.Corners
	for turn := range 4 {
		got := Judge(p, Answer{4, corners, 1, rows, 0, nil}, false)
		if !got.Found || !got.Right {
			t.Errorf("%d quarters: %+v", turn, got)
		}
		// Seen from the next side: column 0 read downwards becomes the bottom row.
		next := make([]string, 4)
		for y := range 4 {
			for x := range 4 {
				next[y] += string(rows[x][3-y])
			}
		}
		rows = next
		corners = [4]grid.Pt{corners[1], corners[2], corners[3], corners[0]}
	}
}

func TestSummarizeCountsAScenceOnce(t *testing.T) {
	var rs []Result
	for range 9 {
		rs = append(rs, Result{Scene: "series", Found: true, Sure: true, Points: 100, Right: true, MS: 10})
	}
	rs = append(rs,
		Result{Scene: "other", Sure: true, Points: 100, Wrong: 50, MS: 30},
		Result{Scene: "third", Error: "not a picture"})
	s := Summarize(rs)
	if s.Pictures != 11 || s.Found != 9 || s.SureWrong != 1 || s.SureRight != 9 || s.Errors != 1 || s.Right != 9 || s.Read != 10 || s.Wrong != 50 {
		t.Errorf("over pictures: %+v", s)
	}
	if s.Scenes.Count != 3 || s.Scenes.Found < 0.333 || s.Scenes.Found > 0.334 || s.Scenes.Error != 0.25 {
		t.Errorf("over scenes: %+v", s.Scenes)
	}
	if s.MostMS != 30 {
		t.Errorf("most CPU: %v", s.MostMS)
	}
}

// blind eyes see nothing in some files.
type blind struct{}

func (blind) Look(file string, given *[4]grid.Pt, size int) (Answer, error) {
	if strings.HasSuffix(file, "bad.jpg") {
		return Answer{CPU: time.Millisecond}, errors.New("not a picture")
	}
	a := Answer{Size: 3, Corners: square("...", "...", "...").Corners, Confidence: 1, Rows: []string{"...", "...", "..."}}
	if given != nil {
		a.Corners = *given
	}
	return a, nil
}

func TestRunKeepsGoingAfterABadPicture(t *testing.T) {
	bad, good := square("...", "...", "..."), square("...", "...", "...")
	bad.File, good.File = "x/bad.jpg", "x/good.jpg"
	rs, err := Run(context.Background(), blind{}, []Picture{bad, good}, true, nil)
	if err != nil || len(rs) != 2 || rs[0].Error == "" || !rs[1].Right {
		t.Fatalf("%+v %v", rs, err)
	}
	var text, js bytes.Buffer
	r := NewReport("m.json", true, rs)
	if err := r.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"1 of 2", "not a picture", "corners given"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("report lacks %q:\n%s", want, text.String())
		}
	}
	if err := r.WriteJSON(&js); err != nil {
		t.Fatal(err)
	}
	var back Report
	if err := json.Unmarshal(js.Bytes(), &back); err != nil || back.Summary != r.Summary {
		t.Errorf("JSON changed: %v\n%s", err, js.String())
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Run(ctx, blind{}, []Picture{good}, true, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled run: %v", err)
	}
}

const (
	photos   = `[{"file":"a/b.jpg","board_size":2,"corners":[[0,0],[9,0],[9,9],[0,9]],"truth":["X.","?O"],"scene":"s","group":"g"}]`
	stills   = `[{"file":"b.jpg","size":2,"corners":[[0,0],[9,0],[9,9],[0,9]],"state":["X.",".O"],"occluded_points":[[1,0]]}]`
	sequence = `{"name":"game","board_size":2,"frames":[{"file":"1.jpg","corners":[[0,0],[9,0],[9,9],[0,9]],"truth":["X.",".O"]},{"file":"2.jpg","corners":[[0,0],[9,0],[9,9],[0,9]],"truth":null}]}`
)

func TestDecode(t *testing.T) {
	for name, c := range map[string]struct {
		in, scene, row string
	}{
		"photographs": {photos, "s", "?O"},
		"stills":      {stills, "b.jpg", "?O"},
		"sequence":    {sequence, "game", ".O"},
	} {
		got, err := Decode(strings.NewReader(c.in))
		if err != nil || len(got) != 1 {
			t.Errorf("%s: %v, %v", name, got, err)
			continue
		}
		if p := got[0]; p.Size != 2 || p.Scene != c.scene || p.Rows[1] != c.row || p.Corners[2] != (grid.Pt{X: 9, Y: 9}) {
			t.Errorf("%s: %+v", name, p)
		}
	}
	for name, in := range map[string]string{
		"empty":             "",
		"HTML":              "<html><body>500</body></html>",
		"no rows":           strings.Replace(photos, `["X.","?O"]`, `[]`, 1),
		"rows of any kind":  strings.Replace(photos, "?O", "?Z", 1),
		"three corners":     strings.Replace(photos, "[0,0],", "", 1),
		"a path upwards":    strings.Replace(photos, "a/b.jpg", "../b.jpg", 1),
		"an absolute path":  strings.Replace(photos, "a/b.jpg", "/etc/passwd", 1),
		"occluded off it":   strings.Replace(stills, "[[1,0]]", "[[2,0]]", 1),
		"a huge board":      strings.Replace(photos, `"board_size":2`, `"board_size":2000`, 1),
		"a video's truth":   `{"name":"dev","size":9,"states":[]}`,
		"numbers, no label": `[1,2,3]`,
	} {
		if got, err := Decode(strings.NewReader(in)); !errors.Is(err, ErrManifest) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

func TestLoadLooksBesideTheManifest(t *testing.T) {
	name := filepath.Join(t.TempDir(), "manifest.json")
	if err := os.WriteFile(name, []byte(photos), 0o600); err != nil {
		t.Fatal(err)
	}
	pics, err := Load(name)
	if err != nil || pics[0].File != filepath.Join(filepath.Dir(name), "a", "b.jpg") {
		t.Errorf("%v %v", pics, err)
	}
	if _, err := Load(name + "x"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no manifest: %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{photos, stills, sequence, "", "[]", "{}", `[{"file":"x"}]`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		pics, err := Decode(bytes.NewReader(data))
		if err != nil {
			return
		}
		for _, p := range pics {
			if len(p.Rows) != p.Size || p.Scene == "" || p.File == "" {
				t.Fatalf("accepted %+v", p)
			}
			// What is accepted can be judged.
			r := Judge(p, Answer{p.Size, p.Corners, 1, p.Rows, 0, nil}, true)
			if r.Wrong != 0 && !strings.Contains(strings.Join(p.Rows, ""), "?") {
				t.Fatalf("a label is not its own right answer: %+v", r)
			}
		}
	})
}
