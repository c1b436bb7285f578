package match

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
)

// A checkpoint may come from a stranger. What Step relies on without checking is
// checked here.

// checks collects what is wrong.
type checks struct{ err error }

// that notes the fault what, unless ok.
func (c *checks) that(ok bool, what string, args ...any) {
	if !ok && c.err == nil {
		c.err = fmt.Errorf(what, args...)
	}
}

// no notes an error.
func (c *checks) no(err error) {
	if c.err == nil {
		c.err = err
	}
}

// sound says what is wrong with a restored referee.
func (r *Referee) sound() error {
	var c checks
	size := 0
	if r.game != nil {
		size = r.game.Size()
	}
	c.that(len(r.marks) == size*size && r.expect.Size() == size, "the board and what is known of its points do not fit")
	c.that(r.game == nil || r.game.MoveCount() <= maxMoves, "the game has %d moves", gameLength(r.game))
	c.that(r.watch == nil || size == 0 || r.watch.size == size, "the board that is seen is not that of the game")
	r.watch.sound(&c)
	r.bump.sound(&c)
	for _, m := range r.marks {
		c.color(m.ghost)
		c.color(m.trustedC)
		c.time(m.changed)
	}
	if r.game != nil {
		_, err := playOut(&r.data)
		c.no(err)
	}
	c.no(errors.Join(validPhase(r.phase), validPause(r.paused), validPlayer("whose turn it is", r.toMove), validPoints(r.dead, size)))
	c.no(validClocks(game.ClockChanged{Clocks: r.clocks}))
	if r.undo != nil {
		c.no(validUndo(*r.undo))
	}
	if r.result != nil {
		c.no(validResult(*r.result))
	}
	for _, p := range []*Pending{r.pending, r.lost} {
		if p != nil {
			c.that(r.game != nil && p.Number >= 0 && p.Number <= maxMoves, "a move is on its way in no game")
			c.move(p.Move, size, true)
			c.time(p.At)
		}
	}
	for _, e := range r.journal {
		c.no(e.Validate())
	}
	if r.cand != nil {
		c.move(r.cand.Move, size, false)
	}
	c.differences(&r.diff, size, r.watch)
	c.that(r.undo == nil && len(r.questions) == 0 || r.game != nil, "something is asked about no game")
	for _, q := range r.questions {
		c.question(&q, size)
	}
	c.times(r.now, r.phaseAt, r.turnAt, r.askedSync, r.nonsenseAt, r.offline, r.sentAt, r.settle, r.resignAt, r.resumed, r.lastLook,
		r.unlocked, r.hold.since, r.hold.good, r.reminded)
	c.no(r.tune.Validate())
	return c.err
}

// sound says what is wrong with a restored relay.
func (r *Relay) sound() error {
	var c checks
	size, moves := 0, gameLength(r.game)
	if r.game != nil {
		size = r.game.Size()
	}
	c.that(len(r.ghosts) == size*size && len(r.trusted) == size*size, "the board and what is known of its points do not fit")
	c.that(moves <= maxMoves && len(r.played) == moves, "the record has %d moves, %d of them told", moves, len(r.played))
	c.that(r.watch == nil || r.watch.size == size, "the board that is seen is not that of the game")
	c.that(r.tried.Size() == 0 || r.tried.Size() == size, "a view of another board")
	r.watch.sound(&c)
	r.bump.sound(&c)
	for i, p := range r.played {
		c.that(i >= moves || r.game.Move(i) == p.Move, "move %d is told otherwise than it was played", i+1)
	}
	for _, g := range r.ghosts {
		c.color(g)
	}
	for _, t := range r.trusted {
		c.color(t.color)
	}
	if l := r.left; l != nil {
		c.that(l.game != nil && l.game.Size() == size && l.game.MoveCount() <= maxMoves && len(l.played) == l.game.MoveCount(), "a record that was left and is none")
		for i, p := range l.played {
			c.that(c.err != nil || l.game.Move(i) == p.Move, "move %d was told otherwise than it was played", i+1)
		}
	}
	if s := r.story; s != nil {
		c.that(len(s.orders) > 0 && s.undo >= 0 && s.undo <= moves+r.editCount(), "a story without moves")
		c.color(s.turn)
		for _, o := range s.orders {
			c.moves(o, size)
		}
		c.points(s.noise, size)
		c.that(finite(s.cost) && !math.IsNaN(s.rival), "a story of no cost")
	}
	c.points(r.about, size)
	c.that(r.watch != nil || len(r.about) == 0 && r.story == nil && len(r.questions) == 0, "a story of a board that was not seen")
	for _, q := range r.questions {
		c.that(q.Kind == AskOrder || q.Kind == AskMoved || q.Kind == AskBegun || q.Kind == AskPass || q.Kind == AskSetup, "a relay asks about %.20q", string(q.Kind))
		c.that(len(q.Moves) > 0 || q.Kind == AskSetup || q.Kind == AskBegun, "a question about no move")
		c.that(q.Kind != AskPass || len(q.Moves) == 2 && q.Moves[0].Point.IsPass() && q.Moves[1] == q.Move, "a question about no pass")
		c.that(q.Kind != AskMoved || len(q.Missing) > 0, "a question about no missing stone")
		c.question(&q, size)
	}
	c.times(r.now, r.unlocked, r.stuck, r.lastLook, r.bumped)
	c.that(r.slow >= 0, "a pace that is none")
	c.that(r.goingOn <= begunSetUp, "a game that goes on in no way that there is")
	c.no(r.tune.Validate())
	return c.err
}

func (r *Relay) editCount() int {
	if r.game == nil {
		return 0
	}
	return len(r.game.Edits())
}

func gameLength(g *board.Game) int {
	if g == nil {
		return 0
	}
	return g.MoveCount()
}

func (w *watch) sound(c *checks) {
	if w == nil {
		return
	}
	c.that(w.size >= board.MinSize && w.size <= board.MaxSize && len(w.spots) == w.size*w.size, "a board of %d lines and %d points", w.size, len(w.spots))
	c.times(w.first, w.apart, w.at, w.still, w.gap, w.light, w.shut, w.clear, w.blocked)
	c.no(w.tune.Validate())
	c.spots(w.spots)
}

func (b *bump) sound(c *checks) {
	if b == nil {
		return
	}
	c.that(len(b.before) <= board.MaxSize*board.MaxSize, "a board of %d points", len(b.before))
	c.time(b.first)
	c.spots(b.before)
}

func (c *checks) spots(spots []spot) {
	for i := range spots {
		s := &spots[i]
		c.color(s.seen)
		c.color(s.run)
		c.that(finite(s.sum[0], s.sum[1], s.sum[2], s.unrest), "evidence that is none")
		c.times(s.since, s.sure, s.plain, s.covered, s.runSince, s.before)
	}
}

func finite(list ...float64) bool {
	for _, f := range list {
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return false
		}
	}
	return true
}

func (c *checks) color(x board.Color) { c.no(validPlayer("a stone", x)) }

// time also accepts the value that stands for never, and −1, for not now.
func (c *checks) time(t time.Duration) {
	c.that(t == never || t >= -1 && t <= maxTime, "an impossible time")
}

func (c *checks) times(ts ...time.Duration) {
	for _, t := range ts {
		c.time(t)
	}
}

// move accepts a stone on a board of this size, and a pass where it may be one.
func (c *checks) move(m board.Move, size int, pass bool) {
	c.that((m.Color == board.Black || m.Color == board.White) && (m.Point.On(size) || pass && m.Point.IsPass()),
		"a move that is none")
}

func (c *checks) moves(ms []board.Move, size int) {
	for _, m := range ms {
		c.move(m, size, false)
	}
}

func (c *checks) points(ps []board.Point, size int) {
	for _, p := range ps {
		c.that(p.On(size), "a point that is none")
	}
}

func (c *checks) differences(d *differences, size int, w *watch) {
	for _, l := range [][]Stone{d.owed, d.missing, d.unexpected, d.prisoners, d.takeBack, d.illegal} {
		c.that(len(l) == 0 || w != nil, "stones that nobody sees")
		c.moves(l, size)
	}
	c.points(d.overlooked, size)
	c.that(d.capturing.IsPass() || size == 0 || d.capturing.On(size), "a capture that is none")
}

func (c *checks) question(q *Question, size int) {
	switch q.Kind {
	case AskMove, AskPass:
		c.move(q.Move, size, q.Kind == AskPass)
	case AskMoved:
		c.that(len(q.Moves) == 1 && q.Move == q.Moves[0], "a question about no move")
	default:
		c.color(q.Move.Color)
	}
	c.that(finite(q.Confidence), "a confidence that is none")
	for _, m := range q.Moves {
		c.move(m, size, q.Kind == AskPass)
	}
	c.moves(q.Missing, size)
	c.that(q.From >= 0 && q.From <= maxMoves, "a question about move %d", q.From)
}
