package play

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/match"
)

// Begun is a game whose record is on disk.
type Begun struct {
	Root   *board.Node
	Game   *board.Game
	Played []match.Played // of the last moves of Game; see match.RelayOptions
	Result *board.Result  // nil where the record says none
}

// ReadSGF reads what WriteSGF wrote, so that a game goes on after the program
// was ended in the middle of it. It is nil for a file that does not exist, or
// that holds no move and no result.
func ReadSGF(path string) (*Begun, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("the game record cannot be read: %w", err)
	}
	games, err := board.ParseSGF(data)
	if err == nil && len(games) != 1 {
		err = fmt.Errorf("it holds %d games", len(games))
	}
	if err != nil {
		return nil, fmt.Errorf("%s is no record of a game that can go on: %w; give another file", path, err)
	}
	b := &Begun{Root: games[0]}
	if b.Game, err = b.Root.Game(); err != nil {
		return nil, fmt.Errorf("%s is no record of a game that can go on: %w; give another file", path, err)
	}
	if text := b.Root.Text("RE"); text != "" {
		r, err := board.ParseResult(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		b.Result = &r
	}
	if b.Result == nil && b.Game.MoveCount() == 0 {
		return nil, nil
	}
	var nodes []*board.Node
	for _, n := range b.Root.MainLine() {
		if n.Has("B") || n.Has("W") {
			nodes = append(nodes, n)
		}
	}
	moves := b.Game.Moves()
	moves = moves[max(0, len(moves)-len(nodes)):]
	for i, m := range moves {
		p := match.Played{Move: m, Frame: -1, Confidence: 1, Doubt: nodes[i].Text("C")}
		if s, err := strconv.ParseFloat(nodes[i].Text("GBCT"), 64); err == nil && s >= 0 && s < 1e6 {
			p.Time = time.Duration(s * float64(time.Second))
		}
		b.Played = append(b.Played, p)
	}
	return b, nil
}
