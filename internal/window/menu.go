package window

import (
	"fmt"
	"image"
	"image/color"

	"golang.org/x/image/draw"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/window/paint"
)

// Menu is a page on which something is chosen: a camera, a game, a way to sign
// in. It is not changed any more once it is shown.
type Menu struct {
	Name    string // of the page: a page of the same name keeps the cursor, and what was typed
	Title   string
	Sub     string // who and where, small
	Text    string // what to do, in a sentence
	Alarm   bool   // Text tells what is wrong
	Address string // to be opened in a browser; shown whole
	Code    string // to be typed there, large
	QR      image.Image
	Warned  string // host whose certificate browsers warn of: what they show is drawn
	Items   []Item
	Cards   bool // items are pictures rather than lines
	Empty   string
	Buttons []Choice
	Field   string // what is to be typed in a line, empty for no such line
	Typed   string // that is in the line at first
}

// Item is one of the things to choose from.
type Item struct {
	Key    string // in the Answer
	Title  string
	Detail string
	Note   string      // at the end of the line
	Lead   bool        // the note wants the user's attention
	Image  *image.RGBA // of a card
	Symbol Symbol      // of a card without a picture
}

// Symbol is an icon shown where an item has no picture.
type Symbol uint8

// The symbols.
const (
	Lens    Symbol = iota // a camera that gives no picture
	Phone                 // a phone's camera
	Network               // a camera with an address
	Stones                // a game to look at
	Hand                  // a game to play
)

// Choice is a button of a Menu. Key is the key that does the same, as written:
// "N", "Enter", "Escape".
type Choice struct {
	Key, Label string
	Lead       bool
	Off        bool
}

// Answer is what the user chose.
type Answer struct {
	Menu string // its name; "play" when the result of a game has been read
	Key  string // of the button, or "Enter"
	Item string // the key of the item that the cursor is on, if there are any
	Text string // of the line

	// Of a Walk.
	Step, Way int
	Point     board.Point
}

// ShowMenu shows a page instead of the game; nil takes it away. Answers tells
// what is chosen.
func (w *Window) ShowMenu(m *Menu) {
	w.change(func(s *state) {
		if m != nil && (s.menu == nil || s.menu.Name != m.Name) {
			s.notice, s.alarm = "", false // it was about another page
		}
		s.menu = m
	})
}

// Answers delivers what the user chooses on a Menu.
func (w *Window) Answers() <-chan Answer { return w.answers }

func (w *Window) answer(a Answer) {
	select {
	case w.answers <- a:
	default: // nobody reads: the page is about to change
	}
}

// menuLayout is where the parts of a menu are.
type menuLayout struct {
	title, text, copy, field, items, side, buttons image.Rectangle
	address, guides                                image.Rectangle // of a page with drawn phones
}

// addressLetter is the size of an address's letters.
const addressLetter = 15

func layMenu(u *ui, m *Menu) menuLayout {
	var l menuLayout
	px := u.px
	margin, gap := px(24), px(16)
	// Long lines are hard to read: a wide window leaves room at the sides.
	width := min(u.size.X-2*margin, px(920))
	x := (u.size.X - width) / 2
	l.title = image.Rect(x, px(20), x+width, px(20)+px(62))
	bottom := u.size.Y - px(20)
	if len(m.Buttons) > 0 {
		l.buttons = image.Rect(x, bottom-px(44), x+width, bottom)
		bottom = l.buttons.Min.Y - gap
	}
	if m.Warned != "" && m.QR != nil {
		return layGuides(u, m, l, bottom)
	}
	y := l.title.Max.Y + px(8)
	x1 := x + width
	if m.QR != nil {
		side := min(px(250), bottom-y)
		l.side = image.Rect(x1-side, y, x1, y+side)
		x1 = l.side.Min.X - gap
	}
	if m.Text != "" || m.Address != "" {
		h := px(16) + len(u.write.Wrap(paint.Medium, 18*u.scale, float32(x1-x), 6, m.Text))*px(25)
		if m.Address != "" {
			h += px(10) + len(wrapAddress(u, m.Address, float32(x1-x)-24*u.scale))*px(21) + px(20) + px(42)
		}
		if m.Code != "" {
			h += px(64)
		}
		end := bottom
		if m.Field != "" {
			end -= px(74) + gap
		}
		l.text = image.Rect(x, y, x1, min(y+h, end))
		y = l.text.Max.Y
		if m.Address != "" {
			l.copy = image.Rect(x, y-px(42), x+px(150), y-px(4))
			l.text.Max.Y -= px(42)
		}
	}
	if m.Field != "" {
		l.field = image.Rect(x, y, x1, y+px(74))
		y = l.field.Max.Y + gap
	}
	l.items = image.Rect(x, y, x1, max(y, bottom))
	return l
}

// wrapAddress cuts an address, which has no spaces, into lines.
func wrapAddress(u *ui, address string, width float32) []string {
	var lines []string
	r := []rune(address)
	for len(r) > 0 {
		n := len(r)
		for n > 1 && u.write.Width(paint.Regular, addressLetter*u.scale, string(r[:n])) > width {
			n--
		}
		lines = append(lines, string(r[:n]))
		r = r[n:]
	}
	return lines
}

// menuFace shows a Menu.
type menuFace struct {
	asks  bool   // it shows the question that lies over everything, and not the menu
	name  string // of the page that cursor and typed belong to
	at    int    // item that the cursor is on
	first int    // that is shown
	typed []rune
	spots []image.Rectangle // of the items from first on
	laid  menuLayout
	keys  []button
	cols  int
	fit   int // items that are shown at once
}

// enter starts showing m.
func (f *menuFace) enter(m *Menu) {
	if f.name != m.Name {
		f.name, f.at, f.first, f.typed = m.Name, 0, 0, []rune(m.Typed)
	}
	f.at = max(0, min(f.at, len(m.Items)-1))
}

func (f *menuFace) lay(u *ui, m *Menu) {
	l := layMenu(u, m)
	f.laid = l
	px := u.px
	f.cols, f.fit, f.spots, f.keys = 1, 0, nil, nil
	if n := len(m.Items); n > 0 {
		w, h, gap, rows := l.items.Dx(), px(60), px(8), 0
		if m.Cards {
			gap = px(12)
			for f.cols = 3; ; f.cols++ { // as large as they all fit
				w = (l.items.Dx() - (f.cols-1)*gap) / f.cols
				h = w*10/16 + px(50)
				if f.cols == 4 || (l.items.Dy()+gap)/(h+gap)*f.cols >= n {
					break
				}
			}
		}
		rows = max(1, (l.items.Dy()+gap)/(h+gap))
		f.fit = rows * f.cols
		if row := f.at / f.cols; row < f.first/f.cols {
			f.first = row * f.cols
		} else if row >= f.first/f.cols+rows {
			f.first = (row - rows + 1) * f.cols
		}
		f.first = max(0, min(f.first, (n-1)/f.cols*f.cols))
		for i := f.first; i < min(n, f.first+f.fit); i++ {
			k := i - f.first
			x, y := l.items.Min.X+k%f.cols*(w+gap), l.items.Min.Y+k/f.cols*(h+gap)
			f.spots = append(f.spots, image.Rect(x, y, x+w, min(y+h, l.items.Max.Y)))
		}
	}
	gap, x := px(8), l.buttons.Min.X
	for i, c := range m.Buttons {
		w := px(112)
		if need := int(u.write.Width(paint.Medium, 15*u.scale, c.Label)+u.write.Width(paint.Regular, 12*u.scale, capOf(c.Key))) + px(36); need > w {
			w = need
		}
		b := button{rect: image.Rect(x, l.buttons.Min.Y, x+w, l.buttons.Max.Y), label: c.Label, key: c.Key, cap: capOf(c.Key), lead: c.Lead, off: c.Off}
		if i == len(m.Buttons)-1 && c.Key == "Escape" { // the way back stands apart
			b.rect = image.Rect(l.buttons.Max.X-w, l.buttons.Min.Y, l.buttons.Max.X, l.buttons.Max.Y)
		}
		f.keys = append(f.keys, b)
		x += w + gap
	}
	if m.Address != "" && !f.laid.text.Empty() {
		f.keys = append(f.keys, button{rect: f.laid.copy, label: "Copy", key: "Copy", cap: "Ctrl+C"})
	}
	if len(m.Items) > f.fit && f.fit > 0 { // for whoever has a mouse without a wheel
		r := f.laid.title
		y := r.Min.Y
		up := image.Rect(r.Max.X-2*px(60)-gap, y, r.Max.X-px(60)-gap, y+px(34))
		f.keys = append(f.keys, button{rect: up, label: "▲", key: "PageUp", off: f.first == 0},
			button{rect: up.Add(image.Pt(px(60)+gap, 0)), label: "▼", key: "PageDown", off: f.first+f.fit >= len(m.Items)})
	}
}

// capOf is how a key is written on a button.
func capOf(key string) string {
	if key == "Escape" {
		return "Esc"
	}
	return key
}

func (f *menuFace) scene(u *ui) scene {
	m := f.page(u)
	f.enter(m)
	f.lay(u, m)
	sc := scene{lay: keyOf("menu", f.spots, f.laid, len(f.keys))}
	sc.panels = append(sc.panels, f.titlePanel(u, m))
	if !f.laid.text.Empty() {
		sc.panels = append(sc.panels, f.textPanel(u, m))
	}
	if m.QR != nil {
		sc.panels = append(sc.panels, f.qrPanel(u, m))
	}
	if !f.laid.guides.Empty() {
		sc.panels = append(sc.panels, f.addressPanel(u, m), f.guidesPanel(u, m))
	}
	if m.Field != "" {
		sc.panels = append(sc.panels, f.fieldPanel(u, m))
	}
	if len(m.Items) == 0 && m.Empty != "" {
		r := f.laid.items
		sc.panels = append(sc.panels, panel{rect: r, key: keyOf("empty", m.Empty), paint: func(c *paint.Canvas) {
			c.Clear(u.theme.back)
			for i, l := range u.write.Wrap(paint.Regular, 16*u.scale, float32(r.Dx()), 4, m.Empty) {
				u.write.Draw(c, paint.Regular, 16*u.scale, float32(r.Min.X), float32(r.Min.Y)+float32(i+1)*24*u.scale, u.theme.dim, l)
			}
		}})
	}
	for k, r := range f.spots {
		sc.panels = append(sc.panels, f.itemPanel(u, m, f.first+k, r))
	}
	for _, b := range f.keys {
		sc.panels = append(sc.panels, u.buttonPanel(b))
	}
	return sc
}

func (f *menuFace) titlePanel(u *ui, m *Menu) panel {
	r := f.laid.title
	more := ""
	if n := len(m.Items); n > f.fit && f.fit > 0 {
		more = fmt.Sprintf("%d to %d of %d", f.first+1, min(n, f.first+f.fit), n)
	}
	if more != "" {
		r.Max.X -= u.px(136)
	}
	sub, notice, alarm := m.Sub, u.state.notice, u.state.alarm
	if notice != "" {
		sub = notice
	}
	return panel{rect: r, key: keyOf(m.Title, sub, more, alarm), paint: func(c *paint.Canvas) {
		t, s := u.theme, u.scale
		c.Clear(t.back)
		x, y := float32(r.Min.X), float32(r.Min.Y)
		u.write.Draw(c, paint.Bold, 28*s, x, y+28*s, t.text, u.write.Fit(paint.Bold, 28*s, float32(r.Dx()), m.Title))
		w := u.write.Width(paint.Regular, 15*s, more)
		u.write.Draw(c, paint.Regular, 15*s, float32(r.Max.X)-w, y+54*s, t.dim, more)
		u.write.Draw(c, paint.Regular, 15*s, x, y+54*s, pick(notice != "", pick(alarm, t.alarm, t.text), t.dim), u.write.Fit(paint.Regular, 15*s, float32(r.Dx())-w-16*s, sub))
	}}
}

func (f *menuFace) textPanel(u *ui, m *Menu) panel {
	r := f.laid.text
	return panel{rect: r, key: keyOf(m.Text, m.Alarm, m.Address, m.Code), paint: func(c *paint.Canvas) {
		t, s := u.theme, u.scale
		c.Clear(t.back)
		x, y := float32(r.Min.X), float32(r.Min.Y)
		col := t.text
		if m.Alarm {
			col = t.alarm
			c.Cross(x+8*s, y+14*s, 5*s, 2.6*s, t.alarm) // not by colour alone
			x += 24 * s
		}
		for _, l := range u.write.Wrap(paint.Medium, 18*s, float32(r.Max.X)-x, 6, m.Text) {
			u.write.Draw(c, paint.Medium, 18*s, x, y+20*s, col, l)
			y += 25 * s
		}
		x = float32(r.Min.X)
		if m.Address != "" && f.laid.address.Empty() {
			y += 8 * s
			lines := wrapAddress(u, m.Address, float32(r.Dx())-24*s)
			c.Round(image.Rect(r.Min.X, int(y), r.Max.X, int(y+float32(len(lines))*21*s+16*s)), 8*s, t.surface)
			for _, l := range lines {
				u.write.Draw(c, paint.Regular, 15*s, x+12*s, y+23*s, t.text, l)
				y += 21 * s
			}
			y += 16 * s
		}
		if m.Code != "" {
			u.write.Draw(c, paint.Bold, 40*s, x, y+48*s, t.accent, m.Code)
		}
	}}
}

func (f *menuFace) qrPanel(u *ui, m *Menu) panel {
	r := f.laid.side
	return panel{rect: r, key: keyOf("qr", fmt.Sprintf("%p", m.QR)), paint: func(c *paint.Canvas) {
		c.Clear(rgb(0xffffff))
		b := m.QR.Bounds()
		// A whole number of pixels per module: phones cannot read a blurred code.
		side := r.Dx() / b.Dx() * b.Dx()
		if side == 0 {
			side = r.Dx()
		}
		at := r.Min.Add(image.Pt((r.Dx()-side)/2, (r.Dy()-side)/2))
		draw.NearestNeighbor.Scale(c.Img, image.Rectangle{at, at.Add(image.Pt(side, side))}, m.QR, b, draw.Src, nil)
	}}
}

func (f *menuFace) fieldPanel(u *ui, m *Menu) panel {
	r, typed := f.laid.field, string(f.typed)
	return panel{rect: r, key: keyOf(m.Field, typed), paint: func(c *paint.Canvas) {
		t, s := u.theme, u.scale
		c.Clear(t.back)
		u.write.Draw(c, paint.Regular, 14*s, float32(r.Min.X), float32(r.Min.Y)+18*s, t.dim, m.Field)
		box := image.Rect(r.Min.X, r.Min.Y+u.px(28), r.Max.X, r.Max.Y)
		c.Round(box, 8*s, t.surface)
		c.Frame(box, 8*s, 2*s, t.accent)
		// The end of what is typed is what matters.
		show, room := f.typed, float32(box.Dx())-28*s
		for len(show) > 0 && u.write.Width(paint.Regular, 18*s, string(show)) > room {
			show = show[1:]
		}
		mid := float32(box.Min.Y+box.Max.Y) / 2
		x := float32(box.Min.X) + 12*s
		x += u.write.Draw(c, paint.Regular, 18*s, x, mid+6*s, t.text, string(show))
		c.Line(x+2*s, mid-12*s, x+2*s, mid+12*s, 2*s, t.accent)
	}}
}

func (f *menuFace) itemPanel(u *ui, m *Menu, i int, r image.Rectangle) panel {
	it, here := m.Items[i], i == f.at
	over := u.hover.In(r)
	number := ""
	if i < 9 && m.Field == "" {
		number = fmt.Sprint(i + 1)
	}
	key := keyOf(it.Key, it.Title, it.Detail, it.Note, it.Lead, it.Symbol, here, over, number, fmt.Sprintf("%p", it.Image))
	return panel{rect: r, key: key, paint: func(c *paint.Canvas) {
		t, s := u.theme, u.scale
		c.Clear(t.back)
		back := t.surface
		if over {
			back = t.raised
		}
		c.Round(r, 10*s, back)
		x0, x1, y := float32(r.Min.X)+16*s, float32(r.Max.X)-16*s, float32(r.Min.Y)
		if m.Cards {
			shot := image.Rect(r.Min.X, r.Min.Y, r.Max.X, r.Max.Y-u.px(50)).Inset(u.px(4))
			card(u, c, shot, it)
			y = float32(shot.Max.Y) - 6*s
			x0, x1 = x0-4*s, x1+4*s
		}
		frame, width := t.border, max(1, s)
		if here {
			frame, width = t.accent, 2.5*s
		}
		c.Frame(r, 10*s, width, frame)
		if number != "" {
			w := u.write.Width(paint.Regular, 12*s, number)
			u.write.Draw(c, paint.Regular, 12*s, x1-w, y+24*s, t.dim, number)
			x1 -= w + 12*s
		}
		w := u.write.Width(paint.Medium, 14*s, it.Note)
		u.write.Draw(c, paint.Medium, 14*s, x1-w, y+24*s, pick(it.Lead, t.accent, t.dim), it.Note)
		u.write.Draw(c, paint.Medium, 17*s, x0, y+25*s, t.text, u.write.Fit(paint.Medium, 17*s, x1-w-x0-12*s, it.Title))
		detail := it.Detail
		if m.Cards && it.Image == nil && it.Symbol == Lens {
			detail = "" // it stands where the picture would
		}
		u.write.Draw(c, paint.Regular, 14*s, x0, y+47*s, t.dim, u.write.Fit(paint.Regular, 14*s, float32(r.Max.X)-16*s-x0, detail))
	}}
}

func pick(yes bool, a, b color.RGBA) color.RGBA {
	if yes {
		return a
	}
	return b
}

// card paints the picture of an item, or what stands for it.
func card(u *ui, c *paint.Canvas, r image.Rectangle, it Item) {
	c.Rect(r, u.theme.back)
	if it.Image != nil {
		b := it.Image.Bounds()
		draw.ApproxBiLinear.Scale(c.Img, fit(r, b.Dx(), b.Dy()), it.Image, b, draw.Src, nil)
		return
	}
	t := u.theme
	x, y, k := float32(r.Min.X+r.Max.X)/2, float32(r.Min.Y+r.Max.Y)/2, float32(r.Dy())/2
	line := max(1.5, k*0.045)
	at := func(dx, dy float32) image.Point { return image.Pt(int(x+dx*k), int(y+dy*k)) }
	switch it.Symbol {
	case Lens:
		// The reason why there is no picture.
		size, room := 14*u.scale, float32(r.Dx())-24*u.scale
		lines := u.write.Wrap(paint.Regular, size, room, max(1, int(2*k/(size*1.35))-1), it.Detail)
		y -= float32(len(lines)) * size * 1.35 / 2
		for _, l := range lines {
			u.write.Draw(c, paint.Regular, size, float32(r.Min.X)+12*u.scale, y+size, t.dim, l)
			y += size * 1.35
		}
	case Phone:
		body := image.Rectangle{at(-0.34, -0.66), at(0.34, 0.66)}
		c.Round(body, k*0.1, t.surface)
		c.Frame(body, k*0.1, line, t.dim)
		c.Ring(x, y-k*0.3, k*0.14, line, t.dim)
		c.Line(x-k*0.1, y+k*0.5, x+k*0.1, y+k*0.5, line, t.dim)
	case Network:
		body := image.Rectangle{at(-0.5, -0.5), at(0.5, 0.2)}
		c.Round(body, k*0.12, t.surface)
		c.Frame(body, k*0.12, line, t.dim)
		c.Ring(x, y-k*0.15, k*0.2, line, t.dim)
		c.Line(x, y+k*0.2, x, y+k*0.5, line, t.dim)
		c.Line(x-k*0.3, y+k*0.5, x+k*0.3, y+k*0.5, line, t.dim)
	case Stones, Hand:
		side := image.Rectangle{at(-0.7, -0.7), at(0.7, 0.7)}
		c.Round(side, k*0.08, t.wood)
		for i := range 5 {
			d := (float32(i) - 2) * k * 0.28
			c.Line(x-k*0.56, y+d, x+k*0.56, y+d, max(1, k*0.015), t.line)
			c.Line(x+d, y-k*0.56, x+d, y+k*0.56, max(1, k*0.015), t.line)
		}
		stones := []struct {
			dx, dy float32
			color  board.Color
		}{{-1, 1, board.Black}, {0, 1, board.White}, {0, 0, board.Black}, {1, 0, board.White}}
		for _, st := range stones {
			u.goban.put(c, x+st.dx*k*0.28, y+st.dy*k*0.28, k*0.134, st.color, false)
		}
		if it.Symbol == Hand { // here
			c.Ring(x+k*0.28, y-k*0.28, k*0.15, line, t.put)
			c.Circle(x+k*0.28, y-k*0.28, k*0.05, t.put)
		}
	}
}
