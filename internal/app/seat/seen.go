package seat

import (
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
