package window

import (
	"fmt"
	"image"
	"strings"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/window/paint"
)

// playLayout is where the parts of the play view are.
type playLayout struct {
	camera, lights, line, buttons image.Rectangle
	count, columns                int // of buttons
	top, board, bottom            image.Rectangle
}

// layPlay divides the window: the board as large as it can be, the camera and
// the words beside it, or below it in a window that is higher than wide.
func layPlay(size image.Point, scale float32, buttons int) playLayout {
	px := func(v float32) int { return int(v*scale + 0.5) }
	m, gap, strip := px(16), px(12), px(64)
	l := playLayout{count: buttons}
	if size.X*10 >= size.Y*11 {
		side := min(size.Y-2*m-2*strip-2*gap, (size.X-3*m)*58/100)
		x1 := size.X - m
		x0 := x1 - side
		y := (size.Y - side - 2*strip - 2*gap) / 2
		l.top = image.Rect(x0, y, x1, y+strip)
		l.board = image.Rect(x0, y+strip+gap, x1, y+strip+gap+side)
		l.bottom = image.Rect(x0, l.board.Max.Y+gap, x1, l.board.Max.Y+gap+strip)
		left := image.Rect(m, m, x0-m, size.Y-m)
		l.words(left, px, left.Dx())
		return l
	}
	side := min(size.X-2*m, size.Y*58/100-2*strip)
	x0 := (size.X - side) / 2
	l.top = image.Rect(x0, m, x0+side, m+strip)
	l.board = image.Rect(x0, m+strip+gap, x0+side, m+strip+gap+side)
	l.bottom = image.Rect(x0, l.board.Max.Y+gap, x0+side, l.board.Max.Y+gap+strip)
	below := image.Rect(m, l.bottom.Max.Y+gap, size.X-m, size.Y-m)
	half := (below.Dx() - m) / 2
	l.words(image.Rect(below.Min.X+half+m, below.Min.Y, below.Max.X, below.Max.Y), px, 0)
	l.camera = image.Rect(below.Min.X, below.Min.Y, below.Min.X+half, below.Max.Y)
	return l
}

// words stacks camera, lights, state and buttons in a column; camera 0 leaves
// the camera out.
func (l *playLayout) words(r image.Rectangle, px func(float32) int, camera int) {
	y := r.Min.Y
	gap := px(12)
	l.columns = max(3, min(6, r.Dx()/px(112)))
	rows := (l.count + l.columns - 1) / l.columns
	buttons := rows*px(34) + (rows-1)*px(7)
	if camera > 0 {
		h := min(camera*3/4, r.Dy()-px(28)-px(120)-buttons-3*gap)
		l.camera = image.Rect(r.Min.X, y, r.Max.X, y+h)
		y += h + gap
	}
	l.lights = image.Rect(r.Min.X, y, r.Max.X, y+px(28))
	l.buttons = image.Rect(r.Min.X, r.Max.Y-buttons, r.Max.X, r.Max.Y)
	l.line = image.Rect(r.Min.X, l.lights.Max.Y+gap/2, r.Max.X, l.buttons.Min.Y-gap)
}

// allButtons is how many buttons the play view has at most.
func (o *Options) allButtons() int {
	n := 9
	for _, more := range []bool{o.Corners != nil, o.Mute != nil, o.Games} {
		if more {
			n++
		}
	}
	return n
}

// cells divides r into a table, row by row.
func cells(r image.Rectangle, rows, columns, gap int) []image.Rectangle {
	var out []image.Rectangle
	h := (r.Dy() - (rows-1)*gap) / rows
	for y := range rows {
		for x := range columns {
			x0 := r.Min.X + (r.Dx()+gap)*x/columns
			x1 := r.Min.X + (r.Dx()+gap)*(x+1)/columns - gap
			out = append(out, image.Rect(x0, r.Min.Y+y*(h+gap), x1, r.Min.Y+y*(h+gap)+h))
		}
	}
	return out
}

// boardOf says what is to be drawn of a snapshot: the server's position, and
// what is to be done about it on the wood.
func boardOf(s *match.Snapshot) position {
	p := position{Size: s.Size, Board: s.Position}
	put := func(kind markKind, color board.Color, pt board.Point, part float64) {
		if pt.On(s.Size) {
			p.Marks = append(p.Marks, mark{kind, color, pt, part})
		}
	}
	if s.HasLast && s.Phase != match.Removal {
		put(markLast, s.Last.Color, s.Last.Point, 0)
	}
	for _, d := range s.Dead {
		put(markDead, board.Empty, d, 0)
	}
	for _, st := range s.Missing {
		put(markMissing, st.Color, st.Point, 0)
	}
	for _, st := range s.Unexpected {
		put(markWrong, st.Color, st.Point, 0)
	}
	for _, st := range s.Prisoners {
		put(markLift, st.Color, st.Point, 0)
	}
	for _, st := range s.TakeBack {
		put(markLift, st.Color, st.Point, 0)
	}
	for _, st := range s.Owed {
		put(markOwed, st.Color, st.Point, 0)
	}
	if m := s.Misplaced; m != nil {
		put(markWrong, m.Stone.Color, m.Actual, 0)
	}
	switch {
	case s.Pending != nil:
		put(markPending, s.Pending.Move.Color, s.Pending.Move.Point, 0)
	case s.Candidate != nil && s.Phase == match.Play:
		put(markTrial, s.Candidate.Move.Color, s.Candidate.Move.Point, float64(int(s.Candidate.Held*8))/8)
	}
	return p
}

// playFace is the view of a game.
type playFace struct {
	armed  string // the key that must come once more
	until  time.Time
	cursor board.Point // of the arrow keys, in stone removal
	aims   bool        // it is shown
	laid   playLayout
	keys   []button
}

// sure is how long a key that must come twice may take.
const sure = 4 * time.Second

// question returns the first open one.
func question(s *match.Snapshot) (match.Question, bool) {
	if s == nil || len(s.Questions) == 0 {
		return match.Question{}, false
	}
	return s.Questions[0], true
}

func (f *playFace) cells(u *ui) []image.Rectangle {
	n := f.laid.columns
	return cells(f.laid.buttons, (f.laid.count+n-1)/n, n, u.px(7))
}

// buttonsOf lists what can be done now.
func (f *playFace) buttonsOf(u *ui) []button {
	s := u.state.snap
	at := f.cells(u)
	playing := s != nil && s.Phase == match.Play && s.Result == nil
	online := playing && s.Online
	removal := s != nil && s.Phase == match.Removal && s.Result == nil
	b := make([]button, 0, len(at))
	add := func(x button) {
		if len(b) < len(at) {
			x.rect = at[len(b)]
			b = append(b, x)
		}
	}
	if q, ok := question(s); ok {
		yes, no := "Yes", "No"
		switch q.Kind {
		case match.AskResign:
			yes, no = "Resign", "Play on"
		case match.AskUndo:
			yes, no = "Agree", "Refuse"
		case match.AskMove:
			yes, no = "Play it", "It is none"
		case match.AskPass:
			yes, no = "Pass", "Play"
		case match.AskTakeBack:
			yes, no = "Take back", "No"
		case match.AskThere:
			yes, no = "It is there", "No"
		case match.AskHandicap:
			yes, no = "Take them", "No"
		}
		add(button{label: yes, key: "Enter", cap: "Enter", lead: true})
		add(button{label: no, key: "Escape", cap: "Esc"})
	} else if removal {
		mine := s.Me != board.Empty && s.Accepted[s.Me-1]
		add(button{label: "Agree", key: "A", cap: "A", lead: !mine, off: mine})
		add(button{label: "Play on", key: "O", cap: "O"})
		add(button{label: "Suggest", key: "E", cap: "E"})
	} else if s != nil && s.Result != nil {
		label := "Close"
		if u.w.opt.Games {
			label = "Games"
		}
		add(button{label: label, key: "Q", cap: "Q", lead: true})
	} else {
		label := "Pass"
		if f.armed == "P" {
			label = "Really pass?"
		}
		add(button{label: label, key: "P", cap: "P", off: !online || !s.MyTurn, lead: f.armed == "P"})
		undo := button{label: "Undo", key: "U", cap: "U", off: !online || s.Number == 0}
		if playing && s.Undo != nil && s.Undo.By == s.Me && s.Me != board.Empty {
			undo.label = "Keep move"
		}
		add(undo)
		pause := button{label: "Pause", key: "Space", cap: "Space", off: !online}
		if playing && s.Paused != nil {
			pause.label, pause.lead = "Go on", true
		}
		add(pause)
	}
	for len(b) < 3 {
		b = append(b, button{off: true}) // what does not change stays in its place
	}
	q, asked := question(s)
	add(button{label: "Resign", key: "R", cap: "R", off: !(online || removal && s.Online) || asked && q.Kind == match.AskResign})
	add(button{label: "Look anew", key: "L", cap: "L", off: !playing})
	right := button{label: "All is right", key: "B", cap: "B", off: !playing || len(s.Unexpected)+len(s.Missing) == 0 && s.Misplaced == nil}
	if asked && q.Kind == match.AskTakeBack {
		right.label, right.off = "It is there", false
	}
	add(right)
	if u.w.opt.Corners != nil {
		add(button{label: "Corners", key: "C", cap: "C", off: u.state.picture == nil})
	}
	add(button{label: "Projector", key: "V", cap: "V", off: s == nil || s.Size == 0})
	if u.w.opt.Mute != nil {
		label := "Mute"
		if u.state.muted {
			label = "Sound on"
		}
		add(button{label: label, key: "M", cap: "M", on: u.state.muted})
	}
	add(button{label: map[bool]string{true: "Light", false: "Dark"}[u.theme == dark], key: "T", cap: "T"})
	add(button{label: "Fullscreen", key: "F", cap: "F"})
	if u.w.opt.Games && (s == nil || s.Result == nil) {
		add(button{label: "Games", key: "G", cap: "G"})
	}
	return b
}

func (f *playFace) scene(u *ui) scene {
	f.laid = layPlay(u.size, u.scale, u.w.opt.allButtons())
	if !f.until.IsZero() && time.Now().After(f.until) {
		f.armed, f.until = "", time.Time{}
	}
	s := u.state.snap
	sc := scene{}
	sc.camera(u, f.laid.camera, true)
	if s == nil {
		s = &match.Snapshot{State: match.StateStarting, Text: "Starting.", Frame: -1}
	}
	sc.panels = append(sc.panels, u.lightsPanel(f.laid.lights, s), u.linePanel(f.laid.line, s))
	f.keys = f.buttonsOf(u)
	for _, b := range f.keys {
		if b.label != "" {
			sc.panels = append(sc.panels, u.buttonPanel(b))
		}
	}
	for i, r := range f.cells(u) { // what was there before goes away
		if i >= len(f.keys) || f.keys[i].label == "" {
			sc.panels = append(sc.panels, panel{rect: r, key: "blank", paint: func(c *paint.Canvas) { c.Clear(u.theme.back) }})
		}
	}

	below, above := 0, 1 // black at the bottom, unless white is mine
	if s.Me == board.White {
		below, above = 1, 0
	}
	sc.panels = append(sc.panels, u.playerPanel(f.laid.top, s, above), u.playerPanel(f.laid.bottom, s, below))
	p := position{Size: 19, Board: board.NewPosition(19)}
	if s.Size > 0 {
		p = boardOf(s)
	}
	if f.aims && s.Phase == match.Removal {
		p.Marks = append(p.Marks, mark{Kind: markCursor, Point: f.cursor})
	}
	sc.panels = append(sc.panels, panel{rect: f.laid.board, key: keyOf(p.Size, p.Board.Rows(), p.Marks), paint: func(c *paint.Canvas) {
		c.Clear(u.theme.back)
		u.goban.draw(c, f.laid.board, u, p)
	}})
	return sc
}

func (f *playFace) handle(u *ui, e event) {
	switch e.kind {
	case pressed:
		if b, ok := hit(f.keys, e.at); ok {
			f.key(u, b.key)
			return
		}
		s := u.state.snap
		if s == nil || s.Size == 0 || !e.at.In(f.laid.board) {
			return
		}
		p, ok := layBoard(f.laid.board, s.Size).point(e.at)
		switch {
		case !ok:
		case s.Phase == match.Removal:
			f.aims = false
			u.w.do(match.Command{Kind: match.CmdMark, Points: []board.Point{p}})
		case s.Phase == match.Play && u.w.opt.Point != nil:
			u.w.opt.Point(p)
		}
	case keyDown:
		f.key(u, e.key)
	}
}

// key does what a key stands for.
func (f *playFace) key(u *ui, key string) {
	s := u.state.snap
	if key != f.armed {
		f.armed, f.until = "", time.Time{}
	}
	simple := func(k match.CommandKind) { u.w.do(match.Command{Kind: k}) }
	switch key {
	case "Enter", "Y":
		if q, ok := question(s); ok {
			u.w.do(match.Command{Kind: match.CmdAccept, Question: q.ID})
		} else if f.aims && s != nil && s.Phase == match.Removal {
			u.w.do(match.Command{Kind: match.CmdMark, Points: []board.Point{f.cursor}})
		}
	case "Escape", "N":
		if q, ok := question(s); ok {
			u.w.do(match.Command{Kind: match.CmdDeny, Question: q.ID})
		}
	case "P":
		if s == nil || !s.MyTurn || !s.Online {
			u.tell("You can pass when it is your turn.")
			return
		}
		if f.armed != "P" {
			f.armed, f.until = "P", time.Now().Add(sure)
			u.tell("Press P once more to pass.")
			return
		}
		f.armed = ""
		simple(match.CmdPass)
	case "R":
		simple(match.CmdResign)
	case "U":
		if s != nil && s.Undo != nil && s.Me != board.Empty && s.Undo.By == s.Me {
			simple(match.CmdCancelUndo)
		} else {
			simple(match.CmdUndo)
		}
	case "Space":
		switch {
		case s == nil:
		case s.Phase == match.Removal && f.aims:
			u.w.do(match.Command{Kind: match.CmdMark, Points: []board.Point{f.cursor}})
		case s.Paused != nil:
			simple(match.CmdResume)
		default:
			simple(match.CmdPause)
		}
	case "A":
		if s != nil && s.Phase == match.Removal {
			simple(match.CmdAcceptScore)
		} else if q, ok := question(s); ok {
			u.w.do(match.Command{Kind: match.CmdAccept, Question: q.ID})
		}
	case "O":
		if s != nil && s.Phase == match.Removal {
			simple(match.CmdRejectScore)
		}
	case "E":
		f.suggest(u)
	case "L":
		simple(match.CmdLook)
	case "K":
		simple(match.CmdBoard)
	case "S":
		if u.w.opt.Again != nil {
			u.w.opt.Again()
		}
	case "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown":
		if f.aim(s, key) {
			u.say(pointWords(s, f.cursor))
		}
	case "B":
		// Asked whether to take back a stone that is missing, one may say that
		// it is there: the other stone is then decided about.
		if q, ok := question(s); ok && q.Kind == match.AskTakeBack {
			simple(match.CmdThere)
		} else {
			simple(match.CmdTrust)
		}
	case "I":
		if s != nil {
			u.say(statusWords(s, u.state.snapAt))
		}
	case "G":
		if u.w.opt.Games {
			u.tell("Leaving the game: what is on its way is being settled.")
			simple(match.CmdQuit)
		}
	case "Q":
		switch {
		case s != nil && s.Result == nil:
		case u.w.opt.Games:
			u.w.answer(Answer{Menu: "play", Key: key})
		default:
			u.w.leave()
		}
	}
}

// aim moves the cursor of the arrow keys, and reports whether there is one.
func (f *playFace) aim(s *match.Snapshot, key string) bool {
	if s == nil || s.Phase != match.Removal || s.Size == 0 {
		return false
	}
	if !f.aims {
		f.aims = true
		f.cursor = board.Point{X: int8(s.Size / 2), Y: int8(s.Size / 2)}
		return true
	}
	d := map[string][2]int8{"ArrowLeft": {-1, 0}, "ArrowRight": {1, 0}, "ArrowUp": {0, -1}, "ArrowDown": {0, 1}}[key]
	if p := (board.Point{X: f.cursor.X + d[0], Y: f.cursor.Y + d[1]}); p.On(s.Size) {
		f.cursor = p
	}
	return true
}

// suggest marks what looks dead and is not marked.
func (f *playFace) suggest(u *ui) {
	s := u.state.snap
	if s == nil || s.Phase != match.Removal {
		return
	}
	w := u.w
	go func() { // it takes a moment
		if points := suggestion(s); len(points) > 0 {
			w.do(match.Command{Kind: match.CmdMark, Points: points})
		} else {
			w.Notice("Nothing more looks dead.")
			if w.opt.Say != nil {
				w.opt.Say("Nothing more looks dead.")
			}
		}
	}()
}

// suggestion returns one point of each chain that looks dead and is not marked.
func suggestion(s *match.Snapshot) []board.Point {
	dead := board.EstimateDead(s.Position)
	dead = dead.Minus(board.SetOf(s.Dead...))
	var out []board.Point
	for !dead.IsEmpty() {
		p := dead.Points()[0]
		chain, _ := s.Position.Chain(p)
		dead = dead.Minus(chain)
		dead.Remove(p)
		out = append(out, p)
	}
	return out
}

// ---- The parts ----

// light is a sign that something works, or does not: filled or crossed, so
// that it can be told without its colour.
type lamp struct {
	Text string
	OK   bool
	Off  bool // neither
}

func lampsOf(s *match.Snapshot, muted bool) []lamp {
	server := lamp{"Online", true, false}
	if !s.Online {
		server = lamp{"Offline", false, s.State == match.StateStarting}
	}
	eyes := lamp{"Sees the board", true, false}
	switch {
	case s.Frame < 0:
		eyes = lamp{"Camera", false, true}
	case !s.Camera:
		eyes = lamp{"No camera", false, false}
	case !s.Locked:
		eyes = lamp{"Looks for the board", false, false}
	case s.Covered > 0.02:
		eyes = lamp{"Board covered", false, true}
	}
	lamps := []lamp{server, eyes}
	if muted {
		lamps = append(lamps, lamp{"Muted", false, true})
	}
	return lamps
}

func (u *ui) lightsPanel(r image.Rectangle, s *match.Snapshot) panel {
	lamps := lampsOf(s, u.state.muted)
	where := ""
	if s.Size > 0 {
		where = fmt.Sprintf("Move %d", s.Number)
		if s.Phase == match.Removal {
			where = "Scoring"
		}
	}
	return panel{rect: r, key: keyOf(lamps, where), paint: func(c *paint.Canvas) {
		c.Clear(u.theme.back)
		u.lamps(c, r, lamps, where)
	}}
}

func (u *ui) lamps(c *paint.Canvas, r image.Rectangle, lamps []lamp, right string) {
	t, s := u.theme, u.scale
	x, y := float32(r.Min.X), float32(r.Min.Y+r.Dy()/2)
	size := 14 * s
	end := float32(r.Max.X) - u.write.Width(paint.Regular, size, right)
	u.write.Draw(c, paint.Regular, size, end, y+size*0.36, t.dim, right)
	for _, l := range lamps {
		u.lamp(c, x+6*s, y, l)
		x += 18 * s
		x += u.write.Draw(c, paint.Regular, size, x, y+size*0.36, t.text, u.write.Fit(paint.Regular, size, max(20*s, end-x-8*s), l.Text)) + 16*s
	}
}

func (u *ui) lamp(c *paint.Canvas, x, y float32, l lamp) {
	t, s := u.theme, u.scale
	switch {
	case l.OK:
		c.Circle(x, y, 5.5*s, t.good)
	case l.Off:
		c.Ring(x, y, 4.5*s, 2*s, t.dim)
	default:
		c.Cross(x, y, 4.5*s, 2.5*s, t.alarm)
	}
}

// wrong are the states in which something is not as it should be.
func wrong(s match.State) bool {
	switch s {
	case match.StateConnectionLost, match.StateCameraLost, match.StateBoardMoved, match.StateMisplaced, match.StateMissing, match.StateUnexpected:
		return true
	}
	return false
}

// wanting are the states in which the player is to do something.
func wanting(s match.State) bool {
	switch s {
	case match.StateYourTurn, match.StateOwed, match.StateSetup, match.StateTakeBack, match.StateUndoAsked, match.StatePrisoners, match.StateRemoval:
		return true
	}
	return wrong(s)
}

func (u *ui) linePanel(r image.Rectangle, s *match.Snapshot) panel {
	q, asks := question(s)
	text := s.Text
	if asks {
		text = q.Text
	}
	notice, alarm := u.state.notice, u.state.alarm
	if u.state.leaving && u.state.closing.IsZero() {
		notice = "Leaving: what is on its way is being settled."
	}
	if notice == "" && s.State == match.StateOwed && !asks {
		notice = "Put it on your board."
	}
	if notice == text {
		notice = ""
	}
	return panel{rect: r, key: keyOf(text, asks, notice, alarm, s.State), paint: func(c *paint.Canvas) {
		t, sc := u.theme, u.scale
		c.Clear(t.back)
		c.Round(r, 10*sc, t.surface)
		edge := t.border
		switch {
		case asks || wanting(s.State) && !wrong(s.State):
			edge = t.accent
		case wrong(s.State):
			edge = t.alarm
		}
		c.Frame(r, 10*sc, 2*sc, edge)
		pad := 16 * sc
		x, width := float32(r.Min.X)+pad, float32(r.Dx())-2*pad
		y := float32(r.Min.Y) + pad
		// The sentence as large as it fits in the room that a notice leaves.
		size, lines := 26*sc, []string(nil)
		room := float32(r.Dy()) - 2*pad
		if notice != "" {
			room -= 40 * sc
		}
		for ; size > 15*sc; size -= sc {
			lines = u.write.Wrap(paint.Medium, size, width, 6, text)
			if float32(len(lines))*size*1.25 <= room {
				break
			}
		}
		for _, l := range lines {
			u.write.Draw(c, paint.Medium, size, x, y+size*0.85, t.text, l)
			y += size * 1.25
		}
		if notice != "" {
			col := t.dim
			if alarm {
				col = t.alarm
			}
			small := 14 * sc
			ls := u.write.Wrap(paint.Regular, small, width, 2, notice)
			y = float32(r.Max.Y) - pad - float32(len(ls)-1)*small*1.3
			for _, l := range ls {
				u.write.Draw(c, paint.Regular, small, x, y, col, l)
				y += small * 1.3
			}
		}
	}}
}

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

func (u *ui) playerPanel(r image.Rectangle, s *match.Snapshot, i int) panel {
	color := board.Color(i + 1)
	name, rank := u.playerName(s, i), s.Players[i].Rank
	age := time.Duration(0)
	if !u.state.snapAt.IsZero() && s.Result == nil && s.Paused == nil {
		age = time.Since(u.state.snapAt)
	}
	clock, spare := readClock(s.Clocks[i], age)
	turn := s.Phase == match.Play && s.ToMove == color && s.Result == nil
	low := turn && s.Clocks[i].Running && s.Clocks[i].Left > 0 && s.Clocks[i].Left-age < 30*time.Second
	won := s.Result != nil && s.Result.Winner == color
	var notes []string
	if n := s.Captures[i]; n > 0 {
		notes = append(notes, fmt.Sprintf("%d captured", n))
	}
	switch {
	case i == 1 && s.Komi != 0:
		notes = append(notes, fmt.Sprintf("komi %g", s.Komi))
	case i == 0 && s.Handicap > 0:
		notes = append(notes, fmt.Sprintf("handicap %d", s.Handicap))
	}
	if s.Phase == match.Removal && s.Accepted[i] && s.Result == nil {
		notes = append(notes, "agrees")
	}
	if won {
		notes = append([]string{"won " + s.Result.Text}, notes...)
	}
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
				w := u.write.Width(paint.Regular, 15*sc, spare)
				u.write.Draw(c, paint.Regular, 15*sc, end-w, mid+size*0.36, t.dim, spare)
				end -= w + 8*sc
			}
			w := u.write.Width(paint.Bold, size, clock)
			u.write.Draw(c, paint.Bold, size, end-w, mid+size*0.36, col, clock)
			end -= w + 12*sc
		}
		x := float32(r.Min.X) + 14*sc + 2*sr + 12*sc
		full := name
		size := 18 * sc
		y := mid - 3*sc
		line := strings.Join(notes, " · ")
		if line == "" {
			y = mid + size*0.36
		}
		rw := float32(0)
		if rank != "" {
			rw = u.write.Width(paint.Regular, 15*sc, rank) + 8*sc
		}
		x2 := x + u.write.Draw(c, paint.Medium, size, x, y, t.text, u.write.Fit(paint.Medium, size, end-x-rw, full))
		if rank != "" {
			u.write.Draw(c, paint.Regular, 15*sc, x2+8*sc, y, t.dim, rank)
		}
		u.write.Draw(c, paint.Regular, 14*sc, x, mid+17*sc, t.dim, u.write.Fit(paint.Regular, 14*sc, end-x, line))
	}}
}
