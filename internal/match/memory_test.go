package match

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"
	"unsafe"

	"github.com/gobancam/gobancam/board"
	"github.com/gobancam/gobancam/game"
)

// machine is a Referee or a Relay.
type machine interface {
	arbiter
	Checkpoint() (json.RawMessage, error)
	Restore([]byte) error
	SameMemory(a, b []byte) (bool, error)
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

// filler gives every field of a value something that is not zero, and no two
// fields the same if it can be helped.
type filler struct {
	t *testing.T
	n int
}

func (f *filler) fill(v reflect.Value) {
	f.n++
	switch p := v.Addr().Interface().(type) {
	case *board.Position:
		*p = board.MustPosition("X.", ".O")
		return
	case *board.Game:
		g, err := board.NewGame(board.Setup{Size: 2 + f.n%8})
		if err != nil {
			f.t.Fatal(err)
		}
		if err := g.Play(board.Move{Color: black, Point: board.Point{X: 1, Y: 1}}); err != nil {
			f.t.Fatal(err)
		}
		*p = *g
		return
	case *time.Time:
		*p = time.Unix(int64(f.n), 0).UTC()
		return
	case *error:
		*p = fmt.Errorf("error %d", f.n)
		return
	case *board.Color:
		*p = black + board.Color(f.n%2)
		return
	case *game.Result: // written as its text: one that can be
		*p = game.Result{Winner: black, By: board.ByForfeit, Words: fmt.Sprint("text ", f.n), Annulled: true}
		return
	case *Output:
		return // it is made anew by each Step
	}
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(true)
	case reflect.String:
		v.SetString(fmt.Sprint("text ", f.n))
	case reflect.Int8:
		v.SetInt(int64(f.n % 100))
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(f.n))
	case reflect.Uint8, reflect.Uint64:
		v.SetUint(uint64(f.n % 200))
	case reflect.Float64:
		v.SetFloat(math.Inf(1 - 2*(f.n%2)))
		if v.CanSet() && f.n%3 > 0 {
			v.SetFloat(float64(f.n) + 1.0/3)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fallthrough
	case reflect.Array:
		for i := range v.Len() {
			f.fill(v.Index(i))
		}
	case reflect.Map:
		k, x := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		f.fill(k)
		f.fill(x)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(k, x)
	case reflect.Struct:
		for i := range v.NumField() {
			x := v.Field(i)
			f.fill(reflect.NewAt(x.Type(), unsafe.Pointer(x.UnsafeAddr())).Elem())
		}
	default:
		f.t.Fatalf("there is a %s to be remembered: say here how", v.Type())
	}
}

// TestNothingIsForgotten puts something into every field of a referee and of a
// relay, and of all that they are made of: it must come back from a checkpoint.
func TestNothingIsForgotten(t *testing.T) {
	finite := func(list ...*float64) {
		for _, f := range list {
			*f = 0.25 // comes from JSON or is set by hand
		}
	}
	var r, r2 Referee
	f := &filler{t: t}
	f.fill(reflect.ValueOf(&r).Elem())
	tunes := []*Tuning{&r.tune, &r.watch.tune}
	finite(&r.data.Setup.Komi, &r.data.Setup.Rules.Komi)
	var y, y2 Relay
	f.fill(reflect.ValueOf(&y).Elem())
	finite(&y.opt.Setup.Komi, &y.opt.Setup.Rules.Komi)
	for i := range y.opt.Played {
		finite(&y.opt.Played[i].Confidence)
	}
	for _, u := range append(tunes, &y.tune, &y.watch.tune, &y.opt.Tuning) {
		finite(&u.Keep, &u.KeepSlow, &u.Blunder, &u.Hidden, &u.Sure, &u.Bound, &u.Doubt)
	}
	for _, x := range []struct {
		m    memory
		into memory
	}{{r.memory(), &refereeMemory{}}, {y.memory(), &relayMemory{}}} {
		text, err := writeMemory(x.m)
		if err != nil {
			t.Fatal(err)
		}
		if err := readMemory(text, x.into); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		switch m := x.into.(type) {
		case *refereeMemory:
			r2 = *m.referee()
		case *relayMemory:
			y2 = *m.relay()
		}
	}
	lost(t, "Referee", reflect.ValueOf(&r).Elem(), reflect.ValueOf(&r2).Elem())
	lost(t, "Relay", reflect.ValueOf(&y).Elem(), reflect.ValueOf(&y2).Elem())
}

// lost names the fields that did not come back.
func lost(t *testing.T, name string, was, is reflect.Value) {
	open := func(v reflect.Value) reflect.Value {
		return reflect.NewAt(v.Type(), unsafe.Pointer(v.UnsafeAddr())).Elem()
	}
	was, is = open(was), open(is)
	if reflect.DeepEqual(was.Interface(), is.Interface()) {
		return
	}
	switch {
	case was.Kind() == reflect.Struct && was.Type() != reflect.TypeFor[board.Game]():
		for i := range was.NumField() {
			lost(t, name+"."+was.Type().Field(i).Name, was.Field(i), is.Field(i))
		}
	case was.Kind() == reflect.Pointer && !is.IsNil():
		lost(t, name, was.Elem(), is.Elem())
	case was.Kind() == reflect.Slice && is.Len() == was.Len():
		lost(t, name+"[0]", was.Index(0), is.Index(0))
	default:
		t.Errorf("%s was %v and came back as %v: it is missing in memory_types.go or memory_copy.go", name, was, is)
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
