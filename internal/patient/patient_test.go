package patient

import (
	"context"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// busy has so many wait for each processor while a test runs, until idle is
// called.
func busy(t *testing.T, each float64) (idle func()) {
	var left atomic.Bool
	was := load
	load = func() float64 {
		if left.Load() {
			return 0
		}
		return each * float64(runtime.NumCPU())
	}
	t.Cleanup(func() { load = was })
	return func() { left.Store(true) }
}

func TestPatienceFollowsTheLoad(t *testing.T) {
	for _, c := range []struct {
		each float64
		want time.Duration
	}{{0, time.Minute}, {0.5, time.Minute}, {3, 3 * time.Minute}, {500, 10 * time.Minute}} {
		busy(t, c.each)
		synctest.Test(t, func(t *testing.T) {
			asked := time.Now()
			over, early := After(time.Minute), time.Now().Add(c.want-time.Second)
			ctx, stop := Context(t.Context(), time.Minute)
			defer stop()
			time.Sleep(time.Until(early))
			select {
			case <-over:
				t.Errorf("at a load of %v it is over before %v", c.each, c.want)
			default:
			}
			if Over(asked, time.Minute) || ctx.Err() != nil {
				t.Errorf("at a load of %v it is over before %v", c.each, c.want)
			}
			time.Sleep(2 * time.Second)
			select {
			case <-over:
			default:
				t.Errorf("at a load of %v it is not over after %v", c.each, c.want)
			}
			if !Over(asked, time.Minute) || ctx.Err() == nil || !strings.Contains(context.Cause(ctx).Error(), "patience") {
				t.Errorf("at a load of %v it is not over after %v: %v", c.each, c.want, context.Cause(ctx))
			}
		})
	}
}

// The machine is left alone while somebody waits: it is over soon.
func TestPatienceEndsWhenTheMachineIsIdleAgain(t *testing.T) {
	idle := busy(t, 8)
	synctest.Test(t, func(t *testing.T) {
		over := After(time.Minute)
		time.Sleep(2 * time.Minute)
		idle()
		time.Sleep(2 * time.Second)
		select {
		case <-over:
		default:
			t.Error("it is not over")
		}
	})
}

func TestPatienceThatIsNotNeeded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := Context(t.Context(), time.Minute)
		stop()
		if context.Cause(ctx) != context.Canceled {
			t.Error(context.Cause(ctx))
		}
	})
}
