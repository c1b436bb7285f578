package demo

import (
	"math/rand/v2"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/sim"
)

// person sits at the simulated board and does what gobancam's face tells: puts
// the opponent's stones down, lifts prisoners, and at her turn plays the next
// move that she has in mind. She knows nothing that a player at a real board
// would not.
type person struct {
	live     *sim.Live
	say      func(match.Command) // what she says to gobancam
	mind     mind
	chance   *rand.Rand
	answered map[int]bool // questions
	passed   int          // move number at which she said pass
	agreed   string       // the marked stones that she agreed to
	idled    int          // move number at which she last waved about
}

// mind thinks of the next move; it must answer the same as long as nothing is
// played.
type mind func(*match.Snapshot) board.Point

func newPerson(live *sim.Live, mind mind, seed uint64, say func(match.Command)) *person {
	p := &person{live: live, say: say, mind: mind, chance: rand.New(rand.NewPCG(seed, 7)), answered: map[int]bool{}, passed: -1, idled: -1}
	live.Do(func(w *sim.World) {
		me, friend := w.Player(sim.South), w.Player(sim.North)
		me.Speed, friend.Speed = 1.7, 1.4
		friend.Arm.Sleeve = sim.RGB{0.93, 0.93, 0.9} // white, as a stone
	})
	return p
}

// act looks at the face and does the next thing, if there is one. It is called
// some times a second.
func (p *person) act(s *match.Snapshot) {
	if s == nil || s.Size == 0 {
		return
	}
	for _, q := range s.Questions {
		if p.answered[q.ID] {
			continue
		}
		p.answered[q.ID] = true
		yes := q.Kind == match.AskPass || q.Kind == match.AskMove && q.Move.Point == p.mind(s)
		p.say(match.Command{Kind: map[bool]match.CommandKind{true: match.CmdAccept, false: match.CmdDeny}[yes], Question: q.ID})
	}
	p.live.Do(func(w *sim.World) {
		if w.Player(sim.South).Busy() {
			return
		}
		p.hand(w, s)
	})
}

// hand gives her hand the next order. What is done already, as she can see on
// the board, is not done twice.
func (p *person) hand(w *sim.World, s *match.Snapshot) {
	me := w.Player(sim.South)
	busy := false
	for _, st := range s.Owed {
		if w.Stone(st.Point) == board.Empty {
			me.Place(st.Point, st.Color)
			busy = true
		}
	}
	var lift []board.Point
	for _, st := range append(s.Prisoners[:len(s.Prisoners):len(s.Prisoners)], s.TakeBack...) {
		if w.Stone(st.Point) == st.Color {
			lift = append(lift, st.Point)
		}
	}
	if lift != nil {
		me.Take(lift...)
		busy = true
	}
	if busy {
		return
	}
	switch {
	case s.State == match.StateYourTurn:
		p.play(w, s, p.mind(s))
	case s.State == match.StateRemoval && !s.Accepted[s.Me-1]:
		if set := "marked " + board.FormatOGSPoints(s.Dead); set != p.agreed {
			p.agreed = set
			p.say(match.Command{Kind: match.CmdAcceptScore})
		}
	case s.State == match.StateOpponentsTurn && p.idled != s.Number:
		p.idled = s.Number
		p.idle(w, s)
	}
}

func (p *person) play(w *sim.World, s *match.Snapshot, point board.Point) {
	if point.IsPass() {
		if p.passed != s.Number {
			p.passed = s.Number
			p.say(match.Command{Kind: match.CmdPass})
		}
		return
	}
	if w.Stone(point) != board.Empty {
		return // it lies there; gobancam is about to see it
	}
	me := w.Player(sim.South)
	if p.chance.IntN(6) == 0 { // not quite sure yet
		me.Hover(point, s.Me, 300*time.Millisecond)
	}
	me.Place(point, s.Me)
}

// idle is what hands do while the opponent thinks: point at things, straighten
// stones, lie on the board. A friend across the table does it too.
func (p *person) idle(w *sim.World, s *match.Snapshot) {
	anywhere := board.Point{X: int8(p.chance.IntN(s.Size)), Y: int8(p.chance.IntN(s.Size))}
	switch p.chance.IntN(8) {
	case 0:
		if friend := w.Player(sim.North); !friend.Busy() {
			friend.Hover(anywhere, board.Empty, 500*time.Millisecond)
		}
	case 1:
		if s.HasLast && !s.Last.Point.IsPass() {
			w.Player(sim.South).Adjust(s.Last.Point)
		}
	case 2:
		if friend := w.Player(sim.North); !friend.Busy() {
			friend.Rest(anywhere, 700*time.Millisecond)
		}
	}
}
