package match

import (
	"fmt"
	"github.com/gobancam/gobancam/board"
	"testing"
	"time"
)

func TestDbg(t *testing.T) {
	w := newWorld(t, 9, black)
	w.dt = 200 * time.Millisecond
	rules, _ := board.ParseRules("japanese")
	r, _ := NewRelay(RelayOptions{Setup: board.Setup{Size: 9, Rules: rules}})
	step := func(n int) {
		for range n {
			w.now += w.dt
			o := r.Step(Input{At: w.now, Look: &Look{Reading: w.look()}})
			for _, e := range o.Events {
				fmt.Println(w.now, e.Kind, e.Text)
			}
			fmt.Printf("   %v %+v %v\n", w.now, r.story, r.stuck)
		}
	}
	step(4)
	w.reach(w.pt("E5"))
	step(2)
	w.board.Set(w.pt("E5"), black)
	step(1)
	w.away()
	step(5)
	w.reach(w.pt("E5"))
	step(2)
	w.board.Set(w.pt("E5"), 0)
	step(1)
	w.away()
	step(5)
	fmt.Printf("%+v", r.watch.spot(w.pt("E5")))
}
