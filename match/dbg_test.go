package match

import (
	"encoding/json"
	"fmt"
	"github.com/gobancam/gobancam/board"
	"path/filepath"
	"testing"
	"time"
)

func TestDbg(t *testing.T) {
	var labels struct {
		BoardSize int `json:"board_size"`
		Frames    []struct {
			T     float64
			Truth []string
		}
		Moves []json.RawMessage
	}
	readJSON(t, filepath.Join(private(t, "photos", "sequences", "gv-game4"), "labels.json"), &labels)
	w := newWorld(t, labels.BoardSize, black)
	r, _ := NewRelay(RelayOptions{Setup: board.Setup{Size: labels.BoardSize}})
	for i, f := range labels.Frames {
		at := f.T
		w.now = max(w.now+200*time.Millisecond, time.Duration(at*float64(time.Second)))
		w.frame = i
		if f.Truth == nil {
			continue
		}
		w.board = board.MustPosition(f.Truth...)
		o := r.Step(Input{At: w.now, Look: &Look{Reading: w.look()}})
		for _, e := range o.Events {
			fmt.Println(e.Text)
		}
		if i >= 40 && i < 60 {
			_, d := r.view()
			fmt.Println(i, w.now, d)
			if r.story != nil {
				fmt.Printf("%+v\n", *r.story)
			}
			for _, p := range d {
				fmt.Printf("   %+v\n", *r.watch.spot(p))
			}
		}
	}
}
