package match

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
)

// TestAnswersAreToWhatWasHeard has a person answer what is asked, a moment after
// he has heard it and without saying what he answers, while the opponent asks to
// take back and withdraws that, he himself thinks of resigning, and stones lie on
// the board that are no moves. None of them is ever one.
func TestAnswersAreToWhatWasHeard(t *testing.T) {
	for i := range lessWhenRaced(*games) {
		seed := *gameSeed + uint64(i)
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, 9, black)
			w.rng = rand.New(rand.NewPCG(seed, 9))
			w.opt.Mode = []Mode{Auto, Ask}[seed%2]
			w.start()
			p := &person{world: w, me: black}
			p.pause(1, 2)
			for range 12 {
				p.doubt()
			}
			if p.asked == 0 {
				t.Error("nothing was asked")
			}
		})
	}
}

// doubt plays a turn of each side in which a stone comes down that is no move.
func (p *person) doubt() {
	p.move()
	theirs := board.Move{Color: p.me.Opponent(), Point: p.legal(p.me.Opponent())[0]}
	p.srv.play(theirs)
	p.tidy()
	stray := p.legal(p.me)
	at := stray[p.rng.IntN(len(stray))]
	p.run(2 * time.Second)
	p.board.Set(at, p.me) // no hand was near
	heard := len(p.events)
	for range 8 {
		if p.srv.game.ToMove() != p.me { // it was taken back
			p.srv.play(theirs)
		}
		switch p.rng.IntN(4) {
		case 0:
			p.srv.undo = &game.Undo{By: p.me.Opponent(), Number: p.srv.game.MoveCount(), Count: 1}
			p.srv.push(game.UndoRequested{Undo: *p.srv.undo})
		case 1:
			if p.srv.undo != nil {
				p.srv.undo = nil
				p.srv.push(game.UndoCanceled{})
			}
		case 2:
			p.do(CmdResign)
		}
		p.pause(0.2, 2.5)
		for i := len(p.events) - 1; i >= heard; i-- {
			if q := p.events[i].Question; p.events[i].Kind == EventQuestion {
				if p.srv.undo != nil && p.chance(0.3) {
					p.srv.undo = nil
					p.srv.push(game.UndoCanceled{})
				}
				p.pause(0.3, 1.2) // he makes up his mind
				heard = len(p.events)
				p.asked++
				kind := CmdDeny
				if q.Kind == AskUndo && p.chance(0.5) {
					kind = CmdAccept
				}
				p.do(kind)
				break
			}
		}
		p.check()
	}
	if p.board.At(at) == p.me && p.srv.game.At(at) == board.Empty {
		p.take(at)
	}
	if p.srv.undo != nil {
		p.srv.undo = nil
		p.srv.push(game.UndoCanceled{})
	}
	p.run(time.Second)
	if p.srv.game.ToMove() != p.me {
		p.srv.play(theirs)
	}
	p.run(3 * time.Second)
	for range p.ref.Snapshot().Questions {
		p.do(CmdDeny)
	}
	p.tidy()
	p.run(3 * time.Second)
	p.check()
}
