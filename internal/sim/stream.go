package sim

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Fault is a fault of a network camera.
type Fault uint8

// The faults.
const (
	Fine     Fault = iota
	Stall          // the connection stays open and nothing comes
	Cut            // the connection ends in the middle of the next picture
	Refuse         // the server answers 503
	HTML           // the server answers a login page
	Garbage        // pictures that are no pictures
	NoLength       // parts without Content-Length: not wrong, but some phones do it
)

// Live runs a World in its own time and serves what the camera sees: as an
// endless multipart/x-mixed-replace stream of JPEG pictures, or as one picture
// when the path ends in ".jpg". Its methods may be called from any goroutine.
type Live struct {
	w     *World
	fps   float64
	speed float64

	mu    sync.Mutex // guards the World
	state sync.Mutex // guards what follows
	shot  Shot
	next  chan struct{} // closed when shot is replaced
	fault Fault
	ended bool
	watch func(Shot)
}

// Shot is a picture with its truth.
type Shot struct {
	JPEG  []byte // not to be changed
	Truth Truth
	Taken time.Time // when it was ready to be sent
}

// NewLive prepares to run w at fps pictures a second while time passes speed
// times as fast as real time. From now on the World must be used only through
// Do.
func NewLive(w *World, fps, speed float64) *Live {
	return &Live{w: w, fps: max(fps, 0.1), speed: max(speed, 0.01), next: make(chan struct{})}
}

// Watch has f called with every picture, in order, by the goroutine of Run.
// Call it before Run.
func (l *Live) Watch(f func(Shot)) { l.watch = f }

// Do calls f with the World while its time stands still.
func (l *Live) Do(f func(*World)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f(l.w)
}

// Break makes the streams fail in the given way from now on; Fine mends them.
func (l *Live) Break(f Fault) {
	l.state.Lock()
	defer l.state.Unlock()
	l.fault = f
	l.wake()
}

// wake tells all who wait for a picture to look again. state is held.
func (l *Live) wake() {
	close(l.next)
	l.next = make(chan struct{})
}

// Run lets time pass and takes pictures until ctx ends; then all streams end.
// A machine too slow for the pace skips pictures rather than time.
func (l *Live) Run(ctx context.Context) {
	defer func() {
		l.state.Lock()
		l.ended = true
		l.wake()
		l.state.Unlock()
	}()
	period := time.Duration(float64(time.Second) / l.fps)
	tick := time.NewTicker(period)
	defer tick.Stop()
	last := time.Now()
	for {
		now := time.Now()
		// After a long stop (a laptop that slept) the people do not rush.
		d := min(now.Sub(last), 5*period)
		last = now
		l.mu.Lock()
		// Small steps, or orders would be followed by leaps.
		for left := time.Duration(float64(d) * l.speed); left > 0; {
			s := min(left, 50*time.Millisecond)
			l.w.Step(s)
			left -= s
		}
		shot := Shot{JPEG: l.w.JPEG(), Truth: l.w.Truth(), Taken: time.Now()}
		l.mu.Unlock()
		l.state.Lock()
		l.shot = shot
		l.wake()
		l.state.Unlock()
		if l.watch != nil {
			l.watch(shot)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Shot returns the newest picture; ok is false before the first.
func (l *Live) Shot() (s Shot, ok bool) {
	l.state.Lock()
	defer l.state.Unlock()
	return l.shot, l.shot.JPEG != nil
}

func (l *Live) look() (s Shot, next chan struct{}, f Fault, ended bool) {
	l.state.Lock()
	defer l.state.Unlock()
	return l.shot, l.next, l.fault, l.ended
}

const boundary = "gobancam-frame"

// ServeHTTP sends the pictures. A slow client gets the newest one when it is
// ready for it, never a queue of old ones.
func (l *Live) ServeHTTP(rw http.ResponseWriter, req *http.Request) {
	shot, next, fault, ended := l.look()
	switch {
	case fault == Refuse || ended:
		http.Error(rw, "camera is off", http.StatusServiceUnavailable)
		return
	case fault == HTML:
		rw.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(rw, "<!DOCTYPE html><html><body><h1>Sign in to your camera</h1></body></html>\n")
		return
	}
	rw.Header().Set("Cache-Control", "no-store")
	if n := len(req.URL.Path); n > 4 && req.URL.Path[n-4:] == ".jpg" {
		for shot.JPEG == nil && !ended {
			select {
			case <-req.Context().Done():
				return
			case <-next:
			}
			shot, next, _, ended = l.look()
		}
		rw.Header().Set("Content-Type", "image/jpeg")
		_, _ = rw.Write(shot.JPEG) // a client that left is no error of ours
		return
	}
	rw.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary="+boundary)
	flush := http.NewResponseController(rw)
	if flush.Flush() != nil { // the head at once, even when no picture follows
		return
	}
	sent := -1
	for {
		shot, next, fault, ended := l.look()
		if ended {
			return
		}
		if fault != Stall && shot.JPEG != nil && shot.Truth.Frame != sent {
			sent = shot.Truth.Frame
			body := shot.JPEG
			if fault == Garbage {
				body = []byte("this is not a picture")
			}
			head := "--" + boundary + "\r\nContent-Type: image/jpeg\r\n"
			if fault != NoLength {
				head += "Content-Length: " + strconv.Itoa(len(body)) + "\r\n"
			}
			if fault == Cut {
				_, _ = rw.Write(append([]byte(head+"\r\n"), body[:len(body)/2]...))
				_ = flush.Flush()
				panic(http.ErrAbortHandler) // net/http closes the connection
			}
			if _, err := rw.Write([]byte(head + "\r\n")); err != nil {
				return
			}
			if _, err := rw.Write(append(body[:len(body):len(body)], "\r\n"...)); err != nil {
				return
			}
			if flush.Flush() != nil {
				return
			}
		}
		select {
		case <-req.Context().Done():
			return
		case <-next:
		}
	}
}
