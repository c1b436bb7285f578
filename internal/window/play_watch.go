package window

import (
	"image"

	"golang.org/x/image/draw"

	"github.com/gobancam/gobancam/internal/window/paint"
)

// Watching is a page at which others watch the game.
type Watching struct {
	Address string
	Code    image.Image // its QR code, a pixel a module; nil for none
}

// Watch shows where others watch the game, when the user asks for it.
func (w *Window) Watch(at []Watching) { w.change(func(s *state) { s.watch = at }) }

// watchPanel shows a page to be scanned by a phone.
func (u *ui) watchPanel(r image.Rectangle, at Watching) panel {
	return panel{rect: r, key: keyOf("watch", at.Address), paint: func(c *paint.Canvas) {
		t, s := u.theme, u.scale
		c.Clear(t.back)
		c.Round(r, 10*s, t.surface)
		size := 16 * s
		for size > smallest*s && u.write.Width(paint.Regular, size, at.Address) > float32(r.Dx())-16*s {
			size -= s
		}
		address := wrapAddress(u, at.Address, float32(r.Dx())-16*s)
		if size > smallest*s || u.write.Width(paint.Regular, size, at.Address) <= float32(r.Dx())-16*s {
			address = []string{at.Address}
		} else {
			size = 15 * s
		}
		line := int((float32(len(address)) * 1.3 * size)) + u.px(12)
		room := min(r.Dx(), r.Dy()-line) - u.px(16)
		if at.Code != nil && room > 0 {
			// A whole number of pixels per module: phones cannot read a blurred code.
			b := at.Code.Bounds()
			if whole := room / b.Dx() * b.Dx(); whole > 0 {
				room = whole
			}
			corner := image.Pt(r.Min.X+(r.Dx()-room)/2, r.Min.Y+(r.Dy()-line-room)/2)
			draw.NearestNeighbor.Scale(c.Img, image.Rectangle{corner, corner.Add(image.Pt(room, room))}, at.Code, b, draw.Src, nil)
		}
		y := float32(r.Max.Y-line) + size
		for _, l := range address {
			w := u.write.Width(paint.Regular, size, l)
			u.write.Draw(c, paint.Regular, size, float32(r.Min.X)+(float32(r.Dx())-w)/2, y, t.text, l)
			y += 1.3 * size
		}
	}}
}
