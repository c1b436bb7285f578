package match

import (
	"slices"
	"time"

	"github.com/gobancam/gobancam/board"
)

// why is the reason why the expected position changes.
type why uint8

const (
	gone      why = iota // a move, with what it captured
	takenBack            // an undo
	unsent               // the pending move is not in the record after all
)

// setExpect makes the record's position, with the pending move on it, the one
// that must be on the board.
func (r *Referee) setExpect(reason why) {
	g := r.game
	if p := r.pending; p != nil && p.Number == g.MoveCount() {
		c := g.Clone()
		if c.Force(p.Move) == nil {
			g = c
		}
	}
	pos := g.Position()
	for p := range pos.Points() {
		was, is := r.expect.At(p), pos.At(p)
		if was == is {
			continue
		}
		m := &r.marks[r.index(p)]
		seen, known := r.seen(p)
		ghost := board.Empty
		if was != board.Empty && reason != unsent && (!known || seen == was) {
			ghost = was
		}
		if m.ghost != board.Empty && is == board.Empty && was == board.Empty {
			ghost = m.ghost
		}
		*m = mark{ghost: ghost, undone: reason == takenBack, changed: r.now,
			placed: is != board.Empty && known && seen == is}
	}
	r.expect = pos
}

func (r *Referee) seen(p board.Point) (c board.Color, known bool) {
	if r.watch == nil || r.watch.size != r.expect.Size() {
		return board.Empty, false
	}
	return r.watch.seen(p)
}

// differences are where the board is surely not as the record has it. Each
// list is in the order of the points.
type differences struct {
	owed       []Stone // to be put down
	missing    []Stone // were there and are not
	unexpected []Stone // should not be there
	prisoners  []Stone // captured, to be lifted
	takeBack   []Stone // undone, to be lifted
	illegal    []Stone // of mine, where the rules forbid it
	overlooked []board.Point
	capturing  board.Point // the move of mine that captures the owed stones, which are not listed then; else Pass
	unseen     int         // points of which nothing is known yet
}

func (d *differences) count() int {
	return len(d.owed) + len(d.missing) + len(d.unexpected) + len(d.takeBack)
}

// compare works out the differences of the board as it is seen to the position
// that must be on it.
func (r *Referee) compare() {
	r.diff = differences{capturing: board.Pass}
	if r.game == nil || r.watch == nil || r.watch.size != r.game.Size() || r.eyesBlind() {
		return
	}
	d := &r.diff
	for i := range r.marks {
		m, s := &r.marks[i], &r.watch.spots[i]
		p := r.watch.point(i)
		want := r.expect.At(p)
		if !s.known {
			d.unseen++
			if want != board.Empty && !m.placed && r.viewed {
				d.owed = append(d.owed, Stone{Color: want, Point: p})
			}
			continue
		}
		if m.ghost != board.Empty && s.seen != m.ghost && s.sure >= m.changed {
			m.ghost = board.Empty
		}
		if m.trusted && (s.seen != m.trustedC || s.seen == want) {
			m.trusted = false
		}
		if s.seen == board.Empty {
			m.denied, m.meant = false, false
		}
		if s.seen == want {
			m.placed, m.ghost = want != board.Empty, board.Empty
			continue
		}
		if m.trusted {
			d.overlooked = append(d.overlooked, p)
			continue
		}
		if want != board.Empty {
			stone := Stone{Color: want, Point: p}
			if m.placed {
				d.missing = append(d.missing, stone)
			} else {
				d.owed = append(d.owed, stone)
			}
		}
		if s.seen != board.Empty {
			stone := Stone{Color: s.seen, Point: p}
			switch {
			case m.ghost == s.seen && m.undone:
				d.takeBack = append(d.takeBack, stone)
			case m.ghost == s.seen:
				d.prisoners = append(d.prisoners, stone)
			default:
				d.unexpected = append(d.unexpected, stone)
			}
		}
	}
	r.explainCaptures()
	r.settleBump()
	r.settleSetup()
}

// explainCaptures takes off the lists what a move of mine that lies on the board
// captures: its stones may be lifted before the move is sent, and one that was
// owed need not even be put down.
func (r *Referee) explainCaptures() {
	d := &r.diff
	if len(d.missing)+len(d.owed) == 0 || len(d.unexpected) > 4 || !r.mayMove(false) {
		return
	}
	for _, s := range d.unexpected {
		if !r.couldPlay(s) {
			continue
		}
		captured := r.captures(s)
		in := func(m Stone) bool { return captured.Has(m.Point) }
		d.missing = slices.DeleteFunc(d.missing, in)
		if len(d.owed) > 0 && !slices.ContainsFunc(d.owed, func(m Stone) bool { return !in(m) }) {
			d.owed, d.capturing = nil, s.Point
		}
	}
}

// captures returns the stones that a legal move captures.
func (r *Referee) captures(m board.Move) board.PointSet {
	g := r.game.Clone()
	if g.Play(m) != nil {
		return board.PointSet{}
	}
	return g.LastCaptured()
}

// eyesBlind reports whether the eyes know nothing about the board now.
func (r *Referee) eyesBlind() bool {
	return r.watch == nil || !r.watch.any || !r.watch.locked || r.cameraLost()
}

func (r *Referee) cameraLost() bool {
	return !r.eyesEnd && (r.eyesErr != nil || r.now-r.lastLook > r.tune.Blind)
}

// sinceOf returns since when p differs.
func (r *Referee) sinceOf(p board.Point) time.Duration {
	i := r.index(p)
	return max(r.watch.spots[i].sure, r.marks[i].changed)
}

// named returns the stones that have differed for longer than the grace period.
func (r *Referee) named(stones []Stone) []Stone {
	var old []Stone
	if r.eyesBlind() {
		return nil
	}
	for _, s := range stones {
		if r.now-r.sinceOf(s.Point) >= r.tune.Grace {
			old = append(old, s)
		}
	}
	return old
}

// settleBump decides whether the board that was found again is the one that
// was there before.
func (r *Referee) settleBump() {
	b := r.bump
	if b == nil || r.eyesBlind() {
		return
	}
	if b.looks < 3 || r.now-b.first < 2*r.tune.Dwell {
		return
	}
	w := r.watch
	visible, moved := 0, 0
	for i := range w.spots {
		s := &w.spots[i]
		c := s.best()
		if s.hidden || s.margin(c) < 2 {
			continue
		}
		visible++
		if i < len(b.before) && b.before[i].known && b.before[i].seen != c && c != r.expect.At(w.point(i)) {
			moved++
		}
	}
	switch {
	case 5*visible < 3*len(w.spots):
		return
	case moved <= 1 || r.now-b.first >= r.tune.Grace && moved <= 8:
		// What remains is told stone by stone.
		text := textBumpFine
		if moved > 1 {
			text = textBumpStones
		}
		r.event(Event{Kind: EventBump, Text: text, Say: text})
		if moved > 1 {
			w.shut = r.now
		}
		r.bump = nil
	}
}

// settleSetup decides whether so much on the board is wrong that it must be set
// up first, and when that is done.
func (r *Referee) settleSetup() {
	d := &r.diff
	n := d.count()
	if !r.viewed {
		if 5*d.unseen > 2*len(r.marks) || d.unseen > 0 && r.now-r.watch.first < r.tune.Grace {
			return
		}
		r.viewed = true
		// A single stone is an owed one, or a move.
		r.setup = n >= 2
		return
	}
	named := func() int {
		return len(r.named(d.owed)) + len(r.named(d.missing)) + len(r.named(d.unexpected)) + len(r.named(d.takeBack))
	}
	free := r.placement() // not to be put right, if they fit
	if !r.fits(free) {
		free = nil
	}
	switch {
	case n == 0 || n == 1 && len(d.unexpected) == 1 && r.couldPlay(d.unexpected[0]):
		r.setup = false
	case r.setup || r.bump != nil || n-len(free) < 4 || r.watch.clear < 0 || r.now-r.watch.clear < r.tune.Grace:
	case named()-len(r.named(free)) >= 4:
		r.setup = true
	}
}

// couldPlay reports whether the stone could be my next move.
func (r *Referee) couldPlay(s Stone) bool {
	return r.mayMove(false) && s.Color == r.me() && r.game.Legal(s)
}

// trust overlooks what differs now, at these points or everywhere.
func (r *Referee) trust(ps []board.Point) {
	if r.game == nil || r.watch == nil || r.watch.size != r.game.Size() {
		return
	}
	for i := range r.marks {
		p, s := r.watch.point(i), &r.watch.spots[i]
		if len(ps) > 0 && !slices.Contains(ps, p) {
			continue
		}
		m := &r.marks[i]
		m.placed = r.expect.At(p) != board.Empty
		if s.known && s.seen != r.expect.At(p) {
			m.trusted, m.trustedC, m.ghost = true, s.seen, board.Empty
		}
	}
	r.bump, r.setup, r.viewed = nil, false, true
	r.hold = hold{}
	r.note(textTrusted)
}

func points(lists ...[]Stone) []board.Point {
	var ps []board.Point
	for _, l := range lists {
		for _, s := range l {
			ps = append(ps, s.Point)
		}
	}
	return ps
}
