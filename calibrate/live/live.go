// Package live lets a camera's pictures answer what a calibration asks.
package live

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gobancam/gobancam/calibrate"
	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/reading"
	"github.com/gobancam/gobancam/vision"
)

// How often things are done while pictures keep coming.
const (
	showEvery    = 95 * time.Millisecond
	findEvery    = 500 * time.Millisecond
	readEvery    = 300 * time.Millisecond
	measureEvery = time.Second
	recheckEvery = 2 * time.Second
	stoppedAfter = 2500 * time.Millisecond // without a picture
)

// Eyes look at a source for a calibration.
type Eyes struct {
	Source  vision.Source
	Session *calibrate.Session
	// Show is given pictures at some ten a second, which are not changed any
	// more, with the grid as it is.
	Show func(img *image.RGBA, g *grid.Grid)
	// Aimed, if set, is told what to say to somebody who holds the camera and
	// points it at the board: with each picture of Show, and when pictures stop.
	Aimed func(*calibrate.View, calibrate.Advice)

	aim calibrate.Aim
}

// Run looks until the source ends or ctx does; the end of a file leaves its
// last picture to be looked at, until ctx ends.
func (e *Eyes) Run(ctx context.Context) error {
	var tasks sync.WaitGroup
	defer tasks.Wait()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	w := &worker{session: e.Session, stalled: func() { e.advise(time.Now()) }, fresh: make(chan struct{}, 1)}
	defer w.close()
	tasks.Go(func() { w.run(ctx) })
	defer stop() // before tasks.Wait

	var shown time.Time
	frames, since := 0, time.Now()
	for {
		f, err := e.Source.Next(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, io.EOF):
			w.still.Store(true)
			<-ctx.Done()
			return nil
		case errors.Is(err, vision.ErrNotPictures) && f == nil:
			continue
		case err != nil:
			return fmt.Errorf("no more pictures: %w", err)
		}
		e.Session.Picture(f.Img.Cols(), f.Img.Rows())
		e.locks()
		frames++
		if d := time.Since(since); d > 2*time.Second {
			w.setRate(float64(frames) / d.Seconds())
			frames, since = 0, time.Now()
		}
		w.take(f)
		if time.Since(shown) >= showEvery {
			shown = time.Now()
			if img, err := vision.RGBA(f.Img, image.Point{}); err == nil {
				w.setShown(img)
				e.Show(img, e.Session.Grid())
				e.aim.Look(img, shown)
				e.advise(shown)
			}
		}
		f.Close()
	}
}

// advise says what is to be done about how the camera looks at the board.
func (e *Eyes) advise(now time.Time) {
	if e.Aimed != nil {
		v := e.Session.View()
		e.Aimed(&v, e.aim.Advice(&v, now))
	}
}

// locks passes what the user wants locked on to the camera, and what it has
// locked back.
func (e *Eyes) locks() {
	camera, ok := e.Source.(vision.Lockable)
	if !ok {
		return
	}
	have := camera.Controls()
	if exposure, focus, changed := e.Session.Wishes(); changed {
		keep := func(want bool, have vision.Lock) vision.Lock {
			if want && !have.On {
				have.Value = vision.AsIs
			}
			have.On = want
			return have
		}
		camera.Lock(vision.Locks{Exposure: keep(exposure, have.Exposure), Focus: keep(focus, have.Focus)})
	}
	e.Session.Controls(calibrate.Control{Offered: have.HasExposure, Locked: have.Exposure.On, Value: have.Exposure.Value},
		calibrate.Control{Offered: have.HasFocus, Locked: have.Focus.On, Value: have.Focus.Value})
}

// worker does what takes long, beside the pictures.
type worker struct {
	session *calibrate.Session
	stalled func()        // is called while no pictures come
	fresh   chan struct{} // there is a new picture
	still   atomic.Bool   // there will be no other

	mu    sync.Mutex
	frame *vision.Frame // the newest picture; nil before the first
	shown *image.RGBA
	rate  float64
	taken time.Time // when the newest came
}

func (w *worker) take(f *vision.Frame) {
	w.mu.Lock()
	w.frame.Close()
	w.frame = f.Clone()
	w.taken = time.Now()
	w.mu.Unlock()
	select {
	case w.fresh <- struct{}{}:
	default:
	}
}

// stopped reports whether pictures came and come no more.
func (w *worker) stopped() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return !w.still.Load() && w.frame != nil && time.Since(w.taken) > stoppedAfter
}

func (w *worker) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.frame.Close()
	w.frame = nil
}

func (w *worker) setRate(r float64) { w.mu.Lock(); w.rate = r; w.mu.Unlock() }

func (w *worker) setShown(img *image.RGBA) { w.mu.Lock(); w.shown = img; w.mu.Unlock() }

// newest returns a copy of the newest picture, nil before the first.
func (w *worker) newest() (f *vision.Frame, shown *image.RGBA, rate float64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.frame == nil {
		return nil, nil, 0
	}
	return w.frame.Clone(), w.shown, w.rate
}

func (w *worker) run(ctx context.Context) {
	reader := vision.NewReader()
	var of *grid.Grid // that the reader knows
	var searched, looked, read, measured time.Time
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if w.stopped() {
			w.session.Stopped()
			w.stalled()
			continue
		}
		if time.Since(looked) > recheckEvery && !w.still.Load() {
			w.session.Recheck()
		}
		job, g := w.session.Job(), w.session.Grid()
		look := job.Task != calibrate.Idle && (job.Task != calibrate.Find || time.Since(searched) > findEvery)
		reads := !look && g != nil && time.Since(read) > readEvery
		if !look && !reads {
			continue
		}
		select {
		case <-w.fresh: // never twice at the same picture, but for a grid that is new on the last
		default:
			if look && job.Task == calibrate.Find || reads && !(w.still.Load() && of != g) {
				continue
			}
		}
		f, shown, rate := w.newest()
		if f == nil {
			continue
		}
		if look {
			w.do(job, f)
			searched = time.Now()
			looked = searched
		} else {
			if of != g {
				reader.Reset()
				of, measured = g, time.Time{}
			}
			var r *reading.Reading
			if pts, err := reader.Read(f.Img, g); err == nil {
				r = &reading.Reading{Size: g.Size(), Lock: reading.Locked, Points: pts}
			}
			read = time.Now()
			var q *calibrate.Quality
			if shown != nil && time.Since(measured) > measureEvery {
				measured = time.Now()
				q = calibrate.MeasurePicture(shown, g)
				q.Rate = rate
			}
			w.session.Seen(g, r, q)
		}
		f.Close()
	}
}

// do answers a job.
func (w *worker) do(job calibrate.Job, f *vision.Frame) {
	var found vision.Found
	var err error
	if job.Task == calibrate.Find {
		found, err = vision.Find(f.Img, vision.FindOptions{Size: job.Size})
	} else {
		found, err = vision.Snap(f.Img, job.Grid)
	}
	w.session.Done(job, found.Grid, calibrate.Fit{Confidence: found.Confidence, Distance: found.Fit}, err)
}
