package gamefile

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/disk"
	"github.com/gobancam/gobancam/internal/limits"
	"github.com/gobancam/gobancam/internal/match"
)

// Found is a game record that is on disk.
type Found struct {
	Root   *board.Node
	Game   *board.Game
	Played []match.Played // of the last moves of Game; see match.RelayOptions
	Result *board.Result  // nil where the record says none
	// Own says that gobancam wrote the file, and that nothing is in it that it
	// would not write again.
	Own  bool
	data []byte
}

// Begun reports whether there is a game to go on with: a move, a stone that was
// set up, or a result.
func (f *Found) Begun() bool {
	return f != nil && (f.Result != nil || f.Game.MoveCount() > 0 || f.Game.Position() != board.NewPosition(f.Game.Size()))
}

// Read reads a game record, so that a game goes on after the program was ended
// in the middle of it. It is nil for a file that does not exist. Whatever is
// doubtful about the file is an error: a part that is missing, more than one
// game, moves that cannot be played.
func Read(fsys disk.FS, path string) (*Found, error) {
	data, err := contents(fsys, path, limits.Record)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case errors.Is(err, errSpecial):
		return nil, fmt.Errorf("%s is no file in which a game can be kept; give another", path)
	}
	if err != nil {
		return nil, fmt.Errorf("the game record cannot be read: %w", err)
	}
	f, err := parse(data)
	if err != nil {
		return nil, fmt.Errorf("%s is no record of a game that can go on: %w; it is left as it is: give another file", path, err)
	}
	return f, nil
}

var errSpecial = errors.New("it is no regular file")

// contents reads a file that may be anybody's: reading a pipe or a device might
// never end. Its errors wrap errSpecial, or a *limits.Error for more than limit
// bytes.
func contents(fsys disk.FS, path string, limit int64) ([]byte, error) {
	info, err := fsys.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, &fs.PathError{Op: "read", Path: path, Err: errSpecial}
	case info.Size() > limit:
		return nil, limits.Exceed("it is not read", "%s is larger than %s", path, limits.Size(limit))
	}
	return fsys.ReadFile(path)
}

var errOddly = errors.New("gobancam wrote it, and something changed it since")

func parse(data []byte) (*Found, error) {
	games, err := board.ParseSGF(data)
	if err == nil && len(games) != 1 {
		err = fmt.Errorf("it holds %d games", len(games))
	}
	if err != nil {
		return nil, err
	}
	f := &Found{Root: games[0], data: data, Own: strings.HasPrefix(games[0].Text("AP"), application)}
	if f.Own && !same(games[0], data) {
		return nil, errOddly
	}
	if f.Game, err = f.Root.Game(); err != nil {
		return nil, err
	}
	if text := f.Root.Text("RE"); text != "" && text != "?" {
		r, err := board.ParseResult(text)
		if err != nil {
			return nil, fmt.Errorf("it is over, it seems: its result is %.40q", text)
		}
		f.Result = &r
	}
	f.Played = played(f.Root, f.Game)
	return f, nil
}

// played tells how the last moves of a record were seen.
func played(root *board.Node, g *board.Game) (list []match.Played) {
	var nodes []*board.Node
	for _, n := range root.MainLine() {
		if n.Has("B") || n.Has("W") {
			nodes = append(nodes, n)
		}
	}
	moves := g.Moves()
	moves = moves[max(0, len(moves)-len(nodes)):]
	for i, m := range moves {
		p := match.Played{Move: m, Frame: -1, Confidence: 1, Doubt: nodes[i].Text("C")}
		if s, err := strconv.ParseFloat(nodes[i].Text("GBCT"), 64); err == nil && s >= 0 && s < 1e6 {
			p.Time = time.Duration(s * float64(time.Second))
		}
		list = append(list, p)
	}
	return list
}

// same reports whether data is what would be written for the tree, but for
// white space: then reading it has left nothing out.
func same(root *board.Node, data []byte) bool {
	var b bytes.Buffer
	return board.WriteSGF(&b, root) == nil && bytes.Equal(squeeze(b.Bytes()), squeeze(data))
}

func squeeze(data []byte) []byte {
	dense := make([]byte, 0, len(data))
	for _, c := range data {
		if c > ' ' {
			dense = append(dense, c)
		}
	}
	return dense
}
