package seat

import (
	"github.com/gobancam/gobancam/internal/app/face"
	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/reading"
	"github.com/gobancam/gobancam/vision"
)

// Seen is given each picture and what was read in it, as play.EyesOptions has
// it; nil for nobody.
type Seen func(*vision.Frame, *grid.Grid, *reading.Reading)

// and gives what s is given to another one too.
func (s Seen) and(o Seen) Seen {
	if s == nil {
		return o
	}
	return func(f *vision.Frame, g *grid.Grid, r *reading.Reading) {
		s(f, g, r)
		o(f, g, r)
	}
}

// shown gives what s is given to the phone that is the camera too, and to the
// window, where there are such.
func (s Seen) shown(f *face.Face, held *face.Handheld) Seen {
	if held != nil {
		s = s.and(held.Seen)
	}
	if w := f.Window.Load(); w != nil {
		s = s.and(face.Film(w, f.Note))
	}
	return s
}
