package window

import (
	"fmt"
	"image"
	"math"
	"strings"
	"time"

	"golang.org/x/image/draw"

	"github.com/gobancam/gobancam/calibrate"
	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/window/paint"
)

// Calibration is what the calibrate view works on.
type Calibration struct {
	session *calibrate.Session
	accept  func(*calibrate.Profile) error
	inGame  bool
	back    bool // there is another camera to choose
}

// Calibrate shows the calibrate view, on a session whose Changed is set by this
// call. When the user accepts, accept is called, by the goroutine that draws; if
// it returns nil the view goes away. Pictures come by ShowPicture, in full size.
func (w *Window) Calibrate(s *calibrate.Session, accept func(*calibrate.Profile) error) {
	w.calibrate(&Calibration{session: s, accept: accept, back: w.opt.Games})
}

// CalibrationDone closes the calibrate view.
func (w *Window) CalibrationDone() { w.change(func(s *state) { s.cal = nil; s.notice = "" }) }

func (w *Window) calibrate(c *Calibration) {
	c.session.Changed = func() { w.change(func(*state) {}) }
	w.change(func(s *state) { s.cal = c })
	w.mu.Lock()
	w.room = image.Point{}
	w.mu.Unlock()
}

// recalibrate lets the user set the corners during a game.
func (w *Window) recalibrate() {
	st, _ := w.load()
	size := 0
	if st.snap != nil {
		size = st.snap.Size
	}
	p := st.picture
	s := calibrate.NewBlind("the board", p.grid, size, p.width, p.height)
	w.calibrate(&Calibration{session: s, inGame: true, accept: func(p *calibrate.Profile) error {
		w.opt.Corners(p.Grid.Corners, p.Grid.Size)
		return nil
	}})
}

// calibrateLayout is where the parts of the calibrate view are.
type calibrateLayout struct {
	camera, line, title, checks, buttons, accept image.Rectangle
}

func layCalibrate(size image.Point, scale float32) calibrateLayout {
	px := func(v float32) int { return int(v*scale + 0.5) }
	m, gap := px(16), px(12)
	var l calibrateLayout
	column := px(276)
	x := size.X - m - column
	line := px(108)
	l.camera = image.Rect(m, m, x-m, size.Y-m-line-gap)
	l.line = image.Rect(m, l.camera.Max.Y+gap, x-m, size.Y-m)
	l.title = image.Rect(x, m, size.X-m, m+px(52))
	l.accept = image.Rect(x, size.Y-m-px(48), size.X-m, size.Y-m)
	h := 5*px(33) + 4*px(7)
	l.buttons = image.Rect(x, l.accept.Min.Y-gap-h, size.X-m, l.accept.Min.Y-gap)
	l.checks = image.Rect(x, l.title.Max.Y+gap/2, size.X-m, l.buttons.Min.Y-gap)
	return l
}

// calibrateFace is the view in which the grid is set.
type calibrateFace struct {
	laid calibrateLayout
	keys []button
	at   shot
	grip grid.Pt // from the pointer to the corner that it holds
}

func (f *calibrateFace) buttonsOf(u *ui, v *calibrate.View) []button {
	px := u.px
	at := func(row, i, n int) image.Rectangle {
		r, g := f.laid.buttons, px(7)
		h := px(33)
		y := r.Min.Y + row*(h+g)
		return image.Rect(r.Min.X+(r.Dx()+g)*i/n, y, r.Min.X+(r.Dx()+g)*(i+1)/n-g, y+h)
	}
	size := 0
	if v.Grid != nil {
		size = v.Grid.Size()
	}
	none := v.Grid == nil
	again := button{rect: at(1, 1, 2), label: "Find again", key: "N", cap: "N", off: v.Width == 0}
	if none {
		again = button{rect: at(1, 1, 2), label: "By hand", key: "H", cap: "H", off: v.Width == 0}
	}
	if v.Stopped && u.state.cal.session.Retry != nil {
		again = button{rect: at(1, 1, 2), label: "Try now", key: "N", cap: "N", lead: true}
	}
	b := []button{
		{rect: at(0, 0, 3), label: "9×9", key: "9", cap: "9", on: size == 9},
		{rect: at(0, 1, 3), label: "13×13", key: "3", cap: "3", on: size == 13},
		{rect: at(0, 2, 3), label: "19×19", key: "1", cap: "1", on: size == 19},
		{rect: at(1, 0, 2), label: "Turn", key: "R", cap: "R", off: none},
		again,
		{rect: at(2, 0, 2), label: "Snap", key: "S", cap: "S", on: v.Snap},
		{rect: at(2, 1, 2), label: "Next corner", key: "Tab", cap: "Tab", off: none},
		{rect: at(3, 0, 3), label: "Undo", key: "U", cap: "U", off: !v.CanUndo},
		{rect: at(3, 1, 3), label: "Lens", key: "-", cap: "−", off: none},
		{rect: at(3, 2, 3), label: "Lens", key: "+", cap: "+", off: none},
		{rect: at(4, 0, 2), label: "Exposure", key: "E", cap: "E", on: v.Exposure.Locked, off: !v.Exposure.Offered},
		{rect: at(4, 1, 2), label: "Focus", key: "O", cap: "O", on: v.Focus.Locked, off: !v.Focus.Offered},
		{rect: f.laid.accept, label: "Accept", key: "Enter", cap: "Enter", off: none || v.Stopped, lead: v.Ready},
	}
	if u.state.cal.inGame {
		b[4] = button{rect: at(1, 1, 2), label: "Back", key: "Escape", cap: "Esc"}
	} else if u.state.cal.back {
		r := f.laid.title
		b = append(b, button{rect: image.Rect(r.Max.X-px(104), r.Min.Y-px(2), r.Max.X, r.Min.Y+px(28)), label: "Cameras", key: "Escape", cap: "Esc"})
	}
	return b
}

func (f *calibrateFace) scene(u *ui) scene {
	f.laid = layCalibrate(u.size, u.scale)
	v := u.state.cal.session.View()
	sc := scene{}
	f.camera(u, &sc, &v)
	sc.panels = append(sc.panels, f.linePanel(u, &v), f.titlePanel(u, &v), f.checksPanel(u, v.Checks))
	f.keys = f.buttonsOf(u, &v)
	for _, b := range f.keys {
		sc.panels = append(sc.panels, u.buttonPanel(b))
	}
	return sc
}

func (f *calibrateFace) camera(u *ui, sc *scene, v *calibrate.View) {
	p := u.state.picture
	r := f.laid.camera
	if p == nil {
		sc.camera(u, r, false)
		return
	}
	f.at = shot{fit(r, p.width, p.height), p.width, p.height}
	at := f.at
	sc.picture, sc.shot = p.img, at.rect
	sc.panels = append(sc.panels, panel{rect: r, key: "picture", paint: func(c *paint.Canvas) { c.Clear(u.theme.back) }})
	if v.Stopped {
		sc.panels = append(sc.panels, u.stalePanel(at.rect, "No new picture"))
		return // nor is it known where the board is by now
	}
	if v.Grid == nil {
		return
	}
	g := v.Grid
	key := keyOf(gridKey(g), g.Spec().Corners, v.Active, v.Held, v.Ready, v.Fit == nil)
	if v.Reading != nil {
		key += keyOf(v.Reading.Rows())
	}
	sc.panels = append(sc.panels, panel{rect: at.rect, key: key, over: true, paint: func(c *paint.Canvas) {
		col := u.theme.accent
		if v.Fit != nil && !v.Ready {
			col = u.theme.alarm
		}
		drawGrid(c, at, g, max(1, u.scale), paint.Alpha(col, 0.8))
		if v.Reading != nil && v.Reading.Size == g.Size() {
			drawReading(c, at, g, v.Reading, u)
		}
		f.handles(u, c, g, v.Active)
	}})
	if v.Active >= 0 {
		corner := g.Corners()[v.Active]
		lr := loupeAt(at, corner, u.px(160), u.px(24))
		sc.panels = append(sc.panels, panel{rect: lr, over: true, key: keyOf("loupe", p.number, g.Spec().Corners, v.Active), paint: func(c *paint.Canvas) {
			drawLoupe(c, lr, p, g, v.Active, u)
		}})
	}
}

// handles draws the corners, their names, and where the player sits.
func (f *calibrateFace) handles(u *ui, c *paint.Canvas, g *grid.Grid, active int) {
	t, s := u.theme, u.scale
	for i, p := range g.Corners() {
		x, y := f.at.out(p)
		r := 9 * s
		if i == active {
			r = 12 * s
		}
		c.Ring(x, y, r, 4*s, rgb(0x101214))
		c.Ring(x, y, r, 2.2*s, rgb(0xffffff))
	}
	n := float64(g.Size() - 1)
	// The side at which the position's bottom lies.
	x, y := f.at.out(g.At(n/2, n+1.6, 0))
	text, size := "You sit here", 14*s
	w := u.write.Width(paint.Medium, size, text)
	b := f.at.rect.Inset(int(4 * s))
	x = max(float32(b.Min.X)+w/2+10*s, min(x, float32(b.Max.X)-w/2-10*s))
	y = max(float32(b.Min.Y)+14*s, min(y, float32(b.Max.Y)-14*s))
	c.Round(image.Rect(int(x-w/2-10*s), int(y-12*s), int(x+w/2+10*s), int(y+12*s)), 12*s, t.accent)
	u.write.Draw(c, paint.Medium, size, x-w/2, y+size*0.35, t.onAccent, text)
}

// loupeAt places a square loupe near a corner, towards the middle of the
// picture, so that it does not hide what it shows.
func loupeAt(at shot, corner grid.Pt, side, gap int) image.Rectangle {
	x, y := at.out(corner)
	middle := at.rect.Min.Add(at.rect.Size().Div(2))
	x0, y0 := int(x)+gap, int(y)+gap
	if int(x) > middle.X {
		x0 = int(x) - gap - side
	}
	if int(y) > middle.Y {
		y0 = int(y) - gap - side
	}
	x0 = max(at.rect.Min.X, min(x0, at.rect.Max.X-side))
	y0 = max(at.rect.Min.Y, min(y0, at.rect.Max.Y-side))
	return image.Rect(x0, y0, x0+side, y0+side)
}

// loupeZoom is how many pixels of the loupe a pixel of the picture has, so that
// the loupe shows about two cells.
func loupeZoom(g *grid.Grid, corner int, side int) float64 {
	n := float64(g.Size() - 1)
	uv := [4][2]float64{{0, 0}, {n, 0}, {n, n}, {0, n}}[corner]
	return max(2, min(16, float64(side)/(2*g.Cell(uv[0], uv[1]))))
}

func drawLoupe(c *paint.Canvas, r image.Rectangle, p *picture, g *grid.Grid, corner int, u *ui) {
	t, s := u.theme, u.scale
	zoom := loupeZoom(g, corner, r.Dx())
	at := g.Corners()[corner]
	// In pixels of the copy shown, which may be smaller than the camera's picture.
	k := float64(p.img.Bounds().Dx()) / float64(p.width)
	half := float64(r.Dx()) / 2 / zoom
	cx, cy := (at.X+0.5)*k, (at.Y+0.5)*k
	src := image.Rect(int(math.Floor(cx-half*k))-1, int(math.Floor(cy-half*k))-1, int(math.Ceil(cx+half*k))+1, int(math.Ceil(cy+half*k))+1)
	c.Rect(r, rgb(0x101214))
	part := src.Intersect(p.img.Bounds())
	if !part.Empty() {
		to := func(v, mid float64, o int) int { return int(math.Round((v-mid)*zoom/k + float64(o))) }
		ox, oy := (r.Min.X+r.Max.X)/2, (r.Min.Y+r.Max.Y)/2
		dst := image.Rect(to(float64(part.Min.X), cx, ox), to(float64(part.Min.Y), cy, oy), to(float64(part.Max.X), cx, ox), to(float64(part.Max.Y), cy, oy))
		draw.ApproxBiLinear.Scale(c.Img, dst, p.img, part, draw.Src, nil)
	}
	// The outermost lines that meet here.
	mx, my := float32(r.Min.X+r.Max.X)/2, float32(r.Min.Y+r.Max.Y)/2
	n := float64(g.Size() - 1)
	uv := [4][2]float64{{0, 0}, {n, 0}, {n, n}, {0, n}}[corner]
	line := func(u1, v1 float64) {
		q := g.At(u1, v1, 0)
		c.Line(mx, my, mx+float32((q.X-at.X)*zoom), my+float32((q.Y-at.Y)*zoom), 1.5*s, paint.Alpha(t.accent, 0.9))
	}
	in := func(a float64) float64 { return math.Abs(a - 1.2) }
	if uv[0] == 0 {
		line(1.2, uv[1])
	} else {
		line(n-1.2, uv[1])
	}
	if uv[1] == 0 {
		line(uv[0], in(0))
	} else {
		line(uv[0], n-1.2)
	}
	c.Ring(mx, my, 7*s, 1.5*s, rgb(0xffffff))
	c.Frame(r, 0, 2*s, t.accent)
	text := fmt.Sprintf("%.1f, %.1f", at.X, at.Y)
	size := 12 * s
	c.Rect(image.Rect(r.Min.X, r.Max.Y-int(20*s), r.Max.X, r.Max.Y), paint.Alpha(rgb(0), 0.6))
	u.write.Draw(c, paint.Regular, size, float32(r.Min.X)+8*s, float32(r.Max.Y)-6*s, rgb(0xffffff), text)
}

func (f *calibrateFace) linePanel(u *ui, v *calibrate.View) panel {
	r, text, ready, notice, alarm := f.laid.line, v.Text, v.Ready, u.state.notice, u.state.alarm
	return panel{rect: r, key: keyOf(text, ready, notice, alarm), paint: func(c *paint.Canvas) {
		t, s := u.theme, u.scale
		c.Clear(t.back)
		c.Round(r, 10*s, t.surface)
		edge := t.border
		if ready {
			edge = t.accent
		}
		c.Frame(r, 10*s, 2*s, edge)
		l := u.layLine(r, text, notice)
		y := float32(r.Min.Y) + 12*s
		if len(l.notice) == 0 {
			y = float32(r.Min.Y) + (float32(r.Dy())-float32(len(l.text))*l.size*1.25)/2
		}
		for _, line := range l.text {
			u.write.Draw(c, paint.Medium, l.size, float32(r.Min.X)+16*s, y+l.size*0.85, t.text, line)
			y += l.size * 1.25
		}
		y = float32(r.Max.Y) - 12*s - float32(len(l.notice))*far*s*1.25
		for _, line := range l.notice {
			u.write.Draw(c, paint.Regular, far*s, float32(r.Min.X)+16*s, y+far*s*0.9, pick(alarm, t.alarm, t.dim), line)
			y += far * s * 1.25
		}
	}}
}

func (f *calibrateFace) titlePanel(u *ui, v *calibrate.View) panel {
	r := f.laid.title
	camera := strings.ToUpper(v.Title[:1]) + v.Title[1:]
	switch {
	case u.state.cal.inGame:
		camera = "The game goes on"
	case v.Width > 0:
		camera = fmt.Sprintf("%d×%d · %s", v.Width, v.Height, v.Title)
	}
	return panel{rect: r, key: camera, paint: func(c *paint.Canvas) {
		t, s := u.theme, u.scale
		c.Clear(t.back)
		x, y := float32(r.Min.X), float32(r.Min.Y)
		u.write.Draw(c, paint.Bold, 22*s, x, y+22*s, t.text, "Calibrate")
		u.write.Draw(c, paint.Regular, 13*s, x, y+44*s, t.dim, u.write.Fit(paint.Regular, 13*s, float32(r.Dx()), camera))
	}}
}

func (f *calibrateFace) checksPanel(u *ui, checks []calibrate.Check) panel {
	r := f.laid.checks
	return panel{rect: r, key: keyOf(checks), paint: func(c *paint.Canvas) {
		t, s := u.theme, u.scale
		c.Clear(t.back)
		x, y := float32(r.Min.X), float32(r.Min.Y)
		size, long := u.layChecks(r, checks)
		for i, k := range checks {
			my := y + 0.77*size
			switch k.Verdict { // by shape, too
			case calibrate.Good:
				c.Circle(x+7*s, my, 5*s, t.good)
			case calibrate.Poor:
				c.Fill(new(paint.Path).Move(x+7*s, my-6*s).Line(x+13.5*s, my+5.5*s).Line(x+0.5*s, my+5.5*s).Close(), t.accent)
			default:
				c.Cross(x+7*s, my, 4.5*s, 2.5*s, t.alarm)
			}
			end := x + 22*s + u.write.Draw(c, paint.Medium, size+s, x+22*s, y+1.15*size, t.text, k.Name)
			if len(long[i]) == 0 { // beside its name
				u.write.Draw(c, paint.Regular, size, end+8*s, y+1.15*size, t.dim, u.write.Fit(paint.Regular, size, float32(r.Max.X)-end-8*s, k.Text))
			}
			y += 1.54 * size
			for _, l := range long[i] {
				u.write.Draw(c, paint.Regular, size, x+22*s, y+0.92*size, t.dim, l)
				y += 1.23 * size
			}
			y += 0.31 * size
		}
	}}
}

// layChecks returns the size of the checks' letters, and the lines of each below
// its name, none for one that stands beside it. In a small window that is what
// is good, and then all of them.
func (u *ui) layChecks(r image.Rectangle, checks []calibrate.Check) (size float32, lines [][]string) {
	s := u.scale
	for _, try := range []struct {
		size float32
		n    [3]int // lines by verdict
	}{{14, [3]int{2, 3, 3}}, {13, [3]int{2, 3, 3}}, {smallest, [3]int{2, 3, 3}}, {13, [3]int{0, 3, 3}}, {smallest, [3]int{0, 3, 3}}, {smallest, [3]int{0, 2, 2}},
		{smallest, [3]int{0, 1, 2}}, {smallest, [3]int{0, 0, 2}}, {smallest, [3]int{}}} {
		size, lines = try.size*s, make([][]string, len(checks))
		height := float32(0)
		for i, k := range checks {
			if n := try.n[k.Verdict]; n > 0 {
				lines[i] = u.write.Wrap(paint.Regular, size, float32(r.Dx())-22*s, n, k.Text)
			}
			height += 1.85*size + float32(len(lines[i]))*1.23*size
		}
		if height <= float32(r.Dy()) {
			break
		}
	}
	return size, lines
}

// reach is the distance within which a click grabs a corner.
func (f *calibrateFace) reach(u *ui) float64 { return float64(26*u.scale) / float64(f.at.scale()) }

func (f *calibrateFace) handle(u *ui, e event) {
	s := u.state.cal.session
	switch e.kind {
	case pressed:
		if b, ok := hit(f.keys, e.at); ok {
			f.key(u, b.key, false)
			return
		}
		if f.at.width == 0 || s.View().Stopped || !e.at.In(f.at.rect.Inset(-u.px(16))) {
			return
		}
		p := f.at.in(e.at)
		if s.Grab(p, f.reach(u)) {
			v := s.View()
			f.grip = v.Grid.Corners()[v.Active].Sub(p)
		}
	case moved:
		if f.at.width != 0 {
			s.Drag(f.at.in(e.at).Add(f.grip))
		}
	case released:
		s.Drop()
	case keyDown:
		f.key(u, e.key, e.shift)
	}
}

func (f *calibrateFace) key(u *ui, key string, shift bool) {
	cal := u.state.cal
	s := cal.session
	step := 0.1
	if shift {
		step = 1
	}
	switch key {
	case "ArrowLeft":
		s.Nudge(-step, 0)
	case "ArrowRight":
		s.Nudge(step, 0)
	case "ArrowUp":
		s.Nudge(0, -step)
	case "ArrowDown":
		s.Nudge(0, step)
	case "Tab":
		a := s.View().Active + 1
		if a > 3 {
			a = -1
		}
		s.Choose(a)
		v := s.View()
		u.say(cornerWords(&v))
	case "9":
		s.SetSize(9)
	case "3":
		s.SetSize(13)
	case "1":
		s.SetSize(19)
	case "R":
		s.Turn(1)
		u.say("Turned a quarter.")
	case "S":
		s.ToggleSnap()
		u.say(map[bool]string{true: "Corners snap.", false: "Corners do not snap."}[s.View().Snap])
	case "U":
		s.Undo()
	case "+", "-":
		s.Lens(map[string]float64{"+": 0.005, "-": -0.005}[key])
		if g := s.Grid(); g != nil {
			u.say(fmt.Sprintf("Lens term %.3f.", g.Spec().K1))
		}
	case "E":
		u.lock(s, "exposure", s.View().Exposure, s.LockExposure)
	case "O":
		u.lock(s, "focus", s.View().Focus, s.LockFocus)
	case "N":
		if s.View().Stopped && s.Retry != nil {
			s.Retry()
			u.tell("Trying the camera now.")
			return
		}
		s.Again()
	case "H":
		if s.View().Grid == nil {
			s.ByHand()
		}
	case "Enter":
		u.accept(cal)
	case "Escape":
		switch {
		case cal.inGame:
			u.w.CalibrationDone()
		case s.View().Active >= 0:
			s.Choose(-1)
		case cal.back:
			u.w.answer(Answer{Menu: "calibrate", Key: key})
		}
	}
}

// accept keeps the grid as it is, if it is of a board that is seen.
func (u *ui) accept(cal *Calibration) {
	s := cal.session
	if s.View().Stopped {
		u.tell("The picture is old: the board may lie elsewhere by now. Accept it when the camera shows it again.")
		return
	}
	p, err := s.Accept(time.Now())
	if err == nil {
		err = cal.accept(p)
	}
	if err != nil {
		u.w.alarm(err.Error())
		u.say(err.Error())
		return
	}
	u.w.CalibrationDone()
}

// lock switches one of the camera's automatics off at its present value, or on
// again.
func (u *ui) lock(s *calibrate.Session, what string, now calibrate.Control, toggle func()) {
	switch {
	case !now.Offered:
		u.tell("This camera's driver cannot lock the " + what + ".")
		return
	case now.Locked:
		u.tell("Auto " + what + " is on.")
	default:
		u.tell("The " + what + " stays as it is now; Accept keeps it for the next start.")
	}
	toggle()
}
