package window

import (
	"image"
	"image/color"
	"time"

	"github.com/hajimehoshi/ebiten/v2"

	"github.com/gobancam/gobancam/internal/window/paint"
)

// compose paints, in memory, the panels that have changed.
func (g *loop) compose() {
	if g.size.X <= 0 || g.size.Y <= 0 {
		return
	}
	u := g.u
	if g.theme != u.theme || g.face != u.face() || g.fonts != u.state.fonts {
		g.theme, g.face, g.fonts, g.all = u.theme, u.face(), u.state.fonts, true
	}
	sc := u.scene()
	if sc.lay != g.scene.lay {
		g.all = true
	}
	back := u.theme.back
	if sc.black {
		back = rgb(0)
	}
	g.begin(back)
	old := g.scene
	g.scene = sc
	if sc.shot != old.shot || (sc.picture == nil) != (old.picture == nil) {
		g.done = map[image.Rectangle]string{} // what was under the picture comes back
		g.redo = true
	}
	kept := map[image.Rectangle]bool{}
	for _, p := range sc.panels {
		r := p.rect.Intersect(image.Rectangle{Max: g.size})
		switch {
		case r.Empty():
		case p.over:
			kept[r] = true
			g.paintOver(p, r)
		default:
			g.paintPanel(p, r, back)
		}
	}
	g.lift(kept)
	g.upload()
	u.w.shownAt(sc.shot.Size(), u.places())
	u.narrate(time.Now())
}

// begin makes the base, or clears it when everything must be drawn again.
func (g *loop) begin(back color.RGBA) {
	if g.all || g.base == nil || g.base.Bounds().Max != g.size {
		if g.base != nil {
			g.base.Deallocate()
		}
		g.base = ebiten.NewImage(g.size.X, g.size.Y)
		g.done, g.fresh = map[image.Rectangle]string{}, nil
		for _, l := range g.over {
			l.img.Deallocate()
		}
		g.over = map[image.Rectangle]*layer{}
		g.all, g.redo = true, true
	}
	if g.all {
		g.base.Fill(back)
		g.fresh = append(g.fresh, image.Rectangle{Max: g.size})
		g.all = false
	}
}

// paintOver paints a transparent panel that has changed.
func (g *loop) paintOver(p panel, r image.Rectangle) {
	l := g.over[r]
	if l == nil {
		l = &layer{img: ebiten.NewImage(r.Dx(), r.Dy())}
		g.over[r] = l
	}
	if l.key == p.key {
		return
	}
	l.key = p.key
	c := paint.New(r)
	p.paint(c)
	l.img.WritePixels(c.Img.Pix)
	g.redo = true
}

// paintPanel paints an opaque panel that has changed.
func (g *loop) paintPanel(p panel, r image.Rectangle, back color.RGBA) {
	if g.done[r] == p.key {
		return
	}
	g.done[r] = p.key
	c := paint.New(r)
	c.Clear(back)
	p.paint(c)
	g.base.SubImage(r).(*ebiten.Image).WritePixels(c.Img.Pix)
	g.fresh = append(g.fresh, r)
	if r.Overlaps(g.scene.shot) {
		g.redo = true
	}
}

// lift removes the transparent panels that are not in keep.
func (g *loop) lift(kept map[image.Rectangle]bool) {
	for r, l := range g.over {
		if kept[r] {
			continue
		}
		l.img.Deallocate()
		delete(g.over, r)
		g.redo = true
		if !r.In(g.scene.shot) {
			g.fresh = append(g.fresh, r)
		}
	}
}

// upload hands a new picture of the camera to the graphics card.
func (g *loop) upload() {
	sc := &g.scene
	if sc.picture == nil || g.shown == any(sc.picture) {
		return
	}
	b := sc.picture.Bounds()
	if g.picture == nil || g.picture.Bounds() != b {
		if g.picture != nil {
			g.picture.Deallocate()
		}
		g.picture = ebiten.NewImage(b.Dx(), b.Dy())
	}
	g.picture.WritePixels(sc.picture.Pix)
	g.shown, g.redo = sc.picture, true
}

// DrawFinalScreen copies, without blending, pixel by pixel.
func (g *loop) DrawFinalScreen(screen ebiten.FinalScreen, offscreen *ebiten.Image, geoM ebiten.GeoM) {
	op := &ebiten.DrawImageOptions{GeoM: geoM, Blend: ebiten.BlendCopy}
	screen.DrawImage(offscreen, op)
}

// Draw brings what changed to the screen.
func (g *loop) Draw(screen *ebiten.Image) {
	g.frames++
	if g.base == nil {
		return
	}
	for _, r := range g.fresh {
		op := &ebiten.DrawImageOptions{Blend: ebiten.BlendCopy}
		op.GeoM.Translate(float64(r.Min.X), float64(r.Min.Y))
		screen.DrawImage(g.base.SubImage(r).(*ebiten.Image), op)
		if r.Overlaps(g.scene.shot) {
			g.redo = true
		}
	}
	g.fresh = g.fresh[:0]
	if !g.redo {
		return
	}
	g.redo = false
	if g.scene.picture != nil && g.picture != nil {
		r, b := g.scene.shot, g.picture.Bounds()
		op := &ebiten.DrawImageOptions{Blend: ebiten.BlendCopy}
		if r.Size() != b.Size() {
			op.Filter = ebiten.FilterLinear
			op.GeoM.Scale(float64(r.Dx())/float64(b.Dx()), float64(r.Dy())/float64(b.Dy()))
		}
		op.GeoM.Translate(float64(r.Min.X), float64(r.Min.Y))
		screen.DrawImage(g.picture, op)
	}
	for _, p := range g.scene.panels {
		if !p.over {
			continue
		}
		r := p.rect.Intersect(image.Rectangle{Max: g.size})
		if l := g.over[r]; l != nil {
			if !r.In(g.scene.shot) { // above panels, which come back below it
				op := &ebiten.DrawImageOptions{Blend: ebiten.BlendCopy}
				op.GeoM.Translate(float64(r.Min.X), float64(r.Min.Y))
				screen.DrawImage(g.base.SubImage(r).(*ebiten.Image), op)
			}
			op := &ebiten.DrawImageOptions{}
			op.GeoM.Translate(float64(r.Min.X), float64(r.Min.Y))
			screen.DrawImage(l.img, op)
		}
	}
}
