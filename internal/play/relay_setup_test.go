package play

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/internal/match"
	"github.com/gobancam/gobancam/internal/recording"
)

// TestSetUpsAreTakenAgain records a relay of players who break the rules, with
// the commands that take the board as it lies and go back: it is decided again
// bit for bit, with the whole tape and from its middle.
func TestSetUpsAreTakenAgain(t *testing.T) {
	for name, ring := range map[string]recording.Options{
		"whole": {}, "from the middle": {KeepFor: 10 * time.Second, KeepBytes: 1 << 20},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "tape")
			opt := match.RelayOptions{Tuning: match.Live()}
			relay, err := match.NewRelay(opt)
			if err != nil {
				t.Fatal(err)
			}
			tape, err := NewRelayTape(dir, "a test", opt, ring, func(err error) { t.Error(err) })
			if err != nil {
				t.Fatal(err)
			}
			tape.Follow(relay)
			at, frame := time.Duration(0), 0
			kinds := map[match.EventKind]int{}
			step := func(in match.Input) {
				at += 100 * time.Millisecond
				in.At = at
				tape.Record(in)
				for _, e := range relay.Step(in).Events {
					kinds[e.Kind]++
					tape.Announce(e)
				}
			}
			pos := board.NewPosition(9)
			look := func(n int) {
				for range n {
					step(match.Input{Look: &match.Look{Reading: see(pos, frame, at)}})
					frame++
				}
			}
			put := func(x, y int8, c board.Color) { pos.Set(board.Point{X: x, Y: y}, c) }
			look(15)
			for i := range int8(6) {
				put(i, i, board.Color(1+i%2))
				look(80)
			}
			put(1, 1, board.Black) // exchanged
			look(150)
			put(8, 8, board.White)
			put(8, 0, board.White)
			put(2, 2, board.Empty)
			look(10)
			step(match.Input{Command: &match.Command{Kind: match.CmdBoard}})
			look(150)
			step(match.Input{Command: &match.Command{Kind: match.CmdBack, Number: 3}})
			look(20)
			pos = relay.Game().Position()
			look(20)
			if err := tape.Close(); err != nil {
				t.Fatal(err)
			}
			if kinds[match.EventSetup] < 2 || relay.Game().MoveCount() != 3 {
				t.Errorf("told was %v, and %d moves are left", kinds, relay.Game().MoveCount())
			}
			s, err := recording.Open(dir)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			run, err := Again(t.Context(), s, func(match.Event) {}, nil)
			if err != nil || run.Differs != "" || len(run.Damaged) > 0 {
				t.Fatalf("%v, %s, %v", err, run.Differs, run.Damaged)
			}
			if run.Game.Position() != relay.Game().Position() || run.From > 0 != (ring.KeepFor > 0) {
				t.Errorf("from %v:\n%v", run.From, run.Game.Position())
			}
		})
	}
}
