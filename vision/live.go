package vision

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// Status says in words how a source is doing.
type Status struct {
	OK   bool   // pictures arrive
	Text string // what happened, what it means for the game, what comes next
	Err  error  // why, where there is a reason
}

// LiveOptions configures Live. The zero value is the usual one.
type LiveOptions struct {
	Stall  time.Duration // without a picture for so long, the source counts as stalled; 0 means 3 s
	Wait   time.Duration // first pause before trying again, growing to 30 s; 0 means 0.5 s
	Notify func(Status)  // told of every change, from a goroutine of Live; must not block
}

// Live is a Source that always has the newest picture of a camera or a stream:
// pictures that nobody asked for in time are dropped. One is taken as it arrives,
// unless its source knows better (Frame.Taken). It opens its source
// again, with growing pauses, for as long as its context lives.
type Live struct {
	open func(context.Context) (Source, error)
	opt  LiveOptions

	cancel context.CancelFunc
	done   chan struct{}
	retry  chan struct{} // holds the wish to try at once, or nothing
	fresh  chan *Frame   // holds the newest picture, or nothing

	mu       sync.Mutex // guards what follows, and opt.Notify
	ok       bool
	locks    *Locks // that were asked for, nil for none
	pending  bool   // and have not been set yet
	controls Controls

	start time.Time
	last  time.Duration // of the last picture
	n     int
}

// NewLive starts reading from what open opens, until ctx ends or Close is
// called. An open that cannot succeed is retried like one that failed once.
func NewLive(ctx context.Context, open func(context.Context) (Source, error), opt LiveOptions) *Live {
	if opt.Stall == 0 {
		opt.Stall = 3 * time.Second
	}
	if opt.Wait == 0 {
		opt.Wait = 500 * time.Millisecond
	}
	if opt.Notify == nil {
		opt.Notify = func(Status) {}
	}
	ctx, cancel := context.WithCancel(ctx)
	l := &Live{open: open, opt: opt, cancel: cancel, done: make(chan struct{}), retry: make(chan struct{}, 1), fresh: make(chan *Frame, 1), start: time.Now()}
	go l.run(ctx)
	return l
}

// Next waits for a picture newer than the one returned before.
func (l *Live) Next(ctx context.Context) (*Frame, error) {
	select {
	case f, ok := <-l.fresh:
		if !ok {
			return nil, context.Canceled
		}
		return f, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Close stops reading and waits until the source has let go, which takes as
// long as its last read: the source's timeout at most.
func (l *Live) Close() error {
	l.cancel()
	<-l.done
	for f := range l.fresh {
		f.Close()
	}
	return nil
}

// run is the one goroutine that reads and that sends on fresh.
func (l *Live) run(ctx context.Context) {
	defer close(l.done)
	defer close(l.fresh)
	defer l.hush()
	pause := backoff.NewExponentialBackOff()
	pause.InitialInterval = l.opt.Wait
	pause.MaxInterval = 30 * time.Second
	for {
		src, err := l.open(ctx)
		if err == nil {
			before := l.n
			err = l.read(ctx, src)
			src.Close()
			if l.n > before {
				pause.Reset()
			}
		}
		if ctx.Err() != nil {
			return
		}
		wait := pause.NextBackOff()
		l.say(Status{Err: err, Text: fmt.Sprintf("The camera gives no pictures: %v. Moves wait until it does; trying again in %s.", err, wait.Round(100*time.Millisecond))})
		select {
		case <-time.After(wait):
		case <-l.retry:
			pause.Reset()
		case <-ctx.Done():
			return
		}
	}
}

// read passes the pictures of src on until it fails, and says so while a read
// takes long.
func (l *Live) read(ctx context.Context, src Source) error {
	stalled := time.AfterFunc(l.opt.Stall, func() {
		l.say(Status{Err: ErrStalled, Text: fmt.Sprintf("The camera has sent no picture for %s. Moves wait until it does; still listening.", l.opt.Stall)})
	})
	defer stalled.Stop()
	l.setLocks(src, true)
	for bad := 0; ; {
		l.setLocks(src, false)
		f, err := src.Next(ctx)
		switch {
		case err == nil:
		case errors.Is(err, ErrNotPictures) && bad < 10:
			bad++ // a damaged picture; a hundred of them are no camera
			continue
		default:
			return err
		}
		bad = 0
		stalled.Reset(l.opt.Stall)
		l.say(Status{OK: true, Text: "The camera is sending pictures."})
		if f.Taken.IsZero() {
			f.Taken = time.Now()
		}
		l.last = max(l.last, f.Taken.Sub(l.start)) // a source may know when a picture was taken, but time does not go back
		f.Number, f.Time = l.n, l.last
		l.n++
		select {
		case old := <-l.fresh:
			old.Close()
		default:
		}
		l.fresh <- f // never blocks: nobody else sends
	}
}

// Lock implements Lockable.
func (l *Live) Lock(want Locks) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.locks, l.pending = &want, true
}

// Controls implements Lockable.
func (l *Live) Controls() Controls {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.controls
}

// setLocks passes locks that were asked for on to a source, between two
// pictures. Those of a source that has just been opened are set anew.
func (l *Live) setLocks(src Source, opened bool) {
	lockable, ok := src.(Lockable)
	if !ok {
		return
	}
	l.mu.Lock()
	want, due := l.locks, l.pending || opened
	l.pending = false
	l.mu.Unlock()
	if !due {
		return
	}
	if want != nil {
		lockable.Lock(*want)
	}
	have := lockable.Controls()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.controls = have
	if want != nil && l.locks == want {
		l.locks = &Locks{Exposure: have.Exposure, Focus: have.Focus} // at its value, should the camera be opened again
	}
}

// Retry ends the pause before the source is opened again.
func (l *Live) Retry() {
	select {
	case l.retry <- struct{}{}:
	default:
	}
}

// hush disables Notify: a timer that fires late calls nobody.
func (l *Live) hush() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.opt.Notify = func(Status) {}
}

// say reports a status, but only when it has changed.
func (l *Live) say(s Status) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if s.OK && l.ok {
		return
	}
	l.ok = s.OK
	l.opt.Notify(s)
}
