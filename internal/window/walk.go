package window

import (
	"fmt"
	"image"
	"slices"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/plain"
)

// Walk is a game that was played, to be stepped through: one line of it, with
// the ways that lead away. It is not changed any more once it is shown; what an
// engine has found out since, and another line, comes as another Walk of the
// same name.
type Walk struct {
	Name   string // of the record: a Walk of the same name keeps its step
	Line   int    // another number than before: it is another line, shown from At on
	At     int
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
	Line     string     // what the line is that the step is in; empty for the game
	Ways     []Way      // how the record goes on from here
	Own      bool       // the move was made here, and can be dropped

	Judged bool // by the engine: what follows is known
	Win    float64
	Score  float64 // points that Black is ahead
	Next   board.Point
	Words  string
}

// Way is one of the ways in which a record goes on.
type Way struct {
	Point board.Point // of the move; Pass for what has none
	Text  string      // what it is
	On    bool        // the line goes there
}

// ShowWalk shows a game to be stepped through instead of the game that is on;
// nil takes it away. The answers to it have the menu "walk": "Escape" leaves it,
// "way" wants to go on from a Step by a Way, "play" to play at a Point after it,
// "drop" the move of the Step to be gone, and "main" the game again.
func (w *Window) ShowWalk(k *Walk) {
	if k != nil {
		c := *k
		c.Title, c.Sub, c.Engine = plain.Line(k.Title), plain.Line(k.Sub), plain.Line(k.Engine)
		c.Steps = slices.Clone(k.Steps)
		for i := range c.Steps {
			s := &c.Steps[i]
			s.Comment, s.Line = plain.Text(s.Comment), plain.Line(s.Line)
			s.Ways = slices.Clone(s.Ways)
			for j := range s.Ways {
				s.Ways[j].Text = plain.Line(s.Ways[j].Text)
			}
		}
		k = &c
	}
	w.change(func(s *state) { s.walk = k })
}

// walkFace shows a Walk.
type walkFace struct {
	name    string
	line    int
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
	l.buttons = image.Rect(side.Min.X, side.Max.Y-px(34)*walkRows-px(7)*(walkRows-1), side.Max.X, side.Max.Y)
	y, h := l.title.Max.Y+gap, px(30) // of a slider
	if graph {
		h = min(px(230), max(px(90), (l.buttons.Min.Y-y)*45/100))
	}
	l.graph = image.Rect(side.Min.X, y, side.Max.X, y+h)
	y = l.graph.Max.Y + gap
	l.words = image.Rect(side.Min.X, y, side.Max.X, l.buttons.Min.Y-gap)
	return l
}

// enter starts showing k.
func (f *walkFace) enter(k *Walk) {
	if f.name != k.Name {
		*f = walkFace{name: k.Name, line: k.Line, at: 0}
		if k.Engine == "" {
			f.at = len(k.Steps) - 1 // as it ended
		}
	}
	if f.line != k.Line {
		f.line, f.at = k.Line, k.At
	}
	f.at = max(0, min(f.at, len(k.Steps)-1))
}

func (f *walkFace) scene(u *ui) scene {
	k := u.state.walk
	f.enter(k)
	graph := k.Engine != "" && !l0(k)
	l := layWalk(u, graph)
	f.laid = l
	f.keys = f.buttonsOf(u, k)
	s := &k.Steps[f.at]
	sc := scene{lay: keyOf(l)}
	sc.panels = append(sc.panels,
		panel{rect: l.title, key: keyOf(k.Title, k.Sub), paint: u.walkTitle(l.title, k)},
		panel{rect: l.words, key: keyOf(s, k.Engine, k.Alarm, f.at), paint: u.walkWords(l.words, k, f.at)},
		panel{rect: l.board, key: keyOf(k.Size, s.Board.Rows(), s.Move, s.Judged, s.Next, s.Ways, f.numbers, f.at, k.Line), paint: u.walkBoard(l.board, k, f)})
	if graph {
		sc.panels = append(sc.panels, panel{rect: l.graph, key: keyOf(f.at, judged(k), len(k.Steps), k.Swings, k.Line), paint: u.walkGraph(l.graph, k, f.at)})
	} else {
		sc.panels = append(sc.panels, panel{rect: l.graph, key: keyOf(f.at, len(k.Steps)), paint: u.walkSlider(l.graph, k, f.at)})
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

// walkRows are the rows of buttons.
const walkRows = 4

// buttonsOf lays the rows, of four each.
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
		button{label: "Colours", key: "T", cap: "T"}, button{label: "Leave", key: "Escape", cap: "Esc"},
		button{label: "Branch", key: "V", cap: "V", off: f.fork(k) < 0}, button{label: "Game", key: "G", cap: "G", off: k.Steps[f.at].Line == "" && k.Steps[last].Line == ""},
		button{label: "Drop", key: "X", cap: "X", off: !k.Steps[f.at].Own}, button{label: "Note", key: "C", cap: "C", off: f.comment(k) == f.at})
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
		if p, ok := layBoard(f.laid.board, k.Size).point(e.at); ok && e.at.In(f.laid.board) && k.Steps[f.at].Board.At(p) == board.Empty {
			u.w.answer(Answer{Menu: "walk", Key: "play", Item: k.Name, Step: f.at, Point: p})
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
	case "C":
		f.at = f.comment(k)
	case "V":
		if step := f.fork(k); step >= 0 {
			u.w.answer(Answer{Menu: "walk", Key: "way", Item: k.Name, Step: step, Way: nextWay(k.Steps[step].Ways)})
		}
	case "G":
		u.w.answer(Answer{Menu: "walk", Key: "main", Item: k.Name, Step: f.at})
	case "X":
		if k.Steps[f.at].Own {
			u.w.answer(Answer{Menu: "walk", Key: "drop", Item: k.Name, Step: f.at})
		}
	case "Escape":
		u.w.answer(Answer{Menu: "walk", Key: key, Item: k.Name})
	}
	f.at = max(0, min(f.at, last))
}

// fork is the step at which another variation can be taken: the one before, so
// that those are looked at in turn, else this one; -1 for none.
func (f *walkFace) fork(k *Walk) int {
	for _, step := range []int{f.at - 1, f.at} {
		if step >= 0 && len(k.Steps[step].Ways) > 1 {
			return step
		}
	}
	return -1
}

// nextWay is the way behind the one that the line takes.
func nextWay(ways []Way) int {
	return (slices.IndexFunc(ways, func(w Way) bool { return w.On }) + 1) % len(ways)
}

// comment is the next step that the record says something about, from the
// beginning again behind the last one; the same step for none.
func (f *walkFace) comment(k *Walk) int {
	for i := 1; i < len(k.Steps); i++ {
		if at := (f.at + i) % len(k.Steps); k.Steps[at].Comment != "" {
			return at
		}
	}
	return f.at
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
