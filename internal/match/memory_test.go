package match

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
)

// machine is a Referee or a Relay.
type machine interface {
	arbiter
	Checkpoint() (json.RawMessage, error)
	Restore([]byte) error
}

// shadow follows a world's referee with another one, that again and again is
// put away and made anew from a checkpoint, and must say the same.
type shadow struct {
	t     *testing.T
	w     *world
	rng   *rand.Rand
	of    arbiter
	again machine
	said  []Event // by again, at the last input
	from  int     // events of the world before it
	made  int
}

func (s *shadow) see(in Input) {
	s.compare()
	if s.again == nil || s.of != s.w.ref || s.rng.IntN(20) == 0 {
		s.of = s.w.ref
		fresh := machine(new(Referee))
		if s.w.relay != nil {
			fresh = new(Relay)
		}
		saved, err := s.of.(machine).Checkpoint()
		if err != nil {
			s.t.Fatal(err)
		}
		if err := fresh.Restore(saved); err != nil {
			s.t.Fatalf("%v\n%s", err, saved)
		}
		back, err := fresh.Checkpoint()
		if err != nil || string(back) != string(saved) {
			s.t.Fatalf("%v\n%s\ncame back as\n%s", err, saved, back)
		}
		s.again = fresh
		s.made++
	}
	s.from, s.said = len(s.w.events), s.again.Step(in).Events
}

func (s *shadow) compare() {
	first := s.w.events[min(s.from, len(s.w.events)):]
	if len(first) != len(s.said) {
		s.t.Fatalf("at %v: %d events, from the checkpoint %d\n%+v\n%+v", s.w.now, len(first), len(s.said), first, s.said)
	}
	for i, e := range s.said {
		x, _ := first[i].MarshalJSON()
		y, _ := e.MarshalJSON()
		if string(x) != string(y) {
			s.t.Fatalf("%s, from the checkpoint %s", x, y)
		}
	}
}

// TestGoingOnFromACheckpoint plays lively games, with faults of line and
// program, beside a shadow.
func TestGoingOnFromACheckpoint(t *testing.T) {
	for seed := range uint64(lessWhenRaced(2)) {
		for _, relayed := range []bool{false, true} {
			t.Run(fmt.Sprintf("%d/relay %v", seed, relayed), func(t *testing.T) {
				size := 9 + 4*int(seed%2)
				w := newWorld(t, size, black)
				w.rng = rand.New(rand.NewPCG(seed, 21))
				w.noise = 1e-4
				s := &shadow{t: t, w: w, rng: rand.New(rand.NewPCG(seed, 22))}
				p := &person{world: w, me: black, mischief: true, faults: true}
				if relayed {
					relay, err := NewRelay(RelayOptions{Setup: w.srv.data.Setup})
					if err != nil {
						t.Fatal(err)
					}
					w.relay = relay
					w.start()
					w.tap = s.see
					(&couple{person: p, game: w.srv.game}).play(40)
				} else {
					w.tap = s.see
					p.game(30)
				}
				if s.made < 20 {
					t.Errorf("only %d checkpoints were gone on from", s.made)
				}
			})
		}
	}
}

func TestDamagedCheckpointsAreRefused(t *testing.T) {
	for _, text := range []string{``, `null x`, `[]`, `{"no such thing":1}`, `{"watch":{"size":9}}`, `{"marks":[{}]}`,
		`{"game":{"setup":{"Size":9},"now":[0,0,0,1,0]}}`, `{"now":1e99}`, `{"state":3}`} {
		if err := new(Referee).Restore([]byte(text)); err == nil {
			t.Errorf("%q was taken for a checkpoint", text)
		}
	}
}

// FuzzCheckpoint goes on from checkpoints as strangers may send them.
func FuzzCheckpoint(f *testing.F) {
	w := newWorld(f, 9, black)
	w.run(time.Second)
	w.put(w.pt("E5"), black)
	w.run(300 * time.Millisecond)
	saved, err := w.ref.(*Referee).Checkpoint()
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(saved))
	f.Add([]byte(`{"refused":[],"watch":{"size":25}}`))
	f.Add([]byte(`{"refused":[],"questions":[{"ID":1,"Kind":"there","Moves":[{"Color":1,"Point":{"X":4,"Y":4}}]}]}`))
	look := Look{Reading: w.look()}
	f.Fuzz(func(t *testing.T, saved []byte) {
		var r Referee
		if r.Restore(saved) != nil {
			return
		}
		there, accept := Command{Kind: CmdThere}, Command{Kind: CmdAccept}
		for _, in := range []Input{{Look: &look}, {Command: &there}, {Command: &accept}, {Server: MovePlayed{Number: 1, Move: board.Move{Color: black, Point: board.Point{X: 4, Y: 4}}}}, {}} {
			in.At = r.now + time.Second
			r.Step(in)
		}
		r.Snapshot()
	})
}
