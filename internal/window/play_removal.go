package window

import (
	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/match"
)

// aim moves the arrow keys' cursor, and reports whether there is one.
func (f *playFace) aim(s *match.Snapshot, key string) bool {
	if s == nil || s.Phase != game.StoneRemoval || s.Size == 0 {
		return false
	}
	if !f.aims {
		f.aims = true
		f.cursor = board.Point{X: int8(s.Size / 2), Y: int8(s.Size / 2)}
		return true
	}
	d := map[string][2]int8{"ArrowLeft": {-1, 0}, "ArrowRight": {1, 0}, "ArrowUp": {0, -1}, "ArrowDown": {0, 1}}[key]
	if p := (board.Point{X: f.cursor.X + d[0], Y: f.cursor.Y + d[1]}); p.On(s.Size) {
		f.cursor = p
	}
	return true
}

// suggest marks the chains that look dead and are not marked yet.
func (f *playFace) suggest(u *ui) {
	s := u.state.snap
	if s == nil || s.Phase != game.StoneRemoval {
		return
	}
	w := u.w
	go func() { // it takes a moment
		if points := suggestion(s); len(points) > 0 {
			w.do(match.Command{Kind: match.CmdMark, Points: points})
		} else {
			w.Notice("Nothing more looks dead.")
			if w.opt.Say != nil {
				w.opt.Say("Nothing more looks dead.")
			}
		}
	}()
}

// suggestion returns one point of each chain that looks dead and is not marked.
func suggestion(s *match.Snapshot) []board.Point {
	dead := board.EstimateDead(s.Position)
	dead = dead.Minus(board.SetOf(s.Dead...))
	var out []board.Point
	for !dead.IsEmpty() {
		p := dead.Points()[0]
		chain, _ := s.Position.Chain(p)
		dead = dead.Minus(chain)
		dead.Remove(p)
		out = append(out, p)
	}
	return out
}
