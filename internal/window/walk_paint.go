package window

import (
	"fmt"
	"image"
	"math"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/window/paint"
)

func (u *ui) walkTitle(r image.Rectangle, k *Walk) func(*paint.Canvas) {
	return func(c *paint.Canvas) {
		t, s := u.theme, u.scale
		c.Clear(t.back)
		x, w := float32(r.Min.X), float32(r.Dx())
		size := 22 * s
		for size > 15*s && u.write.Width(paint.Bold, size, k.Title) > w {
			size -= s
		}
		u.write.Draw(c, paint.Bold, size, x, float32(r.Min.Y)+24*s, t.text, u.write.Fit(paint.Bold, size, w, k.Title))
		u.write.Draw(c, paint.Regular, 14*s, x, float32(r.Min.Y)+46*s, t.dim, u.write.Fit(paint.Regular, 14*s, w, k.Sub))
	}
}

// walkWords says what happened at a step.
func (u *ui) walkWords(r image.Rectangle, k *Walk, at int) func(*paint.Canvas) {
	return func(c *paint.Canvas) {
		t, sc := u.theme, u.scale
		step := &k.Steps[at]
		c.Clear(t.back)
		c.Round(r, 10*sc, t.surface)
		c.Frame(r, 10*sc, max(1, sc), t.border)
		pad := 14 * sc
		x, width, y, bottom := float32(r.Min.X)+pad, float32(r.Dx())-2*pad, float32(r.Min.Y)+pad, float32(r.Max.Y)-pad
		if k.Engine != "" {
			ink := t.dim
			if k.Alarm {
				ink = t.alarm
			}
			lines := u.write.Wrap(paint.Regular, 13*sc, width, 4, k.Engine)
			bottom -= float32(len(lines)) * 17 * sc
			for i, l := range lines {
				u.write.Draw(c, paint.Regular, 13*sc, x, bottom+float32(i+1)*17*sc, ink, l)
			}
		}
		say := func(style paint.Style, size float32, text string) {
			room := int((bottom - y) / (size * 1.3))
			if text == "" || room < 1 {
				return
			}
			for _, l := range u.write.Wrap(style, size, width, room, text) {
				y += size * 1.3
				col := t.text
				if style == paint.Regular && size < 16*sc {
					col = t.dim
				}
				u.write.Draw(c, style, size, x, y-size*0.3, col, l)
			}
			y += 4 * sc
		}
		head := "The beginning"
		if step.Move.Color != board.Empty {
			head = fmt.Sprintf("Move %d of %d: %s %s", step.Number, k.Steps[len(k.Steps)-1].Number, step.Move.Color, step.Move.Point.GTP(k.Size))
		} else if at > 0 {
			head = "Stones are set up"
		}
		if step.Line != "" {
			head += " · " + step.Line
		}
		say(paint.Bold, 18*sc, head)
		say(paint.Regular, 14*sc, fmt.Sprintf("Captured: %d by Black, %d by White", step.Captures[0], step.Captures[1]))
		say(paint.Regular, 16*sc, step.Words)
		if len(step.Ways) > 1 {
			text := "It goes on with"
			for i, w := range step.Ways {
				if i > 0 {
					text += ","
				}
				text += " " + wayName(i) + " " + w.Text
			}
			say(paint.Regular, 16*sc, text+".")
		}
		say(paint.Regular, 16*sc, step.Comment)
	}
}

// walkBoard draws the position, with the last move or all numbers, and what the
// engine would play next.
func (u *ui) walkBoard(r image.Rectangle, k *Walk, f *walkFace) func(*paint.Canvas) {
	at, numbers := f.at, f.numbers
	return func(c *paint.Canvas) {
		c.Clear(u.theme.back)
		s := &k.Steps[at]
		p := position{Size: k.Size, Board: s.Board}
		if s.Move.Color != board.Empty && !s.Move.Point.IsPass() && !numbers {
			p.Marks = append(p.Marks, mark{Kind: markLast, Color: s.Move.Color, Point: s.Move.Point})
		}
		u.goban.draw(c, r, u, p)
		lay := layBoard(r, k.Size)
		if numbers {
			u.walkNumbers(c, lay, k, at)
		}
		if s.Judged && s.Next.On(k.Size) && s.Board.At(s.Next) == board.Empty {
			x, y := lay.at(s.Next)
			c.Circle(x, y, lay.cell*0.34, paint.Alpha(light.accent, 0.25))
			c.Ring(x, y, lay.cell*0.36, max(2, lay.cell*0.09), light.accent)
		}
		if len(s.Ways) > 1 {
			for i, w := range s.Ways {
				if w.Point.On(k.Size) && s.Board.At(w.Point) == board.Empty {
					u.walkWay(c, lay, wayName(i), w)
				}
			}
		}
	}
}

// wayName is the letter of a way, and where there are no more its number.
func wayName(i int) string {
	if i < 26 {
		return string(rune('A' + i))
	}
	return fmt.Sprint(i + 1)
}

// walkWay writes the letter of a way on its point; the one that the line takes
// stands out.
func (u *ui) walkWay(c *paint.Canvas, lay frameOf, name string, w Way) {
	x, y := lay.at(w.Point)
	size := lay.cell * 0.55
	back, ink := rgb(0xf2e3c2), rgb(0x5a4a2a)
	if w.On {
		back, ink = rgb(0xf0a020), rgb(0x101010)
	}
	c.Circle(x, y, lay.cell*0.36, back)
	u.write.Draw(c, paint.Bold, size, x-u.write.Width(paint.Bold, size, name)/2, y+size*0.36, ink, name)
}

// walkSlider draws where the step is in the game.
func (u *ui) walkSlider(r image.Rectangle, k *Walk, at int) func(*paint.Canvas) {
	return func(c *paint.Canvas) {
		t, sc := u.theme, u.scale
		c.Clear(t.back)
		p := graphPlot(u, r)
		x, y := float32(p.Min.X), float32(r.Min.Y+r.Max.Y)/2
		if n := len(k.Steps); n > 1 {
			x += float32(p.Dx()) * float32(at) / float32(n-1)
		}
		c.Line(float32(p.Min.X), y, float32(p.Max.X), y, 4*sc, t.border)
		c.Line(float32(p.Min.X), y, x, y, 4*sc, rgb(0xf0a020))
		c.Circle(x, y, 9*sc, rgb(0xf0a020))
	}
}

// walkNumbers writes on each stone which move it was.
func (u *ui) walkNumbers(c *paint.Canvas, lay frameOf, k *Walk, at int) {
	number := map[board.Point]int{}
	for _, s := range k.Steps[1 : at+1] {
		if s.Move.Color == board.Empty {
			continue
		}
		number[s.Move.Point] = s.Number
	}
	for p, n := range number {
		color := board.Empty
		if p.On(k.Size) {
			color = k.Steps[at].Board.At(p)
		}
		if color == board.Empty {
			continue
		}
		text, size := fmt.Sprint(n), lay.cell*0.5
		if n > 99 {
			size = lay.cell * 0.38
		}
		x, y := lay.at(p)
		ink := opposite(color)
		if n == k.Steps[at].Number {
			ink = rgb(0xff8a7c)
			if color == board.White {
				ink = light.alarm
			}
		}
		u.write.Draw(c, paint.Bold, size, x-u.write.Width(paint.Bold, size, text)/2, y+size*0.36, ink, text)
	}
}

// walkGraph draws Black's win rate as a landscape, and the score as a line over
// it.
func (u *ui) walkGraph(r image.Rectangle, k *Walk, at int) func(*paint.Canvas) {
	return func(c *paint.Canvas) {
		t, sc := u.theme, u.scale
		c.Clear(t.back)
		p := graphPlot(u, r)
		n := len(k.Steps)
		xOf := func(i int) float32 { return float32(p.Min.X) + float32(p.Dx())*float32(i)/float32(n-1) }
		yOf := func(share float64) float32 { return float32(p.Max.Y) - float32(p.Dy())*float32(share) }
		most := 10.0 // points
		for i := range k.Steps {
			if s := &k.Steps[i]; s.Judged {
				most = max(most, math.Abs(s.Score))
			}
		}
		most = 10 * math.Ceil(most/10)
		u.write.Draw(c, paint.Medium, 12*sc, float32(p.Min.X), float32(r.Min.Y)+15*sc, t.text, "Black's win rate")
		if k.Scored && judged(k) > 0 {
			text := fmt.Sprintf("score, up to %.0f points", most)
			u.write.Draw(c, paint.Medium, 12*sc, float32(p.Max.X)-u.write.Width(paint.Medium, 12*sc, text), float32(r.Min.Y)+15*sc, t.accent, text)
		}
		// Below the line it is Black's, above it White's.
		c.Rect(p, t.surface)
		var runs [][2]int
		for i := 0; i < n; i++ {
			if !k.Steps[i].Judged {
				continue
			}
			j := i
			for j+1 < n && k.Steps[j+1].Judged {
				j++
			}
			runs = append(runs, [2]int{i, j})
			i = j
		}
		for _, run := range runs {
			c.Rect(image.Rect(int(xOf(run[0])), p.Min.Y, int(xOf(run[1])), p.Max.Y), rgb(0xe9e7e2))
			area := (&paint.Path{}).Move(xOf(run[0]), float32(p.Max.Y))
			for i := run[0]; i <= run[1]; i++ {
				area.Line(xOf(i), yOf(k.Steps[i].Win))
			}
			c.Fill(area.Line(xOf(run[1]), float32(p.Max.Y)).Close(), rgb(0x22262c))
		}
		c.Frame(p, 2*sc, max(1, sc), t.border)
		c.Line(float32(p.Min.X), yOf(0.5), float32(p.Max.X), yOf(0.5), max(1, sc), paint.Alpha(rgb(0x8a929c), 0.9))
		for _, run := range runs {
			var score []float32
			for i := run[0]; i <= run[1]; i++ {
				score = append(score, xOf(i), yOf(0.5+k.Steps[i].Score/(2*most)))
			}
			if k.Scored && len(score) >= 4 {
				c.Polyline(2*sc, rgb(0x3d8fe8), score...)
			}
		}
		c.Line(xOf(at), float32(p.Min.Y), xOf(at), float32(p.Max.Y), 2*sc, rgb(0xf0a020))
		for i, step := range k.Swings {
			if step < n && k.Steps[step].Judged {
				x, y := xOf(step), yOf(k.Steps[step].Win)
				y = max(float32(p.Min.Y)+9*sc, min(float32(p.Max.Y)-9*sc, y))
				c.Circle(x, y, 8*sc, rgb(0xd9432f))
				text := fmt.Sprint(i + 1)
				u.write.Draw(c, paint.Bold, 11*sc, x-u.write.Width(paint.Bold, 11*sc, text)/2, y+4*sc, rgb(0xffffff), text)
			}
		}
	}
}
