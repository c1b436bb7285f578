package eval

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"strings"

	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/limits"
)

// Picture is a labelled picture of a board.
type Picture struct {
	File    string     // path of the picture
	Size    int        // lines per side
	Corners [4]grid.Pt // the corner crossings in pixels, clockwise from the top left of Rows
	Rows    []string   // '.', 'X', 'O', and '?' where nobody could tell; top row first
	Scene   string     // pictures of the same scene count as one; never empty
	Group   string     // same board, room and camera operator; may be empty
}

// entry is a picture in any of the manifests' dialects: an array of
// photographs (board_size, truth), of rendered stills (size, state), or the
// frames of a sequence, whose size stands in the head.
type entry struct {
	File      string       `json:"file"`
	BoardSize int          `json:"board_size"`
	Size      int          `json:"size"`
	Corners   [][2]float64 `json:"corners"`
	Truth     []string     `json:"truth"`
	State     []string     `json:"state"`
	Occluded  [][2]int     `json:"occluded_points"` // row, column
	Scene     string       `json:"scene"`
	Group     string       `json:"group"`
}

// ErrManifest is wrapped by the errors of Load and Decode for a file that is
// none of the known manifests.
var ErrManifest = errors.New("not a manifest of labelled pictures")

// Load reads a manifest; its pictures are looked for beside it.
func Load(name string) ([]Picture, error) {
	f, err := limits.OpenFile(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	pics, err := Decode(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	dir := filepath.Dir(name)
	for i := range pics {
		pics[i].File = filepath.Join(dir, filepath.FromSlash(pics[i].File))
	}
	return pics, nil
}

// Decode reads a manifest. Frames of a sequence without a label are left out;
// a label that contradicts itself is an error that names the picture.
func Decode(r io.Reader) ([]Picture, error) {
	raw, err := limits.Read(r, "the manifest", limits.Manifest)
	if err != nil {
		return nil, err
	}
	var entries []entry
	scene := ""
	if err := json.Unmarshal(raw, &entries); err != nil {
		var seq struct {
			Name      string  `json:"name"`
			BoardSize int     `json:"board_size"`
			Frames    []entry `json:"frames"`
		}
		if json.Unmarshal(raw, &seq) != nil || seq.BoardSize == 0 || seq.Frames == nil {
			return nil, ErrManifest
		}
		scene = seq.Name
		for _, f := range seq.Frames {
			if f.Truth != nil && f.Corners != nil {
				f.BoardSize = seq.BoardSize
				entries = append(entries, f)
			}
		}
	}
	out := make([]Picture, 0, len(entries))
	for i, e := range entries {
		p, err := e.picture()
		if err != nil {
			return nil, fmt.Errorf("picture %d (%q): %w", i+1, e.File, err)
		}
		if p.Scene == "" {
			p.Scene = scene
		}
		if p.Scene == "" {
			p.Scene = p.File
		}
		out = append(out, p)
	}
	return out, nil
}

func (e *entry) picture() (Picture, error) {
	p := Picture{File: e.File, Size: e.BoardSize, Rows: e.Truth, Scene: e.Scene, Group: e.Group}
	if p.Size == 0 {
		p.Size = e.Size
	}
	if p.Rows == nil {
		p.Rows = e.State
	}
	if p.File == "" || !filepath.IsLocal(filepath.FromSlash(p.File)) {
		return p, fmt.Errorf("%w: it names no file beside the manifest", ErrManifest)
	}
	if p.Size < 2 || p.Size > 25 || len(p.Rows) != p.Size {
		return p, fmt.Errorf("%w: %d rows on a board of %d lines", ErrManifest, len(p.Rows), p.Size)
	}
	rows := make([]string, p.Size)
	for y, row := range p.Rows {
		if len(row) != p.Size || strings.Trim(row, ".XO?") != "" {
			return p, fmt.Errorf("%w: row %d is %q", ErrManifest, y+1, row)
		}
		rows[y] = row
	}
	for _, o := range e.Occluded {
		y, x := o[0], o[1]
		if y < 0 || x < 0 || y >= p.Size || x >= p.Size {
			return p, fmt.Errorf("%w: occluded point %v is off the board", ErrManifest, o)
		}
		rows[y] = rows[y][:x] + "?" + rows[y][x+1:]
	}
	p.Rows = rows
	if len(e.Corners) != 4 {
		return p, fmt.Errorf("%w: %d corners", ErrManifest, len(e.Corners))
	}
	for i, c := range e.Corners {
		if math.Abs(c[0]) > 1e6 || math.Abs(c[1]) > 1e6 {
			return p, fmt.Errorf("%w: corner %d is at %v", ErrManifest, i+1, c)
		}
		p.Corners[i] = grid.Pt{X: c[0], Y: c[1]}
	}
	return p, nil
}
