package window

import (
	"image"

	"github.com/gobancam/gobancam/internal/window/paint"
)

// panel is a part of the screen that is painted anew when its key changes, and
// only then.
type panel struct {
	rect  image.Rectangle
	key   string // all that the painting depends on, besides theme and scale
	over  bool   // transparent, above the camera's picture
	paint func(*paint.Canvas)
}

// scene is everything on the screen.
type scene struct {
	panels []panel
	// picture is the camera's, scaled into shot and covered by panels that
	// are over it; nil for none.
	picture *image.RGBA
	shot    image.Rectangle
	black   bool   // nothing but black behind the panels
	lay     string // when it changes, panels are elsewhere and all is painted anew
}

// button is a place to click that does what a key does.
type button struct {
	rect  image.Rectangle
	label string
	key   string // the key that does the same, as it is called in events
	cap   string // as it is written on the button
	off   bool
	lead  bool // the one thing to do
	on    bool // of a switch
	focus bool // Enter presses it
}

// hit returns the button at p.
func hit(buttons []button, p image.Point) (button, bool) {
	for _, b := range buttons {
		if !b.off && p.In(b.rect) {
			return b, true
		}
	}
	return button{}, false
}

// eventKind is a kind of user input.
type eventKind uint8

const (
	keyDown eventKind = iota
	moved             // the pointer, pressed or not
	pressed
	released
	typed   // letters, in key
	wheeled // by one notch: key is "ArrowUp" or "ArrowDown"
)

// event is one user input. Keys have the names printed on them:
// "P", "Enter", "ArrowLeft".
type event struct {
	kind  eventKind
	key   string
	shift bool
	whole bool // of typed: it was pasted
	at    image.Point
}

// face is what one mode of the window shows and understands.
type face interface {
	scene(u *ui) scene
	handle(u *ui, e event)
}

// ui is the window without a window: it turns the state into scenes and what
// hands do into commands. It belongs to the goroutine that draws.
type ui struct {
	w     *Window
	theme *theme
	write *paint.Writer
	size  image.Point // pixels
	scale float32     // pixels of a unit; layouts are in units of 1/600 of the smallest window's height
	hover image.Point
	state state
	faces map[string]face
	shown string
	looks Look
	goban goban
	told  narrator
	sheet *sheetFace        // that is read over everything, or nil
	wants wish              // of a view, beside what handle returns
	copy  func(text string) // to the clipboard
	fixed bool              // the system's fonts are not used, for pictures that look alike everywhere
}

// px turns units into pixels.
func (u *ui) px(v float32) int { return int(v*u.scale + 0.5) }

// resize sets the size; density is pixels per unit of the screen.
func (u *ui) resize(size image.Point, density float32) {
	u.size = size
	u.scale = max(min(float32(size.X)/800, float32(size.Y)/600), 0.6*density, 0.5)
}

// buttonPanel returns a panel that shows one button.
func (u *ui) buttonPanel(b button) panel {
	over := u.hover.In(b.rect) && !b.off
	return panel{rect: b.rect, key: keyOf(b, over), paint: func(c *paint.Canvas) { u.paintButton(c, b, over) }}
}

func (u *ui) paintButton(c *paint.Canvas, b button, over bool) {
	t, s := u.theme, u.scale
	c.Clear(t.back)
	back, text, dim := t.surface, t.text, t.dim
	switch {
	case b.lead:
		back, text, dim = t.accent, t.onAccent, t.onAccent
		if over {
			back = paint.Mix(back, t.text, 0.15)
		}
	case over:
		back = t.raised
	}
	if b.off {
		text, dim = paint.Alpha(t.dim, 0.6), paint.Alpha(t.dim, 0.5)
	}
	c.Round(b.rect, 8*s, back)
	switch {
	case b.on:
		c.Frame(b.rect, 8*s, 2*s, t.accent)
	case !b.lead:
		c.Frame(b.rect, 8*s, max(1, s), t.border)
	}
	if b.focus {
		c.Frame(b.rect, 8*s, 3*s, t.text)
		c.Frame(b.rect.Inset(u.px(3)), 5*s, 1.5*s, t.back)
	}
	size, pad := 15*s, 12*s
	if b.rect.Dy() < u.px(38) { // one of many
		size, pad = 14*s, 10*s
	}
	y := float32(b.rect.Min.Y+b.rect.Max.Y)/2 + size*0.36
	capW := float32(0)
	if b.cap != "" {
		capW = u.write.Width(paint.Regular, 12*s, b.cap) + 6*s
	}
	for size > smallest*s && u.write.Width(paint.Medium, size, b.label)+capW > float32(b.rect.Dx())-2*pad {
		size, pad = size-s, max(5*s, pad-2*s)
	}
	width := float32(b.rect.Dx()) - 2*pad
	u.write.Draw(c, paint.Medium, size, float32(b.rect.Min.X)+pad, y, text, u.write.Fit(paint.Medium, size, width-capW+2, b.label))
	if b.cap != "" {
		u.write.Draw(c, paint.Regular, 12*s, float32(b.rect.Max.X)-pad-capW+6*s, y-s, dim, b.cap)
	}
}
