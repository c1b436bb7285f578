package live

import (
	"slices"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
)

// Game is everything there is to tell of a game at one moment. It and all it
// refers to are immutable.
type Game struct {
	Head
	Steps []Step // moves, passes and set-ups after the start, in order; the main line
	Status
}

// Head is what is known of a game besides its course.
type Head struct {
	// ID tells one game at a board from the next; it says nothing else.
	ID       string
	Size     int           // lines a side; 0 before the board is known: then there is no game yet
	Black    []board.Point // stones that stand before the first step, sorted
	White    []board.Point
	First    board.Color // who has the first move
	Handicap int
	Komi     float64
	Rules    string         // "japanese"
	Players  [2]game.Player // Black, White
	Name     string
	Event    string
	Round    string
	Place    string
	Began    time.Time
}

// Step is one node of the record: a move, a pass, or a set-up.
type Step struct {
	Color board.Color   // who moved; Empty for a set-up
	Point board.Point   // of a move; board.Pass for a pass
	Taken []board.Point // stones that the move took off the board, sorted
	Setup *Setup        // of a set-up; else nil
	At    time.Duration // since Head.Began, when it was first seen; 0 where that is not known
	Note  string        // what is not certain about it, or why the stones were set up; "" for nothing
}

// Setup is stones that came to lie on the board, or went, otherwise than by
// play. Each list is sorted.
type Setup struct {
	Black, White, Empty []board.Point
	ToMove              board.Color
}

// Status is what changes without a step.
type Status struct {
	Phase    game.Phase
	ToMove   board.Color
	Captures [2]int        // stones taken by Black, by White
	Dead     []board.Point // marked as dead after the game, sorted
	Result   string        // as SGF writes it, "B+R"; "" while there is none
	Ending   string        // the result in words; "" likewise
	Clocks   [2]game.Clock // as they were at ClocksAt; without a System where there is none
	ClocksAt time.Time
	// Camera is what the board's side cannot see now, in a sentence for
	// watchers ("A hand is over the board."); "" while all is in view.
	Camera string
}

// Position is the stones on the board after the first n steps.
func (g *Game) Position(n int) board.Position {
	pos := board.NewPosition(g.Size)
	for c, ps := range [...][]board.Point{board.Black: g.Black, board.White: g.White} {
		for _, p := range ps {
			pos.Set(p, board.Color(c))
		}
	}
	for _, s := range g.Steps[:n] {
		s.on(&pos)
	}
	return pos
}

func (s *Step) on(pos *board.Position) {
	if s.Setup != nil {
		for c, ps := range [...][]board.Point{s.Setup.Empty, s.Setup.Black, s.Setup.White} {
			for _, p := range ps {
				pos.Set(p, board.Color(c))
			}
		}
		return
	}
	if !s.Point.IsPass() {
		pos.Set(s.Point, s.Color)
	}
	for _, p := range s.Taken {
		pos.Set(p, board.Empty)
	}
}

// Equal reports whether s and o are the same step, with the same to say.
func (s Step) Equal(o Step) bool {
	if (s.Setup == nil) != (o.Setup == nil) || s.Setup != nil && !s.Setup.equal(o.Setup) {
		return false
	}
	return s.Color == o.Color && s.Point == o.Point && s.At == o.At && s.Note == o.Note && slices.Equal(s.Taken, o.Taken)
}

func (s *Setup) equal(o *Setup) bool {
	return s.ToMove == o.ToMove && slices.Equal(s.Black, o.Black) && slices.Equal(s.White, o.White) && slices.Equal(s.Empty, o.Empty)
}

func (h Head) equal(o Head) bool {
	return h.ID == o.ID && h.Size == o.Size && slices.Equal(h.Black, o.Black) && slices.Equal(h.White, o.White) &&
		h.First == o.First && h.Handicap == o.Handicap && h.Komi == o.Komi && h.Rules == o.Rules && h.Players == o.Players &&
		h.Name == o.Name && h.Event == o.Event && h.Round == o.Round && h.Place == o.Place && h.Began.Equal(o.Began)
}

func (s Status) equal(o Status) bool {
	return s.Phase == o.Phase && s.ToMove == o.ToMove && s.Captures == o.Captures && slices.Equal(s.Dead, o.Dead) &&
		s.Result == o.Result && s.Ending == o.Ending && s.Clocks == o.Clocks && s.ClocksAt.Equal(o.ClocksAt) && s.Camera == o.Camera
}
