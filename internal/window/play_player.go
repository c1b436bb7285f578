package window

import (
	"fmt"
	"image"
	"strings"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/window/paint"
)

// playerName is a name that can be drawn: where no font has its letters, the
// colour and the number that the server gives.
func (u *ui) playerName(s *match.Snapshot, i int) string {
	p := s.Players[i]
	color := []string{"Black", "White"}[i]
	switch {
	case p.Name == "":
		return color
	case u.write.Covers(p.Name):
		return p.Name
	case p.ID != 0:
		return fmt.Sprintf("%s, player %d", color, p.ID)
	}
	return color
}

// startWords says how long there is until a game is cancelled without a move.
func startWords(left time.Duration) string {
	left = max(0, left)
	if left < time.Minute {
		return fmt.Sprintf("cancelled in %d s without a move", int(left/time.Second))
	}
	return fmt.Sprintf("cancelled in %d:%02d without a move", int(left/time.Minute), int(left/time.Second)%60)
}

// playerNotes is what stands below a player's name; age is that of the snapshot.
func playerNotes(s *match.Snapshot, i int, age time.Duration) []string {
	var notes []string
	if left := s.Clocks[i].Start - age; s.Clocks[i].Start > 0 && s.Phase == game.Playing && s.Result == nil {
		notes = append(notes, startWords(left))
	}
	if n := s.Captures[i]; n > 0 {
		notes = append(notes, fmt.Sprintf("%d captured", n))
	}
	switch {
	case i == 1 && s.Komi != 0:
		notes = append(notes, fmt.Sprintf("komi %g", s.Komi))
	case i == 0 && s.Handicap > 0:
		notes = append(notes, fmt.Sprintf("handicap %d", s.Handicap))
	}
	if s.Phase == game.StoneRemoval && s.Accepted[i] && s.Result == nil {
		notes = append(notes, "agrees")
	}
	if s.Result != nil && s.Result.Winner == board.Color(i+1) {
		notes = append([]string{"won " + s.Result.String()}, notes...)
	}
	return notes
}

func (u *ui) playerPanel(r image.Rectangle, s *match.Snapshot, i int) panel {
	color := board.Color(i + 1)
	name, rank := u.playerName(s, i), s.Players[i].Rank
	age := time.Duration(0)
	if !u.state.snapAt.IsZero() && s.Result == nil && s.Paused == nil {
		age = time.Since(u.state.snapAt)
	}
	clock, spare := readClock(s.Clocks[i], age)
	turn := s.Phase == game.Playing && s.ToMove == color && s.Result == nil
	low := turn && s.Clocks[i].Running && s.Clocks[i].Left > 0 && s.Clocks[i].Left-age < 30*time.Second
	won := s.Result != nil && s.Result.Winner == color
	notes := playerNotes(s, i, age)
	return panel{rect: r, key: keyOf(i, name, rank, clock, spare, turn, low, won, notes), paint: func(c *paint.Canvas) {
		t, sc := u.theme, u.scale
		c.Clear(t.back)
		c.Round(r, 10*sc, t.surface)
		switch {
		case turn || won:
			c.Frame(r, 10*sc, 2.5*sc, t.accent)
		default:
			c.Frame(r, 10*sc, max(1, sc), t.border)
		}
		h := float32(r.Dy())
		mid := float32(r.Min.Y) + h/2
		sr := h * 0.26
		u.goban.put(c, float32(r.Min.X)+14*sc+sr, mid, sr, color, false)
		if color == board.Black && t == dark {
			c.Ring(float32(r.Min.X)+14*sc+sr, mid, sr, max(1, sc), t.border)
		}
		// The clock from the right.
		end := float32(r.Max.X) - 14*sc
		if clock != "" {
			size := 34 * sc
			col := t.text
			if low {
				col = t.alarm
			} else if !turn {
				col = t.dim
			}
			if spare != "" {
				w := u.write.Width(paint.Regular, far*sc, spare)
				u.write.Draw(c, paint.Regular, far*sc, end-w, mid+size*0.36, t.dim, spare)
				end -= w + 8*sc
			}
			w := u.write.Width(paint.Bold, size, clock)
			u.write.Draw(c, paint.Bold, size, end-w, mid+size*0.36, col, clock)
			end -= w + 12*sc
		}
		x := float32(r.Min.X) + 14*sc + 2*sr + 12*sc
		full := name
		size := 21 * sc
		y := mid - 4*sc
		line := strings.Join(notes, " · ")
		if line == "" {
			y = mid + size*0.36
		}
		rw := float32(0)
		if rank != "" {
			rw = u.write.Width(paint.Regular, far*sc, rank) + 8*sc
		}
		x2 := x + u.write.Draw(c, paint.Medium, size, x, y, t.text, u.write.Fit(paint.Medium, size, end-x-rw, full))
		if rank != "" {
			u.write.Draw(c, paint.Regular, far*sc, x2+8*sc, y, t.dim, rank)
		}
		u.write.Draw(c, paint.Regular, far*sc, x, mid+20*sc, t.dim, u.write.Fit(paint.Regular, far*sc, end-x, line))
	}}
}
