package match

import (
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/gobancam/gobancam/board"
)

// relayCase is a sequence of positions as seen in pictures of a real game. The
// set is private.
type relayCase struct {
	Size   int
	Frames []struct {
		T        float64
		Position []string // nil while a hand is in the way
	}
	Moves []struct {
		Color    string
		Row, Col int
	}
}

func readCase(t *testing.T, name string) (c relayCase, moves []board.Move) {
	t.Helper()
	readJSON(t, filepath.Join(private(t, "relay-cases"), name), &c)
	for _, m := range c.Moves {
		color := black
		if m.Color == "W" {
			color = white
		}
		moves = append(moves, board.Move{Color: color, Point: board.Point{X: int8(m.Col), Y: int8(m.Row)}})
	}
	return c, moves
}

// follow shows a relay each picture once, and hears after each whether the
// record has the board's position.
func (c *relayCase) follow(t *testing.T, seed uint64, picture func(i int, same bool)) (*world, *Relay) {
	t.Helper()
	w := newWorld(t, c.Size, black)
	w.rng = rand.New(rand.NewPCG(seed, 0))
	r, err := NewRelay(RelayOptions{Setup: board.Setup{Size: c.Size}, Edition: *edition})
	if err != nil {
		t.Fatal(err)
	}
	w.relay, w.certain = r, true
	w.start()
	for i, f := range c.Frames {
		w.now, w.frame = time.Duration(f.T*float64(time.Second)), i
		w.away()
		if f.Position != nil {
			w.board = board.MustPosition(f.Position...)
		} else {
			for p := range w.board.Points() {
				w.hand.Add(p)
			}
		}
		w.feed(Input{At: w.now, Look: &Look{Reading: w.look()}})
		if f.Position != nil {
			picture(i, r.Game().Position() == w.board)
		}
	}
	return w, r
}

// common returns how many moves two records have in common, in order.
func common(a, b []board.Move) int {
	n := make([]int, len(b)+1)
	for _, x := range a {
		before := 0
		for j, y := range b {
			old := n[j+1]
			if x == y {
				n[j+1] = before + 1
			}
			n[j+1] = max(n[j+1], n[j])
			before = old
		}
	}
	return n[len(b)]
}

// TestRelayOfHobbyPlayers relays a game of 141 pictures in which stones were
// added, moved, exchanged and taken off: the record is right at every picture,
// and has the moves that a careful person makes of it.
func TestRelayOfHobbyPlayers(t *testing.T) {
	c, want := readCase(t, "hobby-9x9.json")
	for seed := range uint64(lessWhenRaced(3)) {
		wrong := 0
		w, r := c.follow(t, seed, func(i int, same bool) {
			if !same {
				wrong++
				t.Errorf("seed %d: picture %d is not in the record", seed, i)
			}
		})
		n := common(want, r.Game().Moves())
		has := 0
		for _, m := range want {
			if slices.Contains(r.Game().Moves(), m) {
				has++
			}
		}
		t.Logf("seed %d: %d of %d moves, %d in their order, %d in the record, %d set-ups, %d questions; %d pictures wrong", seed, has, len(want), n,
			r.Game().MoveCount(), len(r.Game().Edits()), count(w.events, EventQuestion), wrong)
		if n < 58 {
			t.Errorf("seed %d: %d of %d moves", seed, n, len(want))
		}
		if t.Failed() {
			t.Fatalf("%s\n%v\n%v", w.story(), r.Game().Position(), w.board)
		}
	}
}

// TestRelayOfWhiteFirst relays a game that White begins.
func TestRelayOfWhiteFirst(t *testing.T) {
	c, want := readCase(t, "white-first-19x19.json")
	w, r := c.follow(t, 1, func(int, bool) {})
	if got := r.Game().Moves(); len(got) != len(want) || common(want, got) != len(want) || len(r.Game().Edits()) > 0 || count(w.events, EventQuestion) > 0 {
		t.Errorf("the record is %v, not %v\n%s", got, want, w.story())
	}
	if r.Game().Position() != w.board {
		t.Errorf("%v", r.Game().Position())
	}
}
