package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/gtp"
)

// work does jobs until ctx ends, and ends the program then.
func (d *driver) work(ctx context.Context, jobs <-chan *job, results chan<- *job) {
	defer d.close()
	for {
		select {
		case <-ctx.Done():
			return
		case j := <-jobs:
			d.do(j)
			select {
			case results <- j:
			case <-ctx.Done():
				j.stop()
				return
			}
		}
	}
}

func (d *driver) do(j *job) {
	if j.anew {
		d.close()
	}
	switch j.kind {
	case jobBegin:
		j.err = d.follow(j.ctx, j.plan)
	case jobMove:
		j.choice, j.err = d.genmove(j.ctx, j.plan, j.color, j.left, j.within)
	case jobPlace:
		j.points, j.err = d.place(j.ctx, j.plan, j.within)
	case jobJudge:
		j.verdict, j.err = d.judge(j.ctx, j.plan)
	}
	if j.name = d.name; j.err != nil && !gtp.Fatal(j.err) {
		d.close() // who refuses what must be possible has another board in mind
	}
}

// take uses what came of a job. Its error ends the game: the program cannot be
// used at all.
func (e *Game) take(j *job) error {
	if j != e.job {
		return nil // nobody wants it any more
	}
	e.job = nil
	if j.err != nil && j.kind == jobBegin {
		var crash *gtp.CrashError
		if errors.As(j.err, &crash) {
			return fmt.Errorf("there is no game with that program: %w; its command line, tried in a terminal, may say more", j.err)
		}
		return fmt.Errorf("there is no game with that program: %w", j.err)
	}
	if j.err == nil && (j.kind == jobMove && !j.choice.Resign || j.kind == jobPlace) {
		j.err = e.legal(j)
	}
	if j.err != nil {
		e.fail(j)
		return nil
	}
	if e.failed > 0 {
		e.failed = 0
		e.say("%s goes on with the game.", e.name)
	}
	switch j.kind {
	case jobBegin:
		e.name = j.name
		e.tellGame()
		if n := e.game.MoveCount(); n > 0 {
			e.say("%s has been told the %s so far; the game goes on.", e.name, moves(n))
		}
	case jobMove:
		if j.choice.Resign {
			e.finish(game.Result{Winner: e.opt.Me, By: board.ByResignation})
			break
		}
		e.play(board.Move{Color: e.engine(), Point: j.choice.Point})
	case jobPlace:
		for _, p := range j.points {
			e.play(board.Move{Color: board.Black, Point: p})
		}
	case jobJudge:
		e.judged(j.verdict)
	}
	return nil
}

// legal says why what a program wants to play cannot be played.
func (e *Game) legal(j *job) error {
	g := e.game.Clone()
	points := j.points
	if j.kind == jobMove {
		points = []board.Point{j.choice.Point}
	}
	for _, p := range points {
		if err := g.Play(board.Move{Color: e.engine(), Point: p}); err != nil {
			e.anew = true
			return fmt.Errorf("%s wants to play %s, which cannot be: %w", e.name, p.GTP(g.Size()), err)
		}
	}
	return nil
}

// play plays a move that is legal, of the program's or of mine.
func (e *Game) play(m board.Move) {
	if err := e.game.Play(m); err != nil {
		e.say("The move %s cannot be played: %v.", m.Point.GTP(e.game.Size()), err) // it was checked
		return
	}
	if e.begun {
		e.clocks[m.Color-board.Black].moved()
	}
	e.stamp(m.Color)
	e.begun = e.game.HandicapLeft() == 0
	e.tell(game.Played{Number: e.game.MoveCount(), Move: m})
	e.turn()
	if e.game.Ended() {
		e.phase, e.verdict, e.marked = game.StoneRemoval, nil, false
		e.dead, e.agreed = nil, [2]bool{}
		e.turn()
		e.tell(game.PhaseChanged{Phase: game.StoneRemoval})
		e.say("Both passed. %s is asked which stones are dead.", e.name)
	}
	e.tellClocks()
}

// fail has the program started again after a while, or given up.
func (e *Game) fail(j *job) {
	e.failed++
	e.turn()
	if j.kind == jobJudge && e.failed >= 2 {
		e.say("%s.", capital(j.err.Error()))
		e.failed = 0
		e.judged(Verdict{})
		return
	}
	if e.failed >= attempts {
		e.gaveUp = true
		again := e.opt.Again
		if again == "" {
			again = "read the game again"
		}
		e.say("%s. That was attempt %d: the program is left alone now. The game is kept as it stands; to have the program started once more, %s.", capital(j.err.Error()), e.failed, again)
		return
	}
	wait := backoff << (e.failed - 1)
	e.pausing = true
	e.retry.Reset(wait)
	e.say("%s. The game is kept; in %v the program is started again and told the %s so far.", capital(j.err.Error()), wait, moves(e.game.MoveCount()))
}

// judged shows what the program makes of the game that is over. What the player
// has marked meanwhile stays.
func (e *Game) judged(v Verdict) {
	pos := e.game.Position()
	v.Dead = slices.DeleteFunc(slices.Clone(v.Dead), func(p board.Point) bool { return pos.At(p) == board.Empty })
	e.verdict = &v
	agreed := e.agreed[e.opt.Me-board.Black] && (e.marked || len(v.Dead) == 0)
	if !e.marked {
		e.dead = v.Dead
	}
	switch {
	case !v.Knows:
		e.say("%s does not say which stones are dead: mark them, and agree.", e.name)
	case e.marked:
	case len(v.Dead) == 0:
		e.say("%s takes no stone for dead.", e.name)
	}
	if s := v.Score; s != nil && !e.marked && v.Knows && *s != e.counted() {
		e.say("%s counts %s.", e.name, s)
	}
	e.tellDead()
	if agreed {
		e.tell(game.RemovalAccepted{By: e.opt.Me})
		e.finish(game.Counted(e.counted()))
	}
}

// tellDead tells what is marked as dead, to which the program agrees, and what
// comes of it.
func (e *Game) tellDead() {
	e.agreed = [2]bool{}
	e.tell(game.RemovalChanged{Dead: slices.Clone(e.dead)})
	if e.verdict != nil {
		e.agreed[e.engine()-board.Black] = true
		e.tell(game.RemovalAccepted{By: e.engine()})
	}
	e.say("Counted like this, it is %s.", e.counted())
}

// counted is the result with the stones that are marked.
func (e *Game) counted() board.Result { return e.game.Score(board.SetOf(e.dead...)).Result() }

// finish ends the game.
func (e *Game) finish(r game.Result) {
	e.drop(true)
	e.result, e.phase = &r, game.Over
	e.turn()
	e.tellClocks()
	e.tell(game.Finished{Result: r})
}

// moves counts moves in words.
func moves(n int) string {
	switch n {
	case 0:
		return "board without a move"
	case 1:
		return "1 move"
	}
	return fmt.Sprintf("%d moves", n)
}

// capital makes a sentence of a clause.
func capital(s string) string {
	if s != "" && s[0] >= 'a' && s[0] <= 'z' {
		return string(s[0]-'a'+'A') + s[1:]
	}
	return s
}
