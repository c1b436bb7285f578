package live

import (
	"context"
	"image"
	"io"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/gobancam/gobancam/calibrate"
	"github.com/gobancam/gobancam/internal/grid"
	"github.com/gobancam/gobancam/internal/patient"
	"github.com/gobancam/gobancam/internal/sim"
	"github.com/gobancam/gobancam/vision"
)

// A simulated camera's board is found, snapped to after a drag, read and
// measured; at the end nothing is left running.
func TestACameraAnswersACalibration(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	world, err := sim.New(sim.Default(9))
	if err != nil {
		t.Fatal(err)
	}
	picture := world.JPEG()
	began := time.Now()
	src := vision.FromEncoded(func(ctx context.Context) (vision.Encoded, error) {
		select {
		case <-time.After(50 * time.Millisecond):
			return vision.Encoded{Data: picture, Time: time.Since(began)}, nil
		case <-ctx.Done():
			return vision.Encoded{}, ctx.Err()
		}
	})
	defer src.Close()
	session := calibrate.NewSession("sim", nil)
	session.SetSize(9)
	var shown atomic.Int64
	advice := make(chan calibrate.Advice, 1)
	eyes := &Eyes{Source: src, Session: session, Show: func(*image.RGBA, *grid.Grid) { shown.Add(1) }, Aimed: func(_ *calibrate.View, a calibrate.Advice) {
		select {
		case <-advice:
		default:
		}
		advice <- a
	}}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- eyes.Run(ctx) }()
	wait := func(what string, ok func(calibrate.View) bool) {
		t.Helper()
		late := patient.After(2 * time.Minute)
		for !ok(session.View()) {
			select {
			case <-late:
				t.Fatalf("never: %s (%q)", what, session.View().Text)
			case <-time.After(20 * time.Millisecond):
			}
		}
	}
	wait("a board is found", func(v calibrate.View) bool { return v.Grid != nil && v.Fit != nil })
	truth := world.Spec().Corners
	if !session.Grab(truth[2], 20) {
		t.Fatalf("the corner is not where it should be: %v, want %v", session.Grid().Corners(), truth)
	}
	session.Drag(truth[2].Add(grid.Pt{X: 7, Y: -5}))
	session.Drop()
	wait("the corner snaps", func(v calibrate.View) bool { return v.Ready && v.Grid.Corners()[2].Dist(truth[2]) < 1.5 })
	wait("the board is read and measured", func(v calibrate.View) bool { return v.Reading != nil && len(v.Checks) > 3 })
	if shown.Load() == 0 {
		t.Error("no picture was shown")
	}
	for a := <-advice; a.Kind != calibrate.AdviceFound; a = <-advice { // ends the test where it is never said
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// A file with one picture is enough for all of it.
func TestASinglePictureIsFoundReadAndMeasured(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	world, err := sim.New(sim.Default(9))
	if err != nil {
		t.Fatal(err)
	}
	pictures := [][]byte{world.JPEG()}
	src := vision.FromEncoded(func(context.Context) (vision.Encoded, error) {
		if len(pictures) == 0 {
			return vision.Encoded{}, io.EOF
		}
		data := pictures[0]
		pictures = nil
		return vision.Encoded{Data: data}, nil
	})
	defer src.Close()
	session := calibrate.NewSession("file", nil)
	ctx, stop := patient.Context(t.Context(), 2*time.Minute)
	defer stop()
	done := make(chan error, 1)
	go func() {
		done <- (&Eyes{Source: src, Session: session, Show: func(*image.RGBA, *grid.Grid) {}}).Run(ctx)
	}()
	for v := session.View(); !v.Ready || v.Reading == nil || len(v.Checks) < 4; v = session.View() {
		select {
		case <-ctx.Done():
			t.Fatalf("ready %v, read %v, %d checks: %q", v.Ready, v.Reading != nil, len(v.Checks), v.Text)
		case <-time.After(20 * time.Millisecond):
		}
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// The last picture of a file stays to be looked at; a source that breaks says so.
func TestEndsOfSources(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	for _, c := range []struct {
		err  error
		ends bool
	}{{io.EOF, false}, {vision.ErrStalled, true}} {
		src := vision.FromEncoded(func(context.Context) (vision.Encoded, error) { return vision.Encoded{}, c.err })
		ctx, stop := context.WithTimeout(t.Context(), 300*time.Millisecond)
		err := (&Eyes{Source: src, Session: calibrate.NewSession("x", nil), Show: func(*image.RGBA, *grid.Grid) {}}).Run(ctx)
		if (err != nil) != c.ends || (ctx.Err() == nil) != c.ends {
			t.Errorf("%v: ended with %v, ctx %v", c.err, err, ctx.Err())
		}
		stop()
		src.Close()
	}
}
