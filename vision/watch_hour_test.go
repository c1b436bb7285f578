package vision

import (
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/eval"
	"github.com/gobancam/gobancam/internal/reading"
	"github.com/gobancam/gobancam/internal/sim"
)

// TestLongPlayKeepsItsMemory has a watcher look on while hands come and go,
// stones come and go, lamps change and the board is bumped. It is never locked
// where the board is not, and what it holds after the first tenth it holds at
// the end. GOBANCAM_HOURS says how long the game
// is, in hours of its own time; usually it is a third of a minute.
func TestLongPlayKeepsItsMemory(t *testing.T) {
	long := 20 * time.Second
	if h, err := strconv.ParseFloat(os.Getenv("GOBANCAM_HOURS"), 64); err == nil {
		long = time.Duration(h * float64(time.Hour))
	}
	s := newScene(t, sim.Default(9), false)
	held := func() (system, heap int64, mats int) {
		runtime.GC()
		debug.FreeOSMemory()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		if openMats != nil {
			mats, _ = openMats()
		}
		return eval.Memory(), int64(m.HeapAlloc), mats
	}
	var system, heap int64
	mats, routines, locked := 0, 0, 0
	pictures := int(long / s.every)
	for i := range pictures {
		if i == pictures/10 {
			system, heap, mats = held()
			routines = runtime.NumGoroutine()
		}
		if me := s.world.Player(sim.South); !me.Busy() {
			k := i / 50
			p := board.Point{X: int8(k * 5 % 9), Y: int8(k * 7 % 9)}
			switch {
			case i%600 == 599:
				back := 1 - 2*float64(i/600%2) // so that it stays in the picture
				s.world.Bump(0.8*back, 0.3*back, 3*back)
			case i%450 == 449:
				s.world.Lamp(0, 0.7+0.3*float64(i/450%2), time.Second)
			case i%50 == 0 && s.world.Stone(p) == board.Empty:
				me.Place(p, board.Color(1+k%2))
			case i%50 == 0:
				me.Take(p)
			}
		}
		s.step()
		if s.last.Lock == reading.Locked {
			locked++
		}
		// While the board slides the watcher may be a picture behind.
		if k := i % 600; k > 30 && k < 599 {
			s.expectInPlace()
		}
	}
	s.steps(30) // the game may end with a bump
	systemEnd, heapEnd, matsEnd := held()
	t.Logf("%v, %d pictures, %d of them locked: system %d → %d MB, heap %d → %d kB, Mats %d → %d", long, pictures, locked,
		system>>20, systemEnd>>20, heap>>10, heapEnd>>10, mats, matsEnd)
	if heapEnd > heap+heap/4+1<<20 || systemEnd > system+24<<20 {
		t.Error("memory grew")
	}
	if matsEnd != mats {
		t.Error("Mats were left open")
	}
	if n := runtime.NumGoroutine(); n > routines {
		t.Errorf("%d goroutines became %d", routines, n)
	}
	if s.last.Lock != reading.Locked || locked < pictures*9/10 {
		t.Error("the board was lost for long, or in the end")
	}
}
