// Package play brings everyone to one table: a source of pictures, the eyes that
// read them, the referee or relay that decides, the server and the recorder.
package play

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/reading"
	"github.com/gobancam/gobancam/vision"
)

// Sure is the confidence from which a board that was found is taken for the
// board. Below it the eyes keep looking for a clearer picture.
const Sure = 0.9

// searchPause is how long the eyes rest between two searches for the board,
// which are expensive, while pictures keep coming.
const searchPause = 700 * time.Millisecond

// longAgo is before every picture.
const longAgo = time.Duration(-1 << 62)

// EyesOptions says how to look. The zero value finds a board of any size by
// itself.
type EyesOptions struct {
	Grid *grid.Grid // where the board is; nil to find it
	Size int        // lines of the board to find; 0 for 9, 13 or 19
	// Corners are where the corner crossings are, or were when the camera was
	// calibrated: then Verify has them checked against the first picture and
	// the board found where they no longer fit.
	Corners *[4]grid.Pt
	Verify  bool
	// Doubt has the eyes look now and then whether a board of another size
	// than Size lies there, where none of Size is found for a while. It is told
	// as a reading of that size without points.
	Doubt bool
	// Note is called with sentences about what the eyes are doing.
	Note func(string)
	// Seen is called with every picture and what was read in it, before the
	// reading goes on its way; the picture must not be kept. Reading and grid
	// are nil while the board has not been found.
	Seen func(*vision.Frame, *grid.Grid, *reading.Reading)
}

// Eyes read the pictures of a source. They implement match.Eyes.
type Eyes struct {
	src   vision.Source
	opt   EyesOptions
	looks chan match.Look

	mu      sync.Mutex
	corners *corners // to be taken from the next picture on
	size    int      // of the board to find from the next picture on; 0: as before

	// Of Run's goroutine.
	other   other
	doubted *doubted // nil while none was seen that may be one
	used    *corners // that the board was found by; nil if it was found otherwise
}

// corners are where somebody says that the board is.
type corners struct {
	at     [4]grid.Pt
	size   int
	verify bool // against the picture; else they are taken as they are
}

// NewEyes returns eyes that will look at src.
func NewEyes(src vision.Source, opt EyesOptions) *Eyes {
	if opt.Note == nil {
		opt.Note = func(string) {}
	}
	if opt.Seen == nil {
		opt.Seen = func(*vision.Frame, *grid.Grid, *reading.Reading) {}
	}
	return &Eyes{src: src, opt: opt, looks: make(chan match.Look)}
}

// Looks implements match.Eyes. The channel is closed when Run returns.
func (e *Eyes) Looks() <-chan match.Look { return e.looks }

// Use makes the eyes look at the board between four corner crossings, clockwise
// from the top left of the position, from the next picture on; size 0 is found
// out. It may be called from any goroutine.
func (e *Eyes) Use(at [4]grid.Pt, size int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.corners = &corners{at, size, false}
}

// Expect makes the eyes look for a board of this size from the next picture on.
// A board of another size that they look at is let go. It may be called from any
// goroutine.
func (e *Eyes) Expect(size int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.size = size
}

// resized takes over the size of Expect, and reports whether it is another one.
func (e *Eyes) resized() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	size := e.size
	e.size = 0
	if size == 0 || size == e.opt.Size {
		return false
	}
	e.opt.Size, e.other = size, other{}
	if e.corners == nil && e.used != nil { // they may well be right
		e.corners = &corners{e.used.at, size, e.used.verify}
	}
	return true
}

// begin takes the corners of the options, unless somebody has said where the
// board is meanwhile.
func (e *Eyes) begin() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.corners == nil && e.opt.Corners != nil {
		e.corners = &corners{*e.opt.Corners, e.opt.Size, e.opt.Verify}
	}
}

// given returns the grid that was asked for since the last picture, or nil.
func (e *Eyes) given(f *vision.Frame) *grid.Grid {
	e.mu.Lock()
	c := e.corners
	e.corners = nil
	e.mu.Unlock()
	if c == nil {
		return nil
	}
	if c.size == 0 {
		c.size = e.opt.Size
	}
	g, snapped, err := vision.GridFromCorners(f.Img, c.at, c.size)
	switch {
	case err != nil:
		e.opt.Note("the corners are not used: " + err.Error())
		return nil
	case c.verify && !snapped:
		e.opt.Note("the board is not where it was when the camera was calibrated; looking for it")
		return nil
	case c.verify:
		e.opt.Note("the board is where it was when the camera was calibrated")
	case snapped:
		e.opt.Note("the corners are taken, moved to the crossings nearby")
	default:
		e.opt.Note("the corners are taken as they are; no crossings can be seen there")
	}
	e.used = c
	return g
}

// Run looks until the source ends or ctx does. The end of a file is no error.
func (e *Eyes) Run(ctx context.Context) error {
	defer close(e.looks)
	var w *vision.Watcher
	defer func() {
		if w != nil {
			w.Close()
		}
	}()
	watch := func(g *grid.Grid) {
		if w != nil {
			w.Close()
		}
		w = vision.NewWatcher(g, vision.WatchOptions{})
	}
	if e.opt.Grid != nil {
		watch(e.opt.Grid)
	}
	e.begin()
	searched := longAgo
	for {
		f, err := e.src.Next(ctx)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, io.EOF):
			return nil
		case errors.Is(err, vision.ErrNotPictures) && f == nil:
			// One bad picture among good ones says nothing of the board.
			e.opt.Note(err.Error())
			if !e.send(ctx, match.Look{Err: err}) {
				return ctx.Err()
			}
			continue
		case errors.Is(err, vision.ErrEndsEarly):
			return err
		case err != nil:
			return fmt.Errorf("no more pictures: %w", err)
		}
		if e.resized() && w != nil && w.Grid().Size() != e.opt.Size {
			w.Close()
			w, searched = nil, longAgo
		}
		if g := e.given(f); g != nil {
			watch(g)
		}
		if w == nil && f.Time-searched >= searchPause {
			searched = f.Time
			if g := e.find(f); g != nil {
				watch(g)
				e.used = nil
			} else {
				e.lookForOther(f)
			}
		}
		look, err := e.look(w, f)
		f.Close()
		if err != nil {
			return err
		}
		if !e.send(ctx, look) {
			return ctx.Err()
		}
	}
}

// look reads one picture; without a grid the reading says so.
func (e *Eyes) look(w *vision.Watcher, f *vision.Frame) (match.Look, error) {
	if w == nil {
		e.opt.Seen(f, nil, nil)
		return match.Look{Reading: &reading.Reading{Frame: f.Number, Time: f.Time, Lock: reading.Lost, Size: e.other.told}, Taken: f.Taken}, nil
	}
	r, err := w.Look(f)
	if err != nil {
		return match.Look{}, fmt.Errorf("picture %d cannot be read: %w", f.Number, err)
	}
	e.opt.Seen(f, w.Grid(), r)
	return match.Look{Reading: r, Taken: f.Taken}, nil
}

func (e *Eyes) find(f *vision.Frame) *grid.Grid {
	found, err := vision.Find(f.Img, vision.FindOptions{Size: e.opt.Size})
	if err != nil || found.Grid == nil {
		return nil
	}
	if found.Confidence < Sure {
		e.doubt(f.Time, found)
		return nil
	}
	e.opt.Note(fmt.Sprintf("found a %d×%d board, %.1f %% sure, %.0f° above the table", found.Grid.Size(), found.Grid.Size(), 100*found.Confidence, found.Grid.Elevation()))
	return found.Grid
}

// Times of a board that is not found, by the pictures' time.
const (
	doubtAgain = 10 * time.Second // until it is said again
	doubtLong  = 30 * time.Second // until it is said what can be done
)

// doubt says that a board may be there, and after a while what can be done.
func (e *Eyes) doubt(at time.Duration, found vision.Found) {
	if e.doubted == nil {
		e.doubted = &doubted{since: at, said: at - doubtAgain}
	}
	if at-e.doubted.said < doubtAgain {
		return
	}
	e.doubted.said = at
	n := found.Grid.Size()
	switch {
	case at-e.doubted.since < doubtLong:
		e.opt.Note(fmt.Sprintf("a %d×%d board may be there, %.0f %% sure; looking for a clearer picture", n, n, 100*found.Confidence))
	case e.opt.Size != 0:
		e.opt.Note(fmt.Sprintf("no %d×%d board is found yet. Show all of it in good light, say where its corners are, or leave the size out if it has other lines.", n, n))
	default:
		e.opt.Note("no board is found yet. Show all of it in good light, or say where its corners are.")
	}
}

// doubted is since when a board may be there, and when that was said last.
type doubted struct{ since, said time.Duration }

func (e *Eyes) send(ctx context.Context, l match.Look) bool {
	select {
	case e.looks <- l:
		return true
	case <-ctx.Done():
		return false
	}
}
