package paint

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"io"
	"log"
	"strings"
	"sync"
	"unicode"

	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
	"github.com/go-text/typesetting/fontscan"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/gomedium"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"

	"github.com/gobancam/gobancam/internal/plain"
)

// Style is a weight of the type family that the program carries: the Go fonts
// by Bigelow & Holmes, whose licence (BSD, that of Go) comes with
// golang.org/x/image/font/gofont.
type Style uint8

// The weights.
const (
	Regular Style = iota
	Medium
	Bold
	styles
)

// Writer sets text. Letters that its own fonts lack are taken from the system's,
// which are looked for when the first such letter is met. It may be used by
// several goroutines.
type Writer struct {
	// Ready, if set, is called once when the system's fonts have been found:
	// what was set before may look different now.
	Ready func()
	// CacheDir keeps the index of the system's fonts; empty for none.
	CacheDir string
	// OwnOnly leaves the system's fonts alone.
	OwnOnly bool

	mu      sync.Mutex
	own     [styles]*font.Face
	style   Style
	system  *fontscan.FontMap // nil until found
	looking bool
	shaper  shaping.HarfbuzzShaper
	// Drawn, if set, is told of each text that is drawn, for tests: its size in
	// pixels, and what it says.
	Drawn func(size float32, s string)

	splitter shaping.Segmenter
	lines    map[lineKey]*line
	glyphs   map[glyphKey]glyph
}

type lineKey struct {
	style Style
	size  float32
	text  string
}

// line is a set text, from its baseline's left end.
type line struct {
	advance float32
	glyphs  []placed
}

type placed struct {
	key  glyphKey
	x, y float32
}

type glyphKey struct {
	face *font.Face
	id   font.GID
	size float32
	sub  uint8 // quarter of a pixel
}

// glyph is a mask; its bounds are relative to the pen.
type glyph struct{ mask *image.Alpha }

// NewWriter returns a Writer with the embedded fonts.
func NewWriter() *Writer {
	w := &Writer{lines: map[lineKey]*line{}, glyphs: map[glyphKey]glyph{}}
	for i, ttf := range [styles][]byte{goregular.TTF, gomedium.TTF, gobold.TTF} {
		face, err := font.ParseTTF(bytes.NewReader(ttf))
		if err != nil {
			panic("the embedded font is broken: " + err.Error()) // only if built so
		}
		w.own[i] = face
	}
	return w
}

// ResolveFace implements shaping.Fontmap, for the Writer's own use.
func (w *Writer) ResolveFace(r rune) *font.Face {
	own := w.own[w.style]
	if _, ok := own.NominalGlyph(r); ok || unicode.IsSpace(r) || unicode.IsControl(r) {
		return own
	}
	if w.system != nil {
		w.system.SetQuery(fontscan.Query{Families: []string{"sans-serif"}})
		if f := w.system.ResolveFace(r); f != nil {
			if _, ok := f.NominalGlyph(r); ok {
				return f
			}
		}
	}
	w.look()
	return own
}

// look begins to look for the system's fonts.
func (w *Writer) look() {
	if w.looking || w.OwnOnly {
		return
	}
	w.looking = true
	go func() {
		m := fontscan.NewFontMap(log.New(io.Discard, "", 0))
		if err := m.UseSystemFonts(w.CacheDir); err != nil {
			return // the stand-in stays
		}
		w.mu.Lock()
		w.system = m
		w.lines = map[lineKey]*line{}
		ready := w.Ready
		w.mu.Unlock()
		if ready != nil {
			ready()
		}
	}()
}

// Covers reports whether every letter of s can be drawn with the fonts known so
// far; the system's are looked for if not.
func (w *Writer) Covers(s string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, r := range s {
		f := w.ResolveFace(r)
		if _, ok := f.NominalGlyph(r); !ok && !unicode.IsSpace(r) && !unicode.IsControl(r) && !unicode.Is(unicode.Cf, r) {
			return false
		}
	}
	return true
}

func (w *Writer) set(style Style, size float32, s string) *line {
	size = float32(floor(size + 0.5)) // the shaper knows whole pixels only
	key := lineKey{style, size, s}
	if l, ok := w.lines[key]; ok {
		return l
	}
	if len(w.lines) > 2000 {
		w.lines = map[lineKey]*line{}
	}
	w.style = style
	runes := []rune(plain.Visible(s))
	in := shaping.Input{Text: runes, RunEnd: len(runes), Direction: di.DirectionLTR, Face: w.own[style],
		Size: fixed.Int26_6(size * 64), Language: language.NewLanguage("en")}
	l := &line{}
	for _, run := range w.splitter.Split(in, w) {
		out := w.shaper.Shape(run)
		for _, g := range out.Glyphs {
			l.glyphs = append(l.glyphs, placed{
				key: glyphKey{face: out.Face, id: g.GlyphID, size: size},
				x:   l.advance + float32(g.XOffset)/64, y: -float32(g.YOffset) / 64,
			})
			l.advance += float32(g.Advance) / 64
		}
	}
	w.lines[key] = l
	return l
}

// Width returns how far a text goes, in pixels.
func (w *Writer) Width(style Style, size float32, s string) float32 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.set(style, size, s).advance
}

// Draw writes a text from x on, with its baseline at y, and returns how far it
// goes.
func (w *Writer) Draw(c *Canvas, style Style, size, x, y float32, col color.Color, s string) float32 {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.Drawn != nil {
		w.Drawn(size, s)
	}
	l := w.set(style, size, s)
	src := image.NewUniform(col)
	for _, g := range l.glyphs {
		px := x + g.x
		ix := floor(px)
		key := g.key
		key.sub = uint8((px - float32(ix)) * 4)
		m := w.glyph(key)
		if m.mask == nil {
			continue
		}
		at := m.mask.Bounds().Add(image.Pt(ix, floor(y+g.y+0.5)))
		draw.DrawMask(c.Img, at, src, image.Point{}, m.mask, m.mask.Bounds().Min, draw.Over)
	}
	return l.advance
}

// glyph rasterizes one letter.
func (w *Writer) glyph(key glyphKey) glyph {
	if g, ok := w.glyphs[key]; ok {
		return g
	}
	if len(w.glyphs) > 4000 {
		w.glyphs = map[glyphKey]glyph{}
	}
	var g glyph
	if outline, ok := key.face.GlyphDataOutline(key.id); ok && len(outline.Segments) > 0 {
		g.mask = rasterize(outline, key.size/float32(key.face.Upem()), float32(key.sub)/4)
	}
	w.glyphs[key] = g
	return g
}

func rasterize(outline font.GlyphOutline, scale, dx float32) *image.Alpha {
	p := &Path{}
	at := func(q opentype.SegmentPoint) (float32, float32) { return q.X*scale + dx, -q.Y * scale }
	for _, s := range outline.Segments {
		x, y := at(s.Args[0])
		switch s.Op {
		case opentype.SegmentOpMoveTo:
			p.Move(x, y)
		case opentype.SegmentOpLineTo:
			p.Line(x, y)
		case opentype.SegmentOpQuadTo:
			x2, y2 := at(s.Args[1])
			p.Quad(x, y, x2, y2)
		case opentype.SegmentOpCubeTo:
			x2, y2 := at(s.Args[1])
			x3, y3 := at(s.Args[2])
			p.Cube(x, y, x2, y2, x3, y3)
		}
	}
	box := image.Rect(floor(p.x0), floor(p.y0), ceil(p.x1), ceil(p.y1))
	if box.Empty() || box.Dx() > 4096 || box.Dy() > 4096 {
		return nil
	}
	z := vector.NewRasterizer(box.Dx(), box.Dy())
	ox, oy := float32(box.Min.X), float32(box.Min.Y)
	open := false
	for _, o := range p.ops {
		v := &o.p
		switch o.kind {
		case 'm':
			if open {
				z.ClosePath()
			}
			open = true
			z.MoveTo(v[0]-ox, v[1]-oy)
		case 'l':
			z.LineTo(v[0]-ox, v[1]-oy)
		case 'q':
			z.QuadTo(v[0]-ox, v[1]-oy, v[2]-ox, v[3]-oy)
		case 'c':
			z.CubeTo(v[0]-ox, v[1]-oy, v[2]-ox, v[3]-oy, v[4]-ox, v[5]-oy)
		}
	}
	z.ClosePath()
	mask := image.NewAlpha(box)
	z.Draw(mask, box, image.Opaque, image.Point{})
	return mask
}

// Wrap breaks a text into at most n lines of the given width, at spaces; what
// does not fit ends with "…".
func (w *Writer) Wrap(style Style, size, width float32, n int, s string) []string {
	var lines []string
	words := strings.Fields(s)
	for len(words) > 0 {
		k := 1
		for k < len(words) && w.Width(style, size, strings.Join(words[:k+1], " ")) <= width {
			k++
		}
		l := strings.Join(words[:k], " ")
		words = words[k:]
		if len(lines) == n-1 && len(words) > 0 {
			l += " " + strings.Join(words, " ")
			words = nil
		}
		lines = append(lines, w.Fit(style, size, width, l))
	}
	return lines
}

// Fit shortens a text to a width, with "…" at its end if it was too long.
func (w *Writer) Fit(style Style, size, width float32, s string) string {
	if w.Width(style, size, s) <= width {
		return s
	}
	r := []rune(s)
	for len(r) > 1 && w.Width(style, size, string(r)+"…") > width {
		r = r[:len(r)-1]
	}
	return strings.TrimRight(string(r), " ") + "…"
}
