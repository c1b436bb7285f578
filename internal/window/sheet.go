package window

import (
	"image"

	"github.com/gobancam/gobancam/internal/window/paint"
)

// row is a line of a sheet: what stands at its beginning, and a text.
type row struct {
	head, text string
	alarm      bool
}

// sheetFace shows rows to be read over whatever was on the screen: the keys of a
// page, or what was said.
type sheetFace struct {
	title string
	rows  func(u *ui) []row
	end   bool // it begins at the end, which is the newest
	from  int  // rows from the beginning, or from the end
	more  bool // than fit
	keys  []button
}

func (f *sheetFace) scene(u *ui) scene {
	px := u.px
	all := image.Rectangle{Max: u.size}
	rows := f.rows(u)
	margin, top := px(24), px(76)
	f.keys = []button{{rect: image.Rect(u.size.X-margin-px(112), px(20), u.size.X-margin, px(56)), label: "Close", key: "Escape", cap: "Esc"}}
	if f.more || f.from > 0 {
		x := u.size.X - margin - px(112) - px(8)
		f.keys = append(f.keys, button{rect: image.Rect(x-px(44), px(20), x, px(56)), label: "▼", key: "ArrowDown"},
			button{rect: image.Rect(x-px(96), px(20), x-px(52), px(56)), label: "▲", key: "ArrowUp"})
	}
	area := image.Rect(margin, top, u.size.X-margin, u.size.Y-margin)
	sc := scene{lay: keyOf("sheet", f.title, len(f.keys))}
	sc.panels = append(sc.panels, panel{rect: image.Rect(0, 0, f.keys[len(f.keys)-1].rect.Min.X, top), key: f.title, paint: func(c *paint.Canvas) {
		c.Clear(u.theme.back)
		u.write.Draw(c, paint.Bold, 28*u.scale, float32(margin), 48*u.scale, u.theme.text, f.title)
	}})
	lines, more := f.layRows(u, rows, area)
	f.more = more
	sc.panels = append(sc.panels, panel{rect: image.Rect(0, top, all.Max.X, all.Max.Y), key: keyOf(lines), paint: func(c *paint.Canvas) {
		c.Clear(u.theme.back)
		size := far * u.scale
		y := float32(area.Min.Y)
		for _, l := range lines {
			u.write.Draw(c, paint.Medium, size, float32(area.Min.X), y+size, u.theme.dim, l.head)
			u.write.Draw(c, paint.Regular, size, float32(area.Min.X)+f.indent(u, rows), y+size, pick(l.alarm, u.theme.alarm, u.theme.text), l.text)
			y += size * 1.4
		}
	}})
	for _, b := range f.keys {
		sc.panels = append(sc.panels, u.buttonPanel(b))
	}
	return sc
}

// indent is where the texts begin.
func (f *sheetFace) indent(u *ui, rows []row) float32 {
	wide := float32(0)
	for _, r := range rows {
		wide = max(wide, u.write.Width(paint.Medium, far*u.scale, r.head))
	}
	return wide + 16*u.scale
}

// layRows returns the lines that are shown, and whether there are more.
func (f *sheetFace) layRows(u *ui, rows []row, area image.Rectangle) (lines []row, more bool) {
	size := far * u.scale
	width := float32(area.Dx()) - f.indent(u, rows)
	fit := max(1, int(float32(area.Dy())/(size*1.4)))
	for _, r := range rows {
		for i, l := range u.write.Wrap(paint.Regular, size, width, 6, r.text) {
			head := r.head
			if i > 0 {
				head = ""
			}
			lines = append(lines, row{head, l, r.alarm})
		}
	}
	f.from = max(0, min(f.from, len(lines)-fit))
	if f.end {
		end := len(lines) - f.from
		return lines[max(0, end-fit):end], len(lines) > fit
	}
	return lines[f.from:min(len(lines), f.from+fit)], len(lines) > fit
}

func (f *sheetFace) handle(u *ui, e event) {
	key := e.key
	if e.kind == pressed {
		if b, ok := hit(f.keys, e.at); ok {
			key = b.key
		}
	} else if e.kind != keyDown && e.kind != wheeled {
		return
	}
	step := map[string]int{"ArrowUp": -1, "ArrowDown": 1, "PageUp": -10, "PageDown": 10, "Home": -10000, "End": 10000}[key]
	if f.end {
		step = -step
	}
	if step != 0 {
		f.from = max(0, f.from+step)
		return
	}
	if key != "" {
		u.sheet = nil
	}
}

// openHelp shows the keys of the present page.
func (u *ui) openHelp() {
	rows := u.helpRows()
	words := "Keys."
	for _, r := range rows {
		words += " " + r.head + ": " + r.text + "."
	}
	u.say(words)
	u.sheet = &sheetFace{title: "Keys of this page", rows: func(*ui) []row { return rows }}
}

// openLog shows what was said.
func (u *ui) openLog() {
	u.sheet = &sheetFace{title: "What was said", end: true, rows: func(u *ui) []row {
		rows := make([]row, 0, len(u.state.log))
		for _, l := range u.state.log {
			rows = append(rows, row{l.at.Format("15:04:05"), l.text, l.alarm})
		}
		if len(rows) == 0 {
			rows = append(rows, row{"", "Nothing yet.", false})
		}
		return rows
	}}
}

// helpRows lists the keys of the present page: those of its buttons first.
func (u *ui) helpRows() []row {
	var rows []row
	seen := map[string]bool{}
	add := func(key, what string) {
		if key != "" && what != "" && !seen[key+what] {
			seen[key+what] = true
			rows = append(rows, row{capOf(key), what, false})
		}
	}
	_, playing := u.face().(*playFace)
	if !playing {
		for _, b := range u.buttons() {
			if b.cap != "" {
				add(b.cap, b.label)
			}
		}
	}
	for _, k := range faceKeys(u.face()) {
		add(k[0], k[1])
	}
	for _, k := range [][2]string{{"T, F", "light or dark; full screen"}, {"M", "sound and speech off and on"}, {"F1, ?", "these keys"}, {"Ctrl+Q", "quit, after pending moves are settled"}} {
		add(k[0], k[1])
	}
	return rows
}

// faceKeys are the keys of a page that no button of it says, or says too shortly.
func faceKeys(f face) [][2]string {
	switch f := f.(type) {
	case *playFace:
		return [][2]string{{"P, P", "pass; it must be pressed twice"}, {"R", "resign; asks first"}, {"U", "ask to take back"}, {"Space", "pause and go on"},
			{"Enter, Esc", "yes and no to a question"}, {"L", "look again: forget what was seen"}, {"B", "board OK: ignore what seems wrong on the board"},
			{"C", "set the corners again"}, {"H", "what was said: chat, notices, alarms"}, {"I, S", "say where the game stands; the last sentence again"},
			{"W", "where others watch"}, {"V", "projector view"}, {"Tab", "go from button to button; Enter presses it"}, {"K", "two players: what lies there now is the position"},
			{"A, O, E", "dead stones: agree, play on, suggest; click a stone, or arrow keys and Space"}, {"G", "leave for the list of games; the game goes on"}}
	case *menuFace:
		if f.cols > 0 && len(f.spots) > 0 {
			return [][2]string{{"arrows, wheel", "go through the list; Tab goes on, too"}, {"Enter, Space", "choose"}, {"1 to 9", "choose at once"}, {"Page up, down", "further up and down"}}
		}
		return [][2]string{{"Ctrl+V", "paste into the line"}}
	case *calibrateFace:
		return [][2]string{{"drag a corner", "sets it; it snaps unless Snap is off"}, {"arrows", "move the corner by a tenth of a pixel, with Shift by a whole one"}, {"+, −", "the lens, where straight lines are bent"}}
	case *projectorFace:
		return [][2]string{{"V", "back to the game"}, {"drag a corner", "puts the light on the board's corner"}}
	}
	return nil
}
