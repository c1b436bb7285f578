package window

import (
	"fmt"
	"image"

	"github.com/gobancam/gobancam/internal/window/paint"
)

// guide is a phone whose browser warns of a page, and what to tap there.
type guide struct {
	title string
	phone paint.Phone
}

// guides show what browsers say of the page at host, whose certificate nobody
// vouches for. The words are those of the browsers in English as far as they
// matter; other versions and languages say the like in the same places.
func guides(host string) []guide {
	return []guide{
		{"Chrome", paint.Phone{Address: host, Warned: true, Head: "Your connection is not private",
			Text: "Attackers might be trying to steal your information …",
			Taps: []paint.Tap{{Text: "Back to safety", Look: paint.Filled}, {Text: "Advanced", Look: paint.Button, Number: 1},
				{Text: "Proceed to " + host + " (unsafe)", Number: 2}}}},
		{"Safari", paint.Phone{Address: host, Low: true, Head: "This Connection Is Not Private",
			Text: "This website may be impersonating “" + host + "” …",
			Taps: []paint.Tap{{Text: "Go Back", Look: paint.Filled}, {Text: "Show Details", Number: 1},
				{Text: "visit this website", Number: 2}, {Text: "Visit Website", Look: paint.Dialog, Number: 3}}}},
		{"Firefox", paint.Phone{Address: host, Warned: true, Head: "Warning: Potential Security Risk Ahead",
			Text: "Firefox detected a potential security threat …",
			Taps: []paint.Tap{{Text: "Go Back (Recommended)", Look: paint.Filled}, {Text: "Advanced…", Look: paint.Button, Number: 1},
				{Text: "Accept the Risk and Continue", Look: paint.Button, Number: 2}}}},
	}
}

// warnedText stands above the drawn phones.
const warnedText = "The first time, the browser warns: nobody vouches for a computer at home. Tap what is numbered, then allow the camera."

// layGuides lays a page out that shows on what a phone is led here: its code and
// address on the left, what is to be done and the browsers on the right.
func layGuides(u *ui, m *Menu, l menuLayout, bottom int) menuLayout {
	px := u.px
	y, gap := l.title.Max.Y+px(8), px(20)
	side := min(px(246), (l.title.Dx()-gap)/2)
	l.side = image.Rect(l.title.Min.X, y, l.title.Min.X+side, y+side)
	if m.Address != "" {
		h := len(wrapAddress(u, m.Address, float32(side)-20*u.scale))*px(18) + px(16)
		l.address = image.Rect(l.side.Min.X, l.side.Max.Y+px(10), l.side.Max.X, l.side.Max.Y+px(10)+h)
		l.copy = image.Rect(l.side.Min.X, l.address.Max.Y+px(8), l.side.Min.X+px(150), l.address.Max.Y+px(46))
	}
	x := l.side.Max.X + gap
	h := len(u.write.Wrap(paint.Medium, 18*u.scale, float32(l.title.Max.X-x)-24*u.scale, 6, m.Text))*px(25) + px(8)
	l.text = image.Rect(x, y, l.title.Max.X, y+h)
	l.guides = image.Rect(x, l.text.Max.Y+px(6), l.title.Max.X, max(l.text.Max.Y+px(6), bottom))
	l.items = image.Rectangle{Min: image.Pt(x, bottom), Max: image.Pt(l.title.Max.X, bottom)}
	return l
}

// addressPanel shows the address of a page with drawn phones.
func (f *menuFace) addressPanel(u *ui, m *Menu) panel {
	r := f.laid.address
	return panel{rect: r, key: keyOf("address", m.Address), paint: func(c *paint.Canvas) {
		c.Clear(u.theme.back)
		c.Round(r, 8*u.scale, u.theme.surface)
		y := float32(r.Min.Y) + 8*u.scale
		for _, l := range wrapAddress(u, m.Address, float32(r.Dx())-20*u.scale) {
			y += 18 * u.scale
			u.write.Draw(c, paint.Regular, addressLetter*u.scale, float32(r.Min.X)+10*u.scale, y-4*u.scale, u.theme.text, l)
		}
	}}
}

// guidesPanel shows what browsers say.
func (f *menuFace) guidesPanel(u *ui, m *Menu) panel {
	r := f.laid.guides
	return panel{rect: r, key: keyOf("guides", m.Warned), paint: func(c *paint.Canvas) {
		t, s := u.theme, u.scale
		c.Clear(t.back)
		all := guides(m.Warned)
		y := float32(r.Min.Y)
		for _, l := range u.write.Wrap(paint.Regular, 14*s, float32(r.Dx()), 3, warnedText) {
			y += 19 * s
			u.write.Draw(c, paint.Regular, 14*s, float32(r.Min.X), y, t.dim, l)
		}
		y += 8 * s
		gap := u.px(12)
		w := (r.Dx() - (len(all)-1)*gap) / len(all)
		for i, g := range all {
			x := r.Min.X + i*(w+gap)
			u.write.Draw(c, paint.Medium, 14*s, float32(x)+max(0, float32(w)-paint.PhoneWide*s)/2+4*s, y+14*s, t.text, g.title)
			at := image.Rect(x, int(y+22*s), x+w, r.Max.Y)
			if most := at.Min.Y + u.px(360); at.Max.Y > most {
				at.Max.Y = most
			}
			if at.Dy() > u.px(100) {
				c.Phone(u.write, at, s, g.phone, t.accent, t.onAccent)
			}
		}
	}}
}

// guideWords says what the drawn phones show.
func guideWords(host string) string {
	s := warnedText
	for _, g := range guides(host) {
		s += " In " + g.title
		for _, t := range g.phone.Taps {
			if t.Number > 0 {
				s += fmt.Sprintf(", %d: %s", t.Number, t.Text)
			}
		}
		s += "."
	}
	return s
}
