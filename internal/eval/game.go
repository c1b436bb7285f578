package eval

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/limits"
)

// Game is a labelled game: pictures in order, and the moves that they show.
type Game struct {
	Name    string
	Video   string           // file of the pictures, or
	Files   []string         // one file each,
	Times   []time.Duration  // and when each picture was taken; empty when nobody knows
	Size    int              // lines per side
	Corners [4]grid.Pt       // in the first picture, clockwise from the top left of the position
	Setup   [2][]board.Point // stones of Black and of White that stand before the first move
	Moves   []Move
	Frames  int // how many pictures count, from the first; 0: all
}

// Move is a move of a labelled game.
type Move struct {
	board.Move
	Frame int // the first picture that shows the stone
	Clear int // the first one from then on with nothing over the board
	// Unsure moves of the same Frame were played in an order that nobody knows.
	Unsure bool
}

// gameEntry is a labelled game in either dialect: a rendered game with a
// video, or a sequence of photographs.
type gameEntry struct {
	Name      string  `json:"name"`
	Size      int     `json:"size"`
	BoardSize int     `json:"board_size"`
	FPS       float64 `json:"fps"`
	Setup     struct{ B, W [][2]int }
	Moves     []struct {
		Color   string `json:"color"`
		Colour  string `json:"colour"`
		Row     int    `json:"row"`
		Col     int    `json:"col"`
		Pass    bool   `json:"pass_"`
		Release int    `json:"release"`
		Clear   int    `json:"clear"`
		Frame   int    `json:"frame"`
		Sure    *bool  `json:"order_sure"`
	} `json:"moves"`
	Frame []struct { // of a video
		T       float64      `json:"t"`
		Corners [][2]float64 `json:"corners"`
	} `json:"frame"`
	Frames      json.RawMessage `json:"frames"` // of a sequence; of a video their number
	Unexplained []struct {
		Frame int `json:"frame"`
	} `json:"unexplained_changes"`
}

// sequenceFrame is a photograph of a sequence.
type sequenceFrame struct {
	File    string       `json:"file"`
	T       *float64     `json:"t"`
	Corners [][2]float64 `json:"corners"`
	Truth   []string     `json:"truth"`
}

// LoadGame reads a labelled game, whose pictures are looked for beside it. The
// error wraps ErrManifest when the file labels something else.
func LoadGame(name string) (*Game, error) {
	raw, err := limits.ReadFile(name, limits.Manifest)
	if err != nil {
		return nil, err
	}
	g, err := DecodeGame(raw)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	dir := filepath.Dir(name)
	for i := range g.Files {
		g.Files[i] = filepath.Join(dir, filepath.FromSlash(g.Files[i]))
	}
	if len(g.Files) == 0 {
		g.Video = filepath.Join(dir, "video.mp4")
		if _, err := os.Stat(g.Video); errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s: there is no %s beside it", name, filepath.Base(g.Video))
		}
	}
	return g, nil
}

// DecodeGame reads a labelled game without looking for its pictures. A
// sequence of photographs without a list of moves is given those that lead
// from one labelled position to the next; it ends where players no longer play
// by turns, as when they put the stones away.
func DecodeGame(raw []byte) (*Game, error) {
	var e gameEntry
	if err := json.Unmarshal(raw, &e); err != nil {
		return nil, ErrManifest
	}
	g := &Game{Name: e.Name, Size: cmp.Or(e.Size, e.BoardSize)}
	if g.Size < 2 || g.Size > 25 {
		return nil, ErrManifest
	}
	for i, stones := range [2][][2]int{e.Setup.B, e.Setup.W} {
		for _, rc := range stones {
			p, err := g.point(rc[0], rc[1])
			if err != nil {
				return nil, err
			}
			g.Setup[i] = append(g.Setup[i], p)
		}
	}
	for i, m := range e.Moves {
		if m.Pass {
			continue // nobody sees a pass
		}
		p, err := g.point(m.Row, m.Col)
		if err != nil {
			return nil, fmt.Errorf("move %d: %w", i+1, err)
		}
		c, ok := map[string]board.Color{"B": board.Black, "X": board.Black, "W": board.White, "O": board.White}[cmp.Or(m.Color, m.Colour)]
		if !ok {
			return nil, fmt.Errorf("%w: move %d has no colour", ErrManifest, i+1)
		}
		at := cmp.Or(m.Release, m.Frame)
		g.Moves = append(g.Moves, Move{Move: board.Move{Color: c, Point: p},
			Frame: at, Clear: max(at, m.Clear), Unsure: m.Sure != nil && !*m.Sure})
	}
	var err error
	if e.Frame != nil {
		err = g.video(&e)
	} else {
		err = g.sequence(&e)
	}
	if err != nil {
		return nil, err
	}
	last := max(len(g.Times), len(g.Files))
	for i, m := range g.Moves {
		if m.Frame < 0 || m.Clear > last {
			return nil, fmt.Errorf("%w: move %d is seen in picture %d of %d", ErrManifest, i+1, m.Frame, last)
		}
	}
	return g, nil
}

func (g *Game) point(row, col int) (board.Point, error) {
	if row < 0 || col < 0 || row >= g.Size || col >= g.Size {
		return board.Point{}, fmt.Errorf("%w: row %d, column %d is off the board", ErrManifest, row, col)
	}
	return board.Point{X: int8(col), Y: int8(row)}, nil
}

func (g *Game) corners(c [][2]float64) error {
	if len(c) != 4 {
		return fmt.Errorf("%w: %d corners", ErrManifest, len(c))
	}
	for i, p := range c {
		if math.Abs(p[0]) > 1e6 || math.Abs(p[1]) > 1e6 {
			return fmt.Errorf("%w: corner %d is at %v", ErrManifest, i+1, p)
		}
		g.Corners[i] = grid.Pt{X: p[0], Y: p[1]}
	}
	return nil
}

func (g *Game) video(e *gameEntry) error {
	if len(e.Frame) == 0 {
		return fmt.Errorf("%w: a game without pictures", ErrManifest)
	}
	for _, f := range e.Frame {
		g.Times = append(g.Times, time.Duration(f.T*float64(time.Second)))
	}
	return g.corners(e.Frame[0].Corners)
}

func (g *Game) sequence(e *gameEntry) error {
	var frames []sequenceFrame
	if json.Unmarshal(e.Frames, &frames) != nil || len(frames) == 0 {
		return ErrManifest
	}
	timed := true
	for i, f := range frames {
		if f.File == "" || !filepath.IsLocal(filepath.FromSlash(f.File)) {
			return fmt.Errorf("%w: picture %d names no file beside the manifest", ErrManifest, i+1)
		}
		g.Files = append(g.Files, f.File)
		if timed = timed && f.T != nil; timed {
			g.Times = append(g.Times, time.Duration(*f.T*float64(time.Second)))
		}
	}
	if !timed {
		g.Times = nil
	}
	if err := g.corners(frames[0].Corners); err != nil {
		return err
	}
	if len(e.Unexplained) > 0 {
		g.Frames = e.Unexplained[0].Frame
		g.Moves = slices.DeleteFunc(g.Moves, func(m Move) bool { return m.Frame >= g.Frames })
	}
	return g.derive(frames, e.Moves != nil)
}

// derive adds the moves that the list leaves out: those before the first
// labelled position, and all of them when there is no list.
func (g *Game) derive(frames []sequenceFrame, listed bool) error {
	game, err := board.NewGame(board.Setup{Size: g.Size})
	if err != nil {
		return err
	}
	var moves []Move
	for i, f := range frames {
		if f.Truth == nil {
			continue
		}
		pos, err := board.ParsePosition(f.Truth...)
		if err != nil || pos.Size() != g.Size {
			continue // not all of it is known
		}
		found, _ := game.Explain(pos, 6)
		switch {
		case len(found) == 0 && game.MoveCount() == 0 && len(g.Setup[0])+len(g.Setup[1]) == 0:
			// A game that began before the first picture.
			black, white := pos.Stones(board.Black), pos.Stones(board.White)
			g.Setup = [2][]board.Point{black.Points(), white.Points()}
			setup := board.Setup{Size: g.Size, Black: g.Setup[0], White: g.Setup[1]}
			if len(g.Setup[0]) > len(g.Setup[1]) {
				setup.First = board.White
			}
			if game, err = board.NewGame(setup); err != nil {
				return fmt.Errorf("%w: picture %d: %w", ErrManifest, i+1, err)
			}
		case len(found) == 0:
			g.Frames = i
			g.Moves = append(moves, g.Moves...)
			return nil
		default:
			for _, m := range found[0].Moves() {
				if err := game.Play(m); err != nil {
					return err
				}
				moves = append(moves, Move{Move: m, Frame: i, Clear: i, Unsure: found[0].Count > 1})
			}
		}
		if listed {
			break
		}
	}
	g.Moves = append(moves, g.Moves...)
	return nil
}

// Players play a labelled game back: they look at all its pictures and say
// which moves they saw. With given they are told where the corners are in the
// first picture, else they find the board.
type Players interface {
	Play(ctx context.Context, g *Game, given bool) (Seen, error)
}

// Seen is what became of a game.
type Seen struct {
	Pictures  int
	Moves     []SeenMove // the record in the end
	Undone    int        // moves that were told and taken back
	Questions int
	CPU       time.Duration
}

// SeenMove is a move that was seen.
type SeenMove struct {
	board.Move
	Frame int // number of the picture after which it was told
}

// GameResult is one game measured.
type GameResult struct {
	Game      string   `json:"game"`
	Size      int      `json:"size"`
	Error     string   `json:"error,omitempty"`
	Pictures  int      `json:"pictures"`
	Moves     int      `json:"moves"` // that were played
	Missing   int      `json:"missing"`
	Extra     int      `json:"extra"`
	Right     bool     `json:"right"`  // every move in its place, none extra
	Undone    int      `json:"undone"` // moves that were told and taken back
	Questions int      `json:"questions"`
	MS        float64  `json:"cpu_ms_per_picture"`
	Mistakes  []string `json:"mistakes,omitempty"`
	// Delays are the seconds from the first picture in which nothing is over
	// the board to the one after which the move was told, for each move that was seen, in
	// their order; 0 where it was told before.
	Delays []float64 `json:"delays_s,omitempty"`
}

// JudgeGame compares the record of a game with its label. Unless the corners
// were given, the board may be turned by quarters.
func JudgeGame(g *Game, s Seen, given bool) GameResult {
	r := GameResult{Game: g.Name, Size: g.Size, Pictures: s.Pictures, Moves: len(g.Moves), Undone: s.Undone, Questions: s.Questions}
	if s.Pictures > 0 {
		r.MS = float64(s.CPU) / float64(time.Millisecond) / float64(s.Pictures)
	}
	turns := 4
	if given {
		turns = 1
	}
	var pairs [][2]int
	var played []Move
	for q := range turns {
		truth := g.turned(q)
		inOrderOf(truth, s.Moves)
		if p := match(truth, s.Moves); q == 0 || len(p) > len(pairs) {
			pairs, played = p, truth
		}
	}
	r.Missing, r.Extra = len(played)-len(pairs), len(s.Moves)-len(pairs)
	r.Right = r.Missing == 0 && r.Extra == 0
	name := func(m board.Move) string {
		return fmt.Sprintf("%s %s", strings.ToUpper(m.Color.String()[:1]), m.Point.GTP(g.Size))
	}
	i, j := 0, 0
	for _, p := range append(pairs, [2]int{len(played), len(s.Moves)}) {
		for ; i < p[0]; i++ {
			r.Mistakes = append(r.Mistakes, fmt.Sprintf("%s of picture %d is missing", name(played[i].Move), played[i].Frame))
		}
		for ; j < p[1]; j++ {
			r.Mistakes = append(r.Mistakes, fmt.Sprintf("%s after picture %d is extra", name(s.Moves[j].Move), s.Moves[j].Frame))
		}
		if i < len(played) {
			r.Delays = append(r.Delays, g.delay(played[i], s.Moves[j]).Seconds())
		}
		i, j = i+1, j+1
	}
	return r
}

// RunGames has players play all games. It ends early only with ctx.
func RunGames(ctx context.Context, players Players, games []*Game, given bool) ([]GameResult, error) {
	var out []GameResult
	for _, g := range games {
		seen, err := players.Play(ctx, g, given)
		if ctx.Err() != nil {
			return out, ctx.Err()
		}
		if err != nil {
			out = append(out, GameResult{Game: g.Name, Size: g.Size, Error: err.Error(), Moves: len(g.Moves), Missing: len(g.Moves)})
			continue
		}
		out = append(out, JudgeGame(g, seen, given))
	}
	return out, nil
}

// delay is how long after its stone was in plain view a move was told.
func (g *Game) delay(m Move, s SeenMove) time.Duration {
	if len(g.Times) == 0 {
		return 0
	}
	at := func(i int) time.Duration { return g.Times[max(0, min(i, len(g.Times)-1))] }
	return max(0, at(s.Frame)-at(m.Clear))
}

// turned returns the moves as somebody at another side of the board sees them.
func (g *Game) turned(quarters int) []Move {
	out := slices.Clone(g.Moves)
	for i := range out {
		for range quarters {
			p := &out[i].Point
			p.X, p.Y = int8(g.Size)-1-p.Y, p.X
		}
	}
	return out
}

// inOrderOf sorts moves whose order nobody knows as they were seen.
func inOrderOf(truth []Move, seen []SeenMove) {
	for i := 0; i < len(truth); {
		end := i + 1
		for truth[i].Unsure && end < len(truth) && truth[end].Unsure && truth[end].Frame == truth[i].Frame {
			end++
		}
		slices.SortStableFunc(truth[i:end], func(a, b Move) int {
			place := func(m Move) int {
				return slices.IndexFunc(seen, func(s SeenMove) bool { return s.Move == m.Move })
			}
			return cmp.Compare(place(a), place(b))
		})
		i = end
	}
}

// match returns the longest common sequence of two games, as pairs of indices.
func match(truth []Move, seen []SeenMove) [][2]int {
	n := len(seen) + 1
	best := make([]int, (len(truth)+1)*n)
	for i := len(truth) - 1; i >= 0; i-- {
		for j := len(seen) - 1; j >= 0; j-- {
			if truth[i].Move == seen[j].Move {
				best[i*n+j] = best[(i+1)*n+j+1] + 1
			} else {
				best[i*n+j] = max(best[(i+1)*n+j], best[i*n+j+1])
			}
		}
	}
	pairs := make([][2]int, 0, best[0])
	for i, j := 0, 0; i < len(truth) && j < len(seen); {
		switch {
		case truth[i].Move == seen[j].Move:
			pairs = append(pairs, [2]int{i, j})
			i, j = i+1, j+1
		case best[(i+1)*n+j] >= best[i*n+j+1]:
			i++
		default:
			j++
		}
	}
	return pairs
}

// GameReport is measured games.
type GameReport struct {
	CornersGiven bool         `json:"corners_given"`
	Games        []GameResult `json:"games"`
	Summary      struct {
		Games   int     `json:"games"`
		Right   int     `json:"right"`
		Moves   int     `json:"moves"`
		Missing int     `json:"missing"`
		Extra   int     `json:"extra"`
		Undone  int     `json:"undone"`
		Median  float64 `json:"delay_s_median"`
		Late    float64 `json:"delay_s_p95"`
		Latest  float64 `json:"delay_s_most"`
	} `json:"summary"`
}

// NewGameReport sums games up.
func NewGameReport(given bool, games []GameResult) GameReport {
	r := GameReport{CornersGiven: given, Games: games}
	s := &r.Summary
	var delays []float64
	for _, g := range games {
		s.Games++
		if g.Right {
			s.Right++
		}
		s.Moves += g.Moves
		s.Missing += g.Missing
		s.Extra += g.Extra
		s.Undone += g.Undone
		delays = append(delays, g.Delays...)
	}
	if n := len(delays); n > 0 {
		slices.Sort(delays)
		s.Median, s.Late, s.Latest = delays[(n-1)/2], delays[(n-1)*95/100], delays[n-1]
	}
	return r
}

// WriteJSON writes the report as one JSON object on a line.
func (r GameReport) WriteJSON(w io.Writer) error { return json.NewEncoder(w).Encode(r) }

// WriteText writes the games for a reader, with what went wrong in each.
func (r GameReport) WriteText(w io.Writer) error {
	var b strings.Builder
	how := "board found by itself"
	if r.CornersGiven {
		how = "corners given"
	}
	for _, g := range r.Games {
		if g.Error != "" {
			fmt.Fprintf(&b, "%s, %s: %s\n", g.Game, how, g.Error)
			continue
		}
		fmt.Fprintf(&b, "%s, %s: %d pictures, %.1f ms of CPU each; %d moves, %d missing, %d extra, %d told and taken back, %d questions\n",
			g.Game, how, g.Pictures, g.MS, g.Moves, g.Missing, g.Extra, g.Undone, g.Questions)
		for _, m := range g.Mistakes {
			fmt.Fprintf(&b, "  ! %s\n", m)
		}
	}
	s := r.Summary
	fmt.Fprintf(&b, "%s: %d of %d games fully right; of %d moves %d missing, %d extra; from the hand's leaving to the decision %.1f s (median), %.1f s (95 %%), %.1f s (latest)\n",
		how, s.Right, s.Games, s.Moves, s.Missing, s.Extra, s.Median, s.Late, s.Latest)
	_, err := io.WriteString(w, b.String())
	return err
}
