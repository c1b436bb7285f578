package window

import (
	"fmt"
	"image"
	"slices"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/plain"
)

// Walk is a game that was played, to be stepped through. It is not changed any
// more once it is shown; what an engine has found out since comes as another
// Walk of the same name.
type Walk struct {
	Name   string // of the record: a Walk of the same name keeps its step
	Title  string // who played
	Sub    string // the result, and where the record is
	Size   int
	Steps  []Step // from the beginning, one more than moves
	Swings []int  // steps that changed most, the largest first
	Engine string // what the engine does; empty without one
	Alarm  bool   // Engine tells what is wrong
	Scored bool   // scores are known where win rates are
}

// Step is a position of a Walk.
type Step struct {
	Board    board.Position
	Move     board.Move // that led to it; Color is Empty where none did
	Number   int        // of the move
	Captures [2]int     // stones taken by Black and by White so far
	Comment  string     // of the record

	Judged bool // by the engine: what follows is known
	Win    float64
	Score  float64 // points that Black is ahead
	Next   board.Point
	Words  string
}

// ShowWalk shows a game to be stepped through instead of the game that is on;
// nil takes it away. The answer to it has the menu "walk".
func (w *Window) ShowWalk(k *Walk) {
	if k != nil {
		c := *k
		c.Title, c.Sub, c.Engine = plain.Line(k.Title), plain.Line(k.Sub), plain.Line(k.Engine)
		c.Steps = slices.Clone(k.Steps)
		for i := range c.Steps {
			c.Steps[i].Comment = plain.Text(c.Steps[i].Comment)
		}
		k = &c
	}
	w.change(func(s *state) { s.walk = k })
}

// walkFace shows a Walk.
type walkFace struct {
	name    string
	at      int
	numbers bool // on the stones
	dragged bool // the graph is held
	laid    walkLayout
	keys    []button
}

// walkLayout is where the parts of the view are.
type walkLayout struct{ board, title, graph, words, buttons image.Rectangle }

// layWalk has the board as large as it can be, and the words beside it, or below
// it in a window that is higher than wide.
func layWalk(u *ui, graph bool) walkLayout {
	px := u.px
	m, gap := px(16), px(12)
	var l walkLayout
	side := image.Rect(m, m, u.size.X-m, u.size.Y-m)
	if u.size.X*10 >= u.size.Y*11 {
		n := min(u.size.Y-2*m, (u.size.X-3*m)*58/100)
		y := (u.size.Y - n) / 2
		l.board = image.Rect(u.size.X-m-n, y, u.size.X-m, y+n)
		side.Max.X = l.board.Min.X - m
	} else {
		n := min(u.size.X-2*m, u.size.Y*55/100)
		x := (u.size.X - n) / 2
		l.board = image.Rect(x, m, x+n, m+n)
		side.Min.Y = l.board.Max.Y + gap
	}
	l.title = image.Rect(side.Min.X, side.Min.Y, side.Max.X, side.Min.Y+px(54))
	l.buttons = image.Rect(side.Min.X, side.Max.Y-px(34)*3-px(7)*2, side.Max.X, side.Max.Y)
	y := l.title.Max.Y + gap
	if graph {
		h := min(px(230), max(px(90), (l.buttons.Min.Y-y)*45/100))
		l.graph = image.Rect(side.Min.X, y, side.Max.X, y+h)
		y = l.graph.Max.Y + gap
	}
	l.words = image.Rect(side.Min.X, y, side.Max.X, l.buttons.Min.Y-gap)
	return l
}

// enter starts showing k.
func (f *walkFace) enter(k *Walk) {
	if f.name != k.Name {
		*f = walkFace{name: k.Name, at: 0}
		if k.Engine == "" {
			f.at = len(k.Steps) - 1 // as it ended
		}
	}
	f.at = max(0, min(f.at, len(k.Steps)-1))
}

func (f *walkFace) scene(u *ui) scene {
	k := u.state.walk
	f.enter(k)
	l := layWalk(u, k.Engine != "" && !l0(k))
	f.laid = l
	f.keys = f.buttonsOf(u, k)
	s := &k.Steps[f.at]
	sc := scene{lay: keyOf(l)}
	sc.panels = append(sc.panels,
		panel{rect: l.title, key: keyOf(k.Title, k.Sub), paint: u.walkTitle(l.title, k)},
		panel{rect: l.words, key: keyOf(s, k.Engine, k.Alarm, f.at), paint: u.walkWords(l.words, k, f.at)},
		panel{rect: l.board, key: keyOf(k.Size, s.Board.Rows(), s.Move, s.Judged, s.Next, f.numbers, f.at), paint: u.walkBoard(l.board, k, f)})
	if !l.graph.Empty() {
		sc.panels = append(sc.panels, panel{rect: l.graph, key: keyOf(f.at, judged(k), len(k.Steps), k.Swings), paint: u.walkGraph(l.graph, k, f.at)})
	}
	for _, b := range f.keys {
		sc.panels = append(sc.panels, u.buttonPanel(b))
	}
	return sc
}

// l0 reports whether there is nothing to draw a graph of.
func l0(k *Walk) bool { return len(k.Steps) < 2 || k.Alarm && judged(k) == 0 }

// judged is how many steps the engine has judged.
func judged(k *Walk) (n int) {
	for i := range k.Steps {
		if k.Steps[i].Judged {
			n++
		}
	}
	return n
}

// buttonsOf lays three rows of four.
func (f *walkFace) buttonsOf(u *ui, k *Walk) []button {
	last := len(k.Steps) - 1
	list := []button{
		{label: "First", key: "Home", cap: "Home", off: f.at == 0}, {label: "Back", key: "ArrowLeft", cap: "←", off: f.at == 0},
		{label: "Next", key: "ArrowRight", cap: "→", off: f.at == last, lead: f.at != last}, {label: "Last", key: "End", cap: "End", off: f.at == last},
	}
	for i := range 3 {
		b := button{label: fmt.Sprintf("Swing %d", i+1), key: fmt.Sprint(i + 1), cap: fmt.Sprint(i + 1), off: i >= len(k.Swings)}
		if !b.off {
			b.on = k.Swings[i] == f.at
		}
		list = append(list, b)
	}
	list = append(list, button{label: "Numbers", key: "N", cap: "N", on: f.numbers},
		button{label: "10 back", key: "ArrowUp", cap: "↑", off: f.at == 0}, button{label: "10 on", key: "ArrowDown", cap: "↓", off: f.at == last},
		button{label: "Colours", key: "T", cap: "T"}, button{label: "Leave", key: "Escape", cap: "Esc"})
	const columns = 4
	gap := u.px(7)
	w, h := (f.laid.buttons.Dx()-(columns-1)*gap)/columns, u.px(34)
	for i := range list {
		x, y := f.laid.buttons.Min.X+i%columns*(w+gap), f.laid.buttons.Min.Y+i/columns*(h+gap)
		list[i].rect = image.Rect(x, y, x+w, y+h)
		if w < u.px(90) && len(list[i].cap) > 1 && list[i].cap[0] < 0x80 {
			list[i].cap = "" // no room for both
		}
	}
	return list
}

func (f *walkFace) handle(u *ui, e event) {
	k := u.state.walk
	if k == nil {
		return
	}
	f.enter(k)
	switch e.kind {
	case pressed:
		if b, ok := hit(f.keys, e.at); ok {
			f.key(u, k, b.key)
			return
		}
		if f.dragged = e.at.In(f.laid.graph); f.dragged {
			f.at = stepAt(u, f.laid.graph, len(k.Steps), e.at.X)
		}
	case moved:
		if f.dragged {
			f.at = stepAt(u, f.laid.graph, len(k.Steps), e.at.X)
		}
	case released:
		f.dragged = false
	case wheeled: // a notch is a step
		f.key(u, k, map[string]string{"ArrowUp": "ArrowLeft", "ArrowDown": "ArrowRight"}[e.key])
	case keyDown:
		f.key(u, k, e.key)
	}
}

func (f *walkFace) key(u *ui, k *Walk, key string) {
	last := len(k.Steps) - 1
	switch key {
	case "Home":
		f.at = 0
	case "End":
		f.at = last
	case "ArrowLeft", "Backspace":
		f.at--
	case "ArrowRight", "Space", "Enter":
		f.at++
	case "ArrowUp", "PageUp":
		f.at -= 10
	case "ArrowDown", "PageDown":
		f.at += 10
	case "N":
		f.numbers = !f.numbers
	case "1", "2", "3":
		if i := int(key[0] - '1'); i < len(k.Swings) {
			f.at = k.Swings[i]
		}
	case "Escape":
		u.w.answer(Answer{Menu: "walk", Key: key, Item: k.Name})
	}
	f.at = max(0, min(f.at, last))
}

// graphPlot is the part of a graph that has the lines in it.
func graphPlot(u *ui, r image.Rectangle) image.Rectangle {
	return image.Rect(r.Min.X+u.px(10), r.Min.Y+u.px(24), r.Max.X-u.px(10), r.Max.Y-u.px(8))
}

// stepAt is the step at a place in the graph.
func stepAt(u *ui, r image.Rectangle, n, x int) int {
	p := graphPlot(u, r)
	if n < 2 || p.Dx() <= 0 {
		return 0
	}
	return max(0, min(n-1, ((x-p.Min.X)*(n-1)*2+p.Dx())/(2*p.Dx())))
}
