package window

import (
	"image"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/match"
)

// A stone that is clicked twice takes a game of two players back to it; once,
// later, or in a game at a server it takes back nothing.
func TestClickTakesBack(t *testing.T) {
	moves := []board.Move{{Color: board.Black, Point: board.Point{X: 2, Y: 2}}, {Color: board.White, Point: board.Point{X: 6, Y: 6}}, {Color: board.Black, Point: board.Point{X: 4, Y: 4}}}
	pos := board.NewPosition(9)
	for _, m := range moves {
		pos.Set(m.Point, m.Color)
	}
	shown := func(me board.Color) (*Window, func(board.Point)) {
		w := New(Options{})
		w.ShowSnapshot(&match.Snapshot{Size: 9, Position: pos, Moves: moves, Number: 3, Phase: game.Playing, Me: me, Online: true})
		u := newUI(w)
		u.fixed = true
		u.state, _ = w.load()
		u.resize(image.Pt(1120, 720), 1)
		u.render()
		f := u.face().(*playFace)
		return w, func(p board.Point) {
			if p == board.Pass { // time goes by
				f.until = time.Now().Add(-time.Second)
				u.render()
				return
			}
			l := layBoard(f.laid.board, 9)
			x, y := l.at(p)
			u.handle(event{kind: pressed, at: image.Pt(int(x), int(y))})
		}
	}
	taken := func(w *Window) (all []int) {
		for {
			select {
			case c := <-w.Commands():
				if c.Kind == match.CmdBack {
					all = append(all, c.Number)
				}
			default:
				return all
			}
		}
	}
	for _, c := range []struct {
		name   string
		me     board.Color
		clicks []board.Point
		want   int // 0: nothing
	}{
		{"twice", board.Empty, []board.Point{moves[0].Point, moves[0].Point}, 1},
		{"twice the second", board.Empty, []board.Point{moves[1].Point, moves[1].Point}, 2},
		{"once", board.Empty, []board.Point{moves[0].Point}, 0},
		{"two stones", board.Empty, []board.Point{moves[0].Point, moves[1].Point}, 0},
		{"too late", board.Empty, []board.Point{moves[0].Point, board.Pass, moves[0].Point}, 0},
		{"the last", board.Empty, []board.Point{moves[2].Point, moves[2].Point}, 0},
		{"no stone", board.Empty, []board.Point{{}, {}}, 0},
		{"at a server", board.Black, []board.Point{moves[0].Point, moves[0].Point}, 0},
	} {
		w, click := shown(c.me)
		for _, p := range c.clicks {
			click(p)
		}
		got := taken(w)
		if c.want == 0 && len(got) > 0 || c.want > 0 && (len(got) != 1 || got[0] != c.want) {
			t.Errorf("%s: taken back to %v, not %d", c.name, got, c.want)
		}
	}
}
