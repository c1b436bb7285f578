package eval

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/grid"
)

// Eyes look at one picture. With corners given (clockwise from the top left of
// the position) and its size they only read the stones; with given nil they
// find the board first, of whatever size.
type Eyes interface {
	Look(file string, given *[4]grid.Pt, size int) (Answer, error)
}

// Answer is what Eyes saw.
type Answer struct {
	Size       int
	Corners    [4]grid.Pt // clockwise, starting anywhere unless corners were given
	Confidence float64    // that the grid is right, 0..1
	Rows       []string   // '.', 'X', 'O', '?'; nil if only the board was looked for
	CPU        time.Duration
	Doubt      []board.Point // that the eyes themselves point out, X and Y as in Rows
}

// Sure is the Confidence from which a wrong board is unforgivable.
const Sure = 0.9

// Close is how near each corner crossing must be to be right, in units of the
// line spacing at that corner.
const Close = 0.25

// Result is one picture measured.
type Result struct {
	Picture string  `json:"picture"`
	Scene   string  `json:"scene"`
	Group   string  `json:"group,omitempty"`
	Size    int     `json:"size"`
	Error   string  `json:"error,omitempty"` // unreadable picture, or no board found
	Found   bool    `json:"found"`           // right size and all corners close
	Offset  float64 `json:"offset"`          // of the worst corner, in line spacings; -1 for a wrong size or no answer
	Sure    bool    `json:"sure"`
	Surety  float64 `json:"confidence"`
	Saw     int     `json:"saw_size,omitempty"`
	Points  int     `json:"points"` // labelled points compared; 0 if nothing was read
	Wrong   int     `json:"wrong"`  // of those, a covered answer counting as wrong
	Hidden  int     `json:"hidden"` // of the wrong ones, those answered '?'
	Right   bool    `json:"right"`  // every labelled point right
	MS      float64 `json:"cpu_ms"`
	// Doubted are the points that the eyes pointed out as doubtful, Caught those
	// of them that are wrong.
	Doubted int `json:"doubted"`
	Caught  int `json:"caught"`
	// Mistakes lists wrong points as "x,y label answer", the first few.
	Mistakes []string `json:"mistakes,omitempty"`
}

// Judge compares an answer with a label. Unless corners were given, the board
// may be turned by quarters.
func Judge(p Picture, a Answer, given bool) Result {
	r := Result{
		Picture: p.File, Scene: p.Scene, Group: p.Group, Size: p.Size,
		Surety: a.Confidence, Sure: a.Confidence >= Sure, Saw: a.Size,
		Offset: -1, MS: float64(a.CPU) / float64(time.Millisecond),
	}
	if a.Size != p.Size {
		if a.Rows != nil {
			r.Points = labelled(p)
			r.Wrong = r.Points
		}
		return r
	}
	turns := 4
	if given {
		turns = 1
	}
	spacing := cornerSpacing(p)
	r.Offset = math.Inf(1)
	turned := 0
	for q := range turns {
		worst := 0.0
		for i, c := range p.Corners {
			worst = max(worst, a.Corners[(i+q)%4].Dist(c)/spacing[i])
		}
		if !(worst >= r.Offset) {
			r.Offset, turned = worst, q
		}
	}
	r.Found = r.Offset <= Close
	if len(a.Rows) == p.Size {
		best := Result{Wrong: math.MaxInt}
		for q := range turns {
			if r.Found && q != turned {
				continue // the corners say which way it is turned
			}
			if c := compare(p, a, q); c.Wrong < best.Wrong {
				best = c
			}
		}
		r.Points, r.Wrong, r.Hidden, r.Mistakes = best.Points, best.Wrong, best.Hidden, best.Mistakes
		r.Doubted, r.Caught = best.Doubted, best.Caught
		r.Right = r.Wrong == 0
	}
	return r
}

// compare counts the wrong points of an answer whose first corner is the label's
// corner number -q.
func compare(p Picture, a Answer, q int) (r Result) {
	n, rows, doubted := p.Size, a.Rows, board.SetOf(a.Doubt...)
	for y := range n {
		for x := range n {
			want := p.Rows[y][x]
			if want == '?' {
				continue
			}
			ax, ay := x, y
			for range q { // quarter turns of the answer
				ax, ay = n-1-ay, ax
			}
			got := byte('?')
			if ay < len(rows) && ax < len(rows[ay]) {
				got = rows[ay][ax]
			}
			r.Points++
			doubt := got != '?' && doubted.Has(board.Point{X: int8(ax), Y: int8(ay)})
			if doubt {
				r.Doubted++
			}
			if got != want {
				if doubt {
					r.Caught++
				}
				r.Wrong++
				if got == '?' {
					r.Hidden++
				}
				if len(r.Mistakes) < 8 {
					r.Mistakes = append(r.Mistakes, fmt.Sprintf("%d,%d %c %c", x, y, want, got))
				}
			}
		}
	}
	return r
}

func labelled(p Picture) int {
	n := 0
	for _, row := range p.Rows {
		for _, c := range row {
			if c != '?' {
				n++
			}
		}
	}
	return n
}

// cornerSpacing is the line spacing at each corner in pixels. Corners that no
// camera could see get the mean spacing of the sides.
func cornerSpacing(p Picture) (s [4]float64) {
	n := float64(p.Size - 1)
	g, err := grid.New(grid.Spec{Size: p.Size, Width: 1, Height: 1, Corners: p.Corners})
	for i, uv := range [4][2]float64{{0, 0}, {n, 0}, {n, n}, {0, n}} {
		if err != nil {
			s[i] = (p.Corners[i].Dist(p.Corners[(i+1)%4]) + p.Corners[i].Dist(p.Corners[(i+3)%4])) / 2 / n
			continue
		}
		s[i] = g.Cell(uv[0], uv[1])
	}
	return s
}

// Run has eyes look at all pictures. It ends early only with ctx.
func Run(ctx context.Context, eyes Eyes, pics []Picture, given bool, each func(Result)) ([]Result, error) {
	var out []Result
	for _, p := range pics {
		if err := ctx.Err(); err != nil {
			return out, err
		}
		var corners *[4]grid.Pt
		size := 0
		if given {
			c := p.Corners
			corners, size = &c, p.Size
		}
		a, err := eyes.Look(p.File, corners, size)
		var r Result
		if err != nil {
			r = Result{Picture: p.File, Scene: p.Scene, Group: p.Group, Size: p.Size, Offset: -1, Error: err.Error(),
				MS: float64(a.CPU) / float64(time.Millisecond)}
		} else {
			r = Judge(p, a, given)
		}
		if each != nil {
			each(r)
		}
		out = append(out, r)
	}
	return out, nil
}

// Summary is what many results come to. Shares are of pictures, and, under
// Scenes, means of the scenes' own shares, so that a long series of one scene
// counts once.
type Summary struct {
	Pictures  int     `json:"pictures"`
	Errors    int     `json:"errors"`
	Found     int     `json:"found"`
	SureWrong int     `json:"sure_but_wrong"`
	SureRight int     `json:"sure_and_right"`
	Read      int     `json:"read"` // pictures whose stones were compared
	Right     int     `json:"boards_right"`
	Points    int     `json:"points"`
	Wrong     int     `json:"wrong_points"`
	Doubted   int     `json:"doubted_points"`
	Caught    int     `json:"doubted_and_wrong"`
	MeanMS    float64 `json:"cpu_ms_mean"`
	MostMS    float64 `json:"cpu_ms_most"`
	Scenes    struct {
		Count int     `json:"count"`
		Found float64 `json:"found"`
		Sure  float64 `json:"sure_and_right"`
		Right float64 `json:"boards_right"`
		Error float64 `json:"error_per_point"`
	} `json:"scenes"`
}

// Summarize adds results up.
func Summarize(results []Result) Summary {
	var s Summary
	type tally struct{ n, found, sure, read, right, points, wrong int }
	scenes := map[string]*tally{}
	for _, r := range results {
		t := scenes[r.Scene]
		if t == nil {
			t = &tally{}
			scenes[r.Scene] = t
		}
		t.n++
		s.Pictures++
		s.MeanMS += r.MS
		s.MostMS = max(s.MostMS, r.MS)
		if r.Error != "" {
			s.Errors++
		}
		switch {
		case r.Found:
			s.Found++
			t.found++
			if r.Sure {
				s.SureRight++
				t.sure++
			}
		case r.Sure:
			s.SureWrong++
		}
		if r.Right {
			s.Right++
			t.right++
		}
		if r.Points > 0 {
			s.Read++
			t.read++
			s.Points += r.Points
			s.Wrong += r.Wrong
			s.Doubted += r.Doubted
			s.Caught += r.Caught
			t.points += r.Points
			t.wrong += r.Wrong
		}
	}
	if s.Pictures > 0 {
		s.MeanMS /= float64(s.Pictures)
	}
	read := 0.0
	s.Scenes.Count = len(scenes)
	names := make([]string, 0, len(scenes))
	for name := range scenes {
		names = append(names, name)
	}
	slices.SortFunc(names, cmp.Compare[string]) // sums in a fixed order
	for _, name := range names {
		t := scenes[name]
		s.Scenes.Found += float64(t.found) / float64(t.n) / float64(len(scenes))
		s.Scenes.Sure += float64(t.sure) / float64(t.n) / float64(len(scenes))
		s.Scenes.Right += float64(t.right) / float64(t.n) / float64(len(scenes))
		if t.points > 0 {
			read++
			s.Scenes.Error += float64(t.wrong) / float64(t.points)
		}
	}
	if read > 0 {
		s.Scenes.Error /= read
	}
	return s
}
