package lounge

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/review"
	"github.com/gobancam/gobancam/internal/window"
)

// study is a game that is looked at: the line of its record that is shown, and
// what an engine makes of the game itself.
type study struct {
	show  func(*window.Walk)
	about window.Walk // what does not change
	game  *board.Game // that the engine judges

	mu     sync.Mutex
	tree   *review.Tree
	line   int // that many other lines were shown before
	at     int // step to begin this one at
	judged *review.Review
	engine string // what the engine does
	alarm  bool   // that tells what is wrong
	slip   string // why something was not done, until something is
}

// paint shows it as it is now.
func (s *study) paint() {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := s.about
	k.Line, k.At, k.Engine, k.Alarm = s.line, s.at, s.engine, s.alarm
	if s.slip != "" {
		k.Engine, k.Alarm = s.slip, true
	}
	branch := 0 // the last step of the game's own before a variation
	for i, from := range s.tree.Steps() {
		step := window.Step{Board: from.Board, Move: from.Move, Number: from.Number, Captures: from.Captures, Comment: from.Comment, Own: from.Own}
		if from.Main {
			branch = from.Number
		} else {
			step.Line = fmt.Sprintf("variation after move %d", branch)
		}
		if from.Name != "" {
			step.Comment = from.Name + "\n" + step.Comment
		}
		for j, w := range from.Ways {
			step.Ways = append(step.Ways, wayOf(w, s.about.Size, j == from.Way))
		}
		if r := s.judged; r != nil && i < len(r.Positions) && from.Main {
			if step.Words = r.Words(i); !r.Positions[i].Unknown {
				p := r.Positions[i]
				step.Judged, step.Win, step.Score, step.Next = true, p.Win, p.Score, p.Next
			}
		}
		k.Steps = append(k.Steps, step)
	}
	if r := s.judged; r != nil {
		k.Scored = r.Scored
		k.Swings = slices.DeleteFunc(slices.Clone(r.Swings), func(n int) bool { return n >= len(k.Steps) || !k.Steps[n].Judged })
	}
	s.show(&k)
}

// wayOf is a way in words.
func wayOf(w review.Way, size int, on bool) window.Way {
	way := window.Way{Point: board.Pass, Text: "a set-up", On: on}
	if w.Move.Color != board.Empty {
		way.Point, way.Text = w.Move.Point, w.Move.Point.GTP(size)
	}
	if w.Name != "" {
		way.Text += " (" + w.Name + ")"
	}
	return way
}

// take does what was chosen on the page.
func (s *study) take(a window.Answer) {
	s.mu.Lock()
	var at int
	var err error
	switch a.Key {
	case "way":
		at, err = s.tree.Enter(a.Step, a.Way)
	case "play":
		at, err = s.tree.Play(a.Step, a.Point)
	case "drop":
		at, err = s.tree.Drop(a.Step)
	case "main":
		at, err = s.tree.Back(a.Step)
	default:
		s.mu.Unlock()
		return
	}
	if s.slip = ""; err != nil {
		s.slip = sentence(err)
	} else {
		s.line, s.at = s.line+1, at
	}
	s.mu.Unlock()
	s.paint()
}

// judge has the engine look at every position of the game, and shows what it
// makes of them as it comes.
func (s *study) judge(ctx context.Context, o Reviewing) {
	show := func(r *review.Review, engine string, alarm bool) {
		s.mu.Lock()
		s.engine, s.alarm = engine, alarm
		if r != nil {
			s.judged = r
		}
		s.mu.Unlock()
		if ctx.Err() == nil {
			s.paint()
		}
	}
	engine, err := review.Open(ctx, o.Engine, o.Effort)
	if err != nil {
		show(nil, sentence(err), true)
		return
	}
	defer engine.Close()
	all := s.game.MoveCount()
	r, err := review.Follow(ctx, s.game, engine, func(r *review.Review) {
		show(r, fmt.Sprintf("The engine has looked at %d of %d moves.", len(r.Positions)-1, all), false)
	})
	switch {
	case err != nil:
		show(r, sentence(err), true)
	case len(r.Swings) == 0:
		show(r, fmt.Sprintf("The engine has looked at all %d moves; none cost much.", all), false)
	default:
		show(r, fmt.Sprintf("The engine has looked at all %d moves.", all), false)
	}
}
