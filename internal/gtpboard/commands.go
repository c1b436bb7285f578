package gtpboard

import (
	"context"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/gtp"
	"github.com/gobancam/gobancam/internal/limits"
)

func itoa(n int) string { return strconv.Itoa(n) }

func joined(words []string) string { return strings.Join(words, " ") }

func formatKomi(komi float64) string { return strconv.FormatFloat(komi, 'f', -1, 64) }

// anew begins another game: the person sets up its position as soon as the
// controller has said all that belongs to it.
func (e *Engine) anew(s board.Setup) error {
	g, err := board.NewGame(s)
	if err != nil {
		return err
	}
	e.begin(g)
	return nil
}

// begin begins a game that may have moves already.
func (e *Engine) begin(g *board.Game) {
	e.give(answer{err: errOther})
	e.rise()
	e.id = max(e.id+1, e.opt.Now().UnixMilli())
	e.game = g
	e.groups = slices.Repeat([]int{1}, g.MoveCount())
	e.me, e.both, e.resigns, e.result = board.Empty, false, board.Empty, nil
	for i := range e.clocks {
		c := &e.clocks[i]
		c.set(c.system, c.main, c.period, c.each)
	}
	e.changed()
	e.due = time.After(settles)
}

// untouched reports whether nothing has been set up or played.
func (e *Engine) untouched() bool {
	return e.game.MoveCount() == 0 && e.game.Position() == board.NewPosition(e.game.Size())
}

// clear begins a game on an empty board.
func (e *Engine) clear(size int) error {
	s := e.game.Setup()
	if size == s.Size && e.untouched() && e.me == board.Empty && e.result == nil {
		e.due = time.After(settles) // it is that game still
		return nil
	}
	return e.anew(board.Setup{Size: size, Rules: e.opt.Rules, Komi: s.Komi})
}

func (e *Engine) boardsize(args []string) (string, error) {
	n, err := strconv.Atoi(args[0])
	if err != nil {
		return "", gtp.ErrBadArguments
	}
	if n < board.MinSize || n > board.MaxSize || e.opt.Size != 0 && n != e.opt.Size {
		return "", errSize
	}
	return "", e.clear(n)
}

// again has the same game under another set-up: komi, rules.
func (e *Engine) again(s board.Setup) error {
	g, err := board.NewGame(s)
	if err != nil {
		return err
	}
	for _, m := range e.game.Moves() {
		if err := g.Force(m); err != nil {
			return err
		}
	}
	e.game = g
	e.keep()
	e.tellAll()
	return nil
}

func (e *Engine) komi(args []string) (string, error) {
	k, err := strconv.ParseFloat(args[0], 64)
	if err != nil || math.IsNaN(k) || math.Abs(k) > 1000 {
		return "", gtp.ErrBadArguments
	}
	s := e.game.Setup()
	s.Komi = k
	return "", e.again(s)
}

// rules takes the rules' names of KGS.
func (e *Engine) rules(args []string) (string, error) {
	name := args[0]
	if name == "new_zealand" {
		name = "nz"
	}
	r, err := board.ParseRules(name)
	if err != nil {
		return "", gtp.ErrBadArguments
	}
	s := e.game.Setup()
	s.Rules, e.opt.Rules = r, r
	return "", e.again(s)
}

// turnTo makes it this colour's turn for a legality check and a move, on a copy.
func turnTo(g *board.Game, c board.Color) *board.Game {
	g = g.Clone()
	if g.ToMove() != c || g.Ended() {
		g.Resume(c)
	}
	return g
}

// play is a move of the other side: a stone that the person is to put down.
func (e *Engine) play(args []string) (string, error) {
	c, err := gtp.ParseColor(args[0])
	if err != nil {
		return "", gtp.ErrBadArguments
	}
	p, err := gtp.ParseVertex(args[1], e.game.Size())
	if err != nil {
		return "", gtp.ErrBadArguments
	}
	m := board.Move{Color: c, Point: p}
	if e.game.HandicapLeft() > 0 || turnTo(e.game, c).Check(m) != nil {
		return "", errIllegal
	}
	if e.game.MoveCount() >= limits.Moves {
		return "", errIllegal
	}
	if e.me == board.Empty && !e.both {
		e.me = c.Opponent()
	}
	e.goesOn()
	if err := e.game.Force(m); err != nil {
		return "", errIllegal
	}
	e.groups = append(e.groups, 1)
	e.changed()
	e.sit()
	e.tell(game.Played{Number: e.game.MoveCount(), Move: m})
	e.tellClocks(true)
	return "", nil
}

// goesOn takes note that a game that seemed to be over is played on.
func (e *Engine) goesOn() {
	e.playOn()
	if e.result != nil {
		e.result = nil
		e.rise() // its referee is done with the game
	}
}

func (e *Engine) undoSome(args []string) (string, error) {
	n := 1
	if len(args) > 0 {
		var err error
		if n, err = strconv.Atoi(args[0]); err != nil || n < 1 {
			return "", gtp.ErrBadArguments
		}
	}
	return "", e.undo(n)
}

// undo takes back moves; the board is checked until it follows.
func (e *Engine) undo(n int) error {
	if n > len(e.groups) {
		return errUndo
	}
	count := 0
	for _, g := range e.groups[len(e.groups)-n:] {
		count += g
	}
	e.groups = e.groups[:len(e.groups)-n]
	e.goesOn()
	for range count {
		e.game.Undo()
	}
	e.resigns = board.Empty
	e.changed()
	if e.sitting == nil {
		e.sit()
		return nil
	}
	e.tell(game.UndoAccepted{Number: e.game.MoveCount() + 1, Count: count})
	e.tellClocks(true)
	return nil
}

// genmove waits for the person.
func (e *Engine) genmove(ctx context.Context, args []string) (string, error) {
	if len(args) == 0 {
		return "", gtp.ErrBadArguments
	}
	c, err := gtp.ParseColor(args[0])
	if err != nil {
		return "", gtp.ErrBadArguments
	}
	w := &wanted{color: c}
	return e.wait(ctx, w, func() error { return e.open(w) })
}

// open makes it the person's turn.
func (e *Engine) open(w *wanted) error {
	if w.late != nil {
		return w.late
	}
	if e.resigns == w.color {
		e.resigns = board.Empty
		e.result = &game.Result{Winner: w.color.Opponent(), By: board.ByResignation}
		e.changed()
		e.tell(game.Finished{Result: *e.result})
		w.answer <- answer{text: "resign"}
		return nil
	}
	switch {
	case e.both || e.me == w.color:
	case e.me == board.Empty:
		e.me = w.color
	default:
		e.me, e.both = board.Empty, true // the person plays both
	}
	e.goesOn()
	if err := e.pass(w.color); err != nil {
		return err
	}
	resumed := e.game.Ended()
	if resumed {
		e.game.Resume(w.color)
	}
	c := &e.clocks[w.color-board.Black]
	c.start(e.opt.Now())
	e.want = w
	had := e.sitting
	e.sit()
	switch {
	case e.sitting != had: // it was told with the game
	case resumed:
		e.tellAll()
	default:
		e.tellClocks(true)
	}
	return nil
}

// pass writes down a pass of the side whose turn it is, if it is not c's: a
// controller may ask for two moves of one colour in a row.
func (e *Engine) pass(c board.Color) error {
	if e.game.Ended() || e.game.ToMove() == c {
		return nil
	}
	m := board.Move{Color: c.Opponent(), Point: board.Pass}
	if err := e.game.Force(m); err != nil {
		return err
	}
	e.groups = append(e.groups, 1)
	e.changed()
	e.tell(game.Played{Number: e.game.MoveCount(), Move: m})
	return nil
}

// gameOver lets the board be cleared.
func (e *Engine) gameOver() {
	e.due = nil
	e.rise()
}
