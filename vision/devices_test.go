package vision

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"gocv.io/x/gocv"

	"github.com/gobancam/gobancam/internal/patient"
)

func TestDevicesAreNodesThatGivePictures(t *testing.T) {
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s + "\n")} }
	got := devicesIn(fstest.MapFS{
		"video10/name": file("Capture card"), "video10/index": file("0"),
		"video2/name": file("USB camera"), "video2/index": file("0"),
		"video3/name": file("USB camera"), "video3/index": file("1"), // metadata
		"video0/name":     file("Integrated"),
		"v4l-subdev0/x":   file(""),
		"video1x/comment": file(""),
	})
	want := []Device{{"0", "Integrated"}, {"2", "USB camera"}, {"10", "Capture card"}}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := devicesIn(fstest.MapFS{}); len(got) != 0 {
		t.Errorf("without cameras: %v", got)
	}
}

// fakeDriver is a camera as V4L2 has it.
type fakeDriver struct {
	mu      sync.Mutex
	props   map[gocv.VideoCaptureProperties]float64
	refuses gocv.VideoCaptureProperties
	steps   float64 // values are rounded down to multiples
}

func (d *fakeDriver) Get(p gocv.VideoCaptureProperties) float64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	if v, ok := d.props[p]; ok {
		return v
	}
	return -1
}

func (d *fakeDriver) Set(p gocv.VideoCaptureProperties, v float64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	old, ok := d.props[p]
	switch {
	case !ok || p == d.refuses:
	case p == gocv.VideoCaptureExposure && d.steps > 0:
		d.props[p] = float64(int(v/d.steps)) * d.steps
	default:
		d.props[p] = v
	}
	// A camera that goes manual falls back to what was set by hand before.
	if p == gocv.VideoCaptureAutoExposure && old != 1 && d.props[p] == 1 {
		d.props[gocv.VideoCaptureExposure] = 5
	}
}

func webcam() *fakeDriver {
	return &fakeDriver{props: map[gocv.VideoCaptureProperties]float64{
		gocv.VideoCaptureAutoExposure: 3, gocv.VideoCaptureExposure: 157,
		gocv.VideoCaptureAutoFocus: 1, gocv.VideoCaptureFocus: 30}}
}

func TestLocks(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("locks are offered on Linux only")
	}
	asIs := Locks{Exposure: Lock{true, AsIs}, Focus: Lock{true, AsIs}}

	d := webcam()
	c := askDriver(d, Locks{})
	if !c.HasExposure || !c.HasFocus || c.Exposure.On || c.Focus.On {
		t.Errorf("a webcam offers %+v", c)
	}
	c = applyLocks(d, c, asIs)
	if c.Exposure != (Lock{true, 157}) || c.Focus != (Lock{true, 30}) {
		t.Errorf("locked at %+v, want what it was: 157 and 30", c.Locks)
	}
	c = applyLocks(d, c, Locks{Focus: c.Focus})
	if c.Exposure.On || d.props[gocv.VideoCaptureAutoExposure] != 3 || !c.Focus.On {
		t.Errorf("the exposure was freed: %+v", c.Locks)
	}

	// A saved value comes back when the camera is opened again.
	d = webcam()
	if c = askDriver(d, Locks{Exposure: Lock{true, 200}, Focus: Lock{true, 0}}); c.Exposure != (Lock{true, 200}) || c.Focus != (Lock{true, 0}) ||
		d.props[gocv.VideoCaptureExposure] != 200 || d.props[gocv.VideoCaptureFocus] != 0 {
		t.Errorf("restored %+v, camera %v", c.Locks, d.props)
	}
	// What another program locked is freed.
	if c = askDriver(d, Locks{}); c.Exposure.On || c.Focus.On || d.props[gocv.VideoCaptureAutoExposure] != 3 || d.props[gocv.VideoCaptureAutoFocus] != 1 {
		t.Errorf("freed %+v, camera %v", c.Locks, d.props)
	}

	// The driver's word counts.
	d = webcam()
	d.refuses = gocv.VideoCaptureAutoExposure
	d.steps = 50
	if c = askDriver(d, asIs); c.Exposure.On {
		t.Error("a lock that was refused counts as set")
	}
	d.refuses = 0
	if c = askDriver(d, asIs); c.Exposure.Value != 150 {
		t.Errorf("locked at %v, the camera at 150", c.Exposure.Value)
	}

	// A camera without a motor in its lens.
	d = webcam()
	delete(d.props, gocv.VideoCaptureAutoFocus)
	if c = askDriver(d, asIs); c.HasFocus || c.Focus.On || !c.Exposure.On {
		t.Errorf("without a focus control: %+v", c)
	}
	if c = askDriver(&fakeDriver{}, asIs); c.HasExposure || c.HasFocus || c.Exposure.On || c.Focus.On {
		t.Errorf("without any control: %+v", c)
	}
}

// lockSource is a camera that gives the same small picture again and again.
type lockSource struct {
	*fakeDriver
	have Controls
	dead chan struct{}
}

func (s *lockSource) Next(ctx context.Context) (*Frame, error) {
	select {
	case <-time.After(5 * time.Millisecond):
		return &Frame{Img: gocv.NewMatWithSize(64, 64, gocv.MatTypeCV8UC3)}, nil
	case <-s.dead:
		return nil, ErrStalled
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
func (s *lockSource) Close() error       { return nil }
func (s *lockSource) Controls() Controls { return s.have }
func (s *lockSource) Lock(l Locks)       { s.have = applyLocks(s.fakeDriver, s.have, l) }

// Locks outlive a camera that is pulled out and plugged in again.
func TestLiveKeepsLocks(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("locks are offered on Linux only")
	}
	cameras := make(chan *lockSource, 2)
	first := &lockSource{fakeDriver: webcam(), dead: make(chan struct{})}
	second := &lockSource{fakeDriver: webcam(), dead: make(chan struct{})}
	cameras <- first
	cameras <- second
	l := NewLive(t.Context(), func(ctx context.Context) (Source, error) {
		s := <-cameras
		s.have = askDriver(s.fakeDriver, Locks{})
		return s, nil
	}, LiveOptions{Wait: time.Millisecond})
	defer l.Close()
	until := func(what string, ok func(Controls) bool) {
		t.Helper()
		for asked := time.Now(); !ok(l.Controls()); {
			if patient.Over(asked, 10*time.Second) {
				t.Fatalf("%s: %+v", what, l.Controls())
			}
			if f, err := l.Next(t.Context()); err == nil {
				f.Close()
			}
		}
	}
	until("offered", func(c Controls) bool { return c.HasExposure })
	l.Lock(Locks{Exposure: Lock{true, AsIs}})
	until("locked", func(c Controls) bool { return c.Exposure.On && c.Exposure.Value == 157 })
	close(first.dead)
	asked := time.Now()
	for second.Get(gocv.VideoCaptureAutoExposure) != 1 || second.Get(gocv.VideoCaptureExposure) != 157 {
		if patient.Over(asked, 10*time.Second) {
			t.Fatalf("after it was plugged in again: %v", second.props)
		}
		if f, err := l.Next(t.Context()); err == nil {
			f.Close()
		}
	}
}
