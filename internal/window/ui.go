package window

import (
	"fmt"
	"image"
	"image/draw"
	"time"

	xdraw "golang.org/x/image/draw"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/window/paint"
)

func newUI(w *Window) *ui {
	u := &ui{w: w, theme: dark, write: paint.NewWriter()}
	u.looks = w.opt.Look
	if w.opt.Light || u.looks.Light {
		u.theme = light
	}
	u.write.CacheDir = w.opt.CacheDir
	u.write.Ready = func() { w.change(func(s *state) { s.fonts++ }) }
	u.faces = map[string]face{"play": &playFace{}, "projector": &projectorFace{}, "calibrate": &calibrateFace{}, "menu": &menuFace{}, "ask": &menuFace{asks: true}, "walk": &walkFace{}}
	u.shown = "play"
	u.copy = func(text string) { go w.copyOut(text) } // another program may be asked first
	return u
}

// face returns the current view.
func (u *ui) face() face {
	if u.sheet != nil {
		return u.sheet
	}
	if u.state.ask != nil {
		return u.faces["ask"]
	}
	if u.state.cal != nil {
		return u.faces["calibrate"]
	}
	if u.state.menu != nil {
		return u.faces["menu"]
	}
	if u.state.walk != nil {
		return u.faces["walk"]
	}
	return u.faces[u.shown]
}

// scene returns what is to be on the screen now.
func (u *ui) scene() scene { return u.face().scene(u) }

// wish is a request to the window itself.
type wish uint8

const (
	nothing wish = iota
	toggleFullscreen
	leave
)

// handle passes an event to the view, and does what is the same in all views.
func (u *ui) handle(e event) wish {
	if e.kind == moved || e.kind == pressed || e.kind == released || e.kind == wheeled {
		u.hover = e.at
	}
	key := e.key
	if u.sheet != nil {
		u.sheet.handle(u, e)
		return nothing
	}
	if u.state.ask != nil {
		u.faces["ask"].handle(u, e)
		return nothing
	}
	if e.kind == keyDown && key == "F1" || e.kind == typed && key == "?" && !u.claimed("?") {
		u.openHelp()
		return nothing
	}
	if e.kind == pressed { // on a button of the window's own?
		if b, ok := hit(u.buttons(), e.at); ok {
			key = b.key
		}
	}
	if (e.kind == keyDown || e.kind == pressed) && !u.claimed(key) {
		switch key {
		case "F", "F11":
			return toggleFullscreen
		case "T":
			if u.theme == dark {
				u.theme = light
			} else {
				u.theme = dark
			}
			u.keep()
			return nothing
		case "M":
			if u.w.opt.Mute != nil {
				off := !u.state.muted
				u.w.change(func(s *state) { s.muted = off })
				u.w.opt.Mute(off)
			}
			return nothing
		case "V":
			if u.state.cal == nil && u.state.menu == nil {
				if u.shown == "play" {
					u.shown = "projector"
				} else {
					u.shown = "play"
				}
			}
			return nothing
		case "C":
			if u.state.cal == nil && u.state.menu == nil && u.w.opt.Corners != nil && u.state.picture != nil {
				u.w.recalibrate()
			}
			return nothing
		}
	}
	u.face().handle(u, e)
	wants := u.wants
	u.wants = nothing
	return wants
}

// buttons returns those that are on the screen.
func (u *ui) buttons() []button {
	switch f := u.face().(type) {
	case *playFace:
		return f.keys
	case *calibrateFace:
		return f.keys
	case *menuFace:
		return f.keys
	case *walkFace:
		return f.keys
	case *sheetFace:
		return f.keys
	}
	return nil
}

// claimed reports whether the current view gives a global key a meaning of its
// own.
func (u *ui) claimed(key string) bool {
	switch m := u.state.menu; {
	case u.state.walk != nil:
		return key == "C" || key == "V"
	case u.state.cal != nil:
		return key == "C" || key == "V"
	case m == nil:
		return false
	case m.Field != "" && key != "F11" && key != "F1":
		return true
	default:
		for _, c := range m.Buttons {
			if c.Key == key {
				return true
			}
		}
	}
	return false
}

// keep keeps how the window looks.
func (u *ui) keep() {
	u.looks.Light = u.theme == light
	if u.w.opt.Keep != nil {
		u.w.opt.Keep(u.looks)
	}
}

// places lists what can be clicked.
func (u *ui) places() []Place {
	var out []Place
	for _, b := range u.buttons() {
		if b.label != "" && !b.off {
			out = append(out, Place{b.label, b.rect})
		}
	}
	switch f := u.face().(type) {
	case *menuFace:
		for k, r := range f.spots {
			out = append(out, Place{f.page(u).Items[f.first+k].Title, r})
		}
	case *playFace:
		s := u.state.snap
		if s == nil || s.Size == 0 {
			break
		}
		b := layBoard(f.laid.board, s.Size)
		point := func(what string, p board.Point) {
			x, y := b.at(p)
			out = append(out, Place{what + p.GTP(s.Size), image.Rect(int(x)-1, int(y)-1, int(x)+2, int(y)+2)})
		}
		for p := range s.Position.Points() {
			point("", p)
		}
		for _, m := range boardOf(s).Marks {
			switch m.Kind {
			case markOwed:
				point("put ", m.Point)
			case markLift:
				point("take ", m.Point)
			}
		}
	case *calibrateFace:
		if g := u.state.cal.session.Grid(); g != nil && f.at.width > 0 {
			for i, p := range g.Corners() {
				x, y := f.at.out(p)
				out = append(out, Place{fmt.Sprintf("corner %d", i+1), image.Rect(int(x), int(y), int(x)+1, int(y)+1)})
			}
		}
	}
	return out
}

// over reports whether the window should close.
func (u *ui) over(now time.Time) bool {
	return !u.state.closing.IsZero() && (u.state.leaving || now.Sub(u.state.closing) >= u.w.opt.Linger && !u.state.stay)
}

// Render draws a window of the given size into a picture, as it would look on
// the screen, without a screen: for tests and documentation. density is the
// number of pixels in a unit of the screen.
func (w *Window) Render(size image.Point, density float32) *image.RGBA {
	u := newUI(w)
	u.state, _ = w.load()
	u.resize(size, density)
	return u.render()
}

func (u *ui) render() *image.RGBA {
	u.write.OwnOnly = u.fixed
	sc := u.scene()
	out := paint.New(image.Rectangle{Max: u.size})
	if sc.black {
		out.Clear(rgb(0))
	} else {
		out.Clear(u.theme.back)
	}
	for _, p := range sc.panels {
		if !p.over {
			p.paint(out.Sub(p.rect))
		}
	}
	if sc.picture != nil {
		xdraw.ApproxBiLinear.Scale(out.Img, sc.shot, sc.picture, sc.picture.Bounds(), draw.Src, nil)
	}
	for _, p := range sc.panels {
		if p.over {
			c := paint.New(p.rect)
			p.paint(c)
			out.Picture(p.rect.Min, c.Img)
		}
	}
	return out.Img
}
