package window

import (
	"image"

	"golang.org/x/image/draw"

	"github.com/gobancam/gobancam/internal/window/paint"
)

// watchPanel shows where others watch the game, to be scanned by a phone.
func (u *ui) watchPanel(r image.Rectangle) panel {
	opt := &u.w.opt
	return panel{rect: r, key: keyOf("watch", opt.Watch), paint: func(c *paint.Canvas) {
		t, s := u.theme, u.scale
		c.Clear(t.back)
		c.Round(r, 10*s, t.surface)
		line := u.px(32)
		room := min(r.Dx(), r.Dy()-line) - u.px(16)
		if opt.WatchCode != nil && room > 0 {
			// A whole number of pixels per module: phones cannot read a blurred code.
			b := opt.WatchCode.Bounds()
			if whole := room / b.Dx() * b.Dx(); whole > 0 {
				room = whole
			}
			at := image.Pt(r.Min.X+(r.Dx()-room)/2, r.Min.Y+(r.Dy()-line-room)/2)
			draw.NearestNeighbor.Scale(c.Img, image.Rectangle{at, at.Add(image.Pt(room, room))}, opt.WatchCode, b, draw.Src, nil)
		}
		size := 16 * s
		for size > 8*s && u.write.Width(paint.Regular, size, opt.Watch) > float32(r.Dx())-16*s {
			size -= s
		}
		w := u.write.Width(paint.Regular, size, opt.Watch)
		u.write.Draw(c, paint.Regular, size, float32(r.Min.X)+(float32(r.Dx())-w)/2, float32(r.Max.Y)-10*s, t.text, opt.Watch)
	}}
}
