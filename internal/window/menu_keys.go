package window

import (
	"fmt"
	"strings"
	"unicode"
)

func (f *menuFace) handle(u *ui, e event) {
	m := f.page(u)
	f.enter(m)
	switch e.kind {
	case pressed:
		if b, ok := hit(f.keys, e.at); ok {
			f.key(u, m, b.key)
			return
		}
		for k, r := range f.spots {
			if e.at.In(r) {
				f.at = f.first + k
				f.choose(u, m, "Enter")
				return
			}
		}
	case typed:
		if m.Field == "" {
			return
		}
		f.write(m, e.key, e.whole)
	case wheeled:
		f.turn(u, m, e.key)
	case keyDown:
		f.key(u, m, e.key)
	}
}

// turn moves the cursor, and with it what is shown, as far as a key or a notch
// of the wheel says; at the ends it stays there.
func (f *menuFace) turn(u *ui, m *Menu, key string) {
	n := len(m.Items)
	if n == 0 {
		return
	}
	to := f.at
	switch key {
	case "ArrowUp":
		to -= f.cols
	case "ArrowDown":
		to += f.cols
	case "PageUp":
		to -= f.fit
	case "PageDown":
		to += f.fit
	case "Home":
		to = 0
	case "End":
		to = n - 1
	}
	if to = max(0, min(to, n-1)); to != f.at {
		f.at = to
		u.say(itemWords(m, f.at))
	}
}

// write puts text at the end of the line. What is pasted loses the blanks that
// were copied along with it, and a whole address takes the place of one that the
// line began with, or of its beginning.
func (f *menuFace) write(m *Menu, text string, pasted bool) {
	if pasted {
		text = strings.TrimSpace(text)
		if scheme(text) != "" && (string(f.typed) == m.Typed || scheme(string(f.typed)) == string(f.typed)) {
			f.typed = nil
		}
	}
	for _, r := range text {
		if unicode.IsPrint(r) && len(f.typed) < 500 {
			f.typed = append(f.typed, r)
		}
	}
}

// scheme is the beginning of an address up to "://", empty for none.
func scheme(address string) string {
	name, _, ok := strings.Cut(address, "://")
	if !ok || name == "" || strings.Trim(strings.ToLower(name), "abcdefghijklmnopqrstuvwxyz0123456789+.-") != "" {
		return ""
	}
	return name + "://"
}

func (f *menuFace) key(u *ui, m *Menu, key string) {
	if m.Field != "" {
		switch key {
		case "Backspace":
			f.typed = f.typed[:max(0, len(f.typed)-1)]
			return
		case "Enter", "Escape", "Copy":
		default:
			return // a letter of the line
		}
	}
	if key == "Copy" && m.Address != "" {
		u.copy(m.Address)
		return
	}
	for _, c := range m.Buttons {
		if c.Key == key {
			if !c.Off {
				f.choose(u, m, key)
			}
			return
		}
	}
	n := len(m.Items)
	if n == 0 {
		return
	}
	to := f.at
	switch key {
	case "ArrowLeft":
		to--
	case "ArrowRight":
		to++
	case "ArrowUp":
		to -= f.cols
	case "ArrowDown":
		to += f.cols
	case "Enter", "Space":
		f.choose(u, m, "Enter")
		return
	case "PageUp", "PageDown", "Home", "End":
		f.turn(u, m, key)
		return
	case "Tab":
		to = (f.at + 1) % n
	default:
		if len(key) == 1 && key[0] >= '1' && int(key[0]-'1') < n {
			f.at = int(key[0] - '1')
			f.choose(u, m, "Enter")
		}
		return
	}
	if to >= 0 && to < n {
		f.at = to
		u.say(itemWords(m, f.at))
	}
}

// choose sends the answer.
func (f *menuFace) choose(u *ui, m *Menu, key string) {
	a := Answer{Menu: m.Name, Key: key, Text: strings.TrimSpace(string(f.typed))}
	if len(m.Items) > 0 {
		a.Item = m.Items[f.at].Key
	}
	if f.asks {
		u.w.settle(m, a)
		return
	}
	u.w.answer(a)
}

// itemWords returns the text to speak for an item.
func itemWords(m *Menu, i int) string {
	it := m.Items[i]
	parts := []string{fmt.Sprintf("%d of %d: %s", i+1, len(m.Items), it.Title)}
	for _, p := range []string{it.Detail, it.Note} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, ", ") + "."
}

// words returns the text to speak for a whole page, for those who cannot see it.
func (f *menuFace) words(m *Menu) string {
	s := m.Title + ". " + m.Text
	if m.Code != "" {
		s += " The code is " + strings.Join(strings.Split(m.Code, ""), " ") + "."
	}
	if m.Warned != "" {
		s += " " + guideWords(m.Warned)
	}
	switch {
	case m.Field != "":
		s += " Type: " + m.Field + "."
	case len(m.Items) > 0:
		s += " " + itemWords(m, f.at)
	default:
		s += " " + m.Empty
	}
	for _, c := range m.Buttons {
		if !c.Off {
			s += fmt.Sprintf(" %s: %s.", c.Key, c.Label)
		}
	}
	return s
}
