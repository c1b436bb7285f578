package match

import (
	"slices"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
)

// Handicap stones that I place where I like may lie there before they can be
// played: they were set up before the program, or the game, began. Then they
// are asked about together, and played one after another.

// toPlace returns how many handicap stones I have still to place, without one
// that is on its way.
func (r *Referee) toPlace() int {
	if r.game == nil || r.phase != game.Playing || r.result != nil || r.game.ToMove() != r.me() {
		return 0
	}
	n := r.game.HandicapLeft()
	if r.pending != nil {
		n--
	}
	return max(n, 0)
}

// placement returns my stones on the board that may be handicap stones: those
// that the rules allow, while there are some to place.
func (r *Referee) placement() []Stone {
	if r.edition < 2 || r.toPlace() == 0 {
		return nil
	}
	var stones []Stone
	for _, s := range r.diff.unexpected {
		if s.Color == r.me() && r.game.Legal(s) && !r.marks[r.index(s.Point)].denied {
			stones = append(stones, s)
		}
	}
	return stones
}

// fits reports whether these are no more than are to be placed.
func (r *Referee) fits(placement []Stone) bool { return len(placement) <= r.toPlace() }

// inPlacement reports whether stones of mine that lie there are handicap stones
// in the making, and not to be taken off.
func (r *Referee) inPlacement() bool {
	if r.edition < 2 {
		return r.myTurn() && r.handicapping()
	}
	stones := r.placement()
	return len(stones) > 0 && r.fits(stones)
}

// standPlacement tells of a board that is being set up while stones lie there
// that may be the handicap: what else is to be put right comes first.
func (r *Referee) standPlacement() standing {
	d, free := &r.diff, r.placement()
	if !r.fits(free) {
		return standing{state: StateSetup, text: r.textTooMany(free), points: points(d.unexpected, d.takeBack, d.owed, d.missing), nag: true}
	}
	if d.count() == len(free) {
		return standing{state: StateSetup, text: r.textHandicapThere(free), points: points(free), quiet: true}
	}
	isFree := func(p board.Point) bool {
		return slices.ContainsFunc(free, func(s Stone) bool { return s.Point == p })
	}
	return standing{state: StateSetup, text: r.textSetup(), nag: true,
		points: slices.DeleteFunc(points(d.unexpected, d.takeBack, d.owed, d.missing), isFree)}
}

// placed returns the handicap stones that are to be asked about together: two
// or more whose coming nobody saw, with nothing else wrong on the board.
func (r *Referee) placed() []Stone {
	stones := r.placement()
	if len(stones) < 2 || !r.fits(stones) || r.diff.count() > len(stones) {
		return nil
	}
	stones = slices.DeleteFunc(stones, func(s Stone) bool { return r.marks[r.index(s.Point)].meant })
	unwatched := func(s Stone) bool { spot := r.watch.spot(s.Point); return spot.long || r.beforeTurn(spot) }
	if len(stones) < 2 || !r.setup && !slices.ContainsFunc(stones, unwatched) {
		return nil
	}
	return stones
}

// offerPlacement asks whether what lies there are the handicap stones.
func (r *Referee) offerPlacement() {
	stones := r.placed()
	switch {
	case len(stones) == 0:
		r.closeQuestions(AskHandicap)
	case r.viewed && r.bump == nil && len(r.named(stones)) == len(stones) && r.watch.inPeace():
		r.ask(Question{Kind: AskHandicap, Move: stones[0], Moves: stones, Text: r.textAskHandicap(stones)})
	}
}

// answerPlacement takes the stones for my handicap stones, or for none.
func (r *Referee) answerPlacement(stones []Stone, yes bool) {
	now := r.placed()
	for _, s := range stones {
		if slices.Contains(now, s) {
			m := &r.marks[r.index(s.Point)]
			m.meant, m.denied = yes, !yes
		}
	}
	if yes {
		r.setup, r.hold = false, hold{}
	}
}
