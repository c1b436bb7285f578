package match

import (
	"slices"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
)

// What else is wrong on the board makes it doubtful what a new stone means.

// mine reports whether stones of this colour are played here.
func (r *Referee) mine(c board.Color) bool { return c == r.data.Me || r.data.Me == board.Empty }

// amiss looks for something else that is wrong on the board and makes it
// doubtful what the stone at p is: a stone that is missing, however long ago it
// was lifted, or one that came about when the stone at p did and should not be
// there. own says that the other one is a stone of mine that is missing: then
// the stone at p may be that one, and is no move of its own.
func (r *Referee) amiss(p board.Point) (other *Stone, own bool) {
	captured := r.captures(board.Move{Color: r.me(), Point: p})
	from := r.watch.spot(p).since - 3*time.Second
	for _, s := range r.diff.missing {
		switch {
		case captured.Has(s.Point):
		case r.edition < 2 && r.watch.spot(s.Point).since < from:
		case r.edition < 2 && s.Color == r.me(), r.edition >= 2 && r.mine(s.Color):
			return &s, true
		default:
			other = &s
		}
	}
	for _, s := range r.diff.unexpected {
		if s.Point == p || r.watch.spot(s.Point).since < from || r.marks[r.index(s.Point)].denied {
			continue
		}
		if s.Color == r.me() && r.game.HandicapLeft() > 1 {
			continue
		}
		other = &s
	}
	return other, false
}

// vanishing reports whether a stone that was seen where it must be seems to have
// gone lately, though not for certain yet. Weak or undecided eyes take some
// seconds; then it is missing, or there after all.
func (r *Referee) vanishing() bool {
	if r.edition < 2 {
		return false
	}
	for i := range r.watch.spots {
		s, want := &r.watch.spots[i], r.expect.At(r.watch.point(i))
		if want == board.Empty || s.hidden || !s.known || s.seen != want || s.run == want || s.views < 3 {
			continue
		}
		if s.sum[s.run]-s.sum[want] >= 2 {
			return true
		}
	}
	return false
}

// offer asks what became of a stone of mine that is missing while another one
// has come: whether it was moved, which can be taken back, or lies there and is
// not seen. Nothing of mine is played meanwhile; putting it back needs no
// answer.
func (r *Referee) offer() {
	if r.edition < 2 || r.game == nil {
		return
	}
	r.offerPlacement()
	if r.watch != nil && r.eyesBlind() && r.phase == game.Playing && r.result == nil {
		return // it is asked on when something is seen again
	}
	lost := r.missed()
	if len(lost) == 0 || !r.otherCame() {
		r.ways = 0
		r.closeQuestions(AskTakeBack, AskThere)
		return
	}
	if r.undo != nil { // that is decided first
		r.ways = max(r.ways, 1)
		r.closeQuestions(AskTakeBack, AskThere)
		return
	}
	if len(r.named(lost)) < len(lost) || !r.watch.inPeace() {
		return
	}
	switch {
	case r.ways == 0 && r.canTakeBack(lost):
		r.closeQuestions(AskThere)
		r.ask(Question{Kind: AskTakeBack, Move: lost[0], Moves: lost, Text: r.textAskTakeBack(lost[0])})
	case r.ways < 2:
		r.closeQuestions(AskTakeBack)
		r.ask(Question{Kind: AskThere, Move: lost[0], Moves: lost, Text: r.textAskThere(lost)})
	}
}

// missed returns the stones of mine that were played and are missing, while it
// is the time to play.
func (r *Referee) missed() []Stone {
	if r.phase != game.Playing || r.result != nil || r.resigned || r.pending != nil || !r.online || !r.synced ||
		!r.viewed || r.bump != nil || r.setup || len(r.diff.takeBack) > 0 {
		return nil
	}
	var lost []Stone
	for _, s := range r.diff.missing {
		if r.mine(s.Color) {
			lost = append(lost, s)
		}
	}
	return lost
}

// otherCame reports whether a stone of mine lies where none was played.
func (r *Referee) otherCame() bool {
	return slices.ContainsFunc(r.diff.unexpected, func(s Stone) bool { return r.mine(s.Color) })
}

// canTakeBack reports whether what is missing is my last move, which the
// opponent may be asked to take back.
func (r *Referee) canTakeBack(lost []Stone) bool {
	n := r.game.MoveCount()
	if len(lost) != 1 {
		return false
	}
	return n > 0 && r.game.Move(n-1) == lost[0] || n > 1 && r.game.Move(n-2) == lost[0]
}

// there takes the stones as present although they are not seen, until their
// points are seen to change.
func (r *Referee) there(stones []Stone) {
	stones = slices.DeleteFunc(slices.Clone(stones), func(s Stone) bool {
		return !s.Point.On(r.expect.Size()) || r.expect.At(s.Point) != s.Color
	})
	if len(stones) == 0 || r.game == nil || r.watch == nil || r.watch.size != r.game.Size() {
		r.note(textNoneMissing)
		return
	}
	for _, s := range stones {
		m, spot := &r.marks[r.index(s.Point)], r.watch.spot(s.Point)
		m.placed = true
		if spot.known && spot.seen != s.Color {
			m.trusted, m.trustedC, m.ghost = true, spot.seen, board.Empty
		}
	}
	r.hold = hold{}
	r.note(r.textThere(stones))
}
