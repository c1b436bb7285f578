package paint

import (
	"fmt"
	"image"
	"image/color"
)

// Phone is a phone on which a browser shows a page, drawn to show where to tap.
// Its colours are those of the page, whatever the theme of what is around it.
type Phone struct {
	Address string // in the browser's bar
	Low     bool   // the bar is at the bottom
	Warned  bool   // with a red sign
	Head    string
	Text    string
	Taps    []Tap
}

// Tap is something on the page that can be tapped.
type Tap struct {
	Text string
	Look TapLook
	// Number is when it is tapped, from 1 on; 0 for what is to be left alone.
	Number int
}

// TapLook is how something that can be tapped looks.
type TapLook uint8

// The looks.
const (
	Link   TapLook = iota // underlined words
	Button                // words in a frame
	Filled                // words on a ground: what the browser would rather have
	Dialog                // a button of a box over the page
)

var (
	paper   = color.RGBA{255, 255, 255, 255}
	ink     = color.RGBA{28, 30, 34, 255}
	pencil  = color.RGBA{84, 90, 99, 255}
	bar     = color.RGBA{232, 234, 238, 255}
	inkBlue = color.RGBA{16, 84, 184, 255}
	inkRed  = color.RGBA{190, 36, 24, 255}
	casing  = color.RGBA{58, 64, 72, 255}
)

// PhoneWide is how wide a Phone is drawn at most, in units, and phoneLetter how
// high its smallest letters are.
const (
	PhoneWide   = 190
	phoneLetter = 12
)

// Phone draws a phone that fills r; s is pixels of a unit. Mark is the colour of
// the numbers, onMark that of what stands on it.
func (c *Canvas) Phone(w *Writer, r image.Rectangle, s float32, p Phone, mark, onMark color.RGBA) {
	px := func(v float32) int { return int(v*s + 0.5) }
	if most := px(PhoneWide); r.Dx() > most {
		d := (r.Dx() - most) / 2
		r.Min.X, r.Max.X = r.Min.X+d, r.Min.X+d+most
	}
	c.Round(r, 14*s, casing)
	in := r.Inset(px(4))
	c.Round(in, 10*s, paper)
	c = c.Sub(in)
	address := image.Rect(in.Min.X+px(6), in.Min.Y+px(7), in.Max.X-px(6), in.Min.Y+px(27))
	y, end := float32(address.Max.Y)+8*s, float32(in.Max.Y)-6*s
	if p.Low {
		d := in.Max.Y - px(7) - address.Max.Y
		address = address.Add(image.Pt(0, d))
		y, end = float32(in.Min.Y)+10*s, float32(address.Min.Y)-6*s
	}
	c.Round(address, 10*s, bar)
	size := float32(phoneLetter) * s
	room := float32(address.Dx()) - 16*s
	w.Draw(c, Regular, size, float32(address.Min.X)+8*s, float32(address.Max.Y)-6*s, pencil, w.Fit(Regular, size, room, p.Address))

	x, width := float32(in.Min.X)+9*s, float32(in.Dx())-18*s
	need := p.height(w, s, width)
	spare := end - y - need
	if p.Warned && spare > 30*s { // the sign is the first to go where there is no room
		c.Fill(new(Path).Move(x+11*s, y).Line(x+22*s, y+20*s).Line(x, y+20*s).Close(), inkRed)
		c.Line(x+11*s, y+7*s, x+11*s, y+13*s, 2*s, paper)
		c.Circle(x+11*s, y+16.5*s, 1.2*s, paper)
		y, spare = y+28*s, spare-28*s
	}
	for _, l := range w.Wrap(Bold, size, width, 3, p.Head) {
		y += 15 * s
		w.Draw(c, Bold, size, x, y, ink, l)
	}
	y += 5 * s
	// The words around what is tapped are left out before that is.
	for _, l := range w.Wrap(Regular, size, width, p.lines(w, s, width, spare), p.Text) {
		y += 15 * s
		w.Draw(c, Regular, size, x, y, pencil, l)
	}
	y += 8 * s
	for _, t := range p.Taps {
		y = c.tap(w, t, x, y, width, s, mark, onMark) + 7*s
	}
}

// lines is how many lines of the page's text have room: at least none.
func (p *Phone) lines(w *Writer, s, width, spare float32) int {
	all := len(w.Wrap(Regular, phoneLetter*s, width, 99, p.Text))
	if spare >= 0 {
		return all
	}
	return max(1, all-int(-spare/(15*s))-1)
}

// height is what all of the page takes but its sign.
func (p *Phone) height(w *Writer, s, width float32) float32 {
	h := float32(len(w.Wrap(Bold, phoneLetter*s, width, 3, p.Head))+len(w.Wrap(Regular, phoneLetter*s, width, 99, p.Text)))*15*s + 13*s
	for _, t := range p.Taps {
		h += t.height(w, s, width) + 7*s
	}
	return h
}

// room is that of the words of what is tapped: its number stands beside them.
func (t *Tap) room(s, width float32) float32 {
	if t.Number > 0 {
		width -= 24 * s
	}
	if t.Look != Link {
		width -= 12 * s
	}
	return width
}

func (t *Tap) height(w *Writer, s, width float32) float32 {
	n := len(w.Wrap(Medium, phoneLetter*s, t.room(s, width), 3, t.Text))
	h := float32(n) * 15 * s
	if t.Look != Link {
		h += 9 * s
	}
	return max(h, 20*s)
}

// tap draws something that can be tapped from y on, and returns where it ends.
func (c *Canvas) tap(w *Writer, t Tap, x, y, width, s float32, mark, onMark color.RGBA) float32 {
	h, room, size := t.height(w, s, width), t.room(s, width), float32(phoneLetter)*s
	left := x
	if t.Number > 0 {
		left += 24 * s
		cy := y + h/2
		c.Circle(x+9*s, cy, 10*s, mark)
		n := fmt.Sprint(t.Number)
		w.Draw(c, Bold, 13*s, x+9*s-w.Width(Bold, 13*s, n)/2, cy+4.7*s, onMark, n)
	}
	box := image.Rect(int(left), int(y), int(x+width), int(y+h))
	col := inkBlue
	switch t.Look {
	case Filled:
		c.Round(box, 6*s, bar)
		col = pencil
	case Button:
		c.Frame(box, 6*s, max(1, s), pencil)
	case Dialog:
		c.Round(box, 6*s, bar)
		c.Frame(box, 6*s, max(1, 1.5*s), ink)
		col = inkRed
	}
	lines := w.Wrap(Medium, size, room, 3, t.Text)
	ty := y + (h-float32(len(lines))*15*s)/2
	for _, l := range lines {
		lx := left
		if t.Look != Link {
			lx = left + (float32(box.Dx())-w.Width(Medium, size, l))/2
		}
		end := lx + w.Draw(c, Medium, size, lx, ty+11.5*s, col, l)
		if t.Look == Link {
			c.Line(lx, ty+13.5*s, end, ty+13.5*s, max(1, 0.8*s), col)
		}
		ty += 15 * s
	}
	return y + h
}
