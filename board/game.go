package board

import (
	"errors"
	"fmt"
	"slices"
)

// Why a move cannot be played, or a game not be set up. Check and Play return
// errors that wrap one of these.
var (
	ErrOffBoard = errors.New("not on the board")
	ErrOccupied = errors.New("there is a stone already")
	ErrSuicide  = errors.New("suicide: the stone would have no liberty")
	ErrKo       = errors.New("ko: that restores the position before the last move")
	ErrSuperko  = errors.New("superko: that position was on the board before")
	ErrTurn     = errors.New("not this player's turn")
	ErrHandicap = errors.New("handicap stones are still to be placed")
	ErrSetup    = errors.New("such a game cannot be set up")
)

// MoveError says which move is not legal, and why: Err is one of the errors
// above.
type MoveError struct {
	Move Move
	Size int
	Err  error
}

// Error names the player, the point and the reason.
func (e *MoveError) Error() string {
	return e.Move.Color.String() + " " + e.Move.Point.GTP(e.Size) + ": " + e.Err.Error()
}

// Unwrap returns the reason.
func (e *MoveError) Unwrap() error { return e.Err }

// Setup is what a game starts from.
type Setup struct {
	Size  int // 2 to 25
	Rules Rules
	Komi  float64 // as agreed; Rules.KomiFor gives the usual one

	// Handicap is the number of handicap stones; 0 and 1 mean none. When
	// Black and White are empty and First is not White, the stones are set on
	// the hoshi, with White to move first, or, if Rules.FreeHandicap or if
	// the board has no hoshi for them, Black places them as his first moves.
	Handicap int

	// Black and White are stones that stand before the first move: fixed
	// handicap as a server lists it, a forked or resumed game.
	Black, White []Point

	// First is who moves first. Empty stands for Black, or White when
	// handicap stones stand already.
	First Color
}

// Game is a game of Go: the position, whose turn it is, and all moves so far.
// It is not safe for concurrent use.
type Game struct {
	setup  Setup
	free   int // handicap stones that Black places
	pos    Position
	now    state
	turns  []turn
	lifted []uint16 // the cells of all stones captured so far, in order
	edits  []edit   // set-ups in the middle of the game, in order
}

// state is what a move changes besides the stones.
type state struct {
	hash     uint64 // of the stones on the board
	toMove   Color
	passes   uint8    // in a row
	captures [3]int32 // stones captured by each colour
}

// turn is a move with what it takes to undo it.
type turn struct {
	move   Move
	before state
	lifted int32 // len(Game.lifted) before the move
}

// NewGame sets up a game. The error wraps ErrSetup, or says what is wrong with
// a stone.
func NewGame(s Setup) (*Game, error) {
	if s.Size < MinSize || s.Size > MaxSize {
		return nil, fmt.Errorf("%w: size %d is not between %d and %d", ErrSetup, s.Size, MinSize, MaxSize)
	}
	if s.First > White {
		return nil, fmt.Errorf("%w: no such player to move first", ErrSetup)
	}
	if s.Handicap < 0 || s.Handicap > s.Size*s.Size-1 {
		return nil, fmt.Errorf("%w: handicap %d on a board of %d×%d", ErrSetup, s.Handicap, s.Size, s.Size)
	}
	g := &Game{pos: NewPosition(s.Size)}
	if s.Handicap >= 2 && len(s.Black) == 0 && len(s.White) == 0 && s.First != White {
		if fixed := HandicapPoints(s.Size, s.Handicap); !s.Rules.FreeHandicap && fixed != nil {
			s.Black, s.First = fixed, White
		} else {
			g.free, s.First = s.Handicap, Black
		}
	}
	if s.First == Empty {
		s.First = Black
		if s.Handicap >= 2 {
			s.First = White
		}
	}
	s.Black, s.White = append([]Point(nil), s.Black...), append([]Point(nil), s.White...)
	for c, stones := range [...][]Point{Black: s.Black, White: s.White} {
		for _, p := range stones {
			switch {
			case !p.On(s.Size):
				return nil, fmt.Errorf("%w: %s stone at %s: %w", ErrSetup, Color(c), p.GTP(s.Size), ErrOffBoard)
			case g.pos.At(p) != Empty:
				return nil, fmt.Errorf("%w: %s stone at %s: %w", ErrSetup, Color(c), p.GTP(s.Size), ErrOccupied)
			}
			g.pos.Set(p, Color(c))
			g.now.hash ^= zobrist(p.cell(), Color(c))
		}
	}
	if !g.pos.Lawful() {
		return nil, fmt.Errorf("%w: a chain of the set-up stones has no liberty", ErrSetup)
	}
	g.setup, g.now.toMove = s, s.First
	g.turns = make([]turn, 0, 2*s.Size*s.Size)
	g.lifted = make([]uint16, 0, s.Size*s.Size)
	return g, nil
}

// Setup returns what the game started from. Its slices are not to be changed.
func (g *Game) Setup() Setup { return g.setup }

// Size returns the board's size.
func (g *Game) Size() int { return int(g.pos.size) }

// Rules returns the rules of the game.
func (g *Game) Rules() Rules { return g.setup.Rules }

// Position returns a snapshot of the board.
func (g *Game) Position() Position { return g.pos }

// At returns the state of p.
func (g *Game) At(p Point) Color { return g.pos.At(p) }

// ToMove returns whose turn it is.
func (g *Game) ToMove() Color { return g.now.toMove }

// MoveCount returns the number of moves, passes and freely placed handicap
// stones included.
func (g *Game) MoveCount() int { return len(g.turns) }

// Move returns move i, from 0.
func (g *Game) Move(i int) Move { return g.turns[i].move }

// Moves returns all moves, passes and freely placed handicap stones included.
func (g *Game) Moves() []Move {
	ms := make([]Move, len(g.turns))
	for i, t := range g.turns {
		ms[i] = t.move
	}
	return ms
}

// LastMove returns the last move; ok is false before the first.
func (g *Game) LastMove() (m Move, ok bool) {
	if len(g.turns) == 0 {
		return Move{}, false
	}
	return g.turns[len(g.turns)-1].move, true
}

// Captures returns the number of stones that c has captured, which are stones
// of its opponent; a suicide counts for the opponent of who played it.
func (g *Game) Captures(c Color) int { return int(g.now.captures[c]) }

// Passes returns the number of passes in a row up to now.
func (g *Game) Passes() int { return int(g.now.passes) }

// Ended reports whether both players passed (White last, where the rules ask
// for it). Play may go on all the same, see Resume.
func (g *Game) Ended() bool {
	return g.now.passes >= 2 && !(g.setup.Rules.WhitePassesLast && g.now.toMove == White)
}

// HandicapLeft returns the number of handicap stones that Black has still to
// place.
func (g *Game) HandicapLeft() int {
	if len(g.edits) > 0 {
		return 0 // whoever set up a position has placed what he wanted
	}
	return max(0, g.free-len(g.turns))
}

// CapturedBy returns the points of the stones that move i, counted from 0,
// took off the board.
func (g *Game) CapturedBy(i int) PointSet {
	var s PointSet
	stones, _ := g.captured(i)
	for _, c := range stones {
		s.add(int(c))
	}
	return s
}

// captured returns the cells that move i, counted from 0, took off the board,
// and the colour of the stones there.
func (g *Game) captured(i int) ([]uint16, Color) {
	t, end := &g.turns[i], int32(len(g.lifted))
	if i+1 < len(g.turns) {
		end = g.turns[i+1].lifted
	}
	stones := g.lifted[t.lifted:end]
	// Only a suicide takes off the stone that was played.
	if len(stones) > 0 && slices.Contains(stones, uint16(t.move.Point.cell())) {
		return stones, t.move.Color
	}
	return stones, t.move.Color.Opponent()
}

// LastCaptured returns the points of the stones that the last move took off
// the board.
func (g *Game) LastCaptured() PointSet {
	if len(g.turns) == 0 {
		return PointSet{}
	}
	return g.CapturedBy(len(g.turns) - 1)
}

// Check returns nil if the move is legal now, else a *MoveError.
func (g *Game) Check(m Move) error {
	pos := g.pos
	var chain [cells]uint16
	if err := g.check(m, &pos, &chain); err != nil {
		return &MoveError{m, g.Size(), err}
	}
	return nil
}

// Legal reports whether the move is legal now, as Check does, without
// allocating.
func (g *Game) Legal(m Move) bool {
	pos := g.pos
	var chain [cells]uint16
	return g.check(m, &pos, &chain) == nil
}

func (g *Game) check(m Move, pos *Position, chain *[cells]uint16) error {
	switch {
	case m.Color != g.now.toMove:
		return ErrTurn
	case m.Point.IsPass() && g.HandicapLeft() > 0:
		return ErrHandicap
	case m.Point.IsPass():
		return nil
	case !pos.On(m.Point):
		return ErrOffBoard
	case pos.At(m.Point) != Empty:
		return ErrOccupied
	}
	hash, own := g.place(m, pos, chain, nil)
	if own && !g.setup.Rules.Suicide {
		return ErrSuicide
	}
	return g.repeats(m.Color, hash, pos)
}

// place puts a stone on pos, lifts what it captures, and appends the cells
// lifted to lifted, if that is not nil. It returns the hash of the new
// position and whether the stone's own chain was lifted.
func (g *Game) place(m Move, pos *Position, chain *[cells]uint16, lifted *[]uint16) (hash uint64, own bool) {
	var buf [4]int
	at := m.Point.cell()
	pos.stones[at] = m.Color
	hash = g.now.hash ^ zobrist(at, m.Color)
	lift := func(n int, c Color) {
		for _, d := range chain[:n] {
			pos.stones[d] = Empty
			hash ^= zobrist(int(d), c)
		}
		if lifted != nil {
			*lifted = append(*lifted, chain[:n]...)
		}
	}
	enemy, captured := m.Color.Opponent(), false
	for _, d := range pos.neighbours(at, &buf) {
		if pos.stones[d] != enemy {
			continue
		}
		if n, free := pos.hasLiberty(d, chain); !free {
			lift(n, enemy)
			captured = true
		}
	}
	if captured {
		return hash, false
	}
	if n, free := pos.hasLiberty(at, chain); !free {
		lift(n, m.Color)
		return hash, true
	}
	return hash, false
}

// repeats says whether the position pos with this hash, brought about by a
// move of color, is a forbidden repetition.
func (g *Game) repeats(color Color, hash uint64, pos *Position) error {
	ko := g.setup.Rules.Ko
	if ko == KoFree {
		return nil
	}
	next := color.Opponent()
	if g.free > 0 && len(g.turns) < g.free-1 {
		next = Black
	}
	same := func(i int, at *state) bool {
		return at.hash == hash && g.PositionAt(i) == *pos
	}
	last := len(g.turns) - 1
	since := g.lastEdit() // what was before a set-up is not repeated by play
	if last >= since {
		if at := &g.turns[last].before; at.toMove == next && same(last, at) {
			return ErrKo
		}
	}
	if ko == SimpleKo {
		return nil
	}
	// Only a suicide of one stone can restore the position it was played on.
	if ko == PositionalSuperko && same(len(g.turns), &g.now) {
		return ErrSuperko
	}
	for i := last; i >= since; i-- {
		if at := &g.turns[i].before; (ko == PositionalSuperko || at.toMove == next) && same(i, at) {
			return ErrSuperko
		}
	}
	return nil
}

// Play plays the move if it is legal; otherwise nothing changes and the error
// is a *MoveError.
func (g *Game) Play(m Move) error {
	var chain [cells]uint16
	pos := g.pos
	if err := g.check(m, &pos, &chain); err != nil {
		return &MoveError{m, g.Size(), err}
	}
	g.apply(m, &chain)
	return nil
}

// Force plays a move that stands in a record or on a server, whoever's turn it
// is here and whatever repetition or suicide it is: the record is right about
// what was played. Only what cannot be on a board is refused: a point off the
// board or occupied.
func (g *Game) Force(m Move) error {
	var chain [cells]uint16
	switch {
	case m.Color != Black && m.Color != White:
		return &MoveError{m, g.Size(), ErrTurn}
	case m.Point.IsPass():
	case !g.pos.On(m.Point):
		return &MoveError{m, g.Size(), ErrOffBoard}
	case g.pos.At(m.Point) != Empty:
		return &MoveError{m, g.Size(), ErrOccupied}
	}
	g.apply(m, &chain)
	return nil
}

func (g *Game) apply(m Move, chain *[cells]uint16) {
	g.turns = append(g.turns, turn{m, g.now, int32(len(g.lifted))})
	if m.Point.IsPass() {
		g.now.passes = min(g.now.passes+1, 3)
	} else {
		n := len(g.lifted)
		hash, own := g.place(m, &g.pos, chain, &g.lifted)
		winner := m.Color
		if own {
			winner = m.Color.Opponent()
		}
		g.now.hash, g.now.passes = hash, 0
		g.now.captures[winner] += int32(len(g.lifted) - n)
	}
	g.now.toMove = m.Color.Opponent()
	if g.HandicapLeft() > 0 {
		g.now.toMove = Black
	}
}

// Undo takes back what came last, a move or a set-up (see Edit); it returns
// false if there is neither.
func (g *Game) Undo() bool {
	n := len(g.turns)
	if e := len(g.edits) - 1; e >= 0 && g.edits[e].at == n {
		g.edits[e].revert(&g.pos)
		g.now, g.edits = g.edits[e].before, g.edits[:e]
		return true
	}
	if n == 0 {
		return false
	}
	g.rewind(n-1, &g.pos)
	t := &g.turns[n-1]
	g.now, g.lifted, g.turns = t.before, g.lifted[:t.lifted], g.turns[:n-1]
	return true
}

// rewind takes move i, the last one that pos holds, off pos.
func (g *Game) rewind(i int, pos *Position) {
	m := g.turns[i].move
	if m.Point.IsPass() {
		return
	}
	stones, color := g.captured(i)
	for _, c := range stones {
		pos.stones[c] = color
	}
	pos.stones[m.Point.cell()] = Empty
}

// PositionAt returns the position after the first n moves and what was set up
// before the next; n is clamped to what was played.
func (g *Game) PositionAt(n int) Position {
	pos := g.pos
	e := len(g.edits) - 1
	for i := len(g.turns) - 1; i >= max(n, 0); i-- {
		for ; e >= 0 && g.edits[e].at > i; e-- {
			g.edits[e].revert(&pos)
		}
		g.rewind(i, &pos)
	}
	return pos
}

// Resume lets the game go on after passes with first to move. OpponentResumes
// in the rules says who that is.
func (g *Game) Resume(first Color) {
	g.now.passes, g.now.toMove = 0, first
}

// Clone returns an independent copy.
func (g *Game) Clone() *Game {
	c := *g
	c.turns = append(make([]turn, 0, cap(g.turns)), g.turns...)
	c.lifted = append(make([]uint16, 0, cap(g.lifted)), g.lifted...)
	c.edits = slices.Clone(g.edits)
	return &c
}

// zobrist returns the key of a stone: the hash of a position is the XOR of the
// keys of its stones.
func zobrist(cell int, c Color) uint64 { return zobristKeys[c-Black][cell] }

var zobristKeys = func() (keys [2][cells]uint64) {
	// splitmix64, https://prng.di.unimi.it/splitmix64.c
	x := uint64(0x676f62616e63616d)
	for i := range keys {
		for j := range keys[i] {
			x += 0x9e3779b97f4a7c15
			z := x
			z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
			z = (z ^ z>>27) * 0x94d049bb133111eb
			keys[i][j] = z ^ z>>31
		}
	}
	return keys
}()
